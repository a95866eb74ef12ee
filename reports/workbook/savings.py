"""Savings by category, and the key figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...sim.ledger import ANNUAL, ONE_OFF
from ..books import rows_of
from .book import ENERGY, MONEY, Area, Cell, Sheet
from .facts import Facts
from .spread import heads, write_links
from .worlds import Worlds

_P10, _MEAN, _ROOMS, _REST, _SUM = 1, 4, 5, 6, 7  # columns
_WIDTH = 8
_BINS = 16
_LABEL = 24  # characters below a column of a chart


@dataclass(frozen=True)
class Savings:
    """Where the tables behind the charts of one alternative stand.

    Attributes:
        steps: label, hidden base, spent, falls, rises; from the baseline's cost to the alternative's.
        bins: label, lower end, number of worlds.
    """

    steps: Area
    bins: Area
    free_row: int


def write_savings(sheet: Sheet, facts: Facts, name: str, worlds: Worlds) -> Savings:
    """Annual and one-off savings by category, then the whole horizon; below it what the charts show."""
    statement, scenario = facts.statement, facts.books.scenario
    sheet.columns(40, *[14] * 7)
    names = {"name": facts.title(name), "baseline": facts.title(scenario.baseline)}
    row = sheet.begin(
        facts.say("book.savings.title", **names),
        facts.say("book.savings.lead", unit=facts.say("book.unit"), year=scenario.time.price_year),
        facts.say("book.no_adding"),
        width=_WIDTH,
    )
    years = {"first": statement.years[0], "last": statement.years[-1]}
    means, row = _annual(sheet, facts, name, worlds, row, facts.say("page.savings.annual", **years))
    title = facts.say("page.savings.one_off", years=scenario.time.years)
    _, row = _parts(sheet, facts, name, worlds, row + 2, title, ONE_OFF, "one_off_total")
    row = _whole(sheet, facts, worlds, row + 2) + 2
    charts = row
    row += 38  # room for two charts
    steps = _steps(sheet, facts, name, means, row)
    bins = _bins(sheet, facts, worlds, steps.last_row + 3)
    sheet.finish(bins.last_row + 1, _WIDTH - 1, breaks=(charts - 1, row))
    return Savings(steps, bins, charts)


def _head(sheet: Sheet, facts: Facts, row: int, title: str) -> None:
    sheet.section(row, title, _WIDTH)
    sides = [facts.say(f"book.side.{key}") for key in ("rooms", "rest", "sum")]
    sheet.head(row + 1, [facts.say("book.category"), *heads(facts), *sides])


def _parts(
    sheet: Sheet,
    facts: Facts,
    name: str,
    worlds: Worlds,
    row: int,
    title: str,
    categories: tuple[str, ...],
    total: str,
) -> tuple[dict[str, Cell], int]:
    """Categories and their sum; returns the cells of means and the row of the sum."""
    money = MONEY[facts.lang]
    _head(sheet, facts, row, title)
    first = row + 2
    means: dict[str, Cell] = {}
    for i, category in enumerate(categories):
        r = first + i
        sheet.text(r, 0, facts.say(f"category.{category}"), "label")
        means[category] = write_links(sheet, r, _P10, worlds.quads[category], money)[3]
        for col, sides in ((_ROOMS, ("rooms",)), (_REST, ("cloud", "move"))):
            value = _mean_saving(facts, name, category, sides, categories is ANNUAL)
            sheet.number(r, col, value / facts.coin, money)
        sheet.sum(r, _SUM, sheet.area(r, _ROOMS, r, _REST), money, "formula")
    last = first + len(categories) - 1
    sheet.text(last + 1, 0, facts.say(f"figure.{total}"), "strong")
    for i in range(3):
        sheet.link(last + 1, _P10 + i, worlds.quads[total][i], money, "total")
    means[total] = sheet.sum(last + 1, _MEAN, sheet.area(first, _MEAN, last, _MEAN), money)
    for col in (_ROOMS, _REST, _SUM):
        sheet.sum(last + 1, col, sheet.area(first, col, last, col), money)
    return means, last + 1


def _annual(
    sheet: Sheet, facts: Facts, name: str, worlds: Worlds, row: int, title: str
) -> tuple[dict[str, Cell], int]:
    """Annual categories, and the same without staff and after the cloud's capital; as ``_parts``."""
    money = MONEY[facts.lang]
    means, last = _parts(sheet, facts, name, worlds, row, title, ANNUAL, "annual_total")
    for key, taken in (("annual_without_staff", "staff"), ("annual_with_capital", "capital")):
        if taken == "capital":
            last += 1
            sheet.text(last, 0, facts.say("book.capital"), "label")
            means[taken] = write_links(sheet, last, _P10, worlds.quads[taken], money)[3]
        last += 1
        sheet.text(last, 0, facts.say(f"figure.{key}"), "strong")
        for i in range(3):
            sheet.link(last, _P10 + i, worlds.quads[key][i], money, "total")
        sheet.less(last, _MEAN, means["annual_total"], means[taken], money, "total")
    return means, last


def _mean_saving(facts: Facts, name: str, category: str, sides: tuple[str, ...], annual: bool) -> float:
    """Mean over worlds in CNY of what a category saves on some sides."""
    rows = rows_of({category}, *sides)
    saving: Callable[..., np.ndarray[tuple[int, ...], np.dtype[np.float64]]]
    saving = facts.books.annual_saving if annual else facts.books.one_off_saving
    return float(saving(name, rows).mean()) if rows else 0.0


def _whole(sheet: Sheet, facts: Facts, worlds: Worlds, row: int) -> int:
    """Figures of the whole horizon."""
    sheet.section(row, facts.say("page.savings.whole"), _WIDTH)
    sheet.head(row + 1, [facts.say("document.column.figure"), *heads(facts)])
    for i, (key, form) in enumerate(_whole_figures(facts)):
        sheet.text(row + 2 + i, 0, figure_label(facts, key), "label")
        write_links(sheet, row + 2 + i, _P10, worlds.quads[key], form)
    return row + 1 + len(_whole_figures(facts))


def _whole_figures(facts: Facts) -> list[tuple[str, str]]:
    return [
        ("npv", MONEY[facts.lang]),
        ("payback_years", "one"),
        ("staff_fte", "one"),
        ("rooms_closed", "whole"),
        ("energy_saved", ENERGY[facts.lang]),
    ]


def figure_label(facts: Facts, key: str) -> str:
    """A figure in words, with the unit of money where it is money."""
    text = facts.say(f"figure.{key}")
    return facts.say("book.with_unit", text=text, unit=facts.say("book.unit")) if key in _MONEY else text


_MONEY = ("annual_total", "annual_without_staff", "annual_with_capital", "one_off_total", "npv")


def _steps(sheet: Sheet, facts: Facts, name: str, means: Mapping[str, Cell], row: int) -> Area:
    """From the baseline's yearly cost to the alternative's, as stacked columns take it."""
    money = MONEY[facts.lang]
    sheet.section(row, facts.say("book.steps"), _WIDTH)
    keys = ("base", "spent", "fall", "rise", "level")
    sheet.head(row + 1, [facts.say("book.category"), *(facts.say(f"book.steps.{key}") for key in keys)])
    cost = facts.books.each(facts.books.baseline, lambda o: o.cost_cny)
    before = float(facts.books.yearly(cost)[:, rows_of(ANNUAL)].sum(axis=1).mean()) / facts.coin
    first = row + 2
    sheet.text(first, 0, facts.short(facts.books.baseline, _LABEL), "label")
    sheet.number(first, 1, 0.0, money)
    sheet.number(first, 2, before, money)
    level = sheet.formula(first, 5, f"=C{first + 1}", before, money)
    for i, category in enumerate(ANNUAL):
        level = _step(sheet, first + 1 + i, facts.say(f"category.{category}"), level, means[category], money)
    end = first + 1 + len(ANNUAL)
    sheet.text(end, 0, facts.short(name, _LABEL), "label")
    sheet.number(end, 1, 0.0, money)
    sheet.formula(end, 2, f"={level.ref}".replace("$", ""), level.value, money)
    return sheet.area(first, 0, end, 4)


def _step(sheet: Sheet, row: int, label: str, level: Cell, saving: Cell, money: str) -> Cell:
    """One category: what it takes off the level, or adds to it."""
    sheet.text(row, 0, label, "label")
    before, off = level.ref.replace("$", ""), saving.ref.replace("$", "")
    after = level.number - saving.number
    sheet.formula(row, 1, f"=MIN({before},{before}-{off})", min(level.number, after), money)
    sheet.formula(row, 3, f"=MAX({off},0)", max(saving.number, 0.0), money)
    sheet.formula(row, 4, f"=MAX(-{off},0)", max(-saving.number, 0.0), money)
    return sheet.formula(row, 5, f"={before}-{off}", after, money)


def _edge(facts: Facts, value: float) -> str:
    """The end of a bin, a round number, with the decimals that it has."""
    return f"{value:,.10g}" if facts.lang == "en" else f"{value:.10g}"


def _bins(sheet: Sheet, facts: Facts, worlds: Worlds, row: int) -> Area:
    """How many worlds have an annual saving in each range."""
    area = worlds.areas["annual_total"]
    values = np.array(list(area.numbers()))
    edges = _edges(values)
    sheet.section(row, facts.say("book.bins", unit=facts.say("book.unit")), _WIDTH)
    sheet.head(row + 1, [facts.say(f"book.bins.{key}") for key in ("range", "from", "below", "worlds")])
    first = row + 2
    for i, (low, high) in enumerate(pairwise(edges)):
        r = first + i
        ends_text = {"low": _edge(facts, low), "high": _edge(facts, high)}
        sheet.text(r, 0, facts.say("page.range", **ends_text), "label")
        ends = [sheet.number(r, 1 + j, end, "general") for j, end in enumerate((low, high))]
        low_ref, high_ref = (end.ref.replace("$", "") for end in ends)
        text = f'=COUNTIFS({area.full},">="&{low_ref},{area.full},"<"&{high_ref})'
        sheet.formula(r, 3, text, float(((values >= low) & (values < high)).sum()), "whole")
    last = first + len(edges) - 2
    sheet.text(last + 1, 0, facts.say("book.sum"), "strong")
    sheet.sum(last + 1, 3, sheet.area(first, 3, last, 3), "whole")
    return sheet.area(first, 0, last, 3)


def _edges(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[float]:
    """Round ends of ranges that hold all values, the last above the largest."""
    low, high = float(values.min()), float(values.max())
    wide = (high - low) / _BINS or max(abs(low), 1.0) / _BINS
    power = 10.0 ** np.floor(np.log10(wide))
    step = next(float(m * power) for m in (1, 2, 2.5, 5, 10) if m * power >= wide)
    start = int(np.floor(low / step))
    count = int(np.floor(high / step)) - start + 1
    return [float(f"{(start + i) * step:.12g}") for i in range(count + 1)]


def write_key_figures(sheet: Sheet, facts: Facts, worlds: Mapping[str, Worlds]) -> None:
    """Key figures of every alternative; those of the headline have names."""
    sheet.columns(48, 16, 16, 16, 16)
    row = sheet.begin(
        facts.say("page.key"), facts.say("book.key.lead", worlds=facts.statement.worlds), width=5
    )
    for name, found in worlds.items():
        names = {"name": facts.title(name), "baseline": facts.title(facts.books.baseline)}
        sheet.section(row, facts.say("book.saved_by", **names), 5)
        sheet.head(row + 1, [facts.say("document.column.figure"), *heads(facts)])
        row += 2
        money = MONEY[facts.lang]
        for key, form in [*((key, money) for key in _MONEY[:-1]), *_whole_figures(facts)]:
            sheet.text(row, 0, figure_label(facts, key), "label")
            quad = write_links(sheet, row, 1, found.quads[key], form)
            if name == facts.statement.headline:
                for which, cell in zip(("p10", "p50", "p90", "mean"), quad, strict=True):
                    sheet.book.name(f"{key}_{which}", cell)
            row += 1
        area = found.areas["payback_years"]
        sheet.text(row, 0, facts.say("book.paid_back"), "label")
        paid = facts.statement.savings[name].share_paid_back
        sheet.formula(row, 4, f"=COUNT({area.full})/{len(facts.worlds)}", paid, "share")
        row += 2
    sheet.finish(row - 2, 4)
