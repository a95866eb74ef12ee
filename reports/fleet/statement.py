"""The statement on a fleet: the figures of each policy, and published ones beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import get_args

from ... import __version__
from ...scenarios.fleet import FleetClaim, FleetScenario, Metric
from ...scenarios.loader import fingerprint
from ...sim.fleet import FleetStudy, TraceFacts

SCHEMA = 1
METRICS: tuple[str, ...] = get_args(Metric)


@dataclass(frozen=True)
class Comparison:
    """A published set of figures beside ours, by metric.

    Attributes:
        like: it was made in the mode of this run (same compatibility and quirks).
        published, simulated: by metric.
    """

    claim: FleetClaim
    like: bool
    published: Mapping[str, float]
    simulated: Mapping[str, float]

    def difference(self, metric: str) -> float | None:
        """Simulated over published, less 1; None where nothing was published but 0."""
        published = self.published[metric]
        if published == 0:
            return 0.0 if self.simulated[metric] == 0 else None
        return self.simulated[metric] / published - 1


@dataclass(frozen=True)
class FleetStatement:
    """Figures of each policy on one trace.

    Attributes:
        fingerprint: of everything that can change a result, the trace's samples included.
        figures: METRICS by policy; energy in kWh, violations as shares.
        comparisons: claims about this trace.
        interpreted: policies with a function that could not be compiled, and why.
        worlds: always 1: a trace is replayed, nothing is drawn but what policies draw.
    """

    version: str
    scenario: FleetScenario
    fingerprint: str
    trace: TraceFacts
    quirks: Mapping[str, bool]
    figures: Mapping[str, Mapping[str, float]]
    comparisons: tuple[Comparison, ...]
    interpreted: Mapping[str, str]
    worlds: int = 1

    @property
    def seed(self) -> int:
        """Seed of the streams that policies draw from."""
        return self.scenario.seed

    def saving(self, policy: str) -> float:
        """Energy saved against the baseline, as a share of the baseline's."""
        base = self.figures[self.scenario.baseline]["energy_kwh"]
        return 1 - self.figures[policy]["energy_kwh"] / base if base else 0.0

    def to_json(self) -> dict[str, object]:
        """``statement.json``; numbers are exact."""
        scenario = self.scenario
        return {
            "schema": SCHEMA,
            "kind": scenario.kind,
            "version": self.version,
            "scenario": scenario.name,
            "title": {"en": scenario.title.en, "zh": scenario.title.zh},
            "fingerprint": self.fingerprint,
            "seed": self.seed,
            "compatibility": scenario.compatibility,
            "quirks": dict(self.quirks),
            "trace": self.trace.to_json(),
            "hosts": scenario.hosts.count,
            "baseline": scenario.baseline,
            "policies": {
                name: {**found, "energy_saved_share": self.saving(name)}
                for name, found in self.figures.items()
            },
            "interpreted": dict(self.interpreted),
            "claims": [_claim(comparison) for comparison in self.comparisons],
        }


def state_fleet(study: FleetStudy) -> FleetStatement:
    """The statement of a fleet study."""
    scenario = study.scenario
    figures = {name: run.figures for name, run in study.runs.items()}
    comparisons = tuple(
        Comparison(
            claim,
            claim.compatibility == scenario.compatibility and study.quirks_with(claim.quirks) == study.quirks,
            {str(metric): value for metric, value in claim.figures.items()},
            {metric: figures[claim.policy][metric] for metric in claim.figures},
        )
        for claim in scenario.claims
        if claim.trace == study.trace.sha256[: len(claim.trace)] and claim.policy in figures
    )
    whole = sha256(f"{fingerprint(scenario)}/{study.trace.sha256}".encode()).hexdigest()
    slow = {name: run.run.interpreted for name, run in study.runs.items() if run.run.interpreted}
    return FleetStatement(__version__, scenario, whole, study.trace, study.quirks, figures, comparisons, slow)


def _claim(comparison: Comparison) -> dict[str, object]:
    claim = comparison.claim
    return {
        "id": claim.id,
        "policy": claim.policy,
        "same_mode": comparison.like,
        "figures": {
            metric: {
                "published": published,
                "simulated": comparison.simulated[metric],
                "relative_difference": comparison.difference(metric),
            }
            for metric, published in comparison.published.items()
        },
        "source": claim.source,
    }
