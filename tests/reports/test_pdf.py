"""The PDF of documents made by hand, read by poppler."""

from __future__ import annotations

import builtins
import re
import subprocess
import sys
from pathlib import Path

import pytest

from roomfold.reports.charts.files import write
from roomfold.reports.charts.style import Chart, panel, styled
from roomfold.reports.document.blocks import (
    Bullets,
    Code,
    Contents,
    Document,
    Figure,
    Heading,
    Paragraph,
    Row,
    Table,
)
from roomfold.reports.document.compose import compose
from roomfold.reports.messages import Lang
from roomfold.reports.pdf import pdf
from roomfold.reports.sentences import finding
from roomfold.reports.statement import state
from roomfold.scenarios.errors import RoomfoldError

from .made_study import made_study
from .printed import joined, needs_poppler, printed

pytest.importorskip("typst", reason="the extra pdf is not installed")

FINDING = {"zh": "每年净节约6500万元（P10～P90：4500万～8900万元）", "en": "saves CNY 65.0 million a year"}
HOSTILE = (
    '#eval("1+1") #panic()',
    "$x^2$ *strong* _emph_ `raw` = head @ref <label> // gone",
    "<b>bold</b> &amp; </script>",
    "\\u{41} #{1+1} [content] https://example.org/#fragment",
    '=HYPERLINK("http://x","y")',
)
UNDRAWN = "bell\x07, nul\x00, \U0001f600, \ue000 and \u202eback"


@pytest.fixture(scope="module")
def figure(tmp_path_factory: pytest.TempPathFactory) -> Figure:
    """A chart with Chinese text and a character that no font has."""
    folder = tmp_path_factory.mktemp("chart")
    with styled("made"):
        drawing, axes = panel(3.0)
        axes.set_title("专线租用 <b>")
        made = write(Chart(drawing, "图题", "怎样读", ("p50",), ((1,),)), folder, "made", "zh", "run")
    made.svg.write_text(made.svg.read_text("utf-8").replace("专线租用", "专线租用\ue000"), encoding="utf-8")
    return Figure("made", 1, "图名", "图题", "怎样读", "说明", made.svg, made.png)


def document(lang: Lang, *blocks: object, title: str = "整合 Consolidation") -> Document:
    return Document(lang, "报告 report", title, "摘要 summary", "版本 edition", "0123456789", blocks)  # type: ignore[arg-type]  # blocks of any kind


def read(made: bytes, folder: Path, *options: str) -> str:
    """Text of a PDF as poppler reads it."""
    file = folder / "made.pdf"
    file.write_bytes(made)
    return printed(file, *options)


@needs_poppler
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_a_document_says_can_be_searched_and_pages_are_numbered(
    lang: Lang, tmp_path: Path, figure: Figure
) -> None:
    rows = (Row(("年度",), "group"), *(Row((f"第{n}行", "1930", "6500"), "plain") for n in range(90)))
    head = ("项目", "P10", "P50")
    chapters = [
        Contents("目录 Contents"),
        Heading(1, "结论 Finding", "finding"),
        Paragraph(FINDING[lang], "lead"),
        Bullets(("其一", "其二")),
        Heading(2, "费用 Costs", "costs"),
        Table("costs", 1, "各类费用", head, rows, source="资料来源"),
        figure,
        Code("roomfold run inner-mongolia"),
    ]
    made = pdf(document(lang, *chapters))
    text = read(made, tmp_path, "-layout")
    first, *later = text.split("\f")[:-1]
    assert joined(FINDING[lang]) in joined(first)
    assert "专线租用" in text and "图名" in text  # inside the chart, and below it
    assert len([page for page in later if "P10" in page and "P50" in page]) >= 2  # repeated heads
    assert "".join(later).count("第89行") == 1
    assert ("表1" if lang == "zh" else "Table 1") in text
    assert ("一、" if lang == "zh" else "1.1") in text
    pages = 1 + len(later)
    assert 3 <= pages <= 5
    numbers = {"zh": "第{}页，共{}页", "en": "Page {} of {}"}[lang]
    assert [numbers.format(n + 1, pages) in page for n, page in enumerate([first, *later])] == [True] * pages
    assert all("0123456789" in page for page in [first, *later])


@needs_poppler
def test_it_is_tagged_and_titled_and_has_no_date_and_fonts_of_its_own(tmp_path: Path) -> None:
    one = document("zh", Heading(2, "首个标题是二级", "a"), Paragraph("“引用”"), title="内蒙古\n电子政务云")
    made = pdf(one)
    assert made == pdf(one)
    read(made, tmp_path)
    facts = subprocess.run(
        ["pdfinfo", tmp_path / "made.pdf"], capture_output=True, check=True
    ).stdout.decode()
    assert re.search(r"Title: +内蒙古 电子政务云\n", facts)
    assert re.search(r"Tagged: +yes", facts)
    assert "Date" not in facts
    assert b"pdfuaid:part" in made
    fonts = subprocess.run(
        ["pdffonts", tmp_path / "made.pdf"], capture_output=True, check=True
    ).stdout.decode()
    assert {line.split()[0][7:] for line in fonts.splitlines()[2:]} == {"RoomfoldSansSC-Regular"}


@needs_poppler
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_names_are_never_read_as_markup_and_stay_within_the_page(
    lang: Lang, tmp_path: Path, figure: Figure
) -> None:
    names = (*HOSTILE, "长" * 200, "x" * 200, UNDRAWN)
    table = Table("t", 1, names[0], names[:3], tuple(Row((name, name, name)) for name in names), (0, 1, 2))
    blocks = [Contents(names[1])]
    for number, name in enumerate(names):
        blocks += [Heading(1, name, f"h{number}"), Paragraph(name, "caution"), Bullets((name,)), Code(name)]
    made = pdf(document(lang, *blocks, table, figure, title=names[0] + "长" * 200))
    text = joined(read(made, tmp_path, "-raw"))
    for name in names[:-1]:
        assert text.count(joined(name)) >= 3, name
    assert joined("bell□, nul□, □, □ and □back") in text
    boxes = read(made, tmp_path, "-bbox")
    width = float(re.findall(r'<page width="([\d.]+)"', boxes)[0])
    assert max(float(x) for x in re.findall(r'xMax="([\d.]+)"', boxes)) <= width - 40


@needs_poppler
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_of_a_run_says_what_its_statement_says(lang: Lang, tmp_path: Path) -> None:
    statement = state(made_study(4))
    composed = compose(statement, {}, "roomfold run inner-mongolia", lang)
    text = joined(read(pdf(composed), tmp_path))
    assert joined(finding(statement, str(statement.headline), lang).rstrip("。.")) in text
    for block in composed.blocks:
        if isinstance(block, Heading | Table):
            assert joined(block.text if isinstance(block, Heading) else block.caption) in text
    assert statement.fingerprint in text


def test_without_typst_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "typst":
            raise ModuleNotFoundError(name)
        return real(name, *rest)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(builtins, "__import__", without)
    said = re.escape(f"a PDF needs the package typst: {sys.executable} -m pip install typst")
    with pytest.raises(RoomfoldError, match=f"^{said}$"):
        pdf(document("en"))
