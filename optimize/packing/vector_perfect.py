"""Bins that must be exactly full: every item in a set that leaves nothing over.

Where the items of a dimension fill k bins to the brim, k bins can hold them only with every bin full
there. Such sets are rare and quickly listed: all but the last item are tried, the last is looked up
by what is missing. Choosing among them is then easy, and k is proven least by the volume alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from ..solver import Model
from .vector import Bins, Vectors, of_sets

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_SETS = 200_000
MOST_STEPS = 60_000_000
# Sums are added up in whole numbers with this multiplier per dimension, in wrapping arithmetic.
MIXER = np.int64(0x9E3779B97F4A7C1)
# Among more sets the search would take long: column generation goes on with them.
CHOICES, MOST_CHOICES = 2000, 3000


def perfect(task: Vectors, bins: int, largest: int = 4) -> tuple[Bins | None, list[Ints]]:
    """Pack into so many bins, all brim-full in some dimension.

    Args:
        task: of one host type, whole sizes.
        bins: as many as the volume needs.
        largest: items in a bin at most.

    Returns:
        The packing, None if it is not found, and the sets that fill a bin exactly.
    """
    sizes, capacity = task.sizes.astype(np.int64), task.capacities[0].astype(np.int64)
    full = sizes.sum(axis=0) == bins * capacity
    if len(task.costs) > 1 or not full.any() or (task.sizes != sizes).any():
        return None, []
    order = np.lexsort(sizes.T)
    found, lengths = _full_sets(sizes[order], capacity, full, largest, MOST_SETS, MOST_STEPS)
    sets = [order[row[:k]] for row, k in zip(found, lengths.tolist(), strict=True)]
    chosen = _cover(len(sizes), sets)
    if chosen is None:
        return None, sets
    packed = of_sets(np.zeros(len(chosen), dtype=np.int64), chosen, len(sizes))
    return (packed if packed.allowed(task) else None), sets


def _cover(n: int, sets: list[Ints]) -> list[Ints] | None:
    """Sets that hold every item exactly once, if they are found."""
    inside: list[list[int]] = [[] for _ in range(n)]
    for k, members in enumerate(sets):
        for i in members.tolist():
            inside[i].append(k)
    alive = np.ones(len(sets), dtype=bool)
    left = np.ones(n, dtype=bool)
    chosen: list[Ints] = []
    forced = True
    while forced and left.any():
        # An item with one set left leaves no choice.
        forced = False
        for i in np.flatnonzero(left).tolist():
            if not left[i]:
                continue
            choices = [k for k in inside[i] if alive[k]]
            if not choices:
                return None
            if len(choices) == 1:
                members = sets[choices[0]]
                chosen.append(members)
                left[members] = False
                for j in members.tolist():
                    alive[inside[j]] = False
                forced = True
    if not left.any():
        return chosen
    kept = np.flatnonzero(alive)
    if len(kept) > MOST_CHOICES:
        return None
    rows = np.flatnonzero(left)
    model = Model("perfect")
    columns = model.columns("x", len(kept), cost=1.0, high=1.0, whole=True)
    row = np.concatenate([np.searchsorted(rows, sets[k]) for k in kept])
    model.rows("item", row, np.repeat(columns, [len(sets[k]) for k in kept]), 1.0, low=1.0, high=1.0)
    solution = model.solve(nodes=CHOICES, optional=True)
    if not len(solution.x):
        return None
    return chosen + [sets[k] for k in kept[solution.x > 0.5]]


@compiled
def _full_sets(
    sizes: Ints, capacity: Ints, full: NDArray[np.bool_], largest: int, most: int, steps: int
) -> tuple[Ints, Ints]:
    """Sets of ascending items within capacity that leave nothing over in the ``full`` dimensions."""
    n, dims = sizes.shape
    keys = np.zeros(n, dtype=np.int64)
    for i in range(n):
        for d in range(dims):
            if full[d]:
                keys[i] = keys[i] * MIXER + sizes[i, d]
    by_key = np.argsort(keys, kind="mergesort")
    sorted_keys = keys[by_key]
    least = np.zeros(dims, dtype=np.int64)
    for d in range(dims):
        least[d] = sizes[:, d].min()
    found = np.empty((most, largest), dtype=np.int64)
    lengths = np.empty(most, dtype=np.int64)
    count, spent = 0, 0
    path = np.zeros(largest + 1, dtype=np.int64)
    left = np.zeros((largest + 1, dims), dtype=np.int64)
    left[0] = capacity
    level, path[0] = 0, -1
    # Level k holds k items; path[k] is the item tried last as number k + 1.
    while level >= 0:
        if path[level] < 0 or path[level] < (path[level - 1] if level else -1):
            path[level] = path[level - 1] if level else -1
            # The last item, by what is missing.
            key = np.int64(0)
            for d in range(dims):
                if full[d]:
                    key = key * MIXER + left[level, d]
            k = np.searchsorted(sorted_keys, key)
            while k < n and sorted_keys[k] == key and count < most:
                last = by_key[k]
                k += 1
                if level and last <= path[level - 1]:
                    continue
                fits = True
                for d in range(dims):
                    rest = left[level, d] - sizes[last, d]
                    fits = fits and rest >= 0 and (rest == 0 or not full[d])
                if fits:
                    for j in range(level):
                        found[count, j] = path[j]
                    found[count, level] = last
                    lengths[count] = level + 1
                    count += 1
        path[level] += 1
        item = path[level]
        spent += 1
        if item >= n or level + 1 >= largest or spent > steps or count >= most:
            path[level] = -1
            level -= 1
            continue
        fits = True
        for d in range(dims):
            rest = left[level, d] - sizes[item, d]
            if rest < least[d]:
                fits = False
                break
        if fits:
            for d in range(dims):
                left[level + 1, d] = left[level, d] - sizes[item, d]
            level += 1
            path[level] = -1
    return found[:count], lengths[:count]
