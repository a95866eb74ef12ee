"""A trace: what components asked for, step by step, on disk and read in blocks.

Every reader ends here: one float32 per component and step in a temporary file, a component's steps
one behind the other. Blocks of steps and rows of components are read from it, so a trace of any
size needs memory for one block only; the file goes when the trace is closed or no longer used.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from errno import ENOSPC
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, Problem

Floats = NDArray[np.float64]
Float32s = NDArray[np.float32]

FOUR_BYTES = 4
MB = 1e6
ROWS_MAPPED = 1024


@dataclass(frozen=True)
class TraceBlock:
    """Some steps of all components.

    Attributes:
        first_step: number of the first step.
        utilisation: share of the component's own capacity, 0..1, nan where nothing is known,
            shape (components, steps).
    """

    first_step: int
    utilisation: Float32s


@dataclass(frozen=True)
class Description:
    """What was read, and what was left out and why.

    Attributes:
        reader: name of the reader, see ``READERS``.
        path: as it was given.
        files: how many were read.
        resource: what the trace is of, cpu or mem.
        sha256: of the file; of a folder, the hash of its files' names and hashes.
        encoding: of the text, "" where there is none.
        rows: samples read, those left out included.
        dropped: samples or components left out or changed, by reason.
        notes: what the reader took for granted.
        components, steps, step_s: shape and step of the trace.
        start: local time of the first step in ISO form; "" where times are relative.
        span_days: steps times their length.
        missing_share: share of components x steps where nothing is known.
        full: value at full capacity in the files, 1 or 100.
    """

    reader: str
    path: str
    files: int
    sha256: str
    resource: str = "cpu"
    encoding: str = ""
    rows: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    components: int = 0
    steps: int = 0
    step_s: float = 0.0
    start: str = ""
    span_days: float = 0.0
    missing_share: float = 0.0
    full: float = 1.0

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self) | {"dropped": dict(self.dropped), "notes": list(self.notes)}


@contextmanager
def spacious(folder: Path, need_bytes: int) -> Iterator[None]:
    """Turn a full disk under ``folder`` into an error that says how much was to be written.

    Raises:
        InputError: if the disk is full.
    """
    try:
        yield
    except OSError as error:
        if error.errno != ENOSPC:
            raise
        free = shutil.disk_usage(folder).free
        message = (
            f"got a full temporary space: {need_bytes / MB:,.1f} MB were to be written, {free / MB:,.1f} MB "
            f"are free in {folder.parent}: set TMPDIR to a larger disk"
        )
        raise InputError([Problem("trace", 0, 0, "", message)]) from None


class Store:
    """One float32 per component and step, in a file of its own that goes with the object."""

    def __init__(self, components: int, steps: int) -> None:
        need = components * steps * FOUR_BYTES
        free = shutil.disk_usage(tempfile.gettempdir()).free
        if need > free:
            message = (
                f"got {components} components x {steps} steps, which need {need / MB:,.1f} MB of temporary "
                f"space, {free / MB:,.1f} MB are free in {tempfile.gettempdir()}: set TMPDIR to a larger "
                "disk, give a longer step (step_s), or check the times"
            )
            raise InputError([Problem("trace", 0, 0, "", message)])
        self.components, self.steps, self.missing = components, steps, 0
        self._folder = Path(tempfile.mkdtemp(prefix="roomfold-trace-"))
        self._file = self._folder / "values.f32"
        self._file.write_bytes(b"")
        self._finish = weakref.finalize(self, shutil.rmtree, str(self._folder), True)
        with self._file.open("r+b") as file:
            file.truncate(need)

    def put(self, row: int, values: Float32s) -> None:
        """Write the steps of some components, shape (rows, steps), from row ``row`` on."""
        data = np.ascontiguousarray(values, dtype="<f4").tobytes()
        with spacious(self._folder, len(data)), self._file.open("r+b") as file:
            file.seek(row * self.steps * FOUR_BYTES)
            file.write(data)
        self.missing += int(np.isnan(values).sum())

    def part(self, rows: slice, steps: slice) -> Float32s:
        """A copy of some rows and steps."""
        first, last, _ = rows.indices(self.components)
        begin, end, _ = steps.indices(self.steps)
        found = np.empty((max(0, last - first), max(0, end - begin)), dtype=np.float32)
        if not found.size:
            return found
        for row in range(first, last, ROWS_MAPPED):  # a map of all rows would count as memory in use
            count = min(ROWS_MAPPED, last - row)
            start = row * self.steps * FOUR_BYTES
            mapped = np.memmap(self._file, dtype="<f4", mode="r", offset=start, shape=(count, self.steps))
            found[row - first : row - first + count] = mapped[:, begin:end]
        return found

    def close(self) -> None:
        """Remove the file."""
        self._finish()


class Trace:
    """Utilisation of many components over regular steps.

    Attributes:
        names: of the components, shape (components,), in row order.
        step_s: length of a step, s.
        steps: how many.
        start: local time of the first step, None where the trace's times are relative.
        description: what was read and what was left out.
    """

    def __init__(
        self,
        names: Sequence[str],
        step_s: float,
        store: Store,
        full: float,
        start: datetime | None,
        description: Description,
    ) -> None:
        """``full`` is the stored value of a component at full capacity: 1, or 100 for percent."""
        self.names = tuple(names)
        self.step_s = float(step_s)
        self.steps = store.steps
        self.start = start
        self._store, self._full = store, full
        cells = max(1, store.components * store.steps)
        self.description = Description(
            **{k: v for k, v in vars(description).items() if k not in _FROM_STORE},
            components=store.components,
            steps=store.steps,
            step_s=self.step_s,
            start=start.isoformat() if start else "",
            span_days=store.steps * step_s / 86400,
            missing_share=store.missing / cells,
            full=float(full),
        )

    def __len__(self) -> int:
        return len(self.names)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary file; the trace cannot be read any more."""
        self._store.close()

    def blocks(self, steps_per_block: int) -> Iterator[TraceBlock]:
        """All components, so many steps at a time, in order of time; the last block may be shorter."""
        for first in range(0, self.steps, steps_per_block):
            part = self._store.part(slice(None), slice(first, first + steps_per_block))
            yield TraceBlock(first, self._shares(part))

    def rows(self, first: int, count: int) -> Float32s:
        """All steps of components ``first`` ... ``first + count - 1``, shape (components, steps), 0..1."""
        return self._shares(self._store.part(slice(first, first + count), slice(None)))

    def whole(self) -> Floats:
        """All of it in float64, shape (components, steps), 0..1; for traces that fit in memory.

        A percentage written as a whole number is that number divided by 100, to the last bit.
        """
        return self._store.part(slice(None), slice(None)).astype(np.float64) / self._full

    def describe(self) -> dict[str, Any]:
        """The description as plain values."""
        return self.description.to_json()

    def _shares(self, values: Float32s) -> Float32s:
        if self._full == 1:
            return values
        return (values.astype(np.float64) / self._full).astype(np.float32)


_FROM_STORE = frozenset({"components", "steps", "step_s", "start", "span_days", "missing_share", "full"})
