"""The section of the page that says how sure the figures are."""

from __future__ import annotations

from dataclasses import dataclass

from .charts.drivers import label
from .lines import title
from .messages import Lang, money, number, say, share
from .statement import Statement
from .uncertainty.contest import AIMS
from .uncertainty.indices import Sensitivity

SHOWN = 12


@dataclass(frozen=True)
class Sure:
    """What stands there: sentences, and rows of two tables."""

    converged: str
    lead: str
    indices: tuple[tuple[str, ...], ...]
    standings: tuple[tuple[str, ...], ...]


def sure(statement: Statement, lang: Lang) -> Sure | None:
    """The section in one language; None if nothing is compared."""
    found = statement.uncertainty
    if found is None:
        return None
    told = found.convergence
    if told.enough is None or told.error_p10 is None or told.error_p90 is None:
        converged = say(lang, "page.sure.few")
    else:
        ends = {"low": money(lang, told.error_p10), "high": money(lang, told.error_p90)}
        enough = number(lang, told.enough)
        converged = say(
            lang, "page.sure.converged", worlds=number(lang, statement.worlds), enough=enough, **ends
        )
    annual = found.sensitivities["annual_total"]
    indices = tuple(
        (
            label(statement.scenario, index.path, lang),
            f"{index.first:.2f}",
            f"{index.total:.2f}",
            say(lang, "page.range", low=f"{index.total_range[0]:.2f}", high=f"{index.total_range[1]:.2f}"),
        )
        for index in annual.indices[:SHOWN]
    )
    standings = tuple(
        (title(statement, name, lang), *(share(place.best[aim]) for aim in AIMS), share(place.undominated))
        for name, place in found.standings.items()
    )
    return Sure(converged, _lead(annual, lang), indices, standings)


def _lead(found: Sensitivity, lang: Lang) -> str:
    """What the indices are, how much is explained, and what cannot be told from chance."""
    return say(lang, "page.sure.indices", q2=share(found.q2), chance=f"{found.chance:.2f}")
