"""The charts of a report: each as SVG and PNG in both languages, with the table behind it.

A chart is a function ``(statement, study, lang) -> Chart``, listed in ``CHARTS``. Nothing here
changes matplotlib's global state but the list of fonts it knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from ...sim.outcome import Study
from ..messages import LANGS, Lang, say
from ..statement import Statement
from .cashflow import cashflow
from .claims import distribution, oneoff
from .drivers import drivers
from .energy import energy
from .files import ChartFiles, write
from .levels import levels
from .migration import migration
from .service import service
from .style import Chart, dress, styled
from .tornado import tornado
from .utilisation import utilisation
from .waterfall import waterfall
from .worlds import in_language

__all__ = ["CHARTS", "Chart", "ChartFiles", "render_all"]

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
    "migration": migration,
    "service": service,
}


def render_all(
    statement: Statement, study: Study, folder: Path, run_id: str
) -> dict[tuple[str, str], ChartFiles]:
    """Write every chart in every language into ``folder``/charts.

    Returns:
        What was written, by (chart, language).
    """
    target = folder / "charts"
    target.mkdir(parents=True, exist_ok=True)
    written: dict[tuple[str, str], ChartFiles] = {}
    for name, chart in CHARTS.items():
        for lang in LANGS:
            with styled(f"{name}.{lang}"):
                drawn = chart(statement, study, lang)
                dress(drawn.figure, drawn.title, source(study, lang, run_id))
                written[name, lang] = write(drawn, target, name, lang, run_id)
    return written


def source(study: Study, lang: Lang, run_id: str) -> str:
    """The line under every chart: what made it, from how many worlds, in which prices."""
    scenario = study.scenario
    return say(
        lang,
        "source",
        title=in_language(scenario.title, lang),
        worlds=len(study.results),
        year=scenario.time.price_year,
        run=run_id,
    )
