"""Filling one host as its descriptions say it, in plain Python: what the compiled search must agree with.

Written as recursions and with whole vectors, so that it shares no loop, index or table with the package.
Numbers in the tests are such that sums are exact, or far from any tie.
"""

from __future__ import annotations

from itertools import product
from math import inf

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SAFE = 1e-9


class _EndedError(Exception):
    """The nodes are used up."""


class Account:
    """What both searches count: nodes, and the best filling so far."""

    def __init__(self, nodes: int, flavours: int) -> None:
        self.left, self.found, self.best = nodes, -1.0, np.zeros(flavours, dtype=np.int64)

    def visit(self) -> None:
        if self.left == 0:
            raise _EndedError
        self.left -= 1

    def offer(self, value: float, copies: dict[int, int]) -> None:
        if value > self.found:
            self.found, self.best = value, np.zeros_like(self.best)
            for f, n in copies.items():
                self.best[f] = n


def fitting(size: Floats, room: Floats, most: int) -> int:
    """Copies of one size that fit into some room."""
    return min([int(most), *(int(r // s) for s, r in zip(size, room, strict=True) if s > 0)])


def search(
    sizes: Floats, capacity: Floats, prices: Floats, most: Ints, weights: Floats, nodes: int
) -> tuple[Ints, float, float, bool]:
    """Every number of copies of a flavour is a node; its children are the numbers of the next flavour."""
    weighed = sizes @ weights
    order = [f for f in range(len(prices)) if prices[f] > 0 and most[f] > 0]
    order.sort(key=lambda f: -prices[f] / max(weighed[f], 1e-300) - weighed[f] / 1000)
    gain = np.maximum(prices - weighed, 0) * most
    root = float(weights @ capacity) + sum(float(gain[f]) for f in order)
    account = Account(nodes, len(prices))
    if not order:
        return account.best, 0.0, 0.0, True

    def below(k: int, room: Floats, value: float, copies: dict[int, int]) -> None:
        f = order[k]
        for n in range(fitting(sizes[f], room, most[f]), -1, -1):
            account.visit()
            left, worth, held = room - n * sizes[f], value + n * prices[f], {**copies, f: n}
            possible = worth + weights @ left + sum(gain[g] for g in order[k + 1 :])
            if k + 1 < len(order) and possible > account.found + root * SAFE:
                below(k + 1, left, worth, held)
            else:
                account.offer(worth, held)

    try:
        below(0, capacity, 0.0, {})
    except _EndedError:
        return account.best, account.found, root, False
    return account.best, account.found, root, True


def base(
    sizes: Floats, capacity: Floats, prices: Floats, most: Ints, weights: Floats, share: float
) -> tuple[Ints, Floats]:
    """One copy after another while more than the share is free, dearest per size and scarcity first."""
    copies, room = np.zeros(len(prices), dtype=np.int64), capacity.copy()
    budget = weights * capacity
    total = float(budget.sum()) + 1e-300
    free = total
    while free > (1 - share) * total:
        ratios = []
        for f in range(len(prices)):
            weighed = sum(
                (budget[d] + total / 100) * s / room[d] for d, s in enumerate(sizes[f]) if 0 < s <= room[d]
            )
            fits = (sizes[f] <= room).all() and copies[f] < most[f]
            ratios.append(prices[f] / max(weighed, 1e-300) if fits and prices[f] > 0 else 0.0)
        if max(ratios) <= 0:
            break
        f = int(np.argmax(ratios))
        copies[f] += 1
        room -= sizes[f]
        free -= float(weights @ sizes[f])
    return copies, room


def within(sizes: Floats, room: Floats, prices: Floats, most: Ints) -> float:
    """The best worth of some flavours within some room, by trying all."""
    if not len(prices):
        return 0.0
    ranges = (range(fitting(s, room, m) + 1) for s, m in zip(sizes, most, strict=True))
    fillings = np.array(list(product(*ranges)))
    return float((fillings[(fillings @ sizes <= room).all(axis=1)] @ prices).max())


def fill_by_table(
    sizes: Floats, capacity: Floats, prices: Floats, most: Ints, weights: Floats, kept: Ints, nodes: int
) -> tuple[Ints, float, float]:
    """From the last flavour to the first: a node is a filling of the last ones, with what the others add."""
    used = [f for f in range(len(prices)) if prices[f] > 0 and most[f] > 0]
    gain = np.maximum(prices - sizes @ weights, 0) * most
    root = within(sizes[used][:, kept], capacity[kept], prices[used], most[used])
    account = Account(nodes, len(prices))

    def down(n: int, room: Floats, table: Floats, value: float, copies: dict[int, int]) -> None:
        account.visit()
        others = used[:n]
        bound = float(weights @ room) + sum(float(gain[f]) for f in others)
        added = within(sizes[others][:, kept], table, prices[others], most[others])
        if n > 0 and value + min(bound, added) > account.found + root * SAFE:
            f = used[n - 1]
            for m in range(fitting(sizes[f], room, most[f]), -1, -1):
                down(
                    n - 1,
                    room - m * sizes[f],
                    table - m * sizes[f, kept],
                    value + m * prices[f],
                    {**copies, f: m},
                )
        else:
            account.offer(value, copies)

    try:
        down(len(used), capacity, capacity[kept], 0.0, {})
    except _EndedError:
        return account.best, max(account.found, 0.0), root
    return account.best, max(account.found, 0.0), min(account.found + root * SAFE, root)


def dimension_prices(sizes: Floats, capacity: Floats, prices: Floats, most: Ints, steps: int) -> Floats:
    """The ellipsoid method as textbooks have it (Grötschel, Lovász, Schrijver 1988), in whole matrices.

    Args:
        steps: at most; none where the slope or the ellipsoid vanishes.
    """
    unit, dimensions = float(prices @ most), len(capacity)
    scaled = np.divide(sizes, capacity, out=np.zeros_like(sizes), where=capacity > 0)
    centre, shape = np.full(dimensions, 0.5), np.eye(dimensions) * dimensions / 4
    least, best = inf, np.zeros(dimensions)
    for _ in range(steps):
        negative = np.flatnonzero(centre < 0)
        extra = prices / unit - scaled @ centre
        slope = 1.0 - (most * (extra > 0)) @ scaled
        if len(negative):
            slope = -np.eye(dimensions)[negative[-1]]
        elif (value := float(centre.sum() + np.maximum(extra, 0) @ most)) < least:
            least, best = value, centre
        length = float(slope @ shape @ slope)
        if length <= 1e-30 or (not len(negative) and np.sqrt(length) < 1e-7 * least):
            break
        step = shape @ slope / np.sqrt(length)
        n = dimensions
        centre = centre - step / (n + 1)
        shape = n**2 / (n**2 - 1) * (shape - 2 / (n + 1) * np.outer(step, step))
    return np.divide(best * unit, capacity, out=np.zeros(dimensions), where=capacity > 0)


def one_price(sizes: Floats, capacity: float, prices: Floats, most: Ints) -> float:
    """The worth per size of what comes last, taken in that order, into a host of one dimension."""
    room = capacity
    with np.errstate(divide="ignore", invalid="ignore"):
        dearest = np.where(sizes > 0, prices / sizes, -inf)
    for f in sorted(range(len(sizes)), key=lambda f: -dearest[f]):
        room -= sizes[f] * most[f]
        if room <= 0:
            return float(dearest[f])
    return 0.0


def kept_dimensions(capacity: Floats, weights: Floats, cells: int) -> Ints:
    """The three that make up most of a host's price, if their table is small enough."""
    budget = weights * capacity
    kept: list[int] = []
    for d in sorted(range(len(budget)), key=lambda d: -budget[d]):
        if budget[d] <= budget.sum() / 1000 or len(kept) == 3:
            break
        if np.prod(capacity[[*kept, d]] + 1) <= cells:
            kept.append(d)
    return np.array(kept, dtype=np.int64)


def fill_one(
    sizes: Floats, capacity: Floats, prices: Floats, most: Ints, weights: Floats, nodes: int, cells: int
) -> tuple[Ints, float]:
    """A search; a table if that does not end; then greedy shares of a host, and a search for the rest."""
    one = sizes, capacity, prices, most, weights
    best, value, root, ended = search(*one, nodes)
    at_most = min(root, value + root * SAFE) if ended else root
    if not ended and len(kept := kept_dimensions(capacity, weights, cells // (len(prices) + 1))):
        filled, worth, table = fill_by_table(*one, kept, nodes)
        at_most, ended = min(at_most, table), table <= worth + root * SAFE
        best, value = (filled, worth) if worth > value else (best, value)
    for share in (0.3, 0.6, 0.8, 0.9) if not ended else ():
        filled, room = base(*one, share)
        rest, added, _, _ = search(sizes, room, prices, most - filled, weights, nodes)
        if (worth := added + float(filled @ prices)) > value:
            best, value = filled + rest, worth
    return best, at_most * (1 + SAFE)


def fill(
    sizes: Floats, counts: Ints, capacities: Floats, most: Ints, types: Ints, rounds: int, seed: int
) -> tuple[Ints, Ints]:
    """Hosts in random order, greedily; then pairs emptied and filled anew while not more is left over."""
    room = capacities[types].sum(axis=0)
    needed = counts @ sizes / room
    weights = (needed / needed.max()) ** 8 / room
    worth, left = sizes @ weights, counts.copy()
    random = np.random.Generator(np.random.Philox(key=seed))
    copies = np.zeros((len(types), len(counts)), dtype=np.int64)

    def filled(host: int, prices: Floats, there: Ints, share: float) -> Ints:
        t = types[host]
        some = np.minimum(there, most[t])
        first, free = base(sizes, capacities[t], prices, some, weights, share)
        return first + search(sizes, free, prices, some - first, weights, 200)[0]

    for host in random.permutation(len(types)):
        copies[host] = filled(host, worth, left, 0.75)
        left = left - copies[host]
    for draw in random.random((rounds, len(counts) + 3)) if len(types) > 1 else ():
        if not left.any():
            break
        a = int(draw[0] * len(types))
        b = (a + 1 + int(draw[1] * (len(types) - 1))) % len(types)
        both = copies[a] + copies[b] + left
        one = filled(a, worth * (1 + 0.02 * draw[3:]), both, draw[2])
        other = filled(b, worth, both - one, draw[2])
        over = both - one - other
        if (over - left) @ worth <= 0:
            copies[a], copies[b], left = one, other, over
    return copies, left
