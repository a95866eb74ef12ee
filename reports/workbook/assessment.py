"""The machines in the lists that an estate was read from: readiness, its reasons, and both sizes."""

from __future__ import annotations

from ...scenarios.assessed import Assessed
from ..assessment import AMOUNTS, Judged, assessment_words, readiness_counts, reason_counts, size_counts
from .book import Cell, Sheet
from .facts import Facts

_WIDTH = 6


def write_assessment(sheet: Sheet, facts: Facts) -> None:
    """Three tables, one below the other; every share is a formula."""
    scenario = facts.statement.scenario
    words, found = assessment_words(scenario, facts.lang), scenario.assessment
    assert words is not None and found is not None
    sheet.columns(84, 18, 16, 14, 14, 18)
    row = sheet.begin(facts.say("assessment.title"), words.lead, *words.notes, width=_WIDTH)
    tables = {table.id: table for table in words.tables}
    row, total = _readiness(sheet, found, tables["assessment-readiness"], row)
    if "assessment-reasons" in tables:
        row = _reasons(sheet, found, tables["assessment-reasons"], row, total)
    row = _sizes(sheet, found, tables["assessment-sizes"], row)
    sheet.finish(row, _WIDTH - 1)


def _begin(sheet: Sheet, table: Judged, row: int) -> int:
    """Caption, lead and head of a table; the row under them."""
    sheet.section(row, table.caption, _WIDTH)
    sheet.note(row + 1, table.lead, _WIDTH)
    sheet.head(row + 2, table.head)
    return row + 3


def _readiness(sheet: Sheet, found: Assessed, table: Judged, row: int) -> tuple[int, Cell]:
    """Returns the next free row and the cell with the number of machines."""
    first = _begin(sheet, table, row)
    last = first + len(table.rows) - 1
    for i, (cells, count) in enumerate(zip(table.rows, readiness_counts(found), strict=True), start=first):
        sheet.text(i, 0, cells[0], "label")
        sheet.number(i, 1, count, "whole")
    sheet.text(last + 1, 0, "", "label")
    total = sheet.sum(last + 1, 1, sheet.area(first, 1, last, 1), "whole")
    for i in range(first, last + 1):
        _part(sheet, i, 2, sheet.cell(i, 1), total)
    return last + 3, total


def _reasons(sheet: Sheet, found: Assessed, table: Judged, row: int, total: Cell) -> int:
    row = _begin(sheet, table, row)
    for cells, (_, count) in zip(table.rows, reason_counts(found), strict=True):
        sheet.row_of(row, {0: cells[0], 1: cells[1]})
        _part(sheet, row, 3, sheet.number(row, 2, count, "whole"), total)
        row += 1
    return row + 1


def _sizes(sheet: Sheet, found: Assessed, table: Judged, row: int) -> int:
    row = _begin(sheet, table, row)
    for cells, name in zip(table.rows, AMOUNTS, strict=True):
        as_is, by_use, *machines = size_counts(found, name)
        sheet.text(row, 0, cells[0], "label")
        before, after = sheet.number(row, 1, as_is, "whole"), sheet.number(row, 2, by_use, "whole")
        saved = 1 - after.number / before.number if before.number else None
        old, new = (cell.ref.replace("$", "") for cell in (before, after))
        sheet.formula(row, 3, f'=IF({old}=0,"–",1-{new}/{old})', saved, "share")
        for col, count in enumerate(machines, start=4):
            sheet.number(row, col, count, "whole")
        row += 1
    return row


def _part(sheet: Sheet, row: int, col: int, count: Cell, total: Cell) -> None:
    """A share of all machines."""
    value = count.number / total.number if total.number else None
    part = count.ref.replace("$", "")
    sheet.formula(row, col, f'=IF({total.ref}=0,"–",{part}/{total.ref})', value, "share")
