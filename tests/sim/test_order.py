"""The rule for simultaneous events (docs/events.md), by whole logs of small worlds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from roomfold.optimize.slots import Slots
from roomfold.scenarios.estate import NEVER
from roomfold.sim import provisioning
from roomfold.sim.agenda import Agenda
from roomfold.sim.events import happen_logged
from roomfold.sim.migration import Migration, Orders
from roomfold.sim.occupancy import Occupancy
from roomfold.sim.repair import Crews, Failures, repairs
from roomfold.sim.takeover import TakeOver
from roomfold.sim.teams import Teams

from . import small
from .small import MOVE, SATURDAY_H, WEEK_H, System

NEVER_H = int(NEVER)
NOON_H = SATURDAY_H + WEEK_H  # the instant at which everything happens at once


def take_over(agenda, failures, standby, delivered, teams=1):
    """Hosts of one pool with one crew that is bound for whole repairs."""
    _, world = small.made([System(0)])
    hosts = replace(small.move(world, hosts=len(standby)).hosts, standby=np.array(standby))
    always = np.zeros(len(standby), dtype=np.int32), np.full(len(standby), NEVER_H)
    crews = Crews(np.zeros(len(standby), dtype=np.int64), np.array([teams]), 1.0)
    row, start_h, repair_h = (np.array(c) for c in zip(*failures, strict=True))
    found = repairs(Failures(row, start_h.astype(float), repair_h.astype(float)), *always, crews)
    return TakeOver(agenda, hosts, np.array(delivered), found)


def whole(log):
    return [tuple(entry) for entry in log]


def test_everything_at_one_instant():
    """Two standby hosts, one of them delivered at noon; one repair team; one set-up team, nobody waits.

    Systems 0 to 3 are planned for noon, system 4 moved a week before and its dual running ends.
    Systems 5 to 7 are new.
    """
    agenda = Agenda()
    rooms = np.array([0, 0, 1, 1, 2])
    occupancy = Occupancy(agenda, rooms, np.zeros(5, dtype=np.int32), rooms=3, clearing_h=0)
    agenda.env.process(occupancy.retirements(np.array([NEVER_H, NEVER_H, NEVER_H, NOON_H, NEVER_H])))
    orders = Orders(
        wave_h=[NOON_H, NOON_H, NOON_H, NOON_H, SATURDAY_H],
        retires_h=[NEVER_H, NEVER_H, NEVER_H, NOON_H, NEVER_H],
        ready_h=[0] * 5,
        servers=[[0], [1], [2], [3], [4]],
        days=[3, 3, 2, 1, 5],
        data_gb=[1, 1, 0, 1, 1],
        team_fte=1,
        weekly_gb=100,
        dual_run_h=WEEK_H,
        fails=lambda system, attempt: system == 2 and attempt == 0,
    )
    slots = Slots(SATURDAY_H + WEEK_H * np.arange(3), np.full(3, 5))
    agenda.env.process(Migration(agenda, occupancy, orders).weeks(slots))
    failures = [(1, NOON_H - 24, 24), (2, NOON_H - 14, 10), (0, NOON_H, 16)]
    take_over(agenda, failures, [False, False, False, True, True], [0, 0, 0, 0, NOON_H])
    asked, work = np.array([NOON_H - 24.0, NOON_H, NOON_H]), np.array([24.0, 30.0, 30.0])
    requests = provisioning.serve(np.array([7, 5, 6]), asked, work, np.full(3, np.inf), Teams(1, places=0))
    provisioning.account(agenda, requests)
    agenda.env.run()
    assert whole(agenda.log) == [
        (0, "delivery", 3),
        (SATURDAY_H, "cut-over", 4),
        (NOON_H - 24, "failure", 1),
        (NOON_H - 24, "take-over", 3),
        (NOON_H - 24, "team", 1),
        (NOON_H - 24, "request", 7),
        (NOON_H - 24, "set-up", 7),
        (NOON_H - 14, "failure", 2),  # no standby, no team
        (NOON_H, "delivery", 4),
        (NOON_H, "repair", 1),  # frees standby 3 and the team
        (NOON_H, "take-over", 3),  # from host 2, which waited
        (NOON_H, "failure", 0),
        (NOON_H, "take-over", 4),  # so host 0 gets the one just delivered
        (NOON_H, "team", 2),  # host 2 was first in the crew's queue
        (NOON_H, "switch-off", 3),  # retires
        (NOON_H, "ready", 7),
        (NOON_H, "request", 5),
        (NOON_H, "turned away", 6),  # the team freed by 7 goes to 5
        (NOON_H, "set-up", 5),
        (NOON_H, "cut-over", 0),
        (NOON_H, "slip", 1),  # three of five person-days are gone
        (NOON_H, "roll-back", 2),  # and now all; system 3 has retired
        (NOON_H, "switch-off", 4),  # its dual running ends
        (NOON_H, "closing", 2),  # its room is cleared in no time
        (NOON_H + 10, "repair", 2),
        (NOON_H + 10, "team", 0),
        (NOON_H + 26, "repair", 0),
        (NOON_H + 30, "ready", 5),
        (NOON_H + WEEK_H, "cut-over", 1),
        (NOON_H + WEEK_H, "cut-over", 2),
        (NOON_H + WEEK_H, "switch-off", 0),
        (NOON_H + 2 * WEEK_H, "switch-off", 1),
        (NOON_H + 2 * WEEK_H, "switch-off", 2),
        (NOON_H + 2 * WEEK_H, "closing", 0),
        (NOON_H + 2 * WEEK_H, "closing", 1),
    ]


def test_one_repair_serves_a_standby_a_team_and_a_host_at_once():
    """Hosts 0 and 1 fail at one hour: by row. Host 0 fails again at the hour of its repair."""
    agenda = Agenda()
    failures = [(1, 10, 5), (0, 10, 5), (0, 15, 5)]
    found = take_over(agenda, failures, [False, False, True], [0, 0, 0])
    agenda.env.run()
    assert whole(agenda.log) == [
        (0, "delivery", 2),
        (10, "failure", 0),
        (10, "take-over", 2),
        (10, "failure", 1),
        (10, "team", 0),
        (15, "repair", 0),
        (15, "take-over", 2),  # now of host 1, which has waited since 10
        (15, "failure", 0),  # and finds nobody
        (15, "team", 1),
        (20, "repair", 1),
        (20, "take-over", 2),
        (20, "team", 0),
        (25, "repair", 0),
    ]
    assert found.outages().cover.tolist() == [2, -1, 2, -1, 2]


def test_hosts_repaired_at_one_hour_need_no_standby_between_them():
    """Standby 1 is repaired before host 2 of the same hour by row, but takes nothing over from it."""
    agenda = Agenda()
    found = take_over(agenda, [(1, 5, 15), (2, 10, 10)], [False, True, False], [0, 0, 0], teams=2)
    agenda.env.run()
    assert whole(agenda.log) == [
        (0, "delivery", 1),
        (5, "failure", 1),
        (5, "team", 1),
        (10, "failure", 2),
        (10, "team", 2),
        (20, "repair", 1),
        (20, "repair", 2),
    ]
    assert found.outages().cover.tolist() == [-1, -1]


def test_a_standby_that_fails_when_it_takes_over_has_not_helped():
    """Host 0 waits for 2; freed at 20, 2 takes over and fails at once, and nobody carries what it did."""
    agenda = Agenda()
    failures = [(1, 5, 15), (0, 10, 30), (2, 20, 5)]
    found = take_over(agenda, failures, [False, False, True], [0, 0, 0], teams=3)
    agenda.env.run()
    log = whole(agenda.log)
    at_20 = [entry for entry in log if entry[0] == 20]
    assert at_20 == [(20, "repair", 1), (20, "take-over", 2), (20, "failure", 2), (20, "team", 2)]
    outages = found.outages()
    columns = (outages.what, outages.start_h, outages.end_h, outages.cover)
    assert list(zip(*(c.tolist() for c in columns), strict=True)) == [
        (1, 5, 20, 2),
        (0, 10, 20, -1),
        (0, 20, 40, 2),  # carried by 2, which is down itself until 25
        (2, 20, 25, -1),
    ]


def test_the_log_of_a_whole_world():
    """Two rooms, one classified system; what happens in three years when nothing fails."""
    quiet = (
        f"{MOVE}.failure_share=0",
        f"{MOVE}.dual_run_days=7",
        f"{MOVE}.room_clearing_days=0",
        "reliability.host_mtbf_h=1e7",
        "reliability.ageing_per_year=0",
        "provisioning.setup_days=0",
    )
    systems = [System(0), System(0, servers=[False, True]), System(1, classified=True), System(1, arrives=12)]
    scenario, world = small.made([*systems, System(0, retires=20)], *quiet)
    plan = small.move(world, buy_month=2, first_week=22, spread=2)
    plan.wave_h[4] = NEVER_H
    first, second = (int(hour) for hour in plan.wave_h[:2])
    _, log = happen_logged(scenario, world, plan)
    month = world.clock.month_edges_h
    asked = [entry for entry in log if entry.row == 3 and entry.what in ("request", "set-up", "ready")]
    assert [entry.what for entry in asked] == ["request", "set-up", "ready"]
    assert len({entry.hour for entry in asked}) == 1
    assert month[10] <= asked[0].hour <= month[12]
    assert whole(entry for entry in log if entry not in asked) == [
        (month[2], "delivery", 3),
        (first, "cut-over", 0),
        (second, "cut-over", 1),
        (second, "switch-off", 0),
        (second + WEEK_H, "switch-off", 1),
        (second + WEEK_H, "switch-off", 2),
        (month[20], "switch-off", 5),
        (month[20], "closing", 0),
    ]
