"""What was assumed, and what each world drew of it."""

from __future__ import annotations

from ...scenarios.check import assumptions
from ...scenarios.loader import quantities
from ...scenarios.quantity import Quantity
from ..charts.drivers import label
from .book import Area, Sheet
from .facts import Facts


def write_assumptions(sheet: Sheet, facts: Facts) -> None:
    """Every value with its range, unit, grade and source, the least sure first."""
    keys = ("grade", "name", "low", "mode", "high", "spread", "unit", "value", "source", "path")
    sheet.columns(7, 40, 13, 13, 13, 10, 18, 26, 60, 44)
    row = sheet.begin(facts.say("page.assumed"), facts.say("book.assumed.lead"), width=9)
    sheet.head(row, [facts.say(f"book.assumed.{key}") for key in keys])
    known = quantities(facts.books.scenario)
    rows = assumptions(facts.books.scenario)
    for i, found in enumerate(rows, start=row + 1):
        quantity = known.get(found.path)
        words = {
            0: found.grade,
            1: label(facts.books.scenario, found.path, facts.lang) if quantity else found.path,
            6: facts.say(f"quantity_unit.{found.unit}") if quantity else found.unit,
            7: found.value,
            8: found.source or facts.say("page.assumed.no_source"),
            9: found.path,
        }
        sheet.row_of(i, words)
        if quantity is not None:
            _range(sheet, i, quantity)
    sheet.worksheet.autofilter(row, 0, row + len(rows), len(keys) - 1)
    sheet.finish(row + len(rows), len(keys) - 1, row, 2)


def _range(sheet: Sheet, row: int, quantity: Quantity) -> None:
    low, high = quantity.support
    sheet.number(row, 2, low)
    sheet.number(row, 3, quantity.value if quantity.dist == "fixed" else quantity.mode)
    sheet.number(row, 4, high)
    if quantity.spread:
        sheet.number(row, 5, quantity.spread, "percent")


def write_draws(sheet: Sheet, facts: Facts) -> None:
    """Every quantity in every world, with the mean and the ends as formulas."""
    scenario = facts.books.scenario
    known = quantities(scenario)
    paths = [path for path in facts.study.results[0].draws if path in known]
    sheet.columns(10, *[18] * len(paths))
    row = sheet.begin(facts.say("book.draws.title"), facts.say("book.draws.lead"), width=9)
    units = [facts.say(f"quantity_unit.{known[path].unit}") for path in paths]
    sheet.head(row, [facts.say("page.mix.quantity"), *(label(scenario, path, facts.lang) for path in paths)])
    sheet.head(row + 1, [facts.say("page.assumed.unit"), *units])
    sheet.head(row + 2, [facts.say("page.assumed.grade"), *(known[path].grade for path in paths)])
    sheet.head(row + 3, [facts.say("book.assumed.path"), *paths])
    for i, key in enumerate(("mean", "least", "most")):
        sheet.text(row + 4 + i, 0, facts.say(f"book.{key}"), "bold")
    first = row + 7
    for i, result in enumerate(facts.study.results):
        sheet.number(first + i, 0, result.world, "plain")
        for col, path in enumerate(paths, start=1):
            sheet.number(first + i, col, result.draws[path], "draw")
    last = first + len(facts.study.results) - 1
    for col in range(1, 1 + len(paths)):
        _ends(sheet, row + 4, col, sheet.area(first, col, last, col))
    sheet.finish(last, len(paths), row + 6)


def _ends(sheet: Sheet, row: int, col: int, area: Area) -> None:
    values = list(area.numbers())
    ref = area.ref.replace("$", "")
    sheet.mean(row, col, area, "draw")
    sheet.formula(row + 1, col, f"=MIN({ref})", min(values), "draw")
    sheet.formula(row + 2, col, f"=MAX({ref})", max(values), "draw")
