"""The rules that plans are compared with, by hand."""

from __future__ import annotations

import numpy as np

from roomfold.optimize.packing import Task, pack
from roomfold.optimize.packing.baseline import baselines


def test_rules_by_hand() -> None:
    """Halls of 10: 6 6 5 5 4 4. First-fit decreasing: 6+4, 6+4, 5+5; so do the others."""
    task = Task(np.array([[6.0], [5], [4]]), np.array([2, 2, 2]), np.array([[10.0]]), np.array([2.0]))
    assert baselines(task) == dict.fromkeys(("first-fit", "best-fit-dot", "best-fit-norm"), (6.0, 3))


def test_best_fit_takes_what_completes_the_shape() -> None:
    """A host of 8 vCPU and 8 GB holds one of each of two opposite shapes, not two of one."""
    sizes = np.array([[6.0, 2.0], [2.0, 6.0]])
    task = Task(sizes, np.array([5, 5]), np.array([[8.0, 8.0]]), np.array([1.0]))
    assert {hosts for _, hosts in baselines(task).values()} == {5}


def test_a_host_type_that_only_some_flavours_fit() -> None:
    task = Task(np.array([[9.0], [1.0]]), np.array([1, 8]), np.array([[4.0], [12.0]]), np.array([1.0, 9.0]))
    found = baselines(task)
    assert all(
        cost >= pack(task.sizes, task.counts, task.capacities, task.costs).bound for cost, _ in found.values()
    )
    assert found["first-fit"] == (11.0, 3)


def test_no_rule_beats_the_bound() -> None:
    rng = np.random.default_rng(1)
    for _ in range(10):
        sizes = rng.integers(0, 9, (6, 3)).astype(float)
        capacities = rng.integers(20, 40, (3, 3)).astype(float)
        task = Task(sizes, rng.integers(0, 30, 6), capacities, rng.uniform(1, 3, 3))
        packing = pack(task.sizes, task.counts, task.capacities, task.costs)
        assert all(cost >= packing.bound * (1 - 1e-9) for cost, _ in baselines(task).values())
