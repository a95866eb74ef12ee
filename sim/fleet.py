"""A fleet study: every policy of a fleet scenario on the same hosts with the same measured demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from ..scenarios.errors import InputError, Problem
from ..scenarios.fleet import FleetPolicy, FleetScenario, Quirk
from ..scenarios.traces import Trace, open_trace
from .consolidation import CLOUDSIM_3_0_3, QUIRKS, RIGHT, FleetArrays, FleetRun, Policy, Quirks, Settings
from .consolidation import consolidate as run_policy
from .consolidation.run import MoveLog, Timeline
from .own_code import check_allowed

Floats = NDArray[np.float64]
OnPolicy = Callable[[str, "PolicyRun", int, int], None]

PERCENT = 100


@dataclass(frozen=True)
class TraceFacts:
    """What was replayed.

    Attributes:
        sha256: of the samples, component by component: as one byte of whole percent each where all are
            whole percent, else as little-endian float64.
        missing: samples not known; the one before them was taken, or 0.
    """

    reader: str
    path: str
    components: int
    steps: int
    step_s: float
    sha256: str
    missing: int

    def to_json(self) -> dict[str, object]:
        """All but the path, which differs from machine to machine."""
        return {
            "reader": self.reader,
            "components": self.components,
            "steps": self.steps,
            "step_s": self.step_s,
            "sha256": self.sha256,
            "missing": self.missing,
        }


@dataclass(frozen=True)
class PolicyRun:
    """One policy's run, as the reports read it."""

    run: FleetRun

    @property
    def timeline(self) -> Timeline:
        """One row per control step."""
        return self.run.timeline

    @property
    def moves(self) -> MoveLog:
        """Every migration in order."""
        return self.run.moves

    @cached_property
    def figures(self) -> Mapping[str, float]:
        """The figures by metric of ``scenarios.fleet.Metric``."""
        service = self.run.service
        return {
            "energy_kwh": self.run.energy_kwh,
            "migrations": self.run.migrations,
            "slatah": service.slatah,
            "pdm": service.pdm,
            "slav": service.slav,
            "esv_kwh": self.run.esv,
            "overall_violation": service.overall,
            "average_violation": service.average,
            "host_shutdowns": self.run.shutdowns,
        }


@dataclass(frozen=True)
class FleetStudy:
    """All policies of a scenario on one trace."""

    scenario: FleetScenario
    trace: TraceFacts
    switches: Quirks
    runs: Mapping[str, PolicyRun]

    @property
    def quirks(self) -> Mapping[str, bool]:
        """Every quirk by name."""
        return {name: getattr(self.switches, name) for name in QUIRKS}

    def quirks_with(self, changed: Mapping[Quirk, bool]) -> Mapping[str, bool]:
        """The quirks of this scenario's compatibility with some of them changed."""
        return {name: getattr(quirks_of(self.scenario, changed), name) for name in QUIRKS}


def quirks_of(scenario: FleetScenario, changed: Mapping[Quirk, bool]) -> Quirks:
    """The quirks of a scenario's compatibility with some of them changed."""
    base = CLOUDSIM_3_0_3 if scenario.compatibility == "cloudsim-3.0.3" else RIGHT
    chosen = {name: getattr(base, name) for name in QUIRKS} | dict(changed)
    return Quirks(**chosen)


def run_fleet(
    scenario: FleetScenario, shown: str = "scenario", on_policy: OnPolicy | None = None
) -> FleetStudy:
    """Replay the trace under every policy.

    Args:
        shown: name of the scenario's file, for messages.
        on_policy: called with each policy's name and run as it ends, the number done and of all.

    Raises:
        InputError: no trace, one that cannot be read or does not fit, or a policy that cannot be used or is
            not allowed.
    """
    check_allowed(scenario)
    if scenario.trace.path is None:
        message = "got nothing, must name a trace: --set trace.path=FOLDER (see docs/traces.md)"
        raise InputError([Problem(shown, 0, 0, "trace.path", message)])
    with open_trace(scenario.trace.path, scenario.trace.reader) as trace:
        demand, facts = _samples(trace)
    if abs(facts.step_s - scenario.control.interval_s) > 1e-6:
        message = f"got {scenario.control.interval_s:g}, must be the trace's step of {facts.step_s:g} s"
        raise InputError([Problem(shown, 0, 0, "control.interval_s", message)])
    fleet = fleet_arrays(scenario, facts.components)
    switches = quirks_of(scenario, scenario.quirks)
    settings = Settings(**scenario.control.model_dump(), seed=scenario.seed)
    runs: dict[str, PolicyRun] = {}
    for name, policy in scenario.policies.items():
        done = run_policy(fleet, demand, policy_of(policy, f"{shown}: policies.{name}"), switches, settings)
        runs[name] = PolicyRun(done)
        if on_policy is not None:
            on_policy(name, runs[name], len(runs), len(scenario.policies))
    return FleetStudy(scenario, facts, switches, runs)


def policy_of(policy: FleetPolicy, shown: str) -> Policy:
    """A scenario's policy as the engine takes it."""
    return Policy(
        detector=policy.detector,
        selector=policy.selector,
        placement=policy.placement,
        parameter=policy.parameter,
        power_aware=policy.power == "demand",
        where=(shown, 0),
        digests={role: getattr(policy, f"{role}_sha256") for role in ("detector", "selector", "placement")},
    )


def fleet_arrays(scenario: FleetScenario, components: int) -> FleetArrays:
    """Hosts and components of a scenario as arrays; as many components as the trace has."""
    hosts, sizes = scenario.hosts, scenario.components
    models = list(hosts.models)
    kind = np.resize(np.array([models.index(name) for name in hosts.order]), hosts.count)
    size = [sizes.models[name] for name in _dealt(sizes.order, components, sizes.deal)]

    def of_hosts(field: str) -> Floats:
        return np.array([float(getattr(model, field)) for model in hosts.models.values()])[kind]

    def of_components(field: str) -> Floats:
        return np.array([float(getattr(each, field)) for each in size])

    return FleetArrays(
        watts=np.array([model.watts for model in hosts.models.values()], dtype=np.float64),
        host_kind=kind.astype(np.int64),
        host_cores=of_hosts("cores"),
        host_core_mips=of_hosts("core_mips"),
        host_ram_mb=of_hosts("memory_mb"),
        host_bandwidth_mbit=of_hosts("network_mbps"),
        component_mips=of_components("mips"),
        component_ram_mb=of_components("memory_mb"),
        component_bandwidth_mbit=of_components("network_mbps"),
    )


def _dealt(order: Sequence[str], components: int, deal: str) -> list[str]:
    """The size of each component, the trace's components in their order."""
    if deal == "cycle":
        return [order[i % len(order)] for i in range(components)]
    part = -(-components // len(order))
    return [order[i // part] for i in range(components)]


def _samples(trace: Trace) -> tuple[Floats, TraceFacts]:
    """All samples, gaps filled, and what they are."""
    demand = trace.whole()
    if not demand.size:
        message = "got no samples, must be a trace of at least one component and one step"
        raise InputError([Problem(trace.description.path, 0, 0, "", message)])
    gaps = np.isnan(demand)
    if gaps.any():
        known = np.maximum.accumulate(np.where(gaps, -1, np.arange(demand.shape[1])), axis=1)
        demand = np.where(known >= 0, np.take_along_axis(demand, np.maximum(known, 0), axis=1), 0.0)
    percent = np.rint(demand * PERCENT)
    whole = bool(np.all(percent / PERCENT == demand)) and bool(np.all(percent <= np.iinfo(np.uint8).max))
    samples = percent.astype(np.uint8) if whole else demand.astype("<f8")
    facts = TraceFacts(
        trace.description.reader,
        trace.description.path,
        demand.shape[0],
        demand.shape[1],
        trace.step_s,
        sha256(np.ascontiguousarray(samples).tobytes()).hexdigest(),
        int(gaps.sum()),
    )
    return demand, facts
