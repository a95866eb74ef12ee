"""How a format is described: its columns with the headers they go by, and what tells it from others."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain

from ..record import Scalar
from ..values import UNITS, text

MEASURES = {
    "mem_gb": "memory",
    "mem_used_gb": "memory",
    "disk_gb": "disk",
    "disk_used_gb": "disk",
    "data_gb": "disk",
    "price_cny": "money",
    "line_cny_per_month": "money_per_month",
    "operations_cny_per_year": "money_per_year",
    "line_mbps": "line",
    "ups_kw": "power",
    "it_kw": "power",
    "cpu_speed_mhz": "speed",
    "cpu_used_mhz": "speed",
    "area_m2": "area",
    "pue": "plain",
} | dict.fromkeys(("quantity", "vcpu", "sockets", "servers", "users", "rack_count", "staff_fte"), "count")
SHARES = ("cpu_avg", "cpu_p95", "cpu_max", "mem_avg", "mem_max", "time_in_use", "machine_share")
AUTO = "auto"  # percent, unless no value of the column is over 1

_UNITS = frozenset(unit for known in UNITS.values() for unit in known)
_UNIT_AT_END = re.compile(
    r"(?<=.)[\s_.\-/,]*(?:\bin\s*|in(?=[kmgt]i?b$))?"
    r"(kib|mib|gib|tib|kb|mb|gb|tb|kw|kva|mbps|gbps|mhz|ghz|百万元|万元|亿元|千元|元|%|cny|bytes|m2)$"
)
_BRACKET = re.compile(r"[(\[{【〔<]([^()\[\]{}【】〔〕<>]*)[)\]}】〕>]")
_NOISE = re.compile(r"[\s_\-*※:;,.?!/\\'\"、。·#`~|+]+")


@lru_cache(maxsize=50_000)
def header_key(header: str) -> tuple[str, str]:
    """A header without case, spaces, marks and brackets; and the unit it names, "" if none.

    ``*Memory (In MB)`` gives ``("memory", "mb")``; ``原值（万元）`` gives ``("原值", "万元")``.
    """
    found = unicodedata.normalize("NFKC", header).casefold()
    unit = ""
    for inner in _BRACKET.findall(found):
        word = (
            "".join(inner.split())
            .removeprefix("in")
            .removeprefix("单位")
            .strip(":")
            .removesuffix("persecond")
        )
        unit = unit or (word if word in _UNITS else "")
    outside = _BRACKET.sub(" ", found).strip(" *:")
    at_end = _UNIT_AT_END.search(outside)
    if at_end:
        unit = unit or at_end[1]
        outside = outside[: at_end.start()]
    key = _NOISE.sub("", outside)
    return (key or _NOISE.sub("", found)), unit


def header_text(raw: Scalar) -> str:
    """What a cell of a header row says; "" for a number."""
    return text(raw) if isinstance(raw, str) else ""


@dataclass(frozen=True)
class Column:
    """A canonical field, and the headers that mean it, the published one first.

    Attributes:
        unit: of numbers where neither the header nor the cell names one.
        auto: shares are percent, unless no value of the column is over 1.
        adds: values of several columns are summed.
        binary: MB and GB are powers of two (disks; memory always is).
        words: what is written in a cell, and the value it means; other texts stand for themselves.
    """

    field: str
    headers: tuple[str, ...]
    unit: str = ""
    auto: bool = False
    adds: bool = False
    binary: bool = False
    words: tuple[tuple[str, str], ...] = ()

    @property
    def measure(self) -> str:
        """A key of ``values.UNITS``; "share"; "" for what is no quantity."""
        found = MEASURES.get(self.field, "share" if self.field in SHARES else "")
        return "disk_binary" if found == "disk" and self.binary else found


@dataclass(frozen=True)
class Format:
    """One list as one tool or office writes it.

    Attributes:
        name: identifier, like ``rvtools-vinfo``.
        kind: what its rows are: server, host, system, room; ``part`` (of a server), ``sample`` or ``tag``;
            ``guide`` explains other tables.
        telling: for each group, a header of it must be there.
        sheets: names of sheets or beginnings of names of files that speak for it.
        never: ends of names of sheets that are something else, whatever their headers.
        identity: any of these fields makes a row a record.
        named: the name alone makes two rows the same thing.
        machines_only: rows that speak of no machine are set aside (asset ledgers list chairs too).
        examples: rows whose name begins with 示例： or Example: are examples.
        weight: added to the number of recognised columns where several formats fit.
    """

    name: str
    title: str
    kind: str
    columns: tuple[Column, ...]
    telling: tuple[tuple[str, ...], ...]
    sheets: tuple[str, ...] = ()
    identity: tuple[str, ...] = ("server", "uuid", "addresses", "machine_id", "asset_id", "smbios_uuid")
    never: tuple[str, ...] = ()
    named: bool = True
    machines_only: bool = False
    examples: bool = False
    weight: float = 0.0
    source: str = field(default="", kw_only=True)

    @cached_property
    def by_key(self) -> dict[str, tuple[int, Column]]:
        """Header key -> how late it stands in its column (earlier is better), and the column."""
        found: dict[str, tuple[int, Column]] = {}
        for column in self.columns:
            for rank, header in enumerate(column.headers):
                found.setdefault(header_key(header)[0], (rank, column))
        return found

    @cached_property
    def telling_keys(self) -> tuple[frozenset[str], ...]:
        """The telling headers as keys."""
        return tuple(frozenset(header_key(header)[0] for header in group) for group in self.telling)

    def fit(self, keys: frozenset[str], sheet: str) -> float:
        """How well a header row fits: 0 if it does not."""
        if sheet.endswith(self.never) or not all(group & keys for group in self.telling_keys):
            return 0.0
        known = len(keys & self.by_key.keys())
        hinted = any(sheet == name or sheet.startswith(name) for name in self.sheets)
        return max(known + 3.0 * hinted + self.weight, 0.5)


def columns(*each: Column | tuple[Column, ...]) -> tuple[Column, ...]:
    """Columns and groups of columns in one."""
    return tuple(chain.from_iterable([one] if isinstance(one, Column) else one for one in each))
