"""The cloud site: what its hosts carry, lose and draw in one span of time."""

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
from .timeline import Outages

Floats = NDArray[np.float64]
Float32s = NDArray[np.float32]

NO_COVER = -1
_HOSTS_AT_ONCE = 4096


@dataclass(frozen=True)
class CloudSite:
    """The site of one alternative.

    Attributes:
        hosts: power curve of each host, configuration included.
        capacity_ssj: throughput of each host, shape (hosts,).
        on_h: hour at which each host is switched on, shape (hosts,).
        overhead_it: power of storage, network and appliances per W of host power.
        restart_h: time to restart components on the standby host.
        facility: UPS and cooling, one site.
        down: outages of the whole site.
        outages: failures of hosts.
    """

    hosts: Curves
    capacity_ssj: Floats
    on_h: NDArray[np.int32]
    overhead_it: float
    restart_h: float
    facility: Facility
    down: Downtime
    outages: Outages


class CloudFlow(NamedTuple):
    """One span of the cloud site, shape (steps,) each: W, or ssj_ops."""

    it_w: Floats
    ups_w: Floats
    cooling_w: Floats
    other_w: Floats
    served: Floats
    unserved: Floats
    capacity: Floats


def cloud_flow(site: CloudSite, load: Float32s, span: Span) -> CloudFlow:
    """What the site does with the load placed on it.

    Args:
        load: load of each host as planned, shape (hosts, steps); overwritten.
    """
    time = span.first_step + np.arange(span.steps)
    on_step = site.on_h.astype(np.int64) * span.steps_per_hour
    asked = load.sum(axis=0, dtype=np.float64)
    on = (time >= on_step[:, None]).astype(np.float32)
    _fail_over(site, load, on, span)
    energised = _share_up(site.down, span)
    served, it, capacity = (np.zeros(span.steps) for _ in range(3))
    for start in range(0, len(load), _HOSTS_AT_ONCE):
        hosts = slice(start, start + _HOSTS_AT_ONCE)
        reachable = site.capacity_ssj[hosts].astype(np.float32)
        power = _host_power(site.hosts.only(hosts), load[hosts], on[hosts], reachable)
        _add_hosts(load[hosts], on[hosts], reachable, power, served, it, capacity)
    served *= energised
    it = it * (1 + site.overhead_it) * energised
    live = energised * (time >= on_step.min())
    ups = site.facility.ups_loss_w(it[None], live[None])
    cooling = site.facility.cooling_w(it[None], ups, live[None])
    other = site.facility.lighting_w * live
    return CloudFlow(it, ups[0], cooling[0], other, served, asked - served, capacity * energised)


def _fail_over(site: CloudSite, load: Float32s, on: Float32s, span: Span) -> None:
    """Take failed hosts out of ``on`` and move their load to the host that covers, in place.

    Failures are taken in the order in which they begin; a standby host that fails in its turn loses
    what it carries. Until components have restarted, and without cover, their load is lost.
    """
    failures = site.outages
    seen = np.flatnonzero((failures.start_h < span.first_h + span.hours) & (failures.end_h > span.first_h))
    for i in seen[np.argsort(failures.start_h[seen], kind="stable")]:
        host, cover = failures.what[i], failures.cover[i]
        start, end = failures.start_h[i] - span.first_h, failures.end_h[i] - span.first_h
        down = np.minimum(_share(start, end, span), on[host])
        rate = np.divide(load[host], on[host], out=np.zeros_like(down), where=on[host] > 0)
        load[host] -= rate * down
        on[host] -= down
        if cover != NO_COVER:
            load[cover] += rate * np.minimum(_share(start + site.restart_h, end, span), down)


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
    load: Float32s,
    on: Float32s,
    capacity: Float32s,
    power: Float32s,
    served: Floats,
    watts: Floats,
    reach: Floats,
) -> None:
    """Add what hosts serve, draw and could serve, host after host, to the sums by step."""
    for host in range(len(load)):
        asked, share, drawn = load[host], on[host], power[host]
        for step in range(len(served)):
            reachable = share[step] * capacity[host]
            served[step] += np.float64(min(asked[step], reachable))
            watts[step] += np.float64(drawn[step] * share[step])
            reach[step] += np.float64(reachable)


def _share(start_h: float, end_h: float, span: Span) -> Float32s:
    """Share of each step that lies within [start_h, end_h), hours since the span's first."""
    step, per_hour = np.arange(span.steps), span.steps_per_hour
    inside = np.minimum(step + 1, end_h * per_hour) - np.maximum(step, start_h * per_hour)
    share: Float32s = np.clip(inside, 0, 1).astype(np.float32)
    return share


def _share_up(down: Downtime, span: Span) -> Floats:
    cells = down.within(span)
    return np.asarray(1.0 - np.bincount(cells.step, cells.share, minlength=span.steps), dtype=np.float64)
