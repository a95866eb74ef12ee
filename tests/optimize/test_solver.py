"""Models against scipy: without costs, and growing by columns."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from roomfold.optimize.solver import GrowingModel, Model


@pytest.mark.parametrize("whole", [False, True])
def test_a_model_without_costs_finds_any_solution(whole: bool) -> None:
    """Nothing to minimise: a solution costs 0, starts are taken, and what cannot be is said."""
    for least, possible in ((7.0, True), (16.0, False)):
        model = Model()
        columns = model.columns("x", 3, high=5.0, whole=whole)
        model.rows("sum", np.zeros(3), columns, 1.0, low=least)
        start = np.array([5.0, 2.0, 0.0]) if possible else None
        found = model.solve(start=start)
        assert found.infeasible is not possible
        if possible:
            assert found.x.shape == (3,)
            assert found.x.sum() >= least - 1e-6
            assert found.cost == 0


def test_a_growing_model_agrees_with_scipy() -> None:
    """Columns in three batches, then other limits: cost and prices as when solved at once."""
    random = np.random.default_rng(0)
    matrix = np.vstack([np.eye(6), random.integers(0, 3, (20, 6))]).astype(float)
    costs = np.append(np.full(6, 9.0), random.integers(3, 9, 20))
    low, high = np.append(np.ones(5), -np.inf), np.append(np.full(5, np.inf), 4.0)
    model = GrowingModel(low, high)
    for part in np.split(np.arange(26), [6, 15]):
        column, row = np.nonzero(matrix[part])
        model.add(costs[part], np.searchsorted(column, np.arange(len(part))), row, matrix[part][column, row])
    for changed in (1.0, 3.0):
        low[2] = changed
        model.limit(np.array([2]), low[2:3], high[2:3])
        found, steps = model.solve()
        wanted = linprog(
            costs,
            A_ub=np.vstack([-matrix.T[:5], matrix.T[5:]]),
            b_ub=np.append(-low[:5], high[5]),
        )
        assert found.cost == pytest.approx(wanted.fun) == pytest.approx(costs @ found.x)
        assert steps > 0
        priced = found.duals[:5] @ low[:5] + found.duals[5] * high[5]
        assert priced == pytest.approx(wanted.fun)


def test_a_growing_model_without_columns_has_no_solution() -> None:
    """A row asks for what no column gives."""
    found, _ = GrowingModel(np.ones(1), np.full(1, np.inf)).solve()
    assert not len(found.x)
    assert found.cost == np.inf
