"""The charts of a report: each as SVG and PNG in both languages, with the table behind it.

A chart is a function ``(statement, study, lang) -> Chart``, listed in ``CHARTS``. Most show all alternatives;
those of ``EACH`` speak of one, and are drawn once for every alternative: of the first under the chart's own
name, of others under NAME-ALTERNATIVE. Nothing here changes matplotlib's global state but the list of fonts
it knows.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ...sim.outcome import Study
from ..messages import LANGS, Lang, say
from ..statement import Statement
from .cashflow import cashflow
from .claims import distribution, oneoff
from .drivers import drivers
from .energy import energy
from .files import FORMATS, PNG_DPI, ChartFiles, Format, write, write_one
from .hosts import hosts
from .levels import levels
from .migration import migration
from .proof import proof
from .rooms import rooms
from .service import service
from .style import TITLE_COLUMNS, WIDTH_IN, Chart, dress, styled
from .tornado import tornado
from .tradeoff import tradeoff
from .utilisation import utilisation
from .verdicts import verdicts
from .waterfall import waterfall
from .words import short
from .worlds import NAME_COLUMNS, in_language

__all__ = ["CHARTS", "FORMATS", "Chart", "ChartFiles", "Format", "figures", "render_all", "render_one"]

ChartFunction = Callable[[Statement, Study, Lang], Chart]

CHARTS: Mapping[str, ChartFunction] = {
    "waterfall": waterfall,
    "distribution": distribution,
    "drivers": drivers,
    "tornado": tornado,
    "cashflow": cashflow,
    "oneoff": oneoff,
    "levels": levels,
    "energy": energy,
    "utilisation": utilisation,
    "hosts": hosts,
    "migration": migration,
    "rooms": rooms,
    "service": service,
    "verdicts": verdicts,
    "tradeoff": tradeoff,
    "proof": proof,
}

EACH = ("waterfall", "levels", "hosts", "migration")
OF_ONE = (*EACH, "distribution", "oneoff", "drivers", "tornado")  # whose titles name what they speak of
ALONE = ("energy", "utilisation", "rooms", "service")  # that have something to show of the baseline alone


def render_all(
    statement: Statement, study: Study, folder: Path, run_id: str, langs: Sequence[Lang] = LANGS
) -> dict[tuple[str, str], ChartFiles]:
    """Write every chart in every language into ``folder``/charts.

    Returns:
        What was written, by (chart, language).
    """
    target = folder / "charts"
    target.mkdir(parents=True, exist_ok=True)
    written: dict[tuple[str, str], ChartFiles] = {}
    with _study_kept_out_of_collections():
        for name in figures(statement, study):
            for lang in langs:
                with _drawn(statement, study, name, lang, run_id) as chart:
                    written[name, lang] = write(chart, target, name, lang, run_id)
    return written


def render_one(
    statement: Statement,
    study: Study,
    path: Path,
    run_id: str,
    *,
    name: str,
    form: Format,
    lang: Lang,
    width_in: float = WIDTH_IN,
    dpi: int = PNG_DPI,
) -> None:
    """Write one chart, so many inches wide, to a place of one's own; no other is drawn.

    Args:
        name: of ``figures``.
    """
    with _drawn(statement, study, name, lang, run_id, width_in) as chart:
        write_one(chart, path, form, name, lang, run_id, dpi)


def figures(statement: Statement, study: Study) -> dict[str, tuple[str, str | None]]:
    """Every figure there is to draw: its id, the chart, and the alternative it speaks of."""
    first = statement.headline
    if first is None:
        return {name: (name, None) for name in ALONE if name in CHARTS}
    found: dict[str, tuple[str, str | None]] = {}
    for chart in CHARTS:
        found[chart] = chart, first
        for name in statement.savings if chart in EACH else ():
            if name != first and _speaks_of(chart, study, name):
                found[f"{chart}-{name}"] = chart, name
    return found


def _speaks_of(chart: str, study: Study, name: str) -> bool:
    """Whether a chart has anything to say of an alternative."""
    if chart == "hosts":
        return name in study.plans and len(study.plans[name].hosts.pool) > 0
    return chart != "migration" or study.scenario.alternatives[name].migration is not None


@contextmanager
def _study_kept_out_of_collections() -> Iterator[None]:
    """Figures are garbage by the thousand objects; finding it need not go through all that lives longer."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def _drawn(
    statement: Statement, study: Study, name: str, lang: Lang, run_id: str, width_in: float = WIDTH_IN
) -> Iterator[Chart]:
    """A chart with title and source, to be written within."""
    called, alternative = figures(statement, study)[name]
    with styled(f"{name}.{lang}", width_in):
        chart = CHARTS[called](replace(statement, headline=alternative), study, lang)
        title = chart.title
        if called in OF_ONE and len(statement.savings) > 1:
            title = say(lang, "chart.of", name=_short_title(study, alternative, lang), title=title)
        dress(chart.figure, title, source(study, lang, run_id))
        yield replace(chart, title=title)


def _short_title(study: Study, alternative: str | None, lang: Lang) -> str:
    title = study.scenario.alternatives[alternative or study.scenario.baseline].title
    return short(in_language(title, lang), NAME_COLUMNS)


def source(study: Study, lang: Lang, run_id: str) -> str:
    """The line under every chart: what made it, from how many worlds, in which prices."""
    scenario = study.scenario
    return say(
        lang,
        "source",
        title=short(in_language(scenario.title, lang), TITLE_COLUMNS),
        worlds=len(study.results),
        year=scenario.time.price_year,
        run=run_id,
    )
