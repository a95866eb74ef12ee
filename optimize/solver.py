"""The only module that knows PuLP and HiGHS: one kind of model, one honest result.

Every model of this package is ``min cost x, rows x >= at_least, 0 <= x <= at_most``, some of them
in whole numbers. PuLP writes the models, by the common subset of 3.3 and 4.x; the result is read
from HiGHS itself, because PuLP's differs between the two, calls an incumbent at a limit optimal,
knows no proven bound, and in 3.3 raises KeyError at a node limit. HiGHS gets one thread, since a
second thread count in one process fails. Limits are counted in nodes, never in seconds, so that a
plan is the same on every machine.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
import pulp
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TOLERANCE = 1e-6
# HiGHS's code for a primal solution that satisfies all rows.
FEASIBLE = 2


@dataclass(frozen=True)
class Solution:
    """Result of one model.

    Attributes:
        x: values, shape (columns,); whole where asked for; empty if nothing was found.
        duals: price of each row, >= 0, shape (rows,); of no meaning for whole numbers.
        cost: objective at ``x``, infinite if nothing was found.
        bound: no solution costs less; minus infinity if not known.
    """

    x: Floats
    duals: Floats
    cost: float
    bound: float


def solver_name() -> str:
    """Modelling library and solver with their versions."""
    return f"PuLP {version('pulp')}, HiGHS {version('highspy')}"


def minimise(
    cost: Floats,
    rows: Floats,
    at_least: Floats,
    at_most: Floats | None = None,
    *,
    whole: bool = False,
    nodes: int = 1000,
    gap: float = 0.0,
) -> Solution:
    """Solve ``min cost x, rows x >= at_least, 0 <= x <= at_most``.

    Args:
        cost: shape (columns,).
        rows: shape (rows, columns).
        at_least: shape (rows,).
        at_most: shape (columns,); no limit if None.
        whole: ask for whole numbers.
        nodes: branch-and-bound nodes at most.
        gap: relative gap at which a search for whole numbers may stop.
    """
    problem = _model(cost, rows, at_least, at_most, whole)
    options = {"mip_max_nodes": nodes, "random_seed": 0}
    # A node limit is an answer, not an error; PuLP 3.3 has no entry for it.
    with suppress(KeyError):
        problem.solve(pulp.HiGHS(msg=False, threads=1, gapRel=gap, **options))
    highs = problem.solverModel
    info, solution = highs.getInfo(), highs.getSolution()
    bound = float(info.mip_dual_bound) if whole else -np.inf
    nothing = Solution(np.empty(0), np.zeros(len(at_least)), np.inf, bound)
    if int(info.primal_solution_status) != FEASIBLE or len(solution.col_value) != len(cost):
        return nothing
    x = np.maximum(np.array(solution.col_value, dtype=np.float64), 0.0)
    if not whole:
        value = float(cost @ x)
        return Solution(x, np.maximum(np.array(solution.row_dual), 0.0), value, value)
    x = np.rint(x)
    if np.any(rows @ x < at_least - TOLERANCE * np.maximum(1.0, np.abs(at_least))):
        return nothing
    return Solution(x, np.zeros(len(at_least)), float(cost @ x), bound)


def _model(
    cost: Floats, rows: Floats, at_least: Floats, at_most: Floats | None, whole: bool
) -> pulp.LpProblem:
    problem = pulp.LpProblem("roomfold", pulp.LpMinimize)
    category = pulp.LpInteger if whole else pulp.LpContinuous
    # Names are padded so that every order of variables, by age or by name, is the one given.
    variables = [
        problem.add_variable(f"x{j:06d}", 0, None if at_most is None else float(at_most[j]), category)
        for j in range(len(cost))
    ]
    problem += pulp.lpSum(c * x for c, x in zip(cost.tolist(), variables, strict=True))
    for i, row in enumerate(rows):
        used = np.flatnonzero(row)
        terms = pulp.lpSum(a * variables[j] for a, j in zip(row[used].tolist(), used.tolist(), strict=True))
        problem += terms >= float(at_least[i]), f"r{i:06d}"
    return problem
