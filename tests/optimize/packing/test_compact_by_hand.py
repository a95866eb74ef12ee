"""The model of a handful of hosts: what its answers mean, and the model itself, solved by another solver."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from roomfold.optimize.packing import Task, compact
from roomfold.optimize.packing.compact import fleet_model, holds_all
from roomfold.optimize.packing.pricing import most_copies

Ints = NDArray[np.int64]


def task_of(counts: list[int]) -> Task:
    """Two flavours, the second without any of the first dimension."""
    sizes, capacities = np.array([[3.0, 1], [0, 2]]), np.array([[7.0, 5], [3, 9]])
    return Task(sizes, np.array(counts), capacities, np.ones(2))


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Answers of a model after filling has failed, and what filling and solving were asked."""
    asked: dict[str, Any] = {}

    def answered(x: list[list[float]], cost: float, bound: float) -> dict[str, Any]:
        def fill(*arguments: Any) -> tuple[Ints, Ints]:
            asked["fill"] = arguments
            return np.zeros((len(x), 2), dtype=np.int64), np.array([1, 0])

        def solve(**options: Any) -> SimpleNamespace:
            asked["solve"] = options
            return SimpleNamespace(x=np.ravel(x), cost=cost, bound=bound)

        columns = np.arange(2 * len(x)).reshape(-1, 2)
        monkeypatch.setattr(compact, "fill", fill)
        monkeypatch.setattr(compact, "fleet_model", lambda *_: (SimpleNamespace(solve=solve), columns))
        return asked

    return answered


def test_what_the_model_finds_is_cut_to_what_there_is(answered: Any) -> None:
    """It holds 2 + 2 + 1 of the first, of which there are three: the last ones go."""
    task = task_of([3, 4])
    asked = answered([[2 - 1e-7, 0], [1.9999999, 2], [1, 2]], 1e-7, 0.0)
    fits, copies = holds_all(task, np.full((2, 2), 9), np.array([1, 2]))
    assert fits is True and copies is not None
    assert copies.tolist() == [[2, 0], [1, 2], [0, 2]]
    assert asked["fill"][4].tolist() == [0, 1, 1] and asked["fill"][5] == compact.ROUNDS
    assert asked["fill"][:2] == (task.sizes, task.counts)
    assert asked["solve"] == {"nodes": compact.NODES, "optional": True}


@pytest.mark.parametrize(
    ("cost", "bound", "fits"),
    [(0.49, 0.0, True), (1.0, 1.0, False), (1.0, 2e-6, False), (1.0, 0.0, None), (np.inf, -np.inf, None)],
)
def test_only_a_bound_says_no(answered: Any, cost: float, bound: float, fits: bool | None) -> None:
    answered([[1, 0]], cost, bound)
    found, copies = holds_all(task_of([1, 0]), np.full((2, 2), 9), np.array([1, 0]))
    assert found is fits
    assert (copies is None) == (fits is not True)


def test_the_model_leaves_out_as_few_as_can_be() -> None:
    """Against trying all: one host of each type, and two of the first."""
    for counts, fleet in (([3, 4], [0, 1]), ([5, 3], [0, 0]), ([1, 7], [1, 1]), ([2, 2], [0, 0])):
        task = task_of(counts)
        most = most_copies(task.sizes, task.capacities, task.counts)
        model, columns = fleet_model(task, most, np.array(fleet))
        assert columns.shape == (2, 2)
        solution = model.solve()
        one, other = (
            [
                (a, b)
                for a in range(6)
                for b in range(9)
                if (np.array([a, b]) @ task.sizes <= task.capacities[t]).all()
            ]
            for t in fleet
        )
        least = min(max(counts[0] - a - c, 0) + max(counts[1] - b - d, 0) for a, b in one for c, d in other)
        assert solution.cost == pytest.approx(least)
        copies = np.rint(solution.x[columns])
        assert (copies @ task.sizes <= task.capacities[fleet] + 1e-9).all()
        assert (copies <= most[fleet]).all()


def test_a_fleet_that_filling_manages_asks_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compact, "fleet_model", lambda *_: pytest.fail("not needed"))
    fits, copies = holds_all(task_of([3, 2]), np.full((2, 2), 9), np.array([1, 1]))
    assert fits is True and copies is not None and copies.sum(axis=0).tolist() == [3, 2]
