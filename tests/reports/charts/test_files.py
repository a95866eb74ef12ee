"""Charts on disk: fonts of a few characters, ids in every format, PDF with text, the same bytes twice."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageFont

from roomfold.reports.charts import render_one
from roomfold.reports.charts.files import FORMATS, Format, figure_id
from roomfold.reports.charts.font import font_path, font_subset, plain
from roomfold.reports.charts.words import columns, short, wrap
from roomfold.reports.statement import state

from ..made_study import made_study

TEXT = "云中心 Cloud 3.5%"
DC = "{http://purl.org/dc/elements/1.1/}"
NARROW_IN = 8.5 / 2.54


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[Format, list[Path]]:
    """One chart in Chinese at the width of a column, twice in every format."""
    study, folder = made_study(), tmp_path_factory.mktemp("one")
    told = state(study)
    made: dict[Format, list[Path]] = {form: [] for form in FORMATS}
    for form in FORMATS:
        for count in range(2):
            path = folder / f"{count}.{form}"
            render_one(told, study, path, "run-1", name="rooms", form=form, lang="zh", width_in=NARROW_IN)
            made[form].append(path)
    return made


def test_the_same_bytes_twice(written: dict[Format, list[Path]]) -> None:
    for one, other in written.values():
        assert one.read_bytes() == other.read_bytes()


def test_every_format_names_the_figure(written: dict[Format, list[Path]]) -> None:
    wanted = "roomfold run run-1, figure rooms"
    assert figure_id("rooms", "run-1") == wanted
    root = ElementTree.parse(written["svg"][0]).getroot()
    assert [found.text for found in root.iter(f"{DC}identifier")] == [wanted]
    with Image.open(written["png"][0]) as image:
        assert image.info["Source"] == wanted
        assert image.info["Title"]
        assert image.width == pytest.approx(NARROW_IN * 200, abs=1)
    assert re.search(rb"/Keywords \(roomfold run run-1, figure rooms\)", written["pdf"][0].read_bytes())


def test_pdf_has_text_and_truetype_fonts(written: dict[Format, list[Path]]) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    path = written["pdf"][0]
    assert b"/CreationDate" not in path.read_bytes()
    shown = subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, text=True).stdout
    assert "在用机房" in re.sub(r"\s", "", shown)
    fonts = subprocess.run(["pdffonts", str(path)], check=True, capture_output=True, text=True).stdout
    assert "TrueType" in fonts
    assert "Type 3" not in fonts


def test_a_subset_has_the_characters_with_the_same_shapes() -> None:
    data = font_subset(TEXT)
    assert data == font_subset(TEXT[::-1])
    with TTFont(io.BytesIO(data)) as some, TTFont(font_path()) as whole:
        assert {chr(c) for c in some.getBestCmap()} == set(TEXT)
        for c in set(TEXT):
            one, other = some.getBestCmap()[ord(c)], whole.getBestCmap()[ord(c)]
            assert some["hmtx"][one] == whole["hmtx"][other]
            shapes = [font["glyf"][name] for font, name in ((some, one), (whole, other))]
            assert shapes[0].getCoordinates(some["glyf"]) == shapes[1].getCoordinates(whole["glyf"])
        assert [record.nameID for record in some["name"].names] == [0, 13, 14]


def test_widths_are_those_of_the_drawn_text() -> None:
    size = 1000
    drawn = ImageFont.truetype(str(font_path()), size).getlength(TEXT)
    assert columns(TEXT) * size / 2 == pytest.approx(drawn, rel=1e-3)


def test_texts_are_shortened_and_broken_to_fit() -> None:
    assert short("abc", 10) == "abc"
    for text in ("W" * 200, "机房" * 100, "， ，" * 60, '<b>=HYPERLINK("x")' * 12):
        assert columns(short(text, 30)) <= 30
        lines = wrap(text, 30, 3).split("\n")
        assert len(lines) <= 3
        assert all(columns(line) <= 32 for line in lines)
        assert re.sub(r"\s", "", wrap(text, 30)) == re.sub(r"\s", "", text)


def test_texts_are_written_plainly() -> None:
    assert plain("a\x07\u202eb\nc\t=1") == "ab c =1"
    assert plain("x\U0001f600") == "x□"
