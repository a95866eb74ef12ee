"""Packing against enumeration, an independent solver, and what every packing must satisfy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from roomfold.optimize.columns import Columns, price_out
from roomfold.optimize.fleet import cheapest_fleet, fill, fleets_between, holds_all, volume_rows
from roomfold.optimize.knapsack import Knapsack
from roomfold.optimize.packing import PoolPacking, pack
from roomfold.scenarios.errors import InfeasibleError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Instance = tuple[Floats, Ints, Floats, Floats]


@st.composite
def small_instances(draw: st.DrawFn) -> Instance:
    """Up to three flavours and two host types, every flavour fitting on the first type."""
    flavours, types = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    numbers = st.integers(1, 6)
    sizes = np.array([[draw(numbers) for _ in range(3)] for _ in range(flavours)], dtype=float)
    counts = np.array([draw(st.integers(0, 4)) for _ in range(flavours)])
    capacities = np.array([[draw(st.integers(6, 14)) for _ in range(3)] for _ in range(types)], dtype=float)
    costs = np.array([draw(st.integers(3, 9)) for _ in range(types)], dtype=float)
    return sizes, counts, capacities, costs


def check(instance: Instance, packing: PoolPacking) -> None:
    """All components placed exactly once, no host over capacity, costs add up, bound below cost."""
    sizes, counts, capacities, costs = instance
    assert np.array_equal(packing.copies.sum(axis=0), counts)
    assert (packing.copies @ sizes <= capacities[packing.types] + 1e-9).all()
    assert packing.copies.any(axis=1).all()
    assert packing.cost == pytest.approx(costs[packing.types].sum())
    assert packing.bound <= packing.cost * (1 + 1e-12)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(instance=small_instances())
def test_small_packings_are_optimal(least_cost: Callable[..., float], instance: Instance) -> None:
    packing = pack(*instance)
    check(instance, packing)
    optimum = least_cost(*instance)
    assert packing.bound <= optimum + 1e-6
    assert packing.cost == pytest.approx(optimum)


@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_independent_solver(
    patterns_of: Callable[[Floats, Ints, Floats], list[Ints]], seed: int
) -> None:
    from scipy.optimize import Bounds, LinearConstraint, milp

    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 9, (4, 3)).astype(float)
    counts = rng.integers(2, 5, 4)
    capacities, costs = np.array([[20.0, 22, 24], [30, 18, 30]]), np.array([5.0, 6.5])
    fillings = [(t, p) for t in range(2) for p in patterns_of(sizes, counts, capacities[t])]
    result = milp(
        costs[[t for t, _ in fillings]],
        constraints=LinearConstraint(np.array([p for _, p in fillings]).T, counts, np.inf),
        integrality=np.ones(len(fillings)),
        bounds=Bounds(0, np.inf),
    )
    packing = pack(sizes, counts, capacities, costs)
    check((sizes, counts, capacities, costs), packing)
    assert packing.bound <= result.fun + 1e-6
    assert packing.cost == pytest.approx(result.fun)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(instance=small_instances(), prices=st.lists(st.floats(0, 10), min_size=3, max_size=3))
def test_knapsack_is_exact(
    patterns_of: Callable[[Floats, Ints, Floats], list[Ints]], instance: Instance, prices: list[float]
) -> None:
    sizes, counts, capacities, _ = instance
    worth = np.array(prices[: len(sizes)])
    filling = Knapsack.of(sizes, capacities).best(worth, counts)
    for t, capacity in enumerate(capacities):
        best = max((float(worth @ p) for p in patterns_of(sizes, counts, capacity)), default=0.0)
        assert (filling.copies[t] @ sizes <= capacity).all()
        assert (filling.copies[t] <= counts).all()
        assert filling.at_most[t] >= best - 1e-9
        assert filling.copies[t] @ worth == pytest.approx(best, abs=1e-6)
        assert filling.at_most[t] == pytest.approx(best, abs=1e-6)


def test_knapsack_by_model_equals_table(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    sizes = rng.integers(1, 9, (8, 3)).astype(float)
    knapsack = Knapsack.of(sizes, np.array([[40.0, 50, 60], [70, 30, 45]]))
    prices, counts = rng.uniform(1, 5, 8), rng.integers(0, 9, 8)
    table = knapsack.best(prices, counts)
    monkeypatch.setattr("roomfold.optimize.knapsack.LARGEST_GRID", 0)
    model = knapsack.best(prices, counts)
    np.testing.assert_allclose(model.copies @ prices, table.copies @ prices, rtol=1e-6)
    np.testing.assert_allclose(model.at_most, table.at_most, rtol=1e-6)


@settings(deadline=None, max_examples=40, derandomize=True)
@given(instance=small_instances())
def test_cheapest_fleet_equals_enumeration(instance: Instance) -> None:
    sizes, counts, capacities, costs = instance
    rows = volume_rows(sizes, counts, capacities)
    if not counts.any():
        return
    fleet, bound = cheapest_fleet(costs, rows)
    cheapest = fleets_between(costs, rows, 0.0, float(costs @ fleet) + 1)[0]
    assert costs @ fleet == pytest.approx(costs @ cheapest)
    assert bound == pytest.approx(costs @ cheapest)


def test_cheapest_fleet_by_model_equals_enumeration(monkeypatch: pytest.MonkeyPatch) -> None:
    capacities, costs = (
        np.array([[44.0, 116, 4000], [44, 232, 6000], [22, 87, 4000]]),
        np.array([0.9, 1.15, 0.65]),
    )
    rows = volume_rows(np.array([[2.0, 8, 200]]), np.array([700]), capacities)
    fleet, bound = cheapest_fleet(costs, rows)
    monkeypatch.setattr("roomfold.optimize.fleet.MOST_FLEETS", 0)
    assert cheapest_fleet(costs, rows)[1] == pytest.approx(bound)
    assert costs @ fleet == pytest.approx(bound)


def test_confined_flavours_raise_the_bound() -> None:
    """Large components that fit one type only must be counted on that type."""
    sizes, counts = np.array([[10.0, 10, 10], [1, 1, 1]]), np.array([3, 5])
    capacities, costs = np.array([[8.0, 8, 8], [12, 12, 12]]), np.array([1.0, 5.0])
    packing = pack(sizes, counts, capacities, costs)
    assert packing.cost == pytest.approx(15)
    assert packing.bound == pytest.approx(15)


def test_holds_all_decides_what_filling_cannot() -> None:
    sizes, counts = np.array([[4.0], [3.0]]), np.array([2, 4])
    assert holds_all(sizes, counts, np.array([[10.0]]), np.array([2]))[0] is True
    assert holds_all(sizes, np.array([3, 2]), np.array([[9.0]]), np.array([2]))[0] is False
    assert fill(sizes, np.array([3, 2]), np.array([[9.0]]), np.array([2])) is None


def test_master_bound_meets_cost() -> None:
    sizes, counts = np.array([[3.0, 2], [2, 5]]), np.array([40, 30])
    capacities, costs = np.array([[10.0, 10]]), np.array([1.0])
    start = Columns(np.zeros(2, dtype=np.int64), np.eye(2, dtype=np.int64))
    priced = price_out(Knapsack.of(sizes, capacities), costs, counts, start, 1e-6)
    assert priced.bound <= priced.cost <= priced.bound * (1 + 1e-5)


def test_component_larger_than_every_host_is_named() -> None:
    with pytest.raises(InfeasibleError, match="fits on no host type"):
        pack(np.array([[9.0, 1]]), np.array([1]), np.array([[8.0, 8]]), np.array([1.0]))


def test_patterns_of_other_pools_change_no_bound() -> None:
    sizes = np.array([[3.0, 8, 200], [1, 4, 100], [6, 12, 500], [2, 32, 100]])
    capacities, costs = np.array([[24.0, 120, 4000], [24, 240, 6000]]), np.array([9.0, 11.5])
    first = pack(sizes, np.array([120, 200, 70, 30]), capacities, costs)
    counts = np.array([31, 44, 12, 9])
    alone, helped = (
        pack(sizes, counts, capacities, costs),
        pack(sizes, counts, capacities, costs, first.columns),
    )
    check((sizes, counts, capacities, costs), helped)
    assert max(alone.bound, helped.bound) <= min(alone.cost, helped.cost) * (1 + 1e-9)


def test_government_cloud_within_one_percent(
    government: tuple[Floats, Floats, Floats, list[Ints]],
) -> None:
    """The smallest zone of the reference instance, whose best known cost is 1260."""
    sizes, capacities, costs, zones = government
    packing = pack(sizes, zones[2], capacities, costs)
    check((sizes, zones[2], capacities, costs), packing)
    assert packing.gap <= 0.01
    assert 1244.8762 <= packing.bound <= 1260 + 1e-6
