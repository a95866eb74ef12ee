"""OpenDC workloads: a folder with two Parquet files.

``tasks.parquet`` (id, submission_time, duration, cpu_count, cpu_capacity in MHz, mem_capacity) and
``fragments.parquet`` (id, duration in ms, cpu_count, cpu_usage in MHz): the fragments of a task follow one
another from its submission on. Older: ``meta.parquet`` (start_time, stop_time) and ``trace.parquet``, whose
``timestamp`` is the end of a fragment ("the duration since the last sample").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from .moments import FIRST_EPOCH_S, unit_s
from .reading import Floats, Options, codes, refuse
from .spool import Layout, Spool
from .table import pick
from .text import joint_digest
from .trace import Description, Trace

PAIRS = (("tasks.parquet", "fragments.parquet"), ("meta.parquet", "trace.parquet"))
TASK = {
    "id": ("id",),
    "start": ("submission_time", "start_time"),
    "capacity": ("cpu_capacity",),
}
FRAGMENT = {
    "id": ("id",),
    "end": ("timestamp",),
    "duration": ("duration",),
    "usage": ("cpu_usage",),
}
BATCH_ROWS = 1 << 18
MILLISECOND_S = 1e-3


class OpenDc:
    """Reads the folder that holds the pair."""

    def recognises(self, path: Path) -> bool:
        """By the names of the files."""
        return _pair(path) is not None

    def read(self, path: Path, options: Options) -> Trace:
        """The trace: use over capacity of each task, from its submission on."""
        pair = _pair(path)
        if pair is None:
            raise refuse(path, f"must be a folder with {' and '.join(PAIRS[0])}")
        if options.resource != "cpu":
            raise refuse(path, "got resource mem, must be cpu: fragments hold CPU only")
        if options.full not in (None, 1):
            raise refuse(path, f"got full {options.full:g}, must be 1: use is taken over cpu_capacity")
        with Spool() as spool:
            capacity, start_s = _tasks(pair[0], spool)
            carry = np.rint(start_s / MILLISECOND_S)  # whole milliseconds meet exactly where fragments do
            for batch in read_batches(pair[1], FRAGMENT, ("id", "duration", "usage")):
                _add(spool, batch, capacity, carry, pair[1])
            digest = joint_digest([(file.name, file_digest(file)) for file in pair])
            described = Description("opendc", str(path), 2, digest)
            dated = float(np.nanmin(start_s, initial=np.inf)) >= FIRST_EPOCH_S
            layout = Layout(options.step_s, 1.0, gaps=False, dated=dated, bursts=True)
            return spool.trace(layout, described)


def _pair(path: Path) -> tuple[Path, Path] | None:
    for tasks, fragments in PAIRS:
        if (path / tasks).is_file() and (path / fragments).is_file():
            return path / tasks, path / fragments
    return None


def _tasks(path: Path, spool: Spool) -> tuple[Floats, Floats]:
    """Capacity in MHz (nan where unknown) and submission in seconds, by the spool's code."""
    capacity: list[Floats] = []
    start: list[Floats] = []
    for batch in read_batches(path, TASK, ("id", "start", "capacity")):
        code = codes(spool, _texts(batch.column("id")))
        if not np.array_equal(code, np.arange(len(code)) + sum(len(part) for part in start)):
            raise refuse(path, "got an id twice or an empty one, must be one row per task", "id")
        start.append(in_seconds(batch.column("start")))
        capacity.append(_floats(batch.column("capacity")))
    if not start:
        raise refuse(path, "got no task, must hold at least one")
    given = np.concatenate(capacity)
    spool.dropped["task without capacity"] += int((~(given > 0)).sum())
    return np.where(given > 0, given, np.nan), np.concatenate(start)


def _add(spool: Spool, batch: pa.RecordBatch, capacity: Floats, carry: Floats, path: Path) -> None:
    """Add fragments; ``carry``, the end of each task's last fragment, is moved on."""
    code = codes(spool, _texts(batch.column("id")))
    if code.max(initial=-1) >= len(capacity) or code.min(initial=0) < 0:
        stray = batch.column("id")[int(np.argmax((code >= len(capacity)) | (code < 0)))].as_py()
        raise refuse(path, f"got {stray!r}, must be a task of the other file", "id")
    duration_ms = _floats(batch.column("duration"))
    if not np.all(duration_ms >= 0):
        raise refuse(path, "got a duration below 0 or empty, must be milliseconds", "duration")
    if "end" in batch.schema.names:
        end_ms = np.rint(in_seconds(batch.column("end")) / MILLISECOND_S)
    else:
        end_ms = _running(code, duration_ms, carry)
    usage = _floats(batch.column("usage")) / capacity[code]
    spool.end(code, end_ms * MILLISECOND_S)
    spool.add(code, (end_ms - duration_ms) * MILLISECOND_S, usage)


def _running(code: NDArray[np.int32], duration_ms: Floats, carry: Floats) -> Floats:
    """Ends of fragments that follow one another, task by task, ms."""
    order = np.argsort(code, kind="stable")
    total = np.cumsum(duration_ms[order])
    found, first = np.unique(code[order], return_index=True)
    before = total[first] - duration_ms[order][first]
    ends = np.empty(len(code))
    group = np.repeat(np.arange(len(found)), np.diff(np.append(first, len(code))))
    ends[order] = total - before[group] + carry[found][group]
    last = np.append(first[1:], len(code)) - 1
    carry[found] = ends[order][last]
    return ends


def read_batches(
    path: Path, synonyms: Mapping[str, tuple[str, ...]], needed: tuple[str, ...]
) -> Iterator[pa.RecordBatch]:
    """Batches of a Parquet file, with its columns under our names.

    Raises:
        InputError: if it is no Parquet file or lacks a needed column.
    """
    try:
        yield from _batches(path, synonyms, needed)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise refuse(path, f"cannot be read as Parquet ({' '.join(str(error).split())[:200]})") from None


def _batches(
    path: Path, synonyms: Mapping[str, tuple[str, ...]], needed: tuple[str, ...]
) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path) as file:
        names = file.schema_arrow.names
        found = pick(names, synonyms)
        if missing := [field for field in needed if field not in found]:
            wanted = " or ".join(synonyms[missing[0]])
            raise refuse(path, f"got no such column, must have {wanted}", wanted)
        ours = {names[position]: field for field, position in found.items()}
        for batch in file.iter_batches(BATCH_ROWS, columns=list(ours)):
            yield batch.rename_columns([ours[name] for name in batch.schema.names])


def in_seconds(column: pa.Array) -> Floats:
    """Times of a Parquet column as seconds: timestamps, or numbers whose size tells the unit.

    Numbers that do not count from 1970 are milliseconds, as OpenDC writes them.
    """
    if pa.types.is_timestamp(column.type):
        return _floats(pc.cast(pc.cast(column, pa.timestamp("us", column.type.tz)), pa.int64())) * 1e-6
    numbers = _floats(column)
    largest = float(np.nanmax(np.abs(numbers), initial=0))
    return numbers * (unit_s(largest) if largest * unit_s(largest) >= FIRST_EPOCH_S else MILLISECOND_S)


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    digest = sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _texts(column: pa.Array) -> pa.Array:
    return pc.fill_null(pc.cast(column, pa.string()), "")


def _floats(column: pa.Array) -> Floats:
    return np.asarray(pc.cast(column, pa.float64(), safe=False).to_numpy(zero_copy_only=False))
