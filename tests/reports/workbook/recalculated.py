"""What an independent program makes of a workbook: LibreOffice computes every formula anew."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""

WIPED = -98765.4321  # stands where values of formulas were

Cells = dict[tuple[str, int, int], object]


def recalculated(book: bytes, folder: Path) -> Cells:
    """Every cell after LibreOffice has computed the formulas; what they came to is wiped before."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")
    (folder / "wiped.xlsx").write_bytes(wiped(book))
    soffice = shutil.which("soffice")
    assert soffice is not None
    command = [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out")]
    subprocess.run([*command, str(folder / "wiped.xlsx")], check=True, capture_output=True, timeout=120)
    return cells((folder / "out" / "wiped.xlsx").read_bytes())


def wiped(book: bytes) -> bytes:
    """The same workbook with the value of every formula wiped."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(book)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename.startswith("xl/worksheets/sheet"):
                data = re.sub(rb"(</f><v>)[^<]*(</v>)", rb"\g<1>%f\g<2>" % WIPED, data)
                data = re.sub(rb'( t="str")(><f>)', rb"\g<2>", data)
            new.writestr(info, data)
    return out.getvalue()


def cells(book: bytes) -> Cells:
    """Every cell by sheet, row and column, as calamine reads it."""
    opened = CalamineWorkbook.from_filelike(BytesIO(book))
    found: Cells = {}
    for name in opened.sheet_names:
        rows = opened.get_sheet_by_name(name).to_python(skip_empty_area=False)
        found |= {(name, r, c): cell for r, row in enumerate(rows) for c, cell in enumerate(row)}
    return found


def formulas(book: bytes) -> dict[tuple[str, int, int], str]:
    """Every formula by sheet, row and column, from the file itself."""
    found = {}
    with zipfile.ZipFile(BytesIO(book)) as archive:
        names = [
            sheet.attrib["name"]
            for sheet in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
        ]
        for number, name in enumerate(names, start=1):
            root = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
            for cell in root.iter(f"{MAIN}c"):
                formula = cell.find(f"{MAIN}f")
                if formula is not None:
                    found[name, *_place(cell.attrib["r"])] = formula.text or ""
    return found


def _place(address: str) -> tuple[int, int]:
    letters, row = re.fullmatch(r"([A-Z]+)(\d+)", address).groups()  # type: ignore[union-attr]  # an address always matches
    col = 0
    for letter in letters:
        col = 26 * col + ord(letter) - 64
    return int(row) - 1, col - 1
