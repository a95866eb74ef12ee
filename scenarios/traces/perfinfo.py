"""``perfInfo.csv`` of Google Cloud's Migration Center: one row per machine and time.

Columns: ``MachineId``, ``TimeStamp``, ``CpuUtilizationPercentage``, ``MemoryUtilizationPercentage``
(optional) and more. Google's own collectors write ``"03/31/2026, 14:05:00"``, month first.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from .moments import FORMS, MONTH_FIRST
from .reading import Floats, Options, add_rows, describe, first_line, numbers, refuse
from .spool import Layout, Spool
from .table import Columns, pick, times_of
from .text import header_of, look
from .trace import Trace

NAMES = {
    "component": ("MachineId", "VmId", "MachineName"),
    "time": ("TimeStamp",),
    "cpu": ("CpuUtilizationPercentage",),
    "mem": ("MemoryUtilizationPercentage",),
}
FILE = "perfInfo.csv"
PERCENT = 100.0


class PerfInfo:
    """Reads the file, or the folder that holds it."""

    def recognises(self, path: Path) -> bool:
        """By the header."""
        file = _file(path)
        return file.is_file() and "cpuutilizationpercentage" in first_line(file).casefold()

    def read(self, path: Path, options: Options) -> Trace:
        """The trace, in percent of the machine."""
        file = look(_file(path))
        header = header_of(file)
        found = pick(header, NAMES)
        if missing := [field for field in ("component", "time", options.resource) if field not in found]:
            wanted = NAMES[missing[0]][0]
            raise refuse(file.path, "got no such column, must be in the header", wanted, 1)
        times = times_of(file, found["time"], header, (*FORMS, *MONTH_FIRST))
        as_text = times is None or times.form is not None
        component, value_at = found["component"], found[options.resource]
        texts = (component, found["time"]) if as_text else (component,)
        columns = Columns(header, True, texts, (value_at,) if as_text else (value_at, found["time"]))

        def value(batch: pa.RecordBatch) -> Floats:
            """Use of the resource, percent."""
            return numbers(batch, value_at)

        with Spool() as spool:
            add_rows(spool, file, columns, times, component, value)
            dated = times is not None and times.dated
            layout = Layout(options.step_s, options.full or PERCENT, dated=dated)
            return spool.trace(layout, describe("perfinfo", path, [file]))


def _file(path: Path) -> Path:
    return path / FILE if path.is_dir() else path
