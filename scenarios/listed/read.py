"""The three tables of a listed estate together: what refers to what, and the units they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from hashlib import sha256
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, Problem
from .columns import TABLES
from .table import MOST_PROBLEMS, Table, read_table

Ints = NDArray[np.int32]

_KEPT = 4  # estates read in this process
_cache: dict[tuple[tuple[str, str], ...], Listed] = {}


@dataclass(frozen=True)
class Listed:
    """An estate as listed.

    Attributes:
        system_room: row of rooms of each system.
        server_system: row of systems of each server.
    """

    rooms: Table
    systems: Table
    servers: Table
    system_room: Ints
    server_system: Ints

    @cached_property
    def _units(self) -> tuple[Ints, Ints, tuple[str, ...]]:
        """Unit of each room; code of the level, and name, of each unit in the order of their first room.

        The same name at two levels is two units. A room without a unit is one of its own.
        """
        rooms = self.rooms
        unit, level = rooms.codes["unit"], rooms.codes["level"]
        found: dict[tuple[int, int], int] = {}
        of_room, levels, names = [], [], []
        for room, (mine, its) in enumerate(zip(unit.tolist(), level.tolist(), strict=True)):
            key = (its, mine) if mine >= 0 else (its, -1 - room)
            if key not in found:
                found[key] = len(found)
                levels.append(its)
                names.append(rooms.names["unit"][mine] if mine >= 0 else "")
            of_room.append(found[key])
        return np.array(of_room, dtype=np.int32), np.array(levels, dtype=np.int32), tuple(names)

    @property
    def room_unit(self) -> Ints:
        """Row of the units of each room."""
        return self._units[0]

    @property
    def unit_names(self) -> tuple[str, ...]:
        """Name of each unit, "" where its room has none."""
        return self._units[2]

    def unit_level(self, levels: list[str]) -> Ints:
        """Row of the scenario's levels of each unit; the first where blank."""
        names = self.rooms.names["level"]
        row = np.array([levels.index(name) for name in names] or [0], dtype=np.int32)
        return np.where(self._units[1] >= 0, row[self._units[1]], 0).astype(np.int32)


def read_listed(paths: Mapping[str, Path], hashes: Mapping[str, str] | None = None) -> Listed:
    """The estate in three files; what was read once in a process is not read again.

    Args:
        paths: of the tables rooms, systems and servers.
        hashes: SHA-256 that the files must have; taken from the files if None.

    Raises:
        InputError: naming file, row and column; or that a file has changed.
    """
    shown = {name: _shown(paths[name]) for name in TABLES}
    if hashes is None:
        hashes = {name: hash_of(paths[name]) for name in TABLES}
    key = tuple((str(paths[name]), hashes[name]) for name in TABLES)
    if key not in _cache:
        changed = [name for name in TABLES if hash_of(paths[name]) != hashes[name]]
        if changed:
            raise InputError([_changed(shown[name], hashes[name]) for name in changed])
        found = _read(paths, shown)
        while len(_cache) >= _KEPT:
            del _cache[next(iter(_cache))]
        _cache[key] = found
    return _cache[key]


def hash_of(path: Path) -> str:
    """SHA-256 of a file.

    Raises:
        InputError: if it cannot be read.
    """
    try:
        return sha256(path.read_bytes()).hexdigest()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError([Problem(_shown(path), 0, 0, "", f"cannot be read ({why})")]) from None


def _changed(shown: str, digest: str) -> Problem:
    return Problem(shown, 0, 0, "", f"has changed, must be the file it was (SHA-256 {digest})")


def _shown(path: Path) -> str:
    """A path as seen from the working folder where it lies below it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _read(paths: Mapping[str, Path], shown: Mapping[str, str]) -> Listed:
    tables: dict[str, Table] = {}
    problems: list[Problem] = []
    for name, columns in TABLES.items():
        try:
            tables[name] = read_table(paths[name], shown[name], columns)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    rooms, systems, servers = tables["rooms"], tables["systems"], tables["servers"]
    system_room, lost = _rows(systems, "room", rooms)
    server_system, strays = _rows(servers, "system", systems)
    if not (lost or strays):
        problems = [*_few(systems, _counts(systems, server_system)), *_few(servers, _shares(servers))]
    empty = [Problem(rooms.shown, 0, 0, "", "got no room, must have at least one")] if not rooms.keys else []
    if found := [*empty, *_few(systems, iter(lost)), *_few(servers, iter(strays)), *problems]:
        raise InputError(found)
    return Listed(rooms, systems, servers, system_room, server_system)


def _rows(table: Table, column: str, other: Table) -> tuple[Ints, list[Problem]]:
    """Row of another table that each entry names, and a problem for each that names none."""
    row = {name: at for at, name in enumerate(other.keys)}
    known = np.array([row.get(name, -1) for name in table.names[column]] or [-1], dtype=np.int32)
    rows = known[table.codes[column]]
    found = []
    for entry in np.flatnonzero(rows < 0).tolist()[: MOST_PROBLEMS + 1]:
        name = table.names[column][table.codes[column][entry]]
        close = get_close_matches(name, other.keys[:10_000], n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        found.append(table.problem(entry, column, f"got {name!r}, must be in {other.shown}{hint}"))
    return rows, found


def _few(table: Table, found: Iterator[Problem]) -> list[Problem]:
    """The first problems of a table."""
    told = list(islice(found, MOST_PROBLEMS))
    if next(found, None) is not None:
        message = f"has more than {MOST_PROBLEMS} problems, of which the first follow"
        told.insert(0, Problem(table.shown, 0, 0, "", message))
    return told


def _counts(systems: Table, server_system: Ints) -> Iterator[Problem]:
    """Numbers of servers beside listed servers must agree."""
    listed, said = np.bincount(server_system, minlength=len(systems.keys)), systems.numbers["servers"]
    for entry in np.flatnonzero((listed > 0) & (said > 0) & (said != listed)).tolist():
        message = f"got {said[entry]:g}, must be blank or {listed[entry]}, the number listed in servers.csv"
        yield systems.problem(entry, "servers", message)


def _shares(servers: Table) -> Iterator[Problem]:
    """Only a virtual machine has a host and takes up a part of it."""
    share, virtual = servers.numbers["machine_share"], servers.codes["virtual"] == 1
    for entry in np.flatnonzero((servers.codes["host"] >= 0) & ~virtual).tolist():
        name = servers.names["host"][servers.codes["host"][entry]]
        yield servers.problem(entry, "host", f"got {name!r}, must be blank where virtual is not yes")
    for entry in np.flatnonzero((share < 1) & ~virtual).tolist():
        message = f"got {share[entry]:g}, must be blank or 1 where virtual is not yes"
        yield servers.problem(entry, "machine_share", message)
