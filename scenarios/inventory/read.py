"""Reads inventories: files to tables, tables to rows, rows to records, and the account of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import file_digest
from itertools import chain, islice
from pathlib import Path

from .draft import Aside, Unread
from .faults import fault, shown
from .formats import Format
from .gathered import Gathered, derive_use
from .headers import SEARCHED_ROWS, Header, find_header
from .merge import AmbiguousError, Estate
from .reading import File, Reading, Table
from .record import Origin, Scalar
from .rows import Rows
from .tables import Grid, Row, grids
from .values import text

_GATHERED = ("part", "sample", "tag")


def read_inventory(paths: Iterable[Path | str]) -> Reading:
    """Read lists of machines, systems and rooms.

    Args:
        paths: files, in order of trust: where two say different things, the first is kept.

    Raises:
        InputError: a file cannot be read, is hostile, or is given twice. One line.
    """
    given = [Path(path) for path in paths]
    work = _Work()
    for path in given:
        name = _name(path, given)
        found = list(work.tables)
        for grid in grids(path, name):
            work.read(grid)
        work.note_file(path, name)
        if len(work.tables) == len(found):
            work.tables.append(Table(Origin(shown(name), ""), "", (), 0, 0, 0, 0, 0, (), {}))
    return work.finish()


def _name(path: Path, given: list[Path]) -> str:
    """A file's own name; with its folder where two files have the same."""
    alike = sum(1 for other in given if other.name == path.name)
    return path.name if alike < 2 else str(path)


class _Work:
    """A reading in the making."""

    def __init__(self) -> None:
        self.estate, self.gathered = Estate(), Gathered()
        self.files: list[File] = []
        self.tables: list[Table] = []
        self.asides: list[Aside] = []
        self.unread: list[Unread] = []

    def note_file(self, path: Path, name: str) -> None:
        """Keep a file's hash; the same bytes twice would count everything twice."""
        with path.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        for other in self.files:
            if other.sha256 == digest:
                raise fault(name, f"the same contents as {other.name}: give it once")
        self.files.append(File(shown(name), path.stat().st_size, digest))

    def read(self, grid: Grid) -> None:
        """Read a table."""
        rows = iter(grid.rows)
        first = list(islice(_filled(rows), SEARCHED_ROWS))
        header = find_header(grid.origin, first, grid.merged)
        if header is None:
            self._unknown(grid.origin, chain(first, _filled(rows)))
            return
        reader = Rows(grid.origin, header, grid.decimal_comma)
        under = chain(header.after, rows)
        merged = self._gather(reader, under) if header.format.kind in _GATHERED else self._add(reader, under)
        self.asides += reader.asides
        self.unread += reader.unread
        self.tables.append(_table(grid.origin, header, reader, merged))

    def _add(self, reader: Rows, rows: Iterator[Row]) -> int:
        drafts = list(reader.drafts(rows))
        reader.settle()
        merged = 0
        for draft in drafts:
            try:
                merged += self.estate.add(draft)
            except AmbiguousError:
                says = str(draft.get("server"))[:80]
                reader.asides.append(Aside(reader.origin, draft.reads[0].row, "ambiguous", says))
        return merged

    def _gather(self, reader: Rows, rows: Iterator[Row]) -> int:
        merged = 0
        for draft in reader.drafts(rows):
            if self.gathered.add(draft):
                merged += 1
            else:
                reader.asides.append(Aside(reader.origin, draft.reads[0].row, "no_identity", ""))
        return merged

    def _unknown(self, origin: Origin, rows: Iterator[Row]) -> None:
        """Set a whole table aside."""
        before = len(self.asides)
        self.asides += [Aside(origin, number, "sheet", _says(row)) for number, row in rows]
        count = len(self.asides) - before
        self.tables.append(Table(origin, "", (), 0, count, 0, 0, count, (), {}))

    def finish(self) -> Reading:
        """Join what speaks of the same machines, and close the account."""
        self.asides += self.gathered.give(self.estate)
        derive_use(self.estate.drafts)
        aside = Counter(each.origin for each in self.asides)
        drafts = self.estate.release()
        drafts.reverse()
        records = []
        while drafts:
            records.append(drafts.pop().record())
        return Reading(
            tuple(self.files),
            tuple(_closed(table, aside[table.origin]) for table in self.tables),
            tuple(records),
            tuple(sorted(self.asides)),
            tuple(self.unread),
            tuple(self.estate.conflicts),
        )


def _filled(rows: Iterator[Row]) -> Iterator[Row]:
    """Rows that say something."""
    return ((number, row) for number, row in rows if any(cell != "" and text(cell) for cell in row))


def _says(row: list[Scalar]) -> str:
    return next((text(cell)[:80] for cell in row if cell != "" and text(cell)), "")


def _table(origin: Origin, header: Header, reader: Rows, merged: int) -> Table:
    form: Format = header.format
    return Table(
        origin,
        form.name,
        header.rows,
        header.above,
        reader.rows_in,
        0,
        merged,
        0,
        header.columns,
        reader.filled,
    )


def _closed(table: Table, aside: int) -> Table:
    """A table with its account closed: a row is used unless it was set aside."""
    return replace(table, rows_used=table.rows_in - aside, rows_aside=aside)
