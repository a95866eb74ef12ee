"""Text of instance files, packed or not, and whole numbers with their places."""

from __future__ import annotations

import csv
import io
import lzma
import re
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ...scenarios.errors import InputError, Problem

LARGEST = 10**15
MOST_BYTES = 256 << 20  # of one text; published instances reach 20 MB
# What unpacking an archive raises where it is damaged.
BROKEN = (tarfile.TarError, OSError, EOFError, ValueError, zlib.error, lzma.LZMAError)
_WORD = re.compile(r"\S+")
_WHOLE = re.compile(r"[+-]?[0-9]{1,16}")


def fault(file: str, line: int, field: str, message: str) -> InputError:
    """One problem of a file; line 0 where it has none."""
    return InputError([Problem(file, line, 1 if line else 0, field, message)])


def text_of(path: Path) -> str:
    """Text of a file, unpacked where its name ends in .xz.

    Raises:
        InputError: it is no text in UTF-8, too long a one, or not packed as its name says.
    """
    try:
        with lzma.open(path) if path.suffix == ".xz" else path.open("rb") as file:
            return _text(file, str(path))
    except (lzma.LZMAError, EOFError, UnicodeDecodeError) as error:
        raise fault(str(path), 0, "", f"no readable text: {error}") from error


def _text(file: IO[bytes] | lzma.LZMAFile, name: str) -> str:
    """Text of a file that may unpack to any length, of which no more than MOST_BYTES is held."""
    text = file.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES:
        raise fault(name, 0, "", f"unpacks to more than {MOST_BYTES >> 20} MB")
    return text.decode("utf-8-sig")


def members(path: Path, ending: str) -> Iterator[tuple[str, str]]:
    """Names and texts of an archive's files whose names end so, by name.

    Raises:
        InputError: no readable archive, or one of these files is no text or too long a one.
    """
    try:
        with tarfile.open(path) as archive:
            files = sorted(
                (m for m in archive.getmembers() if m.isfile() and m.name.endswith(ending)),
                key=lambda m: m.name,
            )
            for member in files:
                file = archive.extractfile(member)
                if file is not None:
                    yield member.name, _text(file, f"{path}:{member.name}")
    except BROKEN as error:
        if isinstance(error, FileNotFoundError | PermissionError):
            raise
        raise fault(str(path), 0, "", f"no readable archive: {error}") from error


def whole(file: str, line: int, field: str, word: str, least: int, most: int = LARGEST) -> int:
    """A whole number within limits, or the InputError that says why not."""
    if not _WHOLE.fullmatch(word):
        raise fault(file, line, field, f"{word[:40]!r} is no whole number")
    value = int(word)
    if not least <= value <= most:
        raise fault(file, line, field, f"{value} lies outside {least} to {most}")
    return value


class Numbers:
    """Whole numbers of a text one after the other."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self._words = [
            (match[0], line)
            for line, content in enumerate(text.splitlines(), 1)
            for match in _WORD.finditer(content)
        ]
        self._lines = text.count("\n") + 1
        self._next = 0

    def take(self, field: str, least: int, most: int = LARGEST) -> int:
        """The next number.

        Raises:
            InputError: there is none, or it lies outside its limits.
        """
        if self._next == len(self._words):
            raise fault(self.file, self._lines, field, "the file ends here; a number is missing")
        word, line = self._words[self._next]
        self._next += 1
        return whole(self.file, line, field, word, least, most)

    def end(self) -> None:
        """Raise InputError if more follows."""
        if self._next < len(self._words):
            word, line = self._words[self._next]
            raise fault(self.file, line, "", f"nothing should follow, but {word[:40]!r} does")


@dataclass(frozen=True)
class Row:
    """One line of a table: where it stands and its fields by name."""

    file: str
    line: int
    fields: dict[str, str]

    def number(self, field: str, least: int = 0, most: int = LARGEST) -> int:
        """A field as a whole number."""
        return whole(self.file, self.line, field, self.fields[field].strip(), least, most)


def rows(file: str, text: str, needed: Sequence[str]) -> list[Row]:
    """Lines of a CSV table.

    Raises:
        InputError: a column is missing, a line has too few or too many fields, or it is no table at all.
    """
    table = csv.reader(io.StringIO(text, newline=""))
    try:
        return _rows(file, table, needed)
    except csv.Error as error:
        raise fault(file, table.line_num, "", f"no table: {error}") from error


def _rows(file: str, table: Any, needed: Sequence[str]) -> list[Row]:
    header = [name.strip() for name in next(table, [])]
    missing = [name for name in needed if name not in header]
    if missing:
        raise fault(file, 1, "", f"no column {', '.join(missing)}")
    found = []
    for fields in table:
        if not fields:
            continue
        if len(fields) != len(header):
            raise fault(file, table.line_num, "", f"{len(fields)} fields, the header has {len(header)}")
        found.append(Row(file, table.line_num, dict(zip(header, fields, strict=True))))
    if not found:
        raise fault(file, 1, "", "the table is empty")
    return found


def header(text: str) -> set[str]:
    """Names in the first line of a CSV table."""
    return {name.strip() for name in text.split("\n", 1)[0].split(",")}
