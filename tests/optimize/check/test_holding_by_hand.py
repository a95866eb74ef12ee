"""Hosts and what they hold: each rule of the checker just kept and just broken, judged by eye."""

from __future__ import annotations

from types import SimpleNamespace as Some

import numpy as np
import pytest

from roomfold.optimize.check import failing, holding
from roomfold.optimize.plan import Hosts

from .by_hand import LATER, base, broken, facts, lengthen


@pytest.mark.parametrize(
    "column", ["vcpu", "memory_gb", "disk_gb", "capacity_ssj", "rack_units", "price_cny", "curve"]
)
def test_hosts_are_what_their_type_says(column: str) -> None:
    case = base()
    getattr(case.hosts, column)[5] += 1
    assert broken(holding.host_types, case) == [("host 5 is not what its type says", 1, 1)]


def test_what_components_must_find() -> None:
    """Use by comfort, no more than is listed or than the largest host has, and never less than is used."""
    case = base()
    case.servers.most_gb[:3] = 12, 8, 64
    case.servers.memory_gb[5] = 150
    case.servers.most_gb[5] = 500
    case.servers.zombie[4] = True
    assert facts(case).needs_gb.tolist() == [
        [12, 150], [10, 150], [30, 300], [15, 150], [32, 300], [180, 450],
    ]  # fmt: skip
    case.systems.arrives_month[0] = 1  # still to come: what it is listed with is enough
    case.servers.memory_gb[0] = 0.4
    assert facts(case).needs_gb[:2].tolist() == [[pytest.approx(0.6), 150], [8, 150]]
    case = base()
    case.cloud.sizing = "as-is"
    assert facts(case).needs_gb[:, 0].tolist() == [16, 16, 32, 16, 8, 64]
    case.servers.memory_gb[0] = 20
    assert facts(case).needs_gb[0].tolist() == [20, 150]


def test_months_begin_at_their_first_hour() -> None:
    hours = facts(base()).first_hour(np.array([-5, 0, 1, 11, 12, 13, LATER]))
    assert hours.tolist() == [0, 0, 744, 8016, LATER, LATER, LATER]


def test_sizes_hold_what_is_needed() -> None:
    case = base()
    case.plan.flavours.memory_gb[0] = 29
    found = "component 2: 1 GB of memory more than its size, 0 allowed"
    assert broken(holding.flavours, case) == [(found, 1, 1)]
    case.plan.flavours.disk_gb[0] = 298
    assert broken(holding.flavours, case)[1][0] == "component 2: 2 GB of disk more than its size, 0 allowed"
    case.plan.placement[5] = case.plan.flavour[5] = -1
    assert len(broken(holding.flavours, case)) == 2
    case.plan.flavour[3] = -1
    assert broken(holding.flavours, case) == [("server 3 has a host without a size, or none", 1, 1)]


def test_room_of_hosts_is_kept_in_every_dimension() -> None:
    """Hosts 0 and 3 hold most: 45 GB and 21 of memory, 450 GB and 210 of disk, two sizes each."""
    for rule, reserve, share in ((holding.memory, 44.0, 1), (holding.disk, 449.0, 1)):
        case = base()
        for kind in case.kinds:
            kind.memory_gb, kind.disk_gb = (reserve / 0.9, 1e4) if rule is holding.memory else (1e4, reserve)
        assert broken(rule, case)[0][1:] == (1, share)
        assert broken(rule, case)[0][0].startswith("host 0: 45")
    case = base()
    case.plan.flavours.vcpu[0] = 7
    assert broken(holding.sizes, case) == [("host 0: 14 vCPU given, 13.3333 allowed", round(2 / 3, 9), 2)]
    case.plan.flavours.memory_gb[0], case.plan.flavours.disk_gb[0] = 46, 501
    assert [by for _, by, _ in broken(holding.sizes, case)] == [round(2 / 3, 9), 2, 2]
    assert [found.unit for found in holding.sizes(facts(case))] == ["vCPU", "GB", "GB"]
    case.cloud.sizing = "profiles"
    assert broken(holding.sizes, case) == []


def test_busy_hours_of_grown_demand_fit() -> None:
    """Host 0 takes 300 of 800 that may be used; growth and rebound are those of a year after the move."""
    case = base()
    case.scenario.demand.growth_per_year, case.scenario.demand.rebound_per_year = 1.0, 0.5
    grown = facts(case).growth
    last, there = 11, 9  # the year ends before a year on the cloud does
    assert grown.tolist() == pytest.approx([2 ** (last / 12) * 1.5 ** (there / 12)] * 6)
    case.servers.retires_month[2] = 2  # gone as it would come
    assert facts(case).growth[2] == pytest.approx(2 ** (1 / 12))
    case.servers.retires_month[2] = 7
    case.systems.arrives_month[2] = 4
    case.cloud.growth_years_ahead = 0
    case.world.estate.rises = Some(month=[2, 3], factor=[np.full(6, 3.0), np.full(6, 7.0)])
    assert facts(case).growth.tolist() == pytest.approx(
        [2 ** (2 / 12) * 3] * 3 + [2 ** (4 / 12) * 21] * 2 + [2 ** (2 / 12) * 3]
    )
    case = base()
    case.servers.demand_ssj[:] = 500, 100, 301, 5000, 0, 1440
    assert broken(holding.busy_hours, case) == [
        ("host 3: 1440 ssj_ops in the busy hours, 800 allowed", 640, 2)
    ]
    case.servers.demand_ssj[[2, 3]] = 300, 800
    assert broken(holding.busy_hours, case) == []


def test_busy_hours_are_the_top_twentieth_of_the_year() -> None:
    """Two hours of a working day at tenfold are 5.9 % of the year: more than busy hours are."""
    for busy, ratio in ((2, True), (1, False)):
        case = base()
        day = (10.0,) * busy + (1.0,) * (24 - busy)
        case.scenario.demand.classes["web"] = Some(
            **{**vars(case.scenario.demand.classes["web"]), "workday": day}
        )
        profile = facts(case).profile
        assert profile.mean(axis=1).tolist() == pytest.approx([1, 1])
        level = (365 * 24 + 261 * 9 * busy) / (365 * 24)  # 261 working days
        peak = 10 / level if ratio else 1 / level
        assert holding._busy_ssj(facts(case))[0] == pytest.approx(100 * peak)
        assert holding.mean_day_ssj(facts(case))[0].tolist() == pytest.approx(
            [100 * h / level for h in (*day, *(1.0,) * 24)]
        )


def test_months_have_their_own_demand() -> None:
    case = base()
    case.scenario.demand.classes["file"] = Some(
        **{**vars(case.scenario.demand.classes["file"]), "months": (3.0, *(1.0,) * 11)}
    )
    level = (365 + 2 * 31) / 365
    assert facts(case).profile[1, [0, 743, 744, -1]] == pytest.approx(
        [3 / level, 3 / level, 1 / level, 1 / level]
    )


def test_mean_days_are_of_the_first_year_and_grown() -> None:
    case = base()
    lengthen(case)
    case.scenario.demand.growth_per_year = 1.0
    last = 14  # a year after the opening
    assert holding.mean_day_ssj(facts(case))[0].tolist() == pytest.approx([100 * 2 ** (last / 12)] * 48)


def test_overload_is_counted_over_shared_hosts() -> None:
    """Hosts 0 and 3 are shared: one over capacity at every hour is half of their hours."""
    case = base()
    case.cloud.sizing = "profiles"
    case.servers.demand_ssj[2] = 899.0
    assert broken(holding.overload, case) == []
    case.servers.demand_ssj[2] = 901.0
    assert broken(holding.overload, case) == [
        ("50.000% of host-hours are over capacity, 1.000% promised", 0.49, 1)
    ]
    case.scenario.demand.model = "one of their own"
    assert broken(holding.overload, case) == []
    case.scenario.demand.model = None
    case.servers.demand_ssj[:] = 100, 9e9, 100, 100, 100, 9e9  # alone on theirs: never split
    assert broken(holding.overload, case) == []


@pytest.mark.parametrize(("common", "alike"), [(1.0, 1.0), (0.0, 0.0), (0.6, 0.6)])
def test_hours_tried_have_the_noise_of_the_model(
    monkeypatch: pytest.MonkeyPatch, common: float, alike: float
) -> None:
    """Mean 1, and by the moments of a uniform z a variance of (1 + 6 s^2 + 1.8 s^4) / (1 + s^2)^2 - 1."""
    case = base()
    monkeypatch.setattr(holding, "COMPONENTS_AT_ONCE", 4)
    case.servers.noise[:] = 0.5
    case.servers.demand_ssj[:] = 3.0
    case.scenario.demand.classes["web"].common_share = common
    hours = holding._hourly_ssj(facts(case))
    assert hours.shape == (7, 1460)
    one = hours[[1, 5]] / 3  # alone on their hosts, of one class
    variance = (1 + 6 * 0.25 + 1.8 * 0.0625) / 1.25**2 - 1
    assert one.mean(axis=1) == pytest.approx([1, 1], abs=0.08)
    assert one.var(axis=1) == pytest.approx([variance] * 2, rel=0.12)
    z = (np.sqrt(one * 1.25) - 1) / 0.5
    assert abs(z).max() <= 3**0.5 * (1 if common in (0, 1) else 2**0.5) + 1e-9
    assert np.corrcoef(one)[0, 1] == pytest.approx(alike, abs=0.1)
    assert hours[0].mean() == pytest.approx(6, abs=0.4)
    assert not hours[[2, 4, 6]].any()


def test_a_failed_host_finds_room() -> None:
    """Host 0 needs 45 GB; without its standby 37.5 must do, and host 1 has 30 to spare."""
    case = base()
    case.hosts.standby[2] = False
    case.hosts.type[2] = 0
    assert broken(failing.failing_hosts, case) == []
    case.servers.memory_gb[:3] = 40, 40, 20  # 60, 60 and 30 of 90: two of host 0's must go to one with 90
    assert broken(failing.failing_hosts, case) == []
    case = base()
    case.plan.hosts = Hosts(*(np.delete(column, 2) for column in vars(case.hosts).values()))
    case.plan.placement[3:] -= 1
    assert broken(failing.failing_hosts, case) == []
    case.servers.memory_gb[1] = 30
    assert broken(failing.failing_hosts, case) == []
    case.servers.memory_gb[1] = 31  # 46.5 and 45 are more than 90
    assert broken(failing.failing_hosts, case) == [("host 0 fails and its components find no room", 2, 2)]
    case.cloud.standby_hosts = 0
    assert broken(failing.failing_hosts, case) == []
    case = base()
    case.hosts.recovers[4] = 0  # stands by for another site: host 3 has nobody
    assert broken(failing.failing_hosts, case) == [("host 3 fails and its components find no room", 1, 1)]


def test_with_a_host_fails_the_largest_other() -> None:
    """One component of 6, 7 and 9 on hosts of 9; those that stand by have 9 and 6.5: 7 and 9 are too much."""
    held, room = np.array([[6.0], [7], [9], [0], [0]]), np.array([[9.0], [9], [9], [9], [6.5]])
    given = Some(host=np.arange(3))
    active, spare = np.arange(3), np.array([3, 4])
    stranded = failing._stranded(given, held[:3], room, held, active, spare, 2)
    assert [row for row, _ in stranded] == [1, 2]
    assert [row for row, _ in failing._stranded(given, held[:3], room, held, active, spare, 3)] == [0, 1, 2]


def test_the_search_for_room_counts_its_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    column = np.array([[3.0], [3], [3]])
    assert failing.packs(column, np.array([[5.0], [5]])) is False  # the sum alone would fit
    assert failing.packs(column, np.array([[6.0], [3]])) is True
    assert failing.packs(column[:0], np.zeros((0, 1))) is True
    for steps, found in ((3, True), (2, None)):
        monkeypatch.setattr(failing, "MOST_STEPS", steps)
        assert failing.packs(column, np.array([[9.0]])) is found
