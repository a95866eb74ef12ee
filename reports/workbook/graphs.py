"""Native charts: each states its finding, and is drawn from cells, so that it follows them.

Colours are those of the other charts, with patterns that survive a black-and-white copier.
"""

from __future__ import annotations

import re
from typing import Any

from ...sim.ledger import ANNUAL
from ..charts.style import BLUE, GREEN, GREY, ORANGE, PALE, PINK, SKY
from ..charts.words import wrap
from ..messages import money, money_range, share
from ..quantiles import quantiles
from .book import FONT, Area, Sheet, clean
from .energy import Chain
from .facts import Facts
from .savings import Savings

_SIZE = {"width": 900, "height": 350}
_OUTLINE = {"color": "#404040", "width": 0.75}
_LINE_COLUMNS = 84  # half-width columns in a line of a title
# What the writer of charts would take for the address of a cell.
_REFERENCE = re.compile(r"!(?=\$?[A-Z]+\$?\d)")


def draw_steps(sheet: Sheet, facts: Facts, name: str, savings: Savings) -> None:
    """From the baseline's yearly cost to the alternative's, category by category."""
    chart = _chart(sheet, "column", "stacked")
    area = savings.steps
    styles: tuple[tuple[int, dict[str, Any]], ...] = (
        (1, {"fill": {"none": True}, "border": {"none": True}}),
        (2, {"fill": {"color": PALE}, "border": _OUTLINE}),
        (3, {"fill": {"color": BLUE}, "border": _OUTLINE}),
        (4, {"pattern": _pattern("wide_upward_diagonal", ORANGE), "border": _OUTLINE}),
    )
    for col, style in styles:
        chart.add_series({**_series(area, col), "gap": 40, **style})
    stat = facts.statement.savings[name].annual_total
    means = {c: facts.statement.savings[name].annual[c].mean or 0.0 for c in ANNUAL}
    middle = stat.p50 or 0.0
    title = facts.say(
        "book.chart.saves" if middle >= 0 else "book.chart.costs",
        name=facts.short(name),
        net=money(facts.lang, abs(middle)),
        range=_range(facts, stat.p10, stat.p90),
        most=facts.say(f"category.{max(means, key=lambda c: means[c])}").lower(),
    )
    chart.set_legend({"position": "bottom", "delete_series": [0], "font": _font(facts, 9)})
    _finish(sheet, facts, chart, title, savings.free_row, f"waterfall-{name}", facts.say("book.unit_a_year"))


def draw_bins(sheet: Sheet, facts: Facts, name: str, savings: Savings) -> None:
    """In how many worlds the annual saving lies in each range."""
    chart = _chart(sheet, "column")
    chart.add_series({**_series(savings.bins, 3), "gap": 5, "fill": {"color": SKY}, "border": _OUTLINE})
    stat = facts.statement.savings[name].annual_total
    title = facts.say(
        "book.chart.spread",
        name=facts.short(name),
        middle=money(facts.lang, stat.p50 or 0.0),
        range=_range(facts, stat.p10, stat.p90),
    ) + _published(facts, name)
    chart.set_legend({"none": True})
    label = facts.say("book.bins", unit=facts.say("book.unit"))
    chart.set_x_axis({"name": label, "name_font": _font(facts, 9), "num_font": _font(facts, 8)})
    row = savings.free_row + 19
    _finish(sheet, facts, chart, title, row, f"distribution-{name}", facts.say("book.bins.worlds"))


def _published(facts: Facts, name: str) -> str:
    """The first published annual saving, in a sentence."""
    for check in facts.statement.claims:
        if check.alternative == name and check.claim.metric == "annual_saving":
            published = money(facts.lang, check.claim.published)
            return facts.say("book.chart.published", id=check.claim.id, published=published)
    return ""


def draw_cash(sheet: Sheet, facts: Facts, name: str, area: Area) -> None:
    """Cumulative cash with its range: the space between P10 and P90 is a second area on the first."""
    chart = _chart(sheet, "area", "stacked")
    chart.add_series({**_series(area, 3), "fill": {"none": True}, "border": {"none": True}})
    band = {"fill": {"color": SKY, "transparency": 45}, "border": {"none": True}}
    chart.add_series({**_series(area, 6), **band})
    lines = _chart(sheet, "line")
    for col, style in ((3, "dash"), (4, "solid"), (5, "dash")):
        width = 2.5 if style == "solid" else 1.0
        line = {"color": BLUE if style == "solid" else GREY, "width": width, "dash_type": style}
        marker = (
            {"type": "circle", "size": 5, "fill": {"color": BLUE}} if style == "solid" else {"type": "none"}
        )
        lines.add_series({**_series(area, col), "line": line, "marker": marker})
    chart.combine(lines)
    stat, payback = facts.statement.savings[name].npv, facts.statement.savings[name].payback_years
    end = float(quantiles(facts.books.saving(name).sum(axis=(1, 2)))[1])
    names = {"name": facts.short(name), "years": len(facts.years), "end": money(facts.lang, end)}
    names["npv"] = money(facts.lang, stat.p50 or 0.0)
    if payback.p50 is None:
        paid = facts.statement.savings[name].share_paid_back
        title = facts.say("book.chart.never", share=share(paid), **names)
    else:
        title = facts.say("book.chart.pays", payback=f"{payback.p50:.1f}", **names)
    chart.set_legend({"position": "bottom", "delete_series": [0], "font": _font(facts, 9)})
    chart.set_x_axis({"label_position": "low", "position_axis": "on_tick", "num_font": _font(facts, 9)})
    row = area.last_row + 2
    _finish(sheet, facts, chart, title, row, f"cashflow-{name}", facts.say("book.unit"))


def draw_energy(sheet: Sheet, facts: Facts, chain: Chain) -> None:
    """Electricity by cause, one column per alternative."""
    chart = _chart(sheet, "column", "stacked")
    styles: tuple[dict[str, Any], ...] = (
        {"fill": {"color": BLUE}},
        {"pattern": _pattern("wide_upward_diagonal", ORANGE)},
        {"pattern": _pattern("dark_horizontal", GREEN)},
        {"pattern": _pattern("small_grid", PINK)},
    )
    causes, head = chain.causes, chain.head
    for i, style in enumerate(styles):
        r = causes.first_row + i
        categories = [sheet.name, head, 1, head, causes.last_col]
        values = [sheet.name, r, 1, r, causes.last_col]
        series = {"name": [sheet.name, r, 0], "categories": categories, "values": values, "gap": 120}
        chart.add_series({**series, **style, "border": _OUTLINE})
    chart.set_legend({"position": "right", "font": _font(facts, 9)})
    title = facts.say("book.energy.title") if facts.statement.headline is None else _energy_title(facts)
    _finish(sheet, facts, chart, title, chain.chart, "energy", facts.say("book.unit_energy"))


def _energy_title(facts: Facts) -> str:
    assert facts.statement.headline is not None
    names = facts.books.baseline, facts.statement.headline
    before, after = (facts.statement.conduct[name] for name in names)
    fewer = 1.0 - (after.energy.mean or 0.0) / (before.energy.mean or 1.0)
    return facts.say(
        "book.chart.energy_less" if fewer >= 0 else "book.chart.energy_more",
        name=facts.short(names[1]),
        cut=share(abs(fewer)),
        before=f"{before.pue.mean or 0.0:.2f}",
        after=f"{after.pue.mean or 0.0:.2f}",
    )


def _chart(sheet: Sheet, kind: str, subtype: str | None = None) -> Any:
    options = {"type": kind} if subtype is None else {"type": kind, "subtype": subtype}
    return sheet.book.workbook.add_chart(options)


def _series(area: Area, col: int) -> dict[str, Any]:
    """A column of a table with a head above it, against the labels in its first column."""
    name, first, last = area.sheet.name, area.first_row, area.last_row
    left = area.first_col
    return {
        "name": [name, first - 1, left + col],
        "categories": [name, first, left, last, left],
        "values": [name, first, left + col, last, left + col],
    }


def _pattern(kind: str, colour: str) -> dict[str, str]:
    return {"pattern": kind, "fg_color": colour, "bg_color": "#FFFFFF"}


def _font(facts: Facts, size: int, bold: bool = False) -> dict[str, Any]:
    return {"name": FONT[facts.lang], "size": size, "bold": bold}


def _range(facts: Facts, low: float | None, high: float | None) -> str:
    return money_range(facts.lang, low or 0.0, high or 0.0)


def _finish(sheet: Sheet, facts: Facts, chart: Any, title: str, row: int, name: str, unit: str) -> None:
    """Title, axes and place; run and id stand in the description."""
    text = clean(wrap(_REFERENCE.sub("! ", title), _LINE_COLUMNS))
    chart.set_title({"name": text, "name_font": _font(facts, 12, bold=True), "overlay": False})
    chart.set_y_axis(
        {
            "name": unit,
            "name_font": _font(facts, 9),
            "num_font": _font(facts, 9),
            "num_format": "#,##0",
            "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD", "width": 0.5}},
        }
    )
    chart.set_size(_SIZE)
    said = facts.say("book.chart.description", title=title, id=name, run=sheet.book.run)
    sheet.worksheet.insert_chart(row, 0, chart, {"description": clean(said), "object_position": 2})
