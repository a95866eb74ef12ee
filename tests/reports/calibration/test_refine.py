"""New worlds near the posterior, simulated in full."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from roomfold.reports.calibration import Ask, Stored, calibrate, of_table
from roomfold.reports.tables import worlds as table_of
from roomfold.scenarios import load
from roomfold.sim.study import run_study

SMALL = Path(__file__).parents[3] / "benchmarks" / "sbc.yaml"
OLD, NEW = 4, 2


def test_new_worlds_are_simulated_and_weighted_back() -> None:
    study = run_study(load(SMALL), worlds=OLD)
    worlds = of_table(study.scenario, table_of(study))
    published = float(np.median(worlds.values["consolidate:claim S1 gross"]))
    claims = tuple(
        c.model_copy(update={"published": published}) if c.id == "S1" else c for c in study.scenario.claims
    )
    stored = Stored(study.scenario.model_copy(update={"claims": claims}), study.seed, worlds, None)
    found = calibrate(stored, Ask(claims=("S1",), accounting="gross", refine=NEW, method="worlds"))
    assert found.worlds.count == OLD + NEW
    assert found.worlds.near.tolist() == [False] * OLD + [True] * NEW
    assert len(np.unique(found.worlds.values["estate.rooms"])) == OLD + NEW
    assert found.worlds.values.keys() == worlds.values.keys()
    for name, column in worlds.values.items():
        np.testing.assert_array_equal(found.worlds.values[name][:OLD], column)
    assert np.isclose(found.worlds.prior_share.sum(), 1)
