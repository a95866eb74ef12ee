"""Packing by patterns: components of one size are one flavour, so a pool is a few dozen counts.

(1) The cheapest fleet by volume, in whole hosts, is a lower bound; often it can be filled, which proves it
optimal. (2) Where it cannot, column generation sharpens the bound and says which patterns to repeat.
(3) Diving buys the patterns that the master problem wants whole and prices the rest anew; after each step
what is left is filled into the rest of the cheapest fleet. (4) Fleets between the bound and the best packing
are filled, cheapest first; (5) for a handful of hosts a model of every host proves fleets too small one by
one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...scenarios.errors import InfeasibleError
from .columns import Priced, price_out
from .compact import holds_all
from .filling import fill
from .fleet import ROUNDING, Rows, cheapest_fleet, fits_on, fleets_between, volume_rows
from .pricing import most_copies
from .task import Columns, PoolPacking, Task

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Near enough: pools differ by whole hosts, and the goal is a few per mille of the sum of pools.
GOOD = 2e-4
MASTER_GAP = 5e-5
# Up to this many hosts a fleet is filled before patterns are asked for.
MANY_HOSTS = 150
# Pairs of hosts filled anew for a fleet, and for the rest after a step of a dive.
ROUNDS, FEWER_ROUNDS = 5_000, 500
# Fleets have so much more than they need, until one is filled.
SLACKS = (0.0, 1e-4, 3e-4, 1e-3, 2e-3, 4e-3, 8e-3, 0.015, 0.03, 0.06, 0.12, 0.25, 0.5)
ENDING_SLACKS = (0.0, 0.03, 0.1)
# Fleets tried between the bound and the best packing.
TRIES = 12
MOST_FLEETS = 200_000
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
TOO_FAR = 0.004


def pack_patterns(task: Task, columns: Columns | None = None) -> PoolPacking:
    """Pack one pool by patterns.

    Args:
        task: what to pack.
        columns: patterns of similar pools to start from.

    Raises:
        InfeasibleError: a flavour fits on no host type, or the limits leave too few hosts.
    """
    _check(task)  # as given: the grid has other units
    return _Search.of(task.on_grid(), columns).run()


@dataclass
class _Search:
    """One pool while it is packed.

    Attributes:
        possible: no packing has more copies of each flavour on a host, shape (types, flavours).
        most: what is put on a host at most, so that groups can be kept apart; at most ``possible``.
        rows: what every fleet must satisfy.
        bound: no packing costs less.
        columns: patterns known.
        method: how the next packing is found.
        best: the best packing so far.
    """

    task: Task
    possible: Ints
    most: Ints
    rows: Rows
    bound: float
    columns: Columns
    method: str = "volume"
    best: PoolPacking | None = None

    @classmethod
    def of(cls, task: Task, columns: Columns | None) -> _Search:
        possible = most_copies(task.sizes, task.capacities, task.counts)
        rows = volume_rows(task.sizes, task.counts, task.capacities, task.apart)
        start = Columns.none(len(task.counts)) if columns is None else columns
        return cls(task, possible, np.minimum(possible, together(task)), rows, 0.0, start)

    def run(self) -> PoolPacking:
        """Cheap answers first."""
        task = self.task
        if not task.counts.any():
            return PoolPacking(self.columns.types[:0], self.columns.copies[:0], 0.0, 0.0, self.columns)
        fleet = self._cheapest()
        if fleet.sum() <= MANY_HOSTS:
            self._fill(fleet, _Bought.nothing(task), ROUNDS)
        if not self._good():
            self._by_patterns()
        if self.best is None:
            self._ladder()
        self._between()
        if not self._good() and self._best().types.size <= FEW_HOSTS:
            self._prove()
        best = self._best()
        # The margins for rounding are not a gap.
        bound = best.cost if best.cost <= self.bound * (1 + 3 * ROUNDING) else self.bound
        return replace(best, bound=bound, columns=self.columns)

    def _best(self) -> PoolPacking:
        if self.best is None:
            raise InfeasibleError("no packing was found within the limits on hosts")
        return self.best

    def _good(self, share: float = GOOD) -> bool:
        return self.best is not None and self.best.cost <= self.bound * (1 + share)

    def _cheapest(self) -> Ints:
        fleet, bound = cheapest_fleet(self.task.costs, self.rows, limits=self.task.at_most)
        if fleet is None:
            raise InfeasibleError("the limits on hosts leave too few of them for all components")
        self.bound = max(self.bound, bound)
        return fleet

    def _by_patterns(self) -> None:
        """A sharper bound by column generation, then a better packing by diving."""
        task, self.method = self.task, "patterns"
        start = self.columns.within(self.most)
        priced = price_out(task, self.possible, self.most, start, self.rows, MASTER_GAP, self.bound)
        self.columns = self.columns.plus(priced.columns.types, priced.columns.copies)
        self.bound = max(self.bound, priced.bound)
        self.rows = self.rows.plus(priced.row)
        target = self._cheapest()
        for dive, unless in ((QUICK, GOOD), (CAREFUL, TOO_FAR)):
            if not self._good(unless):
                self._dive(priced, target, dive)

    def _dive(self, priced: Priced, target: Ints, dive: Dive) -> None:
        """Buy whole patterns of the master problem and price the rest anew, until nothing is left."""
        task = self.task
        bought = _Bought.nothing(task)
        while bought.left.any():
            before = len(bought.types)
            bought = bought.plus(priced, dive.share if before else 1.0, task.at_most)
            if len(bought.types) == before:
                return  # the limits are spent: in parts of hosts they held everything, in whole ones not
            self._end(target, bought)
            if self._good() or (self.best is not None and bought.cost(task) >= self.best.cost):
                return
            if bought.left.any():
                rest = bought.rest(task)
                rows = volume_rows(rest.sizes, rest.counts, rest.capacities)
                most = np.minimum(self.most, rest.counts)
                priced = price_out(
                    rest, most, most, priced.columns.within(most), rows, MASTER_GAP, 0.0, dive.rounds
                )

    def _end(self, target: Ints, bought: _Bought) -> None:
        """Keep what was bought, and fill the rest into what the target has left, or its own fleet."""
        task = self.task
        if not bought.left.any():
            self._keep(bought.types, bought.copies)
            return
        if self._fill(target, bought, ROUNDS):
            return
        rest = bought.rest(task)
        rows = volume_rows(rest.sizes, rest.counts, rest.capacities)
        for slack in ENDING_SLACKS:
            fleet, _ = cheapest_fleet(task.costs, rows, slack, rest.at_most)
            if fleet is None or self._fill(fleet + bought.fleet(task), bought, FEWER_ROUNDS):
                return

    def _ladder(self) -> None:
        """Fill fleets with ever more slack until one holds everything, or all there are."""
        for slack in (*SLACKS, *(2.0**k for k in range(20))):
            fleet, _ = cheapest_fleet(self.task.costs, self.rows, slack, self.task.at_most)
            last = fleet is None
            fleet = np.maximum(self.task.limits, 0) if fleet is None else fleet
            if self._fill(fleet, _Bought.nothing(self.task), ROUNDS) or last:
                return

    def _between(self) -> None:
        """Fill fleets cheaper than the best packing, cheapest first."""
        if self.best is None or self._good() or len(self.best.types) > MANY_HOSTS:
            return
        for fleet in (self._fleets() or [])[:TRIES]:
            if self._fill(fleet, _Bought.nothing(self.task), ROUNDS):
                return

    def _fleets(self) -> list[Ints] | None:
        """Fleets between the bound and the best packing; None if there are too many to list."""
        cost = self._best().cost
        most = np.minimum(cost / np.maximum(self.task.costs, cost / 1e6), self.task.at_most)
        if np.prod(most + 1) > MOST_FLEETS:
            return None
        return fleets_between(self.task.costs, self.rows, self.bound, cost, self.task.at_most)

    def _fill(self, fleet: Ints, bought: _Bought, rounds: int) -> bool:
        """Fill what a fleet has beyond the hosts bought; whether it holds everything.

        Where room is short, hosts bought are filled anew as well, those of the rarest patterns first.
        """
        task = self.task
        if self.best is not None and task.costs @ fleet >= self.best.cost * (1 - ROUNDING):
            return False
        while (fleet >= bought.fleet(task)).all():
            types = np.repeat(np.arange(len(fleet)), fleet - bought.fleet(task))
            if (bought.left @ task.sizes <= task.capacities[types].sum(axis=0)).all():
                copies, missing = fill(task.sizes, bought.left, task.capacities, self.most, types, rounds)
                if not missing.any():
                    self._keep(np.append(bought.types, types), np.vstack([bought.copies, copies]))
                    return True
            if not len(bought.types) or len(types) > MANY_HOSTS:
                break
            bought = bought.without(max(len(types), 8))
        return False

    def _keep(self, types: Ints, copies: Ints) -> None:
        """Take a packing, without its empty hosts, if it is the best."""
        used = copies.any(axis=1)
        cost = float(self.task.costs[types[used]].sum())
        if self.best is None or cost < self.best.cost:
            self.best = PoolPacking(types[used], copies[used], cost, self.bound, self.columns, self.method)

    def _prove(self) -> None:
        """Go through fleets cheaper than the best packing, cheapest first, until one holds everything.

        Each fleet proven too small raises the bound to the next; an undecided one ends the search.
        """
        fleets = self._fleets()
        if fleets is None:
            return
        task, self.method = self.task, "exact"
        for fleet in fleets:
            fits, copies = holds_all(task, self.most, fleet)
            if not fits and not np.array_equal(self.most, self.possible):
                fits = None if holds_all(task, self.possible, fleet)[0] is not False else False
            self.bound = max(self.bound, float(task.costs @ fleet) * (1 - ROUNDING))
            if copies is not None:
                self._keep(np.repeat(np.arange(len(fleet)), fleet), copies)
                return
            if fits is None:
                return
        self.bound = self._best().cost
        self.best = replace(self._best(), method=self.method)


@dataclass(frozen=True)
class _Bought:
    """Hosts bought on the way, those of frequent patterns first, and the components still left.

    Shapes (hosts,), (hosts, flavours), (flavours,).
    """

    types: Ints
    copies: Ints
    left: Ints

    @classmethod
    def nothing(cls, task: Task) -> _Bought:
        none = Columns.none(len(task.counts))
        return cls(none.types, none.copies, task.counts)

    def fleet(self, task: Task) -> Ints:
        """Hosts bought of each type."""
        return np.bincount(self.types, minlength=len(task.costs))

    def cost(self, task: Task) -> float:
        return float(task.costs[self.types].sum())

    def rest(self, task: Task) -> Task:
        """What is left to pack, and the hosts that may still be bought."""
        limits = np.where(task.limits < 0, task.limits, task.limits - self.fleet(task))
        return replace(task, counts=self.left, limits=limits)

    def without(self, hosts: int) -> _Bought:
        """All but the last hosts."""
        kept = max(len(self.types) - hosts, 0)
        return _Bought(self.types[:kept], self.copies[:kept], self.left + self.copies[kept:].sum(axis=0))

    def plus(self, priced: Priced, share: float, limits: Floats) -> _Bought:
        """These and the patterns that a master problem wants.

        Whole hosts, parts from ``share`` up, or if there is neither the largest part, cut to what is left.
        """
        hosts = np.floor(priced.hosts + 1e-6).astype(np.int64)
        part = priced.hosts - hosts
        hosts = hosts + (part >= share)
        if not hosts.any():
            hosts[int(part.argmax())] = 1
        types, copies, left = [self.types], [self.copies], self.left
        spare = limits - np.bincount(self.types, minlength=len(limits))
        for pattern in np.argsort(-hosts, kind="stable"):
            held, t = priced.columns.copies[pattern], int(priced.columns.types[pattern])
            for _ in range(int(min(hosts[pattern], spare[t]))):
                cut = np.minimum(held, left)
                if not cut.any():
                    break
                types.append(np.array([t]))
                copies.append(cut[None, :])
                left = left - cut
                spare[t] -= 1
        return _Bought(np.concatenate(types), np.vstack(copies), left)


def together(task: Task) -> Ints:
    """Copies of each flavour put on one host at most, shape (flavours,).

    With no more than ``counts / m`` copies on any host, groups of up to ``m`` can always be kept apart: the
    ``k`` largest groups need at most ``k m`` places of different hosts, and the hosts offer, at least,
    ``k`` of every ``counts / m`` places (Gale 1957, doi 10.2140/pjm.1957.7.1073).
    """
    return task.counts // np.maximum(task.apart, 1)


def _check(task: Task) -> None:
    fits = fits_on(task.sizes, task.capacities[task.limits != 0]).any(axis=1)
    for size in task.sizes[(task.counts > 0) & ~fits]:
        raise InfeasibleError(f"a component of size {', '.join(f'{s:g}' for s in size)} fits on no host type")
