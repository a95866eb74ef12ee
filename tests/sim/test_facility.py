"""UPS, cooling and PUE of sites."""

from __future__ import annotations

import numpy as np
import pytest

from roomfold.sim.facility import COOLING_RATIO_MIN, calibrate

from . import build

ALWAYS = np.ones((1, 1))


def pue(site, it_w):
    """PUE at constant loads, shape (loads,), of a single site."""
    it = np.atleast_2d(np.asarray(it_w, dtype=np.float64))
    ups = site.ups_loss_w(it, ALWAYS)
    cooling = site.cooling_w(it, ups, ALWAYS)
    return ((it + ups + cooling + site.lighting_w[:, None]) / it)[0]


def test_pue_at_the_calibrated_load_is_the_one_drawn():
    for drawn in (1.6, 2.1, 3.0):
        assert pue(build.facility(1, 700.0, drawn), [700.0])[0] == pytest.approx(drawn, rel=1e-12)


def test_pue_rises_as_load_falls():
    values = pue(build.facility(1, 700.0), [1400, 700, 350, 100, 20])
    assert (np.diff(values) > 0).all()


def test_cooling_removes_at_least_a_tenth_of_the_heat_where_pue_leaves_less():
    site = build.facility(1, 700.0, 1.01)
    it = np.array([[700.0]])
    ups = site.ups_loss_w(it, ALWAYS)
    assert site.cooling_w(it, ups, ALWAYS)[0, 0] == pytest.approx(COOLING_RATIO_MIN * (it + ups)[0, 0])


def test_ups_loss_follows_the_quadratic_model():
    site = build.facility(1, 500.0)
    for x in (0.0, 0.2, 0.5, 1.0):
        loss = site.ups_loss_w(np.array([[1500 * x]]), ALWAYS)[0, 0]
        assert loss == pytest.approx(1500 * (0.03 + 0.04 * x + 0.02 * x * x))


def test_half_an_hour_energised_loses_half_of_what_a_full_hour_does():
    site = build.facility(1)
    full, half = np.array([[300.0]]), np.array([[150.0]])
    live = np.array([[0.5]])
    ups = site.ups_loss_w(half, live)
    assert ups[0, 0] == pytest.approx(site.ups_loss_w(full, ALWAYS)[0, 0] / 2)
    cooling = site.cooling_w(full, site.ups_loss_w(full, ALWAYS), ALWAYS)[0, 0]
    assert site.cooling_w(half, ups, live)[0, 0] == pytest.approx(cooling / 2)


def test_nothing_is_drawn_when_not_energised():
    site, none = build.facility(2), np.zeros((2, 3))
    ups = site.ups_loss_w(none, none)
    assert not ups.any()
    assert not site.cooling_w(none, ups, none).any()


def test_a_site_without_load_is_calibrated_to_its_idle_loss():
    site = calibrate(
        rated_w=np.array([100.0]),
        ups=build.UPS[None],
        pue=np.array([2.0]),
        cooling_fixed_share=np.array([0.5]),
        lighting_w=np.zeros(1),
        it_w=np.zeros(1),
    )
    assert np.isfinite(site.cooling_ratio).all()
    assert site.ups_loss_w(np.zeros((1, 1)), ALWAYS)[0, 0] == pytest.approx(3.0)


def test_a_site_by_hand_and_its_rows():
    """UPS of 1000 W, half full, lose 30 + 20 + 5 W; PUE leaves the rest to cooling, three quarters fixed."""
    sites = calibrate(
        rated_w=np.array([9.0, 1000.0]),
        ups=np.array([[0.5, 0.5, 0.5], [0.03, 0.04, 0.02]]),
        pue=np.array([9.0, 2.0]),
        cooling_fixed_share=np.array([0.1, 0.75]),
        lighting_w=np.array([3.0, 45.0]),
        it_w=np.array([4.0, 500.0]),
    )
    site = sites.only(np.array([1]))
    cooling = 500 - 55 - 45  # of 500 W beyond IT: less UPS and lighting
    assert site.fixed_w[0] == pytest.approx(0.75 * cooling)
    assert site.cooling_ratio[0] == pytest.approx(0.25 * cooling / 555)
    assert [site.rated_w[0], site.lighting_w[0]] == [1000, 45]
    it = np.array([[0.0, 250.0, 1000.0]])
    ups = site.ups_loss_w(it, ALWAYS)
    assert ups[0].tolist() == pytest.approx([30, 30 + 10 + 1.25, 30 + 40 + 20])
    found = site.cooling_w(it, ups, ALWAYS)[0]
    assert found.tolist() == pytest.approx([300 + 100 / 555 * heat for heat in (30, 291.25, 1090)])
    off = np.zeros((1, 3))
    assert not site.ups_loss_w(off, off).any()
    barely = site.ups_loss_w(np.array([[0.0, 1e-9, 500.0]]), np.array([[1e-9, 1e-9, 1.0]]))
    assert barely[0].tolist() == pytest.approx(
        [3e-8, 3e-8, 55], abs=1e-7
    )  # rounding makes no loss of its own


def test_sites_of_nothing_and_of_next_to_nothing():
    sites = calibrate(
        rated_w=np.array([0.0, 1.0]),
        ups=np.tile(build.UPS, (2, 1)),
        pue=np.array([2.0, 2.0]),
        cooling_fixed_share=np.array([0.5, 0.25]),
        lighting_w=np.zeros(2),
        it_w=np.array([0.0, 0.5]),
    )
    assert sites.cooling_ratio[0] == sites.fixed_w[0] == 0
    small = sites.only(np.array([1]))
    assert pue(small, [0.5])[0] == pytest.approx(2, rel=1e-12)
    assert small.cooling_ratio[0] > 0
