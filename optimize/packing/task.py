"""What must be packed, and the packing of a pool."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# A limit on hosts of a type: none.
UNLIMITED = -1


@dataclass(frozen=True)
class Columns:
    """Patterns: host type, shape (patterns,), and copies of each flavour, shape (patterns, flavours)."""

    types: Ints
    copies: Ints

    @classmethod
    def none(cls, flavours: int) -> Columns:
        """No pattern yet."""
        return cls(np.empty(0, dtype=np.int64), np.empty((0, flavours), dtype=np.int64))

    def plus(self, types: Ints, copies: Ints) -> Columns:
        """These patterns and others, each once, in order of first appearance."""
        merged = np.hstack([np.append(self.types, types)[:, None], np.vstack([self.copies, copies])])
        _, first = np.unique(merged, axis=0, return_index=True)
        merged = merged[np.sort(first)]
        return Columns(merged[:, 0], merged[:, 1:])

    def within(self, most: Ints) -> Columns:
        """Patterns cut to the copies a host may hold, shape (types, flavours); empty ones dropped."""
        copies = np.minimum(self.copies, most[self.types])
        kept = copies.any(axis=1)
        return Columns.none(most.shape[1]).plus(self.types[kept], copies[kept])


@dataclass(frozen=True)
class Task:
    """What must be packed, and on what.

    Existing hosts are a type with a limit that costs what running it costs: what it once cost is spent, so
    such hosts are used before like ones are bought. A type that costs nothing is used before anything is
    bought.

    Attributes:
        sizes: whole numbers, shape (flavours, dimensions).
        counts: components of each flavour, shape (flavours,).
        capacities: shape (types, dimensions).
        costs: per host and year, >= 0, shape (types,).
        limits: most hosts of each type, -1 for no limit, shape (types,).
        apart: the largest group of each flavour whose members must lie on different hosts; 0 or 1 where
            there is none, shape (flavours,).
    """

    sizes: Floats
    counts: Ints
    capacities: Floats
    costs: Floats
    limits: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    apart: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __post_init__(self) -> None:
        """Bring everything to one form: floats, whole numbers, and rules that say nothing where left out."""
        types, flavours = len(self.costs), len(self.counts)
        limits = self.limits if len(self.limits) else np.full(types, UNLIMITED)
        apart = self.apart if len(self.apart) else np.zeros(flavours)
        for name, value, kind in (
            ("sizes", self.sizes, np.float64),
            ("counts", self.counts, np.int64),
            ("capacities", self.capacities, np.float64),
            ("costs", self.costs, np.float64),
            ("limits", limits, np.int64),
            ("apart", apart, np.int64),
        ):
            object.__setattr__(self, name, np.ascontiguousarray(value, dtype=kind))

    def on_grid(self) -> Task:
        """The same in the coarsest units that keep sizes whole; capacities are cut to them, losing nothing.

        Raises:
            ValueError: a size is not a whole number.
        """
        whole = np.round(self.sizes).astype(np.int64)
        if not np.array_equal(whole, self.sizes):
            raise ValueError("sizes must be whole numbers")
        unit = np.maximum(np.gcd.reduce(whole, axis=0), 1)
        capacities = np.floor(self.capacities / unit + 1e-9)
        return replace(self, sizes=(whole // unit).astype(np.float64), capacities=capacities)

    @property
    def at_most(self) -> Floats:
        """Most hosts of each type, infinite where there is no limit, shape (types,)."""
        return np.where(self.limits < 0, np.inf, self.limits)


@dataclass(frozen=True)
class PoolPacking:
    """Hosts of a pool and what each holds.

    Attributes:
        types: type of each host, shape (hosts,).
        copies: copies of each flavour on each host, shape (hosts, flavours).
        cost: of all hosts per year.
        bound: no packing costs less.
        columns: patterns found on the way, useful to similar pools.
        method: how the packing was found.
    """

    types: Ints
    copies: Ints
    cost: float
    bound: float
    columns: Columns
    method: str = "volume"

    @property
    def gap(self) -> float:
        """Cost over bound - 1; 0 where nothing is packed."""
        return self.cost / self.bound - 1 if self.bound > 0 else 0.0
