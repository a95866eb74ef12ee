"""Chapters on money: published figures checked, what is saved, who pays and who saves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..lines import Line
from .blocks import Block, Bullets, Heading, Paragraph, Row, Table
from .material import Material, span_rows

QUANTILES = ("page.p10", "page.p50", "page.p90")


def claims(m: Material) -> list[Block]:
    """Every published figure under all its ways of counting."""
    if not m.claims:
        return []
    keys = (
        "page.claims.way",
        "page.claims.published",
        *QUANTILES,
        "page.claims.below",
        "page.claims.verdict",
    )
    rows: list[Row] = []
    for _, whose, block in m.claims:
        about = m.joined(f"{block.first.id} {block.first.what}", m.cite(block.first.source))
        used = m.say("page.claims.calibrated") if block.first.calibrated else ""
        rows.append(Row(("\n".join(filter(None, (about, whose, used))),), "group"))
        for line in block.lines:
            span = (line.span.low, line.span.middle, line.span.high)
            rows.append(Row((line.accounting, line.published, *span, line.below, line.verdict)))
    caption = m.say("document.caption.claims", unit=m.say("page.key.unit_money"))
    lead = m.say("page.claims.lead", year=m.statement.scenario.time.price_year)
    return [
        Heading(1, m.say("document.claims"), "claims"),
        Paragraph(lead, see=("claims", "verdicts", "distribution", "oneoff")),
        Table("claims", 0, caption, tuple(map(m.say, keys)), tuple(rows), (0, 6), m.source),
        Paragraph(m.say("define.gross"), "note"),
        *m.figures(("verdicts", "distribution", "oneoff")),
    ]


def savings(m: Material) -> list[Block]:
    """Annual, one-off and over the whole horizon, for every alternative."""
    found: Mapping[str, Any] = m.facts["savings"]
    if not found:
        return []
    blocks: list[Block] = [Heading(1, m.say("document.savings"), "savings")]
    for place, (name, saved) in enumerate(found.items()):
        if len(found) > 1:
            blocks.append(Heading(2, m.say("document.savings.of", name=m.names[name]), f"savings-{name}"))
        blocks += _saved(m, name, saved)
        if place:
            blocks.append(Bullets(tuple(m.facts["findings"][place][1:])))
    blocks.append(Paragraph(m.say("define.quantiles"), "note"))
    return [*blocks, *m.figures(("waterfall", "cashflow"))]


def _saved(m: Material, name: str, saved: Mapping[str, Sequence[Line]]) -> list[Block]:
    time, years = m.statement.scenario.time, m.statement.years
    groups = (
        (m.say("page.savings.annual", first=years[0], last=years[-1]), saved["annual"]),
        (m.say("page.savings.one_off", years=time.years), saved["one_off"]),
        (m.say("page.savings.whole"), saved["whole"]),
    )
    rows: list[Row] = []
    for heading, lines in groups:
        rows += [Row((heading,), "group"), *span_rows(lines)]
    lead = m.say("page.savings.lead", baseline=m.facts["baseline"], name=m.names[name], year=time.price_year)
    caption = m.say("document.caption.savings", name=m.names[name], unit=m.say("page.key.unit_money"))
    table = f"savings-{name}"
    drawn = ("waterfall", "cashflow") if name == m.statement.headline else ()
    return [Paragraph(lead, see=(table, *drawn)), _spans(m, table, caption, rows)]


def payers(m: Material) -> list[Block]:
    """Which level of government saves, what the investment is worth, and each payer year by year."""
    tables = dict(zip(_compared(m), m.facts["money"]["tables"], strict=True))
    if not tables:
        return []
    blocks: list[Block] = [
        Heading(1, m.say("document.payers"), "payers"),
        Heading(2, m.say("document.payers.level"), "payers-level"),
        Paragraph(
            m.say("document.payers.level.lead"), see=(*(f"levels-{name}" for name in tables), "levels")
        ),
    ]
    unit = m.say("page.key.unit_money")
    for name in tables:
        caption = m.say("document.caption.levels", name=m.names[name], unit=unit)
        rows = span_rows(m.facts["savings"][name]["level"])
        blocks.append(_spans(m, f"levels-{name}", caption, rows))
    blocks += m.figures(("levels",))
    blocks.append(Heading(2, m.say("document.payers.figures"), "payers-figures"))
    for name, found in tables.items():
        blocks.append(Paragraph(found.lead.strip(), see=(f"money-{name}",)))
        caption = m.say("document.caption.money", name=m.names[name])
        blocks.append(_spans(m, f"money-{name}", caption, span_rows(found.lines)))
        blocks += [Paragraph(note, "note") for note in found.notes]
    blocks.append(Heading(2, m.say("money.years.title"), "payers-years"))
    leads = dict.fromkeys(found.years_lead for found in tables.values())
    for lead in leads:
        see = tuple(f"years-{name}" for name, found in tables.items() if found.years_lead == lead)
        blocks.append(Paragraph(lead, see=see))
    for name, found in tables.items():
        caption = m.say("document.caption.years", name=m.names[name], unit=unit)
        rows = [Row(row) for row in found.years[1:]]
        blocks.append(Table(f"years-{name}", 0, caption, found.years[0], tuple(rows), source=m.source))
    return [*blocks, Paragraph(m.say("money.years.file", file=m.facts["money"]["file"]), "note")]


def _compared(m: Material) -> list[str]:
    """Alternatives with money of their own, in the order of their tables."""
    return [name for name, money in m.statement.money.items() if money.compared]


def _spans(m: Material, name: str, caption: str, rows: Sequence[Row]) -> Table:
    """A table of P10, P50 and P90."""
    head = (m.say("document.column.figure"), *map(m.say, QUANTILES))
    return Table(name, 0, caption, head, tuple(rows), source=m.source)
