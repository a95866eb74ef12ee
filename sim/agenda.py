"""The agenda: a SimPy environment in hours in which simultaneous events have a fixed order.

At one instant events happen by rank, then by row of the host, system, server, room or site concerned:

1. hosts are delivered, 2. repairs end, 3. sites are back, 4. free standby hosts take over from hosts that
wait for one, 5. recovery sites take over, 6. hosts fail (and are taken over from at once where a standby
is free), 7. whole sites fail, 8. teams begin repairs, 9. systems and servers retire, 10. new systems are
ready, 11. new systems ask to be set up, 12. teams begin to set them up, 13. cut-overs are tried, 14. dual
running ends and servers are switched off, 15. rooms are handed back.

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
    SITE_BACK = 3
    TAKE_OVER = 4
    RECOVERY = 5
    FAILURE = 6
    SITE_LOST = 7
    TEAM = 8
    RETIREMENT = 9
    READY = 10
    REQUEST = 11
    SET_UP = 12
    CUT_OVER = 13
    SWITCH_OFF = 14
    CLOSING = 15


class Entry(NamedTuple):
    """One line of the event log; ``row`` is a host, server, system, room or site, as ``what`` implies."""

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
