"""Power laws: what a part of the books grows with, found among a hundred drawn quantities.

A booking is an amount times a price, and amounts are products too: rooms times staff a room, servers times
watts times hours. So the logarithm of a part is close to linear in the logarithms of what is drawn, and a few
terms do. They are chosen one by one, the one that goes best with what is left first, until the extended
Bayesian information criterion (Chen and Chen 2008, doi 10.1093/biomet/asn034) says that one more might go as
well by chance among so many.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..quantiles import Floats

FEWEST_WORLDS = 8  # in which a part is booked at all
MOST_TERMS = 8
WORLDS_PER_TERM = 4
EXACT = 1e-12  # of the variance: what is left then is rounding


@dataclass(frozen=True)
class Law:
    """A sum of features: ``constant + features @ weights``.

    Attributes:
        weights: shape (features,), 0 for most.
    """

    constant: float
    weights: Floats

    def __call__(self, features: Floats) -> Floats:
        """Values at features, shape (worlds, features) -> (worlds,)."""
        return np.asarray(self.constant + features @ self.weights, dtype=np.float64)


@dataclass(frozen=True)
class PowerLaw:
    """A part as ``level * exp(log)``; ``log`` has only zeros where the part does not follow any.

    Attributes:
        log: the law of the logarithm, without the level.
        level: makes the mean right, also over worlds in which the part is 0; has the part's sign.
    """

    log: Law
    level: float

    def __call__(self, features: Floats) -> Floats:
        """Means of the part at features, shape (worlds, features) -> (worlds,)."""
        return np.asarray(self.level * np.exp(self.log(features)))


def linear(features: Floats, values: Floats) -> Law:
    """The few features that predict values best.

    Args:
        features: shape (worlds, features).
        values: shape (worlds,).
    """
    worlds, count = features.shape
    means, mean = features.mean(axis=0), float(values.mean())
    inside, left = features - means, values - mean
    weights = np.zeros(count)
    whole = float(left @ left)
    if whole <= EXACT * worlds * mean**2:
        return Law(mean, weights)
    taken = _pursued(inside, left, min(MOST_TERMS, worlds // WORLDS_PER_TERM))
    if taken:
        weights[taken] = np.linalg.lstsq(inside[:, taken], left, rcond=None)[0]
    return Law(mean - float(means @ weights), weights)


def _pursued(inside: Floats, left: Floats, most: int) -> list[int]:
    """Rows of the centred features taken, in order, as many as the criterion allows."""
    worlds, count = inside.shape
    norms = np.linalg.norm(inside, axis=0)
    usable = norms > 0
    basis = np.empty((worlds, most))
    taken: list[int] = []
    whole = float(left @ left)
    each = math.log(worlds) + 2.0 * math.log(count)
    best, kept = worlds * math.log(whole), 0
    while len(taken) < most and usable.any():
        row = int(np.argmax(np.where(usable, np.abs(left @ inside) / np.where(usable, norms, 1.0), -1.0)))
        usable[row] = False
        size = len(taken)
        direction = inside[:, row] - basis[:, :size] @ (basis[:, :size].T @ inside[:, row])
        length = float(np.linalg.norm(direction))
        if length <= 1e-7 * norms[row]:
            continue
        basis[:, size] = direction / length
        left = left - (basis[:, size] @ left) * basis[:, size]
        taken.append(row)
        rest = max(float(left @ left), EXACT * whole)
        found = worlds * math.log(rest) + len(taken) * each
        if found < best:
            best, kept = found, len(taken)
        if rest <= EXACT * whole:
            break
    return taken[:kept]


def power_law(features: Floats, values: Floats, amounts: Floats | None) -> PowerLaw:
    """What a part of the books grows with.

    Args:
        features: shape (worlds, features).
        values: the part in each world, shape (worlds,).
        amounts: what the part is a price of, if known: amount and price are then fitted each by itself,
            and their weights added.
    """
    there = values != 0
    nothing = PowerLaw(Law(0.0, np.zeros(features.shape[1])), float(values.mean()))
    if there.sum() < FEWEST_WORLDS or (values[there] > 0).any() == (values[there] < 0).any():
        return nothing
    known, size = features[there], np.abs(values[there])
    if amounts is not None and (amounts[there] > 0).all():
        amount = linear(known, np.log(amounts[there]))
        price = linear(known, np.log(size / amounts[there]))
        log = Law(amount.constant + price.constant, amount.weights + price.weights)
    else:
        log = linear(known, np.log(size))
    return PowerLaw(log, float(values.sum() / np.exp(log(known)).sum() * there.mean()))
