"""Moves and lines: each rule of the checker just kept and just broken, judged by eye."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace as Some

import pytest

from roomfold.optimize.check import moving
from roomfold.optimize.check.lines import lines

from .by_hand import EDGES, LATER, OPENS_H, SLOTS_H, base, broken, facts, lengthen


def test_lines_carry_the_traffic_of_who_is_served() -> None:
    """Unit 0 has two thin lines of 4 for 7 Mbit/s, unit 1 a wide one for 11."""
    case = base()
    case.plan.shared_lines[0] = 1
    assert broken(lines, case) == [("unit 0: 7 Mbit/s of traffic, 4 allowed", 3, 1)]
    case.cloud.access_line = ("thin",)
    assert broken(lines, case)[0] == ("unit 1 has no line of an allowed kind", 1, 1)
    case = base()
    case.plan.wave_h[:2] = LATER
    assert broken(lines, case) == [("unit 0 has a line and no system on the cloud", 1, 1)]
    case.plan.shared_lines[0] = 1
    assert len(broken(lines, case)) == 1
    case.plan.shared_lines[0] = 0
    case.plan.shared_line[0] = -1
    assert broken(lines, case) == []
    case.plan.wave_h[0] = SLOTS_H[0]
    for number in (0, 1):
        case.plan.shared_lines[0] = number
        assert broken(lines, case)[1][0] == "unit 0: 3 Mbit/s of traffic, 0 allowed"


def test_nothing_runs_before_the_opening_and_what_is_new_starts_there() -> None:
    case = base()
    case.plan.wave_h[1] = OPENS_H - 22
    assert broken(moving.opening, case) == [("system 1 is on the cloud before it opens", 1, 1)]
    case = base()
    case.systems.arrives_month[1] = 2  # on the day of the opening
    assert broken(moving.opening, case) == [("system 1 does not start when it arrives", 1, 1)]
    case.plan.wave_h[1] = OPENS_H
    assert broken(moving.opening, case) == []
    case.systems.arrives_month[1] = 1  # before it: it moves, at any slot
    assert broken(moving.opening, case) == []
    assert broken(moving.slots, case) == [("system 1 moves at no slot", 1, 1)]


def test_who_is_there_from_the_start_moves_to_a_cloud_that_is() -> None:
    case = base()
    case.cloud.opens = date(2014, 1, 1)
    assert moving.moving(facts(case)).all() and moving.to_move(facts(case)).all()
    case.cloud.opens = date(2013, 7, 1)
    assert moving.opens_h(facts(case)) == 0
    case.systems.arrives_month[1] = 1
    assert (
        moving.moving(facts(case)).tolist()
        == moving.to_move(facts(case)).tolist()
        == [True, False, True, True]
    )


def test_who_starts_on_the_cloud_takes_no_team_and_no_line() -> None:
    case = base()
    case.systems.arrives_month[3] = 3
    case.plan.wave_h[3] = EDGES[3]
    case.systems.effort_days[3] = case.servers.disk_gb[5] = 1e9
    for rule in (moving.opening, moving.slots, moving.staff, moving.copying):
        assert broken(rule, case) == []


def test_cut_overs_are_in_free_saturday_nights() -> None:
    case = base()
    case.plan.wave_h[2] += 1
    case.plan.wave_h[3] += 24
    assert broken(moving.slots, case) == [("system 2 moves at no slot", 2, 2)]
    case = base()
    case.scenario.calendar.rest_days = (date(2014, 3, 15),)
    case.scenario.calendar.work_days = (date(2014, 3, 22),)
    assert broken(moving.slots, case) == [("system 1 moves at no slot", 2, 2)]
    case = base()
    for first, last, hit in ((9, 14, 0), (15, 15, 1), (9, 22, 2), (16, 21, 0)):
        case.migration.freeze = (Some(first=date(2014, 3, first), to=date(2014, 3, last)),)
        found = [("system 1 moves when nothing may", hit, hit)] if hit else []
        assert broken(moving.freeze, case) == found


def test_the_first_slot_is_a_week_after_the_opening() -> None:
    case = base()
    assert moving.first_slot_h(facts(case)) == SLOTS_H[0]
    case.scenario.calendar.work_days = (date(2014, 3, 8),)
    for first, last, found in ((15, 21, 2), (9, 15, 2), (9, 14, 1), (16, 20, 1)):
        case.migration.freeze = (Some(first=date(2014, 3, first), to=date(2014, 3, last)),)
        assert moving.first_slot_h(facts(case)) == SLOTS_H[found]
    case.cloud.opens = date(2014, 12, 25)
    assert moving.first_slot_h(facts(case)) == 365 * 24


def test_a_deadline_counts_who_is_there_to_be_moved() -> None:
    case = base()
    case.chosen.deadline = date(2014, 3, 21)
    found = "plan 0: 2 systems after 2014-03-21 (the plan says 0), 0 allowed"
    assert broken(moving.deadline, case) == [(found, 2, 1)]
    case.plan.late = 2
    assert broken(moving.deadline, case) == []
    case.plan.late = 1
    case.systems.retires_month[2] = 2  # gone before
    assert broken(moving.deadline, case) == []
    case.plan.late = 0
    case.systems.stays[3] = True
    assert broken(moving.deadline, case) == []
    case.chosen.deadline = date(2014, 3, 14)
    assert broken(moving.deadline, case)[0][1] == 1
    case.chosen.deadline = date(2014, 3, 15)
    assert broken(moving.deadline, case) == []


def test_the_team_does_no_more_than_its_days() -> None:
    """From the opening to 8 March are five working days: of two people, less a tenth, 9 person-days."""
    case = base()
    case.systems.effort_days[:] = 9, 9, 9, 9 * 3
    assert broken(moving.staff, case) == [
        ("cut-over 3: 54 person-days, 45.0001 allowed", pytest.approx(9, abs=1e-3), 1)
    ]
    case.systems.effort_days[3] = 9 * 2
    assert broken(moving.staff, case) == []
    case.plan.wave_h[1] = SLOTS_H[0]  # two at once: their work counts together
    assert broken(moving.staff, case)[0][1:] == (pytest.approx(9, abs=1e-3), 2)
    case.migration.team_fte = 1.5
    assert broken(moving.staff, case)[0] == ("plan 0: 2 people, 1.5 allowed", 0.5, 1)


def test_the_line_copies_no_more_than_its_hours() -> None:
    """A week has 108 hours of 4.5 GB, of which a tenth is lost: 437.4 GB."""
    case = base()
    case.servers.disk_gb[:] = 218.7, 218.7, 437.4, 200, 237.4, 874.8
    assert broken(moving.copying, case) == []
    case.servers.disk_gb[1] += 1
    assert broken(moving.copying, case)[0][1:] == (pytest.approx(1, abs=0.01), 4)
    case.plan.placement[4] = -1  # what has no host is not copied
    assert broken(moving.copying, case)[0][1:] == (pytest.approx(1, abs=0.01), 2)


def test_no_month_moves_more_than_allowed() -> None:
    case = base()
    for most, found in ((3, []), (2, [("month 2: 3 systems, 2 allowed", 1, 1)])):
        case.migration.most_per_month = most
        assert broken(moving.rate, case) == found


def test_no_year_costs_more_than_its_budget() -> None:
    """42 person-days at 100 are 4,200 in 2014."""
    case = base()
    for every, by_year, over_by in (
        (4200.0, {}, None), (4199.0, {}, 1), (1.0, {2014: 4200.0}, None), (None, {2014: 4000.0}, 200),
        (None, {2015: 1.0}, None),
    ):  # fmt: skip
        case.migration.budget_cny_per_year, case.migration.budget_cny_by_year = every, by_year
        assert [by for _, by, _ in broken(moving.budget, case)] == ([] if over_by is None else [over_by])
    lengthen(case)
    case.scenario.prices.staff_change = 0.1
    case.plan.wave_h[3] = (365 + 65) * 24 + 2  # the 15 days of the last cost a tenth more
    case.migration.budget_cny_per_year, case.migration.budget_cny_by_year = None, {2014: 2700.0, 2015: 1600.0}
    assert broken(moving.budget, case) == [("year 1: 1650 CNY for moving, 1600 allowed", 50, 1)]
    case.migration.budget_cny_by_year = {2014: 2600.0}
    assert broken(moving.budget, case) == [("year 0: 2700 CNY for moving, 2600 allowed", 100, 1)]
