"""How the figures of a fleet are written."""

from __future__ import annotations

from pathlib import Path

from ..messages import Lang, number, say
from .statement import Comparison, FleetStatement

_PERCENT = {"slatah": 3, "pdm": 4, "overall_violation": 4, "average_violation": 2}
_DIGITS_OF_SLAV = 3
_CLOSE = 5e-6


def head(lang: Lang, metric: str) -> str:
    """Heading of a metric's column, with its unit."""
    return say(lang, f"fleet.metric.{metric}")


def cell(lang: Lang, metric: str, value: float) -> str:
    """A figure in a table."""
    if metric in _PERCENT:
        return f"{value * 100:.{_PERCENT[metric]}f}"
    if metric == "slav":
        return f"{value * 1e5:.{_DIGITS_OF_SLAV}f}"
    if metric == "esv_kwh":
        return f"{value * 1e3:.{_DIGITS_OF_SLAV}f}"
    return number(lang, value, 2 if metric == "energy_kwh" else 0)


def difference(lang: Lang, comparison: Comparison, metric: str) -> str:
    """Ours over the published figure, less 1, as a percentage; what prints as 0 is said to be equal."""
    found = comparison.difference(metric)
    if found is None:
        return say(lang, "fleet.not_zero")
    return "=" if abs(found) < _CLOSE else f"{found * 100:+.3f}\N{NO-BREAK SPACE}%"


def name_of(statement: FleetStatement, policy: str, lang: Lang) -> str:
    """A policy's name in words, and the user's own functions that it runs."""
    chosen = statement.scenario.policies[policy]
    own = [name for name in (chosen.detector, chosen.selector, chosen.placement) if name and ":" in name]
    title = chosen.title.en if lang == "en" else chosen.title.zh
    return f"{title} [{', '.join(Path(name).name for name in own)}]" if own else title


def provenance(statement: FleetStatement, lang: Lang) -> str:
    """One line on what was replayed, and how."""
    trace, scenario = statement.trace, statement.scenario
    missing = say(lang, "fleet.missing", missing=number(lang, trace.missing)) if trace.missing else ""
    return missing + say(
        lang,
        "fleet.provenance",
        hosts=scenario.hosts.count,
        components=trace.components,
        hours=number(lang, trace.steps * trace.step_s / 3600, 1),
        sha=trace.sha256[:16],
        mode=say(lang, f"fleet.mode.{scenario.compatibility}"),
    )
