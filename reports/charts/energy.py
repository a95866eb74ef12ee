"""Electricity before and after by cause, and by year."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from ...sim.ledger import ITEM
from ...sim.outcome import Study
from ..books import MONTHS_PER_YEAR, rows_of
from ..messages import Lang, say, share, significant
from ..quantiles import Floats, quantiles
from ..statement import Statement
from .style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    OUTLINE,
    PINK,
    Cell,
    Chart,
    above,
    legend_above,
    numbers,
    only,
    panels,
)
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
CAUSES = (("it", BLUE, ""), ("ups", ORANGE, "//"), ("cooling", GREEN, "--"), ("other", PINK, "xx"))
SIDES = ("room", "cloud")
KWH_PER_GWH = 1e6
POWER = rows_of({"electricity"})


def energy(statement: Statement, study: Study, lang: Lang) -> Chart:
    """Electricity a year by cause in both alternatives, with PUE; beside it the total of each year."""
    pair = Pair.of(statement, study)
    names = pair.names
    monthly = {name: pair.books.each(name, lambda o: o.amount) for name in names}
    figure, axes = panels(1, 2, 4.6, width_ratios=(1.5, 1))
    totals = [pair.books.yearly(monthly[name])[:, POWER].sum(axis=1) for name in names]
    _causes(axes[0, 0], pair, names, [pair.books.yearly(monthly[name]) for name in names], lang)
    _by_year(axes[0, 1], pair, names, [_yearly_total(monthly[name]) for name in names], lang)
    before, after = (significant(lang, float(t.mean()) / KWH_PER_GWH) for t in totals)
    cut = quantiles(1 - totals[1] / totals[0])
    key = "energy.title" if cut[1] >= 0 else "energy.title_more"
    low, high = sorted((abs(cut[0]), abs(cut[2])))
    title = say(
        lang, key, before=before, after=after, cut=share(abs(cut[1])), low=share(low), high=share(high)
    )
    years = statement.years
    caption = say(lang, "energy.caption", first=years[0], last=years[-1])
    return Chart(figure, title, caption, COLUMNS, tuple(_rows(pair, names, monthly)))


def _yearly_total(monthly: Floats) -> Floats:
    """Electricity in kWh by year, shape (worlds, months, items) -> (worlds, years)."""
    total: Floats = monthly[:, :, POWER].sum(axis=2)
    return np.asarray(total.reshape(len(total), -1, MONTHS_PER_YEAR).sum(axis=2))


def _rows(pair: Pair, names: tuple[str, str], monthly: dict[str, Floats]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for name in names:
        steady = pair.books.yearly(monthly[name])
        for side in SIDES:
            for cause, _, _ in CAUSES:
                values = steady[:, ITEM[f"{side}_{cause}"]]
                rows.append(
                    ("steady", name, f"{side}_{cause}", float(values.mean()), *numbers(quantiles(values)))
                )
    for name in names:
        for year, values in zip(pair.all_years(), _yearly_total(monthly[name]).T, strict=True):
            rows.append((str(year), name, "total", float(values.mean()), *numbers(quantiles(values))))
    return rows


def _causes(axes: Axes, pair: Pair, names: tuple[str, str], steady: list[Floats], lang: Lang) -> None:
    tallest = 0.0
    for x, (name, values) in enumerate(zip(names, steady, strict=True)):
        _stack(axes, x, values / KWH_PER_GWH)
        total = values[:, POWER].sum(axis=1) / KWH_PER_GWH
        mean, (low, _, high) = float(total.mean()), quantiles(total)
        axes.plot([x, x], [low, high], color=BLACK, linewidth=1.4, marker="_", markersize=9)
        _name_sides(axes, x, values / KWH_PER_GWH, lang)
        pue = float(pair.books.mean_of_years(pair.books.each(name, lambda o: o.pue)).mean())
        text = say(lang, "energy.total", total=significant(lang, mean), pue=f"{pue:.2f}")
        above(axes, x, max(mean, high), text)
        tallest = max(tallest, mean, high)
    axes.set_xticks((0, 1), [pair.title(n, lang) for n in names])
    axes.set_xlim(-0.45, 1.75)
    axes.set_ylim(0, tallest * 1.2)
    axes.set_ylabel(say(lang, "energy.axis"))
    axes.tick_params(axis="x", length=0)
    axes.grid(axis="y")
    only(axes, "left", "bottom")
    parts = [Patch(facecolor=c, hatch=h, label=say(lang, f"energy.{n}"), **OUTLINE) for n, c, h in CAUSES]
    legend_above(axes, 4, columnspacing=1.0, handles=parts)


def _stack(axes: Axes, x: float, values: Floats) -> None:
    """One bar of all causes, the rooms' below, the cloud's paler above; ``values`` (worlds, items)."""
    base = 0.0
    for side, alpha in zip(SIDES, (1.0, 0.55), strict=True):
        for cause, colour, hatch in CAUSES:
            mean = float(values[:, ITEM[f"{side}_{cause}"]].mean())
            axes.bar(x, mean, 0.5, bottom=base, color=colour, hatch=hatch, alpha=alpha, **OUTLINE)
            base += mean


def _name_sides(axes: Axes, x: int, values: Floats, lang: Lang) -> None:
    """Name the rooms' and the cloud's part of a bar that has both, right of it."""
    parts = [sum(float(values[:, ITEM[f"{s}_{cause}"]].mean()) for cause, _, _ in CAUSES) for s in SIDES]
    if min(parts) <= 0.005 * sum(parts):
        return
    edges = [0.0, parts[0], sum(parts)]
    for side, low, high, align in zip(SIDES, edges, edges[1:], ("bottom", "top"), strict=False):
        axes.plot([x + 0.29, x + 0.31, x + 0.31, x + 0.29], [low, low, high, high], color=GREY, linewidth=0.8)
        y = low if align == "bottom" else high
        axes.text(x + 0.34, y, say(lang, f"side.{side}"), va=align, fontsize=8.5)


def _by_year(axes: Axes, pair: Pair, names: tuple[str, str], totals: list[Floats], lang: Lang) -> None:
    years = pair.all_years()
    for name, values, colour, style, marker in zip(
        names, totals, (GREY, BLUE), ("--", "-"), ("s", "o"), strict=True
    ):
        low, mid, high = quantiles(values / KWH_PER_GWH)
        axes.fill_between(years, low, high, color=colour, alpha=0.18, linewidth=0)
        axes.plot(years, mid, style, color=colour, marker=marker, markersize=4.5, linewidth=1.8)
        place, offset = (years[-1], mid[-1]), (4, 9)
        axes.annotate(
            pair.title(name, lang), place, offset, textcoords="offset points", ha="right", color=colour
        )
    axes.set_title(say(lang, "energy.by_year"), loc="left")
    axes.set_xticks(years)
    axes.set_ylim(bottom=0)
    axes.grid(axis="y")
