"""When is a host overloaded? THR, IQR, MAD, LR and LRR of Beloglazov and Buyya (2012, doi 10.1002/cpe.1867).

A detector is a plain function ``(demand_share, history, n, parameter, steps_ahead) -> bool``:

- ``demand_share``: what the host's components ask for now, as a share of its capacity (may exceed 1);
- ``history``: the same at the last control steps, of the components now on the host, newest first; only the
  first ``n`` values are known;
- ``parameter``: the policy's number;
- ``steps_ahead``: control steps that the longest move from this host takes, a whole number >= 1.

The adaptive ones fall back on a threshold of 0.7 while the history is short, as CloudSim does.
"""

# ruff: noqa: ARG001 (a protocol's functions take what it names, whether they need it or not)

from __future__ import annotations

from typing import Protocol

import numpy as np

from ...optimize.compiled import compiled
from .arrays import Floats

FALLBACK_SHARE = 0.7
SHORTEST_SPREAD = 12  # values below which a spread is not estimated
REGRESSION_STEPS = 10
ROBUST_PASSES = 3  # as in Cleveland's lowess


class Detector(Protocol):
    """Says whether a host is overloaded."""

    def __call__(
        self, demand_share: float, history: Floats, n: int, parameter: float, steps_ahead: float
    ) -> bool: ...


def static_threshold(
    demand_share: float, history: Floats, n: int, parameter: float, steps_ahead: float
) -> bool:
    """THR: demand above ``parameter`` of the capacity."""
    return demand_share > parameter


def interquartile_range(
    demand_share: float, history: Floats, n: int, parameter: float, steps_ahead: float
) -> bool:
    """IQR: demand above 1 - ``parameter`` x (third quartile - first quartile of the history)."""
    if n < SHORTEST_SPREAD:
        return demand_share > FALLBACK_SHARE
    ordered = np.sort(history[:n])
    low = int(np.floor(0.25 * (n + 1) + 0.5)) - 1
    high = int(np.floor(0.75 * (n + 1) + 0.5)) - 1
    return bool(demand_share > 1 - parameter * (ordered[high] - ordered[low]))


def median_absolute_deviation(
    demand_share: float, history: Floats, n: int, parameter: float, steps_ahead: float
) -> bool:
    """MAD: demand above 1 - ``parameter`` x median of |history - its median|."""
    if n < SHORTEST_SPREAD:
        return demand_share > FALLBACK_SHARE
    middle = _median(np.sort(history[:n]))
    return demand_share > 1 - parameter * _median(np.sort(np.abs(middle - history[:n])))


@compiled
def _median(ordered: Floats) -> float:
    n = len(ordered)
    low = ordered[(n + 1) // 2 - 1]
    if n % 2:
        return float(low)
    return float(low + 0.5 * (ordered[n // 2] - low))


def local_regression(
    demand_share: float, history: Floats, n: int, parameter: float, steps_ahead: float
) -> bool:
    """LR: a line through the last 10 values, near ones weighing more (tricube), foresees the capacity full.

    Overloaded if ``parameter`` x the line at the end of the longest move is at least 1.
    """
    if n < REGRESSION_STEPS:
        return demand_share > FALLBACK_SHARE
    weights = _tricube()
    return parameter * _foreseen(history, weights, steps_ahead) >= 1


def robust_local_regression(
    demand_share: float, history: Floats, n: int, parameter: float, steps_ahead: float
) -> bool:
    """LRR: as LR, with values far from the line losing weight (bisquare, Cleveland 1979)."""
    if n < REGRESSION_STEPS:
        return demand_share > FALLBACK_SHARE
    near = _tricube()
    weights = near.copy()
    for _ in range(ROBUST_PASSES):
        intercept, slope = _line(history, weights)
        misses = np.empty(REGRESSION_STEPS)
        for k in range(REGRESSION_STEPS):
            misses[k] = abs(history[REGRESSION_STEPS - 1 - k] - (intercept + slope * (k + 1)))
        scale = 6 * _median(np.sort(misses))
        if scale <= 0:
            break
        for k in range(REGRESSION_STEPS):
            far = misses[k] / scale
            weights[k] = near[k] * (1 - far * far) ** 2 if far < 1 else 0.0
    return parameter * _foreseen(history, weights, steps_ahead) >= 1


def unweighted_regression(
    demand_share: float, history: Floats, n: int, parameter: float, steps_ahead: float
) -> bool:
    """LR and LRR as CloudSim 3.0.3 runs them: plain least squares on the last 10 values."""
    if n < REGRESSION_STEPS:
        return demand_share > FALLBACK_SHARE
    mean_x, mean_y, spread, joint, sum_x, sum_y = 1.0, history[REGRESSION_STEPS - 1], 0.0, 0.0, 1.0, 0.0
    sum_y += mean_y
    for k in range(1, REGRESSION_STEPS):  # running means: the order of rounding matters at the edge
        x, y = k + 1.0, history[REGRESSION_STEPS - 1 - k]
        weight = k / (1.0 + k)
        dx, dy = x - mean_x, y - mean_y
        spread += dx * dx * weight
        joint += dx * dy * weight
        mean_x += dx / (1.0 + k)
        mean_y += dy / (1.0 + k)
        sum_x += x
        sum_y += y
    slope = joint / spread
    intercept = (sum_y - slope * sum_x) / REGRESSION_STEPS
    return bool((intercept + slope * (REGRESSION_STEPS + steps_ahead)) * parameter >= 1)


@compiled
def _tricube() -> Floats:
    """Weights of values 1 ... 10, oldest first, by distance from the newest; the oldest weighs nothing."""
    weights = np.empty(REGRESSION_STEPS)
    for k in range(REGRESSION_STEPS):
        distance = (REGRESSION_STEPS - 1.0 - k) / (REGRESSION_STEPS - 1.0)
        weights[k] = (1 - distance**3) ** 3
    return weights


@compiled
def _line(history: Floats, weights: Floats) -> tuple[float, float]:
    """Intercept and slope of the weighted line through the last values at 1 ... 10, oldest first."""
    total, sum_x, sum_y = 0.0, 0.0, 0.0
    for k in range(REGRESSION_STEPS):
        total += weights[k]
        sum_x += weights[k] * (k + 1)
        sum_y += weights[k] * history[REGRESSION_STEPS - 1 - k]
    mean_x, mean_y = sum_x / total, sum_y / total
    spread, joint = 0.0, 0.0
    for k in range(REGRESSION_STEPS):
        dx = k + 1 - mean_x
        spread += weights[k] * dx * dx
        joint += weights[k] * dx * (history[REGRESSION_STEPS - 1 - k] - mean_y)
    slope = joint / spread if spread > 0 else 0.0
    return mean_y - slope * mean_x, slope


@compiled
def _foreseen(history: Floats, weights: Floats, steps_ahead: float) -> float:
    intercept, slope = _line(history, weights)
    return intercept + slope * (REGRESSION_STEPS + steps_ahead)
