"""Files as tables of cells: spreadsheets and text, each table with its name and its rows with their numbers.

What a file is, its first bytes say, not its name: many an export named .xls is text.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TypeVar

from ..errors import InputError
from .archive import check_archive
from .biff import check_biff
from .faults import fault, shown
from .record import Origin, Scalar
from .text_tables import TextTable

MAX_FILE_BYTES = 300 << 20  # of a spreadsheet
MAX_SHEETS = 200
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_MERGED = 20_000

_T = TypeVar("_T")

Row = tuple[int, list[Scalar]]
Range = tuple[tuple[int, int], tuple[int, int]]


@dataclass
class Grid:
    """A table as it lies in its file.

    Attributes:
        rows: number (1-based) and cells of each row, once; empty text where a cell is empty.
        merged: areas of merged cells, as (row, column) of the first and the last, 0-based.
        decimal_comma: numbers in text have a comma before the decimals.
    """

    origin: Origin
    rows: Iterator[Row]
    merged: tuple[Range, ...] = ()
    decimal_comma: bool = False


def grids(path: Path, name: str) -> Iterator[Grid]:
    """The tables of a file, one after the other: each must be read before the next.

    Raises:
        InputError: there is no such file, it is a link or no file, it is hostile, or cannot be read.
    """
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            raise fault(name, "a symbolic link: give the file itself")
        if not stat.S_ISREG(mode):
            raise fault(name, "not a file")
        with path.open("rb") as file:
            head = file.read(512)
            if head.startswith((_ZIP, _OLE)):
                yield from _of_spreadsheet(file, name, is_zip=head.startswith(_ZIP))
                return
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise fault(name, f"cannot be read ({reason or 'its name has a zero byte'})") from None
    yield _of_text(path, name, head)


def _of_text(path: Path, name: str, head: bytes) -> Grid:
    if not head.strip():
        return Grid(Origin(shown(name), ""), iter(()))
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table", b"<meta")):
        raise fault(name, "a web page or XML, whatever its name: open it and save it as .xlsx or .csv")
    if start.startswith(b"%pdf"):
        raise fault(name, "a PDF: export a spreadsheet or CSV instead")
    table = TextTable(path, name)
    return Grid(Origin(shown(name), ""), table.rows(), decimal_comma=table.decimal_comma)


def _of_spreadsheet(file: IO[bytes], name: str, is_zip: bool) -> Iterator[Grid]:
    if file.seek(0, 2) > MAX_FILE_BYTES:
        raise fault(name, f"over {MAX_FILE_BYTES >> 20} MB: save it as CSV")
    file.seek(0)
    (check_archive if is_zip else check_biff)(file, name)
    file.seek(0)
    from python_calamine import CalamineWorkbook, SheetTypeEnum

    workbook = _guarded(lambda: CalamineWorkbook.from_filelike(file), name)
    sheets = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if len(sheets) > MAX_SHEETS:
        raise fault(name, f"{len(sheets)} sheets, must be at most {MAX_SHEETS}")
    for title in sheets:
        sheet = _guarded(partial(workbook.get_sheet_by_name, title), name)
        merged = _guarded(partial(getattr, sheet, "merged_cell_ranges"), name) or []
        kept = tuple(sorted(merged)) if len(merged) <= _MAX_MERGED else ()
        rows = filled(_numbered(sheet.iter_rows(), name), kept)
        yield Grid(Origin(shown(name), shown(title)), rows, kept)


def _guarded(call: Callable[[], _T], name: str) -> _T:
    """What a call into the library gives; its failures are faults of the file."""
    try:
        with _hushed():
            return call()
    except BaseException as error:
        raise _told(error, name) from None


def _told(error: BaseException, name: str) -> BaseException:
    """The library's own errors, and its panics, which derive from BaseException, as a fault of the file."""
    if isinstance(error, (InputError, MemoryError, KeyboardInterrupt, SystemExit, GeneratorExit)):
        return error
    what = "protected by a password" if "assword" in str(error) or "ncrypt" in str(error) else "damaged"
    return fault(name, f"{what}: cannot be read as a spreadsheet")


@contextmanager
def _hushed() -> Iterator[None]:
    """What the library prints of its panics is for its own makers, and not shown; anything else is, after."""
    try:
        real = os.dup(2)
    except OSError:  # there is no standard error
        yield
        return
    with TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(real, 2)
            os.close(real)
        held.seek(0)
        while rest := held.read(1 << 16):
            os.write(2, rest)


def _numbered(rows: Iterable[list[Scalar]], name: str) -> Iterator[Row]:
    iterator = iter(rows)
    number = 0
    while True:
        number += 1
        try:
            row = next(iterator, None)
        except BaseException as error:
            raise _told(error, name) from None
        if row is None:
            return
        yield number, row


def filled(rows: Iterator[Row], merged: tuple[Range, ...]) -> Iterator[Row]:
    """Rows where texts of cells merged over several rows stand in each of them.

    Numbers are not repeated: the value of three machines is not the value of each.
    """
    tall = sorted((area for area in merged if area[1][0] > area[0][0]), key=itemgetter(0))
    waiting = iter(tall)
    coming = next(waiting, None)
    active: list[tuple[int, int, Scalar]] = []
    for number, row in rows:
        active = [each for each in active if each[0] >= number - 1]
        for _, column, value in active:
            if column < len(row) and row[column] == "":
                row[column] = value
        while coming and coming[0][0] <= number - 1:
            (_, column), (last, _) = coming
            if column < len(row) and not isinstance(row[column], (int, float)) and row[column] != "":
                active.append((last, column, row[column]))
            coming = next(waiting, None)
        yield number, row
