"""Which data of a listed estate would help most."""

from __future__ import annotations

from ..gap_lines import HEADS, gap_words
from .book import Sheet
from .facts import Facts

_WIDTH = len(HEADS) + 1


def write_gaps(sheet: Sheet, facts: Facts) -> None:
    """Columns with blanks, the one that would narrow the saving most first."""
    words, found = gap_words(facts.statement, facts.lang), facts.statement.gaps
    assert words is not None and found is not None
    sheet.columns(34, 34, 13, 13, 13, 9, 60)
    row = sheet.begin(
        facts.say("gaps.title"),
        words.first,
        words.lead,
        *([words.after] if words.after else []),
        width=_WIDTH,
    )
    first, *rest = words.head
    sheet.head(row, [first, facts.say("gaps.where"), *rest])
    for i, (line, gap) in enumerate(zip(words.lines, found.ranked, strict=True), start=row + 1):
        texts = {0: line.name, 1: line.where, 2: line.blank, 5: line.grade, 6: "\n".join(line.assumed)}
        sheet.row_of(i, texts)
        sheet.number(i, 3, gap.share, "share")
        sheet.number(i, 4, gap.narrower, "share")
    sheet.finish(row + len(words.lines), _WIDTH - 1, row)
