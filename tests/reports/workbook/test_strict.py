"""Excel is not at hand: what it is strict about is checked on the XML, by code that knows no writer."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from roomfold.reports.messages import LANGS, Lang
from roomfold.reports.statement import state
from roomfold.reports.workbook import workbook
from roomfold.scenarios.terms import Text

from ..document_study import COMMAND, ruled_study
from ..office.package import changed
from ..office.spreadsheet import faults

HOSTILE = '=HYPERLINK("http://x")\'!A1<&>\x07' + "名" * 200


@cache
def book(lang: Lang) -> bytes:
    return workbook(state(ruled_study()), ruled_study(), lang, COMMAND)


@pytest.mark.parametrize("lang", LANGS)
def test_excel_finds_nothing_to_repair(lang: Lang) -> None:
    assert faults(book(lang)) == []


SPOILT = {
    "stands too late": ("xl/workbook.xml", b"<bookViews>", b"<calcPr/><bookViews>"),
    "sheet name": ("xl/workbook.xml", b'sheet name="', b'sheet name="[' + b"x" * 31),
    "no such sheet": ("xl/charts/chart1.xml", b"!$", b"x!$"),
    "function XLOOKUP": ("xl/worksheets/sheet2.xml", b"<f>", b"<f>XLOOKUP("),
    "a style that is not there": ("xl/worksheets/sheet2.xml", b' s="', b' s="9'),
    "a text that is not there": ("xl/worksheets/sheet2.xml", b' t="s"><v>', b' t="s"><v>99'),
    "says nothing": ("xl/drawings/drawing1.xml", b"descr=", b"about="),
    "leads to": ("xl/_rels/workbook.xml.rels", b'Target="', b'Target="x'),
}


@pytest.mark.parametrize("said", SPOILT)
def test_the_check_sees_what_is_spoilt(said: str) -> None:
    part, old, new = SPOILT[said]
    spoilt = changed(book("en"), part, lambda data: data.replace(old, new))
    assert spoilt != changed(book("en"), part, bytes)
    try:
        found = faults(spoilt)
    except KeyError as error:  # what nothing can be read of any more
        found = [f"leads to {error}"]
    assert said in " ".join(found)


def test_hostile_titles_pass_too() -> None:
    """Of the scenario and its alternatives, which name sheets' contents and charts."""
    study = ruled_study()
    named = study.scenario.model_copy(update={"title": Text(en=HOSTILE, zh=HOSTILE)})
    other = replace(study, scenario=named)
    assert faults(workbook(state(other), other, "zh", COMMAND)) == []
