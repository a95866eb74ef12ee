"""What goes with a figure: partial rank correlation of the drawn quantities with it.

Among a hundred quantities some correlate with anything by chance, and the effect of a lesser one
drowns in that of the greater. So the strongest is taken first, its part is taken out of the figure
and of the other quantities (stepwise regression on ranks: Iman and Conover 1979,
doi 10.1080/00401706.1979.10489820), and so on while one stands out beyond chance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..scenarios.loader import quantities
from ..scenarios.quantity import Quantity
from .books import Books
from .quantiles import Floats

# The largest of a hundred correlations of unrelated quantities stays below so many standard
# deviations in 95 of 100 cases.
LARGEST_OF_HUNDRED = 3.5
FEWEST_WORLDS = 3
GRADES = ("S", "W", "A")
_TINY = 1e-12
_DIGITS = 12  # of a correlation: what rounding leaves of none is none, and equals stand by name


@dataclass(frozen=True)
class Driver:
    """One quantity and a figure, given the stronger quantities before it.

    Attributes:
        correlation: partial rank correlation.
        share: of the spread of the figure's ranks that it explains beyond the stronger ones; 0 for
            those that do not stand out beyond chance.
    """

    path: str
    unit: str
    grade: str
    correlation: float
    share: float


def chance(worlds: int) -> float:
    """What the strongest of a hundred unrelated quantities reaches at most, in 95 of 100 cases."""
    return min(1.0, LARGEST_OF_HUNDRED / math.sqrt(max(2, worlds) - 1))


def rank_correlations(books: Books, values: Floats) -> tuple[Driver, ...]:
    """All quantities that differ between worlds: those that stand out, then the rest, strongest first.

    Args:
        values: the figure in each world, shape (worlds,).
    """
    if len(values) < FEWEST_WORLDS or values.min() == values.max():
        return ()
    known = {path: q for path, q in quantities(books.scenario).items() if np.ptp(books.drawn(path)) > 0}
    paths = list(known)
    left = _standard(values)
    drawn = [_standard(books.drawn(path)) for path in paths]
    found: list[Driver] = []
    while len(found) < min(len(paths), len(values) - FEWEST_WORLDS):
        partial = [_correlation(column, left) for column in drawn]
        best = int(np.argmax(np.abs(partial)))
        if abs(partial[best]) <= chance(len(values) - len(found)):
            break
        direction = drawn[best] / _length(drawn[best])
        share = _product(direction, left) ** 2 / len(values)
        found.append(_driver(known, paths[best], partial[best], share))
        left = left - direction * _product(direction, left)
        drawn = [column - direction * _product(direction, column) for column in drawn]
    taken = {driver.path for driver in found}
    rest = [(p, _correlation(c, left)) for p, c in zip(paths, drawn, strict=True) if p not in taken]
    rest.sort(key=lambda pair: (-abs(pair[1]), pair[0]))
    return (*found, *(_driver(known, path, r, 0.0) for path, r in rest))


def by_grade(drivers: Sequence[Driver]) -> dict[str, float]:
    """Share of what the quantities that stand out explain, by their grade."""
    shares = {grade: math.fsum(d.share for d in drivers if d.grade == grade) for grade in GRADES}
    total = math.fsum(shares.values())
    return {grade: share / total if total else 0.0 for grade, share in shares.items()}


def weighted_median(values: Floats, weights: Floats) -> float:
    """The value below which half the weight lies, interpolated between neighbours."""
    order = np.argsort(values, kind="stable")
    ordered, weight = values[order], weights[order]
    middles = (np.cumsum(weight) - weight / 2) / weight.sum()
    kept = weight > 0
    return float(np.interp(0.5, middles[kept], ordered[kept]))


def _driver(known: Mapping[str, Quantity], path: str, correlation: float, share: float) -> Driver:
    return Driver(path, known[path].unit or "1", known[path].grade, correlation, share)


def _correlation(column: Floats, left: Floats) -> float:
    """Correlation of two columns of mean 0; 0 where nothing is left of one."""
    norms = _length(column) * _length(left)
    return round(_product(column, left) / norms, _DIGITS) if norms > _TINY * len(left) else 0.0


def _product(one: Floats, other: Floats) -> float:
    """Inner product, summed in one order on every machine; that of a BLAS depends on the processor."""
    return float((one * other).sum())


def _length(column: Floats) -> float:
    return math.sqrt(_product(column, column))


def _standard(values: Floats) -> Floats:
    """Ranks with mean 0 and standard deviation 1."""
    ranks = _ranks(values)
    return np.asarray((ranks - ranks.mean()) / ranks.std())


def _ranks(values: Floats) -> Floats:
    """Ranks, ties sharing their mean."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(values), dtype=np.float64)
