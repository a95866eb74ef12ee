"""A solver that crashes or runs out of time: what it had found is used and said; where nothing, an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import highspy
import numpy as np
import pytest
from click.testing import CliRunner

from roomfold.cli import main
from roomfold.optimize.endings import BY_FAILURE, BY_TIME, SolverError, noting
from roomfold.optimize.solver import GrowingModel, Model, minimise
from roomfold.reports.sections import _way
from roomfold.scenarios.errors import explained

from .jumping import jumping_clock

pytestmark = pytest.mark.usefixtures("searched")
TINY = Path(__file__).parent.parent / "scenarios" / "tiny.yaml"
# A market split: half of five sums of forty numbers each, which no search proves in a second.
ENDLESS = """
import numpy as np
from roomfold.optimize.endings import noting
from roomfold.optimize.solver import Model

rows, n = 5, 40
sizes = np.random.default_rng(1).integers(1, 100, (rows, n)).astype(float)
half = sizes.sum(axis=1) // 2
model = Model()
take = model.columns("take", n, high=1.0, whole=True)
over, under = model.columns("over", rows, cost=1.0), model.columns("under", rows, cost=1.0)
each = np.arange(rows)
row = np.concatenate([np.repeat(each, n), each, each])
column = np.concatenate([np.tile(take, rows), over, under])
value = np.concatenate([sizes.ravel(), -np.ones(rows), np.ones(rows)])
model.rows("half", row, column, value, low=half, high=half)
with noting() as notes:
    found = model.solve(nodes=10**9, seconds=0.3)
missed = np.abs(sizes @ found.x[:n] - half).sum()
print(*notes, abs(missed - found.cost) < 1e-6 and found.bound < found.cost, sep=";")
"""


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS searches as ever, and then calls each model failed."""
    monkeypatch.setattr(highspy.Highs, "modelStatusToString", lambda _, __: "Solve error")


def _crash(*_: object) -> None:
    raise RuntimeError("lost\nmemory")


def _boxes() -> Model:
    """Two whole boxes of 3 hold 5."""
    model = Model()
    boxes = model.columns("boxes", 1, cost=1.0, whole=True)
    model.rows("hold", [0], boxes, 3.0, low=5.0)
    return model


@pytest.mark.usefixtures("failing")
def test_what_a_failed_search_had_found_is_used_and_noted() -> None:
    """Its bound is not believed."""
    with noting() as notes:
        found = _boxes().solve()
    assert (found.x.tolist(), found.cost, found.bound) == ([2.0], 2.0, -np.inf)
    assert notes == {BY_FAILURE}


@pytest.mark.usefixtures("failing")
def test_a_failure_is_not_taken_for_no_solution() -> None:
    """Rows that cannot be satisfied, and a solver that may be wrong about it."""
    for whole in (False, True):
        with pytest.raises(SolverError, match=r"failed and left no solution \(Solve error\)"):
            minimise(np.ones(1), np.ones((1, 1)), np.array([2.0]), np.array([1.0]), whole=whole)
    with pytest.raises(SolverError):
        GrowingModel(np.ones(1), np.full(1, np.inf)).solve()


def test_a_crash_is_one_line_unless_there_is_another_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 4 where nothing stands in for it; a start that was given does."""
    monkeypatch.setattr("roomfold.optimize.solver._Started.callSolver", _crash)
    with pytest.raises(SolverError) as caught:
        _boxes().solve()
    text, code = explained(caught.value)
    assert (code, text.count("\n")) == (4, 0)
    assert "(RuntimeError: lost memory)" in text
    for given in ({"start": np.array([3.0])}, {"optional": True}):
        with noting() as notes:
            found = _boxes().solve(**given)
        assert (len(found.x), found.cost, found.bound, found.infeasible) == (0, np.inf, -np.inf, False)
        assert notes == {BY_FAILURE}


@pytest.mark.usefixtures("failing")
def test_a_plan_by_a_failing_solver_says_so() -> None:
    """It is checked like any other; the report has words for it."""
    done = CliRunner().invoke(main, ["plan", str(TINY), "--json"])
    assert done.exit_code == 0, done.stderr
    (built,) = (plan for plan in json.loads(done.stdout) if "method" in plan)
    assert built["method"].split("; ")[-1] == BY_FAILURE
    assert {_way(BY_FAILURE, "en"), _way(BY_FAILURE, "zh"), _way(BY_TIME, "zh")}.isdisjoint(
        {BY_FAILURE, BY_TIME}
    )


def test_a_plan_without_a_solver_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, exit 4, no rules blamed."""
    monkeypatch.setattr("roomfold.optimize.solver._Started.callSolver", _crash)
    done = CliRunner().invoke(main, ["plan", str(TINY)])
    assert done.exit_code == 4
    assert len(done.stderr.splitlines()) == 1
    assert "the solver failed and left no solution (RuntimeError: lost memory)" in done.stderr


def test_a_limit_in_seconds_holds_whatever_the_clock_says(tmp_path: Path) -> None:
    """The clock on the wall goes ten years ahead and back: the search neither ends at once nor never."""
    done = subprocess.run(
        [sys.executable, "-c", ENDLESS],
        env={**os.environ, "LD_PRELOAD": str(jumping_clock(tmp_path))},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.stdout == f"{BY_TIME};True\n", done.stderr
