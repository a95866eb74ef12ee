"""The recipe: 65 million CNY a year say much of the number of rooms and nothing of PUE or tariff.

Expected values are those printed with the recipe (400,000 draws, resampled). They carry an error of
sampling of their own, up to 2 % at P5 and P95.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from roomfold.reports.calibration.findings import Narrowing, narrowings, pairs, span
from roomfold.reports.calibration.posterior import Posterior, condition
from roomfold.reports.calibration.weights import rank_correlation

from .recipe import evidence, worlds

Floats = NDArray[np.float64]
DRAWS = 200_000
READ = 0.025
M = 1e6

# P5, P50, P95 before and after, rank correlation with the total, spread after over before
TABLE = {
    "rooms": ((200, 432, 752), (172, 299, 476), 0.75, 0.55),
    "cny_per_line": ((6.4e3, 16.9e3, 32.7e3), (5.5e3, 13.9e3, 28.4e3), 0.30, 0.86),
    "fte_per_room": ((0.27, 0.66, 1.23), (0.23, 0.56, 1.12), 0.30, 0.91),
    "lines": ((647, 1439, 2506), (575, 1261, 2281), 0.25, 0.92),
    "upkeep_per_room": ((23e3, 54e3, 99e3), (20e3, 46e3, 91e3), 0.24, 0.92),
    "it_kw_per_room": ((1.8, 3.8, 6.7), (1.7, 3.4, 6.3), 0.23, 0.94),
}
UNMOVED = {"cny_per_fte": 0.12, "pue": 0.08, "tariff": 0.07}
TOTALS = {"staff_in": (52, 104, 185), "staff_out": (37, 75, 134)}
SHARES = {
    "electricity": (0.10, 0.22, 0.41),
    "upkeep": (0.09, 0.21, 0.40),
    "lines_cost": (0.09, 0.27, 0.56),
    "staff": (0.10, 0.24, 0.44),
}
STAFF_OUT = {"rooms": (217, 391, 641), "lines": (640, 1366, 2367)}


@pytest.fixture(scope="module")
def sample() -> tuple[Posterior, dict[str, Narrowing]]:
    drawn = worlds(DRAWS)
    posterior = condition(drawn, evidence())
    return posterior, {n.path: n for n in narrowings(drawn, posterior, {"R": "staff_in"})}


@pytest.mark.parametrize("path", TABLE)
def test_the_table(sample: tuple[Posterior, dict[str, Narrowing]], path: str) -> None:
    prior, after, rank, shrink = TABLE[path]
    found = sample[1][path]
    digits = 0.06 if path == "it_kw_per_room" else READ  # printed with two digits
    assert found.prior == pytest.approx(prior, rel=digits)
    assert found.posterior == pytest.approx(after, rel=digits)
    assert found.correlation["R"] == pytest.approx(rank, abs=0.015)
    assert found.shrink == pytest.approx(shrink, abs=0.02)
    assert found.informed


@pytest.mark.parametrize("path", UNMOVED)
def test_what_does_not_move(sample: tuple[Posterior, dict[str, Narrowing]], path: str) -> None:
    found = sample[1][path]
    assert 0.975 <= found.shrink <= 1.005
    assert found.correlation["R"] == pytest.approx(UNMOVED[path], abs=0.015)
    assert not found.informed


def test_rooms_narrow_most(sample: tuple[Posterior, dict[str, Narrowing]]) -> None:
    assert next(iter(sample[1])) == "rooms"
    assert sorted(sample[1], key=lambda path: sample[1][path].shrink)[0] == "rooms"


def test_totals_and_shares(sample: tuple[Posterior, dict[str, Narrowing]]) -> None:
    posterior, _ = sample
    even = np.full(DRAWS, 1 / DRAWS)
    for name, expected in TOTALS.items():
        assert np.array(span(posterior.values[name], even)) / M == pytest.approx(expected, rel=READ)
    for name, expected in SHARES.items():
        part = posterior.values[name] / posterior.values["staff_in"]
        assert span(part, posterior.weights.share) == pytest.approx(expected, abs=0.01)


def test_staff_out() -> None:
    drawn = worlds(DRAWS)
    posterior = condition(drawn, evidence("staff_out"))
    for path, expected in STAFF_OUT.items():
        assert span(posterior.values[path], posterior.weights.share) == pytest.approx(expected, rel=READ)


def test_rooms_and_lines_are_not_told_apart(sample: tuple[Posterior, dict[str, Narrowing]]) -> None:
    found = pairs(sample[0], list(TABLE))
    assert all(pair.correlation < 0 for pair in found), "each makes up for the others"
    assert "rooms" in (found[0].one, found[0].other)


def test_sixty_four_worlds_and_an_emulator_tell_nearly_the_same(
    sample: tuple[Posterior, dict[str, Narrowing]],
) -> None:
    few = worlds(64, seed=5)
    posterior = condition(few, evidence())
    assert posterior.method == "emulator"
    assert posterior.simulated.effective < 64 / 2
    found = {n.path: n for n in narrowings(few, posterior, {"R": "staff_in"})}
    assert found["rooms"].shrink == pytest.approx(sample[1]["rooms"].shrink, abs=0.08)
    assert found["rooms"].posterior == pytest.approx(sample[1]["rooms"].posterior, rel=0.1)
    assert not found["pue"].informed
    assert not found["tariff"].informed


def test_an_unlikely_share_of_electricity_is_ruled_out() -> None:
    from dataclasses import replace

    from roomfold.scenarios.plausible import Plausible

    text = {"en": "electricity is at most 35 %", "zh": "电费至多占35%"}
    limit = Plausible.model_validate(
        {"id": "energy", "what": text, "term": "electricity", "at_most": 0.35, "of": "staff_in"}
    )
    drawn = worlds(20_000)
    posterior = condition(drawn, replace(evidence(), limits=(limit,)))
    part = drawn.values["electricity"] / drawn.values["staff_in"]
    assert part[posterior.weights.share > 0].max() <= 0.35
    assert rank_correlation(part, drawn.values["rooms"], posterior.weights.share) != 0
