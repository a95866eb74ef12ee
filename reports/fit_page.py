"""What a fit says: as rows of a table, on the screen, and as one self-contained page in both languages."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from markupsafe import Markup

from .. import __version__
from ..scenarios.check import columns
from ..scenarios.terms import Text
from ..sim.fit import Fit
from .fit import step_note
from .messages import LANGS, Lang, number, say, share
from .page import Charts, chart_parts, environment, whole_page

VALUE_COLUMNS = 24


def fit_rows(fit: Fit, lang: Lang) -> list[tuple[str, str]]:
    """Names and values of the parameters and of how well they fit."""
    found, good = fit.parameters, fit.goodness

    def part(value: float | None) -> str:
        return say(lang, "fit.not_told") if value is None else share(value, 1)

    low, middle, high = (number(lang, q, 2) for q in found.noise_quantiles[1:4])
    cells = {
        "mean": f"{share(found.mean, 1)} ({share(found.mean_quantiles[2], 1)})",
        "cv": number(lang, found.mean_cv, 2),
        "noise": f"{middle} ({low}, {high})",
        "day_share": part(found.day_share),
        "hour_share": part(found.hour_share),
        "common_share": part(found.common_share),
        "idle": number(lang, fit.idle),
        "missing": share(fit.trace.missing_share, 1),
        "gap": share(good["relative_probability_gap"], 1),
        "acf": number(lang, good["acf_rmse"], 3),
    }
    return [(say(lang, f"fit.row.{name}"), text) for name, text in cells.items()]


def fit_lead(fit: Fit, lang: Lang) -> str:
    """The finding in one or two sentences."""
    return say(
        lang,
        "fit.lead",
        working=number(lang, fit.working),
        components=number(lang, fit.trace.components),
        days=f"{fit.trace.span_days:.3g}",
        step=f"{fit.trace.step_s:g}",
        noise=number(lang, fit.parameters.noise, 2),
        capped=share(fit.parameters.noise_capped),
    )


def unknowns(fit: Fit, lang: Lang) -> list[str]:
    """What the trace does not tell, in words."""
    return [say(lang, f"fit.unknown.{key}") for key in fit.unknown or ("none",)]


def fit_table(fit: Fit, lang: Lang) -> str:
    """One screen of a fit."""
    rows = fit_rows(fit, lang)
    lines = [Path(fit.trace.path).name, fit_lead(fit, lang), step_note(fit, lang), ""]
    lines += [f"  {value}{' ' * (VALUE_COLUMNS - columns(value))}{name}" for name, value in rows]
    return "\n".join([*lines, "", say(lang, "fit.untold_line", what=_listed(fit, lang))])


def _listed(fit: Fit, lang: Lang) -> str:
    return ("; " if lang == "en" else "；").join(unknowns(fit, lang))


def fit_page(fit: Fit, charts: Charts, command: str, run_id: str) -> str:
    """The report of a fit.

    Args:
        charts: what ``charts.fit_charts.render_fit`` wrote, in a folder ``charts`` beside the page.
        command: what makes the same numbers again.
    """
    name = Path(fit.trace.path).name
    bodies = {lang: _body(fit, charts, command, run_id, lang) for lang in LANGS}
    return whole_page(bodies, Text(en=name, zh=name), run_id)


def _body(fit: Fit, charts: Charts, command: str, run_id: str, lang: Lang) -> Markup:
    return Markup(
        environment()
        .get_template("fit.html.j2")
        .render(
            lang=lang,
            t=partial(say, lang),
            chart=partial(chart_parts, charts, lang),
            title=Path(fit.trace.path).name,
            lead=fit_lead(fit, lang),
            step_note=step_note(fit, lang),
            run=run_id,
            version=__version__,
            rows=fit_rows(fit, lang),
            unknowns=unknowns(fit, lang),
            trace=fit.trace,
            command=command,
        )
    )
