"""What the rules of a scenario say on when systems move, read here and nowhere else.

A rule gives systems a first and a last hour, rooms an hour by which one of their systems must have moved, or
months a number of moves. ``strict_only`` leaves out the rules that may be missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...scenarios.clock import HOURS_PER_DAY
from ...scenarios.estate import NEVER
from ...scenarios.governed import held_rooms, today_servers
from ...scenarios.policy import (
    CloseSmall,
    Coverage,
    Levels,
    MergeLarge,
    MigrateExisting,
    MustCloud,
    Rule,
    binds,
    level_rows,
    threshold,
)
from ...scenarios.schema import Scenario
from ...scenarios.world import World
from .costs import hour_of_month
from .problem import Bools, Floats, Ints

if TYPE_CHECKING:
    from .ground import Case

MONTHS_PER_YEAR = 12


# Kinds of rules that say when systems move.
ON_MOVES = (MustCloud, CloseSmall, MergeLarge, Coverage, MigrateExisting)


def rules_of(case: Case, strict_only: bool = False) -> Iterator[Rule]:
    """The rules on moves that hold in a case."""
    if "policy" not in case.rules:
        return
    for rule in case.scenario.policy.values():
        wanted = isinstance(rule, ON_MOVES) and (rule.strict or not strict_only)
        if wanted and binds(case.scenario, case.alternative, rule):
            yield rule


def must_h(case: Case, rows: Ints, soonest_h: int, strict_only: bool = False) -> Ints:
    """Hour before which each system must have moved, NEVER if no rule says so, shape (rows,).

    Args:
        soonest_h: first slot; who is due for renewal before it may still take it.
    """
    world, systems = case.world, case.world.estate.systems
    must = np.full(len(rows), int(NEVER), dtype=np.int64)
    room = systems.room[rows]
    for rule in rules_of(case, strict_only):
        hour: Ints | int
        if isinstance(rule, MustCloud) and "upgraded" in rule.scope:
            # What fell due before the cloud opened was renewed in its room.
            from_h = max(world.clock.hour_of(rule.first), case.opens_h)
            hour = np.maximum(next_renewal_h(world, from_h)[rows], soonest_h + 1)
        elif isinstance(rule, MigrateExisting) and rule.to is not None:
            hour = world.clock.hour_of(rule.to) + HOURS_PER_DAY
        elif isinstance(rule, CloseSmall | MergeLarge):
            hour = _emptied_h(case, rule)[room]
            must = np.minimum(must, hour)
            continue
        else:
            continue
        must = np.minimum(must, np.where(_of_levels(case, rows, rule.levels), hour, int(NEVER)))
    return must


def first_h(case: Case, rows: Ints) -> Ints:
    """Hour from which each system may move, shape (rows,)."""
    systems = case.world.estate.systems
    first = np.zeros(len(rows), dtype=np.int64)
    for rule in rules_of(case):
        if isinstance(rule, MigrateExisting) and rule.first is not None:
            mine = _of_levels(case, rows, rule.levels)
            first = np.maximum(first, np.where(mine, case.world.clock.hour_of(rule.first), 0))
        elif isinstance(rule, MergeLarge) and rule.most_per_year is not None:
            first = np.maximum(first, _steps_h(case, rule)[0][systems.room[rows]])
    return first


def covered_rooms(case: Case, rows: Ints, strict_only: bool = False) -> Ints:
    """Hour before which one system of each room must have moved, NEVER if none must, shape (rooms,).

    Where a share of the departments is enough, those with the smallest system to move are chosen.

    Args:
        rows: systems that move.
    """
    estate, clock = case.world.estate, case.world.clock
    rooms, systems = estate.rooms, estate.systems
    must = np.full(len(rooms.id), int(NEVER), dtype=np.int64)
    least = np.full(len(rooms.id), np.inf)
    np.minimum.at(least, systems.room[rows], systems.effort_days[rows])
    for rule in rules_of(case, strict_only):
        if not isinstance(rule, Coverage):
            continue
        asked = np.isin(estate.units.level[rooms.unit], level_rows(case.scenario, rule.levels))
        mine = np.flatnonzero(asked & np.isfinite(least))
        order = mine[np.lexsort((rooms.id[mine], least[mine]))]
        chosen = order[: int(np.ceil(rule.share * len(order) - 1e-9))]
        must[chosen] = np.minimum(must[chosen], clock.hour_of(rule.by) + HOURS_PER_DAY)
    return must


def paced(case: Case) -> Floats:
    """Moves that rules allow in each month, infinite without a limit, shape (months,)."""
    return moves_allowed(list(rules_of(case)), case.world)


def moves_allowed(rules: list[Rule], world: World) -> Floats:
    """Moves that some rules allow in each month; those of a year are spread evenly over its months."""
    clock = world.clock
    most = np.full(clock.months, np.inf)
    month = np.array([clock.calendar_month(m) for m in range(clock.months)])
    for rule in rules:
        if isinstance(rule, MigrateExisting) and rule.most is not None:
            spread = rule.most * (month + 1) // MONTHS_PER_YEAR - rule.most * month // MONTHS_PER_YEAR
            most = np.minimum(most, spread if rule.per == "year" else rule.most)
    return most


def next_renewal_h(world: World, from_h: int) -> Ints:
    """Hour of the first renewal of any server of each system from an hour on, NEVER if none."""
    servers = world.estate.servers
    due_h = hour_of_month(world.clock, servers.generation_month[:, 1:])
    next_h = np.where(due_h >= from_h, due_h, int(NEVER)).min(axis=1, initial=int(NEVER))
    hour = np.full(len(world.estate.systems.id), int(NEVER), dtype=np.int64)
    np.minimum.at(hour, servers.system, next_h)
    return hour


def rooms_meant(scenario: Scenario, world: World, rule: CloseSmall | MergeLarge) -> Bools:
    """Rooms of today that a rule speaks of and that can be emptied, shape (rooms,)."""
    estate = world.estate
    kind, limit = threshold(scenario, rule)
    size = today_servers(estate) if kind == "servers" else estate.rooms.area_m2
    large = size >= world.of(limit)
    meant = large if isinstance(rule, MergeLarge) else ~large
    level = estate.units.level[estate.rooms.unit]
    there = (estate.rooms.opens_month == 0) & np.isin(level, level_rows(scenario, rule.levels))
    return np.asarray(meant & there & ~held_rooms(estate))


def _emptied_h(case: Case, rule: CloseSmall | MergeLarge) -> Ints:
    """Hour before which the last system of each room must have moved for the rule, shape (rooms,)."""
    world, terms = case.world, case.migration
    hour = np.full(len(world.estate.rooms.id), int(NEVER), dtype=np.int64)
    meant = rooms_meant(case.scenario, world, rule)
    if isinstance(rule, MergeLarge) and rule.most_per_year is not None:
        hour = _steps_h(case, rule)[1]
    if rule.by is not None:
        after = sum(
            round(world.of(q) * HOURS_PER_DAY) for q in (terms.dual_run_days, terms.room_clearing_days)
        )
        closed_h = world.clock.hour_of(rule.by) + HOURS_PER_DAY
        hour = np.where(meant, np.minimum(hour, closed_h - after), hour)
    return hour


def _steps_h(case: Case, rule: MergeLarge) -> tuple[Ints, Ints]:
    """First and last hour in which the systems of each room move, by calendar year, shape (rooms,) each.

    The rooms with fewest servers go first; those for which no year is left are not emptied.
    """
    assert rule.most_per_year is not None
    world, rooms = case.world, case.world.estate.rooms
    first = np.zeros(len(rooms.id), dtype=np.int64)
    last = np.full(len(rooms.id), int(NEVER), dtype=np.int64)
    meant = np.flatnonzero(rooms_meant(case.scenario, world, rule))
    order = meant[np.lexsort((rooms.id[meant], today_servers(world.estate)[meant]))]
    year = np.arange(len(order)) // rule.most_per_year
    start_h = _years_h(world, case.opens_h, int(year.max(initial=0)) + 2)
    first[order], last[order] = start_h[year], start_h[year + 1]
    return first, last


def _years_h(world: World, opens_h: int, years: int) -> Ints:
    """First hour of the calendar year of the opening and of those after it."""
    opening = world.clock.day_of_hour(opens_h)
    days = [opening.replace(year=opening.year + k, month=1, day=1) for k in range(years)]
    return np.array([world.clock.hour_of(day) for day in days], dtype=np.int64)


def _of_levels(case: Case, rows: Ints, levels: Levels) -> NDArray[np.bool_]:
    """Systems of some levels of government."""
    estate = case.world.estate
    level = estate.units.level[estate.systems.unit[rows]]
    return np.isin(level, level_rows(case.scenario, levels))
