"""Detectors, selectors and placements against formulas written another way."""

from __future__ import annotations

import statistics
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
        ("{file}:broken", "not today"),
        ("{folder}/none.py:f", "no such file"),
    ],
)
def test_bad_functions_are_told_in_one_line(tmp_path: Path, name: str, words: str) -> None:
    file = tmp_path / "mine.py"
    file.write_text(OWN)
    policy = Policy(name.format(file=file, folder=tmp_path), where=("study.yaml", 7))
    with pytest.raises(InputError) as caught:
        functions_of(policy, RIGHT)
    (problem,) = caught.value.problems
    assert words in problem.message
    assert "\n" not in str(problem)
    assert str(problem).startswith("study.yaml:7:")
