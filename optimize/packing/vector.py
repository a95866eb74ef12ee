"""A packing task in which every item differs, and what answers it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil, gcd

import numpy as np
from numpy.typing import NDArray

from ...scenarios.errors import InfeasibleError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Sums are compared with room for rounding errors, as a share of capacity.
ROOM = 1e-9
# A proven cost is lowered by this much before it is rounded up to one that can occur.
SAFE = 1e-7


@dataclass(frozen=True)
class Vectors:
    """What must be packed, and on what.

    Attributes:
        sizes: of each item, shape (items, dimensions).
        capacities: of each host type, shape (types, dimensions), > 0.
        costs: of a host of each type, shape (types,), > 0.
        limits: hosts of each type at most, shape (types,); -1 for any number.
    """

    sizes: Floats
    capacities: Floats
    costs: Floats
    limits: Ints

    @cached_property
    def fits(self) -> NDArray[np.bool_]:
        """Which item fits which type, shape (items, types)."""
        room = self.capacities * (1 + ROOM)
        return np.stack([(self.sizes <= r).all(axis=1) for r in room], axis=1)

    def cheapest_single(self) -> Ints:
        """The cheapest type that holds each item alone, shape (items,)."""
        return np.asarray(np.argmin(np.where(self.fits, self.costs, np.inf), axis=1))

    def check(self) -> None:
        """Raise InfeasibleError for an item that fits nowhere."""
        for size in self.sizes[~self.fits.any(axis=1)]:
            raise InfeasibleError(
                f"a component of size {', '.join(f'{s:g}' for s in size)} fits on no host type"
            )

    @cached_property
    def step(self) -> float:
        """Every cost is a multiple of this; 0 if no such step is known."""
        if (self.costs != np.rint(self.costs)).any() or self.costs.max() > 2**40:
            return 0.0
        return float(gcd(*(int(c) for c in self.costs)))

    def rounded(self, bound: float) -> float:
        """A lower bound raised to the least cost that can occur."""
        return self.step * ceil(bound / self.step - SAFE) if self.step else bound

    def part(self, items: Ints, spent: Ints | None = None) -> Vectors:
        """The task of some items, with limits reduced by hosts already spent, shape (types,)."""
        left = self.limits
        if spent is not None:
            left = np.where(self.limits >= 0, np.maximum(self.limits - spent, 0), -1)
        return Vectors(self.sizes[items], self.capacities, self.costs, left)


@dataclass(frozen=True)
class Bins:
    """Hosts and what each holds.

    Attributes:
        types: of each host, shape (hosts,).
        host_of: host of each item, shape (items,).
    """

    types: Ints
    host_of: Ints

    def cost(self, task: Vectors) -> float:
        """Cost of all hosts."""
        return float(task.costs[self.types].sum())

    def sets(self) -> list[Ints]:
        """Items of each host."""
        order = np.argsort(self.host_of, kind="stable")
        edges = np.searchsorted(self.host_of[order], np.arange(len(self.types) + 1))
        return [order[a:b] for a, b in pairwise(edges.tolist())]

    def allowed(self, task: Vectors) -> bool:
        """Whether every item has a host, none is overfull, and no limit is exceeded."""
        if len(self.host_of) != len(task.sizes) or (self.host_of < 0).any():
            return False
        load = np.zeros((len(self.types), task.sizes.shape[1]))
        np.add.at(load, self.host_of, task.sizes)
        used = np.bincount(self.types, minlength=len(task.costs))
        within = (task.limits < 0) | (used <= task.limits)
        return bool((load <= task.capacities[self.types] * (1 + ROOM)).all() and within.all())


def of_sets(types: Ints, sets: list[Ints], items: int) -> Bins:
    """Bins of chosen sets; an item in several stays in the first, hosts left empty go."""
    host_of = np.full(items, -1, dtype=np.int64)
    kept: list[int] = []
    for t, members in zip(types.tolist(), sets, strict=True):
        fresh = members[host_of[members] < 0]
        if len(fresh):
            host_of[fresh] = len(kept)
            kept.append(t)
    return Bins(np.array(kept, dtype=np.int64), host_of)
