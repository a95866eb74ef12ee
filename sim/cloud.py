"""The cloud sites: what their hosts carry, lose and draw in one span of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..optimize.compiled import compiled
from ..scenarios.clock import Span
from .downtime import Downtime
from .facility import Facility
from .power import Curves, fill_power
from .timeline import CLOUD, Outages, Recoveries

Floats = NDArray[np.float64]
Float32s = NDArray[np.float32]
Indices = NDArray[np.int64]

NO_COVER = -1
_HOSTS_AT_ONCE = 4096
# Load and capacity are sums in single precision.
_ROUNDING = 1e-5


@dataclass(frozen=True)
class CloudSites:
    """The sites of one alternative and their hosts.

    Attributes:
        site: row of the site of each host, shape (hosts,).
        hosts: power curve of each host, configuration included.
        capacity_ssj: throughput of each host, shape (hosts,).
        on_h: hour at which each host is switched on, shape (hosts,).
        overhead_it: power of storage, network and appliances per W of host power.
        restart_h: time to restart components on the standby host.
        facility: UPS and cooling of each site.
        down: outages of whole sites, ``what`` as in Timeline.room_outages.
        outages: failures of hosts.
        backup: recovery of whole sites; None where no site takes over.
    """

    site: Indices
    hosts: Curves
    capacity_ssj: Floats
    on_h: NDArray[np.int32]
    overhead_it: float
    restart_h: float
    facility: Facility
    down: Downtime
    outages: Outages
    backup: Backup | None = None


@dataclass(frozen=True)
class Backup:
    """Recovery hosts, and when they stand in.

    Attributes:
        host: recovery host of each component, -1 if it is not protected, shape (components,).
        covers: site for which each host stands in, -1 for other hosts, shape (hosts,).
        asleep: hosts that run only while the site they cover is out and taken over, shape (hosts,).
        recoveries: the take-overs.
    """

    host: Indices
    covers: Indices
    asleep: NDArray[np.bool_]
    recoveries: Recoveries

    def acts(self, span: Span) -> bool:
        """Whether a take-over falls into a span."""
        found = self.recoveries
        return bool(((found.lost_h < span.first_h + span.hours) & (found.end_h > span.first_h)).any())

    def carrying(self, span: Span) -> Float32s:
        """Share of each step for which each host carries what it covers, shape (hosts, steps)."""
        return self._shares(self.recoveries.start_h, span)

    def wake(self, on: Float32s, span: Span) -> None:
        """Cut the share of each step for which hosts are on to that for which they run, in place."""
        if self.asleep.any():
            on[self.asleep] *= self._shares(self.recoveries.lost_h, span)[self.asleep]

    def _shares(self, start_h: Floats, span: Span) -> Float32s:
        shares = np.zeros((len(self.covers), span.steps), dtype=np.float32)
        for site, start, end in zip(self.recoveries.site, start_h, self.recoveries.end_h, strict=True):
            if start < span.first_h + span.hours and end > span.first_h:
                shares[self.covers == site] += _share(start - span.first_h, end - span.first_h, span)
        return np.minimum(shares, 1.0)


class CloudFlow(NamedTuple):
    """One span of the cloud sites.

    ``it_w``, ``ups_w``, ``cooling_w`` and ``other_w`` by site, shape (sites, steps); ``served``,
    ``unserved`` and ``capacity`` in ssj_ops over all sites, ``loaded`` and ``overloaded`` the number of hosts
    that carry anything, and more than they can, shape (steps,).
    """

    it_w: Floats
    ups_w: Floats
    cooling_w: Floats
    other_w: Floats
    served: Floats
    unserved: Floats
    capacity: Floats
    loaded: Floats
    overloaded: Floats


def cloud_flow(cloud: CloudSites, load: Float32s, span: Span, protected: Float32s | None = None) -> CloudFlow:
    """What the sites do with the load placed on them.

    Args:
        load: load of each host as planned, shape (hosts, steps); overwritten.
        protected: load that each recovery host would carry if the site it covers were out the whole
            time, shape (hosts, steps); None where no take-over falls into the span.
    """
    time = span.first_step + np.arange(span.steps)
    on_step = cloud.on_h.astype(np.int64) * span.steps_per_hour
    asked = load.sum(axis=0, dtype=np.float64)
    on = (time >= on_step[:, None]).astype(np.float32)
    if cloud.backup is not None:
        cloud.backup.wake(on, span)
        if protected is not None:
            load += protected * cloud.backup.carrying(span)
    _fail_over(cloud, load, on, span)
    energised = _share_up(cloud, span)
    served, it, capacity, counts = _hosts_of_sites(cloud, load, on, span)
    served *= energised
    it *= 1 + cloud.overhead_it
    it *= energised
    first_step = np.full(len(energised), np.iinfo(np.int64).max)
    np.minimum.at(first_step, cloud.site, on_step)
    live = energised * (time >= first_step[:, None])
    ups = cloud.facility.ups_loss_w(it, live)
    cooling = cloud.facility.cooling_w(it, ups, live)
    other = cloud.facility.lighting_w[:, None] * live
    served_in_all = served.sum(axis=0)
    reach = (capacity * energised).sum(axis=0)
    return CloudFlow(it, ups, cooling, other, served_in_all, asked - served_in_all, reach, *counts)


class HostFlow(NamedTuple):
    """One span of hosts in rooms; ``watts`` by room, shape (rooms, steps), the rest as in CloudFlow."""

    watts: Floats
    served: Floats
    unserved: Floats
    capacity: Floats
    loaded: Floats
    overloaded: Floats


def host_flow(hosts: CloudSites, load: Float32s, span: Span) -> HostFlow:
    """What hosts do with the load placed on them, where UPS and cooling are those of their rooms.

    Args:
        load: load of each host as planned, shape (hosts, steps); overwritten.
    """
    time = span.first_step + np.arange(span.steps)
    on = (time >= hosts.on_h.astype(np.int64)[:, None] * span.steps_per_hour).astype(np.float32)
    asked = load.sum(axis=0, dtype=np.float64)
    _fail_over(hosts, load, on, span)
    energised = np.maximum(_share_up(hosts, span), 0.0)
    served, watts, capacity, counts = _hosts_of_sites(hosts, load, on, span)
    done = (served * energised).sum(axis=0)
    return HostFlow(watts * energised, done, asked - done, (capacity * energised).sum(axis=0), *counts)


def _fail_over(cloud: CloudSites, load: Float32s, on: Float32s, span: Span) -> None:
    """Take failed hosts out of ``on`` and move their load to the host that covers, in place.

    Failures are taken in the order in which they begin; a standby host that fails in its turn loses
    what it carries. Until components have restarted, and without cover, their load is lost.
    """
    failures = cloud.outages
    seen = np.flatnonzero((failures.start_h < span.first_h + span.hours) & (failures.end_h > span.first_h))
    for i in seen[np.argsort(failures.start_h[seen], kind="stable")]:
        host, cover = failures.what[i], failures.cover[i]
        start, end = failures.start_h[i] - span.first_h, failures.end_h[i] - span.first_h
        down = np.minimum(_share(start, end, span), on[host])
        rate = np.divide(load[host], on[host], out=np.zeros_like(down), where=on[host] > 0)
        load[host] -= rate * down
        on[host] -= down
        if cover != NO_COVER:
            load[cover] += rate * np.minimum(_share(start + cloud.restart_h, end, span), down)


def _hosts_of_sites(
    cloud: CloudSites, load: Float32s, on: Float32s, span: Span
) -> tuple[Floats, Floats, Floats, Floats]:
    """What the hosts of each site serve, draw and could serve, shape (sites, steps) each.

    Last, how many hosts of all sites are loaded and overloaded, shape (2, steps).
    """
    sites = len(cloud.facility.rated_w)
    served, watts, reach = (np.zeros((sites, span.steps)) for _ in range(3))
    counts = np.zeros((2, span.steps))
    for start in range(0, len(load), _HOSTS_AT_ONCE):
        hosts = slice(start, start + _HOSTS_AT_ONCE)
        capacity = cloud.capacity_ssj[hosts].astype(np.float32)
        power = _host_power(cloud.hosts.only(hosts), load[hosts], on[hosts], capacity)
        _add_hosts(cloud.site[hosts], load[hosts], on[hosts], capacity, power, served, watts, reach)
        _count_hosts(load[hosts], on[hosts], capacity, counts)
    return served, watts, reach, counts


def _host_power(hosts: Curves, load: Float32s, on: Float32s, capacity: Float32s) -> Float32s:
    utilisation, power = np.empty_like(load), np.empty_like(load)
    peak = np.zeros(len(load), dtype=np.float32)
    _utilise(load, on, capacity, utilisation, peak)
    fill_power(hosts, utilisation, np.ones_like(peak), peak.astype(np.float64), power)
    return power


@compiled
def _utilise(load: Float32s, on: Float32s, capacity: Float32s, out: Float32s, peak: Float32s) -> None:
    """Load over what is reachable of each host, and its highest value; 0 while it is off."""
    zero = np.float32(0)
    for host in range(len(load)):
        asked, share, line = load[host], on[host], out[host]
        for step in range(len(line)):
            reachable = share[step] * capacity[host]
            line[step] = asked[step] / reachable if reachable > zero else zero
        for step in range(len(line)):
            peak[host] = max(peak[host], line[step])


@compiled
def _add_hosts(
    site: Indices,
    load: Float32s,
    on: Float32s,
    capacity: Float32s,
    power: Float32s,
    served: Floats,
    watts: Floats,
    reach: Floats,
) -> None:
    """Add what hosts serve, draw and could serve, host after host, to the sums by site and step."""
    for host in range(len(load)):
        asked, share, drawn = load[host], on[host], power[host]
        done, energy, most = served[site[host]], watts[site[host]], reach[site[host]]
        for step in range(len(done)):
            reachable = share[step] * capacity[host]
            done[step] += np.float64(min(asked[step], reachable))
            energy[step] += np.float64(drawn[step] * share[step])
            most[step] += np.float64(reachable)


@compiled
def _count_hosts(load: Float32s, on: Float32s, capacity: Float32s, counts: Floats) -> None:
    """Add the hosts that carry anything, and those that are asked for more than they can do, by step."""
    for host in range(len(load)):
        asked, share = load[host], on[host]
        for step in range(len(asked)):
            if asked[step] > 0.0:
                counts[0, step] += 1.0
                if np.float64(asked[step]) > np.float64(share[step]) * capacity[host] * (1.0 + _ROUNDING):
                    counts[1, step] += 1.0


def _share(start_h: float, end_h: float, span: Span) -> Float32s:
    """Share of each step that lies within [start_h, end_h), hours since the span's first."""
    step, per_hour = np.arange(span.steps), span.steps_per_hour
    inside = np.minimum(step + 1, end_h * per_hour) - np.maximum(step, start_h * per_hour)
    share: Float32s = np.maximum(inside, 0).astype(np.float32)
    return share


def _share_up(cloud: CloudSites, span: Span) -> Floats:
    """Share of each step for which each site is energised, shape (sites, steps)."""
    sites, cells = len(cloud.facility.rated_w), cloud.down.within(span)
    cell = (CLOUD - cells.what) * span.steps + cells.step
    lost = np.bincount(cell, cells.share, minlength=sites * span.steps)
    return np.asarray(1.0 - lost.reshape(sites, span.steps), dtype=np.float64)
