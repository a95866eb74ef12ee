"""The last chapters: what the figures rest on, how they are defined, and how to make them again."""

from __future__ import annotations

from collections import Counter

from ...scenarios.check import GRADES
from .blocks import Block, Bullets, Code, Heading, Paragraph, Row, Table
from .material import Material


def mixes(m: Material) -> list[Block]:
    """Which assumptions come near each published figure, way of counting by way of counting."""
    found = [(f"mix-{name}", whose, block) for name, whose, block in m.claims if block.mixes]
    if not found:
        return []
    ids = tuple(name for name, _, _ in found)
    blocks: list[Block] = [
        Heading(1, m.say("page.mix"), "mix"),
        Paragraph(m.say("page.mix.lead"), see=ids),
    ]
    columns = ("page.mix.quantity", "page.mix.median_near", "page.mix.median_all", "page.assumed.unit")
    for name, whose, block in found:
        rows: list[Row] = []
        for mix in block.mixes:
            rows.append(Row((f"{mix.way}\n{mix.sentence}",), "group"))
            rows += map(Row, mix.rows)
            if not mix.rows:
                rows.append(Row((m.say("page.drivers.none"), "", "", "")))
        caption = m.say("document.caption.mix", id=f"{block.first.id}{whose and f' {whose}'}")
        blocks.append(Table(name, 0, caption, tuple(map(m.say, columns)), tuple(rows), (0, 3), m.source))
    return blocks


def assumed(m: Material) -> list[Block]:
    """Every value of the scenario with its grade and the number of its source."""
    keys = ("page.assumed.grade", "page.mix.quantity", "page.assumed.value", "page.assumed.unit")
    head = (*map(m.say, keys), m.say("page.assumed.source"))
    rows = tuple(
        Row((row["grade"], _named(row["name"], row["path"]), row["value"], row["unit"], m.cite(given.source)))
        for row, given in zip(m.facts["assumptions"], m.assumed, strict=True)
    )
    lead = m.joined(m.say("document.assumed.lead"), m.say("page.assumed.lead", **m.facts["counts"]))
    return [
        Heading(1, m.say("document.assumed"), "assumed"),
        Paragraph(lead, see=("assumed", "sources")),
        Table("assumed", 0, m.say("document.caption.assumed"), head, rows, (0, 1, 2, 3, 4)),
    ]


def _named(name: str, path: str) -> str:
    """What a value is called, and where it stands in the scenario."""
    return path if name == path else f"{name}\n{path}"


def definitions(m: Material) -> list[Block]:
    """How every figure is defined."""
    return [Heading(1, m.say("page.method"), "method"), Bullets(tuple(m.facts["definitions"]))]


def sources(m: Material) -> list[Block]:
    """All sources by number, and what cites each."""
    if not m.sources:
        return []
    columns = ("document.column.number", "page.assumed.source", "document.column.cites")
    rows = tuple(Row((f"[{n}]", source, _cited_for(m, source))) for source, n in m.sources.items())
    head = tuple(map(m.say, columns))
    return [
        Heading(1, m.say("document.sources"), "sources"),
        Paragraph(m.say("document.sources.lead"), see=("sources",)),
        Table("sources", 0, m.say("document.sources"), head, rows, (0, 1, 2)),
    ]


def _cited_for(m: Material, source: str) -> str:
    """Claims, rules and values that rest on a source."""
    cites = [claim.id for claim in m.statement.scenario.claims if claim.source == source]
    if any(row.source == source for rows in m.facts["policy"].values() for row in rows):
        cites.append(m.say("document.sources.rule"))
    grades = Counter(row.grade for row in m.assumed if row.source == source)
    if grades:
        count = grades.total()
        key = "document.sources.value" if count == 1 else "document.sources.values"
        named = m.say("list.names").join(grade for grade in GRADES if grades[grade])
        cites.append(m.say(key, count=count, grades=named))
    return m.say("list.names").join(cites)


def repeat(m: Material) -> list[Block]:
    """The command that makes the same bytes again, and how to cite the run."""
    statement, facts = m.statement, m.facts
    citation = m.say(
        "page.repeat.citation",
        version=statement.version,
        title=facts["title"],
        run=facts["run"],
        worlds=statement.worlds,
        seed=statement.seed,
    )
    rows = (
        (m.say("document.repeat.run"), facts["run"]),
        (m.say("document.repeat.version"), f"roomfold {statement.version}"),
        (m.say("page.repeat.fingerprint"), statement.fingerprint),
        (m.say("page.repeat.seed"), str(statement.seed)),
        (m.say("book.worlds"), str(statement.worlds)),
        (m.say("page.repeat.cite"), citation),
    )
    head = (m.say("document.column.item"), m.say("document.column.value"))
    caption = m.say("document.caption.repeat")
    return [
        Heading(1, m.say("document.repeat"), "repeat"),
        Paragraph(m.say("page.repeat.lead", version=statement.version), see=("run",)),
        Code(facts["command"]),
        Table("run", 0, caption, head, tuple(map(Row, rows)), (0, 1)),
        Paragraph(m.say("document.repeat.figure", run=facts["run"], figure=_example(m)), "note"),
    ]


def _example(m: Material) -> str:
    """A chart to name as an example."""
    return next((name for name, lang in m.charts if lang == m.lang), "waterfall")
