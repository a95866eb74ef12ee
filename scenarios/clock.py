"""The clock of a scenario: hours, days and months since its first day, and what kind of day it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from .schema import Calendar, Time

HOURS_PER_DAY = 24


@dataclass(frozen=True)
class Clock:
    """Hours since the start of the scenario, in local time without daylight saving.

    Attributes:
        start: first day.
        years: horizon in years.
        month_edges_h: first hour of each month and the end of the last, shape (months + 1,).
        workday: whether each day is worked, shape (days,).
    """

    start: date
    years: int
    month_edges_h: NDArray[np.int64]
    workday: NDArray[np.bool_]

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
        return cls(time.start, time.years, edges, workday)

    @property
    def months(self) -> int:
        """Number of months simulated."""
        return len(self.month_edges_h) - 1

    @property
    def hours(self) -> int:
        """Number of hours simulated."""
        return int(self.month_edges_h[-1])

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
