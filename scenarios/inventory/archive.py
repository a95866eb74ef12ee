"""Looks through a spreadsheet's zip archive before anything opens it.

Spreadsheets come from strangers: an archive of kilobytes can unpack to terabytes, an XML part can define
entities that multiply, and two cells in opposite corners span 17 thousand million. The library that reads
spreadsheets holds all cells between the outermost ones, so their number is found first, part by part, in
constant memory. Every byte is unpacked once here and counted, as the archive's directory may lie.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers import expat

import numpy as np

from ..errors import InputError
from .faults import fault

MAX_ENTRIES = 5_000
MAX_UNPACKED_BYTES = 1 << 30
MAX_OTHER_PART_BYTES = 400 << 20  # shared texts are held in memory whole
MAX_RATIO = 300  # of what is unpacked to what is packed, over FREE_BYTES; sheets of one value reach 100
FREE_BYTES = 32 << 20
MAX_CELLS = 10_000_000
MAX_COLUMNS = 16_384  # no program writes more
_CHUNK_BYTES = 1 << 20
_LOCAL = struct.Struct("<4s22xHH")

_DEFINES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_CELL = re.compile(rb"<(?:[A-Za-z]+:)?c[\s/>]")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']\$?([A-Za-z]+)\$?[0-9]+["']""")
_ROW = re.compile(rb"""\sr\s*=\s*["']\$?[A-Za-z]*\$?([0-9]+)["']""")
_SPACE, _R, _EQUALS, _QUOTE, _LESS, _C, _A, _ZERO = b' r="<cA0'
_AFTER_C = np.frombuffer(b" >/\t\r\n", dtype=np.uint8)
_OTHERWISE = (b" r='", b" r =", b"\tr", b"\nr", b"\rr", b" r= ", b":c")
_LONGEST = 12  # characters of a reference with its closing quote; XFD1048576 has 10


def check_archive(file: IO[bytes], name: str) -> str:
    """Look through an archive.

    Returns:
        "xlsx" or "ods".

    Raises:
        InputError: it is damaged, too large, hides something, or is no spreadsheet.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        raise fault(name, "damaged: not a complete spreadsheet") from None
    kind = _kind(entries, name)
    _check_directory(entries, file.seek(0, 2), name)
    for entry in entries:
        if not entry.filename:
            raise fault(name, "damaged: a part has no name")
        if not entry.is_dir():
            _check_part(file, entry, kind, name)
    file.seek(0)
    return kind


def _kind(entries: list[zipfile.ZipInfo], name: str) -> str:
    names = {entry.filename.lstrip("/").casefold() for entry in entries}
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "content.xml" in names:
        return "ods"
    if "xl/workbook.bin" in names:
        raise fault(name, "binary spreadsheets (.xlsb) are not read: save it as .xlsx")
    raise fault(name, "an archive that is no spreadsheet: give the files in it")


def _check_directory(entries: list[zipfile.ZipInfo], size: int, name: str) -> None:
    """Judge by what the directory says."""
    if len(entries) > MAX_ENTRIES:
        raise fault(name, f"{len(entries)} parts, must be at most {MAX_ENTRIES}")
    unpacked, packed = (
        sum(each) for each in zip(*((e.file_size, e.compress_size) for e in entries), strict=True)
    )
    if unpacked > MAX_UNPACKED_BYTES:
        raise fault(name, f"unpacks to {unpacked >> 20} MB, must be at most {MAX_UNPACKED_BYTES >> 20} MB")
    if unpacked > FREE_BYTES and unpacked > MAX_RATIO * max(packed, 1):
        raise fault(name, f"unpacks to {unpacked // max(packed, 1)} times its size, like a zip bomb")
    if packed > size:
        raise fault(name, "damaged: parts of the archive overlap")
    if len({entry.filename for entry in entries}) < len(entries):
        raise fault(name, "damaged: two parts of the archive have one name")
    for entry in entries:
        if entry.flag_bits & 1:
            raise fault(name, "protected by a password: save it without")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise fault(name, "packed in a way that spreadsheets are not")


def _check_part(file: IO[bytes], entry: zipfile.ZipInfo, kind: str, name: str) -> None:
    """Judge a part by its bytes."""
    chunks = _overlapping(_unpacked(file, entry, name))
    if kind == "ods" and entry.filename == "content.xml":
        _check_ods((chunk for chunk, _ in chunks), name)
        return
    counted, unplaced = _Extent(), 0
    total = 0
    for chunk, fresh in chunks:
        total += fresh
        if _DEFINES.search(chunk):
            raise fault(name, "defines XML entities, which spreadsheets do not")
        unplaced += counted.add(chunk)
    if total > MAX_OTHER_PART_BYTES and not counted.rows:
        raise fault(name, f"a part of {total >> 20} MB, must be at most {MAX_OTHER_PART_BYTES >> 20} MB")
    if unplaced > 0:
        counted = _counted_by_element(_unpacked(file, entry, name), name)
    counted.check(name)


class _Extent:
    """How far the cells of a sheet reach."""

    def __init__(self) -> None:
        self.columns: set[bytes] = set()
        self.rows = 0
        self.width = 0

    def add(self, chunk: bytes) -> int:
        """Count a chunk; returns cells that do not say where they are (roughly: chunks overlap)."""
        plain = _plain_extent(chunk)
        if plain is not None:
            self.rows, self.width = max(self.rows, plain[0]), max(self.width, plain[1])
            return 0
        references = _REFERENCE.findall(chunk)
        if references:
            self.columns.update(references)
        rows = _ROW.findall(chunk)
        if rows:
            self.rows = max(self.rows, *(int(row[:_LONGEST]) for row in set(rows)), 0)
        cells = sum(chunk.count(mark) for mark in (b"<c ", b"<c>", b"<c/"))
        return max((cells or len(_CELL.findall(chunk))) - len(references), 0)

    def check(self, name: str) -> None:
        """Raise if there are too many."""
        width = max([self.width, *map(_column, self.columns)])
        if width > MAX_COLUMNS:
            raise _too_wide(width, name)
        if width * self.rows > MAX_CELLS:
            raise fault(
                name,
                f"a sheet spans {self.rows} rows and {width} columns, must be at most "
                f"{MAX_CELLS // 10**6} million cells: split it or save it as CSV",
            )


def _plain_extent(chunk: bytes) -> tuple[int, int] | None:
    """The last row and column that ` r="AB12"` or ` r="12"` names, as nearly all programs write it.

    Returns:
        None where something is written in another way, or more cells begin than say where they are.
    """
    if any(mark in chunk for mark in _OTHERWISE):
        return None
    byte = np.frombuffer(chunk + b" " * _LONGEST, dtype=np.uint8)
    begins = np.flatnonzero((byte[:-1] == _LESS) & (byte[1:] == _C))
    cells = int(np.isin(byte[begins + 2], _AFTER_C).sum())
    first = np.flatnonzero(
        (byte[:-3] == _SPACE) & (byte[1:-2] == _R) & (byte[2:-1] == _EQUALS) & (byte[3:] == _QUOTE)
    )
    if not len(first):
        return None
    at = first + 4
    column, row = np.zeros(len(at), dtype=np.int64), np.zeros(len(at), dtype=np.int64)
    letters = np.zeros(len(at), dtype=bool)
    reading = np.ones(len(at), dtype=bool)  # before the closing quote
    for step in range(_LONGEST):
        here = byte[at + step].astype(np.int64)
        reading &= here != _QUOTE
        if not reading.any():
            break
        letter = reading & (here >= _A) & (here < _A + 26)
        digit = reading & (here >= _ZERO) & (here < _ZERO + 10)
        if (reading & ~letter & ~digit).any() or (letter & ((row > 0) | (step > 2))).any():
            return None
        letters |= letter
        column = np.where(letter, column * 26 + here - _A + 1, column)
        row = np.where(digit, row * 10 + here - _ZERO, row)
    if reading.any() or not row.all() or np.count_nonzero(letters) < cells:
        return None
    return int(row.max()), int(column.max())


def _column(reference: bytes) -> int:
    number = 0
    for letter in reference[:_LONGEST].upper():
        number = number * 26 + letter - 64
    return number


def _counted_by_element(chunks: Iterator[bytes], name: str) -> _Extent:
    """The extent of a sheet whose cells follow each other without saying where they are."""
    extent, at = _Extent(), [0, 0]

    def start(tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        placed = re.fullmatch(r"([A-Za-z]*)(\d+)", attributes.get("r", ""))
        if tag == "row":
            at[:] = [int(placed[2][:_LONGEST]) if placed else at[0] + 1, 0]
        elif tag == "c":
            at[1] = _column(placed[1].encode()) if placed else at[1] + 1
            at[0] = int(placed[2][:_LONGEST]) if placed else at[0]
        extent.rows, extent.width = max(extent.rows, at[0]), max(extent.width, at[1])

    _parse(chunks, start, name)
    return extent


def _check_ods(chunks: Iterator[bytes], name: str) -> None:
    """Count cells that hold something, with all their repetitions."""
    rows = width = here = empty_rows = 0
    repeat, filled, empty = 1, False, 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal rows, width, here, empty_rows, repeat, filled, empty
        if tag == "table:table":
            rows = width = empty_rows = 0
        elif tag == "table:table-row":
            repeat, filled, here, empty = _repeat(attributes, "rows"), False, 0, 0
            empty_rows += repeat
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            times = _repeat(attributes, "columns")
            if any(key.startswith(("office:", "table:formula")) for key in attributes):
                here, empty, filled = here + empty + times, 0, True
            else:
                empty += times
        elif tag == "text:p" and empty:
            here, empty, filled = here + empty, 0, True
        if filled:
            width, rows, empty_rows, filled = max(width, here), rows + empty_rows, 0, False
        if width > MAX_COLUMNS:
            raise _too_wide(width, name)
        if width * rows > MAX_CELLS:
            raise fault(
                name, f"a sheet spans over {MAX_CELLS // 10**6} million cells: split it or save it as CSV"
            )

    _parse(chunks, start, name)


def _too_wide(columns: int, name: str) -> InputError:
    return fault(name, f"a sheet of {columns} columns, must be at most {MAX_COLUMNS}")


def _repeat(attributes: dict[str, str], what: str) -> int:
    written = attributes.get(f"table:number-{what}-repeated", "1")
    return int(written) if written.isdecimal() and len(written) < 12 else 1


def _parse(chunks: Iterator[bytes], start: Callable[[str, dict[str, str]], None], name: str) -> None:
    """Feed XML to a handler of elements, without entities."""

    def defines(*_: object) -> None:
        raise fault(name, "defines XML entities, which spreadsheets do not")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = defines
    parser.EntityDeclHandler = defines
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise fault(name, "damaged: a sheet is not well-formed") from None


def _overlapping(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, int]]:
    """Chunks cut before the last ``<``, so that no element is cut; and the bytes that are new in each."""
    rest = b""
    for chunk in chunks:
        joined = rest + chunk
        cut = joined.rfind(b"<", max(len(joined) - _CHUNK_BYTES, 0))
        cut = len(joined) if cut <= 0 else cut
        yield joined[:cut], len(chunk)
        rest = joined[cut:]
    yield rest, 0


def _unpacked(file: IO[bytes], entry: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """The bytes of a part; more or fewer than the directory says is an error."""
    file.seek(entry.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise fault(name, "damaged: not a complete spreadsheet")
    _, name_bytes, extra_bytes = _LOCAL.unpack(header)
    file.seek(name_bytes + extra_bytes, 1)
    left, total = entry.compress_size, 0
    unpack = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    try:
        while left:
            packed = file.read(min(left, _CHUNK_BYTES // 4))
            if not packed:
                raise fault(name, "damaged: not a complete spreadsheet")
            left -= len(packed)
            while packed:
                chunk = unpack.decompress(packed, _CHUNK_BYTES) if unpack else packed
                packed = unpack.unconsumed_tail if unpack else b""
                total += len(chunk)
                if total > entry.file_size:
                    raise fault(name, "damaged: a part is larger than the archive says")
                yield chunk
    except zlib.error:
        raise fault(name, "damaged: a part cannot be unpacked") from None
