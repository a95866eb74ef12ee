"""The flows again, step by step and component by component: slow, and easy to check by eye.

Written from the definitions alone: minutes of downtime are added up interval by interval, power
comes from np.interp, and nothing is shared between alternatives or kept in float32.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from roomfold.sim.block import Fleet
from roomfold.sim.demand import demand_span
from roomfold.sim.integrate import Future
from roomfold.sim.power import power_w
from roomfold.sim.rooms import RoomSites
from roomfold.sim.timeline import CLOUD

from . import build


class Moment(NamedTuple):
    """One step of time, in hours."""

    month: int
    start_h: float
    length_h: float


def overlap(start, end, at):
    """Share of a step inside an interval."""
    return max(0.0, min(end, at.start_h + at.length_h) - max(start, at.start_h)) / at.length_h


def share_down(outages, what, at):
    """Share of a step that a thing is down; its outages must not overlap."""
    rows = [i for i in range(len(outages.what)) if outages.what[i] == what]
    return sum(overlap(outages.start_h[i], outages.end_h[i], at) for i in rows)


def slow_flow(fleet: Fleet, sites: RoomSites, future: Future):
    """Series and energy (rooms, months, 4) and (sites, months, 4) of one alternative."""
    clock, time = fleet.demand.clock, future.timeline
    names = ["room_capacity", "room_load", "demand", "unserved", "cloud_capacity", "cloud_load"]
    series = {name: np.zeros(clock.hours) for name in names}
    room_kwh = np.zeros((len(sites.overhead_ratio), clock.months, 4))
    sites_in_cloud = len(future.cloud.facility.rated_w) if future.cloud else 0
    cloud_kwh = np.zeros((sites_in_cloud, clock.months, 4))
    steps = clock.steps_per_hour
    for month in range(clock.months):
        (span,) = clock.spans(month, 10**6)
        block = demand_span(fleet.demand, span, np.arange(len(fleet.room))).astype(float)
        for step in range(span.steps):
            at = Moment(month, clock.month_edges_h[month] + step / steps, 1 / steps)
            wanted = block[:, step]
            hour, sums = int(at.start_h), {name: np.zeros(1) for name in names}
            watts = rooms_step(fleet, future, wanted, at, sums)
            room_kwh[:, month] += facility_step(sites, time, watts, at) / 1e3 / steps
            if future.cloud is not None:
                cloud_kwh[:, month] += cloud_step(fleet, future, wanted, at, sums) / 1e3 / steps
            for name in names:
                series[name][hour] += sums[name][0] / steps
    return series, room_kwh, cloud_kwh


def rooms_step(fleet, future, wanted, at, sums):
    """Server power of each room in W."""
    time = future.timeline
    watts = np.zeros(len(time.room_open_h))
    for i, room in enumerate(fleet.room):
        if not time.server_on_h[i] <= at.start_h < time.server_off_h[i]:
            continue
        generation = 1 if time.generation_month[i, 1] <= at.month else 0
        curve = fleet.generation_curve[i, generation]
        down = share_down(time.server_outages, i, at) + share_down(time.room_outages, room, at)
        capacity = build.SSJ_OPS[curve]
        power = fleet.config_factor[i] * power_w(build.WATTS[curve], wanted[i] / capacity)
        watts[room] += (1 - down) * power
        sums["room_capacity"][0] += (1 - down) * capacity
        served = (1 - down) * min(wanted[i], capacity)
        sums["room_load"][0] += served
        if at.start_h < time.cloud_on_h[i]:
            sums["demand"][0] += wanted[i]
            sums["unserved"][0] += wanted[i] - served
    return watts


def facility_step(sites, time, server_w, at):
    """IT, UPS, cooling and other of each room in W, shape (rooms, 4)."""
    result = np.zeros((len(server_w), 4))
    for room, watts in enumerate(server_w):
        if time.room_open_h[room] <= at.start_h < time.room_close_h[room]:
            live = 1 - share_down(time.room_outages, room, at)
            it = watts * (1 + sites.overhead_ratio[room]) + sites.overhead_fixed_w[room] * live
            result[room] = site_step(sites.facility, room, it, live, 1)
    return result


def site_step(site, row, it, live, lit):
    """IT, UPS, cooling and other of one site in W."""
    ups = cooling = 0.0
    if live > 0:
        x = it / live / site.rated_w[row]
        ups = live * site.rated_w[row] * (site.a0[row] + site.a1[row] * x + site.a2[row] * x * x)
        cooling = site.fixed_w[row] * live + site.cooling_ratio[row] * (it + ups)
    return np.array([it, ups, cooling, site.lighting_w[row] * lit])


def cloud_step(fleet, future, wanted, at, sums):
    """IT, UPS, cooling and other of each cloud site in W, shape (sites, 4)."""
    time, cloud = future.timeline, future.cloud
    edges = fleet.demand.clock.month_edges_h
    load, asked = np.zeros(len(cloud.on_h)), 0.0
    on = (at.start_h >= cloud.on_h).astype(float)
    if cloud.backup is not None:
        for host in np.flatnonzero(cloud.backup.asleep):
            on[host] *= share_recovered(cloud.backup, cloud.backup.covers[host], at, "lost_h")
    for i, host in enumerate(future.host):
        if time.cloud_on_h[i] <= at.start_h < time.cloud_off_h[i]:
            began = sum(edges[1:] <= time.cloud_on_h[i])
            mine = wanted[i] * (1 + future.rebound) ** ((at.month - began) / 12)
            load[host] += mine
            asked += mine
            if cloud.backup is not None and cloud.backup.host[i] >= 0:
                there = share_recovered(cloud.backup, cloud.site[host], at, "start_h")
                load[cloud.backup.host[i]] += mine * there
    failures = cloud.outages
    for i in range(len(failures.what)):
        host, cover = failures.what[i], failures.cover[i]
        down = overlap(failures.start_h[i], failures.end_h[i], at)
        if down:
            moved = load[host] * overlap(failures.start_h[i] + cloud.restart_h, failures.end_h[i], at)
            load[host] -= load[host] * down
            on[host] -= down
            if cover >= 0:
                load[cover] += moved
    sums["demand"][0] += asked
    sums["unserved"][0] += asked
    sites = range(len(cloud.facility.rated_w))
    return np.array([cloud_site_step(cloud, time, site, load, on, at, sums) for site in sites])


def share_recovered(backup, site, at, since):
    """Share of a step for which a site is taken over, or being so (``since`` is lost_h)."""
    found = backup.recoveries
    mine = np.flatnonzero(found.site == site)
    return sum(overlap(getattr(found, since)[i], found.end_h[i], at) for i in mine)


def cloud_site_step(cloud, time, site, load, on, at, sums):
    """One site: its power, and what it serves."""
    live = 1 - share_down(time.room_outages, CLOUD - site, at)
    here = np.flatnonzero(cloud.site == site)
    served = live * np.minimum(load, on * cloud.capacity_ssj)[here].sum()
    watts = 0.0
    for host in here:
        if on[host] > 0:
            use = load[host] / (on[host] * cloud.capacity_ssj[host])
            watts += on[host] * 1.2 * power_w(build.WATTS[1], use)
    sums["unserved"][0] -= served
    sums["cloud_load"][0] += served
    sums["cloud_capacity"][0] += live * (on * cloud.capacity_ssj)[here].sum()
    live *= at.start_h >= cloud.on_h[here].min()
    return site_step(cloud.facility, site, watts * live * (1 + cloud.overhead_it), live, live)
