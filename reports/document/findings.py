"""The first page: what a reader takes away who reads no other."""

from __future__ import annotations

from ..sections import FEW_WORLDS
from .blocks import Block, Bullets, Heading, Paragraph, Row, Table
from .material import Material

KEY = "key"


def findings(m: Material) -> list[Block]:
    """The finding with its range, what it consists of, published figures, and how sure it is."""
    blocks: list[Block] = [Heading(1, m.say("document.finding"), "finding")]
    if m.statement.worlds < FEW_WORLDS:
        blocks.append(Paragraph(m.say("page.few_worlds", worlds=m.statement.worlds), "caution"))
    found: list[list[str]] = m.facts["findings"]
    if not found:
        return [*blocks, Paragraph(m.say("page.uncompared", baseline=m.facts["baseline"]), "lead")]
    first, *others = found
    blocks.append(Paragraph(first[0], "lead", (KEY, "waterfall")))
    blocks.append(_key_figures(m))
    told = [*(sentences[0] for sentences in others), *first[1:], _certain(m)]
    return [*blocks, Bullets(tuple(told))]


def _certain(m: Material) -> str:
    """What the spread rests on."""
    known = sum(m.statement.spread_by_grade.values()) > 0
    spread = m.say("page.drivers.lead", **m.facts["grades"]) if known else m.say("page.drivers.none")
    return m.say("document.finding.certain", spread=spread)


def _key_figures(m: Material) -> Table:
    rows = tuple(
        Row((card.label, card.value, m.say("page.range", low=card.low, high=card.high), card.unit))
        for card in m.facts["cards"]
    )
    columns = ("document.column.figure", "page.p50", "document.column.range", "page.assumed.unit")
    head = tuple(map(m.say, columns))
    return Table(KEY, 0, m.say("page.key"), head, rows, (0, 3))
