"""The value of information, against the closed form for a normal gain."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.random import Generator, Philox
from scipy.stats import norm

from roomfold.reports.calibration.information import Decision, decide
from roomfold.reports.calibration.posterior import Posterior
from roomfold.reports.calibration.weights import Weights
from roomfold.reports.calibration.worlds import Worlds
from roomfold.scenarios.quantity import Quantity

COUNT = 40_000
MILLION = 1e6


def chosen(mean_cny: float, spread_x: float, spread_y: float) -> Decision:
    """The choice where the gain is normal in two quantities and a third one has no part."""
    quantities = {n: Quantity(dist="lognormal", mode=1.0, gsd=math.e) for n in ("x", "y", "z")}
    points = Generator(Philox(key=2)).random((COUNT, 3))
    values = {name: q.ppf(points[:, i]) for i, (name, q) in enumerate(quantities.items())}
    gain = mean_cny + spread_x * np.log(values["x"]) + spread_y * np.log(values["y"])
    worlds = Worlds.of(quantities, values | {"go": gain})
    even = Weights(np.full(COUNT, 1 / COUNT), COUNT, -math.inf)
    posterior = Posterior("worlds", worlds.values, even, even, {"gross": 1.0}, None)
    return decide(worlds, posterior, "stay", {"go": "go"})


def gained(mean_cny: float, known_spread: float) -> float:
    """E max(0, m) - max(0, E m) where m is normal: what knowing that part is worth."""
    if known_spread == 0:
        return 0.0
    off = mean_cny / known_spread
    best = mean_cny * norm.cdf(off) + known_spread * norm.pdf(off)
    return float(best - max(0.0, mean_cny))


@pytest.mark.parametrize("mean_cny", [MILLION, -0.5 * MILLION])
def test_closed_form(mean_cny: float) -> None:
    found = chosen(mean_cny, 2 * MILLION, MILLION)
    spread = math.hypot(2, 1) * MILLION
    worths = {w.path: w for w in found.worths}
    assert found.chosen == ("go" if mean_cny > 0 else "stay")
    assert found.gains["go"] == pytest.approx(mean_cny, abs=0.05 * MILLION)
    assert found.best["go"] == pytest.approx(norm.cdf(mean_cny / spread), abs=0.01)
    assert found.evpi_cny == pytest.approx(gained(mean_cny, spread), rel=0.05)
    assert worths["x"].evppi_cny == pytest.approx(gained(mean_cny, 2 * MILLION), rel=0.08)
    assert worths["y"].evppi_cny == pytest.approx(gained(mean_cny, MILLION), rel=0.15)
    assert worths["z"].evppi_cny == 0.0
    assert worths["x"].explained == pytest.approx(0.8, abs=0.02)
    assert worths["z"].explained == pytest.approx(0.0, abs=1e-3)
    assert [w.path for w in found.worths] == ["x", "y", "z"]


def test_nothing_is_worth_knowing_where_the_choice_is_clear() -> None:
    found = chosen(20 * MILLION, MILLION, MILLION)
    assert found.evpi_cny == pytest.approx(0.0, abs=1.0)
    assert all(w.evppi_cny == 0 for w in found.worths)
    assert found.best == {"stay": 0.0, "go": pytest.approx(1.0)}
