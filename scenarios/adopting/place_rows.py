"""Rooms and systems as rows of rooms.csv and systems.csv."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Sequence

from ..inventory.record import Record
from ..listed.columns import ROOMS, SYSTEMS, Column
from ..listed.write import Value
from .account import Account
from .names import Names, inert
from .rooms import Room
from .systems import Part
from .terms import secret_network, size_class, zone

Row = dict[str, Value]

LARGE_FROM_M2 = 30.0
LARGE_FROM_RACKS = 5.0
MOST_ASSUMED = 100_000  # systems of rooms that give a number of servers alone
SERVERS_PER_SYSTEM = 1.8  # project estimate, as in library/estates
_MONTHS = 12
_PARTS = {"en": "{name} (in {room})", "zh": "{name}（{room}）"}
_REST = {"en": "{room}: system {number}", "zh": "{room}：系统{number}"}


def room_rows(rooms: Sequence[Room], account: Account, place: Callable[[Record], str]) -> list[Row]:
    """Rows of all rooms.

    Args:
        place: where a record was read.
    """
    return [
        {
            "room": room.key,
            "unit": room.unit,
            "level": room.level,
            **(_of_list(room.record, account) if room.record else {}),
            "from": place(room.first),
        }
        for room in rooms
    ]


def _of_list(record: Record, account: Account) -> Row:
    """What a list of rooms says of one."""
    row: Row = {}
    for name in ("area_m2", "pue", "it_kw", "ups_kw", "staff_fte", "operations_cny_per_year"):
        fit(ROOMS, row, name, getattr(record, name), record, account, name)
    size = size_class(record.size_class) if record.size_class else None
    if record.size_class and size is None:
        account.leave(record, "size_class", "unknown_size")
    if size is None and record.area_m2:
        size = "room" if record.area_m2 >= LARGE_FROM_M2 else "closet"
        account.assume("size_by_area", record)
    elif size is None and record.rack_count:
        size = "room" if record.rack_count >= LARGE_FROM_RACKS else "closet"
        account.assume("size_by_racks", record)
    row["size_class"] = size
    return row


class SystemRows:
    """Makes rows of systems.

    Args:
        tied: whether a machine stays for technical reasons, by number of its record.
        classes: of demand, by their names in the scenario.
        name: what a machine is called; ``place`` where a record was read.
    """

    def __init__(
        self,
        account: Account,
        lang: str,
        tied: Callable[[int], bool],
        classes: Container[str | None],
        name: Callable[[Part], str],
        place: Callable[[Record], str],
    ) -> None:
        self._account, self._lang, self._tied, self._classes = account, lang, tied, classes
        self._name, self._place = name, place
        self._names = Names()

    def of_parts(self, parts: Sequence[Part], rooms: Sequence[Room]) -> list[list[Row]]:
        """Rows of each part of a system: one, or one for each copy of a machine that has no system."""
        return [self._rows(part, rooms[part.room]) for part in parts]

    def of_rooms(self, rooms: Sequence[Room], filled: Sequence[Row]) -> list[Row]:
        """Systems of rooms that name a number of servers and of which no system is listed."""
        known = {row["room"] for row in filled}
        made: list[Row] = []
        most = max(MOST_ASSUMED // max(len(rooms), 1), 1)
        for room in rooms:
            count = round(room.record.servers or 0) if room.record else 0
            if room.key in known or count < 1 or room.record is None:
                continue
            self._account.assume("systems_of_room", room.record)
            systems = max(min(round(count / SERVERS_PER_SYSTEM), most), 1)
            for number in range(systems):
                name = _REST[self._lang].format(room=room.key, number=number + 1)
                servers = count // systems + (number < count % systems)
                row: Row = {"system": self._names.take(inert(name)), "room": room.key}
                fit(SYSTEMS, row, "servers", servers, room.record, self._account, "servers")
                made.append({**row, "from": self._place(room.record)})
        return made

    def lines(self, rooms: Sequence[Room], rows: Sequence[Row]) -> None:
        """Put the line of a room on its first system that has none."""
        first: dict[Value, Row] = {}
        for row in rows:
            if "line_mbps" not in row and "line_cny_per_year" not in row:
                first.setdefault(row["room"], row)
        for room in rooms:
            record = room.record
            if record is None or (record.line_mbps is None and record.line_cny_per_month is None):
                continue
            if room.key in first:
                self._line(first[room.key], record)
                self._account.assume("line_of_room", record)
                continue
            for name in ("line_mbps", "line_cny_per_month"):
                if getattr(record, name) is not None:
                    self._account.leave(record, name, "no_column")

    def _rows(self, part: Part, room: Room) -> list[Row]:
        system, record = part.system, part.system.record
        row: Row = {"room": room.key}
        self._terms(part, row)
        if record is not None and record.servers is not None:
            self._count(part, record, row)
        if record is not None:
            row["pinned"] = row.get("pinned") if record.pinned is None else record.pinned
            row["dedicated"] = record.dedicated
            if record.demand_class in self._classes:
                row["demand_class"] = record.demand_class
            elif record.demand_class is not None and part.first:
                self._account.leave(record, "demand_class", "unknown_class")
            if part.first:
                self._line(row, record)
        row["from"] = self._place(record or part.machines[0].record)
        name = inert(system.name) or self._name(part)
        if not part.first:
            name = inert(_PARTS[self._lang].format(name=name, room=room.key))
        copies = 1 if system.name else part.machines[0].copies
        return [{"system": self._names.take(name, system.department), **row} for _ in range(copies)]

    def _count(self, part: Part, record: Record, row: Row) -> None:
        """The number of servers that a list of systems gives; machines that are listed go before it."""
        listed = sum(machine.copies for machine in part.system.machines)
        if not listed:
            fit(SYSTEMS, row, "servers", round(record.servers or 0), record, self._account, "servers")
        elif part.first and round(record.servers or 0) != listed:
            self._account.assume("servers_count", record)

    def _line(self, row: Row, record: Record) -> None:
        fit(SYSTEMS, row, "line_mbps", record.line_mbps, record, self._account, "line_mbps")
        yearly = None if record.line_cny_per_month is None else record.line_cny_per_month * _MONTHS
        fit(SYSTEMS, row, "line_cny_per_year", yearly, record, self._account, "line_cny_per_month")

    def _terms(self, part: Part, row: Row) -> None:
        """Zone, protection level, and what keeps it in its room."""
        record, machines = part.system.record, part.system.machines
        level = record.mlps if record else None
        if level is None and machines:
            level = max([m.record.mlps for m in machines if m.record.mlps], default=None)
            if level is not None:
                self._taken(part)
        secret = record.classified if record else None
        if secret is None:
            known = [m.record.classified for m in machines if m.record.classified is not None]
            secret = True in known if known else None
        by_network = self._zone(part, row)
        if secret is None and by_network:
            self._account.assume("secret_network", record or machines[0].record)
            secret = True
        row["mlps"], row["classified"] = level, secret
        if any(self._tied(machine.number) for machine in part.machines):
            row["pinned"] = True

    def _zone(self, part: Part, row: Row) -> bool:
        """Put in the network zone; whether it is a network for state secrets."""
        record, machines = part.system.record, part.system.machines
        written = record.zone if record else None
        if written is None and machines:
            zones = [m.record.zone for m in machines if m.record.zone]
            if zones:
                written = max(zones, key=Counter(zones).__getitem__)
                self._taken(part)
        if not written:
            return False
        row["zone"] = zone(written)
        secret = secret_network(written)
        if row["zone"] is None and part.first and not secret:
            self._account.leave(record or machines[0].record, "zone", "unknown_zone")
        return secret

    def _taken(self, part: Part) -> None:
        """A system of several machines, or of a list, has something from its machines."""
        if part.first and (part.system.record is not None or len(part.machines) > 1):
            self._account.assume("of_machines", part.system.record or part.machines[0].record)


def fit(
    columns: tuple[Column, ...],
    row: Row,
    column: str,
    value: float | None,
    record: Record,
    account: Account,
    name: str,
) -> None:
    """Put a number into a row if its column may hold it."""
    if value is None:
        return
    limits = next(each for each in columns if each.name == column)
    if limits.low <= value <= limits.high:
        row[column] = value
    else:
        account.leave(record, name, "out_of_range")
