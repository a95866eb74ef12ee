"""From a scenario and a world to the systems that are to move, and by when each must.

Systems that are there when the cloud opens move; later ones start on it. A system need not move if it is
given up before it would have to. Deadlines come from the alternative and from mandates: under one, a system
due for renewal moves before that (legacy is exempt until then), and one that is new moves at once.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...scenarios.clock import HOURS_PER_DAY
from ...scenarios.cloud import Cloud
from ...scenarios.estate import NEVER
from ...scenarios.moves import Mandate
from ...scenarios.schema import Migration, Scenario
from ...scenarios.world import World
from ..slots import DAYS_PER_WEEK, Slots, slots
from .costs import hour_of_month
from .problem import Bools, Floats, Ints

# Families of rules, each of which can be dropped to see what it costs.
FAMILIES = ("deadline", "mandates", "coverage", "freeze", "staff", "line", "rate", "budget")
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
        mandate_h: hour before which each must have moved by a mandate, NEVER if none, shape (S,).
    """

    weeks: Slots
    rows: Ints
    starts: Bools
    starts_h: Ints
    ends_h: Ints
    mandate_h: Ints


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
    due = ~systems.classified & ((systems.arrives_month == 0) | (starts_h < opens_h))
    due &= ends_h > (weeks.hour[0] if len(weeks.hour) else opens_h)
    rows = np.flatnonzero(due)
    room, rooms = systems.room[rows], world.estate.rooms
    unit_id = world.estate.units.id[rooms.unit[room]]
    rows = rows[np.lexsort((systems.id[rows], rooms.id[room], unit_id))]
    mandate_h = _mandates(case, rows, starts_h)
    return Ground(weeks, rows, ~systems.classified & later, starts_h, ends_h[rows], mandate_h)


def _mandates(case: Case, rows: Ints, starts_h: Ints) -> Ints:
    """Hour before which each system must have moved, NEVER if no mandate says so."""
    must = np.full(len(rows), int(NEVER), dtype=np.int64)
    if "mandates" not in case.rules:
        return must
    for mandate in case.migration.mandates:
        from_h = case.world.clock.hour_of(mandate.first)
        bound = _of_levels(case, rows, mandate)
        if mandate.scope == "new":
            hour = np.where(starts_h[rows] >= max(from_h, 1), 0, int(NEVER))
        else:
            # What fell due before the cloud opened was renewed in its room.
            hour = _next_renewal_h(case.world, max(from_h, case.opens_h))[rows]
        must = np.minimum(must, np.where(bound, hour, int(NEVER)))
    return must


def _of_levels(case: Case, rows: Ints, mandate: Mandate) -> Bools:
    """Systems of a mandate's levels of government."""
    names = list(case.scenario.estate.levels)
    level = case.world.estate.units.level[case.world.estate.systems.unit[rows]]
    return np.isin(level, [names.index(name) for name in mandate.levels])


def _next_renewal_h(world: World, from_h: int) -> Ints:
    """Hour of the first renewal of any server of each system from an hour on, NEVER if none."""
    servers = world.estate.servers
    due_h = hour_of_month(world.clock, servers.generation_month[:, 1:])
    next_h = np.where(due_h >= from_h, due_h, int(NEVER)).min(axis=1, initial=int(NEVER))
    hour = np.full(len(world.estate.systems.id), int(NEVER), dtype=np.int64)
    np.minimum.at(hour, servers.system, next_h)
    return hour


def covered_rooms(case: Case) -> NDArray[np.int64]:
    """Hour before which one system of each room must have moved, NEVER if none must, shape (rooms,)."""
    estate, clock = case.world.estate, case.world.clock
    must = np.full(len(estate.rooms.id), int(NEVER), dtype=np.int64)
    if "coverage" not in case.rules:
        return must
    names = list(case.scenario.estate.levels)
    for coverage in case.migration.coverage:
        chosen = np.isin(estate.units.level[estate.rooms.unit], [names.index(n) for n in coverage.levels])
        must[chosen] = np.minimum(must[chosen], clock.hour_of(coverage.by) + HOURS_PER_DAY)
    return must
