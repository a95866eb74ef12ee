"""Shared lines: the cheapest kind and number of lines from each unit to the cloud."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..scenarios.estate import NEVER
from ..scenarios.schema import Cloud, Scenario
from ..scenarios.world import World

Ints = NDArray[np.int32]

# Busy-hour traffic fills a line to about three quarters.
HEADROOM = 1.3


def shared_lines(
    scenario: Scenario, cloud: Cloud, world: World, wave_h: NDArray[np.int32]
) -> tuple[Ints, Ints]:
    """Kind (row of scenario.lines, -1 if none) and number of lines of each unit, shape (units,) each."""
    systems = world.estate.systems
    moves = wave_h != NEVER
    units = len(world.estate.units.id)
    traffic_mbps = np.bincount(systems.unit[moves], systems.traffic_mbps[moves], minlength=units)
    served = np.bincount(systems.unit[moves], minlength=units) > 0
    kinds = [scenario.lines[name] for name in cloud.access_line]
    rows = np.array([list(scenario.lines).index(name) for name in cloud.access_line], dtype=np.int32)
    mbps = np.array([kind.mbps for kind in kinds])
    rent = np.array([world.of(kind.price_cny_per_year) for kind in kinds])
    number = np.maximum(np.ceil(traffic_mbps[:, None] * HEADROOM / mbps - 1e-9), 1).astype(np.int32)
    cheapest = (number * rent).argmin(axis=1)
    lines = number[np.arange(units), cheapest]
    return np.where(served, rows[cheapest], -1).astype(np.int32), np.where(served, lines, 0).astype(np.int32)
