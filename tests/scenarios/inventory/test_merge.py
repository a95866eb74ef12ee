"""What speaks of the same machine becomes one record, and what differs is told."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from roomfold.scenarios.inventory import Reading, read_inventory
from roomfold.scenarios.inventory.gathered import Series

from .test_formats import accounted
from .writers import text

PLAIN = ["uuid", "server", "addresses", "vcpu", "mem_gb"]


def read(folder: Path, *lists: list[list[object]]) -> Reading:
    """Lists as files, in order."""
    files = [text(folder / f"{n}.csv", [PLAIN, *rows]) for n, rows in enumerate(lists)]
    reading = read_inventory(files)
    accounted(reading)
    return reading


def test_by_uuid_before_name(tmp_path: Path) -> None:
    reading = read(tmp_path, [["U-1", "old", "", 4, ""]], [["{u-1}", "new", "", 8, 16]])
    (machine,) = reading.records
    assert (machine.server, machine.vcpu, machine.mem_gb) == ("old", 4, 16)
    assert machine.cells["mem_gb"].place == "1.csv!E2"
    assert [(c.field, c.kept.written, c.other.written) for c in reading.conflicts] == [
        ("uuid", "U-1", "{u-1}"),
        ("server", "old", "new"),
        ("vcpu", "4", "8"),
    ]
    assert [table.rows_merged for table in reading.tables] == [0, 1]


def test_by_name_unless_identifiers_differ(tmp_path: Path) -> None:
    reading = read(tmp_path, [["", "Web", "", 4, 8]], [["", "web", "", 4, 8.001]])
    assert len(reading.records) == 1
    assert [conflict.field for conflict in reading.conflicts] == []
    reading = read(tmp_path, [["u1", "web", "", 4, 8], ["u2", "web", "", 4, 8]], [["", "web", "", 4, 8]])
    assert len(reading.records) == 2
    assert [(aside.row, aside.reason) for aside in reading.asides] == [(2, "ambiguous")]


def test_by_address_between_lists_only(tmp_path: Path) -> None:
    reading = read(tmp_path, [["", "财政1", "10.0.0.1", 4, 8]], [["", "vm7", "10.0.0.1、10.0.0.9", 4, 8]])
    (machine,) = reading.records
    assert machine.addresses == ("10.0.0.1", "10.0.0.9")
    assert [conflict.field for conflict in reading.conflicts] == ["server"]
    rows: list[list[object]] = [["", "a", "10.0.0.1", 4, 8], ["", "b", "10.0.0.1", 4, 8]]
    assert len(read(tmp_path, rows).records) == 2
    local: list[list[object]] = [["", "c", "127.0.0.1", 4, 8]]
    assert len(read(tmp_path, local, [["", "d", "127.0.0.1", 1, 1]]).records) == 2


def test_ledgers_without_names_of_their_own(tmp_path: Path) -> None:
    """Two assets called 服务器 are two machines."""
    rows = [
        ["资产编号", "名称", "原值"],
        ["1", "服务器", "5万"],
        ["2", "服务器", "6万"],
        ["", "服务器", "7万"],
    ]
    reading = read_inventory([text(tmp_path / "a.csv", rows)])
    assert [record.price_cny for record in reading.records] == [50_000, 60_000, 70_000]


def test_rooms_of_one_name_in_two_departments(tmp_path: Path) -> None:
    rows = [
        ["机房名称", "所属单位", "机柜数"],
        ["机房", "财政局", 2],
        ["机房", "民政局", 3],
        ["机房", "财政局", 2],
    ]
    reading = read_inventory([text(tmp_path / "a.csv", rows)])
    assert [(room.department, room.rack_count) for room in reading.records] == [("财政局", 2), ("民政局", 3)]


def test_two_exports_of_the_same_disks(tmp_path: Path) -> None:
    """Partitions of one export add up; a second export is compared, not added."""
    vinfo = text(tmp_path / "v.csv", [["VM", "Powerstate", "CPUs", "Memory"], ["a", "poweredOn", 1, 1024]])
    header = ["VM", "Disk", "Capacity MiB", "Consumed MiB"]
    one = text(tmp_path / "1.csv", [header, ["a", "/", 1000, 10], ["a", "/x", 1000, 20]])
    two = text(tmp_path / "2.csv", [header, ["a", "/", 1000, 10], ["a", "/x", 3000, 20]])
    reading = read_inventory([vinfo, one, two])
    accounted(reading)
    assert reading.records[0].disk_gb == pytest.approx(2000 * 2**20 / 1e9)
    assert [conflict.field for conflict in reading.conflicts] == ["disk_gb"]


@pytest.mark.parametrize("count", [1, 7, 512, 513, 20_000])
def test_series(count: int) -> None:
    """Against the sorted samples."""
    shares = [random.Random(count).betavariate(2, 5) for _ in range(count)]
    random.Random(1).shuffle(shares)
    series = Series()
    for share in shares:
        series.add(share)
    ordered = sorted(shares)
    assert series.mean == pytest.approx(sum(shares) / count)
    assert series.top == ordered[-1]
    for share in (0.5, 0.95, 1.0):
        exact = ordered[max(-int(-share * count // 1), 1) - 1]
        assert series.percentile(share) == pytest.approx(exact, abs=0.0005)
