"""The tables of a run: the books of all worlds, the bookings and hours of the middle one, every draw.

Column names end in their unit. See ``placement`` for what the plan puts where.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from ..sim.ledger import ITEMS, PAYERS
from ..sim.outcome import Outcome, Study
from ..sim.run import SERIES
from .arrow import Indices, item_columns, joined, moments, months, save, texts
from .books import MONTHS_PER_YEAR, Books
from .claims import accounting, combinations, speaks_of
from .claims import figure as claimed
from .figures import CLOUD_LEVEL, Figure, annual_savings, conduct, one_off_savings, total_savings
from .money.values import stored
from .placement import hosts, plan
from .quantiles import Floats


def write_tables(study: Study, folder: Path) -> None:
    """Write every table of a study into a folder."""
    for name, table in TABLES.items():
        save(table(study), folder / f"{name}.parquet")


def ledger(study: Study) -> pa.Table:
    """Bookings of all worlds by alternative, year and item; what sums to nothing is left out.

    ``cost_cny`` is the government's; every other payer has a column of its own.
    """

    def by_year(outcome: Outcome) -> Floats:
        nothing = np.zeros((len(PAYERS) - 1, *outcome.cost_cny.shape))
        others = nothing if outcome.others_cny is None else outcome.others_cny
        monthly = np.stack([outcome.amount, outcome.cost_cny, outcome.carbon_kg, *others], axis=-1)
        return np.asarray(monthly.reshape(-1, MONTHS_PER_YEAR, len(ITEMS), monthly.shape[-1]).sum(axis=1))

    sums = _of_all(study, by_year)
    world, alternative, year, item = np.nonzero((sums != 0).any(axis=-1))
    booked = sums[world, alternative, year, item]
    names = ("amount", "cost_cny", "carbon_kg", *(f"{payer}_cny" for payer in PAYERS[1:]))
    columns = {name: booked[:, i] for i, name in enumerate(names)}
    return pa.table({**_keys(study, world, alternative, year), **item_columns(item), **columns})


def ledger_levels(study: Study) -> pa.Table:
    """Cost to the government in all worlds by alternative, year, level (or the cloud site) and item."""
    cost = _of_all(study, lambda outcome: outcome.cost_by_level_cny)
    world, alternative, year, level, item = cells = np.nonzero(cost)
    names = [*study.scenario.estate.levels, CLOUD_LEVEL]
    return pa.table(
        {
            **_keys(study, world, alternative, year),
            "level": texts(names, level),
            **item_columns(item),
            "cost_cny": cost[cells],
        }
    )


def ledger_sites(study: Study) -> pa.Table:
    """Every booking of the middle world; ``site`` is a room, a cloud site, or the office of a unit."""
    tables = []
    for name, run in study.runs.items():
        books = run.ledger
        sites, row = np.unique(books.site, return_inverse=True)
        columns = {
            "alternative": texts([name], np.zeros_like(row)),
            "month": months(study.world.clock, books.month),
            "site": texts([_site(study, name, int(site)) for site in sites], row),
            **item_columns(books.item),
            "payer": texts(PAYERS, books.payer),
            "amount": books.amount,
            "cost_cny": books.cost_cny,
            "carbon_kg": books.carbon_kg,
        }
        tables.append(pa.table(columns))
    return joined(tables)


def series(study: Study) -> pa.Table:
    """Hourly state of the middle world in local time, every alternative."""
    tables = []
    for name, run in study.runs.items():
        hour = np.arange(study.world.clock.hours)
        columns = {
            "alternative": texts([name], np.zeros_like(hour)),
            "time": moments(study.world.clock, hour),
            **{column: run.series[column].astype(np.float32) for column in SERIES},
        }
        tables.append(pa.table(columns))
    return joined(tables)


def worlds(study: Study) -> pa.Table:
    """One row per world, see ``world_table``."""
    return world_table(Books.of(study.scenario, study.results))


def world_table(books: Books) -> pa.Table:
    """One row per world: every quantity drawn, by its path, then what came of it, as alternative:figure.

    Among the figures are those that claims speak of, under every way of counting (``claim K2 gross``), and
    what the alternative has saved over the baseline by the end of each year (``cash 24 months``).
    """
    columns: dict[str, object] = {"world": np.array([r.world for r in books.results], dtype=np.int32)}
    columns |= {path: books.drawn(path) for path in books.results[0].draws}
    for name in books.scenario.alternatives:
        columns |= _named(name, conduct(books, name))
        columns |= _named(name, {f"money {key}": figure for key, figure in stored(books, name).items()})
    for name in books.others:
        found = total_savings(books, name) | annual_savings(books, name) | one_off_savings(books, name)
        columns |= _named(name, {f"saving {key}": figure for key, figure in found.items()})
        columns |= _named(name, claim_figures(books, name) | cash_figures(books, name))
    return pa.table(columns)


def _named(alternative: str, figures: Mapping[str, Figure]) -> dict[str, object]:
    return {f"{alternative}:{key} ({figure.unit})": figure.values for key, figure in figures.items()}


def claim_figures(books: Books, name: str) -> dict[str, Figure]:
    """What every claim about an alternative reads in each world, under every way of counting."""
    return {
        f"claim {claim.id} {accounting(claim, switches)}": Figure(
            claimed(books, name, claim, switches), claim.unit
        )
        for claim in books.scenario.claims
        if speaks_of(books, claim, name)
        for switches in combinations(claim)
    }


def cash_figures(books: Books, name: str) -> dict[str, Figure]:
    """Net cash saved by the end of each year, not discounted: above 0 it is paid back by then."""
    total = np.cumsum(books.saving(name).sum(axis=2), axis=1)
    ends = range(MONTHS_PER_YEAR, total.shape[1] + 1, MONTHS_PER_YEAR)
    return {f"cash {months} months": Figure(total[:, months - 1], "CNY") for months in ends}


def _of_all(study: Study, value: Callable[[Outcome], Floats]) -> Floats:
    """A value of every outcome, shape (worlds, alternatives, ...)."""
    names = list(study.scenario.alternatives)
    return np.array([[value(result.outcomes[name]) for name in names] for result in study.results])


def _keys(study: Study, world: Indices, alternative: Indices, year: Indices) -> dict[str, pa.Array]:
    """Columns that say which world, alternative and year (by its first month) a row belongs to."""
    numbers = np.array([result.world for result in study.results], dtype=np.int32)
    first = study.world.clock.year_of_month(0)
    return {
        "world": pa.array(numbers[world]),
        "alternative": texts(list(study.scenario.alternatives), alternative),
        "year": pa.array((first + year).astype(np.int16)),
    }


def _site(study: Study, alternative: str, site: int) -> str:
    """Name of a ledger's site: ``room 12``, ``office 3`` (ids of the estate), or a cloud site by its name.

    The one site of a cloud that names none is ``cloud``; others are ``cloud NAME``.
    """
    estate, names = study.world.estate, study.plans[alternative].sites
    if site >= 0:
        return f"room {estate.rooms.id[site]}"
    row = -1 - site
    if row < len(names):
        return CLOUD_LEVEL if names[row] == CLOUD_LEVEL else f"{CLOUD_LEVEL} {names[row]}"
    return f"office {estate.units.id[row - max(len(names), 1)]}"


TABLES: dict[str, Callable[[Study], pa.Table]] = {
    "ledger": ledger,
    "ledger_levels": ledger_levels,
    "ledger_sites": ledger_sites,
    "series": series,
    "worlds": worlds,
    "plan": plan,
    "hosts": hosts,
}
