"""The best filling of one host from a table over all capacities: exact where few components fill a host.

Sizes are whole numbers on a coarse grid, so the table of the best worth within every capacity is small in
one, two or three dimensions. More dimensions, or those that hardly bind, are left out: the worth is then
still an upper bound, and the filling is taken if it happens to fit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Dimensions that make up less than this share of a host's price hardly bind.
HARDLY = 1e-3
KEPT = 3


@compiled
def ordered(keys: Floats, n: int) -> Ints:
    """Places of the ``n`` least keys, least first, earlier ones first among equals; for short arrays."""
    order = np.empty(len(keys), dtype=np.int64)
    for i in range(len(keys)):
        at = i
        while at > 0 and keys[order[at - 1]] > keys[i]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = i
    return order[:n]


@compiled
def kept_dimensions(capacity: Floats, weights: Floats, cells: int) -> Ints:
    """Dimensions whose table is no larger than ``cells``, the dearest first; three at most."""
    dimensions = len(capacity)
    cheapness = np.empty(dimensions)
    total = 0.0
    for d in range(dimensions):
        cheapness[d] = -weights[d] * capacity[d]
        total += cheapness[d]
    kept = np.zeros(KEPT, dtype=np.int64)
    n, size = 0, 1.0
    for d in ordered(cheapness, dimensions):
        if n == KEPT or cheapness[d] >= HARDLY * total:
            break
        if size * (capacity[d] + 1) > cells:
            continue
        size *= capacity[d] + 1
        kept[n] = d
        n += 1
    return kept[:n]


@compiled
def fill_by_table(
    sizes: Floats, capacity: Floats, prices: Floats, most: Ints, weights: Floats, kept: Ints, nodes: int
) -> tuple[Ints, float, float]:
    """Best filling of a host found, its worth, and what no filling exceeds.

    A search over all flavours, the table saying at every node what the others can add. Where the table has
    all dimensions that bind, the first branch of the search is the best.

    Args:
        sizes, capacity: whole numbers, shape (flavours, dimensions) and (dimensions,).
        prices, most: of each flavour, shape (flavours,).
        weights: of the dimensions, whose bound helps where the table leaves some out, shape (dimensions,).
        kept: dimensions of the table, one to three.
        nodes: of the search.
    """
    flavours = len(prices)
    size = np.zeros((flavours, KEPT), dtype=np.int64)
    room = np.zeros(KEPT, dtype=np.int64)
    for k in range(len(kept)):
        room[k] = int(capacity[kept[k]])
        for f in range(flavours):
            size[f, k] = int(sizes[f, kept[k]])
    used = np.empty(flavours, dtype=np.int64)
    count = 0
    for f in range(flavours):
        if most[f] > 0 and prices[f] > 0.0:
            used[count] = f
            count += 1
    tables = _tables(size, room, prices, most, used[:count])
    return _search(sizes, capacity, prices, most, weights, size, room, used[:count], tables, nodes)


@compiled
def _tables(size: Ints, room: Ints, prices: Floats, most: Ints, used: Ints) -> Floats:
    """Best worth within every capacity of the first flavours, shape (flavours + 1, cells)."""
    wide, deep = (room[1] + 1) * (room[2] + 1), room[2] + 1
    tables = np.zeros((len(used) + 1, (room[0] + 1) * wide))
    for n in range(len(used)):
        f = used[n]
        table = tables[n + 1]
        for at in range(len(table)):
            table[at] = tables[n, at]
        limit, step = most[f], 1
        while limit > 0:
            step = min(step, limit)
            a, b, c = size[f, 0] * step, size[f, 1] * step, size[f, 2] * step
            shift, worth = a * wide + b * deep + c, prices[f] * step
            for i in range(room[0], a - 1, -1):
                for j in range(room[1], b - 1, -1):
                    row = i * wide + j * deep
                    for at in range(row + room[2], row + c - 1, -1):
                        value = table[at - shift] + worth
                        if value > table[at]:
                            table[at] = value
            limit -= step
            step *= 2
    return tables


@compiled
def _search(
    sizes: Floats,
    capacity: Floats,
    prices: Floats,
    most: Ints,
    weights: Floats,
    size: Ints,
    room: Ints,
    used: Ints,
    tables: Floats,
    nodes: int,
) -> tuple[Ints, float, float]:
    """Depth first, the last flavour of the tables first, while the others can add enough to beat the best."""
    flavours, dimensions = sizes.shape
    count = len(used)
    wide, deep = (room[1] + 1) * (room[2] + 1), room[2] + 1
    later = np.zeros(count + 1)
    for n in range(count):
        f = used[n]
        extra = prices[f]
        for d in range(dimensions):
            extra -= weights[d] * sizes[f, d]
        later[n + 1] = later[n] + max(extra, 0.0) * most[f]
    best = np.zeros(flavours, dtype=np.int64)
    copies = np.zeros(count, dtype=np.int64)
    left = capacity.copy()
    at = tables.shape[1] - 1
    root = tables[count, at]
    enough = root * 1e-9
    value, found = 0.0, -1.0
    n, tried = count, 0
    # Going down, flavour n - 1 is next; its copies go from the most that fit to none.
    down = True
    while tried < nodes:
        tried += 1
        if down:
            possible = later[n]
            for d in range(dimensions):
                possible += weights[d] * left[d]
            possible = value + min(possible, tables[n, at])
            if n > 0 and possible > found + enough:
                n -= 1
                f = used[n]
                m = most[f]
                for d in range(dimensions):
                    if sizes[f, d] > 0.0:
                        m = min(m, int(left[d] / sizes[f, d]))
                copies[n] = m
                value += m * prices[f]
                for d in range(dimensions):
                    left[d] -= m * sizes[f, d]
                at -= m * (size[f, 0] * wide + size[f, 1] * deep + size[f, 2])
                continue
            if value > found:
                found = value
                best[:] = 0
                for k in range(n, count):
                    best[used[k]] = copies[k]
        while n < count and copies[n] == 0:
            n += 1
        if n == count:
            return best, max(found, 0.0), min(found + enough, root)
        f = used[n]
        copies[n] -= 1
        value -= prices[f]
        for d in range(dimensions):
            left[d] += sizes[f, d]
        at += size[f, 0] * wide + size[f, 1] * deep + size[f, 2]
        down = True
    return best, max(found, 0.0), root
