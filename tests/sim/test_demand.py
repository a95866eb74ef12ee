"""Demand: its mean, its noise, and that any part of it can be made again alone."""

from __future__ import annotations

import numpy as np
import pytest

from roomfold.sim.demand import demand_span, fill, month_noise, span_noise

from . import build


def whole(wanted, month):
    """A month as one span."""
    (span,) = wanted.clock.spans(month, 10**6)
    return span


def in_one_go(wanted, month):
    """All components of a month as the pass makes them."""
    noise = span_noise(wanted, whole(wanted, month), month_noise(wanted, month))
    rows = np.arange(len(wanted.ids))
    out = np.empty((len(rows), noise.span.steps), dtype=np.float32)
    fill(wanted, noise, rows, wanted.ids, out)
    return out


def test_noise_preserves_the_mean():
    wanted = build.demand(np.full(400, 1000.0), months=3, noise=0.3)
    mean = np.concatenate([in_one_go(wanted, m).mean(axis=1) for m in range(3)])
    assert in_one_go(wanted, 0).std() > 300
    # Common noise averages over about 2,000 hours, daily noise over 90 days x 200 components.
    assert mean.mean() == pytest.approx(1000, rel=0.02)


def test_mean_factor_is_exactly_one_over_all_bytes():
    b = (np.arange(256) - 127.5) / np.sqrt((256**2 - 1) / 12)
    for s in (0.1, 0.5):
        assert ((1 + s * b) ** 2 / (1 + s * s)).mean() == pytest.approx(1, rel=1e-12)


def test_without_noise_demand_is_mean_times_profile_times_growth():
    wanted = build.demand(np.array([10.0, 20.0]), months=14, growth=0.2, flat=False)
    for month in (0, 5, 13):
        start, end = wanted.clock.month_edges_h[month : month + 2]
        expected = wanted.mean_ssj[:, None] * 1.2 ** (month / 12) * wanted.profile_root[:, start:end] ** 2
        np.testing.assert_allclose(in_one_go(wanted, month), expected, rtol=2e-6)


def test_any_window_alone_is_the_same_bit_for_bit():
    wanted = build.demand(np.linspace(1, 50, 9), months=3, noise=0.25, growth=0.1, flat=False)
    for month in range(3):
        everything = in_one_go(wanted, month)
        alone = demand_span(wanted, whole(wanted, month), np.array([7, 2]))
        assert np.array_equal(alone, everything[[7, 2]])


def test_removing_a_component_changes_no_other():
    wanted = build.demand(np.linspace(1, 50, 9), noise=0.25, flat=False)
    assert np.array_equal(in_one_go(build.without(wanted, 4), 1), np.delete(in_one_go(wanted, 1), 4, axis=0))


def test_components_of_a_class_share_noise_and_days_differ():
    wanted = build.demand(np.full(600, 1.0), noise=0.1)
    noise = np.sqrt(in_one_go(wanted, 0))
    own = noise[::2] - noise[::2].mean(axis=0)
    common = noise[::2].mean(axis=0).var() / noise[::2].var()
    assert common == pytest.approx(0.4, abs=0.04)
    daily = own.reshape(len(own), -1, 24).mean(axis=2).var() / own.var()
    # A day's mean keeps all of the daily noise and 1/24 of the hourly noise.
    assert daily == pytest.approx(0.3 + 0.7 / 24, abs=0.03)
    even, odd = noise[::2].mean(axis=0), noise[1::2].mean(axis=0)
    assert abs(np.corrcoef(even, odd)[0, 1]) < 0.15


def test_months_do_not_repeat():
    wanted = build.demand(np.ones(2), months=3, noise=0.2)
    assert not np.array_equal(in_one_go(wanted, 0), in_one_go(wanted, 2))
