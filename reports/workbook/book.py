"""A spreadsheet that remembers what it wrote, so that each formula carries the value it comes to.

Text is never taken for a formula, a number or an address; control characters are dropped.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # ships no types
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell  # type: ignore[import-untyped]  # as above
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # as above

from ...scenarios.check import columns
from ..inert import inert
from ..lines import NOTHING
from ..messages import Lang

Value = float | str | None
Quad = tuple["Cell", "Cell", "Cell", "Cell"]  # P10, P50, P90, mean

CREATED = datetime(1980, 1, 1)  # as in the archive's entries: the same bytes whenever it is made
MOST_CHARACTERS = 32_767
MOST_PROPERTY = 250
_LINE = 15.0  # height of a line in points
_MOST_LINES = 27  # of a row: Excel allows 409 points
_MOST_MEASURED = 4000  # characters
WIDE = 14.0  # a column's width in characters where nothing is said
_PAGE_WIDTH = 980  # pixels between the margins of A4 on its side
_WIDEST = 3000  # pixels that can be read on one such page
_LEAST_SCALE, _MOST_SCALE = 55, 75  # percent

# What a number is called in ``form`` and how it is shown.
_FORMS: dict[str, str] = {
    "whole": "#,##0",
    "one": "#,##0.0",
    "two": "#,##0.00",
    "three": "#,##0.000",
    "share": "0.0%",
    "fine_share": "0.000%",
    "percent": "0%",
    "plain": "0",
    "factor": "0.000000",
    "general": "General",
    "draw": "[>=1000]#,##0.0;[>=1]0.000;0.00000",
}
MONEY: dict[Lang, str] = {"zh": "two", "en": "three"}
ENERGY: dict[Lang, str] = {"zh": "one", "en": "three"}
FONT: dict[Lang, str] = {"zh": "等线", "en": "Calibri"}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 15, "font_color": "#00395D"},
    "section": {"bold": True, "font_size": 12, "font_color": "#00395D", "bottom": 2},
    "note": {"text_wrap": True, "valign": "top", "font_color": "#404040"},
    "head": {
        "bold": True,
        "text_wrap": True,
        "align": "center",
        "valign": "vcenter",
        "bg_color": "#D9E5EE",
        "border": 1,
        "border_color": "#7F7F7F",
    },
    "text": {"text_wrap": True, "valign": "vcenter"},
    "label": {"text_wrap": True, "valign": "vcenter"},
    "bold": {"bold": True, "valign": "vcenter"},
    "strong": {"bold": True, "top": 1, "valign": "vcenter"},
    "input": {"font_color": "#0000C0", "align": "right", "valign": "vcenter"},
    "formula": {"font_color": "#000000", "align": "right", "valign": "vcenter"},
    "total": {"bold": True, "top": 1, "align": "right", "valign": "vcenter"},
    "result": {"bold": True, "align": "right", "valign": "vcenter"},
    "link": {"font_color": "#006100", "align": "right", "valign": "vcenter"},
    "middle": {"align": "center", "valign": "vcenter", "text_wrap": True},
    "unit": {"indent": 1, "valign": "vcenter"},
    "code": {"font_name": "Consolas", "text_wrap": True, "valign": "top"},
}


def clean(text: str) -> str:
    """Text without control characters, as long as a cell may hold (counted in UTF-16 units)."""
    kept = inert(text.replace("\r", ""))
    if len(kept) > MOST_CHARACTERS // 2:
        kept = kept.encode("utf-16-le")[: 2 * MOST_CHARACTERS].decode("utf-16-le", "ignore")
    return kept


@dataclass(frozen=True)
class Cell:
    """A cell and what stands in it."""

    sheet: Sheet
    row: int
    col: int
    value: Value

    @property
    def ref(self) -> str:
        """Its address within the sheet, absolute."""
        return str(xl_rowcol_to_cell(self.row, self.col, row_abs=True, col_abs=True))

    @property
    def full(self) -> str:
        """Its address from any sheet."""
        return f"'{self.sheet.name}'!{self.ref}"

    @property
    def number(self) -> float:
        """Its value; 0 where it holds no number, as formulas take it."""
        return self.value if isinstance(self.value, float) else 0.0


@dataclass(frozen=True)
class Area:
    """A block of cells, ends included."""

    sheet: Sheet
    first_row: int
    first_col: int
    last_row: int
    last_col: int

    @property
    def ref(self) -> str:
        """Its address within the sheet, absolute."""
        return str(xl_range_abs(self.first_row, self.first_col, self.last_row, self.last_col))

    @property
    def full(self) -> str:
        """Its address from any sheet."""
        return f"'{self.sheet.name}'!{self.ref}"

    def numbers(self) -> Iterator[float]:
        """The numbers in it, as SUM and AVERAGE see them."""
        for row in range(self.first_row, self.last_row + 1):
            for col in range(self.first_col, self.last_col + 1):
                if isinstance(found := self.sheet.values.get((row, col)), float):
                    yield found


class Sheet:
    """One sheet; rows and columns count from 0."""

    def __init__(self, book: Book, key: str, name: str, worksheet: Worksheet) -> None:
        self.book = book
        self.key = key  # the same in every language, for citing
        self.name = name
        self.worksheet = worksheet
        self.values: dict[tuple[int, int], Value] = {}
        self.widths: dict[int, float] = {}

    def text(self, row: int, col: int, text: str, style: str = "text") -> None:
        """Text as it stands, whatever it begins with."""
        self.worksheet.write_string(row, col, clean(text), self.book.style(style))

    def number(
        self, row: int, col: int, value: float | None, form: str = "general", style: str = "input"
    ) -> Cell:
        """A number; a dash where it does not exist."""
        if value is None or not math.isfinite(value):
            self.worksheet.write_string(row, col, NOTHING, self.book.style(style, form))
            return self._keep(row, col, NOTHING)
        value = float(value) + 0.0  # no negative zero
        self.worksheet.write_number(row, col, value, self.book.style(style, form))
        return self._keep(row, col, value)

    def formula(
        self, row: int, col: int, formula: str, value: Value, form: str = "general", style: str = "formula"
    ) -> Cell:
        """A formula with the value it comes to."""
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            value = NOTHING
        value = float(value) + 0.0 if isinstance(value, int | float) else value
        self.worksheet.write_formula(row, col, formula, self.book.style(style, form), value)
        return self._keep(row, col, value)

    def link(self, row: int, col: int, cell: Cell, form: str, style: str = "link") -> Cell:
        """What stands in a cell elsewhere."""
        return self.formula(row, col, f"={cell.full}", cell.value, form, style)

    def sum(self, row: int, col: int, area: Area, form: str, style: str = "total") -> Cell:
        """The sum of a block of cells."""
        return self.formula(row, col, f"=SUM({self._seen(area)})", math.fsum(area.numbers()), form, style)

    def mean(self, row: int, col: int, area: Area, form: str, style: str = "formula") -> Cell:
        """The mean of the numbers in a block of cells."""
        found = list(area.numbers())
        return self.formula(
            row, col, f"=AVERAGE({self._seen(area)})", math.fsum(found) / len(found), form, style
        )

    def less(self, row: int, col: int, cell: Cell, other: Cell, form: str, style: str = "formula") -> Cell:
        """One cell minus another."""
        text = f"={self._at(cell)}-{self._at(other)}"
        return self.formula(row, col, text, cell.number - other.number, form, style)

    def area(self, first_row: int, first_col: int, last_row: int, last_col: int) -> Area:
        """A block of cells of this sheet."""
        return Area(self, first_row, first_col, last_row, last_col)

    def cell(self, row: int, col: int) -> Cell:
        """A cell that was written."""
        return Cell(self, row, col, self.values[row, col])

    def begin(self, title: str, *notes: str, width: int = 8) -> int:
        """Title and notes over so many columns, after widths are set; returns the next free row."""
        self.text(0, 0, title, "title")
        self.worksheet.set_row(0, 24)
        for row, note in enumerate(notes, start=1):
            self.note(row, note, width)
        return len(notes) + 2

    def note(self, row: int, text: str, width: int = 8) -> None:
        """A paragraph over so many columns, in a row as high as it needs."""
        style = self.book.style("note")
        if width > 1:
            self.worksheet.merge_range(row, 0, row, width - 1, "", style)
        self.worksheet.write_string(row, 0, clean(text), style)
        room = sum(self.widths.get(col, WIDE) for col in range(width))
        self.worksheet.set_row(row, _LINE * min(lines_of(text, room), _MOST_LINES) + 3)

    def section(self, row: int, text: str, width: int) -> None:
        """A heading over a table."""
        for col in range(width):
            self.text(row, col, text if col == 0 else "", "section")
        self.worksheet.set_row(row, 20)

    def head(self, row: int, labels: Sequence[str], col: int = 0) -> None:
        """The head of a table, as high as its longest label needs."""
        for i, label in enumerate(labels, start=col):
            self.text(row, i, label, "head")
        deep = max(
            (lines_of(x, self.widths.get(i, WIDE) - 1) for i, x in enumerate(labels, start=col)), default=1
        )
        self.worksheet.set_row(row, _LINE * min(deep, 12) + 5)

    def row_of(self, row: int, texts: dict[int, str], style: str = "text") -> None:
        """Texts by column, in a row as high as the longest needs."""
        for col, text in texts.items():
            self.text(row, col, text, style)
        deep = max(lines_of(text, self.widths.get(col, WIDE)) for col, text in texts.items())
        if deep > 1:
            self.worksheet.set_row(row, _LINE * min(deep, _MOST_LINES) + 4)

    def columns(self, *widths: float) -> None:
        """Widths in characters from the first column on."""
        for col, width in enumerate(widths):
            self.widths[col] = width
            self.worksheet.set_column(col, col, width)

    def finish(
        self,
        last_row: int,
        last_col: int,
        head: int | None = None,
        freeze_col: int = 1,
        breaks: Sequence[int] = (),
    ) -> None:
        """Print area and page; the rows up to ``head`` stay in sight and are repeated on paper.

        A sheet too wide for one page runs over several, each with the first column.

        Args:
            breaks: rows that begin a page.
        """
        page = self.worksheet
        page.print_area(0, 0, last_row, last_col)
        page.freeze_panes(0 if head is None else head + 1, freeze_col)
        if head is not None:
            page.repeat_rows(head)
        if last_col > freeze_col:
            page.repeat_columns(0, freeze_col - 1)
        page.set_landscape()
        page.set_paper(9)
        wide = sum(9 * self.widths.get(col, WIDE) + 5 for col in range(last_col + 1))
        if breaks or wide > _WIDEST:  # a sheet that is fitted to a page breaks nowhere else
            page.set_print_scale(int(min(_MOST_SCALE, max(_LEAST_SCALE, 100 * _PAGE_WIDTH / wide))))
            page.set_h_pagebreaks(list(breaks))
        else:
            page.fit_to_pages(1, 0)
        page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        page.set_footer(f"&L&8roomfold {self.book.run}, {self.key}&C&8&A&R&8&P / &N")
        page.hide_gridlines(2)

    def _keep(self, row: int, col: int, value: Value) -> Cell:
        self.values[row, col] = value
        return Cell(self, row, col, value)

    def _seen(self, area: Area) -> str:
        return area.ref.replace("$", "") if area.sheet is self else area.full

    def _at(self, cell: Cell) -> str:
        return cell.ref.replace("$", "") if cell.sheet is self else cell.full


class Book:
    """A workbook in the making."""

    def __init__(self, run: str, lang: Lang) -> None:
        self.run = run
        self.lang = lang
        self._bytes = io.BytesIO()
        self.workbook = xlsxwriter.Workbook(
            self._bytes,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self.workbook.formats[0].set_font_name(FONT[lang])
        self._styles: dict[tuple[str, str], Any] = {}
        self.sheets: dict[str, Sheet] = {}

    def add(self, key: str, name: str) -> Sheet:
        """A new sheet, at the end."""
        sheet = Sheet(self, key, name, self.workbook.add_worksheet(name))
        self.sheets[key] = sheet
        return sheet

    def style(self, style: str, form: str = "general") -> Any:
        """A format of cells, made once."""
        if (style, form) not in self._styles:
            settings = {"font_name": FONT[self.lang], "num_format": _FORMS[form], **_STYLES[style]}
            self._styles[style, form] = self.workbook.add_format(settings)
        return self._styles[style, form]

    def name(self, name: str, cell: Cell) -> None:
        """A name for a cell."""
        self.workbook.define_name(name, f"={cell.full}")

    def close(self, title: str, subject: str, keywords: str) -> bytes:
        """The finished file."""
        words = {"title": title, "subject": subject, "keywords": keywords}
        plain = {key: clean(text).replace("\n", " ")[:MOST_PROPERTY] for key, text in words.items()}
        self.workbook.set_properties({**plain, "author": "roomfold", "created": CREATED})
        self.workbook.set_calc_mode("auto")
        self.workbook.close()
        return self._bytes.getvalue()


def lines_of(text: str, width: float) -> int:
    """Lines that a text takes in a column of a width; rather one too many."""
    parts = clean(text[:_MOST_MEASURED]).split("\n")
    return sum(max(1, math.ceil(columns(part) * 1.15 / max(width, 1))) for part in parts)


def column_name(col: int) -> str:
    """Letters of a column."""
    return str(xl_rowcol_to_cell(0, col)).rstrip("1")
