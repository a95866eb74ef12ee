"""Failures of servers, hosts and rooms: age, service and shared draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from roomfold.scenarios.estate import NEVER
from roomfold.sim import failures
from roomfold.sim.events import happen
from roomfold.sim.grid import TICKS_PER_HOUR
from roomfold.sim.repair import Crews
from roomfold.sim.timeline import CLOUD, Outages

from . import small
from .small import System

OFTEN = (
    "reliability.server_mtbf_h=500",
    "reliability.server_mttr_h=5",
    "reliability.ageing_per_year=0.5",
    "reliability.team_share=0",
)


def many(age_months: int) -> tuple:
    """Five hundred servers of one age."""
    scenario, world = small.made([System(0, servers=[False] * 500)], *OFTEN)
    servers = replace(world.estate.servers, bought_month=np.full(500, -age_months, dtype=np.int32))
    world = replace(world, estate=replace(world.estate, servers=servers))
    always = np.zeros(500, dtype=np.int32)
    return scenario, world, always, np.full(500, NEVER, dtype=np.int32)


def test_failure_rate_grows_with_age_beyond_three_years():
    counts = {}
    for years in (0, 5):
        scenario, world, on, off = many(12 * years)
        found = failures.server_failures(scenario, world, world.estate.servers.generation_month, on, off)
        counts[years] = len(found.what)
    young = 500 * 3 * 8766 / 505
    # Over three years the old machines are 5 to 8 years old: 2 to 5 years beyond three.
    assert abs(counts[0] - young) < 3 * young**0.5
    old = 500 * 3 * 8766 / (500 / (1 + 0.5 * 3.5) + 5)
    assert abs(counts[5] - old) < 0.02 * old


def test_a_new_machine_is_young_again_and_shares_earlier_failures():
    scenario, world, on, off = many(60)
    kept = world.estate.servers.generation_month
    refreshed = kept.copy()
    refreshed[:, 1] = 12
    old = failures.server_failures(scenario, world, kept, on, off)
    new = failures.server_failures(scenario, world, refreshed, on, off)
    first_year = world.clock.month_edges_h[12] - 24
    before = [repairs.failed_h[repairs.failed_h < first_year] for repairs in (old, new)]
    assert np.array_equal(*before)
    assert len(new.what) < 0.6 * len(old.what)


def test_hosts_are_young_again_after_their_life():
    """Bought 47 months ago to live 48: worn in the first month, and as new for three years after it."""
    ageing = ("reliability.ageing_per_year=2", "reliability.host_mtbf_h=5000")
    scenario, world = small.made([System(0)], *ageing, f"{small.CLOUD}.host_life_years=4")
    n = 500
    hosts = replace(small.move(world, hosts=n).hosts, age_months=np.full(n, 47, dtype=np.int32))
    hands = Crews(np.zeros(n, dtype=np.int64), np.ones(1, dtype=np.int64), 0.0)
    cloud, always = scenario.alternatives["consolidate"].cloud, np.zeros(n, dtype=np.int32)
    found = failures.host_failures(scenario, world, cloud, hosts, always, hands, 1.0)
    month_h = 730.5
    first = (found.failed_h < month_h).sum()
    worn = n * month_h * (1 + 2 * (47.5 / 12 - 3)) / 5000
    assert abs(first - worn) < 4 * worn**0.5
    later = ((found.failed_h >= month_h) & (found.failed_h < 5 * month_h)).sum()
    young = n * 4 * month_h / 5000
    assert abs(later - young) < 4 * young**0.5


def test_what_never_fails_has_no_outages():
    _, world = small.made([System(0)])
    found = failures.renewals(world, "of nothing", np.arange(3), np.zeros(3), np.ones(3))
    assert not len(found.what) and not len(found.end_h)


def test_only_failures_in_service_count():
    some = Outages(
        np.array([0, 0, 1, 1], dtype=np.int32),
        np.array([1.0, 8.0, 3.0, 12.0]),
        np.array([2.0, 15.0, 6.0, 13.0]),
        np.full(4, -1, dtype=np.int32),
    )
    cut = failures.in_service(some, np.array([0, 4], dtype=np.int32), np.array([10, 20], dtype=np.int32))
    assert cut.what.tolist() == [0, 0, 1]
    assert cut.start_h.tolist() == [1.0, 8.0, 12.0]
    assert cut.end_h.tolist() == [2.0, 10.0, 13.0]


def test_times_lie_on_a_grid_that_floating_point_keeps_exact():
    scenario, world, on, off = many(0)
    found = failures.server_failures(scenario, world, world.estate.servers.generation_month, on, off)
    ticks = np.concatenate([found.failed_h, found.begun_h, found.ended_h]) * TICKS_PER_HOUR
    assert np.array_equal(ticks, np.floor(ticks))
    assert (found.ended_h > found.failed_h).all()
    assert (np.diff(found.failed_h) >= 0).all()


def test_rooms_fail_while_open_and_the_site_once_it_is_on():
    scenario, world = small.made([System(0), System(1)], f"{small.CLOUD}.outages_per_year=50")
    rooms = replace(
        world.estate.rooms, outages_per_year=np.array([100.0, 0.0]), outage_hours=np.array([3.0, 3.0])
    )
    world = replace(world, estate=replace(world.estate, rooms=rooms))
    found = failures.room_outages(world, np.array([100, 0]), np.array([5000, int(NEVER)]))
    assert set(found.what.tolist()) == {0}
    assert found.start_h.min() >= 100
    assert found.end_h.max() <= 5000
    cloud = scenario.alternatives["consolidate"].cloud
    site = failures.site_outages(world, cloud, ["cloud"], np.array([2000]))
    assert set(site.what.tolist()) == {CLOUD}
    assert site.start_h.min() >= 2000
    both = failures.merged(found, site)
    assert len(both.what) == len(found.what) + len(site.what)
    assert (np.diff(both.start_h) >= 0).all()


def crowd(*overrides: str) -> tuple:
    """Servers of two units that fail often, and long repairs by few hands."""
    busy = ("reliability.server_mtbf_h=300", "reliability.server_mttr_h=40", "reliability.team_share=1")
    scenario, world = small.made(
        [System(0, servers=[False] * 8), System(1, servers=[False] * 8)], *busy, *overrides
    )
    estate = world.estate
    units = small.take(estate.units, [0, 0])
    units = replace(units, id=np.arange(2, dtype=np.int32), level=np.array([0, 1], dtype=np.int32))
    systems = replace(estate.systems, unit=np.array([0, 1], dtype=np.int32))
    return scenario, replace(world, estate=replace(estate, units=units, systems=systems))


def test_crews_shared_by_more_rooms_wait_less_and_small_ones_more():
    """Two crews of one team, one crew of one team, one of two, and hands for all."""
    waits = {}
    for name, overrides in {
        "own": ("reliability.field_crews=unit", "reliability.servers_per_team=1000"),
        "level": ("reliability.field_crews=level", "reliability.servers_per_team=1000"),
        "one": ("reliability.field_crews=estate", "reliability.servers_per_team=1000"),
        "two": ("reliability.field_crews=estate", "reliability.servers_per_team=8"),
        "ample": ("reliability.servers_per_team=1",),
    }.items():
        scenario, world = crowd(*overrides)
        found = happen(scenario, world, small.stay(world)).server_repairs
        waits[name] = (found.begun_h - found.failed_h).mean()
    assert waits["ample"] == 0 < waits["two"] < waits["own"] < waits["one"]
    assert waits["level"] == waits["own"]


def test_waiting_for_a_team_is_downtime():
    lost = {}
    for share in (0, 1):
        scenario, world = crowd(f"reliability.team_share={share}", "reliability.servers_per_team=1000")
        plan = small.stay(world)
        timeline = happen(scenario, world, plan)
        repairs, outages = timeline.server_repairs, timeline.server_outages
        assert np.array_equal(outages.end_h, repairs.ended_h)
        lost[share] = (repairs.ended_h - repairs.failed_h).sum()
        hands_h = (repairs.ended_h - repairs.begun_h)[repairs.ended_h < world.clock.hours]
        assert abs(hands_h.mean() - 40) < 4 * 40 / len(hands_h) ** 0.5
    assert lost[1] > 1.5 * lost[0]


def test_few_hands_at_the_site_lengthen_outages_of_hosts():
    busy = ("reliability.host_mtbf_h=300", "reliability.host_mttr_h=40", "reliability.team_share=1")
    lost = {}
    for per_team in (1, 1000):
        scenario, world = small.made([System(0)], *busy, f"reliability.hosts_per_team={per_team}")
        timeline = happen(scenario, world, small.move(world, hosts=8))
        repairs, outages = timeline.host_repairs, timeline.host_outages
        lost[per_team] = (repairs.ended_h - repairs.failed_h).sum()
        assert (outages.end_h - outages.start_h).sum() == lost[per_team]
        assert (repairs.begun_h > repairs.failed_h).any() == (per_team == 1000)
    assert lost[1000] > 1.2 * lost[1]
