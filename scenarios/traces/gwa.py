"""Bitbrains (GWA-T-12 fastStorage and Rnd) and Materna (GWA-T-13): a folder with one CSV file per VM.

Columns by header, separated by semicolons: ``Timestamp [ms]``, ``CPU cores``, ``CPU capacity provisioned
[MHZ]``, ``CPU usage [MHZ]``, ``CPU usage [%]``, ``Memory capacity provisioned [KB]``, ``Memory usage [KB]``
and more; Materna adds ``Memory usage [%]``, writes ``dd.mm.yyyy HH:MM:SS`` and decimal commas. Bitbrains'
times are seconds since 1970 although the header says ms: what they are is told by their size. Files of the
same name in several folders (Rnd: one folder per month) are one VM.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pyarrow as pa

from .moments import FORMS
from .reading import Floats, Options, add_rows, describe, files_below, first_line, numbers, refuse
from .spool import Layout, Spool
from .table import Columns, pick, times_of
from .text import TextFile, header_of, look
from .trace import Trace

NAMES = {
    "time": ("Timestamp [ms]", "Timestamp [s]", "Timestamp"),
    "cpu": ("CPU usage [%]",),
    "cpu used": ("CPU usage [MHZ]",),
    "cpu capacity": ("CPU capacity provisioned [MHZ]",),
    "mem": ("Memory usage [%]",),
    "mem used": ("Memory usage [KB]",),
    "mem capacity": ("Memory capacity provisioned [KB]",),
}
MARK = "cpu capacity provisioned"
PERCENT = 100.0
MILLISECOND_S = 1e-3


class Gwa:
    """Reads a folder of CSV files, or one of them."""

    def recognises(self, path: Path) -> bool:
        """By the header of the first CSV file."""
        files = files_below(path, ".csv") if path.is_dir() else [path]
        return bool(files) and files[0].is_file() and MARK in first_line(files[0]).casefold()

    def read(self, path: Path, options: Options) -> Trace:
        """The trace, in percent of what is provisioned to the VM."""
        files = files_below(path, ".csv") if path.is_dir() else [path]
        looked, notes = [], set()
        with Spool() as spool:
            for file in files:
                text = look(file)
                looked.append(text)
                if text.first_line:
                    notes.add(_add(spool, text, options))
                else:
                    spool.dropped["empty file"] += 1
            layout = Layout(options.step_s, options.full or PERCENT, bursts=options.full in (None, PERCENT))
            return spool.trace(layout, describe("gwa", path, looked, sorted(notes - {""})))


def _add(spool: Spool, file: TextFile, options: Options) -> str:
    """Add the rows of one VM; returns what was taken for granted."""
    header = header_of(file)
    found = pick(header, NAMES)
    used, capacity = (found.get(f"{options.resource} {part}") for part in ("used", "capacity"))
    share = found.get(options.resource)
    if "time" not in found:
        raise refuse(file.path, "got no such column, must have Timestamp [ms]", "Timestamp [ms]", 1)
    if share is None and (used is None or capacity is None):
        wanted = NAMES[options.resource][0]
        raise refuse(file.path, "got no such column, nor used and provisioned", wanted, 1)
    says_ms = bool(re.search(r"\[ms\]", header[found["time"]], re.IGNORECASE))
    unit_s = MILLISECOND_S if says_ms else 1.0
    times = times_of(file, found["time"], header, FORMS, relative_unit_s=unit_s)
    values = tuple(n for n in ((share,) if share is not None else (used, capacity)) if n is not None)
    as_text = times is not None and times.form is not None
    texts, moments = ((found["time"],), ()) if as_text else ((), (found["time"],))
    columns = Columns(header, True, texts, (*values, *moments))

    def value(batch: pa.RecordBatch) -> Floats:
        """Use in percent: as written, or used over provisioned (nan where nothing is provisioned)."""
        if len(values) == 1:
            return numbers(batch, values[0])
        given = numbers(batch, values[1])
        given = np.where(given > 0, given, np.nan)
        return PERCENT * numbers(batch, values[0]) / given

    add_rows(spool, file, columns, times, file.path.stem, value)
    wrong = says_ms and times is not None and times.dated and times.unit_s == 1
    return "times are seconds, although the header says ms" if wrong else ""
