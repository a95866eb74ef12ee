"""Column generation: patterns of one host, priced out until a bound on every packing is proven.

The master problem buys patterns (a host type and copies of each flavour on it) to cover all
components at least cost. Its prices ask for better patterns. At any prices ``p`` that make no
unlimited type worth more than it costs, ``p @ counts - sum_t limit_t * max(0, most_t - cost_t)`` bounds the
cost of every packing (Farley 1990, doi 10.1287/opre.38.5.922); prices are smoothed towards those of the best
bound (Wentges 1997), which at first are those of the volumes. Prices shaken a little ask for more patterns
of the same worth: the master problem then has what it needs after a tenth of the rounds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..solver import Model
from .fleet import Rows
from .pricing import best_fillings
from .task import Columns, Task

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SMOOTHING = 0.5
MOST_ROUNDS = 80
SAFE = 1 - 1e-9
# Prices are shaken so many times a round, by about this share.
SHAKEN, SHAKE = 6, 0.05
SHAKEN_EFFORT = (500, 0)
# Nodes of a pricing search and cells of its table: more when no pattern is found, to prove there is none.
EFFORTS = ((1_000, 400_000), (20_000, 8_000_000), (400_000, 32_000_000))
# Patterns kept beyond those in use, as multiples of the number of flavours.
FULL, KEPT = 3, 2
# What a component costs that no pattern holds, in hosts.
UNCOVERED = 100.0


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


@dataclass
class _Best:
    """The best bound so far, its prices, and the most that a host of each type is worth at them."""

    bound: float
    prices: Floats
    at_most: Floats


def price_out(
    task: Task,
    possible: Ints,
    most: Ints,
    columns: Columns,
    volumes: Rows,
    gap: float,
    known: float,
    rounds: int = MOST_ROUNDS,
) -> Priced:
    """Add patterns until master cost and bound meet within ``gap``.

    Args:
        task: what is packed.
        possible: no packing has more copies of each flavour on a host, shape (types, flavours).
        most: nor do the patterns wanted have more than this, at most ``possible``.
        columns: patterns to start with.
        volumes: rows that every fleet satisfies; their bound in parts of hosts comes free.
        gap: see above.
        known: a bound already proven: a master problem that costs less will not be proven.
    """
    best = _from_volumes(task, volumes)
    columns = columns.plus(*_plain(most))
    draws = np.random.Generator(np.random.Philox(key=0))
    smoothing, effort = SMOOTHING, 0
    master = _master(task, columns)
    for _ in range(rounds):
        if master.cost <= best.bound * (1 + gap) or effort == len(EFFORTS):
            break
        prices = smoothing * best.prices + (1 - smoothing) * master.prices
        fresh = [np.minimum(_priced(task, possible, prices, EFFORTS[effort], best), most)]
        for _ in range(SHAKEN if effort == 0 else 0):
            shaken = prices * np.clip(1 + SHAKE * draws.standard_normal(len(prices)), 0, None)
            fresh.append(best_fillings(task.sizes, task.capacities, shaken, most, *SHAKEN_EFFORT).copies)
        types = np.tile(np.arange(len(task.costs)), len(fresh))
        copies = np.vstack(fresh)
        better = copies @ master.prices > master.costs[types] + 1e-9 * task.costs.max()
        if better.any():
            kept = master.worth_keeping(task, columns)
            columns = kept.plus(types[better], copies[better])
            master = _master(task, columns)
            smoothing = SMOOTHING
        elif smoothing > 0:
            smoothing = 0.0
        elif master.cost > known:
            effort += 1
        else:
            break
    if rounds == MOST_ROUNDS and effort == 0 and master.cost > max(known, best.bound * (1 + gap)):
        # Out of rounds: what is known is proven as well as can be.
        for mixed in (SMOOTHING, 0.0):
            prices = mixed * best.prices + (1 - mixed) * master.prices
            _priced(task, possible, prices, EFFORTS[-1], best)
    row = Rows(best.at_most[None, :], best.prices[None, :], np.array([float(best.prices @ task.counts)]))
    return Priced(columns, master.hosts, master.cost, best.bound, row)


def _from_volumes(task: Task, rows: Rows) -> _Best:
    """The bound by volumes, in parts of hosts, as prices of the flavours."""
    model = Model()
    hosts = model.columns("hosts", len(task.costs), cost=task.costs, high=task.at_most)
    row, column = np.nonzero(rows.holds)
    model.rows("holds", row, hosts[column], rows.holds[row, column], low=rows.needs, count=len(rows.needs))
    duals = np.maximum(model.solve().duals, 0.0)
    prices = duals @ rows.worth
    return _bound(task, prices, np.asarray(duals @ rows.holds))


def _bound(task: Task, prices: Floats, at_most: Floats) -> _Best:
    """The bound that prices prove, once scaled so that no unlimited type is worth more than it costs."""
    unlimited = task.limits < 0
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = at_most[unlimited] / task.costs[unlimited]
    ratio = float(np.nan_to_num(ratios, nan=0.0, posinf=np.inf).max()) if unlimited.any() else 1.0
    if not 0 < ratio < np.inf:
        return _Best(0.0, np.zeros(len(prices)), np.zeros(len(at_most)))
    prices, at_most = prices / ratio, at_most / ratio
    spare = np.where(unlimited, 0.0, np.maximum(at_most - task.costs, 0.0) * task.limits)
    return _Best(float(prices @ task.counts - spare.sum()) * SAFE, prices, at_most)


def _priced(task: Task, possible: Ints, prices: Floats, effort: tuple[int, int], best: _Best) -> Ints:
    """The best patterns at given prices, shape (types, flavours); a better bound is noted in ``best``."""
    filling = best_fillings(task.sizes, task.capacities, prices, possible, *effort)
    bound = _bound(task, prices, filling.at_most)
    if bound.bound > best.bound:
        best.bound, best.prices, best.at_most = bound.bound, bound.prices, bound.at_most
    return filling.copies


def _plain(most: Ints) -> tuple[Ints, Ints]:
    """Patterns of one flavour alone, as many copies as a host holds."""
    types, flavours = np.nonzero(most)
    copies = np.zeros((len(types), most.shape[1]), dtype=np.int64)
    copies[np.arange(len(types)), flavours] = most[types, flavours]
    return types, copies


@dataclass(frozen=True)
class _Master:
    """A solved master problem.

    Attributes:
        hosts: of each pattern, shape (patterns,).
        prices: of the flavours, shape (flavours,).
        costs: of a host of each type, with the price of its limit, shape (types,).
        cost: of all hosts.
    """

    hosts: Floats
    prices: Floats
    costs: Floats
    cost: float

    def worth_keeping(self, task: Task, columns: Columns) -> Columns:
        """Patterns in use and those nearest to it, once there are too many."""
        flavours = len(task.counts)
        if len(columns.types) <= FULL * flavours:
            return columns
        dear = self.costs[columns.types] - columns.copies @ self.prices
        dear[self.hosts > 0] = -np.inf
        kept = np.sort(np.argsort(dear, kind="stable")[: KEPT * flavours])
        return Columns(columns.types[kept], columns.copies[kept])


def _master(task: Task, columns: Columns) -> _Master:
    """Hosts of each pattern, in parts, that cover all components at least cost."""
    model = Model()
    n = len(columns.types)
    hosts = model.columns("hosts", n, cost=task.costs[columns.types])
    missing = model.columns("missing", len(task.counts), cost=UNCOVERED * float(task.costs.max()))
    pattern, flavour = np.nonzero(columns.copies)
    every = np.arange(len(task.counts))
    model.rows(
        "cover",
        np.append(flavour, every),
        np.append(hosts[pattern], missing),
        np.append(columns.copies[pattern, flavour], np.ones(len(every))),
        low=task.counts.astype(np.float64),
        count=len(every),
    )
    limited = np.flatnonzero(task.limits >= 0)
    row, column = np.nonzero(columns.types[None, :] == limited[:, None])
    model.rows(
        "limit", row, hosts[column], -1.0, low=-task.limits[limited].astype(np.float64), count=len(limited)
    )
    solution = model.solve()
    costs = task.costs.copy()
    costs[limited] += solution.duals[len(every) :]
    return _Master(solution.x[:n], np.maximum(solution.duals[: len(every)], 0.0), costs, solution.cost)
