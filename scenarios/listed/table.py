"""One table of a listed estate: CSV to columns, with every fault named by row and column."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, Problem
from .columns import FIRST_DATE, LAST_DATE, MOST_TEXT, Column

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
Kind = TypeVar("Kind", np.int32, np.float64, np.datetime64)

MOST_PROBLEMS = 20  # told of one table
MOST_ROWS = 1_000_000
_MOST_CELL = 100_000  # characters
_MOST_COLUMNS = 200
_ROWS_AT_ONCE = 8192
_FLAGS = {"": -1, "no": 0, "yes": 1}
_NO_DAY = np.datetime64("NaT", "D")
_FLOATS, _INTS = np.empty(0), np.empty(0, dtype=np.int32)
_DAYS = np.empty(0, dtype="datetime64[D]")


@dataclass(frozen=True)
class Table:
    """A table as columns, shape (rows,) each, in the order of the file; columns that are not there are blank.

    Attributes:
        shown: the file, as problems name it.
        row: of each entry in the file, as a spreadsheet counts (the header is row 1).
        keys: name of each entry.
        numbers: of ``number`` and ``whole`` columns, NaN where blank.
        codes: of ``flag`` columns 1 yes, 0 no; of ``scenario``, ``choice``, ``table`` and ``text`` columns a
            position in ``names``; -1 where blank.
        names: what those positions mean, in the order in which they first occur.
        days: of ``date`` columns, NaT where blank.
        place: column of each name in the file, 1-based; 0 where it is not there.
    """

    shown: str
    row: Ints
    keys: tuple[str, ...]
    numbers: Mapping[str, Floats]
    codes: Mapping[str, Ints]
    names: Mapping[str, tuple[str, ...]]
    days: Mapping[str, Days]
    place: Mapping[str, int]

    def problem(self, entry: int, column: str, message: str) -> Problem:
        """A fault of one cell."""
        return Problem(self.shown, int(self.row[entry]), self.place.get(column, 0), column, message)


class Faults:
    """Problems of one table, the first of them in words and the others counted."""

    def __init__(self, shown: str) -> None:
        self.shown, self.told, self.more = shown, list[Problem](), 0

    def add(self, row: int, place: int, column: str, message: str) -> None:
        """One more."""
        if len(self.told) < MOST_PROBLEMS:
            self.told.append(Problem(self.shown, row, place, column, message))
        else:
            self.more += 1

    @property
    def all(self) -> list[Problem]:
        """In the order of rows; before them how many there are if not all are told."""
        if not self.more:
            return sorted(self.told)
        count = len(self.told) + self.more
        message = f"has {count} problems, of which {len(self.told)} follow"
        return [Problem(self.shown, 0, 0, "", message), *sorted(self.told)]


def read_table(path: Path, shown: str, columns: tuple[Column, ...]) -> Table:
    """A table from its file.

    Args:
        shown: the file as problems name it.

    Raises:
        InputError: with the problems found, the first in words.
    """
    faults = Faults(shown)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            before = csv.field_size_limit(_MOST_CELL)
            try:
                table = _read(csv.reader(file, strict=True), columns, faults)
            finally:
                csv.field_size_limit(before)
    except UnicodeDecodeError:
        raise InputError([Problem(shown, 0, 0, "", "got another encoding, must be UTF-8")]) from None
    except csv.Error as error:
        raise InputError([Problem(shown, 0, 0, "", f"got no readable CSV ({error})")]) from None
    except OSError as error:
        message = f"got {error.strerror or error}, must be a file that can be read"
        raise InputError([Problem(shown, 0, 0, "", message)]) from None
    if faults.told:
        raise InputError(faults.all)
    return table


def _read(reader: Iterator[list[str]], columns: tuple[Column, ...], faults: Faults) -> Table:
    header = next(reader, [])
    if len(header) > _MOST_COLUMNS:
        message = f"{len(header)} columns, must be at most {_MOST_COLUMNS}"
        raise InputError([Problem(faults.shown, 1, 0, "", message)])
    place, width = _places(header, columns, faults), len(header)
    if faults.told:
        raise InputError(faults.all)
    found, row, count = [_Cells(column, place, faults) for column in columns], list[int](), 1
    while rows := list(islice(reader, _ROWS_AT_ONCE)):
        at = [count + i for i, cells in enumerate(rows, start=1) if any(cells)]
        filled = [cells for cells in rows if any(cells)]
        count += len(rows)
        if count > MOST_ROWS:
            raise InputError([Problem(faults.shown, count, 0, "", f"must have at most {MOST_ROWS} rows")])
        for k, cells in zip(at, filled, strict=True):
            if len(cells) != width:
                _refit(cells, width, k, faults)
        for number, column_cells in enumerate(zip(*filled, strict=True), start=1):
            for column in found:
                if column.place == number:
                    column.add(column_cells, at)
        row += at
    for column in found:
        column.end(len(row))
    of = {column.column.name: column for column in found}
    key = next(column for column in found if column.column.kind == "key")
    return Table(
        faults.shown,
        np.array(row, dtype=np.int32),
        tuple(key.known),
        {n: _joined(c, _FLOATS) for n, c in of.items() if c.column.kind in ("number", "whole")},
        {n: _joined(c, _INTS) for n, c in of.items() if c.is_coded},
        {n: tuple(c.known) for n, c in of.items() if c.is_coded},
        {n: _joined(c, _DAYS) for n, c in of.items() if c.column.kind == "date"},
        place,
    )


def _joined(cells: _Cells, empty: NDArray[Kind]) -> NDArray[Kind]:
    """All cells of a column, of the type of an empty one."""
    return np.concatenate([empty, *cells.parts]).astype(empty.dtype)


def _places(header: Sequence[str], columns: tuple[Column, ...], faults: Faults) -> dict[str, int]:
    """Where each column stands, 1-based; 0 where it does not."""
    known = {column.name: column for column in columns}
    place = dict.fromkeys(known, 0)
    for number, name in enumerate((cell.strip() for cell in header), start=1):
        if name in known and not place[name]:
            place[name] = number
        elif name in known:
            faults.add(1, number, "", f"got {name!r} twice, must be there once")
        else:
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"one of {', '.join(known)}"
            faults.add(1, number, "", f"got unknown column {_short(name)}, must be a known column ({hint})")
    for name, column in known.items():
        if column.required and not place[name]:
            faults.add(1, 0, "", f"got no column {name!r}, must be there: {column.en}")
    return place


def _refit(cells: list[str], width: int, row: int, faults: Faults) -> None:
    """A row that is shorter than the header ends in blanks; one that is longer may only end in blanks."""
    if any(cells[width:]):
        faults.add(row, width + 1, "", f"got {len(cells)} cells, must be at most {width} as in the header")
    del cells[width:]
    cells += [""] * (width - len(cells))


class _Cells:
    """The cells of one column, as they come in."""

    def __init__(self, column: Column, place: Mapping[str, int], faults: Faults) -> None:
        self.column, self.place, self._faults = column, place[column.name], faults
        self.known: dict[str, int] = {"no": 0, "yes": 1} if column.kind == "flag" else {}
        self.parts: list[NDArray[np.generic]] = []
        taking: dict[str, Callable[[Sequence[str], Sequence[int]], NDArray[np.generic]]] = {
            "number": self._numbers,
            "whole": self._numbers,
            "flag": self._flags,
            "date": self._dates,
            "key": self._keys,
        }
        self._take = taking.get(column.kind, self._texts)

    @property
    def is_coded(self) -> bool:
        """Whether the table keeps its cells as positions among names."""
        return self.column.kind in ("scenario", "choice", "table", "text", "flag") and (
            self.column.name != "from"
        )

    def add(self, cells: Sequence[str], row: Sequence[int]) -> None:
        """Some more cells."""
        if self.column.name == "from":
            return
        stripped = [cell.strip() for cell in cells]
        if self.column.required and "" in stripped:
            for at, cell in zip(row, stripped, strict=True):
                if not cell:
                    self._fault(at, "got nothing, must be given")
        self.parts.append(self._take(stripped, row))

    def end(self, rows: int) -> None:
        """No more cells; a column that is not there is blank."""
        if not self.place:
            blank: dict[str, float | np.datetime64] = {"number": np.nan, "whole": np.nan, "date": _NO_DAY}
            self.parts = [np.full(rows, blank.get(self.column.kind, -1))]

    def _fault(self, row: int, message: str) -> None:
        self._faults.add(row, self.place, self.column.name, message)

    def _keys(self, cells: Sequence[str], row: Sequence[int]) -> Ints:
        self._long(cells, row)
        for at, cell in zip(row, cells, strict=True):
            if self.known.setdefault(cell, at) != at and cell:
                self._fault(at, f"got {_short(cell)} as in row {self.known[cell]}, must be unique")
        return np.empty(0, dtype=np.int32)

    def _texts(self, cells: Sequence[str], row: Sequence[int]) -> Ints:
        self._long(cells, row)
        known, choices = self.known, self.column.choices
        codes = np.array(
            [known.setdefault(cell, len(known)) if cell else -1 for cell in cells], dtype=np.int32
        )
        if choices and not known.keys() <= set(choices):
            for at, cell in zip(row, cells, strict=True):
                if cell and cell not in choices:
                    self._fault(at, f"got {_short(cell)}, must be {' or '.join(choices)}")
        return codes

    def _long(self, cells: Sequence[str], row: Sequence[int]) -> None:
        if max(map(len, cells), default=0) > MOST_TEXT:
            for at, cell in zip(row, cells, strict=True):
                if len(cell) > MOST_TEXT:
                    self._fault(at, f"got {len(cell)} characters, must be at most {MOST_TEXT}")

    def _flags(self, cells: Sequence[str], row: Sequence[int]) -> Ints:
        for at, cell in zip(row, cells, strict=True):
            if cell not in _FLAGS:
                self._fault(at, f"got {_short(cell)}, must be yes or no")
        return np.array([_FLAGS.get(cell, -1) for cell in cells], dtype=np.int32)

    def _numbers(self, cells: Sequence[str], row: Sequence[int]) -> Floats:
        values = np.array([_number(cell) if cell else np.nan for cell in cells])
        low, high = self.column.low, self.column.high
        wrong = ~((values >= low) & (values <= high))
        if self.column.kind == "whole":
            wrong |= values != np.floor(values)
        for k in np.flatnonzero(wrong).tolist():
            if cells[k]:
                what = "a whole number" if self.column.kind == "whole" else "a number"
                self._fault(row[k], f"got {_short(cells[k])}, must be {what} from {low:.15g} to {high:.15g}")
        return values

    def _dates(self, cells: Sequence[str], row: Sequence[int]) -> Days:
        known: dict[str, date | None] = {"": None}
        for at, cell in zip(row, cells, strict=True):
            if cell in known:
                continue
            known[cell] = day = _date(cell)
            if day is None:
                del known[cell]
                self._fault(at, f"got {_short(cell)}, must be a date like 2014-12-31, {FIRST_DATE} or later")
        return np.array([known.get(cell) for cell in cells], dtype="datetime64[D]")


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return np.inf


def _date(cell: str) -> date | None:
    try:
        day = date.fromisoformat(cell)
    except ValueError:
        return None
    return day if date.fromisoformat(FIRST_DATE) <= day <= date.fromisoformat(LAST_DATE) else None


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
