"""Service: who was down, how long, and how many at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from roomfold.scenarios.estate import NEVER
from roomfold.sim.events import happen
from roomfold.sim.service import hosts_down, most_at_once, service, systems_down
from roomfold.sim.timeline import CLOUD, Outages

from . import small
from .small import MOVE, System


def outages(*rows):
    what, start, end, cover = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Outages(
        np.array(what, dtype=np.int32),
        np.array(start, dtype=float),
        np.array(end, dtype=float),
        np.array(cover, dtype=np.int32),
    )


def down(scenario, world, plan, timeline):
    found = systems_down(scenario, world, plan, timeline)
    return list(zip(found.what.tolist(), found.start_h.tolist(), found.end_h.tolist(), strict=True))


def quiet(scenario, world, plan, **columns):
    """A timeline without outages but those given."""
    none = outages()
    bare = {"server_outages": none, "host_outages": none, "room_outages": none}
    return replace(happen(scenario, world, plan), **{**bare, **columns})


def test_half_open_intervals_that_touch_do_not_overlap():
    assert most_at_once(np.array([0.0, 5.0, 5.0]), np.array([5.0, 9.0, 6.0])) == 2
    assert most_at_once(np.array([0.0, 1.0, 2.0]), np.array([3.0, 3.0, 3.0])) == 3
    assert most_at_once(np.empty(0), np.empty(0)) == 0


def test_a_covered_host_is_down_for_the_restart_only():
    failed = outages((0, 10, 30, 2), (1, 20, 25, -1))
    host, start, end = hosts_down(failed, 0.5)
    assert sorted(zip(host.tolist(), start.tolist(), end.tolist(), strict=True)) == [
        (0, 10, 10.5),
        (1, 20, 25),
    ]


def test_a_host_is_down_again_when_its_cover_fails():
    # 0 is carried by 2, which fails uncovered at 20 and is back at 24; then 3 takes over from 2.
    failed = outages((0, 10, 60, 2), (2, 20, 24, -1), (2, 40, 50, 3))
    host, start, end = hosts_down(failed, 1.0)
    of_0 = sorted((s, e) for h, s, e in zip(host, start, end, strict=True) if h == 0)
    assert of_0 == [(10, 11), (20, 24), (40, 41)]


def test_a_repair_shorter_than_the_restart_ends_the_outage():
    _, start, end = hosts_down(outages((0, 10, 10.25, 1)), 0.5)
    assert (end - start).tolist() == [0.25]


def test_a_system_is_down_when_any_working_component_is():
    scenario, world = small.made([System(0, servers=[False, False, True]), System(1)])
    plan = small.stay(world)
    timeline = quiet(
        scenario,
        world,
        plan,
        server_outages=outages((0, 10, 20, -1), (1, 15, 30, -1), (2, 50, 60, -1)),
        room_outages=outages((1, 5, 6, -1), (0, 28, 40, -1)),
    )
    assert down(scenario, world, plan, timeline) == [(0, 10, 40), (1, 5, 6)]


def test_after_the_move_the_cloud_counts_and_the_room_does_not():
    scenario, world = small.made([System(0), System(0, classified=True)], f"{MOVE}.failure_share=0")
    plan = small.move(world, hosts=2)
    moved = float(happen(scenario, world, plan).moved_h[0])
    timeline = quiet(
        scenario,
        world,
        plan,
        server_outages=outages((0, moved - 5, moved + 5, -1)),
        host_outages=outages((0, moved - 9, moved - 8, -1), (0, moved + 20, moved + 30, -1)),
        room_outages=outages((0, moved + 100, moved + 101, -1), (CLOUD, moved + 200, moved + 203, -1)),
    )
    assert down(scenario, world, plan, timeline) == [
        (0, moved - 5, moved),
        (0, moved + 20, moved + 30),
        (0, moved + 200, moved + 203),
        (1, moved + 100, moved + 101),
    ]


def test_statistics_of_a_future():
    scenario, world = small.made([System(0), System(0), System(0, arrives=12, retires=24)])
    plan, hours = small.stay(world), world.clock.hours
    timeline = quiet(scenario, world, plan, room_outages=outages((0, 10, 20, -1)))
    series = {
        "demand_mssj": np.full(hours, 4.0),
        "unserved_mssj": np.full(hours, 1.0),
        "hosts_loaded": np.full(hours, 10.0),
        "hosts_overloaded": np.full(hours, 0.5),
    }
    found = service(scenario, world, plan, timeline, series)
    lived = 2 * hours + world.clock.month_edges_h[24] - world.clock.month_edges_h[12]
    assert found.system_hours_lost == 20
    assert found.availability == pytest.approx(1 - 20 / lived, rel=1e-12)
    assert found.worst_down == 2
    assert found.unserved_share == 0.25
    assert found.overload_share == 0.05
    seldom = {name: np.zeros(hours) for name in series}
    assert service(scenario, world, plan, timeline, seldom).unserved_share == 0
    assert service(scenario, world, plan, timeline, seldom).overload_share == 0
    seldom["demand_mssj"][0], seldom["unserved_mssj"][0] = 0.5, 0.25
    assert service(scenario, world, plan, timeline, seldom).unserved_share == 0.5
    seldom["hosts_loaded"][0], seldom["hosts_overloaded"][0] = 1.0, 0.5  # one host, for an hour
    assert service(scenario, world, plan, timeline, seldom).overload_share == 0.5


def test_on_random_worlds_downtime_lies_within_each_systems_life():
    for index in range(3):
        scenario, world = small.drawn(index, "reliability.server_mtbf_h=500", "reliability.host_mtbf_h=500")
        plan = small.move(world)
        timeline = happen(scenario, world, plan)
        found = systems_down(scenario, world, plan, timeline)
        arrives = world.clock.month_edges_h[np.minimum(world.estate.systems.arrives_month, 36)]
        retires = np.where(
            world.estate.systems.retires_month == NEVER,
            world.clock.hours,
            world.clock.month_edges_h[np.minimum(world.estate.systems.retires_month, 36)],
        )
        assert len(found.what) > 100
        assert (found.start_h >= arrives[found.what]).all()
        assert (found.end_h <= retires[found.what]).all()
        same = found.what[1:] == found.what[:-1]
        assert (found.start_h[1:] > found.end_h[:-1])[same].all()
