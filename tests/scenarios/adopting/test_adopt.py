"""Rows made of small inventories, worked out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from roomfold.scenarios.errors import InputError

from ..inventory.writers import book, text
from . import lists
from .lists import adopted, azure, ledgers, rvtools


def test_virtual_machines_take_up_their_hosts(tmp_path: Path) -> None:
    made = adopted(rvtools(tmp_path))
    servers = {str(row["server"]): row for row in made.servers}
    assert set(servers) == {"oa-web", "oa-db", "wiki", "portal", "lost", "esx3"}
    # esx1 runs 4 + 8 + 4 vCPU (one names it in capitals), esx2 and esx9 one machine that is on each.
    shares = {name: row.get("machine_share") for name, row in servers.items()}
    assert shares == {"oa-web": 0.25, "oa-db": 0.5, "wiki": 0.25, "portal": 1, "lost": 1, "esx3": None}
    hosts = {name: row.get("host") for name, row in servers.items()}
    one = dict.fromkeys(("oa-web", "oa-db", "wiki"), "esx1")
    assert hosts == {**one, "portal": "esx2", "lost": "esx9", "esx3": None}
    # vCPU says 800 of 4 x 2,000 MHz; others have the host's: 20 % of 16 cores over 16 vCPU, 10 % of 40.
    means = {name: row.get("cpu_mean") for name, row in servers.items()}
    assert means == pytest.approx(
        {"oa-web": 0.1, "oa-db": 0.2, "wiki": 0.2, "portal": 0.4, "lost": None, "esx3": 0.0}
    )
    curves = {name: row.get("curve") for name, row in servers.items()}
    assert curves["oa-db"] == "r720-e5-2660"
    assert (curves["portal"], curves["esx3"], curves["lost"]) == ("era-2017-19", "era-2017-19", None)
    assert (servers["esx3"].get("zombie"), servers["esx3"].get("virtual")) == (True, None)
    assert servers["oa-db"]["disk_used_gb"] == pytest.approx(10.48576)
    assert servers["oa-web"]["from"] == "export.xlsx[vInfo]!A2; export.xlsx[vCPU]!A2"
    assert [(row["room"], row["level"]) for row in made.rooms] == [
        ("DC1", "departments"),
        ("DC2", "departments"),
    ]
    assert made.units == {"departments": 1}
    assert [(each.reason, made.reading.records[each.record].server) for each in made.account.asides] == [
        ("off", "old")
    ]
    assert made.account.counts == {"servers": 6, "hosts": 2, "aside": 1}
    assert (made.year, made.year_from) == (2024, "none")


def test_a_ledger_tells_more_of_a_host(tmp_path: Path) -> None:
    """The host's age and price stand in the asset list, under its name."""
    ledger = [["名称", "购置日期", "原值(元)"], ["esx1服务器", "2016-05-01", "90000"]]
    hosts = [["宿主机", "主机名", "CPU核数"], ["esx1服务器", "vm1", "4"], ["esx1服务器", "vm2", "4"]]
    made = adopted(text(tmp_path / "固定资产.csv", ledger), text(tmp_path / "list.csv", hosts))
    assert [row["server"] for row in made.servers] == ["vm1", "vm2"]
    for row in made.servers:
        assert (row["bought"], row["price_cny"], row["machine_share"]) == (date(2016, 5, 1), 90_000, 0.5)
    assert made.account.counts == {"servers": 2, "hosts": 1}
    assert (made.year, made.year_from) == (2017, "newest date")


def test_what_a_list_says_goes_before_what_follows_from_the_host(tmp_path: Path) -> None:
    """Its share and its curve; names of hosts are inert, and one host however it is written."""
    of = ["server", "system", "virtual", "host", "machine_share", "curve", "vcpu", "memory_used_gb"]
    name = '=HYPERLINK("http://x")'
    machines = [
        ["vm1", "a", "yes", name, "0.4", "r720-e5-2660", "4", "8"],
        ["vm2", "a", "yes", name.lower(), "", "", "4", "8"],
    ]
    hosts = [["Host name", "Cores", "Processor"], [name, "40", "Intel(R) Xeon(R) Gold 6230 CPU @ 2.10GHz"]]
    sheets = {"servers": [of, *machines], "hosts": hosts}
    made = adopted(book(tmp_path / "own.xlsx", sheets))
    given, other = made.servers
    assert (given["machine_share"], given["curve"]) == (0.4, "r720-e5-2660")
    assert (other["machine_share"], other["curve"]) == (0.5, "era-2017-19")
    assert given["host"] == other["host"] == f"'{name}"


def test_a_migration_services_list(tmp_path: Path) -> None:
    made = adopted(azure(tmp_path))
    first, second = made.servers
    assert (first["virtual"], first["vcpu"], first["memory_gb"], first["cpu_mean"]) == (True, 4, 8, 0.12)
    assert (first["memory_used_gb"], first.get("machine_share")) == (pytest.approx(3.2), None)
    assert "cpu_mean" not in second
    assert made.account.assumed["virtual_by_service"].rows == 2
    assert [row["room"] for row in made.rooms] == ["machine room (assumed)"]


def test_ledgers_of_offices(tmp_path: Path) -> None:
    made = adopted(*ledgers(tmp_path), lang="zh")
    assert (made.year, made.units) == (2020, {"city": 3, "county": 2})
    rooms = {str(row["room"]): row for row in made.rooms}
    assert [(name, row["unit"], row["level"], row.get("size_class")) for name, row in rooms.items()] == [
        ("三楼机房", "财政局", "city", "room"),
        ("县机房", "县政府办", "county", "closet"),
        ("老机房", "县档案局", "county", None),
        ("机房", "民政局", "city", None),  # anybody's name: that of the department
        ("办公室机房", "办公室", "city", None),  # no room named
    ]
    assert (rooms["三楼机房"]["ups_kw"], rooms["三楼机房"]["pue"], rooms["老机房"].get("pue")) == (
        18,
        2.1,
        None,
    )
    of_system = {str(row["system"]): row for row in made.systems}
    budget = of_system["预算系统"]
    assert (budget["zone"], budget["mlps"], budget["classified"]) == ("extranet-public", 3, False)
    assert (budget["line_mbps"], budget["line_cny_per_year"]) == (10, 24_000)
    assert of_system["机要系统"]["classified"] is True  # on the network for state secrets
    assert (of_system["机要系统"]["servers"], of_system["门户"]["zone"]) == (2, None)
    assert [row["servers"] for name, row in of_system.items() if name.startswith("老机房")] == [2, 2]
    assert sum(row["room"] == "三楼机房" for row in made.systems) == 3
    servers = {str(row["server"]): row for row in made.servers}
    assert set(servers) == {"服务器", "服务器 (A3)", "服务器 (1 of 2)", "服务器 (2 of 2)", "服务器 (A4)"}
    assert (servers["服务器"]["price_cny"], servers["服务器"]["disk_used_gb"]) == (65_000, 500)
    assert [servers[name].get("price_cny") for name in ("服务器 (1 of 2)", "服务器 (2 of 2)")] == [20_000] * 2
    assert [row.get("curve") for row in servers.values()] == [
        "nf5280m5-4214",
        "era-2014-16",
        "r720-e5-2660",
        "r720-e5-2660",
        None,  # drawn by the year in which it was bought
    ]
    assert {(each.field, each.reason) for each in made.account.unused} == {
        ("zone", "unknown_zone"),
        ("pue", "out_of_range"),
    }


def test_prices_are_whole_cents(tmp_path: Path) -> None:
    """5.81 times ten thousand is 58,099.99999999999 to a computer, and a third has no end of digits."""
    rows = [["A1", "服务器", "", "2019-06-01", "5.81", "机房", "财政局", "预算系统", "1"]]
    rows += [["A2", "服务器", "", "2019-06-01", "10", "机房", "财政局", "预算系统", "3"]]
    made = adopted(text(tmp_path / "assets.csv", [lists.ASSETS, *rows]))
    assert {str(row["price_cny"]) for row in made.servers} == {"58100.0", "33333.33"}


def test_a_system_in_two_rooms_is_two_parts(tmp_path: Path) -> None:
    rows = [
        ["主机名", "系统名称", "机房", "CPU核数"],
        ["a", "OA", "甲", 4],
        ["b", "OA", "乙", 4],
        ["c", "OA", "甲", 4],
    ]
    made = adopted(text(tmp_path / "list.csv", rows), lang="zh")
    assert [(row["system"], row["room"]) for row in made.systems] == [("OA", "甲"), ("OA（乙）", "乙")]
    assert [(row["server"], row["system"]) for row in made.servers] == [
        ("a", "OA"),
        ("c", "OA"),
        ("b", "OA（乙）"),
    ]


def test_what_is_asked_for_gives_way_to_what_is_there(tmp_path: Path) -> None:
    asked = [
        ["申请单位", "系统名称", "vCPU(核)", "内存(GB)", "数量", "网络区域"],
        ["民政局", "低保系统", "8", 32, 2, "政务外网"],
        ["民政局", "殡葬系统", "4", 16, 3, "互联网区"],
    ]
    there = [["主机名", "系统名称", "使用部门", "CPU核数"], ["db1", "低保系统", "民政局", 16]]
    made = adopted(text(tmp_path / "上云申请.csv", asked), text(tmp_path / "there.csv", there))
    assert sorted(str(row["system"]) for row in made.servers) == ["低保系统", *["殡葬系统"] * 3]
    assert [each.reason for each in made.account.asides] == ["asked_for"]
    assert [row.get("zone") for row in made.systems] == [None, "internet"]


def test_nothing_to_adopt(tmp_path: Path) -> None:
    file = book(
        tmp_path / "x.xlsx",
        {"vInfo": [lists.RVTOOLS_VINFO.split(","), lists.machine("a", "h", 1, "poweredOff")]},
    )
    with pytest.raises(InputError, match=r"x\.xlsx: got 1 records, none of them"):
        adopted(file)


def test_quantities_have_limits(tmp_path: Path) -> None:
    many = text(
        tmp_path / "many.csv", [["主机名", "CPU核数", "数量"], *([f"a{n}", 4, 10_000] for n in range(101))]
    )
    with pytest.raises(
        InputError, match=r"many\.csv!A102: got a quantity of 1\.01e\+06, must be at most 1000000"
    ):
        adopted(many)
    file = text(tmp_path / "list.csv", [["主机名", "CPU核数", "数量"], ["a", 4, 1_000_000]])
    with pytest.raises(InputError, match=r"list\.csv!A2: got a quantity of 1e\+06, must be at most 10000"):
        adopted(file)
