"""Drawing the dedicated vertical lines of systems."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .draw_listed import Said, told
from .drawing import Draw, Floats, Ints, choose
from .elementary import log
from .estate import Lines, Systems, Units

Bools = NDArray[np.bool_]


def draw_lines(draw: Draw, said: Said, units: Units, systems: Systems) -> Lines:
    """Dedicated lines: as many as drawn among today's systems, and as often among later ones.

    Listed lines are among those drawn; a system with a listed line has no other.
    """
    scenario = draw.scenario
    names = list(scenario.lines)
    levels = list(scenario.estate.levels.values())
    level = units.level[systems.unit]
    eligible = np.array([bool(v.vertical_lines) for v in levels])[level]
    listed = _listed(said, len(level))
    ratio = _ratio(draw, systems, eligible, listed)
    whole = ratio.astype(np.int64)
    count = np.where(eligible, whole + (draw.u("line", systems.id) < ratio - whole), 0)
    count[listed] = 1
    system = np.repeat(np.arange(len(count), dtype=np.int32), count)
    number = np.arange(len(system), dtype=np.int32) - np.repeat(np.cumsum(count) - count, count)
    ids = (systems.id[system] * (int(whole.max(initial=0)) + 1) + number).astype(np.int32)
    kind = np.zeros(len(system), dtype=np.int32)
    price = np.zeros(len(system))
    for row, value in enumerate(levels):
        mine = np.flatnonzero(level[system] == row)
        if not len(mine) or not value.vertical_lines:
            continue
        weights = np.array([value.vertical_lines.get(name, 0.0) for name in names])
        kind[mine] = choose(draw.u("line-kind", ids[mine]), weights)
    mine = np.flatnonzero(listed[system])
    kind[mine] = _kind_of(draw, said)[system[mine]]
    for row, name in enumerate(names):
        alike = np.flatnonzero(kind == row)
        price[alike] = draw.each(scenario.lines[name].price_cny_per_year, ids[alike])
    price[mine] = told(price[mine], said.numbers("systems", "line_cny_per_year")[system[mine]])
    return Lines(id=ids.copy(), system=system, kind=kind, price_cny_per_year=price)


def _listed(said: Said, systems: int) -> Bools:
    """Systems of which a line is listed, shape (systems,)."""
    listed = np.zeros(systems, dtype=bool)
    for column in ("line_mbps", "line_cny_per_year"):
        its = said.numbers("systems", column)
        listed[: len(its)] |= ~np.isnan(its)
    return listed


def _ratio(draw: Draw, systems: Systems, eligible: Bools, listed: Bools) -> Floats:
    """Lines drawn for each system of whose line nothing is listed, shape (systems,)."""
    total = draw.scenario.estate.vertical_lines
    today = systems.arrives_month == 0
    lines = float(listed.sum()) if total is None else draw.of(total)
    of_all = lines / max(int((today & (eligible | listed)).sum()), 1)
    missing = max(lines - int(listed.sum()), 0.0) / max(int((today & eligible & ~listed).sum()), 1)
    return np.asarray(np.where(today, missing, of_all))


def _kind_of(draw: Draw, said: Said) -> Ints:
    """Kind of the line of each listed system: the nearest in Mbit/s, or else in rent."""
    kinds = list(draw.scenario.lines.values())
    mbps, rent = said.numbers("systems", "line_mbps"), said.numbers("systems", "line_cny_per_year")
    rents = np.array([draw.of(kind.price_cny_per_year) for kind in kinds])
    by_rent = np.abs(rent[:, None] - rents).argmin(axis=1)
    by_mbps = np.abs(log(mbps[:, None] / np.array([kind.mbps for kind in kinds]))).argmin(axis=1)
    return np.asarray(np.where(np.isnan(mbps), by_rent, by_mbps).astype(np.int32))
