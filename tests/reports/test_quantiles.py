"""Quantiles over worlds: Harrell and Davis against direct integration, limits, and missing values."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta, norm

from roomfold.reports.quantiles import Stat, quantiles


def test_weights_are_beta_probabilities() -> None:
    values, p = np.array([1.0, 2.0, 4.0, 8.0, 16.0]), 0.3
    density = beta((5 + 1) * p, (5 + 1) * (1 - p)).pdf
    expected = sum(v * quad(density, i / 5, (i + 1) / 5)[0] for i, v in enumerate(values))
    assert quantiles(values, (p,))[0] == pytest.approx(expected, rel=1e-9)


def test_the_median_of_three_is_a_weighted_mean() -> None:
    # beta(2, 2) has distribution 3x^2 - 2x^3: weights 7/27, 13/27, 7/27
    assert quantiles(np.array([30.0, 0.0, 3.0]), (0.5,))[0] == pytest.approx((7 * 0 + 13 * 3 + 7 * 30) / 27)


def test_many_values_give_the_true_quantile() -> None:
    values = norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    assert quantiles(values) == pytest.approx(norm.ppf([0.1, 0.5, 0.9]), abs=2e-4)


def test_it_varies_less_than_two_order_statistics_at_a_hundred_worlds() -> None:
    samples = np.random.Generator(np.random.Philox(7)).standard_normal((96, 2000))
    weighted = quantiles(samples, (0.9,))[0]
    plain = np.quantile(samples, 0.9, axis=0)
    assert weighted.std() < 0.97 * plain.std()


def test_shift_scale_and_order_do_as_they_should() -> None:
    values = np.array([3.0, -1.0, 10.0, 4.0])
    assert quantiles(2 * values + 5) == pytest.approx(2 * quantiles(values) + 5)
    assert quantiles(values[::-1]) == pytest.approx(quantiles(values), rel=0, abs=0)
    assert np.all(np.diff(quantiles(values)) > 0)


@pytest.mark.parametrize("worlds", [1, 2, 7])
def test_equal_values_stay_and_zero_stays_exactly_zero(worlds: int) -> None:
    assert quantiles(np.full(worlds, 3.5)) == pytest.approx(3.5, rel=1e-14)
    assert Stat.of(np.zeros(worlds), "CNY").span == (0.0, 0.0, 0.0)


def test_shapes_beyond_one_dimension() -> None:
    values = np.arange(24.0).reshape(4, 3, 2)
    assert quantiles(values).shape == (3, 3, 2)
    assert quantiles(values)[:, 1, 0] == pytest.approx(quantiles(values[:, 1, 0]))


def test_infinite_times_are_none_and_leave_the_rest_alone() -> None:
    stat = Stat.of_times(np.array([1.0, 2.0, 3.0, np.inf]), "yr")
    assert (stat.p10, stat.p50, stat.p90, stat.mean) == (1.0, 2.0, None, None)
    assert Stat.of(np.array([np.nan, np.nan]), "1").p50 is None
    with pytest.raises(ValueError, match="no such figure"):
        _ = stat.span
