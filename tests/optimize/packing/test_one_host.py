"""Filling one host, and a few, against enumeration: small cases that the interpreter runs as well."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog

from roomfold.optimize.packing.filling import fill, volume_weights
from roomfold.optimize.packing.pricing import (
    base,
    best_fillings,
    dimension_prices,
    fill_one,
    most_copies,
    search,
)
from roomfold.optimize.packing.table import fill_by_table, kept_dimensions, ordered

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Case = tuple[Floats, Floats, Floats, Ints]

CASES = 12


def case(seed: int, dimensions: int) -> Case:
    """Sizes, a capacity, prices and how many copies a host may hold; some flavours are worth nothing."""
    rng = np.random.default_rng([seed, dimensions])
    sizes = rng.integers(0, 7, (4, dimensions)).astype(float)
    sizes[:, seed % dimensions] += 1
    capacity, prices = rng.integers(6, 16, dimensions).astype(float), rng.uniform(0.5, 9, 4)
    if seed % 4 == 0:
        prices[seed % 3] = 0
    return sizes, capacity, prices, most_copies(sizes, capacity[None, :], rng.integers(0, 5, 4))[0]


def best_of(sizes: Floats, capacity: Floats, prices: Floats, most: Ints) -> float:
    """The most that a filling is worth, by trying all."""
    fillings = np.array(list(product(*(range(m + 1) for m in most))))
    fits = (fillings @ sizes <= capacity).all(axis=1)
    return float((fillings[fits] @ prices).max())


def linear_bound(sizes: Floats, capacity: Floats, prices: Floats, most: Ints) -> float:
    """The worth of a host filled in parts."""
    return float(-linprog(-prices, A_ub=sizes.T, b_ub=capacity, bounds=[(0, m) for m in most]).fun)


def proper(copies: Ints, the: Case) -> None:
    sizes, capacity, _, most = the
    assert (copies @ sizes <= capacity).all()
    assert (copies >= 0).all() and (copies <= most).all()


def test_copies_that_a_host_holds_by_hand() -> None:
    sizes = np.array([[2.0, 0], [3, 4], [0, 5]])
    most = most_copies(sizes, np.array([[7.0, 9], [2, 4]]), np.array([9, 9, 1]))
    assert most.tolist() == [[3, 2, 1], [1, 0, 0]]


def test_short_arrays_are_sorted_as_numpy_does() -> None:
    for seed in range(20):
        keys = np.random.default_rng(seed).integers(0, 5, seed % 8).astype(float)
        for n in range(len(keys) + 1):
            assert ordered(keys, n).tolist() == np.argsort(keys, kind="stable")[:n].tolist()


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_dimension_prices_reach_the_bound_of_parts(dimensions: int) -> None:
    for seed in range(CASES):
        sizes, capacity, prices, most = the = case(seed, dimensions)
        weights = dimension_prices(*the)
        bound = weights @ capacity + np.maximum(prices - sizes @ weights, 0) @ most
        assert (weights >= 0).all()
        assert bound == pytest.approx(linear_bound(*the), rel=1e-5, abs=1e-9)
    nothing = np.zeros(4)
    assert not dimension_prices(sizes, capacity, nothing, most).any()
    assert not dimension_prices(sizes, capacity, prices, most * 0).any()


def test_a_dimension_without_room_has_no_price() -> None:
    weights = dimension_prices(
        np.array([[1.0, 0], [2, 0]]), np.array([3.0, 0]), np.array([2.0, 3]), np.array([9, 9])
    )
    assert weights.tolist() == pytest.approx([2, 0], abs=1e-5)  # the last unit goes to the first, worth 2


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_the_search_ends_with_the_best_or_a_bound(dimensions: int) -> None:
    for seed in range(CASES):
        sizes, capacity, prices, most = the = case(seed, dimensions)
        weights, best = dimension_prices(*the), best_of(*the)
        copies, value, root, finished = search(sizes, capacity, prices, most, weights, 10_000)
        proper(copies, the)
        assert finished
        assert value == pytest.approx(best)
        assert copies @ prices == pytest.approx(best)
        assert root >= best - 1e-9
        assert root == pytest.approx(linear_bound(*the), rel=1e-4, abs=1e-9)
        seen = set()
        for nodes in (1, 2, 4, 8):
            copies, value, short_root, finished = search(sizes, capacity, prices, most, weights, nodes)
            proper(copies, the)
            assert short_root == root
            assert copies @ prices == pytest.approx(max(value, 0))
            assert value == pytest.approx(best) or not finished
            seen.add(finished)
        if best > 0 and np.count_nonzero(most) > 1:
            assert False in seen


def test_the_search_cuts_off_what_cannot_win() -> None:
    """Ten flavours worth exactly their volume: the first filling that is full ends the search."""
    sizes = np.ones((10, 1))
    copies, value, root, finished = search(
        sizes, np.array([10.0]), np.ones(10), np.full(10, 9), np.ones(1), 25
    )
    assert (value, root, finished) == (10, 10, True)
    assert copies.tolist() == [9, 1, *[0] * 8]  # in order where all are alike


def test_large_ones_go_first_among_equals() -> None:
    copies, *_ = search(
        np.array([[1.0], [4], [2]]), np.array([7.0]), np.array([1.0, 4, 2]), np.full(3, 9), np.ones(1), 3
    )
    assert copies.tolist() == [1, 1, 1]


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_tables_are_exact_with_all_dimensions_and_bound_with_some(dimensions: int) -> None:
    for seed in range(CASES):
        sizes, capacity, prices, most = the = case(seed, dimensions)
        weights, best = dimension_prices(*the), best_of(*the)
        whole = np.arange(dimensions)
        copies, worth, at_most = fill_by_table(sizes, capacity, prices, most, weights, whole, 10_000)
        proper(copies, the)
        assert [worth, at_most, copies @ prices] == pytest.approx([best] * 3)
        for kept in whole:
            for nodes in (1, 3, 10_000):
                copies, worth, at_most = fill_by_table(
                    sizes, capacity, prices, most, weights, np.array([kept]), nodes
                )
                proper(copies, the)
                assert copies @ prices == pytest.approx(worth)
                assert worth <= best + 1e-9 <= at_most + 2e-9
                if nodes == 10_000:
                    assert [worth, at_most] == pytest.approx([best, best])


def test_dimensions_that_hardly_bind_and_large_ones_are_left_out_of_tables() -> None:
    capacity = np.array([9.0, 99, 4, 7])
    by_worth = np.array([2.0, 1, 3, 4]) / capacity
    assert kept_dimensions(capacity, by_worth, 10**6).tolist() == [3, 2, 0]  # three at most
    assert kept_dimensions(capacity, by_worth, 399).tolist() == [3, 2]  # 8 x 5 x 10 are too many
    assert kept_dimensions(capacity, by_worth, 40).tolist() == [3, 2]
    assert kept_dimensions(capacity, by_worth, 39).tolist() == [3]  # 8 x 5 are too many, so are 8 x 10
    assert kept_dimensions(capacity, by_worth, 7).tolist() == [2]
    assert kept_dimensions(capacity, by_worth, 4).tolist() == []
    assert kept_dimensions(capacity, np.array([1000.0, 0.99, 0, 1.02]) / capacity, 10**6).tolist() == [0, 3]


def test_a_host_is_filled_to_a_share_by_worth_and_room() -> None:
    """One dimension: 8 a piece first, until half of 20 is full; then the loop stops."""
    sizes, prices = np.array([[4.0], [2], [30]]), np.array([8.0, 3, 99])
    copies, room = base(sizes, np.array([20.0]), prices, np.array([5, 5, 5]), np.ones(1), 0.5)
    assert (copies.tolist(), room.tolist()) == ([3, 0, 0], [8])
    copies, room = base(sizes, np.array([20.0]), prices, np.array([1, 5, 5]), np.ones(1), 0.5)
    assert (copies.tolist(), room.tolist()) == ([1, 3, 0], [10])
    copies, room = base(sizes, np.array([20.0]), prices, np.array([1, 2, 5]), np.ones(1), 0.9)
    assert (copies.tolist(), room.tolist()) == ([1, 2, 0], [12])
    copies, _ = base(sizes, np.array([20.0]), np.array([0.0, 0, 1]), np.array([5, 5, 5]), np.ones(1), 0.9)
    assert not copies.any()


def test_what_runs_short_becomes_dear() -> None:
    """Two kinds that use one dimension each alternate: the room of both runs out together."""
    sizes, capacity = np.array([[3.0, 1], [1, 3]]), np.array([12.0, 12])
    copies, room = base(sizes, capacity, np.ones(2), np.array([9, 9]), np.ones(2) / 12, 0.99)
    assert copies.tolist() == [3, 3]
    assert room.tolist() == [0, 0]


@pytest.mark.parametrize("nodes", [1, 3, 10_000])
@pytest.mark.parametrize("cells", [0, 100_000])
def test_a_filling_is_never_worth_more_than_is_said(nodes: int, cells: int) -> None:
    for seed in range(CASES):
        sizes, capacity, prices, most = the = case(seed, 1 + seed % 3)
        best = best_of(*the)
        copies, at_most = fill_one(sizes, capacity, prices, most, dimension_prices(*the), nodes, cells)
        proper(copies, the)
        assert copies @ prices <= best + 1e-9 <= at_most + 2e-9
        assert at_most <= linear_bound(*the) * (1 + 1e-4) + 1e-9
        if nodes == 10_000:
            assert [copies @ prices, at_most] == pytest.approx([best, best])
        elif cells:  # the table of all dimensions knows the best worth, if not a filling of it
            assert at_most == pytest.approx(best)
        elif nodes > 1:  # greedy shares, and what is left searched
            assert copies @ prices >= 0.7 * best


def test_every_type_is_filled() -> None:
    sizes, prices = np.array([[2.0, 1], [1, 3]]), np.array([3.0, 4])
    capacities, counts = np.array([[6.0, 6], [3, 9]]), np.array([5, 5])
    most = most_copies(sizes, capacities, counts)
    found = best_fillings(sizes, capacities, prices, most, 1000, 0)
    for t in range(2):
        assert found.at_most[t] == pytest.approx(best_of(sizes, capacities[t], prices, most[t]))
        assert found.copies[t] @ prices == pytest.approx(found.at_most[t])


def test_scarce_dimensions_weigh_most() -> None:
    """Of 10 and 20 in room 5 and 16 are needed: 0.5 and 0.8, whose eighth powers are 1 to 42.9."""
    weights = volume_weights(np.array([[1.0, 2], [1, 4]]), np.array([2, 3]), np.array([10.0, 20]))
    assert weights.tolist() == pytest.approx([(5 / 8) ** 8 / 10, 1 / 20])


def test_fleets_are_filled_and_what_is_over_is_said() -> None:
    """Halves and thirds of a host of 12, cut from three full ones; a fourth half finds no place."""
    sizes, capacities = np.array([[6.0], [4], [2]]), np.array([[12.0], [6]])
    most = np.array([[2, 3, 6], [1, 1, 3]])
    types = np.array([0, 1, 0, 0])
    for counts, over in (([3, 4, 4], 0), ([4, 4, 4], 6)):
        copies, left = fill(sizes, np.array(counts), capacities, most, types, 400)
        assert (copies.sum(axis=0) + left).tolist() == counts
        assert (copies @ sizes <= capacities[types]).all()
        assert (copies <= most[types]).all()
        assert left @ sizes[:, 0] == over
    few = np.minimum(most, 1)
    copies, left = fill(sizes, np.array([2, 9, 0]), capacities, few, types, 400)
    assert copies.max() == 1 and left.tolist() == [0, 5, 0]
    none, left = fill(sizes, np.array([2, 0, 0]), capacities, most, types[:0], 10)
    assert none.shape == (0, 3) and left.tolist() == [2, 0, 0]
    none, left = fill(sizes, np.zeros(3, dtype=np.int64), capacities, most, types, 10)
    assert not none.any() and not left.any()
