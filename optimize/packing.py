"""Packing one pool: hosts for all its components at least yearly cost, with a proven lower bound.

Components of one size are one flavour, so a pool is a few dozen counts whatever its size. Cheap
answers first: (1) the cheapest fleet by volume, filled greedily; (2) if that is not proven good,
column generation for a sharp bound and good patterns; (3) diving: buy the patterns that the master
problem wants whole, price the rest anew, until a greedy filling ends it; (4) for a handful of
hosts, fleet after fleet is proven too small until one holds everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..scenarios.errors import InfeasibleError
from .columns import Columns, Priced, price_out
from .fleet import Rows, cheapest_fleet, fill, fits_on, fleets_between, holds_all, volume_rows
from .knapsack import Knapsack

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# A pool within GOOD of its bound is left alone: the goal is 1 % for the sum of pools.
GOOD = 0.004
MASTER_GAP = 0.001
# A greedy filling tries the cheapest fleet by volume, then fleets for so much more.
SLACKS = (0.0, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6)
ENDING_SLACKS = (0.0, 0.03, 0.1)
# Up to this many hosts, fleets are proven too small one by one.
FEW_HOSTS = 6


@dataclass(frozen=True)
class Dive:
    """How to dive: pricing rounds per step, and the share of a host from which a pattern is bought whole."""

    rounds: int
    share: float


QUICK = Dive(2, 0.75)
CAREFUL = Dive(5, 1.0)
# Where the quick dive stays this far above the bound, a careful one follows.
TOO_FAR = 0.008


@dataclass(frozen=True)
class Task:
    """What must be packed, and on what.

    Attributes:
        sizes: whole numbers, shape (flavours, dimensions).
        counts: components of each flavour, shape (flavours,).
        capacities: shape (types, dimensions).
        costs: per host and year, shape (types,).
    """

    sizes: Floats
    counts: Ints
    capacities: Floats
    costs: Floats


@dataclass(frozen=True)
class PoolPacking:
    """Hosts of a pool and what each holds.

    Attributes:
        types: type of each host, shape (hosts,).
        copies: copies of each flavour on each host, shape (hosts, flavours).
        cost: of all hosts per year.
        bound: no packing costs less.
        columns: patterns found on the way, useful to similar pools.
    """

    types: Ints
    copies: Ints
    cost: float
    bound: float
    columns: Columns

    @property
    def gap(self) -> float:
        """Cost over bound - 1; 0 where nothing is packed."""
        return self.cost / self.bound - 1 if self.bound > 0 else 0.0


def pack(
    sizes: Floats, counts: Ints, capacities: Floats, costs: Floats, columns: Columns | None = None
) -> PoolPacking:
    """Pack one pool.

    Args:
        sizes: of each flavour, whole numbers, shape (flavours, dimensions).
        counts: components of each flavour, shape (flavours,).
        capacities: of each host type, shape (types, dimensions).
        costs: of each host type per year, > 0, shape (types,).
        columns: patterns of similar pools to start from.

    Raises:
        InfeasibleError: a flavour fits on no host type.
    """
    task = Task(np.asarray(sizes, np.float64), np.asarray(counts, np.int64), capacities, costs)
    columns = columns if columns is not None else Columns.none(len(counts))
    _check(task)
    if not task.counts.any():
        return PoolPacking(columns.types[:0], columns.copies[:0], 0.0, 0.0, columns)
    rows = volume_rows(task.sizes, task.counts, task.capacities)
    _, bound = cheapest_fleet(task.costs, rows)
    start = _greedy(task, rows, (*SLACKS, *(2.0**k for k in range(20))))
    assert start is not None, "a fleet with ever more slack holds everything that fits on some host"
    best = _packing(task, start.types, start.copies, bound, columns)
    if best.gap > GOOD:
        best = _improve(task, rows, best)
    if best.gap > GOOD and len(best.types) <= FEW_HOSTS:
        best = _prove(task, rows, best)
    return best


def _check(task: Task) -> None:
    fits = fits_on(task.sizes, task.capacities).any(axis=1)
    for size in task.sizes[(task.counts > 0) & ~fits]:
        raise InfeasibleError(f"a component of size {', '.join(f'{s:g}' for s in size)} fits on no host type")


def _packing(task: Task, types: Ints, copies: Ints, bound: float, columns: Columns) -> PoolPacking:
    """A packing without its empty hosts."""
    kept = copies.any(axis=1)
    types, copies = types[kept], copies[kept]
    return PoolPacking(types, copies, float(task.costs[types].sum()), bound, columns)


def _greedy(task: Task, rows: Rows, slacks: Iterable[float]) -> Columns | None:
    """Fill the cheapest fleet, with slack rising until everything finds a place; None if never."""
    tried: Ints | None = None
    for slack in slacks:
        fleet, _ = cheapest_fleet(task.costs, rows, slack)
        if tried is not None and np.array_equal(fleet, tried):
            continue
        tried = fleet
        copies = fill(task.sizes, task.counts, task.capacities, fleet)
        if copies is not None:
            return Columns(np.repeat(np.arange(len(fleet)), fleet), copies)
    return None


def _improve(task: Task, rows: Rows, best: PoolPacking) -> PoolPacking:
    """A sharper bound by column generation, then a better packing by diving."""
    knapsack = Knapsack.of(task.sizes, task.capacities)
    start = best.columns.plus(best.types, best.copies).within(task.counts)
    priced = price_out(knapsack, task.costs, task.counts, start, MASTER_GAP)
    rows = Rows(np.vstack([rows.holds, priced.row.holds]), np.append(rows.needs, priced.row.needs))
    fleet, bound = cheapest_fleet(task.costs, rows)
    bound = max(bound, best.bound, priced.bound)
    columns = best.columns.plus(priced.columns.types, priced.columns.copies)
    best = replace(best, bound=bound, columns=columns)
    if best.gap > GOOD:
        best = _dive(task, knapsack, priced, fleet, best, QUICK)
    if best.gap > TOO_FAR:
        best = _dive(task, knapsack, priced, fleet, best, CAREFUL)
    return best


def _dive(
    task: Task, knapsack: Knapsack, priced: Priced, target: Ints, best: PoolPacking, dive: Dive
) -> PoolPacking:
    """Buy whole patterns of the master problem and price the rest anew, until nothing is left.

    ``target`` is the cheapest fleet not excluded: if what it has left holds the rest, the packing
    costs no more than the bound. Other greedy endings are tried at every step as well.
    """
    bought = Columns.none(len(task.counts))
    left = task.counts.copy()
    while left.any():
        share = dive.share if len(bought.types) else 1.0
        bought, left = _buy(bought, left, priced, share)
        spent = np.bincount(bought.types, minlength=len(target))
        best = _ending(task, bought, left, target - spent, best)
        if best.gap <= GOOD or float(task.costs @ spent) >= best.cost:
            break
        if left.any():
            priced = price_out(
                knapsack, task.costs, left, priced.columns.within(left), MASTER_GAP, dive.rounds
            )
    return best


def _buy(bought: Columns, left: Ints, priced: Priced, share: float) -> tuple[Columns, Ints]:
    """Hosts bought once the patterns wanted are added, and the components still left."""
    types, copies = [bought.types], [bought.copies]
    for pattern in _wanted(priced, share):
        held = np.minimum(priced.columns.copies[pattern], left)
        if held.any():
            types.append(priced.columns.types[[pattern]])
            copies.append(held[None, :])
            left = left - held
    return Columns(np.concatenate(types), np.vstack(copies)), left


def _ending(task: Task, bought: Columns, left: Ints, spare: Ints, best: PoolPacking) -> PoolPacking:
    """The better of the best packing and one that keeps what was bought and fills the rest greedily."""
    rest: Columns | None = Columns.none(len(left)) if not left.any() else None
    if rest is None and (spare >= 0).all():
        copies = fill(task.sizes, left, task.capacities, spare)
        rest = None if copies is None else Columns(np.repeat(np.arange(len(spare)), spare), copies)
    if rest is None:
        rows = volume_rows(task.sizes, left, task.capacities)
        rest = _greedy(replace(task, counts=left), rows, ENDING_SLACKS)
    if rest is None:
        return best
    types, copies = np.append(bought.types, rest.types), np.vstack([bought.copies, rest.copies])
    return min(
        best, _packing(task, types, copies, best.bound, best.columns), key=lambda packing: packing.cost
    )


def _wanted(priced: Priced, share: float) -> list[int]:
    """Patterns to buy, one entry per host: whole hosts, parts from ``share`` up, else the largest part."""
    hosts = np.floor(priced.hosts + 1e-6).astype(np.int64)
    part = priced.hosts - hosts
    hosts = hosts + (part >= share)
    if not hosts.any():
        hosts[int(part.argmax())] = 1
    return np.repeat(np.arange(len(hosts)), hosts).tolist()


def _prove(task: Task, rows: Rows, best: PoolPacking) -> PoolPacking:
    """Go through fleets cheaper than the best packing, cheapest first, until one holds everything.

    Each fleet proven too small raises the bound to the next; an undecided one ends the search.
    """
    fleets = fleets_between(task.costs, rows, best.bound, best.cost)
    for fleet in fleets:
        cost = float(task.costs @ fleet)
        fits, copies = holds_all(task.sizes, task.counts, task.capacities, fleet)
        best = replace(best, bound=max(best.bound, cost * (1 - 1e-9)))
        if copies is not None:
            types = np.repeat(np.arange(len(fleet)), fleet)
            return _packing(task, types, copies, best.bound, best.columns)
        if fits is None:
            return best
    return replace(best, bound=best.cost)
