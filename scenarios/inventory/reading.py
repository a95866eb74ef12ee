"""What was read: records, and an account of every row, column and cell that is not in them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from .draft import Aside, Conflict, Unread
from .headers import Mapped
from .reasons import reason
from .record import Cell, Origin, Record, Value
from .values import text

VERSION = 1


@dataclass(frozen=True)
class File:
    """A file that was read. ``sha256`` of its bytes, hexadecimal."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Table:
    """What became of one table: ``rows_in`` = ``rows_used`` + ``rows_aside``.

    Attributes:
        format: name of the format; "" if none knows its header.
        header_rows: numbers (1-based) of the rows of the header.
        rows_above: rows with text above the header (titles).
        rows_in: rows with text under it (all of them where there is no known header).
        rows_merged: rows used that speak of something an earlier row did.
        columns: all that have a header; ``filled`` the number of values read, by column index.
    """

    origin: Origin
    format: str
    header_rows: tuple[int, ...]
    rows_above: int
    rows_in: int
    rows_used: int
    rows_merged: int
    rows_aside: int
    columns: tuple[Mapped, ...]
    filled: dict[int, int]


@dataclass(frozen=True)
class Reading:
    """Records of all files, and the account.

    Attributes:
        asides: rows set aside; of tables without a known header they are counted in ``tables`` and here both.
        unread: cells that make no sense in their column; their rows are used without them.
        conflicts: cells that say something else than the one that was kept.
    """

    files: tuple[File, ...]
    tables: tuple[Table, ...]
    records: tuple[Record, ...]
    asides: tuple[Aside, ...]
    unread: tuple[Unread, ...]
    conflicts: tuple[Conflict, ...]

    def of_kind(self, kind: str) -> list[Record]:
        """Records that are a server, host, system or room."""
        return [record for record in self.records if record.kind == kind]

    @property
    def rows_in(self) -> int:
        """Of all tables."""
        return sum(table.rows_in for table in self.tables)

    @property
    def rows_used(self) -> int:
        """Of all tables."""
        return sum(table.rows_used for table in self.tables)

    def table(self, lang: str = "en") -> list[tuple[str, str, str, int, int, int, str]]:
        """The account to print: file, sheet, format, rows in, used and aside, and why (``en`` or ``zh``)."""
        why: dict[Origin, Counter[str]] = {}
        for aside in self.asides:
            why.setdefault(aside.origin, Counter())[aside.reason] += 1
        colon, between = ("：", "；") if lang == "zh" else (": ", "; ")
        return [
            (
                table.origin.file,
                table.origin.sheet,
                table.format,
                table.rows_in,
                table.rows_used,
                table.rows_aside,
                between.join(
                    f"{reason(code, lang)}{colon}{n}"
                    for code, n in why.get(table.origin, Counter()).most_common()
                ),
            )
            for table in self.tables
        ]

    def to_json(self, records: bool = True) -> dict[str, Any]:
        """The account as JSON values; with the records if wanted, each value with its cell and as written."""
        made: dict[str, Any] = {
            "version": VERSION,
            "files": [{"file": f.name, "size_bytes": f.size_bytes, "sha256": f.sha256} for f in self.files],
            "rows": {"in": self.rows_in, "used": self.rows_used, "aside": len(self.asides)},
            "records": dict(sorted(Counter(record.kind for record in self.records).items())),
            "tables": [_table(table) for table in self.tables],
            "aside": [
                {
                    **_origin(each.origin),
                    "row": each.row,
                    "reason": each.reason,
                    "why": reason(each.reason),
                    "says": each.says,
                }
                for each in self.asides
            ],
            "unread": [{"field": each.field, **_cell(each.cell), "why": each.why} for each in self.unread],
            "conflicts": [
                {"field": each.field, "kept": _cell(each.kept), "other": _cell(each.other)}
                for each in self.conflicts
            ],
        }
        if records:
            made["things"] = [_record(record) for record in self.records]
        return made


def _origin(origin: Origin) -> dict[str, str]:
    return {"file": origin.file, "sheet": origin.sheet}


def _cell(cell: Cell) -> dict[str, Any]:
    return {"cell": cell.place, "written": text(cell.written)}


def _plain(value: Value) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _record(record: Record) -> dict[str, Any]:
    cells = record.cells
    return {
        "kind": record.kind,
        "rows": [{**_origin(origin), "row": row} for origin, row in record.rows],
        "values": {
            field: {"value": _plain(value), **_cell(cells[field])} for field, value in record.values().items()
        },
    }


def _table(table: Table) -> dict[str, Any]:
    mapped = [each for each in table.columns if each.column is not None]
    return {
        **_origin(table.origin),
        "format": table.format,
        "header_rows": list(table.header_rows),
        "rows": {
            "above": table.rows_above,
            "in": table.rows_in,
            "used": table.rows_used,
            "merged": table.rows_merged,
            "aside": table.rows_aside,
        },
        "mapped": [
            {
                "column": each.letter,
                "header": each.header,
                "field": each.column.field,
                "unit": each.unit,
                "values": table.filled.get(each.index, 0),
            }
            for each in mapped
            if each.column
        ],
        "ignored": [
            {"column": each.letter, "header": each.header, "why": each.why}
            for each in table.columns
            if each.column is None
        ],
    }
