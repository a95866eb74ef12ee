"""PlanetLab folders of CoMon: one file per machine, one whole percent per line, every five minutes.

Also the same thing as a compressed array: ``DAY.npz`` with ``util`` (uint8, machines x samples) and
``names``. Components are in ascending byte order of their names. Source of the format: CloudSim 3.0.3,
``UtilizationModelPlanetLabInMemory``, which reads 288 lines per file as percent of the machine's own
capacity, sample k at 300 k seconds.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from itertools import islice, pairwise
from pathlib import Path
from tokenize import TokenError
from typing import IO

import numpy as np
from numpy.lib import format as npy

from .reading import Options, describe, files_below, first_line, refuse
from .text import TextFile, look
from .trace import Description, Float32s, Store, Trace

SAMPLE_S = 300.0
PERCENT = 100.0
ROWS_AT_ONCE = 1024
# What reading a damaged .npz file may end in.
DAMAGED = (
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    EOFError,
    OSError,
    RuntimeError,
    zlib.error,
    struct.error,
    SyntaxError,  # the header of an array is written as Python values, and read as such
    TokenError,
    SystemError,  # letters that are none
    MemoryError,  # a header may claim any length
)
FILES_TRIED = 3
MOST_NAMES = 5
NUMBER = r"[0-9]{1,3}"


class PlanetLab:
    """Reads a folder of files, or an .npz file."""

    def recognises(self, path: Path) -> bool:
        """An .npz file with the two arrays, or a folder whose first files hold one number a line.

        Also one such file, so that ``read`` can ask for its folder.
        """
        if path.is_file():
            return path.suffix == ".npz" or bool(re.fullmatch(NUMBER, first_line(path).strip()))
        if not path.is_dir():
            return False
        heads = (first_line(file).strip() for file in files_below(path, ""))
        tried = list(islice(filter(None, heads), FILES_TRIED))
        return bool(tried) and all(re.fullmatch(NUMBER, head) for head in tried)

    def read(self, path: Path, options: Options) -> Trace:
        """The trace; ``options.step_s`` may only be a multiple of five minutes, averaged over."""
        if options.resource != "cpu":
            raise refuse(path, "got resource mem, must be cpu: PlanetLab files hold CPU only")
        join = round((options.step_s or SAMPLE_S) / SAMPLE_S)
        if join < 1 or join * SAMPLE_S != (options.step_s or SAMPLE_S):
            raise refuse(path, f"got step_s {options.step_s:g}, must be a multiple of {SAMPLE_S:g}")
        if options.full not in (None, PERCENT):
            raise refuse(path, f"got full {options.full:g}, must be 100: PlanetLab files hold percent")
        if path.is_file() and path.suffix != ".npz":
            folder = path.resolve().parent
            raise refuse(
                path, f"got one file, must be the folder of all machines' ({folder}) or an .npz file"
            )
        if path.is_file():
            return _from_array(path, join)
        return _from_folder(path, join)


def _from_folder(path: Path, join: int) -> Trace:
    files = sorted(files_below(path, ""), key=lambda file: file.name.encode("utf-8", "surrogateescape"))
    if not files:
        raise refuse(path, "got an empty folder, must hold one file per machine")
    folders = sorted({file.parent.relative_to(path).as_posix() for file in files})
    if len(folders) > 1:
        message = (
            f"got files in {len(folders)} folders ({_listed(folders)}), must be one day: give one of them"
        )
        raise refuse(path, message)
    looked = [look(file) for file in files]
    lengths = [_line_count(file) for file in looked]
    samples = max(lengths)
    if samples == 0:
        raise refuse(path, "got only empty files, must hold one percent per line")
    store = Store(len(files), -(-samples // join))
    for row, text in enumerate(looked):
        values = np.full(samples, np.nan, dtype=np.float32)
        found = _percents(text)
        values[: len(found)] = found
        store.put(row, _joined(values[None], join))
    names, day = [file.name for file in files], files[0].parent
    dropped, notes = _lacking(names, lengths)
    described = describe("planetlab", path, looked, (*_notes(day), *notes))
    return _trace(names, join, store, day, replace(described, dropped=dropped), sum(lengths))


def _lacking(names: list[str], lengths: list[int]) -> tuple[dict[str, int], list[str]]:
    """Files without all samples, as counts by reason and as notes that name them."""
    dropped, notes = {}, []
    most = max(lengths)
    empty = [name for name, length in zip(names, lengths, strict=True) if not length]
    short = [f"{name} ({length})" for name, length in zip(names, lengths, strict=True) if 0 < length < most]
    for reason, found in (("empty file", empty), (f"file of less than {most} samples", short)):
        if found:
            dropped[reason] = len(found)
            notes.append(f"{reason}, what lacks is missing: {_listed(found)}")
    return dropped, notes


def _listed(names: list[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _line_count(file: TextFile) -> int:
    with file.open() as lines:
        return sum(1 for line in lines if line.strip())


def _percents(file: TextFile) -> list[int]:
    """The numbers of one file; blank lines may only follow the last."""
    found: list[int] = []
    blank = 0
    with file.open() as lines:
        for number, line in enumerate(lines, start=1):
            text = line.strip()
            if not text:
                blank = blank or number
                continue
            if blank:
                message = "got a blank line, must hold a whole percent: all that follow would be too early"
                raise refuse(file.path, message, "utilisation", blank)
            if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= PERCENT):
                message = f"got {text[:40]!r}, must be a whole percent from 0 to 100"
                raise refuse(file.path, message, "utilisation", number)
            found.append(int(text))
    return found


def _from_array(path: Path, join: int) -> Trace:
    try:
        with zipfile.ZipFile(path) as archive, archive.open("names.npy") as file:
            names = [str(name) for name in npy.read_array(file, allow_pickle=False)]
        with zipfile.ZipFile(path) as archive, archive.open("util.npy") as file:
            _check_names(names, path)
            shape = _header(file, path, len(names))
            store = Store(shape[0], -(-shape[1] // join))
            for row in range(0, shape[0], ROWS_AT_ONCE):
                count = min(ROWS_AT_ONCE, shape[0] - row)
                part = np.frombuffer(file.read(count * shape[1]), dtype=np.uint8).reshape(count, shape[1])
                if part.max(initial=0) > PERCENT:
                    raise refuse(path, f"got {part.max()} in util, must be percent from 0 to 100", "util")
                store.put(row, _joined(part.astype(np.float32), join))
    except DAMAGED as error:
        reason = " ".join(str(error).split())
        raise refuse(
            path, f"got what cannot be read ({reason}), must be an .npz file with util and names"
        ) from None
    with path.open("rb") as file:
        digest = _digest(file)
    described = Description("planetlab", str(path), 1, digest, notes=_notes(path))
    return _trace(names, join, store, path, described, shape[0] * shape[1])


def _check_names(names: list[str], path: Path) -> None:
    """Refuse names that repeat or do not ascend."""
    as_bytes = [name.encode("utf-8", "surrogateescape") for name in names]
    for before, after in pairwise(as_bytes):
        if before == after:
            raise refuse(
                path, f"got {after.decode('utf-8', 'replace')!r} twice, must be one row each", "names"
            )
        if before > after:
            raise refuse(path, "got names in another order, must ascend by their bytes", "names")


def _header(file: IO[bytes], path: Path, names: int) -> tuple[int, int]:
    """Shape of the array whose header is read next."""
    version = npy.read_magic(file)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, by_column, dtype = read(file)
    if dtype != np.uint8 or len(shape) != 2 or by_column or shape[0] != names:
        message = f"got util of {dtype} and shape {shape}, must be uint8 (names, samples) by rows"
        raise refuse(path, message, "util")
    if not all(shape):
        raise refuse(path, f"got util of shape {shape}, must hold a component and a sample at least", "util")
    return shape[0], shape[1]


def _digest(file: IO[bytes]) -> str:
    digest = sha256()
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()


def _joined(values: Float32s, join: int) -> Float32s:
    """Means over ``join`` samples; nan where less than half of them are there."""
    if join == 1:
        return values
    rows, samples = values.shape
    padded = np.full((rows, -(-samples // join) * join), np.nan)
    padded[:, :samples] = values
    groups = padded.reshape(rows, -1, join)
    count = np.isfinite(groups).sum(axis=2)
    total = np.nansum(groups, axis=2)
    return np.where(2 * count >= join, total / np.maximum(count, 1), np.nan).astype(np.float32)


def _date(path: Path) -> datetime | None:
    """The day, from a name such as 20110303."""
    try:
        return datetime.strptime(path.stem, "%Y%m%d") if re.fullmatch(r"[0-9]{8}", path.stem) else None
    except ValueError:
        return None


def _notes(path: Path) -> tuple[str, ...]:
    notes = ["a sample every 300 s, the first at midnight; percent of the machine's own capacity"]
    if _date(path):
        notes.append("the day is taken from the name; the time zone is not stated")
    return tuple(notes)


def _trace(names: list[str], join: int, store: Store, path: Path, described: Description, rows: int) -> Trace:
    return Trace(names, join * SAMPLE_S, store, PERCENT, _date(path), replace(described, rows=rows))
