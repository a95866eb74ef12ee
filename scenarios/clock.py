"""The clock of a scenario: steps, hours, days and months since its first day, and what kind of day it is.

Events and series count hours. What flows is computed at steps, of which an hour has one or more, span
by span: a span is some whole days of one month, few enough for its arrays to stay small.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from .schema import Calendar, Time

HOURS_PER_DAY = 24
MINUTES_PER_HOUR = 60


@dataclass(frozen=True)
class Span:
    """Whole days of one month, in steps.

    Attributes:
        month: index of the month they lie in.
        month_h: first hour of that month.
        first_h: first hour of the span.
        hours: its length.
        steps_per_hour: steps in each of its hours.
    """

    month: int
    month_h: int
    first_h: int
    hours: int
    steps_per_hour: int

    @property
    def steps(self) -> int:
        """Number of steps."""
        return self.hours * self.steps_per_hour

    @property
    def steps_per_day(self) -> int:
        """Number of steps in a day."""
        return HOURS_PER_DAY * self.steps_per_hour

    @property
    def first_step(self) -> int:
        """Number of steps since the start of the scenario."""
        return self.first_h * self.steps_per_hour

    @property
    def days(self) -> slice:
        """Its days, counted from the first of the month."""
        first = (self.first_h - self.month_h) // HOURS_PER_DAY
        return slice(first, first + self.hours // HOURS_PER_DAY)

    @property
    def hours_of_month(self) -> slice:
        """Its hours, counted from the first of the month."""
        first = self.first_h - self.month_h
        return slice(first, first + self.hours)


@dataclass(frozen=True)
class Clock:
    """Hours since the start of the scenario, in local time without daylight saving.

    Attributes:
        start: first day.
        years: horizon in years.
        month_edges_h: first hour of each month and the end of the last, shape (months + 1,).
        workday: whether each day is worked, shape (days,).
        steps_per_hour: steps at which flows are computed.
    """

    start: date
    years: int
    month_edges_h: NDArray[np.int64]
    workday: NDArray[np.bool_]
    steps_per_hour: int = 1

    @classmethod
    def of(cls, time: Time, calendar: Calendar) -> Clock:
        """The clock of a scenario's span and calendar."""
        firsts = [
            date(time.start.year + (time.start.month - 1 + m) // 12, (time.start.month - 1 + m) % 12 + 1, 1)
            for m in range(time.years * 12 + 1)
        ]
        edges = np.array([(first - time.start).days * HOURS_PER_DAY for first in firsts], dtype=np.int64)
        days = int(edges[-1]) // HOURS_PER_DAY
        weekdays = (np.arange(days) + time.start.weekday()) % 7
        workday = weekdays < 5
        for listed, value in ((calendar.rest_days, False), (calendar.work_days, True)):
            for day in listed:
                offset = (day - time.start).days
                if 0 <= offset < days:
                    workday[offset] = value
        return cls(time.start, time.years, edges, workday, MINUTES_PER_HOUR // time.step_minutes)

    @property
    def months(self) -> int:
        """Number of months simulated."""
        return len(self.month_edges_h) - 1

    @property
    def hours(self) -> int:
        """Number of hours simulated."""
        return int(self.month_edges_h[-1])

    def spans(self, month: int, most_steps: int) -> list[Span]:
        """A month cut into spans of at most so many steps, but of a day at least."""
        first, end = (int(edge) for edge in self.month_edges_h[month : month + 2])
        days = max(most_steps // (HOURS_PER_DAY * self.steps_per_hour), 1)
        length = days * HOURS_PER_DAY
        return [
            Span(month, first, start, min(length, end - start), self.steps_per_hour)
            for start in range(first, end, length)
        ]

    def hour_of(self, day: date) -> int:
        """First hour of a day; may lie outside the horizon."""
        return (day - self.start).days * HOURS_PER_DAY

    def month_of_hour(self, hour: float) -> int:
        """Month index of an hour, not clipped to the horizon."""
        return int(np.searchsorted(self.month_edges_h, hour, side="right")) - 1

    def day_of_hour(self, hour: float) -> date:
        """Calendar day of an hour."""
        return self.start + timedelta(days=int(hour // HOURS_PER_DAY))

    def calendar_month(self, month: int) -> int:
        """Month of the year (0 = January) of month index ``month``."""
        return (self.start.month - 1 + month) % 12

    def year_of_month(self, month: int) -> int:
        """Calendar year of month index ``month``."""
        return self.start.year + (self.start.month - 1 + month) // 12
