"""Hosts that stand in rooms: whose they are, what stands by for them, and that they are worth having.

These rules ask nothing of plans whose hosts stand at sites.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...scenarios.clock import HOURS_PER_DAY
from ...scenarios.estate import NEVER
from .facts import Facts
from .moving import moving
from .violation import Violation, over, wrong

# Of the rules, those that hosts in rooms keep as hosts at sites do.
SHARED = (
    "dedicated",
    "zones and levels",
    "apart",
    "bought in time",
    "host types",
    "flavours",
    "memory",
    "disk",
    "sizes",
    "busy hours",
    "overload",
    "opening",
    "slots",
    "staff",
    "freeze",
    "proof",
)


def own_room(facts: Facts) -> Iterator[Violation]:
    """Every component runs on a host in its own room, and no line is rented."""
    room = facts.plan.host_room
    if room is None:
        return
    astray = room[facts.host] != facts.world.estate.systems.room[facts.system]
    yield from wrong("own room", "server", facts.placed[astray], "is on a host in another room")
    rented = np.flatnonzero(facts.plan.shared_lines > 0)
    yield from wrong("own room", "unit", rented, "rents a line to hosts in its rooms")


def room_standby(facts: Facts) -> Iterator[Violation]:
    """A pool of two hosts or more has its standby hosts, none smaller than what it stands by for."""
    if facts.plan.pool_room is None:
        return
    hosts, pools = facts.plan.hosts, len(facts.plan.pools)
    held = np.unique(facts.host[hosts.standby[facts.host]])
    yield from wrong("room standby", "host", held, "is a standby host and holds components")
    used, spare = (
        np.bincount(hosts.pool, ~hosts.standby, pools),
        np.bincount(hosts.pool, hosts.standby, pools),
    )
    missing = np.where(used > 1, facts.cloud.standby_hosts - spare, 0.0)
    yield from over("room standby", "pool", missing, 0.0, "hosts", "standby hosts too few")
    least = np.full((pools, 2), np.inf)
    np.minimum.at(least, hosts.pool[hosts.standby], facts.capacity[hosts.standby, 1:3])
    for column, what in enumerate(("memory", "disk")):
        most = facts.most_at_once(facts.needs_gb[:, column])
        limit = least[hosts.pool, column]
        yield from over("room standby", "host", most, limit, "GB", f"GB of {what} to stand by for")


def worth_it(facts: Facts) -> Iterator[Violation]:
    """A pool has fewer hosts than the machines that it takes the place of."""
    plan, servers = facts.plan, facts.world.estate.servers
    if plan.pool_room is None:
        return
    pool_of = np.full(len(facts.world.estate.systems.id), -1, dtype=np.int64)
    pool_of[facts.system] = plan.hosts.pool[facts.host]
    mine = pool_of[servers.system]
    parts = servers.machine_share[mine >= 0]
    there = np.ceil(np.bincount(mine[mine >= 0], parts, minlength=len(plan.pools)).round(9))
    taken = np.bincount(plan.hosts.pool, minlength=len(plan.pools)).astype(np.float64)
    yield from over("fewer hosts", "pool", taken, np.maximum(there - 1.0, 0.0), "hosts", "hosts")


def room_deadline(facts: Facts) -> Iterator[Violation]:
    """No system goes over after the deadline but those that the plan itself counts as late."""
    if facts.plan.pool_room is None or facts.chosen.deadline is None:
        return
    end_h = facts.world.clock.hour_of(facts.chosen.deadline) + HOURS_PER_DAY
    late = moving(facts) & (facts.plan.wave_h >= end_h) & (facts.plan.wave_h != int(NEVER))
    words = f"systems after {facts.chosen.deadline} (the plan says {facts.plan.late})"
    counted = np.array([float(np.count_nonzero(late))])
    yield from over("room deadline", "plan", counted, float(facts.plan.late), "systems", words)
