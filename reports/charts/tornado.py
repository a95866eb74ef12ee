"""What the net annual saving would be if one quantity were known to be low or high."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from ...sim.outcome import Study
from ..messages import Lang, money_cell, say, share
from ..statement import Statement
from ..uncertainty.indices import Index
from .drivers import label
from .style import BLACK, BLUE, GREY, ORANGE, Chart, by_rows, labels, legend_above, narrow, panel, words_only

COLUMNS = ("quantity", "first_order", "total_order", "total_p5", "total_p95", "at_p10_cny", "at_p90_cny")
SHOWN = 12
LOW, HIGH = (ORANGE, "///"), (BLUE, "")


def tornado(statement: Statement, study: Study, lang: Lang) -> Chart:
    """Mean of the saving with each quantity at its P10 and at its P90, the widest first."""
    found = None if statement.uncertainty is None else statement.uncertainty.sensitivities["annual_total"]
    if found is None or not found.indices:
        why = say(lang, "tornado.why_none", worlds=statement.worlds)
        return Chart(words_only(why), say(lang, "tornado.none"), why, COLUMNS, ())
    shown = sorted(found.indices, key=lambda i: -abs(i.high - i.low))[:SHOWN]
    figure, axes = panel(1.6 + (0.36 if narrow() else 0.3) * max(2, len(shown)))
    _draw(axes, shown, [label(study.scenario, i.path, lang) for i in shown], found.mean, lang)
    rows = tuple((i.path, i.first, i.total, *i.total_range, i.low, i.high) for i in found.indices)
    caption = say(lang, "tornado.caption", q2=share(found.q2), worlds=statement.worlds)
    title = say(lang, "tornado.title", first=label(study.scenario, shown[0].path, lang))
    return Chart(figure, title, caption, COLUMNS, rows)


def _draw(axes: Axes, shown: list[Index], names: list[str], mean: float, lang: Lang) -> None:
    for y, index in enumerate(shown):
        for end, (colour, hatch) in ((index.low, LOW), (index.high, HIGH)):
            axes.barh(
                y, end - mean, 0.66, left=mean, color=colour, hatch=hatch, edgecolor=BLACK, linewidth=0.6
            )
            axes.annotate(
                money_cell(lang, end),
                (end, y),
                (4 if end >= mean else -4, 0),
                textcoords="offset points",
                va="center",
                ha="left" if end >= mean else "right",
                fontsize=8,
            )
    axes.axvline(mean, color=GREY, linewidth=0.9)
    axes.set_yticks(range(len(names)), labels(names))
    axes.invert_yaxis()
    axes.margins(x=0.14)
    axes.xaxis.set_major_formatter(lambda value, _: money_cell(lang, value))
    axes.set_xlabel(say(lang, "tornado.axis"))
    by_rows(axes)
    keys = [
        Patch(facecolor=c, hatch=h, edgecolor=BLACK, linewidth=0.6, label=say(lang, f"tornado.{end}"))
        for end, (c, h) in (("low", LOW), ("high", HIGH))
    ]
    legend_above(axes, 2, handles=keys)
