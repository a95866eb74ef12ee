"""When the move pays for itself: cumulative cost of the baseline minus that of the alternative."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from ...sim.outcome import Study
from ..books import MONTHS_PER_YEAR
from ..cash import payback
from ..messages import Lang, money, say
from ..quantiles import Floats, quantiles
from ..statement import Statement
from .style import BLACK, BLUE, GREEN, GREY, SKY, Cell, Chart, legend_above, narrow, numbers, panel
from .words import money_scale
from .worlds import Pair

COLUMNS = ("month", "cumulative_p10_cny", "cumulative_p50_cny", "cumulative_p90_cny")
WORLDS_SHOWN = 24


def cashflow(statement: Statement, study: Study, lang: Lang) -> Chart:
    """Cumulative net cash by month with the range over worlds; the payback month marked."""
    pair = Pair.of(statement, study)
    monthly = pair.saving.sum(axis=2)
    cumulative = np.cumsum(monthly, axis=1)
    months = payback(monthly) * MONTHS_PER_YEAR
    figure, axes = panel()
    _draw(axes, cumulative, months, pair, lang)
    band = quantiles(cumulative)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (pair.month(m), *numbers(band[:, m])) for m in range(cumulative.shape[1])
    )
    caption = say(lang, "cashflow.caption", year=study.scenario.time.price_year)
    return Chart(figure, _title(cumulative, months, lang), caption, COLUMNS, rows)


def _title(cumulative: Floats, months: Floats, lang: Lang) -> str:
    low, mid, high = np.quantile(months, (0.1, 0.5, 0.9), method="inverted_cdf")
    end = money(lang, float(quantiles(cumulative[:, -1])[1]))
    years = cumulative.shape[1] // MONTHS_PER_YEAR
    if np.isinf(mid):
        share = float(np.isfinite(months).mean())
        return say(lang, "cashflow.title_never", years=years, share=round(share * 100), end=end)
    if mid == 0:
        return say(lang, "cashflow.title_always", years=years, end=end)
    late = say(lang, "cashflow.later", years=years) if np.isinf(high) else f"{high:.0f}"
    return say(lang, "cashflow.title", months=f"{mid:.0f}", low=f"{low:.0f}", high=late, years=years, end=end)


def _draw(axes: Axes, cumulative: Floats, payback_months: Floats, pair: Pair, lang: Lang) -> None:
    months = cumulative.shape[1]
    scale, unit = money_scale(lang, float(np.abs(cumulative).max()))
    x = np.arange(months + 1)
    paths = np.pad(cumulative, ((0, 0), (1, 0))) / scale
    low, mid, high = quantiles(paths)
    axes.fill_between(x, low, high, color=SKY, alpha=0.35, linewidth=0, label=say(lang, "band"))
    single = [np.column_stack([x, path]) for path in paths[:WORLDS_SHOWN]]
    axes.add_collection(LineCollection(single, color=GREY, linewidth=0.35, alpha=0.5))
    axes.plot([], [], color=GREY, linewidth=0.5, label=say(lang, "cashflow.worlds"))
    axes.plot(x, mid, color=BLUE, linewidth=2.2, label=say(lang, "median"))
    axes.axhline(0, color=BLACK, linewidth=0.9)
    middle = float(np.quantile(payback_months, 0.5, method="inverted_cdf"))
    if 0 < middle < np.inf:
        axes.plot(
            [middle],
            [0],
            marker="D",
            color=GREEN,
            markeredgecolor=BLACK,
            markersize=8,
            linestyle="none",
            label=say(lang, "cashflow.payback"),
            zorder=5,
        )
    axes.set_xlim(0, months)
    shown = x[:: MONTHS_PER_YEAR * -(-months // MONTHS_PER_YEAR // (6 if narrow() else 12))]
    axes.set_xticks(shown, [f"{pair.books.clock.year_of_month(int(m))}" for m in shown])
    axes.set_xlabel(say(lang, "axis.year_start"))
    axes.set_ylabel(say(lang, "cashflow.axis", unit=unit))
    axes.grid()
    legend_above(axes, 4)
