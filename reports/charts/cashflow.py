"""When a move pays for itself: cumulative cost of the baseline minus that of each alternative."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from ...sim.outcome import Study
from ..books import MONTHS_PER_YEAR, Books
from ..cash import payback
from ..messages import Lang, money, say
from ..quantiles import Floats, quantiles
from ..statement import Statement
from .style import (
    ALTERNATIVES,
    BLACK,
    GREEN,
    GREY,
    PALE,
    SKY,
    Cell,
    Chart,
    legend_above,
    narrow,
    numbers,
    panel,
)
from .words import money_scale
from .worlds import Pair

WORLDS_SHOWN = 24
COLUMNS = ("month", "alternative", "cumulative_p10_cny", "cumulative_p50_cny", "cumulative_p90_cny")


@dataclass(frozen=True)
class Path:
    """Net cash saved by one alternative in every world.

    Attributes:
        cumulative: CNY by the end of each month, shape (worlds, months).
        payback_months: infinite where it never comes, shape (worlds,).
    """

    cumulative: Floats
    payback_months: Floats

    @classmethod
    def of(cls, books: Books, name: str) -> Self:
        """Against the baseline, world by world."""
        monthly = books.saving(name).sum(axis=2)
        return cls(np.cumsum(monthly, axis=1), payback(monthly) * MONTHS_PER_YEAR)


def cashflow(statement: Statement, study: Study, lang: Lang) -> Chart:
    """Cumulative net cash by month with the range over worlds; the payback month marked."""
    pair = Pair.of(statement, study)
    paths = {name: Path.of(pair.books, name) for name in pair.shown[1:]}
    figure, axes = panel()
    _draw(axes, paths, pair, lang)
    rows: list[tuple[Cell, ...]] = []
    for name, path in paths.items():
        band = quantiles(path.cumulative)
        rows += [(pair.month(m), name, *numbers(band[:, m])) for m in range(band.shape[1])]
    caption = say(lang, "cashflow.caption", year=study.scenario.time.price_year) + pair.left_out(lang)
    return Chart(figure, _title(paths, pair, lang), caption, COLUMNS, tuple(rows))


def _title(paths: Mapping[str, Path], pair: Pair, lang: Lang) -> str:
    if len(paths) == 1:
        return _finding(next(iter(paths.values())), lang)
    parts = [
        say(lang, "chart.of", name=pair.called(name, lang), title=_finding(path, lang))
        for name, path in paths.items()
    ]
    return say(lang, "list.clauses").join(parts)


def _finding(path: Path, lang: Lang) -> str:
    cumulative, months = path.cumulative, path.payback_months
    low, mid, high = np.quantile(months, (0.1, 0.5, 0.9), method="inverted_cdf")
    last = float(quantiles(cumulative[:, -1])[1])
    end = money(lang, last)
    years = cumulative.shape[1] // MONTHS_PER_YEAR
    if np.isinf(mid):
        share = float(np.isfinite(months).mean())
        return say(lang, "cashflow.title_never", years=years, share=round(share * 100), end=end)
    if mid == 0:
        return say(lang, "cashflow.title_always", years=years, end=end)
    late = say(lang, "cashflow.later", years=years) if np.isinf(high) else f"{high:.0f}"
    said = {"months": f"{mid:.0f}", "low": f"{low:.0f}", "high": late, "years": years}
    if last < 0:  # the median of an even number of worlds may lie between one that is paid back and one not
        return say(lang, "cashflow.title_behind", end=money(lang, -last), **said)
    return say(lang, "cashflow.title", end=end, **said)


def _draw(axes: Axes, paths: Mapping[str, Path], pair: Pair, lang: Lang) -> None:
    months = pair.books.clock.months
    scale, unit = money_scale(lang, max(float(np.abs(path.cumulative).max()) for path in paths.values()))
    x = np.arange(months + 1)
    for (name, path), (colour, line, _) in zip(paths.items(), ALTERNATIVES[1:], strict=False):
        each = np.pad(path.cumulative, ((0, 0), (1, 0))) / scale
        low, mid, high = quantiles(each)
        alone = len(paths) == 1
        axes.fill_between(
            x, low, high, color=SKY if alone else colour, alpha=0.35 if alone else 0.2, linewidth=0
        )
        if alone:
            single = [np.column_stack([x, world]) for world in each[:WORLDS_SHOWN]]
            axes.add_collection(LineCollection(single, color=GREY, linewidth=0.35, alpha=0.5))
        label = say(lang, "median") if alone else pair.called(name, lang)
        axes.plot(x, mid, line, color=colour, linewidth=2.2, label=label)
    axes.axhline(0, color=BLACK, linewidth=0.9)
    _mark_paybacks(axes, paths, lang)
    axes.fill_between([], [], color=PALE, label=say(lang, "band"), linewidth=0)
    if len(paths) == 1:
        axes.plot([], [], color=GREY, linewidth=0.5, label=say(lang, "cashflow.worlds"))
    axes.set_xlim(0, months)
    shown = x[:: MONTHS_PER_YEAR * -(-months // MONTHS_PER_YEAR // (6 if narrow() else 12))]
    axes.set_xticks(shown, [f"{pair.books.clock.year_of_month(int(m))}" for m in shown])
    axes.set_xlabel(say(lang, "axis.year_start"))
    axes.set_ylabel(say(lang, "cashflow.axis", unit=unit))
    axes.grid()
    legend_above(axes, 4)


def _mark_paybacks(axes: Axes, paths: Mapping[str, Path], lang: Lang) -> None:
    """The month in which the median world of each alternative is paid back."""
    middles = [float(np.quantile(p.payback_months, 0.5, method="inverted_cdf")) for p in paths.values()]
    marked = [middle for middle in middles if 0 < middle < np.inf]
    if marked:
        axes.plot(
            marked,
            np.zeros(len(marked)),
            marker="D",
            color=GREEN,
            markeredgecolor=BLACK,
            markersize=8,
            linestyle="none",
            label=say(lang, "cashflow.payback"),
            zorder=5,
        )
