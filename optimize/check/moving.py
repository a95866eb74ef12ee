"""When systems move: openings, slots, deadline, staff and line, and what may not be moved when."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ...scenarios.clock import HOURS_PER_DAY
from ...scenarios.estate import NEVER
from .facts import MONTHS_PER_YEAR, Facts
from .violation import ROUNDING, Violation, over, wrong

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SATURDAY, DAYS_PER_WEEK = 5, 7
CUT_OVER_HOUR = 2
# A night of twelve hours, or a day of the weekend; 1 Mbit/s copies 0.45 GB in an hour.
COPY_HOURS_IN_WEEK, COPY_HOURS_AT_WEEKEND = 12, 24
GB_PER_HOUR_PER_MBPS = 3600 / 8 / 1000


def moving(facts: Facts) -> Bools:
    """Systems that move from a room to the cloud, shape (systems,); others that run there start there."""
    systems = facts.world.estate.systems
    starts_h = facts.first_hour(systems.arrives_month)
    before = (systems.arrives_month == 0) | (starts_h < opens_h(facts))
    return np.asarray((facts.plan.wave_h != NEVER) & before)


def opens_h(facts: Facts) -> int:
    """First hour of the cloud within the horizon."""
    return max(facts.world.clock.hour_of(facts.cloud.opens), 0)


def opening(facts: Facts) -> Iterator[Violation]:
    """Nothing runs on the cloud before it opens; new systems start there when they arrive."""
    wave_h, systems = facts.plan.wave_h.astype(np.int64), facts.world.estate.systems
    early = np.flatnonzero(wave_h < opens_h(facts))
    yield from wrong("opening", "system", early, "is on the cloud before it opens")
    starting = (wave_h != int(NEVER)) & ~moving(facts)
    shifted = starting & (wave_h != facts.first_hour(systems.arrives_month))
    yield from wrong("opening", "system", np.flatnonzero(shifted), "does not start when it arrives")


def slots(facts: Facts) -> Iterator[Violation]:
    """Cut-overs are on Saturdays at 02:00 that are neither a holiday nor worked."""
    rows = np.flatnonzero(moving(facts))
    hour = facts.plan.wave_h[rows]
    listed = {*facts.scenario.calendar.rest_days, *facts.scenario.calendar.work_days}
    days = [facts.world.clock.day_of_hour(h) for h in hour.tolist()]
    bad = [day.weekday() != SATURDAY or day in listed for day in days]
    bad_hour = hour % HOURS_PER_DAY != CUT_OVER_HOUR
    yield from wrong("slots", "system", rows[np.array(bad, dtype=bool) | bad_hour], "moves at no slot")


def deadline(facts: Facts) -> Iterator[Violation]:
    """No system moves after the deadline but those that the plan itself counts as late."""
    if facts.chosen.deadline is None:
        return
    end_h = facts.world.clock.hour_of(facts.chosen.deadline) + HOURS_PER_DAY
    due = to_move(facts) & (facts.first_hour(facts.world.estate.systems.retires_month) >= end_h)
    late = int(np.count_nonzero(due & (facts.plan.wave_h >= end_h)))
    words = f"systems after {facts.chosen.deadline} (the plan says {facts.plan.late})"
    allowed = float(facts.plan.late)
    yield from over("deadline", "plan", np.array([float(late)]), allowed, "systems", words)


def first_slot_h(facts: Facts) -> int:
    """Hour of the first slot a week after the opening; the end of the horizon if there is none."""
    clock, calendar = facts.world.clock, facts.scenario.calendar
    listed = {*calendar.rest_days, *calendar.work_days}
    first = opens_h(facts) // HOURS_PER_DAY + DAYS_PER_WEEK
    for hour in range(first * HOURS_PER_DAY, clock.hours, HOURS_PER_DAY):
        day = clock.day_of_hour(hour)
        frozen = any(span.first <= day <= span.to for span in facts.migration.freeze)
        if day.weekday() == SATURDAY and day not in listed and not frozen:
            return hour + CUT_OVER_HOUR
    return clock.hours


def to_move(facts: Facts) -> Bools:
    """Systems that are there when the cloud opens and may leave their rooms, shape (systems,)."""
    systems = facts.world.estate.systems
    before = (systems.arrives_month == 0) | (facts.first_hour(systems.arrives_month) < opens_h(facts))
    return np.asarray(~systems.stays & before)


def staff(facts: Facts) -> Iterator[Violation]:
    """The work of all systems moved so far never exceeds what the team could do since the opening."""
    team, most = facts.plan.team_fte, facts.world.of(facts.migration.team_fte)
    yield from over("staff", "plan", np.array([team]), most, "FTE", "people")
    rows, hour = _by_hour(facts)
    done = np.cumsum(facts.world.estate.systems.effort_days[rows])
    first = opens_h(facts) // HOURS_PER_DAY
    worked = np.concatenate([[0], np.cumsum(facts.world.clock.workday[first:])])
    days = worked[hour // HOURS_PER_DAY - first] * team * _useful(facts)
    yield from over("staff", "cut-over", _at_end(hour, done), days, "person-days", "person-days")


def copying(facts: Facts) -> Iterator[Violation]:
    """The data of all systems moved so far never exceed what the line could copy since the opening."""
    rows, hour = _by_hour(facts)
    servers = facts.world.estate.servers
    there = facts.plan.placement >= 0
    of_system = np.bincount(
        servers.system[there], servers.disk_gb[there], minlength=len(facts.world.estate.systems.id)
    )
    clock, first = facts.world.clock, opens_h(facts) // HOURS_PER_DAY
    weekday = (np.arange(first, len(clock.workday)) + clock.start.weekday()) % DAYS_PER_WEEK
    each = np.where(weekday < SATURDAY, COPY_HOURS_IN_WEEK, COPY_HOURS_AT_WEEKEND)
    hours = np.concatenate([[0], np.cumsum(each)])[hour // HOURS_PER_DAY - first]
    most = hours * GB_PER_HOUR_PER_MBPS * facts.world.of(facts.migration.ingress_mbps) * _useful(facts)
    copied = _at_end(hour, np.cumsum(of_system[rows]))
    yield from over("copying", "cut-over", copied, most, "GB", "GB copied")


def freeze(facts: Facts) -> Iterator[Violation]:
    """Nothing moves on the days on which nothing may."""
    rows = np.flatnonzero(moving(facts))
    hour = facts.plan.wave_h[rows]
    frozen = np.zeros(len(rows), dtype=bool)
    for span in facts.migration.freeze:
        first, end = facts.world.clock.hour_of(span.first), facts.world.clock.hour_of(span.to) + HOURS_PER_DAY
        frozen |= (hour >= first) & (hour < end)
    yield from wrong("freeze", "system", rows[frozen], "moves when nothing may")


def rate(facts: Facts) -> Iterator[Violation]:
    """No month has more cut-overs than allowed."""
    if facts.migration.most_per_month is None:
        return
    _, hour = _by_hour(facts)
    moves = np.bincount(_months(facts, hour), minlength=facts.world.clock.months).astype(np.float64)
    yield from over("rate", "month", moves, facts.migration.most_per_month, "systems", "systems")


def budget(facts: Facts) -> Iterator[Violation]:
    """The labour of moving costs no more in any calendar year than the budget has."""
    every, by_year = facts.migration.budget_cny_per_year, facts.migration.budget_cny_by_year
    rows, hour = _by_hour(facts)
    month = _months(facts, hour)
    wage = (1 + facts.world.of(facts.scenario.prices.staff_change)) ** (month // MONTHS_PER_YEAR)
    cny = facts.world.estate.systems.effort_days[rows] * facts.world.of(facts.migration.day_rate_cny) * wage
    clock = facts.world.clock
    year = np.array([clock.year_of_month(m) - clock.start.year for m in month.tolist()], dtype=np.int64)
    spent = np.zeros(clock.years + 1)
    np.add.at(spent, year, cny)
    named = [by_year.get(clock.start.year + k, every) for k in range(len(spent))]
    limit = np.array([np.inf if budget is None else facts.world.of(budget) for budget in named])
    yield from over("budget", "year", spent, limit, "CNY", "CNY for moving")


def _months(facts: Facts, hour: Ints) -> Ints:
    return np.asarray(np.searchsorted(facts.world.clock.month_edges_h, hour, side="right") - 1)


def _by_hour(facts: Facts) -> tuple[Ints, Ints]:
    """Systems that move and when, by hour."""
    rows = np.flatnonzero(moving(facts) & (facts.plan.wave_h >= opens_h(facts)))
    rows = rows[np.argsort(facts.plan.wave_h[rows], kind="stable")]
    return rows, facts.plan.wave_h[rows].astype(np.int64)


def _at_end(hour: Ints, total: NDArray[np.float64]) -> NDArray[np.float64]:
    """Running totals at the end of each hour's cut-overs."""
    if not len(hour):
        return total
    return np.asarray(total[np.searchsorted(hour, hour, side="right") - 1])


def _useful(facts: Facts) -> float:
    """Share of staff and line that roll-backs leave."""
    return 1 - facts.world.of(facts.migration.failure_share) + ROUNDING
