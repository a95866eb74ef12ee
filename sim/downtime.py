"""Downtime: when each server is down for any reason, as shares of steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from ..scenarios.clock import Span
from .timeline import Outages

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


class Cells(NamedTuple):
    """Share of a step that something is down, shape (cells,) each."""

    what: Indices
    step: Indices  # since the start of the span
    share: Floats


@dataclass(frozen=True)
class Downtime:
    """Disjoint intervals in hours, shape (intervals,) each, sorted by ``what`` and start."""

    what: Indices
    start_h: Floats
    end_h: Floats

    @classmethod
    def union(cls, what: Indices, start_h: Floats, end_h: Floats) -> Self:
        """Intervals merged where those of the same thing touch or overlap."""
        keep = end_h > start_h
        what, start_h, end_h = what[keep], start_h[keep], end_h[keep]
        order = np.lexsort((start_h, what))
        what, start_h, end_h = what[order], start_h[order], end_h[order]
        if len(what) == 0:
            return cls(what, start_h, end_h)
        # Shifted by the thing's number, times of different things never meet.
        shift = what * (float(end_h.max()) + 1.0)
        reach = np.maximum.accumulate(end_h + shift)
        first = np.concatenate([[True], start_h[1:] + shift[1:] > reach[:-1]])
        opening = np.flatnonzero(first)
        closing = np.append(opening[1:], len(what)) - 1
        return cls(what[opening], start_h[opening], reach[closing] - shift[closing])

    def of_sites(self) -> Downtime:
        """That of cloud sites alone."""
        mine = self.what < 0
        return Downtime(self.what[mine], self.start_h[mine], self.end_h[mine])

    def within(self, span: Span) -> Cells:
        """The steps touched in a span of time."""
        seen = np.flatnonzero((self.start_h < span.first_h + span.hours) & (self.end_h > span.first_h))
        low = np.maximum((self.start_h[seen] - span.first_h) * span.steps_per_hour, 0.0)
        high = np.minimum((self.end_h[seen] - span.first_h) * span.steps_per_hour, float(span.steps))
        first = np.floor(low).astype(np.int64)
        count = np.ceil(high).astype(np.int64) - first
        index = np.repeat(np.arange(len(seen)), count)
        step = np.arange(len(index)) - np.repeat(np.cumsum(count) - count - first, count)
        share = np.minimum(high[index], step + 1.0) - np.maximum(low[index], step)
        return Cells(self.what[seen][index], step, share)


def servers_down(servers: Outages, rooms: Outages, room_of_server: Indices) -> Downtime:
    """Downtime of servers: their own failures and outages of their room."""
    order = np.argsort(room_of_server, kind="stable")
    sorted_rooms = room_of_server[order]
    first = np.searchsorted(sorted_rooms, rooms.what, side="left")  # no server stands at a cloud site
    count = np.searchsorted(sorted_rooms, rooms.what, side="right") - first
    index = np.repeat(np.arange(len(count)), count)
    member = np.arange(len(index)) - np.repeat(np.cumsum(count) - count - first, count)
    return Downtime.union(
        np.concatenate([servers.what.astype(np.int64), order[member]]),
        np.concatenate([servers.start_h, rooms.start_h[index]]),
        np.concatenate([servers.end_h, rooms.end_h[index]]),
    )


def rooms_down(rooms: Outages) -> Downtime:
    """Downtime of rooms; cloud sites are counted down from ``CLOUD``."""
    return Downtime.union(rooms.what.astype(np.int64), rooms.start_h, rooms.end_h)
