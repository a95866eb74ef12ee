"""The chapter on the machines in the lists that an estate was read from."""

from __future__ import annotations

from ..assessment import AssessmentWords
from .blocks import Block, Heading, Paragraph, Row, Table
from .material import Material


def assessment(m: Material) -> list[Block]:
    """Readiness, its reasons and both sizes; nothing if the scenario keeps no assessment."""
    found: AssessmentWords | None = m.facts["assessment"]
    if found is None:
        return []
    blocks: list[Block] = [Heading(1, m.say("assessment.title"), "assessment"), Paragraph(found.lead)]
    for table in found.tables:
        rows = tuple(map(Row, table.rows))
        blocks.append(Paragraph(table.lead, see=(table.id,)))
        blocks.append(Table(table.id, 0, table.caption, table.head, rows, table.texts))
    return [*blocks, *(Paragraph(note, "note") for note in found.notes)]
