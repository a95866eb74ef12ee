"""Widths of a table's columns, from what stands in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import east_asian_width

from .blocks import Table

GAP = 2  # half-width columns between one column of a table and the next
MOST_WORD = 18  # a longer word breaks
MOST_HEAD = 8  # so much of a Chinese heading stays on one line
FIRST_WIDE = "\u2e80"
_BREAKS = re.compile(r"[\s/]|(?<=[⺀-\U0010ffff])")


def widths(table: Table, room: float) -> list[int]:
    """Widths in half-width columns, gaps included.

    A column is as wide as its widest line; where that is too much for the page, the widest are evenly cut,
    but numbers and words stay whole.

    Args:
        room: half-width columns that fit across the page. What words and numbers need may be more: then
            the letters should be smaller (see ``least``).
    """
    low = _least(table)
    wanted = [max(one, *map(_line, cells)) for one, cells in zip(low, _columns(table), strict=True)]
    cap = max(wanted)
    while sum(min(cap, want) for want in wanted) + GAP * len(wanted) > room and cap > 1:
        cap -= 1
    return [max(one, min(cap, want)) + GAP for one, want in zip(low, wanted, strict=True)]


def least(table: Table) -> int:
    """Half-width columns below which words or numbers would break."""
    return sum(_least(table)) + GAP * len(table.head)


def units(text: str) -> int:
    """Width of a text in half-width columns."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _columns(table: Table) -> list[Sequence[str]]:
    """The cells of each column, its heading first."""
    rows = [table.head, *(row.cells for row in table.rows if row.kind != "group")]
    return list(zip(*rows, strict=True))


def _least(table: Table) -> list[int]:
    found = []
    for place, (head, *cells) in enumerate(_columns(table)):
        words = place == 0 or place in table.text_columns
        whole = [_word(text) if words else _line(text) for text in cells]
        found.append(max(_heading(head), *whole) if whole else _heading(head))
    return found


def _heading(text: str) -> int:
    """A heading breaks between words, and Chinese not within its first few characters."""
    return min(units(text), MOST_HEAD) if any(letter >= FIRST_WIDE for letter in text) else _word(text)


def _line(text: str) -> int:
    """The widest of its lines."""
    return max(map(units, text.split("\n")))


def _word(text: str) -> int:
    """The widest part that should not break: a word or a number; Chinese breaks anywhere."""
    return min(MOST_WORD, max(map(units, _BREAKS.split(text))))
