"""Cells as people write them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from roomfold.scenarios.inventory import dates, read_inventory, values
from roomfold.scenarios.inventory.formats import header_key
from roomfold.scenarios.inventory.tables import filled

from .writers import text


@pytest.mark.parametrize(
    ("raw", "measure", "unit", "value"),
    [
        ("16 GB", "memory", "mb", 16),
        (16384.0, "memory", "mb", 16),
        ("16G", "memory", "", 16),
        ("1.5TB", "disk", "gb", 1500),
        ("2 TiB", "disk", "", 2 * 2**40 / 1e9),
        ("1,024", "disk", "gb", 1024),
        ("1 024,5", "disk", "gb", 1024.5),
        ("12,5", "disk", "gb", 12.5),
        ("12万元", "money", "元", 120_000),
        ("￥12,000.00", "money", "元", 12_000),
        ("¥3", "money", "万元", 3),
        ("3元", "money", "万元", 3),
        ("0.8亿元", "money", "", 80_000_000),
        ("1e3", "count", "", 1000),
        ("８核", "count", "", 8),
        ("约200台", "count", "", 200),
        ("100M", "line", "", 100),
        ("2.4GHz", "speed", "mhz", 2400),
        ("24000元/年", "money_per_month", "元/月", 2000),
    ],
)
def test_amounts(raw: str | float, measure: str, unit: str, value: float) -> None:
    assert values.amount(raw, measure, unit) == pytest.approx(value)


@pytest.mark.parametrize(
    "raw", ["abc", "-5", "$5", "5 parsecs", "inf", "nan", True, "1.2.3", "5-6", "1e999", "4" * 400]
)
def test_amounts_that_are_none(raw: str) -> None:
    with pytest.raises(values.UnreadError):
        values.amount(raw, "money", "元")


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("2014年12月31日", (2014, 12, 31)),
        ("2014年12月", (2014, 12, 1)),
        ("2014", (2014, 1, 1)),
        ("２０１４．３", (2014, 3, 1)),
        ("2014/3/5 10:20:30", (2014, 3, 5)),
        ("2014-03-05T10:20:30Z", (2014, 3, 5)),
        ("20140305", (2014, 3, 5)),
        (201403.0, (2014, 3, 1)),
        (2014.0, (2014, 1, 1)),
        (42004.0, (2014, 12, 31)),
        ("42004", (2014, 12, 31)),
        ("31.12.2014", (2014, 12, 31)),
        ("12/31/2014", (2014, 12, 31)),
        ("31/12/2014", (2014, 12, 31)),
        ("Dec 31, 2014", (2014, 12, 31)),
        ("31-Dec-14", (2014, 12, 31)),
        ("5 August 2014", (2014, 8, 5)),
        (datetime(2014, 3, 5, 10), (2014, 3, 5)),
        (date(2014, 3, 5), (2014, 3, 5)),
    ],
)
def test_dates(raw: str | float, day: tuple[int, int, int]) -> None:
    assert dates.day(raw) == date(*day)


@pytest.mark.parametrize("raw", ["soon", "2014-13-01", "31/31/2014", 5.0, "1.5", "3014-01-01", "", "99999"])
def test_dates_that_are_none(raw: str) -> None:
    with pytest.raises(values.UnreadError):
        dates.day(raw)


def test_levels() -> None:
    written = ("等保三级", "第二级", "3", 3.0, "S3A3G3", "三级（已备案）", "III")
    assert [values.mlps(raw) for raw in written] == [3, 2, 3, 3, 3, 3, 3]


def test_words() -> None:
    assert [values.yes(raw) for raw in ("是", "否", True, "N", "涉密", "不涉密", "False", 1.0)] == [
        *(True, False, True, False, True, False, False, True)
    ]
    assert [values.admin_level(raw) for raw in ("省级", "市级", "区县级", "乡镇", "county", "国家级")] == [
        *("province", "city", "county", "乡镇", "county", "国家级")
    ]
    assert values.power_state("poweredOff") == "off"
    assert values.addresses("10.0.0.1/24；10.0.0.2") == ("10.0.0.1", "10.0.0.2")


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("*Memory (In MB)", ("memory", "mb")),
        ("原值（万元）", ("原值", "万元")),
        ("RAM.TotalSizeInMB", ("ramtotalsize", "mb")),
        ("TotalDiskAllocatedGiB", ("totaldiskallocated", "gib")),
        ("内存\n（ＧＢ）", ("内存", "gb")),
        ("名称【必填】", ("名称", "")),
        ("# CPU", ("cpu", "")),
        ("专线月租(元/月)", ("专线月租", "元/月")),
        ("GB", ("gb", "")),
    ],
)
def test_headers(header: str, key: tuple[str, str]) -> None:
    assert header_key(header) == key


def test_pages_that_repeat_the_header_and_cells_over_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        'sep=;\n服务器名称;CPU核数;"内存\n(GB)"\na;4;8\n;;\n"b\nc";four;8,5\n服务器名称;CPU核数;内存\n-;2;4\nTotal;8;16\nsum01;2;4\n'
    )
    reading = read_inventory([path])
    assert [(record.server, record.mem_gb) for record in reading.records] == [
        ("a", 8),
        ("b c", 8.5),
        ("sum01", 4),
    ]
    assert [(aside.row, aside.reason) for aside in reading.asides] == [
        (8, "header"),
        (9, "no_identity"),
        (10, "total"),
    ]
    (unread,) = reading.unread
    assert (unread.cell.place, unread.cell.written, unread.field) == ("a.csv!B6", "four", "vcpu")


def test_texts_of_tall_merged_cells_stand_in_each_row() -> None:
    rows = [(1, ["x", 5.0]), (2, ["", ""]), (3, ["", ""])]
    merged = (((0, 0), (1, 0)), ((0, 1), (2, 1)))
    assert list(filled(iter(rows), merged)) == [(1, ["x", 5.0]), (2, ["x", ""]), (3, ["", ""])]


def test_an_empty_file_and_a_letter(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    letter = text(tmp_path / "letter.txt", [["Dear all,"], ["see attached"]])
    reading = read_inventory([tmp_path / "empty.csv", letter])
    assert (reading.records, reading.rows_in, len(reading.asides)) == ((), 2, 2)
    assert reading.to_json()["rows"] == {"in": 2, "used": 0, "aside": 2}
