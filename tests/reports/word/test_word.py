"""The Word file as others read it: python-docx, and LibreOffice with its PDF."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from docx.document import Document as WordFile
from docx.oxml.ns import qn

from roomfold.reports.charts.font import font_path
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
    label,
)
from roomfold.reports.document.compose import compose
from roomfold.reports.messages import LANGS, Lang
from roomfold.reports.statement import state
from roomfold.reports.word import word
from roomfold.reports.word.numbers import Counter, chinese

from ..document_study import COMMAND, plain_charts, ruled_study
from ..printed import joined, needs_poppler, printed
from ..small_study import one_world

HOSTILE = "<b>&\"'\x00\x0b\x1f\x7f\u202e=HYPERLINK(1)]]>\ud800\ufffe" + "名" * 200
VISIBLE = "<b>&\"'=HYPERLINK(1)]]>" + "名" * 200


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Lang, Document]:
    statement = state(ruled_study())
    charts = plain_charts(tmp_path_factory.mktemp("charts"))
    return {lang: compose(statement, charts, COMMAND, lang) for lang in LANGS}


@pytest.fixture(scope="module")
def written(documents: Mapping[Lang, Document]) -> Mapping[Lang, bytes]:
    return {lang: word(document) for lang, document in documents.items()}


def opened(content: bytes) -> WordFile:
    return docx.Document(io.BytesIO(content))


def blocks(document: Document, kind: type) -> list:  # type: ignore[type-arg]  # of that kind
    return [block for block in document.blocks if isinstance(block, kind)]


@pytest.mark.parametrize("lang", LANGS)
def test_headings_text_and_captions_stand_in_their_order(
    documents: Mapping[Lang, Document], written: Mapping[Lang, bytes], lang: Lang
) -> None:
    document, file = documents[lang], opened(written[lang])
    found = {
        style: [p.text for p in file.paragraphs if p.style is not None and p.style.name == style]
        for style in ("Title", "Heading 1", "Heading 2", "Caption", "List Bullet", "Body Text", "Code")
    }
    assert found["Title"] == [document.title]
    for level in (1, 2):
        told = [block.text for block in blocks(document, Heading) if block.level == level]
        assert found[f"Heading {level}"] == told
    gap = "　" if lang == "zh" else ". "
    captions = [
        f"{label(lang, b)}{gap}{b.caption if isinstance(b, Table) else b.name}"
        for b in blocks(document, Table | Figure)  # type: ignore[arg-type]  # a union is no type
    ]
    assert found["Caption"] == captions
    assert found["List Bullet"] == [item for block in blocks(document, Bullets) for item in block.items]
    assert found["Body Text"] == [b.text for b in blocks(document, Paragraph) if b.tone == "plain"]
    assert found["Code"] == [COMMAND]


@pytest.mark.parametrize("lang", LANGS)
def test_tables_are_tables_with_heads_that_repeat_and_rows_that_stay_whole(
    documents: Mapping[Lang, Document], written: Mapping[Lang, bytes], lang: Lang
) -> None:
    file = opened(written[lang])
    for block, made in zip(blocks(documents[lang], Table), file.tables, strict=True):
        rows = [_cells(row) for row in made.rows]
        assert rows == [list(block.head), *(list(row.cells) for row in block.rows)]
        assert made.style is not None and made.style.name == "Roomfold Table"
        heads = [row._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in made.rows]
        assert heads == [True] + [False] * len(block.rows)
        assert all(row._tr.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in made.rows)
        described = made._tbl.tblPr.find(qn("w:tblDescription")).get(qn("w:val"))
        assert described.endswith(f"(roomfold run {documents[lang].run}, table {block.id})")
        edge = file.sections[0].page_width - file.sections[0].left_margin - file.sections[0].right_margin
        widths = [int(column.get(qn("w:w"))) for column in made._tbl.tblGrid]
        assert sum(widths) * 635 == pytest.approx(edge, rel=1e-3)  # 635 EMU to the twip


def _cells(row: object) -> list[str]:
    """Cells as texts; a group row is one cell of two paragraphs."""
    cells = row._tr.tc_lst  # type: ignore[attr-defined]  # a row of python-docx
    paragraphs = [[("".join(_pieces(p))) for p in tc.findall(qn("w:p"))] for tc in cells]
    return ["\n".join(texts) for texts in paragraphs]


def _pieces(paragraph: object) -> list[str]:
    found = paragraph.iter(qn("w:t"), qn("w:br"))  # type: ignore[attr-defined]  # XML of lxml
    return ["\n" if piece.tag == qn("w:br") else piece.text for piece in found]


@pytest.mark.parametrize("lang", LANGS)
def test_pictures_carry_words_and_what_to_cite(
    documents: Mapping[Lang, Document], written: Mapping[Lang, bytes], lang: Lang
) -> None:
    document, file = documents[lang], opened(written[lang])
    section = file.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    for block, shape in zip(blocks(document, Figure), file.inline_shapes, strict=True):
        about = shape._inline.docPr
        assert (about.get("name"), about.get("descr")) == (block.id, block.alt)
        assert about.get("title") == f"roomfold run {document.run}, figure {block.id}"
        assert shape.width / shape.height == pytest.approx(320 / 180, rel=0.01)
        assert 0.8 * room < shape.width <= room
        assert [shape._inline.get(f"dist{side}") for side in "LR"] == ["0", "0"]


@pytest.mark.parametrize("lang", LANGS)
def test_numbers_are_fields_and_references_lead_somewhere(
    documents: Mapping[Lang, Document], written: Mapping[Lang, bytes], lang: Lang
) -> None:
    body = opened(written[lang]).element.body
    asked = [(node.text or "").split() for node in body.iter(qn("w:instrText"))]
    names = {"zh": ("表", "图"), "en": ("Table", "Figure")}[lang]
    for kind, name in zip((Table, Figure), names, strict=True):
        assert asked.count(["SEQ", name, r"\*", "ARABIC"]) == len(blocks(documents[lang], kind))
    marks = [node.get(qn("w:name")) for node in body.iter(qn("w:bookmarkStart"))]
    assert len(set(marks)) == len(marks)
    refs = [field[1] for field in asked if field[0] == "REF"]
    assert len(refs) == sum(len(b.see) for b in blocks(documents[lang], Paragraph)) and set(refs) <= set(
        marks
    )
    links = [node.get(qn("w:anchor")) for node in body.iter(qn("w:hyperlink"))]
    assert len(links) == len(blocks(documents[lang], Heading)) and set(links) <= set(marks)
    begun, ended = (
        sum(node.get(qn("w:fldCharType")) == kind for node in body.iter(qn("w:fldChar")))
        for kind in ("begin", "end")
    )
    assert begun == ended == len(asked)


def test_languages_faces_properties_and_paper(
    documents: Mapping[Lang, Document], written: Mapping[Lang, bytes]
) -> None:
    for lang in LANGS:
        file = opened(written[lang])
        about, section = file.core_properties, file.sections[0]
        assert (about.title, about.identifier) == (documents[lang].title, documents[lang].run)
        assert about.language == {"zh": "zh-CN", "en": "en-GB"}[lang]
        assert about.created is None and about.modified is None
        assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
        tongue = next(file.styles.element.iter(qn("w:lang")))
        assert (tongue.get(qn("w:val")), tongue.get(qn("w:eastAsia"))) == ("en-GB", "zh-CN")
        foot = "".join(node.text or "" for node in section.footer._element.iter(qn("w:t"), qn("w:instrText")))
        assert documents[lang].run in foot and " PAGE " in foot and " NUMPAGES " in foot
        used = {p.style.style_id for p in file.paragraphs if p.style is not None}
        assert used <= {style.style_id for style in file.styles}
    zh = opened(written["zh"])
    margins = (zh.sections[0].top_margin, zh.sections[0].left_margin)
    assert [round(margin.mm) for margin in margins if margin is not None] == [37, 28]  # GB/T 9704
    faces = {s.name: s.element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}") for s in zh.styles}
    east = {name: found.get(qn("w:eastAsia")) for name, found in faces.items() if found is not None}
    assert (east["Title"], east["Heading 1"], east["Heading 2"], east["Normal"]) == (
        "方正小标宋简体", "黑体", "楷体", "仿宋",
    )  # fmt: skip
    assert faces["Normal"].get(qn("w:ascii")) == "Times New Roman"


def test_the_same_document_gives_the_same_bytes_without_dates(
    documents: Mapping[Lang, Document], written: Mapping[Lang, bytes]
) -> None:
    assert word(documents["zh"]) == written["zh"]
    with ZipFile(io.BytesIO(written["zh"])) as file:
        assert {info.date_time for info in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in file.namelist() if "thumbnail" in name or "customXml" in name]


def test_hostile_text_is_text(documents: Mapping[Lang, Document]) -> None:
    picture = blocks(documents["zh"], Figure)[0]
    table = Table("t", 1, HOSTILE, (HOSTILE, "n"), (Row((HOSTILE,), "group"), Row((HOSTILE, "1"), "total")))
    figure = replace(picture, number=1, name=HOSTILE, title=HOSTILE, note=HOSTILE, alt=HOSTILE)
    told = (
        Heading(1, HOSTILE, "a"), Contents(HOSTILE), Paragraph(HOSTILE), Bullets((HOSTILE,)), Code(HOSTILE),
        table, figure,
    )  # fmt: skip
    hostile = Document("zh", "k", HOSTILE, HOSTILE, HOSTILE, "0123456789", told)
    file = opened(word(hostile))
    texts = [paragraph.text for paragraph in file.paragraphs]
    # Title, summary, edition; heading, contents, paragraph, bullet, code; the figure's note.
    assert texts.count(VISIBLE) == 9
    assert file.tables[0].cell(1, 0).text == VISIBLE
    assert file.inline_shapes[0]._inline.docPr.get("descr") == VISIBLE


def test_one_world_is_a_report_too(tmp_path: Path) -> None:
    statement = state(one_world())
    for lang in LANGS:
        document = compose(statement, plain_charts(tmp_path), COMMAND, lang)
        assert len(opened(word(document)).tables) == len(blocks(document, Table))
        (warned,) = (b.text for b in blocks(document, Paragraph) if b.tone == "caution" and "1" in b.text)
        assert warned in [paragraph.text for paragraph in opened(word(document)).paragraphs]


def test_chapters_are_counted_as_word_counts_them() -> None:
    assert [chinese(n) for n in (1, 10, 11, 20, 21, 99)] == ["一", "十", "十一", "二十", "二十一", "九十九"]
    zh, en = Counter("zh"), Counter("en")
    assert [zh.next(level) for level in (1, 2, 2, 1, 2)] == ["一、", "（一）", "（二）", "二、", "（一）"]
    assert [en.next(level) for level in (1, 2, 2, 1, 2)] == ["1\t", "1.1\t", "1.2\t", "2\t", "2.1\t"]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
@needs_poppler
def test_libreoffice_opens_it_and_prints_every_caption(
    documents: Mapping[Lang, Document], written: Mapping[Lang, bytes], tmp_path: Path
) -> None:
    fonts = tmp_path / "fonts.conf"
    fonts.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
        f"<dir>{font_path().parent}</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>"
    )
    files = [tmp_path / f"report.{lang}.docx" for lang in LANGS]
    for lang, file in zip(LANGS, files, strict=True):
        file.write_bytes(written[lang])
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    convert = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    environment = {**os.environ, "FONTCONFIG_FILE": str(fonts)}
    subprocess.run(
        [*convert, *map(str, files)], check=True, capture_output=True, timeout=120, env=environment
    )
    for lang, file in zip(LANGS, files, strict=True):
        text = joined(printed(file.with_suffix(".pdf"), "-raw"))
        document = documents[lang]
        lead = next(b for b in blocks(document, Paragraph) if b.tone == "lead")
        assert joined(lead.text) in text
        for block in blocks(document, Table):
            assert joined(f"{label(lang, block)}{'' if lang == 'zh' else '.'}{block.caption}") in text
        for block in blocks(document, Figure):
            assert joined(block.name) in text
        number = {"zh": "一、", "en": "1"}[lang]
        assert text.count(joined(f"{number}{blocks(document, Heading)[0].text}")) == 2  # contents, text
