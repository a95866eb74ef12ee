"""A sweep: the net annual saving over the values of the first field, a line for every other choice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ...scenarios.loader import quantities
from ..messages import LANGS, MILLION, WAN, Lang, money, say
from .drivers import label
from .files import ChartFiles, write
from .style import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PINK,
    RED,
    SKY,
    TITLE_COLUMNS,
    Chart,
    columns_in,
    dress,
    legend_above,
    panel,
    styled,
    width_in,
)
from .words import short, wrap
from .worlds import NAME_COLUMNS, in_language

if TYPE_CHECKING:
    from ..batch.sweep import Sweep

CHART = "sweep"
MOST_LINES = 6
COLORS = (BLUE, ORANGE, GREEN, RED, SKY, PINK)
MARKS = "os^Dv*"
COLUMNS = ("series", "value", "p10_cny", "p50_cny", "p90_cny")

Line = list[tuple[str, dict[str, float]]]  # values of a field, and the figures there


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
            dress(drawn.figure, drawn.title, _source(found, lang))
            made[CHART, lang] = write(drawn, target, CHART, lang, found.id)
    return made


def _series(found: Sweep) -> dict[tuple[str, ...], Line]:
    """Value of the first field and figures, by alternative and values of the other fields."""
    lines: dict[tuple[str, ...], Line] = {}
    for point, statement in zip(found.points, found.statements, strict=True):
        rest = () if found.paired else point.values[1:]
        for name, saved in statement["savings"].items():
            lines.setdefault((name, *rest), []).append((point.values[0], saved["annual_total"]))
    return lines


def _draw(found: Sweep, series: Mapping[tuple[str, ...], Line], lang: Lang) -> Chart:
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
        text = _called(found, key, lang)
        axes.errorbar(
            x, middle, yerr=ends, color=COLORS[k], marker=MARKS[k], capsize=3, linewidth=1.2, label=text
        )
        rows += [(text, value, stat["p10"], stat["p50"], stat["p90"]) for value, stat in line]
    axes.axhline(0, color=BLACK, linewidth=0.8)
    if len(labels) <= 12:
        axes.set_xticks([places[label] for label in labels], labels)
    fields = found.axes if found.paired else found.axes[:1]
    axes.set_xlabel(
        wrap(" · ".join(_with_unit(found, a.path, lang) for a in fields), columns_in(width_in() - 1))
    )
    axes.set_ylabel(say(lang, "sweep.axis", unit=say(lang, f"unit.{'million' if lang == 'en' else 'wan'}")))
    axes.grid(axis="y")
    legend_above(axes, 2)
    caption = say(lang, "sweep.caption", worlds=found.worlds)
    return Chart(figure, _title(found, series, lang), caption, COLUMNS, tuple(rows))


def _title(found: Sweep, series: Mapping[tuple[str, ...], Line], lang: Lang) -> str:
    """Between which medians the saving lies, and where it is lowest and highest."""
    points = [(stat["p50"], value, key) for key, line in series.items() for value, stat in line]

    def where(value: str, key: tuple[str, ...]) -> str:
        return value if len(series) == 1 else ", ".join((value, _called(found, key, lang)))

    low, high = min(points), max(points)
    return say(
        lang,
        "sweep.finding",
        field=_field(found, found.axes[0].path, lang),
        low=money(lang, low[0]),
        low_at=where(*low[1:]),
        high=money(lang, high[0]),
        high_at=where(*high[1:]),
    )


def _called(found: Sweep, key: tuple[str, ...], lang: Lang) -> str:
    """A line: its alternative, and the values of the other fields."""
    name = in_language(found.scenario.alternatives[key[0]].title, lang)
    return ", ".join((short(name, NAME_COLUMNS), *key[1:]))


def _field(found: Sweep, path: str, lang: Lang) -> str:
    """A field in words; its path if it is no quantity."""
    return label(found.scenario, path, lang) if path in quantities(found.scenario) else path


def _with_unit(found: Sweep, path: str, lang: Lang) -> str:
    """A field with its unit, if it has one."""
    known, text = quantities(found.scenario).get(path), _field(found, path, lang)
    unit = say(lang, f"quantity_unit.{known.unit}") if known else ""
    return say(lang, "drivers.of", text=text, owner=unit) if unit else text


def _source(found: Sweep, lang: Lang) -> str:
    return say(
        lang,
        "sweep.source",
        title=short(in_language(found.scenario.title, lang), TITLE_COLUMNS),
        worlds=found.worlds,
        year=found.scenario.time.price_year,
        run=found.id,
    )
