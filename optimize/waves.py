"""Migration waves: which system cuts over in which week.

Rooms move as a whole, one after the other, so that they close early: those whose next renewal
(of a server or of the fit-out) falls due first, by quarter, then those that save most per
person-day. Cut-overs are on Saturdays at 02:00, never on a public holiday or a weekend that is
worked. A week has the person-days of its workdays and the nights and weekends of the copy line,
less the share that roll-backs will cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..scenarios.clock import HOURS_PER_DAY, Clock
from ..scenarios.estate import NEVER
from ..scenarios.schema import Cloud, Migration, Scenario
from ..scenarios.world import World
from .slots import DAYS_PER_WEEK, Slots, slots

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# A weekend day worked before or after a holiday is not an extra one.
WORKDAYS_PER_WEEK = 5
# Nights of 12 hours from Monday to Friday, and the weekend.
COPY_HOURS_PER_WEEK = 5 * 12 + 2 * 24
GB_PER_HOUR_PER_MBPS = 3600 / 8 / 1000
# Weeks before the deadline kept free for systems that were rolled back.
SPARE_WEEKS = 3
MONTHS_PER_QUARTER = 3


@dataclass(frozen=True)
class Waves:
    """When systems move.

    Attributes:
        wave_h: hour at which each system moves to or starts on the cloud; NEVER if it does neither.
        team_fte: people needed at once.
        late: systems that should move but do not by the deadline.
    """

    wave_h: NDArray[np.int32]
    team_fte: float
    late: int


def plan_waves(
    scenario: Scenario,
    cloud: Cloud,
    migration: Migration,
    world: World,
    deadline_h: int | None,
    data_gb: Floats,
) -> Waves:
    """Plan the migration of one world.

    Args:
        deadline_h: first hour after the deadline; None if there is none.
        data_gb: to be copied for each system, shape (systems,).
    """
    systems, clock = world.estate.systems, world.clock
    opens_h = max(clock.hour_of(cloud.opens), 0)
    starts_h = _hour_of_month(clock, systems.arrives_month)
    ends_h = _hour_of_month(clock, systems.retires_month)
    later = (systems.arrives_month > 0) & (starts_h >= opens_h) & (starts_h < clock.hours)
    wave_h = np.where(~systems.classified & later, starts_h, NEVER).astype(np.int32)
    weeks = _weeks(scenario, clock, opens_h)
    due = ~systems.classified & ((systems.arrives_month == 0) | (starts_h < opens_h))
    if len(weeks.hour):
        due &= ends_h > weeks.hour[0]
    if not len(weeks.hour) or not due.any():
        return Waves(wave_h, 0.0, 0 if deadline_h is None else int((due & (ends_h >= deadline_h)).sum()))
    order = _order(scenario, world, due, weeks)
    weekly_gb = COPY_HOURS_PER_WEEK * GB_PER_HOUR_PER_MBPS * world.of(migration.ingress_mbps)
    useful = 1 - world.of(migration.failure_share)
    queue = _Queue(weeks, systems.effort_days[order], data_gb[order], weekly_gb, useful)
    team = _team(queue, world.of(migration.team_fte), deadline_h)
    hours, ends_h = queue.hours(team), ends_h[order]
    # What would have been retired by its turn is not moved; the others then move no later.
    staying = ends_h > hours
    hours[staying] = queue.only(staying).hours(team)
    wave_h[order[staying]] = hours[staying]
    late = 0 if deadline_h is None else int(((hours >= deadline_h) & (ends_h >= deadline_h)).sum())
    return Waves(wave_h, team, late)


def _hour_of_month(clock: Clock, month: NDArray[np.int32]) -> Ints:
    edges = np.append(clock.month_edges_h[:-1], int(NEVER))
    return np.asarray(edges[np.clip(month, 0, clock.months)])


def _weeks(scenario: Scenario, clock: Clock, opens_h: int) -> Slots:
    """Slots from a full week after the opening to the end of the horizon."""
    weeks = slots(clock, scenario.calendar, opens_h // HOURS_PER_DAY + DAYS_PER_WEEK)
    return Slots(weeks.hour, np.minimum(weeks.workdays, WORKDAYS_PER_WEEK))


@dataclass(frozen=True)
class _Queue:
    """Systems in the order in which they move, and what a week has.

    Attributes:
        days, data_gb: what each system takes, shape (queue,).
        weekly_gb: what the line copies in a week.
        useful: share of staff and line that is not lost to roll-backs.
    """

    weeks: Slots
    days: Floats
    data_gb: Floats
    weekly_gb: float
    useful: float

    def only(self, kept: Bools) -> _Queue:
        """The queue without some systems."""
        return _Queue(self.weeks, self.days[kept], self.data_gb[kept], self.weekly_gb, self.useful)

    def hours(self, team_fte: float) -> Ints:
        """Cut-over hour of each system, NEVER beyond the horizon.

        Each week takes systems in order until the next one does not fit. A system that needs more
        than a week has cuts over alone, at the end of as many weeks as it needs.
        """
        week_days = (self.weeks.workdays * team_fte * self.useful).tolist()
        week_gb = self.weekly_gb * self.useful
        chosen = np.full(len(self.days), len(week_days), dtype=np.int64)
        week, days_left, gb_left = -1, 0.0, 0.0
        for row, (days, gb) in enumerate(zip(self.days.tolist(), self.data_gb.tolist(), strict=True)):
            if days > days_left or gb > gb_left:
                week, alone = week + 1, False
                while week < len(week_days) and (days > week_days[week] or gb > week_gb):
                    days, gb = max(days - week_days[week], 0.0), max(gb - week_gb, 0.0)
                    week, alone = week + 1, True
                if week == len(week_days):
                    break
                days_left, gb_left = (days, gb) if alone else (week_days[week], week_gb)
            chosen[row] = week
            days_left, gb_left = days_left - days, gb_left - gb
        return np.append(self.weeks.hour, int(NEVER))[chosen]


def _team(queue: _Queue, most_fte: float, deadline_h: int | None) -> float:
    """Fewest people that move everything some weeks before the deadline; all there are if none do."""
    if deadline_h is None or not len(queue.days):
        return most_fte
    goal_h = deadline_h - SPARE_WEEKS * DAYS_PER_WEEK * HOURS_PER_DAY
    low, high = 0, int(most_fte)
    if high < 1 or queue.hours(high).max() >= goal_h:
        return most_fte
    while high - low > 1:
        middle = (low + high) // 2
        if queue.hours(middle).max() < goal_h:
            high = middle
        else:
            low = middle
    return float(high)


def _order(scenario: Scenario, world: World, candidate: Bools, weeks: Slots) -> Ints:
    """Rows of the systems that move, in the order of their rooms."""
    estate, clock = world.estate, world.clock
    rooms, systems = estate.rooms, estate.systems
    n = len(rooms.id)
    due = rooms.refit_month.astype(np.int64)
    np.minimum.at(due, systems.room[candidate], systems.refresh_month[candidate])
    last = clock.month_of_hour(float(weeks.hour[-1]))
    quarter = np.clip(due, 0, last) // MONTHS_PER_QUARTER
    stays = np.zeros(n, dtype=bool)
    stays[systems.room[systems.classified]] = True
    wage = world.of(scenario.prices.staff_cny_per_fte)
    room_cost = np.where(stays, 0.0, rooms.operations_cny_per_year + rooms.staff_fte * wage)
    lines = estate.lines
    moved = candidate[lines.system]
    room_cost += np.bincount(systems.room[lines.system[moved]], lines.price_cny_per_year[moved], minlength=n)
    days = np.bincount(systems.room[candidate], systems.effort_days[candidate], minlength=n)
    rank = np.empty(n, dtype=np.int64)
    rank[np.lexsort((rooms.id, -room_cost / np.maximum(days, 1e-9), quarter))] = np.arange(n)
    rows = np.flatnonzero(candidate)
    return rows[np.argsort(rank[systems.room[rows]], kind="stable")]
