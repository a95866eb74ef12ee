"""The saving of the middle world, from level of government down to bookings, in whole yuan.

Bookings are made by room, office or cloud site; every node above is the sum of those below it, so that sums
are exact. Where an estate is larger than a page should be, the largest rooms and units stay, and the rest of
each unit or level is one node that says how many it holds. What a room books is divided among its systems by
the script, by number of servers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...scenarios.estate import Estate
from ...sim.ledger import ANNUAL, FINANCE, GOVERNMENT, ITEMS
from ...sim.outcome import Study
from ...sim.run import Run
from ..books import MONTHS_PER_YEAR, annual_years
from ..inert import inert

MOST_ROOMS = 400  # over all alternatives
MOST_UNITS = 300
MOST_SYSTEMS = 24  # of one room

Ints = NDArray[np.int64]
Json = dict[str, Any]


@dataclass(frozen=True)
class Books:
    """What each place books in two futures: yuan, shape (places, items)."""

    before: Ints
    after: Ints

    @property
    def weight(self) -> Ints:
        """How much each place saves or adds, shape (places,)."""
        return np.asarray(np.abs(self.before - self.after).sum(axis=1))

    def cells(self, rows: Sequence[int] | Ints) -> list[list[int]]:
        """Item, before, after of some places together; what is nothing in both is left out."""
        before, after = self.before[rows].sum(axis=0), self.after[rows].sum(axis=0)
        found = np.flatnonzero((before != 0) | (after != 0))
        return [[int(i), int(before[i]), int(after[i])] for i in found]


def drill(study: Study) -> dict[str, Json]:
    """The tree of every alternative that is compared; empty where the study holds no run in full."""
    baseline = study.scenario.baseline
    others = [name for name in study.runs if name != baseline]
    if baseline not in study.runs:
        return {}
    return {name: _tree(study, name, max(1, MOST_ROOMS // len(others))) for name in others}


def _tree(study: Study, name: str, most_rooms: int) -> Json:
    estate, sites = study.world.estate, study.plans[name].sites
    before, after = _places(study, study.scenario.baseline), _places(study, name)
    rooms, offices = Books(before[0], after[0]), Books(before[1], after[1])
    shown_rooms = _largest(rooms.weight, most_rooms)
    of_units = np.bincount(estate.rooms.unit, rooms.weight, minlength=len(estate.units.id)) + offices.weight
    shown_units = _largest(of_units.astype(np.int64), MOST_UNITS)
    systems = _systems(estate)
    levels = []
    for row, level in enumerate(study.scenario.estate.levels):
        mine = np.flatnonzero(estate.units.level == row)
        units = [
            _unit(estate, unit, rooms, offices, shown_rooms, systems) for unit in mine[shown_units[mine]]
        ]
        rest = mine[~shown_units[mine]]
        theirs = np.flatnonzero(np.isin(estate.rooms.unit, rest))
        left = _joined(rooms.cells(theirs), offices.cells(rest))
        levels.append({"level": level, "units": units, "rest": [len(rest), len(theirs), left]})
    nothing = np.zeros_like(after[2])  # before, there is no cloud
    cloud = [[site, Books(nothing, after[2]).cells([i])] for i, site in enumerate(sites)]
    return {"levels": levels, "cloud": cloud}


def _places(study: Study, name: str) -> tuple[Ints, Ints, Ints]:
    """What rooms, offices and cloud sites cost the government, shape (places, items) each.

    Annual items: mean of the annual years; others: sum of the horizon; finance is in no saving.
    """
    run: Run = study.runs[name]
    books, estate = run.ledger, study.world.estate
    sites = max(len(study.plans[name].sites), 1)
    years = annual_years(study.scenario)
    annual = np.array([item.category in ANNUAL for item in ITEMS])
    counted = np.array([item.category != FINANCE for item in ITEMS])[books.item]
    counted &= books.payer == GOVERNMENT
    counted &= ~annual[books.item] | np.isin(books.month // MONTHS_PER_YEAR, years)
    share = np.where(annual[books.item], 1.0 / len(years), 1.0)[counted]
    rooms, units = len(estate.rooms.id), len(estate.units.id)
    site = books.site[counted].astype(np.int64)
    place = np.where(site >= 0, site, rooms - 1 - site)  # rooms, cloud sites, offices
    cell = place * len(ITEMS) + books.item[counted]
    size = (rooms + sites + units) * len(ITEMS)
    sums = np.bincount(cell, books.cost_cny[counted] * share, minlength=size)
    whole = np.rint(sums.reshape(-1, len(ITEMS))).astype(np.int64)
    return whole[:rooms], whole[rooms + sites :], whole[rooms : rooms + sites]


def _unit(
    estate: Estate,
    unit: int,
    rooms: Books,
    offices: Books,
    shown: NDArray[np.bool_],
    systems: Mapping[int, list[list[Any]]],
) -> list[object]:
    """Id, rooms shown, the rest of them, the office, and the unit's name; rooms end in theirs."""
    mine = np.flatnonzero(estate.rooms.unit == unit)
    found = [
        [int(estate.rooms.id[r]), rooms.cells([r]), systems.get(int(r), []), *_called(estate.names.rooms, r)]
        for r in mine[shown[mine]].tolist()
    ]
    rest = mine[~shown[mine]]
    left = [len(rest), rooms.cells(rest)]
    name = _called(estate.names.units, unit)
    return [int(estate.units.id[unit]), found, left, offices.cells([unit]), *name]


def _called(names: Sequence[str], row: int) -> list[str]:
    """The name of a row as inert text, if it has one."""
    return [inert(names[row])] if row < len(names) and names[row] else []


def _systems(estate: Estate) -> dict[int, list[list[Any]]]:
    """Systems of each room: id, servers, and name if any, most servers first.

    Last a row for the rest: minus their number, and servers.
    """
    servers = np.bincount(estate.servers.system, minlength=len(estate.systems.id))
    found: dict[int, list[list[Any]]] = {}
    for row in np.lexsort((estate.systems.id, -servers, estate.systems.room)):
        if servers[row]:
            mine = found.setdefault(int(estate.systems.room[row]), [])
            name = _called(estate.names.systems, int(row))
            mine.append([int(estate.systems.id[row]), int(servers[row]), *name])
    for room, mine in found.items():
        rest = mine[MOST_SYSTEMS:]
        if rest:
            found[room] = [*mine[:MOST_SYSTEMS], [-len(rest), sum(its[1] for its in rest)]]
    return found


def _largest(weight: Ints, most: int) -> NDArray[np.bool_]:
    """Which are among the largest, shape (places,); the first of equals."""
    shown = np.zeros(len(weight), dtype=np.bool_)
    shown[np.argsort(-weight, kind="stable")[:most]] = True
    return shown


def _joined(one: list[list[int]], other: list[list[int]]) -> list[list[int]]:
    """Cells of two sorts of places together."""
    sums: dict[int, list[int]] = {}
    for item, before, after in [*one, *other]:
        known = sums.get(item, [0, 0])
        sums[item] = [known[0] + before, known[1] + after]
    return [[item, *sums[item]] for item in sorted(sums)]
