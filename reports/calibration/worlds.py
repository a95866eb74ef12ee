"""The worlds a calibration conditions: what was drawn in each, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ...scenarios.quantity import Quantity
from ..quantiles import Floats

GRID = 4096  # points of a distribution where it is needed as a whole
_TINY = 2.0**-33


@dataclass(frozen=True)
class Worlds:
    """Simulated worlds, by name of quantity or figure.

    Attributes:
        quantities: those that differ between worlds, by path.
        values: every quantity and figure, shape (worlds,) each; not finite where there is no such figure.
        log_density: logarithm of the density that the worlds were drawn with, over that of the priors, shape
            (worlds,); 0 if all were drawn from the priors alone.
        near: which were drawn near a posterior, shape (worlds,).
    """

    quantities: Mapping[str, Quantity]
    values: Mapping[str, Floats]
    log_density: Floats
    near: NDArray[np.bool_]

    @classmethod
    def of(cls, quantities: Mapping[str, Quantity], values: Mapping[str, Floats]) -> Self:
        """Worlds drawn from the priors; quantities that do not differ are left out."""
        varied = {path: q for path, q in quantities.items() if np.ptp(values[path]) > 0}
        count = len(next(iter(values.values())))
        return cls(varied, values, np.zeros(count), np.zeros(count, dtype=bool))

    @property
    def count(self) -> int:
        """Number of worlds."""
        return len(self.log_density)

    @cached_property
    def points(self) -> Floats:
        """Prior probability of each quantity's value, shape (worlds, quantities)."""
        columns = [probability(q, self.values[path]) for path, q in self.quantities.items()]
        return np.stack(columns, axis=1) if columns else np.empty((self.count, 0))

    def take(self, rows: NDArray[np.intp]) -> Self:
        """Some of the worlds."""
        values = {name: column[rows] for name, column in self.values.items()}
        return replace(self, values=values, log_density=self.log_density[rows], near=self.near[rows])

    @property
    def prior_share(self) -> Floats:
        """Weights under which the worlds stand for the priors, shape (worlds,)."""
        found = np.exp(-self.log_density)
        return np.asarray(found / found.sum())


def levels() -> Floats:
    """Probabilities that stand for a whole distribution, shape (GRID,)."""
    return (np.arange(GRID) + 0.5) / GRID


def probability(quantity: Quantity, values: Floats) -> Floats:
    """Probability that a quantity lies below some values: the inverse of ``Quantity.ppf``."""
    edges = np.linspace(0.0, 1.0, 4 * GRID + 1)
    return np.clip(np.interp(values, quantity.ppf(edges), edges), _TINY, 1 - _TINY)
