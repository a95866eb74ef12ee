"""Electricity before and after as flows from the meter to its causes, and by year."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ...sim.ledger import ITEM
from ...sim.outcome import Study
from ..books import MONTHS_PER_YEAR, rows_of
from ..messages import Lang, say, share, significant
from ..quantiles import Floats, quantiles
from ..statement import Statement
from .sankey import Flow, Sankey, spread
from .style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PINK,
    SKY,
    SMALL_PT,
    Cell,
    Chart,
    heading,
    legend_above,
    narrow,
    numbers,
    only,
    width_in,
)
from .words import short, wrap
from .worlds import Pair

COLUMNS = (
    "period",
    "alternative",
    "item",
    "mean_kwh_per_year",
    "p10_kwh_per_year",
    "p50_kwh_per_year",
    "p90_kwh_per_year",
)
SIDES = ("room", "cloud")
CAUSES = ("it", "ups", "cooling", "other")
BEHIND_UPS = ("it", "ups")
NODES = (SIDES, ("ups_in",), CAUSES)
LOOKS = {
    "room": (PALE, ""),
    "cloud": (SKY, ".."),
    "ups_in": ("#FFFFFF", ""),
    "it": (BLUE, ""),
    "ups": (ORANGE, "////"),
    "cooling": (GREEN, "---"),
    "other": (PINK, "xxx"),
}
GAP = 0.06  # between nodes, as a part of the largest total
LINE, NARROW_LINE = 0.15, 0.2  # least distance of labels of two lines, as a part of the axes' height
NAME_COLUMNS = 36
KWH_SHOWN: Mapping[Lang, float] = {"en": 1e6, "zh": 1e4}  # GWh; 万千瓦时
POWER = rows_of({"electricity"})


def energy(statement: Statement, study: Study, lang: Lang) -> Chart:
    """Electricity a year by cause in both alternatives, with PUE; below it the total of each year."""
    pair = Pair.of(statement, study)
    monthly = {name: pair.books.each(name, lambda o: o.amount) for name in pair.names}
    steady = {name: pair.books.yearly(monthly[name]) for name in pair.names}
    figure, before_axes, after_axes, years_axes = _axes()
    totals = [steady[name][:, POWER].sum(axis=1) for name in pair.names]
    largest = max(float(total.mean()) for total in totals) / KWH_SHOWN[lang]
    for axes, name in zip((before_axes, after_axes), pair.names, strict=True):
        _flows(axes, pair, name, energy_flows(steady[name].mean(axis=0) / KWH_SHOWN[lang]), largest, lang)
    _by_year(years_axes, pair, [_yearly_total(monthly[name]) for name in pair.names], lang)
    before, after = (significant(lang, float(total.mean()) / KWH_SHOWN[lang]) for total in totals)
    cut = quantiles(1 - totals[1] / np.where(totals[0] > 0, totals[0], np.inf))
    key = "energy.title" if cut[1] >= 0 else "energy.title_more"
    low, high = sorted((abs(cut[0]), abs(cut[2])))
    title = say(
        lang, key, before=before, after=after, cut=share(abs(cut[1])), low=share(low), high=share(high)
    )
    years = statement.years
    caption = say(lang, "energy.caption", first=years[0], last=years[-1])
    return Chart(figure, title, caption, COLUMNS, tuple(_rows(pair, steady, monthly)))


def energy_flows(amount: Floats) -> tuple[Flow, ...]:
    """Flows from the meters of rooms and cloud to the causes; ``amount`` has shape (items,)."""
    used = {side: {c: float(amount[ITEM[f"{side}_{c}"]]) for c in CAUSES} for side in SIDES}
    flows = [Flow(s, "ups_in", sum(used[s][c] for c in BEHIND_UPS)) for s in SIDES]
    flows += [Flow("ups_in", c, sum(used[s][c] for s in SIDES)) for c in BEHIND_UPS]
    flows += [Flow(s, c, used[s][c]) for s in SIDES for c in CAUSES if c not in BEHIND_UPS]
    return tuple(flows)


def _axes() -> tuple[Figure, Axes, Axes, Axes]:
    """A figure with two diagrams above and a strip below; three below each other if narrow."""
    if narrow():
        figure = Figure(figsize=(width_in(), 7.6))
        grid = figure.add_gridspec(3, 1, height_ratios=(3, 3, 1.6))
        before, after, strip = (figure.add_subplot(grid[row, 0]) for row in range(3))
        return figure, before, after, strip
    figure = Figure(figsize=(width_in(), 5.4))
    grid = figure.add_gridspec(2, 2, height_ratios=(3, 1.25))
    before, after, strip = (figure.add_subplot(grid[place]) for place in ((0, 0), (0, 1), (1, slice(None))))
    return figure, before, after, strip


def _flows(
    axes: Axes, pair: Pair, name: str, flows: tuple[Flow, ...], largest_shown: float, lang: Lang
) -> None:
    """One alternative's diagram, in GWh or 万千瓦时 a year, on the scale of the larger one."""
    height = largest_shown * (1 + (len(CAUSES) - 1) * GAP) or 1.0
    found = Sankey.of(NODES, flows, GAP * largest_shown)
    found.draw(axes, LOOKS)
    total = sum(flow.amount for flow in flows if flow.source in SIDES)
    if total < 0.98 * largest_shown:
        axes.add_patch(
            Rectangle((0, 0), 0.1, largest_shown, fill=False, edgecolor=GREY, linestyle=":", linewidth=1.2)
        )
    ends = [cause for cause in CAUSES if cause in found.bars]
    places = spread(
        [found.bars[cause].middle for cause in ends], (NARROW_LINE if narrow() else LINE) * height
    )
    lifted = max(places[-1] - height, 0.0) if places else 0.0
    for cause, place in zip(ends, places, strict=True):
        y, bar = max(place - lifted, 0.0), found.bars[cause]
        amount = bar.bottom - bar.top
        text = say(
            lang,
            "energy.part",
            name=say(lang, f"energy.{cause}"),
            amount=significant(lang, amount),
            share=share(amount / total),
        )
        axes.plot([2.12, 2.2], [bar.middle, y], color=GREY, linewidth=0.7)
        axes.text(2.24, y, text, va="center", fontsize=SMALL_PT, linespacing=1.15)
    _name_sides(axes, found, height, lang)
    pue = float(pair.books.mean_of_years(pair.books.each(name, lambda o: o.pue)).mean())
    figures = say(lang, "energy.total", total=significant(lang, total), pue=f"{pue:.2f}")
    heading(axes, pair.title(name, lang), figures, width_in() * (0.82 if narrow() else 0.37))
    axes.set_xlim(-0.55, 3.4)
    axes.set_ylim(height * 1.04, -0.09 * height)
    axes.set_xticks([])
    axes.set_yticks([])
    only(axes)


def _name_sides(axes: Axes, found: Sankey, height: float, lang: Lang) -> None:
    """Say where the power comes in: in rooms or at the cloud."""
    sides = [side for side in SIDES if side in found.bars]
    places = spread([found.bars[side].middle for side in sides], 0.09 * height)
    for side, place in zip(sides, places, strict=True):
        text = wrap(say(lang, f"side.{side}"), 8)
        axes.text(-0.06, place, text, va="center", ha="right", fontsize=SMALL_PT)
    if "ups_in" in found.bars:
        text = say(lang, "energy.via_ups")
        axes.text(1.05, -0.015 * height, text, va="bottom", ha="center", fontsize=SMALL_PT)


def _by_year(axes: Axes, pair: Pair, totals: list[Floats], lang: Lang) -> None:
    years = pair.all_years()
    looks = ((GREY, "--", "s"), (BLUE, "-", "o"))
    for name, values, (colour, style, marker) in zip(pair.names, totals, looks, strict=True):
        low, mid, high = quantiles(values / KWH_SHOWN[lang])
        axes.fill_between(years, low, high, color=colour, alpha=0.18, linewidth=0)
        axes.plot(
            years,
            mid,
            style,
            color=colour,
            marker=marker,
            markersize=4.5,
            linewidth=1.8,
            label=short(pair.title(name, lang), NAME_COLUMNS),
        )
    step = -(-len(years) // (5 if narrow() else 12))
    axes.set_xticks(years[::step])
    axes.set_ylim(bottom=0)
    axes.set_ylabel(say(lang, "energy.by_year"))
    axes.grid(axis="y")
    legend_above(axes, 2)


def _yearly_total(monthly: Floats) -> Floats:
    """Electricity in kWh by year, shape (worlds, months, items) -> (worlds, years)."""
    total: Floats = monthly[:, :, POWER].sum(axis=2)
    return np.asarray(total.reshape(len(total), -1, MONTHS_PER_YEAR).sum(axis=2))


def _rows(pair: Pair, steady: Mapping[str, Floats], monthly: Mapping[str, Floats]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for name in pair.names:
        for side in SIDES:
            for cause in CAUSES:
                values = steady[name][:, ITEM[f"{side}_{cause}"]]
                rows.append(
                    ("steady", name, f"{side}_{cause}", float(values.mean()), *numbers(quantiles(values)))
                )
    for name in pair.names:
        for year, values in zip(pair.all_years(), _yearly_total(monthly[name]).T, strict=True):
            rows.append((str(year), name, "total", float(values.mean()), *numbers(quantiles(values))))
    return rows
