"""What runs on the cloud: the components that reach it, their sizes, and the pools they share hosts in."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from ..scenarios.clock import Clock
from ..scenarios.cloud import Cloud
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .flavours import choose_flavours
from .hosts import HostTypes
from .profiles import Ask, Load, ask
from .sizing import expected_growth, needs
from .waves import Waves

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Cargo:
    """Components that run on the cloud, shape (components,) each where not said otherwise.

    Attributes:
        rows: server rows.
        from_h: hour from which each is needed on the cloud.
        pools: (zone, MLPS level) of each pool.
        pool_site: row of the plan's sites of each pool, or its room where hosts stand in rooms, shape
            (pools,).
        pool: row of ``pools``.
        tenant: components of unlike numbers share no host; 0 for all where tenants share.
        group: replicas of one number >= 0 lie apart.
    """

    rows: Ints
    from_h: Ints
    pools: tuple[tuple[str, int], ...]
    pool_site: NDArray[np.int32]
    pool: Ints
    tenant: Ints
    group: Ints


@dataclass(frozen=True)
class Sized:
    """Components and their sizes.

    Attributes:
        sizes: of the flavours, shape (flavours, 3).
        flavour: row of ``sizes`` for each component.
        mean_ssj_per_vcpu: mean demand behind one vCPU given out.
        seconds: what it took.
        asked: demand by the hour and what else hosts are filled with; None if they are filled by sizes.
    """

    sizes: Floats
    flavour: Ints
    mean_ssj_per_vcpu: float
    seconds: float
    asked: Ask | None = None


def cargo_of(
    scenario: Scenario,
    world: World,
    moving: Bools,
    waves: Waves,
    cloud: Cloud,
    apart: NDArray[np.int32] | None = None,
) -> Cargo:
    """Components still in use when their system reaches the cloud, and their pools.

    Args:
        apart: systems of unlike numbers share no host, shape (systems,); nobody is kept apart so if None.
    """
    servers = world.estate.servers
    wave_h = waves.wave_h[servers.system].astype(np.int64)
    rows = np.flatnonzero(moving & (wave_h < _first_hours(world.clock, servers.retires_month)))
    kind = world.estate.systems.demand_class[servers.system[rows]].astype(np.int64)
    system = servers.system[rows].astype(np.int64)
    replica = world.estate.systems.replicated[system] & ~servers.zombie[rows] & (cloud.apart != "none")
    tenant = _tenant(world, cloud, list(scenario.demand.classes), system, kind)
    if apart is not None:
        tenant = tenant + (tenant.max(initial=0) + 1) * apart[system]
    one_site = np.zeros(len(world.estate.systems.id), dtype=np.int32)
    return _pooled(world, rows, wave_h[rows], one_site, tenant, np.where(replica, system, -1))


def _tenant(world: World, cloud: Cloud, classes: list[str], system: Ints, kind: Ints) -> Ints:
    """0 for those who share hosts, then a number for each class and each system that does not."""
    own = [not cloud.classes_share or name in cloud.dedicated_classes for name in classes]
    tenant = np.where(np.array(own)[kind], 1 + kind, 0)
    return np.where(world.estate.systems.dedicated[system], 1 + len(classes) + system, tenant)


def by_site(world: World, cargo: Cargo, unit_site: NDArray[np.int32]) -> Cargo:
    """The same components in pools of the sites of their units, shape (units,)."""
    site = unit_site[world.estate.systems.unit]
    return _pooled(world, cargo.rows, cargo.from_h, site, cargo.tenant, cargo.group)


def by_room(world: World, cargo: Cargo) -> Cargo:
    """The same components in pools of their rooms."""
    room = world.estate.systems.room
    return _pooled(world, cargo.rows, cargo.from_h, room, cargo.tenant, cargo.group)


def _pooled(
    world: World, rows: Ints, from_h: Ints, where: NDArray[np.int32], tenant: Ints, group: Ints
) -> Cargo:
    """Pools of components; ``where`` is the site or room of each system, shape (systems,)."""
    systems = world.estate.systems
    system = world.estate.servers.system[rows]
    of = (where[system], systems.zone[system], systems.mlps[system], tenant)
    keys, pool = np.unique(np.stack(of, axis=1), axis=0, return_inverse=True)
    pools = tuple((world.estate.zones[zone], int(level)) for _, zone, level, _ in keys)
    return Cargo(rows, from_h, pools, keys[:, 0].astype(np.int32), pool.ravel(), tenant, group)


def _first_hours(clock: Clock, months: NDArray[np.int32]) -> Ints:
    """First hour of each month, the end of the horizon for months after it."""
    return np.asarray(clock.month_edges_h[np.clip(months, 0, clock.months)])


def sized_components(
    scenario: Scenario, cloud: Cloud, world: World, cargo: Cargo, types: HostTypes, load: Load | None = None
) -> Sized:
    """Sizes of the components.

    Args:
        load: demand of all servers by the hour; that of the built-in workload model if None.
    """
    started = perf_counter()
    needed = needs(scenario, cloud, world, cargo.rows, cloud.sizing, types)
    sizes, flavour = choose_flavours(needed, world.estate.servers.id[cargo.rows], types.capacity)
    if cloud.sizing != "profiles":
        mean = _mean_ssj_per_vcpu(scenario, cloud, world, cargo.rows, sizes[flavour, 0])
        return Sized(sizes, flavour, mean, perf_counter() - started)
    asked = ask(scenario, cloud, world, cargo.rows, cargo.from_h, sizes[flavour], types, load)
    mean = asked.mean_load(types) * float((types.capacity_ssj / types.capacity[:, 0]).mean())
    return Sized(sizes, flavour, mean, perf_counter() - started, asked)


def _mean_ssj_per_vcpu(scenario: Scenario, cloud: Cloud, world: World, rows: Ints, vcpu: Floats) -> float:
    """Mean demand behind one vCPU given out, halfway (geometrically) through the growth to come."""
    halfway = np.sqrt(expected_growth(scenario, cloud, world, rows))
    return float((world.estate.servers.demand_ssj[rows] * halfway).sum() / vcpu.sum())
