"""Looks through an old .xls file before anything opens it, for the same reasons as ``archive``.

An .xls is a small file system (a compound file) whose stream ``Workbook`` is a chain of records. Two cells in
opposite corners span 17 million, and the library that reads it holds the sheets all at once.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO

from .archive import MAX_CELLS
from .faults import fault

MAX_FILE_BYTES = 100 << 20
_END, _FREE = 0xFFFFFFFE, 0xFFFFFFFF
_MINI_BELOW = 4096
_BOF, _PASSWORD = 0x0809, 0x002F
# Records of cells begin with row and column; those of several cells end with the last column.
_ONE = frozenset((0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x00FD, 0x027E, 0x00D6))
_MANY = frozenset((0x00BD, 0x00BE))
_TITLES = ("workbook", "book")


class _DamagedError(Exception):
    """The file does not hold together."""


def check_biff(file: IO[bytes], name: str) -> None:
    """Look through an .xls file.

    Raises:
        InputError: it is damaged, protected, too large or no spreadsheet.
    """
    if file.seek(0, 2) > MAX_FILE_BYTES:
        raise fault(name, f"over {MAX_FILE_BYTES >> 20} MB: save it as .xlsx or CSV")
    file.seek(0)
    data = file.read()
    try:
        stream, protected = _workbook(data)
        areas = [] if stream is None else list(_areas(stream))
    except (_DamagedError, struct.error, IndexError):
        raise fault(name, "damaged: not a complete spreadsheet") from None
    if protected or -1 in areas:
        raise fault(name, "protected by a password: save it without")
    if stream is None:
        raise fault(name, "a file of an office program that is no spreadsheet")
    if sum(areas) > MAX_CELLS:
        raise fault(name, f"its sheets span over {MAX_CELLS // 10**6} million cells: save it as CSV")


def _workbook(data: bytes) -> tuple[bytes | None, bool]:
    """The stream of the workbook; and whether the file is an encrypted one."""
    sector = 1 << struct.unpack_from("<H", data, 30)[0]
    mini = 1 << struct.unpack_from("<H", data, 32)[0]
    if sector not in (512, 4096) or mini != 64:
        raise _DamagedError
    (directory_at,) = struct.unpack_from("<I", data, 48)
    (mini_table_at,) = struct.unpack_from("<I", data, 60)
    table = _table(data, sector)
    directory = _chain(data, table, directory_at, sector, sector)
    root, found, protected = None, None, False
    for at in range(0, len(directory) - 127, 128):
        entry = directory[at : at + 128]
        title = entry[: max(struct.unpack_from("<H", entry, 64)[0] - 2, 0)].decode("utf-16-le", "replace")
        start, size = struct.unpack_from("<II", entry, 116)
        if entry[66] == 5:
            root = (start, size)
        elif title.casefold() in _TITLES:
            found = (start, size) if found is None or title.casefold() == _TITLES[0] else found
        protected |= title == "EncryptedPackage"
    if found is None or root is None:
        return None, protected
    if found[1] >= _MINI_BELOW:
        return _chain(data, table, found[0], sector, sector)[: found[1]], protected
    inside = _chain(data, table, root[0], sector, sector)
    raw = _chain(data, table, mini_table_at, sector, sector)
    mini_table = struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])
    return _chain(inside, mini_table, found[0], mini, 0)[: found[1]], protected


def _table(data: bytes, sector: int) -> tuple[int, ...]:
    """The allocation table: for each sector the next of its chain."""
    places = [each for each in struct.unpack_from("<109I", data, 76) if each < _END - 2]
    more, left = struct.unpack_from("<II", data, 68)
    per = sector // 4 - 1
    while left and more < _END - 2:
        *here, more = struct.unpack_from(f"<{per + 1}I", data, sector + more * sector)
        places += [each for each in here if each < _END - 2]
        left -= 1
        if len(places) > len(data) // sector + per:
            raise _DamagedError
    table: list[int] = []
    for place in places:
        table += struct.unpack_from(f"<{sector // 4}I", data, sector + place * sector)
    return tuple(table)


def _chain(data: bytes, table: tuple[int, ...], start: int, size: int, header: int) -> bytes:
    """The bytes of a chain of sectors."""
    parts, steps = [], 0
    while start not in (_END, _FREE):
        if start >= len(table) or steps > len(table):
            raise _DamagedError
        parts.append(data[header + start * size : header + (start + 1) * size])
        start, steps = table[start], steps + 1
    return b"".join(parts)


def _areas(stream: bytes) -> Iterator[int]:
    """Cells between the outermost ones of each sheet; -1 if the workbook is encrypted."""
    at, rows, columns = 0, (1 << 16, -1), (1 << 16, -1)
    unpack = struct.Struct("<HH").unpack_from
    while at + 4 <= len(stream):
        kind, size = unpack(stream, at)
        if kind == _PASSWORD:
            yield -1
            return
        if kind == _BOF:
            yield (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1) if rows[1] >= 0 else 0
            rows, columns = (1 << 16, -1), (1 << 16, -1)
        elif (kind in _ONE or kind in _MANY) and size >= 4:
            row, first = unpack(stream, at + 4)
            last = struct.unpack_from("<H", stream, at + 2 + size)[0] if kind in _MANY else first
            rows = (min(rows[0], row), max(rows[1], row))
            columns = (min(columns[0], first), max(columns[1], last))
        at += 4 + size
    yield (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1) if rows[1] >= 0 else 0
