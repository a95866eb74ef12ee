"""What the flows are told of a world and a plan: sites, hosts, who stands in, what is down, hand-computed."""

from __future__ import annotations

import importlib
from dataclasses import replace

import numpy as np
import pytest

from roomfold.scenarios.estate import NEVER
from roomfold.sim.events import happen
from roomfold.sim.flow import flow, world_demand
from roomfold.sim.power import power_w
from roomfold.sim.timeline import Outages

from . import small, two_sites
from .small import CLOUD

SURE = (
    f"{CLOUD}.overhead_it=0.5",
    f"{CLOUD}.rack_fill=0.25",
    f"{CLOUD}.pue=1.7",
    "servers.config_factor=1.4",
)
NONE = Outages(*(np.empty(0, dtype=t) for t in (np.int32, float, float, np.int32)))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch):
    """The only future that ``flow`` hands to the integral, and what else it hands over."""
    module = importlib.import_module("roomfold.sim.flow")
    monkeypatch.setattr(module, "integrate", lambda *given, **named: (*given, named))

    def ask(scenario, world, plan, **columns):
        timeline = replace(happen(scenario, world, plan), **columns)
        _, rooms, (future,), named = flow(scenario, world, [plan], [timeline])
        return future, rooms, named

    return ask


def design_w(scenario, plan, load):
    """Power of each host at a load, off its curve."""
    curve = sorted(scenario.hardware.curves.items())[int(plan.hosts.curve[0])][1]
    return 1.4 * power_w(np.array(curve.watts), load / plan.hosts.capacity_ssj)


def loads(world, hosts, *placements):
    load = [0.0] * hosts
    for placement in placements:
        for component, host in enumerate(placement.tolist()):
            if host >= 0:
                load[host] += world.estate.servers.demand_ssj[component]
    return np.array(load)


def pue_at(facility, it_w):
    ups = facility.ups_loss_w(it_w[:, None], np.ones((1, 1)))
    cooling = facility.cooling_w(it_w[:, None], ups, np.ones((1, 1)))
    return ((it_w[:, None] + ups + cooling) / it_w[:, None])[:, 0] + facility.lighting_w / it_w


def test_who_builds_nothing_has_no_hosts(told) -> None:
    scenario, world = small.drawn(0)
    future, _, named = told(scenario, world, small.stay(world))
    assert future.cloud is None and future.in_rooms is None and future.host_rooms is None
    assert (future.host == -1).all() and named["tariff"] is None


def test_a_site_is_calibrated_at_its_load_when_all_is_in_place(told) -> None:
    scenario, world = small.drawn(0, *SURE, "reliability.restart_minutes=24", "demand.rebound_per_year=0.3")
    plan = small.move(world)
    future, _, _ = told(scenario, world, plan)
    it_w = 1.5 * design_w(scenario, plan, loads(world, 4, plan.placement)).sum(keepdims=True)
    assert future.in_rooms is None and future.host_rooms is None and future.cloud.backup is None
    assert future.cloud.facility.rated_w == pytest.approx(it_w / 0.25, rel=1e-12)
    assert pue_at(future.cloud.facility, it_w) == pytest.approx([1.7])
    assert future.cloud.overhead_it == 0.5 and future.cloud.restart_h == pytest.approx(0.4)
    assert future.rebound == 0.3 and not future.cloud.facility.lighting_w.any()


def test_a_single_host_makes_a_cloud(told) -> None:
    scenario, world = small.drawn(0)
    future, _, _ = told(scenario, world, small.move(world, hosts=1))
    assert len(future.cloud.on_h) == 1


@pytest.mark.parametrize("mode", ["hot", "warm"])
def test_a_recovery_site_is_built_for_what_it_may_have_to_carry(told, mode: str) -> None:
    scenario, world = small.drawn(0, *SURE, *two_sites.SITES)
    plan = two_sites.plan(world, mode=mode)
    future, _, _ = told(scenario, world, plan)
    watts = design_w(scenario, plan, loads(world, 8, plan.placement, plan.recovery.placement))
    it_w = 1.5 * np.array([watts[:3].sum(), watts[3:].sum()])
    assert future.cloud.site.tolist() == [0, 0, 0, 1, 1, 1, 1, 1]
    assert future.cloud.facility.rated_w == pytest.approx(it_w / 0.25, rel=1e-12)
    assert pue_at(future.cloud.facility, it_w) == pytest.approx([1.7, 1.7])
    backup = future.cloud.backup
    assert backup.covers.tolist() == [-1] * 6 + [0, 0]
    assert backup.asleep.tolist() == [False] * 6 + [mode == "warm"] * 2
    assert np.array_equal(backup.host, plan.recovery.placement)


def test_a_host_in_a_room_is_down_when_the_room_is_and_once_it_is_closed(told) -> None:
    scenario, world = small.drawn(1, "alternatives.consolidate.kind=virtualise", *SURE)
    rooms, hours = len(world.estate.rooms.id), world.clock.hours
    assert rooms >= 4
    # Hosts 0 and 1 stand in room 2, host 2 in room 0, host 3 in room 3: three sites.
    made, room = small.move(world, hosts=4), np.array([2, 2, 0, 3], dtype=np.int32)
    pool = np.array([1, 1, 0, 2], dtype=np.int32)
    plan = replace(
        made,
        pools=(("internet", 2),) * 3,
        sites=(),
        pool_site=np.full(3, -1, dtype=np.int32),
        pool_room=np.array([0, 2, 3], dtype=np.int32),
        hosts=replace(made.hosts, pool=pool, standby=np.zeros(4, dtype=bool)),
        shared_line=np.full_like(made.shared_line, -1),
        shared_lines=np.zeros_like(made.shared_lines),
    )
    assert plan.host_room.tolist() == room.tolist()
    close_h = np.full(rooms, NEVER, dtype=np.int32)
    close_h[[0, 1, 3]] = 900, 100, hours
    rows = ((2, 10.0, 12.5), (1, 20.0, 21.0), (-1, 30.0, 31.0), (0, 40.0, 44.0), (0, 899.0, 905.0))
    what, start, end = (np.array(column) for column in zip(*rows, strict=True))
    out = Outages(what.astype(np.int32), start, end, np.full(5, -1, dtype=np.int32))
    future, sites, _ = told(
        scenario, world, plan, room_close_h=close_h, room_outages=out, host_outages=NONE, server_outages=NONE
    )
    hosts = future.in_rooms
    assert future.cloud is None and future.host_rooms.tolist() == [0, 2, 3]
    assert hosts.site.tolist() == [1, 1, 0, 2] and hosts.overhead_it == 0.0
    down = zip(-1 - hosts.down.what, hosts.down.start_h, hosts.down.end_h, strict=True)
    assert sorted(down) == [(0, 40.0, 44.0), (0, 899.0, hours), (1, 10.0, 12.5)]
    assert np.array_equal(hosts.facility.rated_w, sites.facility.rated_w[[0, 2, 3]])
    assert hosts.restart_h == pytest.approx(world.of(scenario.reliability.restart_minutes) / 60)
    idle = design_w(scenario, plan, np.zeros(4))
    assert hosts.hosts.at(np.zeros(4)) == pytest.approx(idle)


def test_noise_of_an_hour_is_at_most_what_a_day_leaves_of_it() -> None:
    one, other, *_ = small.scenario().demand.classes
    scenario, world = small.drawn(
        0,
        f"demand.classes.{one}.day_share=0.7",
        f"demand.classes.{one}.hour_share=0.6",
        f"demand.classes.{other}.day_share=0.2",
        f"demand.classes.{other}.hour_share=0.6",
    )
    found = world_demand(scenario, world)
    assert found.day_share[:2] == pytest.approx([0.7, 0.2])
    assert found.hour_share[:2] == pytest.approx([0.3, 0.6])
    assert not world_demand(*small.drawn(0)).hour_share.any()  # hours of a day that are not told apart
