"""A report as blocks: everything in it, numbered, referred to, and the same in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from roomfold.reports.charts import CHARTS, ChartFiles
from roomfold.reports.document.blocks import (
    Bullets,
    Contents,
    Document,
    Figure,
    Heading,
    Paragraph,
    Row,
    Table,
    label,
)
from roomfold.reports.document.compose import compose
from roomfold.reports.document.widths import GAP, least, units, widths
from roomfold.reports.lines import annual_lines, claim_line, level_lines, one_off_lines, whole_lines
from roomfold.reports.messages import LANGS, Lang, messages
from roomfold.reports.rule_words import rule_rows
from roomfold.reports.sentences import details, finding
from roomfold.reports.statement import Statement, state
from roomfold.scenarios.check import assumptions

from ..document_study import COMMAND, plain_charts, ruled_study


@pytest.fixture(scope="module")
def statement() -> Statement:
    return state(ruled_study())


@pytest.fixture(scope="module")
def charts(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], ChartFiles]:
    return plain_charts(tmp_path_factory.mktemp("charts"), "novelty")


@pytest.fixture(scope="module")
def documents(statement: Statement, charts: Mapping[tuple[str, str], ChartFiles]) -> Mapping[Lang, Document]:
    return {lang: compose(statement, charts, COMMAND, lang) for lang in LANGS}


def tables(document: Document) -> dict[str, Table]:
    return {block.id: block for block in document.blocks if isinstance(block, Table)}


def figures(document: Document) -> dict[str, Figure]:
    return {block.id: block for block in document.blocks if isinstance(block, Figure)}


@pytest.mark.parametrize("lang", LANGS)
def test_every_line_of_the_statement_is_a_row(
    statement: Statement, documents: Mapping[Lang, Document], lang: Lang
) -> None:
    found = tables(documents[lang])
    name = "consolidate"
    saved = [row.cells for row in found["savings-consolidate"].rows if row.kind != "group"]
    lines = [f(statement, name, lang) for f in (annual_lines, one_off_lines, whole_lines)]
    assert saved == [(x.label, x.span.low, x.span.middle, x.span.high) for group in lines for x in group]
    levels = [row.cells for row in found["levels-consolidate"].rows]
    assert levels == [
        (x.label, x.span.low, x.span.middle, x.span.high) for x in level_lines(statement, name, lang)
    ]
    checked = [row.cells for row in found["claims"].rows if row.kind == "plain"] if statement.claims else []
    told = [claim_line(check, lang) for check in statement.claims]
    assert checked == [
        (x.accounting, x.published, x.span.low, x.span.middle, x.span.high, x.below, x.verdict) for x in told
    ]
    rules = rule_rows(statement, name, lang)
    assert [row.cells[1] for row in found["policy-consolidate"].rows] == [rule.met for rule in rules]
    assert all(
        r.words in row.cells[0] for r, row in zip(rules, found["policy-consolidate"].rows, strict=True)
    )


@pytest.mark.parametrize("lang", LANGS)
def test_the_first_page_says_what_was_found(
    statement: Statement, documents: Mapping[Lang, Document], lang: Lang
) -> None:
    blocks = list(documents[lang].blocks)
    first = blocks[: next(i for i, block in enumerate(blocks) if isinstance(block, Contents))]
    lead = next(block for block in first if isinstance(block, Paragraph) and block.tone == "lead")
    assert lead.text.startswith(finding(statement, "consolidate", lang)[:-1])
    told = [item for block in first if isinstance(block, Bullets) for item in block.items]
    assert told[: len(details(statement, "consolidate", lang))] == details(statement, "consolidate", lang)
    assert [type(b).__name__ for b in first if isinstance(b, Table | Figure)] == ["Table"]
    assert any(block.tone == "caution" for block in first if isinstance(block, Paragraph)), "3 worlds are few"


@pytest.mark.parametrize("lang", LANGS)
def test_every_value_has_its_grade_and_a_source_that_is_listed(
    statement: Statement, documents: Mapping[Lang, Document], lang: Lang
) -> None:
    found = tables(documents[lang])
    listed = {row.cells[0]: row.cells[1] for row in found["sources"].rows}
    assert list(listed) == [f"[{n}]" for n in range(1, len(listed) + 1)]
    given = assumptions(statement.scenario)
    for row, value in zip(found["assumed"].rows, given, strict=True):
        spread = value.value.replace(", spread ", "，个体间离散") if lang == "zh" else value.value
        assert (row.cells[0], row.cells[2]) == (value.grade, spread)
        assert row.cells[1].endswith(value.path)
        assert listed.get(row.cells[4], "") == value.source
    for row, rule in zip(
        found["policy-consolidate"].rows, rule_rows(statement, "consolidate", lang), strict=True
    ):
        cited = re.findall(r"\[\d+\]$", row.cells[0])
        assert [listed[number] for number in cited] == [rule.source]


@pytest.mark.parametrize("lang", LANGS)
def test_tables_and_figures_are_counted_and_referred_to(
    documents: Mapping[Lang, Document], lang: Lang
) -> None:
    blocks = documents[lang].blocks
    for kind in (Table, Figure):
        numbered = [block.number for block in blocks if isinstance(block, kind)]
        assert numbered == list(range(1, len(numbered) + 1))
    named = {b.id: label(lang, b) for b in blocks if isinstance(b, Table | Figure)}
    assert len(named) == sum(isinstance(b, Table | Figure) for b in blocks)
    told = [block for block in blocks if isinstance(block, Paragraph)]
    for block in told:
        places = [block.text.rindex(named[name]) for name in block.see]
        assert places == sorted(places)
    assert {name for block in told for name in block.see} == set(named)


def test_both_languages_say_the_same_in_the_same_order(documents: Mapping[Lang, Document]) -> None:
    shapes = [
        [
            (type(b).__name__, getattr(b, "id", ""), getattr(b, "number", 0), len(getattr(b, "rows", ())))
            for b in documents[lang].blocks
        ]
        for lang in LANGS
    ]
    assert shapes[0] == shapes[1]
    ids = [block.id for block in documents["zh"].blocks if isinstance(block, Heading)]
    assert len(set(ids)) == len(ids)


def test_every_chart_stands_once_and_one_that_nobody_knows_stands_last(
    statement: Statement,
    charts: Mapping[tuple[str, str], ChartFiles],
    documents: Mapping[Lang, Document],
) -> None:
    assert set(figures(documents["en"])) == {*CHARTS, "novelty"}
    assert list(figures(documents["en"]))[-1] == "novelty"
    assert figures(documents["en"])["novelty"].name == charts["novelty", "en"].title
    assert {f"document.chart.{name}" for name in CHARTS} <= messages("en").keys()
    without = compose(statement, {}, COMMAND, "zh")
    assert not figures(without)
    assert "图" not in "".join(
        block.text for block in without.blocks if isinstance(block, Paragraph) and block.see
    )


def test_one_alternative_alone_is_a_document_too(statement: Statement) -> None:
    alone = replace(
        statement,
        headline=None,
        savings={},
        claims=(),
        uncertainty=None,
        spread_by_grade={},
        money={name: replace(money, compared={}) for name, money in statement.money.items()},
    )
    for lang in LANGS:
        assert {"use", "availability", "assumed", "run"} <= set(tables(compose(alone, {}, COMMAND, lang)))


def test_columns_fill_the_room_and_numbers_stay_whole() -> None:
    rows = [("a label that is a good deal longer than most", "1,234,567.8", "12 hosts and a long remark")] * 3
    table = Table("t", 1, "", ("What", "Amount", "Remark"), tuple(map(Row, rows)), (0, 2))
    for room in (30, 60, 200):
        found = widths(table, room)
        assert found[1] >= units("1,234,567.8") + GAP
        assert sum(found) <= max(room, least(table))
    assert widths(table, 200)[0] == units(rows[0][0]) + GAP
