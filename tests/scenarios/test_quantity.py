"""Quantities: inverse distribution functions against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from roomfold.scenarios.quantity import CONVERSIONS, Quantity

NUMBERS = st.floats(-1e6, 1e6).map(lambda x: round(x, 6))
GRID = (np.arange(20_000) + 0.5) / 20_000


@st.composite
def distributions(draw: st.DrawFn) -> Quantity:
    """Any valid quantity."""
    kind = draw(st.sampled_from(["fixed", "triangular", "uniform", "lognormal"]))
    if kind == "lognormal":
        return Quantity(dist="lognormal", mode=draw(st.floats(1e-3, 1e6)), gsd=draw(st.floats(1.001, 10)))
    low, mode, high = sorted(draw(st.tuples(NUMBERS, NUMBERS, NUMBERS)))
    if kind == "fixed":
        return Quantity(value=mode)
    if kind == "uniform":
        return Quantity(dist="uniform", low=low, high=high)
    return Quantity(dist="triangular", low=low, mode=mode, high=high)


@settings(max_examples=200, deadline=None)
@given(distributions())
def test_ppf_rises_within_the_support(quantity: Quantity) -> None:
    values = quantity.ppf(np.linspace(0, 1, 257))
    low, high = quantity.support
    size = max(abs(low), abs(high), 1e-300)
    assert np.all(np.diff(values) >= -1e-12 * size)
    assert values.min() >= low and values.max() <= high
    assert values[[0, -1]] == pytest.approx([low, high], rel=1e-12, abs=1e-12 * size)


@settings(max_examples=100, deadline=None)
@given(st.tuples(NUMBERS, NUMBERS, NUMBERS).map(sorted), st.floats(0.001, 0.999))
def test_triangular_ppf_inverts_the_closed_form(numbers: list[float], u: float) -> None:
    low, mode, high = numbers
    if high - low < 1e-3:
        return
    x = float(Quantity(dist="triangular", low=low, mode=mode, high=high).ppf(np.array(u)))
    if x < mode:
        cdf = (x - low) ** 2 / ((high - low) * (mode - low))
    elif high > mode:
        cdf = 1 - (high - x) ** 2 / ((high - low) * (high - mode))
    else:
        cdf = 1.0
    assert cdf == pytest.approx(u, abs=1e-5)


def test_means_equal_the_closed_forms() -> None:
    triangle = Quantity(low=0.55, mode=0.68, high=0.85)
    assert triangle.ppf(GRID).mean() == pytest.approx((0.55 + 0.68 + 0.85) / 3, rel=1e-6)
    flat = Quantity(dist="uniform", low=1900, high=1999)
    assert flat.ppf(GRID).mean() == pytest.approx(1949.5, rel=1e-9)
    long = Quantity(dist="lognormal", mode=10, gsd=1.5)
    assert long.ppf(GRID).mean() == pytest.approx(10 * np.exp(np.log(1.5) ** 2 / 2), rel=2e-3)
    assert float(long.ppf(np.array(0.5))) == pytest.approx(10)


def test_quantity_survives_writing_and_reading() -> None:
    for quantity in (
        Quantity(value=3.5, unit="CNY", source="x", grade="S"),
        Quantity(dist="triangular", low=0, mode=0.5, high=1, spread=0.3),
        Quantity(dist="lognormal", mode=4, gsd=2),
    ):
        assert Quantity.model_validate(quantity.model_dump()) == quantity
    assert Quantity.model_validate(7).value == 7


@settings(max_examples=50, deadline=None)
@given(distributions(), st.sampled_from(sorted(CONVERSIONS)), st.floats(0, 1))
def test_scaling_scales_every_value(quantity: Quantity, units: tuple[str, str], u: float) -> None:
    factor = CONVERSIONS[units]
    scaled = quantity.scaled(factor, units[1])
    assert scaled.unit == units[1] and scaled.dist == quantity.dist
    expected = quantity.ppf(np.array(u)) * factor
    assert scaled.ppf(np.array(u)) == pytest.approx(
        expected, rel=1e-9, abs=1e-9 * max(map(abs, scaled.support))
    )


@pytest.mark.parametrize(
    "data",
    [
        {}, {"low": 1, "high": 2}, {"value": 1, "low": 0}, {"low": 2, "mode": 1, "high": 3}, True, "1",
        {"dist": "uniform", "low": 2, "high": 1}, {"dist": "lognormal", "mode": 0, "gsd": 2},
        {"dist": "lognormal", "mode": 1, "gsd": 1}, {"value": float("nan")}, {"value": float("inf")},
        {"value": 1, "grade": "B"}, {"value": 1, "spread": -0.1},
    ],
)  # fmt: skip
def test_impossible_quantities_are_refused(data: object) -> None:
    with pytest.raises(ValidationError):
        Quantity.model_validate(data, strict=True)
