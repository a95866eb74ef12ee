"""Numbers of tables and figures, and the places in the text that refer to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..messages import Lang, say
from .blocks import Block, Figure, Paragraph, Table, label

STOPS = "。.：:"


def numbered(blocks: Iterable[Block], lang: Lang) -> tuple[Block, ...]:
    """The blocks with tables and figures numbered in their order, and named where the text refers to them.

    A reference to what is not there is left out.
    """
    counts = {Table: 0, Figure: 0}
    counted: list[Block] = []
    for block in blocks:
        if isinstance(block, Table | Figure):
            counts[type(block)] += 1
            block = replace(block, number=counts[type(block)])
        counted.append(block)
    labels = {block.id: label(lang, block) for block in counted if isinstance(block, Table | Figure)}
    return tuple(_referring(b, labels, lang) if isinstance(b, Paragraph) else b for b in counted)


def _referring(paragraph: Paragraph, labels: Mapping[str, str], lang: Lang) -> Paragraph:
    """A paragraph that names, before its last stop, what it refers to."""
    see = tuple(name for name in paragraph.see if name in labels)
    if not see:
        return replace(paragraph, see=())
    named = say(lang, "list.names").join(labels[name] for name in see)
    text = paragraph.text.rstrip()
    stop = text[-1:] if text[-1:] in STOPS else ""
    text = text.removesuffix(stop) + say(lang, "document.see", labels=named) + stop
    return Paragraph(text, paragraph.tone, see)
