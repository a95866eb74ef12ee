"""Sobol indices and tornado of a figure, from the worlds there are.

The first-order index of a quantity is the share of the figure's variance that goes if it is known; the
total index the share that stays if everything else is known (Sobol 1993; Homma and Saltelli 1996,
doi 10.1016/0951-8320(96)00002-6). With Legendre polynomials that are orthonormal over the draws both are sums
of squared coefficients, and a coefficient is a mean over the worlds, c = E[y psi(u)].

A polynomial fitted to all worlds chooses, among hundreds of terms, those that go with the figure in these
very worlds, chance included. So c is taken with polynomials f that were fitted *without* the world at hand:

    h_w = c_f + psi(u_w) (y_w - f(u_w)),    c = mean of h_w,    s^2 = variance of h_w / worlds

(cross-fitting: if f is poor, c has more noise but no bias; Chernozhukov et al. 2018, doi 10.1111/ectj.12097).
c^2 is too large by s^2 in the mean, which is taken off.

*Chance level*: what the largest first-order index of quantities that do nothing stays below in 95 of 100
cases, with the signs of what f leaves unexplained drawn at random. What lies below cannot be told from chance
and is not listed. What lies above is listed because it came out large, so it is too large in the mean, the
more so the nearer to that level. Root of the index, spread over resampled worlds and level make a normal law
cut off below: the index stated is the one whose median would be what came out, the range goes from the one
that would give so much in 5 of 100 cases to the one that would in 95 (Lee et al. 2016,
doi 10.1214/15-AOS1371).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, Philox

from .chaos import FEWEST_WORLDS, FOLDS, Chaos, Floats, Term, fit, matrix

RESAMPLED = 400
RANGE = (0.05, 0.95)
HALVINGS = 50
ENDS = (0.1, 0.9)
PLAIN_DEGREES = (1, 2)  # that every quantity is looked at with, whatever the polynomial chose
CHANCE_LEVEL = 0.95


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
        q2: share of the spread that polynomials predict in worlds they were not fitted to; 0 if none.
        chance: first-order index below which nothing can be told from chance; 1 with too few worlds.
        indices: of quantities above it, the largest total first.
    """

    q2: float
    mean: float
    chance: float
    indices: tuple[Index, ...]


@dataclass(frozen=True)
class _Crossed:
    """Coefficients with each world left out of the fit.

    Attributes:
        terms: every quantity at ``PLAIN_DEGREES``, and all of the polynomial of all worlds.
        parts: h_w, shape (worlds, terms); their mean is the coefficient.
        noise: s^2 of each coefficient, shape (terms,).
        left: y_w - f(u_w), mean 0, shape (worlds,).
        values: the figure, shape (worlds,).
    """

    terms: tuple[Term, ...]
    parts: Floats
    noise: Floats
    left: Floats
    values: Floats


def sensitivity(paths: Sequence[str], points: Floats, values: Floats) -> Sensitivity:
    """Indices of a figure.

    Args:
        paths: names of the quantities.
        points: their probabilities in each world, shape (worlds, quantities).
        values: the figure, shape (worlds,), finite.
    """
    mean = float(values.mean())
    if len(values) < FEWEST_WORLDS or not points.shape[1] or values.var() <= 0:
        return Sensitivity(0.0, mean, 1.0, ())
    crossed = _crossed(points, values, fit(points, values))
    rng = Generator(Philox(key=len(values)))
    chance = _chance(crossed, points, rng)
    firsts, totals = (_members(crossed.terms, points.shape[1], alone=alone) for alone in (True, False))
    variance = float(values.var(ddof=1))
    squares = crossed.parts.mean(axis=0) ** 2 - crossed.noise
    first, total = (np.asarray(squares @ of / variance) for of in (firsts, totals))
    seen = np.flatnonzero(np.maximum(first, total) > chance)
    spreads = [_spread(crossed, of[:, seen], Generator(Philox(key=len(values)))) for of in (firsts, totals)]
    found = []
    for place, column in enumerate(seen.tolist()):
        (one, one_range), (all_, all_range) = (
            _listed(float(share[column]), float(spread[place]), chance)
            for share, spread in zip((first, total), spreads, strict=True)
        )
        found.append(Index(paths[column], one, one_range, all_, all_range, *_ends(crossed, column, mean)))
    found.sort(key=lambda index: (-index.total, index.path))
    q2 = 1.0 - float(crossed.left @ crossed.left) / float(((values - mean) ** 2).sum())
    return Sensitivity(float(np.clip(q2, 0.0, 1.0)), mean, chance, tuple(found))


def _crossed(points: Floats, values: Floats, whole: Chaos) -> _Crossed:
    """Coefficients of each world from polynomials fitted to the other folds."""
    plain: list[Term] = [((i, d),) for i in range(points.shape[1]) for d in PLAIN_DEGREES]
    terms = tuple(dict.fromkeys([*plain, *whole.terms]))
    columns, count = matrix(terms, points), len(values)
    fold = np.arange(count) % min(FOLDS, count)
    known, left = np.zeros((count, len(terms))), np.zeros(count)
    for part in range(int(fold.max()) + 1):
        out = fold == part
        other = fit(points[~out], values[~out])
        left[out] = values[out] - other(points[out])
        coefficients = dict(zip(other.terms, other.coefficients.tolist(), strict=True))
        known[out] = [coefficients.get(term, 0.0) for term in terms]
    left -= left.mean()
    noise = (columns * left[:, None]).var(axis=0, ddof=1) / count
    return _Crossed(terms, known + columns * left[:, None], np.asarray(noise), left, values)


def _members(terms: Sequence[Term], quantities: int, *, alone: bool) -> Floats:
    """Which terms count for which quantity: its own ones, or all it is in; shape (terms, quantities)."""
    found = np.zeros((len(terms), quantities))
    for row, term in enumerate(terms):
        if len(term) == 1 or not alone:
            found[row, [column for column, _ in term]] = 1.0
    return found


def _chance(crossed: _Crossed, points: Floats, rng: Generator) -> float:
    """Largest first-order index of quantities that do nothing, in ``CHANCE_LEVEL`` of cases."""
    count, quantities = points.shape
    signs = rng.choice((-1.0, 1.0), size=(RESAMPLED, count))
    largest = np.zeros((RESAMPLED, quantities))
    for degree in PLAIN_DEGREES:
        columns = matrix([((i, degree),) for i in range(quantities)], points) * crossed.left[:, None]
        largest += (signs @ columns / count) ** 2 - columns.var(axis=0, ddof=1) / count
    share = largest.max(axis=1) / crossed.values.var(ddof=1)
    return float(np.clip(np.quantile(share, CHANCE_LEVEL), 0.0, 1.0))


def _spread(crossed: _Crossed, members: Floats, rng: Generator) -> Floats:
    """Standard deviation of roots of indices over resampled worlds, shape (quantities,)."""
    count = len(crossed.values)
    drawn = np.empty((RESAMPLED, members.shape[1]))
    for row in range(RESAMPLED):
        worlds = rng.integers(count, size=count)
        squares = crossed.parts[worlds].mean(axis=0) ** 2 - crossed.noise
        variance = max(float(crossed.values[worlds].var(ddof=1)), np.finfo(float).tiny)
        drawn[row] = np.sqrt(np.maximum(squares @ members, 0.0) / variance)
    return np.asarray(drawn.std(axis=0))


def _listed(share: float, spread: float, chance: float) -> tuple[float, tuple[float, float]]:
    """An index and its range, knowing that it is listed because it came out above chance; see above."""
    root, level = math.sqrt(max(share, 0.0)), math.sqrt(chance)
    if root <= level:  # listed for its interactions
        level = -math.inf
    low, middle, high = (_root_with(root, spread, level, p) ** 2 for p in (RANGE[0], 0.5, RANGE[1]))
    return min(middle, 1.0), (min(low, 1.0), min(high, 1.0))


def _root_with(root: float, spread: float, level: float, wanted: float) -> float:
    """The true root with which so much, among what lies above a level, comes out with a probability."""
    if spread <= 0:
        return root

    def beyond(true: float) -> float:
        above = 0.5 * math.erfc((level - true) / spread / math.sqrt(2)) if level > -math.inf else 1.0
        return 0.5 * math.erfc((root - true) / spread / math.sqrt(2)) / above if above > 0 else 0.0

    low, high = 0.0, root + 10.0 * spread
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if beyond(middle) < wanted else (low, middle)
    return (low + high) / 2


def _ends(crossed: _Crossed, column: int, mean: float) -> tuple[float, float]:
    """Mean of the figure with one quantity at its P10 and P90, all others at large.

    Every term with another quantity in it has mean 0 over that quantity.
    """
    own = [row for row, term in enumerate(crossed.terms) if len(term) == 1 and term[0][0] == column]
    points = np.full((len(ENDS), column + 1), 0.5)
    points[:, column] = ENDS
    values = mean + matrix([crossed.terms[row] for row in own], points) @ crossed.parts[:, own].mean(axis=0)
    return float(values[0]), float(values[1])
