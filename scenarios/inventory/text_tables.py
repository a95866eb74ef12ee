"""CSV and other text tables: encoding, separator, quotes.

Chinese offices write GB18030, Excel's "Unicode text" is UTF-16, tools write UTF-8 with or without a mark.
Anything is Latin-1, so a guess at it would turn names into rubbish: such a file is refused.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from .faults import fault
from .record import Scalar

SEPARATORS = (",", "\t", ";", "|")
MAX_FIELD_CHARACTERS = 100_000
MAX_COLUMNS = 2_000
_CHUNK_BYTES = 1 << 20
_SAMPLE_LINES = 60
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMA_DECIMAL = re.compile(r"^\d+,\d+$")
_POINT_DECIMAL = re.compile(r"^\d+\.\d{1,2}$")


class TextTable:
    """A text file as rows.

    Attributes:
        encoding: utf-8, utf-8-sig, utf-16, utf-16-le, utf-16-be, utf-32 or gb18030.
        separator: of cells.
        decimal_comma: numbers have a comma before the decimals.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name
        self.encoding = encoding_of(path, name)
        sample = self._sample()
        self._skip = bool(sample) and re.fullmatch(r"sep=.", sample[0].strip(), re.IGNORECASE) is not None
        self.separator = sample[0].strip()[-1] if self._skip else separator_of(sample)
        self.decimal_comma = self.separator == ";" and _decimal_comma(sample)

    def rows(self) -> Iterator[tuple[int, list[Scalar]]]:
        """Line (1-based) on which a row begins, and its cells; rows without text are left out."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            lines = (line.replace("\0", "") if "\0" in line else line for line in file)
            before = csv.field_size_limit(MAX_FIELD_CHARACTERS)
            try:
                reader = csv.reader(lines, delimiter=self.separator)
                begins = 1
                for cells in reader:
                    at, begins = begins, reader.line_num + 1
                    if len(cells) > MAX_COLUMNS:
                        raise fault(self.name, f"{len(cells)} columns, must be at most {MAX_COLUMNS}", at)
                    if cells and not (self._skip and at == 1):
                        yield at, list(cells)
            except csv.Error:
                message = f"a cell of over {MAX_FIELD_CHARACTERS} characters: is a quote left open?"
                raise fault(self.name, message, begins) from None
            finally:
                csv.field_size_limit(before)

    def _sample(self) -> list[str]:
        with self.path.open(encoding=self.encoding, newline="") as file:
            return [line[:MAX_FIELD_CHARACTERS] for line in islice(_lines(file), _SAMPLE_LINES)]


def _lines(file: TextIO) -> Iterator[str]:
    """Lines of bounded length."""
    while line := file.readline(MAX_FIELD_CHARACTERS):
        yield line.replace("\0", "")


def encoding_of(path: Path, name: str) -> str:
    """A file's encoding: its byte-order mark, else UTF-16 by its zeros, else UTF-8, else GB18030.

    Raises:
        InputError: it is none of these.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            candidates: tuple[str, ...] = (encoding,)
            break
    else:
        candidates = (*_utf_16(head), "utf-8", "gb18030")
    for encoding in candidates:
        if _decodes(path, encoding):
            return encoding
    raise fault(name, "not text in UTF-8, UTF-16 or GB18030: save it as one of these, or as .xlsx")


def _utf_16(head: bytes) -> tuple[str, ...]:
    """UTF-16 without a mark, if every other byte is mostly zero (or the separators' are)."""
    even, odd = head[0::2], head[1::2]
    if not even or b"\0" not in head:
        return ()
    if odd.count(0) > 0.2 * len(odd) and even.count(0) < 0.02 * len(even):
        return ("utf-16-le",)
    if even.count(0) > 0.2 * len(even) and odd.count(0) < 0.02 * len(odd):
        return ("utf-16-be",)
    return ()


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as file:
            for chunk in chain(iter(lambda: file.read(_CHUNK_BYTES), b""), (b"",)):
                decoder.decode(chunk, final=not chunk)
    except UnicodeError:
        return False
    return True


def separator_of(lines: list[str]) -> str:
    """The separator that parts most lines into the same number of cells, with the most cells."""

    def agreement(separator: str) -> tuple[int, int]:
        try:
            widths = [len(cells) for cells in csv.reader(lines, delimiter=separator) if cells]
        except csv.Error:
            return 0, 0
        wide = [width for width in widths if width > 1]
        if not wide:
            return 0, 0
        common = max(set(wide), key=lambda width: (wide.count(width), width))
        return wide.count(common) * min(common, 3), common

    return max(SEPARATORS, key=agreement)


def _decimal_comma(lines: list[str]) -> bool:
    cells = [cell.strip() for line in lines for cell in line.replace('"', "").split(";")]
    commas = sum(1 for cell in cells if _COMMA_DECIMAL.match(cell))
    return commas > 0 or not any(_POINT_DECIMAL.match(cell) for cell in cells)
