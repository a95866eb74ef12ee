"""What a listed estate says, column by column, for the draws: what it says stands, blanks are drawn.

Listed rooms, systems and servers come first, in the order of their tables. Without a listed estate nothing is
said, and all is drawn.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from .drawing import Draw, Floats, Ints, lognormal
from .estate import Names
from .listed import TABLES, Listed, read_listed
from .schema import Scenario

Number = TypeVar("Number", np.int32, np.float64, np.bool_)

_W_PER_KW = 1e3
# Between rooms whose systems are not listed, their number varies as between rooms of a drawn estate.
_SYSTEMS_PER_ROOM_CV = 0.9


def listed_of(scenario: Scenario) -> Listed | None:
    """The listed estate of a scenario, if it has one.

    Raises:
        InputError: if a file has changed since the scenario was read.
    """
    section = scenario.estate.listed
    if section is None:
        return None
    paths = {name: Path(getattr(section, name)) for name in TABLES}
    hashes = {name: getattr(section, f"{name}_sha256") for name in TABLES}
    return read_listed(paths, None if None in hashes.values() else hashes)


def told(drawn: NDArray[Number], said: Ints | Floats) -> NDArray[Number]:
    """A drawn column, with what is said of its first rows in place of what was drawn.

    Args:
        said: NaN, or in whole numbers -1, where nothing is.
    """
    if not len(said):
        return drawn
    values = drawn.copy()
    known = np.flatnonzero(said >= 0 if said.dtype.kind == "i" else ~np.isnan(said))
    values[known] = said[known]
    return values


class Said:
    """Columns of the listed estate, shape (listed rows,) each; empty without one.

    Attributes:
        count: servers of which something is said: those listed, then their ``likenesses``.
    """

    def __init__(self, scenario: Scenario, likenesses: Ints | None = None) -> None:
        """``likenesses``: listed servers that as many later ones, which come next, are like."""
        self.listed = listed_of(scenario)
        self._scenario = scenario
        self._start = np.datetime64(scenario.time.start, "M")
        self._like = np.empty(0, dtype=np.int32) if likenesses is None else likenesses
        self.count = 0 if self.listed is None else len(self.listed.servers.keys) + len(self._like)

    def with_likenesses(self, likenesses: Ints) -> Said:
        """The same, said of later servers too."""
        return Said(self._scenario, likenesses)

    def numbers(self, table: str, column: str) -> Floats:
        """Of a ``number`` or ``whole`` column; NaN where blank."""
        if self.listed is None:
            return np.empty(0)
        return self._all(table, getattr(self.listed, table).numbers[column])

    def flags(self, table: str, column: str) -> Ints:
        """1 yes, 0 no, -1 blank."""
        if self.listed is None:
            return np.empty(0, dtype=np.int32)
        return self._all(table, getattr(self.listed, table).codes[column])

    def rows(self, table: str, column: str, names: list[str]) -> Ints:
        """Position among some names; -1 where blank."""
        if self.listed is None:
            return np.empty(0, dtype=np.int32)
        found = getattr(self.listed, table)
        place = np.array([*(names.index(name) for name in found.names[column]), -1], dtype=np.int32)
        return self._all(table, np.asarray(place[found.codes[column]]))

    def _all(self, table: str, values: NDArray[Number]) -> NDArray[Number]:
        if table != "servers" or not len(self._like):
            return values
        return np.concatenate([values, values[self._like]])

    def months(self, column: str) -> Floats:
        """Month of a day in the table of servers, 0 the first of the scenario; NaN where blank."""
        if self.listed is None:
            return np.empty(0)
        days = self.listed.servers.days[column]
        months = (days.astype("datetime64[M]") - self._start).astype(np.float64)
        later = np.full(len(self._like), np.nan)  # are as new as their system
        return np.concatenate([np.where(np.isnat(days), np.nan, months), later])

    def machines(self, ids: Ints) -> Ints:
        """Whose draws of a machine each server shares: of the first on its host, else its own."""
        if self.listed is None:
            return ids
        host, machine = self.listed.servers.codes["host"], ids.copy()
        on_one = np.flatnonzero(host >= 0)
        _, first, which = np.unique(host[on_one], return_index=True, return_inverse=True)
        machine[on_one] = ids[on_one[first[which]]]
        return machine

    @property
    def names(self) -> Names:
        """What the listed are called."""
        if self.listed is None:
            return Names()
        its = self.listed
        return Names(its.unit_names, its.rooms.keys, its.systems.keys, its.servers.keys)


def room_of_systems(draw: Draw, listed: Listed, room_class: Ints) -> Ints:
    """Room of every system of today: the listed ones, then those of rooms of which none is listed.

    Such a room has at least one system: as many as draw its measured load, or, where that is not known, about
    as many as a room with listed systems has.
    """
    rooms = np.arange(len(listed.rooms.keys), dtype=np.int32)
    count = np.bincount(listed.system_room, minlength=len(rooms))
    usual = count[count > 0].mean() if count.any() else 1.0
    filled = usual * lognormal(draw.u("systems-per-room", rooms), _SYSTEMS_PER_ROOM_CV)
    measured_w = listed.rooms.numbers["it_kw"] * _W_PER_KW
    known = ~np.isnan(measured_w)
    filled[known] = measured_w[known] / _system_w(draw)[room_class[known]]
    missing = np.where(count == 0, np.maximum(np.round(filled), 1), 0).astype(np.int64)
    return np.concatenate([listed.system_room, np.repeat(rooms, missing)]).astype(np.int32)


def _system_w(draw: Draw) -> Floats:
    """Usual IT power of a drawn system, in rooms of each size class."""
    scenario, fleet = draw.scenario, draw.scenario.servers
    year = scenario.time.start.year - draw.of(fleet.life_years) / 2
    distance = [max(m.from_year - year, year - m.to_year, 0) for m in fleet.models]
    sold = [m for m, d in zip(fleet.models, distance, strict=True) if d == min(distance)]
    at = np.linspace(0, 1, 11)
    load = draw.of(scenario.estate.cpu_utilisation)
    watts = [np.interp(load, at, scenario.hardware.curves[m.curve].watts) for m in sold]
    server_w = np.average(watts, weights=[m.weight for m in sold]) * draw.of(fleet.config_factor)
    overhead = [draw.of(scenario.rooms[kind].overhead_it) for kind in ("closet", "room")]
    return np.asarray(server_w * draw.of(scenario.estate.servers_per_system) * (1 + np.array(overhead)))


def bought_when(draw: Draw, said: Said, drawn: Ints) -> Ints:
    """Month of purchase as said, else as drawn, though not long before a listed machine was on the market."""
    if said.listed is None:
        return drawn
    curves, start = draw.scenario.hardware.curves, draw.scenario.time.start
    names = sorted(curves)
    year = np.array([curves[name].year for name in names])[said.rows("servers", "curve", names)]
    known = said.rows("servers", "curve", names) >= 0
    # Results are published up to a year after the first sales (project assumption).
    first = (year - 1 - start.year) * 12 - (start.month - 1)
    bought = drawn.copy()
    bought[: said.count][known] = np.maximum(drawn[: said.count], np.minimum(first, -1))[known]
    return told(bought, said.months("bought"))


def next_renewal(draw: Draw, said: Said, bought: Ints, life: Floats, ids: Ints) -> Floats:
    """Month in which the machine of today is replaced: after its life, or as said.

    A machine that is older than its drawn life, or was due before the first day, is overdue: it is replaced
    within a quarter of that life (project assumption).
    """
    due = bought + life
    if said.listed is None:
        return due
    wait = np.ceil(draw.u("server-overdue", ids) * life / 4)
    due = told(due, said.months("refresh_due"))
    # Machines to come are bought after the first day and due a life later, at least a year.
    return np.where(due <= 0, np.maximum(wait, 1), due)
