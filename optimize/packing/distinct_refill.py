"""Smaller fleets for many small items that all differ: pairs of hosts are emptied and filled anew.

What the cosine fit finds no place for is kept aside. Filling the first host of a pair as full as can be,
from what both held and what is aside, leaves the room of both on the second; so the little room that is
everywhere gathers until what is aside fits. ``filling`` does the same where items repeat.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from .distinct_fit import best_cosine, cheapest_fleet
from .filling import volume_weights
from .pricing import base, search
from .vector import ROOM, Bins, Vectors

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Fleets tried, each with this share of the slack between one too small and the best; pairs for each.
TRIES, BETWEEN, PAIRS = 4, 0.7, 7000
# Nodes of the search that fills a host; random prices differ from volumes by up to this share.
NODES, NOISE = 1000, 0.02


def refilled(task: Vectors, best: Bins) -> Bins:
    """A packing on a smaller fleet, or the one given."""
    total = task.sizes.sum(axis=0)
    share = (task.sizes / task.capacities.max(axis=0)).max(axis=1)
    order = np.lexsort((*task.sizes.T, share))[::-1].copy()
    random = np.random.Generator(np.random.Philox(key=0))
    room = task.capacities[best.types].sum(axis=0)
    low, high = 0.0, float((room / np.maximum(total, 1e-12)).min()) - 1
    for _ in range(TRIES):
        slack = low + BETWEEN * (high - low)
        fleet = cheapest_fleet(task, slack)
        if fleet is None:
            low = slack
            continue
        if float(task.costs @ fleet) >= best.cost(task):
            high = slack
            continue
        types = np.repeat(np.arange(len(fleet)), fleet)
        rooms = task.capacities[types]
        host_of = best_cosine(task.sizes, order, rooms, 1 / np.maximum(rooms.mean(axis=0), 1e-12))
        weights = volume_weights(task.sizes, np.ones(len(host_of), dtype=np.int64), rooms.sum(axis=0))
        refill(task.sizes, rooms * (1 + ROOM), host_of, weights, random.random((PAIRS, 4)))
        if (host_of < 0).any():
            low = slack
            continue
        used = np.flatnonzero(np.bincount(host_of, minlength=len(types)))
        best, high = Bins(types[used], np.searchsorted(used, host_of)), slack
    return best


@compiled
def refill(sizes: Floats, rooms: Floats, host_of: Ints, weights: Floats, draws: Floats) -> None:
    """Fill random pairs of hosts anew, in place, wherever not more stays aside.

    Args:
        sizes: shape (items, dimensions).
        rooms: of the hosts, shape (hosts, dimensions).
        host_of: host of each item, -1 for what is aside.
        weights: of the dimensions.
        draws: random numbers, shape (pairs, 4).
    """
    hosts = len(rooms)
    worth = sizes @ weights
    held = np.zeros(hosts + 1, dtype=np.int64)
    for h in host_of:
        held[h] += 1
    # Items of each host, and in the last row those aside.
    most = 2 * held.max() + held[hosts] + 64
    members = np.empty((hosts + 1, most), dtype=np.int64)
    held[:] = 0
    for i in range(len(host_of)):
        h = host_of[i]
        members[h, held[h]] = i
        held[h] += 1
    for r in range(len(draws)):
        if held[hosts] == 0 or hosts < 2:
            break
        a = int(draws[r, 0] * hosts)
        b = (a + 1 + int(draws[r, 1] * (hosts - 1))) % hosts
        pool = np.concatenate((members[a, : held[a]], members[b, : held[b]], members[hosts, : held[hosts]]))
        prices = worth[pool]
        for k in range(len(pool)):
            # A cheap hash of item and draw in place of a random number for each item.
            mixed = (pool[k] + 1) * (0.6180339887498949 + draws[r, 3])
            prices[k] *= 1 + NOISE * (mixed - np.floor(mixed))
        free = np.ones(len(pool), dtype=np.int64)
        first = _chosen(sizes[pool], rooms[a], prices, free, weights, draws[r, 2])
        second = _chosen(sizes[pool], rooms[b], worth[pool], free - first, weights, draws[r, 2])
        rest = free - first - second
        before, after = 0.0, 0.0
        for k in range(len(pool)):
            after += rest[k] * worth[pool[k]]
        for k in range(held[hosts]):
            before += worth[members[hosts, k]]
        if after > before or (rest.sum() > most or first.sum() > most or second.sum() > most):
            continue
        held[a], held[b], held[hosts] = 0, 0, 0
        for k in range(len(pool)):
            h = a if first[k] else b if second[k] else hosts
            members[h, held[h]] = pool[k]
            held[h] += 1
            host_of[pool[k]] = h if h < hosts else -1


@compiled
def _chosen(sizes: Floats, room: Floats, prices: Floats, most: Ints, weights: Floats, share: float) -> Ints:
    """Which items fill a host: greedily to some share, then by a search."""
    copies, left = base(sizes, room, prices, most, weights, share)
    rest, _, _, _ = search(sizes, left, prices, most - copies, weights, NODES)
    return copies + rest
