"""A sweep: the net annual saving over the values of the first field, a line for every other choice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..messages import LANGS, MILLION, WAN, Lang, say
from .files import ChartFiles, write
from .style import BLACK, BLUE, GREEN, ORANGE, PINK, RED, SKY, Chart, dress, legend_above, panel, styled

if TYPE_CHECKING:
    from ..batch.sweep import Sweep

CHART = "sweep"
MOST_LINES = 6
COLORS = (BLUE, ORANGE, GREEN, RED, SKY, PINK)
MARKS = "os^Dv*"
COLUMNS = ("series", "value", "p10_cny", "p50_cny", "p90_cny")


def render_sweep(found: Sweep, folder: Path) -> dict[tuple[str, str], ChartFiles]:
    """Write the chart in every language into ``folder``/charts; keys (chart, language).

    Nothing is drawn where no alternative is compared or more lines would be needed than can be told apart.
    """
    series = _series(found)
    if not 0 < len(series) <= MOST_LINES:
        return {}
    target = folder / "charts"
    target.mkdir(parents=True, exist_ok=True)
    made: dict[tuple[str, str], ChartFiles] = {}
    for lang in LANGS:
        with styled(f"{CHART}.{lang}"):
            drawn = _draw(found, series, lang)
            dress(drawn.figure, drawn.title, drawn.caption)
            made[CHART, lang] = write(drawn, target, CHART, lang, found.id)
    return made


def _series(found: Sweep) -> dict[tuple[str, ...], list[tuple[str, dict[str, float]]]]:
    """Value of the first field and figures, by alternative and values of the other fields."""
    lines: dict[tuple[str, ...], list[tuple[str, dict[str, float]]]] = {}
    for point, statement in zip(found.points, found.statements, strict=True):
        rest = () if found.paired else point.values[1:]
        for name, saved in statement["savings"].items():
            lines.setdefault((name, *rest), []).append((point.values[0], saved["annual_total"]))
    return lines


def _draw(
    found: Sweep, series: dict[tuple[str, ...], list[tuple[str, dict[str, float]]]], lang: Lang
) -> Chart:
    figure, axes = panel()
    scale = MILLION if lang == "en" else WAN
    labels = list(dict.fromkeys(value for line in series.values() for value, _ in line))
    try:
        places = {label: float(label) for label in labels}
    except ValueError:
        places = {label: float(i) for i, label in enumerate(labels)}
    rows = []
    for k, (key, line) in enumerate(series.items()):
        shift = (k - (len(series) - 1) / 2) * 0.012 * (max(places.values()) - min(places.values()))
        x = [places[value] + shift for value, _ in line]
        middle = [stat["p50"] / scale for _, stat in line]
        ends = [
            [(stat["p50"] - stat["p10"]) / scale for _, stat in line],
            [(stat["p90"] - stat["p50"]) / scale for _, stat in line],
        ]
        title = getattr(found.scenario.alternatives[key[0]].title, lang)
        text = ", ".join((title, *key[1:]))
        axes.errorbar(
            x, middle, yerr=ends, color=COLORS[k], marker=MARKS[k], capsize=3, linewidth=1.2, label=text
        )
        rows += [(text, value, stat["p10"], stat["p50"], stat["p90"]) for value, stat in line]
    axes.axhline(0, color=BLACK, linewidth=0.8)
    if len(labels) <= 12:
        axes.set_xticks([places[label] for label in labels], labels)
    axes.set_xlabel(" · ".join(a.path for a in found.axes) if found.paired else found.axes[0].path)
    axes.set_ylabel(say(lang, "sweep.axis"))
    axes.grid(axis="y")
    legend_above(axes, 2)
    title = say(
        lang,
        "sweep.title",
        title=getattr(found.scenario.title, lang),
        paths=", ".join(a.path for a in found.axes),
    )
    return Chart(figure, title, say(lang, "sweep.note", worlds=found.worlds), COLUMNS, tuple(rows))
