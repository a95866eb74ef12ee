"""The agenda: a SimPy environment in hours in which simultaneous events have a fixed order.

At one instant events happen by rank, then by row of the host, system, server or room concerned:

1. hosts are delivered, 2. repairs end, 3. free standby hosts take over from hosts that wait for one,
4. hosts fail (and are taken over from at once where a standby is free), 5. teams begin repairs,
6. systems and servers retire, 7. new systems are ready, 8. new systems ask to be set up, 9. teams begin
to set them up, 10. cut-overs are tried, 11. dual running ends and servers are switched off, 12. rooms
are handed back.

So what becomes free at an instant is there for whoever needs it at that instant, who has waited comes
before who comes now, and what goes for good goes before anything is done for it. What an event sets
off at the same instant keeps this order among what is still to happen; it never goes back. The whole
rule with its reasons stands in docs/events.md.
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
    TAKE_OVER = 3
    FAILURE = 4
    TEAM = 5
    RETIREMENT = 6
    READY = 7
    REQUEST = 8
    SET_UP = 9
    CUT_OVER = 10
    SWITCH_OFF = 11
    CLOSING = 12


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

    Hours are whole or multiples of a power of two (see grid), so that waiting from any instant
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
