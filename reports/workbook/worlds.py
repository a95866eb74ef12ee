"""Savings world by world: one row per world, totals and quantiles as formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...sim.ledger import ANNUAL, ONE_OFF
from ..figures import Figure
from ..money.statement import TIMES
from .book import ENERGY, MONEY, Area, Cell, Quad, Sheet, column_name
from .facts import Facts
from .spread import Weights, heads, write_column, write_quantiles

FIRST_COL = 1


@dataclass(frozen=True)
class Worlds:
    """Where each figure of all worlds stands: its column, and its P10, P50, P90 and mean."""

    areas: Mapping[str, Area]
    quads: Mapping[str, Quad]

    def cell(self, key: str, world_row: int) -> Cell:
        """A figure in one world, by its row among the results."""
        area = self.areas[key]
        return area.sheet.cell(area.first_row + world_row, area.first_col)


def write_worlds(sheet: Sheet, facts: Facts, name: str, npv: Area, weights: Weights) -> Worlds:
    """The sheet of one alternative; ``npv`` is where the present value of each world is computed."""
    saved = facts.saved(name)
    sheet.columns(10, *[13] * 24)
    row = sheet.begin(
        facts.say("book.by_world.title", name=facts.title(name), baseline=facts.title(facts.books.baseline)),
        facts.say(
            "book.by_world.lead", unit=facts.say("book.unit"), year=facts.books.scenario.time.price_year
        ),
        width=14,
    )
    first = row + 5  # below the head and four rows of quantiles
    columns = _columns(sheet, facts, saved, npv, first)
    sheet.head(row, [facts.say("book.world"), *(label for label, _, _ in columns.values())])
    for i, label in enumerate(heads(facts)):
        sheet.text(row + 1 + i, 0, label, "bold")
    for i, world in enumerate(facts.worlds):
        sheet.number(first + i, 0, world, "plain")
    quads = {
        key: write_quantiles(sheet, row + 1, area.first_col, area, weights, form, key in TIMES)
        for key, (_, area, form) in columns.items()
    }
    sheet.finish(first + len(facts.worlds) - 1, FIRST_COL + len(columns) - 1, row + 4)
    return Worlds({key: area for key, (_, area, _) in columns.items()}, quads)


def _columns(
    sheet: Sheet, facts: Facts, saved: Mapping[str, Figure], npv: Area, first: int
) -> dict[str, tuple[str, Area, str]]:
    """Label, place and form of each column, written from ``first`` down."""
    money, coin = MONEY[facts.lang], facts.coin
    found: dict[str, tuple[str, Area, str]] = {}

    def given(key: str, label: str, form: str, scale: float, figure: Figure | None = None) -> None:
        values = (saved[key] if figure is None else figure).values / scale
        col = FIRST_COL + len(found)
        found[key] = label, write_column(sheet, first, col, values, form), form

    def formula(key: str, label: str, text: str, form: str = money) -> None:
        """``text`` with the row number as ``{row}``."""
        col = FIRST_COL + len(found)
        values = (saved[key].values / coin).tolist()
        for i, value in enumerate(values):
            sheet.formula(first + i, col, text.format(row=first + i + 1), value, form, "result")
        found[key] = label, sheet.area(first, col, first + len(values) - 1, col), form

    def letter(key: str) -> str:
        return column_name(found[key][1].first_col)

    for key in ANNUAL:
        given(key, facts.say(f"category.{key}"), money, coin)
    span = f"{letter(ANNUAL[0])}{{row}}:{letter(ANNUAL[-1])}{{row}}"
    formula("annual_total", facts.say("figure.annual_total"), f"=SUM({span})")
    total = letter("annual_total")
    less_staff = f"={total}{{row}}-{letter('staff')}{{row}}"
    formula("annual_without_staff", facts.say("figure.annual_without_staff"), less_staff)
    capital = Figure(saved["annual_total"].values - saved["annual_with_capital"].values, "CNY/yr")
    given("capital", facts.say("book.capital"), money, coin, capital)
    less_capital = f"={total}{{row}}-{letter('capital')}{{row}}"
    formula("annual_with_capital", facts.say("figure.annual_with_capital"), less_capital)
    for key in ONE_OFF:
        given(key, facts.say(f"category.{key}"), money, coin)
    span = f"{letter(ONE_OFF[0])}{{row}}:{letter(ONE_OFF[-1])}{{row}}"
    formula("one_off_total", facts.say("figure.one_off_total"), f"=SUM({span})")
    offset = npv.first_row - first
    for i, value in enumerate((saved["npv"].values / coin).tolist()):
        cell = Cell(npv.sheet, first + i + offset, npv.first_col, value)
        sheet.link(first + i, FIRST_COL + len(found), cell, money)
    col = FIRST_COL + len(found)
    found["npv"] = facts.say("figure.npv"), sheet.area(first, col, first + len(facts.worlds) - 1, col), money
    given("payback_years", facts.say("figure.payback_years"), "two", 1.0)
    given("rooms_closed", facts.say("figure.rooms_closed"), "whole", 1.0)
    given("staff_fte", facts.say("figure.staff_fte"), "one", 1.0)
    given("energy_saved", facts.say("figure.energy_saved"), ENERGY[facts.lang], facts.power)
    return found
