"""Groups of hosts packed again, and a bound from the prices that the groups put on their items.

A few hosts at a time are emptied and packed by column generation and one dive; what costs less is
kept. The groups' prices, laid together, are nearly right for the whole: sets of items worth more than
their host are sought over all items and their members made cheaper, until few are left. What then
remains above is shared by scaling (Farley), so that the bound is proven.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .vector import Bins, Vectors, of_sets
from .vector_columns import DESCENT, Effort, price_out
from .vector_dive import Dive, dive
from .vector_master import Master
from .vector_pricing import best_sets, multipliers

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Items of one group, and work on it (see ``Master.work``).
GROUP = 90
ROOT_WORK, DIVE_WORK = 0.12, 0.25
# Rounds in which prices move both ways, by how much; rounds downward; steps of each search.
BOTH_WAYS, DOWNWARD = 16, 10
CAUTION, DEARER = 0.4, 1.002
LEAD_NODES, NODES = 500, 600_000
PROOF_LEAD_NODES, PROOF_NODES = 30_000, 15_000_000
# Candidates looked at in one search, for each of its nodes at most as many as there are items, and in all.
LOOKS, PROOF_LOOKS, ALL_LOOKS = 100_000_000, 400_000_000, 800_000_000


class Repack:
    """A packing that is improved in groups; ``work`` is that of all masters, see ``Master.work``."""

    def __init__(self, task: Vectors, bins: Bins) -> None:
        self.task = task
        self.types: list[int] = bins.types.tolist()
        self.sets: list[Ints] = bins.sets()
        self.work = 0.0
        self._sums = np.zeros(len(task.sizes))
        self._seen = np.zeros(len(task.sizes), dtype=np.int64)

    @property
    def prices(self) -> Floats:
        """Mean price of each item in its groups; 0 for those never in one."""
        return np.asarray(self._sums / np.maximum(self._seen, 1))

    def bins(self) -> Bins:
        """The packing now."""
        return of_sets(np.array(self.types, dtype=np.int64), self.sets, len(self.task.sizes))

    def run(self, key: int, stop: Callable[[], bool]) -> None:
        """Go through all hosts once, in random groups.

        Args:
            key: of the random order.
            stop: asked before each group.
        """
        random = np.random.Generator(np.random.Philox(key=key))
        hosts = random.permutation(len(self.types)).tolist()
        old_types, old_sets = self.types, self.sets
        used = np.bincount(np.array(old_types), minlength=len(self.task.costs))
        self.types, self.sets = [], []
        while hosts:
            group = [hosts.pop()]
            items = len(old_sets[group[0]])
            while hosts and items + len(old_sets[hosts[-1]]) <= GROUP:
                items += len(old_sets[hosts[-1]])
                group.append(hosts.pop())
            types, sets = [old_types[h] for h in group], [old_sets[h] for h in group]
            if not stop():
                mine = np.bincount(np.array(types), minlength=len(used))
                types, sets = self._again(types, sets, used - mine, key)
                used = used - mine + np.bincount(np.array(types), minlength=len(used))
            self.types += types
            self.sets += sets

    def _again(
        self, types: list[int], sets: list[Ints], others: Ints, key: int
    ) -> tuple[list[int], list[Ints]]:
        items = np.sort(np.concatenate(sets))
        part = self.task.part(items, others)
        local = [np.searchsorted(items, members) for members in sets]
        master = Master(part)
        master.add(np.array(types, dtype=np.int64), local)
        cost = float(part.costs[types].sum())
        everything = np.ones(len(items), dtype=bool)
        root = price_out(part, master, everything, part.limits, Effort(work=ROOT_WORK))
        self._sums[items] += root.items
        self._seen[items] += 1
        if part.rounded(root.cost * (1 - 1e-6)) >= cost * (1 - 1e-9):
            self.work += master.work
            return types, sets
        found = dive(part, master, root, cost, Dive(), Effort(work=DIVE_WORK), key)
        self.work += master.work
        if found is None or not found.allowed(part) or found.cost(part) >= cost * (1 - 1e-9):
            return types, sets
        return found.types.tolist(), [items[members] for members in found.sets()]


def bound_of_prices(task: Vectors, prices: Floats) -> float:
    """What every packing costs at least, proven by item prices that are made to respect every host.

    First prices move both ways, then down only, then one deep search proves what is left.
    """
    best, kept, looks = 0.0, prices, 0
    nodes = min(NODES, LOOKS // len(prices))
    for k in range(BOTH_WAYS + DOWNWARD):
        down = k >= BOTH_WAYS
        if k == BOTH_WAYS:
            prices = kept
        factor, scale, looked = _factors(task, prices, 1.0 if down else CAUTION, LEAD_NODES, nodes)
        proven = float(prices.sum()) / scale
        if proven > best:
            best, kept = proven, prices
        looks += looked
        if looks > ALL_LOOKS:
            break
        prices = prices * np.where(factor < 1.0, factor, 1.0 if down else DEARER)
    nodes = min(PROOF_NODES, PROOF_LOOKS // len(prices))
    _, scale, _ = _factors(task, kept, 1.0, PROOF_LEAD_NODES, nodes)
    return max(best, float(kept.sum()) / scale) * (1 - 1e-9)


def _factors(
    task: Vectors, prices: Floats, caution: float, lead_nodes: int, nodes: int
) -> tuple[Floats, float, int]:
    """By what to multiply each price, 1 where no set is worth its host; largest worth over cost; looks."""
    factor, scale, looks = np.ones(len(prices)), 1.0, 0
    for t, cost in enumerate(task.costs.tolist()):
        mix = multipliers(task.sizes, task.capacities[t], prices, DESCENT)
        members, starts, most, looked = best_sets(
            task.sizes, task.capacities[t], prices, mix, cost, lead_nodes, nodes
        )
        scale, looks = max(scale, most / cost), looks + looked
        for i in np.flatnonzero(np.diff(starts)).tolist():
            chosen = members[starts[i] : starts[i + 1]]
            over = float(prices[chosen].sum()) / cost
            factor[chosen] = np.minimum(factor[chosen], 1 - caution * (1 - 1 / over))
    return factor, scale, looks
