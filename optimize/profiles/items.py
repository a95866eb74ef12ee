"""What is packed on profiles, on what, and the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Decimals of demand that tell which hours are hotter.
ROUNDED_TO = 9


@dataclass(frozen=True)
class Profiles:
    """Components to pack.

    Attributes:
        mean: of demand, shape (components, classes of hours).
        own: variance of demand that is each component's own, same shape.
        common: standard deviation that is common to all of its group, same shape.
        group: of the common part, 0 and up, shape (components,).
        weights: share of the hours in each class, sums to 1, shape (classes of hours,).
        static: memory and the like, shape (components, dimensions).
        apart: components of one number >= 0 take different hosts, shape (components,).
        epoch: those of lower number are packed first, shape (components,).
    """

    mean: Floats
    own: Floats
    common: Floats
    group: Ints
    weights: Floats
    static: Floats
    apart: Ints
    epoch: Ints

    @classmethod
    def of(
        cls, mean: Floats, own: Floats, common: Floats, group: Ints, weights: Floats, static: Floats
    ) -> Profiles:
        """Components that may be together anywhere and come all at once."""
        count = len(group)
        nobody, at_once = np.full(count, -1, dtype=np.int64), np.zeros(count, dtype=np.int64)
        return cls(mean, own, common, group, weights, static, nobody, at_once)

    @classmethod
    def flat(cls, size: Floats, static: Floats) -> Profiles:
        """Components of one constant demand each, shape (components,), as packing on peaks has it."""
        nothing = np.zeros((len(size), 1))
        group = np.zeros(len(size), dtype=np.int64)
        return cls.of(size[:, None], nothing, nothing, group, np.ones(1), static)


@dataclass(frozen=True)
class Offer:
    """Host types to choose from, shape (types,) each if not said otherwise.

    Attributes:
        capacity: throughput, in the unit of demand.
        room: static capacity, shape (types, dimensions).
        costs: of a host that is bought.
        most: hosts that can be had of each type, existing ones included.
        existing: hosts that stand already; they cost nothing and are used first.
    """

    capacity: Floats
    room: Floats
    costs: Floats
    most: Floats
    existing: Ints

    @classmethod
    def of(cls, capacity: Floats, room: Floats, costs: Floats) -> Offer:
        """Any number of each type, none standing."""
        return cls(capacity, room, costs, np.full(len(costs), np.inf), np.zeros(len(costs), dtype=np.int64))


@dataclass(frozen=True)
class Packed:
    """Hosts and what they hold; those that stand already come first.

    Attributes:
        types: type of each host, shape (hosts,).
        host_of: host of each component, shape (components,).
        cost: of the hosts bought.
        bound: no packing costs less.
        overload: share of hours in which each host is over its throughput by the planner's law, (hosts,).
        baselines: cost and hosts of simple rules on the same components by name, if asked for.
    """

    types: Ints
    host_of: Ints
    cost: float
    bound: float
    overload: Floats
    baselines: Mapping[str, tuple[float, int]] = field(default_factory=dict)

    @property
    def gap(self) -> float:
        """Cost over bound - 1; 0 where nothing is bought."""
        return self.cost / self.bound - 1 if self.bound > 0 else 0.0


class Needs(NamedTuple):
    """Components as arrays, largest first.

    Attributes:
        mean, own: mean and variance of demand of each component's own, shape (components, classes of hours).
        common: its standard deviation that is common to its group, same shape.
        group: of the common part, shape (components,).
        static: memory and the like, shape (components, dimensions).
        apart: components of one number >= 0 take different hosts, shape (components,).
        weights: share of the hours in each class.
    """

    mean: Floats
    own: Floats
    common: Floats
    group: Ints
    static: Floats
    apart: Ints
    weights: Floats

    def some(self, rows: Ints | Bools | slice) -> Needs:
        """Some of the components, in contiguous arrays."""
        mean, own, common, static = (
            np.ascontiguousarray(a[rows]) for a in (self.mean, self.own, self.common, self.static)
        )
        return Needs(mean, own, common, self.group[rows], static, self.apart[rows], self.weights)

    def hottest_first(self) -> Needs:
        """The classes of hours of most demand first: they tell soonest what does not fit."""
        total = self.mean.sum(axis=0)
        # Rounded, so that the order of the components does not count.
        rounded = np.round(total / max(float(total.max(initial=0.0)), 1e-300), ROUNDED_TO)
        hours = np.argsort(-rounded, kind="stable")
        mean, own, common = (np.ascontiguousarray(a[:, hours]) for a in (self.mean, self.own, self.common))
        return self._replace(mean=mean, own=own, common=common, weights=self.weights[hours])
