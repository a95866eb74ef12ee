"""A listed estate held against the scenario that names it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from ..errors import InputError, Problem
from ..tree import Node, at, matches, one_match
from .columns import TABLES
from .read import Listed, read_listed
from .table import MOST_PROBLEMS, Table

_DRAWN = ("rooms", "systems")  # fields of the estate that a listed one does not draw


def check_listed(tree: Node) -> Iterator[Problem]:
    """What a listed estate needs of its scenario, and the other way round."""
    section = one_match(tree, "estate.listed")
    if section is None or section.value is None:
        yield from _not_listed(tree)
        return
    for name in (*_DRAWN, "places"):
        for path, mark, node in matches(tree, f"estate.{name}"):
            if node.value not in (None, {}):
                yield at(mark, path, f"got {name}, must be left out where the estate is listed")
    listed = _read(section)
    if isinstance(listed, InputError):
        yield from listed.problems
        return
    if listed is not None:
        yield from _names(tree, listed)
        yield from _days(tree, listed)
        yield from _units(tree, listed)
        yield from _needed(tree, listed)


def _not_listed(tree: Node) -> Iterator[Problem]:
    estate = next(matches(tree, "estate"), None)
    if estate is None or not isinstance(estate[2].value, dict):
        return
    for name in (*_DRAWN, "vertical_lines"):
        if name not in estate[2].value:
            yield at(estate[1], ("estate", name), "got nothing, must be given where the estate is not listed")


def _read(section: Node) -> Listed | InputError | None:
    """The listed estate; None where its files are named wrongly or missing, which is reported already."""
    paths, hashes = {}, {}
    for name in TABLES:
        path, digest = one_match(section, name), one_match(section, f"{name}_sha256")
        if path is None or digest is None or not isinstance(path.value, str):
            return None
        if not Path(path.value).is_file():
            return None
        paths[name], hashes[name] = Path(path.value), str(digest.value)
    try:
        return read_listed(paths, hashes)
    except InputError as error:
        return error


def _names(tree: Node, listed: Listed) -> Iterator[Problem]:
    """Names in the tables that the scenario must have."""
    for table, columns in ((getattr(listed, name), columns) for name, columns in TABLES.items()):
        for column in columns:
            section = one_match(tree, column.of) if column.kind == "scenario" else None
            if section is None or not isinstance(section.value, dict):
                continue
            known = [str(key) for key in section.value]
            for code, name in enumerate(table.names[column.name]):
                if name in known:
                    continue
                close = get_close_matches(name, known, n=1)
                hint = f"did you mean {close[0]!r}?" if close else f"one of {', '.join(known)}"
                first = int(np.flatnonzero(table.codes[column.name] == code)[0])
                message = f"got {name!r}, must be a name in {column.of} ({hint})"
                yield table.problem(first, column.name, message)


def _days(tree: Node, listed: Listed) -> Iterator[Problem]:
    """What stands there today was bought before the first day."""
    start = one_match(tree, "time.start")
    if start is None or not isinstance(start.value, date):
        return
    servers: Table = listed.servers
    late = np.flatnonzero(servers.days["bought"] >= np.datetime64(start.value, "D"))
    for entry in late.tolist()[:MOST_PROBLEMS]:
        message = f"got {servers.days['bought'][entry]}, must be before the first day ({start.value})"
        yield servers.problem(entry, "bought", message)


def _units(tree: Node, listed: Listed) -> Iterator[Problem]:
    """The units of each level are those listed."""
    levels = one_match(tree, "estate.levels")
    if levels is None or not isinstance(levels.value, dict):
        return
    names = [str(key) for key in levels.value]
    if not set(listed.rooms.names["level"]) <= set(names):
        return
    counts = np.bincount(listed.unit_level(names), minlength=len(names))
    for name, count in zip(names, counts.tolist(), strict=True):
        units = one_match(levels, f"{name}.units")
        if units is not None and isinstance(units.value, int) and units.value != count:
            message = f"got {units.value}, must be {count}, the units of {name!r} in {listed.rooms.shown}"
            yield at(units.mark, ("estate", "levels", name, "units"), message)


def _needed(tree: Node, listed: Listed) -> Iterator[Problem]:
    """Quantities that blanks are drawn from."""
    estate = next(matches(tree, "estate"), None)
    if estate is None or not isinstance(estate[2].value, dict):
        return
    given = {key for key, entry in estate[2].value.items() if entry.node.value is not None}
    lines = [listed.systems.numbers[name] for name in ("line_mbps", "line_cny_per_year")]
    if "vertical_lines" not in given and all(np.isnan(line).all() for line in lines):
        message = "got nothing, must be given where systems.csv has no line"
        yield at(estate[1], ("estate", "vertical_lines"), message)
    servers = listed.servers
    blank = (servers.codes["virtual"] == 1) & np.isnan(servers.numbers["machine_share"])
    if "vcpu_per_core" not in given and blank.any():
        message = "got nothing, must be given: there is a virtual machine without machine_share ("
        message += f"{servers.shown}, row {servers.row[np.flatnonzero(blank)[0]]})"
        yield at(estate[1], ("estate", "vcpu_per_core"), message)
