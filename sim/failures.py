"""Failures: alternating renewal processes, drawn for all entities at once.

Failures come at a rate that may grow with age, repairs last an exponential time, and nothing fails
while it is down. Candidates come from a Poisson process at the highest rate that the entity can
reach in any alternative; each is taken with probability rate / highest rate (thinning: Lewis and
Shedler 1979, doi 10.1002/nav.3800260304) unless the entity is down. As the exponential has no
memory, what is left is exactly the alternating process. Candidates depend on the entity's id alone,
so alternatives share every failure that age and service allow.

Servers and hosts wait for a team to repair them (see repair); rooms and whole sites do not. Times lie on
the grid of exact hours (see grid).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..optimize.plan import Hosts
from ..scenarios.cloud import Cloud
from ..scenarios.elementary import log
from ..scenarios.estate import NEVER
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .grid import down_to_grid, up_to_grid
from .repair import Crews, Failures, field_crews, repairs
from .sites import UNNAMED
from .timeline import CLOUD, Ints, Outages, Repairs

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

HOURS_PER_YEAR = 8766.0
HOURS_PER_MONTH = HOURS_PER_YEAR / 12
AGEING_STARTS_YEARS = 3.0


@dataclass(frozen=True)
class _Candidates:
    """Instants at which something may fail, shape (candidates,) each."""

    row: Rows
    start_h: Floats
    repair_h: Floats
    u: Floats


def renewals(
    world: World,
    stream: str,
    ids: NDArray[np.integer],
    highest_rate_per_h: Floats,
    mean_repair_h: Floats,
    share: Callable[[Rows, Floats], Floats] | None = None,
) -> Outages:
    """Times during which entities are down, within the horizon, sorted by start; repair begins at once.

    Args:
        ids: own the random numbers, shape (n,).
        highest_rate_per_h: failures per hour of operation, an upper bound, shape (n,).
        mean_repair_h: shape (n,).
        share: rate over the highest rate for rows at hours; 1 if None.

    Returns:
        Outages whose ``what`` is a position in ``ids``; intervals of one entity do not overlap.
    """
    found = possible(world, stream, ids, highest_rate_per_h, mean_repair_h, share)
    end_h = found.start_h + found.repair_h
    up = _while_up(found.row, found.start_h, end_h)
    return _outages(found.row[up], found.start_h[up], np.minimum(end_h[up], float(world.clock.hours)))


def possible(
    world: World,
    stream: str,
    ids: NDArray[np.integer],
    highest_rate_per_h: Floats,
    mean_repair_h: Floats,
    share: Callable[[Rows, Floats], Floats] | None = None,
) -> Failures:
    """Failures within the horizon of entities that are up; arguments as in ``renewals``."""
    found = _candidates(world, stream, ids, highest_rate_per_h, mean_repair_h)
    if share is not None:
        taken = found.u < share(found.row, found.start_h)
        found = _Candidates(found.row[taken], found.start_h[taken], found.repair_h[taken], found.u[taken])
    return Failures(found.row, down_to_grid(found.start_h), up_to_grid(found.repair_h))


def _candidates(
    world: World, stream: str, ids: NDArray[np.integer], rate_per_h: Floats, mean_repair_h: Floats
) -> _Candidates:
    """Round k draws the k-th candidate of every entity that has not passed the horizon."""
    rows = np.flatnonzero(rate_per_h > 0)
    time = np.zeros(len(rows))
    found = [(rows[:0], time[:0], time[:0], time[:0])]
    while len(rows):
        u = world.uniforms(f"{stream}/{len(found) - 1}", ids[rows], draws=3)
        time = time - log(u[:, 0]) / rate_per_h[rows]
        within = time < world.clock.hours
        rows, time, u = rows[within], time[within], u[within]
        found.append((rows, time, -log(u[:, 1]) * mean_repair_h[rows], u[:, 2]))
    return _Candidates(*(np.concatenate(column) for column in zip(*found, strict=True)))


def _while_up(row: Rows, start: Floats, end: Floats) -> NDArray[np.bool_]:
    """Which failures hit an entity that is up; the k-th ones of all entities are settled together."""
    order = np.lexsort((start, row))
    first = np.searchsorted(row[order], row[order], side="left")
    rank = np.arange(len(row)) - first
    up = np.zeros(len(row), dtype=np.bool_)
    busy_until = np.zeros(int(row.max(initial=0)) + 1)
    by_rank = order[np.argsort(rank, kind="stable")]
    for these in np.split(by_rank, np.cumsum(np.bincount(rank))[:-1]):
        hits = these[start[these] >= busy_until[row[these]]]
        up[hits] = True
        busy_until[row[hits]] = end[hits]
    return up


def _outages(what: Rows, start: Floats, end: Floats, cover: Ints | None = None) -> Outages:
    order = np.lexsort((what, start))
    none = np.full(len(what), -1, dtype=np.int32)
    return Outages(
        what[order].astype(np.int32), start[order], end[order], none if cover is None else cover[order]
    )


def in_service(outages: Outages, on_h: Ints, off_h: Ints) -> Outages:
    """Outages that begin while the thing is in service, cut where its service ends."""
    on, off = on_h[outages.what], off_h[outages.what]
    kept = (outages.start_h >= on) & (outages.start_h < off)
    return Outages(
        outages.what[kept],
        outages.start_h[kept],
        np.minimum(outages.end_h, off)[kept],
        outages.cover[kept],
    )


def _wear(age_years: Floats, ageing: float) -> Floats:
    """Failure rate over that of a young machine."""
    return 1.0 + ageing * np.maximum(age_years - AGEING_STARTS_YEARS, 0.0)


def server_failures(
    scenario: Scenario, world: World, generation_month: Ints, on_h: Ints, off_h: Ints
) -> Repairs:
    """Failures of servers in service and their repair; parts of one machine fail with it.

    Args:
        generation_month: of the machines that stand in this alternative (see Timeline).
    """
    servers, reliability = world.estate.servers, scenario.reliability
    mtbf, ageing = world.of(reliability.server_mtbf_h), world.of(reliability.ageing_per_year)
    bought_h = np.where(generation_month == NEVER, np.inf, generation_month * HOURS_PER_MONTH)
    bought_h[:, 0] = servers.bought_month * HOURS_PER_MONTH
    oldest = _wear((world.clock.hours - bought_h[:, 0]) / HOURS_PER_YEAR, ageing)

    def share(row: Rows, hour: Floats) -> Floats:
        there = bought_h[row] <= hour[:, None]
        bought = np.where(there, bought_h[row], bought_h[row, :1]).max(axis=1)
        wear = _wear((hour - bought) / HOURS_PER_YEAR, ageing)
        return np.asarray(wear / oldest[row], dtype=np.float64)  # before it is there it is not in service

    repair = np.full(len(servers.id), world.of(reliability.server_mttr_h))
    found = possible(world, "server-failure", servers.machine, oldest / mtbf, repair, share)
    return repairs(found, on_h, _within(world, off_h), field_crews(reliability, world))


def host_failures(
    scenario: Scenario,
    world: World,
    cloud: Cloud,
    hosts: Hosts,
    on_h: Ints,
    crews: Crews,
    mean_repair_h: float,
) -> Repairs:
    """Failures of hosts in service and their repair, before anything takes over.

    Args:
        hosts: of the plan.
        on_h: of each host, shape (hosts,).
        crews: who repairs them.
    """
    reliability, clock = scenario.reliability, world.clock
    mtbf, ageing = world.of(reliability.host_mtbf_h), world.of(reliability.ageing_per_year)
    life_h = round(world.of(cloud.host_life_years) * 12) * HOURS_PER_MONTH
    # Hosts owned before they are switched on may have their whole life behind them.
    new_h = np.where(hosts.owned, hosts.bought_month * HOURS_PER_MONTH, on_h)
    longest_h = np.where(hosts.owned, life_h, min(clock.hours, life_h))
    oldest = _wear(longest_h / HOURS_PER_YEAR, ageing)

    def share(row: Rows, hour: Floats) -> Floats:
        age_h = (hour - new_h[row]) % life_h
        return _wear(age_h / HOURS_PER_YEAR, ageing) / oldest[row]

    repair = np.full(len(on_h), mean_repair_h)
    found = possible(world, "host-failure", np.arange(len(on_h)), oldest / mtbf, repair, share)
    off_h = np.full(len(on_h), clock.hours, dtype=np.int32)
    return repairs(found, on_h, off_h, crews)


def _within(world: World, off_h: Ints) -> Ints:
    return np.minimum(off_h, world.clock.hours).astype(np.int32)


def room_outages(world: World, open_h: Ints, close_h: Ints) -> Outages:
    """Outages of rooms while they are open."""
    rooms = world.estate.rooms
    rate = rooms.outages_per_year / HOURS_PER_YEAR
    return in_service(renewals(world, "room-outage", rooms.id, rate, rooms.outage_hours), open_h, close_h)


def site_outages(world: World, cloud: Cloud, names: Sequence[str], on_h: NDArray[np.integer]) -> Outages:
    """Outages of whole sites from the hour at which the first host of each is on, shape (sites,).

    A site of a name has the same outages in every alternative.
    """
    rate = np.array([world.of(cloud.outages_per_year) / HOURS_PER_YEAR])
    repair = np.array([world.of(cloud.outage_hours)])
    found = Repairs.none().outages()
    for row, name in enumerate(names):
        stream = "site-outage" if name == UNNAMED else f"site-outage of {name}"
        drawn = renewals(world, stream, np.zeros(1, dtype=np.int64), rate, repair)
        kept = drawn.start_h >= on_h[row]
        what = np.full(int(kept.sum()), CLOUD - row, dtype=np.int32)
        found = merged(found, Outages(what, drawn.start_h[kept], drawn.end_h[kept], drawn.cover[kept]))
    return found


def merged(one: Outages, other: Outages) -> Outages:
    """Both, sorted by start."""
    return _outages(
        np.concatenate([one.what, other.what]).astype(np.int64),
        np.concatenate([one.start_h, other.start_h]),
        np.concatenate([one.end_h, other.end_h]),
        np.concatenate([one.cover, other.cover]),
    )
