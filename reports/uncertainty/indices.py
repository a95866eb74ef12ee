"""Sobol indices and tornado of a figure, from the polynomial that stands in for the simulation.

The first-order index of a quantity is the share of the figure's variance that goes if it is known; the
total index the share that stays if everything else is known (Sobol 1993; Homma and Saltelli 1996,
doi 10.1016/0951-8320(96)00002-6). Their ranges are P5 to P95 of the same terms fitted to resampled worlds.
What the polynomial does not explain on worlds left out is stated beside them, not shared out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, Philox

from .chaos import Chaos, Floats, fit, matrix, refit

RESAMPLED = 200
RANGE = (0.05, 0.95)
ENDS = (0.1, 0.9)


@dataclass(frozen=True)
class Index:
    """One quantity and a figure.

    Attributes:
        first, total: Sobol indices, shares of the figure's variance over the worlds, with their ranges.
        low, high: mean of the figure with the quantity at its P10 and P90, in the figure's unit.
    """

    path: str
    first: float
    first_range: tuple[float, float]
    total: float
    total_range: tuple[float, float]
    low: float
    high: float


@dataclass(frozen=True)
class Sensitivity:
    """What a figure depends on.

    Attributes:
        q2: see ``chaos.Chaos``; the indices speak of this part of the spread.
        indices: of quantities in the polynomial, the largest total first; no other is seen to matter.
    """

    q2: float
    mean: float
    indices: tuple[Index, ...]


def sensitivity(paths: Sequence[str], points: Floats, values: Floats) -> Sensitivity:
    """Indices of a figure.

    Args:
        paths: names of the quantities.
        points: their probabilities in each world, shape (worlds, quantities).
        values: the figure, shape (worlds,), finite.
    """
    chaos = fit(points, values)
    columns = sorted({column for term in chaos.terms for column, _ in term})
    firsts, totals = _indices(chaos, columns)
    rng = Generator(Philox(key=len(values)))
    again = [_resampled(chaos, columns, points, values, rng) for _ in range(RESAMPLED if columns else 0)]
    found = []
    for row, column in enumerate(columns):
        first, total = (_range(np.array([draw[part][row] for draw in again])) for part in (0, 1))
        low, high = _ends(chaos, column, points.shape[1])
        found.append(Index(paths[column], firsts[row], first, totals[row], total, low, high))
    found.sort(key=lambda index: (-index.total, index.path))
    return Sensitivity(chaos.q2, float(values.mean()), tuple(found))


def _resampled(
    chaos: Chaos, columns: Sequence[int], points: Floats, values: Floats, rng: Generator
) -> tuple[list[float], list[float]]:
    rows = rng.integers(len(values), size=len(values))
    return _indices(refit(chaos, points[rows], values[rows]), columns)


def _indices(chaos: Chaos, columns: Sequence[int]) -> tuple[list[float], list[float]]:
    """First-order and total index of each column, shares of the figure's variance, at most 1 in sum."""
    parts = chaos.coefficients**2
    whole = max(chaos.variance, float(parts.sum()))
    firsts, totals = [], []
    for column in columns:
        within = np.array([any(c == column for c, _ in term) for term in chaos.terms])
        alone = np.array([len(term) == 1 for term in chaos.terms]) & within
        firsts.append(float(parts[alone].sum()) / whole if whole else 0.0)
        totals.append(float(parts[within].sum()) / whole if whole else 0.0)
    return firsts, totals


def _range(values: Floats) -> tuple[float, float]:
    low, high = np.quantile(values, RANGE)
    return float(low), float(high)


def _ends(chaos: Chaos, column: int, quantities: int) -> tuple[float, float]:
    """Mean of the polynomial with one quantity at its P10 and P90, all others at large.

    Every term with another quantity in it has mean 0 over that quantity.
    """
    points = np.full((len(ENDS), quantities), 0.5)
    points[:, column] = ENDS
    alone = [row for row, term in enumerate(chaos.terms) if len(term) == 1 and term[0][0] == column]
    values = chaos.constant + matrix([chaos.terms[row] for row in alone], points) @ chaos.coefficients[alone]
    return float(values[0]), float(values[1])
