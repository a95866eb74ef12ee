"""The template: what it offers is understood, the example is left out, and what is filled in comes back."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from datetime import date
from functools import reduce
from pathlib import Path
from xml.etree import ElementTree

import pytest

from roomfold.scenarios.inventory import Reading, read_inventory
from roomfold.scenarios.inventory.template import Lang, template, write_template
from roomfold.scenarios.listed.columns import TABLES, Column

from .test_formats import accounted
from .writers import text

LANGS: tuple[Lang, ...] = ("zh", "en")
KINDS = {"rooms": "room", "systems": "system", "servers": "server"}
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
HOSTILE = ("=HYPERLINK(1)", "_x0041_", "<b>&", "007", "2019-0417", "+1", "某" * 200, "a\tb", "../../x")


def value(column: Column, number: int) -> str:
    """Some value of a column of a listed estate."""
    match column.kind:
        case "key" | "table":
            return HOSTILE[number % len(HOSTILE)] + column.name[0]  # a room's name is the same in all tables
        case "flag":
            return ("yes", "no")[number % 2]
        case "choice":
            return column.choices[number % len(column.choices)]
        case "date":
            return f"20{10 + number}-0{1 + number}-1{number}"
        case "whole":
            return str(1 + number % 5)
        case "number" if column.high == 1:
            return f"{0.1 + 0.07 * number:.2f}"
        case "number":
            return f"{column.low + 1.37 * (number + 1):.6g}"
        case "scenario":
            known = {"level": "county", "zone": "extranet-private", "demand_class": "filing"}
            return known.get(column.name, "dl380-g5-5160")
    return f"text {number}"


def listed(folder: Path) -> list[Path]:
    """The tables of a listed estate, with something in every cell."""
    paths = []
    for name, columns in TABLES.items():
        head = [column.name for column in columns]
        rows = [[value(column, number) for column in columns] for number in range(len(HOSTILE))]
        paths.append(text(folder / f"{name}.csv", [head, *rows], "utf-8-sig"))
    return paths


def filled(path: Path, lang: Lang, reading: Reading) -> Reading:
    """A template filled with all records, and read again."""
    write_template(
        path,
        lang,
        rooms=reading.of_kind("room"),
        systems=reading.of_kind("system"),
        servers=reading.of_kind("server"),
        hosts=reading.of_kind("host"),
    )
    again = read_inventory([path])
    accounted(again)
    assert not again.unread
    return again


def agree(one: Reading, other: Reading) -> None:
    """The same records, but for rounding."""
    assert len(one.records) == len(other.records)
    for record, again in zip(one.records, other.records, strict=True):
        assert record.kind == again.kind
        before, after = record.values(), again.values()
        assert before.keys() == after.keys()
        for field, what in before.items():
            assert after[field] == (pytest.approx(what, rel=1e-9) if isinstance(what, float) else what)


@pytest.mark.parametrize("lang", LANGS)
def test_an_empty_template_holds_no_record(lang: Lang, tmp_path: Path) -> None:
    """All sheets are known by their headers; the examples and the explanations are set aside."""
    write_template(tmp_path / "t.xlsx", lang)
    reading = read_inventory([tmp_path / "t.xlsx"])
    accounted(reading)
    assert reading.records == ()
    assert [table.format for table in reading.tables] == [
        *("roomfold-rooms", "roomfold-systems", "roomfold-servers", "roomfold-hosts", "roomfold-guide")
    ]
    assert {aside.reason for aside in reading.asides} == {"example", "guide"}
    for table in reading.tables[:-1]:
        assert table.rows_in == 1
        assert all(column.column is not None for column in table.columns)


def parts(made: bytes) -> dict[str, str]:
    """The sheets of a workbook as XML, by their names."""
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        names = re.findall(r'<sheet name="([^"]+)"', archive.read("xl/workbook.xml").decode())
        return {
            name: archive.read(f"xl/worksheets/sheet{number}.xml").decode()
            for number, name in enumerate(names, start=1)
        }


def rules(made: bytes, sheet: str) -> dict[str, dict[str, str]]:
    """What Excel lets into each column of a sheet, by its header: type and both formulas."""
    tree = ElementTree.fromstring(parts(made)[sheet])
    heads = [cell.findtext(f"{SHEET}is/{SHEET}t") or "" for cell in tree.find(f".//{SHEET}row") or ()]
    found = {}
    for rule in tree.iter(f"{SHEET}dataValidation"):
        area = re.fullmatch(r"([A-Z]+)2:([A-Z]+)(\d+)", rule.attrib["sqref"])
        assert area
        assert area[1] == area[2]
        assert int(area[3]) > 1000
        column = reduce(lambda number, letter: 26 * number + ord(letter) - 64, area[1], 0)
        found[heads[column - 1]] = {
            "type": rule.get("type", ""),
            "one": rule.findtext(f"{SHEET}formula1") or "",
            "two": rule.findtext(f"{SHEET}formula2") or "",
        }
    return found


@pytest.mark.parametrize("lang", LANGS)
def test_every_column_has_a_rule_that_suits_it(lang: Lang) -> None:
    """And every word that a list offers is understood as a value of its own."""
    made = template(lang)
    with tempfile.TemporaryDirectory() as folder:
        for sheet in list(parts(made))[:4]:
            found = rules(made, sheet)
            offered = {head: rule["one"].strip('"').split(",") for head, rule in found.items()}
            lists = [head for head, rule in found.items() if rule["type"] == "list" and rule["one"][0] == '"']
            key = next(iter(found))
            for head in lists:
                rows = [[key, head], *([f"n{number}", word] for number, word in enumerate(offered[head]))]
                blank = [""] * (len(found) - 2)
                rest = [each for each in found if each not in (key, head)]
                table = [[*rows[0], *rest], *([*row, *blank] for row in rows[1:])]
                reading = read_inventory([text(Path(folder) / "t.csv", table)])
                assert not reading.unread
                field = next(each.column.field for each in reading.tables[0].columns[1:] if each.column)
                values = [record.values().get(field) for record in reading.records]
                assert len(set(values)) == len(offered[head]) == len(values), head
                assert all(not isinstance(each, str) or each.isascii() for each in values), values


def test_the_example_is_a_record_under_another_name(tmp_path: Path) -> None:
    """Overwriting its name is enough: all its cells are understood, and alike in both languages."""
    found = {}
    for lang in LANGS:
        with (
            zipfile.ZipFile(io.BytesIO(template(lang))) as before,
            zipfile.ZipFile(tmp_path / f"{lang}.xlsx", "w") as after,
        ):
            for name in before.namelist():
                part = before.read(name).decode()
                after.writestr(name, part.replace("示例：", "").replace("Example: ", ""))
        reading = read_inventory([tmp_path / f"{lang}.xlsx"])
        assert not reading.unread
        found[lang] = {record.kind: record.values() for record in reading.records}
        assert set(found[lang]) == {"room", "system", "server", "host"}
    for kind, values in found["zh"].items():
        assert values.keys() == found["en"][kind].keys()
        for field, what in values.items():
            if not isinstance(what, str) or field in ("size_class", "admin_level", "zone", "demand_class"):
                assert found["en"][kind][field] == (pytest.approx(what) if isinstance(what, float) else what)
    assert found["zh"]["room"]["operations_cny_per_year"] == 86_000
    assert found["zh"]["system"]["line_cny_per_month"] == pytest.approx(1500)
    assert found["zh"]["server"]["price_cny"] == 52_000
    assert found["zh"]["server"]["cpu_p95"] == 0.22
    assert found["zh"]["server"]["purchase_date"] == date(2019, 11, 20)


def test_ranges_stand_in_the_unit_of_their_header() -> None:
    """万元 is ten thousand CNY; the rent of a line is by the year."""
    zh, en = rules(template("zh"), "服务器"), rules(template("en"), "Servers")
    assert float(en["Price (CNY)"]["two"]) == 1e8 == 1e4 * float(zh["购置价（万元）"]["two"])
    zh, en = rules(template("zh"), "信息系统"), rules(template("en"), "Systems")
    assert float(en["Rent of the line (CNY/year)"]["two"]) == 1e8
    assert float(zh["专线年租费（万元/年）"]["two"]) == 1e4


@pytest.mark.parametrize("lang", LANGS)
def test_listed_tables_go_through_a_template(lang: Lang, tmp_path: Path) -> None:
    """Tables of a scenario to records, to a template, to records; then on to one in the other language."""
    reading = read_inventory(listed(tmp_path))
    accounted(reading)
    assert not reading.unread
    for table, (name, columns) in zip(reading.tables, TABLES.items(), strict=True):
        assert table.format == f"roomfold-{name}"
        assert [each.header for each in table.columns if each.column is None] == ["from"]
        assert len(reading.of_kind(KINDS[name])) == len(HOSTILE)
        for record in reading.of_kind(KINDS[name]):
            assert len(record.values()) == len(columns) - 1
    again = filled(tmp_path / "t.xlsx", lang, reading)
    agree(reading, again)
    other: Lang = "en" if lang == "zh" else "zh"
    agree(reading, filled(tmp_path / "u.xlsx", other, again))


def test_a_name_that_begins_like_a_note_is_a_name(tmp_path: Path) -> None:
    """注 begins notes, and 注册."""
    rows = [["system", "room", "from"], ["注册登记系统", "r"], ["注：以上均为在用系统"]]
    reading = read_inventory([text(tmp_path / "systems.csv", rows)])
    assert [record.system for record in reading.records] == ["注册登记系统"]
    assert [aside.reason for aside in reading.asides] == ["note"]


def test_a_template_is_the_same_bytes_again() -> None:
    for lang in LANGS:
        made = template(lang)
        assert made == template(lang)
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
            assert b"1980-01-01" in archive.read("docProps/core.xml")
            assert not any("vba" in name or "externalLink" in name for name in archive.namelist())
