"""The fitted model run again: demand of the trace's own components, with the fitted noise.

Equations as in ``sim.demand``; random bytes from counter-based streams, so any rows are made alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...scenarios.streams import noise_bytes
from .grid import HOURS, Grid
from .relations import Shares

Floats = NDArray[np.float64]

BYTE_MEAN, BYTE_STD = 127.5, float(np.sqrt((2**16 - 1) / 12))
WORD_MEAN, WORD_STD = 32767.5, float(np.sqrt((2.0**32 - 1) / 12))


@dataclass(frozen=True)
class Model:
    """Synthetic demand of some components over the steps of a grid; see ``grid.Rows``.

    Attributes:
        mean: utilisation of each component, shape (components,).
        factor: relative demand by day and hour, shape (days, 24).
        noise: s.
    """

    grid: Grid
    mean: Floats
    factor: Floats
    noise: float
    shares: Shares
    seed: int

    def __len__(self) -> int:
        return len(self.mean)

    def rows(self, first: int, count: int) -> NDArray[np.float32]:
        """Utilisation of some components, cut at 1, shape (components, steps)."""
        grid, mean = self.grid, self.mean[first : first + count]
        shape = (len(mean), grid.days, HOURS, grid.per_hour)
        z = self._common()[None]
        parts = ((self.shares.day, 1), (self.shares.hour, HOURS), (self.shares.step, HOURS * grid.per_hour))
        for name, (share, per_day) in zip(("day", "hour", "step"), parts, strict=True):
            made = self._bytes(f"fit-{name}", first, len(mean), grid.days * per_day)
            made = made.reshape(len(mean), grid.days, *([HOURS, -1] if per_day > 1 else [1, 1]))
            z = z + np.sqrt(share) * made
        noisy = (1 + self.noise * z) ** 2 / (1 + self.noise**2)
        demand = mean[:, None, None, None] * np.nan_to_num(self.factor)[None, :, :, None] * noisy
        return grid.flat(np.minimum(np.broadcast_to(demand, shape), 1.0)).astype(np.float32)

    def _bytes(self, name: str, first: int, count: int, width: int) -> Floats:
        noise = noise_bytes(self.seed, 0, name, 0, first, count, width)
        found: Floats = (noise.astype(np.float64) - BYTE_MEAN) / BYTE_STD
        return found

    def _common(self) -> Floats:
        """Noise of the class at each step, weighted by its share, shape (days, 24, steps of an hour)."""
        grid, (lasting, short) = self.grid, self.shares.common_parts
        hours = self._words("fit-common-hour", grid.days * HOURS).reshape(grid.days, HOURS, 1)
        steps = self._words("fit-common-step", grid.days * HOURS * grid.per_hour)
        noise: Floats = np.sqrt(lasting) * hours + np.sqrt(short) * steps.reshape(grid.days, HOURS, -1)
        return noise

    def _words(self, name: str, count: int) -> Floats:
        words = np.ascontiguousarray(noise_bytes(self.seed, 0, name, 0, 0, 1, 2 * count)).view("<u2")
        found: Floats = (words.ravel().astype(np.float64) - WORD_MEAN) / WORD_STD
        return found
