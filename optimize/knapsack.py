"""The best filling of one host at given flavour prices: a bounded knapsack in three dimensions.

Flavours are round numbers, so sizes lie on a coarse grid and a table over it answers exactly. One
dimension rarely binds: it is left out first, and taken back only where the answer breaks it.
Prices are rounded *up* to whole units beforehand, so a table's value is an upper bound in
whole-number arithmetic, not nearly one; Farley's bound needs no more. Where the grid is too fine
for a table, a small whole-number model takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .solver import minimise

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# 4 bytes a cell and flavour: about 60 MB for 24 flavours.
LARGEST_GRID = 600_000
UNITS = 2**30
MODEL_NODES = 20_000

# Below this, worths cannot be scaled to whole units without overflow.
WORTHLESS = 1e-200


@dataclass(frozen=True)
class Filling:
    """Best filling of each host type.

    Attributes:
        copies: of each flavour, shape (types, flavours).
        at_most: no filling of the type is worth more, shape (types,).
    """

    copies: Ints
    at_most: Floats


@dataclass(frozen=True)
class Knapsack:
    """Sizes, shape (flavours, dimensions), and capacities, shape (types, dimensions), in grid units."""

    sizes: Ints
    capacities: Ints

    @classmethod
    def of(cls, sizes: Floats, capacities: Floats) -> Knapsack:
        """Put sizes, which must be whole numbers, on the coarsest grid that holds them exactly.

        Capacities are cut to the grid, which loses nothing: every sum of sizes lies on it.
        """
        whole = np.round(sizes).astype(np.int64)
        if not np.array_equal(whole, sizes):
            raise ValueError("sizes must be whole numbers")
        unit = np.maximum(np.gcd.reduce(whole, axis=0), 1)
        return cls(whole // unit, np.floor(capacities / unit + 1e-9).astype(np.int64))

    def fitting(self) -> Ints:
        """Copies of each flavour that an empty host holds, shape (types, flavours)."""
        quotients = self.capacities[:, None, :] // np.maximum(self.sizes, 1)[None, :, :]
        unlimited = np.int64(np.iinfo(np.int32).max)
        return np.asarray(np.where(self.sizes[None, :, :] > 0, quotients, unlimited).min(axis=2))

    def best(self, prices: Floats, counts: Ints) -> Filling:
        """Fill every host type for the highest total price.

        Args:
            prices: of each flavour, >= 0, shape (flavours,).
            counts: copies available of each flavour, shape (flavours,).
        """
        copies = np.zeros((len(self.capacities), len(prices)), dtype=np.int64)
        at_most = np.zeros(len(copies))
        spare = np.argmin(counts @ self.sizes / np.maximum(self.capacities, 1), axis=1)
        for dimension in np.unique(spare):
            types = np.flatnonzero(spare == dimension)
            kept = np.delete(np.arange(self.sizes.shape[1]), dimension)
            copies[types], at_most[types] = self._exact(types, kept, prices, counts)
        broken = np.flatnonzero((copies @ self.sizes > self.capacities).any(axis=1))
        if len(broken):
            every = np.arange(self.sizes.shape[1])
            copies[broken], at_most[broken] = self._exact(broken, every, prices, counts)
        return Filling(copies, at_most)

    def _exact(self, types: Ints, kept: Ints, prices: Floats, counts: Ints) -> tuple[Ints, Floats]:
        """Best filling of some types within some dimensions, and its upper bound."""
        sizes, capacities = self.sizes[:, kept], self.capacities[np.ix_(types, kept)]
        limits = np.minimum(counts, self.fitting()[types])
        most = limits.max(axis=0)
        everything = float(prices @ most)
        if not everything > WORTHLESS:
            return np.zeros(limits.shape, dtype=np.int64), np.full(len(types), everything)
        if np.prod(capacities.max(axis=0) + 1.0) <= LARGEST_GRID:
            return _by_table(sizes, capacities, prices, most)
        answers = [_by_model(sizes, c, prices, m) for c, m in zip(capacities, limits, strict=True)]
        return np.array([a[0] for a in answers]), np.array([a[1] for a in answers])


def _by_table(sizes: Ints, capacities: Ints, prices: Floats, limits: Ints) -> tuple[Ints, Floats]:
    """Fill all types from one table of the best worth within every capacity up to the largest."""
    used = np.flatnonzero((limits > 0) & (prices > 0))
    scale = (UNITS - int(limits.sum())) / float(prices @ limits)
    worth = np.ceil(prices * scale).astype(np.int64)
    tables = [np.zeros(capacities.max(axis=0) + 1, dtype=np.int32)]
    for f in used:
        tables.append(_with_flavour(tables[-1], sizes[f], int(worth[f]), int(limits[f])))
    copies = np.zeros((len(capacities), len(prices)), dtype=np.int64)
    for t, capacity in enumerate(capacities):
        cell = capacity.copy()
        for before, after, f in zip(tables[-2::-1], tables[:0:-1], used[::-1], strict=True):
            value = int(after[tuple(cell)])
            while int(before[tuple(cell)]) + int(worth[f] * copies[t, f]) != value:
                cell -= sizes[f]
                copies[t, f] += 1
    return copies, np.array([tables[-1][tuple(c)] for c in capacities]) / scale


def _with_flavour(table: NDArray[np.int32], size: Ints, worth: int, limit: int) -> NDArray[np.int32]:
    """The table once up to ``limit`` copies of a flavour may be added, in doubling steps."""
    better = table.copy()
    step = 1
    while limit > 0:
        step = min(step, limit)
        shift = size * step
        if np.any(shift >= table.shape):
            break
        target = better[tuple(slice(int(s), None) for s in shift)]
        source = better[tuple(slice(None, n - int(s)) for n, s in zip(table.shape, shift, strict=True))]
        np.maximum(target, source + np.int32(worth * step), out=target)
        limit -= step
        step *= 2
    return better


def _by_model(sizes: Ints, capacity: Ints, prices: Floats, limits: Ints) -> tuple[Ints, float]:
    """Fill one host by a whole-number model; what it cannot prove stays in the upper bound."""
    copies = np.zeros(len(prices), dtype=np.int64)
    used = np.flatnonzero((limits > 0) & (prices > 0))
    if not len(used):
        return copies, 0.0
    unit = float(prices.max())
    solution = minimise(
        -prices[used] / unit,
        -sizes[used].T.astype(np.float64),
        -capacity.astype(np.float64),
        limits[used].astype(np.float64),
        whole=True,
        nodes=MODEL_NODES,
    )
    if len(solution.x):
        copies[used] = solution.x.astype(np.int64)
    return copies, -solution.bound * unit * (1 + 1e-9)
