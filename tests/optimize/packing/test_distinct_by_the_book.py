"""Greedy packings of items that differ, against the same rules in plain Python."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from numpy.typing import NDArray

from roomfold.optimize.packing import distinct_fit as module
from roomfold.optimize.packing.distinct_fit import (
    best_cosine,
    bin_by_bin,
    cheapest_fleet,
    first_fit,
    fleet_fit,
)
from roomfold.optimize.packing.vector import Bins, Vectors

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ROOM = 1 + 1e-9
LIMITS = [(-1, -1), (2, -1), (-1, 0), (2, 1)]


def task_of(seed: int, items: int = 9, limits: tuple[int, int] = (-1, -1), largest: float = 6.0) -> Vectors:
    """Items in halves for hosts of 10 x 8 and of 6 x 13, so that several of them are alike."""
    sizes = np.random.default_rng(seed).integers(1, 2 * largest, (items, 2)) / 2
    return Vectors(sizes, np.array([[10.0, 8], [6, 13]]), np.array([5.0, 4]), np.array(limits))


def cosine(sizes: Floats, order: Ints, rooms: Floats, scale: Floats) -> list[int]:
    """Each item to the host, of those with room, to whose free room it points most nearly."""
    free, host_of = rooms * ROOM, [-1] * len(sizes)
    for i in order:
        angles = [
            float((sizes[i] * f * scale * scale).sum() / np.sqrt(1e-24 + ((f * scale) ** 2).sum()))
            if (sizes[i] <= f).all()
            else -inf
            for f in free
        ]
        if max(angles) > -inf:
            host_of[i] = angles.index(max(angles))
            free[host_of[i]] -= sizes[i]
    return host_of


def test_items_go_to_the_host_they_point_to() -> None:
    for seed in range(25):
        rng = np.random.default_rng(seed)
        dims = 1 + seed % 3
        sizes, rooms = rng.integers(0, 7, (12, dims)) / 2, rng.integers(2, 12, (4, dims)) / 2
        order, scale = rng.permutation(12), rng.integers(0, 4, dims) / 2
        assert best_cosine(sizes, order, rooms, scale).tolist() == cosine(sizes, order, rooms, scale)
    full = np.array([[2.0, 2], [0, 0], [1e-9, 0]])  # a host that is full still takes what needs nothing
    assert best_cosine(full, np.arange(3), np.array([[2.0, 2]]), np.ones(2)).tolist() == [0, 0, 0]


def one_by_one(sizes: Floats, capacity: Floats, rule: int, pull: Floats) -> list[int]:
    """Host after host takes the item of best score that fits, the first of equals."""
    host_of, host, scaled = [-1] * len(sizes), 0, sizes / capacity
    while True:
        free, taken = capacity * ROOM, False
        while True:
            rest = free / capacity
            scores = [
                (float((s * rest).sum()), -float((pull * (rest - s) ** 2).sum()), float(s.sum()))[rule]
                if h < 0 and (size <= free).all()
                else -inf
                for s, size, h in zip(scaled, sizes, host_of, strict=True)
            ]
            if max(scores) == -inf:
                break
            i = scores.index(max(scores))
            host_of[i], free, taken = host, free - sizes[i], True
        if not taken:
            return host_of
        host += 1


def test_hosts_take_what_suits_them_best() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        dims = 1 + seed % 3
        sizes, capacity = rng.integers(1, 9, (10, dims)) / 2, rng.integers(4, 9, dims).astype(float)
        if seed % 4 < 3:
            sizes = np.minimum(sizes, capacity)
        task = Vectors(sizes, capacity[None, :], np.ones(1), np.array([-1]))
        total = sizes.sum(axis=0) / capacity
        even, weighed = np.ones(dims), total / total.max()
        expected = [
            one_by_one(sizes, capacity, r, p) for r, p in ((0, even), (1, even), (1, weighed), (2, even))
        ]
        for bins, host_of in zip(bin_by_bin(task), expected, strict=True):
            assert bins.host_of.tolist() == host_of
            assert bins.types.tolist() == [0] * (max(host_of) + 1)


def first(task: Vectors) -> tuple[list[int], list[int]] | None:
    """Largest share of a cost first, on the first host with room, else on a new one of the cheapest share."""
    worth = np.where(task.fits, (task.sizes[:, None] / task.capacities).max(axis=2) * task.costs, inf)
    key = [(worth[i].min(), *task.sizes[i][::-1], i) for i in range(len(task.sizes))]
    types: list[int] = []
    free: list[Floats] = []
    host_of = [-1] * len(key)
    for i in sorted(range(len(key)), key=lambda i: key[i], reverse=True):
        size = task.sizes[i]
        if not any((size <= f).all() for f in free):
            may = [t for t in range(2) if task.fits[i, t] and not 0 <= task.limits[t] <= types.count(t)]
            if not may:
                return None
            types.append(min(may, key=lambda t: worth[i, t]))
            free.append(task.capacities[types[-1]] * ROOM)
        host_of[i] = next(h for h, f in enumerate(free) if (size <= f).all())
        free[host_of[i]] = free[host_of[i]] - size
    return types, host_of


def same(found: Bins | None, expected: tuple[list[int], list[int]] | None) -> bool:
    """Whether hosts hold the same, whatever their number."""
    if found is None or expected is None:
        return found is None and expected is None
    return (found.types.tolist(), found.host_of.tolist()) == expected


@pytest.mark.parametrize("limits", LIMITS)
def test_first_fit_by_the_book(limits: tuple[int, int]) -> None:
    ends = set()
    for seed in range(25):
        task = task_of(seed, limits=limits)
        expected = first(task)
        ends.add(expected is None)
        assert same(first_fit(task), expected)
    assert ends == ({True, False} if limits == (2, 1) else {False})


def test_first_fit_opens_the_other_type_where_the_cheaper_is_spent() -> None:
    """Of 9 and 7 x 1 the second takes a new host of the first type, until there is but one."""
    sizes, types = np.array([[5.0, 1], [9, 1]]), np.array([[10.0, 8], [6, 13]])
    for most, expected in ((1, ([0, 1], [1, 0])), (0, None), (2, ([0, 0], [1, 0]))):
        assert same(first_fit(Vectors(sizes, types, np.array([5.0, 6]), np.array([most, 2]))), expected)


def filled(
    task: Vectors, fleet: Ints, order: Ints, pull: Floats
) -> tuple[tuple[list[int], list[int]] | None, float]:
    """All on a fleet, hosts left empty dropped; else how much of the volume found no place."""
    types = [t for t, n in enumerate(fleet) for _ in range(n)]
    rooms = task.capacities[types]
    host_of = cosine(task.sizes, order, rooms, pull / rooms.mean(axis=0))
    out = [i for i, h in enumerate(host_of) if h < 0]
    if out:
        return None, max(task.sizes[out].sum(axis=0) / task.sizes.sum(axis=0))
    used = sorted(set(host_of))
    return ([types[h] for h in used], [used.index(h) for h in host_of]), 0.0


def fleets(task: Vectors, tries: int) -> tuple[list[int], list[int]] | None:
    """Larger fleets until one holds all; then some between, by other orders and weights of dimensions."""
    share = (task.sizes / task.capacities.max(axis=0)).max(axis=1)
    n, dims = task.sizes.shape
    order = sorted(range(n), key=lambda i: (share[i], *task.sizes[i][::-1], i), reverse=True)
    low, slack, best = 0.0, 0.0, None
    while best is None:
        fleet = cheapest_fleet(task, slack)
        if fleet is None:
            return None
        best, lacking = filled(task, fleet, np.array(order), np.ones(dims))
        if best is None:
            low, slack = slack, slack + max(0.0004, lacking / 2)
    random = np.random.Generator(np.random.Philox(key=0))
    for k in range(tries):
        between = low + (slack - low) * (0.5, 0.75, 0.25)[k % 3]
        pull, noise = np.exp(random.normal(0, 0.5, dims)), np.exp(random.normal(0, 0.05, n))
        fleet = cheapest_fleet(task, between)
        cost = task.costs[best[0]].sum()
        if fleet is None or task.costs @ fleet >= cost:
            continue
        found, _ = filled(task, fleet, np.argsort(-share * noise, kind="stable"), pull)
        if found is not None and task.costs[found[0]].sum() < cost:
            best, slack = found, between
        elif k % 9 == 8:
            low += (slack - low) / 4
    return best


def mixed(seed: int, items: int = 10, limits: tuple[int, ...] = (-1, -1, -1)) -> Vectors:
    """Items for three types whose costs mix finely."""
    sizes = np.random.default_rng(seed).integers(1, 14, (items, 2)) / 2
    types = np.array([[10.0, 8], [6, 13], [7, 7]])
    return Vectors(sizes, types, np.array([5.0, 4, 3.3]), np.array(limits))


def test_fleets_are_filled_by_the_book(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the first three tasks gains by coming closer; the last is never filled."""
    monkeypatch.setattr(module, "TRIES", 10 * 12)
    limited = [mixed(s, 10, m) for s, m in ((1, (1, -1, -1)), (8, (-1, 2, 2)), (2, (1, 1, 1)))]
    for place, task in enumerate([*(mixed(seed) for seed in (0, 8, 21)), *limited]):
        plain, closer = fleet_fit(task, False), fleet_fit(task)
        assert same(plain, fleets(task, 0))
        assert same(closer, fleets(task, 12))
        assert (plain is None) == (place == 5)
        if plain is not None and closer is not None:
            assert closer.allowed(task) and (closer.cost(task) < plain.cost(task) or place >= 3)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How much more than the volume fleets are asked for."""
    slacks: list[float] = []

    def watched(task: Vectors, slack: float) -> Ints | None:
        slacks.append(slack)
        return cheapest_fleet(task, slack)

    monkeypatch.setattr(module, "cheapest_fleet", watched)
    return slacks


def test_tries_are_as_many_as_items_allow(monkeypatch: pytest.MonkeyPatch, asked: list[float]) -> None:
    for tries, expected in ((10 * 7 + 9, 7), (10 * 2, 4), (10 * 99, 60)):
        monkeypatch.setattr(module, "TRIES", tries)
        counts = []
        for closer in (False, True):
            asked.clear()
            fleet_fit(mixed(0), closer)
            counts.append(len(asked))
        assert counts[1] - counts[0] == expected


def test_tries_that_fail_give_up_the_smallest_fleets(
    monkeypatch: pytest.MonkeyPatch, asked: list[float]
) -> None:
    """Eleven of 6, in hosts of 10 each, fill no fleet but that: after nine failures the range is cut."""
    monkeypatch.setattr(module, "TRIES", 11 * 20)
    task = Vectors(np.full((11, 1), 6.0), np.array([[10.0], [11]]), np.array([1.0, 1.5]), np.array([-1, -1]))
    assert same(fleet_fit(task), fleets(task, 20))
    first = asked[-20:]
    (low, slack), step = asked[-22:-20], (asked[-21] - asked[-22]) / 4
    assert first[:9] == pytest.approx([low + step * (2, 3, 1)[k % 3] for k in range(9)])
    low, step = low + step, (slack - low - step) / 4
    assert first[9:18] == pytest.approx([low + step * (2, 3, 1)[k % 3] for k in range(9)])


def test_fleets_grow_by_half_of_what_they_lacked(asked: list[float]) -> None:
    """Five of 6 in hosts of 10: three hosts hold three, and two fifths lack; then four, and a fifth."""
    task = Vectors(np.full((5, 1), 6.0), np.array([[10.0]]), np.ones(1), np.array([-1]))
    bins = fleet_fit(task, False)
    assert bins is not None and len(bins.types) == 5
    # 30 x 1.2 asks for four; 30 x 1.3 for four again, 1.4 for five.
    assert asked == pytest.approx([0, 0.2, 0.3, 0.4])
    asked.clear()
    little = Vectors(np.array([[6, 6, 3.99, 3.99, 0.015]]).T, np.array([[10.0]]), np.ones(1), np.array([-1]))
    fleet_fit(little, False)
    assert asked == pytest.approx([0, 0.0004])  # 0.075 % lacked: less than a step


def test_items_go_by_their_share_of_the_largest_room() -> None:
    """Of hosts of 10 x 8 and of 1 x 8 the first dimension of the largest counts: 3 x 5 before 4 x 1."""
    sizes = np.random.default_rng(5).integers(1, 9, (9, 2)) / np.array([1.0, 2])
    task = Vectors(sizes, np.array([[10.0, 8], [1, 8]]), np.array([3.0, 1]), np.array([-1, -1]))
    assert same(fleet_fit(task, False), fleets(task, 0))
