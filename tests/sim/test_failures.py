"""Failures of servers, hosts and rooms: age, service and shared draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from roomfold.scenarios.estate import NEVER
from roomfold.sim import failures
from roomfold.sim.failures import TICKS_PER_HOUR
from roomfold.sim.timeline import CLOUD, Outages

from . import small
from .small import System

OFTEN = ("reliability.server_mtbf_h=500", "reliability.server_mttr_h=5", "reliability.ageing_per_year=0.5")


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
    before = lambda o: o.start_h < first_year  # noqa: E731
    assert np.array_equal(old.start_h[before(old)], new.start_h[before(new)])
    assert len(new.what) < 0.6 * len(old.what)


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
    ticks = np.concatenate([found.start_h, found.end_h]) * TICKS_PER_HOUR
    assert np.array_equal(ticks, np.floor(ticks))
    assert (found.end_h > found.start_h).all()
    assert (np.diff(found.start_h) >= 0).all()


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
    site = failures.site_outages(world, cloud, 2000)
    assert set(site.what.tolist()) == {CLOUD}
    assert site.start_h.min() >= 2000
    both = failures.merged(found, site)
    assert len(both.what) == len(found.what) + len(site.what)
    assert (np.diff(both.start_h) >= 0).all()
