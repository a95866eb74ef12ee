"""From a scenario, an alternative and a world to its plan."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..scenarios.cloud import Cloud
from ..scenarios.errors import InfeasibleError
from ..scenarios.estate import NEVER
from ..scenarios.governed import governed, kept_apart, tightened
from ..scenarios.moves import Migration
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .access import shared_lines
from .cargo import Cargo, Sized, by_site, cargo_of, sized_components
from .contradictions import refuse
from .endings import noting
from .hosts import MONEY_ONLY, HostTypes, Weights, host_types
from .in_place import plan_in_place
from .known import Known
from .pack_pools import PackedPools, pack_pools, plain_rules
from .packing import hosts_at_least
from .placement import place
from .plan import Flavours, Hosts, Plan, Proof, SiteRecovery
from .profiles import Load
from .racks import rack_of
from .siting import Housing, Sited, Standing, overfull, site_units, stand_by
from .sizing import needs
from .solver import solver_name
from .sparing import sparing
from .waves import Waves, case_of, plan_waves

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Sites are chosen at most so often, the racks of those that overflowed counted so much fuller each time.
CHOICES = 6
MARGIN = 1.01


@dataclass(frozen=True)
class _Built:
    """What is built at some sites; see ``Plan``."""

    cargo: Cargo
    packed: PackedPools
    hosts: Hosts
    host_of: Ints
    pools: tuple[tuple[str, int], ...]
    pool_site: NDArray[np.int32]
    recovery: SiteRecovery | None


def make_plan(
    scenario: Scenario,
    alternative: str,
    world: World,
    weights: Weights = MONEY_ONLY,
    load: Load | None = None,
    known: Known | None = None,
) -> Plan:
    """Plan what an alternative builds and moves in one world.

    Args:
        weights: what counts beside money.
        load: demand of all servers by the hour; that of the built-in workload model if None.
        known: what earlier plans found that differ in the cloud's hosts, sites or recovery only; what this
            one finds is added. A plan made with it is not compared with simple rules.

    Raises:
        InfeasibleError: a strict rule cannot be kept, a component is larger than every host type, or no
            choice of sites keeps its limits.
        SolverError: the solver fails where nothing can stand in for it.
    """
    with noting() as notes:
        plan = _made(scenario, alternative, world, weights, load, known)
    if plan.proof is None or not notes:
        return plan
    return replace(plan, proof=replace(plan.proof, method="; ".join([plan.proof.method, *sorted(notes)])))


def _made(
    scenario: Scenario,
    alternative: str,
    world: World,
    weights: Weights,
    load: Load | None,
    known: Known | None,
) -> Plan:
    scenario, world = tightened(scenario, alternative), governed(scenario, alternative, world)
    chosen = scenario.alternatives[alternative]
    if chosen.kind == "keep" or chosen.cloud is None or chosen.migration is None:
        return _nothing(world, alternative, chosen.kind)
    refuse(scenario, alternative, world)
    moving = _moving_servers(chosen.migration, world)
    if chosen.kind == "virtualise":
        nothing = _nothing(world, alternative, chosen.kind)
        return plan_in_place(scenario, alternative, world, moving, nothing, load, weights)
    found = known or Known()
    waves = found.waves or plan_waves(case_of(scenario, alternative, world, moving))
    found.waves = waves
    apart = kept_apart(scenario, alternative, world.estate)
    cargo = cargo_of(scenario, world, moving, waves, chosen.cloud, apart)
    if not len(cargo.rows):
        return _nothing(world, alternative, chosen.kind, waves)
    cloud, types = chosen.cloud, host_types(scenario, chosen.cloud, world)
    sized = sized_components(scenario, cloud, world, cargo, types, load)
    site, built = _fitting(scenario, cloud, world, cargo, sized, types, waves, moving, weights, found)
    line, lines = shared_lines(scenario, cloud, world, waves.wave_h, site.unit_km)
    return Plan(
        alternative=alternative,
        kind=chosen.kind,
        pools=built.pools,
        sites=site.names,
        pool_site=built.pool_site,
        unit_site=site.unit_site,
        hub_rooms=site.hub_rooms,
        hosts=built.hosts,
        flavours=Flavours(*np.ascontiguousarray(sized.sizes.T)),
        flavour=_by_server(world, cargo.rows, sized.flavour),
        placement=_by_server(world, cargo.rows, built.host_of),
        wave_h=waves.wave_h,
        shared_line=line,
        shared_lines=lines,
        team_fte=waves.team_fte,
        late=waves.late,
        proof=_proof(scenario, cloud, world, built.cargo, types, sized, built.packed, known is None),
        siting=site.proof,
        recovery=built.recovery,
        schedule=waves.proof,
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
        sites=(),
        pool_site=ints,
        unit_site=np.full(units, -1, dtype=np.int32),
        hub_rooms=ints,
        hosts=Hosts.none(),
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
    return ~world.estate.systems.stays[servers.system] & (~servers.zombie | unnoticed)


def _fitting(
    scenario: Scenario,
    cloud: Cloud,
    world: World,
    cargo: Cargo,
    sized: Sized,
    types: HostTypes,
    waves: Waves,
    moving: Bools,
    weights: Weights,
    known: Known,
) -> tuple[Sited, _Built]:
    """Sites and what is built there; where more racks than planned are filled, sites are chosen anew.

    Raises:
        InfeasibleError: no choice keeps the limits of sites.
    """
    housing = Housing(
        cargo.rows, sized.sizes[sized.flavour], len(cargo.pools), types, sized.mean_ssj_per_vcpu
    )
    taken, bound = np.ones(len(cloud.sites)), np.inf
    for _ in range(CHOICES):
        sited = site_units(scenario, cloud, world, housing, waves.wave_h != NEVER, moving, weights, taken)
        sited, bound = sited.with_bound(bound), min(bound, sited.bound_cny)
        here = by_site(world, cargo, sited.unit_site)
        built = _build(scenario, cloud, world, here, sized, sited, types, weights, known)
        over = overfull(cloud, world, sited, built.hosts, built.pool_site)
        if (over <= 1).all():
            return sited, built
        taken = taken * np.where(over > 1, over * MARGIN, 1.0)
    raise InfeasibleError(
        f"racks: the hosts of {', '.join(sited.names)} need more racks than these sites have"
    )


def _build(
    scenario: Scenario,
    cloud: Cloud,
    world: World,
    cargo: Cargo,
    sized: Sized,
    sited: Sited,
    types: HostTypes,
    weights: Weights,
    known: Known,
) -> _Built:
    """Pack every pool of the sites, and what stands by for them."""
    packed = pack_pools(scenario, cloud, world, cargo, sized, sited, types, weights, known)
    hosts, host_of = place(
        packed.pools, packed.placed, packed.types, cargo.pool, cargo.from_h, world.clock, packed.spares
    )
    if sited.links is None:
        hosts = _in_racks(cloud, cargo, packed, hosts, cargo.pool_site, host_of)
        return _Built(cargo, packed, hosts, host_of, cargo.pools, cargo.pool_site, None)
    standing = _standing(world, cargo, sized, packed)
    servers, first = len(world.estate.servers.id), len(hosts.pool)
    ready = stand_by(cloud, world.clock, sited, sited.links, standing, servers, first)
    every = _in_racks(
        cloud,
        cargo,
        packed,
        hosts.plus(ready.hosts),
        ready.pool_site,
        host_of,
        ready.recovery.placement[cargo.rows],
    )
    return _Built(cargo, packed, every, host_of, ready.pools, ready.pool_site, ready.recovery)


def _in_racks(
    cloud: Cloud,
    cargo: Cargo,
    packed: PackedPools,
    hosts: Hosts,
    pool_site: NDArray[np.int32],
    *places: NDArray[np.integer],
) -> Hosts:
    """The hosts with the racks they stand in.

    Args:
        places: host of each component, -1 for none, each of shape (components,).
    """
    apart = cargo.group >= 0 if cloud.apart == "rack" else np.zeros_like(cargo.group, dtype=bool)
    host = np.concatenate([place[apart & (place >= 0)] for place in places]).astype(np.int64)
    group = np.concatenate([cargo.group[apart & (place >= 0)] for place in places])
    site = pool_site[hosts.pool].astype(np.int64)
    rack = rack_of(site, hosts.rack_units, packed.racks, cloud.rack_units_usable, host, group)
    return replace(hosts, rack=rack)


def _standing(world: World, cargo: Cargo, sized: Sized, packed: PackedPools) -> Standing:
    """What the recovery of sites needs to know of components and pools."""
    return Standing(
        system=world.estate.servers.system[cargo.rows].astype(np.int64),
        server=cargo.rows,
        pool=cargo.pool,
        flavour=sized.flavour,
        from_h=cargo.from_h,
        group=cargo.group,
        pools=cargo.pools,
        pool_site=cargo.pool_site,
        sizes=sized.sizes,
        types=packed.types,
        costs=packed.costs,
        supply=packed.supply,
    )


def _proof(
    scenario: Scenario,
    cloud: Cloud,
    world: World,
    cargo: Cargo,
    types: HostTypes,
    sized: Sized,
    packed: PackedPools,
    compared: bool,
) -> Proof:
    standby = packed.standby
    cost, bound = packed.cost_cny, packed.bound_cny
    costs = packed.costs[cargo.pool_site]
    as_is, performance = (
        hosts_at_least(
            needs(scenario, cloud, world, cargo.rows, sizing, types), cargo.pool, types.capacity, 0
        )
        + standby
        for sizing in ("as-is", "performance")
    )
    return Proof(
        cost_cny_per_year=cost,
        bound_cny_per_year=bound,
        standby_cost_cny_per_year=packed.standby_cny,
        gap=cost / bound - 1,
        worst_pool_gap=max(p.gap for p in packed.pools),
        method="; ".join(sorted({pool.method for pool in packed.pools})),
        solver=solver_name(),
        seconds=packed.seconds,
        hosts=sum(len(p.types) for p in packed.pools) + standby,
        baselines=plain_rules(sized, types, packed, costs[:, : len(types.most)]) if compared else (),
        hosts_as_is_at_least=as_is,
        hosts_performance_at_least=performance,
        sparing=sparing(scenario, cloud, world, cargo, sized, packed, costs) if compared else None,
    )


def _by_server(world: World, rows: Ints, values: Ints) -> NDArray[np.int32]:
    """Values of some servers among all; -1 elsewhere."""
    spread = np.full(len(world.estate.servers.id), -1, dtype=np.int32)
    spread[rows] = values
    return spread
