"""Small inventories in several forms, and what is made of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from roomfold.scenarios.adopting import Adopted, Start, adopt, first_year
from roomfold.scenarios.assessment import Terms
from roomfold.scenarios.inventory import Reading, read_inventory

from ..inventory.writers import AZURE, RVTOOLS_VHOST, RVTOOLS_VINFO, book, row, text

ASSETS = ["资产编号", "名称", "品牌型号", "购置日期", "原值（万元）", "存放地点", "使用部门"]
ASSETS += ["所属系统", "数量"]
SYSTEMS = ["信息系统名称", "主管部门", "等保级别", "是否涉密", "部署网络", "服务器数量", "数据量(GB)"]
SYSTEMS += ["行政级别", "专线带宽", "专线月租"]
ROOMS = ["机房名称", "所属单位", "行政级别", "面积（㎡）", "UPS容量(kVA)", "运维人员", "PUE", "服务器数量"]
VHOST = f"{RVTOOLS_VHOST},# VMs"
VCPU = ["VM", "Powerstate", "Template", "CPUs", "Sockets", "Overall", "Host", "VM UUID"]


def machine(name: str, host: str, cpus: object, state: str = "poweredOn", site: str = "DC1") -> list[object]:
    """A row of vInfo."""
    known = {"VM": name, "Host": host, "CPUs": cpus, "Powerstate": state, "Datacenter": site}
    return row(
        RVTOOLS_VINFO, Template="False", Memory=8192, InUseMiB=10000, VMUUID=f"u-{name}", **known
    )  # 10,000 MiB are 10.48576 GB


def rvtools(folder: Path) -> Path:
    """Five machines that are on, on two listed hosts and one known by name; a third host runs nothing."""
    hosts = [
        ("esx1", "DC1", "Intel(R) Xeon(R) CPU E5-2660 0 @ 2.20GHz", 16, 20, "PowerEdge R720"),
        ("esx2", "DC1", "Intel(R) Xeon(R) Gold 6230 CPU @ 2.10GHz", 40, 10, "PowerEdge R740"),
        ("esx3", "DC2", "AMD EPYC 7742 64-Core Processor", 128, 0, "H12"),
    ]
    machines = [
        machine("oa-web", "esx1", 4),
        machine("oa-db", "esx1", 8),
        machine("wiki", "ESX1", 4),
        machine("portal", "esx2", 10),
        machine("old", "esx2", 16, "poweredOff"),
        machine("lost", "esx9", 2),
    ]
    sheets = {
        "vInfo": [RVTOOLS_VINFO.split(","), *machines],
        "vHost": [
            VHOST.split(","),
            *(
                row(VHOST, Host=h, Datacenter=d, CPUModel=c, Cores=n, CPUusage=u, Model=m, Speed=2000)
                for h, d, c, n, u, m in hosts
            ),
        ],
        "vCPU": [VCPU, ["oa-web", "poweredOn", "False", 4, 1, 800, "esx1", "u-oa-web"]],
    }
    return book(folder / "export.xlsx", sheets)


def azure(folder: Path) -> Path:
    """Two machines of which nothing says whether they are virtual."""
    rows = [
        row(
            AZURE,
            ServerName="a1",
            Cores=4,
            MemoryInMB=8192,
            OSname="Windows Server 2012",
            CPUutilizationpercentage=12,
            Memoryutilizationpercentage=40,
        ),
        row(AZURE, ServerName="a2", Cores=8, MemoryInMB=16384, OSname="CentOS 7"),
    ]
    return text(folder / "azure.csv", [AZURE.split(","), *rows])


def ledgers(folder: Path) -> list[Path]:
    """Rooms, systems and assets of a city and a county, as offices list them."""
    rooms = [
        ["三楼机房", "财政局", "市级", "40", "20", "2", "2.1", "3"],
        ["县机房", "县政府办", "县级", "12", "6", "0.5", "", ""],
        ["老机房", "县档案局", "县级", "", "", "", "9", "4"],
    ]
    systems = [
        ["预算系统", "财政局", "三级", "否", "政务外网", "1", "500", "市级", "10M", "2000"],
        ["低保系统", "民政局", "二级", "否", "互联网", "3", "", "市级", "", ""],
        ["机要系统", "办公室", "三级", "", "政务内网", "2", "", "市级", "", ""],
        ["门户", "县政府办", "二级", "否", "卫星网", "1", "", "县级", "", ""],
    ]
    assets = [
        ["A1", "服务器", "浪潮 NF5280M5", "2019-06-01", "6.5", "三楼机房", "财政局", "预算系统", "1"],
        ["A2", "服务器", "Dell R720", "2012年3月", "4", "三楼　机房", "财政局", "", "2"],
        ["A3", "服务器", "HP DL380 Gen9", "2015.3", "4", "机房", "民政局", "低保系统", "1"],
        ["A4", "服务器", "", "2010.3", "4", "", "民政局", "", "1"],
    ]
    return [
        text(folder / "rooms.csv", [ROOMS, *rooms]),
        text(folder / "systems.csv", [SYSTEMS, *systems], "gb18030"),
        text(folder / "assets.csv", [ASSETS, *assets], "gb18030"),
    ]


@cache
def start(year: int = 2024) -> Start:
    """What the library gives a year."""
    return Start.of(year, None)


def adopted(*files: Path, lang: str = "en") -> Adopted:
    """What is made of some files."""
    return made(read_inventory(files), lang)


def made(reading: Reading, lang: str = "en") -> Adopted:
    """What is made of a reading."""
    year, year_from = first_year(reading.records, None)
    begin = start(year)
    return adopt(reading, begin, year_from, lang, Terms(largest=begin.largest_host()))
