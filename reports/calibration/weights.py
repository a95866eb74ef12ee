"""Importance weights: Pareto-smoothed, with their effective number, and statistics under them.

The largest weights are replaced by quantiles of the generalised Pareto distribution fitted to them
(Vehtari, Simpson, Gelman, Yao and Gabry 2024, arXiv 1507.02646; fitted as Zhang and Stephens 2009,
doi 10.1198/tech.2009.08017). Its shape k says how heavy the tail is; unbounded weights can be relied on
below 0.7.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..quantiles import Floats

FEWEST_IN_TAIL = 5
TAIL_SHARE = 0.2
PRIOR_SHAPE, PRIOR_SIZE = 0.5, 10.0  # the shape is drawn towards 0.5 as if ten more weights had said so


@dataclass(frozen=True)
class Weights:
    """Weights of worlds.

    Attributes:
        share: shape (worlds,), adding up to 1; all 0 if no world is possible.
        effective: 1 / sum of squares, the number of equally weighted worlds that say as much.
        shape: k of the tail; infinite where too few worlds have any weight to tell.
    """

    share: Floats
    effective: float
    shape: float


def smoothed(log_weights: Floats) -> Weights:
    """Pareto-smoothed weights of their logarithms, shape (worlds,); -inf for what is impossible."""
    top = log_weights.max(initial=-np.inf)
    if not np.isfinite(top):
        return Weights(np.zeros(len(log_weights)), 0.0, math.inf)
    raw = np.exp(log_weights - top)
    found = int((raw > 0).sum())
    tail = int(min(TAIL_SHARE * found, 3 * math.sqrt(found)))
    shape = math.inf
    if tail >= FEWEST_IN_TAIL:
        order = np.argsort(raw, kind="stable")
        last, cut = order[-tail:], raw[order[-tail - 1]]
        excess = raw[last] - cut
        if excess[0] < excess[-1]:
            shape, scale = pareto(np.maximum(excess, excess[-1] * 1e-12))
            levels = (np.arange(tail) + 0.5) / tail
            raw[last] = np.minimum(cut + _pareto_quantiles(levels, shape, scale), 1.0)
        else:
            shape = -math.inf  # all alike: nothing in the tail stands out
    share = raw / raw.sum()
    return Weights(share, float(1.0 / (share**2).sum()), shape)


def pareto(excess: Floats) -> tuple[float, float]:
    """Shape k and scale of a generalised Pareto distribution fitted to sorted positive values."""
    count = len(excess)
    tries = 30 + int(math.sqrt(count))
    quarter = excess[int(count / 4 + 0.5) - 1]
    theta = 1 / excess[-1] + (1 - np.sqrt(tries / (np.arange(1, tries + 1) - 0.5))) / (3 * quarter)
    shapes = np.log1p(-theta[:, None] * excess).mean(axis=1)
    profile = count * (np.log(-theta / shapes) - shapes - 1)
    chosen = np.exp(profile - profile.max())
    at = float((theta * chosen).sum() / chosen.sum())
    shape = float(np.log1p(-at * excess).mean())
    scale = -shape / at
    return (shape * count + PRIOR_SHAPE * PRIOR_SIZE) / (count + PRIOR_SIZE), scale


def _pareto_quantiles(levels: Floats, shape: float, scale: float) -> Floats:
    if abs(shape) < 1e-9:
        return np.asarray(-scale * np.log1p(-levels))
    return np.asarray(scale * np.expm1(-shape * np.log1p(-levels)) / shape)


def quantiles(values: Floats, share: Floats, levels: tuple[float, ...]) -> Floats:
    """Values below which the weight reaches each level, interpolated; shape (levels,)."""
    kept = share > 0
    order = np.argsort(values[kept], kind="stable")
    ordered, weight = values[kept][order], share[kept][order]
    middles = (np.cumsum(weight) - weight / 2) / weight.sum()
    return np.asarray(np.interp(levels, middles, ordered))


def mean(values: Floats, share: Floats) -> float:
    """Weighted mean; values of no weight may be anything."""
    # sums, not products of vectors: these are spread over threads, which costs more than it brings here
    return float((np.where(share > 0, values, 0.0) * share).sum() / share.sum())


def deviation(values: Floats, share: Floats) -> float:
    """Weighted standard deviation."""
    return math.sqrt(max(0.0, mean((values - mean(values, share)) ** 2, share)))


def rank_correlation(one: Floats, other: Floats, share: Floats) -> float:
    """Correlation of ranks under weights; 0 where one of them does not vary."""
    kept = share > 0
    a, b = (_ranks(values[kept], share[kept]) for values in (one, other))
    spread = deviation(a, share[kept]) * deviation(b, share[kept])
    both = mean((a - mean(a, share[kept])) * (b - mean(b, share[kept])), share[kept])
    return both / spread if spread > 0 else 0.0


def _ranks(values: Floats, share: Floats) -> Floats:
    """The weight below each value, half its own (and that of its equals) included."""
    _, row = np.unique(values, return_inverse=True)
    weight = np.bincount(row, weights=share)
    return np.asarray((np.cumsum(weight) - weight / 2)[row])
