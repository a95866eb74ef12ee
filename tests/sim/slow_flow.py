"""The flows again, step by step and component by component: slow, and easy to check by eye.

Written from the definitions alone: minutes of downtime are added up interval by interval, power
comes from np.interp, and nothing is shared between alternatives or kept in float32.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import numpy as np

from roomfold.sim.block import Fleet
from roomfold.sim.cloud import CloudSites
from roomfold.sim.demand import demand_span
from roomfold.sim.integrate import COLUMNS, Flow, Future
from roomfold.sim.power import power_w
from roomfold.sim.rooms import RoomSites
from roomfold.sim.timeline import CLOUD

from . import build

PARTS = ("it", "ups", "cooling", "other")


class Moment(NamedTuple):
    """One step of time, in hours."""

    month: int
    start_h: float
    length_h: float


def assert_same(found: Flow, slow: Flow) -> None:
    """All that flowed, to the rounding of float32."""
    assert set(found.series) == set(slow.series)
    for name, column in slow.series.items():
        tolerance = 2e-5 * max(column.max(), 1e-9)
        np.testing.assert_allclose(found.series[name], column, rtol=1e-5, atol=tolerance, err_msg=name)
        assert (found.series[name] >= 0).all(), name
    for name in ("room_kwh", "cloud_kwh", "room_priced_kwh", "cloud_priced_kwh", "heat"):
        one, other = getattr(found, name), getattr(slow, name)
        assert (one is None) == (other is None)
        if one is not None:
            np.testing.assert_allclose(one, other, rtol=2e-5, atol=1e-9, err_msg=name)


def slow_flow(fleet: Fleet, sites: RoomSites, future: Future, tariff=None) -> Flow:
    """What flows in one alternative."""
    clock = fleet.demand.clock
    per = clock.steps_per_hour
    series = {name: np.zeros(clock.hours) for name in COLUMNS}
    places = (len(sites.overhead_ratio), len(future.cloud.facility.rated_w) if future.cloud else 0)
    kwh = [np.zeros((n, clock.months, 4)) for n in places]
    priced = [np.zeros((n, clock.months, 4)) for n in places]
    for month in range(clock.months):
        (span,) = clock.spans(month, 10**6)
        block = demand_of(fleet, span)
        for step in range(span.steps):
            hour, at = span.first_h + step // per, Moment(month, span.first_h + step / per, 1 / per)
            sums = dict.fromkeys(COLUMNS, 0.0)
            server_w = rooms_step(fleet, future, block[:, step], at, sums)
            if future.in_rooms is not None:
                server_w += hosts_in_rooms(fleet, future, block[:, step], at, sums)
            drawn = [facility_step(sites, future.timeline, server_w, at)]
            if future.cloud is not None:
                drawn.append(cloud_step(fleet, future, block[:, step], at, sums))
            for place, (kind, watts) in enumerate(zip(("room", "cloud"), drawn, strict=False)):
                kwh[place][:, month] += watts / 1e3 / per
                priced[place][:, month] += watts / 1e3 / per * (0 if tariff is None else tariff[hour])
                for part, watt in zip(PARTS, watts.sum(axis=0), strict=True):
                    sums[f"{kind}_{part}_kw"] += watt / 1e3
            for name in COLUMNS:
                series[name][hour] += sums[name] / (1e6 if name.endswith("mssj") else 1) / per
    return Flow(*kwh, series, heat(series, clock), *(priced if tariff is not None else (None, None)))


def demand_of(fleet, span):
    """Demand of every component at every step."""
    everyone = np.arange(len(fleet.room))
    if fleet.workload is None:
        return demand_span(fleet.demand, span, everyone).astype(float)
    block = np.empty((len(everyone), span.steps), dtype=np.float32)
    fleet.workload.fill(everyone, span, block)
    return np.where(fleet.demand.mean_ssj[:, None] > 0, block, 0.0)


def heat(series, clock):
    """Mean use of all machines by weekday and hour of the last 12 months."""
    cells = [[[] for _ in range(24)] for _ in range(7)]
    for hour in range(int(clock.month_edges_h[max(clock.months - 12, 0)]), clock.hours):
        there = series["room_capacity_mssj"][hour] + series["cloud_capacity_mssj"][hour]
        load = series["room_load_mssj"][hour] + series["cloud_load_mssj"][hour]
        weekday = (clock.start + timedelta(days=hour // 24)).weekday()
        cells[weekday][hour % 24].append(load / there if there > 0 else 0.0)
    return np.array([[np.mean(cell) for cell in day] for day in cells])


def overlap(start, end, at):
    """Share of a step inside an interval."""
    return max(0.0, min(end, at.start_h + at.length_h) - max(start, at.start_h)) / at.length_h


def share_down(at, *given):
    """Share of a step covered by intervals of things, each a pair of outages and what fails."""
    rows = [(o.start_h[i], o.end_h[i]) for o, what in given for i in range(len(o.what)) if o.what[i] == what]
    reach, found = at.start_h, 0.0
    for start, end in sorted(rows):
        found += overlap(max(start, reach), end, at)
        reach = max(reach, end)
    return found


def rooms_step(fleet, future, wanted, at, sums):
    """Server power of each room in W."""
    time = future.timeline
    watts = np.zeros(len(time.room_open_h))
    for i, room in enumerate(future.room):
        if not time.server_on_h[i] <= at.start_h < time.server_off_h[i]:
            continue
        generation = 1 if time.generation_month[i, 1] <= at.month else 0
        curve = fleet.generation_curve[i, generation]
        part, reach = (1.0, 1.0) if fleet.parts is None else (fleet.parts.share[i], fleet.parts.reach[i])
        down = share_down(at, (time.server_outages, i), (time.room_outages, room))
        whole = build.SSJ_OPS[curve]
        power = fleet.config_factor[i] * part * power_w(build.WATTS[curve], wanted[i] / (part * whole))
        watts[room] += (1 - down) * power
        sums["room_capacity_mssj"] += (1 - down) * part * whole
        served = (1 - down) * min(wanted[i], reach * whole)
        sums["room_load_mssj"] += served
        if at.start_h < time.cloud_on_h[i]:
            sums["demand_mssj"] += wanted[i]
            sums["unserved_mssj"] += wanted[i] - served
    return watts


def facility_step(sites, time, server_w, at):
    """IT, UPS, cooling and other of each room in W, shape (rooms, 4)."""
    result = np.zeros((len(server_w), 4))
    for room, watts in enumerate(server_w):
        if time.room_open_h[room] <= at.start_h < time.room_close_h[room]:
            live = 1 - share_down(at, (time.room_outages, room))
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


def carried(fleet, future, hosts: CloudSites, wanted, at):
    """Load of each host, the share of the step for which it is on, and what was asked for in all."""
    time, edges = future.timeline, fleet.demand.clock.month_edges_h
    load, asked = np.zeros(len(hosts.on_h)), 0.0
    on = (at.start_h >= hosts.on_h).astype(float)
    if hosts.backup is not None:
        for host in np.flatnonzero(hosts.backup.asleep):
            on[host] *= share_recovered(hosts.backup, hosts.backup.covers[host], at, "lost_h")
    for i, host in enumerate(future.host):
        if time.cloud_on_h[i] <= at.start_h < time.cloud_off_h[i]:
            began = sum(edges[1:] <= time.cloud_on_h[i])
            mine = wanted[i] * (1 + future.rebound) ** ((at.month - began) / 12)
            load[host] += mine
            asked += mine
            if hosts.backup is not None and hosts.backup.host[i] >= 0:
                there = share_recovered(hosts.backup, hosts.site[host], at, "start_h")
                load[hosts.backup.host[i]] += mine * there
    failures = hosts.outages
    for i in range(len(failures.what)):
        host, cover = failures.what[i], failures.cover[i]
        down = min(overlap(failures.start_h[i], failures.end_h[i], at), on[host])
        if down > 0:
            rate = load[host] / on[host]
            moved = min(overlap(failures.start_h[i] + hosts.restart_h, failures.end_h[i], at), down)
            load[host] -= rate * down
            on[host] -= down
            if cover >= 0:
                load[cover] += rate * moved
    return load, on, asked


def share_recovered(backup, site, at, since):
    """Share of a step for which a site is taken over, or being so (``since`` is lost_h)."""
    found = backup.recoveries
    mine = np.flatnonzero(found.site == site)
    return min(sum(overlap(getattr(found, since)[i], found.end_h[i], at) for i in mine), 1.0)


def host_sums(hosts: CloudSites, site, load, on, live):
    """What the hosts of a site serve, could serve and draw, while it is energised."""
    here = np.flatnonzero(hosts.site == site)
    served = live * np.minimum(load, on * hosts.capacity_ssj)[here].sum()
    watts = 0.0
    for host in here:
        if on[host] > 0:
            use = load[host] / (on[host] * hosts.capacity_ssj[host])
            watts += on[host] * 1.2 * power_w(build.WATTS[1], use)
    return served, live * (on * hosts.capacity_ssj)[here].sum(), watts * live


def count(hosts, load, on, sums):
    """Hosts that carry anything, and more than they can."""
    sums["hosts_loaded"] += (load > 1e-6 * hosts.capacity_ssj).sum()
    sums["hosts_overloaded"] += (load > on * hosts.capacity_ssj * 1.00001 + 1e-6 * hosts.capacity_ssj).sum()


def cloud_step(fleet, future, wanted, at, sums):
    """IT, UPS, cooling and other of each cloud site in W, shape (sites, 4)."""
    cloud, rows = future.cloud, []
    load, on, asked = carried(fleet, future, cloud, wanted, at)
    count(cloud, load, on, sums)
    sums["demand_mssj"] += asked
    sums["unserved_mssj"] += asked
    for site in range(len(cloud.facility.rated_w)):
        live = 1 - share_down(at, (future.timeline.room_outages, CLOUD - site))
        served, capacity, watts = host_sums(cloud, site, load, on, live)
        sums["unserved_mssj"] -= served
        sums["cloud_load_mssj"] += served
        sums["cloud_capacity_mssj"] += capacity
        live *= at.start_h >= cloud.on_h[cloud.site == site].min()
        rows.append(site_step(cloud.facility, site, watts * (1 + cloud.overhead_it), live, live))
    return np.array(rows)


def hosts_in_rooms(fleet, future, wanted, at, sums):
    """Power of hosts in each room in W; they are down when their room is, and once it has closed."""
    hosts, time = future.in_rooms, future.timeline
    watts = np.zeros(len(time.room_open_h))
    load, on, asked = carried(fleet, future, hosts, wanted, at)
    count(hosts, load, on, sums)
    sums["demand_mssj"] += asked
    sums["unserved_mssj"] += asked
    for site, room in enumerate(future.host_rooms):
        live = 1 - share_down(at, (time.room_outages, room)) if at.start_h < time.room_close_h[room] else 0
        served, capacity, watts[room] = host_sums(hosts, site, load, on, live)
        sums["unserved_mssj"] -= served
        sums["room_load_mssj"] += served
        sums["room_capacity_mssj"] += capacity
    return watts
