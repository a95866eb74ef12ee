"""From a scenario and a world to the systems that are to move, and by when each must.

Systems that are there when the cloud opens move; later ones start on it. A system need not move if it is
given up before it would have to. Deadlines come from the alternative and from rules (see ``dates``).
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np

from ...scenarios.clock import HOURS_PER_DAY
from ...scenarios.cloud import Cloud
from ...scenarios.moves import Migration
from ...scenarios.schema import Scenario
from ...scenarios.world import World
from ..slots import DAYS_PER_WEEK, Slots, slots
from .costs import hour_of_month
from .dates import first_h, must_h
from .problem import Bools, Floats, Ints

# Families of rules, each of which can be dropped to see what it costs.
FAMILIES = ("deadline", "policy", "freeze", "staff", "line", "rate", "budget")
# A weekend day worked before or after a holiday is not an extra one.
WORKDAYS_PER_WEEK = 5


@dataclass(frozen=True)
class Case:
    """What is to be planned.

    Attributes:
        deadline_h: first hour after the deadline; None if there is none.
        data_gb: to be copied for each system, shape (systems,).
        rent_cny: yearly rent of each unit's shared lines, shape (units,).
        rules: families of rules that hold.
    """

    scenario: Scenario
    alternative: str
    cloud: Cloud
    migration: Migration
    world: World
    deadline_h: int | None
    data_gb: Floats
    rent_cny: Floats
    rules: Set[str] = frozenset(FAMILIES)

    @property
    def opens_h(self) -> int:
        """Hour at which the cloud opens."""
        return max(self.world.clock.hour_of(self.cloud.opens), 0)

    @property
    def last_h(self) -> int | None:
        """The deadline, where it counts."""
        return self.deadline_h if "deadline" in self.rules else None


@dataclass(frozen=True)
class Ground:
    """Who moves.

    Attributes:
        weeks: slots from a full week after the opening to the end of the horizon.
        rows: systems to move, sorted by the ids of unit, room and system, shape (S,).
        starts: systems that start on the cloud, shape (systems,).
        starts_h: hour of arrival, shape (systems,).
        ends_h: hour at which each system to move is given up, NEVER if not, shape (S,).
        mandate_h: hour before which each must have moved by a rule, NEVER if none, shape (S,).
        strict_h: the same for rules that must not be missed.
        first_h: hour from which each may move, shape (S,).
        barred: hours at which systems are given up that no rule lets move within the horizon.
        stuck: systems that a strict rule wants moved, and that have no slot or are barred.
    """

    weeks: Slots
    rows: Ints
    starts: Bools
    starts_h: Ints
    ends_h: Ints
    mandate_h: Ints
    strict_h: Ints
    first_h: Ints
    barred: Ints
    stuck: int


def ground(case: Case) -> Ground:
    """Who moves in one world."""
    world, opens_h = case.world, case.opens_h
    systems, clock = world.estate.systems, world.clock
    starts_h = hour_of_month(clock, systems.arrives_month)
    ends_h = hour_of_month(clock, systems.retires_month)
    later = (systems.arrives_month > 0) & (starts_h >= opens_h) & (starts_h < clock.hours)
    freeze = case.migration.freeze if "freeze" in case.rules else ()
    found = slots(clock, case.scenario.calendar, opens_h // HOURS_PER_DAY + DAYS_PER_WEEK, freeze)
    weeks = Slots(found.hour, np.minimum(found.workdays, WORKDAYS_PER_WEEK))
    due = ~systems.stays & ((systems.arrives_month == 0) | (starts_h < opens_h))
    due &= ends_h > (weeks.hour[0] if len(weeks.hour) else opens_h)
    earliest_h = first_h(case, np.arange(len(due)))
    may = earliest_h <= (weeks.hour[-1] if len(weeks.hour) else opens_h)
    rows = np.flatnonzero(due & may)
    room, rooms = systems.room[rows], world.estate.rooms
    unit_id = world.estate.units.id[rooms.unit[room]]
    rows = rows[np.lexsort((systems.id[rows], rooms.id[room], unit_id))]
    soonest_h = int(weeks.hour[0]) if len(weeks.hour) else clock.hours
    left = np.flatnonzero(due & ~may) if len(weeks.hour) else np.flatnonzero(due)
    wanted_h = must_h(case, left, soonest_h, strict_only=True)
    stuck = int(np.count_nonzero(wanted_h < np.minimum(ends_h[left], clock.hours)))
    return Ground(
        weeks=weeks,
        rows=rows,
        starts=~systems.stays & later,
        starts_h=starts_h,
        ends_h=ends_h[rows],
        mandate_h=must_h(case, rows, soonest_h),
        strict_h=must_h(case, rows, soonest_h, strict_only=True),
        first_h=earliest_h[rows],
        barred=ends_h[due & ~may],
        stuck=stuck,
    )
