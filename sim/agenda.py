"""The agenda: a SimPy environment in hours in which simultaneous events have a fixed order.

At one instant events happen by rank (see ``Rank``), then by row. What an event sets off at the same
instant without waiting (a resource granted, a process started) comes first.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import simpy
from simpy.events import EventPriority

_ROWS = 1 << 32


class Rank(IntEnum):
    """Order of events at one instant."""

    DELIVERY = 1
    REPAIR = 2
    FAILURE = 3
    RETIREMENT = 4
    CUT_OVER = 5
    SWITCH_OFF = 6
    CLOSING = 7


class Entry(NamedTuple):
    """One line of the event log; ``row`` is a host, server, system or room, as ``what`` implies."""

    hour: float
    what: str
    row: int


class Moment(simpy.Event):
    """An instant to wait for, with a place among the events of that instant."""

    def __init__(self, env: simpy.Environment, hour: float, rank: Rank, row: int) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        env.schedule(self, EventPriority(rank * _ROWS + row), hour - env.now)


class Agenda:
    """Events to come, and a log of those that happened.

    Hours are whole or multiples of a power of two (see failures), so that waiting from any instant
    to a given hour is exact in floating point and simultaneous events do meet.
    """

    def __init__(self) -> None:
        self.env = simpy.Environment()
        self.log: list[Entry] = []

    @property
    def now_h(self) -> float:
        """The present hour."""
        return float(self.env.now)

    def at(self, hour: float, rank: Rank, row: int) -> Moment:
        """An event to yield for in a process."""
        return Moment(self.env, hour, rank, row)

    def note(self, what: str, row: int) -> None:
        """Write a line of the log."""
        self.log.append(Entry(self.now_h, what, row))
