"""Cut-overs by hand: five workdays of one person and 100 GB a week, no estate, no world."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from roomfold.optimize.slots import Slots
from roomfold.scenarios.estate import NEVER
from roomfold.sim.agenda import Agenda
from roomfold.sim.migration import Migration, Orders
from roomfold.sim.occupancy import Occupancy

NEVER_H = int(NEVER)
FIRST_H, WEEK_H = 74, 168


def run(
    days: list[float], gb: list[float] | None = None, weeks: int = 9, **orders: Any
) -> tuple[Any, list[Any]]:
    """The migration when it is over, and the log as (week, what, row); each system has one server."""
    agenda, n = Agenda(), len(days)
    given = {
        "wave_h": [FIRST_H] * n,
        "retires_h": [NEVER_H] * n,
        "ready_h": [0] * n,
        "team_fte": 1.0,
        **orders,
    }
    given |= {"servers": [[row] for row in range(n)], "weekly_gb": 100.0}
    asked = replace(Orders.nothing(n), days=days, data_gb=gb or [0.0] * n, **given)
    occupancy = Occupancy(agenda, np.zeros(n, dtype=np.int32), np.zeros(n, dtype=np.int32), 1, 0)
    migration = Migration(agenda, occupancy, asked)
    slots = Slots(FIRST_H + WEEK_H * np.arange(weeks), np.full(weeks, 5))
    agenda.env.process(migration.weeks(slots))
    agenda.env.run()
    migration.off_h = occupancy.off_h  # type: ignore[attr-defined]  # for the tests below
    return migration, [((hour - FIRST_H) / WEEK_H, what, row) for hour, what, row in agenda.log]


def moved(migration: Any) -> list[int | None]:
    weeks = [(hour - FIRST_H) / WEEK_H for hour in migration.moved_h]
    return [int(week) if week < 100 else None for week in weeks]


def test_who_was_rolled_back_comes_after_who_was_not_tried_yet() -> None:
    """Three days each of five: 0 fails and slips behind 1, which slipped; then it fails once more."""
    made, log = run([3.0, 3.0], fails=lambda row, attempt: row == 0 and attempt < 2)
    assert moved(made) == [3, 1]
    assert made.cutovers == [3, 1]
    assert made.first_h == [FIRST_H, FIRST_H + WEEK_H]
    assert made.rollbacks == [(0, FIRST_H), (0, FIRST_H + 2 * WEEK_H)]
    assert log == [
        (0, "roll-back", 0),
        (0, "slip", 1),
        (1, "cut-over", 1),
        (1, "slip", 0),
        (1, "prepare", 0),
        (1, "switch-off", 1),
        (2, "roll-back", 0),
        (3, "cut-over", 0),
        (3, "switch-off", 0),
        (3, "closing", 0),
    ]


def test_months_have_room_for_as_many_as_plan_and_rules_allow_roll_backs_included() -> None:
    """Months of two weeks."""
    months = {"month_of": lambda hour: (hour - FIRST_H) // (2 * WEEK_H)}
    assert moved(run([0.0] * 6, most_per_month=3, allowed=[2, 9, 1, 0, 0], **months)[0]) == [0, 0, 2, 2, 2, 4]
    assert moved(run([0.0] * 6, allowed=[2, 1, 0, 9, 9], **months)[0]) == [0, 0, 2, 6, 6, 6]
    assert moved(run([0.0] * 4, most_per_month=1, **months)[0]) == [0, 2, 4, 6]
    first = {"fails": lambda row, attempt: row == 0 and attempt == 0}
    assert moved(run([0.0] * 3, most_per_month=2, **first, **months)[0]) == [2, 0, 2]


def test_what_is_larger_than_a_week_is_prepared_before_its_slot_and_not_after_its_move() -> None:
    made, log = run([8.0, 1.0], wave_h=[FIRST_H + WEEK_H] * 2, weeks=4)
    assert moved(made) == [1, 1]
    assert log == [
        (0, "prepare", 0),
        (1, "cut-over", 0),
        (1, "cut-over", 1),
        (1, "switch-off", 0),
        (1, "switch-off", 1),
        (1, "closing", 0),
    ]
    # 450 GB: four weeks' of copying beforehand, or as many after its slot; exactly a week's is not large.
    assert moved(run([0.0], [450.0], wave_h=[FIRST_H + 4 * WEEK_H])[0]) == [4]
    assert moved(run([0.0], [450.0])[0]) == [4]
    assert run([5.0], [100.0], wave_h=[FIRST_H + WEEK_H])[1][0] == (1, "cut-over", 0)
    # A week's work done by sums that do not quite meet it still fits.
    assert moved(run([0.1] * 50 + [1.0])[0]) == [0] * 50 + [1]


def test_a_small_one_that_finds_no_room_prepares_nothing_unless_it_was_tried() -> None:
    made, log = run([3.0, 4.0], weeks=3)
    assert moved(made) == [0, 1]
    assert [entry for entry in log if entry[1] == "prepare"] == []
    # The line is shared as the days are: 60 GB and 50 GB do not go together, 60 and 40 do.
    assert moved(run([0.0, 0.0, 0.0], [60.0, 50.0, 40.0])[0]) == [0, 1, 0]


def test_nothing_is_prepared_or_moved_before_its_hosts_are_there() -> None:
    ready = {"ready_h": [FIRST_H + 2 * WEEK_H]}
    made, log = run([8.0], **ready)
    assert moved(made) == [3]
    assert log[:3] == [(0, "slip", 0), (2, "prepare", 0), (3, "cut-over", 0)]
    assert moved(run([1.0], ready_h=[FIRST_H + WEEK_H])[0]) == [1]
    assert moved(run([1.0], ready_h=[FIRST_H + WEEK_H + 1])[0]) == [2]


@pytest.mark.parametrize(("retires", "week"), [(FIRST_H + WEEK_H, None), (FIRST_H + WEEK_H + 1, 1)])
def test_what_retires_is_moved_no_more(retires: int, week: int | None) -> None:
    """Due in the second week, beside one that moves later."""
    made, log = run([1.0, 1.0], wave_h=[FIRST_H + WEEK_H, FIRST_H + 3 * WEEK_H], retires_h=[retires, NEVER_H])
    assert moved(made) == [week, 3]
    assert [what for _, what, row in log if row == 0 and what == "slip"] == []
    # One too large for a week is not prepared any more either.
    made, log = run([8.0, 1.0], wave_h=[FIRST_H + 3 * WEEK_H] * 2, retires_h=[FIRST_H + WEEK_H, NEVER_H])
    assert [week for week, what, _ in log if what == "prepare"] == [0]


def test_dual_running_ends_for_all_of_a_slot_together() -> None:
    made, log = run([1.0, 1.0, 1.0], wave_h=[FIRST_H, NEVER_H, FIRST_H], dual_run_h=48)
    assert moved(made) == [0, None, 0]
    assert made.off_h == [FIRST_H + 48, NEVER_H, FIRST_H + 48]
    assert [row for _, what, row in log if what == "switch-off"] == [0, 2]


def test_nobody_moves_without_orders() -> None:
    agenda = Agenda()
    migration = Migration(
        agenda,
        Occupancy(agenda, np.zeros(2, dtype=np.int32), np.zeros(2, dtype=np.int32), 1, 0),
        Orders.nothing(2),
    )
    agenda.env.process(migration.weeks(Slots(np.array([FIRST_H]), np.array([5]))))
    agenda.env.run()
    assert (agenda.log, migration.moved_h, migration.cutovers) == ([], [NEVER_H] * 2, [0, 0])
