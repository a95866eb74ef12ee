"""Plain tables, CSV or Parquet: one row per time and component, in any order.

Columns are found by their names, English or Chinese, case ignored: a time, a component, and ``cpu`` or
``mem`` as share or percent (percent if any value exceeds 1.5, or the name says so). CSV may be UTF-8 with
or without mark, GB18030 or UTF-16, separated by comma, semicolon or tab.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .moments import FIRST_EPOCH_S, FORMS, MONTH_FIRST, form_of, seconds, unit_s
from .opendc import file_digest, read_batches
from .reading import Floats, Options, add_rows, codes, describe, first_line, numbers, refuse
from .spool import Layout, Spool
from .table import Columns, pick, times_of
from .text import header_of, look, separator_of
from .trace import Description, Trace

TIMES = ("time", "timestamp", "datetime", "date", "timestamp_s", "时间", "时间戳", "采集时间", "日期时间")
COMPONENTS = (
    *("component", "vm", "vmid", "vm_id", "machine", "machineid", "server", "host", "instance", "name", "id"),
    *("组件", "虚拟机", "虚拟机名称", "服务器", "主机", "主机名", "实例", "名称", "设备"),
)
CPU_PERCENT = (
    "cpu_percent",
    "cpu%",
    "cpu (%)",
    "cpu usage [%]",
    "CPU使用率(%)",
    "CPU利用率(%)",
    "CPU使用率（%）",
)
CPU = ("cpu", "cpu_util", "cpu_utilisation", "cpu_utilization", "utilisation", "utilization")
CPU_CHINESE = ("CPU使用率", "CPU利用率", "处理器使用率", "处理器利用率")
MEM_PERCENT = ("mem_percent", "memory_percent", "mem%", "内存使用率(%)", "内存利用率(%)", "内存使用率（%）")
MEM = ("mem", "memory", "mem_util", "memory_utilisation", "memory_utilization", "内存使用率", "内存利用率")
NAMES = {
    "time": TIMES,
    "component": COMPONENTS,
    "cpu": (*CPU, *CPU_CHINESE, *CPU_PERCENT),
    "mem": (*MEM, *MEM_PERCENT),
}
PARQUET_MARK = b"PAR1"
PERCENT_SIGNS = ("%", "％", "percent")


class Plain:
    """Reads one file."""

    def recognises(self, path: Path) -> bool:
        """By the names of the columns."""
        if not path.is_file():
            return False
        if _is_parquet(path):
            return True
        line = first_line(path)
        header = [cell.strip().strip('"') for cell in line.split(separator_of(line))]
        found = pick(header, NAMES)
        return "time" in found and "component" in found and ("cpu" in found or "mem" in found)

    def read(self, path: Path, options: Options) -> Trace:
        """The trace.

        Raises:
            InputError: also if dates such as 03/04/2026 leave open which number is the month.
        """
        return _read_parquet(path, options) if _is_parquet(path) else _read_csv(path, options)


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(PARQUET_MARK)) == PARQUET_MARK


def _read_csv(path: Path, options: Options) -> Trace:
    file = look(path)
    if not file.first_line:
        raise refuse(path, "got an empty file, must have a header")
    header = header_of(file)
    found = pick(header, NAMES)
    if missing := [field for field in ("time", "component", options.resource) if field not in found]:
        raise refuse(path, _wanted(missing[0], header), missing[0], 1)
    times = times_of(file, found["time"], header, (*FORMS, *MONTH_FIRST))
    if times is not None and times.form in MONTH_FIRST:
        message = "got a date such as 03/04/2026, must be written 2026-03-04: which number is the month?"
        raise refuse(path, message, header[found["time"]], 2)
    as_text = times is None or times.form is not None
    component, value_at = found["component"], found[options.resource]
    texts = (component, found["time"]) if as_text else (component,)
    columns = Columns(header, True, texts, (value_at,) if as_text else (value_at, found["time"]))

    def value(batch: pa.RecordBatch) -> Floats:
        """Use of the resource as written, share or percent."""
        return numbers(batch, value_at)

    with Spool() as spool:
        add_rows(spool, file, columns, times, component, value)
        layout = _layout(options, header[value_at], times is not None and times.dated)
        return spool.trace(layout, describe("plain", path, [file]))


def _layout(options: Options, column: str, dated: bool) -> Layout:
    percent = any(sign in column.casefold() for sign in PERCENT_SIGNS)
    return Layout(options.step_s, options.full or (100.0 if percent else None), dated=dated)


def _wanted(field: str, header: list[str]) -> str:
    names = ", ".join(NAMES[field][:4])
    return f"got columns {', '.join(header)[:80]}; one must be called {names} or alike (see docs/traces.md)"


def _read_parquet(path: Path, options: Options) -> Trace:
    needed = ("time", "component", options.resource)
    wanted = {field: NAMES[field] for field in needed}
    dated, column = False, ""
    with Spool() as spool:
        for batch in read_batches(path, wanted, needed):
            named = pc.fill_null(pc.cast(batch.column("component"), pa.string()), "")
            code = codes(spool, named)
            time_s, dated = _moments(batch.column("time"), path)
            value = np.asarray(pc.cast(batch.column(options.resource), pa.float64(), safe=False))
            spool.dropped["no component"] += int((code < 0).sum())
            spool.add(code[code >= 0], time_s[code >= 0], value[code >= 0])
        column = _column_name(path, NAMES[options.resource])
        described = Description("plain", str(path), 1, file_digest(path))
        return spool.trace(_layout(options, column, dated), described)


def _column_name(path: Path, names: tuple[str, ...]) -> str:
    import pyarrow.parquet as pq

    header = pq.read_schema(path).names
    return str(header[pick(header, {"value": names})["value"]])


def _moments(column: pa.Array, path: Path) -> tuple[Floats, bool]:
    """Seconds, and whether they count from 1970."""
    if pa.types.is_timestamp(column.type):
        local = pc.local_timestamp(column) if column.type.tz else column
        micro = pc.cast(pc.cast(pc.cast(local, pa.timestamp("us")), pa.int64()), pa.float64())
        return np.asarray(micro.to_numpy(zero_copy_only=False)) * 1e-6, True
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        texts = pc.cast(column, pa.string())
        form = form_of(str(next((t for t in texts.to_pylist() if t), "")), FORMS)
        if form is None:
            raise refuse(path, "got a time in no known form, must be such as 2026-03-01 08:05:00", "time")
        return seconds(texts, form), True
    found = np.asarray(pc.cast(column, pa.float64(), safe=False).to_numpy(zero_copy_only=False))
    largest = float(np.nanmax(np.abs(found), initial=0))
    dated = largest * unit_s(largest) >= FIRST_EPOCH_S
    return found * (unit_s(largest) if dated else 1.0), dated
