"""Word is not at hand: what it is strict about is checked on the XML, by code that knows no writer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from roomfold.reports.document.compose import compose
from roomfold.reports.messages import LANGS, Lang
from roomfold.reports.statement import state
from roomfold.reports.word import word

from ..document_study import COMMAND, plain_charts, ruled_study
from ..office.package import changed
from ..office.wordprocessing import faults


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Lang, bytes]:
    charts, statement = plain_charts(tmp_path_factory.mktemp("charts")), state(ruled_study())
    return {lang: word(compose(statement, charts, COMMAND, lang)) for lang in LANGS}


@pytest.mark.parametrize("lang", LANGS)
def test_word_finds_nothing_to_repair(written: Mapping[Lang, bytes], lang: Lang) -> None:
    assert faults(written[lang]) == []


SPOILT = {
    "too late": ("word/document.xml", b"<w:tblPr><w:tblStyle", b"<w:tblPr><w:tblW/><w:tblStyle"),
    "no paragraph style": ("word/document.xml", b'<w:pStyle w:val="Caption"/>', b'<w:pStyle w:val="X"/>'),
    "uses relationship": ("word/document.xml", b' r:embed="', b' r:embed="x'),
    "is not there": ("word/_rels/document.xml.rels", b'Target="', b'Target="x'),
    "stands alone": ("word/document.xml", b'w:fldCharType="begin"', b'w:fldCharType="separate"'),
    "leads to": ("word/document.xml", b"<w:bookmarkStart", b"<w:bookmarkEnd"),
    "has no content type": ("[Content_Types].xml", b'Extension="png"', b'Extension="gif"'),
}


@pytest.mark.parametrize("said", SPOILT)
def test_the_check_sees_what_is_spoilt(written: Mapping[Lang, bytes], said: str) -> None:
    part, old, new = SPOILT[said]
    spoilt = changed(written["en"], part, lambda data: data.replace(old, new))
    assert spoilt != changed(written["en"], part, bytes)
    assert said in " ".join(faults(spoilt))


def test_a_plain_document_of_another_writer_passes(tmp_path: Path) -> None:
    """So the check asks for nothing of our own."""
    import docx

    document = docx.Document()
    document.add_heading("Title", 1)
    document.add_table(2, 2).cell(0, 0).text = "cell"
    document.save(str(tmp_path / "x.docx"))
    assert faults((tmp_path / "x.docx").read_bytes()) == []
