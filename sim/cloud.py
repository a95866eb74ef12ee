"""The cloud site: what its hosts carry, lose and draw in one month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .downtime import Downtime
from .facility import Facility
from .power import Curves, fill_power
from .timeline import Outages

Floats = NDArray[np.float64]
Float32s = NDArray[np.float32]

NO_COVER = -1


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


class CloudMonth(NamedTuple):
    """One month of the cloud site, shape (hours,) each: W, or ssj_ops."""

    it_w: Floats
    ups_w: Floats
    cooling_w: Floats
    other_w: Floats
    served: Floats
    unserved: Floats
    capacity: Floats


def cloud_month(site: CloudSite, load: Float32s, first_h: int) -> CloudMonth:
    """What the site does with the load placed on it.

    Args:
        load: load of each host as planned, shape (hosts, hours); overwritten.
        first_h: first hour of the month.
    """
    hours = load.shape[1]
    time = first_h + np.arange(hours)
    asked = load.sum(axis=0, dtype=np.float64)
    on = (time >= site.on_h[:, None]).astype(np.float32)
    _fail_over(site, load, on, first_h)
    reachable = on * site.capacity_ssj[:, None].astype(np.float32)
    energised = _share_up(site.down, first_h, hours)
    served = np.minimum(load, reachable).sum(axis=0, dtype=np.float64) * energised
    power = _host_power(site.hosts, load, reachable)
    power *= on
    it = power.sum(axis=0, dtype=np.float64) * (1 + site.overhead_it) * energised
    live = energised * (time >= site.on_h.min())
    ups = site.facility.ups_loss_w(it[None], live[None])
    cooling = site.facility.cooling_w(it[None], ups, live[None])
    other = site.facility.lighting_w * live
    capacity = reachable.sum(axis=0, dtype=np.float64) * energised
    return CloudMonth(it, ups[0], cooling[0], other, served, asked - served, capacity)


def _fail_over(site: CloudSite, load: Float32s, on: Float32s, first_h: int) -> None:
    """Take failed hosts out of ``on`` and move their load to the host that covers, in place.

    Failures are taken in the order in which they begin; a standby host that fails in its turn loses
    what it carries. Until components have restarted, and without cover, their load is lost.
    """
    failures, hours = site.outages, load.shape[1]
    seen = np.flatnonzero((failures.start_h < first_h + hours) & (failures.end_h > first_h))
    for i in seen[np.argsort(failures.start_h[seen], kind="stable")]:
        host, cover = failures.what[i], failures.cover[i]
        start, end = failures.start_h[i] - first_h, failures.end_h[i] - first_h
        down = np.minimum(_share(start, end, hours), on[host])
        rate = np.divide(load[host], on[host], out=np.zeros_like(down), where=on[host] > 0)
        load[host] -= rate * down
        on[host] -= down
        if cover != NO_COVER:
            load[cover] += rate * np.minimum(_share(start + site.restart_h, end, hours), down)


def _host_power(hosts: Curves, load: Float32s, reachable: Float32s) -> Float32s:
    utilisation = np.divide(load, reachable, out=np.zeros_like(load), where=reachable > 0)
    power, work = np.empty_like(load), np.empty_like(load)
    fill_power(hosts, utilisation, utilisation.max(axis=1).astype(np.float64), power, work)
    return power


def _share(start: float, end: float, hours: int) -> Float32s:
    """Share of each hour that lies within [start, end)."""
    hour = np.arange(hours)
    share: Float32s = np.clip(np.minimum(hour + 1, end) - np.maximum(hour, start), 0, 1).astype(np.float32)
    return share


def _share_up(down: Downtime, first_h: int, hours: int) -> Floats:
    cells = down.within(first_h, hours)
    return np.asarray(1.0 - np.bincount(cells.hour, cells.share, minlength=hours), dtype=np.float64)
