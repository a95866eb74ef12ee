"""Second pass: variation around the profile, by nested analysis of variance.

With x the demand over mean and profile, V its variance, C1 and C2 its covariance at two steps of one
hour and at two hours of one day, n steps in an hour and m hours known in a day:

    within hours        E W = V - C1
    hour means          E B = C1 - C2 + W / n
    day means           E D = C2 + (C1 - C2) / m + W / (m n)

so V - C1, C1 - C2 and C2 follow without bias although the component's mean is itself estimated. What
lasts longer than a day goes into C2; a single day does not show C2 at all. Between components, the
variance of the mean over components at one step, within cells of equal profile, gives what they share.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .grid import HOURS, Grid, Rows
from .profile import KINDS, Profile, batch_rows

Floats = NDArray[np.float64]

LEAST_DAY_HOURS = 18
LEAST_VARIANCE = 1e-12  # of relative demand; what is below it is rounding


@dataclass(frozen=True)
class Variation:
    """Variance of relative demand by how long it lasts.

    Attributes:
        step, hour, day: parts of the variance of each working component, shape (working,); ``hour`` is
            nan-free and 0 where steps are hours; ``day`` is nan if the trace has less than two days.
        common: mean correlation of two working components at one step; nan if it cannot be told.
    """

    step: Floats
    hour: Floats
    day: Floats
    common: float

    @property
    def total(self) -> Floats:
        """Variance of each working component, of days where it is known, shape (working,)."""
        found: Floats = self.step + self.hour + np.nan_to_num(self.day)
        return found


def relative(part: Floats, factor: Floats) -> Floats:
    """Demand over mean and profile, mean 1 for each component; nan where the profile is 0."""
    flat = part / np.where(factor > 0, factor, np.nan)[None, :, :, None]
    known = np.isfinite(flat)
    weight = np.where(known, np.broadcast_to(factor[None, :, :, None], flat.shape), 0).sum(axis=(1, 2, 3))
    mean = np.nansum(part, axis=(1, 2, 3)) / np.where(weight > 0, weight, np.nan)
    found: Floats = flat / mean[:, None, None, None]
    return found


def variation_of(rows: Rows, grid: Grid, profile: Profile, *, seasonal: bool) -> Variation:
    """Parts of the variance, read in batches."""
    factor = profile.factor(grid, seasonal=seasonal)
    parts: list[tuple[Floats, Floats, Floats]] = []
    shape = (grid.days, HOURS, grid.per_hour)
    total, known, within = np.zeros(shape), np.zeros(shape), [0.0, 0.0]
    cell = np.broadcast_to((grid.kinds * HOURS)[:, None] + np.arange(HOURS), shape[:2])
    for first in range(0, len(rows), batch_rows(grid)):
        used = profile.working[first : first + batch_rows(grid)]
        if not used.any():
            continue
        x = relative(grid.shaped(rows.rows(first, batch_rows(grid)))[used], factor)
        made = _nested(x)
        parts.append(made)
        variance = made[0] + made[1] + np.nan_to_num(np.maximum(made[2], 0))
        varying = variance > LEAST_VARIANCE
        if not varying.any():
            continue
        r = (x[varying] - 1) / np.sqrt(variance[varying])[:, None, None, None]
        total += np.nansum(r, axis=0)
        known += np.isfinite(r).sum(axis=0)
        _add_within(within, r, cell)
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else [np.empty(0)] * 3
    common = _common(total, known, cell, within)
    return Variation(columns[0], columns[1], columns[2], common)


def _nested(x: Floats) -> tuple[Floats, Floats, Floats]:
    """Variance within hours, between hours of a day, and between days, of each row."""
    rows, days, _, per_hour = x.shape
    count = np.isfinite(x).sum(axis=3)
    enough = 2 * count > per_hour if per_hour > 1 else count > 0
    mean = np.divide(np.nansum(x, axis=3), count, out=np.full(count.shape, np.nan), where=enough)
    if per_hour > 1:
        squares = np.nansum((x - mean[..., None]) ** 2, axis=3)
        freedom = np.where(enough, count - 1, 0).sum(axis=(1, 2))
        within = np.where(enough, squares, 0).sum(axis=(1, 2)) / np.maximum(freedom, 1)
    else:
        within = np.zeros(rows)
    steps = _harmonic(count, enough, (1, 2))
    hours = enough.sum(axis=2)
    day_mean = np.divide(np.nansum(mean, axis=2), hours, out=np.full(hours.shape, np.nan), where=hours > 0)
    squares = np.nansum((mean - day_mean[..., None]) ** 2, axis=(1, 2))
    between = squares / np.maximum(np.maximum(hours - 1, 0).sum(axis=1), 1)
    hour = between - within * steps if per_hour > 1 else np.zeros(rows)
    step = within if per_hour > 1 else between
    full = hours >= LEAST_DAY_HOURS
    if days < 2 or not (full.sum(axis=1) >= 2).any():
        return step, hour, np.full(rows, np.nan)
    day_mean = np.where(full, day_mean, np.nan)
    level = np.nansum(day_mean, axis=1) / np.maximum(full.sum(axis=1), 1)
    squares = np.nansum((day_mean - level[:, None]) ** 2, axis=1)
    of_days = squares / np.maximum(full.sum(axis=1) - 1, 1)
    day = of_days - (hour + step * steps) * _harmonic(hours, full, (1,))
    return step, hour, np.where(full.sum(axis=1) >= 2, day, np.nan)


def _harmonic(count: NDArray[np.int64], used: NDArray[np.bool_], axes: tuple[int, ...]) -> Floats:
    """Mean of 1 / count over the cells used."""
    inverse = np.where(used, 1 / np.maximum(count, 1), 0).sum(axis=axes)
    found: Floats = inverse / np.maximum(used.sum(axis=axes), 1)
    return found


def _add_within(within: list[float], r: Floats, cell: NDArray[np.int64]) -> None:
    """Add sums of squares and degrees of freedom of single components within cells of equal profile."""
    for each in np.unique(cell):
        flat = r[:, cell == each].reshape(len(r), -1)
        count = np.isfinite(flat).sum(axis=1)
        mean = np.nansum(flat, axis=1) / np.maximum(count, 1)
        within[0] += float(np.nansum((flat - mean[:, None]) ** 2))
        within[1] += float(np.maximum(count - 1, 0).sum())


def _common(total: Floats, known: Floats, cell: NDArray[np.int64], within: list[float]) -> float:
    """Mean correlation of two components at one step."""
    squares, freedom, inverse, cells = 0.0, 0, 0.0, 0
    for each in range(KINDS * HOURS):
        n = known[cell == each].ravel()
        mean = total[cell == each].ravel()[n > 1] / n[n > 1]
        if len(mean) < 2:
            continue
        squares += float(((mean - mean.mean()) ** 2).sum())
        freedom += len(mean) - 1
        inverse += float((1 / n[n > 1]).sum())
        cells += len(mean)
    if not freedom or not within[1]:
        return float("nan")
    share = inverse / cells
    single = within[0] / within[1]
    return (squares / freedom - single * share) / (1 - share)
