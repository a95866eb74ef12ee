"""Finds the header of a table, under titles and notes, in one row or two, and the format it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from .formats import FORMATS, Column, Format, header_key, header_text
from .record import Origin, Scalar, letters
from .tables import Range, Row
from .values import folded

SEARCHED_ROWS = 40


@dataclass(frozen=True)
class Mapped:
    """A column of a table and what it means.

    Attributes:
        index: 0-based.
        header: as written, both lines joined.
        column: None where it is not read.
        unit: of its numbers: the header's, else the format's.
        why: why it is not read: ``unknown`` or ``repeated``.
    """

    index: int
    header: str
    column: Column | None
    unit: str = ""
    why: str = ""

    @property
    def letter(self) -> str:
        """A, B, ..."""
        return letters(self.index + 1)


@dataclass(frozen=True)
class Header:
    """The header of a table.

    Attributes:
        rows: numbers (1-based) of the rows that it fills.
        columns: every column with a header, in order.
        after: rows looked at that lie under it.
        above: number of rows with text above it.
    """

    format: Format
    rows: tuple[int, ...]
    columns: tuple[Mapped, ...]
    keys: frozenset[str]
    after: tuple[Row, ...]
    above: int


def find_header(origin: Origin, rows: Sequence[Row], merged: tuple[Range, ...]) -> Header | None:
    """The best header among the first rows; None if no format knows them.

    Two rows make a header where a merged (or an only) cell over several columns stands above their names.
    """
    sheet = folded(origin.sheet) or folded(PurePath(origin.file.replace("\\", "/")).stem)
    best: tuple[float, int, int, Format, list[str]] | None = None
    named = [_names(row) for _, row in rows]
    for at in range(len(rows)):
        for height, names in _candidates(rows, named, at, merged):
            keys = frozenset(header_key(name)[0] for name in names if name)
            if len(keys) < 2:
                continue
            for form in FORMATS:
                fit = form.fit(keys, sheet)
                # A title right above adds nothing: then its row is none of the header's.
                if fit > 0 and (best is None or (fit, -height) > (best[0], -best[2])):
                    best = (fit, at, height, form, names)
    if best is None:
        return None
    _, at, height, form, names = best
    keys = frozenset(header_key(name)[0] for name in names if name)
    numbers = tuple(rows[at + step][0] for step in range(height))
    return Header(form, numbers, _mapped(form, names), keys, tuple(rows[at + height :]), at)


def _names(row: list[Scalar]) -> list[str]:
    """What a row's cells say, to the last that says anything."""
    names = [header_text(cell) for cell in row]
    while names and not names[-1]:
        names.pop()
    return names


def _candidates(
    rows: Sequence[Row], named: Sequence[list[str]], at: int, merged: tuple[Range, ...]
) -> list[tuple[int, list[str]]]:
    """The row alone; and with the next, as names joined or as the lower names only."""
    names = named[at]
    found = [(1, names)]
    if at + 1 >= len(rows):
        return found
    width = max(len(names), len(named[at + 1]))
    above, below = (each + [""] * (width - len(each)) for each in (names, named[at + 1]))
    upper = _spread(above, rows[at][0], merged)
    if not any(low and not high for low, high in zip(below, above, strict=True)) and not merged:
        return found  # nothing stands under a gap: the next row is no second line
    lower = ["" if low == high else low for high, low in zip(upper, below, strict=True)]
    joined = [f"{high} {low}".strip() for high, low in zip(upper, lower, strict=True)]
    known = {key for form in FORMATS for key in form.by_key}
    best = [
        next((name for name in (both, low) if name and header_key(name)[0] in known), both or low)
        for both, low in zip(joined, lower, strict=True)
    ]
    if sum(1 for low in lower if low and header_key(low)[0] in known) or any(
        low and header_key(both)[0] in known for both, low in zip(joined, lower, strict=True)
    ):
        found.append((2, best))
    return found


def _spread(names: list[str], number: int, merged: tuple[Range, ...]) -> list[str]:
    """Names with those over several columns in each of them."""
    spread = list(names)
    for (top, left), (bottom, right) in merged:
        if top <= number - 1 <= bottom and left < len(spread):
            for column in range(left + 1, min(right + 1, len(spread))):
                spread[column] = spread[column] or spread[left]
    if not merged:
        for column in range(1, len(spread)):
            spread[column] = spread[column] or spread[column - 1]
    return spread


def _mapped(form: Format, names: list[str]) -> tuple[Mapped, ...]:
    """Columns with their meaning; of two with one name the first is read."""
    found, seen = [], set()
    for index, name in enumerate(names):
        if not name:
            continue
        key, unit = header_key(name)
        known = form.by_key.get(key)
        if known is None:
            found.append(Mapped(index, name, None, why="unknown"))
        elif key in seen:
            found.append(Mapped(index, name, None, why="repeated"))
        else:
            seen.add(key)
            column = known[1]
            found.append(Mapped(index, name, column, unit or column.unit))
    return tuple(found)


def preference(form: Format, mapped: Mapped) -> int:
    """How late a column's header stands among those of its field."""
    return form.by_key[header_key(mapped.header)[0]][0]
