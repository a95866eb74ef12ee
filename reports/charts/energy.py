"""Electricity of every alternative as flows from the meter to its causes, and by year."""

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
    ALTERNATIVES,
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
from .words import wrap
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
    "cloud": (SKY, "\\\\"),
    "ups_in": ("#FFFFFF", ""),
    "it": (BLUE, ""),
    "ups": (ORANGE, "////"),
    "cooling": (GREEN, "---"),
    "other": (PINK, "xxx"),
}
GAP = 0.06  # between nodes, as a part of the largest total
LINE, NARROW_LINE = 0.15, 0.2  # least distance of labels of two lines, as a part of the axes' height
DIAGRAM_IN, STRIP_IN, KEY_IN = 3.75, 1.65, 0.2
KWH_SHOWN: Mapping[Lang, float] = {"en": 1e6, "zh": 1e4}  # GWh; 万千瓦时
POWER = rows_of({"electricity"})


def energy(statement: Statement, study: Study, lang: Lang) -> Chart:
    """Electricity a year by cause in every alternative, with PUE; below it the total of each year."""
    pair = Pair.of(statement, study)
    monthly = {name: pair.books.each(name, lambda o: o.amount) for name in pair.shown}
    steady = {name: pair.books.yearly(monthly[name]) for name in pair.shown}
    figure, diagrams, years_axes = _axes(len(pair.shown))
    totals = {name: steady[name][:, POWER].sum(axis=1) for name in pair.shown}
    largest = max(float(total.mean()) for total in totals.values()) / KWH_SHOWN[lang]
    for axes, name in zip(diagrams, pair.shown, strict=True):
        _flows(axes, pair, name, energy_flows(steady[name].mean(axis=0) / KWH_SHOWN[lang]), largest, lang)
    _by_year(years_axes, pair, {name: _yearly_total(monthly[name]) for name in pair.shown}, lang)
    years = statement.years
    caption = say(lang, "energy.caption", first=years[0], last=years[-1]) + pair.left_out(lang)
    return Chart(figure, _title(pair, totals, lang), caption, COLUMNS, tuple(_rows(pair, steady, monthly)))


def _title(pair: Pair, totals: Mapping[str, Floats], lang: Lang) -> str:
    """By how much electricity falls or rises with each alternative."""
    means = {name: significant(lang, float(total.mean()) / KWH_SHOWN[lang]) for name, total in totals.items()}
    before, *others = pair.shown
    if not others:
        return say(lang, "energy.title_one", total=means[before])
    changes = [_change(totals[before], totals[name]) for name in others]
    if len(others) == 1:
        key = "energy.title" if changes[0][0] else "energy.title_more"
        return say(lang, key, before=means[before], after=means[others[0]], **changes[0][1])
    parts = [
        say(lang, "energy.less" if falls else "energy.more", name=pair.called(name, lang), **said)
        for name, (falls, said) in zip(others, changes, strict=True)
    ]
    return say(lang, "energy.title_several", parts=say(lang, "list.clauses").join(parts))


def _change(before: Floats, after: Floats) -> tuple[bool, dict[str, str]]:
    """Whether the median falls, and by what share, with its range; of a rise, by what it rises."""
    cut = quantiles(1 - after / np.where(before > 0, before, np.inf))
    falls = bool(cut[1] >= 0)
    low, high = (cut[0], cut[2]) if falls else (-cut[2], -cut[0])
    return falls, {"cut": share(abs(cut[1])), "low": share(low), "high": share(high)}


def energy_flows(amount: Floats) -> tuple[Flow, ...]:
    """Flows from the meters of rooms and cloud to the causes; ``amount`` has shape (items,)."""
    used = {side: {c: float(amount[ITEM[f"{side}_{c}"]]) for c in CAUSES} for side in SIDES}
    flows = [Flow(s, "ups_in", sum(used[s][c] for c in BEHIND_UPS)) for s in SIDES]
    flows += [Flow("ups_in", c, sum(used[s][c] for s in SIDES)) for c in BEHIND_UPS]
    flows += [Flow(s, c, used[s][c]) for s in SIDES for c in CAUSES if c not in BEHIND_UPS]
    return tuple(flows)


def _axes(count: int) -> tuple[Figure, list[Axes], Axes]:
    """A figure with so many diagrams, two beside each other, and a strip; all below each other if narrow.

    The strip takes the place that an odd number of diagrams leaves, else a row of its own.
    """
    across = 1 if narrow() else 2
    rows, spare = -(-count // across), count % across
    strip_in = STRIP_IN + (KEY_IN * count if narrow() else 0.0)
    heights = [DIAGRAM_IN] * rows + ([] if spare else [strip_in])
    figure = Figure(figsize=(width_in(), sum(heights)))
    grid = figure.add_gridspec(len(heights), across, height_ratios=heights)
    diagrams = [figure.add_subplot(grid[place // across, place % across]) for place in range(count)]
    return figure, diagrams, figure.add_subplot(grid[-1, -1] if spare else grid[-1, :])


def _flows(
    axes: Axes, pair: Pair, name: str, flows: tuple[Flow, ...], largest_shown: float, lang: Lang
) -> None:
    """One alternative's diagram, in GWh or 万千瓦时 a year, on the scale of the larger one."""
    height = largest_shown * (1 + (len(CAUSES) - 1) * GAP) or 1.0
    found = Sankey.of(NODES, flows, GAP * largest_shown)
    found.draw(axes, LOOKS)
    total = sum(flow.amount for flow in flows if flow.source in SIDES)
    if 0 < total < 0.98 * largest_shown:
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


def _by_year(axes: Axes, pair: Pair, totals: Mapping[str, Floats], lang: Lang) -> None:
    years = pair.all_years()
    for (name, values), (colour, style, marker) in zip(totals.items(), ALTERNATIVES, strict=False):
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
            label=pair.called(name, lang),
        )
    step = -(-len(years) // (5 if narrow() or len(totals) % 2 else 12))
    axes.set_xticks(years[::step])
    axes.set_ylim(bottom=0)
    axes.set_ylabel(say(lang, "energy.by_year"))
    axes.grid(axis="y")
    legend_above(axes, 2, width_in() * (0.38 if len(totals) % 2 and not narrow() else 1.0))


def _yearly_total(monthly: Floats) -> Floats:
    """Electricity in kWh by year, shape (worlds, months, items) -> (worlds, years)."""
    total: Floats = monthly[:, :, POWER].sum(axis=2)
    return np.asarray(total.reshape(len(total), -1, MONTHS_PER_YEAR).sum(axis=2))


def _rows(pair: Pair, steady: Mapping[str, Floats], monthly: Mapping[str, Floats]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for name in pair.shown:
        for side in SIDES:
            for cause in CAUSES:
                values = steady[name][:, ITEM[f"{side}_{cause}"]]
                rows.append(
                    ("steady", name, f"{side}_{cause}", float(values.mean()), *numbers(quantiles(values)))
                )
    for name in pair.shown:
        for year, values in zip(pair.all_years(), _yearly_total(monthly[name]).T, strict=True):
            rows.append((str(year), name, "total", float(values.mean()), *numbers(quantiles(values))))
    return rows
