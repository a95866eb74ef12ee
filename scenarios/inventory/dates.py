"""Dates as people and programs write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

from .record import Scalar
from .values import UnreadError, text

_EXCEL_DAY_ZERO = date(1899, 12, 30)
_EXCEL_DAYS = (14_611, 73_051)  # 1940 to 2100
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def day(raw: Scalar) -> date:
    """A date of many forms; the first day where only the month or year is written."""
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return _of_number(float(raw))
    return _of_text(unicodedata.normalize("NFKC", text(str(raw))).casefold())


def _of_number(value: float) -> date:
    if value == int(value):
        digits = str(int(value))
        if (
            len(digits) in (4, 6, 8)
            and digits[:2] in ("19", "20")
            and not (len(digits) == 4 and value < 1940)
        ):
            return _of_text(digits)
    if _EXCEL_DAYS[0] <= value < _EXCEL_DAYS[1]:
        return _EXCEL_DAY_ZERO + timedelta(days=int(value))
    raise UnreadError("not a date")


def _of_text(found: str) -> date:
    if re.fullmatch(r"\d{5}(\.\d+)?", found):
        return _of_number(float(found))
    named = re.search(r"[a-z]{3,}", found)
    if named and named[0][:3] in _MONTHS:
        found = found.replace(named[0], f"/m{_MONTHS.index(named[0][:3]) + 1}/")
    parts = [part for part in re.split(r"[^\dm]+", found.split("t")[0].strip()) if part]
    if len(parts) == 1 and re.fullmatch(r"(19|20)\d{2}(\d{2}){0,2}", parts[0]):
        parts = [parts[0][:4], parts[0][4:6], parts[0][6:8]]
        parts = [part for part in parts if part]
    try:
        return _ordered(parts, dots="." in found)
    except (ValueError, IndexError, OverflowError):
        raise UnreadError("not a date") from None


def _ordered(parts: list[str], dots: bool) -> date:
    """Year first if it is; else month first, unless it is named second, cannot be, or dots part them."""
    if len(parts[0]) == 4:
        year, *rest = (int(part.strip("m")) for part in parts[:3])
        month, day_of_month = (*rest, 1, 1)[:2]
    else:
        year = int(parts[2])
        year += (2000 if year < 70 else 1900) * (year < 100)
        one, two = parts[:2]
        swap = two.startswith("m") or (not one.startswith("m") and (dots or int(one) > 12))
        month, day_of_month = (int(part.strip("m")) for part in ((two, one) if swap else (one, two)))
    found = date(year, month, day_of_month)
    if not 1940 <= found.year < 2100:
        raise ValueError
    return found
