"""The futures that charts put side by side: the baseline and the alternatives to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

from ...scenarios.terms import Text
from ...sim.outcome import Study
from ..books import MONTHS_PER_YEAR, Books
from ..messages import Lang, say
from ..quantiles import Floats
from ..statement import Statement
from .font import plain
from .words import short


def in_language(text: Text, lang: Lang) -> str:
    """A text of the scenario in one language, as a chart can write it."""
    return plain(text.en if lang == "en" else text.zh)


NAME_COLUMNS = 36  # of a name within a sentence
MOST_COMPARED = 5  # alternatives beside the baseline that one drawing holds


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

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """The baseline and every alternative to it, as many as one drawing holds."""
        return self.books.baseline, *self.books.others[:MOST_COMPARED]

    def left_out(self, lang: Lang) -> str:
        """What a caption adds where there are more alternatives than a drawing holds."""
        count = len(self.books.others)
        if count <= MOST_COMPARED:
            return ""
        return say(lang, "chart.left_out", shown=MOST_COMPARED, all=count)

    def title(self, alternative: str, lang: Lang) -> str:
        """An alternative's name in words."""
        return in_language(self.books.scenario.alternatives[alternative].title, lang)

    def called(self, alternative: str, lang: Lang) -> str:
        """An alternative's name as it stands within a sentence."""
        return short(self.title(alternative, lang), NAME_COLUMNS)

    def all_years(self) -> list[int]:
        """The calendar year in which each simulated year begins."""
        clock = self.books.clock
        return [clock.year_of_month(y * MONTHS_PER_YEAR) for y in range(clock.years)]

    def month(self, month: int) -> str:
        """A month index as year and month."""
        clock = self.books.clock
        return f"{clock.year_of_month(month)}-{clock.calendar_month(month) + 1:02d}"
