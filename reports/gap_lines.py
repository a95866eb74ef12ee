"""Which data of a listed estate would help most, in words: a table and what is said about it."""

from __future__ import annotations

from dataclasses import dataclass

from ..scenarios.check import level_text
from ..scenarios.listed import TABLES
from ..scenarios.loader import quantities
from .charts.drivers import label
from .gaps import Gap
from .lines import NOTHING
from .messages import Lang, number, say, share
from .statement import Statement

HEADS = ("gaps.column", "gaps.blank", "gaps.share", "gaps.narrower", "page.assumed.grade", "gaps.assumed")

LEAST_SEEN = 0.005  # share of the spread; below it is written as nothing


@dataclass(frozen=True)
class GapLine:
    """A column with blanks.

    Attributes:
        name, where: in words; and the file and the column's name in it.
        assumed: what fills the blanks, a quantity each.
    """

    name: str
    where: str
    blank: str
    share: str
    narrower: str
    assumed: tuple[str, ...]
    grade: str


@dataclass(frozen=True)
class GapWords:
    """The table with what stands before and after it; ``after`` may be empty."""

    first: str
    lead: str
    head: tuple[str, ...]
    lines: tuple[GapLine, ...]
    after: str


def gap_words(statement: Statement, lang: Lang) -> GapWords | None:
    """All of it in one language; None if the estate is not listed or nothing of it is blank."""
    found = statement.gaps
    if found is None or not (found.ranked or found.weighted):
        return None
    listing = say(lang, "list.names")
    after = listing.join(_name(column, lang) for column in found.weighted)
    return GapWords(
        first=_first(statement, found.ranked, lang),
        lead=say(lang, "gaps.lead", worlds=number(lang, statement.worlds)),
        head=tuple(say(lang, key) for key in HEADS),
        lines=tuple(_line(statement, gap, lang) for gap in found.ranked),
        after=say(lang, "gaps.weighted", columns=after) if after else "",
    )


def _first(statement: Statement, ranked: tuple[Gap, ...], lang: Lang) -> str:
    """The finding in one sentence."""
    if not ranked or ranked[0].share < LEAST_SEEN:
        return say(lang, "gaps.none", worlds=number(lang, statement.worlds))
    best = ranked[0]
    return say(
        lang,
        "gaps.first",
        column=_name((best.table, best.column), lang),
        file=best.file,
        share=share(best.share),
        narrower=share(best.narrower),
    )


def _line(statement: Statement, gap: Gap, lang: Lang) -> GapLine:
    seen = gap.share >= LEAST_SEEN
    return GapLine(
        name=_name((gap.table, gap.column), lang),
        where=f"{gap.file}: {gap.column}",
        blank=say(lang, "gaps.of", blank=number(lang, gap.blank), rows=number(lang, gap.rows)),
        share=_share(gap, lang) if seen else say(lang, "gaps.unseen"),
        narrower=share(gap.narrower) if seen else NOTHING,
        assumed=tuple(_assumed(statement, path, lang) for path in gap.quantities),
        grade=gap.grade,
    )


def _share(gap: Gap, lang: Lang) -> str:
    """With what chance in the choice of worlds leaves open."""
    low, high = map(share, gap.share_range)
    return say(lang, "gaps.between", share=share(gap.share), low=low, high=high)


def _assumed(statement: Statement, path: str, lang: Lang) -> str:
    quantity = quantities(statement.scenario)[path]
    unit = quantity.unit or "1"
    written = level_text(quantity)
    if unit != "1":
        written = f"{written} {say(lang, f'quantity_unit.{unit}')}"
    return say(lang, "gaps.value", name=label(statement.scenario, path, lang), value=written)


def _name(column: tuple[str, str], lang: Lang) -> str:
    """A column in words."""
    table, name = column
    (found,) = (each for each in TABLES[table] if each.name == name)
    return found.zh.partition("；")[0] if lang == "zh" else found.en.partition(";")[0]
