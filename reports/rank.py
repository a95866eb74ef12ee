"""What goes with a figure: rank correlation of every drawn quantity with it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..scenarios.loader import quantities
from .books import Books
from .quantiles import Floats

TWO_SIDED_95 = 1.96
FEWEST_WORLDS = 3
GRADES = ("S", "W", "A")


@dataclass(frozen=True)
class Driver:
    """Spearman's rank correlation of one quantity with a figure."""

    path: str
    unit: str
    grade: str
    correlation: float


def chance(worlds: int) -> float:
    """What a rank correlation reaches by chance alone in 95 of 100 cases."""
    return min(1.0, TWO_SIDED_95 / math.sqrt(max(2, worlds) - 1))


def rank_correlations(books: Books, values: Floats) -> tuple[Driver, ...]:
    """All quantities that differ between worlds, strongest first.

    Args:
        values: the figure in each world, shape (worlds,).
    """
    if len(values) < FEWEST_WORLDS or values.min() == values.max():
        return ()
    ranks = _ranks(values)
    found = []
    for path, quantity in quantities(books.scenario).items():
        drawn = books.drawn(path)
        if drawn.min() < drawn.max():
            r = float(np.corrcoef(_ranks(drawn), ranks)[0, 1])
            found.append(Driver(path, quantity.unit or "1", quantity.grade, r))
    return tuple(sorted(found, key=lambda d: (-abs(d.correlation), d.path)))


def by_grade(drivers: Sequence[Driver], worlds: int) -> dict[str, float]:
    """Share of the spread that goes with quantities of each grade: of squared correlations beyond chance."""
    squares = dict.fromkeys(GRADES, 0.0)
    for driver in drivers:
        if abs(driver.correlation) > chance(worlds):
            squares[driver.grade] += driver.correlation**2
    total = sum(squares.values())
    return {grade: square / total if total else 0.0 for grade, square in squares.items()}


def weighted_median(values: Floats, weights: Floats) -> float:
    """The value below which half the weight lies, interpolated between neighbours."""
    order = np.argsort(values, kind="stable")
    ordered, weight = values[order], weights[order]
    middles = (np.cumsum(weight) - weight / 2) / weight.sum()
    kept = weight > 0
    return float(np.interp(0.5, middles[kept], ordered[kept]))


def _ranks(values: Floats) -> Floats:
    """Ranks, ties sharing their mean."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(values), dtype=np.float64)
