"""Fleets for tests: CloudSim's PlanetLab experiment, and small ones drawn at random."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from roomfold.sim.consolidation import FleetArrays

WATTS = np.array(
    [
        [86, 89.4, 92.6, 96, 99.5, 102, 106, 108, 112, 114, 117],
        [93.7, 97, 101, 105, 110, 116, 121, 125, 129, 133, 135],
    ]
)


def fleet_of(hosts: int, mips: list[float], ram_mb: list[float]) -> FleetArrays:
    """Hosts of two kinds in turn, and components as given."""
    kind = np.arange(hosts) % 2
    return FleetArrays(
        watts=WATTS,
        host_kind=kind,
        host_cores=np.full(hosts, 2.0),
        host_core_mips=np.array([1860.0, 2660.0])[kind],
        host_ram_mb=np.full(hosts, 4096.0),
        host_bandwidth_mbit=np.full(hosts, 1000.0),
        component_mips=np.array(mips),
        component_ram_mb=np.array(ram_mb),
        component_bandwidth_mbit=np.full(len(mips), 100.0),
    )


def planetlab(data: Path, day: str) -> tuple[FleetArrays, np.ndarray]:
    """800 hosts and a day's demand, shape (components, 288)."""
    with np.load(data / "planetlab" / f"{day}.npz") as file:
        demand = file["util"] / 100.0
    quarter = np.arange(len(demand)) // -(-len(demand) // 4)
    mips = np.array([2500.0, 2000.0, 1000.0, 500.0])[quarter]
    ram = np.array([870.0, 1740.0, 1740.0, 613.0])[quarter]
    return fleet_of(800, mips.tolist(), ram.tolist()), demand


def small(
    seed: int, hosts: int = 12, components: int = 24, steps: int = 40
) -> tuple[FleetArrays, np.ndarray]:
    """A small fleet under a wandering demand in whole per cent."""
    rng = np.random.default_rng(seed)
    quarter = rng.integers(0, 4, components)
    mips = np.array([1800.0, 1500.0, 1000.0, 500.0])[quarter]
    ram = np.array([870.0, 1000.0, 1740.0, 613.0])[quarter]
    wander = rng.normal(0, 0.12, (components, steps)).cumsum(axis=1) + rng.uniform(0, 0.6, (components, 1))
    return fleet_of(hosts, mips.tolist(), ram.tolist()), np.round(np.abs(np.sin(wander)), 2)
