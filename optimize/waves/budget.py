"""What moving may cost in each calendar year: one budget for every year, others for years of their own."""

from __future__ import annotations

import numpy as np

from ...scenarios.moves import Migration
from ...scenarios.world import World
from .problem import Floats


def budgets_cny(migration: Migration, world: World) -> Floats:
    """Budget of each calendar year of the horizon from its first, infinite without one, shape (years,)."""
    clock, every = world.clock, migration.budget_cny_per_year
    first, last = clock.year_of_month(0), clock.year_of_month(clock.months - 1)
    found = np.full(last - first + 1, np.inf if every is None else world.of(every))
    for year, budget in migration.budget_cny_by_year.items():
        if first <= year <= last:
            found[year - first] = world.of(budget)
    return found


def budget_words(migration: Migration, world: World) -> str:
    """The budgets in words, empty without any."""
    every, by_year = migration.budget_cny_per_year, migration.budget_cny_by_year
    parts = [] if every is None else [f"CNY {world.of(every):,.0f} a year"]
    parts += [f"CNY {world.of(by_year[year]):,.0f} in {year}" for year in sorted(by_year)]
    return f"at most {', '.join(parts)} for moving" if parts else ""
