"""The same estate in any column order, encoding, unit and header spelling gives the same records."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomfold.scenarios.inventory import read_inventory

from .writers import book, text

MACHINES = [
    ("财政-01", 4, 16.0, 1500.0, 0.25, 3),
    ("web，02", 16, 65.5, 80.25, 0.75, 2),
    ('a "b"', 1, 0.5, 10.0, 1.0, 1),
]
SPELLINGS = (
    ("server", "服务器名称", " Server_Name ", "主机名（必填）", "ＨＯＳＴＮＡＭＥ"),
    ("vcpu", "CPU核数", "cpu（核）", "Cores"),
    ("mem_gb", "内存", "Memory", "RAM"),
    ("disk_gb", "存储容量", "磁盘", "Disk Size"),
    ("cpu_p95", "CPU P95", "CPU95分位"),
    ("mlps", "等保级别", "安全保护等级"),
)
MEMORY = {"GB": 1.0, "MB": 1024.0, "TB": 1 / 1024, "GiB": 1.0}
DISK = {"GB": 1.0, "TB": 1e-3, "MB": 1e3, "GiB": 1e9 / 2**30}
LEVEL = {1: ("1", "一级", "等保一级"), 2: ("2", "第二级", "Level 2"), 3: ("三级", "3级", "S3A3")}
FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """The machines as some office writes them."""
    memory, disk = draw(st.sampled_from(sorted(MEMORY))), draw(st.sampled_from(sorted(DISK)))
    in_header, percent, wide = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    names = [draw(st.sampled_from(spellings)) for spellings in SPELLINGS]
    if in_header:
        for at, unit in ((2, memory), (3, disk)):
            brackets = draw(st.sampled_from(("({})", "（{}）", " [{}]", "_{}")))
            names[at] = names[at].removesuffix("_gb") + brackets.format(unit)
        if percent:
            names[4] += "(%)"
    rows = []
    for name, vcpu, mem, size, use, level in MACHINES:
        cells = [
            f"{mem * MEMORY[memory]!r}",
            f"{size * DISK[disk]!r}",
            f"{use * 100:g}" if percent else f"{use:g}",
        ]
        if not in_header:
            cells = [cells[0] + memory, f"{cells[1]} {disk.lower()}", f"{use:.0%}" if percent else cells[2]]
        row = [str(vcpu), *cells, draw(st.sampled_from(LEVEL[level]))]
        rows.append([name, *(cell.translate(FULL_WIDTH) if wide else cell for cell in row)])
    order = draw(st.permutations(range(len(names))))
    body = [names, *rows] + ([["合计", "21", *[""] * 4]] if order[0] == 0 else [])
    head = [["某市服务器清单"], []] if draw(st.booleans()) else []
    return head + [[line[at] for at in order] for line in body]


@settings(max_examples=60, deadline=None)
@given(
    table=tables(),
    how=st.sampled_from(("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "xlsx")),
    separator=st.sampled_from(",\t;"),
)
def test_any_writing_gives_the_same_records(table: list[list[str]], how: str, separator: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        made = book(path, {"x": table}) if how == "xlsx" else text(path, table, how, separator)
        reading = read_inventory([made])
    assert not reading.unread
    assert reading.rows_in == reading.rows_used + len(reading.asides)
    assert {record.server for record in reading.records} == {machine[0] for machine in MACHINES}
    for record in reading.records:
        _, vcpu, mem, size, use, level = next(each for each in MACHINES if each[0] == record.server)
        assert (record.vcpu, record.mlps) == (vcpu, level)
        assert record.mem_gb == pytest.approx(mem)
        assert record.disk_gb == pytest.approx(size)
        assert record.cpu_p95 == pytest.approx(use)


CELLS = st.one_of(
    st.text(max_size=12), st.sampled_from(("VM", "CPUs", "Memory", "名称", "原值", "合计", "1,5", "=1", ""))
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(CELLS, max_size=6), max_size=12))
def test_anything_is_read_and_accounted_for(rows: list[list[str]]) -> None:
    """No table makes the reader fail or lose a row."""
    rows = [[cell.encode("utf-8", "ignore").decode() for cell in row] for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        reading = read_inventory([book(Path(folder) / "a", {"x": rows})])
    assert reading.rows_in == reading.rows_used + len(reading.asides)
    for record in reading.records:
        assert record.values().keys() == record.cells.keys()
    reading.to_json()
