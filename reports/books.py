"""The books of all worlds as arrays: what each alternative cost, and what it saves.

A saving is the baseline's cost minus the alternative's in the same world, on the same draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from ..scenarios.clock import Clock
from ..scenarios.schema import Scenario
from ..sim.ledger import ANNUAL, ITEMS, ONE_OFF
from ..sim.outcome import Outcome, WorldResult
from .quantiles import Floats

MONTHS_PER_YEAR = 12
YEARS_WITHOUT_DEADLINE = 3


def rows_of(names: Iterable[str], *sides: str) -> list[int]:
    """Rows of ITEMS by item or category name; of some sides only if given."""
    wanted = set(names)
    return [
        row
        for row, item in enumerate(ITEMS)
        if (item.name in wanted or item.category in wanted) and (not sides or item.side in sides)
    ]


def annual_years(scenario: Scenario) -> tuple[int, ...]:
    """Years (0 = the first simulated) over which annual figures are averaged.

    Those that begin after the last deadline of any alternative, so that the move lies behind; the last
    year if none does; the last three years if no alternative has a deadline.
    """
    years, start = scenario.time.years, scenario.time.start
    deadlines = [a.deadline for a in scenario.alternatives.values() if a.deadline is not None]
    if not deadlines:
        return tuple(range(max(0, years - YEARS_WITHOUT_DEADLINE), years))
    last = max(deadlines)
    first = last.year - start.year + (last.month >= start.month)
    return tuple(range(min(max(0, first), years - 1), years))


@dataclass(frozen=True)
class Books:
    """All worlds of a scenario (or those finished so far).

    Attributes:
        years: see ``annual_years``.
    """

    scenario: Scenario
    results: Sequence[WorldResult]
    clock: Clock
    years: tuple[int, ...]

    @classmethod
    def of(cls, scenario: Scenario, results: Sequence[WorldResult]) -> Self:
        """The books of some worlds."""
        return cls(scenario, results, Clock.of(scenario.time, scenario.calendar), annual_years(scenario))

    @property
    def baseline(self) -> str:
        """The alternative that savings are measured against."""
        return self.scenario.baseline

    @property
    def others(self) -> tuple[str, ...]:
        """The alternatives compared with it, in file order."""
        return tuple(name for name in self.scenario.alternatives if name != self.baseline)

    @cached_property
    def calendar_years(self) -> tuple[int, ...]:
        """Calendar year in which each of ``years`` begins."""
        return tuple(self.clock.year_of_month(y * MONTHS_PER_YEAR) for y in self.years)

    def each(self, alternative: str, value: Callable[[Outcome], object]) -> Floats:
        """One value or array per world, shape (worlds, ...)."""
        return np.array([value(r.outcomes[alternative]) for r in self.results], dtype=np.float64)

    def drawn(self, path: str) -> Floats:
        """The level of a quantity in each world, shape (worlds,)."""
        return np.array([r.draws[path] for r in self.results], dtype=np.float64)

    def saving(self, alternative: str) -> Floats:
        """Saving in CNY by month and item, shape (worlds, months, items)."""
        baseline = self.each(self.baseline, lambda o: o.cost_cny)
        return baseline - self.each(alternative, lambda o: o.cost_cny)

    def yearly(self, monthly: Floats) -> Floats:
        """Mean per year over ``years``, shape (worlds, months, ...) -> (worlds, ...)."""
        by_year = monthly.reshape(len(monthly), -1, MONTHS_PER_YEAR, *monthly.shape[2:]).sum(axis=2)
        return np.asarray(by_year[:, list(self.years)].mean(axis=1))

    def mean_of_years(self, by_year: Floats) -> Floats:
        """Mean over ``years`` of a yearly state, shape (worlds, years) -> (worlds,)."""
        return np.asarray(by_year[:, list(self.years)].mean(axis=1))

    def annual_saving(self, alternative: str, rows: Sequence[int] | None = None) -> Floats:
        """Saving per year in CNY of some items, all annual ones if not said, shape (worlds,)."""
        columns = rows_of(ANNUAL) if rows is None else list(rows)
        return np.asarray(self.yearly(self.saving(alternative)[:, :, columns]).sum(axis=1))

    def one_off_saving(
        self, alternative: str, rows: Sequence[int] | None = None, months: int | None = None
    ) -> Floats:
        """Saving in CNY of some items, all one-off ones if not said, shape (worlds,).

        Args:
            months: counted from the start; the whole horizon if None.
        """
        columns = rows_of(ONE_OFF) if rows is None else list(rows)
        return np.asarray(self.saving(alternative)[:, :months, columns].sum(axis=(1, 2)))

    def annual_amount(self, alternative: str, rows: Sequence[int]) -> Floats:
        """Amount per year of some items of one unit, shape (worlds,)."""
        return np.asarray(self.yearly(self.each(alternative, lambda o: o.amount[:, rows])).sum(axis=1))
