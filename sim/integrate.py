"""The pass over the months: load, power and energy of every hour, for all alternatives together.

The demand of a block of components is made once, then every alternative adds it to its rooms and
hosts (see block). At the end of a month each alternative's rooms and cloud site add UPS losses,
cooling and the rest (see facility, cloud). Nothing but hourly sums outlives a month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..scenarios.clock import HOURS_PER_DAY, Clock
from .block import Buffers, Fleet, Share, Tally, add_block
from .cloud import CloudSite, cloud_month
from .demand import month_noise
from .downtime import Cells, Downtime
from .facility import Facility
from .lanes import NONE, Stay, Window, inside
from .run import SERIES
from .timeline import Timeline

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

BLOCK = 1024  # components; smaller blocks cost calls, larger ones leave the cache
COLUMNS = SERIES[:14]  # those made here
PARTS = ("it", "ups", "cooling", "other")
_MONTHS_PER_YEAR = 12
_W_PER_KW = 1e3
_PER_MILLION = 1e6
_ROOMS_AT_ONCE = 32


@dataclass(frozen=True)
class Flow:
    """What flowed in one alternative.

    Attributes:
        room_kwh: energy of IT, UPS, cooling and other, shape (rooms, months, 4).
        cloud_kwh: the same of the cloud site, shape (months, 4).
        series: the hourly columns COLUMNS of run.SERIES, shape (hours,) each.
        heat: mean utilisation of all machines by weekday and hour of the last 12 months, shape (7, 24).
    """

    room_kwh: Floats
    cloud_kwh: Floats
    series: Mapping[str, Floats]
    heat: Floats


@dataclass(frozen=True)
class RoomSites:
    """The machine rooms as facilities, shape (rooms,) each.

    Attributes:
        overhead_fixed_w: storage, network and appliance power that stays until a room closes.
        overhead_ratio: further such power per W of server power.
    """

    facility: Facility
    overhead_fixed_w: Floats
    overhead_ratio: Floats


@dataclass(frozen=True)
class Future:
    """One alternative as the flows see it.

    Attributes:
        host: cloud host of each component, -1 if none, shape (components,).
        rebound: extra growth per year on the cloud.
        down: downtime of servers, that of their rooms included.
        rooms_down: downtime of rooms.
        cloud: None if nothing is built.
    """

    timeline: Timeline
    host: Indices
    rebound: float
    down: Downtime
    rooms_down: Downtime
    cloud: CloudSite | None


def integrate(
    fleet: Fleet, sites: RoomSites, futures: Sequence[Future], block: int = BLOCK
) -> tuple[Flow, ...]:
    """Flows of each alternative; results do not depend on ``block`` but for rounding.

    Alternatives that do the same get the same numbers to the last bit.
    """
    clock, rooms = fleet.demand.clock, len(sites.overhead_ratio)
    hours = np.diff(clock.month_edges_h)
    by_room = np.argsort(fleet.room, kind="stable")
    work = _Work(fleet, futures, by_room, block, Buffers(block, len(futures), int(hours.max())))
    flows = [_nothing(rooms, clock) for _ in futures]
    for month in range(clock.months):
        stays = [_stay(fleet, future.timeline, month) for future in futures]
        tallies = [
            Tally.empty(rooms, len(f.cloud.on_h) if f.cloud else 0, int(hours[month])) for f in futures
        ]
        _add_components(work, month, stays, tallies)
        for future, stay, tally, flow in zip(futures, stays, tallies, flows, strict=True):
            _close_month(fleet, sites, future, stay, tally, flow, month)
    for flow in flows:
        flow.heat[:] = _heat(flow.series, clock)
    return tuple(flows)


@dataclass(frozen=True)
class _Work:
    """What the pass needs in every month; ``by_room`` lists the components room by room."""

    fleet: Fleet
    futures: Sequence[Future]
    by_room: Indices
    block: int
    buffers: Buffers


def _add_components(work: _Work, month: int, stays: Sequence[Stay], tallies: Sequence[Tally]) -> None:
    """Add every component that exists in the month to the tallies, block by block."""
    clock = work.fleet.demand.clock
    first_h, hours = int(clock.month_edges_h[month]), len(tallies[0].load)
    noise = month_noise(work.fleet.demand, month)
    growth = [_rebound(future, clock, month) for future in work.futures]
    order = _order(work, month, stays)
    stays = [stay.only(order) for stay in stays]
    place = np.full(len(work.by_room), NONE)
    place[order] = np.arange(len(order))
    down = [_Down(future.down.within(first_h, hours), place) for future in work.futures]
    for start in range(0, len(order), work.block):
        part = slice(start, min(start + work.block, len(order)))
        rows = order[part]
        shares = [
            Share(stay.only(part), cells.of(part), future.host[rows], extra[rows])
            for stay, cells, future, extra in zip(stays, down, work.futures, growth, strict=True)
        ]
        add_block(work.fleet, noise, rows, shares, tallies, work.buffers)


def _order(work: _Work, month: int, stays: Sequence[Stay]) -> Indices:
    """Components that exist in the month: neighbours share a room, in each block the busiest come first."""
    exists = np.any([_open(stay.powered) | _open(stay.on_cloud) for stay in stays], axis=0)
    order = work.by_room[exists[work.by_room]]
    demand, edges = work.fleet.demand, work.fleet.demand.clock.month_edges_h
    highest = demand.profile_root[:, edges[month] : edges[month + 1]].max(axis=1) ** 2
    busy = demand.mean_ssj * highest[demand.classes] / work.fleet.curves.ssj_ops[stays[0].curve]
    block = np.arange(len(order)) // work.block
    return np.asarray(order[np.lexsort((-busy[order], block))], dtype=np.int64)


class _Down:
    """Downtime cells of a month, in the order of the components."""

    def __init__(self, cells: Cells, place: Indices) -> None:
        where = place[cells.what]
        order = np.argsort(where, kind="stable")
        self._cells = Cells(where[order], cells.hour[order], cells.share[order])

    def of(self, part: slice) -> Cells:
        """Those of one block, counted from its first component."""
        low, high = np.searchsorted(self._cells.what, (part.start, part.stop))
        cells = self._cells
        return Cells(cells.what[low:high] - part.start, cells.hour[low:high], cells.share[low:high])


def _stay(fleet: Fleet, timeline: Timeline, month: int) -> Stay:
    """What every component does in a month."""
    edges = fleet.demand.clock.month_edges_h
    first_h, hours = int(edges[month]), int(edges[month + 1] - edges[month])
    in_use = np.maximum((timeline.generation_month <= month).sum(axis=1) - 1, 0)
    curve = np.take_along_axis(fleet.generation_curve, in_use[:, None], axis=1)[:, 0]
    served_until = np.minimum(timeline.server_off_h, timeline.cloud_on_h)
    return Stay(
        curve,
        Window.of(timeline.server_on_h, timeline.server_off_h, first_h, hours),
        Window.of(timeline.server_on_h, served_until, first_h, hours),
        Window.of(timeline.cloud_on_h, timeline.cloud_off_h, first_h, hours),
    )


def _open(window: Window) -> NDArray[np.bool_]:
    return window.end > window.start


def _rebound(future: Future, clock: Clock, month: int) -> NDArray[np.float32]:
    """Extra growth of each component since its first month on the cloud."""
    began = np.searchsorted(clock.month_edges_h, future.timeline.cloud_on_h, side="right") - 1
    grown = (1 + future.rebound) ** (np.maximum(month - began, 0) / _MONTHS_PER_YEAR)
    return grown.astype(np.float32)


def _close_month(
    fleet: Fleet, sites: RoomSites, future: Future, stay: Stay, tally: Tally, flow: Flow, month: int
) -> None:
    """Turn the sums of a month into energy and series."""
    edges = fleet.demand.clock.month_edges_h
    first_h, hours = int(edges[month]), int(edges[month + 1] - edges[month])
    span = slice(first_h, first_h + hours)
    series = flow.series
    for part, (kwh, kw) in enumerate(_room_power(sites, future, tally, first_h)):
        flow.room_kwh[:, month, part] = kwh
        series[f"room_{PARTS[part]}_kw"][span] = kw
    series["room_capacity_mssj"][span] = _capacity(fleet, future, stay, first_h, hours) / _PER_MILLION
    series["room_load_mssj"][span] = np.maximum(tally.load, 0.0) / _PER_MILLION
    demand, unserved = tally.demand, tally.unserved
    if future.cloud is not None and first_h + hours > future.cloud.on_h.min():
        demand = demand + tally.host_load.sum(axis=0, dtype=np.float64)
        cloud = cloud_month(future.cloud, tally.host_load, first_h)
        unserved = unserved + cloud.unserved
        for part, watts in enumerate((cloud.it_w, cloud.ups_w, cloud.cooling_w, cloud.other_w)):
            series[f"cloud_{PARTS[part]}_kw"][span] = watts / _W_PER_KW
            flow.cloud_kwh[month, part] = (watts / _W_PER_KW).sum()
        series["cloud_capacity_mssj"][span] = cloud.capacity / _PER_MILLION
        series["cloud_load_mssj"][span] = cloud.served / _PER_MILLION
    series["demand_mssj"][span] = demand / _PER_MILLION
    series["unserved_mssj"][span] = unserved / _PER_MILLION


def _room_power(sites: RoomSites, future: Future, tally: Tally, first_h: int) -> list[tuple[Floats, Floats]]:
    """IT, UPS, cooling and other: energy of each room in kWh, and the sum of all in kW by hour."""
    rooms, hours = tally.room_w.shape
    window = Window.of(future.timeline.room_open_h, future.timeline.room_close_h, first_h, hours)
    down = future.rooms_down.within(first_h, hours)
    changing = (window.start > 0) | (window.end < hours)
    changing[down.what[down.what >= 0]] = True
    sums = [(np.zeros(rooms), np.zeros(hours)) for _ in PARTS]
    steady = np.flatnonzero(~changing)
    for start in range(0, len(steady), _ROOMS_AT_ONCE):
        rows = steady[start : start + _ROOMS_AT_ONCE]
        always = np.ones((1, 1))
        _add_rooms(sites, rows, tally.room_w[rows], always, always, sums)
    rows = np.flatnonzero(changing & _open(window))
    if len(rows):
        lit = inside(window.only(rows), hours).astype(np.float64)
        live = np.ones((rooms, hours))
        np.subtract.at(
            live, (down.what[down.what >= 0], down.hour[down.what >= 0]), down.share[down.what >= 0]
        )
        # Downtime is taken off in float32: what rounding leaves may be just below 0.
        _add_rooms(sites, rows, np.maximum(tally.room_w[rows], 0), lit, live[rows] * lit, sums)
    return sums


def _add_rooms(
    sites: RoomSites,
    rows: Indices,
    server_w: NDArray[np.float32],
    lit: Floats,
    live: Floats,
    sums: list[tuple[Floats, Floats]],
) -> None:
    """Add some rooms to the sums; ``lit`` and ``live`` are the shares of the hour open and energised."""
    facility = sites.facility.only(rows)
    it = server_w * (1 + sites.overhead_ratio[rows, None])
    it += sites.overhead_fixed_w[rows, None] * live
    ups = facility.ups_loss_w(it, live)
    cooling = facility.cooling_w(it, ups, live)
    other = facility.lighting_w[:, None] * lit
    for (kwh, kw), watts in zip(sums, (it, ups, cooling, other), strict=True):
        kwh[rows] = watts.sum(axis=1) * (it.shape[1] / watts.shape[1] / _W_PER_KW)
        np.add(kw, watts.sum(axis=0) / _W_PER_KW, out=kw)


def _capacity(fleet: Fleet, future: Future, stay: Stay, first_h: int, hours: int) -> Floats:
    """Throughput of the servers that are on and not down, ssj_ops by hour."""
    capacity = fleet.curves.ssj_ops[stay.curve]
    powered = stay.powered
    starting = np.bincount(powered.start, capacity, minlength=hours + 1)
    ending = np.bincount(powered.end, capacity, minlength=hours + 1)
    down = future.down.within(first_h, hours)
    on = (down.hour >= powered.start[down.what]) & (down.hour < powered.end[down.what])
    lost = np.bincount(down.hour, down.share * capacity[down.what] * on, minlength=hours)
    return np.asarray(np.maximum(np.cumsum(starting - ending)[:hours] - lost, 0.0), dtype=np.float64)


def _nothing(rooms: int, clock: Clock) -> Flow:
    series = {column: np.zeros(clock.hours) for column in COLUMNS}
    energy = (np.zeros((rooms, clock.months, len(PARTS))), np.zeros((clock.months, len(PARTS))))
    return Flow(*energy, series, np.zeros((7, HOURS_PER_DAY)))


def _heat(series: Mapping[str, Floats], clock: Clock) -> Floats:
    """Mean utilisation by weekday and hour over the last 12 months, shape (7, 24)."""
    first_h = int(clock.month_edges_h[max(clock.months - _MONTHS_PER_YEAR, 0)])
    capacity = (series["room_capacity_mssj"] + series["cloud_capacity_mssj"])[first_h:]
    load = (series["room_load_mssj"] + series["cloud_load_mssj"])[first_h:]
    share = np.divide(load, capacity, out=np.zeros_like(load), where=capacity > 0)
    hour = first_h + np.arange(len(share))
    cell = (hour // HOURS_PER_DAY + clock.start.weekday()) % 7 * HOURS_PER_DAY + hour % HOURS_PER_DAY
    total = np.bincount(cell, share, minlength=7 * HOURS_PER_DAY)
    return (total / np.bincount(cell, minlength=7 * HOURS_PER_DAY)).reshape(7, HOURS_PER_DAY)
