"""What no column says: how many cells of each column are blank, and the quantity that each is drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..listed.columns import TABLES
from .place_rows import Row
from .start import Start

# Column -> paths in the scenario; what is not here follows from the rest.
DRAWN_FROM: dict[str, tuple[str, ...]] = {
    "rooms.area_m2": ("rooms.closet.area_m2", "rooms.room.area_m2"),
    "rooms.pue": ("rooms.closet.pue", "rooms.room.pue"),
    "rooms.ups_kw": ("rooms.closet.ups_fill", "rooms.room.ups_fill"),
    "rooms.staff_fte": ("rooms.closet.staff_fte", "rooms.room.staff_fte"),
    "rooms.operations_cny_per_year": (
        "rooms.closet.operations_cny_per_year",
        "rooms.room.operations_cny_per_year",
    ),
    "rooms.size_class": ("estate.levels.*.large_room_share",),
    "systems.demand_class": ("demand.classes",),
    "systems.zone": ("estate.zones",),
    "systems.mlps": ("estate.mlps",),
    "systems.classified": ("estate.classified_share",),
    "systems.servers": ("estate.servers_per_system",),
    "systems.line_cny_per_year": ("estate.vertical_lines",),
    "servers.curve": ("servers.models",),
    "servers.machine_share": ("estate.vcpu_per_core",),
    "servers.memory_used_gb": ("estate.memory_gb",),
    "servers.disk_used_gb": ("estate.disk_gb",),
    "servers.cpu_mean": ("estate.cpu_utilisation",),
    "servers.bought": ("servers.life_years",),
    "servers.price_cny": ("servers.price_cny",),
    "servers.zombie": ("estate.zombie_share",),
}


@dataclass(frozen=True)
class Blank:
    """A column with blank cells.

    Attributes:
        column: as ``table.column``.
        rows: of the table; ``blank`` of them have no value.
        values: of each of ``paths``: low / mode / high and grade, empty where it is no single quantity.
    """

    column: str
    rows: int
    blank: int
    paths: tuple[str, ...]
    values: tuple[tuple[str, str], ...]


def blanks(tables: Mapping[str, Sequence[Row]], start: Start) -> list[Blank]:
    """Columns with cells that are drawn, in the order of the tables."""
    found = []
    for table, columns in TABLES.items():
        for column in columns:
            name = f"{table}.{column.name}"
            if name not in DRAWN_FROM:
                continue
            missing = sum([row.get(column.name) is None for row in _drawn(name, tables)])
            if missing:
                paths = DRAWN_FROM[name]
                values = tuple(start.quantity(path) for path in paths)
                found.append(Blank(name, len(tables[table]), missing, paths, values))
    return found


def _drawn(name: str, tables: Mapping[str, Sequence[Row]]) -> Sequence[Row]:
    """Rows in which a blank cell is drawn.

    A physical machine is whole, one that is busy works, and one that is idle has no use to draw. A system
    with listed machines has those; without a listed line it has none where others have one.
    """
    rows = tables[name.partition(".")[0]]
    if name == "servers.machine_share":
        return [row for row in rows if row.get("virtual")]
    if name == "servers.cpu_mean":
        return [row for row in rows if row.get("cpu_p95") is None and not row.get("zombie")]
    if name == "servers.zombie":
        return [row for row in rows if not row.get("cpu_mean") and not row.get("cpu_p95")]
    if name == "systems.servers":
        listed = {row["system"] for row in tables["servers"]}
        return [row for row in rows if row["system"] not in listed]
    if name == "systems.line_cny_per_year":
        return [] if any(row.get("line_mbps") or row.get("line_cny_per_year") for row in rows) else rows
    return rows
