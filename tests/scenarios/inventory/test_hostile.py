"""Hostile files end in an InputError of one line, or their contents are carried as inert text."""

from __future__ import annotations

import csv
import os
import struct
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from roomfold.scenarios.errors import InputError
from roomfold.scenarios.inventory import archive, merge, read_inventory

from .writers import book, ods, old_book, text

VINFO = ["VM", "Powerstate", "CPUs", "Memory"]
SHEET = "xl/worksheets/sheet1.xml"


def refused(path: Path, words: str) -> None:
    """Reading ends in one line with these words."""
    with pytest.raises(InputError, match=words) as caught:
        read_inventory([path])
    assert "\n" not in str(caught.value)
    assert str(caught.value).isprintable()


def altered(folder: Path, sheet: str, **more: bytes) -> Path:
    """A spreadsheet whose first sheet has other XML; more parts by name."""
    good = book(folder / "good.xlsx", {"vInfo": [VINFO, ["a", "poweredOn", 2, 1024]]})
    bad = folder / "bad.xlsx"
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(bad, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = sheet.encode() if entry.filename == SHEET else old.read(entry)
            new.writestr(entry.filename, data)
        for name, data in more.items():
            new.writestr(name, data)
    return bad


def sheet(cells: str) -> str:
    """XML of a sheet."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?><worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'


def test_zip_bomb(tmp_path: Path) -> None:
    refused(altered(tmp_path, sheet(""), bomb=bytes(80 << 20)), "times its size")


def test_zip_directory_that_lies(tmp_path: Path) -> None:
    """A part of 9 MB that says it has 5 bytes."""
    path = altered(tmp_path, sheet(""), bomb=bytes(9 << 20))
    data = path.read_bytes()
    size = struct.pack("<I", 9 << 20)
    assert data.count(size) == 2  # in the part's own header and in the directory
    path.write_bytes(data.replace(size, struct.pack("<I", 5)))
    refused(path, "larger than the archive says")


def test_too_many_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_ENTRIES", 5)
    refused(book(tmp_path / "a.xlsx", {"vInfo": [VINFO]}), "must be at most 5")


def test_billion_laughs(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    refused(altered(tmp_path, bomb + sheet('<row r="1"><c r="A1"><v>1</v></c></row>')), "entities")
    refused(ods(tmp_path, "", bomb), "entities")


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1'><c r = 'XFD1'><v>1</v></c></row><row r='900000'><c r='A900000'><v>1</v></c></row>",
        '<row r="1048576"><c><v>1</v></c><c r="XFD1048576"/></row>',
    ],
)
def test_cells_in_opposite_corners(tmp_path: Path, cells: str) -> None:
    refused(altered(tmp_path, sheet(cells)), "million cells")


def test_repeated_cells_of_open_document(tmp_path: Path) -> None:
    cell = (
        '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/>'
    )
    refused(
        ods(tmp_path, f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>'),
        "million",
    )


def test_open_document_is_read(tmp_path: Path) -> None:
    """The empty cells that programs repeat to the sheet's edges do not count."""

    def cell(what: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{what}</text:p></table:table-cell>'

    rows = [VINFO, ["a", "poweredOn", "2", "1024"]]
    made = "".join(
        f"<table:table-row>{''.join(map(cell, each))}"
        '<table:table-cell table:number-columns-repeated="16380"/></table:table-row>'
        for each in rows
    )
    edge = (
        '<table:table-row table:number-rows-repeated="1048574">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    reading = read_inventory([ods(tmp_path, made + edge)])
    assert reading.tables[0].format == "rvtools-vinfo"
    assert reading.records[0].mem_gb == 1


def test_old_spreadsheet_with_cells_in_opposite_corners(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(old_book([(0, 0), (65535, 255)]))
    refused(path, "million cells")
    path.write_bytes(old_book([(0, 0)], password=True))
    refused(path, "password")
    for cut in (9, 100, 600, 1700):
        path.write_bytes(old_book([(0, 0)])[:cut])
        refused(path, "damaged")


def test_a_panic_of_the_library_is_no_message(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """It prints where its own code stands; what others print meanwhile is kept."""
    path = tmp_path / "a.xls"
    for cut in (1642, 1907):
        path.write_bytes(old_book([(0, 0), (0, 1), (3, 2)])[:cut])
        refused(path, "damaged")
    assert capfd.readouterr().err == ""
    read_inventory([book(tmp_path / "a.xlsx", {"vInfo": [VINFO]})])
    os.write(2, b"told")
    assert capfd.readouterr().err == "told"


def test_what_is_no_file(tmp_path: Path) -> None:
    real = text(tmp_path / "a.csv", [VINFO, ["a", "poweredOn", 2, 1024]])
    link = tmp_path / "link.csv"
    link.symlink_to(real)
    refused(link, "symbolic link")
    refused(tmp_path, "not a file")
    refused(tmp_path / "none.csv", "cannot be read")
    refused(Path("/dev/zero"), "not a file")
    refused(Path("a\0b.csv"), "zero byte")
    copy = tmp_path / "copy.csv"
    copy.write_bytes(real.read_bytes())
    with pytest.raises(InputError, match="the same contents"):
        read_inventory([real, copy])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04 and no more", "damaged"),
        (b"VM,CPUs\n\xff\xfe\xfd,\x81\x20\n", "UTF-8"),
        ("VM;é".encode("latin-1"), "UTF-8"),
        (b"<html><table><tr><td>VM</td></tr></table></html>", "web page"),
        (b"%PDF-1.7", "PDF"),
        (b'VM,CPUs\n"' + b"x" * 200_000, "quote left open"),
        (b"," * 5000 + b"\n", "columns, must be"),
    ],
)
def test_what_is_no_table(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "export\nof \x1b[31m.xls"
    path.write_bytes(data)
    refused(path, words)


def test_archives_that_are_no_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("../../etc/passwd", "x")
    refused(path, "no spreadsheet")
    good = book(tmp_path / "good.xlsx", {"vInfo": [VINFO]})
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(good.read_bytes()[:-30])
    refused(cut, "damaged")
    with zipfile.ZipFile(tmp_path / "odd.xlsx", "w", zipfile.ZIP_BZIP2) as made:
        made.writestr("xl/workbook.xml", "x")
    refused(tmp_path / "odd.xlsx", "packed in a way")
    damaged = altered(tmp_path, sheet('<row r="1"><c r="A1" t="s"><v>99999</v></c></row'))
    with pytest.raises(InputError, match="damaged"):
        read_inventory([damaged])


def test_formulas_markup_and_names_stay_text(tmp_path: Path) -> None:
    hostile = [
        '=HYPERLINK("http://x","y")',
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "a\x07b\u202ec",
        "@SUM(1)",
    ]
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as workbook:
        page = workbook.add_worksheet("vInfo")
        page.write_row(0, 0, VINFO)
        for at, name in enumerate(hostile, start=1):
            page.write_string(at, 0, name)
            page.write_formula(at, 2, "=1+1", None, 2)
    names = [record.server for record in read_inventory([path]).records]
    assert names == [*hostile[:3], "abc", "@SUM(1)"]
    assert {record.vcpu for record in read_inventory([path]).records} == {2}


def test_zero_bytes_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"VM,Powerstate,CPUs,Memory\na\0b,poweredOn,2,10\x0024\n")
    (record,) = read_inventory([path]).records
    assert (record.server, record.mem_gb) == ("ab", 1)


def test_a_column_that_no_program_writes(tmp_path: Path) -> None:
    """XFD is the last; a header's search over half a million columns would take a minute."""
    cells = '<row r="1"><c r="A1" t="str"><v>VM</v></c><c r="{}" t="str"><v>Memory</v></c></row>'
    for last, columns in (("XFE1", 16_385), ("ZZZZ1", 475_254)):
        refused(altered(tmp_path, sheet(cells.format(last))), f"{columns} columns, must be at most 16384")
    refused(altered(tmp_path, sheet(cells.format("Z" * 200_000 + "1"))), "columns, must be at most 16384")
    refused(altered(tmp_path, sheet(cells.format("B" + "9" * 9_000))), "million cells")
    rows = [(f"v{n}", "on", 1, 1) for n in range(3)]
    wide = [VINFO[0], *[""] * 16_379, *VINFO[1:]]
    far = [[row[0], *[""] * 16_379, *row[1:]] for row in rows]
    assert len(read_inventory([book(tmp_path / "b.xlsx", {"vInfo": [wide, *far]})]).records) == 3


def test_too_many_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "MAX_RECORDS", 2)
    refused(text(tmp_path / "a.csv", [VINFO, *([f"v{n}", "on", 1, 1] for n in range(3))]), "over 2 records")


def test_other_csv_readers_keep_their_limit(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    read_inventory([text(tmp_path / "a.csv", [VINFO, ["a", "on", 1, 1]])])
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(
    "chunk",
    [
        b'<row r="7" spans="1:2"><c r="A7" s="1"><v>1</v></c><c r="AB12"/></row>',
        b"<row r='7'><c r='A7'><v>1</v></c><c r='AB12'/></row>",
        b'<row r="7"><c\nr="A7"><v>1</v></c><c s="1" r="$AB$12"/></row>',
        b'<x:row r="12"><x:c r="A7"><x:v>1</x:v></x:c><x:c r="AB7"/></x:row>',
        b'<row r="12"><c r="A7"/><c\tr="AB7"></c><f r="never">1</f></row>',
    ],
)
def test_cells_are_counted_however_their_places_are_written(
    chunk: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last row is 12 and the last column AB, the 28th: 336 cells."""
    extent = archive._Extent()
    assert extent.add(chunk) == 0
    monkeypatch.setattr(archive, "MAX_CELLS", 336)
    extent.check("list.xlsx")
    monkeypatch.setattr(archive, "MAX_CELLS", 335)
    with pytest.raises(InputError, match="12 rows and 28 columns"):
        extent.check("list.xlsx")
