"""What the sheets are made of: the statement, the books of all worlds, and the middle world's row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...sim.ledger import ITEMS
from ...sim.outcome import Outcome, Study
from ..books import MONTHS_PER_YEAR, Books
from ..figures import Figure, annual_savings, level_savings, one_off_savings, total_savings
from ..lines import KWH_PER_GWH, KWH_PER_WAN, text
from ..messages import MILLION, WAN, Lang, say
from ..money.cash_flows import level_savings as shared_level_savings
from ..quantiles import Floats
from ..residual import residual_cny
from ..statement import Statement


@dataclass(frozen=True)
class Facts:
    """A study in one language, with the units that its tables are in."""

    statement: Statement
    study: Study
    books: Books
    lang: Lang

    @property
    def coin(self) -> float:
        """CNY per unit of money in every table."""
        return WAN if self.lang == "zh" else MILLION

    @property
    def power(self) -> float:
        """kWh per unit of energy in every table."""
        return KWH_PER_WAN if self.lang == "zh" else KWH_PER_GWH

    @property
    def worlds(self) -> list[int]:
        """Numbers of the worlds."""
        return [result.world for result in self.study.results]

    @cached_property
    def middle(self) -> int:
        """Row of the middle world among the results."""
        return self.worlds.index(self.statement.middle_world)

    @cached_property
    def years(self) -> list[int]:
        """Calendar year in which each simulated year begins."""
        clock = self.books.clock
        return [clock.year_of_month(y * MONTHS_PER_YEAR) for y in range(clock.years)]

    @cached_property
    def annual(self) -> list[int]:
        """Simulated years over which annual figures are averaged."""
        return list(self.books.years)

    @cached_property
    def rate(self) -> Floats:
        """Discount rate in each world."""
        return self.books.drawn(self.books.scenario.prices.discount_rate.path)

    @cached_property
    def booked(self) -> list[int]:
        """Rows of ITEMS that the government pays for in the middle world, in any alternative."""
        costs = [self.outcome(name) for name in self.books.scenario.alternatives]
        return [row for row in range(len(ITEMS)) if any(o.cost_cny[:, row].any() for o in costs)]

    def say(self, key: str, **values: object) -> str:
        """A message in the language of the tables."""
        return say(self.lang, key, **values)

    def title(self, name: str) -> str:
        """An alternative in words."""
        return text(self.lang, self.books.scenario.alternatives[name].title)

    def short(self, name: str, most: int = 60) -> str:
        """An alternative in words, cut to so many characters, for charts."""
        title = self.title(name)
        return title if len(title) <= most else title[: most - 1] + "…"

    def outcome(self, name: str) -> Outcome:
        """An alternative in the middle world."""
        return self.study.results[self.middle].outcomes[name]

    def yearly(self, monthly: Floats) -> Floats:
        """Sums by year, shape (months, ...) -> (years, ...)."""
        return np.asarray(monthly.reshape(-1, MONTHS_PER_YEAR, *monthly.shape[1:]).sum(axis=1))

    def saved(self, name: str) -> dict[str, Figure]:
        """Every saving world by world: annual and one-off categories, and totals."""
        return {
            **annual_savings(self.books, name),
            **one_off_savings(self.books, name),
            **total_savings(self.books, name),
        }

    def by_level(self, name: str) -> dict[str, Floats]:
        """Annual saving by who owns the room or line, last the cloud site, shape (worlds,) each."""
        return {level: figure.values for level, figure in level_savings(self.books, name).items()}

    def by_level_shared(self, name: str) -> dict[str, Floats]:
        """Annual saving of each level with its share of the cloud, shape (worlds,) each."""
        return shared_level_savings(self.books, name)

    def left(self, name: str) -> Floats:
        """What is left at the end of the horizon, alternative less baseline, in CNY."""
        return residual_cny(self.books, name) - residual_cny(self.books, self.books.baseline)

    def level_title(self, level: str) -> str:
        """A level of government or the cloud site in words."""
        levels = self.books.scenario.estate.levels
        return text(self.lang, levels[level].title) if level in levels else self.say("figure.cloud_site")
