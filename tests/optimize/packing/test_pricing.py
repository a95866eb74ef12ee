"""Filling one host against enumeration: exact where it ends, never less than the truth where it does not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from roomfold.optimize.packing.pricing import best_fillings, dimension_prices, most_copies
from roomfold.optimize.packing.table import fill_by_table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@settings(deadline=None, max_examples=60, derandomize=True)
@given(data=st.data(), dimensions=st.integers(1, 4), nodes=st.sampled_from([1, 5, 50, 10_000]))
def test_fillings_against_enumeration(
    patterns_of: Callable[[Floats, Ints, Floats], list[Ints]],
    data: st.DataObject,
    dimensions: int,
    nodes: int,
) -> None:
    flavours = data.draw(st.integers(1, 3))
    sizes = np.array(
        [[data.draw(st.integers(0, 6)) for _ in range(dimensions)] for _ in range(flavours)], float
    )
    counts = np.array([data.draw(st.integers(0, 4)) for _ in range(flavours)])
    capacities = np.array(
        [[data.draw(st.integers(0, 14)) for _ in range(dimensions)] for _ in range(2)], float
    )
    prices = np.array([data.draw(st.floats(0, 10)) for _ in range(flavours)])
    cells = data.draw(st.sampled_from([0, 10_000]))
    most = most_copies(sizes, capacities, counts)
    filling = best_fillings(sizes, capacities, prices, most, nodes, cells)
    for t, capacity in enumerate(capacities):
        best = max((float(prices @ p) for p in patterns_of(sizes, counts, capacity)), default=0.0)
        assert (filling.copies[t] @ sizes <= capacity).all()
        assert (filling.copies[t] <= counts).all()
        assert filling.at_most[t] >= best - 1e-9
        if nodes == 10_000:
            assert filling.copies[t] @ prices == pytest.approx(best, abs=1e-6)
            assert filling.at_most[t] == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_table_equals_an_independent_solver(dimensions: int) -> None:
    rng = np.random.default_rng(dimensions)
    for _ in range(10):
        sizes = rng.integers(1, 9, (8, dimensions)).astype(float)
        capacity, prices = rng.integers(15, 40, dimensions).astype(float), rng.uniform(1, 5, 8)
        most = most_copies(sizes, capacity[None, :], rng.integers(0, 9, 8))[0]
        kept, nowhere = np.arange(dimensions), np.full(dimensions, 1e9)
        copies, worth, at_most = fill_by_table(sizes, capacity, prices, most, nowhere, kept, 10_000)
        truth = milp(
            -prices,
            constraints=LinearConstraint(sizes.T, -np.inf, capacity),
            integrality=np.ones(8),
            bounds=Bounds(0, most),
        )
        assert worth == pytest.approx(-truth.fun)
        assert at_most == pytest.approx(-truth.fun)
        assert copies @ prices == pytest.approx(-truth.fun)
        assert (copies @ sizes <= capacity).all()
        assert (copies <= most).all()


@pytest.mark.parametrize("dimensions", [1, 2, 3, 5])
def test_prices_of_dimensions_reach_the_linear_bound(dimensions: int) -> None:
    """By duality the least bound is the worth of a host filled in parts."""
    rng = np.random.default_rng(dimensions)
    for _ in range(10):
        sizes = rng.integers(0, 30, (20, dimensions)).astype(float)
        sizes[:, 0] += 1
        capacity, prices = rng.integers(60, 400, dimensions).astype(float), rng.uniform(0, 5, 20)
        most = rng.integers(0, 9, 20)
        weights = dimension_prices(sizes, capacity, prices, most)
        assert (weights >= 0).all()
        bound = weights @ capacity + np.maximum(prices - sizes @ weights, 0) @ most
        truth = -linprog(-prices, A_ub=sizes.T, b_ub=capacity, bounds=np.stack([0 * most, most], axis=1)).fun
        assert truth * (1 - 1e-9) <= bound <= truth * (1 + 1e-5)
