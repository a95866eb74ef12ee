"""Defaults that are said to come from fits do: the three PlanetLab days are fitted again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from roomfold.scenarios import Scenario, load
from roomfold.scenarios.traces import open_trace
from roomfold.sim.fit import Parameters, fit

DAYS = ("20110303", "20110403", "20110420")
MINIMAL = Path(__file__).parents[2] / "scenarios" / "minimal.yaml"
GOVERNMENT = "  - library:demand/government.yaml\n"


def fitted(folder: Path, step_s: float) -> list[Parameters]:
    found = []
    for day in DAYS:
        with open_trace(folder / "planetlab" / f"{day}.npz", step_s=step_s) as trace:
            found.append(fit(trace).parameters)
    return found


def scenario(folder: Path, include: str) -> Scenario:
    path = folder / "s.yaml"
    path.write_text(MINIMAL.read_text("utf-8").replace(GOVERNMENT, GOVERNMENT + include), "utf-8")
    return load(path)


def test_noise_at_steps_of_an_hour(reference_data: Path, tmp_path: Path) -> None:
    days = fitted(reference_data, 3600)
    within_day = np.mean([day.noise for day in days])
    for demand in scenario(tmp_path, "").demand.classes.values():
        day, common = demand.day_share.mode, demand.common_share.mode
        assert demand.noise.mode == pytest.approx(within_day / np.sqrt(1 - (1 - common) * day), abs=0.005)
        low, high = demand.noise.support
        assert low <= max(q.noise_quantiles[1] for q in days) + 1e-9
        assert max(q.noise_quantiles[3] for q in days) < high


def test_noise_at_steps_of_five_minutes(reference_data: Path, tmp_path: Path) -> None:
    days = fitted(reference_data, 300)
    shares = [day.hour_share for day in days]
    for demand in scenario(tmp_path, "  - library:demand/five-minutes.yaml\n").demand.classes.values():
        assert demand.noise.low == pytest.approx(min(day.noise_quantiles[1] for day in days), abs=0.005)
        assert demand.noise.mode == pytest.approx(np.mean([day.noise for day in days]), abs=0.01)
        assert demand.hour_share is not None
        wanted = (min(shares), np.mean(shares), max(shares))
        assert (demand.hour_share.low, demand.hour_share.mode, demand.hour_share.high) == pytest.approx(
            wanted, abs=0.006
        )
