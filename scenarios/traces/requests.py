"""Request traces: when machines were asked for, for how long, and how large. No utilisation.

A file is streamed; five numbers per request are kept, in order of arrival.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .reading import refuse

Floats = NDArray[np.float64]

DAY_S = 86400.0


@dataclass(frozen=True)
class RequestTrace:
    """Requests for machines, in order of arrival.

    Attributes:
        reader, path, sha256: where they come from.
        ids: of the requests, shape (requests,).
        arrival_s: seconds from the start of the trace; below 0 for machines that were there before.
        lifetime_s: seconds; inf where the end was not seen.
        cpu, memory: size, in the units below.
        cpu_unit, memory_unit: "cores" and "GB", or "share of a machine".
        dropped: rows left out, by reason.
    """

    reader: str
    path: str
    sha256: str
    ids: tuple[str, ...]
    arrival_s: Floats
    lifetime_s: Floats
    cpu: Floats
    memory: Floats
    cpu_unit: str
    memory_unit: str
    dropped: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)

    def running(self, time_s: Floats) -> NDArray[np.int64]:
        """How many machines are there at these times (a machine is there from its arrival on)."""
        ends = np.sort(self.arrival_s + self.lifetime_s)
        arrived = np.searchsorted(self.arrival_s, time_s, side="right")
        return arrived - np.searchsorted(ends, time_s, side="right")

    def describe(self) -> dict[str, Any]:
        """Size of the trace and its rates as plain values."""
        seen = self.lifetime_s[np.isfinite(self.lifetime_s)]
        inside = self.arrival_s[self.arrival_s >= 0]
        days = (inside[-1] - inside[0]) / DAY_S if len(inside) > 1 else 0.0
        return {
            "reader": self.reader,
            "path": self.path,
            "sha256": self.sha256,
            "requests": len(self),
            "span_days": float(days),
            "arrivals_per_day": float(len(inside) / days) if days else None,
            "lifetime_median_h": float(np.median(seen) / 3600) if len(seen) else None,
            "end_not_seen": int(len(self) - len(seen)),
            "cpu_mean": float(self.cpu.mean()) if len(self) else None,
            "cpu_unit": self.cpu_unit,
            "memory_mean": float(self.memory.mean()) if len(self) else None,
            "memory_unit": self.memory_unit,
            "dropped": {reason: count for reason, count in self.dropped.items() if count},
        }


def in_order(
    reader: str,
    path: Path,
    sha256: str,
    ids: Sequence[str],
    arrival_s: Floats,
    end_s: Floats,
    size: tuple[Floats, Floats],
    units: tuple[str, str],
    dropped: Mapping[str, int],
) -> RequestTrace:
    """A request trace from columns in any order; ``end_s`` is inf where the end was not seen.

    Raises:
        InputError: if there is no request, or one ends before it begins.
    """
    if not len(ids):
        raise refuse(path, "got no request, must hold at least one")
    early = np.flatnonzero(end_s < arrival_s)
    if len(early):
        raise refuse(path, f"got an end before the start of {ids[early[0]]!r}, must not be earlier")
    order = np.argsort(arrival_s, kind="stable")
    return RequestTrace(
        reader,
        str(path),
        sha256,
        tuple(ids[i] for i in order),
        arrival_s[order],
        (end_s - arrival_s)[order],
        size[0][order],
        size[1][order],
        *units,
        dropped={reason: count for reason, count in dropped.items() if count},
    )
