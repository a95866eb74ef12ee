"""Detectors, selectors and placements against formulas written another way."""

from __future__ import annotations

import statistics
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from roomfold.scenarios.errors import InputError
from roomfold.sim.consolidation import RIGHT, Policy, consolidate, detectors, selectors
from roomfold.sim.consolidation.policy import functions_of

from .fleets import small

HISTORIES = st.lists(st.floats(0, 1.5), min_size=12, max_size=30)
LEVELS = st.floats(0, 1.5)


def padded(values: list[float]) -> NDArray[np.float64]:
    return np.array(values + [0.0] * (30 - len(values)))


@settings(deadline=None)  # the first example compiles
@given(HISTORIES, LEVELS)
def test_mad_is_the_median_of_deviations(values: list[float], level: float) -> None:
    middle = statistics.median(values)
    limit = 1 - 2.5 * statistics.median(abs(v - middle) for v in values)
    if abs(level - limit) > 1e-9:
        found = detectors.median_absolute_deviation(level, padded(values), len(values), 2.5, 1.0)
        assert found == (level > limit)


@settings(deadline=None)  # the first example compiles
@given(HISTORIES, LEVELS)
def test_iqr_takes_the_nearest_ranks(values: list[float], level: float) -> None:
    ordered = sorted(values)
    n = len(values)
    quarter, three = [ordered[(2 * k * (n + 1) + 4) // 8 - 1] for k in (1, 3)]  # k (n + 1) / 4, halves up
    limit = 1 - 1.5 * (three - quarter)
    if abs(level - limit) > 1e-9:
        assert detectors.interquartile_range(level, padded(values), n, 1.5, 1.0) == (level > limit)


@settings(deadline=None)  # the first example compiles
@given(st.lists(st.floats(0, 1.2), min_size=10, max_size=10))
def test_regressions_against_numpy(values: list[float]) -> None:
    x, y = np.arange(1, 11), np.array(values[::-1])
    near = (1 - ((10 - x) / 9) ** 3) ** 3
    for weights, detector in (
        (near, detectors.local_regression),
        (x * 0 + 1, detectors.unweighted_regression),
    ):
        slope, intercept = np.polyfit(x, y, 1, w=np.sqrt(weights))
        seen = 1.2 * (intercept + slope * 11)
        if abs(seen - 1) > 1e-6:
            assert detector(0.5, padded(values), 10, 1.2, 1.0) == (seen >= 1)


@settings(deadline=None)  # the first example compiles
@given(st.lists(st.floats(0, 1.2), min_size=10, max_size=10))
def test_robust_regression_against_reweighted_least_squares(values: list[float]) -> None:
    x, y = np.arange(1, 11), np.array(values[::-1])
    near = (1 - ((10 - x) / 9) ** 3) ** 3
    weights = near
    for _ in range(3):
        design = np.stack([np.ones(10), x], axis=1) * np.sqrt(weights)[:, None]
        if np.linalg.matrix_rank(design, tol=1e-6) < 2:
            return
        (intercept, slope), *_ = np.linalg.lstsq(design, y * np.sqrt(weights), rcond=None)
        misses = np.abs(y - intercept - slope * x)
        scale = 6 * np.median(misses)
        if scale < 1e-9:
            return  # on a line to the last bits: no robust weight is well defined
        weights = near * np.where(misses < scale, (1 - (misses / scale) ** 2) ** 2, 0)
    if np.count_nonzero(weights > 1e-9) < 3:
        return
    slope, intercept = np.polyfit(x, y, 1, w=np.sqrt(weights))
    seen = 1.2 * (intercept + slope * 11)
    if abs(seen - 1) > 1e-6:
        assert detectors.robust_local_regression(0.5, padded(values), 10, 1.2, 1.0) == (seen >= 1)


def test_an_outlier_moves_lr_but_not_lrr() -> None:
    rising = np.linspace(0.5, 0.74, 10)  # the line reaches 0.7667 x 1.2 < 1 next
    rising[8] = 1.6
    history = padded(rising[::-1].tolist())
    assert detectors.local_regression(0.74, history, 10, 1.2, 1.0)
    assert not detectors.robust_local_regression(0.74, history, 10, 1.2, 1.0)


@pytest.mark.parametrize("seed", range(5))
def test_maximum_correlation_against_lstsq(seed: int) -> None:
    rng = np.random.default_rng(seed)
    history = rng.random((5, 30))
    history[3] = history[:3].mean(axis=0) + 0.05 * rng.random(30)
    explained = []
    for k in range(5):
        design = np.stack([np.ones(30), *np.delete(history, k, axis=0)], axis=1)
        _, rest, *_ = np.linalg.lstsq(design, history[k], rcond=None)
        explained.append(1 - rest[0] / ((history[k] - history[k].mean()) ** 2).sum())
    ones = np.ones(5)
    assert selectors.maximum_correlation(ones, ones, ones, history, 0.5) == int(np.argmax(explained))


def test_maximum_correlation_falls_back_on_the_shortest_move() -> None:
    ram = np.array([3.0, 1.0, 2.0])
    assert selectors.maximum_correlation(ram, ram, ram, np.ones((3, 2)), 0.5) == 1
    assert selectors.maximum_correlation(ram[:1], ram[:1], ram[:1], np.ones((1, 30)), 0.5) == 0


OWN = """
def calm(demand_share, history, n, parameter, steps_ahead):
    return demand_share > 0.6

memory = {"calls": 0}

def counting(demand_share, history, n, parameter, steps_ahead):
    memory["calls"] += len(f"{n}")
    return bool(demand_share > 0.6)

def four(a, b, c, d):
    return True

def wordy(a, b, c, d, e):
    return "no"

def broken(a, b, c, d, e):
    raise RuntimeError("not today")

def leaves(a, b, c, d, e):
    raise SystemExit(0)
"""


def test_own_function_compiled_and_interpreted_alike(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(OWN)
    fleet, demand = small(1, hosts=6, components=10, steps=14)
    named = consolidate(fleet, demand, Policy("thr", parameter=0.6))
    own = consolidate(fleet, demand, Policy(f"{file}:calm"))
    plain = consolidate(fleet, demand, Policy(f"{file}:counting"))
    assert named.interpreted is None
    assert own.interpreted is None
    assert plain.interpreted
    for run in (own, plain):
        assert run.energy_kwh == named.energy_kwh
        assert run.service == named.service
        assert np.array_equal(run.moves.component, named.moves.component)
        assert np.array_equal(run.host_energy_kwh, named.host_energy_kwh)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("tht", "neither one of"),
        ("nowhere.at.all:f", "cannot load nowhere.at.all"),
        ("{file}:absent", "has no function 'absent'"),
        ("{file}:four", "does not take 5 arguments"),
        ("{file}:wordy", "returns str"),
        ("{file}:broken", "mine.py:broken failed: RuntimeError: not today (mine.py:18)"),
        ("{file}:leaves", "mine.py:leaves failed: SystemExit: 0 (mine.py:21)"),
        ("{folder}/quits.py:f", "SystemExit: bye now"),
        ("builtins:max", "does not take 5 arguments"),
        ("{folder}/none.py:f", "no such file"),
    ],
)
def test_bad_functions_are_told_in_one_line(tmp_path: Path, name: str, words: str) -> None:
    file = tmp_path / "mine.py"
    file.write_text(OWN)
    (tmp_path / "quits.py").write_text("import sys\nsys.exit('bye\\nnow')\n")
    policy = Policy(name.format(file=file, folder=tmp_path), where=("study.yaml", 7))
    with pytest.raises(InputError) as caught:
        functions_of(policy, RIGHT)
    (problem,) = caught.value.problems
    assert words in problem.message
    assert "\n" not in str(problem)
    assert str(problem).startswith("study.yaml:7:")


LATER = """
plain = {"why": "what is not of simple types cannot be compiled"}

def calm(demand_share, history, n, parameter, steps_ahead):
    return demand_share > 0.6

def raises(demand_share, history, n, parameter, steps_ahead):
    if n == 5:
        raise ValueError("two\\nlines")
    return demand_share > 0.6

def divides(demand_share, history, n, parameter, steps_ahead):
    return demand_share / (n - 5.0) > 9

def divides_history(demand_share, history, n, parameter, steps_ahead):
    return history[0] / history[29] > 9

def beyond(demand_share, history, n, parameter, steps_ahead):
    return n == 5 and history[n + 40] > 9

def other_type(demand_share, history, n, parameter, steps_ahead):
    if n == 5:
        return None
    return demand_share > 0.6

def all_away(demand_share, history, n, parameter, steps_ahead):
    return demand_share > 0

def too_far(ram_mb, demand_mips, utilisation, history, uniform):
    return 0 if history.shape[1] == 30 else len(ram_mb)

def before_first(ram_mb, demand_mips, utilisation, history, uniform):
    return 0 if history.shape[1] == 30 else -1

def nan(power_before_w, power_after_w, utilisation_after, is_on):
    return 1.0 if power_before_w == 100.0 else float("nan")

def at_once(power_before_w, power_after_w, utilisation_after, is_on):
    return float("nan")
"""
FAILING = [
    ("detector", "raises", "raises failed: ValueError: two lines (later.py:9)"),
    ("detector", "divides", "divides failed: ZeroDivisionError: float division by zero (later.py:13)"),
    ("detector", "divides_history", "failed: ZeroDivisionError: division by zero (later.py:16)"),
    ("detector", "beyond", "beyond failed: IndexError: index 45 is out of bounds"),
    ("detector", "other_type", "other_type returns NoneType, not bool"),
    ("selector", "too_far", "must be 0 to"),
    ("selector", "before_first", "returns -1, must be 0 to"),
    ("placement", "nan", "nan returns nan, must be a number"),
    ("placement", "at_once", "at_once returns nan, must be a number"),
]


@pytest.mark.parametrize("compiles", [True, False])
@pytest.mark.parametrize(("field", "name", "words"), FAILING)
def test_a_function_that_fails_later_is_told_in_one_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], field: str, name: str, words: str, compiles: bool
) -> None:
    file = tmp_path / "later.py"
    text = LATER if compiles else LATER.replace("    return ", "    f'{plain}'; return ")
    file.write_text(text)
    names = {"detector": f"{file}:all_away", field: f"{file}:{name}"}
    fleet, demand = small(1, hosts=6, components=10, steps=14)
    with pytest.raises(InputError) as caught:
        policy = replace(Policy(where=("study: policies.p", 0)), **names)
        consolidate(fleet, demand, policy)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"study: policies.p: {field}: later.py:{name} ")
    assert words in line
    assert capfd.readouterr() == ("", "")


def test_functions_that_hold_out_decide_as_the_named_ones(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "import numpy as np\n"
        "def over(demand_share, history, n, parameter, steps_ahead):\n    return demand_share > parameter\n"
        "def least(ram_mb, demand, level, history, uniform):\n    return np.argmin(ram_mb)\n"
        "class Rise:\n    def __call__(self, before, after, level, is_on):\n        return after - before\n"
        "def rise(before, after, level, is_on):\n    return after - before\n"
        "instance = Rise()\n"
    )
    fleet, demand = small(3, hosts=8, components=16, steps=20)
    named = consolidate(fleet, demand, Policy("thr", "mmt", "pabfd", 0.5))
    assert named.migrations > 0
    for placement, why in (("rise", None), ("instance", "it is no plain function")):
        own = consolidate(fleet, demand, Policy(f"{file}:over", f"{file}:least", f"{file}:{placement}", 0.5))
        assert own.interpreted == why
        assert own.service == named.service
        assert np.array_equal(own.host_energy_kwh, named.host_energy_kwh)
        assert np.array_equal(own.moves.target, named.moves.target)


def test_what_fails_only_when_compiled_is_told_too(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "calls = 0\n"
        "def odd(demand_share, history, n, parameter, steps_ahead):\n"
        "    if n == 5:\n"
        "        history[29] += 1.0\n"
        "        if history[29] == 1.0:\n"
        "            raise ValueError('first time')\n"
        "    return False\n"
    )
    fleet, demand = small(1, hosts=6, components=10, steps=14)
    with pytest.raises(InputError, match=r"mine\.py:odd fails when compiled, not when run by Python"):
        consolidate(fleet, demand, Policy(f"{file}:odd"))
