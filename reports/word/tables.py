"""Tables: a numbered caption above, heads that repeat on every page, rows that stay whole."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ..document.blocks import Row, Table
from ..document.widths import least, widths
from .looks import DENSE_SIZE, TABLE_SIZE
from .paragraphs import paragraph, runs
from .styles import GROUND, TABLE
from .xml import Element, clean, node

DENSE_ROWS = 40  # from so many on, letters are smaller
KEPT_LINES = 12  # a table of at most so many lines is not parted
RULE = {"val": "single", "sz": 4, "space": 0, "color": "7F7F7F"}


def table(block: Table, width: int, description: str) -> Element:
    """The table itself, without caption and source.

    Args:
        width: of the text block, in twips.
        description: what programs read aloud who cannot see it.
    """
    dense = len(block.rows) >= DENSE_ROWS or least(block) > _room(width, TABLE_SIZE)
    style = "TableTextDense" if dense else "TableText"
    columns = _columns(block, width, DENSE_SIZE if dense else TABLE_SIZE)
    kept = sum(max(cell.count("\n") + 1 for cell in row.cells) for row in block.rows) <= KEPT_LINES
    made = node("tbl", _properties(block, width, description), _grid(columns))
    made.append(_head(block, columns, style))
    for place, row in enumerate(block.rows):
        last = place == len(block.rows) - 1
        keep = (kept or row.kind == "group") if not last else bool(block.source)
        if row.kind == "group":
            made.append(_group(row, columns, style, keep))
        else:
            made.append(_row(block, row, columns, style, keep))
    return made


def _properties(block: Table, width: int, description: str) -> Element:
    return node(
        "tblPr",
        node("tblStyle", val=TABLE),
        node("tblW", w=width, type="dxa"),
        node("tblLayout", type="fixed"),
        node("tblLook", val="0020", firstRow=1, lastRow=0, firstColumn=0, lastColumn=0, noHBand=1, noVBand=1),
        node("tblCaption", val=clean(block.caption)),
        node("tblDescription", val=clean(description)),
    )


def _grid(columns: Sequence[int]) -> Element:
    return node("tblGrid", *(node("gridCol", w=width) for width in columns))


def _head(block: Table, columns: Sequence[int], style: str) -> Element:
    cells = (
        _cell(text, width, style, left=place in block.text_columns, keep=True, bottom=True)
        for place, (text, width) in enumerate(zip(block.head, columns, strict=True))
    )
    return node("tr", node("trPr", node("cantSplit"), node("tblHeader")), *cells)


def _row(block: Table, row: Row, columns: Sequence[int], style: str, keep: bool) -> Element:
    total = row.kind == "total"
    cells = (
        _cell(text, width, style, left=place in block.text_columns, keep=keep, total=total)
        for place, (text, width) in enumerate(zip(row.cells, columns, strict=True))
    )
    return node("tr", node("trPr", node("cantSplit")), *cells)


def _group(row: Row, columns: Sequence[int], style: str, keep: bool) -> Element:
    """A row of one cell: its first line stands out."""
    first, _, rest = row.cells[0].partition("\n")
    lines = [_line(first, style, left=True, keep=keep, strong=True)]
    if rest:
        lines.append(_line(rest, style, left=True, keep=keep))
    properties = node(
        "tcPr",
        node("tcW", w=sum(columns), type="dxa"),
        node("gridSpan", val=len(columns)),
        node("shd", val="clear", color="auto", fill=GROUND),
    )
    return node("tr", node("trPr", node("cantSplit")), node("tc", properties, *lines))


def _cell(
    text: str, width: int, style: str, *, left: bool, keep: bool, bottom: bool = False, total: bool = False
) -> Element:
    properties = node(
        "tcPr",
        node("tcW", w=width, type="dxa"),
        node("tcBorders", node("top", **RULE)) if total else None,
        node("vAlign", val="bottom") if bottom else None,
    )
    return node("tc", properties, _line(text, style, left=left, keep=keep, strong=total))


def _line(text: str, style: str, *, left: bool, keep: bool, strong: bool = False) -> Element:
    properties = [node("keepNext")] if keep else []
    if not left:
        properties.append(node("jc", val="right"))
    return paragraph(style, *runs(text, strong=strong), properties=properties)


def _room(width: int, size: float) -> float:
    """Half-width columns of letters of ``size`` points that fit into so many twips."""
    return width / (10 * size)


def _columns(block: Table, width: int, size: float) -> list[int]:
    """Widths in twips that fill the page."""
    shares = widths(block, _room(width, size))
    edges = [round(width * sum(shares[:place]) / sum(shares)) for place in range(len(shares) + 1)]
    return [right - left for left, right in pairwise(edges)]
