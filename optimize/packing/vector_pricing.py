"""The worth of one bin: sets of items, every item different, that fit together and are worth most.

A depth-first search over sets. Items are tried by price per weight, where the weight sums the
dimensions by multipliers that make the fractional filling of a bin worth least: that worth bounds a
branch. For every item the best set led by it is kept, so that one search yields many sets. What a
limit cuts off counts with its bound, so the result bounds the worth of every set all the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled, inner

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Sets larger than this are not looked for; their worth is bounded as if cut off.
MOST_ITEMS = 64
# Sums are compared with room for rounding errors, as a share of capacity.
ROOM = 1e-9


@inner
def _fractional(order: Ints, first: int, last: int, prices: Floats, weights: Floats, room: float) -> float:
    """Worth of filling ``room`` with items ``order[first:last]``, the last of them in part."""
    worth = 0.0
    for k in range(first, last):
        item = order[k]
        if weights[item] > room:
            worth += prices[item] * room / weights[item]
            break
        room -= weights[item]
        worth += prices[item]
    return worth


@compiled
def multipliers(sizes: Floats, capacity: Floats, prices: Floats, rounds: int) -> Floats:
    """Weights of the dimensions, by descent, at which the fractional filling of a bin is worth least.

    Args:
        sizes: shape (items, dimensions).
        capacity: shape (dimensions,).
        prices: shape (items,).

    Returns:
        Multipliers, one for each dimension, >= 0, summing to 1 over a whole bin.
    """
    n, dims = sizes.shape
    mix = np.full(dims, 1.0 / dims)
    best, kept = np.inf, mix.copy()
    weights = np.empty(n)
    step = 0.5
    for _ in range(rounds):
        for i in range(n):
            weight = 0.0
            for d in range(dims):
                weight += mix[d] * sizes[i, d] / capacity[d]
            weights[i] = max(weight, 1e-12)
        order = np.argsort(-prices / weights, kind="mergesort")
        worth, room = 0.0, 1.0
        used = np.zeros(dims)
        for k in range(n):
            i = order[k]
            share = min(1.0, room / weights[i])
            worth += share * prices[i]
            for d in range(dims):
                used[d] += share * sizes[i, d] / capacity[d]
            room -= share * weights[i]
            if room <= 1e-12:
                break
        if worth < best:
            best = worth
            kept[:] = mix
        else:
            step *= 0.8
            mix[:] = kept
        # Dimensions overfull at these multipliers deserve more of them.
        total = 0.0
        for d in range(dims):
            mix[d] = max(mix[d] * np.exp(step * (used[d] - 1.0)), 1e-6)
            total += mix[d]
        mix /= total
    return kept


@compiled
def best_sets(
    sizes: Floats, capacity: Floats, prices: Floats, mix: Floats, aim: float, lead_nodes: int, nodes: int
) -> tuple[Ints, Ints, float, int]:
    """For every item the most valuable set of more than ``aim`` worth in which it leads.

    Args:
        sizes: shape (items, dimensions).
        capacity: of a bin, shape (dimensions,).
        prices: of the items, shape (items,); those of no worth are left out.
        mix: see ``multipliers``.
        aim: only sets worth more are of interest.
        lead_nodes, nodes: steps at most for one leading item, and in all.

    Returns:
        Members of the sets one after the other; where each set starts, shape (items + 1,), some of them
        empty; what no set is worth more than; candidates looked at.
    """
    n, dims = sizes.shape
    room = capacity * (1 + ROOM)
    weights = np.empty(n)
    usable = np.zeros(n, dtype=np.int64)
    count = 0
    for i in range(n):
        weight, fits = 0.0, prices[i] > 0
        for d in range(dims):
            weight += mix[d] * sizes[i, d] / capacity[d]
            fits = fits and sizes[i, d] <= room[d]
        weights[i] = max(weight, 1e-12)
        if fits:
            usable[count] = i
            count += 1
    usable = usable[:count]
    order = usable[np.argsort(-prices[usable] / weights[usable], kind="mergesort")]
    lengths = np.zeros(n, dtype=np.int64)
    chosen = np.zeros((n, MOST_ITEMS), dtype=np.int32)
    lists = np.empty((MOST_ITEMS + 1, count), dtype=np.int64)
    length = np.zeros(MOST_ITEMS + 1, dtype=np.int64)
    place = np.zeros(MOST_ITEMS + 1, dtype=np.int64)
    left = np.zeros((MOST_ITEMS + 1, dims))
    open_weight = np.zeros(MOST_ITEMS + 1)
    value = np.zeros(MOST_ITEMS + 1)
    path = np.zeros(MOST_ITEMS + 1, dtype=np.int64)
    at_most = aim
    spent, looked = 0, 0
    for lead in range(count):
        item = order[lead]
        best = aim
        if _fractional(order, lead, count, prices, weights, 1 + ROOM) <= aim:
            break
        # Level 1: the lead alone, with what fits beside it.
        path[1], value[1] = item, prices[item]
        open_weight[1] = 1 + ROOM - weights[item]
        for d in range(dims):
            left[1, d] = room[d] - sizes[item, d]
        looked += count - lead
        length[1], place[1] = _beside(order, lead + 1, count, sizes, left[1], lists[1]), 0
        if value[1] > best:
            best, lengths[item], chosen[item, 0] = value[1], 1, item
        level, steps = 1, 0
        while level > 0:
            here = place[level]
            bound = 0.0
            if here < length[level]:
                bound = value[level] + _fractional(
                    lists[level], here, length[level], prices, weights, open_weight[level]
                )
            if here >= length[level] or bound <= best * (1 + 1e-12):
                level -= 1
                continue
            if steps >= lead_nodes or spent >= nodes or level >= MOST_ITEMS - 1:
                at_most = max(at_most, bound)
                level -= 1
                continue
            steps += 1
            looked += length[level] - here
            spent += 1
            following = lists[level, here]
            place[level] = here + 1
            path[level + 1] = following
            value[level + 1] = value[level] + prices[following]
            open_weight[level + 1] = open_weight[level] - weights[following]
            for d in range(dims):
                left[level + 1, d] = left[level, d] - sizes[following, d]
            if value[level + 1] > best:
                best = value[level + 1]
                lengths[item] = level + 1
                for k in range(level + 1):
                    chosen[item, k] = path[k + 1]
            level += 1
            length[level] = _beside(
                lists[level - 1], here + 1, length[level - 1], sizes, left[level], lists[level]
            )
            place[level] = 0
        at_most = max(at_most, best)
    starts = np.zeros(n + 1, dtype=np.int64)
    starts[1:] = np.cumsum(lengths)
    members = np.empty(starts[n], dtype=np.int64)
    for i in range(n):
        for k in range(lengths[i]):
            members[starts[i] + k] = chosen[i, k]
    return members, starts, at_most, looked


@inner
def _beside(order: Ints, first: int, last: int, sizes: Floats, left: Floats, into: Ints) -> int:
    """Write the items of ``order[first:last]`` that fit into ``left``; returns how many."""
    count = 0
    dims = len(left)
    for k in range(first, last):
        item = order[k]
        fits = True
        for d in range(dims):
            if sizes[item, d] > left[d]:
                fits = False
                break
        if fits:
            into[count] = item
            count += 1
    return count
