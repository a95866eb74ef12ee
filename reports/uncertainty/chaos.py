"""Sparse polynomial chaos: a polynomial in the probabilities of the drawn quantities.

The worlds of a study are a design in the unit cube, one dimension for each quantity. A figure is fitted
there by Legendre polynomials that are orthonormal on [0, 1], so that variances of parts of it are sums
of squared coefficients (Sudret 2008, doi 10.1016/j.ress.2007.04.002). Among a hundred quantities few
matter: terms are added one by one, the one that goes best with what is left first (orthogonal matching
pursuit: Pati et al. 1993, doi 10.1109/ACSSC.1993.342465). How many are kept, and up to which degree, is
what predicts worlds left out best; terms are chosen anew without them (ten-fold cross-validation). Among a
thousand candidates some go with anything: products need a quantity that shows by itself, and a polynomial
that predicts no more than one fitted to chance might is not used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Term = tuple[tuple[int, int], ...]  # (column, degree > 0) of each factor

FEWEST_WORLDS = 8
DEGREES = (1, 2, 3, 5, 8)
FOLDS = 10
CHANCE = 1.75  # over the root of the number of worlds: q2 that terms chosen among many may reach on noise
MOST_CANDIDATES = 1500
MOST_CELLS = 4_000_000  # of the matrix of candidates
CANDIDATES_PER_WORLD = 20
MOST_TERMS = 60
MOST_TERMS_SHARE = 1 / 3  # of the number of worlds
SCREENED = 12  # quantities that may have products and degrees above two


@dataclass(frozen=True)
class Chaos:
    """A fitted polynomial.

    Attributes:
        terms: without the constant.
        constant, coefficients: of the orthonormal polynomials; shape () and (terms,).
        q2: 1 - squared error on worlds left out over the variance; 0 if nothing predicts better than the
            mean. What is missing to 1 is noise of the worlds' own (failures, estates) and what the
            polynomial does not see.
        variance: of the figure over the worlds.
    """

    terms: tuple[Term, ...]
    constant: float
    coefficients: Floats
    q2: float
    variance: float

    def __call__(self, points: Floats) -> Floats:
        """The polynomial at points of the unit cube, shape (points, quantities) -> (points,)."""
        return np.asarray(self.constant + matrix(self.terms, points) @ self.coefficients)


def legendre(degree: int, points: Floats) -> Floats:
    """The orthonormal Legendre polynomial of a degree on [0, 1]."""
    return np.asarray(
        math.sqrt(2 * degree + 1) * np.polynomial.legendre.Legendre.basis(degree)(2.0 * points - 1.0)
    )


def matrix(terms: Sequence[Term], points: Floats) -> Floats:
    """Values of terms at points, shape (points, terms)."""
    cache: dict[tuple[int, int], Floats] = {}
    columns = np.ones((len(points), len(terms)))
    for row, term in enumerate(terms):
        for factor in term:
            if factor not in cache:
                cache[factor] = legendre(factor[1], points[:, factor[0]])
            columns[:, row] *= cache[factor]
    return columns


def fit(points: Floats, values: Floats) -> Chaos:
    """The polynomial that predicts worlds left out best.

    Args:
        points: probabilities drawn, shape (worlds, quantities), each in (0, 1).
        values: the figure, shape (worlds,), finite.
    """
    variance = float(values.var())
    best = Chaos((), float(values.mean()), np.zeros(0), 0.0, variance)
    if len(values) < FEWEST_WORLDS or variance <= 0:
        return best
    for degree in DEGREES:
        found = _pursue(points, values, _candidates(points, values, best, degree))
        if found.q2 > max(best.q2, CHANCE / math.sqrt(len(values))):
            best = found
        elif degree > 2:
            break
    return best


def refit(chaos: Chaos, points: Floats, values: Floats) -> Chaos:
    """The same terms fitted to other worlds."""
    columns = np.column_stack([np.ones(len(values)), matrix(chaos.terms, points)])
    found = np.linalg.lstsq(columns, values, rcond=None)[0]
    return Chaos(
        chaos.terms, float(found[0]), np.asarray(found[1:], dtype=np.float64), chaos.q2, float(values.var())
    )


def _candidates(points: Floats, values: Floats, sofar: Chaos, degree: int) -> list[Term]:
    """Terms to choose among: each quantity alone up to degree two, the strongest with all products."""
    worlds, count = points.shape
    found: dict[Term, None] = {((i, d),): None for d in range(1, min(degree, 2) + 1) for i in range(count)}
    if degree == 1:
        return list(found)
    most = min(MOST_CANDIDATES, MOST_CELLS // worlds, CANDIDATES_PER_WORLD * worlds)
    strong = _strongest(points, values, sofar)
    shows = {column for term in sofar.terms for column, _ in term}
    for total in range(2, degree + 1):
        for term in _of_degree(strong, total):
            if len(found) >= max(most, 2 * count):
                return list(found)
            if shows.intersection(column for column, _ in term):
                found[term] = None
    return list(found)


def _strongest(points: Floats, values: Floats, sofar: Chaos) -> list[int]:
    """The quantities that explain most so far, then those that go best with what is left."""
    weight: dict[int, float] = {}
    for term, coefficient in zip(sofar.terms, sofar.coefficients, strict=True):
        for column, _ in term:
            weight[column] = weight.get(column, 0.0) + float(coefficient) ** 2
    left = values - sofar(points)
    go = np.abs(legendre(1, points).T @ left) + np.abs(legendre(2, points).T @ left)
    order = sorted(range(points.shape[1]), key=lambda i: (-weight.get(i, 0.0), -go[i], i))
    return sorted(order[:SCREENED])


def _of_degree(columns: Sequence[int], total: int) -> list[Term]:
    """Products of at most three quantities whose degrees sum to a total."""
    found: list[Term] = [((i, total),) for i in columns]
    for size in (2, 3):
        for chosen in combinations(columns, size):
            found += [tuple(zip(chosen, split, strict=True)) for split in _splits(total, size)]
    return found


def _splits(total: int, parts: int) -> list[tuple[int, ...]]:
    if parts == 1:
        return [(total,)] if total > 0 else []
    return [(first, *rest) for first in range(1, total) for rest in _splits(total - first, parts - 1)]


def _pursue(points: Floats, values: Floats, candidates: Sequence[Term]) -> Chaos:
    """As many terms, in the order of pursuit, as predict worlds left out best."""
    worlds = len(values)
    most = max(1, min(MOST_TERMS, int(MOST_TERMS_SHARE * worlds)))
    columns = matrix(candidates, points)
    fold = np.arange(worlds) % FOLDS
    errors = np.zeros(most + 1)
    for part in range(FOLDS):
        out = fold == part
        errors += _path(columns[~out], values[~out], most, columns[out], values[out])[1]
    count = int(np.argmin(errors))
    terms = tuple(candidates[row] for row in _path(columns, values, count)[0])
    variance = float(values.var())
    q2 = 1.0 - float(errors[len(terms)]) / float(errors[0])
    return refit(Chaos(terms, 0.0, np.zeros(len(terms)), q2, variance), points, values)


def _path(
    columns: Floats, values: Floats, most: int, out: Floats | None = None, out_values: Floats | None = None
) -> tuple[list[int], Floats]:
    """Pursuit of a number of terms.

    Returns:
        Rows of the candidates in the order taken, and squared errors on the worlds left out with 0, 1 ...
        terms, shape (most + 1,).
    """
    means, mean = columns.mean(axis=0), float(values.mean())
    inside, left = columns - means, values - mean
    norms = np.linalg.norm(inside, axis=0)
    usable = norms > 1e-9 * math.sqrt(len(values))
    basis, outside = np.empty((len(values), most)), np.empty((0 if out is None else len(out), most))
    rest = np.zeros(0) if out is None or out_values is None else out_values - mean
    errors = np.full(most + 1, float(rest @ rest))
    taken: list[int] = []
    while len(taken) < most and usable.any():
        row = int(np.argmax(np.where(usable, np.abs(left @ inside) / np.where(usable, norms, 1.0), -1.0)))
        usable[row] = False
        size = len(taken)
        parts = basis[:, :size].T @ inside[:, row]
        direction = inside[:, row] - basis[:, :size] @ parts
        length = float(np.linalg.norm(direction))
        if length <= 1e-7 * norms[row]:
            continue
        basis[:, size] = direction / length
        step = float(basis[:, size] @ left)
        left = left - step * basis[:, size]
        if out is not None:
            outside[:, size] = (out[:, row] - means[row] - outside[:, :size] @ parts) / length
            rest = rest - step * outside[:, size]
        taken.append(row)
        errors[len(taken) :] = float(rest @ rest)
    return taken, errors
