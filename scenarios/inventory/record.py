"""One canonical record for machines, hosts, systems and rooms, whatever list they came from.

Quantities have one unit each, which ends their name; shares are 0 to 1. Each value keeps the cell it was read
from, as it was written there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

Scalar = str | float | int | bool | date | datetime | time | timedelta
Value = str | float | int | bool | date | tuple[str, ...]


class Origin(NamedTuple):
    """A table: the file as the user named it, and the sheet ("" in a text file)."""

    file: str
    sheet: str


class Cell(NamedTuple):
    """Where a value stood and what stood there.

    Attributes:
        row: 1-based, as a spreadsheet counts; in a text file the line that the record begins on.
        column: 1-based.
    """

    origin: Origin
    row: int
    column: int
    written: Scalar

    @property
    def place(self) -> str:
        """Like ``list.xlsx[vInfo]!B7``."""
        sheet = f"[{self.origin.sheet}]" if self.origin.sheet else ""
        return f"{self.origin.file}{sheet}!{letters(self.column)}{self.row}"


def letters(column: int) -> str:
    """A spreadsheet's name of a column (1-based): A, B, ... Z, AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What rows of one table give: many rows share one.

    Attributes:
        columns: 1-based, of each field.
        at: field -> its place among the fields.
    """

    origin: Origin
    fields: tuple[str, ...]
    columns: tuple[int, ...]
    at: Mapping[str, int]


class Read:
    """A row that was read: values, and what was written in their cells, in the order of the shape."""

    __slots__ = ("row", "shape", "values", "written")

    def __init__(
        self, shape: Shape, row: int, values: tuple[Value, ...], written: tuple[Scalar, ...]
    ) -> None:
        self.shape, self.row, self.values, self.written = shape, row, values, written

    def cell(self, field: str) -> Cell:
        """The cell of a field that the row gives."""
        at = self.shape.at[field]
        return Cell(self.shape.origin, self.row, self.shape.columns[at], self.written[at])


@dataclass(frozen=True, slots=True)
class Record:
    """A machine (``server``), a machine that runs others (``host``), a ``system`` or a ``room``.

    Attributes:
        kind: server, host, system or room.
        reads: the rows that speak of it; a field is of the first that has it.
        site, room, size_class, department, system, zone, cluster, category: names, as written.
        admin_level: province, city, county or township; else as written.
        server: name; ``host`` is the name of the machine it runs on.
        uuid, smbios_uuid, machine_id, asset_id: what identifies it, as written.
        addresses: IP addresses.
        power_state: on, off or suspended; else as written.
        virtual: a virtual machine.
        quantity: machines that the row stands for.
        vcpu: processors that it sees (cores of a physical machine).
        sockets: processor packages; ``cpu_speed_mhz`` their clock, ``cpu_used_mhz`` in use when listed.
        mem_gb, mem_used_gb: 1 GB = 1024 MB = 2^30 bytes, as memory is sold.
        disk_gb, disk_used_gb: 1 GB = 10^9 bytes; GiB and the MB of VMware are converted.
        data_gb: data that a system holds.
        cpu_avg, cpu_p95, cpu_max, mem_avg, mem_max, time_in_use: shares, 0 to 1.
        purchase_date, upgrade_due: the first day of a month or year where no more is written.
        price_cny: for the whole row.
        curve, demand_class: power curve and kind of demand, by their names in a scenario.
        machine_share: part of its host that a virtual machine takes up, 0 to 1.
        zombie: does no work, as its owner says.
        mlps: level of 等级保护, 1 to 5.
        classified: holds state secrets (涉密).
        pinned: cannot leave its room for other reasons; ``dedicated`` shares no host with another system.
        servers, users: machines and users that a system or room has.
        line_mbps, line_cny_per_month: its leased line.
        ups_kw, it_kw: kVA are taken at a power factor of 0.9.
        staff_fte: people who run it, full-time.
        operations_cny_per_year: of a room: rent, contracts, batteries; no power, no staff.
        tags: ``key=value``.
    """

    kind: str
    reads: tuple[Read, ...]
    site: str | None = None
    room: str | None = None
    size_class: str | None = None
    department: str | None = None
    admin_level: str | None = None
    system: str | None = None
    server: str | None = None
    host: str | None = None
    cluster: str | None = None
    uuid: str | None = None
    smbios_uuid: str | None = None
    machine_id: str | None = None
    asset_id: str | None = None
    addresses: tuple[str, ...] = ()
    os: str | None = None
    power_state: str | None = None
    virtual: bool | None = None
    environment: str | None = None
    category: str | None = None
    model: str | None = None
    cpu_model: str | None = None
    quantity: float | None = None
    vcpu: float | None = None
    sockets: float | None = None
    cpu_speed_mhz: float | None = None
    cpu_used_mhz: float | None = None
    mem_gb: float | None = None
    mem_used_gb: float | None = None
    disk_gb: float | None = None
    disk_used_gb: float | None = None
    data_gb: float | None = None
    cpu_avg: float | None = None
    cpu_p95: float | None = None
    cpu_max: float | None = None
    mem_avg: float | None = None
    mem_max: float | None = None
    time_in_use: float | None = None
    machine_share: float | None = None
    curve: str | None = None
    zombie: bool | None = None
    purchase_date: date | None = None
    price_cny: float | None = None
    mlps: int | None = None
    classified: bool | None = None
    pinned: bool | None = None
    dedicated: bool | None = None
    demand_class: str | None = None
    zone: str | None = None
    servers: float | None = None
    users: float | None = None
    line_mbps: float | None = None
    line_cny_per_month: float | None = None
    ups_kw: float | None = None
    it_kw: float | None = None
    pue: float | None = None
    area_m2: float | None = None
    rack_count: float | None = None
    staff_fte: float | None = None
    operations_cny_per_year: float | None = None
    upgrade_due: date | None = None
    region: str | None = None
    country: str | None = None
    tags: tuple[str, ...] = ()

    @property
    def cells(self) -> dict[str, Cell]:
        """Field -> the cell its value was read from; of sums and series the first."""
        found: dict[str, Cell] = {}
        for read in self.reads:
            for field in read.shape.fields:
                if field in FIELDS and field not in found:
                    found[field] = read.cell(field)
        return found

    @property
    def rows(self) -> list[tuple[Origin, int]]:
        """Where the rows are that speak of it; of parts and samples the first in each table."""
        return [(read.shape.origin, read.row) for read in self.reads]

    def values(self) -> dict[str, Value]:
        """The fields that are known, in the order above."""
        known = ((name, getattr(self, name)) for name in FIELDS)
        return {name: value for name, value in known if value is not None and value != ()}


FIELDS = tuple(field.name for field in fields(Record) if field.name not in ("kind", "reads"))
