"""Laws planted are found again, with the right exponents, and chance is not."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.random import Generator, Philox

from roomfold.reports.explore.laws import linear, power_law


def drawn(worlds: int, count: int, key: int = 1) -> np.ndarray:
    return Generator(Philox(key=key)).uniform(0.5, 2.0, (worlds, count))


def test_a_product_is_found_to_the_last_digit() -> None:
    x = drawn(40, 60)
    amounts = 3.0 * x[:, 5] * x[:, 7] ** 2
    law = power_law(np.log(x), -0.6 * amounts * x[:, 9], amounts)
    expected = np.zeros(60)
    expected[[5, 7, 9]] = 1.0, 2.0, 1.0
    assert law.log.weights == pytest.approx(expected, abs=1e-9)
    fresh = drawn(8, 60, 2)
    truth = -1.8 * fresh[:, 5] * fresh[:, 7] ** 2 * fresh[:, 9]
    assert law(np.log(fresh)) == pytest.approx(truth, rel=1e-9)


def test_noise_among_many_inputs_follows_no_law() -> None:
    rng = Generator(Philox(key=3))
    found = [linear(rng.standard_normal((32, 120)), rng.standard_normal(32)) for _ in range(40)]
    assert np.mean([np.any(law.weights) for law in found]) <= 0.1


def test_a_part_that_changes_sign_or_is_seldom_there_is_left_as_it_is() -> None:
    x = np.log(drawn(32, 4))
    seldom = np.where(np.arange(32) < 5, np.exp(x[:, 0]), 0.0)
    for values in (x[:, 0] - x[:, 0].mean(), seldom):
        law = power_law(x, values, None)
        assert not law.log.weights.any()
        assert law(x) == pytest.approx(np.full(32, values.mean()))


def test_a_part_that_is_sometimes_nothing_keeps_its_mean() -> None:
    x = np.log(drawn(64, 4))
    values = np.where(np.arange(64) % 4 == 0, 0.0, 5.0 * np.exp(2 * x[:, 1]))
    law = power_law(x, values, None)
    assert law.log.weights[1] == pytest.approx(2.0)
    assert law(x)[values > 0].mean() == pytest.approx(0.75 * values[values > 0].mean())
