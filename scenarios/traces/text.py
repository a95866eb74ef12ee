"""Text files of other people's tools: encoding, separator, header, and the hash of what was read."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, cast

from ..errors import InputError, Problem

CHUNK_BYTES = 1 << 20
SEPARATORS = (";", "\t", ",")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True)
class TextFile:
    """A text file, looked through once.

    Attributes:
        encoding: utf-8, utf-8-sig, utf-16 or gb18030.
        digest: SHA-256 of the file's bytes, hexadecimal.
        first_line: without its end; "" if the file is empty.
    """

    path: Path
    encoding: str
    digest: str
    first_line: str

    def open(self) -> IO[str]:
        """The decoded text; a .gz file is unpacked on the way."""
        return io.TextIOWrapper(binary(self.path), encoding=self.encoding, errors="replace", newline="")

    def records(self, separator: str) -> Iterator[tuple[int, list[str]]]:
        """Line number (1-based) and cells of each record that is not empty."""
        with self.open() as file:
            reader = csv.reader(file, delimiter=separator)
            for cells in reader:
                if cells:
                    yield reader.line_num, cells


def binary(path: Path) -> IO[bytes]:
    """A file's bytes; a .gz file is unpacked."""
    if path.suffix == ".gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))  # a stream of bytes in all that is used here
    return path.open("rb")


def look(path: Path) -> TextFile:
    """Find a file's encoding: its byte-order mark, else UTF-8 if all of it is, else GB18030.

    Raises:
        InputError: if it is in none of these, or cannot be unpacked.
    """
    digest, head = sha256(), b""
    possible: dict[str, codecs.IncrementalDecoder] = {}
    try:
        with binary(path) as file:
            while chunk := file.read(CHUNK_BYTES):
                if not head:
                    head, possible = chunk, _candidates(chunk)
                digest.update(chunk)
                possible = {n: decoder for n, decoder in possible.items() if _decodes(decoder, chunk)}
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError([Problem(str(path), 0, 0, "", f"got a damaged .gz file ({error})")]) from None
    possible = {n: decoder for n, decoder in possible.items() if _decodes(decoder, b"", final=True)}
    encoding = next(iter(possible), "utf-8" if not head else "")
    if not encoding:
        message = "got bytes that are neither UTF-8 nor GB18030, must be text in one of them or UTF-16"
        raise InputError([Problem(str(path), 0, 0, "", message)])
    text = head.decode(encoding, errors="replace")
    return TextFile(path, encoding, digest.hexdigest(), text.splitlines()[0] if text else "")


def _candidates(head: bytes) -> dict[str, codecs.IncrementalDecoder]:
    """Decoders to try: that of the byte-order mark, else UTF-8 and GB18030."""
    marked = [name for bom, name in BOMS if head.startswith(bom)]
    return {name: codecs.getincrementaldecoder(name)() for name in marked or ("utf-8", "gb18030")}


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeError:
        return False
    return True


def separator_of(line: str) -> str:
    """The separator that a header uses most; a semicolon or tab wins over commas inside cells."""
    return max(SEPARATORS, key=line.count) if any(s in line for s in SEPARATORS) else ","


def header_of(file: TextFile) -> list[str]:
    """Names of the columns, without blanks around them."""
    cells = next(csv.reader([file.first_line], delimiter=separator_of(file.first_line)), [])
    return [cell.strip() for cell in cells]


def natural(name: str) -> tuple[bool, int, bytes]:
    """Sorts names that are numbers by value, others behind them by their bytes."""
    number = re.fullmatch(r"[0-9]{1,18}", name)
    return (number is None, int(name) if number else 0, name.encode("utf-8", "surrogateescape"))


def joint_digest(parts: Sequence[tuple[str, str]]) -> str:
    """One hash for several files, given names and hashes; a single file keeps its own."""
    if len(parts) == 1:
        return parts[0][1]
    return sha256("".join(f"{digest}  {name}\n" for name, digest in parts).encode()).hexdigest()
