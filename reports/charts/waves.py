"""The move of one world, to be drawn: who was to move when, who did, and what staff and line had to do.

Rows are the finest of systems, rooms and units that are few enough to be told apart; of larger estates the
levels of government, then waves: the systems planned for the same month, quarter or year.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ...optimize.plan import Plan
from ...optimize.slots import DAYS_PER_WEEK, slots
from ...optimize.waves import COPY_HOURS_PER_WEEK, GB_PER_HOUR_PER_MBPS
from ...scenarios.clock import HOURS_PER_DAY
from ...scenarios.estate import NEVER
from ...scenarios.moves import Migration
from ...scenarios.schema import Scenario
from ...scenarios.world import World
from ...sim.outcome import Study
from ...sim.timeline import Timeline
from ..books import MONTHS_PER_YEAR
from ..quantiles import Floats

Bools = NDArray[np.bool_]
Ints = NDArray[np.integer]

MOST_ROWS = 24
MOST_WAVES = 18
WORKDAYS_PER_WEEK = 5


@dataclass(frozen=True)
class Row:
    """Some systems that move.

    Attributes:
        kind: ``system``, ``room``, ``unit``, ``level`` or ``wave``.
        key: the same in every language; for a wave its first month.
        number: from 1 among its kind, units within their level; 0 for a level and for its only unit; the
            months that a wave spans.
        level: row of estate.levels; -1 for waves.
        chosen: of the systems that move, shape (systems that move,).
    """

    kind: str
    key: str
    number: int
    level: int
    chosen: Bools


@dataclass(frozen=True)
class Moves:
    """The systems that one plan moves.

    Attributes:
        system: rows of systems, shape (S,).
    """

    scenario: Scenario
    world: World
    plan: Plan
    timeline: Timeline
    migration: Migration
    system: NDArray[np.int64]

    @classmethod
    def of(cls, study: Study, name: str) -> Self | None:
        """Of the world that is kept in full; None if nothing moves there."""
        migration = study.scenario.alternatives[name].migration
        if name not in study.plans or name not in study.runs or migration is None:
            return None
        plan, systems = study.plans[name], study.world.estate.systems
        cloud = study.scenario.alternatives[name].cloud
        assert cloud is not None
        edges_h = study.world.clock.month_edges_h
        opens_h = max(study.world.clock.hour_of(cloud.opens), 0)
        arrives_h = edges_h[np.clip(systems.arrives_month, 0, len(edges_h) - 1)]
        there = (systems.arrives_month == 0) | (arrives_h < opens_h)
        rows = np.flatnonzero(there & (plan.wave_h < NEVER))
        if not len(rows):
            return None
        return cls(study.scenario, study.world, plan, study.runs[name].timeline, migration, rows)

    @cached_property
    def planned_h(self) -> Ints:
        """Hour of the planned cut-over, shape (S,)."""
        return np.asarray(self.plan.wave_h[self.system])

    @cached_property
    def moved_h(self) -> Ints:
        """Hour of the successful cut-over, NEVER if it did not come, shape (S,)."""
        return np.asarray(self.timeline.moved_h[self.system])

    @cached_property
    def given_up(self) -> Bools:
        """Whether each was retired without having moved."""
        retires = self.world.estate.systems.retires_month[self.system]
        return np.asarray((self.moved_h == NEVER) & (retires < self.world.clock.months))

    @cached_property
    def late(self) -> Bools:
        """Whether each moved after its day, or not at all though it was not given up."""
        return np.asarray((self.moved_h > self.planned_h) & ~self.given_up)

    @cached_property
    def late_days(self) -> Floats:
        """By how many days, up to the end of the run, shape (S,)."""
        until_h = np.minimum(self.moved_h, self.world.clock.hours)
        return np.where(self.late, (until_h - self.planned_h) / HOURS_PER_DAY, 0.0)

    def months(self, hours: Ints) -> Floats:
        """Months since the start, with decimals."""
        edges_h = self.world.clock.month_edges_h
        return np.interp(hours, edges_h, np.arange(len(edges_h), dtype=np.float64))

    def counted(self, hours: Ints, chosen: Bools | None = None) -> Ints:
        """How many of some hours lie in each month, shape (months,)."""
        taken = hours if chosen is None else hours[chosen]
        return np.histogram(taken[taken < NEVER], self.world.clock.month_edges_h)[0]

    def rows(self) -> list[Row]:
        """See the module."""
        systems, rooms = self.world.estate.systems, self.world.estate.rooms
        room = systems.room[self.system]
        unit = systems.unit[self.system]
        for kind, of in (("system", self.system), ("room", room), ("unit", unit)):
            if len(np.unique(of)) <= MOST_ROWS:
                level = self.world.estate.units.level[unit if kind != "room" else rooms.unit[room]]
                return list(_each(kind, np.asarray(of), np.asarray(level)))
        level = np.asarray(self.world.estate.units.level[unit])
        names = list(self.scenario.estate.levels)
        found = [Row("level", f"level {names[i]}", 0, int(i), level == i) for i in np.unique(level)]
        return (found if len(found) <= MOST_ROWS else []) + list(self._waves())

    def _waves(self) -> Iterator[Row]:
        """Systems planned for the same month, quarter or year: as fine as few enough rows allow."""
        month = np.floor(self.months(self.planned_h)).astype(np.int64)
        calendar = self.world.clock.calendar_month(0)  # quarters and years are those of the calendar
        for step in (1, 3, MONTHS_PER_YEAR):
            wave = (month + calendar) // step
            if len(np.unique(wave)) <= MOST_WAVES or step == MONTHS_PER_YEAR:
                break
        for number in np.unique(wave):
            first = max(int(number) * step - calendar, 0)
            clock = self.world.clock
            key = f"{clock.year_of_month(first)}-{clock.calendar_month(first) + 1:02d}"
            yield Row("wave", key, step, -1, wave == number)

    def limits(self) -> Limits:
        """What there is of staff, line and cut-overs in each month."""
        world, terms = self.world, self.migration
        cloud = self.scenario.alternatives[self.plan.alternative].cloud
        assert cloud is not None
        opens_d = max(world.clock.hour_of(cloud.opens), 0) // HOURS_PER_DAY
        weeks = slots(world.clock, self.scenario.calendar, opens_d + DAYS_PER_WEEK, terms.freeze)
        month = np.searchsorted(world.clock.month_edges_h, weeks.hour, side="right") - 1
        workdays = np.minimum(weeks.workdays, WORKDAYS_PER_WEEK)
        months = world.clock.months
        mbps = world.of(terms.ingress_mbps)
        return Limits(
            staff=_summed(month, workdays * self.plan.team_fte, months),
            line=_summed(
                month, np.full(len(month), COPY_HOURS_PER_WEEK * GB_PER_HOUR_PER_MBPS * mbps), months
            ),
            people=self.plan.team_fte,
            mbps=mbps,
            most=terms.most_per_month,
        )

    def use(self, hours: Ints, attempts: bool) -> tuple[Floats, Floats, Floats]:
        """Person-days, GB and cut-overs in each month, shape (months,) each.

        Args:
            attempts: with those that were rolled back.
        """
        systems, moved = self.system, hours < NEVER
        failed = self.timeline.rollbacks if attempts else None
        system = systems[moved] if failed is None else np.concatenate([systems[moved], failed.system])
        hour = hours[moved] if failed is None else np.concatenate([hours[moved], failed.hour])
        servers = self.world.estate.servers
        runs = self.plan.flavour >= 0
        count = len(self.world.estate.systems.id)
        gb = np.bincount(servers.system[runs], weights=servers.disk_gb[runs], minlength=count)
        days = self.world.estate.systems.effort_days
        edges_h = self.world.clock.month_edges_h
        staff, line, cutovers = (
            np.histogram(hour, edges_h, weights=weight)[0].astype(np.float64)
            for weight in (days[system], gb[system], np.ones(len(system)))
        )
        return staff, line, cutovers


@dataclass(frozen=True)
class Limits:
    """Person-days and GB of each month, shape (months,), and cut-overs a month (None: no limit)."""

    staff: Floats
    line: Floats
    people: float
    mbps: float
    most: int | None


def _summed(month: Ints, each: Floats, months: int) -> Floats:
    """Sum by month, shape (months,)."""
    return np.asarray(np.bincount(month, each, months), dtype=np.float64)


def _each(kind: str, of: Ints, level: Ints) -> Iterator[Row]:
    """One row for each distinct value, numbered within its level if a unit."""
    values = np.unique(of)
    seen: dict[int, int] = {}
    alone = {int(i): len(np.unique(of[level == i])) == 1 for i in np.unique(level)}
    for value in values:
        chosen = of == value
        its = int(level[chosen][0])
        group = its if kind == "unit" else -1
        seen[group] = seen.get(group, 0) + 1
        only = kind == "unit" and alone[its]
        yield Row(kind, f"{kind} {value}", 0 if only else seen[group], its, np.asarray(chosen))
