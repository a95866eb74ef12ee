"""Figures over worlds: quantiles by Harrell and Davis, and the mean.

Harrell and Davis (1982, doi 10.1093/biomet/69.3.635) weigh all order statistics with a beta
distribution, which at about a hundred worlds varies less than one or two order statistics do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVELS = (0.1, 0.5, 0.9)


@lru_cache(maxsize=32)
def weights(count: int, level: float) -> Floats:
    """Weights of the order statistics, shape (count,)."""
    from scipy.special import betainc

    edges = betainc((count + 1) * level, (count + 1) * (1 - level), np.arange(count + 1) / count)
    return np.diff(np.asarray(edges, dtype=np.float64))


def quantiles(values: Floats, levels: tuple[float, ...] = LEVELS) -> Floats:
    """Harrell-Davis quantiles over the first axis, shape (worlds, ...) -> (levels, ...)."""
    values = np.asarray(values, dtype=np.float64)
    ordered = np.sort(values, axis=0)
    across = (len(values),) + (1,) * (values.ndim - 1)
    return np.stack([(weights(len(values), p).reshape(across) * ordered).sum(axis=0) for p in levels])


@dataclass(frozen=True)
class Stat:
    """One figure over all worlds; None where it does not exist, e.g. the payback of a loss."""

    p10: float | None
    p50: float | None
    p90: float | None
    mean: float | None
    unit: str

    @classmethod
    def of(cls, values: Floats, unit: str) -> Self:
        """Quantiles and mean of one value per world, shape (worlds,)."""
        if not np.isfinite(values).all():
            return cls.of_times(values, unit)
        low, middle, high = (float(q) for q in quantiles(values))
        return cls(low, middle, high, float(np.mean(values)), unit)

    @classmethod
    def of_times(cls, values: Floats, unit: str) -> Self:
        """The same of values that may be infinite or missing.

        Order statistics take the place of weighted ones, which infinity would spoil. What is not
        finite is None.
        """
        found = np.quantile(values, LEVELS, method="inverted_cdf")
        low, middle, high, mean = (float(v) if np.isfinite(v) else None for v in (*found, np.mean(values)))
        return cls(low, middle, high, mean, unit)

    @property
    def span(self) -> tuple[float, float, float]:
        """P10, P50 and P90 of a figure that exists.

        Raises:
            ValueError: if it does not exist in too many worlds.
        """
        if self.p10 is None or self.p50 is None or self.p90 is None:
            raise ValueError("no such figure in too many worlds")
        return self.p10, self.p50, self.p90
