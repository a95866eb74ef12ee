"""The workbook: values of the statement, formulas that come to them, and text that stays text."""

from __future__ import annotations

import math
import re
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from roomfold.reports.messages import LANGS, Lang, messages, say
from roomfold.reports.quantiles import Stat
from roomfold.reports.statement import Statement, state
from roomfold.reports.workbook import workbook
from roomfold.reports.workbook.book import clean
from roomfold.sim.ledger import ANNUAL, ITEMS, ONE_OFF
from roomfold.sim.outcome import Study

from ..made_study import made_study
from ..small_study import small_study, tiny_study
from .recalculated import WIPED, Cells, cells, formulas, recalculated

COIN: dict[Lang, float] = {"zh": 1e4, "en": 1e6}
COMMAND = "roomfold run small --worlds 5"


@cache
def statement() -> Statement:
    return state(small_study())


@cache
def book(lang: Lang) -> bytes:
    return workbook(statement(), small_study(), lang, COMMAND)


def row_of(found: Cells, sheet: str, label: str) -> list[object]:
    """The cells right of the first one that holds a label."""
    row = next(r for (s, r, c), cell in found.items() if s == sheet and c == 0 and cell == label)
    return [found[sheet, row, c] for c in range(1, 5)]


def stats_of(stat: Stat, scale: float) -> list[object]:
    values = (stat.p10, stat.p50, stat.p90, stat.mean)
    return ["–" if value is None else pytest.approx(value / scale, rel=1e-9) for value in values]


@pytest.mark.parametrize("lang", LANGS)
def test_key_figures_and_savings_are_the_statements(lang: Lang) -> None:
    found, said = cells(book(lang)), statement()
    assert said.headline is not None
    savings, key = said.savings[said.headline], say(lang, "book.sheet.key")
    money = {name: getattr(savings, name) for name in ("annual_total", "annual_without_staff", "npv")}
    for name, stat in money.items():
        label = say(lang, "book.with_unit", text=say(lang, f"figure.{name}"), unit=say(lang, "book.unit"))
        assert row_of(found, key, label) == stats_of(stat, COIN[lang])
    assert row_of(found, key, say(lang, "figure.payback_years")) == stats_of(savings.payback_years, 1)
    sheet = say(lang, "book.sheet.savings")
    parts = {**savings.annual, **savings.one_off, "one_off_total": savings.one_off_total}
    for name, stat in parts.items():
        kind = "category" if name in (*ANNUAL, *ONE_OFF) else "figure"
        assert row_of(found, sheet, say(lang, f"{kind}.{name}")) == stats_of(stat, COIN[lang])


def test_every_sum_in_the_ledger_is_of_the_middle_worlds_bookings() -> None:
    found, study = cells(book("en")), small_study()
    middle = next(r for r in study.results if r.world == study.world.index)
    totals = [
        found["Ledger", row, 1 + study.scenario.time.years]
        for (sheet, row, col), cell in found.items()
        if sheet == "Ledger" and col == 0 and cell == say("en", "book.sum_all")
    ]
    assert totals == [pytest.approx(o.cost_cny.sum() / 1e6, rel=1e-9) for o in middle.outcomes.values()]
    last = 4 + study.scenario.time.years  # the column that compares savings with those by world
    compared = [
        found[place]
        for place, text in formulas(book("en")).items()
        if place[0] == "Ledger" and place[2] == last and "-" in text
    ]
    assert compared == [pytest.approx(0, abs=1e-9)] * (len(ANNUAL) + len(ONE_OFF))


def test_sums_over_worlds_years_and_levels_are_formulas() -> None:
    found = formulas(book("en"))
    functions = set(re.findall(r"[A-Z]+(?=\()", " ".join(found.values())))
    assert {"SUM", "AVERAGE", "SUMPRODUCT", "SMALL", "BETADIST", "COUNTIFS"} <= functions
    sheets = {sheet for sheet, _, _ in found}
    assert len(found) > 1000
    expected = ("key", "savings", "levels", "cash", "money", "energy", "ledger", "by_world", "flows")
    assert {say("en", f"book.sheet.{key}") for key in expected} <= sheets


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_libreoffice_computes_every_formula_to_the_value_it_carries(tmp_path: Path) -> None:
    carried, anew = cells(book("zh")), recalculated(book("zh"), tmp_path)
    wrong = {}
    for place, text in formulas(book("zh")).items():
        ours, theirs = carried[place], anew.get(place)
        if isinstance(ours, float) and isinstance(theirs, float):
            same = math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)
        else:
            same = ours == theirs
        if not same:
            wrong[place] = (text, ours, theirs)
    assert wrong == {}
    assert WIPED not in anew.values()


def hostile(text: str) -> tuple[Statement, Study]:
    """The small study with a text in every place that a scenario's author fills."""
    said, study = statement(), small_study()
    scenario = study.scenario
    title = type(scenario.title).model_validate({"en": text, "zh": text})

    def named(specs: Mapping[str, Any]) -> dict[str, Any]:
        return {name: spec.model_copy(update={"title": title}) for name, spec in specs.items()}

    estate = scenario.estate.model_copy(update={"levels": named(scenario.estate.levels)})
    words = {"what": title, "source": text, "id": text}
    claims = tuple(claim.model_copy(update=words) for claim in scenario.claims)
    checks = tuple(replace(c, claim=c.claim.model_copy(update=words)) for c in said.claims)
    alternatives = named(scenario.alternatives)
    changes = {"title": title, "alternatives": alternatives, "estate": estate, "claims": claims}
    scenario = scenario.model_copy(update=changes)
    return replace(said, scenario=scenario, claims=checks), replace(study, scenario=scenario)


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://example.org","x")',
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(1,1)",
        "http://example.org/a",
        "<b>&amp;\"'</b>\x00\x07\x1b\ufffe_x000D_" + "长" * 200,
        "x" * 40_000,
    ],
)
def test_names_stay_text(text: str) -> None:
    made = workbook(*hostile(text), "en", text)
    found = cells(made)
    assert clean(text) in found.values()
    assert max(len(cell) for cell in found.values() if isinstance(cell, str)) <= 32_767
    known = set(formulas(book("en")).values())
    assert set(formulas(made).values()) == known
    with zipfile.ZipFile(BytesIO(made)) as archive:
        assert not [name for name in archive.namelist() if "externalLink" in name]
        links = [archive.read(n) for n in archive.namelist() if n.endswith(".rels")]
        assert not [link for link in links if b"TargetMode" in link]
        charts = b"".join(archive.read(n) for n in archive.namelist() if "/charts/chart" in n)
    assert b"<c:tx><c:strRef><c:f>HYPERLINK" not in charts


@pytest.mark.parametrize("worlds", [1, 4])
def test_one_world_or_a_study_without_plans(worlds: int) -> None:
    study = made_study(worlds)
    said = state(study)
    found = cells(workbook(said, study, "zh", COMMAND))
    assert said.headline is not None
    label = say("zh", "book.with_unit", text=say("zh", "figure.npv"), unit=say("zh", "book.unit"))
    assert row_of(found, "关键数字", label) == stats_of(said.savings[said.headline].npv, 1e4)
    verdicts = [say("zh", f"screen.{check.verdict}") for check in said.claims]
    stated = [cell for (sheet, _, col), cell in found.items() if sheet == "公布数字对照" and col == 12]
    assert [cell for cell in stated if cell in verdicts] == verdicts


def test_same_bytes_twice_and_the_run_in_its_properties() -> None:
    made = workbook(statement(), small_study(), "en", COMMAND)
    assert made == book("en")
    with zipfile.ZipFile(BytesIO(made)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert statement().fingerprint in archive.read("docProps/core.xml").decode()
        names = re.findall(r'<definedName name="(\w+)"', archive.read("xl/workbook.xml").decode())
    assert {"annual_total_p50", "npv_p90", "payback_years_p10"} <= set(names)


@pytest.mark.parametrize("lang", LANGS)
def test_sheet_names_are_legal_and_every_item_has_a_name(lang: Lang) -> None:
    names = [text for key, text in messages(lang).items() if key.startswith("book.sheet.")]
    assert len(set(names)) == len(names)
    assert not [name for name in names if len(name) > 28 or re.search(r"[\[\]:*?/\\']", name)]
    assert {f"booking.{item.name}" for item in ITEMS} <= messages(lang).keys()
    assert {f"book.unit.{item.unit}" for item in ITEMS} <= messages(lang).keys()


def test_an_estate_of_one_room_and_two_alternatives() -> None:
    """The second alternative is the first again: its sheets are numbered and hold the same figures."""
    study = tiny_study("estate.rooms=1", worlds=2)
    alternatives = study.scenario.alternatives
    first = next(name for name in alternatives if name != study.scenario.baseline)
    twice = study.scenario.model_copy(update={"alternatives": {**alternatives, "again": alternatives[first]}})
    results = tuple(
        replace(result, outcomes={**result.outcomes, "again": result.outcomes[first]})
        for result in study.results
    )
    study = replace(study, scenario=twice, results=results)
    found = cells(workbook(state(study), study, "en", COMMAND))
    for key in ("savings", "by_world", "flows", "cash", "levels"):
        one, two = (
            {
                place[1:]: cell
                for place, cell in found.items()
                if place[0] == say("en", f"book.sheet.{key}") + end
            }
            for end in (" 1", " 2")
        )
        assert one == two
        assert len(one) > 20
