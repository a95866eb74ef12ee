"""Migration: weekly cut-overs with finite staff and a finite line for the data.

Each slot (see optimize.slots) has the staff of the workdays and the line of the week before it. Cut-overs
are tried in this order: systems planned for that slot or waiting since an earlier one, by planned hour,
then by row; then those rolled back before, in the same order. A system whose staff, line or hosts are not
free, or whose month has had its most cut-overs, slips to the next slot (the log says so once). Frozen days
have no slot. One that needs more than a week has, or that was rolled back, takes what is left in its turn, so
preparing its cut-over week by week; what all that are due leave goes to such large systems of later slots
whose hosts are on. What is prepared need not be done again, unless the cut-over is rolled back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

from simpy.events import ProcessGenerator

from ..optimize.slots import Slots
from ..scenarios.estate import NEVER
from .agenda import Agenda, Rank
from .occupancy import Occupancy

FULL_WEEK_DAYS = 5
_NEVER = int(NEVER)
_ROUNDING = 1e-9  # days and GB that sums may be off by


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
        most_per_month: cut-overs, rolled back or not, in a calendar month; no limit if None.
        allowed: the same by month, as rules say; no limit if empty.
        month_of: month of an hour.
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
    most_per_month: int | None = None
    allowed: Sequence[float] = ()
    month_of: Callable[[int], int] = int

    @classmethod
    def nothing(cls, systems: int) -> Orders:
        """No system moves."""
        return cls([_NEVER] * systems, (), (), (), (), (), inf, inf, 0, lambda *_: False)


class _Week:
    """Staff and line of one week, as far as they are free."""

    def __init__(self, days: float, gb: float) -> None:
        self.days, self.gb = days, gb

    def fits(self, days: float, gb: float) -> bool:
        return days <= self.days + _ROUNDING and gb <= self.gb + _ROUNDING

    def take(self, days: float, gb: float) -> tuple[float, float]:
        """Take as much as there is; what is still missing."""
        had_days, had_gb = min(days, self.days), min(gb, self.gb)
        self.days, self.gb = self.days - had_days, self.gb - had_gb
        return days - had_days, gb - had_gb


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
        self._missing = list(zip(orders.days, orders.data_gb, strict=True))
        week = _Week(FULL_WEEK_DAYS * orders.team_fte, orders.weekly_gb)
        self._large = {row for row, (days, gb) in enumerate(self._missing) if not week.fits(days, gb)}
        self._waiting: set[int] = set()  # those that slipped since they were last tried
        self._tried: Counter[int] = Counter()  # cut-overs by month
        self.cutovers = [0] * systems
        self.first_h = [_NEVER] * systems
        self.moved_h = [_NEVER] * systems
        self.rollbacks: list[tuple[int, int]] = []

    def weeks(self, slots: Slots) -> ProcessGenerator:
        """Process: one wave a slot until nothing is left to move."""
        orders = self._orders
        waves = sorted((wave, row) for row, wave in enumerate(orders.wave_h) if wave != _NEVER)
        large = [row for _, row in waves if row in self._large]
        due: list[int] = []  # by wave, then by row
        reached = 0
        for hour, workdays in zip(slots.hour.tolist(), slots.workdays.tolist(), strict=True):
            while reached < len(waves) and waves[reached][0] <= hour:
                due.append(waves[reached][1])
                reached += 1
            due = [row for row in due if self.moved_h[row] == _NEVER and orders.retires_h[row] > hour]
            large = [row for row in large if orders.wave_h[row] > hour and orders.retires_h[row] > hour]
            if not due and not large:
                if reached == len(waves):
                    return
                continue
            yield self._agenda.at(hour, Rank.CUT_OVER, 0)
            week = _Week(workdays * orders.team_fte, orders.weekly_gb)
            moved = [row for row in sorted(due, key=self._was_tried) if self._try(row, week, hour)]
            if moved:
                self._agenda.env.process(self._wind_down(sorted(moved)))
            for row in large:
                self._prepare(row, week, hour)

    def _was_tried(self, row: int) -> bool:
        return self.cutovers[row] > 0

    def _try(self, row: int, week: _Week, hour: int) -> bool:
        """Move a system if there is what it takes; whether it has moved."""
        days, gb = self._missing[row]
        if self._orders.ready_h[row] <= hour and week.fits(days, gb) and self._month_has_room(hour):
            self._tried[self._orders.month_of(hour)] += 1
            week.take(days, gb)
            return self._cut_over(row, hour)
        if row not in self._waiting:
            self._waiting.add(row)
            self._agenda.note("slip", row)
        if row in self._large or self.cutovers[row]:
            self._prepare(row, week, hour)
        return False

    def _month_has_room(self, hour: int) -> bool:
        month, most = self._orders.month_of(hour), self._orders.most_per_month
        allowed = self._orders.allowed[month] if self._orders.allowed else inf
        return self._tried[month] < min(inf if most is None else most, allowed)

    def _prepare(self, row: int, week: _Week, hour: int) -> None:
        """Put what is left of a week into a system that does not cut over yet."""
        if self._orders.ready_h[row] > hour:
            return
        missing = self._missing[row]
        self._missing[row] = week.take(*missing)
        if self._missing[row] != missing:
            self._agenda.note("prepare", row)

    def _cut_over(self, row: int, hour: int) -> bool:
        self._waiting.discard(row)
        self.first_h[row] = min(self.first_h[row], hour)
        attempt = self.cutovers[row]
        self.cutovers[row] += 1
        if self._orders.fails(row, attempt):
            self._agenda.note("roll-back", row)
            self.rollbacks.append((row, hour))
            self._missing[row] = (self._orders.days[row], self._orders.data_gb[row])
            return False
        self._agenda.note("cut-over", row)
        self.moved_h[row] = hour
        return True

    def _wind_down(self, systems: Sequence[int]) -> ProcessGenerator:
        """Process: end the dual running of the systems of one slot, by row."""
        yield self._agenda.at(self._agenda.now_h + self._orders.dual_run_h, Rank.SWITCH_OFF, systems[0])
        for row in systems:
            self._occupancy.switch_off(self._orders.servers[row])
