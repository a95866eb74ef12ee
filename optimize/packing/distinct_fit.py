"""Greedy packings of items that all differ.

Fleet fit: the cheapest fleet whose volume suffices, then somewhat more, is filled as a whole; every
item, largest first, goes to the host whose free room points most nearly its way. Where only part of
a host stays free, that beats opening host after host. Bin by bin: each host takes the item that best
fits what is free, until none does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from ..solver import minimise
from .vector import ROOM, Bins, Vectors, of_sets

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Fleets are tried for so much more than the volume, then for what the last one lacked.
LEAST_STEP = 0.0004
MOST_STEPS = 60
# Then this many items are placed in other ways, in so many tries; by how much orders and weights vary.
TRIES, LEAST_TRIES, MOST_TRIES = 1_000_000, 4, 60
NOISE, PULL = 0.05, 0.5
# After so many failures the smallest fleets are given up.
FAILURES = 9


def volume_bound(task: Vectors) -> float:
    """No hosts that hold the volume of all items, in parts, cost less.

    The solver's prices of the dimensions are made to respect every unlimited type, and what a limited type
    is worth above its cost is taken off: so the bound holds whatever the solver's tolerances.
    """
    limits = np.where(task.limits < 0, np.inf, task.limits).astype(np.float64)
    solution = minimise(task.costs, task.capacities.T, task.sizes.sum(axis=0), limits)
    prices = np.maximum(solution.duals, 0.0)
    free = task.limits < 0
    prices = prices / max(1.0, float((task.capacities @ prices / task.costs)[free].max(initial=1.0)))
    over = np.maximum(task.capacities @ prices - task.costs, 0.0)
    most = np.where(free, 0, task.limits)
    return max(float(prices @ task.sizes.sum(axis=0)) - float(over @ most), 0.0) * (1 - 1e-9)


def whole_volume_bound(task: Vectors) -> float:
    """The same for whole hosts; what must be held is lowered by more than the solver's tolerances."""
    limits = np.where(task.limits < 0, np.inf, task.limits).astype(np.float64)
    total = task.sizes.sum(axis=0)
    needed = total > 0
    rows = task.capacities.T[needed] / total[needed, None]
    solution = minimise(task.costs, rows, np.full(len(rows), 1 - 1e-5), limits, whole=True)
    return max(solution.bound, 0.0) * (1 - 1e-6) if np.isfinite(solution.bound) else 0.0


def cheapest_fleet(task: Vectors, slack: float) -> Ints | None:
    """Hosts of each type, the cheapest that hold ``1 + slack`` times the volume; None if limits forbid."""
    limits = np.where(task.limits < 0, np.inf, task.limits).astype(np.float64)
    needs = task.sizes.sum(axis=0) * (1 + slack)
    solution = minimise(task.costs, task.capacities.T, needs, limits, whole=True, nodes=200, gap=1e-6)
    return np.rint(solution.x).astype(np.int64) if len(solution.x) else None


def fleet_fit(task: Vectors, closer: bool = True) -> Bins | None:
    """Fill ever larger fleets until one holds everything, then, to come ``closer``, ones between.

    Returns:
        None if limits forbid, or no fleet tried holds everything.
    """
    share = (task.sizes / task.capacities.max(axis=0)).max(axis=1)
    order = np.lexsort((*task.sizes.T, share))[::-1].copy()
    pull = np.ones(task.sizes.shape[1])
    slack, low = 0.0, 0.0
    best: Bins | None = None
    for _ in range(MOST_STEPS):
        fleet = cheapest_fleet(task, slack)
        if fleet is None:
            return None
        best, lacking = _filled(task, fleet, order, pull)
        if best is not None:
            break
        low, slack = slack, slack + max(LEAST_STEP, 0.5 * lacking)
    return _closer(task, best, share, low, slack) if best is not None and closer else best


def _closer(task: Vectors, best: Bins, share: Floats, low: float, slack: float) -> Bins:
    """Fleets between one too small and one that does, each with other orders and weights of dimensions."""
    random = np.random.Generator(np.random.Philox(key=0))
    tries = min(max(int(TRIES / len(share)), LEAST_TRIES), MOST_TRIES)
    for k in range(tries):
        between = low + (slack - low) * (0.5, 0.75, 0.25)[k % 3]
        fleet = cheapest_fleet(task, between)
        pull = np.exp(random.normal(0.0, PULL, task.sizes.shape[1]))
        noise = np.exp(random.normal(0.0, NOISE, len(share)))
        if fleet is None or float(task.costs @ fleet) >= best.cost(task):
            continue
        found, _ = _filled(task, fleet, np.argsort(-share * noise, kind="stable"), pull)
        if found is not None and found.cost(task) < best.cost(task):
            best, slack = found, between
        elif k % FAILURES == FAILURES - 1:
            low += (slack - low) * 0.25
    return best


def _filled(task: Vectors, fleet: Ints, order: Ints, pull: Floats) -> tuple[Bins | None, float]:
    """The fleet with everything on it, or None and the share of volume that found no place."""
    types = np.repeat(np.arange(len(fleet)), fleet)
    rooms = task.capacities[types]
    host_of = best_cosine(task.sizes, order, rooms, pull / rooms.mean(axis=0))
    left = host_of < 0
    if left.any():
        total = np.maximum(task.sizes.sum(axis=0), 1e-12)
        return None, float((task.sizes[left].sum(axis=0) / total).max())
    used = np.flatnonzero(np.bincount(host_of, minlength=len(types)))
    return Bins(types[used], np.searchsorted(used, host_of)), 0.0


@compiled
def best_cosine(sizes: Floats, order: Ints, rooms: Floats, scale: Floats) -> Ints:
    """Host of each item, -1 where none has room: of those that have, the one it points to most.

    Args:
        sizes: shape (items, dimensions).
        order: of the items.
        rooms: of the hosts, shape (hosts, dimensions).
        scale: unit of each dimension, shape (dimensions,).
    """
    n, dims = sizes.shape
    hosts = len(rooms)
    free = rooms * (1 + ROOM)
    norm = np.empty(hosts)
    for h in range(hosts):
        norm[h] = _norm(free[h], scale)
    host_of = np.full(n, -1, dtype=np.int64)
    for item in order:
        best, chosen = -1.0, -1
        for h in range(hosts):
            fits, score = True, 0.0
            for d in range(dims):
                if sizes[item, d] > free[h, d]:
                    fits = False
                    break
                score += sizes[item, d] * free[h, d] * scale[d] * scale[d]
            if fits and score / norm[h] > best:
                best, chosen = score / norm[h], h
        if chosen >= 0:
            host_of[item] = chosen
            for d in range(dims):
                free[chosen, d] -= sizes[item, d]
            norm[chosen] = _norm(free[chosen], scale)
    return host_of


@compiled
def _norm(room: Floats, scale: Floats) -> float:
    total = 1e-24
    for d in range(len(room)):
        total += (room[d] * scale[d]) ** 2
    return float(np.sqrt(total))


@compiled
def _bin_by_bin(sizes: Floats, capacity: Floats, pull: Floats, rule: int) -> Ints:
    """Host of each item: each host takes the fitting item of best score until none fits."""
    n, dims = sizes.shape
    room = capacity * (1 + ROOM)
    host_of = np.full(n, -1, dtype=np.int64)
    free = np.empty(dims)
    host = 0
    while True:
        free[:] = room
        taken = False
        while True:
            best, chosen = -np.inf, -1
            for i in range(n):
                if host_of[i] >= 0:
                    continue
                fits, score = True, 0.0
                for d in range(dims):
                    if sizes[i, d] > free[d]:
                        fits = False
                        break
                    size, rest = sizes[i, d] / capacity[d], free[d] / capacity[d]
                    score += (
                        size * rest if rule == 0 else -pull[d] * (rest - size) ** 2 if rule == 1 else size
                    )
                if fits and score > best:
                    best, chosen = score, i
            if chosen < 0:
                break
            taken = True
            host_of[chosen] = host
            for d in range(dims):
                free[d] -= sizes[chosen, d]
        if not taken:
            return host_of
        host += 1


def bin_by_bin(task: Vectors) -> list[Bins]:
    """Packings of a task of one host type by several rules."""
    total = task.sizes.sum(axis=0) / task.capacities[0]
    even = np.ones_like(total)
    found = []
    for rule, pull in ((0, even), (1, even), (1, total), (2, even)):
        host_of = _bin_by_bin(task.sizes, task.capacities[0], pull, rule)
        found.append(Bins(np.zeros(int(host_of.max()) + 1, dtype=np.int64), host_of))
    return found


def first_fit(task: Vectors) -> Bins | None:
    """Every item, largest first, on the first host with room, else on a new one; None if limits forbid."""
    worth = (task.sizes[:, None, :] / task.capacities[None]).max(axis=2) * task.costs
    worth = np.where(task.fits, worth, np.inf)
    kind = np.argmin(worth, axis=1)
    order = np.lexsort((*task.sizes.T, worth.min(axis=1)))[::-1]
    used = np.zeros(len(task.costs), dtype=np.int64)
    types: list[int] = []
    free: list[Floats] = []
    sets: list[list[int]] = []
    for i in order.tolist():
        host = next((h for h, room in enumerate(free) if (task.sizes[i] <= room).all()), -1)
        if host < 0:
            open_types = task.fits[i] & ((task.limits < 0) | (used < task.limits))
            if not open_types.any():
                return None
            t = (
                int(kind[i])
                if open_types[kind[i]]
                else int(np.argmin(np.where(open_types, worth[i], np.inf)))
            )
            used[t] += 1
            types.append(t)
            free.append(task.capacities[t] * (1 + ROOM))
            sets.append([])
            host = len(types) - 1
        free[host] = free[host] - task.sizes[i]
        sets[host].append(i)
    return of_sets(np.array(types, dtype=np.int64), [np.array(s) for s in sets], len(task.sizes))
