"""Sizes: Microsoft's published examples, sums, what is missing; headroom never makes anything smaller."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from roomfold.scenarios.assessed import Assessed
from roomfold.scenarios.assessment import (
    Terms,
    assess,
    assessment_rows,
    machines_in,
    saved,
    scenario_section,
    stars,
    summary,
    to_json,
)
from roomfold.scenarios.errors import InputError
from roomfold.scenarios.inventory import Record

PLAIN = Record("server", (), server="a", os="RHEL 9", vcpu=4.0, mem_gb=8.0, disk_gb=300.0)
share = st.none() | st.floats(0, 1)
amount = st.none() | st.floats(0.5, 500)
machine = st.builds(
    lambda vcpu, memory, disk, used, mean, p95, most, m_mean, m_max, quantity: Record(
        "server",
        (),
        vcpu=vcpu,
        mem_gb=memory,
        disk_gb=disk,
        disk_used_gb=used,
        cpu_avg=mean,
        cpu_p95=p95,
        cpu_max=most,
        mem_avg=m_mean,
        mem_max=m_max,
        quantity=quantity,
    ),
    *(amount,) * 4,
    *(share,) * 5,
    st.none() | st.integers(0, 5).map(float),
)


@pytest.mark.parametrize(
    ("record", "factor", "needs"),
    [
        # learn.microsoft.com/azure/migrate, Troubleshoot an assessment: 4 cores and 8 GB at 50 % and 50 %,
        # comfort factor 1.3: 2.6 cores and 5.3 (5.2) GB.
        (replace(PLAIN, cpu_p95=0.5, mem_avg=0.5), 1.3, (2.6, 5.2)),
        # The same, Customize an assessment: 10 cores at 20 % give 2, at a comfort factor of 2 they give 4.
        (replace(PLAIN, vcpu=10.0, cpu_p95=0.2), 1.0, (2.0, 8.0)),
        (replace(PLAIN, vcpu=10.0, cpu_p95=0.2), 2.0, (4.0, 8.0)),
        # Without history the allocated cores and memory, without the factor.
        (PLAIN, 1.3, (4.0, 8.0)),
        # GB in use where there is no share; never beyond what the machine has.
        (replace(PLAIN, mem_used_gb=5.0), 1.3, (4.0, 6.5)),
        (replace(PLAIN, mem_used_gb=7.9), 1.3, (4.0, 8.0)),
    ],
)
def test_published_examples(record: Record, factor: float, needs: tuple[float, float]) -> None:
    found = assess([record], Terms(comfort_factor=factor)).sizes
    assert found.needs[0, :2] == pytest.approx(needs)


def test_use_is_the_wanted_one_else_the_next_higher() -> None:
    all_three = replace(PLAIN, cpu_avg=0.1, cpu_p95=0.3, cpu_max=0.9)
    two = replace(all_three, cpu_p95=None)
    mean = replace(two, cpu_max=None)

    def cores(record: Record, basis: str) -> float:
        return float(assess([record], Terms(basis=basis)).sizes.needs[0, 0])  # type: ignore[arg-type]  # one of the three

    assert cores(all_three, "p95") == pytest.approx(4 * 0.3 * 1.3)
    assert cores(two, "p95") == cores(all_three, "max") == pytest.approx(4 * 0.9 * 1.3)
    assert cores(mean, "p95") == cores(mean, "max") == cores(two, "avg") == pytest.approx(4 * 0.1 * 1.3)


def test_both_sizes_lie_in_the_catalogue_and_add_up() -> None:
    records = [
        replace(PLAIN, cpu_p95=0.5, mem_avg=0.5, disk_used_gb=100.0),  # 4/8/300 -> 2.6 5.2 130 -> 4/8/200
        replace(PLAIN, vcpu=6.0, cpu_p95=0.1, disk_gb=None, quantity=3.0),  # 8/8/- -> 0.78: 1/8/-
        replace(PLAIN, classified=True),
    ]
    found = assess(records, Terms(largest=(100.0, 500.0, 9000.0)))
    assert found.sizes.as_is[:2] == pytest.approx(np.array([[4, 8, 300], [8, 8, np.nan]]), nan_ok=True)
    assert found.sizes.by_use[:2] == pytest.approx(np.array([[4, 8, 200], [1, 8, np.nan]]), nan_ok=True)
    said = to_json(found)
    assert said["as_is"] == {"vcpu": 4 + 3 * 8, "memory_gb": 4 * 8, "disk_gb": 300}
    assert said["by_use"] == {"vcpu": 4 + 3 * 1, "memory_gb": 4 * 8, "disk_gb": 200}
    assert said["sized"] == {"vcpu": 4, "memory_gb": 4, "disk_gb": 1}
    assert said["sized_by_use"] == {"vcpu": 4, "memory_gb": 1, "disk_gb": 1}
    assert saved(said, "vcpu") == pytest.approx(1 - 7 / 28)
    assert said["use_known_share"] == pytest.approx((3 + 3 * 1) / (3 * 5), abs=1e-4)
    assert said["machines"] == sum(map(machines_in, records)) == sum(said["readiness"].values()) == 5
    assert sum(said["idle"].values()) == sum(said["cpu_basis"].values()) == 5


@settings(max_examples=60, deadline=None)
@given(st.lists(machine, max_size=6), st.floats(1, 5), st.floats(1, 5))
def test_more_headroom_never_makes_anything_smaller_or_readier(
    records: list[Record], one: float, other: float
) -> None:
    low, high = (assess(records, Terms(comfort_factor=f)) for f in sorted((one, other)))
    known = ~np.isnan(low.sizes.needs)
    assert (known == ~np.isnan(high.sizes.needs)).all()
    assert (low.sizes.needs[known] <= high.sizes.needs[known]).all()
    assert (low.sizes.by_use[known] <= high.sizes.by_use[known]).all()
    assert (low.sizes.needs[known] <= low.sizes.by_use[known] + 1e-6).all()
    assert (low.sizes.as_is[~np.isnan(low.sizes.as_is)] > 0).all()
    assert (low.readiness <= high.readiness).all()
    assert (low.idle == high.idle).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(machine, max_size=6), st.permutations(range(6)))
def test_figures_do_not_depend_on_the_order_and_a_scenario_can_keep_them(
    records: list[Record], order: list[int]
) -> None:
    said = to_json(assess(records))
    assert to_json(assess([records[i] for i in order if i < len(records)])) == said
    kept = Assessed.model_validate(yaml.safe_load(yaml.safe_dump(scenario_section(assess(records)))))
    assert kept.model_dump(mode="json") == json.loads(json.dumps(said))


def test_amounts_that_nothing_has_count_as_not_told() -> None:
    absurd = replace(PLAIN, vcpu=1e300, mem_gb=0.0, disk_gb=1e12, disk_used_gb=1e308, quantity=1e300)
    found = assess([absurd, PLAIN])
    assert np.isnan(found.sizes.needs[0]).all()
    assert Assessed.model_validate(scenario_section(found)).as_is.vcpu == 4
    assert next(iter(assessment_rows(found)))[0] == "machine"


def test_a_star_for_each_fifth() -> None:
    # Azure Migrate: 0-20 % of the data points one star, 21-40 % two, ... 81-100 % five.
    assert [stars(known / 100) for known in (0, 20, 21, 40, 60, 61, 80, 81, 100)] == [
        1,
        1,
        2,
        2,
        3,
        4,
        4,
        5,
        5,
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_rows_say_what_was_found_of_each_machine(lang: str) -> None:
    records = [
        replace(PLAIN, server="=HYPERLINK(1)", cpu_p95=0.03, cpu_max=0.04, quantity=2.0),
        replace(PLAIN, os="CentOS 5", system="门户"),
    ]
    header, first, second = assessment_rows(assess(records), lang)
    assert len({len(header), len(first), len(second)}) == 1
    assert first[0] == "=HYPERLINK(1)" and first[2] == "2" and second[1] == "门户"
    assert first[5] == "idle sized_as_is" and second[5] == "os_unsupported sized_as_is"
    assert "4%" in first[7] and "5%" in first[7] and second[7] == ""
    assert first[8:14] == ("4", "8", "300", "1", "8", "300")
    assert len(summary(assess(records), lang)) == 5 and len(summary(assess([]), lang)) == 4


@pytest.mark.parametrize(
    "bad", [{"comfort_factor": 0.9}, {"comfort_factor": float("nan")}, {"idle_cpu": 2.0}]
)
def test_terms_that_mean_nothing_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(InputError, match=next(iter(bad))):
        Terms(**bad)  # type: ignore[arg-type]  # fields by name
