"""The charts of a report: each as SVG and PNG in both languages, with the table behind it.

A chart is a function ``(statement, study, lang) -> Chart``, listed in ``CHARTS``. Nothing here
changes matplotlib's global state but the list of fonts it knows.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
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
from .style import WIDTH_IN, Chart, dress, styled, words_only
from .tornado import tornado
from .tradeoff import tradeoff
from .utilisation import utilisation
from .verdicts import verdicts
from .waterfall import waterfall
from .words import short
from .worlds import in_language

__all__ = ["CHARTS", "FORMATS", "Chart", "ChartFiles", "Format", "render_all", "render_one"]

TITLE_COLUMNS = 80  # of a scenario's title in the line under a chart

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

# What they find without an alternative to the baseline: the others set two beside each other.
ALONE = ("hosts", "verdicts", "tradeoff", "proof")


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
        for name in CHARTS:
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
    """Write one chart, so many inches wide, to a place of one's own; no other is drawn."""
    with _drawn(statement, study, name, lang, run_id, width_in) as chart:
        write_one(chart, path, form, name, lang, run_id, dpi)


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
    with styled(f"{name}.{lang}", width_in):
        compared = statement.headline is not None or name in ALONE
        chart = CHARTS[name](statement, study, lang) if compared else _uncompared(lang)
        dress(chart.figure, chart.title, source(study, lang, run_id))
        yield chart


def _uncompared(lang: Lang) -> Chart:
    """In place of a comparison, where a scenario has nothing but its baseline."""
    why = say(lang, "chart.uncompared_caption")
    return Chart(words_only(why), say(lang, "chart.uncompared"), why, ("alternative",), ())


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
