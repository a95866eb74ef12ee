"""What the template of the PDF reads: a document as plain JSON values, with its pictures beside it."""

from __future__ import annotations

import re
from dataclasses import asdict
from functools import cache
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from ... import __version__
from ..charts.style import font_path
from ..document.blocks import Block, Code, Contents, Document, Figure, Heading, Paragraph, Table, label
from ..messages import Lang, say

NO_GLYPH = "□"  # stands for a character that no font at hand can draw
LATIN_EXTENDED = range(0x0100, 0x0180)  # drawn by the serif font that typst brings
PAGE_UNITS = 110  # Latin characters that fit across a table
GAP_UNITS = 2  # between columns
LEAST_UNITS = 6
MOST_TOKEN = 16  # a longer word is broken
MOST_NUMBER = 28  # so is a longer number
LONG_CONTENTS = 50  # entries that may go over a page's end
LONG_ROW = 1200  # characters of a row that may go over a page's end
MOST_LEAD = 400  # characters
MOST_SHORT = 60  # characters of a title that fit in the head of a page


def data_of(document: Document, folder: Path) -> dict[str, Any]:
    """A document as the template reads it; pictures are copied into ``folder``."""
    lang = document.lang
    blocks = []
    level = 0
    entries = sum(isinstance(block, Heading) for block in document.blocks)
    for block, following in zip_longest(document.blocks, document.blocks[1:]):
        made = _data(block, lang, folder, entries)
        if isinstance(block, Heading):  # no level may be skipped, or readers lose their way
            level = made["level"] = min(block.level, level + 1, 3)
        elif isinstance(block, Paragraph):  # a lead stays with its table
            made["sticky"] = isinstance(following, Table | Code) and len(block.text) <= MOST_LEAD
        blocks.append(made)
    title = " ".join(document.title.split())
    running = title if len(title) <= MOST_SHORT else f"{title[: MOST_SHORT - 1]}…"
    content = {
        "lang": lang,
        "author": f"roomfold {__version__}",
        "keywords": [f"roomfold run {document.run}"],
        "kind": document.kind,
        "title": title,
        "running": running,
        "summary": document.summary,
        "edition": document.edition,
        "footer": say(lang, "pdf.run", run=document.run),
        "page": say(lang, "pdf.page", page="{page}", pages="{pages}"),
        "blocks": blocks,
    }
    found: dict[str, Any] = _drawable(content)
    return found


def _data(block: Block, lang: Lang, folder: Path, entries: int) -> dict[str, Any]:
    """A block as plain values, with its type and what the template cannot work out."""
    values = {"type": type(block).__name__.lower(), **asdict(block)}
    if isinstance(block, Figure):
        name = f"figure-{block.number}.svg"
        drawn = _drawable(block.svg.read_text("utf-8"))
        (folder / name).write_text(drawn, encoding="utf-8")
        del values["svg"], values["png"]
        values |= {"file": name, "label": label(lang, block)}
    elif isinstance(block, Contents):
        values["long"] = entries > LONG_CONTENTS
    elif isinstance(block, Table):
        for row in values["rows"]:
            row["long"] = sum(map(len, row["cells"])) > LONG_ROW
        values |= {"widths": _widths(block), "label": label(lang, block)}
    return values


def _widths(table: Table) -> list[int]:
    """Widths of columns in Latin characters: as long as their cells, evenly cut where the page ends."""
    rows = [row.cells for row in table.rows if row.kind != "group"]
    least, wanted = [], []
    for column, head in enumerate(table.head):
        cells = [row[column] for row in rows if column < len(row)]
        low = max(LEAST_UNITS, *map(_longest_word, [head, *cells]))
        if column and column not in table.text_columns:
            low = max(low, min(MOST_NUMBER, max(map(_units, cells), default=0)))
        least.append(low + GAP_UNITS)
        wanted.append(max(low, *map(_units, [head, *cells])) + GAP_UNITS)
    cap = max(wanted)
    while sum(min(cap, want) for want in wanted) > PAGE_UNITS and cap > LEAST_UNITS:
        cap -= 1
    return [max(low, min(cap, want)) for low, want in zip(least, wanted, strict=True)]


def _longest_word(text: str) -> int:
    words = re.split(r"[\s/._-]|(?<=[^\x00-\x7f])", text)
    return min(MOST_TOKEN, max(map(_units, words)) + 1)


def _units(text: str) -> int:
    """Width of the longest line of a text in Latin characters."""
    lines = text.splitlines() or [""]
    return max(sum(2 if east_asian_width(letter) in "WF" else 1 for letter in line) for line in lines)


def _drawable(value: Any) -> Any:
    """Texts without characters that no font draws, wherever they stand."""
    if isinstance(value, str):
        return "".join(letter if ord(letter) in _known() else NO_GLYPH for letter in value)
    if isinstance(value, dict):
        return {key: _drawable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_drawable(item) for item in value]
    return value


@cache
def _known() -> frozenset[int]:
    """Characters that the fonts draw, and the ends of lines."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types

    with TTFont(font_path(), lazy=True) as font:
        return frozenset(chain(font.getBestCmap(), LATIN_EXTENDED, map(ord, "\t\n")))
