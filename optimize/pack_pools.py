"""Packing all pools of the sites, the hosts that stand by in each, and what simple rules would come to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import fsum
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from ..scenarios.cloud import Cloud
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .cargo import Cargo, Sized
from .hosts import HostTypes, Ratios, Weights, with_owned, yearly_cost
from .known import Known
from .owned import by_sizes, by_the_hour, usable
from .packing import Columns, PoolPacking, Task, baselines, pack
from .packing.apart import Groups, largest_groups
from .packing.fleet import cheapest_fleet, volume_rows
from .placement import Members, hand_out, largest
from .plan import Baseline
from .profiles import Ask, PlacedPacking, pack_pool, too_busy_for
from .racks import racks_fitted_out
from .siting import Sited
from .standby import standby_hosts
from .supply import Supply, as_limits, not_to_do_without

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class PackedPools:
    """How the components were packed.

    Attributes:
        costs: yearly cost of each host type at each site, shape (sites, types).
        counts: components by pool and flavour, shape (pools, flavours).
        pools: one packing per pool; cost and bound as if all hosts were bought.
        cost_cny, bound_cny: of all pools, standby hosts left out, owned hosts at what they cost.
        placed: host of each component of a pool among those of its pool, one array per pool.
        racks: that each site is fitted out for, shape (sites,).
        spares: types of the standby hosts, one array per pool.
        standby_cny: yearly cost of all standby hosts.
        types: host types, those owned already included; rows of ``costs``, ``pools`` and ``spares``.
        supply: hosts that are left.
        seconds: what it took.
    """

    costs: Floats
    counts: Ints
    pools: list[PoolPacking]
    cost_cny: float
    bound_cny: float
    placed: list[Ints]
    racks: Ints
    spares: list[Ints]
    standby_cny: float
    types: HostTypes
    supply: Supply
    seconds: float

    @property
    def standby(self) -> int:
        """Standby hosts of all pools."""
        return sum(map(len, self.spares))


@dataclass(frozen=True)
class _Offered:
    """What the pools choose from: host types, and of which each pool may use them, shape (pools, types)."""

    cloud: Cloud
    types: HostTypes
    usable: Bools
    supply: Supply

    def spares(self, pool: int, packing: PoolPacking, number: int) -> Ints:
        """Hosts that stand by for a pool, like its largest; taken from the supply, owned ones first."""
        kind = largest(self.types, packing)
        rows = np.empty(number, dtype=np.int64)
        for i in range(number):
            rows[i] = self.types.spare_of(kind, self.usable[pool] & (self.supply.left > 0))
            self.supply.take(rows[i : i + 1])
        return rows


def pack_pools(
    scenario: Scenario,
    cloud: Cloud,
    world: World,
    cargo: Cargo,
    sized: Sized,
    sited: Sited,
    types: HostTypes,
    weights: Weights,
    known: Known,
) -> PackedPools:
    """Pack every pool.

    Args:
        known: what was found before; what is found now is added.

    Raises:
        InfeasibleError: a component fits on no host type, or limits on host types leave too few hosts.
    """
    started = perf_counter()
    types = with_owned(cloud, world, types)
    ratios = [Ratios.of(world, cloud.sites.get(name)) for name in sited.names]
    load = sized.mean_ssj_per_vcpu
    costs = np.stack([yearly_cost(scenario, cloud, world, types, load, weights, r) for r in ratios])
    counts = np.zeros((len(cargo.pools), len(sized.sizes)), dtype=np.int64)
    np.add.at(counts, (cargo.pool, sized.flavour), 1)
    at = cargo.pool_site.tolist()
    keys = zip(cargo.pools, at, strict=True)
    may = np.array([usable(cloud, types, zone, sited.names[site]) for (zone, _), site in keys])
    supply = Supply(types.most.copy(), np.ones(len(types.most), dtype=bool))
    offered = _Offered(cloud, types, may, supply)
    packings, spares, least = _packings(offered, cargo, sized, costs[cargo.pool_site], counts, known)
    racks = _racks(cloud, world, cargo, types, packings, len(sited.names))
    done, placed = [], []
    for pool, packing in enumerate(packings):
        its = costs[at[pool], types.kind]
        by_rack = int(racks[at[pool]]) if cloud.apart == "rack" else 0
        members = _members(cargo, sized, pool)
        handed, hosts = hand_out(packing, sized.sizes, types, its, members, by_rack, supply.within(may[pool]))
        done.append(handed)
        placed.append(hosts)
    spare_cny = np.array([costs[site, largest(types, p)] for site, p in zip(at, done, strict=True)])
    used = np.array([len(p.types) for p in done])
    wanted = standby_hosts(scenario, cloud, world, used, counts.sum(axis=1), spare_cny)
    spares = _standby(offered, done, spares, wanted)
    standby_cny = fsum(float(costs[site, rows].sum()) for site, rows in zip(at, spares, strict=True))
    seconds = perf_counter() - started + sized.seconds
    cost, bound = _true_cost(costs[0], types, done, least)
    left = supply.within(~types.owned)
    return PackedPools(
        costs, counts, done, cost, bound, placed, racks, spares, standby_cny, types, left, seconds
    )


def _true_cost(
    costs: Floats, types: HostTypes, packings: list[PoolPacking], least: list[float]
) -> tuple[float, float]:
    """Cost of all pools and a bound on it, owned hosts at what they cost.

    Args:
        costs: yearly cost of each host type at any one site, for what owned ones spare is the same at all.
        least: a bound of each pool if it may have all owned hosts.
    """
    spared = costs[types.kind] - costs
    cost = fsum(p.cost - float(spared[p.types].sum()) for p in packings)
    if not types.owned.any():
        return cost, fsum(p.bound for p in packings)
    priced = fsum(p.bound for p in packings) - float(spared[types.owned] @ types.most[types.owned])
    return cost, min(max(priced, fsum(least)), cost)


def _members(cargo: Cargo, sized: Sized, pool: int) -> Members:
    mine = cargo.pool == pool
    return Members(sized.flavour[mine], cargo.from_h[mine], cargo.group[mine])


def _standby(offered: _Offered, packings: list[PoolPacking], spares: list[Ints], wanted: Ints) -> list[Ints]:
    """Standby hosts of each pool: beyond those that the scenario asks for, no more than there are."""
    standby = []
    for pool, (packing, reserved) in enumerate(zip(packings, spares, strict=True)):
        offered.supply.give_back(reserved)
        alike = offered.types.kind == offered.types.kind[largest(offered.types, packing)]
        there = float(offered.supply.left[alike & offered.usable[pool]].sum())
        more = int(min(wanted[pool], max(there, len(reserved))))
        standby.append(offered.spares(pool, packing, more))
    return standby


def _packings(
    offered: _Offered, cargo: Cargo, sized: Sized, costs: Floats, counts: Ints, known: Known
) -> tuple[list[PoolPacking], list[Ints], list[float]]:
    """Packings of the pools, the largest first: its patterns help the others; what stands by; bounds."""
    done: dict[int, PoolPacking] = {}
    spares: dict[int, Ints] = {}
    least: dict[int, float] = {}
    cloud, types, supply = offered.cloud, offered.types, offered.supply
    buy = types.only(~types.owned)
    standby = np.where(types.owned, 0.0, cloud.standby_hosts)
    kept = np.zeros((len(counts), len(types.most)))
    for pool, its in enumerate(counts):
        kept[pool, : len(buy.most)] = _kept(cloud, cargo, sized, buy, pool, its)
    for pool in np.argsort(-counts.sum(axis=1), kind="stable").tolist():
        kept[pool] = 0.0
        its, may = costs[pool], offered.usable[pool]
        most = supply.within(may).for_pool(kept.sum(axis=0) + standby)
        if sized.asked is not None:
            mine = np.flatnonzero(cargo.pool == pool)
            done[pool], least[pool] = _by_hour(
                sized.asked, mine, sized.flavour[mine], types, its, most, may, known
            )
        else:
            members = _members(cargo, sized, pool)
            done[pool], least[pool] = _by_sizes(
                sized.sizes, counts[pool], types, its, members, most, may, known.columns
            )
            known.columns = done[pool].columns
        supply.take(done[pool].types)
        spares[pool] = offered.spares(pool, done[pool], cloud.standby_hosts)
    order = range(len(cargo.pools))
    return [done[pool] for pool in order], [spares[pool] for pool in order], [least[pool] for pool in order]


def _by_hour(
    asked: Ask,
    mine: Ints,
    flavour: Ints,
    types: HostTypes,
    costs: Floats,
    most: Floats,
    may: Bools,
    known: Known,
) -> tuple[PoolPacking, float]:
    """A pool packed on profiles on at most so many hosts of each type; the bound holds for ``types.most``."""
    if not (types.owned & may).any():
        buy = ~types.owned
        task = asked, mine, flavour, types.only(buy), costs[buy], most[buy]
        found = known.packing(*task, lambda: pack_pool(*task))
        return found, found.bound
    return by_the_hour(asked, mine, flavour, types, costs, most, may)


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
    may: Bools,
    columns: Columns | None,
) -> tuple[PoolPacking, float]:
    """A pool packed by sizes on at most so many hosts of each type; the bound holds for ``types.most``."""
    groups = Groups(members.group, np.full(len(members.group), -1))
    apart = largest_groups(members.flavour, groups, len(sizes))
    if types.owned.any():
        return by_sizes(sizes, counts, types, costs, most, may, apart, columns)
    found = pack(sizes, counts, types.capacity, costs, columns, limits=as_limits(most), apart=apart)
    if np.array_equal(most, types.most):
        return found, found.bound
    rows = volume_rows(sizes, counts, types.capacity, apart)
    bound = min(found.bound, cheapest_fleet(costs, rows, limits=types.most)[1])
    return replace(found, bound=bound), bound


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

    All hosts are bought: rules of thumb know of none that are owned.

    Args:
        types: those to be bought.
        costs: yearly cost of each host type in each pool, shape (pools, types).
    """
    totals: dict[str, tuple[float, int]] = {}
    for packing, counts, its in zip(packed.pools, packed.counts, costs, strict=True):
        if isinstance(packing, PlacedPacking):
            found = dict(packing.baselines)
        else:
            some = counts > 0
            task = Task(sized.sizes[some], counts[some], types.capacity, its[: len(types.most)])
            found = baselines(task)
        for rule, (cost, hosts) in found.items():
            before = totals.get(rule, (0.0, 0))
            totals[rule] = before[0] + cost, before[1] + hosts
    return tuple(Baseline(rule, hosts + packed.standby, cost) for rule, (cost, hosts) in totals.items())
