"""Packing where every item differs: a portfolio by size, each answer with a proven bound.

(1) Greedy packings and the volume. (2) Where the volume leaves no slack at all, sets that are exactly
full. (3) Up to MOST_ITEMS items and on one host type, annealing of fewer and fewer hosts; then column
generation and diving: its bound, raised to the next cost that can occur, often proves the packing least.
(4) Beyond, a fleet filled as a whole; where hosts hold few items each, groups of hosts are packed again by
(3), and where there are not too many items the prices of the groups prove a bound; where hosts hold many,
pairs of hosts are filled anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from ...scenarios.errors import InfeasibleError
from .distinct_fit import bin_by_bin, first_fit, fleet_fit, volume_bound, whole_volume_bound
from .distinct_refill import refilled
from .distinct_repack import Repack, bound_of_prices
from .squeeze import squeezed
from .vector import Bins, Vectors
from .vector_columns import Effort, price_out
from .vector_dive import Dive, dive
from .vector_master import Master
from .vector_perfect import perfect

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Column generation takes on so many items at once.
MOST_ITEMS = 650
DIVES = (
    Dive(),
    Dive(0.7, 0.03, 6),
    Dive(noise=0.1),
    Dive(noise=0.2),
    Dive(0.9, 0.02, 6, 0.2),
    Dive(noise=0.3),
)
# Steps of an annealing for each item.
STEPS = 200_000
# Hosts that hold fewer items than this on average are packed again in groups, so many times over, until so
# much work (about seconds of a core) is done.
FEW_EACH, PASSES, REPACK_WORK = 15, 2, 12.0
# Prices of more items than this would not be proven in reasonable time.
MOST_PROVEN = 1500
# Work of the master, about seconds of a core, until which its root, the dives and a proof go on.
ROOT_WORK, DIVE_WORK, PROOF_WORK = 3.0, 6.0, 7.0
PROOF = Effort(rounds=40, lead_nodes=100_000, nodes=4_000_000)


@dataclass(frozen=True)
class Distinct:
    """Hosts and what each holds.

    Attributes:
        types: of each host, shape (hosts,).
        host_of: host of each item, shape (items,).
        cost: of all hosts.
        bound: no packing costs less.
        method: how the packing was found.
    """

    types: Ints
    host_of: Ints
    cost: float
    bound: float
    method: str

    @property
    def optimal(self) -> bool:
        """Whether the packing is proven least."""
        return self.cost <= self.bound * (1 + 1e-9)


@dataclass
class _Search:
    """The best so far, and until when to go on."""

    task: Vectors
    until: float | None
    bins: Bins | None = None
    cost: float = np.inf
    bound: float = 0.0
    method: str = "none"

    def offer(self, bins: Bins | None, method: str) -> None:
        if bins is not None and bins.allowed(self.task) and bins.cost(self.task) < self.cost * (1 - 1e-12):
            self.bins, self.cost, self.method = bins, bins.cost(self.task), method

    def prove(self, bound: float) -> None:
        self.bound = max(self.bound, min(self.task.rounded(bound), self.cost))

    @property
    def done(self) -> bool:
        over = self.until is not None and monotonic() > self.until
        return over or self.cost <= self.bound * (1 + 1e-9)


def pack_distinct(
    sizes: Floats, capacities: Floats, costs: Floats, limits: Ints | None = None, seconds: float | None = None
) -> Distinct:
    """Pack items that all differ.

    Args:
        sizes: shape (items, dimensions).
        capacities: of each host type, shape (types, dimensions), > 0.
        costs: of a host of each type, shape (types,), > 0.
        limits: hosts of each type at most, shape (types,); -1 or None for any number.
        seconds: begin nothing new after so many; the answer then depends on the machine.

    Raises:
        InfeasibleError: an item fits on no host type, or no packing within the limits was found.
    """
    started = monotonic()
    sizes = np.asarray(sizes, dtype=np.float64)
    capacities, costs = np.asarray(capacities, dtype=np.float64), np.asarray(costs, dtype=np.float64)
    most = np.full(len(costs), -1) if limits is None else np.asarray(limits, dtype=np.int64)
    if not len(sizes):
        return Distinct(np.empty(0, np.int64), np.empty(0, np.int64), 0.0, 0.0, "empty")
    order = np.lexsort(sizes.T)
    task = Vectors(np.ascontiguousarray(sizes[order]), capacities, costs, most.astype(np.int64))
    task.check()
    search = _Search(task, None if seconds is None else started + seconds)
    _solve(search)
    if search.bins is None:
        raise InfeasibleError("no packing within the limits on hosts was found")
    host_of = np.empty(len(sizes), dtype=np.int64)
    host_of[order] = search.bins.host_of
    return Distinct(search.bins.types, host_of, search.cost, search.bound, search.method)


def _solve(search: _Search) -> None:
    task = search.task
    # Sizes below zero occur in published sets: rounded up to zero they give packings, but no bound.
    whole = task if (task.sizes >= 0).all() else replace(task, sizes=np.maximum(task.sizes, 0.0))
    search.prove(volume_bound(task))
    if len(task.costs) > 1:
        search.prove(whole_volume_bound(task))
    sets: list[Ints] = []
    _greedy(search, whole)
    if not search.done and len(task.costs) == 1:
        packed, sets = perfect(task, round(search.bound / float(task.costs[0])))
        search.offer(packed, "exactly full bins")
    if search.done:
        return
    if len(task.sizes) <= MOST_ITEMS:
        if len(task.costs) == 1 and task.limits[0] < 0:
            _squeezed(search, whole)
        if not search.done:
            _columns(search, whole, sets)
    elif search.bins is not None and len(task.sizes) > FEW_EACH * len(search.bins.types):
        search.offer(refilled(whole, search.bins), "fleet fit, then pairs of hosts filled anew")
    elif search.bins is not None:
        prices = _repacked(search, whole)
        if whole is task and len(task.sizes) <= MOST_PROVEN and not search.done:
            search.prove(bound_of_prices(task, prices))


def _repacked(search: _Search, task: Vectors) -> Floats:
    """Pack groups of hosts again; returns the prices that the groups put on the items."""
    assert search.bins is not None
    repack = Repack(task, search.bins)
    for key in range(PASSES):
        if search.done or repack.work > REPACK_WORK:
            break
        repack.run(key, lambda: search.done or repack.work > REPACK_WORK)
        search.offer(repack.bins(), "fleet fit, then groups of hosts by column generation")
    return repack.prices


def _squeezed(search: _Search, task: Vectors) -> None:
    """Halve what lies between the bound and the fewest hosts so far, by annealing."""
    cost = float(task.costs[0])
    too_few = round(search.bound / cost) - 1
    while not search.done and (hosts := (too_few + round(search.cost / cost)) // 2) > too_few:
        bins = squeezed(task, np.zeros(hosts, dtype=np.int64), STEPS * len(task.sizes))
        search.offer(bins, "annealing of a given number of hosts")
        if search.cost > hosts * cost * (1 + 1e-9):
            too_few = hosts


def _greedy(search: _Search, task: Vectors) -> None:
    search.offer(fleet_fit(task, closer=len(task.sizes) > MOST_ITEMS), "fleet fit")
    if search.done or len(task.sizes) > MOST_ITEMS:
        if search.bins is None:
            search.offer(first_fit(task), "first fit")
        return
    if len(task.costs) == 1 and task.limits[0] < 0:
        for bins in bin_by_bin(task):
            search.offer(bins, "bin by bin")
    search.offer(first_fit(task), "first fit")


def _columns(search: _Search, task: Vectors, sets: list[Ints]) -> None:
    """Column generation from some sets, dives, and a deeper search for a proof."""
    everything = np.ones(len(task.sizes), dtype=bool)
    honest = task is search.task
    master = Master(task)
    if search.bins is not None:
        master.add(search.bins.types, search.bins.sets())
    master.add(np.zeros(len(sets), dtype=np.int64), sets)
    root = price_out(task, master, everything, task.limits, Effort(work=ROOT_WORK))
    if honest:
        search.prove(root.bound)
    effort = Effort(work=DIVE_WORK)
    for key, how in enumerate(DIVES):
        unpromising = task.rounded(root.cost * (1 - 1e-6)) >= search.cost * (1 - 1e-9)
        if search.done or unpromising or master.work > DIVE_WORK:
            break
        search.offer(dive(task, master, root, search.cost, how, effort, key), "column generation and diving")
    if honest and not search.done and master.work < PROOF_WORK:
        proof = replace(PROOF, work=PROOF_WORK)
        search.prove(price_out(task, master, everything, task.limits, proof).bound)
