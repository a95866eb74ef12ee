"""Without names: none of them is left anywhere, what planning needs is, and only the key leads back."""

from __future__ import annotations

import json
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomfold.scenarios.errors import InputError
from roomfold.scenarios.inventory import Reading, Record, read_inventory
from roomfold.scenarios.inventory.anonymise import KEPT, NAMES, Keys, anonymise
from roomfold.scenarios.inventory.key_file import new_key, read_keys, write_keys

from .writers import RVTOOLS_VINFO, book, row, text

KEY = bytes(range(32))
# No word of the program, no unit of a measure and no code can be made of these letters.
LETTERS = "qzxjvQZXJ财政局税务档案门éßﬁǅ９7 =<&'-"
TEXTS = st.text(LETTERS, min_size=4, max_size=9).map(lambda name: " ".join(name.split()))
NAME = TEXTS.filter(lambda name: len(name) > 3 and any(letter.isalpha() for letter in name))


def texts(value: object) -> Iterator[str]:
    """All texts of a JSON value, keys too."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    else:
        yield str(value)


@settings(max_examples=20, deadline=None)
@given(names=st.lists(NAME, min_size=7, max_size=7), second=NAME, third=NAME)
def test_no_name_is_left(names: list[str], second: str, third: str) -> None:
    """Whatever field a name stands in, and within models, systems, levels, headers, titles and faults."""
    server, system, room, department, asset, cluster, host = names
    ledger = [
        [f"{department}固定资产台账"],
        ["server", "系统名称", "存放地点", "使用部门", "资产编号", "集群", "宿主机", "内存", "备注" + second],
        [server, system, room, department, asset, cluster, host, 8, third],
        [server + third, system, room, department, asset + third, cluster, host, f"9{second}", "x"],
        ["合计" + third],
        [""] * 3 + [department],
    ]
    other = [
        ["server", "系统名称", "型号", "操作系统", "部署网络", "等保级别", "类别", "asset_id", "cores"],
        [
            *(server.upper(), second, f"浪潮 {room} NF5280", f"CentOS {department.swapcase()} 7"),
            *(f"{host}专网", f"三级 {third}", f"{system}服务器{room}", asset, "8核"),
        ],
    ]
    with tempfile.TemporaryDirectory() as folder:
        paths = [
            text(Path(folder) / "a.csv", ledger),
            book(Path(folder) / "b.xlsx", {f"x{third}x": other}),
        ]
        reading = read_inventory(paths)
        hidden, keys = anonymise(reading, KEY)
    named = {
        name
        for record in reading.records
        for field in NAMES
        for name in _each(getattr(record, field))
        if len(name) > 3
    }
    left = "\n".join(texts(hidden.to_json())).casefold()
    assert server in named
    for name in {*names, *named, second, third}:
        assert name.casefold() not in left
    for record, before in zip(hidden.records, reading.records, strict=True):
        assert record.kind == before.kind
        assert record.mem_gb == before.mem_gb
        assert record.mlps == before.mlps
        for field in NAMES:
            codes, old = _each(getattr(record, field)), _each(getattr(before, field))
            back = [keys.names[code].casefold() for code in codes]
            assert back == [name.casefold() for name in old]
        assert record.values().keys() == record.cells.keys()


def _each(value: object) -> list[str]:
    if value is None:
        return []
    return [str(each) for each in value] if isinstance(value, tuple) else [str(value)]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    rows = [
        RVTOOLS_VINFO.split(","),
        row(
            RVTOOLS_VINFO,
            VM="HR-DB01",
            Powerstate="poweredOn",
            CPUs=4,
            Memory=8192,
            Host="esx1",
            PrimaryIPAddress="10.1.2.3",
            OSaccordingtotheconfigurationfile="Microsoft Windows Server 2016 (64-bit)",
            VMUUID="4221aaaa-bbbb",
        ),
    ]
    return read_inventory([book(tmp_path / "secret city.xlsx", {"vInfo": rows, "List of Bob": [["x"]]})])


def test_every_text_of_a_record_is_a_name_or_kept() -> None:
    """A field that is added must be put with one or the other."""
    texts = {each.name for each in fields(Record) if "str" in str(each.type)} - {"kind"}
    assert texts == set(NAMES) | set(KEPT)
    assert not set(NAMES) & set(KEPT)


def test_what_planning_needs_stays(reading: Reading) -> None:
    hidden, keys = anonymise(reading, KEY)
    machine, before = hidden.records[0], reading.records[0]
    assert (machine.os, machine.vcpu, machine.mem_gb, machine.power_state) == (before.os, 4, 8, "on")
    assert machine.cells["vcpu"].written == 4
    assert machine.cells["server"].written == machine.server
    assert hidden.tables[0].origin.sheet == "vInfo"
    assert hidden.tables[1].origin.sheet.startswith("sheet-")
    assert hidden.files[0].name.endswith(".xlsx")
    assert hidden.files[0].sha256 != reading.files[0].sha256  # else a guess of a short list could be checked
    assert (hidden.rows_in, hidden.rows_used) == (reading.rows_in, reading.rows_used)
    assert keys.names[machine.server or ""] == "HR-DB01"


def test_one_key_gives_one_code(reading: Reading, tmp_path: Path) -> None:
    """Also in another file and in other capitals; another key gives others."""
    rows = [["server", "cores", "宿主机"], ["hr-db01", 4, "ESX1"]]
    later = read_inventory([text(tmp_path / "later.csv", rows)])
    first, again = anonymise(reading, KEY)[0].records[0], anonymise(later, KEY)[0].records[0]
    assert (first.server, first.host) == (again.server, again.host)
    assert anonymise(later, bytes(32))[0].records[0].server != again.server


def test_general_words_hide_no_operating_system(tmp_path: Path) -> None:
    rows = [["server", "cores", "os", "型号"], ["Server", 4, "Windows Server 2016", "浪潮服务器"]]
    machine = anonymise(read_inventory([text(tmp_path / "a.csv", rows)]), KEY)[0].records[0]
    assert (machine.os, machine.model) == ("Windows Server 2016", "浪潮服务器")
    assert str(machine.server).startswith("srv-")


@pytest.mark.parametrize(
    ("written", "stays"),
    [("三级", True), ("等保2.0 第三级", True), ("level 3", True), ("三级 777k", False), ("三级 777", False)],
)
def test_a_level_of_protection_alone_stays(tmp_path: Path, written: str, stays: bool) -> None:
    """What stands beside it may name the system."""
    rows = [["server", "cores", "等保级别"], ["a", 4, written]]
    hidden = anonymise(read_inventory([text(tmp_path / "a.csv", rows)]), KEY)[0]
    assert (written in "\n".join(texts(hidden.to_json()))) is stays


def test_key_file(reading: Reading, tmp_path: Path) -> None:
    """Only its owner reads it; names are added under the same key; another key is refused."""
    path = tmp_path / "estate.key"
    key = new_key()
    keys = anonymise(reading, key)[1]
    write_keys(path, keys)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_keys(path) == keys
    write_keys(path, Keys(key, {"srv-1": "other"}))
    assert read_keys(path).names == {**keys.names, "srv-1": "other"}
    with pytest.raises(InputError, match="another key"):
        write_keys(path, Keys(new_key(), {}))
    assert [each.name for each in tmp_path.iterdir() if "key" in each.name] == ["estate.key"]


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"key": "00"}', '{"key": 5, "names": {}}', "[" * 10_000, "\0"]
)
def test_what_is_no_key_file(tmp_path: Path, content: str) -> None:
    path = tmp_path / "k"
    path.write_text(content)
    with pytest.raises(InputError, match="not a key file") as caught:
        read_keys(path)
    assert "\n" not in str(caught.value)
    assert json.dumps(content)


def test_key_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_keys(tmp_path / "none")
