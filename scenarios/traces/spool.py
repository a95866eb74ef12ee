"""From samples in any order to a regular trace, on disk.

Samples are written to files as they are read, then moved into buckets of about a million samples of
neighbouring components, sorted bucket by bucket, and averaged over steps. Files are read and written
part by part, never mapped whole: memory is needed for some batches, the samples of the busiest
component, and some numbers per component.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, Problem
from .regular import SNAP_STEPS, durations, on_steps
from .text import natural
from .trace import Description, Store, Trace, spacious

Floats = NDArray[np.float64]
Float32s = NDArray[np.float32]
Indices = NDArray[np.int64]

BATCH_SAMPLES = 1_000_000
BYTES_PER_SAMPLE = 16
PERCENT = 100.0
PERCENT_ABOVE = 1.5  # utilisation is a share if it never exceeds this, else percent
MOST_CUT_SHARE = 0.1  # more values above full use than this are no stray ones
FEW_CELLS, MOST_CELLS_PER_SAMPLE = 10_000_000, 1000  # a stray time would fill the disk with nothing
EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Layout:
    """How samples become steps.

    Attributes:
        step_s: length of a step; the median spacing of the median component if None.
        full: value at full capacity (1 or 100); found from the largest value if None.
        gaps: whether a long spacing is a gap, see ``regular``.
        dated: whether times count from 1970, so that the trace has a calendar.
        bursts: whether the format states each component's capacity, so that much use above it is noted;
            otherwise it is taken for a wrong ``full`` and refused.
    """

    step_s: float | None = None
    full: float | None = None
    gaps: bool = True
    dated: bool = True
    bursts: bool = False


class _Column:
    """Numbers of one kind in a file."""

    def __init__(self, path: Path, kind: str) -> None:
        self._file: IO[bytes] = path.open("w+b")
        self._kind = np.dtype(kind)

    def append(self, values: NDArray[Any]) -> None:
        """Write numbers behind the last one."""
        self._file.seek(0, 2)
        self._file.write(np.ascontiguousarray(values, dtype=self._kind).tobytes())

    def put(self, first: int, values: NDArray[Any]) -> None:
        """Write numbers from position ``first`` on."""
        self._file.seek(first * self._kind.itemsize)
        self._file.write(np.ascontiguousarray(values, dtype=self._kind).tobytes())

    def get(self, first: int, count: int) -> NDArray[Any]:
        """A copy of ``count`` numbers from position ``first`` on; fewer where the file ends."""
        self._file.seek(first * self._kind.itemsize)
        return np.frombuffer(self._file.read(count * self._kind.itemsize), dtype=self._kind).copy()

    def close(self) -> None:
        """Close the file, even where what is still to be written finds no space."""
        with suppress(OSError):
            self._file.close()


class _Table:
    """Samples in three files: component, time and value."""

    def __init__(self, folder: Path, name: str) -> None:
        kinds = (("code", "<i4"), ("time", "<f8"), ("value", "<f4"))
        self.columns = tuple(_Column(folder / f"{name}-{column}", kind) for column, kind in kinds)

    def append(self, *values: NDArray[Any]) -> None:
        """Write samples (component, time, value) behind the last one."""
        for column, each in zip(self.columns, values, strict=True):
            column.append(each)

    def put(self, first: int, *values: NDArray[Any]) -> None:
        """Write samples (component, time, value) from sample ``first`` on."""
        for column, each in zip(self.columns, values, strict=True):
            column.put(first, each)

    def get(self, first: int, count: int) -> tuple[NDArray[Any], ...]:
        """Component, time and value of ``count`` samples from sample ``first`` on."""
        return tuple(column.get(first, count) for column in self.columns)

    def close(self) -> None:
        """Close the three files."""
        for column in self.columns:
            column.close()


@dataclass(frozen=True)
class _Samples:
    """Samples on disk, component by component in order of time.

    Attributes:
        first, kept: where the samples of each component begin, and how many count (0: it has no value).
        usual_s: usual spacing of each component, inf if it has one sample.
        reach: first and last time of each component, and 1 if its last value is known, else 0,
            shape (components, 3).
    """

    table: _Table
    first: Indices
    kept: Indices
    usual_s: Floats
    reach: Floats

    def usual_step_s(self) -> float:
        """Spacing of the median component; inf if none has two samples."""
        finite = self.usual_s[np.isfinite(self.usual_s)]
        return _middle(finite) if len(finite) else float("inf")

    def averaged(self, chosen: Indices, start_s: float, step_s: float, steps: int, *, gaps: bool) -> Float32s:
        """Some components on regular steps, shape (chosen, steps)."""
        parts = [self.table.get(int(self.first[c]), int(self.kept[c])) for c in chosen]
        times = np.concatenate([part[1] for part in parts])
        values = np.concatenate([part[2] for part in parts]).astype(np.float64)
        component = np.repeat(np.arange(len(parts)), self.kept[chosen])
        held_s = durations(times, component, self.usual_s[chosen], gaps=gaps)
        return on_steps(times, values, held_s, component, len(parts), start_s, step_s, steps)


class Spool:
    """Collects samples; ``trace`` makes the trace. A context manager: its files go at the end."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="roomfold-spool-"))
        self._read = _Table(self._folder, "read")
        self._codes: dict[str, int] = {}
        self._count = np.zeros(0, dtype=np.int64)
        self._largest = -np.inf
        self.dropped: Counter[str] = Counter()
        self.rows = 0
        self._known = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._read.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def code(self, name: str) -> int:
        """Number of a component, the same for the same name."""
        return self._codes.setdefault(name, len(self._codes))

    def add(self, code: NDArray[np.integer] | int, time_s: Floats, value: Floats) -> None:
        """Add samples; a nan value is an empty one. Shapes (samples,)."""
        time_s = np.asarray(time_s, dtype=np.float64)
        codes = np.broadcast_to(np.asarray(code, dtype=np.int32), time_s.shape)
        value = np.asarray(value, dtype=np.float64)
        self.rows += len(time_s)
        bad = ~np.isfinite(time_s) | (value < 0) | np.isinf(value)
        if bad.any():
            self.dropped["no time"] += int((~np.isfinite(time_s)).sum())
            self.dropped["value below 0 or infinite"] += int((bad & np.isfinite(time_s)).sum())
            codes, time_s, value = codes[~bad], time_s[~bad], value[~bad]
        empty = int(np.isnan(value).sum())
        self.dropped["empty value"] += empty
        self._known += len(value) - empty
        self._write(codes, time_s, value)

    def end(self, code: NDArray[np.integer], time_s: Floats) -> None:
        """Say that nothing is known of components from these times on. Shapes (samples,)."""
        self._write(code, time_s, np.full(len(time_s), np.nan))

    def _write(self, codes: NDArray[np.integer], time_s: Floats, value: Floats) -> None:
        if not len(codes):
            return
        self._largest = max(self._largest, float(np.max(value, initial=-np.inf, where=~np.isnan(value))))
        count = np.bincount(codes, minlength=max(len(self._codes), len(self._count)))
        count[: len(self._count)] += self._count
        self._count = count
        with spacious(self._folder, BYTES_PER_SAMPLE * self.rows):
            self._read.append(codes, time_s, value)

    def trace(self, layout: Layout, description: Description) -> Trace:
        """The samples on regular steps.

        Raises:
            InputError: if there is no sample, steps cannot be found, too many values exceed full use, or
                the disk is full.
        """
        if self._largest == -np.inf:
            raise InputError([Problem(description.path, 0, 0, "", "got no samples, must hold at least one")])
        full = layout.full or (1.0 if self._largest <= PERCENT_ABOVE else PERCENT)
        with spacious(self._folder, 2 * BYTES_PER_SAMPLE * self.rows):
            samples = self._sorted(full)
            try:
                note = self._cut(full, layout, description.path)
                described = replace(description, notes=(*description.notes, *note))
                return self._regular(samples, full, layout, described)
            finally:
                samples.table.close()

    def _cut(self, full: float, layout: Layout, path: str) -> tuple[str, ...]:
        """What to say of values above full use, once they are cut to it; an error where ``full`` is wrong."""
        share = self.dropped["above capacity, cut to it"] / max(self._known, 1)
        if share <= MOST_CUT_SHARE:
            return ()
        if layout.bursts:
            return (f"{share:.0%} of values exceed the component's capacity and are cut to it",)
        other = "give full=100 (--full 100)" if full < self._largest <= PERCENT else "is the column right?"
        message = (
            f"got {share:.1%} of values above full use ({full:g}), the largest {self._largest:g}: {other}"
        )
        raise InputError([Problem(path, 0, 0, "full", message)])

    def _regular(self, samples: _Samples, full: float, layout: Layout, description: Description) -> Trace:
        step_s = layout.step_s or samples.usual_step_s()
        if not np.isfinite(step_s):
            message = "got one sample per component, must be several (or give step_s)"
            raise InputError([Problem(description.path, 0, 0, "time", message)])
        samples = replace(samples, usual_s=np.where(np.isfinite(samples.usual_s), samples.usual_s, step_s))
        shown = [name for name in sorted(self._codes, key=natural) if samples.kept[self._codes[name]] > 0]
        self.dropped["component without a value"] += len(self._codes) - len(shown)
        order = np.array([self._codes[name] for name in shown], dtype=np.int64)
        start_s = float(np.min(samples.reach[order, 0]))
        end_s = float(np.max(samples.reach[order, 1] + samples.reach[order, 2] * samples.usual_s[order]))
        steps = max(1, int(np.ceil((end_s - start_s) / step_s - SNAP_STEPS)))
        if layout.gaps and len(shown) * steps > max(FEW_CELLS, MOST_CELLS_PER_SAMPLE * self.rows):
            message = f"got {self.rows} samples over {steps} steps of {step_s:g} s: are all times right?"
            raise InputError([Problem(description.path, 0, 0, "time", message)])
        store = Store(len(shown), steps)
        for rows in _batches(samples.kept[order] + store.steps):
            chosen = order[rows.start : rows.stop]
            store.put(rows.start, samples.averaged(chosen, start_s, step_s, store.steps, gaps=layout.gaps))
        try:
            start = EPOCH + timedelta(seconds=start_s) if layout.dated else None
        except OverflowError:
            message = f"got times from {start_s:g} s after 1970, must lie in the years 1 to 9999"
            raise InputError([Problem(description.path, 0, 0, "time", message)]) from None
        counts = {reason: count for reason, count in sorted(self.dropped.items()) if count}
        return Trace(shown, step_s, store, full, start, replace(description, rows=self.rows, dropped=counts))

    def _sorted(self, full: float) -> _Samples:
        """Each component sorted by time, without duplicates, cut to full capacity."""
        self._count = np.pad(self._count, (0, len(self._codes) - len(self._count)))
        first = np.concatenate([[0], np.cumsum(self._count)])
        buckets = list(_batches(self._count))
        table = self._in_buckets(buckets, first)
        components = len(self._count)
        kept, usual_s = np.zeros(components, dtype=np.int64), np.full(components, np.inf)
        reach = np.zeros((components, 3))
        for bucket in buckets:
            begin = int(first[bucket.start])
            codes, bucket_time, bucket_value = table.get(begin, int(first[bucket.stop]) - begin)
            order = np.argsort(codes, kind="stable")
            bucket_time, bucket_value = bucket_time[order], bucket_value[order]
            for c in bucket:
                part = slice(int(first[c]) - begin, int(first[c + 1]) - begin)
                times, values = self._cleaned(bucket_time[part], bucket_value[part], full)
                if not len(times):
                    continue
                kept[c], reach[c] = len(times), (times[0], times[-1], np.isfinite(values[-1]))
                usual_s[c] = _middle(np.diff(times)) if len(times) > 1 else np.inf
                stop = part.start + len(times)
                bucket_time[part.start : stop], bucket_value[part.start : stop] = times, values
            table.put(begin, codes[order], bucket_time, bucket_value)
        return _Samples(table, first[:-1], kept, usual_s, reach)

    def _in_buckets(self, buckets: list[range], first: Indices) -> _Table:
        """The samples moved so that those of a bucket's components stand together."""
        if len(buckets) == 1:
            return self._read
        made = _Table(self._folder, "buckets")
        bucket_of = np.repeat(np.arange(len(buckets)), [len(bucket) for bucket in buckets])
        free = first[[bucket.start for bucket in buckets]].copy()
        for begin in range(0, int(first[-1]), BATCH_SAMPLES):
            part = self._read.get(begin, BATCH_SAMPLES)
            bucket = bucket_of[part[0]]
            order = np.argsort(bucket, kind="stable")
            found, start = np.unique(bucket[order], return_index=True)
            for each, chosen in zip(found, np.split(order, start[1:]), strict=True):
                made.put(int(free[each]), *(column[chosen] for column in part))
                free[each] += len(chosen)
        return made

    def _cleaned(self, times: Floats, values: Float32s, full: float) -> tuple[Floats, Float32s]:
        """Samples of one component in order of time, one for each time; none if no value is known."""
        if not np.isfinite(values).any():
            return times[:0], values[:0]
        self.dropped["above capacity, cut to it"] += int((values > full).sum())
        values = np.minimum(values, np.float32(full))
        if late := int((np.diff(times) < 0).sum()):
            self.dropped["out of order, sorted"] += late
            order = np.argsort(times, kind="stable")
            times, values = times[order], values[order]
        if not (np.diff(times) == 0).any():
            return times, values
        order = np.lexsort((np.arange(len(times)), np.isfinite(values), times))
        times, values = times[order], values[order]
        last = np.append(np.diff(times) > 0, True)
        self.dropped["same time, last kept"] += int((~last & np.isfinite(values)).sum())
        return times[last], values[last]


def _middle(values: Floats) -> float:
    """The median; of an even number of values the lower one, so that it is one of them."""
    place = (len(values) - 1) // 2
    return float(np.partition(values, place)[place])


def _batches(sizes: Indices) -> Iterator[range]:
    """Runs of components of about a batch together."""
    first, total = 0, 0
    for i, size in enumerate(sizes):
        if total and total + int(size) > BATCH_SAMPLES:
            yield range(first, i)
            first, total = i, 0
        total += int(size)
    if first < len(sizes):
        yield range(first, len(sizes))
