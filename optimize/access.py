"""Shared lines: the cheapest kind and number of lines from each unit to its site of the cloud."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..scenarios.cloud import Cloud
from ..scenarios.estate import NEVER
from ..scenarios.schema import Scenario
from ..scenarios.world import World

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

# Busy-hour traffic fills a line to about three quarters.
HEADROOM = 1.3


def line_rents(scenario: Scenario, world: World, names: Sequence[str], km: Floats) -> Floats:
    """Yearly rent of a line of each kind over each distance in CNY; an unknown distance adds nothing.

    Args:
        names: keys of scenario.lines.
        km: any shape, NaN where unknown.

    Returns:
        Shape (*km.shape, names).
    """
    lines = [scenario.lines[name] for name in names]
    fixed = np.array([world.of(line.price_cny_per_year) for line in lines])
    prices = [line.price_cny_per_km_year for line in lines]
    by_km = np.array([0.0 if price is None else world.of(price) for price in prices])
    return np.asarray(fixed + np.nan_to_num(km)[..., None] * by_km)


def lines_needed(scenario: Scenario, names: Sequence[str], mbps: Floats) -> NDArray[np.int64]:
    """Lines of each kind that carry a bandwidth with headroom, at least one, shape (*mbps.shape, names)."""
    line_mbps = np.array([scenario.lines[name].mbps for name in names])
    number = np.ceil(mbps[..., None] * HEADROOM / line_mbps - 1e-9)
    return np.asarray(np.maximum(number, 1).astype(np.int64))


def unit_traffic(world: World, moves: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.bool_]]:
    """Busy-hour traffic in Mbit/s of each unit's systems that move, and whether it has any, (units,) each."""
    systems, units = world.estate.systems, len(world.estate.units.id)
    traffic_mbps = np.zeros(units)
    np.add.at(traffic_mbps, systems.unit[moves], systems.traffic_mbps[moves])
    return traffic_mbps, np.bincount(systems.unit[moves], minlength=units) > 0


def shared_lines(
    scenario: Scenario, cloud: Cloud, world: World, wave_h: NDArray[np.int32], km: Floats | None = None
) -> tuple[Ints, Ints]:
    """Kind (row of scenario.lines, -1 if none) and number of lines of each unit, shape (units,) each.

    Args:
        km: from each unit to its site, shape (units,); unknown if None.
    """
    traffic_mbps, served = unit_traffic(world, wave_h != NEVER)
    distance_km = np.full(len(served), np.nan) if km is None else km
    number = lines_needed(scenario, cloud.access_line, traffic_mbps)
    rent = line_rents(scenario, world, cloud.access_line, distance_km)
    cheapest = (number * rent).argmin(axis=1)
    rows = np.array([list(scenario.lines).index(name) for name in cloud.access_line], dtype=np.int32)
    lines = number[np.arange(len(served)), cheapest]
    return np.where(served, rows[cheapest], -1).astype(np.int32), np.where(served, lines, 0).astype(np.int32)
