"""A sharper bound for few systems: what can move together in one week is listed, not weighed.

Where a week holds one to three systems, prices on staff and line think of weeks filled to the brim with
parts of systems. Here the linear model (see exact) may use a week only as a mixture of whole fillings to
which nothing can be added (Gilmore and Gomory 1961, doi 10.1287/opre.9.6.849).
"""

from __future__ import annotations

import numpy as np

from ..solver import Model
from . import exact
from .problem import ROUNDING, Floats, Ints, Problem

SYSTEMS = 60
FILLINGS = 5000  # of all weeks, at most
VISITS = 5000  # sets looked at for one week, at most
# Safe side: what the solver may be off by.
SAFE = 1e-6


def pattern_bound(problem: Problem) -> float:
    """No schedule costs less; minus infinity where there are too many systems or fillings."""
    p = problem
    limits = [each for each in ((p.days, p.week_days), (p.gb, p.week_gb)) if np.isfinite(each[1]).all()]
    if not limits or len(p.room) > SYSTEMS or not np.isfinite(p.cost).any(axis=1).all():
        return -np.inf
    built, columns = exact.model(p, whole=False)
    system, slot = np.nonzero(np.isfinite(p.cost[:, :-1]))
    shares = []
    for need, have in limits:
        week, move, taken = exact.weekly(p, need, have, system, slot)
        shares.append(taken / np.where(have > 0, have, 1.0)[week])
    if not _fill(built, columns.moves[system, slot][move], week, np.stack(shares, axis=1), system[move]):
        return -np.inf
    value_cny = built.solve().bound + columns.fixed_cny
    return value_cny - SAFE * abs(value_cny) if np.isfinite(value_cny) else -np.inf


def _fill(built: Model, move: Ints, week: Ints, shares: Floats, system: Ints) -> bool:
    """Add the fillings of each week to a model; false if there are too many.

    Args:
        move: column of the move of each entry, shape (entries,).
        week, system: of each entry; ``shares`` is what it takes of the week, shape (entries, limits).
    """
    known: dict[bytes, list[list[int]]] = {}
    total = 0
    for w in np.unique(week).tolist():
        mine = np.flatnonzero(week == w)
        key = system[mine].tobytes() + shares[mine].tobytes()
        if key not in known:
            known[key] = fillings(shares[mine], system[mine])
        found = known[key]
        total += len(found)
        if not found or total > FILLINGS:
            return False
        used = built.columns(f"week{w}fill", len(found))
        size = [len(one) for one in found]
        row = np.concatenate([np.arange(len(mine)), np.concatenate(found)])
        column = np.concatenate([move[mine], np.repeat(used, size)])
        value = np.concatenate([np.ones(len(mine)), np.full(sum(size), -1.0)])
        built.rows(f"week{w}move", row, column, value, high=0.0, count=len(mine))
        built.rows(f"week{w}once", np.zeros(len(found)), used, 1.0, high=1.0)
    return True


def fillings(shares: Floats, system: Ints) -> list[list[int]]:
    """Sets of moves that one week holds and to which none can be added; none if there are too many to list.

    Args:
        shares: of the week's staff and line that each move takes, shape (moves, limits).
        system: of each move, shape (moves,); a set has no system twice.
    """
    found: list[list[int]] = []
    stack: list[tuple[int, list[int], Floats]] = [(0, [], np.ones(shares.shape[1]))]
    visits = 0
    while stack:
        first, chosen, left = stack.pop()
        fits = (shares <= left + 2 * ROUNDING).all(axis=1) & ~np.isin(system, system[chosen])
        if not fits.any() and chosen:
            found.append(chosen)
        stack += [
            (j + 1, [*chosen, j], left - shares[j]) for j in np.flatnonzero(fits).tolist() if j >= first
        ]
        visits += 1
        if visits > VISITS:
            return []
    return found
