"""What drawing an estate is made of: levels of quantities, variation between entities, whole shares.

Levels come from the world's draw of each quantity; entities vary around them by the quantity's
``spread`` (coefficient of variation, log-normal, mean preserved). All numbers come from streams
keyed by entity id.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from .clock import Clock
from .elementary import exp, log1p, normal_quantile
from .quantity import Quantity
from .schema import Scenario
from .streams import uniforms

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

MONTHS_PER_YEAR = 12


def lognormal(u: Floats, cv: float) -> Floats:
    """Factors with mean 1 and coefficient of variation ``cv``."""
    sigma = np.sqrt(log1p(cv * cv))
    return exp(sigma * normal_quantile(u) - sigma * sigma / 2)


def apportion(total: int, weights: Floats) -> Ints:
    """Whole shares of ``total`` in proportion to ``weights`` (largest remainders)."""
    quotas = total * weights / weights.sum()
    shares: Ints = np.floor(quotas).astype(np.int32)
    missing = total - int(shares.sum())
    shares[np.argsort(shares - quotas, kind="stable")[:missing]] += np.int32(1)
    return shares


def choose(u: Floats, weights: Floats) -> Ints:
    """Index drawn in proportion to ``weights`` for each u."""
    edges = np.cumsum(weights) / np.sum(weights)
    return np.minimum(np.searchsorted(edges, u, side="right"), len(weights) - 1).astype(np.int32)


class Draw:
    """The streams and levels of one world."""

    def __init__(
        self, scenario: Scenario, seed: int, index: int, values: Mapping[str, float], clock: Clock
    ) -> None:
        """``values``: drawn level of each quantity by path."""
        self.scenario = scenario
        self.clock = clock
        self._seed, self._index, self._values = seed, index, values

    def of(self, quantity: Quantity) -> float:
        """The level drawn for a quantity."""
        return self._values[quantity.path]

    def u(self, name: str, ids: Ints, draws: int = 1) -> Floats:
        """Uniform numbers in (0, 1) that belong to the ids."""
        return uniforms(self._seed, self._index, f"estate/{name}", ids, draws)

    def each(self, quantity: Quantity, ids: Ints) -> Floats:
        """A quantity of each entity: the drawn level, varied by its ``spread``."""
        level = self.of(quantity)
        if quantity.spread == 0:
            return np.full(len(ids), level)
        factors = lognormal(self.u(quantity.path, ids), quantity.spread)
        return np.clip(level * factors, *quantity.bounds)
