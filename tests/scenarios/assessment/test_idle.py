"""Idle machines by the stated rule: each row of the rule, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from roomfold.scenarios.assessment import Terms, assess
from roomfold.scenarios.assessment.idle import EVIDENCE, EVIDENCE_BIT, STATES
from roomfold.scenarios.inventory import Origin, Record
from roomfold.scenarios.inventory.record import Read, Shape

BARE = Record("server", (), server="a", vcpu=2.0, mem_gb=4.0)


def state(record: Record, terms: Terms | None = None) -> tuple[str, set[str]]:
    found = assess([record], terms)
    seen = int(found.evidence[0])
    return STATES[found.idle[0]], {code for code in EVIDENCE if seen & EVIDENCE_BIT[code]}


@pytest.mark.parametrize(
    ("use", "idle", "evidence"),
    [
        # Below 5 % (Azure Migrate) even at the peaks (AWS Compute Optimizer), with nothing against it.
        ({"cpu_max": 0.04}, "yes", {"max_low"}),
        ({"cpu_p95": 0.03}, "yes", {"p95_low"}),
        ({"cpu_p95": 0.03, "cpu_max": 0.10, "mem_avg": 0.2}, "yes", {"p95_low"}),
        ({"cpu_avg": 0.01, "time_in_use": 0.02}, "yes", {"avg_low", "hardly_on"}),
        # The threshold itself is not below it.
        ({"cpu_max": 0.05}, "no", set()),
        ({"cpu_p95": 0.05, "cpu_max": 0.5}, "no", set()),
        # Low, but something speaks against it.
        ({"cpu_p95": 0.03, "cpu_max": 0.60}, "suspected", {"p95_low", "but_peak"}),
        ({"cpu_p95": 0.03, "mem_avg": 0.60}, "suspected", {"p95_low", "but_memory"}),
        ({"cpu_max": 0.0, "cpu_avg": 0.0}, "suspected", {"max_low", "avg_low", "but_zero"}),
        # Not enough: a mean alone, hours alone, a name alone.
        ({"cpu_avg": 0.01}, "suspected", {"avg_low"}),
        ({"time_in_use": 0.01}, "suspected", {"hardly_on"}),
        ({"server": "a-retired", "cpu_avg": 0.3}, "suspected", {"name"}),
        # A low mean under a known higher peak is little work, not none.
        ({"cpu_avg": 0.02, "cpu_p95": 0.2}, "no", set()),
        ({"cpu_avg": 0.2}, "no", set()),
        ({}, "unknown", set()),
        # What the list says of itself goes first.
        ({"zombie": True, "cpu_avg": 0.5}, "yes", {"told"}),
        ({"zombie": False, "cpu_max": 0.01}, "no", set()),
    ],
)
def test_the_rule(use: dict[str, object], idle: str, evidence: set[str]) -> None:
    assert state(replace(BARE, **use)) == (idle, evidence)  # type: ignore[arg-type]  # fields by name


def test_a_snapshot_is_no_evidence_and_sizes_nothing() -> None:
    origin = Origin("export.xlsx", "vCPU")
    listed = Shape(origin, ("server", "cpu_used_mhz"), (1, 9), {"server": 0, "cpu_used_mhz": 1})
    derived = Shape(origin, ("cpu_avg",), (9,), {"cpu_avg": 0})  # the reader's share of MHz in use
    other = Shape(Origin("monitor.csv", ""), ("cpu_avg",), (3,), {"cpu_avg": 0})
    moment = replace(BARE, cpu_used_mhz=20.0, cpu_avg=0.004)
    read = [Read(shape, 2, (), ()) for shape in (listed, derived, other)]
    found = assess([replace(moment, reads=(read[0], read[1])), replace(moment, reads=(read[0], read[2]))])
    assert [STATES[each] for each in found.idle] == ["unknown", "suspected"]
    assert found.machines.snapshot.tolist() == [True, False]
    assert found.sizes.needs[:, 0].tolist() == [2.0, pytest.approx(2 * 0.004 * 1.3)]
    consumed = replace(BARE, cpu_used_mhz=20.0, mem_used_gb=1.0)  # in the same export, of the same moment
    found = assess([consumed])
    assert found.machines.snapshot.all() and found.sizes.needs[0, 1] == 4.0


def test_a_stricter_threshold_never_finds_more() -> None:
    shares = (None, 0.0, 0.01, 0.03, 0.06, 0.3)
    records = [
        replace(BARE, cpu_avg=mean, cpu_p95=p95, cpu_max=most)
        for mean in shares
        for p95 in shares
        for most in shares
    ]
    found = [
        {i for i, each in enumerate(assess(records, Terms(idle_cpu=low)).idle) if STATES[each] == "yes"}
        for low in (0.0, 0.02, 0.05, 0.1)
    ]
    assert not found[0] and all(one < two for one, two in pairwise(found))
