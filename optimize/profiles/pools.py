"""The pools of a cloud packed on profiles, and what packing on peaks or on 95th percentiles would take.

All three fill hosts with the same components under the same rules but one: what a host must carry. Packing on
peaks takes each component at its highest demand all the time, packing on 95th percentiles at what it exceeds
in one hour of twenty, and packing on profiles hour by hour with the chance of overload that is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ...scenarios.cloud import Cloud
from ...scenarios.schema import Scenario
from ...scenarios.world import World
from ..hosts import HostTypes
from ..packing import Columns, PoolPacking
from ..sizing import expected_growth, needs, vcpu_weights
from .items import Offer, Profiles
from .load import Load, expected_load
from .pack import fits_alone, least_cost, overload, pack_profiles

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

METHOD = "profiles by the hour"
# Rounding must not make a component too large for the host it was cut to.
ROUNDED = 1 - 1e-9
# Components that come in the same months are packed together, the later ones around the earlier.
MONTHS_TOGETHER = 12
# Energy is counted at hosts filled to this in the busiest hours, before they are packed.
FILLED = 0.8


@dataclass(frozen=True)
class PlacedPacking(PoolPacking):
    """A packing that says where each component of its pool goes.

    Attributes:
        host_of: row of ``types`` of each component of the pool, shape (components,).
        overload: share of hours in which each host is over its throughput, as planned, shape (hosts,).
        baselines: yearly cost and hosts of simple rules by name.
    """

    host_of: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    overload: Floats = field(default_factory=lambda: np.empty(0))
    baselines: Mapping[str, tuple[float, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Ask:
    """What components ask for, shape (components, ...) each where not said otherwise.

    Attributes:
        load: demand, growth to come included, cut to what one host can carry.
        halfway_ssj: mean demand of all, halfway through the growth to come.
        static: vCPU, memory in GB and disk in GB.
        apart: components of one number >= 0 take different hosts.
        epoch: those of lower number come first.
        allowed: share of hours in which a host may be over its throughput.
    """

    load: Load
    halfway_ssj: float
    static: Floats
    apart: Ints
    epoch: Ints
    allowed: float

    def mean_load(self, types: HostTypes) -> float:
        """Mean load of hosts, share of their throughput, halfway through the growth to come."""
        busy = float(self.load.mean_ssj.sum(axis=0).max()) / (FILLED * float(types.capacity_ssj.mean()))
        hosts = max(busy, float((self.static.sum(axis=0) / types.capacity.mean(axis=0)).max()))
        return self.halfway_ssj / (max(hosts, 1e-9) * float(types.capacity_ssj.mean()))


def ask(
    scenario: Scenario,
    cloud: Cloud,
    world: World,
    rows: Ints,
    from_h: Ints,
    sizes: Floats,
    types: HostTypes,
    load: Load | None,
) -> Ask:
    """What the components of some servers ask for.

    Args:
        rows: server rows.
        from_h: hour from which each is needed.
        sizes: vCPU, memory and disk of the flavour of each, shape (rows, 3).
        load: of all servers; that of the built-in workload model if None.
    """
    allowed = world.of(cloud.overload_share)
    load = load if load is not None else expected_load(scenario, world)
    growth = expected_growth(scenario, cloud, world, rows, load.grown)
    grown = load.only(rows, growth)
    most = grown.most_of(float(types.capacity_ssj.max()), allowed)
    grown = grown.only(np.arange(len(rows)), np.where(most < 1, most * ROUNDED, 1.0))
    servers, systems = world.estate.servers, world.estate.systems
    static = needs(scenario, cloud, world, rows, "profiles", types)
    static = np.where(servers.zombie[rows, None], sizes, static)
    static[:, 0] = sizes[:, 0] * vcpu_weights(scenario, cloud, world, rows)
    static[:, 0] = np.minimum(static[:, 0], types.capacity[:, 0].max())
    months = np.searchsorted(world.clock.month_edges_h, from_h, side="right")
    replica = systems.replicated[servers.system[rows]] & ~servers.zombie[rows] & (cloud.apart != "none")
    return Ask(
        load=grown,
        halfway_ssj=float((load.year_mean_ssj[rows] * np.sqrt(growth)).sum()),
        static=static,
        apart=np.where(replica, servers.system[rows], -1).astype(np.int64),
        epoch=((months - months.min(initial=0)) // MONTHS_TOGETHER).astype(np.int64),
        allowed=allowed,
    )


def profiles_of(asked: Ask, mine: Ints) -> Profiles:
    """Some of the components as the packing takes them."""
    load = asked.load
    return Profiles(
        mean=load.mean_ssj[mine],
        own=load.own_ssj2[mine],
        common=load.common_ssj[mine],
        group=load.group[mine],
        weights=load.weights,
        static=asked.static[mine],
        apart=asked.apart[mine],
        epoch=asked.epoch[mine],
    )


def pack_pool(
    asked: Ask, mine: Ints, flavour: Ints, types: HostTypes, costs: Floats, most: Floats
) -> PlacedPacking:
    """Pack one pool on profiles.

    Args:
        mine: its components.
        flavour: of each of them, shape (mine,).
        costs: yearly cost of each host type, shape (types,).
        most: hosts of each type that are left for it, shape (types,); the bound holds for ``types.most``.

    Raises:
        InfeasibleError: a component fits on no host type, or too few hosts are left.
    """
    profiles = profiles_of(asked, mine)
    offer = replace(Offer.of(types.capacity_ssj, types.capacity, costs), most=most)
    packed = pack_profiles(profiles, offer, asked.allowed, with_baselines=True)
    bound = packed.bound
    if not np.array_equal(most, types.most):
        bound = min(bound, least_cost(profiles, replace(offer, most=types.most), asked.allowed))
    copies = np.zeros((len(packed.types), int(flavour.max(initial=0)) + 1), dtype=np.int64)
    np.add.at(copies, (packed.host_of, flavour), 1)
    return PlacedPacking(
        types=packed.types,
        copies=copies,
        cost=packed.cost,
        bound=bound,
        columns=Columns.none(copies.shape[1]),
        method=METHOD,
        host_of=packed.host_of,
        overload=packed.overload,
        baselines=packed.baselines,
    )


def too_busy_for(asked: Ask, mine: Ints, types: HostTypes, some: NDArray[np.bool_]) -> int:
    """Components that fit on none of some host types, and would but for their demand.

    Args:
        mine: the components.
        some: host types, shape (types,).
    """
    offer = Offer.of(types.capacity_ssj, types.capacity, np.ones(len(types.most)))
    fits = fits_alone(profiles_of(asked, mine), offer, asked.allowed)
    roomy = (asked.static[mine][:, None, :] <= types.capacity).all(axis=2)
    return int(((roomy & some).any(axis=1) & ~(fits & some).any(axis=1)).sum())


def flat_packing(
    asked: Ask, size_ssj: Floats, mine: Ints, types: HostTypes, costs: Floats
) -> tuple[Ints, Ints]:
    """Hosts of a pool if each component had one constant size.

    Returns:
        Type of each host, shape (hosts,), and host of each component, shape (mine,).
    """
    size = np.minimum(size_ssj[mine], types.capacity_ssj.max() * ROUNDED)
    offer = Offer.of(types.capacity_ssj, types.capacity, costs)
    packed = pack_profiles(Profiles.flat(size, asked.static[mine]), offer, 0.0)
    return packed.types, packed.host_of


def overload_of(asked: Ask, mine: Ints, hosts: Ints, host_of: Ints, types: HostTypes) -> Floats:
    """Share of hours in which each host is over its throughput, as planned, shape (hosts,)."""
    return overload(profiles_of(asked, mine), types.capacity_ssj[hosts], host_of)
