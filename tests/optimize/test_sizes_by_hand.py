"""Sizes of components, the few that are offered, and the nights on which they move, done by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace as Some
from typing import Any

import numpy as np
import pytest

from roomfold.optimize import flavours, sizing
from roomfold.optimize.flavours import choose_flavours
from roomfold.optimize.slots import slots
from roomfold.scenarios.clock import Clock
from roomfold.scenarios.errors import InfeasibleError

EDGES = np.cumsum([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) * 24
LATER = 10**6


def clock(workday: Any = None) -> Clock:
    """2014, which begins on a Wednesday, without holidays."""
    return Clock(date(2014, 1, 1), 1, EDGES, (np.arange(365) + 2) % 7 < 5 if workday is None else workday)


def free(*days: tuple[int, int], work: tuple[tuple[int, int], ...] = ()) -> Any:
    return Some(rest_days=[date(2014, *d) for d in days], work_days=[date(2014, *d) for d in work])


def test_slots_are_saturday_nights() -> None:
    """4 January is the first Saturday; three days of its week lie in the run, five of the others."""
    found = slots(clock(), free())
    assert found.hour[:3].tolist() == [3 * 24 + 2, 10 * 24 + 2, 17 * 24 + 2]
    assert found.workdays[:3].tolist() == [3, 5, 5]
    assert len(found.hour) == 52
    for day, first in ((3, 3), (4, 10), (10, 10), (11, 17)):
        assert slots(clock(), free(), day).hour[0] == first * 24 + 2
    assert slots(clock(), free(), 10).workdays[0] == 5
    sunday = replace(clock(), start=date(2014, 1, 5))  # the first day's eve is no slot
    assert slots(sunday, free()).hour[0] == 6 * 24 + 2


def test_slots_leave_out_listed_days_freezes_and_idle_weeks() -> None:
    def days(calendar: Any, **terms: Any) -> list[int]:
        return (slots(clock(), calendar, **terms).hour[:4] // 24).tolist()

    assert days(free((1, 11))) == [3, 17, 24, 31]
    assert days(free(work=((1, 4),))) == [10, 17, 24, 31]
    for first, last, expected in (
        (11, 11, [3, 17, 24, 31]),
        (5, 10, [3, 10, 17, 24]),
        (4, 18, [24, 31, 38, 45]),
        (12, 17, [3, 10, 17, 24]),
    ):
        freeze = [Some(first=date(2014, 1, first), to=date(2014, 1, last))]
        assert days(free(), freeze=freeze) == expected
    idle = (np.arange(365) + 2) % 7 < 5
    idle[3:10] = False
    idle[11:17] = False  # of this week Sunday only, which counts as worked, is left
    idle[10] = True
    found = slots(clock(idle), free())
    assert (found.hour[:3] // 24).tolist() == [3, 17, 24]
    assert found.workdays[:3].tolist() == [3, 1, 5]


def test_few_sizes_are_those_of_the_catalogue() -> None:
    needs = np.array([[0.5, 3, 90], [1, 4, 100], [2.5, 9, 150], [33, 40, 100], [2.5, 9, 150]])
    sizes, row = choose_flavours(needs, np.arange(5, dtype=np.int32), np.array([[40.0, 64, 900]]))
    assert sizes[row].tolist() == [[1, 4, 100], [1, 4, 100], [4, 12, 200], [40, 48, 100], [4, 12, 200]]
    assert len(sizes) == 3


def test_what_fits_only_without_rounding_gets_a_finer_size() -> None:
    """17 vCPU would be 24, 13 GB 16 and 450 GB 500: more than the host has."""
    needs, host = np.array([[17.0, 13, 450], [16.2, 4, 100]]), np.array([[20.0, 16, 470], [18, 17, 500]])
    sizes, row = choose_flavours(needs, np.arange(2, dtype=np.int32), host)
    assert sizes[row].tolist() == [[17, 16, 500], [17, 4, 100]]


def test_a_component_for_no_host_is_named() -> None:
    needs, hosts = (
        np.array([[1.0, 4, 100], [30, 70, 5000], [33, 1, 1]]),
        np.array([[32.0, 64, 900], [8, 128, 9]]),
    )
    with pytest.raises(InfeasibleError) as caught:
        choose_flavours(needs, np.array([5, 7, 9], dtype=np.int32), hosts)
    assert str(caught.value).endswith(
        "of server 7, and 1 other components: needs 5000 GB of disk (largest host: 900)"
    )
    with pytest.raises(
        InfeasibleError, match="server 3: needs 30 vCPU, 100 GB of memory, 5 GB of disk at once"
    ):
        choose_flavours(np.array([[30.0, 100, 5]]), np.array([3], dtype=np.int32), hosts)


def test_sizes_are_merged_where_it_adds_least(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six of (4, 8), one each of (2, 4), (2, 8), (1, 32), by what each merger adds to hosts of 10 and 100."""
    needs = np.array([[4.0, 8, 1]] * 6 + [[2, 4, 1], [2, 8, 1], [1, 32, 1]])
    hosts, ids = np.array([[10.0, 100, 1000]]), np.arange(9, dtype=np.int32)
    for most, given in (
        (4, [[2, 4], [2, 8], [1, 32]]),
        (3, [[2, 8], [2, 8], [1, 32]]),  # (2, 4) grows by 0.04
        (2, [[4, 8], [4, 8], [1, 32]]),  # two of (2, 8) grow by 0.2 each; with (1, 32) they would by 0.58
        (1, [[4, 32], [4, 32], [4, 32]]),
    ):
        monkeypatch.setattr(flavours, "MOST_FLAVOURS", most)
        sizes, row = choose_flavours(needs, ids, hosts)
        assert len(sizes) == most
        assert sizes[row][6:, :2].tolist() == given
    monkeypatch.setattr(flavours, "MOST_FLAVOURS", 1)
    apart = np.array([[8.0, 4, 1], [1, 96, 1]])  # together on no host
    sizes, row = choose_flavours(apart, ids[:2], np.array([[8.0, 64, 1000], [4, 128, 1000]]))
    assert sizes[row][:, :2].tolist() == [[8, 4], [1, 96]]


def estate(**changes: Any) -> tuple[Any, Any, Any, Any]:
    """Scenario, cloud, world and host types: a vCPU does 100, there are 2 on a core."""
    servers = Some(
        system=np.array([0, 0, 1]), zombie=np.array([False, False, False]), vcpu_as_is=np.array([8.0, 2, 4]),
        peak_ssj=np.array([400.0, 100, 300]), memory_gb=np.array([10.0, 20, 30]),
        disk_gb=np.array([50.0, 60, 70]),
        most_gb=np.array([12.0, 99, 99]), installed_gb=np.array([16.0, 16, 64]),
        demand_ssj=np.array([100.0, 10, 200]), retires_month=np.array([LATER, LATER, LATER]),
    )  # fmt: skip
    vars(servers).update(changes)
    systems = Some(arrives_month=np.array([0, 0]), demand_class=np.array([0, 1]))
    rises = Some(by=lambda last, _: np.ones(len(last)))
    world = Some(estate=Some(servers=servers, systems=systems, rises=rises), clock=clock(), of=float)
    flat = Some(workday=(1.0,) * 24, restday=(1.0,) * 24, months=(1.0,) * 12)
    day = Some(workday=(4.0,) * 12 + (2.0,) * 12, restday=(1.0,) * 24, months=(1.0,) * 12)
    demand = Some(classes={"flat": flat, "day": day}, growth_per_year=0.0, rebound_per_year=0.0)
    cloud = Some(
        comfort_factor=1.5, vcpu_per_core=2.0, busy_hour_load=0.8, opens=date(2014, 3, 1),
        growth_years_ahead=1,
        vcpu_per_core_by_class={"day": 4.0},
    )  # fmt: skip
    types = Some(ssj_per_vcpu=100.0, capacity=np.array([[10.0, 40.9, 1000], [20.5, 20, 500]]))
    return Some(demand=demand), cloud, world, types


def needs(sizing_: Any, rows: tuple[int, ...] = (0, 1, 2), made: Any = None) -> list[list[float]]:
    scenario, cloud, world, types = made or estate()
    return sizing.needs(scenario, cloud, world, np.array(rows), sizing_, types).tolist()


def test_needs_by_profiles_are_peaks_with_comfort() -> None:
    """No more memory than is listed, no more than the largest host has, but all that is used today."""
    assert needs("profiles") == [[6, 12, 75], [1.5, 30, 90], [4.5, 40, 105]]
    small = estate(peak_ssj=np.array([9000.0, 100, 1400]), disk_gb=np.array([2000.0, 900, 1]))
    assert needs("profiles", made=small) == [[90, 12, 2000], [1.5, 30, 1000], [20, 40, 1.5]]
    small[2].estate.systems.arrives_month[:] = 1, 0  # still to come: the largest host is enough
    assert needs("profiles", (0, 2), small) == [[20, 12, 1000], [20, 40, 1.5]]
    idle = estate(zombie=np.array([False, True, False]))
    assert needs("profiles", (1, 0), idle) == [[1, 4, 100], [6, 12, 75]]


def test_needs_as_is_are_what_the_machine_has() -> None:
    assert needs("as-is") == [[8, 16, 75], [2, 20, 90], [4, 40, 105]]
    large = estate(vcpu_as_is=np.array([64.0, 2, 4]))
    assert needs("as-is", (0,), large) == [[64, 16, 75]]


def test_needs_by_performance_hold_the_busy_hours() -> None:
    """The second class is busy at 4 of a mean of 2.43: that of 261 working days is 3, of the others 1."""
    level = (261 * 3 + 104) / 365
    by_hour = 200 * 4 / level / 100 * 2 / 0.8
    assert needs("performance") == [[6, 12, 75], [1.5, 30, 90], [pytest.approx(by_hour), 40, 105]]
    dense = estate(demand_ssj=np.array([300.0, 10, 1]))
    assert needs("performance", (0, 2), dense) == [[7.5, 12, 75], [4.5, 40, 105]]


def test_growth_is_that_of_the_years_ahead() -> None:
    """From the opening in month 2 a year on is beyond the run: the last of 12 months counts."""
    scenario, cloud, world, types = estate(retires_month=np.array([LATER, 7, LATER]))
    scenario.demand.growth_per_year, scenario.demand.rebound_per_year = 1.0, 0.5
    world.estate.systems.arrives_month[1] = 6
    world.estate.rises.by = lambda last, _: 1 + last / 100
    rows = np.arange(3)
    months, on_cloud = np.array([11, 6, 11]), np.array([9, 4, 5])
    expected = 2 ** (months / 12) * (1 + months / 100) * 1.5 ** (on_cloud / 12)
    assert sizing.expected_growth(scenario, cloud, world, rows) == pytest.approx(expected)
    rebound = sizing.expected_growth(scenario, cloud, world, rows, rebound_only=True)
    assert rebound == pytest.approx(1.5 ** (on_cloud / 12))
    found = needs("profiles", made=(scenario, cloud, world, types))
    assert [row[0] for row in found] == pytest.approx(np.array([6, 1.5, 4.5]) * expected)
    cloud.growth_years_ahead = 0
    months = np.array([2, 2, 6])
    assert sizing.expected_growth(scenario, cloud, world, rows) == pytest.approx(
        2 ** (months / 12) * (1 + months / 100)
    )
    world.estate.servers.retires_month[1] = 2  # gone as the cloud opens
    assert sizing.expected_growth(scenario, cloud, world, rows, rebound_only=True)[1] == 1


def test_a_class_with_more_vcpu_on_a_core_counts_less() -> None:
    scenario, cloud, world, _ = estate()
    assert sizing.vcpu_weights(scenario, cloud, world, np.array([0, 2])).tolist() == [1, 0.5]


def test_sizes_are_merged_where_that_adds_least(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pair by pair, by trying all; several hosts bound what may be merged, and the largest weigh it."""
    monkeypatch.setattr(flavours, "MOST_FLAVOURS", 3)
    capacities = np.array([[40.0, 300, 90], [90, 120, 60]])
    for seed in range(12):
        rng = np.random.default_rng(seed)
        sizes, counts = rng.integers(1, 60, (8, 3)).astype(float), rng.integers(1, 9, 8)
        parts = {i: (sizes[i], int(counts[i]), {i}) for i in range(8)}
        while len(parts) > 3:
            best = None
            for i, j in ((i, j) for i in parts for j in parts if i < j):
                joint = np.maximum(parts[i][0], parts[j][0])
                if (joint <= capacities).all(axis=1).any():
                    more = sum(
                        (joint - parts[k][0]) @ (1 / capacities.max(axis=0)) * parts[k][1] for k in (i, j)
                    )
                    best = min(best or (np.inf, 0, 0), (more, i, j))
            if best is None:
                break
            (a, n, some), (b, m, others) = parts[best[1]], parts.pop(best[2])
            parts[best[1]] = np.maximum(a, b), n + m, some | others
        merged, row = flavours._merge(sizes, counts, capacities)
        assert len(merged) == len(parts)
        for size, _, members in parts.values():
            assert {tuple(merged[row[i]]) for i in members} == {tuple(size)}
