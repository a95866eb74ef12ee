"""Closed forms of queueing theory, and intervals to hold simulated means against them."""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

Floats = NDArray[np.float64]

CONFIDENCE = 0.999


def erlang_b(teams: int, load: float) -> float:
    """Share of Poisson arrivals that find all teams busy where nobody waits; load in erlang."""
    blocked = 1.0
    for n in range(1, teams + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(teams: int, load: float) -> float:
    """Share of Poisson arrivals that wait where everybody may, in M/M/c."""
    blocked = erlang_b(teams, load)
    return teams * blocked / (teams - load * (1 - blocked))


def finite_source(machines: int, teams: int, ratio: float) -> Floats:
    """M/M/c/K/K: probability of each number of machines down, shape (machines + 1,).

    Args:
        ratio: rate of failure of one machine over rate of repair of one team.
    """
    weights = np.ones(machines + 1)
    for n in range(1, machines + 1):
        weights[n] = weights[n - 1] * (machines - n + 1) * ratio / min(n, teams)
    return np.asarray(weights / weights.sum())


def binomial(n: int, p: float) -> Floats:
    """Probability of each count of n, shape (n + 1,)."""
    return np.array([comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)])


def half_width(samples: Floats) -> float:
    """Of the interval of CONFIDENCE around the mean of independent samples."""
    quantile = t.ppf((1 + CONFIDENCE) / 2, len(samples) - 1)
    return float(quantile * samples.std(ddof=1) / np.sqrt(len(samples)))


def batches(values: Floats, count: int = 30, warm_up: float = 0.1) -> Floats:
    """Batch means of what one long run gives, its beginning left out, shape (count,)."""
    kept = values[int(warm_up * len(values)) :]
    size = len(kept) // count
    return np.asarray(kept[: size * count].reshape(count, size).mean(axis=1))
