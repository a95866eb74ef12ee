"""The only module that knows PuLP and HiGHS: models built from arrays, one honest result.

PuLP writes the models, by the common subset of 3.3 and 4.x; the result is read from HiGHS itself,
because PuLP's differs between the two, calls an incumbent at a limit optimal, knows no proven bound,
and in 3.3 raises KeyError at a node limit. HiGHS gets one thread, since a second thread count in one
process fails. Limits are counted in nodes, so that a plan is the same on every machine; seconds are
counted only where a user asks for a limit in seconds (see ``endings``).

A solver that fails is never taken for one that found nothing: what it had found by then is the answer, with
no bound and a note (``noting``), and where there is nothing it is an error.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import pulp
from numpy.typing import ArrayLike, NDArray

from .endings import (
    BY_FAILURE,
    BY_TIME,
    FAILED,
    OUT_OF_TIME,
    SolverError,
    failing,
    note,
    refuse_failure,
    seconds_left,
    stop_at,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TOLERANCE = 1e-6
FEASIBLE = 2  # HiGHS's code for a primal solution that satisfies all rows


@dataclass(frozen=True)
class Solution:
    """Result of one model.

    Attributes:
        x: values, shape (columns,); whole where asked for; empty if nothing was found.
        duals: price of each row, >= 0 for rows with a lower limit only, shape (rows,); of no meaning for
            whole numbers.
        cost: objective at ``x``, infinite if nothing was found.
        bound: no solution costs less; minus infinity if not known, infinite if there is no solution.
        infeasible: proven that no solution exists.
    """

    x: Floats
    duals: Floats
    cost: float
    bound: float
    infeasible: bool = False


class _Started(pulp.HiGHS):  # type: ignore[misc]  # PuLP has no types
    """HiGHS with a first solution given; the two steps it overrides are the same in PuLP 3.3 and 4.x."""

    start: list[float] | None = None
    ends: float | None = None

    def callSolver(self, lp: Any) -> None:  # noqa: N802  # PuLP's name
        """Hand over the first solution and the end of the time, then solve."""
        if self.ends is not None:
            stop_at(lp.solverModel, self.ends)
        if self.start is not None:
            indices = np.arange(len(self.start), dtype=np.int32)
            lp.solverModel.setSolution(len(self.start), indices, np.array(self.start))
        lp.solverModel.run()


def solver_name() -> str:
    """Modelling library and solver with their versions."""
    return f"PuLP {version('pulp')}, HiGHS {version('highspy')}"


class Model:
    """A linear model ``min cost x`` under rows ``low <= a x <= high``, some columns in whole numbers.

    Columns and rows are added by family, with a short name of letters; each gets a number.
    """

    def __init__(self, name: str = "roomfold") -> None:
        self._problem = pulp.LpProblem(name, pulp.LpMinimize)
        self._variables: list[Any] = []
        self._costs: list[float] = []
        self._whole: list[bool] = []
        self._rows: list[tuple[Ints, Floats, float, float]] = []
        self._names: list[str] = []

    def columns(
        self,
        family: str,
        shape: int | tuple[int, ...],
        *,
        cost: ArrayLike = 0.0,
        low: ArrayLike = 0.0,
        high: ArrayLike = np.inf,
        whole: bool = False,
    ) -> Ints:
        """Add a family of columns.

        Args:
            cost, low, high: one for all or one each, broadcast to ``shape``.

        Returns:
            Their numbers, of the given shape.
        """
        places = list(np.ndindex(shape if isinstance(shape, tuple) else (shape,)))
        costs, lows, highs = (
            np.broadcast_to(np.asarray(limit, dtype=np.float64), shape).ravel().tolist()
            for limit in (cost, low, high)
        )
        category = pulp.LpInteger if whole else pulp.LpContinuous
        first = len(self._variables)
        for place, least, most in zip(places, lows, highs, strict=True):
            name = "_".join([family, *(str(i) for i in place)])
            limits = (None if least == -np.inf else least, None if most == np.inf else most)
            self._variables.append(self._problem.add_variable(name, *limits, category))
        self._costs += costs
        self._whole += [whole] * len(places)
        return np.arange(first, len(self._variables)).reshape(shape)

    def rows(
        self,
        family: str,
        row: ArrayLike,
        column: ArrayLike,
        value: ArrayLike,
        *,
        low: ArrayLike = -np.inf,
        high: ArrayLike = np.inf,
        count: int | None = None,
    ) -> Ints:
        """Add a family of rows, given by their entries.

        Args:
            row: of each entry, counted from 0 within the family.
            column: number of each entry's column.
            value: of each entry, or one for all; entries of one place are summed.
            low, high: of each row, or one for all.
            count: how many rows; as many as are named if None.

        Returns:
            Numbers of the rows, shape (count,).
        """
        at, columns = np.asarray(row, dtype=np.int64).ravel(), np.asarray(column, dtype=np.int64).ravel()
        values = np.broadcast_to(np.asarray(value, dtype=np.float64), at.shape).ravel()
        n = (int(at.max()) + 1 if len(at) else 0) if count is None else count
        lows, highs = (np.broadcast_to(np.asarray(v, dtype=np.float64), n).tolist() for v in (low, high))
        order = np.argsort(at, kind="stable")
        edges = np.searchsorted(at[order], np.arange(n + 1))
        first = len(self._rows)
        for i in range(n):
            entries = order[edges[i] : edges[i + 1]]
            self._rows.append((columns[entries], values[entries], lows[i], highs[i]))
            self._names.append(f"{family}_{i}")
        return np.arange(first, len(self._rows))

    def solve(
        self,
        *,
        nodes: int = 1000,
        gap: float = 0.0,
        seconds: float | None = None,
        start: Floats | None = None,
        optional: bool = False,
    ) -> Solution:
        """Solve; whatever limit ends the search, the best solution and bound so far are the answer.

        Args:
            nodes: branch-and-bound nodes at most.
            gap: relative gap at which a search for whole numbers may stop.
            seconds: at most; only where a user asked for it.
            start: a first solution, shape (columns,).
            optional: whoever asks has an answer without this one, as with a ``start``: a failure is noted.

        Raises:
            SolverError: if the solver fails, leaves no solution, and is not optional.
        """
        seconds = seconds_left(seconds) if any(self._whole) else seconds
        n = len(self._variables)
        if not any(self._costs):
            # Without costs PuLP would add a column of its own, which has no place here.
            self.columns("nothing", 1, cost=1.0, high=0.0)
        problem, place = self._written()
        exported = _exported(problem)
        solver = _Started(msg=False, threads=1, gapRel=gap, mip_max_nodes=nodes, random_seed=0)
        solver.ends = None if seconds is None else monotonic() + seconds
        number = {variable.name: j for j, variable in enumerate(self._variables)}
        column = np.array([number[variable.name] for variable in exported], dtype=np.int64)
        if start is not None:
            solver.start = np.append(np.asarray(start, dtype=np.float64), 0.0)[column].tolist()
        try:
            # A node limit is an answer, not an error; PuLP 3.3 has no entry for it.
            with failing(), suppress(KeyError):
                problem.solve(solver)
            found = self._read(problem.solverModel, column, place)
        except SolverError:
            if start is None and not optional:
                raise
            note(BY_FAILURE)
            return Solution(np.empty(0), np.zeros(len(self._rows)), np.inf, -np.inf)
        return replace(found, x=found.x[:n])

    def _read(self, highs: Any, column: Ints, place: Ints) -> Solution:
        info, solution = highs.getInfo(), highs.getSolution()
        status = highs.modelStatusToString(highs.getModelStatus())
        whole = np.array(self._whole, dtype=bool)
        infeasible = status == "Infeasible"
        bound = np.inf if infeasible else float(info.mip_dual_bound) if whole.any() else -np.inf
        duals = np.zeros(len(self._rows))
        nothing = Solution(np.empty(0), duals, np.inf, bound, infeasible)
        if status in OUT_OF_TIME:
            note(BY_TIME)
        if int(info.primal_solution_status) != FEASIBLE or len(solution.col_value) != len(column):
            refuse_failure(status)
            return nothing
        x = np.zeros(len(self._variables))
        x[column] = np.array(solution.col_value, dtype=np.float64)
        if not whole.any():
            if status in FAILED:
                note(BY_FAILURE)
            np.add.at(duals, place, np.array(solution.row_dual, dtype=np.float64))
            value = float(np.array(self._costs) @ x)
            return Solution(x, duals, value, value if status == "Optimal" else -np.inf)
        x[whole] = np.rint(x[whole])
        if not self._holds(x):
            refuse_failure(status)
            return nothing
        if status in FAILED:
            note(BY_FAILURE)
            bound = -np.inf
        return Solution(x, duals, float(np.array(self._costs) @ x), bound)

    def _holds(self, x: Floats) -> bool:
        """Whether rounded values still satisfy every row."""
        for columns, values, low, high in self._rows:
            value = float(values @ x[columns])
            if value < low - TOLERANCE * max(1.0, abs(low)) or value > high + TOLERANCE * max(1.0, abs(high)):
                return False
        return True

    def _written(self) -> tuple[Any, Ints]:
        """The model in PuLP, and for each of its rows the number of the row here."""
        problem, variables = self._problem, self._variables
        problem.setObjective(_sum(self._costs, variables))
        place = []
        for i, (columns, values, low, high) in enumerate(self._rows):
            left = _sum(values.tolist(), [variables[j] for j in columns.tolist()])
            for limit, relation in _relations(low, high):
                row = left >= limit if relation > 0 else left <= limit if relation < 0 else left == limit
                problem += row, self._names[i] if relation >= 0 else f"{self._names[i]}_most"
                place.append(i)
        return problem, np.array(place, dtype=np.int64)

    def text(self) -> str:
        """The model in CPLEX LP format, as PuLP writes it. A model is either written or solved, once."""
        problem, _ = self._written()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.lp"
            problem.writeLP(str(path))
            return path.read_text("utf-8")


class GrowingModel:
    """A linear model ``min cost x, low <= a x <= high, x >= 0`` whose columns come one after the other.

    PuLP writes it and HiGHS stays open: every solution starts from the last one, which in column generation
    is ten times as fast as solving anew.
    """

    def __init__(self, low: ArrayLike, high: ArrayLike, name: str = "master") -> None:
        """Begin without a column.

        Args:
            low, high: of each row, shape (rows,).
        """
        lows, highs = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
        n = len(lows)
        model = Model(name)
        # A row needs a column to be written; this one goes again.
        first = model.columns("first", 1, cost=1.0)
        model.rows("row", np.arange(n), np.repeat(first, n), 1.0, low=0.0)
        model.solve()
        self._highs: Any = model._problem.solverModel
        self._highs.setOptionValue("presolve", "off")
        self._highs.deleteCols(1, np.zeros(1, dtype=np.int32))
        self.limit(np.arange(n), lows, highs)

    def add(self, costs: Floats, starts: Ints, rows: Ints, values: Floats) -> None:
        """Add columns.

        Args:
            costs: shape (columns,).
            starts: where the entries of each column begin, shape (columns,).
            rows, values: of the entries, no row twice in a column.
        """
        k = len(costs)
        self._highs.addCols(
            k,
            np.asarray(costs, dtype=np.float64),
            np.zeros(k),
            np.full(k, np.inf),
            len(rows),
            np.asarray(starts, dtype=np.int32),
            np.asarray(rows, dtype=np.int32),
            np.asarray(values, dtype=np.float64),
        )

    def limit(self, rows: Ints, low: Floats, high: Floats) -> None:
        """Change the limits of some rows."""
        order = np.argsort(rows, kind="stable")
        self._highs.changeRowsBounds(
            len(rows), np.asarray(rows)[order].astype(np.int32), low[order], high[order]
        )

    def solve(self) -> tuple[Solution, int]:
        """Solve on from the last solution; also returns the steps of the simplex method."""
        with failing():
            self._highs.run()
        info, solution = self._highs.getInfo(), self._highs.getSolution()
        status = self._highs.modelStatusToString(self._highs.getModelStatus())
        x, duals = np.array(solution.col_value), np.array(solution.row_dual)
        steps = int(info.simplex_iteration_count)
        if int(info.primal_solution_status) != FEASIBLE:
            nothing = Solution(np.empty(0), duals, np.inf, -np.inf, status == "Infeasible")
            refuse_failure(status)
            return nothing, steps
        cost = float(info.objective_function_value)
        return Solution(x, duals, cost, cost if status == "Optimal" else -np.inf), steps


def _sum(factors: Sequence[float], variables: Sequence[Any]) -> Any:
    """A linear expression; term by term, as PuLP's own products make an expression of every term."""
    expression = pulp.lpSum([])
    for factor, variable in zip(factors, variables, strict=True):
        if factor:
            expression.addterm(variable, factor)
    return expression


def _relations(low: float, high: float) -> list[tuple[float, int]]:
    """Limits of a row: 1 for at least, -1 for at most, 0 for equal."""
    if low == high:
        return [(low, 0)]
    return [(low, 1)] * (low > -np.inf) + [(high, -1)] * (high < np.inf)


def _exported(problem: Any) -> list[Any]:
    """Variables of a model that is complete, in the order in which PuLP hands them over."""
    exported = getattr(problem, "exported_variables", None)
    if exported is not None:
        return list(exported())
    # PuLP 3.3 gathers them from every row whenever it is asked, which it is three times a solution.
    found = list(problem.variables())
    problem.variables = lambda: found
    return found


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
        nodes, gap: see ``Model.solve``.
    """
    model = Model()
    columns = model.columns(
        "x", len(cost), cost=cost, high=np.inf if at_most is None else at_most, whole=whole
    )
    row, column = np.nonzero(rows)
    model.rows("r", row, columns[column], rows[row, column], low=at_least, count=len(at_least))
    return model.solve(nodes=nodes, gap=gap)
