"""What the chapters of a document are made from, and the tables and figures that they share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from ...scenarios.check import Assumption, assumptions
from ..charts import ChartFiles
from ..lines import NOTHING, Line, Span
from ..messages import Lang, messages, say
from ..statement import Statement
from .blocks import Figure, Row, Table

Charts = Mapping[tuple[str, str], ChartFiles]


@dataclass(frozen=True)
class Material:
    """A statement with its texts and charts in one language.

    Attributes:
        facts: what ``reports.sections.sections`` gives.
        charts: what ``charts.render_all`` wrote, in all languages.
    """

    statement: Statement
    facts: Mapping[str, Any]
    charts: Charts
    lang: Lang

    def say(self, key: str, **values: object) -> str:
        """A message in the document's language."""
        return say(self.lang, key, **values)

    @property
    def names(self) -> Mapping[str, str]:
        """Titles of the alternatives."""
        names: Mapping[str, str] = self.facts["names"]
        return names

    @property
    def source(self) -> str:
        """The line under a table of simulated figures."""
        return self.say("document.source", run=self.facts["run"])

    @cached_property
    def claims(self) -> Sequence[tuple[str, str, Any]]:
        """Published figures: a name for their tables, whose saving where that is not plain, and all ways."""
        checks = self.statement.claims
        alternatives = [name for (name, _), _ in groupby(checks, key=lambda c: (c.alternative, c.claim.id))]
        several = len(set(alternatives)) > 1
        return [
            (
                f"{block.first.id}-{name}",
                self.say("document.savings.of", name=self.names[name]) if several else "",
                block,
            )
            for name, block in zip(alternatives, self.facts["claims"], strict=True)
        ]

    @cached_property
    def assumed(self) -> Sequence[Assumption]:
        """Every graded value of the scenario."""
        return assumptions(self.statement.scenario)

    @cached_property
    def sources(self) -> Mapping[str, int]:
        """Numbers of the sources, in the order of claims, rules and values."""
        scenario = self.statement.scenario
        cited = [check.claim.source for check in self.statement.claims]
        cited += [row.source for rows in self.facts["policy"].values() for row in rows]
        cited += [claim.source for claim in scenario.claims]
        cited += [row.source for row in self.assumed]
        return {source: place for place, source in enumerate(dict.fromkeys(filter(None, cited)), 1)}

    def cite(self, source: str) -> str:
        """A source as its number in brackets."""
        return f"[{self.sources[source]}]" if source else self.say("page.assumed.no_source")

    def figures(self, names: Iterable[str]) -> list[Figure]:
        """The charts of these names that were drawn, of every alternative that has one of its own."""
        return [
            self._figure(place, made)
            for name in names
            for (place, lang), made in self.charts.items()
            if lang == self.lang and (place == name or place.startswith(f"{name}-"))
        ]

    def _figure(self, name: str, made: ChartFiles) -> Figure:
        alt = self.say("document.alt", title=made.title, file=made.csv.name)
        chart, _, alternative = name.partition("-")
        called = messages(self.lang).get(f"document.chart.{chart}", made.title)
        if alternative in self.names:
            called = self.say("chart.of", name=self.names[alternative], title=called)
        return Figure(name, 0, called, made.title, made.caption, alt, made.svg, made.png)

    def conduct(self, name: str, caption: str, lines: Sequence[Line]) -> Table:
        """A table with one figure per alternative in each row, and how to read it."""
        head = (self.say("document.column.figure"), *self.names.values())
        rows = tuple(Row((line.label, *map(self.with_range, line.spans))) for line in lines)
        note = self.say("document.note.single", worlds=self.statement.worlds)
        return Table(name, 0, caption, head, rows, source=self.joined(note, self.source))

    def with_range(self, span: Span) -> str:
        """A median with its range on a line of its own; the median alone where there is no range."""
        if span.low == span.middle == span.high or NOTHING in (span.low, span.high):
            return span.middle
        return f"{span.middle}\n{self.say('document.range', low=span.low, high=span.high)}"

    def joined(self, *sentences: str) -> str:
        """Sentences in a row; Chinese sets no space between them."""
        return (" " if self.lang == "en" else "").join(filter(None, sentences))


def span_rows(lines: Iterable[Line]) -> list[Row]:
    """A label and P10, P50, P90 of its figure."""
    return [
        Row((line.label, line.span.low, line.span.middle, line.span.high), "total" if line.total else "plain")
        for line in lines
    ]
