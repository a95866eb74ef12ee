"""The waves without limits shared between units: each unit then has a best schedule of its own.

Given what a slot costs each system (prices of the limits included), a unit's best schedule follows from two
choices: the first slot of its systems and, for each room, the slot up to which it stays open. Each system
then takes its cheapest slot between the two. All pairs are tried, so the minimum is exact.
"""

from __future__ import annotations

import numpy as np

from ..compiled import compiled, inner
from .problem import Floats, Ints, Problem


@compiled
def priced(
    problem: Problem,
    day_price: Floats,
    gb_price: Floats,
    move_price: Floats,
    money_price: Floats,
    out: Floats,
) -> None:
    """Cost of each system at each slot with what it takes of the limits, shape (S, W + 1).

    Args:
        day_price, gb_price: of a person-day and a GB of each week, shape (W,).
        move_price, money_price: of one move and of one CNY (first year's wage) at each slot, shape (W,).
        out: where to put it.
    """
    p = problem
    weeks = len(p.hour)
    for s in range(len(p.room)):
        days, gb, money = p.days[s], p.gb[s], p.money[s]
        for w in range(weeks):
            first = p.back[s, w]
            value = p.cost[s, w]
            if first == w:
                value += days * day_price[w] + gb * gb_price[w]
            elif first >= 0:
                all_days, all_gb, a, b = 0.0, 0.0, 0.0, 0.0
                for v in range(first, w + 1):
                    all_days += p.week_days[v]
                    all_gb += p.week_gb[v]
                    a += p.week_days[v] * day_price[v]
                    b += p.week_gb[v] * gb_price[v]
                value += days * a / all_days + gb * b / all_gb
            out[s, w] = value + move_price[w] + money * money_price[w]
        out[s, weeks] = p.cost[s, weeks]


@compiled
def best_schedules(problem: Problem, cost: Floats, first_of: Ints, room_of: Ints, slot: Ints) -> float:
    """Best schedule of every unit on its own.

    Args:
        cost: of each system at each slot, shape (S, W + 1).
        first_of: first system of each room and their number, shape (R + 1,).
        room_of: first room of each unit and their number, shape (U + 1,).
        slot: where to put the schedule, shape (S,).

    Returns:
        What it costs.
    """
    p = problem
    weeks, rooms = len(p.hour), len(p.unit)
    staying = np.empty(rooms)
    row, regret = np.empty(weeks + 1), np.empty(weeks + 1)
    for r in range(rooms):
        staying[r] = _staying(p, cost, first_of[r], first_of[r + 1], r)
    least = np.empty(rooms)
    for r in range(rooms):
        _room(p, cost, first_of[r], first_of[r + 1], r, 0, row, regret)
        least[r] = min(staying[r], row.min())
    # Ranges of first slots still to try: after which, up to which, and what the rooms cost at the former.
    after, up_to, known = np.empty(weeks, np.int64), np.empty(weeks, np.int64), np.empty(weeks)
    total = 0.0
    for u in range(len(p.unit_cost)):
        chosen, best, at_first = weeks, p.unit_cost[u, weeks], 0.0
        for r in range(room_of[u], room_of[u + 1]):
            best += staying[r]
            at_first += least[r]
        if at_first + p.unit_cost[u, 0] < best:
            chosen, best = 0, at_first + p.unit_cost[u, 0]
        after[0], up_to[0], known[0], ranges = 0, weeks - 1, at_first, 1
        while ranges > 0:
            ranges -= 1
            low, high, value = after[ranges], up_to[ranges], known[ranges]
            # What the rooms cost only rises with the first slot, and what the unit costs only falls.
            if low == high or value + p.unit_cost[u, high] >= best:
                continue
            middle, other = (low + high + 1) // 2, at_first
            for r in range(room_of[u], room_of[u + 1]):
                _room(p, cost, first_of[r], first_of[r + 1], r, middle, row, regret)
                other += min(staying[r], row.min()) - least[r]
                if other + p.unit_cost[u, high] >= best:
                    break
            if other + p.unit_cost[u, middle] < best:
                chosen, best = middle, other + p.unit_cost[u, middle]
            after[ranges], up_to[ranges], known[ranges] = middle, high, other
            after[ranges + 1], up_to[ranges + 1], known[ranges + 1] = low, middle - 1, value
            ranges += 2
        for r in range(room_of[u], room_of[u + 1]):
            _choose(p, cost, first_of[r], first_of[r + 1], r, chosen, staying[r], row, regret, slot)
        total += best
    return total


@inner
def _staying(p: Problem, cost: Floats, start: int, end: int, r: int) -> float:
    """Cost of a room of which nothing moves."""
    if p.cover[r] >= 0:
        return np.inf
    value, until = 0.0, 0
    for s in range(start, end):
        value += cost[s, len(p.hour)]
        until = max(until, p.stays_until[s])
    return float(value + p.room_cost[r, until])


@inner
def _room(
    p: Problem, cost: Floats, start: int, end: int, r: int, first: int, row: Floats, regret: Floats
) -> None:
    """Cost of a room by the slot up to which it stays open, when nothing moves before ``first``."""
    weeks, cover = len(p.hour), p.cover[r]
    for last in range(weeks + 1):
        row[last] = p.room_cost[r, last] if last >= first else np.inf
        regret[last] = np.inf
    for s in range(start, end):
        least, early, until, stay = np.inf, np.inf, p.stays_until[s], cost[s, weeks]
        for last in range(first, weeks + 1):
            if last < weeks and cost[s, last] < least:
                least = cost[s, last]
            if last <= cover:
                early = least
            value = stay if until <= last and stay < least else least
            row[last] += value
            if cover >= 0 and early < np.inf:
                regret[last] = min(regret[last], early - value)
    if cover >= 0:
        for last in range(first, weeks + 1):
            row[last] += regret[last]


@inner
def _choose(
    p: Problem,
    cost: Floats,
    start: int,
    end: int,
    r: int,
    first: int,
    staying: float,
    row: Floats,
    regret: Floats,
    slot: Ints,
) -> None:
    """Slots of a room's systems in the best schedule of its unit."""
    weeks, cover = len(p.hour), p.cover[r]
    last = weeks
    if first < weeks:
        _room(p, cost, start, end, r, first, row, regret)
        for w in range(weeks):
            if row[w] < row[last]:
                last = w
    if first == weeks or staying <= row[last]:
        for s in range(start, end):
            slot[s] = weeks
        return
    early_at, best_regret, early_slot = -1, np.inf, -1
    for s in range(start, end):
        at, least, early, early_at_s = -1, np.inf, np.inf, -1
        for w in range(first, min(last + 1, weeks)):
            if cost[s, w] < least:
                at, least = w, cost[s, w]
            if w <= cover:
                early, early_at_s = least, at
        if p.stays_until[s] <= last and cost[s, weeks] < least:
            at, least = weeks, cost[s, weeks]
        slot[s] = at
        if early - least < best_regret:
            early_at, best_regret, early_slot = s, early - least, early_at_s
    if cover >= 0 and early_at >= 0:
        slot[early_at] = early_slot
