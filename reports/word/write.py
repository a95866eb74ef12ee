"""A document as a Word file: every block as paragraphs and tables, in its order."""

from __future__ import annotations

from collections.abc import Iterator

from docx.document import Document as WordFile

from ..document.blocks import (
    Block,
    Bullets,
    Code,
    Contents,
    Document,
    Figure,
    Heading,
    Paragraph,
    Table,
    label,
)
from ..messages import say
from . import numbers, styles
from .figures import figure
from .furniture import anchor, contents, cover, dress
from .looks import PAGES, twips
from .package import describe, empty, packed
from .paragraphs import bookmark, field, paragraph, runs
from .tables import table
from .xml import Element, node

TONES = {"plain": "BodyText", "lead": "Lead", "note": "Note", "caution": "Caution"}
FIRST_LABEL = 100_000  # numbers of bookmarks: headings from 0 on, labels from here


def word(document: Document) -> bytes:
    """The document as a ``.docx`` file; the same document gives the same bytes.

    Chapters, tables and figures are numbered by Word's own means, with the numbers filled in.
    """
    file = empty()
    describe(file, document)
    styles.fill(file.styles.element, document.lang)
    numbers.fill(file.part.numbering_part.element, document.lang)
    body = file.element.body
    end = body.sectPr
    for element in _Writer(file, document).elements():
        end.addprevious(element)
    dress(file.sections[0], document)
    return packed(file)


class _Writer:
    """Turns blocks into elements of one file."""

    def __init__(self, file: WordFile, document: Document) -> None:
        self._file, self._document, self._lang = file, document, document.lang
        self._page = PAGES[document.lang]
        self._headings = [block for block in document.blocks if isinstance(block, Heading)]
        self._numbered = {b.id: b for b in document.blocks if isinstance(b, Table | Figure)}
        self._place = -1  # of the last heading
        self._labels = FIRST_LABEL

    def elements(self) -> Iterator[Element]:
        """Everything from the cover on; findings, contents and what follows them begin pages."""
        yield from cover(self._document)
        new_page = True
        for block in self._document.blocks:
            if isinstance(block, Heading):
                yield self._heading(block, new_page)
                new_page = False
                continue
            yield from self._block(block)
            new_page = isinstance(block, Contents)

    def _block(self, block: Block) -> Iterator[Element]:
        match block:
            case Paragraph():
                yield paragraph(TONES[block.tone], *self._referring(block))
            case Bullets():
                for item in block.items:
                    yield paragraph("ListBullet", *runs(item))
            case Table():
                yield from self._table(block)
            case Figure():
                yield figure(self._file.part, block, self._page, self._document.run)
                yield self._caption(block, block.name, block.note)
                if block.note:
                    yield paragraph("FigureNote", *runs(block.note))
            case Code():
                yield paragraph("Code", *runs(block.text))
            case Contents():
                yield from contents(block, self._headings, self._lang)

    def _heading(self, block: Heading, new_page: bool) -> Element:
        self._place += 1
        inside = bookmark(anchor(self._place), self._place, runs(block.text))
        properties = [node("pageBreakBefore")] if new_page else []
        return paragraph(f"Heading{min(block.level, 3)}", *inside, properties=properties)

    def _table(self, block: Table) -> Iterator[Element]:
        yield self._caption(block, block.caption, "table")
        description = f"{block.caption} (roomfold run {self._document.run}, table {block.id})"
        yield table(block, twips(self._page.width_mm), description)
        # Two tables without a paragraph between them would be one.
        yield paragraph("Source" if block.source else "TableEnd", *runs(block.source))

    def _caption(self, block: Table | Figure, text: str, more: str) -> Element:
        """Label and text; ``more`` says whether something follows that stays on its page."""
        before, number, after = label(self._lang, block).rpartition(str(block.number))
        counted = field(rf"SEQ {before.strip()} \* ARABIC", runs(number))
        self._labels += 1
        named = bookmark(_reference(block), self._labels, [*runs(before), *counted, *runs(after)])
        gap = say(self._lang, "document.caption.gap")
        properties = [node("keepNext")] if more else []
        return paragraph("Caption", *named, *runs(gap), *runs(text), properties=properties)

    def _referring(self, block: Paragraph) -> list[Element]:
        """Text in which labels of tables and figures, which stand at its end, are cross-references."""
        text = block.text
        made: list[Element] = []
        for name in reversed(block.see):
            found = self._numbered[name]
            before, _, after = text.rpartition(label(self._lang, found))
            shown = field(rf"REF {_reference(found)} \h", runs(label(self._lang, found)))
            made = [*shown, *runs(after), *made]
            text = before
        return [*runs(text), *made]


def _reference(block: Table | Figure) -> str:
    return f"_Ref{type(block).__name__}{block.number}"
