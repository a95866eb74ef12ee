"""Orders in which systems may take their turns, from what the rooms cost and by when systems must move."""

from __future__ import annotations

import numpy as np

from .build import Limits
from .costs import MONTHS_PER_YEAR
from .ground import Case, Ground
from .problem import Ints, Problem

MONTHS_PER_QUARTER = MONTHS_PER_YEAR // 4


def by_room(case: Case, land: Ground) -> Ints:
    """Room after room: the next renewal of a server or the fit-out first, by quarter, then what saves most.

    What a room saves is counted per person-day. This is the rule of thumb that plans are compared with.
    """
    estate, clock, rows = case.world.estate, case.world.clock, land.rows
    rooms, systems = estate.rooms, estate.systems
    n = len(rooms.id)
    due = rooms.refit_month.astype(np.int64)
    np.minimum.at(due, systems.room[rows], systems.refresh_month[rows])
    last = clock.month_of_hour(float(land.weeks.hour[-1]))
    quarter = np.clip(due, 0, last) // MONTHS_PER_QUARTER
    stays = np.zeros(n, dtype=bool)
    stays[systems.room[systems.stays]] = True
    wage = case.world.of(case.scenario.prices.staff_cny_per_fte)
    room_cost = np.where(stays, 0.0, rooms.operations_cny_per_year + rooms.staff_fte * wage)
    lines = estate.lines
    moving = np.zeros(len(systems.id), dtype=bool)
    moving[rows] = True
    rented = moving[lines.system]
    room_cost += np.bincount(
        systems.room[lines.system[rented]], lines.price_cny_per_year[rented], minlength=n
    )
    days = np.bincount(systems.room[rows], systems.effort_days[rows], minlength=n)
    rank = np.empty(n, dtype=np.int64)
    rank[np.lexsort((rooms.id, -room_cost / np.maximum(days, 1e-9), quarter))] = np.arange(n)
    return np.lexsort((systems.id[rows], rank[systems.room[rows]]))


def urgent_first(problem: Problem, limits: Limits, order: Ints) -> Ints:
    """What must move before the rest goes first, by its last slot; otherwise the order as given.

    Of a room that must have one system on the cloud by some slot, that with the least effort counts.
    """
    p, last = problem, limits.last.copy()
    for r in np.flatnonzero(p.cover >= 0).tolist():
        members = np.flatnonzero(p.room == r)
        least = members[int(np.argmin(p.days[members]))]
        last[least] = min(last[least], p.cover[r])
    urgent = np.where(last < last.max(initial=0), last, len(p.hour))
    return order[np.argsort(urgent[order], kind="stable")]
