"""A fit finds the parameters of made demand again, and says what a trace cannot tell."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from roomfold.scenarios.errors import InputError
from roomfold.scenarios.traces import open_trace
from roomfold.sim.fit import fit
from roomfold.sim.fit.grid import grid_of
from roomfold.sim.fit.measures import autocorrelation
from roomfold.sim.fit.model import Model
from roomfold.sim.fit.relations import Shares

from .made import made

MONDAY, SUNDAY = datetime(2026, 3, 2), datetime(2026, 3, 1)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    ("known", "shape"),
    [
        ({"s": 0.3, "d": 0.3, "h": 0.25, "c": 0.2}, {"days": 21, "components": 100}),
        ({"s": 0.45, "d": 0.1, "h": 0.5, "c": 0.05}, {"days": 14, "components": 100}),
        ({"s": 0.1, "d": 0.6, "h": 0.1, "c": 0.5}, {"days": 28, "per_hour": 4, "components": 100}),
        ({"s": 0.25, "h": 0.4, "c": 0.3}, {"days": 1, "components": 600}),
        ({"s": 0.3, "d": 0.4, "c": 0.2}, {"days": 60, "per_hour": 1, "components": 100}),
        ({"s": 0.3}, {"days": 7, "components": 100}),
    ],
)
def test_known_parameters_are_found_again(seed: int, known: dict[str, float], shape: dict[str, int]) -> None:
    found = fit(made(seed, **known, **shape)).parameters
    assert found.noise == pytest.approx(known["s"], rel=0.05)
    for name, value, told in (
        ("d", found.day_share, shape["days"] > 1),
        ("h", found.hour_share, "per_hour" not in shape or shape["per_hour"] > 1),
        ("c", found.common_share, True),
    ):
        assert (value is not None) == told
        assert value is None or value == pytest.approx(known.get(name, 0), abs=0.05)


def test_profiles_of_working_days_and_days_off_are_found_again() -> None:
    hours = np.arange(24)
    work, rest = 1 + 0.8 * np.sin(hours / 24 * 2 * np.pi), np.full(24, 0.4)
    factor = np.array([work if day % 7 < 5 else rest for day in range(28)])
    found = fit(made(1, s=0.2, components=100, per_hour=4, profile=factor, start=MONDAY)).parameters
    assert np.allclose(np.array(found.workday) / np.mean(found.restday), work / 0.4, rtol=0.02)
    assert np.allclose(np.array(found.restday) / np.mean(found.restday), 1, rtol=0.02)


def test_gaps_and_idle_components_do_not_mislead() -> None:
    trace = made(4, s=0.3, d=0.3, h=0.25, c=0.2, days=21, per_hour=4, components=200)
    rng = np.random.default_rng(4)
    trace.values[rng.random(trace.values.shape) < 0.2] = np.nan
    trace.values[:50] *= 0.01
    trace.values[60, :] = np.nan
    result = fit(trace)
    assert (result.working, result.idle) == (149, 51)
    found = result.parameters
    assert found.noise == pytest.approx(0.3, rel=0.05)
    shares = (found.day_share, found.hour_share, found.common_share)
    assert shares == pytest.approx((0.3, 0.25, 0.2), abs=0.05)


@pytest.mark.parametrize(
    ("shape", "unknown"),
    [
        ({"days": 1, "start": None}, ("calendar", "week", "restday", "months", "day_share")),
        ({"days": 1, "start": SUNDAY}, ("week", "workday", "months", "day_share")),
        ({"days": 7, "start": MONDAY}, ("months",)),
        ({"days": 7, "per_hour": 1}, ("months", "hour_share")),
        ({"days": 7, "components": 5}, ("months", "common_share")),
        ({"days": 366, "per_hour": 1}, ("hour_share",)),
    ],
)
def test_what_a_trace_cannot_tell(shape: dict[str, object], unknown: tuple[str, ...]) -> None:
    assert fit(made(1, **{"components": 30, **shape})).unknown == unknown


def test_the_model_of_made_demand_measures_like_it() -> None:
    result = fit(made(5, s=0.3, d=0.3, h=0.25, c=0.1, days=28, per_hour=4, components=150))
    assert result.goodness["quantile_distance"] < 0.03
    assert result.goodness["relative_probability_gap"] < 0.02
    assert result.goodness["acf_rmse"] < 0.02
    assert abs(result.goodness["cross_mean_difference"]) < 0.02
    text = json.dumps(result.to_json(), allow_nan=False)
    assert json.loads(text)["parameters"]["noise"] == result.parameters.noise


def test_rows_of_the_model_are_made_alone() -> None:
    grid = grid_of(288, 300, None, "")
    model = Model(grid, np.linspace(0.1, 0.4, 9), np.ones((1, 24)), 0.4, Shares(0.2, 0.1, 0.3), 7)
    whole = model.rows(0, 9)
    assert np.array_equal(model.rows(3, 2), whole[3:5])
    assert whole.shape == (9, 288)


def test_autocorrelation_is_that_of_a_plain_loop() -> None:
    rng = np.random.default_rng(2)
    x = np.cumsum(rng.normal(size=(3, 60)), axis=1)
    x[1, 10:20] = np.nan
    lags = np.arange(1, 30)
    found = autocorrelation(x, lags)
    for row in range(3):
        y = x[row] - np.nanmean(x[row])
        for lag in lags:
            expected = np.nanmean(y[lag:] * y[:-lag]) / np.nanmean(y * y)
            assert found[row, lag - 1] == pytest.approx(expected, abs=1e-10)


def test_traces_that_cannot_be_fitted_are_refused() -> None:
    with pytest.raises(InputError, match="must divide an hour"):
        grid_of(100, 420, None, "x.csv")
    trace = made(1, days=1, components=3)
    with pytest.raises(InputError, match="must be a day at least"):
        fit(type(trace)(trace.values[:, :100], 300, None, trace.description))
    trace.values[:] = 0
    with pytest.raises(InputError, match="no component with a mean utilisation of 1%"):
        fit(trace)


def test_constant_components_have_no_noise() -> None:
    trace = made(1, days=7, components=40, s=0.3, h=0.4)
    alone = fit(trace)
    trace.values[::4] = 0.5
    found = fit(trace)
    assert found.working == alone.working
    noisy = np.array(found.parameters.noise_quantiles[2:4])
    assert found.parameters.noise_quantiles[0] < 0.05  # the others' profile alone
    assert np.allclose(noisy, alone.parameters.noise_quantiles[2:4], rtol=0.05)


@pytest.mark.parametrize("days", [2, 7])
@pytest.mark.parametrize("level", [0.5, 0.1])
def test_components_none_of_which_varies_are_refused_in_one_line(days: int, level: float) -> None:
    trace = made(1, days=days, components=2)
    trace.values[0], trace.values[1] = level, 0
    with pytest.raises(InputError, match="no variation about the hourly profile in any of 1 components"):
        fit(trace)


def test_mostly_constant_components_give_a_fit_without_noise() -> None:
    trace = made(1, days=7, components=5)
    trace.values[:3] = 0.3
    found = fit(trace)
    assert found.parameters.noise == pytest.approx(0, abs=0.05)
    json.dumps(found.to_json(), allow_nan=False)


def test_planetlab_days_have_no_common_noise_and_short_memory(reference_data: Path) -> None:
    """Against figures computed here directly from the array, for components above 1 %."""
    for day in ("20110303", "20110420"):
        path = reference_data / "planetlab" / f"{day}.npz"
        util = np.load(path)["util"] / 100.0
        used = util[util.mean(axis=1) >= 0.01]
        with open_trace(path) as trace:
            found = fit(trace)
        assert found.working == len(used)
        assert found.parameters.mean == pytest.approx(util.mean(), rel=1e-6)
        relative = used / used.mean(axis=1, keepdims=True)
        profile = relative.mean(axis=0).reshape(24, 12).mean(axis=1)
        kind = found.parameters.workday or found.parameters.restday
        assert np.allclose(kind, profile, rtol=1e-5)
        assert found.parameters.common_share < 0.01
        assert 0.02 < found.parameters.hour_share < 0.15


def test_hours_without_any_demand_are_left_out_of_the_noise() -> None:
    closed = np.ones((7, 24))
    closed[:, :6] = 0
    found = fit(made(1, days=7, components=60, s=0.3, profile=closed)).parameters
    assert found.noise == pytest.approx(0.3, rel=0.05)
    assert found.workday is not None and found.workday[:6] == (0.0,) * 6
