"""Lanes: the rows of one block of arithmetic, and which alternative reads which.

A block holds some components for one span of time. Alternatives share its demand; most also run the
same machine for the whole span, so one row of power serves them all. Where an alternative differs (a
newer machine, or a start or end within the span) the component gets a row of its own, blank
outside the steps concerned. What an alternative adds up is then plain: whole rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..scenarios.clock import Span

Indices = NDArray[np.int64]
Float32s = NDArray[np.float32]

NONE = -1


class Window(NamedTuple):
    """Steps of the span in which each component does something, shape (components,) each."""

    start: Indices
    end: Indices

    @classmethod
    def of(cls, start_h: NDArray[np.integer], end_h: NDArray[np.integer], span: Span) -> Window:
        """Part of [start_h, end_h) that lies within the span, counted in steps from its first."""
        start = np.clip(start_h.astype(np.int64) - span.first_h, 0, span.hours)
        end = np.maximum(np.clip(end_h.astype(np.int64) - span.first_h, 0, span.hours), start)
        return cls(start * span.steps_per_hour, end * span.steps_per_hour)

    def only(self, rows: Indices | slice) -> Window:
        """Some of the components."""
        return Window(self.start[rows], self.end[rows])


class Stay(NamedTuple):
    """What one alternative does with each component of a block in a span."""

    curve: NDArray[np.int32]  # machine in the room
    powered: Window  # the room's server is on
    serving: Window  # the room's server is the one users reach
    on_cloud: Window

    def only(self, rows: Indices | slice) -> Stay:
        """Some of the components."""
        return Stay(
            self.curve[rows],
            self.powered.only(rows),
            self.serving.only(rows),
            self.on_cloud.only(rows),
        )


class Reading(NamedTuple):
    """Lane of each component of the block for one alternative, NONE where it has none."""

    powered: Indices
    serving: Indices
    on_cloud: Indices


@dataclass(frozen=True)
class Lanes:
    """Rows of a block.

    Attributes:
        component: component (row of the block) of each lane; the first ones are 0, 1, 2 ...
        curve: machine of each lane with power.
        powered: number of leading lanes that have power.
        start, end: steps outside of which a lane is blank, of the lanes after the first ones.
        readings: one per alternative.
    """

    component: Indices
    curve: NDArray[np.int32]
    powered: int
    start: Indices
    end: Indices
    readings: tuple[Reading, ...]


def lay_out(stays: Sequence[Stay], steps: int) -> Lanes:
    """Lanes of a block of components."""
    n = len(stays[0].curve)
    whole = [_whole(stay.powered, steps) for stay in stays]
    shared = stays[0].curve
    for stay, whole_span in zip(stays[:0:-1], whole[:0:-1], strict=True):
        shared = np.where(whole[0] | ~whole_span, shared, stay.curve)
    extra = _Extra(n, shared)
    powered = [
        extra.add(stay.powered, whole_span & (stay.curve == shared), stay.curve)
        for stay, whole_span in zip(stays, whole, strict=True)
    ]
    with_power = extra.lanes
    readings = [
        Reading(
            lane,
            extra.add(stay.serving, _whole(stay.serving, steps)),
            extra.add(stay.on_cloud, _whole(stay.on_cloud, steps)),
        )
        for stay, lane in zip(stays, powered, strict=True)
    ]
    return Lanes(
        np.concatenate([extra.all, *extra.component]),
        np.concatenate(extra.curve),
        with_power,
        np.concatenate([np.empty(0, dtype=np.int64), *extra.start]),
        np.concatenate([np.empty(0, dtype=np.int64), *extra.end]),
        tuple(readings),
    )


class _Added(NamedTuple):
    window: Window
    curve: NDArray[np.int32] | None
    lane: Indices


class _Extra:
    """Collects lanes beyond the shared ones."""

    def __init__(self, components: int, curve: NDArray[np.int32]) -> None:
        self.all = np.arange(components)
        self.lanes = components
        self.component: list[Indices] = []
        self.curve = [curve]
        self.start: list[Indices] = []
        self.end: list[Indices] = []
        self._added: list[_Added] = []

    def add(
        self, window: Window, shares: NDArray[np.bool_], curve: NDArray[np.int32] | None = None
    ) -> Indices:
        """Lane of each component: its shared one where it may, else one of its own if the window is open.

        A lane with the same window (and machine, if that matters) is used again: alternatives that do
        the same must get the same numbers to the last bit.
        """
        if shares.all():
            return self.all
        lane = np.where(shares, self.all, NONE)
        open_window = window.end > window.start
        for added in self._added:
            same = (added.window.start == window.start) & (added.window.end == window.end)
            if curve is not None:
                same &= added.curve == curve
            again = (lane == NONE) & open_window & same
            lane[again] = added.lane[again]
        own = np.flatnonzero((lane == NONE) & open_window)
        if len(own):
            lane[own] = self.lanes + np.arange(len(own))
            self.lanes += len(own)
            self.component.append(own)
            self.start.append(window.start[own])
            self.end.append(window.end[own])
            if curve is not None:
                self.curve.append(curve[own])
        self._added.append(_Added(window, curve, lane))
        return lane


def _whole(window: Window, steps: int) -> NDArray[np.bool_]:
    whole: NDArray[np.bool_] = (window.start == 0) & (window.end == steps)
    return whole


def inside(window: Window, steps: int) -> NDArray[np.bool_]:
    """Whether each step lies in each component's window, shape (components, steps)."""
    step = np.arange(steps)
    within: NDArray[np.bool_] = (step >= window.start[:, None]) & (step < window.end[:, None])
    return within


def blank(block: Float32s, start: Indices, end: Indices) -> None:
    """Set rows to 0 outside their steps."""
    steps = block.shape[1]
    for row in np.flatnonzero((start > 0) | (end < steps)):
        block[row, : start[row]] = 0.0
        block[row, end[row] :] = 0.0
