"""A whole report as a document: the findings on one page, then what they rest on, chapter by chapter."""

from __future__ import annotations

from collections.abc import Sequence

from ..manifest import run_id
from ..messages import Lang
from ..sections import sections
from ..statement import Statement
from .appendix import assumed, definitions, mixes, repeat, sources
from .assessment import assessment
from .blocks import Block, Contents, Document, Figure, Heading, Paragraph
from .certainty import certainty
from .conduct import energy, plan, policy, service
from .findings import findings
from .gaps import gaps
from .material import Charts, Material
from .numbering import numbered
from .savings import claims, payers, savings

CHAPTERS = (claims, savings, payers, energy, service, policy, plan, certainty, assessment, gaps)
APPENDIX = (assumed, mixes, definitions, sources, repeat)


def compose(statement: Statement, charts: Charts, command: str, lang: Lang) -> Document:
    """The report of a run in one language.

    Args:
        charts: what ``charts.render_all`` wrote; any of them may be missing, and those that no chapter
            asks for stand in one of their own.
        command: what makes the same bytes of the run again.
    """
    facts = sections(statement, command, lang)
    m = Material(statement, facts, charts, lang)
    blocks: list[Block] = [*findings(m), Contents(m.say("document.contents"))]
    for chapter in CHAPTERS:
        blocks += chapter(m)
    blocks += _further(m, blocks)
    for chapter in APPENDIX:
        blocks += chapter(m)
    edition = m.say(
        "page.edition",
        run=run_id(statement),
        worlds=statement.worlds,
        year=statement.scenario.time.price_year,
        version=statement.version,
    )
    if facts["rewritten"]:
        edition = m.joined(edition + m.say("rewritten.stop"), facts["rewritten"])
    return Document(
        lang=lang,
        kind=m.say("page.kind"),
        title=facts["title"],
        summary=facts["summary"],
        edition=edition,
        run=run_id(statement),
        blocks=numbered(blocks, lang),
    )


def _further(m: Material, blocks: Sequence[Block]) -> list[Block]:
    """Charts that no chapter shows."""
    shown = {block.id for block in blocks if isinstance(block, Figure)}
    left = [name for name, lang in m.charts if lang == m.lang and name not in shown]
    if not left:
        return []
    lead = Paragraph(m.say("document.further.lead"), see=tuple(left))
    return [Heading(1, m.say("document.further"), "further"), lead, *m.figures(left)]
