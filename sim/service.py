"""Service: what users noticed, by a sweep over the intervals in which systems were down.

A system is down while any of its working components is: when the server that serves it has failed,
its room or the cloud site is out, or its host is down without a standby that has taken over.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..optimize.plan import Plan
from ..scenarios.estate import NEVER
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .downtime import Downtime, servers_down
from .run import Service
from .takeover import NO_COVER
from .timeline import CLOUD, Ints, Outages, Timeline

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
    return Service(
        availability=1.0 - lost / lived if lived > 0 else 1.0,
        unserved_share=float(series["unserved_mssj"].sum()) / demand if demand > 0 else 0.0,
        system_hours_lost=lost,
        worst_down=most_at_once(down.start_h, down.end_h),
    )


def systems_down(scenario: Scenario, world: World, plan: Plan, timeline: Timeline) -> Downtime:
    """When each system is down; ``what`` is a row of systems."""
    servers, systems = world.estate.servers, world.estate.systems
    room = systems.room[servers.system].astype(np.int64)
    in_room = servers_down(timeline.server_outages, timeline.room_outages, room)
    room_end_h = np.minimum(timeline.server_off_h, timeline.cloud_on_h)
    parts = [_cut(in_room.what, in_room.start_h, in_room.end_h, timeline.server_on_h, room_end_h)]
    restart_h = world.of(scenario.reliability.restart_minutes) / 60
    host, start_h, end_h = hosts_down(timeline.host_outages, restart_h)
    site = np.flatnonzero(timeline.room_outages.what == CLOUD)
    on_site = np.where(timeline.cloud_on_h != NEVER, CLOUD, CLOUD - 1)
    for what, start, end, place in (
        (host, start_h, end_h, plan.placement),
        (
            timeline.room_outages.what[site],
            timeline.room_outages.start_h[site],
            timeline.room_outages.end_h[site],
            on_site,
        ),
    ):
        which, member = _members(what, place)
        parts.append(_cut(member, start[which], end[which], timeline.cloud_on_h, timeline.cloud_off_h))
    component, begins, ends = (np.concatenate(column) for column in zip(*parts, strict=True))
    works = ~servers.zombie[component]
    return Downtime.union(servers.system[component[works]].astype(np.int64), begins[works], ends[works])


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
