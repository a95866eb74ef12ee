"""New worlds near the posterior, simulated in full."""

from __future__ import annotations

import numpy as np

from roomfold.reports.calibration import Ask, Stored, calibrate, of_table
from roomfold.reports.tables import worlds as table_of

from ..small_study import small_study


def test_new_worlds_are_simulated_and_weighted_back() -> None:
    study = small_study("time.years=1", "estate.rooms={low: 4, mode: 6, high: 9, grade: A, source: test}")
    stored = Stored(study.scenario, study.seed, of_table(study.scenario, table_of(study)), None)
    published = float(np.median(stored.worlds.values["consolidate:claim T2 gross"]))
    claims = tuple(
        c.model_copy(update={"published": published}) if c.id == "T2" else c for c in study.scenario.claims
    )
    scenario = study.scenario.model_copy(update={"claims": claims})
    stored = Stored(scenario, study.seed, stored.worlds, None)
    ask = Ask(claims=("T2",), accounting="gross", refine=3, method="worlds")
    found = calibrate(stored, ask)
    old = len(study.results)
    assert found.worlds.count == old + 3
    assert found.worlds.near.tolist() == [False] * old + [True] * 3
    assert np.ptp(found.worlds.values["estate.rooms"][old:]) > 0
    assert found.worlds.values.keys() == stored.worlds.values.keys()
    assert np.isclose(found.worlds.prior_share.sum(), 1)
    again = calibrate(stored, ask)
    for name, column in found.worlds.values.items():
        np.testing.assert_array_equal(column, again.worlds.values[name])
