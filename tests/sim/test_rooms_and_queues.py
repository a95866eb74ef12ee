"""Rooms that empty, crews that repair and teams that set up, by hand, by the events alone."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, floor, log

import numpy as np
import pytest

from roomfold.scenarios.estate import NEVER
from roomfold.sim.agenda import Agenda, Rank
from roomfold.sim.consequences import generations, line_rents, rooms_of, unit_line_starts
from roomfold.sim.events import happen, happen_logged
from roomfold.sim.occupancy import Occupancy
from roomfold.sim.provisioning import account, requests_of, serve
from roomfold.sim.repair import Crews, Failures, repairs
from roomfold.sim.starts import starts_of
from roomfold.sim.teams import ALWAYS, Teams

from . import small
from .small import MOVE, System

NEVER_H = int(NEVER)


def told(agenda: Agenda) -> list[tuple[float, str, int]]:
    return [tuple(entry) for entry in agenda.log]


def test_events_of_one_instant_happen_by_rank_then_by_row() -> None:
    agenda = Agenda()

    def told_at(hour: float, rank: Rank, row: int):
        yield agenda.at(hour, rank, row)
        agenda.note(rank.name, row)

    asked = [
        (5.0, Rank.CLOSING, 0),
        (5.0, Rank.DELIVERY, 9),
        (5.0, Rank.DELIVERY, 2),
        (5.0, Rank.SITE_LOST, 0),
    ]
    asked += [(4.5, Rank.CLOSING, 1), (5.0, Rank.FAILURE, 1 << 20), (5.0, Rank.CUT_OVER, 0)]
    for one in asked:
        agenda.env.process(told_at(*one))
    agenda.env.run()
    assert told(agenda) == [(hour, rank.name, row) for hour, rank, row in sorted(asked)]
    order = (
        "DELIVERY REPAIR SITE_BACK TAKE_OVER RECOVERY FAILURE SITE_LOST TEAM RETIREMENT READY REQUEST SET_UP"
    )
    assert [rank.name for rank in sorted(Rank)] == [*order.split(), "CUT_OVER", "SWITCH_OFF", "CLOSING"]


def test_rooms_are_handed_back_when_their_last_server_has_gone() -> None:
    """Room 0 has three servers, of which one never was; room 1 one whose component stays on a host."""
    agenda = Agenda()
    room, on_h = np.array([0, 0, 0, 1, 2]), np.array([0, NEVER_H, 0, 0, 0])
    hosted = np.array([False, False, False, True, False])
    occupancy = Occupancy(agenda, room, on_h, rooms=4, clearing_h=10, hosted=hosted)
    agenda.env.process(occupancy.retirements(np.array([30, 30, 20, 50, NEVER_H])))

    def early():
        yield agenda.at(25, Rank.SWITCH_OFF, 0)
        occupancy.switch_off([0, 1, 3])

    agenda.env.process(early())
    agenda.env.run(until=200)
    assert occupancy.off_h == [25, NEVER_H, 20, 25, NEVER_H]
    assert occupancy.close_h == [35, 60, NEVER_H, NEVER_H]  # the last two: still one in it; never any
    assert told(agenda) == [
        (20, "switch-off", 2),
        (25, "switch-off", 0),
        (25, "switch-off", 3),
        (35, "closing", 0),
        (60, "closing", 1),
    ]


def test_parts_of_machines_make_crews_and_bind_them_for_their_part() -> None:
    third = 1 / 3
    crew = np.array([0, 0, 0, 1, 1, 3])
    crews = Crews.sized(crew, 1.0, 0.5, np.array([third, third, third, 1.0, 1.0, 0.25]))
    assert crews.teams.tolist() == [1, 2, 1, 1]  # three thirds are one machine; a crew of nobody has a team
    assert Crews.sized(crew, 2.0, 0.5).teams.tolist() == [2, 1, 1, 1]
    both = Failures(
        np.array([3, 0, 1, 0]), np.array([10.0, 0.0, 4.0, 5.0]), np.array([8.0, 12.0, 6.0, 100.0])
    )
    on, off = np.zeros(6, dtype=np.int32), np.full(6, 1000, dtype=np.int32)
    found = repairs(both, on, off, crews)
    # 0 binds the team for a third of a half of 12 h; 1 comes while it is free; the second of 0 is void.
    assert found.what.tolist() == [0, 1, 3]
    assert found.failed_h.tolist() == [0, 4, 10]
    assert found.begun_h.tolist() == [0, 4, 10]
    assert found.ended_h.tolist() == [12, 10, 18]
    alone = Crews(np.zeros(6, dtype=np.int64), np.array([1]), 0.5)
    found = repairs(both, on, off, alone)
    assert found.begun_h.tolist() == [0, 6, 10]
    assert found.ended_h.tolist() == [12, 12, 18]
    off[:] = 10
    assert repairs(both, on, off, alone).what.tolist() == [0, 1]  # not what fails as it is switched off
    off[:] = 11
    on[1] = 5
    found = repairs(both, on, off, alone)
    assert found.what.tolist() == [0, 3]
    assert found.ended_h.tolist() == [11, 11]


def test_requests_wait_are_turned_away_and_withdrawn() -> None:
    """One team, one place to wait; work of 10 hours each; 7 is withdrawn as it is made."""
    asked = np.array([2.0, 0.0, 1.0, 11.0, 12.0, 50.0, 61.0, 1.5])
    leaves = np.array([900.0, 900.0, 900.0, 900.0, 900.0, 55.0, 61.0, 1.5])
    row = np.array([5, 4, 3, 2, 1, 0, 6, 7])
    found = serve(row, asked, np.full(8, 10.0), leaves, Teams(1, 1))
    assert found.system.tolist() == [4, 3, 7, 5, 2, 1, 0, 6]
    assert found.turned_away.tolist() == [False, False, False, True, False, True, False, False]
    assert found.begun_h.tolist() == [0, 10, ALWAYS, ALWAYS, 20, ALWAYS, 50, ALWAYS]
    assert found.ready_h.tolist() == [10, 20, ALWAYS, ALWAYS, 30, ALWAYS, ALWAYS, ALWAYS]
    agenda = Agenda()
    account(agenda, found)
    agenda.env.run()
    expected = [(0, "request", 4), (0, "set-up", 4), (1, "request", 3), (1.5, "request", 7)]
    expected += [(2, "turned away", 5), (10, "ready", 4)]
    expected += [(10, "set-up", 3), (11, "request", 2), (12, "turned away", 1), (20, "ready", 3)]
    expected += [
        (20, "set-up", 2),
        (30, "ready", 2),
        (50, "request", 0),
        (50, "set-up", 0),
        (61, "request", 6),
    ]
    assert told(agenda) == expected


@pytest.mark.parametrize(("today", "teams"), [(5, 3), (4, 2), (1, 1), (0, 1)])
def test_teams_for_requests_grow_with_the_systems_of_today_that_may_move(today: int, teams: int) -> None:
    """One team for two; nine systems come on one day, with up to 60 days of notice, and take 30 each."""
    given = [System(0, classified=True)] + [System(0)] * today + [System(0, arrives=20)] * 9
    terms = ("provisioning.systems_per_team=2", "provisioning.notice_days=60", "provisioning.setup_days=30")
    scenario, world = small.made(given, *terms)
    found = starts_of(scenario, world, small.move(world)).requests
    ids = np.arange(today + 1, today + 10)
    u = world.uniforms("provisioning", ids, draws=2)
    comes_h, grid = float(world.clock.month_edges_h[20]), 4096
    asked = [floor((comes_h - share * 60 * 24) * grid) / grid for share in u[:, 0]]
    work = [ceil(-log(share) * 30 * 24 * grid) / grid for share in u[:, 1]]
    free = [0.0] * teams
    expected = []
    for asks, row, takes in sorted(zip(asked, ids.tolist(), work, strict=True)):
        begun = max(asks, min(free))
        free[free.index(min(free))] = begun + takes
        expected.append((row, asks, begun, begun + takes))
    columns = (found.system, found.asked_h, found.begun_h, found.ready_h)
    assert list(zip(*(c.tolist() for c in columns), strict=True)) == expected
    assert not found.turned_away.any()


def test_requests_of_one_instant_go_by_row_and_one_that_leaves_as_it_is_begun_is_not() -> None:
    found = serve(np.array([1, 0, 2]), np.zeros(3), np.full(3, 4.0), np.array([9.0, 9.0, 8.0]), Teams(1))
    assert found.system.tolist() == [0, 1, 2]
    assert found.begun_h.tolist() == [0, 4, ALWAYS]
    assert found.ready_h.tolist() == [4, 8, ALWAYS]
    found = serve(np.array([0]), np.zeros(1), np.full(1, 4.0), np.full(1, 4.0), Teams(1))
    assert (found.begun_h[0], found.ready_h[0]) == (0, ALWAYS)  # ready as it is withdrawn: never


def world_of(systems, **rooms):
    scenario, world = small.made(systems, f"{MOVE}.dual_run_days=2", f"{MOVE}.line_notice_days=3")
    changed = replace(world.estate.rooms, **{name: np.array(v, dtype=np.int32) for name, v in rooms.items()})
    return scenario, replace(world, estate=replace(world.estate, rooms=changed))


def test_a_renewal_is_given_up_only_for_a_room_that_closes_within_a_year_of_it() -> None:
    """Renewals due in month 12; the cloud opens in month 6."""
    scenario, world = world_of([System(i) for i in range(4)], refit_month=[12, 12, 12, 3])
    starts = starts_of(scenario, world, small.move(world))
    edges = world.clock.month_edges_h
    due, year = int(edges[12]), 365 * 24
    close = np.array([due + year - 1, due + year, due, NEVER_H], dtype=np.int64)
    _, closes, refit = rooms_of(world, starts, close, int(edges[6]))
    assert refit.tolist() == [NEVER_H, 12, NEVER_H, 3]
    assert closes.tolist() == close.tolist()
    early = np.full(4, due + 1, dtype=np.int64)
    assert rooms_of(world, starts, early, due)[2].tolist() == [NEVER_H] * 3 + [3]  # not what falls due before
    assert rooms_of(world, starts, early, due + 1)[2].tolist() == [12] * 3 + [3]
    stays = starts_of(scenario, world, small.stay(world))
    assert rooms_of(world, stays, early, due)[2].tolist() == [12] * 3 + [3]
    assert rooms_of(world, stays, np.full(4, due), due)[2].tolist() == [NEVER_H] * 3 + [3]


def test_a_room_for_systems_that_come_to_the_cloud_is_never_opened() -> None:
    scenario, world = world_of([System(0), System(1, arrives=13)], opens_month=[0, 13], refit_month=[20, 12])
    never = np.full(2, NEVER_H)
    kept = rooms_of(world, starts_of(scenario, world, small.stay(world)), never, 0)
    month_h = int(world.clock.month_edges_h[13])
    assert [column.tolist() for column in kept] == [[0, month_h], [NEVER_H] * 2, [20, NEVER_H]]
    moved = rooms_of(world, starts_of(scenario, world, small.move(world)), np.array([9, 10]), 0)
    assert [column.tolist() for column in moved] == [[0, NEVER_H], [9, NEVER_H], [NEVER_H, NEVER_H]]


def test_a_room_that_would_open_in_the_second_month_stays_shut_where_nothing_comes() -> None:
    scenario, world = world_of([System(0), System(1, arrives=1)], opens_month=[0, 1])
    starts = starts_of(scenario, world, small.stay(world))
    never = np.full(2, NEVER_H)
    assert rooms_of(world, starts, never, 0)[0].tolist() == [0, 744]
    empty = replace(starts, server_on_h=np.array([NEVER_H, NEVER_H]))
    assert rooms_of(world, empty, never, 0)[0].tolist() == [0, NEVER_H]  # a room of today is there


def test_machines_that_leave_within_a_year_are_not_renewed() -> None:
    _, world = small.made([System(0) for _ in range(5)])
    months = np.array([[0, 12]] * 5, dtype=np.int32)
    world = replace(
        world, estate=replace(world.estate, servers=replace(world.estate.servers, generation_month=months))
    )
    starts = starts_of(small.scenario(), world, small.move(world))
    due, year = int(world.clock.month_edges_h[12]), 365 * 24
    moved = np.array([due + year - 1, due + year, NEVER_H, 100, NEVER_H], dtype=np.int32)
    off = np.array([NEVER_H, NEVER_H, due + 1, 200, due], dtype=np.int32)
    nowhere = replace(starts, server_on_h=np.full(5, NEVER_H, dtype=np.int32))
    assert (generations(world, nowhere, moved, off, 50) == NEVER_H).all()
    found = generations(world, starts, moved, off, 50)
    assert found.tolist() == [[0, NEVER_H], [0, 12], [0, 12], [0, NEVER_H], [0, NEVER_H]]
    late = generations(world, starts, moved, np.full(5, NEVER_H, dtype=np.int32), due + 1)
    assert late[:, 1].tolist() == [12] * 5  # what falls due before the cloud opens is renewed
    same = generations(world, starts, moved, np.full(5, NEVER_H, dtype=np.int32), due)
    assert same[:, 1].tolist() == [NEVER_H, 12, 12, NEVER_H, 12]


def test_a_line_ends_with_its_notice_after_dual_running_or_with_its_system() -> None:
    scenario, world = world_of(
        [System(0, retires=r, arrives=a, line=True) for r, a in ((NEVER_H, 0), (12, 0), (12, 0), (12, 5))]
    )
    moving = scenario.alternatives["consolidate"].migration
    starts = starts_of(scenario, world, small.stay(world))
    ends = int(world.clock.month_edges_h[12])
    moved = np.array([1000, ends - 24, NEVER_H, NEVER_H], dtype=np.int32)
    start, end = line_rents(world, starts, moved, moving)
    assert start.tolist() == [0, 0, 0, int(world.clock.month_edges_h[5])]
    assert end.tolist() == [1000 + 48 + 72, ends + 72, ends, ends]
    assert line_rents(world, starts, moved, None)[1].tolist() == [NEVER_H, ends, ends, ends]


@pytest.mark.parametrize(("first", "start"), [(2000, 2000 - 14 * 24), (100, 0), (NEVER_H, NEVER_H)])
def test_a_shared_line_is_there_for_the_first_copy(first: int, start: int) -> None:
    _, world = small.made([System(0), System(0)])
    plan = small.move(world)
    first_h = np.array([NEVER_H, first], dtype=np.int32)
    assert unit_line_starts(world, plan, first_h).tolist() == [start]
    none = replace(plan, shared_line=np.full(1, -1, dtype=np.int32))
    assert unit_line_starts(world, none, first_h).tolist() == [NEVER_H]


def test_a_move_within_a_room_uses_no_line_and_holds_room_and_line() -> None:
    scenario, world = small.made([System(0, line=True)], f"{MOVE}.failure_share=0", f"{MOVE}.team_fte=2000")
    servers = replace(world.estate.servers, disk_gb=np.full(1, 1e9))
    world = replace(world, estate=replace(world.estate, servers=servers))
    plan = small.move(world, hosts=2)
    over_the_line = happen(scenario, world, plan)
    assert over_the_line.moved_h.tolist() == [NEVER_H]
    here = replace(plan, sites=(), pool_room=np.zeros(1, dtype=np.int32), pool_site=np.full(1, -1))
    within = happen(scenario, world, replace(here, shared_line=np.full(1, -1)))
    assert within.moved_h.tolist() == plan.wave_h.tolist() == within.cloud_on_h.tolist()
    assert within.server_off_h[0] < NEVER_H
    assert (within.room_close_h.tolist(), within.line_end_h.tolist()) == ([NEVER_H], [NEVER_H])
    assert within.in_rooms and not over_the_line.in_rooms


def test_moves_within_rooms_do_not_wait_for_one_another() -> None:
    """Sixty at once, past a line over which a week brings a third of them if each had 1 GB."""
    overrides = (f"{MOVE}.failure_share=0", f"{MOVE}.team_fte=2000", f"{MOVE}.ingress_mbps=1")
    scenario, world = small.made([System(0)] * 60, *overrides)
    plan = small.move(world, hosts=2, spread=1)
    here = replace(plan, sites=(), pool_room=np.zeros(1, dtype=np.int32), pool_site=np.full(1, -1))
    assert len(np.unique(plan.wave_h)) == 1
    within = happen(scenario, world, replace(here, shared_line=np.full(1, -1)))
    assert within.moved_h.tolist() == plan.wave_h.tolist()


def test_the_log_tells_of_new_systems_that_are_set_up() -> None:
    scenario, world = small.made([System(0), System(1, arrives=20)], f"{MOVE}.failure_share=0")
    timeline, log = happen_logged(scenario, world, small.move(world))
    asked = timeline.requests
    assert asked.system.tolist() == [1]
    expected = [
        (asked.asked_h[0], "request", 1),
        (asked.begun_h[0], "set-up", 1),
        (asked.ready_h[0], "ready", 1),
    ]
    assert [
        tuple(entry) for entry in log if entry.row == 1 and entry.what in ("request", "set-up", "ready")
    ] == expected


def test_nobody_asks_before_the_cloud_opens_or_the_run_begins() -> None:
    """Two months of notice before two months' arrivals: some would ask earlier, and ask that day instead."""
    for opens, first_h in (("2014-02-11", 41 * 24), ("2014-01-01", 0)):
        terms = ("provisioning.notice_days=60", f"{small.CLOUD}.opens={opens}", "provisioning.setup_days=1")
        scenario, world = small.made(
            [System(0)] + [System(0, arrives=a) for a in (2,) * 12 + (1,) * 3], *terms
        )
        edges = world.clock.month_edges_h
        arrives_h = edges[world.estate.systems.arrives_month].astype(np.int32)
        starts = world.estate.systems.arrives_month > 0
        never = np.full(16, NEVER_H, dtype=np.int32)
        found = requests_of(scenario, world, small.move(world), starts, arrives_h, never)
        u = world.uniforms("provisioning", np.arange(1, 16), draws=2)[:, 0]
        asked = np.maximum(np.floor((arrives_h[1:] - u * 60 * 24) * 4096) / 4096, first_h)
        assert sorted(found.asked_h.tolist()) == sorted(asked.tolist())
        assert 0 < (asked == first_h).sum() < 15
