"""The best filling of one host at given flavour prices: a bounded knapsack in any number of dimensions.

Every price vector ``m`` over dimensions bounds what a host can be worth: ``m @ capacity`` plus, for each
flavour, what its copies are worth beyond ``m @ size`` (Lagrange). The least such bound is found by the
ellipsoid method, which needs no more than the slopes at one point a step. A depth-first search then looks
for the best filling and cuts off what that bound excludes; when it runs out of nodes the bound at the root
stands. Either way the answer says what no filling can exceed, and rounding is on the safe side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from .table import fill_by_table, kept_dimensions, ordered

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Floating-point sums of a few dozen products are exact to far better than this.
SAFE = 1e-9
# Steps of the ellipsoid method per dimension squared: each halves the volume left of what may hold the answer
# by a factor that shrinks with the dimension.
STEPS = 48
# Shares of a host filled greedily before the rest is searched.
BASES = (0.3, 0.6, 0.8, 0.9)


@dataclass(frozen=True)
class Filling:
    """Best filling of each host type.

    Attributes:
        copies: of each flavour, shape (types, flavours).
        at_most: no filling of the type is worth more, shape (types,).
    """

    copies: Ints
    at_most: Floats


def most_copies(sizes: Floats, capacities: Floats, counts: Ints) -> Ints:
    """Copies of each flavour that an empty host of each type holds, at most ``counts``: (types, flavours)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        quotients = np.where(sizes > 0, np.floor(capacities[:, None, :] / sizes), np.inf).min(axis=2)
    return np.asarray(np.minimum(quotients, counts), dtype=np.int64)


def best_fillings(
    sizes: Floats, capacities: Floats, prices: Floats, most: Ints, nodes: int, cells: int
) -> Filling:
    """Fill every host type for the highest total price.

    Args:
        sizes: whole numbers, shape (flavours, dimensions).
        capacities: whole numbers, shape (types, dimensions).
        prices: of each flavour, >= 0, shape (flavours,).
        most: copies of each flavour on each type, shape (types, flavours).
        nodes: of the search, for each type.
        cells: of the table that helps a search that does not end, over all flavours; none at 0.
    """
    copies, at_most = _best(sizes, capacities, prices, most, nodes, cells)
    return Filling(copies, at_most)


@compiled
def _best(
    sizes: Floats, capacities: Floats, prices: Floats, most: Ints, nodes: int, cells: int
) -> tuple[Ints, Floats]:
    types, flavours = most.shape
    copies = np.zeros((types, flavours), dtype=np.int64)
    at_most = np.zeros(types)
    for t in range(types):
        weights = dimension_prices(sizes, capacities[t], prices, most[t])
        copies[t], at_most[t] = fill_one(sizes, capacities[t], prices, most[t], weights, nodes, cells)
    return copies, at_most


@compiled
def dimension_prices(sizes: Floats, capacity: Floats, prices: Floats, most: Ints) -> Floats:
    """Prices of the dimensions that bound the worth of a host nearly best, shape (dimensions,).

    Ellipsoid method on the bound as a function of the prices, each in units of all flavours' worth per
    capacity: the answer lies in the unit cube.
    """
    flavours, dimensions = sizes.shape
    unit = 0.0
    for f in range(flavours):
        unit += prices[f] * most[f]
    best = np.zeros(dimensions)
    if unit <= 0.0:
        return best
    scaled = np.empty((flavours, dimensions))
    worth = np.empty(flavours)
    for f in range(flavours):
        worth[f] = prices[f] / unit
        for d in range(dimensions):
            scaled[f, d] = sizes[f, d] / capacity[d] if capacity[d] > 0 else 0.0
    if dimensions == 1:
        best[0] = _one_price(scaled[:, 0], worth, most) * unit / max(capacity[0], 1e-300)
        return best
    centre = np.empty(dimensions)
    shape = np.zeros((dimensions, dimensions))
    for d in range(dimensions):
        centre[d] = 0.5
        shape[d, d] = 0.25 * dimensions
    least = np.inf
    slope = np.empty(dimensions)
    step = np.empty(dimensions)
    n = float(dimensions)
    for _ in range(STEPS * dimensions * dimensions):
        outside = -1
        for d in range(dimensions):
            if centre[d] < 0.0:
                outside = d
        if outside >= 0:
            slope[:] = 0.0
            slope[outside] = -1.0
        else:
            value = 0.0
            for d in range(dimensions):
                slope[d] = 1.0
                value += centre[d]
            for f in range(flavours):
                extra = worth[f]
                for d in range(dimensions):
                    extra -= centre[d] * scaled[f, d]
                if extra > 0.0:
                    value += extra * most[f]
                    for d in range(dimensions):
                        slope[d] -= scaled[f, d] * most[f]
            if value < least:
                least = value
                best[:] = centre
        length = 0.0
        for i in range(dimensions):
            step[i] = 0.0
            for j in range(dimensions):
                step[i] += shape[i, j] * slope[j]
        for i in range(dimensions):
            length += step[i] * slope[i]
        if length <= 1e-30:
            break
        root = np.sqrt(length)
        if outside < 0 and root < 1e-7 * least:
            break
        for i in range(dimensions):
            step[i] /= root
        for i in range(dimensions):
            centre[i] -= step[i] / (n + 1)
            # Kept symmetric to the last bit, or rounding would turn the ellipsoid inside out.
            for j in range(i + 1):
                shape[i, j] = n * n / (n * n - 1) * (shape[i, j] - 2 / (n + 1) * (step[i] * step[j]))
                shape[j, i] = shape[i, j]
    for d in range(dimensions):
        best[d] = best[d] * unit / capacity[d] if capacity[d] > 0 else 0.0
    return best


@compiled
def _one_price(scaled: Floats, worth: Floats, most: Ints) -> float:
    """The one price at which a host is just full, filled by worth per size."""
    flavours = len(worth)
    cheapness = np.empty(flavours)
    for f in range(flavours):
        cheapness[f] = -worth[f] / scaled[f] if scaled[f] > 0.0 else np.inf
    room = 1.0
    for f in ordered(cheapness, flavours):
        room -= scaled[f] * most[f]
        if room <= 0.0:
            return float(-cheapness[f])
    return 0.0


@compiled
def fill_one(
    sizes: Floats, capacity: Floats, prices: Floats, most: Ints, weights: Floats, nodes: int, cells: int
) -> tuple[Ints, float]:
    """Best filling of one host found, and what no filling exceeds.

    A search over everything; if that does not end, a table; then searches over what is left once a host is
    filled greedily to some share: with many small components a host, the last few decide, and those a short
    search gets right.
    """
    best, value, root, finished = search(sizes, capacity, prices, most, weights, nodes)
    at_most = min(value + root * SAFE, root) if finished else root
    if not finished and cells > 0:
        kept = kept_dimensions(capacity, weights, cells // (len(prices) + 1))
        if len(kept) > 0:
            filled, worth, table_most = fill_by_table(sizes, capacity, prices, most, weights, kept, nodes)
            at_most = min(at_most, table_most)
            if worth > value:
                best, value = filled, worth
            finished = table_most <= worth + root * SAFE
    if not finished:
        for share in BASES:
            filled, room = base(sizes, capacity, prices, most, weights, share)
            rest, added, _, _ = search(sizes, room, prices, most - filled, weights, nodes)
            for f in range(len(prices)):
                added += filled[f] * prices[f]
            if added > value:
                value = added
                best = filled + rest
    return best, at_most * (1 + SAFE)


@compiled
def base(
    sizes: Floats, capacity: Floats, prices: Floats, most: Ints, weights: Floats, share: float
) -> tuple[Ints, Floats]:
    """A host filled to some share, one copy after another, dearest per size first.

    Each dimension's price rises as its room shrinks, so that all run out together.
    """
    flavours, dimensions = sizes.shape
    copies = np.zeros(flavours, dtype=np.int64)
    room = capacity.copy()
    budget = np.empty(dimensions)
    total = 1e-300
    for d in range(dimensions):
        budget[d] = weights[d] * capacity[d]
        total += budget[d]
    left = total
    while left > (1 - share) * total:
        chosen, best = -1, 0.0
        for f in range(flavours):
            if copies[f] >= most[f]:
                continue
            weighed = 0.0
            for d in range(dimensions):
                if sizes[f, d] > room[d]:
                    weighed = np.inf
                elif sizes[f, d] > 0.0:
                    weighed += (budget[d] + 0.01 * total) * sizes[f, d] / room[d]
            ratio = prices[f] / max(weighed, 1e-300)
            if ratio > best:
                chosen, best = f, ratio
        if chosen < 0:
            break
        copies[chosen] += 1
        for d in range(dimensions):
            room[d] -= sizes[chosen, d]
            left -= weights[d] * sizes[chosen, d]
    return copies, room


@compiled
def search(
    sizes: Floats, capacity: Floats, prices: Floats, most: Ints, weights: Floats, nodes: int
) -> tuple[Ints, float, float, bool]:
    """Depth first over flavours, dearest per weighed size first, most copies first.

    A node is left when its worth, the weighed room left and what later flavours are worth beyond their
    weight cannot beat the best.

    Returns:
        Copies, their worth, the bound at the root, and whether the search ended by itself.
    """
    flavours, dimensions = sizes.shape
    keys = np.empty(flavours)
    extra = np.zeros(flavours)
    used = 0
    for f in range(flavours):
        weighed = 0.0
        for d in range(dimensions):
            weighed += weights[d] * sizes[f, d]
        extra[f] = max(0.0, prices[f] - weighed)
        usable = prices[f] > 0.0 and most[f] > 0
        used += usable
        # Ties (all flavours, at the prices of volumes alone) go by size, large ones first.
        keys[f] = -(prices[f] / max(weighed, 1e-300)) - 1e-3 * weighed if usable else np.inf
    order = ordered(keys, used)
    best = np.zeros(flavours, dtype=np.int64)
    if used == 0:
        return best, 0.0, 0.0, True
    later = np.zeros(used + 1)
    for k in range(used - 1, -1, -1):
        later[k] = later[k + 1] + extra[order[k]] * most[order[k]]
    room = capacity.copy()
    weighed_room = 0.0
    for d in range(dimensions):
        weighed_room += weights[d] * room[d]
    root = weighed_room + later[0]
    enough = root * SAFE
    copies = np.zeros(used, dtype=np.int64)
    value, found = 0.0, -1.0
    level, down, finished = 0, True, False
    for _ in range(nodes):
        if down:
            f = order[level]
            n = most[f]
            for d in range(dimensions):
                if sizes[f, d] > 0.0:
                    n = min(n, int(room[d] / sizes[f, d]))
            copies[level] = n
            value += n * prices[f]
            for d in range(dimensions):
                room[d] -= n * sizes[f, d]
        # Everything from here on, at best.
        possible = value + later[level + 1]
        for d in range(dimensions):
            possible += weights[d] * room[d]
        if possible > found + enough and level + 1 < used:
            level += 1
            down = True
            continue
        if value > found:
            found = value
            best[:] = 0
            for k in range(level + 1):
                best[order[k]] = copies[k]
        # One copy fewer at the deepest level that has any.
        while level >= 0 and copies[level] == 0:
            level -= 1
        if level < 0:
            finished = True
            break
        f = order[level]
        copies[level] -= 1
        value -= prices[f]
        for d in range(dimensions):
            room[d] += sizes[f, d]
        down = False
    return best, found, root, finished
