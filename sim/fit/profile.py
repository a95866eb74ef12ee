"""First pass: how busy each component is, and how demand runs over hours, days of the week and months."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .grid import HOURS, WEEK_DAYS, Grid, Rows

Floats = NDArray[np.float64]

LEAST_MEAN = 0.01  # below it a component counts as idle: its relative variation is mostly rounding
LEAST_HOURS = 12
BATCH_CELLS = 2_000_000
KINDS = 2
MONTHS = 12
YEAR_DAYS = 365


@dataclass(frozen=True)
class Profile:
    """Relative demand over time, mean 1 over the trace, from working components of equal weight.

    Attributes:
        mean: mean utilisation of each component, nan if nothing is known, shape (components,).
        working: whether a component is used in the fit, shape (components,).
        hours: by kind of day and hour, nan where the trace has none, shape (2, 24).
        week: by weekday and hour, likewise, shape (7, 24); row 0 alone without a calendar.
        months: by month, nan where unknown, shape (12,).
    """

    mean: Floats
    working: NDArray[np.bool_]
    hours: Floats
    week: Floats
    months: Floats

    def factor(self, grid: Grid, *, seasonal: bool) -> Floats:
        """Relative demand at each step of each day, shape (days, 24)."""
        by_day = self.hours[grid.kinds]
        if seasonal and grid.month is not None:
            by_day = by_day * self.months[grid.month][:, None]
        return by_day


def batch_rows(grid: Grid) -> int:
    """Components to take at once."""
    return max(1, BATCH_CELLS // (grid.days * HOURS * grid.per_hour))


def profile_of(rows: Rows, grid: Grid) -> Profile:
    """Means and profiles of a trace, read once in batches."""
    count = len(rows)
    mean, working = np.full(count, np.nan), np.zeros(count, dtype=bool)
    total, known = np.zeros((grid.days, HOURS)), np.zeros((grid.days, HOURS))
    for first in range(0, count, batch_rows(grid)):
        part = grid.shaped(rows.rows(first, batch_rows(grid)))
        found = np.isfinite(part).sum(axis=(1, 2, 3))
        sums = np.nansum(part, axis=(1, 2, 3))
        means = np.divide(sums, found, out=np.full(len(part), np.nan), where=found > 0)
        used = (means >= LEAST_MEAN) & (found >= LEAST_HOURS * grid.per_hour)
        mean[first : first + len(part)], working[first : first + len(part)] = means, used
        total += np.nansum(part[used] / means[used][:, None, None, None], axis=(0, 3))
        known += np.isfinite(part[used]).sum(axis=(0, 3))
    kinds = np.eye(KINDS)[grid.kinds].T
    weekdays = np.zeros(grid.days, dtype=np.int64) if grid.weekday is None else grid.weekday
    months = np.eye(MONTHS)[grid.month].T if grid.month is not None else np.zeros((MONTHS, grid.days))
    by_month = _ratio(months @ total.sum(axis=1), months @ known.sum(axis=1))
    return Profile(
        mean,
        working,
        _ratio(kinds @ total, kinds @ known),
        _ratio(np.eye(WEEK_DAYS)[weekdays].T @ total, np.eye(WEEK_DAYS)[weekdays].T @ known),
        by_month,
    )


def _ratio(total: Floats, known: Floats) -> Floats:
    found: Floats = np.divide(total, known, out=np.full(total.shape, np.nan), where=known > 0)
    return found
