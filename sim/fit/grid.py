"""Steps of a trace arranged as days, hours and steps of the hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ...scenarios.errors import InputError, Problem

Floats = NDArray[np.float64]
HOUR_S, DAY_S, HOURS = 3600.0, 86400.0, 24
SATURDAY = 5
WEEK_DAYS = 7


class Rows(Protocol):
    """What is fitted to: rows of components over regular steps."""

    def rows(self, first: int, count: int) -> NDArray[np.float32]:
        """Utilisation 0..1 of some components, shape (components, steps); nan where unknown."""

    def __len__(self) -> int:
        """Number of components."""


@dataclass(frozen=True)
class Grid:
    """Where the steps of a trace lie.

    Attributes:
        steps: how many there are.
        per_hour: steps in an hour.
        before: steps between midnight and the first one.
        days: days that are touched.
        weekday: 0 (Monday) ... 6 of each day; None where the trace has no calendar.
        month: 0 ... 11 of each day; None likewise.
    """

    steps: int
    per_hour: int
    before: int
    days: int
    weekday: NDArray[np.int64] | None
    month: NDArray[np.int64] | None

    @property
    def step_s(self) -> float:
        """Length of a step, s."""
        return HOUR_S / self.per_hour

    @property
    def kinds(self) -> NDArray[np.int64]:
        """0 for working days (Monday to Friday, or no calendar), 1 for Saturdays and Sundays."""
        if self.weekday is None:
            return np.zeros(self.days, dtype=np.int64)
        return (self.weekday >= SATURDAY).astype(np.int64)

    def shaped(self, rows: NDArray[np.float32]) -> Floats:
        """Rows as days, shape (components, days, 24, steps of an hour); nan outside the trace."""
        padded = np.full((len(rows), self.days * HOURS * self.per_hour), np.nan)
        padded[:, self.before : self.before + self.steps] = rows
        return padded.reshape(len(rows), self.days, HOURS, self.per_hour)

    def flat(self, shaped: Floats) -> Floats:
        """The reverse of ``shaped``, shape (components, steps)."""
        return shaped.reshape(len(shaped), -1)[:, self.before : self.before + self.steps]


def grid_of(steps: int, step_s: float, start: datetime | None, path: str) -> Grid:
    """The grid of a trace.

    Raises:
        InputError: if an hour is not a whole number of steps.
    """
    per_hour = round(HOUR_S / step_s)
    if per_hour < 1 or abs(per_hour * step_s - HOUR_S) > 1e-6 * HOUR_S:
        message = f"got steps of {step_s:g} s, must divide an hour: give step_s, e.g. 300 or 3600"
        raise InputError([Problem(path, 0, 0, "step_s", message)])
    before_s = (start.hour * 60 + start.minute) * 60 + start.second if start else 0
    before = int(before_s // step_s)
    days = -(-(before + steps) // (HOURS * per_hour))
    if start is None:
        return Grid(steps, per_hour, before, days, None, None)
    dates = [start.date() + timedelta(days=d) for d in range(days)]
    weekday = np.array([date.weekday() for date in dates])
    return Grid(steps, per_hour, before, days, weekday, np.array([date.month - 1 for date in dates]))
