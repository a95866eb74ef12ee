"""What tests of packing by patterns share: a search made by hand, and scripts in the place of its steps."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from roomfold.optimize.packing.columns import Priced
from roomfold.optimize.packing.fleet import Rows
from roomfold.optimize.packing.patterns import _Search
from roomfold.optimize.packing.task import Columns, PoolPacking, Task

Ints = NDArray[np.int64]
SAFE = 1 - 1e-9


def ints(*values: int) -> Ints:
    return np.array(values, dtype=np.int64)


def task_of(counts: tuple[int, int] = (6, 4), limits: tuple[int, int] = (-1, -1)) -> Task:
    """Flavours of 3 and 2 on hosts of 10 at 4 and of 6 at 3."""
    sizes, capacities = np.array([[3.0], [2]]), np.array([[10.0], [6]])
    return Task(sizes, np.array(counts), capacities, np.array([4.0, 3]), np.array(limits))


def search_of(
    task: Task | None = None, best: float | None = None, hosts: int = 3, bound: float = 0.0
) -> _Search:
    """A search that has, perhaps, a packing of some cost."""
    search = _Search.of(task or task_of(), None)
    search.bound = bound
    if best is not None:
        search.best = packing(best, hosts)
    return search


def packing(cost: float, hosts: int = 3) -> PoolPacking:
    types = np.zeros(hosts, dtype=np.int64)
    return PoolPacking(types, np.ones((hosts, 2), dtype=np.int64), cost, 0.0, Columns.none(2))


class Script:
    """Stands for a function: keeps what it is called with, and returns what it is told, one after another."""

    def __init__(self, *answers: Any, then: Any = None) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self._answers, self._then = list(answers), then

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.calls.append((*arguments, *named.values()))
        answer = self._answers.pop(0) if self._answers else self._then
        return answer() if callable(answer) else answer


def priced(hosts: list[float], types: list[int], copies: list[list[int]]) -> Priced:
    columns = Columns(np.array(types), np.array(copies))
    return Priced(columns, np.array(hosts), 0.0, 0.0, Rows(np.ones((1, 2)), np.ones((1, 2)), np.ones(1)))
