"""Workbooks from strangers: nothing outside them is read for them, and nothing is written for them.

That damaged and huge ones end in one line is in ``scenarios/inventory/test_hostile.py``.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from roomfold.scenarios.errors import InputError
from roomfold.scenarios.inventory import read_inventory

from ..scenarios.inventory.writers import book

HEAD = ["VM", "Powerstate", "CPUs", "Memory"]
SECRET = "kept-from-lists"
PARTS = (
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "[Content_Types].xml",
    "xl/styles.xml",
)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A workbook beside a file that is none of its business."""
    (tmp_path / "secret.txt").write_text(SECRET, "utf-8")
    return book(tmp_path / "good.xlsx", {"vInfo": [HEAD, ["virtual-one", "poweredOn", 2, 1024]]})


def rewritten(good: Path, part: str, encoding: str, define: str) -> Path:
    """The workbook with a declaration before a part, whose first text is what was declared."""
    path = good.with_name("bad.xlsx")
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == part:
                body = data.decode("utf-8").partition("?>")[2].replace("virtual-one", "&x;")
                data = f'<?xml version="1.0" encoding="{encoding}"?>{define}{body}'.encode(encoding)
            new.writestr(entry, data)
    return path


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_fetch_nothing(good: Path, part: str, encoding: str) -> None:
    """Refused where the declaration is seen; where it is not, as in UTF-16, nothing resolves it either."""
    address = (good.parent / "secret.txt").as_uri()
    for define in (
        f'<!DOCTYPE x [<!ENTITY x SYSTEM "{address}">]>',
        f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{address}"> %p; <!ENTITY x "{SECRET}">]>',
        f'<!DOCTYPE x SYSTEM "{address}">',
    ):
        try:
            reading = read_inventory([rewritten(good, part, encoding, define)])
        except InputError as error:
            assert SECRET not in str(error)
        else:
            assert encoding != "utf-8", "a declaration in plain sight is refused"
            assert SECRET not in repr(reading)


def test_names_and_links_inside_lead_nowhere(good: Path) -> None:
    """Nothing is unpacked: entries that climb out, are absolute, or are links change no file."""
    path = good.with_name("climbing.xlsx")
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.infolist():
            new.writestr(entry, old.read(entry))
        for name in ("../secret.txt", "../../evil.txt", str(good.parent / "evil.txt"), "..\\evil.txt"):
            new.writestr(name, "overwritten")
        link = zipfile.ZipInfo("xl/media/link")
        link.external_attr = 0o120777 << 16
        new.writestr(link, str(good.parent / "secret.txt"))
    before = {p: p.read_bytes() for p in good.parent.iterdir()}
    reading = read_inventory([path])
    assert SECRET not in repr(reading)
    assert {p: p.read_bytes() for p in good.parent.iterdir()} == before


def test_links_to_other_workbooks_are_not_followed(good: Path) -> None:
    path = good.with_name("linking.xlsx")
    target = (good.parent / "secret.txt").as_uri()
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath"
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.infolist():
            new.writestr(entry, old.read(entry))
        new.writestr(
            "xl/externalLinks/_rels/externalLink1.xml.rels",
            f'<Relationships xmlns="{space}"><Relationship Id="r1" Type="{kind}" Target="{target}" '
            'TargetMode="External"/></Relationships>',
        )
    assert SECRET not in repr(read_inventory([path]))
