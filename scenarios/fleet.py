"""The fleet scenario: hosts that components share, and policies that move components between them.

An estate scenario (see ``schema``) asks what it saves to fold rooms into a cloud. A fleet scenario
asks what it saves, inside one cloud, to keep components on few hosts from minute to minute: the
demand is a measured trace, and each policy replays it on the same hosts.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from .quantity import Spec
from .terms import Grade, Name, Text
from .trust import Trusted

Compatibility = Literal["none", "cloudsim-3.0.3"]
Quirk = Literal[
    "destroy_idle",
    "unmetered_ends",
    "ram_bandwidth_unbound",
    "spread_initial_placement",
    "wake_at_marginal_cost",
    "stale_power",
    "drain_receivers",
    "unweighted_regression",
    "arrival_counts_as_violation",
    "rounding_counts_as_violation",
    "shutdowns_include_never_used",
    "pooled_metrics",
    "average_over_records",
    "interpolated_demand",
    "late_steps",
    "whole_shares",
    "zero_load_is_off",
    "instant_switching",
    "hash_order_sums",
    "trim_idle_history",
    "unguarded_drains",
]
Metric = Literal[
    "energy_kwh",
    "migrations",
    "slatah",
    "pdm",
    "slav",
    "esv_kwh",
    "overall_violation",
    "average_violation",
    "host_shutdowns",
]


class TraceSource(Spec):
    """Measured demand: who replays it has it, since not every trace may be passed on."""

    path: str | None = Field(
        default=None, description="File or folder of the trace, as seen from the scenario's folder"
    )
    reader: str | None = Field(default=None, description="Name of its reader; found out if not given")


class HostModel(Spec):
    """One model of host."""

    title: str = Field(description="Vendor and model")
    cores: int = Field(description="Physical cores", ge=1, le=1024)
    core_mips: float = Field(description="Throughput of one core in MIPS", gt=0)
    memory_mb: float = Field(description="Memory in MB", gt=0)
    network_mbps: float = Field(description="Network bandwidth in Mbit/s", gt=0)
    watts: Annotated[tuple[float, ...], Field(min_length=11, max_length=11)] = Field(
        description="Power in W at active idle and 10 ... 100 % load"
    )
    grade: Grade = Field(description="How sure: S, W or A")
    source: str = Field(description="Where the figures come from", min_length=1)


class FleetHosts(Spec):
    """The hosts: models that alternate in a fixed order."""

    count: int = Field(description="Number of hosts", ge=1, le=1_000_000)
    order: tuple[Name, ...] = Field(
        description="Models of the first hosts, repeated until there are enough", min_length=1
    )
    models: dict[Name, HostModel] = Field(description="Models by name", min_length=1)


class ComponentModel(Spec):
    """One size of component (a virtual machine with one virtual core)."""

    mips: float = Field(description="Throughput it may use at most, MIPS", gt=0)
    memory_mb: float = Field(description="Memory in MB", gt=0)
    network_mbps: float = Field(description="Network bandwidth reserved in Mbit/s", ge=0)
    grade: Grade = Field(description="How sure: S, W or A")
    source: str = Field(description="Where the figures come from", min_length=1)


class FleetComponents(Spec):
    """The components: as many as the trace has, in its order."""

    order: tuple[Name, ...] = Field(description="Sizes, the first part of the trace first", min_length=1)
    deal: Literal["blocks", "cycle"] = Field(
        description="blocks: equal consecutive parts of the trace; cycle: one after the other"
    )
    models: dict[Name, ComponentModel] = Field(description="Sizes by name", min_length=1)


class FleetClaim(Spec):
    """What another program or a publication says of one policy on one trace; never an input."""

    id: str = Field(description="Short id", min_length=1)
    trace: str = Field(description="First 16 hexadecimal digits of the SHA-256 of the trace's samples")
    policy: Name = Field(description="Policy it is about")
    compatibility: Compatibility = Field(description="Mode it is to be compared with")
    quirks: dict[Quirk, bool] = Field(default={}, description="Quirks that were set otherwise")
    figures: dict[Metric, float] = Field(description="Figures by metric", min_length=1)
    source: str = Field(description="Title, publisher and date", min_length=1)


class FleetPolicy(Spec):
    """How components are kept on few hosts; functions are ``module:function`` or ``file.py:function``."""

    title: Text = Field(description="Name of the policy")
    power: Literal["demand", "full"] = Field(
        default="demand", description="Power of hosts: by their load, or always that of full load"
    )
    detector: str | None = Field(
        default=None,
        description="thr, iqr, mad, lr, lrr, or a function: which hosts are overloaded; if not given, "
        "components start first-fit and never move",
    )
    selector: str = Field(
        default="mmt", description="mmt, mc, rs, mu, or a function: which component leaves an overloaded host"
    )
    placement: str = Field(
        default="pabfd", description="pabfd, or a function: which host a component goes to when it moves"
    )
    detector_sha256: str | None = Field(default=None, description="Hash of the detector's file; filled in")
    selector_sha256: str | None = Field(default=None, description="Hash of the selector's file; filled in")
    placement_sha256: str | None = Field(default=None, description="Hash of the placement's file; filled in")
    parameter: float | None = Field(
        default=None, description="Number of the detector; the usual one if not given", ge=0
    )


def _known(grade: Grade, source: str) -> dict[str, JsonValue]:
    """How sure a setting of the controller is, for ``roomfold check``."""
    return {"x-grade": grade, "x-source": source}


_AUTOSCALE = "Gandhi et al. 2012, doi 10.1145/2382553.2382556; from memory, not read again"
_CLOUDSIM = "CloudSim 3.0.3, PlanetLab example"


class Control(Spec):
    """When the controller wakes, and what moves and switching cost.

    Times of switching, the guard's weights and the metering apply where no quirk puts them out of force.
    """

    interval_s: float = Field(
        default=300.0,
        description="Time between control steps; samples of the trace are this long",
        gt=0,
        le=86400,
        json_schema_extra=_known("S", "step of the PlanetLab traces"),
    )
    history_steps: int = Field(
        default=30,
        description="Steps that detectors look back",
        ge=1,
        le=10_000,
        json_schema_extra=_known("W", _CLOUDSIM),
    )
    move_bandwidth_share: float = Field(
        default=0.5,
        description="Share of a host's link that a move may use",
        gt=0,
        le=1,
        json_schema_extra=_known("W", _CLOUDSIM),
    )
    move_overhead: float = Field(
        default=0.1,
        description="Share of a component's CPU lost while it moves",
        ge=0,
        lt=1,
        json_schema_extra=_known(
            "W", "Voorsluys et al. 2009, doi 10.1007/978-3-642-10665-1_23, as in CloudSim"
        ),
    )
    boot_s: float = Field(
        default=260.0,
        description="Time a host takes to boot",
        ge=0,
        le=86400,
        json_schema_extra=_known("W", _AUTOSCALE),
    )
    boot_utilisation: float = Field(
        default=1.0,
        description="Point of the power curve at which a host boots",
        ge=0,
        le=1,
        json_schema_extra=_known("W", _AUTOSCALE),
    )
    stop_s: float = Field(
        default=30.0,
        description="Time a host takes to stop, at idle power",
        ge=0,
        le=86400,
        json_schema_extra=_known("A", "project assumption"),
    )
    expected_stay_s: float = Field(
        default=1800.0,
        description="How long a drained host is expected to stay off",
        ge=0,
        le=1e9,
        json_schema_extra=_known("A", "project assumption: six steps of five minutes"),
    )
    lost_work_weight: float = Field(
        default=1.0,
        description="Weight of work lost to moves against the energy of doing it",
        ge=0,
        le=1e9,
        json_schema_extra=_known("A", "project assumption"),
    )


class FleetScenario(Trusted):
    """Hosts, components with measured demand, and the policies that are compared on them."""

    schema_version: Literal[1] = Field(alias="schema", description="Version of this format")
    kind: Literal["fleet"] = Field(description="Kind of scenario")
    name: Name = Field(description="Short name")
    title: Text = Field(description="Title")
    summary: Text = Field(description="What it describes, in two or three sentences")
    seed: int = Field(default=0, description="Seed of every random stream", ge=0, lt=2**63)
    trace: TraceSource
    hosts: FleetHosts
    components: FleetComponents
    control: Control = Field(default=Control(), description="The controller")
    compatibility: Compatibility = Field(
        default="none", description="Whose behaviour to reproduce, with all its quirks; none: what is right"
    )
    quirks: dict[Quirk, bool] = Field(
        default={}, description="Quirks switched on or off, whatever the compatibility says"
    )
    baseline: Name = Field(description="Policy that the others are compared with")
    policies: dict[Name, FleetPolicy] = Field(description="The policies compared", min_length=1)
    claims: tuple[FleetClaim, ...] = Field(default=(), description="Figures of others to compare with")
