"""The pass over the months: load, power and energy of every step, for all alternatives together.

A month is cut into spans of whole days whose arrays stay small. In each, the demand of a block of
components is made once, then every alternative adds it to its rooms and hosts (see block); then each
alternative's rooms and cloud sites add UPS losses, cooling and the rest (see rooms, cloud). Nothing
but hourly means and monthly energies outlives a span, and after a month they can be kept on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..scenarios.clock import HOURS_PER_DAY, Clock, Span
from ..scenarios.elementary import power
from .block import Buffers, Fleet, Share, Tally, add_block
from .checkpoint import Checkpoint
from .cloud import CloudSites, HostFlow, cloud_flow, host_flow
from .demand import Synthetic
from .downtime import Cells, Downtime
from .lanes import NONE, Stay, Window
from .rooms import PARTS, RoomSites, room_power
from .run import SERIES
from .timeline import Timeline
from .workload import Workload

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
OnMonth = Callable[[int, int], None]

BLOCK = 1024  # components; smaller blocks cost calls, larger ones leave the cache
SPAN_STEPS = 768  # at most, but a day at least; a month of hours has 744
COLUMNS = SERIES[:16]  # those made here
_MONTHS_PER_YEAR = 12
_W_PER_KW = 1e3
_PER_MILLION = 1e6
_NOTHING = 1e-6  # of the highest capacity: less is what rounding leaves of it


@dataclass(frozen=True)
class Flow:
    """What flowed in one alternative.

    Attributes:
        room_kwh: energy of IT, UPS, cooling and other, shape (rooms, months, 4).
        cloud_kwh: the same of the cloud sites, shape (sites, months, 4).
        series: the hourly columns COLUMNS of run.SERIES, shape (hours,) each.
        heat: mean utilisation of all machines by weekday and hour of the last 12 months, shape (7, 24).
        room_priced_kwh, cloud_priced_kwh: the energy weighed with the tariff of its hour over the mean
            tariff; None where that does not change.
    """

    room_kwh: Floats
    cloud_kwh: Floats
    series: Mapping[str, Floats]
    heat: Floats
    room_priced_kwh: Floats | None = None
    cloud_priced_kwh: Floats | None = None


@dataclass(frozen=True)
class Future:
    """One alternative as the flows see it.

    Attributes:
        host: cloud host of each component, -1 if none, shape (components,).
        room: of each component, shape (components,).
        rebound: extra growth per year on the cloud.
        down: downtime of servers, that of their rooms included.
        rooms_down: downtime of rooms.
        cloud: None if no cloud is built.
        in_rooms: hosts that stand in rooms, each room with any as a site of its own; None if there are none.
        host_rooms: room of each of these sites.
    """

    timeline: Timeline
    host: Indices
    room: Indices
    rebound: float
    down: Downtime
    rooms_down: Downtime
    cloud: CloudSites | None
    in_rooms: CloudSites | None = None
    host_rooms: Indices | None = None

    @property
    def hosts(self) -> int:
        """Hosts at sites or in rooms."""
        built = self.cloud or self.in_rooms
        return len(built.on_h) if built else 0


def integrate(
    fleet: Fleet,
    sites: RoomSites,
    futures: Sequence[Future],
    block: int = BLOCK,
    checkpoint: Path | None = None,
    on_month: OnMonth | None = None,
    tariff: Floats | None = None,
) -> tuple[Flow, ...]:
    """Flows of each alternative; results do not depend on ``block`` but for rounding.

    Alternatives that do the same get the same numbers to the last bit. So does a pass that was killed
    and goes on from its checkpoint.

    Args:
        checkpoint: file to keep finished months in, and to go on from if it is there; the caller
            removes it when the results are safe.
        on_month: called with the number of months done and of all, first with those found done.
        tariff: price of each hour over the mean, shape (hours,); None where it does not change.

    Raises:
        RoomfoldError: if the checkpoint is damaged or was left by another run.
    """
    clock = fleet.demand.clock
    flows = tuple(
        _nothing(len(sites.overhead_ratio), future.cloud, clock, tariff is not None) for future in futures
    )
    saved = Checkpoint(checkpoint, (fleet, sites, tuple(futures), block, tariff)) if checkpoint else None
    first = saved.restore(lambda months: _so_far(flows, clock, months)) if saved else 0
    work = _work(fleet, sites, futures, block, tariff)
    for month in range(first, clock.months):
        if on_month:
            on_month(month, clock.months)
        _add_month(work, month, flows)
        if saved:
            saved.keep(month + 1, _so_far(flows, clock, month + 1))
    for flow in flows:
        flow.heat[:] = _heat(flow.series, clock)
    if on_month:
        on_month(clock.months, clock.months)
    return flows


@dataclass(frozen=True)
class _Work:
    """What the pass needs in every month; ``by_room`` lists the components room by room."""

    fleet: Fleet
    sites: RoomSites
    futures: Sequence[Future]
    workload: Workload
    by_room: Indices
    block: int
    buffers: Buffers
    tariff: Floats | None


def _work(
    fleet: Fleet, sites: RoomSites, futures: Sequence[Future], block: int, tariff: Floats | None
) -> _Work:
    clock = fleet.demand.clock
    longest = max(span.steps for month in range(clock.months) for span in clock.spans(month, SPAN_STEPS))
    block = max(block * SPAN_STEPS // max(longest, SPAN_STEPS), 1)
    by_room = np.argsort(fleet.room, kind="stable")
    workload = fleet.workload or Synthetic(fleet.demand)
    buffers = Buffers(block, len(futures), longest)
    return _Work(fleet, sites, futures, workload, by_room, block, buffers, tariff)


def _add_month(work: _Work, month: int, flows: Sequence[Flow]) -> None:
    clock, rooms = work.fleet.demand.clock, len(work.sites.overhead_ratio)
    curves = [_curve(work.fleet, future.timeline, month) for future in work.futures]
    growth = [_rebound(future, clock, month) for future in work.futures]
    for span in clock.spans(month, SPAN_STEPS):
        stays = [
            _stay(future.timeline, curve, span) for future, curve in zip(work.futures, curves, strict=True)
        ]
        tallies = [
            Tally.empty(rooms, f.hosts, span.steps, _backup(f, span) is not None) for f in work.futures
        ]
        _add_components(work, span, stays, growth, tallies)
        for future, stay, tally, flow in zip(work.futures, stays, tallies, flows, strict=True):
            _close(work, future, stay, tally, flow, span)


def _add_components(
    work: _Work,
    span: Span,
    stays: Sequence[Stay],
    growth: Sequence[NDArray[np.float32]],
    tallies: Sequence[Tally],
) -> None:
    """Add every component that exists in the span to the tallies, block by block."""
    order = _order(work, span, stays)
    stays = [stay.only(order) for stay in stays]
    place = np.full(len(work.by_room), NONE)
    place[order] = np.arange(len(order))
    down = [_Down(future.down.within(span), place) for future in work.futures]
    backups = [_backup(future, span) for future in work.futures]
    for start in range(0, len(order), work.block):
        part = slice(start, min(start + work.block, len(order)))
        rows = order[part]
        shares = [
            Share(
                stay.only(part),
                cells.of(part),
                future.host[rows],
                future.room[rows],
                None if backup is None else backup[rows],
                extra[rows],
            )
            for stay, cells, future, backup, extra in zip(
                stays, down, work.futures, backups, growth, strict=True
            )
        ]
        add_block(work.fleet, work.workload, span, rows, shares, tallies, work.buffers)


def _backup(future: Future, span: Span) -> Indices | None:
    """Recovery host of each component; None where no take-over falls into the span."""
    backup = future.cloud.backup if future.cloud else None
    return backup.host if backup and backup.acts(span) else None


def _order(work: _Work, span: Span, stays: Sequence[Stay]) -> Indices:
    """Components that exist in the span: neighbours share a room, in each block the busiest come first."""
    exists = np.any([_open(stay.powered) | _open(stay.on_cloud) for stay in stays], axis=0)
    order = work.by_room[exists[work.by_room]]
    demand = work.fleet.demand
    highest = demand.profile_root[:, span.first_h : span.first_h + span.hours].max(axis=1) ** 2
    busy = demand.mean_ssj * highest[demand.classes] / _throughput(work.fleet, stays[0])
    block = np.arange(len(order)) // work.block
    return np.asarray(order[np.lexsort((-busy[order], block))], dtype=np.int64)


class _Down:
    """Downtime cells of a span, in the order of the components."""

    def __init__(self, cells: Cells, place: Indices) -> None:
        where = place[cells.what]
        order = np.argsort(where, kind="stable")
        self._cells = Cells(where[order], cells.step[order], cells.share[order])

    def of(self, part: slice) -> Cells:
        """Those of one block, counted from its first component."""
        low, high = np.searchsorted(self._cells.what, (part.start, part.stop))
        cells = self._cells
        return Cells(cells.what[low:high] - part.start, cells.step[low:high], cells.share[low:high])


def _curve(fleet: Fleet, timeline: Timeline, month: int) -> NDArray[np.int32]:
    """Machine of every component in a month."""
    in_use = np.maximum((timeline.generation_month <= month).sum(axis=1) - 1, 0)
    return np.take_along_axis(fleet.generation_curve, in_use[:, None], axis=1)[:, 0]


def _stay(timeline: Timeline, curve: NDArray[np.int32], span: Span) -> Stay:
    """What every component does in a span."""
    served_until = np.minimum(timeline.server_off_h, timeline.cloud_on_h)
    return Stay(
        curve,
        Window.of(timeline.server_on_h, timeline.server_off_h, span),
        Window.of(timeline.server_on_h, served_until, span),
        Window.of(timeline.cloud_on_h, timeline.cloud_off_h, span),
    )


def _open(window: Window) -> NDArray[np.bool_]:
    return window.end > window.start


def _rebound(future: Future, clock: Clock, month: int) -> NDArray[np.float32]:
    """Extra growth of each component since its first month on the cloud."""
    began = np.searchsorted(clock.month_edges_h, future.timeline.cloud_on_h, side="right") - 1
    grown = power(1 + future.rebound, np.maximum(month - began, 0) / _MONTHS_PER_YEAR)
    return grown.astype(np.float32)


def _close(work: _Work, future: Future, stay: Stay, tally: Tally, flow: Flow, span: Span) -> None:
    """Turn the sums of a span into energy and series."""
    series = _Hours(flow.series, span)
    hosts = _add_hosts(future, tally, span)
    open_in = Window.of(future.timeline.room_open_h, future.timeline.room_close_h, span)
    ratio = _ratio(work.tariff, span)
    rooms = room_power(work.sites, open_in, future.rooms_down, tally.room_w, span, ratio)
    for part, (kwh, kw, priced) in enumerate(rooms):
        flow.room_kwh[:, span.month, part] += kwh
        series.put(f"room_{PARTS[part]}_kw", kw)
        if flow.room_priced_kwh is not None:
            flow.room_priced_kwh[:, span.month, part] += priced
    demand, unserved, load = tally.demand, tally.unserved, np.maximum(tally.load, 0.0)
    capacity = _capacity(work.fleet, future, stay, span)
    if hosts is not None:
        demand, unserved, load = (
            demand + hosts.served + hosts.unserved,
            unserved + hosts.unserved,
            load + hosts.served,
        )
        capacity = capacity + hosts.capacity
        series.put("hosts_loaded", hosts.loaded)
        series.put("hosts_overloaded", hosts.overloaded)
    series.put("room_capacity_mssj", capacity / _PER_MILLION)
    series.put("room_load_mssj", load / _PER_MILLION)
    if future.cloud is not None and span.first_h + span.hours > future.cloud.on_h.min():
        demand = demand + tally.host_load.sum(axis=0, dtype=np.float64)
        cloud = cloud_flow(future.cloud, tally.host_load, span, tally.protected)
        unserved = unserved + cloud.unserved
        for part, watts in enumerate((cloud.it_w, cloud.ups_w, cloud.cooling_w, cloud.other_w)):
            kw = watts / _W_PER_KW
            series.put(f"cloud_{PARTS[part]}_kw", kw.sum(axis=0))
            flow.cloud_kwh[:, span.month, part] += kw.sum(axis=1) / span.steps_per_hour
            if ratio is not None:
                assert flow.cloud_priced_kwh is not None, "made where there is a tariff"
                flow.cloud_priced_kwh[:, span.month, part] += (kw * ratio).sum(axis=1) / span.steps_per_hour
        series.put("cloud_capacity_mssj", cloud.capacity / _PER_MILLION)
        series.put("cloud_load_mssj", cloud.served / _PER_MILLION)
        series.put("hosts_loaded", cloud.loaded)
        series.put("hosts_overloaded", cloud.overloaded)
    series.put("demand_mssj", demand / _PER_MILLION)
    series.put("unserved_mssj", np.maximum(unserved, 0.0) / _PER_MILLION)  # less is rounding


def _add_hosts(future: Future, tally: Tally, span: Span) -> HostFlow | None:
    """What hosts in rooms do in a span; their power is added to that of the servers of their rooms."""
    hosts = future.in_rooms
    if hosts is None or span.first_h + span.hours <= hosts.on_h.min():
        return None
    found = host_flow(hosts, tally.host_load, span)
    tally.room_w[future.host_rooms] += found.watts.astype(np.float32)
    return found


def _ratio(tariff: Floats | None, span: Span) -> Floats | None:
    """Price of each step of a span over the mean."""
    if tariff is None:
        return None
    return np.repeat(tariff[span.first_h : span.first_h + span.hours], span.steps_per_hour)


class _Hours:
    """The hours of a span in the series: means over their steps."""

    def __init__(self, series: Mapping[str, Floats], span: Span) -> None:
        self._series, self._span = series, span

    def put(self, column: str, by_step: Floats) -> None:
        first_h, hours = self._span.first_h, self._span.hours
        self._series[column][first_h : first_h + hours] = by_step.reshape(hours, -1).mean(axis=1)


def _capacity(fleet: Fleet, future: Future, stay: Stay, span: Span) -> Floats:
    """Throughput of the servers that are on and not down, ssj_ops by step."""
    capacity = _throughput(fleet, stay)
    powered, steps = stay.powered, span.steps
    starting = np.bincount(powered.start, capacity, minlength=steps + 1)
    ending = np.bincount(powered.end, capacity, minlength=steps + 1)
    down = future.down.within(span)
    on = (down.step >= powered.start[down.what]) & (down.step < powered.end[down.what])
    lost = np.bincount(down.step, down.share * capacity[down.what] * on, minlength=steps)
    return np.asarray(np.maximum(np.cumsum(starting - ending)[:steps] - lost, 0.0), dtype=np.float64)


def _throughput(fleet: Fleet, stay: Stay) -> Floats:
    """Of each component's server, ssj_ops; of its part of one."""
    whole = fleet.curves.ssj_ops[stay.curve]
    return whole if fleet.parts is None else whole * fleet.parts.share


def _so_far(flows: Sequence[Flow], clock: Clock, months: int) -> list[Floats]:
    """Views of all that the first months put into the flows."""
    hours = int(clock.month_edges_h[months])
    return [
        part
        for flow in flows
        for part in (
            flow.room_kwh[:, :months],
            flow.cloud_kwh[:, :months],
            *(p[:, :months] for p in (flow.room_priced_kwh, flow.cloud_priced_kwh) if p is not None),
            *(flow.series[column][:hours] for column in COLUMNS),
        )
    ]


def _nothing(rooms: int, cloud: CloudSites | None, clock: Clock, priced: bool) -> Flow:
    series = {column: np.zeros(clock.hours) for column in COLUMNS}
    sites = len(cloud.facility.rated_w) if cloud else 0
    shapes = [(places, clock.months, len(PARTS)) for places in (rooms, sites)]
    room_kwh, cloud_kwh = (np.zeros(shape) for shape in shapes)
    room_priced, cloud_priced = (np.zeros(shape) if priced else None for shape in shapes)
    return Flow(room_kwh, cloud_kwh, series, np.empty((7, HOURS_PER_DAY)), room_priced, cloud_priced)


def _heat(series: Mapping[str, Floats], clock: Clock) -> Floats:
    """Mean utilisation by weekday and hour over the last 12 months, shape (7, 24)."""
    first_h = int(clock.month_edges_h[max(clock.months - _MONTHS_PER_YEAR, 0)])
    capacity = (series["room_capacity_mssj"] + series["cloud_capacity_mssj"])[first_h:]
    load = (series["room_load_mssj"] + series["cloud_load_mssj"])[first_h:]
    there = capacity > _NOTHING * capacity.max()
    share = np.divide(load, capacity, out=np.zeros_like(load), where=there)
    hour = first_h + np.arange(len(share))
    cell = (hour // HOURS_PER_DAY + clock.start.weekday()) % 7 * HOURS_PER_DAY + hour % HOURS_PER_DAY
    total = np.bincount(cell, share, minlength=7 * HOURS_PER_DAY)
    return (total / np.bincount(cell, minlength=7 * HOURS_PER_DAY)).reshape(7, HOURS_PER_DAY)
