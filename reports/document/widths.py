"""Widths of a table's columns, from what stands in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil
from unicodedata import east_asian_width

from .blocks import Table

GAP = 2  # half-width columns between one column of a table and the next
MOST_WORD = 18  # a longer word breaks
MOST_HEAD, MOST_TEXT = 10, 14  # so much of a Chinese heading, and of any text, stays on one line
BOLD = 1.15  # letters of headings are so much wider
BROAD = "%MW@"  # Latin letters nearly as wide as Chinese ones
HALVINGS = 30
FIRST_WIDE = "\u2e80"
_SEAMS = re.compile(r"(?<=[⺀-〇㐀-鿿])(?=[0-9A-Za-z])|(?<=[0-9A-Za-z])(?=[⺀-〇㐀-鿿])")
_BREAKS = re.compile(r"[\s/]|(?<=[⺀-\U0010ffff])")


def widths(table: Table, room: float) -> list[int]:
    """Widths in half-width columns, gaps included.

    A column is as wide as its widest line. Where that is too much for the page, room goes where it spares
    most lines: as the cube root of the sum of squared lengths, which makes the sum over cells of the squared
    number of lines least; numbers and words stay whole.

    Args:
        room: half-width columns that fit across the page. What words and numbers need may be more: then
            the letters should be smaller (see ``least``).
    """
    low = _least(table)
    lengths = [list(map(_line, cells)) for cells in _columns(table)]
    wanted = [max(one, *found) for one, found in zip(low, lengths, strict=True)]
    weights = [sum(length**2 for length in found) ** (1 / 3) for found in lengths]

    def shared(scale: float) -> list[int]:
        sides = zip(low, wanted, weights, strict=True)
        return [max(one, min(want, int(scale * weight))) for one, want, weight in sides]

    room -= GAP * len(low)
    if sum(wanted) <= room:
        return [want + GAP for want in wanted]
    fits, fails = 0.0, float(max(wanted))
    for _ in range(HALVINGS):
        middle = (fits + fails) / 2
        fits, fails = (middle, fails) if sum(shared(middle)) <= room else (fits, middle)
    return [width + GAP for width in shared(fits)]


def least(table: Table) -> int:
    """Half-width columns below which words or numbers would break."""
    return sum(_least(table)) + GAP * len(table.head)


def units(text: str) -> int:
    """Width of a text in half-width columns, with the quarter of a square that is set between scripts."""
    letters = sum(2 if letter in BROAD or east_asian_width(letter) in "WF" else 1 for letter in text)
    return letters + ceil(len(_SEAMS.findall(text)) / 2)


def _columns(table: Table) -> list[Sequence[str]]:
    """The cells of each column, its heading first."""
    rows = [table.head, *(row.cells for row in table.rows if row.kind != "group")]
    return list(zip(*rows, strict=True))


def _least(table: Table) -> list[int]:
    found = []
    for place, (head, *cells) in enumerate(_columns(table)):
        words = place == 0 or place in table.text_columns
        whole = [max(_word(text), min(_line(text), MOST_TEXT)) if words else _line(text) for text in cells]
        found.append(max(_heading(head), *whole) if whole else _heading(head))
    return found


def _heading(text: str) -> int:
    """A heading breaks between words, and Chinese not within its first few characters."""
    if any(letter >= FIRST_WIDE for letter in text):
        return min(units(text), MOST_HEAD)
    return ceil(BOLD * _word(text))


def _line(text: str) -> int:
    """The widest of its lines."""
    return max(map(units, text.split("\n")))


def _word(text: str) -> int:
    """The widest part that should not break: a word or a number; Chinese breaks anywhere."""
    return min(MOST_WORD, max(map(units, _BREAKS.split(text))))
