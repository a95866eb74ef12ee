"""The account of an adopted inventory as JSON: ``import.json``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..inventory.formats import FORMATS
from .account import SetAside, Unused
from .adopt import Adopted
from .blanks import Blank
from .start import Start
from .words import ASSUMPTIONS, aside_text, unused_text

VERSION = 1

# Field of a record -> the column that it goes to, by kind of record. "" is none: see ``words.UNUSED``.
_ROOM_TEXTS = {
    "room": "systems.room",
    "site": "systems.room",
    "department": "rooms.unit",
    "admin_level": "rooms.level",
}
GOES_TO: dict[str, dict[str, str]] = {
    "room": {
        **_ROOM_TEXTS,
        "room": "rooms.room",
        "site": "rooms.room",
        **{
            name: f"rooms.{name}"
            for name in (
                "size_class",
                "area_m2",
                "pue",
                "it_kw",
                "ups_kw",
                "staff_fte",
                "operations_cny_per_year",
            )
        },
        "rack_count": "rooms.size_class",
        "servers": "systems.servers",
        "line_mbps": "systems.line_mbps",
        "line_cny_per_month": "systems.line_cny_per_year",
    },
    "system": {
        **_ROOM_TEXTS,
        **{
            name: f"systems.{name}"
            for name in (
                "system",
                "zone",
                "mlps",
                "classified",
                "servers",
                "line_mbps",
                "pinned",
                "dedicated",
                "demand_class",
            )
        },
        "line_cny_per_month": "systems.line_cny_per_year",
        "data_gb": "servers.disk_used_gb",
        "upgrade_due": "servers.refresh_due",
    },
    "server": {
        **_ROOM_TEXTS,
        **{name: f"systems.{name}" for name in ("system", "zone", "mlps", "classified")},
        **{
            name: f"servers.{name}"
            for name in (
                "server",
                "virtual",
                "vcpu",
                "disk_used_gb",
                "price_cny",
                "cpu_p95",
                "machine_share",
                "curve",
                "zombie",
            )
        },
        **dict.fromkeys(("uuid", "smbios_uuid", "machine_id", "asset_id", "addresses"), "servers.server"),
        "host": "servers.host",
        "power_state": "servers.server",
        "quantity": "servers.server",
        "category": "servers.virtual",
        **dict.fromkeys(("model", "cpu_model"), "servers.curve"),
        "mem_gb": "servers.memory_gb",
        **dict.fromkeys(("mem_avg", "mem_used_gb"), "servers.memory_used_gb"),
        **dict.fromkeys(("cpu_avg", "cpu_used_mhz"), "servers.cpu_mean"),
        "cpu_max": "servers.cpu_p95",
        "purchase_date": "servers.bought",
        "upgrade_due": "servers.refresh_due",
    },
}
GOES_TO["host"] = {**GOES_TO["server"], "servers": "servers.zombie", "cpu_speed_mhz": "servers.cpu_mean"}
_ASSESSED = frozenset(
    ("os", "environment", "mem_max", "disk_gb", "time_in_use", "tags")
)  # read by assessment alone


def goes_to(kind: str, field: str) -> tuple[str, str]:
    """The column that a field goes to, else "" and why (a key of ``words.UNUSED``)."""
    known = GOES_TO.get(kind if kind in GOES_TO else "server", {}).get(field, "")
    return (known, "") if known else ("", "read_by_assessment" if field in _ASSESSED else "no_column")


def import_json(
    adopted: Adopted, start: Start, blank: Sequence[Blank], assessed: dict[str, Any]
) -> dict[str, Any]:
    """``import.json``: what was recognised, mapped, assumed and left out. Same files, same bytes."""
    use = adopted.account.counts
    return {
        "version": VERSION,
        "year": {"first": adopted.year, "from": adopted.year_from},
        "library": [
            {"include": each.include, "why": each.why.en, "why_zh": each.why.zh} for each in start.chosen
        ],
        "estate": {
            "rooms": len(adopted.rooms),
            "systems": len(adopted.systems),
            "servers": len(adopted.servers),
            "units": adopted.units,
        },
        "records": {
            "read": len(adopted.reading.records),
            "used": {name: use[name] for name in sorted(use) if name not in ("aside", "")},
            "aside": use["aside"],
        },
        "assumed": list(_assumed(adopted)),
        "drawn": [_drawn(each) for each in blank],
        "set_aside": [_set_aside(adopted, each) for each in adopted.account.asides],
        "not_used": [_not_used(each) for each in adopted.account.unused],
        "assessment": assessed,
        "reading": _reading(adopted),
    }


def _assumed(adopted: Adopted) -> Iterator[dict[str, Any]]:
    assumed = adopted.account.assumed
    for code, known in ASSUMPTIONS.items():
        if code in assumed:
            yield {
                "code": code,
                "column": known.column,
                "grade": known.grade,
                "rows": assumed[code].rows,
                "what": known.en,
                "what_zh": known.zh,
                "first": assumed[code].places,
            }


def _drawn(blank: Blank) -> dict[str, Any]:
    return {
        "column": blank.column,
        "rows": blank.rows,
        "blank": blank.blank,
        "from": [
            {"path": path, "value": value, "grade": grade}
            for path, (value, grade) in zip(blank.paths, blank.values, strict=True)
        ],
    }


def _set_aside(adopted: Adopted, aside: SetAside) -> dict[str, Any]:
    record = adopted.reading.records[aside.record]
    return {
        "kind": record.kind,
        "name": _name(adopted, aside.record),
        "rows": [{"file": origin.file, "sheet": origin.sheet, "row": row} for origin, row in record.rows],
        "reason": aside.reason,
        "why": aside_text(aside.reason),
    }


def _not_used(unused: Unused) -> dict[str, Any]:
    return {
        "field": unused.field,
        "cell": unused.place,
        "written": unused.written,
        "reason": unused.reason,
        "why": unused_text(unused.reason),
    }


def _reading(adopted: Adopted) -> dict[str, Any]:
    """What was read, with the column that each field goes to."""
    told = adopted.reading.to_json(records=False)
    kinds = kinds_of_formats()
    for table, entry in zip(adopted.reading.tables, told["tables"], strict=True):
        for each in entry["mapped"]:
            each["to"], each["why"] = goes_to(kinds.get(table.format, "server"), each["field"])
    return told


def summed_up(account: dict[str, Any]) -> dict[str, Any]:
    """``import.json`` without what it lists row by row."""
    reading = account["reading"]
    counts = {name: len(reading[name]) for name in ("aside", "unread", "conflicts")}
    short = {name: reading[name] for name in ("files", "rows", "records", "tables")}
    listed = {name: len(account[name]) for name in ("set_aside", "not_used")}
    return {**account, **listed, "reading": {**short, **counts}}


def kinds_of_formats() -> dict[str, str]:
    """Kind of the records of each format."""
    return {form.name: form.kind for form in FORMATS}


def _name(adopted: Adopted, number: int) -> str:
    record = adopted.reading.records[number]
    return record.server or record.system or record.room or record.asset_id or ""
