"""Hosts that stand by at the recovery site: the protected components of each pool, packed once more."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...scenarios.clock import Clock
from ...scenarios.cloud import Cloud
from ..hosts import HostTypes
from ..packing import PoolPacking, pack
from ..packing.apart import Groups, largest_groups
from ..placement import Members, hand_out, place
from ..plan import Hosts, SiteRecovery
from ..supply import Supply, as_limits
from .choose import Links, Sited
from .instance import Floats, Ints

Rows = NDArray[np.int32]


@dataclass(frozen=True)
class Standing:
    """Components, shape (components,) each, and the pools they run in when all is well.

    Attributes:
        system: row of Systems; ``server`` row of Servers.
        pool: row of ``pools``; ``flavour`` row of ``sizes``.
        from_h: hour from which each is needed on the cloud.
        group: replicas of one number >= 0 lie apart.
        pools, pool_site: see ``Plan``.
        sizes: of the flavours, shape (flavours, 3).
        costs: yearly cost of a host of each type at each site, shape (sites, types).
        supply: hosts that are left.
    """

    system: Ints
    server: Ints
    pool: Ints
    flavour: Ints
    from_h: Ints
    group: Ints
    pools: tuple[tuple[str, int], ...]
    pool_site: Rows
    sizes: Floats
    types: HostTypes
    costs: Floats
    supply: Supply


@dataclass(frozen=True)
class Ready:
    """What stands by: hosts to be added to the plan's, and the pools with those they may need."""

    hosts: Hosts
    pools: tuple[tuple[str, int], ...]
    pool_site: Rows
    recovery: SiteRecovery


def stand_by(
    cloud: Cloud, clock: Clock, sited: Sited, links: Links, standing: Standing, servers: int, first_host: int
) -> Ready:
    """Hosts at the recovery sites and who runs on them in a take-over.

    Args:
        servers: number of servers of the estate.
        first_host: row of the plan's hosts at which the new ones start.
    """
    guard = links.protection
    ready_h = _ready_h(cloud, clock, sited, links)
    backup = links.site[standing.pool_site[standing.pool]]
    mine = np.flatnonzero(guard.protected[standing.system] & (backup >= 0) & guard.hosts_ready)
    home = np.unique(standing.pool[mine])
    from_h = np.maximum(standing.from_h[mine], ready_h)
    packings, keys = [], list(zip(standing.pools, standing.pool_site.tolist(), strict=True))
    stands, placed = [], []
    for pool in home.tolist():
        site = int(links.site[standing.pool_site[pool]])
        its = standing.pool[mine] == pool
        members = Members(standing.flavour[mine[its]], from_h[its], standing.group[mine[its]])
        packing, hosts_of = _packed(standing, members, standing.costs[site])
        packings.append(packing)
        placed.append(hosts_of)
        key = (standing.pools[pool], site)
        if key not in keys:
            keys.append(key)
        stands.append(keys.index(key))
    hosts, host_of = place(
        packings,
        placed,
        standing.types,
        np.searchsorted(home, standing.pool[mine]),
        from_h,
        clock,
        [np.empty(0, dtype=np.int64)] * len(home),
    )
    placement = np.full(servers, -1, dtype=np.int32)
    placement[standing.server[mine]] = first_host + host_of
    return Ready(
        hosts=replace(
            hosts,
            pool=np.array(stands, dtype=np.int32)[hosts.pool],
            recovers=home.astype(np.int32)[hosts.pool],
        ),
        pools=tuple(pool for pool, _ in keys),
        pool_site=np.array([site for _, site in keys], dtype=np.int32),
        recovery=SiteRecovery(
            mode=guard.mode,
            ready_h=ready_h,
            rpo_minutes=guard.recovery.recovery_point_minutes(),
            rto_minutes=guard.recovery.recovery_time_minutes(),
            site=links.site,
            distance_km=links.distance_km,
            replication_mbps=links.mbps,
            replication_line=links.line,
            replication_lines=links.lines,
            protected=guard.protected,
            placement=placement,
        ),
    )


def _packed(standing: Standing, members: Members, costs: Floats) -> tuple[PoolPacking, Ints]:
    """The protected components of a pool on hosts of their own, replicas apart."""
    sizes, types = standing.sizes, standing.types
    groups = Groups(members.group, np.full(len(members.group), -1))
    counts = np.bincount(members.flavour, minlength=len(sizes))
    apart = largest_groups(members.flavour, groups, len(sizes))
    limits = as_limits(standing.supply.for_pool(np.zeros(len(costs))))
    packing = pack(sizes, counts, types.capacity, costs, limits=limits, apart=apart)
    standing.supply.take(packing.types)
    return hand_out(packing, sizes, types, costs, members, 0, standing.supply)


def _ready_h(cloud: Cloud, clock: Clock, sited: Sited, links: Links) -> int:
    """Hour from which sites can be taken over: the day asked for, or the last recovery site's opening."""
    at = np.unique(links.site[links.site >= 0]).tolist()
    days = [cloud.sites[sited.names[row]].opens or cloud.opens for row in at]
    return int(clock.hour_of(max([links.protection.recovery.by, *days])))
