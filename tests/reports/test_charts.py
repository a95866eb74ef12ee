"""Charts: their tables are sums over the study, and their files are what they promise to be."""

from __future__ import annotations

import ast
import csv
import json
import re
import struct
from importlib.resources import files
from pathlib import Path
from string import Formatter
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest

from roomfold.reports.charts import CHARTS, ChartFiles, render_all
from roomfold.reports.charts.drivers import label
from roomfold.reports.charts.files import PNG_DPI
from roomfold.reports.charts.font import font_path
from roomfold.reports.charts.style import WIDTH_IN, Chart, styled
from roomfold.reports.charts.words import wrap
from roomfold.reports.messages import Lang, messages
from roomfold.reports.quantiles import quantiles
from roomfold.reports.statement import Statement, state
from roomfold.scenarios.loader import quantities
from roomfold.sim.ledger import ANNUAL, ITEMS
from roomfold.sim.outcome import Study

from .made_study import made_study

SVG = "{http://www.w3.org/2000/svg}"
STEADY_YEARS = 4  # 2015-2018: the move is to end with 2014


@pytest.fixture(scope="module")
def study() -> Study:
    return made_study()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def written(study: Study, folder: Path) -> dict[tuple[str, str], ChartFiles]:
    return render_all(state(study), study, folder, "run-1")


TOLD: dict[int, tuple[Study, Statement]] = {}  # what each study says, by its identity


def drawn(name: str, study: Study, lang: Lang = "en") -> Chart:
    if id(study) not in TOLD:
        TOLD[id(study)] = study, state(study)
    with styled("test"):
        return CHARTS[name](TOLD[id(study)][1], study, lang)


def test_every_chart_is_written_in_both_languages(
    written: dict[tuple[str, str], ChartFiles], folder: Path
) -> None:
    assert set(written) == {(name, lang) for name in CHARTS for lang in ("en", "zh")}
    for (name, lang), made in written.items():
        assert made.svg == folder / "charts" / f"{name}.{lang}.svg"
        assert made.csv == folder / "charts" / f"{name}.csv"
        assert struct.unpack(">I", made.png.read_bytes()[16:20]) == (round(WIDTH_IN * PNG_DPI),)
        assert made.title
        assert made.caption


def test_svg_text_is_searchable_and_nothing_is_fetched(written: dict[tuple[str, str], ChartFiles]) -> None:
    for (_, lang), made in written.items():
        root = ElementTree.parse(made.svg).getroot()
        shown = "".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))
        assert "run-1" in shown
        assert re.sub(r"\s", "", made.title) in re.sub(r"\s", "", shown)
        assert bool(re.search("[一-鿿]", shown)) == (lang == "zh")
        source = made.svg.read_text("utf-8")
        assert "data:font/woff;base64," in source
        assert not re.findall(r"(?:href|src)\s*=\s*[\"'](?!#|data:)", source)
        assert not re.findall(r"url\((?!#|data:)", source)
        assert "<!DOCTYPE" not in source


def test_ids_differ_between_all_charts(written: dict[tuple[str, str], ChartFiles]) -> None:
    ids = [i for made in written.values() for i in re.findall(r' id="([^"]+)"', made.svg.read_text("utf-8"))]
    assert len(ids) == len(set(ids))


def test_same_study_gives_same_bytes(
    written: dict[tuple[str, str], ChartFiles], study: Study, tmp_path: Path
) -> None:
    again = render_all(state(study), study, tmp_path, "run-1", ["zh"])
    assert len(again) == len(CHARTS)
    for key, made in again.items():
        former = written[key]
        for one, two in ((made.svg, former.svg), (made.png, former.png), (made.csv, former.csv)):
            assert one.read_bytes() == two.read_bytes()


def test_matplotlib_settings_are_left_alone(study: Study) -> None:
    before = dict(mpl.rcParams)
    drawn("cashflow", study)
    assert dict(mpl.rcParams) == before


def test_tables_are_language_free_and_open_in_a_spreadsheet(
    written: dict[tuple[str, str], ChartFiles], study: Study
) -> None:
    for name in CHARTS:
        table = written[name, "en"].csv
        assert table.read_bytes().startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(table.read_text("utf-8-sig").splitlines()))
        assert len({len(row) for row in rows}) == 1
        assert drawn(name, study, "en").rows == drawn(name, study, "zh").rows


def test_waterfall_is_the_sum_of_the_ledgers(study: Study) -> None:
    rows = {row[0]: row[1:] for row in drawn("waterfall", study).rows}
    for category in ANNUAL:
        columns = [i for i, item in enumerate(ITEMS) if item.category == category]
        savings = [
            (r.outcomes["keep"].cost_cny - r.outcomes["consolidate"].cost_cny)[12:, columns].sum()
            for r in study.results
        ]
        removed, added, net = rows[category][:3]
        assert net == pytest.approx(np.mean(savings) / STEADY_YEARS, rel=1e-12, abs=1e-6)
        assert removed - added == pytest.approx(net, rel=1e-12, abs=1e-6)
    assert rows["total"][2] == pytest.approx(sum(rows[c][2] for c in ANNUAL), rel=1e-12)


def test_levels_add_up_to_the_waterfall(study: Study) -> None:
    total = next(row for row in drawn("waterfall", study).rows if row[0] == "total")
    net = {row[1]: row[3] for row in drawn("levels", study).rows if (row[0], row[2]) == ("annual", "net")}
    assert net.pop("government") == pytest.approx(total[3], rel=1e-12)
    assert sum(net.values()) == pytest.approx(total[3], rel=1e-12)


def test_cash_ends_at_the_whole_difference(study: Study) -> None:
    ends = [
        r.outcomes["keep"].cost_cny.sum() - r.outcomes["consolidate"].cost_cny.sum() for r in study.results
    ]
    assert drawn("cashflow", study).rows[-1][2:] == pytest.approx(quantiles(np.array(ends)), rel=1e-12)


def test_energy_is_the_sum_of_kwh(study: Study) -> None:
    rows = [row for row in drawn("energy", study).rows if row[:2] == ("steady", "keep")]
    columns = [i for i, item in enumerate(ITEMS) if item.category == "electricity"]
    kwh = np.mean([r.outcomes["keep"].amount[12:, columns].sum() for r in study.results]) / STEADY_YEARS
    assert sum(row[3] for row in rows) == pytest.approx(kwh, rel=1e-12)


def test_claims_list_every_world_and_way(study: Study) -> None:
    rows = drawn("distribution", study).rows
    assert len(rows) == 4 * len(study.results)
    assert {row[1] for row in rows} == {"gross", "net", "staff", "net+staff"}
    assert {row[4] for row in rows} == {65e6}


def test_a_study_that_saves_nothing_can_be_drawn(study: Study) -> None:
    results = tuple(
        type(r)(r.world, r.draws, dict.fromkeys(study.scenario.alternatives, r.outcomes["keep"]))
        for r in study.results[:3]
    )
    same = Study(study.scenario, study.seed, results, study.world, study.plans, study.runs)
    rows = drawn("waterfall", same).rows
    assert all(value == 0 for row in rows for value in row[1:])
    for name in CHARTS:
        chart = drawn(name, same)
        chart.figure.draw_without_rendering()
        assert "nan" not in chart.title


def test_both_languages_have_the_same_messages_with_the_same_blanks() -> None:
    def blanks(text: str) -> set[str]:
        return {field for _, field, _, _ in Formatter().parse(text) if field}

    assert messages("en").keys() == messages("zh").keys()
    differ = {k for k, text in messages("en").items() if blanks(text) != blanks(messages("zh")[k])}
    assert differ <= {"month"}  # "December 2014" names the month, Chinese numbers it


def test_every_message_asked_for_exists() -> None:
    folder = Path(str(files("roomfold.reports") / "charts"))
    asked: set[str] = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                asked |= {
                    c.value
                    for c in ast.walk(node.args[1])
                    if isinstance(c, ast.Constant) and "." in str(c.value)
                }
    whole = {key for key in asked if not key.endswith((".", "_"))}
    assert whole
    assert whole <= messages("en").keys()


def test_every_quantity_has_a_name(study: Study) -> None:
    for lang in ("en", "zh"):
        for path in quantities(study.scenario):
            assert label(study.scenario, path, lang) != path


def test_the_font_covers_every_message() -> None:
    from fontTools.ttLib import TTFont

    with TTFont(font_path(), lazy=True) as font:
        covered = set(font.getBestCmap())
        assert font["name"].getDebugName(1) == "Roomfold Sans SC"
    text = json.dumps(messages("zh") | messages("en"), ensure_ascii=False)
    assert {c for c in text if ord(c) not in covered and c.isprintable()} == set()


def test_lines_break_after_pauses_and_never_before_them() -> None:
    text = "结果差异主要来自“机房数量”和“单个机房运维费用”，其余取决于来源较弱或假定的参数以及电价"
    lines = wrap(text, 70).split("\n")
    assert "".join(lines) == text
    assert lines[0].endswith("，")
    assert wrap("short", 70) == "short"
    assert wrap("one two three", 8).replace("\n", " ") == "one two three"
