"""Events: their exact order, who moves when, who takes over, and when rooms close."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from roomfold.optimize.slots import Slots, slots
from roomfold.scenarios.estate import NEVER
from roomfold.sim.agenda import Agenda
from roomfold.sim.events import happen, happen_logged
from roomfold.sim.migration import Migration, Orders
from roomfold.sim.occupancy import Occupancy
from roomfold.sim.takeover import NO_COVER, TakeOver
from roomfold.sim.timeline import Repairs

from . import small
from .small import MOVE, SATURDAY_H, WEEK_H, System

NEVER_H = int(NEVER)
QUIET = (
    f"{MOVE}.failure_share=0",
    f"{MOVE}.dual_run_days=14",
    f"{MOVE}.line_notice_days=30",
    "provisioning.setup_days=0",
)


def repairs(*rows):
    """Failures as (host, failed, ended) or (host, failed, begun, ended)."""
    what, failed, begun, ended = zip(*((r[0], r[1], r[-2], r[-1]) for r in rows), strict=True)
    return Repairs(
        np.array(what, dtype=np.int32), *(np.array(c, dtype=float) for c in (failed, begun, ended))
    )


def hosts(standby, pool=None):
    _, world = small.made([System(0)])
    plan = small.move(world, hosts=len(standby))
    pools = np.array(pool if pool else [0] * len(standby), dtype=np.int32)
    return replace(plan.hosts, standby=np.array(standby), pool=pools)


def run_takeover(standby, failed, pool=None, on_h=None):
    """Outages as (host, start, end, cover), and the log."""
    agenda = Agenda()
    on_h = np.zeros(len(standby), dtype=np.int32) if on_h is None else np.array(on_h)
    takeover = TakeOver(agenda, hosts(standby, pool), on_h, failed)
    agenda.env.run()
    found = takeover.outages()
    columns = (found.what, found.start_h, found.end_h, found.cover)
    assert (np.diff(found.start_h) >= 0).all()
    return list(zip(*(c.tolist() for c in columns), strict=True)), agenda.log


def test_first_come_first_served_and_who_finds_no_standby_waits_for_one():
    failed = repairs((1, 10, 30), (0, 20, 40), (0, 50, 60))
    found, _ = run_takeover([False, False, True], failed)
    assert found == [(1, 10, 30, 2), (0, 20, 30, NO_COVER), (0, 30, 40, 2), (0, 50, 60, 2)]


def test_who_has_waited_longest_is_taken_over_from_first():
    failed = repairs((3, 10, 50), (1, 20, 60), (2, 25, 55), (0, 30, 70))
    found, _ = run_takeover([False, False, False, False, True], failed)
    assert found == [
        (3, 10, 50, 4),
        (1, 20, 50, NO_COVER),
        (2, 25, 55, NO_COVER),
        (0, 30, 60, NO_COVER),
        (1, 50, 60, 4),
        (0, 60, 70, 4),
    ]


def test_a_standby_that_fails_while_carrying_is_covered_by_another():
    # 0 fails onto 2, 2 fails onto 3; when 0 is repaired, 3 is free for 1 although 2 is still down.
    found, _ = run_takeover([False, False, True, True], repairs((0, 10, 30), (2, 20, 50), (1, 35, 60)))
    assert found == [(0, 10, 30, 2), (2, 20, 50, 3), (1, 35, 60, 3)]


def test_what_a_failed_standby_carried_waits_for_another():
    # 2 carries 0 and fails; 3 carries 1 until 40 and then, through 2, 0; at 50 2 takes 0 back.
    failed = repairs((0, 10, 90), (1, 15, 40), (2, 20, 50))
    found, _ = run_takeover([False, False, True, True], failed)
    assert found == [(0, 10, 90, 2), (1, 15, 40, 3), (2, 20, 40, NO_COVER), (2, 40, 50, 3)]


def test_an_idle_standby_that_fails_needs_no_cover_and_gives_none():
    found, _ = run_takeover([False, True], repairs((1, 10, 30), (0, 20, 40)))
    assert found == [(1, 10, 30, NO_COVER), (0, 20, 30, NO_COVER), (0, 30, 40, 1)]


def test_a_standby_that_has_carried_is_idle_again():
    # 2 carried 0 until 30: when it fails it needs no cover, and 3 is left for 1; back at 60 it serves again.
    failed = repairs((0, 10, 30), (2, 40, 60), (1, 45, 70), (0, 62, 65))
    found, _ = run_takeover([False, False, True, True], failed)
    assert found == [(0, 10, 30, 2), (2, 40, 60, NO_COVER), (1, 45, 70, 3), (0, 62, 65, 2)]


def test_standby_hosts_serve_their_own_pool_only():
    found, _ = run_takeover([False, False, True], repairs((0, 10, 30), (1, 12, 30)), pool=[0, 1, 1])
    assert [cover for *_, cover in found] == [NO_COVER, 2]


def test_a_standby_helps_only_once_delivered():
    failed = repairs((0, 10, 20), (0, 22, 30), (0, 35, 40))
    found, _ = run_takeover([False, True], failed, on_h=[0, 25])
    assert found == [(0, 10, 20, NO_COVER), (0, 22, 25, NO_COVER), (0, 25, 30, 1), (0, 35, 40, 1)]


def test_cut_overs_are_on_free_saturdays_at_two():
    scenario, world = small.drawn(0)
    found = slots(world.clock, scenario.calendar)
    days = [world.clock.day_of_hour(hour) for hour in found.hour.tolist()]
    assert {day.weekday() for day in days} == {5}
    assert (found.hour % 24 == 2).all()
    assert not set(days) & {*scenario.calendar.rest_days, *scenario.calendar.work_days}
    assert found.workdays[:4].tolist() == [2, 5, 5, 5]  # New Year 2014 is a Wednesday
    assert 120 < len(found.hour) < 157


def slot_numbers(scenario, world, timeline):
    """Slot in which each system moved, from the first slot in which any did."""
    hours = slots(world.clock, scenario.calendar).hour
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


def weekly(days, data_gb, weeks, wave=0, fails=lambda *_: False, **more):
    """Slots in which systems cut over, by the events alone: five workdays, one person, 100 GB a week."""
    agenda, n = Agenda(), len(days)
    orders = replace(Orders.nothing(n), days=days, data_gb=data_gb, team_fte=1, weekly_gb=100, fails=fails)
    orders = replace(orders, wave_h=[SATURDAY_H + WEEK_H * wave] * n, retires_h=[NEVER_H] * n)
    orders = replace(orders, servers=[[]] * n, **{"ready_h": [0] * n, **more})
    occupancy = Occupancy(agenda, np.zeros(n, dtype=np.int32), np.zeros(n, dtype=np.int32), 1, 0)
    migration = Migration(agenda, occupancy, orders)
    hour = SATURDAY_H + WEEK_H * np.arange(weeks)
    agenda.env.process(migration.weeks(Slots(hour, np.full(weeks, 5))))
    agenda.env.run()
    log = [(e.what, e.row) for e in agenda.log if e.what in ("slip", "prepare", "roll-back")]
    return [(h - SATURDAY_H) / WEEK_H if h != NEVER_H else None for h in migration.moved_h], log


def test_a_system_larger_than_a_week_takes_as_many_weeks_as_it_needs():
    assert weekly([12, 2, 4], [0, 0, 0], 9)[0] == [2, 2, 3]
    assert weekly([1, 1, 1], [0, 250, 50], 9)[0] == [0, 2, 2]
    assert weekly([12], [450], 9)[0] == [4]
    assert weekly([30], [0], 5)[0] == [None]


def test_weeks_before_its_slot_prepare_what_is_larger_than_a_week():
    assert weekly([14, 1], [0, 0], 9, wave=2)[0] == [2, 2]
    assert weekly([14, 1], [0, 0], 9, wave=1)[0] == [2, 2]
    assert weekly([14], [0], 9, wave=2, ready_h=[SATURDAY_H + WEEK_H])[0] == [3]


def test_a_roll_back_of_a_large_system_costs_its_weeks_again():
    moved, log = weekly([8], [0], 9, fails=lambda _, attempt: attempt == 0)
    assert moved == [3]
    assert log == [("slip", 0), ("prepare", 0), ("roll-back", 0), ("slip", 0), ("prepare", 0)]


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
    hours = slots(world.clock, scenario.calendar).hour
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


@pytest.mark.parametrize("places", [None, 0])
def test_a_new_system_starts_when_it_is_set_up_or_in_a_room_if_turned_away(places):
    systems = [System(0), *(System(0, arrives=12) for _ in range(9))]
    late = ("provisioning.setup_days=60", "provisioning.notice_days=30")
    scenario, world = small.made(systems, *QUIET[:3], *late)
    terms = scenario.provisioning.model_copy(update={"places": places})
    scenario = scenario.model_copy(update={"provisioning": terms})
    timeline = happen(scenario, world, small.move(world))
    found, arrival = timeline.requests, int(world.clock.month_edges_h[12])
    assert sorted(found.system.tolist()) == list(range(1, 10))
    assert (found.asked_h >= arrival - 30 * 24).all() and (found.asked_h <= arrival).all()
    away, waits = found.system[found.turned_away], found.system[~found.turned_away]
    assert (len(away) > 0) == (places == 0)
    assert (timeline.cloud_on_h[away] == NEVER).all() and (timeline.server_on_h[away] == arrival).all()
    assert (timeline.server_on_h[waits] == NEVER).all()
    ready_h = found.ready_h[~found.turned_away]
    due_h = np.maximum(np.ceil(ready_h), arrival)
    expected = np.where(due_h < world.clock.hours, due_h, NEVER)
    assert np.array_equal(timeline.cloud_on_h[waits], expected)
    # One system moves, so one team sets up: each is begun when the one before is ready.
    begun = found.begun_h[~found.turned_away]
    assert np.array_equal(begun[1:], np.maximum(ready_h[:-1], found.asked_h[~found.turned_away][1:]))


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
    # Waiting for a team differs between futures, and with it the failures that are void meanwhile.
    ample = ("reliability.team_share=0", "reliability.server_mtbf_h=2000", "reliability.ageing_per_year=0")
    scenario, world = small.drawn(index, *ample)
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
