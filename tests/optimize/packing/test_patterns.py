"""Packing against enumeration, an independent solver, and what every packing must satisfy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from roomfold.optimize.packing import Columns, PoolPacking, Task, pack
from roomfold.optimize.packing.columns import price_out
from roomfold.optimize.packing.fleet import volume_rows
from roomfold.optimize.packing.pricing import most_copies
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


def test_confined_flavours_raise_the_bound() -> None:
    """Large components that fit one type only must be counted on that type."""
    sizes, counts = np.array([[10.0, 10, 10], [1, 1, 1]]), np.array([3, 5])
    capacities, costs = np.array([[8.0, 8, 8], [12, 12, 12]]), np.array([1.0, 5.0])
    packing = pack(sizes, counts, capacities, costs)
    assert packing.cost == pytest.approx(15)
    assert packing.bound == pytest.approx(15)


def test_master_bound_meets_cost() -> None:
    sizes, counts = np.array([[3.0, 2], [2, 5]]), np.array([40, 30])
    capacities, costs = np.array([[10.0, 10]]), np.array([1.0])
    task = Task(sizes, counts, capacities, costs)
    most = most_copies(sizes, capacities, counts)
    rows = volume_rows(sizes, counts, capacities)
    priced = price_out(task, most, most, Columns.none(2), rows, 1e-6, 0.0)
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


def test_pools_of_different_sizes_go_one_by_one(
    monkeypatch: pytest.MonkeyPatch, least_cost: Callable[..., float]
) -> None:
    monkeypatch.setattr("roomfold.optimize.packing.portfolio.MANY_FLAVOURS", 5)
    sizes = np.array([[9.0, 4], [8, 5], [7, 7], [5, 8], [4, 3], [3, 6], [2, 2], [6, 1]])
    instance = sizes, np.ones(8, dtype=np.int64), np.array([[14.0, 12], [20, 20]]), np.array([3.0, 5.0])
    packing = pack(*instance)
    check(instance, packing)
    assert packing.method not in ("volume", "patterns")
    assert packing.bound <= least_cost(*instance) + 1e-9 <= packing.cost + 1e-6


def test_too_many_fleets_to_list_prove_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four of 7 on hosts of 13 and 20, which hold one and two: 3.2 is least."""
    instance = np.array([[7.0]]), np.array([4]), np.array([[13.0], [20]]), np.array([1.0, 1.6])
    assert pack(*instance).bound == pytest.approx(3.2)
    monkeypatch.setattr("roomfold.optimize.packing.patterns.MOST_FLEETS", 0)
    packing = pack(*instance)
    check(instance, packing)
    assert packing.bound <= 3.2 + 1e-9


@settings(deadline=None, max_examples=25, derandomize=True)
@given(instance=small_instances(), data=st.data())
def test_less_room_for_choice_never_costs_less(instance: Instance, data: st.DataObject) -> None:
    """One component more, or a limit, never lowers the cost of what is solved to the end."""
    sizes, counts, capacities, costs = instance
    before = pack(*instance)
    more = counts.copy()
    more[data.draw(st.integers(0, len(counts) - 1))] += 1
    after = pack(sizes, more, capacities, costs)
    assert before.gap == after.gap == 0
    assert after.cost >= before.cost - 1e-9
    limits = np.full(len(costs), -1)
    limits[-1] = data.draw(st.integers(0, 2))
    if len(costs) > 1:
        limited = pack(sizes, counts, capacities, costs, limits=limits)
        check(instance, limited)
        assert (limited.types == len(costs) - 1).sum() <= limits[-1]
        assert limited.cost >= before.cost - 1e-9


def test_government_cloud_is_solved(government: tuple[Floats, Floats, Floats, list[Ints]]) -> None:
    """The reference instance, whose best known costs are 3192, 2919 and 1260, is packed at its bound."""
    sizes, capacities, costs, zones = government
    columns = None
    for counts, known in zip(zones, (3192, 2919, 1260), strict=True):
        packing = pack(sizes, counts, capacities, costs, columns)
        columns = packing.columns
        check((sizes, counts, capacities, costs), packing)
        assert packing.cost == pytest.approx(known)
        assert packing.bound == pytest.approx(known)
