"""Huawei-East-1 request traces: ``vmid,cpu,memory,time,type`` in one CSV file.

Cores, GB, seconds from the start; type 0 creates the machine, 1 deletes it.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from .reading import first_line, numbers, refuse
from .requests import RequestTrace, in_order
from .table import Columns, batches, pick
from .text import header_of, look

FIELDS = {name: (name,) for name in ("vmid", "cpu", "memory", "time", "type")}
CREATE, DELETE = 0.0, 1.0


class Huawei:
    """Reads the file."""

    def recognises(self, path: Path) -> bool:
        """By the header."""
        if not path.is_file():
            return False
        header = [cell.strip().casefold() for cell in first_line(path).split(",")]
        return all(name in header for name in FIELDS)

    def read(self, path: Path) -> RequestTrace:
        """The requests.

        Raises:
            InputError: if a machine is created twice, or a row is of another type.
        """
        file = look(path)
        header = header_of(file)
        found = pick(header, FIELDS)
        if missing := [name for name in FIELDS if name not in found]:
            raise refuse(path, "got no such column, must be in the header", missing[0], 1)
        at = found["vmid"]
        columns = Columns(header, True, (at,), tuple(n for name, n in found.items() if name != "vmid"))
        born: dict[str, tuple[float, float, float]] = {}
        ended: dict[str, float] = {}
        dropped: Counter[str] = Counter()
        for batch in batches(file, columns):
            ids = [text.strip() for text in batch.column(str(at)).to_pylist()]
            cells = (numbers(batch, found[name]) for name in ("cpu", "memory", "time", "type"))
            for vm, cpu, memory, time_s, kind in zip(ids, *cells, strict=True):
                if kind == CREATE and vm not in born and np.isfinite(cpu + memory + time_s):
                    born[vm] = (time_s, cpu, memory)
                elif kind == DELETE and not np.isfinite(time_s):
                    raise refuse(path, f"got machine {vm!r} deleted at no time, must be seconds", "time")
                elif kind == DELETE and vm in born:
                    ended.setdefault(vm, time_s)
                elif kind == DELETE:
                    dropped["deleted but never created"] += 1
                else:
                    message = (
                        f"got machine {vm!r} with type {kind:g}, must be created once (0), then deleted (1)"
                    )
                    raise refuse(path, message, "type")
        table = np.array(list(born.values())).reshape(-1, 3)
        end_s = np.array([ended.get(vm, np.inf) for vm in born])
        size, units = (table[:, 1], table[:, 2]), ("cores", "GB")
        return in_order("huawei", path, file.digest, list(born), table[:, 0], end_s, size, units, dropped)
