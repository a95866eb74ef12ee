"""The chapter on which data of a listed estate would help most."""

from __future__ import annotations

from ..gap_lines import GapWords
from .blocks import Block, Heading, Paragraph, Row, Table
from .material import Material


def gaps(m: Material) -> list[Block]:
    """Columns with blanks, the one that would narrow the saving most first; nothing if none is blank."""
    found: GapWords | None = m.facts["gaps"]
    if found is None:
        return []
    see = ("gaps",) if found.lines else ()
    blocks: list[Block] = [
        Heading(1, m.say("gaps.title"), "gaps"),
        Paragraph(found.first, "lead"),
        Paragraph(found.lead, see=see),
    ]
    if found.lines:
        rows = tuple(
            Row(
                (
                    f"{line.name}\n{line.where}",
                    line.blank,
                    line.share,
                    line.narrower,
                    line.grade,
                    "\n".join(line.assumed),
                )
            )
            for line in found.lines
        )
        blocks.append(Table("gaps", 0, m.say("gaps.caption"), found.head, rows, (0, 4, 5), m.source))
    return [*blocks, *([Paragraph(found.after, "note")] if found.after else [])]
