"""A report as a list of blocks in one language, before it becomes a Word file or a PDF.

Whoever composes a document decides what stands in it and in which order; whoever writes it decides how
that looks. Numbers of figures and tables are given when it is composed, so that every form has the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..messages import Lang, say

RowKind = Literal["plain", "total", "group"]
Tone = Literal["plain", "lead", "note", "caution"]


@dataclass(frozen=True)
class Heading:
    """A heading; ``level`` 1 is a chapter, 2 a section in it. ``id`` is the same in every language.

    Whoever writes the document numbers the headings: 一、 and （一） in Chinese, 1 and 1.1 in English.
    """

    level: int
    text: str
    id: str


@dataclass(frozen=True)
class Paragraph:
    """Plain text. ``tone`` says what it is: the finding in one sentence, a note, a warning.

    Attributes:
        see: ids of tables and figures that the text refers to; ``label`` of each stands at its end.
    """

    text: str
    tone: Tone = "plain"
    see: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bullets:
    """Sentences of equal rank."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A row of a table: its head first. A ``group`` row has one cell, which spans the table.

    A line feed in a cell starts a line.
    """

    cells: tuple[str, ...]
    kind: RowKind = "plain"


@dataclass(frozen=True)
class Table:
    """A table with a number and a caption above it, and a source below it where there is one.

    Attributes:
        id: the same in every language, made for citing.
        text_columns: columns that hold words, and stand at the left; the first always does.
    """

    id: str
    number: int
    caption: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    text_columns: tuple[int, ...] = (0,)
    source: str = ""


@dataclass(frozen=True)
class Figure:
    """A chart with a number. The picture itself says what it finds, so the caption only names it.

    Attributes:
        id: name of the chart, the same in every language.
        name: what it shows in a few words, for the caption.
        title: what it finds, in one sentence, as it stands in the picture.
        note: how to read it and how it was computed.
        alt: what it shows, for readers who do not see it.
    """

    id: str
    number: int
    name: str
    title: str
    note: str
    alt: str
    svg: Path
    png: Path


@dataclass(frozen=True)
class Code:
    """A command, to be typed as it stands."""

    text: str


@dataclass(frozen=True)
class Contents:
    """Where the table of contents stands."""

    text: str


Block = Heading | Paragraph | Bullets | Table | Figure | Code | Contents


def label(lang: Lang, block: Table | Figure) -> str:
    """What a table or figure is called in the text and before its caption: Table 1, 图1."""
    return say(lang, f"document.{'table' if isinstance(block, Table) else 'figure'}", number=block.number)


@dataclass(frozen=True)
class Document:
    """A whole report in one language.

    Attributes:
        kind: what sort of document it is, for the line above the title.
        edition: run, worlds, prices and version in one line.
        run: id of the run, which stands in every footer.
    """

    lang: Lang
    kind: str
    title: str
    summary: str
    edition: str
    run: str
    blocks: Sequence[Block]
