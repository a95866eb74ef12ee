"""The demand model's noise in closed form: from variances and correlations to s and its shares, and back.

Relative demand is x = (1 + s z)^2 / (1 + s^2), z a weighted sum of independent uniforms of mean 0 and
variance 1. With w_k the variance shares of the parts of z,

    E z^4 = 3 - 1.2 sum w_k^2,      Var x = (4 s^2 + s^4 (E z^4 - 1)) / (1 + s^2)^2

and of two x whose z share the parts A with total share r,

    Cov(x, x') = (4 s^2 r + s^4 (2 r^2 - 1.2 sum over A of w_k^2)) / (1 + s^2)^2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EXCESS = 1.2  # minus the excess kurtosis of a uniform
MOST_NOISE = 0.5
ROUNDS = 60


@dataclass(frozen=True)
class Shares:
    """Shares of z's variance: of the class, and of the component's day, hour and step.

    What is common to the class lasts an hour in the same proportion as what is the component's own and
    does not last a day.
    """

    common: float
    day: float
    hour: float

    @property
    def step(self) -> float:
        """Share of the component's own step."""
        return max(0.0, 1 - self.common - self.day - self.hour)

    @property
    def lasting(self) -> float:
        """Share of an hour in what does not last a day: k."""
        rest = self.hour + self.step
        return self.hour / rest if rest > 0 else 0.0

    @property
    def common_parts(self) -> tuple[float, float]:
        """Shares of what is common for an hour, and for a step."""
        return self.common * self.lasting, self.common * (1 - self.lasting)

    @property
    def fourth(self) -> float:
        """E z^4."""
        return 3 - EXCESS * sum(w * w for w in (*self.common_parts, self.day, self.hour, self.step))


def variance(s: float, fourth: float) -> float:
    """Var x."""
    return (4 * s**2 + s**4 * (fourth - 1)) / (1 + s**2) ** 2


def covariance(s: float, *parts: float) -> float:
    """Cov(x, x') of two demands whose z share parts of these variance shares."""
    r = sum(parts)
    shared = s**4 * (2 * r**2 - EXCESS * sum(w * w for w in parts))
    return (4 * s**2 * r + shared) / (1 + s**2) ** 2


def noise_of(variances: Floats, fourth: float) -> Floats:
    """s of variances of x: the smaller root of the quadratic in s^2; at most 0.5, the model's limit."""
    k = fourth - 1
    v = np.asarray(variances, dtype=np.float64)
    root = np.sqrt(np.maximum((4 - 2 * v) ** 2 - 4 * (v - k) * v, 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        squared = 2 * v / (4 - 2 * v + root)
    beyond = (squared < 0) | ~np.isfinite(squared) | (v >= variance(MOST_NOISE, fourth))
    return np.where(beyond, MOST_NOISE, np.sqrt(np.maximum(squared, 0)))


def shares_of(s: float, day: float, hour: float, common: float) -> Shares:
    """Shares of z that give these correlations of x.

    Args:
        day: of one component at two hours of a day.
        hour: of one component at two steps of an hour, minus ``day``.
        common: of two components at one step.
    """
    target = np.clip([common, day, day + hour], 0, 1)
    found = Shares(float(target[0]), float(target[1]), float(target[2] - target[1]) * (1 - float(target[0])))
    for _ in range(ROUNDS):
        total = variance(s, found.fourth)
        if not total:
            break
        lasting, _ = found.common_parts
        reached = (
            covariance(s, *found.common_parts),
            covariance(s, found.day),
            covariance(s, lasting, found.day, found.hour),
        )
        gap = target - np.array(reached) / total
        slope = 1 + found.common / max(found.hour + found.step, 1e-9)  # more hour is more common hour too
        moved = (found.common + gap[0], found.day + gap[1], found.hour + (gap[2] - gap[1]) / slope)
        parts = np.clip(moved, 0, 1)
        parts /= max(1.0, float(parts.sum()))
        found = Shares(*(float(part) for part in parts))
    return found
