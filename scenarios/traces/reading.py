"""What readers share: their options, and the way from a table's rows to samples."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..errors import InputError, Problem
from .spool import Spool
from .table import Columns, Times, batches
from .text import BOMS, TextFile, binary, joint_digest
from .trace import Description, Trace

Floats = NDArray[np.float64]
Resource = Literal["cpu", "mem"]
MOST_ENTRIES = 50_000  # of the folder of a trace; public ones have up to a few thousand


@dataclass(frozen=True)
class Options:
    """How to read a trace.

    Attributes:
        step_s: length of a step, s; the trace's own if None.
        resource: what the trace is of, CPU or memory.
        full: value at full capacity (1 for shares, 100 for percent); found from the values if None.
    """

    step_s: float | None = None
    resource: Resource = "cpu"
    full: float | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if self.step_s is not None and not 0 < self.step_s < float("inf"):
            raise refuse(Path("step_s"), f"got {self.step_s:g}, must be above 0")
        if self.full is not None and not 0 < self.full < float("inf"):
            raise refuse(Path("full"), f"got {self.full:g}, must be above 0")
        if self.resource not in ("cpu", "mem"):
            raise refuse(Path("resource"), f"got {self.resource!r}, must be cpu or mem")


class Reader(Protocol):
    """One format."""

    def recognises(self, path: Path) -> bool:
        """Whether a file or folder is in this format, from its names and first lines alone."""

    def read(self, path: Path, options: Options) -> Trace:
        """The trace.

        Raises:
            InputError: if something in it cannot be read; the problem names file, line and field.
        """


def refuse(path: Path, message: str, field: str = "", line: int = 0) -> InputError:
    """An error of one problem."""
    return InputError([Problem(str(path), line, 1 if line else 0, field, message)])


def add_rows(
    spool: Spool,
    file: TextFile,
    columns: Columns,
    times: Times | None,
    component: int | str,
    value: Callable[[pa.RecordBatch], Floats],
) -> None:
    """Add the rows of a table to the samples.

    Args:
        times: None if the table has no row.
        component: its name, or the position of the column that names it.
    """
    if times is None:
        return
    for batch in batches(file, columns):
        time_s, values = times.of(batch, file, columns), value(batch)
        if isinstance(component, str):
            spool.add(spool.code(component), time_s, values)
            continue
        code = codes(spool, batch.column(str(component)))
        named = code >= 0
        spool.dropped["no component"] += int((~named).sum())
        spool.add(code[named], time_s[named], values[named])


def codes(spool: Spool, names: pa.Array) -> NDArray[np.int32]:
    """Numbers of components by name; -1 where the name is empty."""
    coded = names.dictionary_encode()
    table = [spool.code(name.strip()) if name.strip() else -1 for name in coded.dictionary.to_pylist()]
    found: NDArray[np.int32] = np.array([*table, -1], dtype=np.int32)[coded.indices.to_numpy(False)]
    return found


def numbers(batch: pa.RecordBatch, column: int) -> Floats:
    """A column of numbers, nan where empty."""
    return np.asarray(batch.column(str(column)).to_numpy(zero_copy_only=False), dtype=np.float64)


def describe(name: str, path: Path, files: Sequence[TextFile], notes: Sequence[str] = ()) -> Description:
    """What is known of text files before their samples are put on steps."""
    digest = joint_digest([(file.path.name, file.digest) for file in files])
    encodings = sorted({file.encoding for file in files if file.first_line})
    return Description(name, str(path), len(files), digest, encoding=", ".join(encodings), notes=tuple(notes))


def files_below(path: Path, *suffixes: str) -> list[Path]:
    """Files of a folder and its folders with these endings ("" for any), without hidden ones, sorted.

    Raises:
        InputError: it holds more than any trace does, as a whole disk would.
    """
    everything = list(islice(path.rglob("*"), MOST_ENTRIES + 1))
    if len(everything) > MOST_ENTRIES:
        raise refuse(path, f"got over {MOST_ENTRIES} files and folders, must be the folder of a trace")
    found = [p for p in everything if p.is_file() and not p.name.startswith(".")]
    chosen = [p for p in found if any(p.name.casefold().endswith(s) for s in suffixes)]
    return sorted(chosen, key=lambda p: p.relative_to(path).as_posix().encode("utf-8", "surrogateescape"))


def first_line(path: Path) -> str:
    """The first line of a text file, for telling formats apart; "" if it has none."""
    try:
        with binary(path) as file:
            head = file.read(4096)
    except (OSError, EOFError, zlib.error):
        return ""
    encoding = next((name for bom, name in BOMS if head.startswith(bom)), "")
    for name in (encoding,) if encoding else ("utf-8", "gb18030"):
        text = head.decode(name, errors="ignore" if name != "utf-8" else "replace")
        if "\ufffd" not in text[:-4]:
            return text.splitlines()[0] if text else ""
    return ""
