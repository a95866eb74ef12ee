"""What becomes a record while lists are read, and what is noted on the way."""

from __future__ import annotations

from typing import NamedTuple

from .record import FIELDS, Cell, Origin, Read, Record, Value

FIELD_SET = frozenset(FIELDS)


class Aside(NamedTuple):
    """A row that is not used. ``reason`` is a key of ``reasons.REASONS``; ``says`` the row's first text."""

    origin: Origin
    row: int
    reason: str
    says: str


class Unread(NamedTuple):
    """A cell that makes no sense in its column; its row is used without it."""

    field: str
    cell: Cell
    why: str


class Conflict(NamedTuple):
    """Two cells that say different things of one thing; the first was kept."""

    field: str
    kept: Cell
    other: Cell


class Draft:
    """A record in the making: the rows that speak of it."""

    __slots__ = ("kind", "named", "reads")

    def __init__(self, kind: str, named: bool, read: Read) -> None:
        self.kind, self.named, self.reads = kind, named, [read]

    def get(self, field: str) -> Value | None:
        """The value of the first row that has one."""
        for read in self.reads:
            at = read.shape.at.get(field)
            if at is not None:
                return read.values[at]
        return None

    def cell(self, field: str) -> Cell:
        """Where that value stands."""
        return next(read for read in self.reads if field in read.shape.at).cell(field)

    def merge(self, read: Read) -> list[Conflict]:
        """Take what another row says of the same thing; what differs is told."""
        conflicts = []
        for field, value in zip(read.shape.fields, read.values, strict=True):
            mine = self.get(field)
            if mine is not None and not isinstance(mine, tuple) and not same(mine, value):
                conflicts.append(Conflict(field, self.cell(field), read.cell(field)))
        self.reads.append(read)
        return conflicts

    def record(self) -> Record:
        """The record; the draft has no values then."""
        first, *others = self.reads
        known = dict(zip(first.shape.fields, first.values, strict=True))
        first.values = ()
        for read in others:
            for field, value in zip(read.shape.fields, read.values, strict=True):
                mine = known.setdefault(field, value)
                if mine is not value and isinstance(mine, tuple) and isinstance(value, tuple):
                    known[field] = tuple(dict.fromkeys(mine + value))
            read.values = ()
        for field in known.keys() - FIELD_SET:
            del known[field]
        return Record(self.kind, tuple(self.reads), **known)  # type: ignore[arg-type]  # by name


def same(one: Value, other: Value) -> bool:
    """Equal, but for capitals and rounding (a list in GB rounds what another has in MB)."""
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(one - other) <= 0.005 * max(abs(one), abs(other))
    return one == other
