"""Filling a given fleet: first greedily, then by emptying two hosts at a time and filling them anew.

What finds no place is kept aside. Filling the first host of a pair as full as can be, from what both held
and what is aside, leaves the room of both on the second. So the little room that is everywhere gathers
until what is aside fits: a fleet within a few per mille of its volumes usually ends up holding everything.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from .pricing import base, search

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Nodes of the search that fills a host; it is short, and there are many.
NODES = 200
# Random prices differ from volumes by up to this share.
NOISE = 0.02
# The weight of a dimension falls with the share of it that is needed, to this power.
SHARPNESS = 8
DRAWS = 4096


def fill(
    sizes: Floats, counts: Ints, capacities: Floats, most: Ints, types: Ints, rounds: int, seed: int = 0
) -> tuple[Ints, Ints]:
    """Place components on hosts, as many as can be.

    Args:
        sizes, capacities: whole numbers, shape (flavours, dimensions) and (types, dimensions).
        counts: components of each flavour, shape (flavours,).
        most: copies of each flavour on a host of each type, shape (types, flavours).
        types: of each host, shape (hosts,).
        rounds: pairs of hosts filled anew.

    Returns:
        Copies of each flavour on each host, shape (hosts, flavours), and what found no place.
    """
    copies = np.zeros((len(types), len(counts)), dtype=np.int64)
    if not len(types) or not counts.any():
        return copies, counts.copy()
    weights = volume_weights(sizes, counts, capacities[types].sum(axis=0))
    draws = np.random.Generator(np.random.Philox(key=seed))
    order = draws.permutation(len(types))
    left = _greedily(sizes, counts, capacities, most, types, weights, order, copies)
    for first in range(0, rounds, DRAWS):
        if not left.any() or len(types) < 2:
            break
        block = draws.random((min(DRAWS, rounds - first), len(counts) + 3))
        left = _pairwise(sizes, capacities, most, types, weights, block, copies, left)
    return copies, left


def volume_weights(sizes: Floats, counts: Ints, room: Floats) -> Floats:
    """Weights of dimensions by how much of each is needed, shape (dimensions,)."""
    needed = counts @ sizes / np.maximum(room, 1e-300)
    highest = max(float(needed.max()), 1e-300)
    return np.asarray((needed / highest) ** SHARPNESS / np.maximum(room, 1e-300))


@compiled
def _greedily(
    sizes: Floats,
    counts: Ints,
    capacities: Floats,
    most: Ints,
    types: Ints,
    weights: Floats,
    order: Ints,
    copies: Ints,
) -> Ints:
    """Fill one host after another by volume; what is left over, shape (flavours,)."""
    left = counts.copy()
    worth = sizes @ weights
    for host in order:
        t = types[host]
        copies[host] = _filled(sizes, capacities[t], worth, np.minimum(left, most[t]), weights, 0.75)
        left -= copies[host]
    return left


@compiled
def _filled(
    sizes: Floats, capacity: Floats, prices: Floats, most: Ints, weights: Floats, share: float
) -> Ints:
    """A host filled greedily to some share, then by a search."""
    copies, room = base(sizes, capacity, prices, most, weights, share)
    rest, _, _, _ = search(sizes, room, prices, most - copies, weights, NODES)
    return copies + rest


@compiled
def _pairwise(
    sizes: Floats,
    capacities: Floats,
    most: Ints,
    types: Ints,
    weights: Floats,
    draws: Floats,
    copies: Ints,
    left: Ints,
) -> Ints:
    """Fill random pairs of hosts anew, in place, wherever not more is left over; what is left over."""
    hosts, flavours = copies.shape
    worth = sizes @ weights
    for r in range(len(draws)):
        if not left.any():
            break
        a = int(draws[r, 0] * hosts)
        b = (a + 1 + int(draws[r, 1] * (hosts - 1))) % hosts
        together = copies[a] + copies[b] + left
        prices = worth * (1 + NOISE * draws[r, 3:])
        s, t = types[a], types[b]
        share = draws[r, 2]
        first = _filled(sizes, capacities[s], prices, np.minimum(together, most[s]), weights, share)
        rest = together - first
        second = _filled(sizes, capacities[t], worth, np.minimum(rest, most[t]), weights, share)
        rest -= second
        more = 0.0
        for f in range(flavours):
            more += (rest[f] - left[f]) * worth[f]
        if more <= 0.0:
            copies[a] = first
            copies[b] = second
            left = rest
    return left
