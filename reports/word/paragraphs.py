"""Paragraphs, and what stands in them: runs of text, fields that Word computes, bookmarks and links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from docx.oxml.ns import qn

from .xml import Element, clean, node, text_node, wide


def paragraph(style: str, *inside: Element, properties: Sequence[Element] = ()) -> Element:
    """A paragraph of a style; ``properties`` in the order of the schema."""
    return node("p", node("pPr", node("pStyle", val=style), *properties), *inside)


def runs(text: str, *, strong: bool = False) -> list[Element]:
    """Text as runs; a line feed starts a line."""
    found: list[Element] = []
    for place, line in enumerate(clean(text).split("\n")):
        if place:
            found.append(node("r", node("br")))
        if line:
            found.append(node("r", _properties(line, strong), text_node(line)))
    return found


def field(instruction: str, result: Iterable[Element]) -> list[Element]:
    """A field with its result filled in; Word computes it again when asked, or when it lays out pages."""
    return [*opened(instruction), *result, closed()]


def opened(instruction: str) -> list[Element]:
    """The start of a field whose result goes over many paragraphs, up to ``closed``."""
    made = node("instrText")
    made.text = f" {instruction} "
    made.set(qn("xml:space"), "preserve")
    return [_mark("begin"), node("r", made), _mark("separate")]


def closed() -> Element:
    """The end of a field."""
    return _mark("end")


def bookmark(name: str, number: int, inside: Iterable[Element]) -> list[Element]:
    """A name for a place; ``number`` is its own in the whole document."""
    return [node("bookmarkStart", id=number, name=name), *inside, node("bookmarkEnd", id=number)]


def link(anchor: str, inside: Iterable[Element]) -> Element:
    """A link to a bookmark."""
    return node("hyperlink", *inside, anchor=anchor, history=1)


def _properties(text: str, strong: bool) -> Element | None:
    """Properties of a run; the hint makes quotation marks in Chinese text as wide as its characters."""
    parts = [
        node("rStyle", val="Strong") if strong else None,
        node("rFonts", hint="eastAsia") if wide(text) else None,
    ]
    return node("rPr", *parts) if any(part is not None for part in parts) else None


def _mark(kind: str) -> Element:
    return node("r", node("fldChar", fldCharType=kind))
