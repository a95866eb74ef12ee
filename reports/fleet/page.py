"""``report.html`` of a fleet: one self-contained page in both languages."""

from __future__ import annotations

from functools import partial

from markupsafe import Markup

from ..messages import LANGS, Lang, say
from ..page import Charts, chart_parts, environment, whole_page
from .statement import METRICS, FleetStatement
from .words import cell, difference, head, name_of, provenance

_LEAD = ("energy_kwh", "migrations", "slatah", "pdm", "slav", "esv_kwh", "host_shutdowns")


def fleet_page(statement: FleetStatement, charts: Charts, command: str, run_id: str) -> str:
    """The report of a fleet run.

    Args:
        charts: what ``charts.render_all`` wrote, in a folder ``charts`` beside the page.
        command: what makes the same bytes again.
    """
    bodies = {lang: _body(statement, charts, command, run_id, lang) for lang in LANGS}
    return whole_page(bodies, statement.scenario.title, run_id)


def _body(statement: FleetStatement, charts: Charts, command: str, run_id: str, lang: Lang) -> Markup:
    scenario = statement.scenario
    template = environment().get_template("fleet.html.j2")
    zh = lang == "zh"
    return Markup(
        template.render(
            lang=lang,
            t=partial(say, lang),
            chart=partial(chart_parts, charts, lang),
            title=scenario.title.zh if zh else scenario.title.en,
            summary=scenario.summary.zh if zh else scenario.summary.en,
            provenance=provenance(statement, lang),
            statement=statement,
            run=run_id,
            command=command,
            finding=_finding(statement, lang),
            heads=[head(lang, metric) for metric in _LEAD],
            policies=_policies(statement, lang),
            claims=[_claims(statement, lang, like=like) for like in (True, False)],
            quirks=[(name, on) for name, on in statement.quirks.items()],
        )
    )


def _finding(statement: FleetStatement, lang: Lang) -> str:
    figures = statement.figures
    best = min(figures, key=lambda p: figures[p]["energy_kwh"])
    return say(
        lang,
        "fleet.finding",
        name=name_of(statement, best, lang),
        energy=cell(lang, "energy_kwh", figures[best]["energy_kwh"]),
        baseline=name_of(statement, statement.scenario.baseline, lang),
        cut=f"{statement.saving(best):.1%}",
        migrations=cell(lang, "migrations", figures[best]["migrations"]),
        slatah=cell(lang, "slatah", figures[best]["slatah"]),
        pdm=cell(lang, "pdm", figures[best]["pdm"]),
    )


def _policies(statement: FleetStatement, lang: Lang) -> list[tuple[str, list[str]]]:
    return [
        (name_of(statement, policy, lang), [cell(lang, metric, found[metric]) for metric in _LEAD])
        for policy, found in statement.figures.items()
    ]


def _claims(statement: FleetStatement, lang: Lang, *, like: bool) -> dict[str, object]:
    """Published figures beside ours: headings, rows of cells, and the sources."""
    alike = [c for c in statement.comparisons if c.like == like]
    metrics = [metric for metric in METRICS if any(metric in c.published for c in alike)]
    rows = [
        (c.claim.id, [difference(lang, c, metric) if metric in c.published else "" for metric in metrics])
        for c in alike
    ]
    sources = list(dict.fromkeys(c.claim.source for c in alike))
    return {"heads": [head(lang, metric) for metric in metrics], "rows": rows, "sources": sources}
