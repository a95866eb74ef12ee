"""Column generation: patterns of one host, priced out until a bound on every packing is proven.

The master problem buys patterns (a host type and copies of each flavour on it) to cover all
components at least cost. Its prices ask the knapsack for better patterns. At any prices ``p``,
``p @ counts / max_t(most_t / cost_t)`` bounds the cost of every packing (Farley 1990,
doi 10.1287/opre.38.5.922); prices are smoothed towards those of the best bound (Wentges 1997).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .fleet import Rows
from .knapsack import Knapsack
from .solver import minimise

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SMOOTHING = 0.5
MOST_ROUNDS = 200


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

    def within(self, counts: Ints) -> Columns:
        """Patterns cut to the copies there are; empty ones dropped."""
        copies = np.minimum(self.copies, counts)
        kept = copies.any(axis=1)
        return Columns.none(len(counts)).plus(self.types[kept], copies[kept])


@dataclass(frozen=True)
class Priced:
    """A solved master problem.

    Attributes:
        columns: all patterns known.
        hosts: hosts of each pattern, fractional, shape (patterns,).
        cost: of these hosts.
        bound: no packing costs less.
        row: what every fleet must satisfy, from the prices of the bound.
    """

    columns: Columns
    hosts: Floats
    cost: float
    bound: float
    row: Rows


def price_out(
    knapsack: Knapsack, costs: Floats, counts: Ints, columns: Columns, gap: float, rounds: int = MOST_ROUNDS
) -> Priced:
    """Add patterns until master cost and bound meet within ``gap``.

    Args:
        costs: yearly cost of each host type, shape (types,).
        counts: components of each flavour, shape (flavours,).
        columns: patterns that together hold every flavour needed.
    """
    best_bound, best_prices = 0.0, np.zeros(len(counts))
    row = Rows(np.zeros((1, len(costs))), np.zeros(1))
    smoothing = 0.0
    for _ in range(rounds):
        solution = minimise(costs[columns.types], columns.copies.T.astype(float), counts.astype(float))
        prices = smoothing * best_prices + (1 - smoothing) * solution.duals
        filling = knapsack.best(prices, counts)
        ratio = float((filling.at_most / costs).max())
        bound = float(prices @ counts) / ratio * (1 - 1e-9)
        if bound > best_bound:
            best_bound, best_prices = bound, prices / ratio
            row = Rows(filling.at_most[None, :] / ratio, np.array([float(best_prices @ counts)]))
        if solution.cost <= best_bound * (1 + gap):
            break
        gain = filling.copies @ solution.duals - costs
        fresh = np.flatnonzero(gain > 1e-9 * costs)
        if not len(fresh) and smoothing == 0.0:
            break
        smoothing = SMOOTHING if len(fresh) else 0.0
        columns = columns.plus(fresh, filling.copies[fresh])
    hosts = np.append(solution.x, np.zeros(len(columns.types) - len(solution.x)))
    return Priced(columns, hosts, solution.cost, best_bound, row)
