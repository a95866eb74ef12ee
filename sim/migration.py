"""Migration: weekly cut-overs with finite staff and a finite line for the data.

Cut-overs are tried on Saturdays at 02:00 that are neither a public holiday nor worked, in this order:
systems planned for that day or waiting since an earlier one, by planned hour, then by row; then those
rolled back before, in the same order. A week has the staff of its workdays. A system whose staff, line
or hosts are not free slips to the next slot. A system that needs more than a whole week of staff or
line takes one week's full capacity (the rest was done before).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import simpy
from simpy.events import ProcessGenerator

from ..scenarios.clock import HOURS_PER_DAY, Clock
from ..scenarios.estate import NEVER
from ..scenarios.schema import Calendar
from .agenda import Agenda, Rank
from .occupancy import Occupancy

DAYS_PER_WEEK = 7
CUT_OVER_HOUR = 2
SATURDAY = 5
_NEVER = int(NEVER)


@dataclass(frozen=True)
class Slot:
    """An hour for cut-overs, and the workdays in the week before it."""

    hour: int
    workdays: int


def slots(clock: Clock, calendar: Calendar) -> list[Slot]:
    """All cut-over slots of the run that have a workday before them."""
    listed = {*calendar.rest_days, *calendar.work_days}
    first = (SATURDAY - clock.start.weekday()) % DAYS_PER_WEEK
    found = []
    for day in range(first, len(clock.workday), DAYS_PER_WEEK):
        workdays = int(clock.workday[max(day - DAYS_PER_WEEK, 0) : day].sum())
        if workdays and clock.day_of_hour(day * HOURS_PER_DAY) not in listed:
            found.append(Slot(day * HOURS_PER_DAY + CUT_OVER_HOUR, workdays))
    return found


@dataclass(frozen=True)
class Orders:
    """What is to move and with what, shape (systems,) where a sequence.

    Attributes:
        wave_h: planned hour; NEVER if the system does not move.
        retires_h: hour from which it need not move any more.
        ready_h: hour from which all its hosts are on.
        servers: rows of its servers.
        days, data_gb: what moving it takes.
        team_fte: people at work on it.
        weekly_gb: what the line copies in a week.
        fails: whether attempt number k (from 0) of a system is rolled back.
    """

    wave_h: Sequence[int]
    retires_h: Sequence[int]
    ready_h: Sequence[int]
    servers: Sequence[Sequence[int]]
    days: Sequence[float]
    data_gb: Sequence[float]
    team_fte: float
    weekly_gb: float
    dual_run_h: int
    fails: Callable[[int, int], bool]

    @classmethod
    def nothing(cls, systems: int) -> Orders:
        """No system moves."""
        zeros = [0] * systems
        return cls(
            [_NEVER] * systems, zeros, zeros, [[]] * systems, zeros, zeros, 1.0, 1.0, 0, lambda *_: False
        )


class Migration:
    """The cut-overs of one alternative.

    Attributes:
        cutovers: attempts so far per system.
        first_h: hour of the first attempt per system, NEVER if none.
        moved_h: hour of success per system, NEVER if none.
        rollbacks: (system, hour) of each failed attempt.
    """

    def __init__(self, agenda: Agenda, occupancy: Occupancy, orders: Orders) -> None:
        self._agenda, self._occupancy, self._orders = agenda, occupancy, orders
        systems = len(orders.wave_h)
        self.cutovers = [0] * systems
        self.first_h = [_NEVER] * systems
        self.moved_h = [_NEVER] * systems
        self.rollbacks: list[tuple[int, int]] = []

    def weeks(self, slots: Sequence[Slot]) -> ProcessGenerator:
        """Process: one wave a slot until nothing is left to move."""
        orders = self._orders
        left = [row for row, wave in enumerate(orders.wave_h) if wave != _NEVER]
        for slot in slots:
            left = [r for r in left if self.moved_h[r] == _NEVER and orders.retires_h[r] > slot.hour]
            if not left:
                return
            due = [row for row in left if orders.wave_h[row] <= slot.hour]
            if not due:
                continue
            yield self._agenda.at(slot.hour, Rank.CUT_OVER, 0)
            team, line = self._stock(slot.workdays * orders.team_fte), self._stock(orders.weekly_gb)
            for row in sorted(due, key=lambda row: (self.cutovers[row] > 0, orders.wave_h[row], row)):
                yield from self._try(row, team, line)

    def _stock(self, capacity: float) -> simpy.Container:
        """A full stock; what is left of it at the next slot is lost."""
        return simpy.Container(self._agenda.env, capacity, capacity)

    def _try(self, row: int, team: simpy.Container, line: simpy.Container) -> ProcessGenerator:
        orders = self._orders
        wants = (
            (team, min(orders.days[row], team.capacity)),
            (line, min(orders.data_gb[row], line.capacity)),
        )
        if orders.ready_h[row] > self._agenda.now_h or any(stock.level < want for stock, want in wants):
            self._agenda.note("slip", row)
            return
        for stock, want in wants:
            if want > 0:
                yield stock.get(want)
        self._cut_over(row)

    def _cut_over(self, row: int) -> None:
        now = int(self._agenda.now_h)
        self.first_h[row] = min(self.first_h[row], now)
        attempt = self.cutovers[row]
        self.cutovers[row] += 1
        if self._orders.fails(row, attempt):
            self._agenda.note("roll-back", row)
            self.rollbacks.append((row, now))
            return
        self._agenda.note("cut-over", row)
        self.moved_h[row] = now
        self._agenda.env.process(self._wind_down(row))

    def _wind_down(self, row: int) -> ProcessGenerator:
        yield self._agenda.at(self._agenda.now_h + self._orders.dual_run_h, Rank.SWITCH_OFF, row)
        self._occupancy.switch_off(self._orders.servers[row])
