"""Events: their exact order, who moves when, who takes over, and when rooms close."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from roomfold.scenarios.estate import NEVER
from roomfold.sim.agenda import Agenda
from roomfold.sim.events import happen, happen_logged
from roomfold.sim.migration import Migration, Orders, Slot, slots
from roomfold.sim.occupancy import Occupancy
from roomfold.sim.takeover import NO_COVER, TakeOver
from roomfold.sim.timeline import Outages

from . import small
from .small import MOVE, SATURDAY_H, WEEK_H, System

NEVER_H = int(NEVER)
QUIET = (f"{MOVE}.failure_share=0", f"{MOVE}.dual_run_days=14", f"{MOVE}.line_notice_days=30")


def outages(*rows):
    what, start, end = zip(*rows, strict=True)
    return Outages(
        np.array(what, dtype=np.int32),
        np.array(start, dtype=float),
        np.array(end, dtype=float),
        np.full(len(rows), NO_COVER, dtype=np.int32),
    )


def hosts(standby, pool=None):
    _, world = small.made([System(0)])
    plan = small.move(world, hosts=len(standby))
    pools = np.array(pool if pool else [0] * len(standby), dtype=np.int32)
    return replace(plan.hosts, standby=np.array(standby), pool=pools)


def run_takeover(standby, failed, pool=None):
    agenda = Agenda()
    takeover = TakeOver(agenda, hosts(standby, pool), np.zeros(len(standby), dtype=np.int32), failed)
    agenda.env.run()
    return takeover.cover, agenda.log


def test_simultaneous_events_happen_in_the_written_order():
    """Deliveries, repairs, failures, retirements, cut-overs, switch-offs, closings; then by row."""
    agenda, off = Agenda(), np.zeros(4, dtype=np.int32)
    occupancy = Occupancy(agenda, np.array([0, 0, 1, 1]), off, rooms=2, clearing_h=0)
    agenda.env.process(occupancy.retirements(np.array([NEVER_H, NEVER_H, NEVER_H, SATURDAY_H])))
    orders = Orders(
        wave_h=[SATURDAY_H] * 4,
        retires_h=[NEVER_H, NEVER_H, NEVER_H, SATURDAY_H],
        ready_h=[0] * 4,
        servers=[[0], [1], [2], [3]],
        days=[3, 3, 2, 1],
        data_gb=[1, 1, 0, 1],
        team_fte=1,
        weekly_gb=100,
        dual_run_h=WEEK_H,
        fails=lambda system, attempt: system == 2 and attempt == 0,
    )
    migration = Migration(agenda, occupancy, orders)
    agenda.env.process(migration.weeks([Slot(SATURDAY_H, 5), Slot(SATURDAY_H + WEEK_H, 5)]))
    failed = outages((1, 50, SATURDAY_H), (0, SATURDAY_H, 100))
    TakeOver(agenda, hosts([False, True]), np.zeros(2, dtype=np.int32), failed)
    agenda.env.run()
    assert [tuple(entry) for entry in agenda.log] == [
        (0, "delivery", 1),
        (50, "failure", 1),
        (74, "repair", 1),
        (74, "failure", 0),
        (74, "take-over", 1),
        (74, "switch-off", 3),
        (74, "cut-over", 0),
        (74, "slip", 1),
        (74, "roll-back", 2),
        (100, "repair", 0),
        (242, "cut-over", 1),
        (242, "cut-over", 2),
        (242, "switch-off", 0),
        (410, "switch-off", 1),
        (410, "switch-off", 2),
        (410, "closing", 0),
        (410, "closing", 1),
    ]
    assert migration.cutovers == [1, 1, 2, 0]
    assert migration.rollbacks == [(2, 74)]


def test_first_come_first_served_and_no_queue_for_the_standby():
    cover, _ = run_takeover([False, False, True], outages((1, 10, 30), (0, 20, 40), (0, 50, 60)))
    assert cover == [2, NO_COVER, 2]


def test_a_standby_that_fails_while_carrying_is_covered_by_another():
    # 0 fails onto 2, 2 fails onto 3; when 0 is repaired, 3 is free for 1 although 2 is still down.
    failed = outages((0, 10, 30), (2, 20, 50), (1, 35, 60))
    cover, _ = run_takeover([False, False, True, True], failed)
    assert cover == [2, 3, 3]


def test_an_idle_standby_that_fails_needs_no_cover_and_gives_none():
    cover, _ = run_takeover([False, True], outages((1, 10, 30), (0, 20, 40)))
    assert cover == [NO_COVER, NO_COVER]


def test_standby_hosts_serve_their_own_pool_only():
    cover, _ = run_takeover([False, False, True], outages((0, 10, 30), (1, 12, 30)), pool=[0, 1, 1])
    assert cover == [NO_COVER, 2]


def test_a_standby_helps_only_once_delivered():
    agenda = Agenda()
    takeover = TakeOver(agenda, hosts([False, True]), np.array([0, 25]), outages((0, 10, 20), (0, 25, 30)))
    agenda.env.run()
    assert takeover.cover == [NO_COVER, 1]


def test_cut_overs_are_on_free_saturdays_at_two():
    scenario, world = small.drawn(0)
    found = slots(world.clock, scenario.calendar)
    days = [world.clock.day_of_hour(slot.hour) for slot in found]
    assert {day.weekday() for day in days} == {5}
    assert {slot.hour % 24 for slot in found} == {2}
    assert not set(days) & {*scenario.calendar.rest_days, *scenario.calendar.work_days}
    assert [slot.workdays for slot in found[:4]] == [2, 5, 5, 5]  # New Year 2014 is a Wednesday
    assert 120 < len(found) < 157


def slot_numbers(scenario, world, timeline):
    """Slot in which each system moved, from the first slot in which any did."""
    hours = [slot.hour for slot in slots(world.clock, scenario.calendar)]
    number = np.searchsorted(hours, timeline.moved_h)
    return (number - number.min()).tolist()


def test_a_week_moves_no_more_than_its_staff_and_its_line():
    scenario, world = small.made([System(i) for i in range(6)], *QUIET, f"{MOVE}.team_fte=1")
    systems = replace(world.estate.systems, effort_days=np.full(6, 2.0))
    world = replace(world, estate=replace(world.estate, systems=systems))
    timeline = happen(scenario, world, small.move(world, spread=1))
    assert slot_numbers(scenario, world, timeline) == [0, 0, 1, 1, 2, 2]
    servers = replace(world.estate.servers, disk_gb=np.full(6, 45.0))  # the line takes 48.6 GB a week
    thin = small.scenario(*QUIET, f"{MOVE}.ingress_mbps=1")
    values = {**world.values, f"{MOVE}.ingress_mbps": 1.0}
    world = replace(world, estate=replace(world.estate, servers=servers), values=values)
    timeline = happen(thin, world, small.move(world, spread=1))
    assert slot_numbers(scenario, world, timeline) == [0, 1, 2, 3, 4, 5]


def test_a_system_larger_than_a_week_moves_in_a_week_of_its_own():
    scenario, world = small.made([System(0), System(0)], *QUIET, f"{MOVE}.team_fte=1")
    systems = replace(world.estate.systems, effort_days=np.array([1.0, 400.0]))
    world = replace(world, estate=replace(world.estate, systems=systems))
    timeline = happen(scenario, world, small.move(world, spread=1))
    assert slot_numbers(scenario, world, timeline) == [0, 1]


def test_nothing_moves_before_its_hosts_are_on():
    scenario, world = small.made([System(0)], *QUIET)
    timeline = happen(scenario, world, small.move(world, buy_month=6))
    on_h = world.clock.month_edges_h[6]
    assert on_h <= timeline.moved_h[0] < on_h + WEEK_H


def test_roll_backs_are_tried_again_until_they_succeed():
    scenario, world = small.drawn(2, f"{MOVE}.failure_share=0.6", f"{MOVE}.team_fte=2000")
    plan = small.move(world)
    timeline, log = happen_logged(scenario, world, plan)
    tried = timeline.cutovers > 0
    assert (timeline.moved_h[tried] < NEVER).all()
    assert len(timeline.rollbacks.system) == (timeline.cutovers - 1)[tried].sum() > 0
    assert [e.row for e in log if e.what == "roll-back"] == timeline.rollbacks.system.tolist()
    hours = [slot.hour for slot in slots(world.clock, scenario.calendar)]
    waited = np.searchsorted(hours, timeline.moved_h[tried]) - np.searchsorted(hours, plan.wave_h[tried])
    assert waited.tolist() == (timeline.cutovers[tried] - 1).tolist()


def test_a_room_closes_only_after_its_last_server_is_off_and_it_is_cleared():
    for index in range(4):
        scenario, world = small.drawn(index, "estate.retired_systems_per_year=0.3")
        clearing_h = 30 * 24
        for plan in (small.stay(world), small.move(world)):
            timeline = happen(scenario, world, plan)
            room = world.estate.systems.room[world.estate.servers.system]
            for row in range(len(world.estate.rooms.id)):
                there = (room == row) & (timeline.server_on_h != NEVER)
                last = int(timeline.server_off_h[there].max(initial=0))
                close = timeline.room_close_h[row]
                if not there.any():
                    assert timeline.room_open_h[row] == NEVER or world.estate.rooms.opens_month[row] == 0
                elif close != NEVER:
                    assert close == last + clearing_h
                else:
                    assert last + clearing_h >= world.clock.hours


def test_one_classified_system_keeps_its_room_open():
    systems = [System(0), System(0, classified=True), System(1), System(1)]
    scenario, world = small.made(systems, *QUIET)
    rooms = replace(world.estate.rooms, refit_month=np.array([20, 20], dtype=np.int32))
    world = replace(world, estate=replace(world.estate, rooms=rooms))
    timeline = happen(scenario, world, small.move(world))
    assert timeline.room_close_h[0] == NEVER
    assert timeline.room_close_h[1] < NEVER
    assert timeline.room_refit_month.tolist() == [20, NEVER_H]
    assert timeline.server_off_h.tolist()[1] == NEVER


def test_zombies_go_with_their_system_moved_or_not():
    scenario, world = small.made([System(0, servers=[False, True, True])], *QUIET)
    timeline = happen(scenario, world, small.move(world))
    assert len(set(timeline.server_off_h.tolist())) == 1
    assert (timeline.cloud_on_h != NEVER).tolist() == [True, False, True]
    assert timeline.server_off_h[0] == timeline.moved_h[0] + 14 * 24


def test_a_line_ends_its_notice_after_dual_running():
    systems = [System(0, line=True), System(0, line=True, classified=True), System(0, retires=9, line=True)]
    scenario, world = small.made(systems, *QUIET)
    timeline = happen(scenario, world, small.move(world, first_week=12))
    assert timeline.line_end_h.tolist() == [
        timeline.moved_h[0] + (14 + 30) * 24,
        NEVER_H,
        min(timeline.moved_h[2] + 14 * 24, world.clock.month_edges_h[9]) + 30 * 24,
    ]
    assert timeline.unit_line_start_h[0] == timeline.moved_h[0] - 14 * 24
    kept = happen(scenario, world, small.stay(world))
    assert kept.line_end_h.tolist() == [NEVER_H, NEVER_H, world.clock.month_edges_h[9]]
    assert kept.unit_line_start_h.tolist() == [NEVER_H]


def test_systems_that_start_on_the_cloud_have_no_server_no_line_and_no_room():
    systems = [System(0), System(1, arrives=12, line=True)]
    scenario, world = small.made(systems, *QUIET)
    rooms = replace(world.estate.rooms, opens_month=np.array([0, 12], dtype=np.int32))
    world = replace(world, estate=replace(world.estate, rooms=rooms))
    arrival = int(world.clock.month_edges_h[12])
    timeline = happen(scenario, world, small.move(world))
    assert timeline.server_on_h.tolist() == [0, NEVER_H]
    assert timeline.cloud_on_h[1] == arrival
    assert (timeline.cutovers[1], timeline.moved_h[1]) == (0, NEVER_H)
    assert timeline.room_open_h.tolist() == [0, NEVER_H]
    assert timeline.line_start_h[0] == NEVER
    assert (timeline.generation_month[1] == NEVER).all()
    kept = happen(scenario, world, small.stay(world))
    assert kept.room_open_h.tolist() == [0, arrival]
    assert kept.line_start_h[0] == kept.server_on_h[1] == arrival


def test_what_moves_is_not_refreshed_and_the_rest_is_as_in_keep():
    scenario, world = small.drawn(2)
    kept, moved = (happen(scenario, world, plan) for plan in (small.stay(world), small.move(world)))
    plan = small.move(world)
    stays = (plan.wave_h == NEVER)[world.estate.servers.system]
    opens = scenario.alternatives["consolidate"].cloud.opens
    later = moved.generation_month[~stays, 1:]
    assert (later[later != NEVER] < world.clock.month_of_hour(world.clock.hour_of(opens))).all()
    assert (kept.generation_month[~stays, 1:] != NEVER).any()
    for name in ("generation_month", "server_on_h", "server_off_h"):
        assert np.array_equal(getattr(kept, name)[stays], getattr(moved, name)[stays])


@pytest.mark.parametrize("index", range(3))
def test_alternatives_share_every_failure_that_service_allows(index):
    scenario, world = small.drawn(index, "reliability.ageing_per_year=0", "reliability.server_mtbf_h=2000")
    plan = small.move(world)
    kept, moved = (happen(scenario, world, p) for p in (small.stay(world), plan))
    off = moved.server_off_h[kept.server_outages.what]
    shared = (kept.server_outages.start_h < off) & (
        moved.server_on_h[kept.server_outages.what] <= kept.server_outages.start_h
    )
    assert np.array_equal(kept.server_outages.start_h[shared], moved.server_outages.start_h)
    assert np.array_equal(kept.server_outages.what[shared], moved.server_outages.what)


def test_a_plan_that_moves_nothing_is_keep():
    scenario, world = small.drawn(3)
    kept = happen(scenario, world, small.stay(world))
    empty = happen(scenario, world, small.stay(world, "consolidate"))
    for name in ("server_off_h", "generation_month", "room_close_h", "room_refit_month", "line_end_h"):
        assert np.array_equal(getattr(kept, name), getattr(empty, name))
    assert np.array_equal(kept.room_outages.start_h, empty.room_outages.start_h)
    assert len(empty.host_outages.what) == 0
