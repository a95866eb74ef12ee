"""The problem of the waves as arrays: which system moves in which week, what it costs, what a week has.

A schedule gives each system a slot (see optimize.slots), or the number of slots if it never moves. It costs

    sum over systems of cost[s, slot]
    + sum over rooms of room_cost[r, the slot up to which something keeps the room open]
    + sum over units of unit_cost[u, the first slot of any of their systems]
    + sum over links of |worth[slot of one end] - worth[slot of the other]|, both cut to the link's life.

What a slot may not be is an infinite cost. Staff and copy line are those of the week before the slot; a
system too large for a week takes equal shares of as many weeks as it needs. Money is in CNY.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled, inner

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ROUNDING = 1e-9


class Problem(NamedTuple):
    """S systems sorted by room, R rooms sorted by unit, U units, W slots, L links.

    Attributes:
        hour: of each slot, shape (W,).
        cost: of a system at each slot, last of never moving, shape (S, W + 1); infinite where not allowed.
        late: what of ``cost`` is the weight of being late (see late), shape (S, W + 1).
        room: row of each system's room, shape (S,).
        stays_until: slot up to which a system that never moves keeps its room open, shape (S,).
        days, gb, money: person-days, data and CNY (at the first year's wage) that a move takes, shape (S,).
        back: first week whose staff and line a move at a slot takes, -1 where not allowed, shape (S, W).
        unit: row of each room's unit, shape (R,).
        room_cost: not falling from slot to slot, shape (R, W + 1).
        cover: last slot by which one system of the room must have moved, -1 if none must, shape (R,).
        unit_cost: not rising from slot to slot, shape (U, W + 1); last of a unit that moves nothing.
        week_days, week_gb: what is there for each slot, shape (W,).
        month, year: of each slot, counted from the first there is, shape (W,).
        most: systems that may move in each month, shape (months,).
        budget: CNY for moving in each year, shape (years,).
        wage: over that of the first year, at each slot, shape (W,).
        ends: rows of the two systems of each link, shape (L, 2).
        worth: rent of a split link from the opening to each slot, last to the end, shape (W + 1,).
        life: ``worth`` at the start and the end of each link, shape (L, 2).
    """

    hour: Ints
    cost: Floats
    late: Floats
    room: Ints
    stays_until: Ints
    days: Floats
    gb: Floats
    money: Floats
    back: Ints
    unit: Ints
    room_cost: Floats
    cover: Ints
    unit_cost: Floats
    week_days: Floats
    week_gb: Floats
    month: Ints
    most: Floats
    year: Ints
    budget: Floats
    wage: Floats
    ends: Ints
    worth: Floats
    life: Floats


@dataclass(frozen=True)
class Use:
    """What a schedule takes of every limit.

    Attributes:
        days, gb: of each week, shape (W,).
        moves: by month, shape (months,).
        money: by year, in CNY, shape (years,).
    """

    days: Floats
    gb: Floats
    moves: Floats
    money: Floats

    def within(self, problem: Problem) -> bool:
        """Whether no limit is passed."""
        limits = (problem.week_days, problem.week_gb, problem.most, problem.budget)
        used = (getattr(self, f.name) for f in fields(self))
        return all(
            bool((u <= limit * (1 + ROUNDING) + ROUNDING).all())
            for u, limit in zip(used, limits, strict=True)
        )


@inner
def take(p: Problem, s: int, w: int, sign: float, days: Floats, gb: Floats) -> None:
    """Add what a move at a slot takes of staff and line to ``days`` and ``gb``, shape (W,) each."""
    first = p.back[s, w]
    if first == w:
        days[w] += sign * p.days[s]
        gb[w] += sign * p.gb[s]
        return
    all_days, all_gb = 0.0, 0.0
    for v in range(first, w + 1):
        all_days += p.week_days[v]
        all_gb += p.week_gb[v]
    for v in range(first, w + 1):
        days[v] += sign * p.days[s] * p.week_days[v] / all_days
        gb[v] += sign * p.gb[s] * p.week_gb[v] / all_gb


@compiled
def _take_all(p: Problem, slot: Ints, days: Floats, gb: Floats) -> None:
    for s in range(len(slot)):
        if slot[s] < len(p.hour):
            take(p, s, slot[s], 1.0, days, gb)


def use(problem: Problem, slot: Ints) -> Use:
    """What a schedule takes; ``slot`` has shape (S,)."""
    p, never = problem, len(problem.hour)
    moved = np.flatnonzero(slot < never)
    at = slot[moved]
    days, gb = np.zeros(never), np.zeros(never)
    _take_all(p, slot, days, gb)
    moves = np.bincount(p.month[at], minlength=len(p.most)).astype(np.float64)
    money = np.zeros(len(p.budget))
    np.add.at(money, p.year[at], p.money[moved] * p.wage[at])
    return Use(days, gb, moves, money)


def cost_of(problem: Problem, slot: Ints) -> float:
    """Cost of a schedule, infinite where not allowed or coverage is missed; limits are not looked at."""
    p, never = problem, len(problem.hour)
    own = float(p.cost[np.arange(len(slot)), slot].sum())
    holds = np.full(len(p.unit), -1, dtype=np.int64)
    np.maximum.at(holds, p.room, np.where(slot < never, slot, p.stays_until))
    first = np.full(len(p.unit_cost), never, dtype=np.int64)
    np.minimum.at(first, p.unit[p.room], slot)
    early = np.full(len(p.unit), never, dtype=np.int64)
    np.minimum.at(early, p.room, slot)
    if ((p.cover >= 0) & (early > p.cover)).any():
        return float("inf")
    occupied = holds >= 0
    rooms = float(p.room_cost[occupied, holds[occupied]].sum())
    units = float(p.unit_cost[np.arange(len(first)), first].sum())
    return own + rooms + units + split_cost(p, slot)


def split_cost(problem: Problem, slot: Ints) -> float:
    """Rent of interim lines."""
    if not len(problem.ends):
        return 0.0
    ends = problem.worth[slot[problem.ends]]
    cut = np.clip(ends, problem.life[:, :1], problem.life[:, 1:])
    return float(np.abs(cut[:, 0] - cut[:, 1]).sum())


def cut(problem: Problem, weeks: int) -> Problem:
    """The problem of the first slots alone, where no system may move later or stay any longer."""
    p = problem
    ends = (np.arange(len(p.hour) + 1) < weeks) | (np.arange(len(p.hour) + 1) == len(p.hour))
    return p._replace(
        hour=p.hour[:weeks],
        cost=np.ascontiguousarray(p.cost[:, ends]),
        late=np.ascontiguousarray(p.late[:, ends]),
        stays_until=np.minimum(p.stays_until, weeks),
        back=np.ascontiguousarray(p.back[:, :weeks]),
        room_cost=np.ascontiguousarray(p.room_cost[:, : weeks + 1]),
        unit_cost=np.ascontiguousarray(p.unit_cost[:, ends]),
        week_days=p.week_days[:weeks],
        week_gb=p.week_gb[:weeks],
        month=p.month[:weeks],
        year=p.year[:weeks],
        wage=p.wage[:weeks],
        worth=p.worth[ends],
    )
