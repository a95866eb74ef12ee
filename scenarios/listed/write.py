"""Writing the three tables of a listed estate."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from .columns import TABLES, Column

Value = str | float | int | bool | date | None
Row = Mapping[str, Value]

BOM = "\ufeff"  # by which Excel knows UTF-8


def write_tables(folder: Path, rooms: Iterable[Row], systems: Iterable[Row], servers: Iterable[Row]) -> None:
    """Write rooms.csv, systems.csv and servers.csv into a folder that exists.

    Columns stand in the order of ``columns``; those without any value are left out, but for keys and what
    else must be given. Numbers are written so that they read back as the same number.

    Args:
        rooms, systems, servers: column -> value; None or left out where not known. Texts must not be blank.

    Raises:
        ValueError: if a row has a column that its table has not.
    """
    for name, rows in (("rooms", rooms), ("systems", systems), ("servers", servers)):
        text = table_text(TABLES[name], rows)
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")


def table_text(columns: tuple[Column, ...], rows: Iterable[Row]) -> str:
    """A table as text of CSV, with the mark of UTF-8 before it."""
    listed, names = list(rows), {column.name for column in columns}
    filled: set[str] = set()
    for row in listed:
        if not row.keys() <= filled:
            filled.update([name for name, value in row.items() if value is not None])
            if not row.keys() <= names:
                raise ValueError(f"got columns {sorted(row.keys() - names)}, must be among {sorted(names)}")
    kept = [column for column in columns if column.required or column.name in filled]
    out = io.StringIO(newline="")
    out.write(BOM)
    writer = csv.writer(out, lineterminator="\n")
    names_kept = [column.name for column in kept]
    writer.writerow(names_kept)
    for row in listed:
        cells = [row.get(name) for name in names_kept]
        writer.writerow([cell if cell is None or type(cell) is str else _cell(cell) for cell in cells])
    return out.getvalue()


def _cell(value: float | int | bool | date | str) -> str:
    """A value as it stands in a cell."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)
