"""What the template of the PDF reads: a document as plain JSON values, with its pictures beside it."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from ... import __version__
from ..charts.font import font_path
from ..document.blocks import Block, Code, Contents, Document, Figure, Heading, Paragraph, Table, label
from ..document.widths import least, widths
from ..messages import Lang, say

NO_GLYPH = "□"  # stands for a character that no font at hand can draw
LATIN_EXTENDED = range(0x0100, 0x0180)  # drawn by the serif font that typst brings
PAGE_UNITS = 110  # half-width columns across a table, in its usual letters
LETTERS_PT, LEAST_LETTERS_PT = 8.5, 6.0
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
        "page": say(lang, "document.page", page="{page}", pages="{pages}"),
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
        letters_pt = max(LEAST_LETTERS_PT, LETTERS_PT * min(1.0, PAGE_UNITS / least(block)))
        room = PAGE_UNITS * LETTERS_PT / letters_pt
        values |= {"letters": letters_pt, "widths": widths(block, room), "label": label(lang, block)}
    return values


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
