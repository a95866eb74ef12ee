"""A block: some components for one span of time, for every alternative at once, in cache.

Components of a block stand in neighbouring rooms and are sorted by falling utilisation, so that the
few that climb the power curve come first and those that do no work last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..scenarios.clock import Span
from .demand import Demand
from .downtime import Cells
from .lanes import NONE, Lanes, Reading, Stay, blank, inside, lay_out
from .power import Curves, fill_power
from .workload import Workload

Floats = NDArray[np.float64]
Float32s = NDArray[np.float32]
Indices = NDArray[np.int64]

DEMAND, POWER = range(2)  # memory of Buffers


@dataclass(frozen=True)
class Fleet:
    """All components and the machines they may run on in rooms, shape (components,) each.

    Attributes:
        curves: every server model.
        generation_curve: model of each generation, shape (components, generations).
        config_factor: power of a machine over its model's curve.
        room: room row.
        workload: what demand is at every step; the built-in model if None.
        parts: of machines that components take up; None if each has a machine to itself.
    """

    demand: Demand
    curves: Curves
    generation_curve: NDArray[np.int32]
    config_factor: Floats
    room: Indices
    workload: Workload | None = None
    parts: Parts | None = None


@dataclass(frozen=True)
class Parts:
    """Parts of machines that components take up, shape (components,) each.

    Attributes:
        share: of watts and throughput.
        reach: most that each can use at once; what the others leave idle serves it too.
    """

    share: Floats
    reach: Floats


@dataclass(frozen=True)
class Tally:
    """Sums of one alternative over all blocks of one span; shapes (..., steps), W or ssj_ops."""

    room_w: Float32s  # (rooms, steps): server power
    host_load: Float32s  # (hosts, steps): load as placed
    protected: Float32s | None  # (hosts, steps): load that recovery hosts would carry; None if not asked
    load: Floats  # served by servers in rooms
    demand: Floats  # of components that rooms serve
    unserved: Floats  # of it

    @classmethod
    def empty(cls, rooms: int, hosts: int, steps: int, recovering: bool = False) -> Tally:
        """All zero; ``recovering`` if the load of recovery hosts is wanted."""
        room_w = np.zeros((rooms, steps), dtype=np.float32)
        host_load = np.zeros((hosts, steps), dtype=np.float32)
        protected = np.zeros_like(host_load) if recovering else None
        return cls(room_w, host_load, protected, np.zeros(steps), np.zeros(steps), np.zeros(steps))


@dataclass(frozen=True)
class Share:
    """What one alternative needs of a block, beside its stays.

    Attributes:
        cells: downtime of the block's components (``what`` is a row of the block).
        host: cloud host of each component, -1 if none.
        room: of each component.
        backup: recovery host of each component, -1 if none; None if not asked.
        growth: extra growth on the cloud of each component.
    """

    stay: Stay
    cells: Cells
    host: Indices
    room: Indices
    backup: Indices | None
    growth: Float32s


class Buffers:
    """Memory for blocks, used again and again."""

    def __init__(self, components: int, alternatives: int, steps: int) -> None:
        """Room for so many components and steps, and for lanes as different as can be (see lanes)."""
        powered, all_lanes = 1 + alternatives, 1 + 3 * alternatives
        self._flat = [
            np.empty(components * steps * lanes, dtype=np.float32) for lanes in (all_lanes, powered)
        ]

    def rows(self, which: int, rows: int, steps: int) -> Float32s:
        """A contiguous block of the memory, shape (rows, steps)."""
        return self._flat[which][: rows * steps].reshape(rows, steps)


def add_block(
    fleet: Fleet,
    workload: Workload,
    span: Span,
    rows: Indices,
    shares: Sequence[Share],
    tallies: Sequence[Tally],
    buffers: Buffers,
) -> None:
    """Add a block to the tallies.

    Args:
        rows: components, those with demand first, shape (rows,).
        shares, tallies: one per alternative.
    """
    lanes = lay_out([share.stay for share in shares], span.steps)
    demand, peak = _demand(fleet, workload, span, rows, lanes, buffers)
    power, capacity = _power(fleet, rows, lanes, demand, peak, buffers)
    _add_power(power, lanes.readings, [share.room for share in shares], tallies)
    _add_demand(demand, lanes.readings, np.flatnonzero(peak[: len(rows)] > 0), shares, tallies)
    _overload(shares, tallies, lanes.readings, demand, peak, capacity)
    for share, tally, reading in zip(shares, tallies, lanes.readings, strict=True):
        _down(share, tally, reading, demand, power, capacity, share.room)


def _add_power(
    power: Float32s, readings: Sequence[Reading], rooms: Sequence[Indices], tallies: Sequence[Tally]
) -> None:
    """Sum server power by room."""
    sums, first = _Sums(), min(int(room.min()) for room in rooms)
    count = max(int(room.max()) for room in rooms) - first + 1
    wanted = []
    for reading, room in zip(readings, rooms, strict=True):
        on = np.flatnonzero(reading.powered != NONE)
        wanted.append(sums.ask(reading.powered[on], room[on] - first, count))
    found = sums.of(power)
    for tally, rows in zip(tallies, wanted, strict=True):
        tally.room_w[first : first + count] += found[rows]


def _add_demand(
    demand: Float32s,
    readings: Sequence[Reading],
    busy: Indices,
    shares: Sequence[Share],
    tallies: Sequence[Tally],
) -> None:
    """Sum demand over servers that are on, over those that users reach, and by host."""
    sums = _Sums()
    known: dict[bytes, slice] = {}

    def total(lane: Indices) -> slice:
        key = lane.tobytes()
        if key not in known:
            own = lane[busy]
            own = own[own != NONE]
            known[key] = sums.ask(own, np.zeros_like(own), 1)
        return known[key]

    wanted = []
    for share, reading in zip(shares, readings, strict=True):
        placed = busy[reading.on_cloud[busy] != NONE]
        hosts, target = np.unique(share.host[placed], return_inverse=True)
        on_hosts = sums.ask(reading.on_cloud[placed], target, len(hosts), share.growth[placed])
        wanted.append((total(reading.powered), total(reading.serving), hosts, on_hosts))
    backups = [
        None if share.backup is None else _ask_backups(sums, share, share.backup, reading, busy)
        for share, reading in zip(shares, readings, strict=True)
    ]
    found = sums.of(demand)
    for tally, (load, served, hosts, on_hosts) in zip(tallies, wanted, strict=True):
        tally.load[:] += found[load][0]
        tally.demand[:] += found[served][0]
        tally.host_load[hosts] += found[on_hosts]
    for tally, asked in zip(tallies, backups, strict=True):
        if asked is not None:
            assert tally.protected is not None, "made where recovery hosts are asked for"
            tally.protected[asked[0]] += found[asked[1]]


def _ask_backups(
    sums: _Sums, share: Share, backup: Indices, reading: Reading, busy: Indices
) -> tuple[Indices, slice]:
    """Recovery hosts of a block, and where the demand of what they protect will be."""
    placed = busy[(reading.on_cloud[busy] != NONE) & (backup[busy] >= 0)]
    hosts, target = np.unique(backup[placed], return_inverse=True)
    return hosts, sums.ask(reading.on_cloud[placed], target, len(hosts), share.growth[placed])


class _Sums:
    """Sums of lanes to be made: all of them in one sparse product."""

    def __init__(self) -> None:
        self._size = 0
        self._target: list[Indices] = []
        self._lane: list[Indices] = []
        self._weight: list[Float32s] = []

    def ask(self, lane: Indices, target: Indices, size: int, weight: Float32s | None = None) -> slice:
        """Sum lanes, weighted, into ``target`` of ``size`` rows; where these rows will be."""
        rows = slice(self._size, self._size + size)
        self._target.append(target + self._size)
        self._lane.append(lane)
        self._weight.append(np.ones(len(lane), dtype=np.float32) if weight is None else weight)
        self._size += size
        return rows

    def of(self, block: Float32s) -> Float32s:
        """The sums of a block of lanes, shape (rows, steps)."""
        target = np.concatenate(self._target)
        order = np.argsort(target, kind="stable")
        matrix = csr_array((self._size, len(block)), dtype=np.float32)
        matrix.data = np.concatenate(self._weight)[order]
        matrix.indices = np.concatenate(self._lane)[order].astype(np.int32)
        matrix.indptr = np.searchsorted(target[order], np.arange(self._size + 1)).astype(np.int32)
        sums: Float32s = matrix @ block
        return sums


def _demand(
    fleet: Fleet, workload: Workload, span: Span, rows: Indices, lanes: Lanes, buffers: Buffers
) -> tuple[Float32s, Floats]:
    """Demand of each lane and its highest value (not lower than that, for lanes partly blank)."""
    n = len(rows)
    demand = buffers.rows(DEMAND, len(lanes.component), span.steps)
    busy = rows[: np.count_nonzero(fleet.demand.mean_ssj[rows])]
    workload.fill(busy, span, demand[: len(busy)])
    demand[len(busy) : n] = 0.0
    np.take(demand[:n], lanes.component[n:], axis=0, out=demand[n:], mode="clip")
    blank(demand[n:], lanes.start, lanes.end)
    peak = np.zeros(n)
    peak[: len(busy)] = demand[: len(busy)].max(axis=1)
    return demand, peak[lanes.component]


def _power(
    fleet: Fleet, rows: Indices, lanes: Lanes, demand: Float32s, peak: Floats, buffers: Buffers
) -> tuple[Float32s, Floats]:
    """Power of each lane that has any, and the most that it can serve."""
    n, powered = len(rows), lanes.powered
    component = rows[lanes.component[:powered]]
    machines = fleet.curves.machines(lanes.curve, fleet.config_factor[component])
    capacity = machines.ssj_ops
    if fleet.parts is not None:
        capacity = capacity * fleet.parts.reach[component]
        machines = machines.parts(fleet.parts.share[component])
    power = buffers.rows(POWER, powered, demand.shape[1])
    highest = peak[:powered] / machines.ssj_ops
    per_op = (1 / machines.ssj_ops).astype(np.float32)
    for part in (slice(0, n), slice(n, powered)):
        fill_power(machines.only(part), demand[part], per_op[part], highest[part], power[part])
    blank(power[n:], lanes.start[: powered - n], lanes.end[: powered - n])
    return power, capacity


def _overload(
    shares: Sequence[Share],
    tallies: Sequence[Tally],
    readings: Sequence[Reading],
    demand: Float32s,
    peak: Floats,
    capacity: Floats,
) -> None:
    """What goes beyond a machine's capacity is not served."""
    over = np.flatnonzero(peak[: len(capacity)] > capacity)
    if not len(over):
        return
    excess = demand[over]
    excess -= capacity[over, None].astype(np.float32)
    np.clip(excess, 0.0, np.inf, out=excess)
    place = np.full(len(demand), NONE)
    place[over] = np.arange(len(over))
    for share, tally, reading in zip(shares, tallies, readings, strict=True):
        rows = np.flatnonzero((reading.powered != NONE) & (place[reading.powered] != NONE))
        beyond = excess[place[reading.powered[rows]]]
        lost = beyond.sum(axis=0)
        tally.load[:] -= lost
        serving = share.stay.serving.only(rows)
        if (serving.end < share.stay.powered.end[rows]).any():
            lost = (beyond * inside(serving, demand.shape[1])).sum(axis=0)
        tally.unserved[:] += lost


def _down(
    share: Share,
    tally: Tally,
    reading: Reading,
    demand: Float32s,
    power: Float32s,
    capacity: Floats,
    room: Indices,
) -> None:
    """A machine that is down draws nothing and serves nothing."""
    on = reading.powered[share.cells.what] != NONE
    what, step, part = (column[on] for column in share.cells)
    if not len(what):
        return
    lane, steps = reading.powered[what], demand.shape[1]
    np.subtract.at(tally.room_w, (room[what], step), (power[lane, step] * part).astype(np.float32))
    lost = np.minimum(demand[lane, step], capacity[lane]) * part
    tally.load[:] -= np.bincount(step, lost, minlength=steps)
    serving = share.stay.serving
    missed = lost * ((step >= serving.start[what]) & (step < serving.end[what]))
    tally.unserved[:] += np.bincount(step, missed, minlength=steps)
