"""Writes the template: lists to choose from, ranges, dates, an example that is left out when it is read."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ...check import columns
from ..faults import fault
from ..record import Record
from . import guide
from .columns import SHEETS, Field, Sheet
from .example import LANG, Lang

CREATED = datetime(1980, 1, 1)  # as in the archive's entries: the same bytes whenever it is made
ROWS = 2000  # that are prepared for filling in
_FONT: dict[Lang, str] = {"en": "Calibri", "zh": "等线"}
_HEAD = {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1}
_STYLES: dict[str, dict[str, Any]] = {
    "required": {**_HEAD, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "border_color": "#7F7F7F"},
    "optional": {**_HEAD, "bg_color": "#D9E5EE", "border_color": "#7F7F7F"},
    "title": {"bold": True, "font_size": 15, "font_color": "#00395D"},
    "note": {"text_wrap": True, "valign": "top"},
    "line": {"text_wrap": True, "valign": "vcenter", "bottom": 1, "border_color": "#BFBFBF"},
    "cell": {},
    "example": {"italic": True, "font_color": "#7F7F7F", "bg_color": "#EDEDED"},
    "twice": {"bg_color": "#F8CBAD"},
}
_FORMS = {"number": "#,##0.##########", "whole": "#,##0", "share": "0.##%", "date": "yyyy-mm-dd"}
_WIDTHS = {"key": 30, "refer": 26, "text": 18, "choice": 17, "open": 12, "flag": 11, "level": 9, "date": 12}
_NUMBER_WIDTH = 13
_WIDE = {"model": 26, "cpu_model": 28, "site": 22, "asset_id": 14, "curve": 14, "power_state": 9}
_GUIDE_WIDTHS = (22, 28, 10, 66, 62)
_LINE = 15.0  # height in points
_PAGE = 260  # widths of a page's columns together, to be read when printed
_REFERS = {"room": "rooms", "system": "systems", "host": "hosts"}
_ASIDE: dict[Lang, tuple[str, str]] = {
    "en": ("Please look again", "{title}: {values}"),
    "zh": ("请核对", "{title}：{values}"),
}
_OF_SHEET: dict[Lang, str] = {"en": "a name from the sheet {sheet}", "zh": "“{sheet}”表中的名称"}


def write_template(
    path: Path,
    lang: Lang,
    *,
    rooms: Sequence[Record] = (),
    systems: Sequence[Record] = (),
    servers: Sequence[Record] = (),
    hosts: Sequence[Record] = (),
) -> None:
    """Write the template, whole or not at all.

    Raises:
        InputError: it cannot be written.
    """
    made = template(lang, rooms=rooms, systems=systems, servers=servers, hosts=hosts)
    draft = path.with_name(path.name + ".part")
    try:
        draft.write_bytes(made)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise fault(str(path), f"cannot be written ({error.strerror})") from None


def template(
    lang: Lang,
    *,
    rooms: Sequence[Record] = (),
    systems: Sequence[Record] = (),
    servers: Sequence[Record] = (),
    hosts: Sequence[Record] = (),
) -> bytes:
    """The template as an xlsx file; with an example in each sheet where no records are given."""
    import xlsxwriter  # type: ignore[import-untyped]  # ships no types; and only this command needs it

    held = io.BytesIO()
    workbook = xlsxwriter.Workbook(held, {"constant_memory": True, "strings_to_urls": False})
    workbook.formats[0].set_font_name(_FONT[lang])
    given = {"rooms": rooms, "systems": systems, "servers": servers, "hosts": hosts}
    empty = not any(given.values())
    pages = {sheet.key: workbook.add_worksheet(sheet.name(lang)) for sheet in SHEETS}
    draw = _Draw(workbook, lang)
    for sheet in SHEETS:
        draw.sheet(pages[sheet.key], sheet, given[sheet.key], empty)
    draw.guide(workbook.add_worksheet(guide.NAME[lang]))
    workbook.set_properties({"title": guide.TITLE[lang], "author": "roomfold", "created": CREATED})
    workbook.close()
    return held.getvalue()


class _Draw:
    """Draws sheets in one language."""

    def __init__(self, workbook: Any, lang: Lang) -> None:
        self._workbook, self._lang = workbook, lang
        self._styles: dict[tuple[str, str], Any] = {}

    def sheet(self, page: Any, sheet: Sheet, records: Sequence[Record], empty: bool) -> None:
        """One sheet of records; an example where the whole template is empty."""
        last = max(ROWS, len(records) + ROWS // 2)
        page.freeze_panes(1, 1)
        page.set_row(0, 48)
        for column, field in enumerate(sheet.fields):
            page.set_column(column, column, _width(field), self._style("cell", _form(field)))
            page.data_validation(1, column, last, column, self._rule(field, last))
        page.conditional_format(1, 0, last, 0, {"type": "duplicate", "format": self._style("twice")})
        for column, field in enumerate(sheet.fields):
            style = "required" if field.required else "optional"
            title = field.title(self._lang) + ("*" if field.required else "")
            page.write_string(0, column, title, self._style(style))
        if empty:
            self._row(page, 1, sheet, [field.example[LANG[self._lang]] for field in sheet.fields], "example")
        for row, record in enumerate(records, start=1):
            values = [getattr(record, field.heading.field) for field in sheet.fields]
            self._row(page, row, sheet, values, "cell")
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(math.ceil(sum(map(_width, sheet.fields)) / _PAGE), 0)
        page.repeat_rows(0)
        page.repeat_columns(0)

    def guide(self, page: Any) -> None:
        """The explanations."""
        page.hide_gridlines(2)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        for column, width in enumerate(_GUIDE_WIDTHS):
            page.set_column(column, column, width)
        page.set_row(0, 28)
        page.write_string(0, 0, guide.TITLE[self._lang], self._style("title"))
        lines = guide.LINES[self._lang]
        for row, line in enumerate(lines, start=1):
            page.write_string(row, 0, f"{row}. {line}")
        top = len(lines) + 2
        for column, title in enumerate(guide.HEADER[self._lang]):
            page.write_string(top, column, title, self._style("optional"))
        for row, cells in enumerate(guide.rows(self._lang), start=top + 1):
            lines_of = [columns(cell) / width for cell, width in zip(cells, _GUIDE_WIDTHS, strict=True)]
            page.set_row(row, _LINE * max(1, math.ceil(max(lines_of))))
            for column, cell in enumerate(cells):
                page.write_string(row, column, cell, self._style("line"))

    def _row(self, page: Any, row: int, sheet: Sheet, values: Sequence[Any], style: str) -> None:
        for column, (field, value) in enumerate(zip(sheet.fields, values, strict=True)):
            form = self._style(style, _form(field))
            shown = "" if value is None or value == () else field.shown(value, self._lang)
            if shown == "":
                if style == "example":
                    page.write_blank(row, column, None, form)
            elif isinstance(shown, date):
                page.write_datetime(row, column, shown, form)
            elif isinstance(shown, str):
                page.write_string(row, column, shown, form)
            else:
                page.write_number(row, column, shown, form)

    def _rule(self, field: Field, last: int) -> dict[str, Any]:
        """What Excel lets into a cell, and what it says beside it."""
        at = LANG[self._lang]
        title, about = field.title(self._lang), field.about[at]
        takes = guide.values(field, self._lang)
        rule = {"input_title": title[:32], "input_message": about[:255], **self._limits(field, last)}
        if field.kind == "refer":
            sheet = next(each for each in SHEETS if each.key == _REFERS[field.heading.field])
            takes = _OF_SHEET[self._lang].format(sheet=sheet.name(self._lang))
        head, text = _ASIDE[self._lang]
        if rule["validate"] != "any":
            rule["error_title"] = head
            rule["error_message"] = text.format(title=title, values=takes)[:255]
        return rule

    def _limits(self, field: Field, last: int) -> Mapping[str, Any]:
        if field.kind in ("choice", "flag", "level"):
            return {"validate": "list", "source": field.choices(self._lang)}
        if field.kind == "open":
            return {"validate": "list", "source": field.choices(self._lang), "error_type": "warning"}
        if field.kind == "refer":
            sheet = next(each for each in SHEETS if each.key == _REFERS[field.heading.field])
            source = f"='{sheet.name(self._lang)}'!$A$2:$A${last + 1}"
            return {"validate": "list", "source": source, "error_type": "warning"}
        if field.kind == "date":
            return {
                "validate": "date",
                "criteria": "between",
                "minimum": date(1980, 1, 1),
                "maximum": date(2100, 12, 31),
            }
        if field.kind in ("number", "whole", "share"):
            return {
                "validate": "integer" if field.kind == "whole" else "decimal",
                "criteria": "between",
                "minimum": field.shown(field.low, self._lang),
                "maximum": field.shown(field.high, self._lang),
            }
        return {"validate": "any"}

    def _style(self, style: str, form: str = "") -> Any:
        if (style, form) not in self._styles:
            settings = {"font_name": _FONT[self._lang], **_STYLES[style]}
            if form:
                settings["num_format"] = form
            self._styles[style, form] = self._workbook.add_format(settings)
        return self._styles[style, form]


def _form(field: Field) -> str:
    """How a cell shows its number; texts stay texts, whatever they look like."""
    if field.kind in ("text", "key", "refer"):
        return "@"
    return _FORMS.get(field.kind, "")


def _width(field: Field) -> float:
    return _WIDE.get(field.heading.field, _WIDTHS.get(field.kind, _NUMBER_WIDTH))
