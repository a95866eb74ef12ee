"""From a scenario, an alternative and a world to its plan."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from ..scenarios.clock import Clock
from ..scenarios.estate import NEVER
from ..scenarios.schema import Alternative, Cloud, Migration, Scenario
from ..scenarios.world import World
from .access import shared_lines
from .baseline import first_fit, hosts_at_least
from .flavours import choose_flavours
from .hosts import HostTypes, host_types, yearly_cost
from .packing import PoolPacking, pack
from .placement import largest, place
from .plan import Flavours, Hosts, Plan, Proof
from .sizing import expected_growth, needs
from .solver import solver_name
from .waves import Waves, plan_waves

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class _Cargo:
    """Components that run on the cloud, shape (components,) each where not said otherwise.

    Attributes:
        rows: server rows.
        pools: (zone, MLPS level) of each pool.
        pool: row of ``pools``.
        from_h: hour from which each is needed on the cloud.
    """

    rows: Ints
    pools: tuple[tuple[str, int], ...]
    pool: Ints
    from_h: Ints


@dataclass(frozen=True)
class _Packed:
    """How the components were sized and packed.

    Attributes:
        costs: yearly cost of each host type.
        sizes: of the flavours, shape (flavours, 3).
        flavour: row of ``sizes`` for each component.
        counts: components by pool and flavour, shape (pools, flavours).
        pools: one packing per pool.
        seconds: what it took.
    """

    costs: Floats
    sizes: Floats
    flavour: Ints
    counts: Ints
    pools: list[PoolPacking]
    seconds: float


def make_plan(scenario: Scenario, alternative: str, world: World) -> Plan:
    """Plan what an alternative builds and moves in one world.

    Raises:
        InfeasibleError: a component is larger than every host type.
    """
    chosen = scenario.alternatives[alternative]
    if chosen.kind == "keep" or chosen.cloud is None or chosen.migration is None:
        return _nothing(world, alternative, chosen.kind)
    moving = _moving_servers(chosen.migration, world)
    waves = _waves(scenario, chosen, chosen.cloud, chosen.migration, world, moving)
    cargo = _cargo(world, moving, waves)
    if not len(cargo.rows):
        return _nothing(world, alternative, chosen.kind, waves)
    types = host_types(scenario, chosen.cloud, world)
    packed = _pack(scenario, chosen.cloud, world, cargo, types)
    standby = chosen.cloud.standby_hosts
    hosts, host_of = place(
        packed.pools, types, cargo.pool, packed.flavour, cargo.from_h, world.clock, standby
    )
    line, lines = shared_lines(scenario, chosen.cloud, world, waves.wave_h)
    servers = len(world.estate.servers.id)
    return Plan(
        alternative=alternative,
        kind=chosen.kind,
        pools=cargo.pools,
        hosts=hosts,
        flavours=Flavours(*np.ascontiguousarray(packed.sizes.T)),
        flavour=_by_server(servers, cargo.rows, packed.flavour),
        placement=_by_server(servers, cargo.rows, host_of),
        wave_h=waves.wave_h,
        shared_line=line,
        shared_lines=lines,
        team_fte=waves.team_fte,
        late=waves.late,
        proof=_proof(scenario, chosen.cloud, world, cargo, types, packed),
    )


def _nothing(world: World, alternative: str, kind: str, waves: Waves | None = None) -> Plan:
    """A plan that builds nothing; what could not move in time is still counted."""
    none = np.empty(0)
    ints, nowhere = none.astype(np.int32), np.full(len(world.estate.servers.id), -1, dtype=np.int32)
    units = len(world.estate.units.id)
    return Plan(
        alternative=alternative,
        kind=kind,
        pools=(),
        hosts=Hosts(ints, ints, ints, none.astype(np.bool_), ints, none, none, none, none, none, none),
        flavours=Flavours(none, none, none),
        flavour=nowhere,
        placement=nowhere,
        wave_h=np.full(len(world.estate.systems.id), NEVER, dtype=np.int32),
        shared_line=np.full(units, -1, dtype=np.int32),
        shared_lines=np.zeros(units, dtype=np.int32),
        team_fte=0.0,
        late=waves.late if waves else 0,
        proof=None,
    )


def _moving_servers(migration: Migration, world: World) -> Bools:
    """Servers whose component moves if their system does: working ones, and zombies not noticed."""
    servers = world.estate.servers
    unnoticed = world.uniforms("zombie-moved", servers.id) < world.of(migration.zombie_moved_share)
    return ~world.estate.systems.classified[servers.system] & (~servers.zombie | unnoticed)


def _waves(
    scenario: Scenario, chosen: Alternative, cloud: Cloud, migration: Migration, world: World, moving: Bools
) -> Waves:
    servers, systems = world.estate.servers, world.estate.systems
    data_gb = np.zeros(len(systems.id))
    np.add.at(data_gb, servers.system[moving], servers.disk_gb[moving])
    deadline_h = None
    if chosen.deadline is not None:
        deadline_h = world.clock.hour_of(chosen.deadline) + 24
    return plan_waves(scenario, cloud, migration, world, deadline_h, data_gb)


def _cargo(world: World, moving: Bools, waves: Waves) -> _Cargo:
    """Components still in use when their system reaches the cloud, and their pools."""
    servers, systems = world.estate.servers, world.estate.systems
    wave_h = waves.wave_h[servers.system].astype(np.int64)
    rows = np.flatnonzero(moving & (wave_h < _first_hours(world.clock, servers.retires_month)))
    system = servers.system[rows]
    keys, pool = np.unique(
        np.stack([systems.zone[system], systems.mlps[system]], axis=1), axis=0, return_inverse=True
    )
    pools = tuple((world.estate.zones[zone], int(level)) for zone, level in keys)
    return _Cargo(rows, pools, pool.ravel(), wave_h[rows])


def _first_hours(clock: Clock, months: NDArray[np.int32]) -> Ints:
    """First hour of each month, the end of the horizon for months after it."""
    return np.asarray(clock.month_edges_h[np.clip(months, 0, clock.months)])


def _pack(scenario: Scenario, cloud: Cloud, world: World, cargo: _Cargo, types: HostTypes) -> _Packed:
    """Size the components and pack every pool, the largest first: its patterns help the others."""
    started = perf_counter()
    needed = needs(scenario, cloud, world, cargo.rows, cloud.sizing, types)
    sizes, flavour = choose_flavours(needed, world.estate.servers.id[cargo.rows], types.capacity)
    load = _mean_ssj_per_vcpu(scenario, cloud, world, cargo.rows, sizes[flavour, 0])
    costs = yearly_cost(scenario, cloud, world, types, load)
    counts = np.zeros((len(cargo.pools), len(sizes)), dtype=np.int64)
    np.add.at(counts, (cargo.pool, flavour), 1)
    done: dict[int, PoolPacking] = {}
    columns = None
    for pool in np.argsort(-counts.sum(axis=1), kind="stable").tolist():
        done[pool] = pack(sizes, counts[pool], types.capacity, costs, columns)
        columns = done[pool].columns
    packings = [done[pool] for pool in range(len(cargo.pools))]
    return _Packed(costs, sizes, flavour, counts, packings, perf_counter() - started)


def _mean_ssj_per_vcpu(scenario: Scenario, cloud: Cloud, world: World, rows: Ints, vcpu: Floats) -> float:
    """Mean demand behind one vCPU given out, halfway (geometrically) through the growth to come."""
    halfway = np.sqrt(expected_growth(scenario, cloud, world, rows))
    return float((world.estate.servers.demand_ssj[rows] * halfway).sum() / vcpu.sum())


def _proof(
    scenario: Scenario, cloud: Cloud, world: World, cargo: _Cargo, types: HostTypes, packed: _Packed
) -> Proof:
    standby = cloud.standby_hosts
    cost, bound = sum(p.cost for p in packed.pools), sum(p.bound for p in packed.pools)
    spare_cost = sum(float(packed.costs[largest(types, p)]) for p in packed.pools) * standby
    plain = [first_fit(packed.sizes, counts, types.capacity, packed.costs) for counts in packed.counts]
    as_is, performance = (
        hosts_at_least(
            needs(scenario, cloud, world, cargo.rows, sizing, types), cargo.pool, types.capacity, standby
        )
        for sizing in ("as-is", "performance")
    )
    return Proof(
        cost_cny_per_year=cost,
        bound_cny_per_year=bound,
        standby_cost_cny_per_year=spare_cost,
        gap=cost / bound - 1,
        worst_pool_gap=max(p.gap for p in packed.pools),
        solver=solver_name(),
        seconds=packed.seconds,
        hosts=sum(len(p.types) + standby for p in packed.pools),
        hosts_first_fit=sum(hosts + standby for _, hosts in plain),
        first_fit_cost_cny_per_year=sum(yearly for yearly, _ in plain),
        hosts_as_is_at_least=as_is,
        hosts_performance_at_least=performance,
    )


def _by_server(servers: int, rows: Ints, values: Ints) -> NDArray[np.int32]:
    """Values of some servers among all; -1 elsewhere."""
    spread = np.full(servers, -1, dtype=np.int32)
    spread[rows] = values
    return spread
