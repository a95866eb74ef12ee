"""Where each key figure comes from: its formula, the bookings it sums, what sways it, how to cite it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ...scenarios.check import assumptions
from ...sim.ledger import ANNUAL, ONE_OFF
from ...sim.outcome import Study
from ..books import Books, rows_of
from ..charts.drivers import label
from ..figures import conduct, total_savings
from ..lines import title
from ..manifest import run_id
from ..messages import Lang, money_cell, say, share
from ..quantiles import Floats
from ..rank import Driver, by_grade, rank_correlations
from ..statement import Statement

SWAYING = 4  # quantities named
SEEN = 0.005  # a share below it prints as nothing
WHOLE = ("npv", "payback_years")  # figures about the whole horizon
_YEARLY = frozenset(ANNUAL)
# Key figures in the order of the page, and the categories whose bookings each sums.
KEYS: Mapping[str, tuple[str, ...]] = {
    "annual_total": ANNUAL,
    "annual_without_staff": tuple(c for c in ANNUAL if c != "staff"),
    "one_off_total": ONE_OFF,
    "npv": (*ANNUAL, *ONE_OFF),
    "payback_years": (*ANNUAL, *ONE_OFF),
    "rooms_closed": (),
    "hosts_bought": (),
    "energy_saved": ("electricity",),
}


@dataclass(frozen=True)
class Source:
    """A quantity that sways a figure: where it stands in the table of assumptions, and its part."""

    name: str
    row: int
    grade: str
    part: str
    source: str


@dataclass(frozen=True)
class Trace:
    """One key figure.

    Attributes:
        bookings: category, then baseline, alternative and saving in the middle world, as texts.
        grades: share of the explained spread by grade, as a sentence.
    """

    key: str
    formula: str
    bookings: tuple[tuple[str, str, str, str], ...]
    grades: str
    sources: tuple[Source, ...]
    cite: str


Swayed = Mapping[str, tuple[Driver, ...]]


def swayed(statement: Statement, study: Study) -> Swayed:
    """What sways each key figure, strongest first."""
    name = statement.headline
    if name is None:
        return {}
    books = Books.of(study.scenario, study.results)
    found = total_savings(books, name) | conduct(books, name)
    known = {"annual_total": statement.drivers}
    return {key: known.get(key) or rank_correlations(books, _finite(found[key].values)) for key in KEYS}


def _finite(values: Floats) -> Floats:
    """Times that never come rank last."""
    return values.clip(max=1e9)


def traces(statement: Statement, study: Study, found: Swayed, lang: Lang) -> list[Trace]:
    """Every key figure in one language, in order; none if nothing is compared."""
    if statement.headline is None:
        return []
    rows = {assumed.path: i for i, assumed in enumerate(assumptions(statement.scenario))}
    sources = {assumed.path: assumed.source for assumed in assumptions(statement.scenario)}

    def named(driver: Driver) -> Source:
        return Source(
            label(statement.scenario, driver.path, lang),
            rows[driver.path],
            driver.grade,
            share(driver.share),
            sources[driver.path] or say(lang, "page.assumed.no_source"),
        )

    return [
        Trace(
            key,
            _formula(statement, key, lang),
            tuple(_bookings(statement, study, key, lang)),
            _grades(found[key], lang),
            tuple(named(d) for d in found[key][:SWAYING] if d.share >= SEEN),
            say(lang, "trace.cite", run=run_id(statement), row=key),
        )
        for key in KEYS
    ]


def _formula(statement: Statement, key: str, lang: Lang) -> str:
    name = statement.headline
    assert name is not None
    return say(
        lang,
        f"trace.{key}",
        name=title(statement, name, lang),
        baseline=title(statement, statement.scenario.baseline, lang),
        first=statement.years[0],
        last=statement.years[-1],
        years=statement.scenario.time.years,
    )


def _grades(drivers: Iterable[Driver], lang: Lang) -> str:
    parts = by_grade(tuple(drivers))
    if not sum(parts.values()):
        return say(lang, "page.drivers.none")
    return say(lang, "trace.grades", **{grade: share(part) for grade, part in parts.items()})


def _bookings(
    statement: Statement, study: Study, key: str, lang: Lang
) -> Iterator[tuple[str, str, str, str]]:
    """What a figure sums in the middle world, by category, and last their sum.

    Annual categories count by the year, in the annual years, unless the figure is about the whole horizon.
    """
    name, baseline = statement.headline, statement.scenario.baseline
    assert name is not None
    middle = [result for result in study.results if result.world == study.world.index]
    books = Books.of(study.scenario, middle)
    by_year = key not in WHOLE

    def cost(alternative: str, category: str) -> float:
        monthly = books.each(alternative, lambda o: o.cost_cny[:, rows_of({category})])
        yearly = by_year and category in _YEARLY
        return float((books.yearly(monthly) if yearly else monthly.sum(axis=1)).sum())

    sums = [0.0, 0.0]
    for category in KEYS[key]:
        before, after = cost(baseline, category), cost(name, category)
        sums = [sums[0] + before, sums[1] + after]
        yield _texts(say(lang, f"category.{category}"), before, after, lang)
    if len(KEYS[key]) > 1:
        yield _texts(say(lang, "book.sum"), sums[0], sums[1], lang)


def _texts(head: str, before: float, after: float, lang: Lang) -> tuple[str, str, str, str]:
    return head, money_cell(lang, before), money_cell(lang, after), money_cell(lang, before - after)
