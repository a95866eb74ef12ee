"""Azure VM readings (AzurePublicDataset V1 and V2): ``vm_cpu_readings-file-*.csv[.gz]`` without a header.

Columns: timestamp (seconds from the start, every 300), VM, minimum, maximum and mean CPU of the five
minutes in percent. The files are slices of time; a folder of them is one trace.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pyarrow as pa

from .reading import Floats, Options, add_rows, describe, files_below, first_line, numbers, refuse
from .spool import Layout, Spool
from .table import Columns, times_of
from .text import look
from .trace import Trace

NAMES = ("timestamp", "vm id", "min cpu", "max cpu", "avg cpu")
TIME, COMPONENT, MEAN = 0, 1, 4
PERCENT = 100.0
ENDINGS = (".csv", ".csv.gz")


class AzureReadings:
    """Reads one file of readings, or a folder of them."""

    def recognises(self, path: Path) -> bool:
        """By the files' names, or five cells of which the second alone is no number."""
        files = _files(path)
        if not files:
            return False
        cells = next(csv.reader([first_line(files[0])]), [])
        shaped = len(cells) == len(NAMES) and [_is_number(cell) for cell in cells] == [1, 0, 1, 1, 1]
        return shaped and (path.is_file() or "cpu_readings" in files[0].name)

    def read(self, path: Path, options: Options) -> Trace:
        """The trace, from the means of five minutes."""
        if options.resource != "cpu":
            raise refuse(path, "got resource mem, must be cpu: the readings hold CPU only")
        columns = Columns(NAMES, False, (COMPONENT,), (TIME, MEAN))
        looked = []

        def value(batch: pa.RecordBatch) -> Floats:
            """Mean use of the five minutes, percent."""
            return numbers(batch, MEAN)

        with Spool() as spool:
            for file in _files(path):
                text = look(file)
                looked.append(text)
                times = times_of(text, TIME, NAMES, (), header=False)
                add_rows(spool, text, columns, times, COMPONENT, value)
            layout = Layout(options.step_s, options.full or PERCENT, dated=False)
            return spool.trace(layout, describe("azure-readings", path, looked, (_NOTE,)))


_NOTE = "times count from the start of the trace; the hour of day at its start is not stated"


def _files(path: Path) -> list[Path]:
    """The readings, in the order of their numbers."""
    if path.is_file():
        return [path]
    found = [file for file in files_below(path, *ENDINGS) if "cpu_readings" in file.name]
    return sorted(found, key=lambda file: [int(n) for n in re.findall(r"[0-9]+", file.name)])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
