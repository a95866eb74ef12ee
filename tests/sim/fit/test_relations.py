"""The closed forms against numbers drawn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomfold.sim.fit.relations import Shares, covariance, noise_of, shares_of, variance

from .made import uniform

DRAWS = 400_000


@pytest.mark.parametrize(
    ("s", "c", "d", "h"), [(0.5, 0.3, 0.2, 0.4), (0.2, 0.0, 0.5, 0.5), (0.45, 1.0, 0, 0)]
)
def test_variance_and_covariances_are_those_of_draws(s: float, c: float, d: float, h: float) -> None:
    rng = np.random.default_rng(1)
    shares = Shares(c, (1 - c) * d, (1 - c) * h)
    weights = (*shares.common_parts, shares.day, shares.hour, shares.step)

    def demand(parts: list[np.ndarray]) -> np.ndarray:
        z = sum(np.sqrt(w) * part for w, part in zip(weights, parts, strict=True))
        return (1 + s * z) ** 2 / (1 + s * s)

    one, other = ([uniform(rng, DRAWS) for _ in weights] for _ in range(2))
    x = demand(one)
    assert x.mean() == pytest.approx(1, abs=0.005)
    assert x.var() == pytest.approx(variance(s, shares.fourth), rel=0.02)
    same_hour = demand([one[0], other[1], one[2], one[3], other[4]])
    expected = covariance(s, weights[0], weights[2], weights[3])
    assert np.cov(x, same_hour)[0, 1] == pytest.approx(expected, abs=0.01 * x.var())
    companion = demand([one[0], one[1], *other[2:]])
    assert np.cov(x, companion)[0, 1] == pytest.approx(covariance(s, *weights[:2]), abs=0.01 * x.var())


@given(st.floats(0.02, 0.49), st.floats(0, 0.8), st.floats(0, 0.6), st.floats(0, 0.4))
@settings(deadline=None)
def test_the_way_back_finds_what_went_in(s: float, c: float, d: float, h: float) -> None:
    shares = Shares(c, (1 - c) * d, (1 - c) * h)
    total = variance(s, shares.fourth)
    assert noise_of(np.array([total]), shares.fourth)[0] == pytest.approx(s, rel=1e-9)
    day = covariance(s, shares.day) / total
    hour = covariance(s, shares.common_parts[0], shares.day, shares.hour) / total - day
    common = covariance(s, *shares.common_parts) / total
    found = shares_of(s, day, hour, common)
    assert (found.common, found.day, found.hour) == pytest.approx(
        (shares.common, shares.day, shares.hour), abs=1e-4
    )


def test_what_varies_more_than_the_model_can_is_capped() -> None:
    assert noise_of(np.array([0.0, 0.9, 5.0]), 1.8).tolist() == [0, 0.5, 0.5]
