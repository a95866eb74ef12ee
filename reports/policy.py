"""Rules of policy over all worlds: in which share they were met, when, and by how much they were missed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ..scenarios.clock import HOURS_PER_DAY
from ..scenarios.policy import Rule
from .books import Books
from .figures import Figure
from .quantiles import Floats, Stat

YEAR = "year"
# Fields of rules that are their day, the first of them that is given.
_DAYS = ("by", "to", "on", "first")


@dataclass(frozen=True)
class RuleFigures:
    """One rule and one alternative.

    Attributes:
        rule: what kind of rule it is.
        due: its day; None if it has none.
        met_share: share of worlds in which it holds on that day (always, if it has none).
        met_on: from when on it holds for good, as a calendar year with decimals; None where it never does.
        first_on: when the first of it was done (a department reached, a room closed, a month that saves).
        shortfall: by how much it is missed on its day, 0 where it is met.
    """

    rule: str
    due: date | None
    met_share: float
    met_on: Stat
    first_on: Stat
    shortfall: Stat
    source: str


def policy_of(books: Books, alternative: str) -> dict[str, RuleFigures]:
    """Every rule that binds an alternative, in file order."""
    found = books.results[0].outcomes[alternative].policy
    return {name: _figures(books, alternative, name, books.scenario.policy[name]) for name in found}


def _figures(books: Books, alternative: str, name: str, rule: Rule) -> RuleFigures:
    each = [result.outcomes[alternative].policy[name] for result in books.results]
    return RuleFigures(
        rule=rule.rule,
        due=due_day(rule),
        met_share=float(np.mean([outcome.met for outcome in each])),
        source=rule.source,
        **{key: Stat.of_times(*figure) for key, figure in dates(books, alternative, name).items()},
    )


def dates(books: Books, alternative: str, name: str) -> dict[str, Figure]:
    """When a rule was met and first worked on, and by how much it was missed, by attribute of RuleFigures."""
    each = [result.outcomes[alternative].policy[name] for result in books.results]
    short = np.array([outcome.shortfall for outcome in each])
    return {
        "met_on": Figure(_years(books, [outcome.met_h for outcome in each]), YEAR),
        "first_on": Figure(_years(books, [outcome.first_h for outcome in each]), YEAR),
        "shortfall": Figure(short, each[0].unit),
    }


def due_day(rule: Rule) -> date | None:
    """The day of a rule: the last on which it may be met, else the first on which it holds."""
    for field in _DAYS:
        day = getattr(rule, field, None)
        if isinstance(day, date):
            return day
    return None


def _years(books: Books, hours: list[int | None]) -> Floats:
    """Calendar years with decimals; infinite where there is no such hour."""
    start = books.scenario.time.start
    return np.array([np.inf if hour is None else _year(start, hour / HOURS_PER_DAY) for hour in hours])


def _year(start: date, days: float) -> float:
    """The calendar year with decimals, so many days after a day."""
    day = start + timedelta(days=int(days))
    first = date(day.year, 1, 1)
    return day.year + ((day - first).days + days % 1) / _length(day.year)


def _length(year: int) -> int:
    """Days of a year."""
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def day_of(year: float) -> date:
    """The day that a calendar year with decimals stands for, rounded down."""
    return date(int(year), 1, 1) + timedelta(days=int((year - int(year)) * _length(int(year)) + 1e-6))


def goals_of(books: Books, alternative: str) -> dict[str, Stat]:
    """Where the estate stands at the end, by goal (see ``sim.compliance.goals``)."""
    names: Mapping[str, float] = books.results[0].outcomes[alternative].goals
    units = {name: "count" if name == "rooms_open" else "1" for name in names}
    return {
        name: Stat.of(np.array([r.outcomes[alternative].goals[name] for r in books.results]), unit)
        for name, unit in units.items()
    }
