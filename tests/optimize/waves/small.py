"""Small problems of waves, and an evaluation of schedules that shares nothing with the model's."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from roomfold.optimize.waves.problem import Problem

Ints = NDArray[np.int64]


def problem(
    rng: np.random.Generator,
    systems: int = 4,
    weeks: int = 4,
    rooms: int = 2,
    units: int = 1,
    links: int = 1,
    *,
    tight: float = 0.6,
    most: float = np.inf,
    budget: float | tuple[float, ...] = np.inf,
    cover: bool = False,
    may_stay: bool = False,
    large: bool = False,
) -> Problem:
    """A random problem; ``tight`` is the share of all effort that half of the weeks have.

    ``budget`` is that of every three weeks, or of each three by itself.
    """
    room = np.sort(np.concatenate([np.arange(rooms), rng.integers(0, rooms, systems - rooms)]))
    days = rng.integers(1, 6, systems).astype(float)
    week_days = np.full(weeks, max(days.max(), np.ceil(days.sum() * tight / (weeks / 2))))
    back = np.tile(np.arange(weeks), (systems, 1))
    if large:
        days[0] = week_days[0] * 1.5
        back[0] = np.arange(weeks) - 1
    cost = rng.integers(0, 50, (systems, weeks)).cumsum(axis=1) * 1.0 + 10
    cost[:, :][back < 0] = np.inf
    staying = np.where(
        rng.random(systems) < 0.5 if may_stay else np.zeros(systems, bool), cost[:, -1] + 5, np.inf
    )
    pair = np.array([[0, systems - 1]] * links, dtype=np.int64).reshape(-1, 2)
    worth = np.append(np.arange(weeks) * 7.0, weeks * 7.0)
    return Problem(
        hour=np.arange(weeks, dtype=np.int64) * 168 + 74,
        cost=np.column_stack([cost, staying]),
        late=np.zeros((systems, weeks + 1)),
        room=room.astype(np.int64),
        stays_until=rng.integers(0, weeks, systems),
        days=days,
        gb=rng.integers(1, 4, systems).astype(float),
        money=days * 100.0,
        back=back,
        unit=np.sort(np.concatenate([np.arange(units), rng.integers(0, units, rooms - units)])).astype(
            np.int64
        ),
        room_cost=rng.integers(0, 60, (rooms, weeks + 1)).cumsum(axis=1) * 1.0,
        cover=np.full(rooms, weeks // 2 if cover else -1, dtype=np.int64),
        unit_cost=rng.integers(0, 20, (units, weeks + 1)).cumsum(axis=1)[:, ::-1] * 1.0,
        week_days=week_days,
        week_gb=np.full(weeks, 9.0),
        month=np.arange(weeks, dtype=np.int64) // 2,
        most=np.full((weeks + 1) // 2, most),
        year=np.arange(weeks, dtype=np.int64) // 3,
        budget=np.full((weeks + 2) // 3, budget),
        wage=np.linspace(1.0, 1.2, weeks),
        ends=pair,
        worth=worth,
        life=np.tile([3.0, weeks * 7.0 - 2.0], (links, 1)),
    )


def by_hand(p: Problem, slot: tuple[int, ...]) -> float:
    """Cost of a schedule by plain loops; infinite if a limit is passed."""
    weeks, total = len(p.hour), 0.0
    days, gb, moves, money = [0.0] * weeks, [0.0] * weeks, [0.0] * len(p.most), [0.0] * len(p.budget)
    until = [-1] * len(p.unit)
    first = [weeks] * len(p.unit_cost)
    early = [False] * len(p.unit)
    for s, w in enumerate(slot):
        total += p.cost[s, w]
        r = int(p.room[s])
        until[r] = max(until[r], w if w < weeks else int(p.stays_until[s]))
        if w == weeks:
            continue
        first[int(p.unit[r])] = min(first[int(p.unit[r])], w)
        early[r] = early[r] or w <= p.cover[r]
        span = range(int(p.back[s, w]), w + 1)
        for v in span:
            days[v] += p.days[s] * p.week_days[v] / sum(p.week_days[x] for x in span)
            gb[v] += p.gb[s] * p.week_gb[v] / sum(p.week_gb[x] for x in span)
        moves[int(p.month[w])] += 1
        money[int(p.year[w])] += p.money[s] * p.wage[w]
    pairs = ((days, p.week_days), (gb, p.week_gb), (moves, p.most), (money, p.budget))
    if any(used > limit + 1e-6 for each, has in pairs for used, limit in zip(each, has, strict=True)):
        return float("inf")
    if any(p.cover[r] >= 0 and not early[r] for r in range(len(until))):
        return float("inf")
    total += sum(p.room_cost[r, last] for r, last in enumerate(until))
    total += sum(p.unit_cost[u, w] for u, w in enumerate(first))
    for (a, b), (low, high) in zip(p.ends.tolist(), p.life.tolist(), strict=True):
        one, other = (min(max(p.worth[slot[x]], low), high) for x in (a, b))
        total += abs(one - other)
    return float(total)


def least(p: Problem) -> float:
    """Least cost of all schedules."""
    return min(by_hand(p, slot) for slot in product(range(len(p.hour) + 1), repeat=len(p.room)))
