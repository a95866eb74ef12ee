"""What a fit is judged by, computed in one way for a trace and for a model of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...scenarios.streams import uniforms
from .grid import HOURS, Grid, Rows
from .profile import Profile, batch_rows, profile_of
from .variation import LEAST_VARIANCE, relative

Floats = NDArray[np.float64]

LEVELS = np.array([0.01, 0.05, *np.arange(0.1, 0.91, 0.1), 0.95, 0.99, 0.999])
BINS = 20_000
MOST_RELATIVE = 20.0
MOST_LAG_DAYS = 8
PAIRED = 200
CROSS_EDGES = np.linspace(-1, 1, 101)


@dataclass(frozen=True)
class Measures:
    """Marginal distribution, autocorrelation, week profile and cross-correlation.

    Attributes:
        utilisation: quantiles at ``LEVELS`` of all components' utilisation at all steps.
        relative: the same of demand over the component's mean, of working components.
        lag_h, acf: lags in hours, and the mean autocorrelation of relative demand over profile.
        week: relative demand by weekday and hour, shape (7, 24); row 0 alone without a calendar.
        cross: share of pairs of components by correlation, at ``CROSS_EDGES``.
        cross_mean: mean correlation of pairs.
    """

    utilisation: Floats
    relative: Floats
    lag_h: Floats
    acf: Floats
    week: Floats
    cross: Floats
    cross_mean: float


def measure(rows: Rows, grid: Grid, profile: Profile, seed: int, *, seasonal: bool) -> Measures:
    """Measure rows with the profile and means given (those of the trace also for its model)."""
    lags = np.arange(1, max(2, min(grid.steps // 2, MOST_LAG_DAYS * HOURS * grid.per_hour)))
    factor = profile.factor(grid, seasonal=seasonal)
    marginal = np.zeros((2, BINS), dtype=np.int64)
    acf, counted = np.zeros(len(lags)), 0
    for first in range(0, len(rows), batch_rows(grid)):
        flat = rows.rows(first, batch_rows(grid))
        marginal[0] += np.histogram(flat[np.isfinite(flat)], BINS, (0, 1))[0]
        used = profile.working[first : first + len(flat)]
        over = flat[used] / profile.mean[first : first + len(flat)][used, None]
        clipped = np.minimum(over[np.isfinite(over)], MOST_RELATIVE)
        marginal[1] += np.histogram(clipped, BINS, (0, MOST_RELATIVE))[0]
        part = grid.flat(relative(grid.shaped(flat[used]), factor)) - 1
        found = autocorrelation(part, lags)
        acf += np.nansum(found, axis=0)
        counted += int(np.isfinite(found[:, 0]).sum())
    cross, mean = _cross(rows, grid, profile, factor, seed)
    return Measures(
        _quantiles(marginal[0], 1.0),
        _quantiles(marginal[1], MOST_RELATIVE),
        lags / grid.per_hour,
        acf / max(counted, 1),
        profile_of(rows, grid).week,
        cross,
        mean,
    )


def autocorrelation(x: Floats, lags: NDArray[np.int64]) -> Floats:
    """Autocorrelation of each row at lags in steps; gaps (nan) are left out, shape (rows, lags).

    A row's mean product at the lag over its variance, about its mean over all known steps.
    """
    known = np.isfinite(x)
    mean = np.nansum(x, axis=1) / np.maximum(known.sum(axis=1), 1)
    y = np.where(known, x - mean[:, None], 0.0)
    size = 2 ** int(np.ceil(np.log2(2 * x.shape[1])))
    products = _autosum(y, size)[:, lags]
    pairs = np.rint(_autosum(known.astype(np.float64), size)[:, lags])
    variance = (y * y).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = products / pairs / variance[:, None]
    return np.where((pairs > 0) & (variance[:, None] > LEAST_VARIANCE), found, np.nan)


def _autosum(y: Floats, size: int) -> Floats:
    spectrum = np.fft.rfft(y, size, axis=1)
    summed: Floats = np.fft.irfft(spectrum * spectrum.conj(), size, axis=1)[:, : y.shape[1]]
    return summed


def _cross(rows: Rows, grid: Grid, profile: Profile, factor: Floats, seed: int) -> tuple[Floats, float]:
    """Correlations of pairs among components chosen at random: their histogram and mean."""
    working = np.flatnonzero(profile.working)
    order = np.argsort(uniforms(seed, 0, "fit-pairs", np.arange(len(working))), kind="stable")
    chosen = np.sort(working[order[:PAIRED]])
    if len(chosen) < 2:
        return np.zeros(len(CROSS_EDGES) - 1), float("nan")
    flat = np.concatenate([rows.rows(int(i), 1) for i in chosen])
    x = grid.flat(relative(grid.shaped(flat), factor)) - 1
    known = np.isfinite(x).astype(np.float64)
    y = np.nan_to_num(x - (np.nansum(x, axis=1) / np.maximum(known.sum(axis=1), 1))[:, None])
    y[(y * y).sum(axis=1) <= LEAST_VARIANCE * known.sum(axis=1)] = 0  # a constant correlates with nothing
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = (y @ y.T) / np.sqrt(((y * y) @ known.T) * (known @ (y * y).T))
    pairs = correlation[np.triu_indices(len(chosen), 1)]
    pairs = pairs[np.isfinite(pairs)]
    counts = np.histogram(np.clip(pairs, -1, 1), CROSS_EDGES)[0]
    return counts / max(len(pairs), 1), float(pairs.mean()) if len(pairs) else float("nan")


def _quantiles(counts: NDArray[np.int64], top: float) -> Floats:
    """Quantiles of a histogram from 0 to ``top``: lower edge of the bin that reaches each level."""
    total = np.cumsum(counts)
    found = np.searchsorted(total, LEVELS * total[-1]) if total[-1] else np.zeros(len(LEVELS), dtype=int)
    return np.asarray(found * (top / len(counts)), dtype=np.float64)


def distance(one: Floats, other: Floats) -> float:
    """Largest difference of two sets of quantiles."""
    return float(np.max(np.abs(one - other)))


def probability_gap(one: Floats, other: Floats) -> float:
    """Largest difference in probability at the quantiles of ``one``, the other's read between levels."""
    return float(np.max(np.abs(LEVELS - np.interp(one, other, LEVELS, left=0.0, right=1.0))))


def rmse(one: Floats, other: Floats) -> float:
    """Root mean squared difference where both are known; 0 where nothing is."""
    gap = (one - other)[np.isfinite(one) & np.isfinite(other)]
    return float(np.sqrt(np.mean(gap**2))) if len(gap) else 0.0
