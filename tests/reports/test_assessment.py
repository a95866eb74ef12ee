"""The assessment in the report: what a scenario keeps of it, on the page and in the document."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
import yaml

from roomfold.reports.assessment import AssessmentWords, assessment_words
from roomfold.reports.document.blocks import Document, Paragraph, Table
from roomfold.reports.document.compose import compose
from roomfold.reports.messages import LANGS, Lang, say
from roomfold.reports.page import page
from roomfold.reports.statement import state
from roomfold.reports.workbook import workbook
from roomfold.scenarios.assessment import SOURCES, Terms, assess, reason, scenario_section
from roomfold.scenarios.errors import InputError
from roomfold.scenarios.inventory import Record
from roomfold.scenarios.loader import fingerprint, load, resolved_yaml
from roomfold.scenarios.schema import Scenario
from roomfold.sim.outcome import Study

from .document_study import COMMAND, ruled_study
from .small_study import MINIMAL, TINY, TWO_YEARS
from .test_policy import RULES
from .workbook.recalculated import cells

MACHINE = Record("server", (), server="a", os="RHEL 9", vcpu=8.0, mem_gb=16.0, disk_gb=1000.0)
RECORDS = (
    replace(
        MACHINE, cpu_p95=0.4, mem_max=0.5, disk_used_gb=300.0, quantity=600.0
    ),  # 4.16 10.4 390 -> 8 12 500
    replace(MACHINE, cpu_p95=0.02, cpu_max=0.04, mem_max=0.1, disk_used_gb=50.0, quantity=300.0),  # 1 4 100
    replace(MACHINE, os="CentOS 6", quantity=80.0),  # as it is: 8 16 1000
    replace(MACHINE, classified=True, quantity=20.0),
)
SECTION = scenario_section(assess(RECORDS, Terms(date=date(2024, 1, 31))))
ASSESSED = f"assessment={yaml.safe_dump(SECTION, default_flow_style=True, width=10_000)}"


@cache
def assessed_study() -> Study:
    """A study whose scenario keeps the assessment, on which no result depends."""
    return replace(ruled_study(), scenario=load(TINY, [TWO_YEARS, *RULES, ASSESSED]))


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load(MINIMAL, [TWO_YEARS, ASSESSED])


def words(scenario: Scenario, lang: Lang) -> AssessmentWords:
    found = assessment_words(scenario, lang)
    assert found is not None
    return found


def test_the_tables_hold_what_was_found(scenario: Scenario) -> None:
    found = words(scenario, "en")
    readiness, reasons, sizes = found.tables
    assert readiness.rows == (
        ("ready", "600", "60.0%"),
        ("needs care", "380", "38.0%"),
        ("stays", "20", "2.0%"),
    )
    assert [(row[0], *row[2:]) for row in reasons.rows] == [
        (reason("classified"), "20", "2.0%"),
        (reason("idle"), "300", "30.0%"),
        (reason("os_unsupported"), "80", "8.0%"),
        (reason("sized_as_is"), "100", "10.0%"),
    ]
    assert sizes.rows == (
        ("vCPU", "7,840", "5,740", "27%", "980", "900"),
        ("Memory, GB", "15,680", "9,680", "38%", "980", "900"),
        ("Disk, GB", "980,000", "410,000", "58%", "980", "900"),
    )
    assert "300 of the 1,000 machines do no work by" in readiness.lead
    assert "2024-01-31" in found.lead and "times 1.3" in sizes.lead
    assert "90%" in found.notes[0] and "5 of 5" in found.notes[0]
    assert all(source in found.notes[1] for source, _ in SOURCES.values())


def test_both_languages_hold_the_same_figures(scenario: Scenario) -> None:
    chinese, english = (words(scenario, lang) for lang in LANGS)
    assert "2024年1月31日" in chinese.lead and "共有1000台" in chinese.lead
    for zh, en in zip(chinese.tables, english.tables, strict=True):
        assert (zh.id, zh.texts, len(zh.head)) == (en.id, en.texts, len(en.head))
        digits = [
            [
                [cell.replace(",", "") for at, cell in enumerate(row) if at not in table.texts]
                for row in table.rows
            ]
            for table in (zh, en)
        ]
        assert digits[0] == digits[1]
        assert all(any("一" <= sign <= "鿿" for sign in row[0] + "".join(zh.head)) for row in zh.rows)


def test_a_scenario_keeps_it_and_no_result_depends_on_it(scenario: Scenario, tmp_path: Path) -> None:
    written = tmp_path / "scenario.yaml"
    written.write_text(resolved_yaml(scenario), "utf-8")
    again = load(written)
    assert again.assessment == scenario.assessment is not None
    assert fingerprint(again) == fingerprint(scenario) == fingerprint(load(MINIMAL, [TWO_YEARS]))


@pytest.mark.parametrize("bad", ["machines: -1", "readiness: {gone: 1}", "day: soon"])
def test_figures_that_make_no_sense_are_refused(bad: str) -> None:
    key, _, value = bad.partition(": ")
    with pytest.raises(InputError, match=f"assessment.{key}"):
        load(MINIMAL, [ASSESSED, f"assessment.{key}={value}"])


def test_the_workbook_has_the_same_figures() -> None:
    made = workbook(state(assessed_study()), assessed_study(), "en", COMMAND)
    found = cells(made)
    sheet = say("en", "book.sheet.assessment")
    rows = {cell: row for (name, row, col), cell in found.items() if name == sheet and col == 0}

    def right_of(label: str, width: int) -> list[object]:
        return [found[sheet, rows[label], col] for col in range(1, 1 + width)]

    assert right_of("needs care", 2) == [380, pytest.approx(0.38)]
    assert found[sheet, rows["stays"] + 1, 1] == 1000
    assert right_of(reason("idle"), 3) == ["needs care", 300, pytest.approx(0.3)]
    assert right_of("vCPU", 5) == [7840, 5740, pytest.approx(1 - 5740 / 7840), 980, 900]


def test_page_and_document_have_the_section_where_there_is_an_assessment() -> None:
    bare, study = ruled_study(), assessed_study()
    statement = state(study)
    html = page(statement, study, {}, COMMAND)
    for lang in LANGS:
        found = words(study.scenario, lang)
        chapter = _chapter(compose(statement, {}, COMMAND, lang))
        tables = [block for block in chapter if isinstance(block, Table)]
        assert [block.id for block in tables] == [table.id for table in found.tables]
        for table, block in zip(found.tables, tables, strict=True):
            assert tuple(row.cells for row in block.rows) == table.rows
            assert f'id="{lang}-table-{table.id}"' in html
            assert all(f">{cell}<" in html for row in table.rows for cell in row)
        assert any(isinstance(block, Paragraph) and found.notes[0] in block.text for block in chapter)
    assert assessment_words(bare.scenario, "zh") is None
    assert not _chapter(compose(state(bare), {}, COMMAND, "zh"))


def _chapter(document: Document) -> list[object]:
    """Blocks from the heading of the assessment to the next one."""
    ids = [getattr(block, "id", "") for block in document.blocks]
    if "assessment" not in ids:
        return []
    start = ids.index("assessment")
    blocks: list[object] = [document.blocks[start]]
    for block in document.blocks[start + 1 :]:
        if type(block).__name__ == "Heading":
            break
        blocks.append(block)
    return blocks
