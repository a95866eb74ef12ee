"""What a plan is compared with: simple rules, and fewest hosts by volume.

First-fit decreasing puts each component, largest first, on the first host with room; all hosts are of the one
type that costs least in the end, and flavours that do not fit on it go to the cheapest type that holds them.
The best-fit rules fill one host after another and always add the component that suits the room left best: by
the largest scalar product of size and room, or by the smallest norm of what is left (Panigrahy et al. 2011,
Heuristics for vector bin packing). They fill a host of each type and buy the one that holds most for its
cost.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from .fleet import fits_on
from .task import Task

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def baselines(task: Task) -> dict[str, tuple[float, int]]:
    """Yearly cost and number of hosts by rule; limits and groups are not heeded."""
    arrays = task.sizes, task.counts, task.capacities, task.costs
    found = {"first-fit": first_fit(*arrays)}
    for name, norm in (("best-fit-dot", False), ("best-fit-norm", True)):
        hosts = _best_fit(*arrays, norm)
        found[name] = float(task.costs @ hosts), int(hosts.sum())
    return found


def first_fit(sizes: Floats, counts: Ints, capacities: Floats, costs: Floats) -> tuple[float, int]:
    """Yearly cost and number of the hosts that first-fit decreasing uses."""
    fits = fits_on(sizes, capacities)
    best = (np.inf, 0)
    others = np.where(fits, costs, np.inf).argmin(axis=1)
    for preferred in range(len(costs)):
        chosen = np.where(fits[:, preferred], preferred, others)
        hosts = [
            _first_fit(sizes[chosen == t], counts[chosen == t], capacities[t]) for t in range(len(costs))
        ]
        best = min(best, (float(costs @ hosts), sum(hosts)))
    return best


def _first_fit(sizes: Floats, counts: Ints, capacity: Floats) -> int:
    """Hosts of one type; copies of a size go to the first hosts with room, all at once."""
    left = np.empty((0, len(capacity)))
    for f in np.argsort(-(sizes / capacity).max(axis=1), kind="stable"):
        size, missing = sizes[f], int(counts[f])
        with np.errstate(divide="ignore", invalid="ignore"):
            room = np.where(size > 0, np.floor(left / size + 1e-9), np.inf).min(axis=1)
            per_host = np.where(size > 0, np.floor(capacity / size + 1e-9), np.inf).min()
        taken = np.minimum(room, missing).astype(np.int64)
        taken = np.diff(np.minimum(np.cumsum(taken), missing), prepend=0)
        left = left - taken[:, None] * size
        missing -= int(taken.sum())
        while missing > 0:
            held = int(min(per_host, missing))
            left = np.vstack([left, capacity - held * size])
            missing -= held
    return len(left)


@compiled
def _best_fit(sizes: Floats, counts: Ints, capacities: Floats, costs: Floats, norm: bool) -> Ints:
    """Hosts of each type, shape (types,)."""
    flavours, dimensions = sizes.shape
    types = len(costs)
    left = counts.copy()
    hosts = np.zeros(types, dtype=np.int64)
    needed = np.zeros(dimensions)
    for f in range(flavours):
        for d in range(dimensions):
            needed[d] += left[f] * sizes[f, d]
    held = np.zeros((types, flavours), dtype=np.int64)
    while True:
        chosen, best = -1, 0.0
        for t in range(types):
            worth = _fill_host(sizes, left, capacities[t], needed, norm, held[t])
            if worth > best * max(costs[t], 1e-300):
                chosen, best = t, worth / max(costs[t], 1e-300)
        if chosen < 0:
            return hosts
        hosts[chosen] += 1
        for f in range(flavours):
            left[f] -= held[chosen, f]


@compiled
def _fill_host(sizes: Floats, left: Ints, capacity: Floats, needed: Floats, norm: bool, held: Ints) -> float:
    """Fill a host into ``held``; its worth: the shares of all needs that it holds, summed over dimensions."""
    flavours, dimensions = sizes.shape
    room = capacity.copy()
    worth = 0.0
    for f in range(flavours):
        held[f] = 0
    while True:
        chosen, best = -1, -np.inf
        for f in range(flavours):
            if left[f] == held[f]:
                continue
            score, fits = 0.0, True
            for d in range(dimensions):
                fits = fits and sizes[f, d] <= room[d]
                # Dimensions weigh as much as all components need of them.
                weight = needed[d] / max(capacity[d], 1e-300) ** 3
                rest = room[d] - sizes[f, d]
                score += weight * (-rest * rest if norm else sizes[f, d] * room[d])
            if fits and score > best:
                chosen, best = f, score
        if chosen < 0:
            return worth
        held[chosen] += 1
        for d in range(dimensions):
            room[d] -= sizes[chosen, d]
            worth += sizes[chosen, d] / max(needed[d], 1e-300)


def hosts_at_least(needs: Floats, pools: Ints, capacities: Floats, standby: int) -> int:
    """Fewest hosts that could hold all needs by volume, pool by pool, with standby hosts.

    Args:
        needs: shape (components, dimensions).
        pools: pool of each component, shape (components,).
    """
    most = capacities.max(axis=0)
    totals = [needs[pools == pool].sum(axis=0) for pool in np.unique(pools)]
    return sum(int(np.ceil((total / most).max() - 1e-9)) + standby for total in totals)
