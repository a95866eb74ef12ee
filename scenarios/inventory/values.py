"""What is written in a cell, as a value: amounts with units, yes and no, levels. Dates are in ``dates``.

Each reader takes a cell's scalar and raises ``UnreadError`` with a short reason where it makes no sense.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import TypeGuard

from .record import Scalar

_BINARY = {"b": -3, "kb": -2, "mb": -1, "gb": 0, "tb": 1, "pb": 2}
_DECIMAL = {"b": 1e-9, "kb": 1e-6, "mb": 1e-3, "gb": 1.0, "tb": 1e3, "pb": 1e6}
_SHORT = {"k": "kb", "m": "mb", "g": "gb", "t": "tb", "p": "pb"}
_IEC = {f"{letter}ib": 1024.0**power / 1e9 for power, letter in enumerate("kmgtp", start=1)}
_MONEY = {
    "元": 1.0,
    "千元": 1e3,
    "万元": 1e4,
    "万": 1e4,
    "百万元": 1e6,
    "亿元": 1e8,
    "cny": 1.0,
    "rmb": 1.0,
    "人民币": 1.0,
    "¥": 1.0,
}
_LINE = {"bps": 1e-6, "kbps": 1e-3, "mbps": 1.0, "gbps": 1e3, "m": 1.0, "g": 1e3, "兆": 1.0, "千兆": 1e3}

UNITS: dict[str, dict[str, float]] = {
    "memory": {
        **{unit: 1024.0**power for unit, power in _BINARY.items()},
        **{short: 1024.0 ** _BINARY[unit] for short, unit in _SHORT.items()},
        **{f"{letter}ib": 1024.0 ** (power - 2) for power, letter in enumerate("kmgtp")},
        "bytes": 1024.0**-3,
    },
    "disk": {**_DECIMAL, **{short: _DECIMAL[unit] for short, unit in _SHORT.items()}, **_IEC, "bytes": 1e-9},
    "money": _MONEY,
    "money_per_month": {
        **{f"{unit}/月": factor for unit, factor in _MONEY.items()},
        **{f"{unit}/年": factor / 12 for unit, factor in _MONEY.items()},
        **_MONEY,
        "cny/month": 1.0,
        "cny/year": 1 / 12,
    },
    "money_per_year": {
        **{f"{unit}/月": factor * 12 for unit, factor in _MONEY.items()},
        **{f"{unit}/年": factor for unit, factor in _MONEY.items()},
        **_MONEY,
        "cny/month": 12.0,
        "cny/year": 1.0,
    },
    "share": {"%": 0.01, "percent": 0.01, "百分比": 0.01, "fraction": 1.0},
    "line": {**_LINE, "mb/s": 1.0, "m/s": 1.0, "mbit/s": 1.0, "gbit/s": 1e3, "mb": 1.0, "gb": 1e3},
    "power": {"w": 1e-3, "kw": 1.0, "kva": 0.9, "va": 9e-4, "千瓦": 1.0, "瓦": 1e-3},
    "speed": {"mhz": 1.0, "ghz": 1e3, "hz": 1e-6},
    "count": dict.fromkeys(
        (
            "台",
            "个",
            "核",
            "颗",
            "路",
            "c",
            "套",
            "人",
            "户",
            "架",
            "cores",
            "core",
            "vcpu",
            "vcpus",
            "u",
            "块",
        ),
        1.0,
    )
    | {"万": 1e4, "万人": 1e4, "万户": 1e4},
    "area": {"m2": 1.0, "㎡": 1.0, "平方米": 1.0, "平米": 1.0, "sqm": 1.0},
    "plain": {},
}
# The MB and GB of VMware and of operating systems are powers of two on disks too.
UNITS["disk_binary"] = {
    **UNITS["disk"],
    **{unit: _IEC[f"{unit[0]}ib"] for unit in ("kb", "mb", "gb", "tb", "pb")},
}

ABSENT = frozenset(
    (
        "",
        "-",
        "--",
        "—",
        "——",
        "/",
        "\\",
        "n/a",
        "na",
        "#n/a",
        "null",
        "none",
        "unknown",
        "nil",
        "无",
        "不详",
        "未知",
        "暂无",
        "待定",
        "空",
        "?",
        "未填",
        "#value!",
        "#ref!",
        "#div/0!",
    )
)
_YES = frozenset(
    ("是", "有", "y", "yes", "true", "1", "√", "✓", "对", "已", "涉密", "t", "x", "virtual", "虚拟机", "虚拟")
)
_NO = frozenset(
    (
        "否",
        "无",
        "没有",
        "n",
        "no",
        "false",
        "0",
        "×",
        "不是",
        "非涉密",
        "不涉密",
        "f",
        "未",
        "physical",
        "物理机",
        "物理",
    )
)
_LEVELS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_ADMIN = (
    ("province", ("province", "provincial", "省", "自治区", "直辖市")),
    ("county", ("county", "district", "县", "区", "旗")),
    ("city", ("city", "municipal", "prefecture", "市", "州", "盟", "地")),
    ("township", ("township", "town", "乡", "镇", "街道", "苏木", "村")),
)
_STATES = {"on": ("poweredon", "on", "running", "开机", "运行", "运行中", "在用", "active")} | {
    "off": ("poweredoff", "off", "stopped", "关机", "停用", "已关机", "deallocated", "停机"),
    "suspended": ("suspended", "paused", "挂起"),
}
_STATE_OF = {word: state for state, words in _STATES.items() for word in words}
_AMOUNT = re.compile(
    r"^(?:约|大约|~|≈)?\s*([¥$€])?\s*([-+]?[\d.,'’ ]*\d)(?:e([-+]?\d+))?\s*([^\d].*)?$", re.IGNORECASE
)
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_WRITTEN_LENGTH = 1000


class UnreadError(ValueError):
    """A cell that makes no sense in its column."""


def text(raw: Scalar) -> str:
    """A cell as one line of text without control characters; formulas and markup stay inert text."""
    if isinstance(raw, str):
        found = raw if raw.isprintable() else _CONTROL.sub("", raw.replace("\t", " "))
        return (found if found.isascii() and "\n" not in found else " ".join(found.split())).strip()[
            :_WRITTEN_LENGTH
        ]
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    if isinstance(raw, datetime) and not (raw.hour or raw.minute or raw.second):
        return raw.date().isoformat()
    return str(raw)


def is_plain(raw: Scalar) -> TypeGuard[str]:
    """Whether a cell is a short text that ``text`` would leave as it is."""
    return (
        isinstance(raw, str) and len(raw) <= 60 and raw.isascii() and raw.isprintable() and raw == raw.strip()
    )


def folded(raw: Scalar) -> str:
    """For comparison: NFKC, lower case, no spaces."""
    found = text(raw)
    if not found.isascii():
        found = unicodedata.normalize("NFKC", found)
    return "".join(found.casefold().split())


def amount(raw: Scalar, measure: str, unit: str = "", decimal_comma: bool = False) -> float:
    """A quantity in its canonical unit.

    Args:
        measure: a key of UNITS.
        unit: of the column; a unit in the cell goes before it.
    """
    known = UNITS[measure]
    if isinstance(raw, (bool, date, timedelta)):
        raise UnreadError("not a number")
    if isinstance(raw, (int, float)):
        value, written = float(raw), ""
    else:
        value, written = _number(str(raw), decimal_comma)
    factor = 1.0
    if written:
        if written not in known:
            raise UnreadError(f"unit {written[:20]!r} not known here")
        factor = known[written]
        if unit and measure == "money" and written in ("元", "¥"):
            factor = known[written]
    elif unit:
        factor = known.get(unit, 1.0)
    if not math.isfinite(value):
        raise UnreadError("not a finite number")
    if value < 0:
        raise UnreadError("below zero")
    return value * factor


def _number(raw: str, decimal_comma: bool) -> tuple[float, str]:
    """A written number, and the unit after (or the currency before) it."""
    try:
        return float(raw) if not decimal_comma else _separated(raw, True), ""
    except ValueError:
        pass
    found = _AMOUNT.match(unicodedata.normalize("NFKC", text(raw)).casefold())
    if not found:
        raise UnreadError("not a number")
    currency, digits, exponent, rest = found.groups()
    try:
        value = _separated(digits, decimal_comma) * 10.0 ** float(exponent or 0)
    except (ValueError, OverflowError):
        raise UnreadError("not a number") from None
    unit = "".join((rest or "").split()).strip(".。()")
    if currency in ("$", "€"):
        raise UnreadError(f"unit {currency!r} not known here")
    return value, unit if unit or not currency else "¥"


def _separated(digits: str, decimal_comma: bool) -> float:
    """Digits with separators of thousands, and a point or comma before the decimals."""
    digits = re.sub(r"[ '’\u00a0]", "", digits)
    thousands, point = (".", ",") if decimal_comma else (",", ".")
    if "," in digits and "." in digits:
        point = max(",.", key=digits.rfind)
        thousands = "," if point == "." else "."
    elif thousands in digits and not re.fullmatch(rf"[-+]?\d{{1,3}}({re.escape(thousands)}\d{{3}})+", digits):
        thousands, point = point, thousands  # 12,5 where thousands have commas
    return float(digits.replace(thousands, "").replace(point, "."))


def share(raw: Scalar, unit: str, decimal_comma: bool = False) -> float:
    """A share of 1 from percent or a fraction."""
    value = amount(raw, "share", unit, decimal_comma)
    if value > 1.0 + 1e-9:
        if value > 1.05:  # collectors round, and hypervisors count a little over the whole
            raise UnreadError("over 100 %")
        return 1.0
    return round(value, 12)


def yes(raw: Scalar) -> bool:
    """Yes or no, in either language."""
    found = folded(raw)
    if found in _YES:
        return True
    if found in _NO:
        return False
    raise UnreadError("neither yes nor no")


def mlps(raw: Scalar) -> int:
    """A level of 等级保护: 3, 三级, 等保三级, 第三级, S3A3."""
    found = folded(raw)
    for pattern in (
        r"([1-5一二三四五])级",
        r"^(?:level|等保|mlps|第|l|s)?-?([1-5一二三四五])(?:\.0|a[1-5].*)?$",
        r"^(iii|ii|iv|i|v)级?$",
    ):
        if match := re.search(pattern, found):
            return int(match[1]) if match[1].isdigit() else _LEVELS[match[1]]
    raise UnreadError("not a level from 1 to 5")


def admin_level(raw: Scalar) -> str:
    """Province, city, county or township where the word says so, else the text."""
    found = folded(raw)
    for level, words in _ADMIN:
        if any(found in (word, f"{word}级", f"{word}level") or found.endswith(f"{word}级") for word in words):
            return level
    return text(raw)


def power_state(raw: Scalar) -> str:
    """On, off or suspended where the word says so, else the text."""
    return _STATE_OF.get(folded(raw), text(raw))


def addresses(raw: Scalar) -> tuple[str, ...]:
    """IP addresses parted by anything that is in none, with their masks left out."""
    found = unicodedata.normalize("NFKC", text(raw))
    return tuple(dict.fromkeys(part.split("/")[0] for part in re.split(r"[,;\s、|]+", found) if part))
