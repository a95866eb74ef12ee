"""What the events are told of a world and a plan: orders to move, hosts that fail, sites that go out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from roomfold.scenarios.estate import NEVER
from roomfold.sim import events, failures
from roomfold.sim.events import happen

from . import small, two_sites
from .small import CLOUD, MOVE, System

GB_PER_MBPS_WEEK = 48.6  # what a line of 1 Mbit/s copies in the nights and weekends of a week
SURE = (f"{MOVE}.ingress_mbps=20", f"{MOVE}.dual_run_days=9", f"{MOVE}.failure_share=0.25")


def heard(monkeypatch: pytest.MonkeyPatch, where: Any, name: str) -> list[tuple[Any, ...]]:
    """What a function is called with from now on."""
    kept, real = [], getattr(where, name)

    def call(*given: Any) -> Any:
        kept.append(given)
        return real(*given)

    monkeypatch.setattr(where, name, call)
    return kept


def test_orders_name_what_each_system_takes_and_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The third never moves, the fourth starts on the cloud; a zombie of the first stays behind."""
    systems = [System(0, servers=[False, True, False]), System(0, retires=30), System(1, classified=True)]
    scenario, world = small.made([*systems, System(1, arrives=12)], *SURE)
    estate = world.estate
    servers = replace(estate.servers, disk_gb=np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0]))
    days = replace(estate.systems, effort_days=np.array([3.0, 5.0, 7.0, 9.0]))
    world = replace(world, estate=replace(estate, servers=servers, systems=days))
    made, edges = small.move(world), world.clock.month_edges_h.tolist()
    hosts = replace(made.hosts, buy_month=np.array([1, 0, 3, 0], dtype=np.int32))
    placement = np.array([0, -1, 2, 1, -1, 0], dtype=np.int32)
    asked = heard(monkeypatch, events, "Migration")
    happen(scenario, world, replace(made, hosts=hosts, placement=placement, team_fte=3.5))
    ((_, occupancy, orders),) = asked
    assert orders.wave_h == [made.wave_h[0], made.wave_h[1], NEVER, NEVER]
    assert orders.retires_h == [NEVER, edges[30], NEVER, NEVER]
    assert orders.ready_h == [edges[3], 0, 0, edges[1]]
    assert orders.servers == [[0, 1, 2], [3], [4], [5]]
    assert orders.days == [3, 5, 7, 9]
    assert orders.data_gb == [1 + 4, 8, 0, 32]
    assert (orders.team_fte, orders.dual_run_h, orders.most_per_month) == (3.5, 9 * 24, None)
    assert orders.weekly_gb == pytest.approx(20 * GB_PER_MBPS_WEEK)
    assert [orders.month_of(hour) for hour in (0, edges[1] - 1, edges[1], edges[7])] == [0, 0, 1, 7]
    u = world.uniforms("cutover", world.estate.systems.id, draws=8)
    assert [orders.fails(row, k) for row in range(4) for k in range(8)] == (u < 0.25).ravel().tolist()
    assert occupancy.close_h[1] == NEVER


def test_rules_limit_what_moves_in_each_month(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that bind this alternative; a limit of the plan's own besides."""
    rule = "rule: migrate_existing, from: 2014-05-01, to: 2014-11-30, most: 2, per: month, source: a test"
    only = f"policy.r={{{rule}, alternatives: [consolidate]}}"
    scenario, world = small.made([System(0)], f"{MOVE}.most_per_month=4", only)
    asked = heard(monkeypatch, events, "Migration")
    for plan, expected in ((small.move(world), 2.0), (small.stay(world), np.inf)):
        happen(scenario, world, plan)
        assert asked[-1][2].allowed == [expected] * 36 and asked[-1][2].most_per_month == 4


def test_hosts_fail_by_the_terms_of_the_place_where_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    terms = ("reliability.host_mttr_h=7", "reliability.server_mttr_h=70", "reliability.hosts_per_team=2")
    asked = heard(monkeypatch, failures, "host_failures")
    scenario, world = small.drawn(1, *terms, "reliability.servers_per_team=1", *two_sites.SITES)
    plan = two_sites.plan(world, buy_month=2)
    found = happen(scenario, world, plan)
    *_, hosts, on_h, crews, mean_h = asked.pop()
    assert hosts is plan.hosts and (on_h == world.clock.month_edges_h[2]).all() and mean_h == 7
    assert crews.of.tolist() == [0, 0, 0, 1, 1, 1, 1, 1] and crews.teams.tolist() == [2, 3]
    assert np.array_equal(found.host_on_h, on_h)
    scenario, world = small.drawn(1, *terms, "reliability.servers_per_team=1")
    made = small.move(world, hosts=3)
    here = replace(
        made,
        sites=(),
        pools=(("internet", 2),),
        pool_room=np.zeros(1, dtype=np.int32),
        pool_site=np.full(1, -1, dtype=np.int32),
        shared_line=np.full_like(made.shared_line, -1),
    )
    happen(scenario, world, here)
    *_, crews, mean_h = asked.pop()
    assert mean_h == 70 and crews.teams[crews.of[0]] == 3
    bare = happen(scenario, world, small.stay(world, "consolidate"))
    assert not len(bare.host_repairs.what) and not asked


def test_sites_go_out_from_the_hour_of_their_first_host() -> None:
    """The south has hosts a year later; without sites none goes out."""
    scenario, world = small.drawn(0, f"{CLOUD}.outages_per_year=20", *two_sites.SITES)
    made = two_sites.plan(world)
    late = np.where(made.hosts.pool == 1, 13, 2) + np.array([0, 1, 0, 0, 1, 2, 3, 4])
    plan = replace(made, hosts=replace(made.hosts, buy_month=late.astype(np.int32)))
    out = happen(scenario, world, plan).room_outages
    edges, cloud = world.clock.month_edges_h, scenario.alternatives["consolidate"].cloud
    expected = failures.site_outages(world, cloud, ["north", "south"], edges[[2, 13]])
    sites = out.what < 0
    for name in ("what", "start_h", "end_h"):
        assert np.array_equal(getattr(out, name)[sites], getattr(expected, name))
    assert (out.what >= 0).any() and (np.diff(out.start_h) >= 0).all()
    assert not (happen(scenario, world, small.stay(world)).room_outages.what < 0).any()


def test_a_room_is_cleared_in_the_time_of_whoever_moves_and_at_once_where_nobody_does() -> None:
    """Its only system retires; the alternative kept moves nothing itself."""
    scenario, world = small.made([System(0, retires=20)], f"{MOVE}.room_clearing_days=11")
    alone = scenario.model_copy(update={"alternatives": {"keep": scenario.alternatives["keep"]}})
    retires_h = int(world.clock.month_edges_h[20])
    for given, close_h in ((scenario, retires_h + 11 * 24), (alone, retires_h)):
        found = happen(given, world, small.stay(world))
        assert (found.server_off_h.tolist(), found.room_close_h.tolist()) == ([retires_h], [close_h])
        assert (found.moved_h.tolist(), found.cutovers.tolist()) == ([NEVER], [0])
        assert not len(found.rollbacks.system) and not len(found.requests.system) and not found.in_rooms
