"""CSV tables read in batches, with faults named by file, line and column.

Batches come from Arrow's reader. When it meets something it cannot read, the file is gone through
once more, record by record, to say where the fault is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from ..errors import InputError, Problem
from ..tree import describe as described
from .moments import FIRST_EPOCH_S, form_of, seconds, unit_s
from .text import TextFile, binary, separator_of

Floats = NDArray[np.float64]

BLOCK_BYTES = 4 << 20
ROWS_TRIED = 100


@dataclass(frozen=True)
class Columns:
    """Which columns of a table to read, by position.

    Attributes:
        names: header, or made-up names where there is none.
        header: whether the first line is one.
        texts, numbers: positions to read as text and as numbers.
    """

    names: Sequence[str]
    header: bool
    texts: tuple[int, ...]
    numbers: tuple[int, ...]


def decimal_comma(file: TextFile, numbers: Sequence[int]) -> bool:
    """Whether numbers are written 1,5: seen in the first rows of a table that commas do not separate."""
    separator = separator_of(file.first_line)
    if separator == ",":
        return False
    for (line, cells), _ in zip(file.records(separator), range(ROWS_TRIED), strict=False):
        if line > 1 and any("," in cells[n] and "." not in cells[n] for n in numbers if n < len(cells)):
            return True
    return False


def batches(file: TextFile, columns: Columns) -> Iterator[pa.RecordBatch]:
    """The table's rows; the columns are named by their position ("0", "1", ...).

    Raises:
        InputError: at a row with another number of cells, or a cell that is no number.
    """
    comma = decimal_comma(file, columns.numbers)
    wanted = sorted({*columns.texts, *columns.numbers})
    types = {str(n): pa.string() for n in columns.texts} | {str(n): pa.float64() for n in columns.numbers}
    read = pacsv.ReadOptions(
        column_names=[str(n) for n in range(len(columns.names))],
        skip_rows=int(columns.header),
        encoding=file.encoding.removesuffix("-sig"),
        block_size=BLOCK_BYTES,
    )
    convert = pacsv.ConvertOptions(
        column_types=types,
        include_columns=[str(n) for n in wanted],
        decimal_point="," if comma else ".",
        null_values=["", "NULL", "null", "NaN", "nan", "N/A", "-"],
        strings_can_be_null=False,
    )
    parse = pacsv.ParseOptions(delimiter=separator_of(file.first_line))
    try:
        with binary(file.path) as stream:
            yield from pacsv.open_csv(pa.PythonFile(stream, mode="r"), read, parse, convert)
    except pa.ArrowInvalid as error:
        if "Empty CSV file" in str(error):
            return
        raise fault(file, columns, comma, str(error)) from None


def fault(file: TextFile, columns: Columns, comma: bool, reason: str) -> InputError:
    """The first row that cannot be read, as an error."""
    for line, cells in file.records(separator_of(file.first_line)):
        if line == 1 and columns.header:
            continue
        if len(cells) != len(columns.names):
            message = f"got {len(cells)} cells, must be {len(columns.names)} as in the first line"
            return _at(file, line, 1, "", message)
        for n in columns.numbers:
            text = cells[n].strip()
            if text and not _is_number(text.replace(",", ".") if comma else text):
                return _at(file, line, n + 1, columns.names[n], f"got {described(text)}, must be a number")
    return _at(file, 0, 0, "", f"cannot be read: {' '.join(reason.split())[:200]}")


def _at(file: TextFile, line: int, cell: int, name: str, message: str) -> InputError:
    return InputError([Problem(str(file.path), line, cell, name, message)])


_NOT_TOLD = ("null", "n/a", "-")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return text.casefold() in _NOT_TOLD
    return True


@dataclass(frozen=True)
class Times:
    """How one column of a table writes times: as numbers of ``unit_s`` seconds, or in ``form``."""

    column: int
    unit_s: float
    form: str | None
    dated: bool

    def of(self, batch: pa.RecordBatch, file: TextFile, columns: Columns) -> Floats:
        """Seconds of a batch's rows, nan where empty.

        Raises:
            InputError: if a text is not in the form of the first one.
        """
        found = batch.column(str(self.column))
        if self.form is None:
            return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.float64) * self.unit_s
        times = seconds(found, self.form)
        if np.isnan(times).any():
            self._check(file, columns)
        return times

    def _check(self, file: TextFile, columns: Columns) -> None:
        """Raise at the first time that is not empty and not in the form."""
        assert self.form is not None
        for line, cells in file.records(separator_of(file.first_line)):
            text = cells[self.column].strip() if self.column < len(cells) else ""
            if text and not (line == 1 and columns.header) and form_of(text, (self.form,)) != self.form:
                name = columns.names[self.column]
                message = f"got {described(text)}, must be a time written like the first one"
                raise _at(file, line, self.column + 1, name, message)


def times_of(
    file: TextFile,
    column: int,
    names: Sequence[str],
    forms: tuple[str, ...],
    *,
    header: bool = True,
    relative_unit_s: float = 1.0,
) -> Times | None:
    """How a column writes times, from its first cell that is not empty; None if all are empty.

    Numbers of the size of seconds, milli-, micro- or nanoseconds since 1970 are taken as such,
    whatever the header says; smaller ones count from the start, in ``relative_unit_s``.

    Raises:
        InputError: if the first time is written in no known form.
    """
    for line, cells in file.records(separator_of(file.first_line)):
        text = cells[column].strip() if column < len(cells) else ""
        if not text or text.casefold() in _NOT_TOLD or (line == 1 and header):
            continue
        if _is_number(text):
            value = float(text)
            dated = value * unit_s(value) >= FIRST_EPOCH_S
            return Times(column, unit_s(value) if dated else relative_unit_s, None, dated)
        form = form_of(text, forms)
        if form is None:
            message = f"got {described(text)}, must be a number or a time such as 2026-03-01 08:05:00"
            raise _at(file, line, column + 1, names[column], message)
        return Times(column, 1.0, form, True)
    return None


def pick(header: Sequence[str], synonyms: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Position of each field's column: the first of its names that the header has, case ignored."""
    known = {name.casefold(): n for n, name in reversed(list(enumerate(header)))}
    found = {}
    for field, names in synonyms.items():
        position = next((known[name.casefold()] for name in names if name.casefold() in known), None)
        if position is not None:
            found[field] = position
    return found
