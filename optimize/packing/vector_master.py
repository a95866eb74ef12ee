"""The master problem: buy sets of items to cover all of them at least cost, solved anew as sets come.

New sets are columns of a growing model, items once covered are rows set free.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..solver import GrowingModel
from .vector import Vectors

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Work is counted, not timed: seconds of a step of the simplex method, for each item and each member of a set.
SECONDS_PER_ENTRY = 3.5e-8


class Master:
    """Sets bought in parts, at least cost; every item is covered once or more."""

    types: Ints
    sets: list[Ints]
    work: float

    def __init__(self, task: Vectors) -> None:
        """Begin with single items, and with a dear way out of limits on hosts."""
        n = len(task.sizes)
        self._limited = np.flatnonzero(task.limits >= 0)
        self._items, self._costs = n, np.append(task.costs, 1e3 * task.costs.max())
        k = len(self._limited)
        low, high = np.append(np.ones(n), np.full(k, -np.inf)), np.full(n + k, np.inf)
        self._model = GrowingModel(low, high, "bins")
        self._parts = np.empty(0)
        self.allow(task.limits)
        self.work, self._entries = 0.0, 0
        self.types, self.sets = np.empty(0, dtype=np.int64), []
        alone = [np.array([i]) for i in range(n)]
        self.add(task.cheapest_single(), alone)
        if k:
            self.add(np.full(n, -1), alone)

    def add(self, types: Ints, sets: list[Ints]) -> None:
        """Offer more sets.

        Args:
            types: host type of each.
            sets: items of each.
        """
        if not sets:
            return
        rows = []
        for t, members in zip(types.tolist(), sets, strict=True):
            at = np.flatnonzero(self._limited == t)
            rows.append(np.append(members, self._items + at) if len(at) else members)
        starts = np.cumsum([0] + [len(r) for r in rows])[:-1]
        index = np.concatenate(rows)
        self._model.add(self._costs[types], starts, index, np.ones(len(index)))
        self.types = np.append(self.types, types)
        self.sets += sets
        self._entries += sum(len(s) for s in sets)

    def solve(self) -> tuple[float, Floats, Floats]:
        """Least cost, price of each item, and surcharge on each host type whose limit binds."""
        solution, steps = self._model.solve()
        self.work += SECONDS_PER_ENTRY * steps * self._items * (1 + self._entries / len(self.sets))
        surcharges = np.zeros(len(self._costs) - 1)
        surcharges[self._limited] = np.maximum(-solution.duals[self._items :], 0.0)
        self._parts = solution.x
        return solution.cost, np.maximum(solution.duals[: self._items], 0.0), surcharges

    def parts(self) -> Floats:
        """How much of each set the last solution buys."""
        return self._parts

    def need(self, items: Ints, wanted: bool) -> None:
        """Set items free, or ask for them again."""
        k = len(items)
        self._model.limit(items, np.full(k, 1.0 if wanted else 0.0), np.full(k, np.inf))

    def allow(self, limits: Ints) -> None:
        """Change how many hosts of each type may be had, shape (types,); -1 for any number."""
        k = len(self._limited)
        if k:
            high = limits[self._limited].astype(np.float64)
            self._model.limit(self._items + np.arange(k), np.full(k, -np.inf), high)
