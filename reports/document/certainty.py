"""The chapter on how sure the figures are, and a last one for charts that belong to no chapter."""

from __future__ import annotations

from .blocks import Block, Heading, Paragraph, Row, Table
from .material import Material

INDICES = ("quantity", "first", "total", "range")
STANDINGS = ("alternative", "cost", "carbon", "risk", "undominated")


def certainty(m: Material) -> list[Block]:
    """Convergence, what drives the spread, and which alternative is best how often."""
    sure = m.facts["sure"]
    if sure is None:
        return []
    known = sum(m.statement.spread_by_grade.values()) > 0
    spread = m.say("page.drivers.lead", **m.facts["grades"]) if known else m.say("page.drivers.none")
    blocks: list[Block] = [
        Heading(1, m.say("document.sure"), "sure"),
        Paragraph(sure.converged),
        Heading(2, m.say("document.sure.drivers"), "sure-drivers"),
        Paragraph(spread, see=("tornado", "drivers")),
        *m.figures(("tornado", "drivers")),
    ]
    if sure.indices:
        head = tuple(m.say(f"page.sure.{key}") for key in INDICES)
        caption = m.say("document.caption.indices")
        rows = tuple(map(Row, sure.indices))
        blocks.append(Paragraph(sure.lead, see=("indices",)))
        blocks.append(Table("indices", 0, caption, head, rows, source=m.source))
    head = tuple(m.say(f"page.sure.{key}") for key in STANDINGS)
    caption = m.say("document.caption.standings")
    return [
        *blocks,
        Heading(2, m.say("document.sure.best"), "sure-best"),
        Paragraph(m.say("page.sure.best"), see=("standings", "tradeoff")),
        Table("standings", 0, caption, head, tuple(map(Row, sure.standings)), source=m.source),
        *m.figures(("tradeoff",)),
    ]
