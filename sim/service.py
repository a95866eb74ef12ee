"""Service: what users noticed, by a sweep over the intervals in which systems were down.

A system is down while any of its working components is: when the server that serves it has failed,
its room or its cloud site is out, or its host is down without a standby that has taken over. What a
recovery site runs meanwhile is up, whatever becomes of its own site and host.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..optimize.plan import Plan
from ..scenarios.clock import HOURS_PER_DAY
from ..scenarios.estate import NEVER
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .downtime import Downtime, servers_down
from .run import Recovered, Service
from .sites import host_site
from .takeover import NO_COVER
from .timeline import CLOUD, Ints, Outages, Recoveries, Timeline

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


def service(
    scenario: Scenario, world: World, plan: Plan, timeline: Timeline, series: Mapping[str, Floats]
) -> Service:
    """Service of one alternative; ``series`` as in run.SERIES."""
    down = systems_down(scenario, world, plan, timeline)
    lost = float((down.end_h - down.start_h).sum())
    lived = float(_system_hours(world, timeline).sum())
    demand = float(series["demand_mssj"].sum())
    loaded = float(series["hosts_loaded"].sum())
    return Service(
        availability=1.0 - lost / lived if lived > 0 else 1.0,
        unserved_share=float(series["unserved_mssj"].sum()) / demand if demand > 0 else 0.0,
        system_hours_lost=lost,
        worst_down=most_at_once(down.start_h, down.end_h),
        recovered=_recovered(scenario, world, plan, timeline, down),
        overload_share=float(series["hosts_overloaded"].sum()) / loaded if loaded > 0 else 0.0,
    )


def _recovered(
    scenario: Scenario, world: World, plan: Plan, timeline: Timeline, with_it: Downtime
) -> Recovered | None:
    if plan.recovery is None:
        return None
    down = systems_down(scenario, world, plan, replace(timeline, recoveries=Recoveries.none()))
    lost = sum(
        _protected_at(world, plan, timeline, int(site), float(hour))
        for site, hour in zip(timeline.recoveries.site, timeline.recoveries.lost_h, strict=True)
    )
    return Recovered(
        takeovers=len(timeline.recoveries.site),
        data_lost_minutes=lost * plan.recovery.rpo_minutes / 2,
        worst_day_hours=worst_day_hours(with_it.start_h, with_it.end_h),
        system_hours_lost_without=float((down.end_h - down.start_h).sum()),
        worst_down_without=most_at_once(down.start_h, down.end_h),
        worst_day_hours_without=worst_day_hours(down.start_h, down.end_h),
    )


def _protected_at(world: World, plan: Plan, timeline: Timeline, site: int, hour: float) -> int:
    """Number of protected systems that run at a site at an hour."""
    assert plan.recovery is not None
    there = (plan.recovery.placement >= 0) & (_component_site(plan) == site)
    there &= (timeline.cloud_on_h <= hour) & (timeline.cloud_off_h > hour)
    return len(np.unique(world.estate.servers.system[there]))


def systems_down(scenario: Scenario, world: World, plan: Plan, timeline: Timeline) -> Downtime:
    """When each system is down; ``what`` is a row of systems."""
    servers, systems = world.estate.servers, world.estate.systems
    room = systems.room[servers.system].astype(np.int64)
    in_room = servers_down(timeline.server_outages, timeline.room_outages, room)
    room_end_h = np.minimum(timeline.server_off_h, timeline.cloud_on_h)
    parts = [_cut(in_room.what, in_room.start_h, in_room.end_h, timeline.server_on_h, room_end_h)]
    site, out = _component_site(plan), timeline.room_outages
    lost = np.flatnonzero(out.what < 0 if plan.pool_room is None else out.what >= 0)
    where = CLOUD - out.what[lost] if plan.pool_room is None else out.what[lost]
    restart_h = world.of(scenario.reliability.restart_minutes) / 60
    for what, start, end, place in (
        (*hosts_down(timeline.host_outages, restart_h), plan.placement),
        (where, out.start_h[lost], out.end_h[lost], site),
    ):
        which, member = _members(what, place)
        cut = _cut(member, start[which], end[which], timeline.cloud_on_h, timeline.cloud_off_h)
        parts.append(_without_recoveries(plan, timeline.recoveries, site, *cut))
    component, begins, ends = (np.concatenate(column) for column in zip(*parts, strict=True))
    works = ~servers.zombie[component]
    return Downtime.union(servers.system[component[works]].astype(np.int64), begins[works], ends[works])


def _component_site(plan: Plan) -> Rows:
    """Site of each component's host, or its room, -1 if it never runs on one."""
    site = np.full(len(plan.placement), -1, dtype=np.int64)
    placed = plan.placement >= 0
    where = host_site(plan) if plan.host_room is None else plan.host_room
    site[placed] = where[plan.placement[placed]]
    return site


def _without_recoveries(
    plan: Plan, found: Recoveries, site: Rows, row: Rows, start_h: Floats, end_h: Floats
) -> tuple[Rows, Floats, Floats]:
    """Downtime of components on the cloud less the time for which a recovery site runs them."""
    if plan.recovery is None:
        return row, start_h, end_h
    for lost, begins, ends in zip(found.site, found.start_h, found.end_h, strict=True):
        spared = (plan.recovery.placement[row] >= 0) & (site[row] == lost)
        spared &= (start_h < ends) & (end_h > begins)
        before = np.where(spared, np.minimum(end_h, begins), end_h)
        after = np.maximum(start_h[spared], ends)
        row = np.concatenate([row, row[spared]])
        start_h = np.concatenate([start_h, after])
        end_h = np.concatenate([before, end_h[spared]])
        kept = start_h < end_h
        row, start_h, end_h = row[kept], start_h[kept], end_h[kept]
    return row, start_h, end_h


def hosts_down(outages: Outages, restart_h: float) -> tuple[Rows, Floats, Floats]:
    """Intervals in which what is placed on a host is down: host, start and end.

    A covered host is down for the restart, and while the standby that carries it is down in its turn.
    """
    intervals: list[list[tuple[float, float]]] = [[] for _ in outages.what]
    later: dict[int, list[int]] = {}
    for i in reversed(range(len(intervals))):
        start, end, cover = float(outages.start_h[i]), float(outages.end_h[i]), int(outages.cover[i])
        back = end if cover == NO_COVER else min(start + restart_h, end)
        intervals[i].append((start, back))
        for j in later.get(cover, ()):
            for low, high in intervals[j]:
                if max(low, back) < min(high, end):
                    intervals[i].append((max(low, back), min(high, end)))
        later.setdefault(int(outages.what[i]), []).append(i)
    flat = [(int(outages.what[i]), *interval) for i, row in enumerate(intervals) for interval in row]
    table = np.array(flat, dtype=np.float64).reshape(-1, 3)
    return table[:, 0].astype(np.int64), table[:, 1], table[:, 2]


def most_at_once(start_h: Floats, end_h: Floats) -> int:
    """Largest number of half-open intervals that overlap."""
    time = np.concatenate([end_h, start_h])
    step = np.repeat([-1, 1], len(start_h))
    return int(np.cumsum(step[np.argsort(time, kind="stable")]).max(initial=0))


def worst_day_hours(start_h: Floats, end_h: Floats) -> float:
    """Most hours of intervals within one day, all of them added up."""
    last = int(end_h.max(initial=0.0)) // HOURS_PER_DAY + 2
    days = np.arange(last, dtype=np.float64) * HOURS_PER_DAY
    lost = _hours_since(start_h, days) - _hours_since(end_h, days)
    return float(np.diff(lost).max())


def _hours_since(instants: Floats, days: Floats) -> Floats:
    """Hours from each instant that has passed to each day, added up, shape (days,)."""
    ordered = np.sort(instants)
    passed = np.searchsorted(ordered, days)
    return np.asarray(passed * days - np.concatenate([[0.0], np.cumsum(ordered)])[passed])


def _members(what: NDArray[np.integer], place: NDArray[np.integer]) -> tuple[Rows, Rows]:
    """All pairs of a position in ``what`` and a component whose place it names."""
    order = np.argsort(place, kind="stable")
    first = np.searchsorted(place[order], what, side="left")
    count = np.searchsorted(place[order], what, side="right") - first
    which = np.repeat(np.arange(len(what)), count)
    offset = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    return which, order[first[which] + offset]


def _cut(row: Rows, start_h: Floats, end_h: Floats, on_h: Ints, off_h: Ints) -> tuple[Rows, Floats, Floats]:
    """Intervals cut to what lies between ``on_h`` and ``off_h`` of their row."""
    start, end = np.maximum(start_h, on_h[row]), np.minimum(end_h, off_h[row])
    kept = start < end
    return row[kept], start[kept], end[kept]


def _system_hours(world: World, timeline: Timeline) -> Floats:
    """Hours within the run in which each system should serve, shape (systems,)."""
    servers, hours = world.estate.servers, world.clock.hours
    n = len(world.estate.systems.id)
    works = ~servers.zombie
    system = servers.system[works]
    on_cloud = timeline.cloud_on_h != NEVER
    begins, ends = np.full(n, hours), np.zeros(n, dtype=np.int64)
    np.minimum.at(begins, system, np.minimum(timeline.server_on_h, timeline.cloud_on_h)[works])
    end_h = np.where(on_cloud, timeline.cloud_off_h, timeline.server_off_h)
    exists = on_cloud | (timeline.server_on_h != NEVER)
    np.maximum.at(ends, system, np.where(exists, np.minimum(end_h, hours), 0)[works])
    return np.asarray(np.maximum(ends - begins, 0), dtype=np.float64)
