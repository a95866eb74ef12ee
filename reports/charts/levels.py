"""Who saves and who pays: the annual saving by level of government, and the cloud site."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ...sim.ledger import ANNUAL
from ...sim.outcome import Study
from ..books import rows_of
from ..figures import CLOUD_LEVEL
from ..messages import Lang, money, say
from ..quantiles import Floats, quantiles
from ..statement import Statement
from .style import (
    BLACK,
    CATEGORY_STYLE,
    OUTLINE,
    RANGE,
    Cell,
    Chart,
    beside,
    legend_above,
    numbers,
    only,
    panel,
)
from .words import money_scale, ranged
from .worlds import Pair, in_language

COLUMNS = (
    "level",
    *(f"{c}_mean_cny_per_year" for c in ANNUAL),
    "net_mean_cny_per_year",
    "net_p10_cny_per_year",
    "net_p50_cny_per_year",
    "net_p90_cny_per_year",
)


def levels(statement: Statement, study: Study, lang: Lang) -> Chart:
    """Annual saving by level of government and category; the cloud site as the level that pays."""
    pair = Pair.of(statement, study)
    cost = {n: pair.books.each(n, lambda o: o.cost_by_level_cny) for n in pair.names}
    saved = cost[pair.books.baseline] - cost[pair.alternative]
    yearly = saved[:, list(pair.books.years)].mean(axis=1)
    saving = np.stack([yearly[:, :, rows_of({c})].sum(axis=2) for c in ANNUAL], axis=2)
    names = [*study.scenario.estate.levels, CLOUD_LEVEL]
    labels = [in_language(level.title, lang) for level in study.scenario.estate.levels.values()]
    figure, axes = panel(4.4)
    _draw(axes, saving, [*labels, say(lang, "side.cloud_site")], lang)
    net = saving.sum(axis=2)
    middle = quantiles(net)[1]
    best = int(middle[:-1].argmax())
    title = say(
        lang,
        "levels.title" if middle[-1] < 0 else "levels.title_cloud_saves",
        level=labels[best],
        saves=money(lang, float(middle[best])),
        cloud=money(lang, abs(float(middle[-1]))),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            name,
            *numbers(saving[:, i].mean(axis=0)),
            float(net[:, i].mean()),
            *numbers(quantiles(net[:, i])),
        )
        for i, name in enumerate(names)
    )
    return Chart(figure, title, say(lang, "levels.caption"), COLUMNS, rows)


def _draw(axes: Axes, saving: Floats, labels: list[str], lang: Lang) -> None:
    """Stacked bars, savings to the right, additions to the left.

    ``saving``: CNY a year, shape (worlds, levels, categories).
    """
    scale, unit = money_scale(lang, float(np.abs(saving.mean(axis=0)).sum(axis=1).max()))
    saving = saving / scale
    for i in range(len(labels)):
        _stack(axes, i, saving[:, i].mean(axis=0))
        net = saving[:, i].sum(axis=1)
        low, _, high = quantiles(net)
        axes.plot([low, high], [i + 0.4, i + 0.4], **RANGE)
        axes.plot([net.mean()], [i + 0.4], color=BLACK, marker="D", markersize=4)
        beside(axes, i, ranged(lang, float(net.mean()), low, high))
    axes.axvline(0, color=BLACK, linewidth=0.9)
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.set_xlabel(say(lang, "levels.axis", unit=unit))
    axes.grid(axis="x")
    axes.tick_params(axis="y", length=0)
    only(axes, "bottom")
    parts: list[Artist] = [
        Patch(facecolor=colour, hatch=hatch, label=say(lang, f"category.{category}"), **OUTLINE)
        for category, (colour, hatch) in CATEGORY_STYLE.items()
    ]
    parts.append(Line2D([], [], color=BLACK, marker="D", markersize=4, label=say(lang, "levels.net")))
    legend_above(axes, 4, handles=parts)


def _stack(axes: Axes, y: float, mean: Floats) -> None:
    """One bar of all categories, positive ones right of zero and negative ones left of it."""
    right = left = 0.0
    for (colour, hatch), width in zip(CATEGORY_STYLE.values(), mean, strict=True):
        axes.barh(y, width, 0.58, left=right if width >= 0 else left, color=colour, hatch=hatch, **OUTLINE)
        right += max(width, 0.0)
        left += min(width, 0.0)
