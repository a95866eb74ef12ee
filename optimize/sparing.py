"""What filling hosts by the hour spares over sizing each component on its peak or its 95th percentile."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..scenarios.cloud import Cloud
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .cargo import Cargo, Sized
from .hosts import KWH_PER_W_YEAR, HostTypes, power_w
from .pack_pools import PackedPools
from .plan import Sparing
from .profiles import Ask, PlacedPacking, flat_packing, overload_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def sparing(
    scenario: Scenario,
    cloud: Cloud,
    world: World,
    cargo: Cargo,
    sized: Sized,
    packed: PackedPools,
    costs: Floats,
) -> Sparing | None:
    """The comparison, or None where hosts are not filled by the hour.

    Args:
        costs: yearly cost of each host type in each pool, shape (pools, types).
    """
    asked = sized.asked
    if asked is None:
        return None
    every, standby = packed.types, packed.standby
    # Owned hosts are of the types that may be bought; what is compared with uses as many as it likes.
    types, costs = every.only(~every.owned), costs[:, ~every.owned]
    by_hour = [packing for packing in packed.pools if isinstance(packing, PlacedPacking)]
    pools = [np.flatnonzero(cargo.pool == pool) for pool in range(len(by_hour))]
    peak, p95 = (
        [flat_packing(asked, size, mine, types, its) for mine, its in zip(pools, costs, strict=True)]
        for size in (asked.load.peak_ssj, asked.load.p95_ssj)
    )
    over = [overload_of(asked, mine, *found, types) for mine, found in zip(pools, p95, strict=True)]

    def energy(hosts: list[Ints]) -> float:
        return _kwh_per_year(scenario, cloud, world, asked, every, np.concatenate(hosts))

    return Sparing(
        overload_share=asked.allowed,
        planned_overload_share=float(np.concatenate([packing.overload for packing in by_hour]).mean()),
        energy_kwh_per_year=energy([packing.types for packing in by_hour]),
        hosts_peak=sum(len(hosts) for hosts, _ in peak) + standby,
        energy_peak_kwh_per_year=energy([hosts for hosts, _ in peak]),
        hosts_p95=sum(len(hosts) for hosts, _ in p95) + standby,
        energy_p95_kwh_per_year=energy([hosts for hosts, _ in p95]),
        overload_p95_share=float(np.concatenate(over).mean()),
    )


def _kwh_per_year(
    scenario: Scenario, cloud: Cloud, world: World, asked: Ask, types: HostTypes, hosts: Ints
) -> float:
    """Energy of hosts of given types, all at the same mean load."""
    load = asked.halfway_ssj / float(types.capacity_ssj[hosts].sum())
    watts = power_w(
        scenario, cloud, world, types, load * float((types.capacity_ssj / types.capacity[:, 0]).mean())
    )
    facility = (1 + world.of(cloud.overhead_it)) * world.of(cloud.pue)
    return float(watts[hosts].sum()) * facility * KWH_PER_W_YEAR
