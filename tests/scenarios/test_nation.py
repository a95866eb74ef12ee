"""The scenario of scale: what was published about the pilots, and the size it is there for."""

from __future__ import annotations

import numpy as np

from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.loader import load


def test_pilots_and_size() -> None:
    scenario = load("nation")
    levels = scenario.estate.levels
    assert {name: level.units for name, level in levels.items()} == {"province": 18, "city": 59}
    assert scenario.study.worlds == 1 and set(scenario.alternatives) == {"keep", "consolidate"}
    world = draw_world(scenario, 0)
    systems, servers = world.estate.systems, world.estate.servers
    may_move = int(((systems.arrives_month == 0) & ~systems.classified).sum())
    assert 95_000 <= may_move <= 105_000
    assert 270_000 <= len(servers.id) <= 330_000
    assert np.array_equal(np.unique(systems.unit), np.arange(77))
    steps = world.clock.hours * world.clock.steps_per_hour
    assert steps == 365 * 288 and 28e9 < steps * len(servers.id) < 35e9


def test_every_class_says_what_lasts_an_hour() -> None:
    for demand in load("nation").demand.classes.values():
        assert demand.hour_share is not None and demand.hour_share.support[0] > 0
