"""Which component leaves an overloaded host? MMT, MC, RS and MU of Beloglazov and Buyya (2012).

A selector is a plain function ``(ram_mb, demand_mips, utilisation, history, uniform) -> int``. The arrays
hold the host's movable components in list order; ``history`` is (components, steps), utilisation newest
first; ``uniform`` is a random number in (0, 1) for this pick. It returns a position in those arrays.
"""

# ruff: noqa: ARG001 (a protocol's functions take what it names, whether they need it or not)

from __future__ import annotations

from typing import Protocol

import numpy as np

from ...optimize.compiled import compiled
from .arrays import Floats


class Selector(Protocol):
    """Picks one of a host's movable components."""

    def __call__(
        self, ram_mb: Floats, demand_mips: Floats, utilisation: Floats, history: Floats, uniform: float
    ) -> int: ...


def minimum_migration_time(
    ram_mb: Floats, demand_mips: Floats, utilisation: Floats, history: Floats, uniform: float
) -> int:
    """MMT: the least memory, so the shortest move; the first of equals."""
    return int(np.argmin(ram_mb))


def minimum_utilisation(
    ram_mb: Floats, demand_mips: Floats, utilisation: Floats, history: Floats, uniform: float
) -> int:
    """MU: the least utilised now; the first of equals."""
    return int(np.argmin(utilisation))


def random_selection(
    ram_mb: Floats, demand_mips: Floats, utilisation: Floats, history: Floats, uniform: float
) -> int:
    """RS: any, with equal chances."""
    return int(uniform * len(ram_mb))


def maximum_correlation(
    ram_mb: Floats, demand_mips: Floats, utilisation: Floats, history: Floats, uniform: float
) -> int:
    """MC: the one whose history the others explain best (R^2); MMT where that cannot be computed."""
    n, steps = history.shape
    if n < 2 or steps < n:
        return int(np.argmin(ram_mb))
    best, position = 0.0, 0
    for k in range(n):
        explained = _explained(history, k)
        if explained == np.inf:
            return int(np.argmin(ram_mb))
        if explained > best:
            best, position = explained, k
    return position


@compiled
def _explained(history: Floats, k: int) -> float:
    """R^2 of row k regressed on the other rows with an intercept; inf where the rows depend on each other."""
    n, steps = history.shape
    design = np.empty((n, steps))  # one regressor a row: intercept, then the others
    design[0] = 1.0
    row = 1
    for j in range(n):
        if j != k:
            design[row] = history[j]
            row += 1
    beta = _least_squares(design, history[k])
    if np.isinf(beta[0]):
        return np.inf
    missed, spread, mean = 0.0, 0.0, 0.0
    for t in range(steps):
        miss = history[k, t] - mean
        mean += miss / (t + 1.0)
        spread += t * miss * (miss / (t + 1.0))
        fitted = 0.0
        for j in range(n):
            fitted += design[j, t] * beta[j]
        missed += (history[k, t] - fitted) * (history[k, t] - fitted)
    return 1 - missed / spread


@compiled
def _least_squares(design: Floats, wanted: Floats) -> Floats:
    """Coefficients by Householder reflections; all inf where a column is exactly spent."""
    n, steps = design.shape
    work, right = design.copy(), wanted.copy()
    diagonal = np.empty(n)
    for i in range(n):
        norm = 0.0
        for t in range(i, steps):
            norm += work[i, t] * work[i, t]
        alpha = -np.sqrt(norm) if work[i, i] > 0 else np.sqrt(norm)
        diagonal[i] = alpha
        if alpha == 0.0:
            return np.full(n, np.inf)
        work[i, i] -= alpha
        for j in range(i + 1, n):
            _reflect(work[j], work[i], i, alpha)
    for i in range(n):
        _reflect(right, work[i], i, diagonal[i])
    beta = np.empty(n)
    for i in range(n - 1, -1, -1):
        total = right[i]
        for j in range(n - 1, i, -1):
            total -= work[j, i] * beta[j]
        beta[i] = total / diagonal[i]
    return beta


@compiled
def _reflect(target: Floats, mirror: Floats, start: int, alpha: float) -> None:
    product = 0.0
    for t in range(start, len(target)):
        product -= target[t] * mirror[t]
    product /= alpha * mirror[start]
    for t in range(start, len(target)):
        target[t] -= product * mirror[t]
