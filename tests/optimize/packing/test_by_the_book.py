"""Filling one host, and a fleet, step by step against a second account of it in plain Python.

``by_the_book`` says what a search finds after any number of nodes, so what is cut off, in which order, and
which of equals is kept are held to what the package describes, besides the worth of the result.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from roomfold.optimize.packing.filling import fill, volume_weights
from roomfold.optimize.packing.pricing import (
    base,
    best_fillings,
    dimension_prices,
    fill_one,
    most_copies,
    search,
)
from roomfold.optimize.packing.table import fill_by_table, kept_dimensions

from . import by_the_book as book

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Case = tuple[Floats, Floats, Floats, Ints]

ENOUGH = 10**6
FEW = [*range(9), 20]


def case(seed: int, dimensions: int) -> Case:
    """Five flavours whose prices are quarters: sums are exact, and several fillings are worth the same."""
    rng = np.random.default_rng([seed, dimensions])
    sizes = rng.integers(0, 7, (5, dimensions)).astype(float)
    capacity = rng.integers(6, 20, dimensions).astype(float)
    prices = rng.integers(0, 24, 5) / 4
    return sizes, capacity, prices, most_copies(sizes, capacity[None, :], rng.integers(0, 6, 5))[0]


def weights_of(the: Case) -> Floats:
    """Prices of the dimensions in units of 1/64, so that sums of them are exact."""
    return np.round(dimension_prices(*the) * 64) / 64


def same(found: tuple[Any, ...], expected: tuple[Any, ...]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_a_search_stops_anywhere_with_what_it_has_found(dimensions: int) -> None:
    for seed in range(14):
        the = case(seed, dimensions)
        for weights in (weights_of(the), np.zeros(dimensions)):
            for nodes in (*FEW, ENOUGH):
                assert same(search(*the, weights, nodes), book.search(*the, weights, nodes))


def test_a_search_ends_with_its_last_node() -> None:
    """Without prices of dimensions only full hosts of the last flavour are cut off: nodes by hand.

    Sizes 2 and 1 in room for 4, at 3 and 1: two of the first leave no room, then 1 and 2, at 5, then 0 and 4.
    """
    the = np.array([[2.0], [1]]), np.array([4.0]), np.array([3.0, 1]), np.array([2, 4])
    weights = np.array([1.0])
    for nodes, ended in ((1, False), (3, False), (4, True)):
        copies, value, root, finished = search(*the, weights, nodes)
        assert (finished, root) == (ended, 6)
        assert (copies.tolist(), value) == ([2, 0], 6) if nodes > 1 else ([0, 0], -1)
    nothing = search(*the[:2], np.zeros(2), the[3], weights, 5)
    assert same(nothing, (np.zeros(2), 0.0, 0.0, True))
    assert same(search(*the[:3], np.zeros(2, dtype=np.int64), weights, 0), (np.zeros(2), 0.0, 0.0, True))


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_a_search_with_a_table_stops_anywhere(dimensions: int) -> None:
    for seed in range(10):
        the = case(seed, dimensions)
        kept = np.random.default_rng(seed).permutation(dimensions)[: 1 + seed % dimensions]
        for weights in (weights_of(the), np.full(dimensions, 9.0)):
            for nodes in (*FEW, ENOUGH):
                expected = book.fill_by_table(*the, weights, kept, nodes)
                assert same(fill_by_table(*the, weights, kept, nodes), expected)


def test_three_dimensions_of_a_table_keep_their_places() -> None:
    """Of four dimensions three in another order, none of them alike: the worth of all capacities at once."""
    for seed in range(6):
        rng = np.random.default_rng(seed)
        sizes, capacity = rng.integers(0, 5, (4, 4)).astype(float), np.array([9.0, 4, 6, 11])
        prices, most = rng.integers(1, 20, 4) / 4, np.array([3, 2, 4, 1])
        for kept in ([3, 0, 2], [1, 3, 0], [2, 1]):
            the = sizes, capacity, prices, most, np.full(4, 5.0), np.array(kept)
            assert same(fill_by_table(*the, ENOUGH), book.fill_by_table(*the, ENOUGH))
            assert same(fill_by_table(*the, 0), book.fill_by_table(*the, 0))


@pytest.mark.parametrize("share", [-0.2, 0.0, 0.3, 0.6, 1.0])
def test_hosts_are_filled_to_a_share_copy_by_copy(share: float) -> None:
    for seed in range(12):
        the = case(seed, 1 + seed % 3)
        for weights in (weights_of(the), np.zeros(1 + seed % 3)):
            assert same(base(*the, weights, share), book.base(*the, weights, share))


@pytest.mark.parametrize("dimensions", [2, 3, 4])
def test_prices_of_dimensions_follow_the_textbook(dimensions: int) -> None:
    """Rounding may turn a late step; the bound is the same, and most often every digit of the prices."""
    alike = 0
    for seed in range(10):
        sizes, capacity, prices, most = the = case(seed + 2, dimensions)
        if seed == 3:
            capacity[1] = 0.0
        found, expected = dimension_prices(*the), book.dimension_prices(*the, 48 * dimensions**2)
        unit = float(prices @ most)
        alike += np.allclose(found * capacity, expected * capacity, rtol=0, atol=1e-9 * unit)
        assert np.allclose(found * capacity, expected * capacity, rtol=0, atol=1e-3 * unit)
        bounds = [w @ capacity + np.maximum(prices - sizes @ w, 0) @ most for w in (found, expected)]
        assert bounds[0] == pytest.approx(bounds[1], rel=1e-6)
    assert alike >= 8


def test_what_is_just_worth_its_price_is_not_taken() -> None:
    """At the first point, half a unit each, the first flavour is worth exactly what it takes."""
    edge = np.array([[1.5, 0.5], [2, 0.5]]), np.array([2.0, 2]), np.ones(2), np.ones(2, dtype=np.int64)
    assert dimension_prices(*edge) == pytest.approx(book.dimension_prices(*edge, 192), rel=1e-9)


def test_the_price_of_one_dimension_is_that_of_the_last_flavour() -> None:
    room = np.array([16.0])
    for seed in range(30):
        sizes, _, prices, most = case(seed, 1)
        expected = book.one_price(sizes[:, 0], 16.0, prices, most)
        assert dimension_prices(sizes, room, prices, most).tolist() == [pytest.approx(expected, rel=1e-12)]
    # Just full with the first: its price, not that of the second.
    just = np.array([[2.0], [1]]), np.array([6.0]), np.array([4.0, 1]), np.array([3, 9])
    assert dimension_prices(*just).tolist() == [pytest.approx(2)]
    over = np.array([[2.0], [0]]), np.array([7.0]), np.array([4.0, 1]), np.array([3, 9])
    assert dimension_prices(*over).tolist() == [0]
    assert dimension_prices(np.array([[1.0]]), np.array([0.0]), np.ones(1), np.ones(1, int)).tolist() == [0]


def test_dimensions_kept_for_tables() -> None:
    for seed in range(40):
        rng = np.random.default_rng(seed)
        capacity = rng.integers(0, 9, 5).astype(float)
        weights = rng.choice([0.0, 1e-4, 1 / 8, 1 / 4, 1, 2], 5)
        for cells in (0, 1, 5, 9, 30, 63, 200, 729):
            found = kept_dimensions(capacity, weights, cells)
            assert found.tolist() == book.kept_dimensions(capacity, weights, cells).tolist()
    exactly = np.array([999.0, 1])  # the second makes up one in a thousand: not more
    assert kept_dimensions(np.ones(2), exactly, 99).tolist() == [0]


@pytest.mark.parametrize("cells", [0, 60, 700, 100_000])
def test_a_host_is_filled_by_search_then_table_then_shares(cells: int) -> None:
    for seed in range(12):
        the = case(seed, 1 + seed % 3)
        weights = weights_of(the)
        for nodes in (1, 2, 3, 5, 9, ENOUGH):
            expected = book.fill_one(*the, weights, nodes, cells)
            assert same(fill_one(*the, weights, nodes, cells), expected)


def test_each_share_of_a_host_is_tried() -> None:
    """Eight flavours, and searches cut short: in each case another share of the host leads to the best."""
    for seed, nodes in (
        (15, 20),
        (18, 20),
        (21, 9),
        (74, 9),
        (74, 20),
        (101, 9),
        (103, 9),
        *((s, 9) for s in range(20)),
    ):
        rng = np.random.default_rng(seed)
        sizes, capacity = rng.integers(1, 9, (8, 2)).astype(float), rng.integers(30, 60, 2).astype(float)
        prices, counts = rng.integers(4, 40, 8) / 4, rng.integers(0, 9, 8)
        the = sizes, capacity, prices, most_copies(sizes, capacity[None, :], counts)[0]
        weights = weights_of(the)
        assert same(fill_one(*the, weights, nodes, 0), book.fill_one(*the, weights, nodes, 0))


def test_every_type_has_its_own_prices_of_dimensions() -> None:
    sizes, capacity, prices, _ = case(4, 2)
    capacities = np.stack([capacity, capacity[::-1] * 2, capacity // 3])
    most = most_copies(sizes, capacities, np.array([4, 0, 3, 2, 5]))
    found = best_fillings(sizes, capacities, prices, most, 6, 40)
    for t, room in enumerate(capacities):
        weights = dimension_prices(sizes, room, prices, most[t])
        assert same(
            (found.copies[t], found.at_most[t]), fill_one(sizes, room, prices, most[t], weights, 6, 40)
        )


def test_copies_without_room_or_size() -> None:
    """0 of 0 is as many as wanted, 1 of 0 none, and a fraction is cut."""
    sizes, capacities = np.array([[0.0, 0], [1, 0], [0, 2]]), np.array([[0.0, 5], [1, 3.9]])
    assert most_copies(sizes, capacities, np.array([7, 7, 7])).tolist() == [[7, 0, 2], [7, 1, 1]]


def fleets() -> list[tuple[Floats, Ints, Floats, Ints, Ints]]:
    """Four hosts of two types whose volumes, and what is asked of them, are powers of two: sums are exact."""
    found = []
    capacities, types = np.array([[16.0, 32], [32, 16]]), np.array([0, 1, 1, 0])
    room = capacities[types].sum(axis=0)
    for seed in range(4000):
        rng = np.random.default_rng(seed)
        sizes = rng.integers(0, 10, (4, 2)).astype(float)
        sizes[:, seed % 2] += 1
        counts = rng.integers(2, 9, 4)
        needed = counts @ sizes / room
        if 0.85 < needed.max() < 1.1 and needed.min() / needed.max() in (1.0, 0.5, 0.25):
            most = np.minimum(most_copies(sizes, capacities, counts), rng.integers(3, 9, (2, 4)))
            found.append((sizes, counts, capacities, most, types))
    return found


def test_fleets_are_filled_by_the_book() -> None:
    moved, kept_aside = 0, 0
    for seed, fleet in enumerate(fleets()[:8]):
        greedy, over = fill(*fleet, 0, seed)
        for rounds in (0, 1, 12):
            copies, left = fill(*fleet, rounds, seed)
            assert same((copies, left), book.fill(*fleet, rounds, seed))
        moved += not np.array_equal(copies, greedy)
        kept_aside += bool(over.any())
    assert moved >= 4 and kept_aside >= 6


def test_what_is_filled_depends_on_the_seed_and_ends_when_all_lies() -> None:
    sizes, counts, capacities, most, types = fleets()[0]
    assert not np.array_equal(fill(sizes, counts, capacities, most, types, 0, 1)[0],
                              fill(sizes, counts, capacities, most, types, 0, 2)[0])  # fmt: skip
    default = fill(sizes, counts, capacities, most, types, 3)
    assert same(default, fill(sizes, counts, capacities, most, types, 3, 0))
    single = sizes, counts, capacities, most, types[:1]
    assert same(fill(*single, 5), book.fill(*single, 5, 0))


def test_a_quarter_of_a_host_is_left_to_a_search() -> None:
    """Of threes and fours in 16: four threes first, for they are as dear; then a four, which fills it."""
    sizes, counts, most = np.array([[3.0], [4]]), np.array([9, 9]), np.array([[5, 5]])
    copies, _ = fill(sizes, counts, np.array([[16.0]]), most, np.array([0]), 0)
    assert copies.tolist() == [[4, 1]]


def test_two_hosts_are_a_pair() -> None:
    sizes, counts, capacities, most, types = fleets()[2]
    two = sizes, counts, capacities, most, types[:2]
    found = fill(*two, 12, 2)
    assert same(found, book.fill(*two, 12, 2))
    assert not np.array_equal(found[0], fill(*two, 0, 2)[0])


def test_of_two_fillings_as_good_one_is_kept_whole() -> None:
    """Three tenths are a little more than a quarter and a twentieth, in floating point.

    The second is found once the first has been given up, at a node from which nothing more is sought, so
    what the first had of the last flavour must not stay.
    """
    assert 3 * 0.1 > 0.25 + 0.05
    the = np.array([[4.0, 8], [2, 3], [2, 2]]), np.array([6.0, 10]), np.array([0.25, 0.1, 0.05])
    found = search(*the, np.array([1, 3, 1]), np.array([1 / 16, 0]), ENOUGH)
    assert found[0].tolist() == [0, 3, 0]
    tables = np.array([[5.0, 2], [4, 3], [11, 8]]), np.array([16.0, 10]), np.array([0.05, 0.1, 0.25])
    copies, *_ = fill_by_table(*tables, np.array([1, 9, 1]), np.full(2, 9.0), np.array([0]), ENOUGH)
    assert copies.tolist() == [0, 3, 0]


def test_dimensions_that_nobody_needs_weigh_nothing() -> None:
    weights = volume_weights(np.array([[1.0, 0, 0]]), np.array([2]), np.array([8.0, 0, 3]))
    assert weights.tolist() == [1 / 8, 0, 0]
    assert volume_weights(np.array([[0.0]]), np.array([2]), np.array([4.0])).tolist() == [0]
    assert volume_weights(np.array([[1.0, 1]]), np.array([1]), np.array([0.5, 1])).tolist() == [2, 2.0**-8]
