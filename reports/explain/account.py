"""Bookings that a figure is made of, in one world: what is booked, how much of it counts, that it adds up.

A figure of money, energy, carbon or machines is a sum of bookings, each with a factor: 1 / years for a yearly
mean, the discount of its month, the share that is left of a purchase. What is booked is read from
``ledger.parquet`` (``ledger_levels.parquet`` for one level of government). Where the factor differs from
month to month, which those tables do not tell, months come from ``study.bin``, and their sum is held against
the table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...sim.ledger import ITEMS, PAYERS, VENDOR
from ...sim.outcome import Outcome
from ..books import MONTHS_PER_YEAR
from ..quantiles import Floats
from .opened import LEDGER, LEVELS, SITES, Opened

COST, AMOUNT, CARBON = "cost_cny", "amount", "carbon_kg"
VENDOR_COST, SOCIETY = "vendor_cny", "society_cny"
OTHERS = tuple(f"{payer}_cny" for payer in PAYERS[1:])


@dataclass(frozen=True)
class Term:
    """What a figure takes from the books of one alternative.

    Attributes:
        rows: of ITEMS.
        column: of the ledger that counts.
        weight: factor of each month, shape (months,), or of each month and row, (months, rows).
        level: where only what is booked at one level of government counts.
    """

    alternative: str
    rows: Sequence[int]
    column: str
    weight: Floats
    level: str | None = None


@dataclass(frozen=True)
class Entry:
    """Bookings of one item in one year.

    Attributes:
        amount: in the item's unit; None where the table has no amounts (levels).
        booked: sum of the column over the year, as the run's table has it.
        counted: what the figure takes of it.
    """

    alternative: str
    year: int
    item: str
    category: str
    level: str | None
    column: str
    amount: float | None
    booked: float
    counted: float


@dataclass(frozen=True)
class Part:
    """A sum within a figure: its name, bookings and value."""

    name: str
    entries: tuple[Entry, ...]
    value: float


@dataclass
class Desk:
    """Where a figure of one world is reckoned again from the books of the run.

    Attributes:
        row: of the world among the results.
        parts: sums taken so far; ``symbols`` numbers put into the formula.
        off: largest difference between months of ``study.bin`` and the year in the table.
        asked: quantities that the formula took.
    """

    run: Opened
    row: int
    parts: list[Part] = field(default_factory=list)
    symbols: dict[str, float] = field(default_factory=dict)
    off: float = 0.0
    asked: dict[str, None] = field(default_factory=dict)

    @property
    def world(self) -> int:
        """Number of the world."""
        return self.run.study.results[self.row].world

    def drawn(self, path: str) -> float:
        """A quantity's value in this world, as ``worlds.parquet`` has it."""
        self.asked[path] = None
        return drawn(self.run, self.row, path)

    def outcome(self, alternative: str) -> Outcome:
        """What the study keeps of an alternative in this world."""
        return self.run.study.results[self.row].outcomes[alternative]

    def put(self, **symbols: float) -> None:
        """Numbers for the formula."""
        self.symbols.update(symbols)

    def sum(self, name: str, *terms: Term) -> float:
        """A sum of bookings."""
        entries = tuple(entry for term in terms for entry in self._entries(term))
        value = math.fsum(entry.counted for entry in entries)
        self.parts.append(Part(name, entries, value))
        return value

    def of(self, alternative: str) -> float:
        """What the last part counts of an alternative, whatever its sign."""
        return abs(math.fsum(e.counted for e in self.parts[-1].entries if e.alternative == alternative))

    def _entries(self, term: Term) -> list[Entry]:
        found, first = [], self.run.books.clock.year_of_month(0)
        weight = term.weight if term.weight.ndim == 2 else np.repeat(term.weight[:, None], len(term.rows), 1)
        for column, row in enumerate(term.rows):
            for year in range(len(weight) // MONTHS_PER_YEAR):
                months = slice(year * MONTHS_PER_YEAR, (year + 1) * MONTHS_PER_YEAR)
                factors = weight[months, column]
                if not factors.any():
                    continue
                amount, booked = self._booked(term, row, first + year)
                if (factors == factors[0]).all():
                    counted = booked * float(factors[0])
                else:
                    monthly = _monthly(self.outcome(term.alternative), term.column)[months, row]
                    counted = math.fsum(monthly * factors)
                    self.off = max(self.off, abs(math.fsum(monthly) - booked))
                if not (booked or counted):
                    continue
                item = ITEMS[row]
                where = (term.alternative, first + year, item.name, item.category, term.level, term.column)
                found.append(Entry(*where, amount, booked, counted))
        return found

    def _booked(self, term: Term, row: int, year: int) -> tuple[float | None, float]:
        """Amount and sum of the column that a table of the run has; 0 if it has no such line."""
        key = (term.alternative, year, ITEMS[row].name)
        if term.level is not None:
            levels = self.run.once((LEVELS, self.world), lambda: _levels(self.run, self.world))
            return None, levels.get((*key, term.level), 0.0)
        line = self.run.once((LEDGER, self.world), lambda: _lines(self.run, self.world)).get(key)
        if line is None:
            return None, 0.0
        if term.column == SOCIETY:
            return line[AMOUNT], math.fsum(line[column] for column in (COST, *OTHERS))
        return line[AMOUNT], line[term.column]


def _monthly(outcome: Outcome, column: str) -> Floats:
    """A column of the ledger by month and item."""
    match column:
        case "amount" | "cost_cny" | "carbon_kg":
            found: Floats = getattr(outcome, column)
        case "society_cny":
            found = outcome.society_cny
        case _:
            assert column == f"{PAYERS[VENDOR]}_cny"
            found = outcome.vendor_cny
    return found


def drawn(run: Opened, row: int, path: str) -> float:
    """A quantity's value in one world."""
    from .opened import WORLDS

    column = run.table(WORLDS, "world", path)[path]
    if row >= len(column):
        raise run.wrong(WORLDS, "has fewer worlds than the run")
    return float(column[row])


def _lines(run: Opened, world: int) -> dict[tuple[str, int, str], dict[str, float]]:
    """Lines of ``ledger.parquet`` in one world, by alternative, year and item."""
    columns = (AMOUNT, COST, CARBON, *OTHERS)
    table = run.table(LEDGER, "world", "alternative", "year", "item", *columns)
    rows = np.flatnonzero(table["world"] == world).tolist()
    return {_key(table, row): {column: float(table[column][row]) for column in columns} for row in rows}


def _levels(run: Opened, world: int) -> dict[tuple[str, int, str, str], float]:
    """Lines of ``ledger_levels.parquet`` in one world, by alternative, year, item and level."""
    table = run.table(LEVELS, "world", "alternative", "year", "item", "level", COST)
    rows = np.flatnonzero(table["world"] == world).tolist()
    return {(*_key(table, row), str(table["level"][row])): float(table[COST][row]) for row in rows}


def _key(table: dict[str, Any], row: int) -> tuple[str, int, str]:
    return str(table["alternative"][row]), int(table["year"][row]), str(table["item"][row])


def by_level(run: Opened, world: int, entries: Sequence[Entry]) -> dict[str, float]:
    """What a sum of the government's cost counts of each level, and of the cloud sites."""
    table = run.table(LEVELS, "world", "alternative", "year", "item", "level", COST)
    factor: dict[tuple[str, int, str], float] = {}
    for entry in entries:
        if entry.booked:
            factor[entry.alternative, entry.year, entry.item] = entry.counted / entry.booked
    found: dict[str, float] = {}
    for row in np.flatnonzero(table["world"] == world).tolist():
        counts = factor.get(_key(table, row))
        if counts is not None:
            level = str(table["level"][row])
            found[level] = found.get(level, 0.0) + float(table[COST][row]) * counts
    return found


@dataclass(frozen=True)
class Booking:
    """One booking of the middle world in full; ``month`` as year and month."""

    alternative: str
    month: str
    site: str
    item: str
    payer: str
    amount: float
    cost_cny: float
    carbon_kg: float


def bookings(run: Opened, terms: Sequence[Entry]) -> list[Booking]:
    """Bookings of the middle world behind entries, the largest first.

    Of a yearly figure only those of its years.
    """
    wanted = {(entry.alternative, entry.year, entry.item) for entry in terms}
    columns = ("alternative", "month", "site", "item", "payer", AMOUNT, COST, CARBON)
    table = run.table(SITES, *columns)
    month = table["month"].astype("datetime64[M]")
    first = run.books.clock.start
    years = (month - np.datetime64(f"{first.year:04}-{first.month:02}", "M")).astype(int) // MONTHS_PER_YEAR
    calendar = years + run.books.clock.year_of_month(0)
    keys = zip(table["alternative"], calendar.tolist(), table["item"], strict=True)
    kept = [row for row, key in enumerate(keys) if key in wanted]
    by = CARBON if terms and terms[0].column == CARBON else COST
    kept.sort(key=lambda row: -abs(float(table[by][row])))
    return [
        Booking(
            str(table["alternative"][row]),
            str(month[row]),
            str(table["site"][row]),
            str(table["item"][row]),
            str(table["payer"][row]),
            *(float(table[column][row]) for column in (AMOUNT, COST, CARBON)),
        )
        for row in kept
    ]
