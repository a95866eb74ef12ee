"""Machines of the lists as columns, with what the lists say of their systems."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..inventory.record import Record

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_MOST = 1e9  # of anything that a row tells


@dataclass(frozen=True, eq=False)
class Machines:
    """Machines as columns, shape (machines,) each; NaN where a list does not tell.

    Attributes:
        records: one for each row.
        count: machines that the row stands for.
        sizes: vCPU, GB of memory, GB of disk as configured, shape (machines, 3).
        cpu: share of its processors in use: mean, 95th percentile, maximum, shape (machines, 3).
        memory: the same of memory, whose percentile no list gives.
        memory_used_gb: in use, for lists with GB and no share; none beside MHz, where it is one moment's.
        disk_used_gb: in use.
        time_in_use: share of the time that it was on.
        said: whether it does no work, as the list itself says: 0 no, 1 yes, 2 not told.
        snapshot: its use is what one moment showed, and is not in ``cpu``.
        mlps: level of protection, of itself or its system; 0 where not told.
        classified: itself, its system, or its network is.
    """

    records: tuple[Record, ...]
    count: Ints
    sizes: Floats
    cpu: Floats
    memory: Floats
    memory_used_gb: Floats
    disk_used_gb: Floats
    time_in_use: Floats
    said: Ints
    snapshot: Bools
    mlps: Ints
    classified: Bools


def machines_of(records: Iterable[Record]) -> Machines:
    """The machines among records of all kinds: servers, not what only runs others."""
    every = tuple(records)
    servers = tuple([record for record in every if record.kind == "server"])
    snapshot = np.fromiter(map(_is_snapshot, servers), dtype=bool, count=len(servers))
    cpu = _columns([r.cpu_avg for r in servers], [r.cpu_p95 for r in servers], [r.cpu_max for r in servers])
    cpu[snapshot, 0] = np.nan
    unknown = [None] * len(servers)
    mlps, classified = _protection(servers, [record for record in every if record.kind == "system"])
    return Machines(
        records=servers,
        count=np.fromiter(map(machines_in, servers), dtype=np.int64, count=len(servers)),
        sizes=_plausible(
            _columns([r.vcpu for r in servers], [r.mem_gb for r in servers], [r.disk_gb for r in servers])
        ),
        cpu=cpu,
        memory=_columns([r.mem_avg for r in servers], unknown, [r.mem_max for r in servers]),
        memory_used_gb=_plausible(
            _column([None if r.cpu_used_mhz is not None else r.mem_used_gb for r in servers])
        ),
        disk_used_gb=_plausible(_column([r.disk_used_gb for r in servers])),
        time_in_use=_column([r.time_in_use for r in servers]),
        said=np.array([2 if r.zombie is None else int(r.zombie) for r in servers], dtype=np.int64),
        snapshot=snapshot,
        mlps=mlps,
        classified=classified,
    )


def machines_in(record: Record) -> int:
    """How many machines a record stands for: its quantity, at least one."""
    return 1 if record.quantity is None else max(1, round(min(record.quantity, _MOST)))


def _columns(*columns: Sequence[float | None]) -> Floats:
    return np.array(columns, dtype=np.float64).T


def _column(column: Sequence[float | None]) -> Floats:
    return np.array(column, dtype=np.float64)


def _plausible(amounts: Floats) -> Floats:
    """Amounts that something can have; no cores, or a billion of them, mean that it is not told."""
    return np.where((amounts > 0) & (amounts < _MOST), amounts, np.nan)


def _is_snapshot(record: Record) -> bool:
    """Whether MHz in use at one moment are all that is known of a mean: both come from one cell.

    Without its rows, MHz beside a mean are taken for where it comes from.
    """
    if record.cpu_used_mhz is None or record.cpu_avg is None:
        return record.cpu_used_mhz is not None
    mean, used = _place(record, "cpu_avg"), _place(record, "cpu_used_mhz")
    return mean == used


def _place(record: Record, field: str) -> tuple[object, int] | None:
    """The table and column that a field was read from."""
    for read in record.reads:
        at = read.shape.at.get(field)
        if at is not None:
            return read.shape.origin, read.shape.columns[at]
    return None


def _protection(servers: Sequence[Record], systems: Sequence[Record]) -> tuple[Ints, Bools]:
    """Level of protection and secrecy of each machine, those of its system where the lists tell them.

    A system of the same name counts, unless both name a department and these differ.
    """
    named: dict[str, list[Record]] = {}
    for system in systems:
        if system.system and (system.mlps or system.classified or _secret(system.zone)):
            named.setdefault(system.system.casefold(), []).append(system)
    mlps = np.array([record.mlps or 0 for record in servers], dtype=np.int64)
    classified = np.array([bool(record.classified) or _secret(record.zone) for record in servers], dtype=bool)
    for row, record in enumerate(servers if named else ()):
        for system in named.get((record.system or "").casefold(), ()):
            if record.department and system.department and record.department != system.department:
                continue
            mlps[row] = max(mlps[row], 0 if record.mlps else system.mlps or 0)
            classified[row] |= bool(system.classified) or _secret(system.zone)
    return mlps, classified


def _secret(zone: str | None) -> bool:
    """Whether a network is one for state secrets (``非涉密`` is not)."""
    return bool(zone) and "涉密" in str(zone) and not any(word in str(zone) for word in ("非涉密", "不涉密"))
