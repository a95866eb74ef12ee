"""Better schedules by small changes: a system takes another week, or systems of two weeks swap places.

Simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983, doi 10.1126/science.220.4598.671): a change that
costs more is made with a chance that falls as the search cools. Limits are kept throughout, so in full weeks
one system makes way for another, or for two. Most changes are to a week near by or to that of a neighbour in
the room, which is where cheaper places are found. The numbers are those of a counter-based stream with a
fixed key, so the same problem gives the same schedule everywhere.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..compiled import compiled, inner
from .problem import Floats, Ints, Problem, cost_of, take, use
from .turns import weeks_hold

AT_ONCE = 100_000
# Share of changes to any week at all, and of those to a week of the same room; the rest is near by.
ANYWHERE, SAME_ROOM = 0.1, 0.15
NEAR_WEEKS = 3.0  # mean distance of a change near by
# Share of changes for which one system makes way, and for which two do.
SWAPS, DOUBLE = 0.54, 0.36
DRAWS = 7  # numbers for a change
COLD = 0.003  # last temperature over the first
KEY = 20150402


class State(NamedTuple):
    """A schedule and what follows from it.

    Attributes:
        slot: of each system, shape (S,).
        holds: systems that hold each room open up to each slot, shape (R, W + 1).
        starts: systems of each unit by slot, shape (U, W + 1).
        until: slot up to which each room is open, shape (R,).
        since: first slot of each unit, shape (U,).
        early: systems of each room that move in time for coverage, shape (R,).
        days, gb, moves, money: taken so far.
        link_at: first link of each system in ``partner``, and their number, shape (S + 1,).
        partner, link: the other end and the row of each link of a system.
        members, filled: systems at each slot, shape (W + 1, S), and how many, shape (W + 1,).
        place: of each system among the members of its slot, shape (S,).
    """

    slot: Ints
    holds: Ints
    starts: Ints
    until: Ints
    since: Ints
    early: Ints
    days: Floats
    gb: Floats
    moves: Floats
    money: Floats
    link_at: Ints
    partner: Ints
    link: Ints
    members: Ints
    filled: Ints
    place: Ints


def anneal(problem: Problem, start: Ints, steps: int, heat: float) -> Ints:
    """A schedule at least as good as ``start``, which must keep all limits.

    Args:
        steps: changes to try.
        heat: first temperature, in CNY.
    """
    if not len(start):
        return start
    state = _state(problem, start)
    best, least = start.copy(), cost_of(problem, start)
    cost = least
    stream = np.random.Generator(np.random.Philox(key=KEY))
    for done in range(0, steps, AT_ONCE):
        draws = stream.random((min(AT_ONCE, steps - done), DRAWS))
        least, cost = _change(problem, state, draws, done, steps, heat, best, least, cost)
    return best


def _state(problem: Problem, slot: Ints) -> State:
    p, never = problem, len(problem.hour)
    taken = use(p, slot)
    unit = p.unit[p.room]
    holds = np.zeros((len(p.unit), never + 1), dtype=np.int64)
    starts = np.zeros((len(p.unit_cost), never + 1), dtype=np.int64)
    hold = np.where(slot < never, slot, p.stays_until)
    np.add.at(holds, (p.room, hold), 1)
    np.add.at(starts, (unit, slot), 1)
    until = np.zeros(len(p.unit), dtype=np.int64)
    since = np.full(len(p.unit_cost), never, dtype=np.int64)
    np.maximum.at(until, p.room, hold)
    np.minimum.at(since, unit, slot)
    early = np.bincount(p.room[slot <= p.cover[p.room]], minlength=len(p.unit))
    both = np.concatenate([p.ends[:, 0], p.ends[:, 1]])
    other = np.concatenate([p.ends[:, 1], p.ends[:, 0]])
    order = np.argsort(both, kind="stable")
    link_at = np.searchsorted(both[order], np.arange(len(slot) + 1))
    link = np.tile(np.arange(len(p.ends)), 2)[order]
    amounts = (taken.days, taken.gb, taken.moves, taken.money)
    ends = (link_at, other[order], link)
    return State(slot.copy(), holds, starts, until, since, early, *amounts, *ends, *_members(slot, never))


def _members(slot: Ints, never: int) -> tuple[Ints, Ints, Ints]:
    """Systems of each slot, their number, and the place of each."""
    count = np.bincount(slot, minlength=never + 1)
    order = np.argsort(slot, kind="stable")
    place = np.empty(len(slot), dtype=np.int64)
    place[order] = np.arange(len(slot)) - (np.cumsum(count) - count)[slot[order]]
    members = np.zeros((never + 1, len(slot)), dtype=np.int64)
    members[slot, place] = np.arange(len(slot))
    return members, count, place


@compiled
def _change(
    p: Problem,
    state: State,
    draws: Floats,
    done: int,
    steps: int,
    heat: float,
    best: Ints,
    least: float,
    cost: float,
) -> tuple[float, float]:
    """Try one change for each row of ``draws``; the least cost so far (of ``best``) and the present one."""
    cooling = np.log(COLD) / steps
    for i in range(len(draws)):
        a = int(draws[i, 0] * len(p.room))
        old, new = state.slot[a], _target(p, state, a, draws[i])
        if new < 0 or new == old or p.cost[a, new] == np.inf:
            continue
        b, c = _ways(p, state, old, new, draws[i])
        if _too_full(p, state, a, b, c, new):
            continue
        rise = shift(p, state, a, new)
        if b >= 0:
            rise += shift(p, state, b, old)
        if c >= 0:
            rise += shift(p, state, c, old)
        limit = -heat * np.exp(cooling * (done + i)) * np.log(1.0 - draws[i, 3])
        if (
            rise <= limit
            and _holds(p, state, a, old, new)
            and (b < 0 or _holds(p, state, b, new, old))
            and (c < 0 or _holds(p, state, c, new, old))
        ):
            _enlist(state, a, old)
            if b >= 0:
                _enlist(state, b, new)
            if c >= 0:
                _enlist(state, c, new)
            cost += rise
            if cost < least - 1e-6:
                least = cost
                best[:] = state.slot
            continue
        if c >= 0:
            shift(p, state, c, new)
        if b >= 0:
            shift(p, state, b, new)
        shift(p, state, a, old)
    return least, cost


@inner
def _target(p: Problem, state: State, s: int, draw: Floats) -> int:
    """A slot for a system, -1 if none."""
    weeks, old = len(p.hour), state.slot[s]
    if draw[4] < ANYWHERE or old == weeks:
        return int(draw[2] * (weeks + 1))
    if draw[4] < ANYWHERE + SAME_ROOM:
        first, last = s, s
        while first > 0 and p.room[first - 1] == p.room[s]:
            first -= 1
        while last + 1 < len(p.room) and p.room[last + 1] == p.room[s]:
            last += 1
        return int(state.slot[first + int(draw[2] * (last - first + 1))])
    far = 1 + int(-NEAR_WEEKS * np.log(1.0 - draw[2]))
    new = old + far if draw[4] < (1.0 + ANYWHERE + SAME_ROOM) / 2 else old - far
    return new if new <= weeks else -1


@inner
def _ways(p: Problem, state: State, old: int, new: int, draw: Floats) -> tuple[int, int]:
    """Systems of the new slot that make way and take the old one, -1 for none."""
    b, c, n = -1, -1, state.filled[new]
    if draw[1] < SWAPS + DOUBLE and n > 0:
        b = state.members[new, int(draw[5] * n)]
        if p.cost[b, old] == np.inf:
            return -1, -1
    if draw[1] < DOUBLE and n > 1:
        c = state.members[new, int(draw[6] * n)]
        if c == b or p.cost[c, old] == np.inf:
            c = -1
    return b, c


@inner
def _too_full(p: Problem, state: State, a: int, b: int, c: int, new: int) -> bool:
    """Whether a week is plainly too full for a change; a quick look before all limits are checked."""
    if new == len(p.hour) or p.back[a, new] < new:
        return False
    days, gb = state.days[new] + p.days[a], state.gb[new] + p.gb[a]
    for s in (b, c):
        if s >= 0:
            if p.back[s, new] < new:
                return False
            days -= p.days[s]
            gb -= p.gb[s]
    full = (1 + 1e-9) * p.week_days[new] + 1e-9, (1 + 1e-9) * p.week_gb[new] + 1e-9
    return bool(days > full[0] or gb > full[1])


@inner
def _enlist(state: State, s: int, old: int) -> None:
    """Take a system from the members of its former slot to those of its present one."""
    new, gap = state.slot[s], state.place[s]
    state.filled[old] -= 1
    last = state.members[old, state.filled[old]]
    state.members[old, gap] = last
    state.place[last] = gap
    state.members[new, state.filled[new]] = s
    state.place[s] = state.filled[new]
    state.filled[new] += 1


@inner
def _holds(p: Problem, state: State, s: int, old: int, new: int) -> bool:
    """Whether limits hold after a system has moved from one slot to another."""
    weeks, r = len(p.hour), p.room[s]
    if p.cover[r] >= 0 and state.early[r] == 0:
        return False
    for w in (old, new):
        if w == weeks:
            continue
        if not weeks_hold(p, p.back[s, w], w, state.days, state.gb):
            return False
        if state.moves[p.month[w]] > p.most[p.month[w]] * (1 + 1e-9):
            return False
        if state.money[p.year[w]] > p.budget[p.year[w]] * (1 + 1e-9):
            return False
    return True


@inner
def shift(p: Problem, state: State, s: int, new: int) -> float:
    """Give a system another slot, whatever the limits; what the schedule then costs more."""
    weeks, old, r = len(p.hour), state.slot[s], p.room[s]
    u = p.unit[r]
    rise = p.cost[s, new] - p.cost[s, old] + _link_rise(p, state, s, old, new)
    for w, sign in ((old, -1.0), (new, 1.0)):
        if w < weeks:
            take(p, s, w, sign, state.days, state.gb)
            state.moves[p.month[w]] += sign
            state.money[p.year[w]] += sign * p.money[s] * p.wage[w]
    state.slot[s] = new
    state.early[r] += int(new <= p.cover[r]) - int(old <= p.cover[r])
    state.starts[u, old] -= 1
    state.starts[u, new] += 1
    since = min(state.since[u], new)
    while state.starts[u, since] == 0:
        since += 1
    rise += p.unit_cost[u, since] - p.unit_cost[u, state.since[u]]
    state.since[u] = since
    state.holds[r, old if old < weeks else p.stays_until[s]] -= 1
    hold = new if new < weeks else p.stays_until[s]
    state.holds[r, hold] += 1
    until = max(state.until[r], hold)
    while state.holds[r, until] == 0:
        until -= 1
    rise += p.room_cost[r, until] - p.room_cost[r, state.until[r]]
    state.until[r] = until
    return float(rise)


@inner
def _link_rise(p: Problem, state: State, s: int, old: int, new: int) -> float:
    rise = 0.0
    for i in range(state.link_at[s], state.link_at[s + 1]):
        low, high = p.life[state.link[i], 0], p.life[state.link[i], 1]
        other = min(max(p.worth[state.slot[state.partner[i]]], low), high)
        before, after = min(max(p.worth[old], low), high), min(max(p.worth[new], low), high)
        rise += abs(after - other) - abs(before - other)
    return rise
