"""Machine rooms: from the power of their servers to what they draw, with UPS, cooling and the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..scenarios.clock import Span
from .downtime import Downtime
from .facility import Facility
from .lanes import Window, inside

Floats = NDArray[np.float64]
Float32s = NDArray[np.float32]
Indices = NDArray[np.int64]

PARTS = ("it", "ups", "cooling", "other")
_W_PER_KW = 1e3
_STEADY_AT_ONCE = 32  # in cache
_CHANGING_AT_ONCE = 2048  # in memory


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


def room_power(
    sites: RoomSites,
    open_in: Window,
    down: Downtime,
    server_w: Float32s,
    span: Span,
    ratio: Floats | None = None,
) -> list[tuple[Floats, Floats, Floats]]:
    """IT, UPS, cooling and other: energy of each room in kWh, and the sum of all in kW by step.

    Last the energy of each room weighed with the price of its step; 0 without prices.

    Args:
        open_in: steps in which each room is open.
        down: outages of rooms.
        server_w: shape (rooms, steps).
        ratio: price of each step over the mean, shape (steps,); None where it does not change.
    """
    rooms, steps = server_w.shape
    cells = down.within(span)
    inside_rooms = cells.what >= 0
    room, step, share = cells.what[inside_rooms], cells.step[inside_rooms], cells.share[inside_rooms]
    changing = (open_in.start > 0) | (open_in.end < steps)
    changing[room] = True
    sums = [(np.zeros(rooms), np.zeros(steps), np.zeros(rooms)) for _ in PARTS]
    for rows in _pieces(np.flatnonzero(~changing), _STEADY_AT_ONCE):
        always = np.ones((1, 1))
        _add_rooms(sites, rows, server_w[rows], always, always, span, sums, ratio)
    for rows in _pieces(np.flatnonzero(changing & (open_in.end > open_in.start)), _CHANGING_AT_ONCE):
        lit = inside(open_in.only(rows), steps).astype(np.float64)
        live = np.ones((len(rows), steps))
        place = np.full(rooms, -1)
        place[rows] = np.arange(len(rows))
        mine = place[room] >= 0
        np.subtract.at(live, (place[room[mine]], step[mine]), share[mine])
        # Downtime is taken off in float32: what rounding leaves may be just below 0.
        _add_rooms(sites, rows, np.maximum(server_w[rows], 0), lit, live * lit, span, sums, ratio)
    return sums


def _pieces(rows: Indices, size: int) -> list[Indices]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _add_rooms(
    sites: RoomSites,
    rows: Indices,
    server_w: Float32s,
    lit: Floats,
    live: Floats,
    span: Span,
    sums: list[tuple[Floats, Floats, Floats]],
    ratio: Floats | None,
) -> None:
    """Add some rooms to the sums; ``lit`` and ``live`` are the shares of each step open and energised."""
    facility = sites.facility.only(rows)
    it = server_w * (1 + sites.overhead_ratio[rows, None])
    it += sites.overhead_fixed_w[rows, None] * live
    ups = facility.ups_loss_w(it, live)
    cooling = facility.cooling_w(it, ups, live)
    other = facility.lighting_w[:, None] * lit
    for (kwh, kw, priced), watts in zip(sums, (it, ups, cooling, other), strict=True):
        scale = span.steps / watts.shape[1] / _W_PER_KW / span.steps_per_hour
        kwh[rows] = watts.sum(axis=1) * scale
        if ratio is not None:
            constant = watts.shape[1] == 1
            priced[rows] = (watts[:, 0] * ratio.mean() if constant else (watts * ratio).sum(axis=1)) * scale
        np.add(kw, watts.sum(axis=0) / _W_PER_KW, out=kw)
