"""A world: one draw of every quantity of a scenario, and the estate that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .clock import Clock
from .quantity import Quantity
from .streams import uniforms

if TYPE_CHECKING:
    from .estate import Estate


@dataclass(frozen=True)
class World:
    """One draw of every quantity, and one concrete estate.

    Attributes:
        values: drawn level of each quantity by its path.
    """

    seed: int
    index: int
    values: Mapping[str, float]
    clock: Clock
    estate: Estate

    def of(self, quantity: Quantity) -> float:
        """The level drawn for a quantity, in its field's unit."""
        return self.values[quantity.path]

    def uniforms(self, name: str, ids: NDArray[np.integer], draws: int = 1) -> NDArray[np.float64]:
        """Uniform numbers in (0, 1) of a named stream, owned by entity ids (see streams)."""
        return uniforms(self.seed, self.index, name, ids, draws)
