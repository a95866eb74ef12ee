"""The waves as one whole-number model, for small cases and for asking whether there is any schedule.

Columns by family, each numbered on: ``move`` is 1 if a system moves at a slot (the last: never), ``open`` if
a room is still open after a slot, ``line`` if a unit has its shared line by a slot, ``split`` if a link is
split after a slot. Rows are named by what they say: ``once``, ``open``, ``line``, ``split``, ``staff``,
``copy``, ``rate``, ``budget``, ``coverage``. Deadlines, mandates and freezes leave out columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..solver import Model
from .problem import Floats, Ints, Problem

NODES = 2000


@dataclass(frozen=True)
class Columns:
    """Numbers of the columns, -1 where there is none.

    Attributes:
        moves: shape (S, W + 1).
        fixed_cny: what every schedule costs.
    """

    moves: Ints
    fixed_cny: float


def model(problem: Problem, whole: bool = True) -> tuple[Model, Columns]:
    """The model of a problem; with ``whole`` off, systems may move in parts."""
    p, built = problem, Model("waves")
    weeks = len(p.hour)
    system, slot = np.nonzero(np.isfinite(p.cost))
    moves = np.full(p.cost.shape, -1, dtype=np.int64)
    moves[system, slot] = built.columns("move", len(system), cost=p.cost[system, slot], high=1.0, whole=whole)
    built.rows("once", system, moves[system, slot], 1.0, low=1.0, high=1.0, count=len(p.room))
    fixed = _rooms(built, p, moves) + _units(built, p, moves)
    if len(p.ends):
        _links(built, p, moves)
    _limits(built, p, moves, system[slot < weeks], slot[slot < weeks])
    return built, Columns(moves, fixed)


def _rooms(built: Model, p: Problem, moves: Ints) -> float:
    """A room is open after slot w unless all its systems have moved by then or are given up."""
    weeks = len(p.hour)
    rise = np.diff(p.room_cost, axis=1)
    room, after = np.nonzero(rise > 0)
    is_open = np.full(rise.shape, -1, dtype=np.int64)
    is_open[room, after] = built.columns("open", len(room), cost=rise[room, after], high=1.0)
    rows, columns, values, low = [], [], [], []
    row = 0
    for s in range(len(p.room)):
        for w in np.flatnonzero(is_open[p.room[s]] >= 0).tolist():
            gone = moves[s, : w + 1]
            gone = gone[gone >= 0].tolist()
            if moves[s, weeks] >= 0 and p.stays_until[s] <= w:
                gone.append(moves[s, weeks])
            rows += [row] * (len(gone) + 1)
            columns += [is_open[p.room[s], w], *gone]
            values += [1.0] * (len(gone) + 1)
            low.append(1.0)
            row += 1
    built.rows("open", rows, columns, values, low=np.array(low), count=row)
    return float(p.room_cost[:, 0].sum())


def _units(built: Model, p: Problem, moves: Ints) -> float:
    """A unit has its line by slot w if any of its systems has moved by then."""
    saved = -np.diff(p.unit_cost, axis=1)
    unit, by = np.nonzero(saved > 0)
    line = np.full(saved.shape, -1, dtype=np.int64)
    line[unit, by] = built.columns("line", len(unit), cost=saved[unit, by], high=1.0)
    rows, columns, values = [], [], []
    row = 0
    for s in range(len(p.room)):
        u = p.unit[p.room[s]]
        for w in np.flatnonzero(line[u] >= 0).tolist():
            moved = moves[s, : w + 1]
            moved = moved[moved >= 0].tolist()
            if not moved:
                continue
            rows += [row] * (len(moved) + 1)
            columns += [line[u, w], *moved]
            values += [1.0] + [-1.0] * len(moved)
            row += 1
    built.rows("line", rows, columns, values, low=0.0, count=row)
    return float(p.unit_cost[:, -1].sum())


def _links(built: Model, p: Problem, moves: Ints) -> None:
    """A link is split after slot w if one end has moved by then and the other has not."""
    rent = np.diff(np.clip(p.worth, p.life[:, :1], p.life[:, 1:]), axis=1)
    link, after = np.nonzero(rent > 0)
    split = built.columns("split", len(link), cost=rent[link, after], high=1.0)
    rows, columns, values = [], [], []
    for i, (one, w) in enumerate(zip(link.tolist(), after.tolist(), strict=True)):
        for k, sign in enumerate((1.0, -1.0)):
            for end, value in zip(p.ends[one].tolist(), (-sign, sign), strict=True):
                moved = moves[end, : w + 1]
                moved = moved[moved >= 0].tolist()
                rows += [2 * i + k] * len(moved)
                columns += moved
                values += [value] * len(moved)
            rows.append(2 * i + k)
            columns.append(split[i])
            values.append(1.0)
    built.rows("split", rows, columns, values, low=0.0, count=2 * len(link))


def _limits(built: Model, p: Problem, moves: Ints, system: Ints, slot: Ints) -> None:
    """What weeks, months and years have, and coverage; a row only where there is a limit."""
    column = moves[system, slot]
    for family, need, have in (("staff", p.days, p.week_days), ("copy", p.gb, p.week_gb)):
        if np.isfinite(have).any():
            row, of, share = weekly(p, need, have, system, slot)
            built.rows(family, row, column[of], share, high=have, count=len(have))
    for family, at, used, have in (
        ("rate", p.month[slot], np.ones(len(slot)), p.most),
        ("budget", p.year[slot], p.money[system] * p.wage[slot], p.budget),
    ):
        if np.isfinite(have).any():
            limited = np.unique(at)
            built.rows(family, np.searchsorted(limited, at), column, used, high=have[limited])
    covered = np.flatnonzero(p.cover >= 0)
    if len(covered):
        early = np.flatnonzero((p.cover[p.room[system]] >= 0) & (slot <= p.cover[p.room[system]]))
        place = np.searchsorted(covered, p.room[system[early]])
        built.rows("coverage", place, column[early], 1.0, low=1.0, count=len(covered))


def weekly(p: Problem, need: Floats, have: Floats, system: Ints, slot: Ints) -> tuple[Ints, Ints, Floats]:
    """Entries of a weekly limit: its week, the move, and what the move takes."""
    first = p.back[system, slot]
    length = slot - first + 1
    of = np.repeat(np.arange(len(slot)), length)
    week = np.repeat(first, length) + np.arange(len(of)) - np.repeat(np.cumsum(length) - length, length)
    total = np.bincount(of, have[week], minlength=len(slot))
    return week, of, need[system[of]] * have[week] / total[of]


def solve(problem: Problem, nodes: int = NODES, optional: bool = False) -> tuple[Ints | None, float]:
    """Best schedule found, and a proven bound on the cost of any (infinite if there is none).

    Args:
        optional: see ``Model.solve``.
    """
    if not np.isfinite(problem.cost).any(axis=1).all():
        return None, np.inf
    built, columns = model(problem)
    found = built.solve(nodes=nodes, optional=optional)
    if not len(found.x):
        return None, found.bound
    chosen = np.where(columns.moves >= 0, found.x[columns.moves], 0.0)
    return chosen.argmax(axis=1), found.bound + columns.fixed_cny
