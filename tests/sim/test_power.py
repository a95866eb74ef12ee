"""Server power against the eleven points and plain interpolation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from roomfold.sim.power import KNOTS, Curves, fill_power, power_w

from . import build

CURVES = Curves.of(build.WATTS, build.SSJ_OPS)


def fast(curve: int, utilisation, factor: float = 1.0):
    """The block's way to power, one machine per row of utilisation."""
    u = np.atleast_2d(utilisation).astype(np.float32)
    machines = CURVES.machines(np.full(len(u), curve), np.full(len(u), factor))
    out = np.full_like(u, np.nan)
    fill_power(machines, u, np.ones(len(u), np.float32), u.max(axis=1).astype(np.float64), out)
    return out


@pytest.mark.parametrize("curve", range(3))
def test_each_of_the_eleven_points(curve):
    for row, point in enumerate(KNOTS):
        assert fast(curve, [[point]])[0, 0] == pytest.approx(build.WATTS[curve, row], rel=1e-6)
        assert CURVES.at(np.full(3, point))[curve] == pytest.approx(build.WATTS[curve, row], rel=1e-12)


def test_beyond_full_load_power_stays():
    assert fast(2, [[1.0, 1.7, 40.0]]) == pytest.approx(400, rel=1e-5)


@settings(max_examples=60, deadline=None)
@given(
    u=arrays(np.float32, (6, 9), elements=st.floats(0, 1.5, width=32)),
    curve=st.integers(0, 2),
    factor=st.floats(1, 4),
)
def test_equals_interpolation(u, curve, factor):
    expected = factor * power_w(build.WATTS[curve], u.astype(np.float64))
    np.testing.assert_allclose(fast(curve, u, factor), expected, rtol=1e-5)


@pytest.mark.parametrize("hours", [1, 7, 744])
def test_energy_of_constant_load_is_the_closed_form_for_any_block(hours):
    total = sum(
        fast(0, np.full((1, min(hours, 8760 - start)), 0.37), 1.8).sum(dtype=np.float64)
        for start in range(0, 8760, hours)
    )
    watts = 1.8 * (123 + 0.7 * (136 - 123))
    assert total == pytest.approx(watts * 8760, rel=1e-6)


def test_machines_in_any_order_and_idle_ones():
    u = np.array([[0.0, 0.0], [0.95, 0.2], [0.05, 0.0], [0.4, 0.6]])
    np.testing.assert_allclose(fast(1, u), power_w(build.WATTS[1], u), rtol=1e-6)


def test_machines_their_parts_and_some_of_them():
    rows, factor, share = np.array([2, 0]), np.array([1.5, 2.0]), np.array([0.5, 0.25])
    machines = CURVES.machines(rows, factor)
    some = machines.parts(share).only(slice(1, 2))
    u = np.array([0.0, 0.05, 0.35, 0.999, 1.0, 1.2])
    expected = 0.25 * 2.0 * power_w(build.WATTS[0], u)
    np.testing.assert_allclose(some.at(u[None]), expected[None], rtol=1e-12)
    assert some.ssj_ops.tolist() == [0.25 * build.SSJ_OPS[0]]
    whole = [1.5 * power_w(build.WATTS[2], 0.35), 2.0 * power_w(build.WATTS[0], 0.6)]
    np.testing.assert_allclose(machines.at(np.array([0.35, 0.6])), whole, rtol=1e-12)
    # Loads in units of work; that of the last, which is idle, is not read.
    load = np.array([[300.0, 30.0], [50.0, 50.0], [np.nan, np.nan]], dtype=np.float32)
    three = CURVES.machines(np.array([0, 2, 1]), np.ones(3))
    out = np.empty_like(load)
    fill_power(three, load, np.array([1e-3, 1e-3, 1.0], dtype=np.float32), np.array([0.3, 0.05, 0.0]), out)
    found = [power_w(build.WATTS[0], np.array([0.3, 0.03])), power_w(build.WATTS[2], np.array([0.05, 0.05]))]
    np.testing.assert_allclose(out, [*found, [build.WATTS[1, 0]] * 2], rtol=1e-6)


def test_slopes_lead_through_the_points_and_end_with_them():
    watts = np.array([[50.0, 60, 80, 85, 90, 120, 130, 160, 170, 200, 205]])
    curves = Curves.of(watts, np.array([1e6]))
    for load, expected in ((0.0, 50.0), (0.05, 55.0), (0.2, 80.0), (0.75, 165.0), (1.0, 205.0), (1.5, 205.0)):
        assert curves.at(np.array([load])) == pytest.approx([expected])
