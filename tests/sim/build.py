"""Small estates made by hand, and a slow, obvious account of the same flows."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from roomfold.scenarios.clock import Clock
from roomfold.scenarios.estate import NEVER
from roomfold.sim.block import Fleet
from roomfold.sim.cloud import Backup, CloudSites
from roomfold.sim.demand import Demand
from roomfold.sim.downtime import rooms_down, servers_down
from roomfold.sim.facility import Facility, calibrate
from roomfold.sim.integrate import Future
from roomfold.sim.power import Curves
from roomfold.sim.rooms import RoomSites
from roomfold.sim.timeline import Outages, Recoveries, Timeline

Floats = NDArray[np.float64]

# R710-like, R720-like, and a machine whose slopes fall as well as rise.
WATTS = np.array(
    [
        [68.8, 95.1, 110, 123, 136, 150, 165, 182, 199, 215, 229],
        [51.2, 79.2, 92.4, 106, 120, 133, 147, 165, 188, 217, 244],
        [100, 180, 200, 205, 240, 300, 310, 320, 390, 395, 400],
    ]
)
SSJ_OPS = np.array([9.0e5, 1.5e6, 2.0e6])
UPS = np.array([0.03, 0.04, 0.02])


def clock(months: int, start: date = date(2014, 1, 1), steps_per_hour: int = 1) -> Clock:
    """A clock of any number of months of 2014."""
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[np.arange(months) % 12]
    edges = np.concatenate([[0], np.cumsum(days)]) * 24
    return Clock(start, -(-months // 12), edges, np.ones(days.sum(), dtype=bool), steps_per_hour)


def demand(
    mean_ssj: Floats,
    *,
    months: int = 2,
    noise: float = 0.0,
    growth: float = 0.0,
    flat: bool = True,
    steps_per_hour: int = 1,
    hour_share: list[float] | None = None,
) -> Demand:
    """Demand of components of two classes, in turn."""
    n, time = len(mean_ssj), clock(months, steps_per_hour=steps_per_hour)
    hour = np.arange(time.hours)
    wave = (
        np.zeros((2, time.hours))
        if flat
        else np.stack([np.sin(hour / 24 * 2 * np.pi), np.cos(hour / 24)]) * 0.7
    )
    return Demand(
        seed=7,
        world=3,
        clock=time,
        ids=np.arange(n, dtype=np.int32),
        classes=(np.arange(n) % 2).astype(np.int32),
        mean_ssj=np.asarray(mean_ssj, dtype=np.float64),
        noise=np.full(n, noise),
        day_share=np.array([0.3, 0.5]),
        hour_share=np.zeros(2) if hour_share is None else np.asarray(hour_share),
        common_share=np.array([0.4, 0.1]),
        growth=growth,
        profile_root=np.sqrt(1 + wave).astype(np.float32),
    )


def fleet(wanted: Demand, curve: list[int], room: list[int], later_curve: list[int] | None = None) -> Fleet:
    """Components on machines in rooms; ``later_curve`` is a second generation."""
    generations = np.stack([curve, curve if later_curve is None else later_curve], axis=1).astype(np.int32)
    factor = 1.5 + 0.1 * np.arange(len(curve))
    return Fleet(wanted, Curves.of(WATTS, SSJ_OPS), generations, factor, np.array(room, dtype=np.int64))


def facility(sites: int, it_w: Floats | float = 500.0, pue: float = 2.1) -> Facility:
    """Sites calibrated at ``it_w``."""
    it = np.broadcast_to(np.asarray(it_w, dtype=np.float64), (sites,)).copy()
    return calibrate(
        rated_w=it * 3,
        ups=np.tile(UPS, (sites, 1)),
        pue=np.full(sites, pue),
        cooling_fixed_share=np.full(sites, 0.4),
        lighting_w=np.full(sites, 30.0),
        it_w=it,
    )


def sites(rooms: int) -> RoomSites:
    """Machine rooms with some overhead."""
    return RoomSites(facility(rooms), np.full(rooms, 40.0), np.full(rooms, 0.15))


def outages(rows: list[tuple[int, float, float, int]]) -> Outages:
    """From (what, start, end, cover)."""
    rows = sorted(rows, key=lambda r: r[1])
    what, start, end, cover = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Outages(
        np.array(what, dtype=np.int32),
        np.array(start, dtype=np.float64),
        np.array(end, dtype=np.float64),
        np.array(cover, dtype=np.int32),
    )


@dataclass
class Story:
    """What happens to servers, hosts and rooms; everything runs all the time unless said otherwise."""

    servers: int
    rooms: int
    hours: int
    hosts: int = 0
    server_on: dict[int, int] = field(default_factory=dict)
    server_off: dict[int, int] = field(default_factory=dict)
    cloud_on: dict[int, int] = field(default_factory=dict)
    cloud_off: dict[int, int] = field(default_factory=dict)
    refresh: dict[int, int] = field(default_factory=dict)
    room_open: dict[int, int] = field(default_factory=dict)
    room_close: dict[int, int] = field(default_factory=dict)
    host_on: dict[int, int] = field(default_factory=dict)
    host: dict[int, int] = field(default_factory=dict)
    server_fails: list[tuple[int, float, float, int]] = field(default_factory=list)
    host_fails: list[tuple[int, float, float, int]] = field(default_factory=list)
    room_fails: list[tuple[int, float, float, int]] = field(default_factory=list)
    sites: int = 1
    host_site: dict[int, int] = field(default_factory=dict)
    backup: dict[int, int] = field(default_factory=dict)  # recovery host of components
    covers: dict[int, int] = field(default_factory=dict)  # site for which a host stands in
    asleep: tuple[int, ...] = ()
    recoveries: list[tuple[int, float, float, float]] = field(default_factory=list)

    def timeline(self) -> Timeline:
        """The same as columns."""
        generation = np.stack([np.zeros(self.servers), _column(self.servers, NEVER, self.refresh)], axis=1)
        columns = {
            "server_on_h": _column(self.servers, 0, self.server_on),
            "server_off_h": _column(self.servers, NEVER, self.server_off),
            "cloud_on_h": _column(self.servers, NEVER, self.cloud_on),
            "cloud_off_h": _column(self.servers, NEVER, self.cloud_off),
            "generation_month": generation.astype(np.int32),
            "room_open_h": _column(self.rooms, 0, self.room_open),
            "room_close_h": _column(self.rooms, NEVER, self.room_close),
            "host_on_h": _column(self.hosts, 0, self.host_on),
            "server_outages": outages(self.server_fails),
            "host_outages": outages(self.host_fails),
            "room_outages": outages(self.room_fails),
            "recoveries": self._recoveries(),
        }
        # Flows read no other column.
        unread = {f.name: np.empty(0, dtype=np.int32) for f in fields(Timeline) if f.name not in columns}
        return Timeline(**columns, **unread)

    def future(self, machines: Fleet, rebound: float = 0.0, restart_h: float = 0.25) -> Future:
        """The same as the flows see it."""
        timeline = self.timeline()
        down = rooms_down(timeline.room_outages)
        curves = machines.curves.machines(np.ones(self.hosts, dtype=np.int32), np.full(self.hosts, 1.2))
        cloud = CloudSites(
            site=_column(self.hosts, 0, self.host_site).astype(np.int64),
            hosts=curves,
            capacity_ssj=curves.ssj_ops * 0.9,
            on_h=timeline.host_on_h,
            overhead_it=0.25,
            restart_h=restart_h,
            facility=facility(self.sites, 400.0, 1.6),
            down=down.of_sites(),
            outages=timeline.host_outages,
            backup=self._backup(timeline) if self.backup else None,
        )
        return Future(
            timeline=timeline,
            host=_column(self.servers, -1, self.host).astype(np.int64),
            room=machines.room,
            rebound=rebound,
            down=servers_down(timeline.server_outages, timeline.room_outages, machines.room),
            rooms_down=down,
            cloud=cloud if self.hosts else None,
        )

    def _recoveries(self) -> Recoveries:
        table = np.array(self.recoveries, dtype=np.float64).reshape(-1, 4)
        return Recoveries(table[:, 0].astype(np.int32), table[:, 1], table[:, 2], table[:, 3])

    def _backup(self, timeline: Timeline) -> Backup:
        return Backup(
            host=_column(self.servers, -1, self.backup).astype(np.int64),
            covers=_column(self.hosts, -1, self.covers).astype(np.int64),
            asleep=np.isin(np.arange(self.hosts), self.asleep),
            recoveries=timeline.recoveries,
        )


def _column(n: int, usual: int, other: dict[int, int]) -> NDArray[np.int32]:
    column = np.full(n, usual, dtype=np.int32)
    for row, value in other.items():
        column[row] = value
    return column


def without(wanted: Demand, row: int) -> Demand:
    """The same demand with one component taken out."""
    return replace(
        wanted,
        ids=np.delete(wanted.ids, row),
        classes=np.delete(wanted.classes, row),
        mean_ssj=np.delete(wanted.mean_ssj, row),
        noise=np.delete(wanted.noise, row),
    )
