"""The tables behind the charts, of which the page shows a row when its mark is pointed at."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..messages import LANGS, messages, say

if TYPE_CHECKING:
    from ...scenarios.schema import Scenario
    from ..charts.files import ChartFiles

DIGITS = 6
MOST_MARKS = 400  # of one chart; what has more is a cloud of points, of which the first answer
# Families of messages that name cells of tables.
WORDS = (
    "category.",
    "grade.",
    "figure.",
    "period.",
    "booking.",
    "service.",
    "levels.",
    "money.payer.",
    "proof.",
)

Json = dict[str, Any]
Cell = str | float


def chart_values(scenario: Scenario, charts: Mapping[tuple[str, str], ChartFiles]) -> Json:
    """Of every chart: names of columns, rows that have marks, and the marks of each language.

    Cells that are ids of the scenario or of a category are given in both languages under ``names``.
    """
    found: Json = {}
    names: dict[str, list[str]] = {}
    for name in dict.fromkeys(name for name, _ in charts):
        made = {lang: charts[name, lang] for lang in LANGS}
        marks = {lang: files.marks[:MOST_MARKS] for lang, files in made.items()}
        shown = sorted({mark.row for found_in in marks.values() for mark in found_in})
        if not shown:
            continue
        with made[LANGS[0]].csv.open(encoding="utf-8-sig", newline="") as file:
            head, *table = csv.reader(file)
        columns = [column.split(" (", 1)[0] for column in head]
        rows = [[_cell(cell) for cell in table[row]] for row in shown]
        for cell in dict.fromkeys(c for row in rows for c in row if isinstance(c, str)):
            if both := _named(scenario, cell):
                names[cell] = both
        found[name] = {
            "columns": {lang: [say(lang, f"column.{column}") for column in columns] for lang in LANGS},
            "rows": rows,
            "marks": {
                lang: [[*mark[:4], shown.index(mark.row)] for mark in found_in]
                for lang, found_in in marks.items()
            },
        }
    return {"charts": found, "names": names}


def _cell(text: str) -> Cell:
    """A number at a few digits, or the text."""
    try:
        return float(f"{float(text):.{DIGITS}g}")
    except ValueError:
        return text


def _named(scenario: Scenario, cell: str) -> list[str] | None:
    """What an id is called, by language as in LANGS; None if it is no id."""
    for titled in (scenario.alternatives, scenario.estate.levels):
        if cell in titled:
            title = titled[cell].title
            return [title.zh if lang == "zh" else title.en for lang in LANGS]
    for family in WORDS:
        if family + cell in messages("en"):
            return [say(lang, family + cell) for lang in LANGS]
    return None
