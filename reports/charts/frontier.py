"""The frontier of plans as a chart: cost against energy, and cost against hours lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from ...sim.frontier import Figures, Frontier, Point
from ..frontier import CHART, KWH_PER_MWH, finding, leaning
from ..messages import LANGS, Lang, say
from .files import ChartFiles, write
from .style import BLUE, ORANGE, PALE, Chart, dress, legend_above, panels, styled
from .words import money_scale

COLUMNS = (
    "point",
    "leaning",
    "on_frontier",
    "cost_cny_per_year",
    "energy_kwh_per_year",
    "carbon_t_per_year",
    "system_hours_lost_per_year",
    "worst_down",
    "unserved_share",
    "hosts",
    "plan_cost",
    "plan_bound",
    "gap",
)
NEAR = 0.06  # of the width and the height that points take up
OWN = 1  # number of the scenario's own plan
_OFF: dict[str, Any] = {"color": PALE, "marker": "o", "s": 26}
_ON: dict[str, Any] = {"color": BLUE, "marker": "o", "s": 40}
_FIRST: dict[str, Any] = {"facecolors": "none", "edgecolors": ORANGE, "marker": "D", "s": 90}


def frontier(found: Frontier, lang: Lang) -> Chart:
    """Each plan as a point; the panels share the axis of cost."""
    figure, axes = panels(1, 2, 4.2)
    tried = [(point, point.figures) for point in found.points if point.figures is not None]
    scale, unit = money_scale(lang, max(figures.cost_cny_per_year for _, figures in tried))
    for ax, name, values in (
        (axes[0, 0], "energy", [f.energy_kwh_per_year / KWH_PER_MWH for _, f in tried]),
        (axes[0, 1], "lost", [f.system_hours_lost_per_year for _, f in tried]),
    ):
        _panel(ax, tried, [f.cost_cny_per_year / scale for _, f in tried], values, lang)
        ax.set_xlabel(say(lang, "frontier.cost", unit=unit))
        ax.set_ylabel(say(lang, f"frontier.{name}"))
    legend_above(axes[0, 0], 3)
    rows = tuple(_row(point, figures) for point, figures in tried)
    return Chart(figure, finding(found, lang), say(lang, "frontier.caption"), COLUMNS, rows)


def _panel(
    axes: Axes, tried: Sequence[tuple[Point, Figures]], x: list[float], y: list[float], lang: Lang
) -> None:
    marks: tuple[tuple[str, dict[str, Any], list[bool]], ...] = (
        ("frontier.off", _OFF, [point.dominated for point, _ in tried]),
        ("frontier.on", _ON, [not point.dominated for point, _ in tried]),
        ("frontier.first", _FIRST, [point.number == OWN for point, _ in tried]),
    )
    for name, look, chosen in marks:
        rows = [i for i, drawn in enumerate(chosen) if drawn]
        if rows:
            axes.scatter([x[i] for i in rows], [y[i] for i in rows], label=say(lang, name), **look)
    on = [i for i, (point, _) in enumerate(tried) if not point.dominated]
    for rows in _near(on, x, y):
        text = ", ".join(str(tried[i][0].number) for i in rows)
        right = max(rows, key=lambda i: x[i])
        axes.annotate(text, (x[right], y[right]), xytext=(6, 5), textcoords="offset points")
    axes.margins(0.12)
    axes.grid()


def _near(rows: Sequence[int], x: Sequence[float], y: Sequence[float]) -> list[list[int]]:
    """Points so close together that they need one label between them."""
    wide, high = (max(values) - min(values) or 1.0 for values in (x, y))
    found: list[list[int]] = []
    for row in rows:
        close = (g for g in found if all(abs(x[row] - x[i]) < NEAR * wide for i in g))
        mine = next((g for g in close if all(abs(y[row] - y[i]) < NEAR * high for i in g)), None)
        if mine is None:
            found.append([row])
        else:
            mine.append(row)
    return found


def _row(point: Point, figures: Figures) -> tuple[str | int | float, ...]:
    numbers = [getattr(figures, name) for name in COLUMNS[3:]]
    return (point.number, leaning(point.setting, "en"), int(not point.dominated), *numbers)


def render_frontier(found: Frontier, folder: Path, run_id: str) -> dict[tuple[str, str], ChartFiles]:
    """Write the chart in every language into ``folder``/charts; keys (chart, language)."""
    target = folder / "charts"
    target.mkdir(parents=True, exist_ok=True)
    made: dict[tuple[str, str], ChartFiles] = {}
    for lang in LANGS:
        with styled(f"{CHART}.{lang}"):
            drawn = frontier(found, lang)
            dress(drawn.figure, drawn.title, _source(found, lang, run_id))
            made[CHART, lang] = write(drawn, target, CHART, lang, run_id)
    return made


def _source(found: Frontier, lang: Lang, run_id: str) -> str:
    title, year = found.scenario.title, found.scenario.time.price_year
    words = title.en if lang == "en" else title.zh
    return say(lang, "frontier.source", title=words, worlds=found.worlds, year=year, run=run_id)
