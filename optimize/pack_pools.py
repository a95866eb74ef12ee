"""Packing all pools of the sites, the hosts that stand by in each, and what simple rules would come to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from ..scenarios.cloud import Cloud
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .cargo import Cargo, Sized
from .hosts import HostTypes, Ratios, Weights, yearly_cost
from .packing import Columns, PoolPacking, Task, baselines, pack
from .packing.apart import Groups, largest_groups
from .packing.fleet import cheapest_fleet, volume_rows
from .placement import Members, hand_out, largest
from .plan import Baseline
from .profiles import PlacedPacking, pack_pool, too_busy_for
from .racks import racks_fitted_out
from .siting import Sited
from .standby import standby_hosts
from .supply import Supply, as_limits, not_to_do_without

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PackedPools:
    """How the components were packed.

    Attributes:
        costs: yearly cost of each host type at each site, shape (sites, types).
        counts: components by pool and flavour, shape (pools, flavours).
        pools: one packing per pool.
        placed: host of each component of a pool among those of its pool, one array per pool.
        racks: that each site is fitted out for, shape (sites,).
        standby: standby hosts of each pool, shape (pools,).
        standby_cny: yearly cost of one of them, shape (pools,).
        supply: hosts that are left.
        seconds: what it took.
    """

    costs: Floats
    counts: Ints
    pools: list[PoolPacking]
    placed: list[Ints]
    racks: Ints
    standby: Ints
    standby_cny: Floats
    supply: Supply
    seconds: float


def pack_pools(
    scenario: Scenario,
    cloud: Cloud,
    world: World,
    cargo: Cargo,
    sized: Sized,
    sited: Sited,
    types: HostTypes,
    weights: Weights,
) -> PackedPools:
    """Pack every pool.

    Raises:
        InfeasibleError: a component fits on no host type, or limits on host types leave too few hosts.
    """
    started = perf_counter()
    ratios = [Ratios.of(world, cloud.sites.get(name)) for name in sited.names]
    load = sized.mean_ssj_per_vcpu
    costs = np.stack([yearly_cost(scenario, cloud, world, types, load, weights, r) for r in ratios])
    counts = np.zeros((len(cargo.pools), len(sized.sizes)), dtype=np.int64)
    np.add.at(counts, (cargo.pool, sized.flavour), 1)
    at = cargo.pool_site.tolist()
    supply = Supply(types.most.copy())
    packings = _packings(cloud, cargo, sized, types, costs[cargo.pool_site], counts, supply)
    racks = _racks(cloud, world, cargo, types, packings, len(sited.names))
    done, placed = [], []
    for pool, packing in enumerate(packings):
        its = costs[at[pool]]
        by_rack = int(racks[at[pool]]) if cloud.apart == "rack" else 0
        members = _members(cargo, sized, pool)
        handed, hosts = hand_out(packing, sized.sizes, types, its, members, by_rack, supply)
        done.append(handed)
        placed.append(hosts)
    spare_cny = np.array([costs[site, largest(types, p)] for site, p in zip(at, done, strict=True)])
    used = np.array([len(p.types) for p in done])
    wanted = standby_hosts(scenario, cloud, world, used, counts.sum(axis=1), spare_cny)
    standby = _standby(cloud, types, done, wanted, supply)
    seconds = perf_counter() - started + sized.seconds
    return PackedPools(costs, counts, done, placed, racks, standby, spare_cny, supply, seconds)


def _members(cargo: Cargo, sized: Sized, pool: int) -> Members:
    mine = cargo.pool == pool
    return Members(sized.flavour[mine], cargo.from_h[mine], cargo.group[mine])


def _standby(
    cloud: Cloud, types: HostTypes, packings: list[PoolPacking], wanted: Ints, supply: Supply
) -> Ints:
    """Standby hosts of each pool: beyond those that the scenario asks for, no more than there are."""
    standby = wanted.copy()
    for pool, packing in enumerate(packings):
        kind = largest(types, packing)
        more = int(min(wanted[pool] - cloud.standby_hosts, supply.left[kind]))
        supply.take(np.full(more, kind))
        standby[pool] = cloud.standby_hosts + more
    return standby


def _packings(
    cloud: Cloud,
    cargo: Cargo,
    sized: Sized,
    types: HostTypes,
    costs: Floats,
    counts: Ints,
    supply: Supply,
) -> list[PoolPacking]:
    """Packings of the pools, the largest first: its patterns help the others."""
    done: dict[int, PoolPacking] = {}
    columns = None
    standby = cloud.standby_hosts
    kept = np.array([_kept(cloud, cargo, sized, types, pool, its) for pool, its in enumerate(counts)])
    for pool in np.argsort(-counts.sum(axis=1), kind="stable").tolist():
        kept[pool] = 0.0
        its, most = costs[pool], supply.for_pool(kept.sum(axis=0) + standby)
        if sized.asked is not None:
            mine = np.flatnonzero(cargo.pool == pool)
            done[pool] = pack_pool(sized.asked, mine, sized.flavour[mine], types, its, most)
        else:
            members = _members(cargo, sized, pool)
            done[pool] = _by_sizes(sized.sizes, counts[pool], types, its, members, most, columns)
            columns = done[pool].columns
        supply.take(done[pool].types)
        supply.take(np.full(standby, largest(types, done[pool])))
    return [done[pool] for pool in range(len(cargo.pools))]


def _kept(cloud: Cloud, cargo: Cargo, sized: Sized, types: HostTypes, pool: int, counts: Ints) -> Floats:
    """Hosts of limited types that a pool cannot do without, shape (types,)."""
    free = np.isinf(types.most)
    if free.all():
        return np.zeros(len(free))
    mine = np.flatnonzero(cargo.pool == pool)
    busy = 0 if sized.asked is None else too_busy_for(sized.asked, mine, types, free)
    return not_to_do_without(sized.sizes, counts, types.capacity, types.most, cloud.standby_hosts, busy)


def _by_sizes(
    sizes: Floats,
    counts: Ints,
    types: HostTypes,
    costs: Floats,
    members: Members,
    most: Floats,
    columns: Columns | None,
) -> PoolPacking:
    """A pool packed by sizes on at most so many hosts of each type; the bound holds for ``types.most``."""
    groups = Groups(members.group, np.full(len(members.group), -1))
    apart = largest_groups(members.flavour, groups, len(sizes))
    found = pack(sizes, counts, types.capacity, costs, columns, limits=as_limits(most), apart=apart)
    if np.array_equal(most, types.most):
        return found
    rows = volume_rows(sizes, counts, types.capacity, apart)
    return replace(found, bound=min(found.bound, cheapest_fleet(costs, rows, limits=types.most)[1]))


def _racks(
    cloud: Cloud, world: World, cargo: Cargo, types: HostTypes, packings: list[PoolPacking], sites: int
) -> Ints:
    """Racks of each site, shape (sites,)."""
    units = np.zeros(sites)
    for site, packing in zip(cargo.pool_site.tolist(), packings, strict=True):
        units[site] += types.rack_units[packing.types].sum()
    group = 0
    if cloud.apart == "rack":
        group = int(np.bincount(cargo.group[cargo.group >= 0]).max(initial=0))
    return np.array([racks_fitted_out(cloud, world, its, group) for its in units.tolist()])


def plain_rules(sized: Sized, types: HostTypes, packed: PackedPools, costs: Floats) -> tuple[Baseline, ...]:
    """What simple rules come to in all pools together, standby hosts included; groups are not heeded.

    Args:
        costs: yearly cost of each host type in each pool, shape (pools, types).
    """
    totals: dict[str, tuple[float, int]] = {}
    for packing, counts, its in zip(packed.pools, packed.counts, costs, strict=True):
        if isinstance(packing, PlacedPacking):
            found = {"first-fit": packing.first_fit}
        else:
            some = counts > 0
            found = baselines(Task(sized.sizes[some], counts[some], types.capacity, its))
        for rule, (cost, hosts) in found.items():
            before = totals.get(rule, (0.0, 0))
            totals[rule] = before[0] + cost, before[1] + hosts
    standby = int(packed.standby.sum())
    return tuple(Baseline(rule, hosts + standby, cost) for rule, (cost, hosts) in totals.items())
