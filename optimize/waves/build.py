"""The problem of the waves (see problem) from a scenario and a world."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...scenarios.estate import NEVER
from .budget import budgets_cny
from .costs import (
    ROLLED_BACK_EFFORT,
    Meters,
    Times,
    hour_of_month,
    months_of,
    room_costs,
    system_costs,
    unit_costs,
)
from .dates import covered_rooms, paced
from .ground import WORKDAYS_PER_WEEK, Case, Ground
from .problem import Bools, Floats, Ints, Problem

# Nights of 12 hours from Monday to Friday, and the weekend.
COPY_HOURS_PER_WEEK = 5 * 12 + 2 * 24
GB_PER_HOUR_PER_MBPS = 3600 / 8 / 1000


@dataclass(frozen=True)
class Draft:
    """A problem before it is known how many people move it and what may be late.

    Attributes:
        problem: without any last slot, staff and line.
        workdays: before each slot, shape (W,).
        useful: share of staff, line and cut-overs that is not lost to roll-backs.
        weekly_gb: what the line copies in a week.
    """

    problem: Problem
    workdays: Ints
    useful: float
    weekly_gb: float


@dataclass(frozen=True)
class Limits:
    """By when systems must have moved, shape (S,) each.

    Attributes:
        last: last slot by the deadline and rules.
        may_stay: given up before it would have to move.
    """

    last: Ints
    may_stay: Bools

    def met(self, slot: Ints, weeks: int) -> Bools:
        """Which systems a schedule moves in time."""
        return np.asarray((slot <= self.last) & (slot < weeks) | self.may_stay & (slot == weeks))


def limits(case: Case, land: Ground, goal_h: int | None, spare_h: int = 0) -> Limits:
    """Limits when everything is to have moved before ``goal_h``, the end of the horizon if None.

    Args:
        spare_h: by so much earlier than rules say.
    """
    ruled = land.mandate_h < NEVER
    return _limits(case, land, np.where(ruled, land.mandate_h - spare_h, int(NEVER)), goal_h)


def strict_limits(case: Case, land: Ground) -> Limits:
    """Limits by the rules that must not be missed alone; otherwise anything may stay."""
    found = _limits(case, land, land.strict_h, None)
    return Limits(found.last, found.may_stay | (land.strict_h >= case.world.clock.hours))


def _limits(case: Case, land: Ground, must_h: Ints, goal_h: int | None) -> Limits:
    hour, horizon_h = land.weeks.hour, case.world.clock.hours
    end_h = horizon_h if goal_h is None else min(goal_h, horizon_h)
    by_end = np.searchsorted(hour, end_h) - 1
    last = np.where(must_h < end_h, np.minimum(np.searchsorted(hour, must_h) - 1, by_end), by_end)
    return Limits(last, land.ends_h < np.minimum(must_h, end_h))


def draft(case: Case, land: Ground) -> Draft:
    """Everything but the team."""
    world, migration = case.world, case.migration
    systems, rooms = world.estate.systems, world.estate.rooms
    rows, hour, horizon_h = land.rows, land.weeks.hour, world.clock.hours
    meters = Meters.of(case.scenario, world, case.opens_h)
    times = Times.of(world, migration, case.opens_h, hour)
    room_rows, room = _compact(systems.room[rows].astype(np.int64))
    unit_rows, unit = _compact(rooms.unit[room_rows].astype(np.int64))
    cost = system_costs(case.scenario, world, migration, times, meters, rows)
    cost[:, :-1][hour[None, :] >= land.ends_h[:, None]] = np.inf
    cost[:, :-1][hour[None, :] < land.first_h[:, None]] = np.inf
    ends, life, worth = _links(case, land, meters, hour, cost)
    useful = 1 - world.of(migration.failure_share)
    month, most, year, budget = _calendar(case, hour, useful)
    for limit, at in ((most, month), (budget, year)):
        cost[:, :-1][:, limit[at] <= 0] = np.inf
        limit[limit <= 0] = np.inf
    problem = Problem(
        hour=hour,
        cost=cost,
        late=np.zeros_like(cost),
        room=room,
        stays_until=np.searchsorted(hour + times.dual_h, land.ends_h),
        days=systems.effort_days[rows].astype(np.float64),
        gb=case.data_gb[rows].astype(np.float64),
        money=_money(case, rows),
        back=np.empty((len(rows), len(hour)), dtype=np.int64),
        unit=unit,
        room_cost=room_costs(case.scenario, world, times, meters, room_rows, _held_h(case, land)[room_rows]),
        cover=cover_slots(case, land),
        unit_cost=unit_costs(
            times, meters, case.rent_cny[unit_rows], _joined_h(case, land)[unit_rows], horizon_h
        ),
        week_days=np.full(len(hour), np.inf),
        week_gb=np.full(len(hour), np.inf),
        month=month,
        most=most,
        year=year,
        budget=budget,
        wage=np.asarray(meters.staff.level[month], dtype=np.float64),
        ends=ends,
        worth=worth,
        life=life,
    )
    weekly_gb = np.inf
    if "line" in case.rules:
        weekly_gb = COPY_HOURS_PER_WEEK * GB_PER_HOUR_PER_MBPS * world.of(migration.ingress_mbps) * useful
    return Draft(problem, land.weeks.workdays, useful, weekly_gb)


def strict_draft(case: Case, land: Ground, drafted: Draft) -> Draft:
    """The draft with only the coverage that must not be missed."""
    cover = cover_slots(case, land, strict_only=True)
    return replace(drafted, problem=drafted.problem._replace(cover=cover))


def with_team(draft: Draft, team_fte: float, limits: Limits | None) -> Problem:
    """The problem for a team; without limits, anything may be late or stay."""
    p = draft.problem
    week_days = np.asarray(draft.workdays * (team_fte * draft.useful), dtype=np.float64)
    week_gb = np.full(len(p.hour), draft.weekly_gb)
    full = WORKDAYS_PER_WEEK * team_fte * draft.useful
    back = _back(p, week_days, week_gb, full)
    cost = p.cost.copy()
    cost[:, :-1][back < 0] = np.inf
    if limits is not None:
        cost[:, :-1][np.arange(len(p.hour)) > limits.last[:, None]] = np.inf
        cost[~limits.may_stay, -1] = np.inf
    return p._replace(cost=cost, back=back, week_days=week_days, week_gb=week_gb)


def _back(p: Problem, week_days: Floats, week_gb: Floats, full_days: float) -> Ints:
    """First week whose staff and line each move takes, -1 where it may not be, shape (S, W)."""
    weeks = np.arange(len(p.hour))
    fits = (p.days[:, None] <= week_days) & (p.gb[:, None] <= week_gb)
    back = np.where(fits, weeks, -1)
    sums = [np.concatenate([[0.0], np.cumsum(week)]) for week in (week_days, week_gb)]
    for s in np.flatnonzero((p.days > full_days) | (p.gb > week_gb.max(initial=0.0))):
        first = weeks
        for total, needed in zip(sums, (p.days[s], p.gb[s]), strict=True):
            if np.isfinite(total[-1]):
                first = np.minimum(first, np.searchsorted(total, total[1:] - needed + 1e-9, side="right") - 1)
        back[s] = np.maximum(first, -1)
    return back


def _compact(values: Ints) -> tuple[Ints, Ints]:
    """Distinct values in the order in which they come, and the number of each in that order."""
    kept, first, inverse = np.unique(values, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return kept[order], rank[inverse.ravel()]


def _money(case: Case, rows: Ints) -> Floats:
    """Labour of a move with the roll-backs to be expected, in CNY of the first year."""
    fails = case.world.of(case.migration.failure_share)
    days = case.world.estate.systems.effort_days[rows] * (1 + ROLLED_BACK_EFFORT * fails / (1 - fails))
    return np.asarray(days * case.world.of(case.migration.day_rate_cny), dtype=np.float64)


def _calendar(case: Case, hour: Ints, useful: float) -> tuple[Ints, Floats, Ints, Floats]:
    """Month of each slot and what each month has, year of each slot and what each year has."""
    clock, migration = case.world.clock, case.migration
    month = months_of(clock, hour)
    first_year = clock.year_of_month(0)
    year = np.array([clock.year_of_month(m) - first_year for m in month.tolist()], dtype=np.int64)
    most = np.inf
    if migration.most_per_month is not None and "rate" in case.rules:
        most = max(np.floor(migration.most_per_month * useful), 1.0)
    budget = budgets_cny(migration, case.world)
    if "budget" not in case.rules:
        budget = np.full_like(budget, np.inf)
    ruled = paced(case)
    ruled = np.where(ruled > 0, np.maximum(np.floor(ruled * useful), 1.0), 0.0)
    return month, np.minimum(ruled, most), year, budget


def _held_h(case: Case, land: Ground) -> Ints:
    """Hour until which what does not move holds each room, 0 if nothing does, shape (rooms,)."""
    estate = case.world.estate
    servers, systems = estate.servers, estate.systems
    moves = np.zeros(len(systems.id), dtype=bool)
    moves[land.rows] = True
    holds = ~(moves | land.starts) & (land.starts_h < case.world.clock.hours)
    mine = np.flatnonzero(holds[servers.system])
    held = np.zeros(len(estate.rooms.id), dtype=np.int64)
    ends_h = hour_of_month(case.world.clock, servers.retires_month[mine])
    np.maximum.at(held, systems.room[servers.system[mine]], ends_h)
    return held


def _joined_h(case: Case, land: Ground) -> Ints:
    """Hour from which each unit has a system on the cloud without any move, shape (units,)."""
    systems = case.world.estate.systems
    joined = np.full(len(case.world.estate.units.id), int(NEVER), dtype=np.int64)
    np.minimum.at(joined, systems.unit[land.starts], land.starts_h[land.starts])
    return joined


def cover_slots(case: Case, land: Ground, strict_only: bool = False, spare_h: int = 0) -> Ints:
    """Last slot by which a system of each room must have moved, the first at least, -1 if none must.

    Args:
        spare_h: by so much earlier than rules say.
    """
    room_rows, _ = _compact(case.world.estate.systems.room[land.rows].astype(np.int64))
    must_h = covered_rooms(case, land.rows, strict_only)[room_rows]
    last = np.searchsorted(land.weeks.hour, must_h - spare_h) - 1
    return np.where(must_h < NEVER, np.maximum(last, 0), -1)


def _links(case: Case, land: Ground, meters: Meters, hour: Ints, cost: Floats) -> tuple[Ints, Floats, Floats]:
    """Ends, life and worth of links between systems that move.

    A link to a system that starts on the cloud is part of the other's own cost, and added to it.
    """
    links, systems, world = case.world.estate.links, case.world.estate.systems, case.world
    kind = case.migration.interim_line
    rent = 0.0 if kind is None else world.of(case.scenario.lines[kind].price_cny_per_year)
    worth = rent * meters.line.at(np.append(hour, world.clock.hours))
    none = (np.empty((0, 2), dtype=np.int64), np.empty((0, 2)), worth)
    if rent == 0 or not len(links.first):
        return none
    place = np.full(len(systems.id), -1, dtype=np.int64)
    place[land.rows] = np.arange(len(land.rows))
    pair = np.stack([links.first, links.second], axis=1)
    ends_h = hour_of_month(world.clock, systems.retires_month)
    life = rent * np.stack(
        [meters.line.at(land.starts_h[pair].max(axis=1)), meters.line.at(ends_h[pair].min(axis=1))], axis=1
    )
    life[:, 1] = np.maximum(life[:, 1], life[:, 0])
    for one, other in ((0, 1), (1, 0)):
        mine = np.flatnonzero((place[pair[:, one]] >= 0) & land.starts[pair[:, other]])
        split = np.clip(worth[None, :], life[mine, :1], life[mine, 1:]) - life[mine, :1]
        np.add.at(cost, place[pair[mine, one]], split)
    both = (place[pair] >= 0).all(axis=1) & (life[:, 1] > life[:, 0])
    return place[pair[both]], life[both], worth
