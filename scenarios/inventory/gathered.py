"""Rows that speak of a machine in another list: its disks, its samples over time, its tags.

They are gathered as they stream by, in memory that grows with machines, not with samples.
"""

from __future__ import annotations

import math
from array import array

from .draft import Aside, Conflict, Draft, same
from .merge import IDENTIFIERS, AmbiguousError, Estate
from .record import Cell, Origin, Read, Shape, Value

_EXACT = 512  # samples kept as they are, then in bins
_BINS = 2000  # of 0.05 percentage points
_TAGS = {
    "department": ("department", "dept", "owner", "businessunit", "costcenter", "部门", "使用部门"),
    "system": ("application", "app", "system", "workload", "系统", "业务系统"),
    "environment": ("environment", "env", "环境"),
}
_KEYS = (*IDENTIFIERS, "server")
_SUMS = ("disk_gb", "disk_used_gb")
_SERIES = ("cpu_avg", "mem_avg")
_FIELD_OF_TAG = {word: field for field, words in _TAGS.items() for word in words}


class Series:
    """Shares over time: mean and maximum exact, percentiles within 0.05 percentage points."""

    __slots__ = ("_bins", "_kept", "count", "sum", "top")

    def __init__(self) -> None:
        self._kept = array("d")
        self._bins: array[int] | None = None
        self.count, self.sum, self.top = 0, 0.0, 0.0

    def add(self, share: float) -> None:
        """One more sample, 0 to 1."""
        self.count += 1
        self.sum += share
        self.top = max(self.top, share)
        if self._bins is not None:
            self._bins[min(int(share * _BINS), _BINS - 1)] += 1
            return
        self._kept.append(share)
        if len(self._kept) > _EXACT:
            self._bins = array("L", bytes(array("L").itemsize * _BINS))
            for each in self._kept:
                self._bins[min(int(each * _BINS), _BINS - 1)] += 1
            self._kept = array("d")

    @property
    def mean(self) -> float:
        """Of all samples."""
        return self.sum / self.count

    def percentile(self, share: float) -> float:
        """The smallest sample that so large a share of the samples does not exceed."""
        rank = max(math.ceil(share * self.count), 1)
        if self._bins is None:
            return sorted(self._kept)[rank - 1]
        seen = 0
        for at, count in enumerate(self._bins):
            seen += count
            if seen >= rank:
                return min((at + 0.5) / _BINS, self.top)
        return self.top


class _Of:
    """What is known of one machine from its other rows."""

    __slots__ = ("cells", "rows", "series", "sums", "tags")

    def __init__(self) -> None:
        self.rows: dict[Origin, array[int]] = {}
        self.sums: dict[str, dict[Origin, float]] = {}
        self.series: dict[str, Series] = {}
        self.tags: list[tuple[str, str, Cell]] = []
        self.cells: dict[tuple[str, Origin], Cell] = {}


class Gathered:
    """All such rows, by their machine."""

    def __init__(self) -> None:
        self._of: dict[tuple[tuple[str, str], ...], _Of] = {}

    def add(self, draft: Draft) -> bool:
        """Take a row of kind part, sample or tag; False if it names no machine."""
        read = draft.reads[0]
        known = dict(zip(read.shape.fields, read.values, strict=True))
        key = tuple([(field, str(known[field])) for field in _KEYS if field in known])
        if not key:
            return False
        of = self._of.get(key)
        if of is None:
            of = self._of[key] = _Of()
        origin = read.shape.origin
        rows = of.rows.get(origin)
        if rows is None:
            rows = of.rows[origin] = array("l")
        rows.append(read.row)
        if draft.kind == "tag":
            cell = read.cell("value" if "value" in known else "machine_id")
            of.tags.append((str(known.get("key", "")), str(known.get("value", "")), cell))
            return True
        for field in _SUMS if draft.kind == "part" else _SERIES:
            value = known.get(field)
            if not isinstance(value, float):
                continue
            if (field, origin) not in of.cells:
                of.cells[field, origin] = read.cell(field)
            if draft.kind == "part":
                sums = of.sums.setdefault(field, {})
                sums[origin] = sums.get(origin, 0.0) + value
            else:
                of.series.setdefault(field, Series()).add(value)
        return True

    def give(self, estate: Estate) -> list[Aside]:
        """Add all to the machines they belong to.

        Returns:
            Rows whose machine is in no list.
        """
        asides: list[Aside] = []
        for key, of in self._of.items():
            reason, machine = "no_owner", None
            try:
                machine = estate.owner(dict(key))
            except AmbiguousError:
                reason = "ambiguous"
            if machine is not None:
                _give(machine, of, estate.conflicts)
                continue
            for origin, rows in of.rows.items():
                asides += [Aside(origin, row, reason, key[-1][1][:80]) for row in rows]
        return asides


def _give(machine: Draft, of: _Of, conflicts: list[Conflict]) -> None:
    """Fill the machine's gaps, and keep where from."""
    given: dict[str, tuple[Value, Cell]] = {}
    for field, sums in of.sums.items():
        (origin, first), *others = sums.items()
        given[field] = (first, of.cells[field, origin])
        for other, value in others:  # another export of the same disks
            if not same(first, value):
                conflicts.append(Conflict(field, of.cells[field, origin], of.cells[field, other]))
    for field, series in of.series.items():
        cell = next(cell for (name, _), cell in of.cells.items() if name == field)
        given[field] = (series.mean, cell)
        given[field.replace("avg", "max")] = (series.top, cell)
        if field == "cpu_avg":
            given["cpu_p95"] = (series.percentile(0.95), cell)
    for name, tag, cell in of.tags:
        known = _FIELD_OF_TAG.get(name.casefold().replace("_", "").replace("-", "").replace(" ", ""))
        if known and tag:
            given.setdefault(known, (tag, cell))
    if of.tags:
        given["tags"] = (tuple(dict.fromkeys(f"{name}={tag}" for name, tag, _ in of.tags)), of.tags[0][2])
    known_before = {field for field in given if field != "tags" and machine.get(field) is not None}
    by_row: dict[tuple[Origin, int], dict[str, tuple[Value, Cell]]] = {
        (origin, rows[0]): {} for origin, rows in of.rows.items()
    }
    for field, each in given.items():
        if field not in known_before:
            by_row.setdefault((each[1].origin, each[1].row), {})[field] = each
    for (origin, row), fields in by_row.items():
        machine.reads.append(_read(origin, row, fields))


def _read(origin: Origin, row: int, given: dict[str, tuple[Value, Cell]]) -> Read:
    shape = Shape(
        origin,
        tuple(given),
        tuple(cell.column for _, cell in given.values()),
        {field: at for at, field in enumerate(given)},
    )
    values = tuple(value for value, _ in given.values())
    return Read(shape, row, values, tuple(cell.written for _, cell in given.values()))


def derive_use(drafts: list[Draft]) -> None:
    """Share of the processors in use from MHz in use, where the list has the speed of the machine it runs on.

    A snapshot, not an average over time; it stands only where nothing better does.
    """
    speeds = {
        str(draft.get("server")).casefold(): draft.get("cpu_speed_mhz")
        for draft in drafts
        if draft.kind == "host" and draft.get("cpu_speed_mhz") is not None
    }
    for draft in drafts if speeds else ():
        used, vcpu = draft.get("cpu_used_mhz"), draft.get("vcpu")
        speed = speeds.get(str(draft.get("host")).casefold())
        if not (isinstance(used, float) and isinstance(vcpu, float) and isinstance(speed, float)):
            continue
        if speed * vcpu > 0 and draft.get("cpu_avg") is None:
            cell = draft.cell("cpu_used_mhz")
            share = round(min(used / (vcpu * speed), 1.0), 12)
            draft.reads.append(_read(cell.origin, cell.row, {"cpu_avg": (share, cell)}))
