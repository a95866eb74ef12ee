"""From a world to the plan of folding servers onto hosts that stand in their rooms.

Components share hosts within a room, network zone and security level (and what else keeps tenants apart on
the cloud). A pool of two hosts or more has standby hosts; a pool of one has none, as its servers had none. A
pool folds if it takes fewer hosts, standby included, than it has servers, and costs less (see ``worth``).
Others keep their servers, and so do classified systems and those tied to their room.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import fsum
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from ...scenarios.cloud import Cloud
from ...scenarios.estate import NEVER
from ...scenarios.governed import kept_apart
from ...scenarios.moves import Migration
from ...scenarios.schema import Scenario
from ...scenarios.world import World
from ..cargo import Cargo, Sized, by_room, cargo_of, sized_components
from ..hosts import MONEY_ONLY, HostTypes, Weights, host_types
from ..packing import Columns, PoolPacking, hosts_at_least
from ..placement import largest, place
from ..plan import Flavours, Plan, Proof
from ..profiles import Load, Offer, Profiles
from ..profiles.pools import profiles_of
from ..sizing import needs
from ..solver import solver_name
from ..waves import Waves
from .dates import dates, first_dates
from .pack import PackedRoom, pack_room
from .worth import Worth

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BY_THE_HOUR, BY_SIZES = "profiles by the hour", "volume"


@dataclass(frozen=True)
class _Pool:
    """Components of one pool and their hosts; ``mine`` are rows of the cargo."""

    mine: Ints
    packed: PackedRoom
    costs: Floats
    standby: int

    @property
    def hosts(self) -> int:
        """With those that stand by."""
        return len(self.packed.types) + self.standby


@dataclass(frozen=True)
class _Task:
    """What there is to pack, and on what."""

    scenario: Scenario
    cloud: Cloud
    migration: Migration
    world: World
    cargo: Cargo
    sized: Sized
    types: HostTypes
    weights: Weights

    def pools(self) -> list[_Pool]:
        """Every pool packed, whether it folds or not."""
        cargo, costs = self.cargo, self.worth.host_cny
        by_pool = np.argsort(cargo.pool, kind="stable")
        members = np.split(by_pool, np.cumsum(np.bincount(cargo.pool))[:-1])
        return [
            self.packed(mine, costs[room])
            for room, mine in zip(cargo.pool_site.tolist(), members, strict=True)
        ]

    def packed(self, mine: Ints, costs: Floats) -> _Pool:
        """One pool with some components."""
        offer = Offer.of(self.types.capacity_ssj, self.types.capacity, costs)
        asked, sizes = self.sized.asked, self.sized.sizes[self.sized.flavour[mine]]
        if asked is not None:
            found = pack_room(profiles_of(asked, mine), offer, asked.allowed)
        else:  # by sizes alone
            flat = Profiles.flat(np.zeros(len(mine)), sizes)
            found = pack_room(replace(flat, apart=self.cargo.group[mine]), offer, 0.0)
        return _Pool(mine, found, costs, self.cloud.standby_hosts * (len(found.types) > 1))

    def pays(self, pool: _Pool) -> bool:
        """Whether a pool takes fewer hosts than its systems have machines, and costs less."""
        mine = np.unique(self.world.estate.servers.system[self.cargo.rows[pool.mine]])
        spare_cny = pool.standby * pool.costs[largest(self.types, _packing(pool))]
        hosts_cny = pool.packed.cost + spare_cny + self.worth.folding_cny[mine].sum()
        fewer = pool.hosts < round(float(self._machines[mine].sum()), 9)
        return fewer and bool(hosts_cny < self.worth.system_cny[mine].sum())

    @cached_property
    def _machines(self) -> Floats:
        """Machines of each system, parts of them summed, shape (systems,)."""
        servers, systems = self.world.estate.servers, len(self.world.estate.systems.id)
        return np.asarray(
            np.bincount(servers.system, servers.machine_share, minlength=systems), dtype=np.float64
        )

    @cached_property
    def worth(self) -> Worth:
        """What servers and hosts cost in a year."""
        return Worth(
            self.scenario,
            self.cloud,
            self.migration,
            self.world,
            self.types,
            self.sized.mean_ssj_per_vcpu,
            self.weights,
        )


def plan_in_place(
    scenario: Scenario,
    alternative: str,
    world: World,
    moving: Bools,
    nothing: Plan,
    load: Load | None = None,
    weights: Weights = MONEY_ONLY,
) -> Plan:
    """Plan the hosts of all rooms; other arguments as in ``make_plan``.

    Args:
        moving: servers whose component folds if its system does, shape (servers,).
        nothing: the plan that builds nothing.

    Raises:
        InfeasibleError: no host type holds each component of some room.
    """
    started = perf_counter()
    chosen = scenario.alternatives[alternative]
    cloud = chosen.cloud
    assert cloud is not None and chosen.migration is not None
    earliest = Waves(first_dates(chosen, world), 0.0, 0, None)
    apart = kept_apart(scenario, alternative, world.estate)
    cargo = by_room(world, cargo_of(scenario, world, moving, earliest, cloud, apart))
    if not len(cargo.rows):
        return nothing
    types = host_types(scenario, cloud, world)
    sized = sized_components(scenario, cloud, world, cargo, types, load)
    task = _Task(scenario, cloud, chosen.migration, world, cargo, sized, types, weights)
    pools = [pool for pool in task.pools() if task.pays(pool)]
    system = world.estate.servers.system[cargo.rows]
    folds = np.zeros(len(world.estate.systems.id), dtype=np.bool_)
    for pool in pools:
        folds[system[pool.mine]] = True
    waves = dates(scenario, chosen, world, folds)
    pools = [pool for pool in _in_use(task, pools, waves) if task.pays(pool)]
    if not pools:
        return nothing
    folds[:] = False
    for pool in pools:
        folds[system[pool.mine]] = True
    waves = replace(waves, wave_h=np.where(folds, waves.wave_h, NEVER).astype(np.int32))
    plan = _built(task, pools, waves, nothing)
    return replace(plan, proof=_proof(task, pools, perf_counter() - started))


def _in_use(task: _Task, pools: list[_Pool], waves: Waves) -> list[_Pool]:
    """The pools with those of their components that are still in use at their date."""
    servers, clock = task.world.estate.servers, task.world.clock
    rows = task.cargo.rows
    gone_h = clock.month_edges_h[np.clip(servers.retires_month[rows], 0, clock.months)]
    used = waves.wave_h[servers.system[rows]] < gone_h
    left = [(pool, pool.mine[used[pool.mine]]) for pool in pools]
    return [
        pool if len(mine) == len(pool.mine) else task.packed(mine, pool.costs)
        for pool, mine in left
        if len(mine)
    ]


def _built(task: _Task, pools: list[_Pool], waves: Waves, nothing: Plan) -> Plan:
    """The plan with its hosts, each bought when the first component comes, and without a proof."""
    world, cargo, types = task.world, task.cargo, task.types
    mine = np.concatenate([pool.mine for pool in pools])
    of_pool = np.repeat(np.arange(len(pools)), [len(pool.mine) for pool in pools])
    from_h = waves.wave_h[world.estate.servers.system[cargo.rows[mine]]].astype(np.int64)
    packings = [_packing(pool) for pool in pools]
    spares = [
        np.full(pool.standby, largest(types, packing)) for pool, packing in zip(pools, packings, strict=True)
    ]
    placed = [pool.packed.host_of for pool in pools]
    hosts, host_of = place(packings, placed, types, of_pool, from_h, world.clock, spares)
    kept = [int(cargo.pool[pool.mine[0]]) for pool in pools]
    return replace(
        nothing,
        pools=tuple(cargo.pools[row] for row in kept),
        pool_site=np.full(len(pools), -1, dtype=np.int32),
        pool_room=cargo.pool_site[kept].astype(np.int32),
        hosts=hosts,
        flavours=Flavours(*np.ascontiguousarray(task.sized.sizes.T)),
        flavour=_by_server(world, cargo.rows[mine], task.sized.flavour[mine]),
        placement=_by_server(world, cargo.rows[mine], host_of),
        wave_h=waves.wave_h,
        team_fte=waves.team_fte,
        late=waves.late,
    )


def _packing(pool: _Pool) -> PoolPacking:
    """A pool as ``place`` takes it."""
    found = pool.packed
    none = np.zeros((len(found.types), 0), dtype=np.int64)
    return PoolPacking(found.types, none, found.cost, found.bound, Columns.none(0))


def _proof(task: _Task, pools: list[_Pool], seconds: float) -> Proof:
    cost, bound = (fsum(getattr(pool.packed, name) for pool in pools) for name in ("cost", "bound"))
    standby = sum(pool.standby for pool in pools)
    spare_cny = [pool.standby * pool.costs[largest(task.types, _packing(pool))] for pool in pools]
    mine = np.concatenate([pool.mine for pool in pools])
    of_pool = np.repeat(np.arange(len(pools)), [len(pool.mine) for pool in pools])
    as_is, performance = (
        hosts_at_least(
            needs(task.scenario, task.cloud, task.world, task.cargo.rows[mine], sizing, task.types),
            of_pool,
            task.types.capacity,
            0,
        )
        for sizing in ("as-is", "performance")
    )
    return Proof(
        cost_cny_per_year=cost,
        bound_cny_per_year=bound,
        standby_cost_cny_per_year=fsum(spare_cny),
        gap=cost / bound - 1,
        worst_pool_gap=max(pool.packed.cost / pool.packed.bound - 1 for pool in pools),
        method=BY_SIZES if task.sized.asked is None else BY_THE_HOUR,
        solver=solver_name(),
        seconds=seconds,
        hosts=sum(pool.hosts for pool in pools),
        baselines=(),
        hosts_as_is_at_least=as_is + standby,
        hosts_performance_at_least=performance + standby,
    )


def _by_server(world: World, rows: Ints, values: Ints) -> NDArray[np.int32]:
    """Values of some servers among all; -1 elsewhere."""
    spread = np.full(len(world.estate.servers.id), -1, dtype=np.int32)
    spread[rows] = values
    return spread
