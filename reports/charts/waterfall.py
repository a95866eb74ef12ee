"""Where the annual saving comes from: from the rooms' yearly cost to the alternative's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from ...sim.ledger import ANNUAL
from ...sim.outcome import Study
from ..books import rows_of
from ..messages import Lang, money, money_range, say, significant
from ..quantiles import Floats, quantiles
from ..statement import Statement
from .style import (
    BLUE,
    GREY,
    ORANGE,
    OUTLINE,
    PALE,
    RANGE,
    Cell,
    Chart,
    beside,
    by_rows,
    labels,
    legend_above,
    narrow,
    numbers,
    panel,
)
from .words import money_scale, ranged
from .worlds import Pair

ADDED_HATCH = "////"
COLUMNS = (
    "category",
    "removed_cny_per_year",
    "added_cny_per_year",
    "net_mean_cny_per_year",
    "net_p10_cny_per_year",
    "net_p50_cny_per_year",
    "net_p90_cny_per_year",
)


@dataclass(frozen=True)
class Steps:
    """Yearly saving by category (rows as ANNUAL) in the steady years, CNY.

    ``removed`` and ``added`` are means over worlds; ``net`` has shape (worlds, categories).
    """

    before: float
    removed: NDArray[np.float64]
    added: NDArray[np.float64]
    net: Floats

    @classmethod
    def of(cls, pair: Pair) -> Steps:
        """The steps from the baseline's yearly cost to the alternative's."""
        saving = pair.books.yearly(pair.saving)
        cost = pair.books.each(pair.books.baseline, lambda o: o.cost_cny)
        before = pair.books.yearly(cost)[:, rows_of(ANNUAL)].sum(axis=1).mean()

        def part(side: str) -> NDArray[np.float64]:
            columns = [saving[:, rows_of({c}, side)].sum(axis=1).mean() for c in ANNUAL]
            return np.array(columns, dtype=np.float64)

        net = np.stack([saving[:, rows_of({c})].sum(axis=1) for c in ANNUAL], axis=1)
        return cls(float(before), part("rooms"), -part("cloud"), net)


def waterfall(statement: Statement, study: Study, lang: Lang) -> Chart:
    """Annual saving by category: what the rooms no longer cost, and what the cloud adds."""
    pair = Pair.of(statement, study)
    steps = Steps.of(pair)
    total = quantiles(steps.net.sum(axis=1))
    figure, axes = panel(6.4 if narrow() else 5.0)
    _draw(axes, steps, pair, lang)
    net = steps.net.mean(axis=0)
    title = say(
        lang,
        "waterfall.title" if total[1] >= 0 else "waterfall.title_loss",
        net=money(lang, abs(total[1])),
        range=money_range(lang, total[0], total[2]),
        most=say(lang, f"category.{ANNUAL[int(net.argmax())]}").lower(),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            c,
            float(steps.removed[i]),
            float(steps.added[i]),
            float(net[i]),
            *numbers(quantiles(steps.net[:, i])),
        )
        for i, c in enumerate(ANNUAL)
    ]
    rows.append(
        ("total", float(steps.removed.sum()), float(steps.added.sum()), float(net.sum()), *numbers(total))
    )
    years = statement.years
    caption = say(lang, "waterfall.caption", first=years[0], last=years[-1])
    return Chart(figure, title, caption, COLUMNS, tuple(rows))


def _draw(axes: Axes, steps: Steps, pair: Pair, lang: Lang) -> None:
    scale, unit = money_scale(lang, steps.before)
    level = before = steps.before / scale
    removed, added, net = steps.removed / scale, steps.added / scale, steps.net / scale
    last = len(ANNUAL) + 1
    for i in range(len(ANNUAL)):
        axes.plot([level, level], [i + 0.31, i + 1.36], color=GREY, linewidth=0.7)
        _step(axes, i + 1, level, removed[i], added[i], net[:, i])
        level -= removed[i] - added[i]
        _beside(axes, i + 1, net[:, i], lang)
    axes.plot([level, level], [last - 0.69, last - 0.31], color=GREY, linewidth=0.7)
    for y, value in ((0, before), (last, level)):
        axes.barh(y, value, 0.62, color=PALE, **OUTLINE)
        axes.text(0.01 * before, y, significant(lang, value), va="center")
    _beside(axes, last, net.sum(axis=1), lang)
    beside(axes, 0, say(lang, "waterfall.net"))
    categories = [say(lang, f"category.{c}") for c in ANNUAL]
    names = [pair.title(pair.books.baseline, lang), *categories, pair.title(pair.alternative, lang)]
    axes.set_yticks(range(len(names)), labels(names))
    axes.invert_yaxis()
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    axes.set_xlabel(say(lang, "waterfall.axis", unit=unit))
    by_rows(axes)
    parts = [
        Patch(facecolor=BLUE, label=say(lang, "waterfall.removed"), **OUTLINE),
        Patch(facecolor=ORANGE, hatch=ADDED_HATCH, label=say(lang, "waterfall.added"), **OUTLINE),
        Line2D([], [], label=say(lang, "waterfall.whisker"), **RANGE),
    ]
    legend_above(axes, 3, handles=parts)


def _step(axes: Axes, y: float, level: float, removed: float, added: float, net: Floats) -> None:
    """One category: what is removed to the left, what is added back below it, and the range of the net."""
    axes.barh(y - 0.18, -removed, 0.34, left=level, color=BLUE, **OUTLINE)
    axes.barh(y + 0.18, added, 0.34, left=level - removed, color=ORANGE, hatch=ADDED_HATCH, **OUTLINE)
    low, _, high = quantiles(net)
    axes.plot([level - high, level - low], [y, y], **RANGE)


def _beside(axes: Axes, y: float, net: Floats, lang: Lang) -> None:
    low, _, high = quantiles(net)
    beside(axes, y, ranged(lang, float(net.mean()), low, high))
