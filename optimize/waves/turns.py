"""Schedules from an order: each system in its turn takes the first week that has what it needs."""

from __future__ import annotations

import numpy as np

from ..compiled import compiled, inner
from .problem import ROUNDING, Floats, Ints, Problem, take

TRIES = 6


@compiled
def in_turn(problem: Problem, order: Ints, backfill: bool) -> Ints:
    """Slots of systems that move in some order, shape (S,); the number of slots where none is left.

    Args:
        backfill: a system may go before one that stands earlier in the order. Otherwise nobody overtakes.
    """
    p = problem
    weeks = len(p.hour)
    slot = np.full(len(p.room), weeks, dtype=np.int64)
    days, gb = np.zeros(weeks), np.zeros(weeks)
    moves, money = np.zeros(len(p.most)), np.zeros(len(p.budget))
    reached = 0
    for s in order:
        for w in range(0 if backfill else reached, weeks):
            if not np.isfinite(p.cost[s, w]) or not _limits_hold(p, s, w, moves, money):
                continue
            take(p, s, w, 1.0, days, gb)
            if weeks_hold(p, p.back[s, w], w, days, gb):
                slot[s], reached = w, w
                moves[p.month[w]] += 1.0
                money[p.year[w]] += p.money[s] * p.wage[w]
                break
            take(p, s, w, -1.0, days, gb)
    return slot


def in_turns(problem: Problem, turn: Floats) -> Ints:
    """Slots of systems that move in the order of ``turn``, shape (S,); infinite: it stays if it may.

    What finds no slot that its deadline allows goes first in the next try, of a few.
    """
    turn = np.where(
        np.isfinite(problem.cost[:, -1]), turn, np.where(np.isfinite(turn), turn, len(problem.hour))
    )
    for _ in range(TRIES):
        order = np.argsort(turn, kind="stable")
        slot = in_turn(problem, order[np.isfinite(turn[order])], True)
        missed = _missed(problem, slot)
        if not len(missed):
            break
        turn[missed] = np.minimum(turn[missed], 0.0) - 1.0
    return slot


def _missed(problem: Problem, slot: Ints) -> Ints:
    """Systems that should have moved and have not, and one of each room that coverage misses."""
    never = len(problem.hour)
    left = (slot == never) & ~np.isfinite(problem.cost[:, never])
    early = np.full(len(problem.unit), never, dtype=np.int64)
    np.minimum.at(early, problem.room, slot)
    for r in np.flatnonzero((problem.cover >= 0) & (early > problem.cover)).tolist():
        members = np.flatnonzero(problem.room == r)
        left[members[int(np.argmin(problem.days[members]))]] = True
    return np.flatnonzero(left)


@inner
def _limits_hold(p: Problem, s: int, w: int, moves: Floats, money: Floats) -> bool:
    """Whether a month and a year have what one more move takes."""
    if moves[p.month[w]] + 1.0 > p.most[p.month[w]] * (1 + ROUNDING):
        return False
    return bool(money[p.year[w]] + p.money[s] * p.wage[w] <= p.budget[p.year[w]] * (1 + ROUNDING))


@inner
def weeks_hold(p: Problem, first: int, last: int, days: Floats, gb: Floats) -> bool:
    """Whether no week of a range is overfull."""
    for w in range(first, last + 1):
        if days[w] > p.week_days[w] * (1 + ROUNDING) + ROUNDING:
            return False
        if gb[w] > p.week_gb[w] * (1 + ROUNDING) + ROUNDING:
            return False
    return True
