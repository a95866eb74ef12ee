"""Weights and statistics under them, against repetition and known distributions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import Generator, Philox
from scipy.stats import genpareto, spearmanr

from roomfold.reports.calibration.weights import (
    deviation,
    mean,
    pareto,
    quantiles,
    rank_correlation,
    smoothed,
)


def test_equal_weights_all_count() -> None:
    found = smoothed(np.full(100, -3.0))
    assert found.effective == pytest.approx(100)
    assert found.shape == -math.inf


def test_no_possible_world() -> None:
    found = smoothed(np.full(10, -np.inf))
    assert found.effective == 0
    assert found.share.sum() == 0


def test_one_world_that_outweighs_all() -> None:
    found = smoothed(np.array([0.0, *[-50.0] * 9]))
    assert found.effective == pytest.approx(1)
    assert found.shape == math.inf, "too few to tell"


@pytest.mark.parametrize("shape", [-0.3, 0.2, 0.6, 0.9])
def test_the_fitted_tail(shape: float) -> None:
    levels = (np.arange(2000) + 0.5) / 2000
    found, scale = pareto(genpareto.ppf(levels, shape, scale=2.5))
    assert found == pytest.approx(shape, abs=0.06)
    assert scale == pytest.approx(2.5, rel=0.1)


def test_heavy_weights_are_told() -> None:
    levels = (np.arange(4000) + 0.5) / 4000
    assert smoothed(np.log(genpareto.ppf(levels, 1.2) + 1)).shape > 0.7
    assert smoothed(np.log(genpareto.ppf(levels, 0.1) + 1)).shape < 0.5


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 4)), min_size=2, max_size=30))
def test_a_weight_is_a_number_of_copies(rows: list[tuple[int, int]]) -> None:
    values = np.array([float(value) for value, _ in rows])
    copies = np.array([count for _, count in rows])
    share, repeated = copies / copies.sum(), np.repeat(values, copies)
    assert mean(values, share) == pytest.approx(repeated.mean())
    assert deviation(values, share) == pytest.approx(repeated.std(), abs=1e-6)
    other = np.arange(len(values)) ** 2 % 7 * 1.0
    if np.ptp(values) > 0 and np.ptp(other) > 0:
        expected = spearmanr(repeated, np.repeat(other, copies)).statistic
        assert rank_correlation(values, other, share) == pytest.approx(expected, abs=1e-9)


def test_quantiles_under_weights() -> None:
    values = Generator(Philox(key=1)).normal(size=20_000)
    # normal with mean 1 from the standard normal: weights exp(x)
    share = np.exp(values) / np.exp(values).sum()
    assert quantiles(values, share, (0.05, 0.5, 0.95)) == pytest.approx([-0.645, 1.0, 2.645], abs=0.1)
