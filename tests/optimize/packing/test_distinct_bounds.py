"""Bounds of items that differ by volume, in parts of hosts and in whole ones, against all fleets."""

from __future__ import annotations

from itertools import product
from math import inf
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog

from roomfold.optimize.packing import distinct_fit as module
from roomfold.optimize.packing.distinct_fit import cheapest_fleet, volume_bound, whole_volume_bound
from roomfold.optimize.packing.vector import Vectors

Floats = NDArray[np.float64]
LIMITS = [(-1, -1), (2, -1), (-1, 1), (0, -1), (2, 1)]


def task_of(seed: int, items: int, limits: tuple[int, int] = (-1, -1), largest: float = 4.0) -> Vectors:
    """Items in halves for hosts of 10 x 8 and of 6 x 13."""
    sizes = np.random.default_rng(seed).integers(1, 2 * largest, (items, 2)) / 2
    return Vectors(sizes, np.array([[10.0, 8], [6, 13]]), np.array([5.0, 4]), np.array(limits))


def linear(task: Vectors, needs: Floats) -> float:
    bounds = [(0, None if m < 0 else m) for m in task.limits]
    return float(linprog(task.costs, A_ub=-task.capacities.T, b_ub=-needs, bounds=bounds).fun)


@pytest.mark.parametrize("limits", LIMITS)
def test_volume_bounds_hold_whatever_prices_the_solver_gives(
    monkeypatch: pytest.MonkeyPatch, limits: tuple[int, int]
) -> None:
    for seed in range(6):
        task = task_of(seed, 8 if min(limits) < 0 else 4, limits, 4.0)
        truth = linear(task, task.sizes.sum(axis=0))
        assert truth * (1 - 1e-8) <= volume_bound(task) <= truth * (1 - 0.9e-9)
        rng = np.random.default_rng(seed)
        for _ in range(20):
            duals = rng.uniform(-0.3, 1.2, 2)
            with monkeypatch.context() as patched:
                patched.setattr(module, "minimise", lambda *_, d=duals: SimpleNamespace(duals=d))
                assert 0 <= volume_bound(task) <= truth
    free = task_of(3, 8)
    prices = np.array([0.25, 0.125])  # worth 3.5 of 5 and 3.125 of 4: stands; twice that is too much
    for duals, scale in ((prices, 1.0), (2 * prices, 0.64), (prices * [1, -1], None)):
        monkeypatch.setattr(module, "minimise", lambda *_, d=duals: SimpleNamespace(duals=d))
        asked = np.maximum(duals, 0) if scale is None else duals * scale
        assert volume_bound(free) == pytest.approx(float(asked @ free.sizes.sum(axis=0)), rel=2e-9)
    limited = task_of(3, 8, (2, 1))  # worth 7 at a cost of 5, twice, and 6.25 at 4, once
    monkeypatch.setattr(module, "minimise", lambda *_: SimpleNamespace(duals=2 * prices))
    total = float(2 * prices @ limited.sizes.sum(axis=0))
    assert volume_bound(limited) == pytest.approx(max(total - 2 * 2 - 2.25, 0), rel=2e-9)


def least_whole(task: Vectors, needs: Floats) -> float:
    """The cheapest whole hosts for these needs, by trying all; infinite if there are none."""
    most = [20 if m < 0 else m for m in task.limits]
    tried = product(*(range(m + 1) for m in most))
    costs = [
        float(task.costs @ f) for f in tried if (np.array(f) @ task.capacities >= needs * (1 - 1e-9)).all()
    ]
    return min(costs, default=inf)


@pytest.mark.parametrize("limits", LIMITS)
def test_whole_hosts_bound_as_trying_all_does(limits: tuple[int, int]) -> None:
    for seed in range(5):
        task = task_of(seed, 8 if min(limits) < 0 else 5, limits, 5.0)
        needs = task.sizes.sum(axis=0)
        truth = least_whole(task, needs)
        bound = whole_volume_bound(task)
        assert bound == pytest.approx(truth, rel=2e-6) if truth < inf else bound == 0
        assert bound < truth
        for slack in (0.0, 0.2):
            fleet, least = cheapest_fleet(task, slack), least_whole(task, needs * (1 + slack))
            assert (fleet is None) == (least == inf)
            if fleet is not None:
                assert fleet @ task.costs == pytest.approx(least)
                assert (fleet @ task.capacities >= needs * (1 + slack) * (1 - 1e-6)).all()


def test_bounds_of_whole_hosts_allow_for_tolerances_and_for_nothing_needed() -> None:
    """Three hosts of 10 hold 30 and a hair more, but not 30.0009."""
    for total, hosts in ((30 * (1 + 5e-6), 3), (30 * (1 + 3e-5), 4)):
        sizes = np.array([[total / 2, 0], [total / 2, 0]])
        task = Vectors(sizes, np.array([[10.0, 7]]), np.array([2.0]), np.array([-1]))
        assert whole_volume_bound(task) == pytest.approx(2 * hosts, rel=2e-6)
        assert 0 < whole_volume_bound(task) < 2 * hosts
    # A dimension of which little is needed and less is there.
    task = Vectors(np.array([[1, 0.3], [1, 0.3]]), np.array([[10.0, 0.25]]), np.array([2.0]), np.array([-1]))
    assert whole_volume_bound(task) == pytest.approx(6, rel=2e-6)
    none = Vectors(task.sizes, task.capacities, task.costs, np.array([2]))
    assert whole_volume_bound(none) == 0
    little = Vectors(np.array([[0.5]]), np.array([[10.0]]), np.array([2.0]), np.array([-1]))
    assert volume_bound(little) == pytest.approx(0.1)
