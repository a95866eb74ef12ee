"""Who runs on the cloud, in which pool, beside whom, and on hosts that are there in time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ...scenarios.estate import NEVER
from .facts import Facts
from .violation import Violation, over, wrong

Ints = NDArray[np.int64]


def classified(facts: Facts) -> Iterator[Violation]:
    """Nothing classified leaves its room."""
    systems = facts.world.estate.systems
    moved = np.flatnonzero(systems.classified & (facts.plan.wave_h != NEVER))
    yield from wrong("classified", "system", moved, "is classified and moves")
    rows = facts.placed[systems.classified[facts.system]]
    yield from wrong("classified", "server", rows, "is classified and has a host")


def pinned(facts: Facts) -> Iterator[Violation]:
    """Nothing that is tied to its room leaves it."""
    systems = facts.world.estate.systems
    moved = np.flatnonzero(systems.pinned & (facts.plan.wave_h != NEVER))
    yield from wrong("pinned", "system", moved, "is tied to its room and moves")


def placed(facts: Facts) -> Iterator[Violation]:
    """Every component in use when its system moves has a host, and none of a system that stays."""
    servers, plan = facts.world.estate.servers, facts.plan
    wave_h = plan.wave_h[servers.system].astype(np.int64)
    used = ~servers.zombie & (wave_h != NEVER) & (wave_h < facts.first_hour(servers.retires_month))
    missing = np.flatnonzero(used & (plan.placement < 0))
    yield from wrong("placed", "server", missing, "moves and has no host")
    astray = np.flatnonzero((wave_h == NEVER) & (plan.placement >= 0))
    yield from wrong("placed", "server", astray, "stays and has a host")
    nowhere = facts.placed[facts.host >= len(plan.hosts.type)]
    yield from wrong("placed", "server", nowhere, "is on a host that is not in the plan")


def pools(facts: Facts) -> Iterator[Violation]:
    """Network zones and security levels share no host."""
    systems, zones = facts.world.estate.systems, facts.world.estate.zones
    pool = [facts.plan.pools[p] for p in facts.plan.hosts.pool[facts.host].tolist()]
    zone = np.array([zones.index(p[0]) for p in pool], dtype=np.int64)
    level = np.array([p[1] for p in pool], dtype=np.int64)
    astray = (zone != systems.zone[facts.system]) | (level != systems.mlps[facts.system])
    yield from wrong("zones and levels", "server", facts.placed[astray], "is in a pool of another zone")


def standby(facts: Facts) -> Iterator[Violation]:
    """Each pool has its standby hosts, and they hold nothing."""
    hosts = facts.plan.hosts
    held = np.unique(facts.host[hosts.standby[facts.host]])
    yield from wrong("standby", "host", held, "is a standby host and holds components")
    here = hosts.standby & (hosts.recovers < 0)
    spare = np.bincount(hosts.pool, here, minlength=len(facts.plan.pools))
    used = np.bincount(hosts.pool, hosts.recovers < 0, minlength=len(facts.plan.pools)) > 0
    missing = np.where(used, facts.cloud.standby_hosts - spare, 0.0)
    yield from over("standby", "pool", missing, 0.0, "hosts", "standby hosts too few")


def apart(facts: Facts) -> Iterator[Violation]:
    """Replicas of one system share no host, or no rack."""
    systems, servers = facts.world.estate.systems, facts.world.estate.servers
    if facts.cloud.apart == "none" or not systems.replicated.any():
        return
    replica = systems.replicated[facts.system] & ~servers.zombie[facts.placed]
    system, host = facts.system[replica], facts.host[replica]
    yield from _shared("apart", "host", system, host)
    if facts.cloud.apart == "rack":
        yield from _shared("apart", "rack", system, _racks(facts)[host])


def full_racks(facts: Facts) -> Iterator[Violation]:
    """No rack holds more than it has room for, one host that is taller by itself excepted."""
    hosts, rack = facts.plan.hosts, _racks(facts)
    units, count = np.bincount(rack, hosts.rack_units), np.bincount(rack)
    shared = np.where(count > 1, units, 0.0)
    yield from over("rack units", "rack", shared, facts.cloud.rack_units_usable, "rack units", "rack units")


def _racks(facts: Facts) -> Ints:
    """Rack of each host, numbered over all sites, shape (hosts,)."""
    hosts = facts.plan.hosts
    site = facts.plan.pool_site[hosts.pool].astype(np.int64)
    return site * (int(hosts.rack.max(initial=0)) + 1) + hosts.rack


def _shared(rule: str, name: str, system: Ints, place: Ints) -> Iterator[Violation]:
    pairs, count = np.unique(np.stack([system, place], axis=1), axis=0, return_counts=True)
    clashes = pairs[count > 1]
    if len(clashes):
        row, where = clashes[0].tolist()
        words = f"replicas of system {row} share {name} {where}"
        yield Violation(rule, words, float((count - 1).sum()), "components", len(clashes))


def host_limits(facts: Facts) -> Iterator[Violation]:
    """No more hosts of a type than there may be, those that stand by included."""
    kinds = facts.cloud.host_types
    count = np.bincount(facts.plan.hosts.type, minlength=len(kinds)).astype(np.float64)
    most = np.array([np.inf if kind.limit is None else kind.limit for kind in kinds])
    limited = np.isfinite(most)
    yield from over("host limits", "limited type", count[limited], most[limited], "hosts", "hosts")


def bought_in_time(facts: Facts) -> Iterator[Violation]:
    """Hosts are there when their first component comes, and standby hosts when their pool starts."""
    hosts, clock = facts.plan.hosts, facts.world.clock
    first_h = np.full(len(hosts.type), int(NEVER), dtype=np.int64)
    np.minimum.at(first_h, facts.host, facts.from_h)
    for pool in range(len(facts.plan.pools)):
        mine = (hosts.pool == pool) & (hosts.recovers < 0)
        first_h[mine & hosts.standby] = first_h[mine].min(initial=int(NEVER))
    month = np.searchsorted(clock.month_edges_h, first_h, side="right") - 1
    late = (hosts.buy_month - month).astype(np.float64)
    yield from over("bought in time", "host", late, 0.0, "months", "months after its first component")
