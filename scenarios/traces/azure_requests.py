"""Azure request traces: ``vmtable.csv`` of the public dataset, and the packing trace of 2020.

``vmtable.csv[.gz]`` has no header: VM, subscription, deployment, created, deleted (seconds from the start),
maximum, mean and 95th percentile of CPU, category, cores and GB as buckets (``>24`` is read as 24). A VM
deleted with the last moment of the table was still there when the trace ended.

The packing trace is an SQLite file: ``vm`` (vmId, vmTypeId, starttime and endtime in days, endtime NULL
where the end was not seen) and ``vmType`` (vmTypeId, machineId, core and memory as shares of the machine);
sizes are those on the machine of the lowest number.
"""

from __future__ import annotations

import csv
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import numpy as np

from .opendc import file_digest
from .reading import first_line, numbers, refuse
from .requests import DAY_S, Floats, RequestTrace, in_order
from .table import Columns, batches
from .text import look

NAMES = (
    *("vmid", "subscriptionid", "deploymentid", "vmcreated", "vmdeleted", "maxcpu", "avgcpu", "p95maxcpu"),
    *("vmcategory", "vmcorecountbucket", "vmmemorybucket"),
)
VM, CREATED, DELETED, CORES, MEMORY = 0, 3, 4, 9, 10
SQLITE_MARK = b"SQLite format 3"
QUERY = """
SELECT v.vmId, v.starttime, v.endtime, t.core, t.memory FROM vm v JOIN
  (SELECT vmTypeId, core, memory, MIN(machineId) FROM vmType GROUP BY vmTypeId) t USING (vmTypeId)
"""


class AzureRequests:
    """Reads vmtable.csv, or the packing trace's SQLite file."""

    def recognises(self, path: Path) -> bool:
        """By SQLite's mark, or eleven cells without a header."""
        if not path.is_file():
            return False
        if _is_sqlite(path):
            return True
        cells = next(csv.reader([first_line(path)]), [])
        return len(cells) == len(NAMES) and cells[CREATED].replace(".", "").isdigit()

    def read(self, path: Path) -> RequestTrace:
        """The requests."""
        return _packing(path) if _is_sqlite(path) else _table(path)


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(SQLITE_MARK)) == SQLITE_MARK


def _table(path: Path) -> RequestTrace:
    file = look(path)
    columns = Columns(NAMES, False, (VM, CORES, MEMORY), (CREATED, DELETED))
    ids: list[str] = []
    parts: list[Floats] = []
    for batch in batches(file, columns):
        ids += batch.column(str(VM)).to_pylist()
        buckets = (_bucket(batch.column(str(n)).to_pylist(), n, path) for n in (CORES, MEMORY))
        parts.append(np.column_stack([numbers(batch, CREATED), numbers(batch, DELETED), *buckets]))
    rows = np.concatenate(parts) if parts else np.empty((0, 4))
    known = np.isfinite(rows[:, 0])
    dropped = Counter({"no time of creation": int((~known).sum())})
    rows, ids = rows[known], [vm for vm, keep in zip(ids, known, strict=True) if keep]
    end_s = rows[:, 1]
    last = np.nanmax(end_s, initial=-np.inf)
    end_s = np.where(np.isnan(end_s) | (end_s >= last), np.inf, end_s)
    size, units = (rows[:, 2], rows[:, 3]), ("cores", "GB")
    return in_order("azure-requests", path, file.digest, ids, rows[:, 0], end_s, size, units, dropped)


def _bucket(texts: list[str], column: int, path: Path) -> list[float]:
    try:
        return [float(text.strip().lstrip(">")) for text in texts]
    except ValueError as error:
        raise refuse(path, f"got {error}, must be a number or >number", NAMES[column]) from None


def _packing(path: Path) -> RequestTrace:
    ids: list[str] = []
    rows: list[tuple[float, float, float, float]] = []
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
            for vm, start, end, core, memory in base.execute(QUERY):
                ids.append(str(vm))
                rows.append((start * DAY_S, np.inf if end is None else end * DAY_S, core, memory))
    except sqlite3.Error as error:
        raise refuse(path, f"cannot be read as the packing trace ({error})") from None
    table = np.array(rows).reshape(-1, 4)
    size, units = (table[:, 2], table[:, 3]), ("share of a machine", "share of a machine")
    return in_order(
        "azure-requests", path, file_digest(path), ids, table[:, 0], table[:, 1], size, units, Counter()
    )
