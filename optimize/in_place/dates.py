"""When systems go over to the hosts of their room: room after room, the next renewal of a server first.

The team is the smallest with which the last of them goes over some weeks before the deadline, and all the
people there are where even they are late. Nothing is copied over a line, so staff alone sets the pace.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...scenarios.clock import HOURS_PER_DAY
from ...scenarios.estate import NEVER
from ...scenarios.schema import Alternative, Scenario
from ...scenarios.world import World
from ..slots import DAYS_PER_WEEK, Slots, slots
from ..waves import Waves

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

# Weeks before the deadline kept free for systems that were rolled back, as with a cloud.
SPARE_WEEKS = 3
WORKDAYS_PER_WEEK = 5


def first_dates(chosen: Alternative, world: World) -> NDArray[np.int32]:
    """Hour from which each system could run on hosts of its room, its arrival or the opening; else NEVER."""
    assert chosen.cloud is not None
    systems, clock = world.estate.systems, world.clock
    arrives_h = _hour(world, systems.arrives_month)
    may = ~systems.stays & (arrives_h < clock.hours)
    opens_h = max(clock.hour_of(chosen.cloud.opens), 0)
    return np.where(may, np.maximum(arrives_h, opens_h), NEVER).astype(np.int32)


def dates(scenario: Scenario, chosen: Alternative, world: World, folds: Bools) -> Waves:
    """The date of each system that folds, shape (systems,) as ``folds``."""
    assert chosen.cloud is not None and chosen.migration is not None
    systems, clock, migration = world.estate.systems, world.clock, chosen.migration
    opens_h = max(clock.hour_of(chosen.cloud.opens), 0)
    wave_h = np.where(folds, first_dates(chosen, world), NEVER).astype(np.int32)
    weeks = slots(clock, scenario.calendar, opens_h // HOURS_PER_DAY + DAYS_PER_WEEK, migration.freeze)
    there = folds & ((systems.arrives_month == 0) | (_hour(world, systems.arrives_month) < opens_h))
    rows = _in_order(world, there)
    useful = 1 - world.of(migration.failure_share)
    most = world.of(migration.team_fte)
    end_h = clock.hours
    if chosen.deadline is not None:
        end_h = clock.hour_of(chosen.deadline) + HOURS_PER_DAY
    goal_h = end_h - SPARE_WEEKS * DAYS_PER_WEEK * HOURS_PER_DAY
    days = systems.effort_days[rows].tolist()

    def hours(team_fte: float) -> Ints:
        return _in_turn(days, weeks, team_fte * useful)

    low, high = 0, int(most)
    team = most
    if high >= 1 and (hours(high) < goal_h).all():
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if (hours(middle) < goal_h).all() else (middle, high)
        team = float(high)
    wave_h[rows] = hours(team)
    gone_h = _hour(world, systems.retires_month)[rows]
    late = (wave_h[rows] >= end_h) & (gone_h >= end_h) if chosen.deadline is not None else wave_h[:0] > 0
    wave_h[rows] = np.where(wave_h[rows] < gone_h, wave_h[rows], NEVER)
    return Waves(wave_h, team if len(rows) else 0.0, int(late.sum()), None)


def _in_order(world: World, there: Bools) -> Ints:
    """Systems room after room, the room with the next renewal of a server first."""
    systems = world.estate.systems
    rows = np.flatnonzero(there)
    due = np.full(len(world.estate.rooms.id), int(NEVER), dtype=np.int64)
    np.minimum.at(due, systems.room[rows], systems.refresh_month[rows])
    room = systems.room[rows]
    return rows[np.lexsort((systems.id[rows], world.estate.rooms.id[room], due[room]))]


def _in_turn(days: list[float], weeks: Slots, people: float) -> Ints:
    """Hour of each system if they take their turns; NEVER for those after the last slot.

    A system that needs more than a week takes what is left of several, any other one is done within a week.
    """
    hour, free = weeks.hour.tolist(), [people * min(w, WORKDAYS_PER_WEEK) for w in weeks.workdays.tolist()]
    found = np.full(len(days), int(NEVER), dtype=np.int64)
    week, left = 0, free[0] if free else 0.0
    for row, effort in enumerate(days):
        large, missing = effort > people * WORKDAYS_PER_WEEK, effort
        while week < len(hour) and missing > left:
            missing -= left if large else 0.0
            week += 1
            left = free[week] if week < len(hour) else 0.0
        if week == len(hour):
            break
        left -= missing
        found[row] = hour[week]
    return found


def _hour(world: World, month: NDArray[np.integer]) -> Ints:
    """First hour of each month, NEVER for months after the horizon."""
    edges = np.append(world.clock.month_edges_h[:-1], int(NEVER))
    return np.asarray(edges[np.clip(month, 0, world.clock.months)], dtype=np.int64)
