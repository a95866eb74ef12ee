"""The chance that the demand on a host exceeds its throughput, hour class by hour class.

The demand of a host is given the law of the workload model, ``m (1 + s z)^2 / (1 + s^2)`` with normal
``z``, of the same mean and variance: sums of such terms keep the ratio of skewness to spread, and normal
``z`` has longer tails than the model's uniform noise. Where the normal law says more, that is taken. So a
share of overload is a sum over the classes of hours, each counted with its share of the hours.
"""

from __future__ import annotations

from math import erfc, exp, log, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled, inner

Floats = NDArray[np.float64]

# Beyond so many standard deviations a chance counts as none (1e-12 and less).
FAR = 12.0
ROOT_TWO = sqrt(2.0)
ROOT_TWO_PI = sqrt(2.0 * pi)
NEWTON_STEPS = 40
EXACT = 1e-10


@inner
def chance_over(mean: float, variance: float, capacity: float) -> float:
    """Chance that demand of this mean and variance exceeds a capacity."""
    room = capacity - mean
    if variance <= 0.0:
        return 0.0 if room >= -EXACT * capacity else 1.0
    if room > 0.0 and room * room > FAR * FAR * variance and 4.0 * variance < mean * mean:
        return 0.0
    half = 0.5 * variance / (mean * mean)
    if half < 0.98:
        # With q = 1 / (1 + s^2): variance / mean^2 = 2 (1 - q^2).
        q = sqrt(1.0 - half)
        excess = 1.0 / q - 1.0
        away = (sqrt(capacity / (mean * q)) - 1.0) / sqrt(excess)
        # Beyond this the skewed law is the higher one for certain: (z^2 - 1) s / 2 outweighs the rest.
        if excess > 1.0 or away < 1.3:
            away = min(away, room / sqrt(variance))
        return 0.5 * erfc(away / ROOT_TWO)
    away = room / sqrt(variance)
    if away > 0.0:
        return 1.0 / (1.0 + away * away)  # Cantelli: holds for every law
    return 0.5 * erfc(away / ROOT_TWO)


@compiled
def overload_share(mean: Floats, variance: Floats, weights: Floats, capacity: float) -> float:
    """Share of hours in which a host is over its capacity; 1 where its mean alone is, in any class of hours.

    Args:
        mean, variance: of its demand, shape (classes of hours,).
        weights: share of the hours in each class, shape (classes of hours,).
    """
    share = 0.0
    for t in range(len(mean)):
        if mean[t] > capacity * (1.0 + EXACT):
            return 1.0
        share += weights[t] * chance_over(mean[t], variance[t], capacity)
    return share


@inner
def least_margin(spread: Floats, weights: Floats, allowed: float, start: float) -> tuple[float, float]:
    """The least ``sum(spread z)`` over ``z >= 0`` with ``sum(weights Q(z)) <= allowed``, from below.

    Q is the tail of the normal law, convex for ``z >= 0``: for any price of overload the Lagrangian bound
    has a closed form, and holds. The best price is found by bisection on its logarithm.

    Args:
        spread: >= 0, shape (classes of hours,); where it is 0 the chance counts as none.
        start: logarithm of a price to start from.

    Returns:
        The bound, and the logarithm of its price.
    """
    low, high = start - 1.0, start + 1.0
    while _chance_at(spread, weights, low) < allowed and low > -80.0:
        low -= 4.0
    while _chance_at(spread, weights, high) > allowed and high < 80.0:
        high += 4.0
    for _ in range(NEWTON_STEPS):
        middle = 0.5 * (low + high)
        if high - low < 1e-3:
            break
        if _chance_at(spread, weights, middle) > allowed:
            low = middle
        else:
            high = middle
    price, total, chance = exp(high), 0.0, 0.0
    for t in range(len(spread)):
        if spread[t] > 0.0:
            z = _z_at(spread[t], weights[t], high)
            total += spread[t] * z
            chance += weights[t] * 0.5 * erfc(z / ROOT_TWO)
    return max(total + price * (chance - allowed), 0.0), high


@inner
def _z_at(spread: float, weight: float, log_price: float) -> float:
    """The z >= 0 that minimises ``spread z + price weight Q(z)``."""
    depth = log_price + log(weight / (spread * ROOT_TWO_PI))
    return sqrt(2.0 * depth) if depth > 0.0 else 0.0


@inner
def _chance_at(spread: Floats, weights: Floats, log_price: float) -> float:
    chance = 0.0
    for t in range(len(spread)):
        if spread[t] > 0.0:
            chance += weights[t] * 0.5 * erfc(_z_at(spread[t], weights[t], log_price) / ROOT_TWO)
    return chance
