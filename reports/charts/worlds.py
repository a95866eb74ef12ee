"""The two futures that charts put side by side: the baseline and the statement's headline alternative."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

from ...scenarios.terms import Text
from ...sim.outcome import Study
from ..books import MONTHS_PER_YEAR, Books
from ..messages import Lang
from ..quantiles import Floats
from ..statement import Statement
from .font import plain


def in_language(text: Text, lang: Lang) -> str:
    """A text of the scenario in one language, as a chart can write it."""
    return plain(text.en if lang == "en" else text.zh)


@dataclass(frozen=True)
class Pair:
    """Two alternatives, world by world; the same one twice if a scenario has only one."""

    books: Books
    alternative: str

    @classmethod
    def of(cls, statement: Statement, study: Study) -> Self:
        """The baseline and the alternative that the statement speaks of first."""
        books = Books.of(study.scenario, study.results)
        return cls(books, statement.headline or books.baseline)

    @property
    def names(self) -> tuple[str, str]:
        """Baseline and alternative."""
        return self.books.baseline, self.alternative

    @cached_property
    def saving(self) -> Floats:
        """Saving in CNY by month and item, shape (worlds, months, items)."""
        return self.books.saving(self.alternative)

    def title(self, alternative: str, lang: Lang) -> str:
        """An alternative's name in words."""
        return in_language(self.books.scenario.alternatives[alternative].title, lang)

    def all_years(self) -> list[int]:
        """The calendar year in which each simulated year begins."""
        clock = self.books.clock
        return [clock.year_of_month(y * MONTHS_PER_YEAR) for y in range(clock.years)]

    def month(self, month: int) -> str:
        """A month index as year and month."""
        clock = self.books.clock
        return f"{clock.year_of_month(month)}-{clock.calendar_month(month) + 1:02d}"
