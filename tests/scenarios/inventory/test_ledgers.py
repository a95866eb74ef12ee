"""Ledgers of Chinese offices: titles, two lines of headers, units anywhere, totals, GB18030."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from roomfold.scenarios.inventory import read_inventory

from .test_formats import accounted, formats, only
from .writers import book, text

ROOM_LINES = ["UPS容量(kVA)", "专线带宽", "专线月租(万元/年)", "运维人员", "PUE"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_asset_ledger(tmp_path: Path, encoding: str) -> None:
    rows = [
        ["某市财政局固定资产台账"],
        [],
        ["资产编号", "名称", "品牌型号", "购置日期", "原值（万元）", "存放地点", "使用部门", "数量"],
        ["A1", "服务器", "浪潮 NF5280", "2014年12月31日", "１２．５", "三楼机房", "财政局", "1"],
        ["A2", "办公桌", "", "2015.3", "0.2", "二楼", "财政局", "1"],
        ["A3", "刀片服务器", "H3C", "42004", "80000元", "三楼机房", "财政局", "２台"],
        ["合计", "", "", "", "20.7", "", "", ""],
        ["填表人：张三"],
    ]
    reading = read_inventory([text(tmp_path / "台账.csv", rows, encoding)])
    accounted(reading)
    assert formats(reading) == ["zh-assets"]
    first, second = reading.of_kind("server")
    assert (first.price_cny, first.purchase_date, first.room) == (125_000, date(2014, 12, 31), "三楼机房")
    assert first.cells["price_cny"].written == "１２．５"
    assert (second.price_cny, second.purchase_date, second.quantity) == (80_000, date(2014, 12, 31), 2)
    assert [(a.row, a.reason) for a in reading.asides] == [(5, "no_machine"), (7, "total"), (8, "note")]
    assert reading.table("zh")[0][-1].startswith("不是计算设备：1")


def test_asset_ledger_as_a_workbook(tmp_path: Path) -> None:
    rows = [
        ["资产名称", "资产编码", "取得日期", "账面原值(元)", "规格型号", "存放位置"],
        ["机架式服务器", "G-7", date(2018, 5, 2), 93000, "RH2288H", "A101"],
        ["服务器机柜", "G-8", date(2018, 5, 2), 5000, "42U", "A101"],
    ]
    reading = read_inventory([book(tmp_path / "固定资产.xlsx", {"Sheet1": rows})])
    machine = only(reading)
    assert (machine.asset_id, machine.purchase_date, machine.price_cny) == ("G-7", date(2018, 5, 2), 93000)
    assert [aside.reason for aside in reading.asides] == ["no_machine"]


def test_system_survey_with_two_lines_of_headers(tmp_path: Path) -> None:
    """Merged: 安全 over two columns; the department over two rows of systems."""
    rows = [
        ["信息系统普查表"],
        ["序号", "系统名称", "主管部门", "安全", "", "规模", ""],
        ["", "", "", "等保级别", "是否涉密", "服务器数量", "数据量(TB)"],
        [1, "预算一体化", "财政厅", "第三级", "否", 6, 1.5],
        [2, "门户网站", "", "二级", "是", "4台", "500GB"],
        ["合计", "", "", "", "", 10, 2],
    ]
    merge = [("普查", "D2:E2", "安全"), ("普查", "F2:G2", "规模"), ("普查", "C4:C5", "财政厅")]
    reading = read_inventory([book(tmp_path / "s.xlsx", {"普查": rows}, merge)])
    accounted(reading)
    assert formats(reading) == ["zh-systems"]
    assert reading.tables[0].header_rows == (2, 3)
    budget, portal = reading.of_kind("system")
    assert (budget.mlps, budget.classified, budget.servers, budget.data_gb) == (3, False, 6, 1500)
    assert (portal.mlps, portal.classified, portal.servers, portal.data_gb) == (2, True, 4, 500)
    assert portal.department == "财政厅"


def test_system_survey_as_text(tmp_path: Path) -> None:
    rows = [
        ["信息系统名称", "主管单位", "等级保护级别", "部署网络", "用户数"],
        ["OA", "办公厅", "3", "政务外网", "1.2万"],
    ]
    system = only(read_inventory([text(tmp_path / "x.txt", rows, "gb18030", "\t")]), "system")
    assert (system.system, system.mlps, system.zone, system.users) == ("OA", 3, "政务外网", 12_000)


def test_room_survey(tmp_path: Path) -> None:
    first = [
        ["机房名称", "所属单位", "行政级别", "面积（㎡）", "机柜数量", *ROOM_LINES],
        ["中心机房", "市大数据局", "市级", "120", "20", "100", "1G", "2.4", "3人", "2.1"],
    ]
    second = [
        ["room", "site", "racks", "ups_kw", "line_cny_per_month"],
        ["b", "hall 2", 4, "80 kW", "2000元/月"],
    ]
    reading = read_inventory([text(tmp_path / "a.csv", first), book(tmp_path / "b.xlsx", {"机房": second})])
    accounted(reading)
    assert formats(reading) == ["zh-rooms"] * 2
    one, two = reading.of_kind("room")
    assert (one.admin_level, one.area_m2, one.rack_count, one.staff_fte, one.pue) == ("city", 120, 20, 3, 2.1)
    assert (one.ups_kw, one.line_mbps, one.line_cny_per_month) == (90, 1000, pytest.approx(2000))
    assert (two.site, two.ups_kw, two.line_cny_per_month) == ("hall 2", 80, 2000)


def test_cloud_request(tmp_path: Path) -> None:
    first = [
        ["上云申请表"],
        ["申请单位", "系统名称", "vCPU(核)", "内存(GB)", "存储(TB)", "数量", "网络区域", "等保级别"],
        ["民政局", "低保系统", "8核", 32, 1.5, 2, "政务外网", "等保二级"],
        ["民政局", "低保系统", "4", "16 GB", "500G", 1, "互联网区", "等保二级"],
    ]
    second = [["应用名称", "云主机名称", "CPU核数", "内存", "网络区"], ["oa", "oa-1", "4", "8192 MB", "内网"]]
    reading = read_inventory(
        [book(tmp_path / "a.xlsx", {"申请": first}), text(tmp_path / "b.csv", second, "gb18030")]
    )
    accounted(reading)
    assert formats(reading) == ["zh-requests"] * 2
    one, two, three = reading.of_kind("server")
    assert (one.vcpu, one.mem_gb, one.disk_gb, one.quantity, one.mlps) == (8, 32, 1500, 2, 2)
    assert (two.vcpu, two.mem_gb, two.disk_gb, two.zone) == (4, 16, 500, "互联网区")
    assert (three.server, three.mem_gb) == ("oa-1", 8)


def test_plain_names(tmp_path: Path) -> None:
    first = [["server", "vcpu", "mem_gb", "disk_gb", "cpu_p95", "price_cny"], ["a", 2, 4, 100, 0.4, "12万元"]]
    second = [
        ["服务器名称", "CPU核数", "内存（MB）", "CPU利用率(%)"],
        ["b", "16", "65,536", "35%"],
        ["c", "8", "1024", "0.5%"],
    ]
    reading = read_inventory([text(tmp_path / "a.csv", first), text(tmp_path / "b.csv", second)])
    accounted(reading)
    assert formats(reading) == ["plain", "plain"]
    a, b, c = reading.of_kind("server")
    assert (a.vcpu, a.mem_gb, a.disk_gb, a.cpu_p95, a.price_cny) == (2, 4, 100, 0.4, 120_000)
    assert (b.vcpu, b.mem_gb, b.cpu_avg, c.cpu_avg) == (16, 64, 0.35, 0.005)
