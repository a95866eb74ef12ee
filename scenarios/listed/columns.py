"""The columns of the three tables of a listed estate: what each holds, in which unit, and what it means.

Whoever reads or writes the tables (the reader and the writer here, templates of spreadsheets, the reference
in docs/model.md) goes by these declarations. A blank cell means that it is not known: it is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["key", "table", "scenario", "choice", "text", "number", "whole", "flag", "date"]

MOST_TEXT = 200  # characters of a name or text
FIRST_DATE, LAST_DATE = "1980-01-01", "2100-12-31"


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        kind: ``key`` names the row (never blank, unique in its table), ``table`` is a key of table ``of`` and
            ``scenario`` a name in section ``of`` of the scenario, ``choice`` one of ``choices``, ``flag`` yes
            or no, ``whole`` a whole number, ``date`` like 2014-12-31.
        unit: of a number; "1" for shares.
        low, high: least and greatest number.
        required: whether a cell must not be blank.
    """

    name: str
    kind: Kind
    en: str
    zh: str
    unit: str = ""
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()
    of: str = ""
    required: bool = False


def _number(name: str, unit: str, low: float, high: float, en: str, zh: str) -> Column:
    return Column(name, "number", en, zh, unit, low, high)


def _flag(name: str, en: str, zh: str) -> Column:
    return Column(name, "flag", en, zh, choices=("yes", "no"))


_FROM = Column("from", "text", "Where the row was read; for people", "本行数据的出处，仅供查阅")

ROOMS: tuple[Column, ...] = (
    Column("room", "key", "Name of the machine room", "机房名称", required=True),
    Column("unit", "text", "Department or agency that owns it", "所属单位"),
    Column("level", "scenario", "Level of government", "行政层级", of="estate.levels"),
    Column("size_class", "choice", "Small or large", "小型或大中型", choices=("closet", "room")),
    _number("area_m2", "m2", 1, 100_000, "Floor area", "面积"),
    _number("pue", "1", 1, 6, "PUE at today's load", "目前的电能利用效率（PUE）"),
    _number("it_kw", "kW", 0.01, 100_000, "IT load as measured", "实测IT负载"),
    _number("ups_kw", "kW", 0.1, 100_000, "Rated power of all UPS together", "全部UPS的额定功率"),
    _number("staff_fte", "FTE", 0, 1000, "Staff that the room binds", "运维人员（折合全职人数）"),
    _number(
        "operations_cny_per_year",
        "CNY/yr",
        0,
        1e9,
        "Rent, contracts, batteries, fire protection; no power, no staff",
        "机房年运维费用（租金、维保、电池、消防，不含电费和人员）",
    ),
    _FROM,
)

SYSTEMS: tuple[Column, ...] = (
    Column("system", "key", "Name of the business system", "业务系统名称", required=True),
    Column("room", "table", "Machine room where it runs", "所在机房", of="rooms", required=True),
    Column("demand_class", "scenario", "How its demand runs over the day", "负载类型", of="demand.classes"),
    Column("zone", "scenario", "Network zone", "网络区域", of="estate.zones"),
    Column("mlps", "whole", "Level of classified protection (MLPS)", "网络安全等级保护级别", "1", 1, 5),
    _flag("classified", "Holds state secrets: never leaves its room", "是否涉密（涉密系统不迁出机房）"),
    _flag("pinned", "Cannot leave its room for other reasons", "是否因其他原因不能迁出机房"),
    _flag("dedicated", "Shares no host with another system", "是否须独占主机"),
    Column(
        "servers",
        "whole",
        "Servers it has, where none of them is listed",
        "服务器数量（未逐台列出时填写）",
        "1",
        1,
        10_000,
    ),
    _number("line_mbps", "Mbit/s", 0.01, 1e6, "Bandwidth of its dedicated line", "专线带宽"),
    _number("line_cny_per_year", "CNY/yr", 0, 1e8, "Rent of that line", "专线年租费"),
    _FROM,
)

SERVERS: tuple[Column, ...] = (
    Column("server", "key", "Name of the server or virtual machine", "服务器或虚拟机名称", required=True),
    Column("system", "table", "Business system that it serves", "所属业务系统", of="systems", required=True),
    _flag("virtual", "Is a virtual machine; blank: no", "是否虚拟机；空白为否"),
    Column(
        "host",
        "text",
        "Physical machine that a virtual machine runs on: those of one age, fail and are renewed together",
        "虚拟机所在的宿主机：同一宿主机上的虚拟机同时老化、故障和更新",
    ),
    Column(
        "curve",
        "scenario",
        "Power curve of the machine, of a virtual machine that of its host",
        "机型的功率曲线；虚拟机填宿主机的",
        of="hardware.curves",
    ),
    _number(
        "machine_share",
        "1",
        1e-6,
        1,
        "Part of a physical machine that a virtual machine takes up; blank: host not known",
        "虚拟机占物理机的份额；宿主机未知时空白",
    ),
    Column("vcpu", "whole", "Cores or vCPU that it has", "核数或vCPU数", "1", 1, 10_000),
    _number("memory_gb", "GB", 0.01, 1e6, "Memory it has", "内存"),
    _number("memory_used_gb", "GB", 0.01, 1e6, "Memory in use", "已用内存"),
    _number("disk_used_gb", "GB", 0, 1e7, "Disk in use", "已用磁盘"),
    _number("cpu_mean", "1", 0, 1, "Mean utilisation of its own CPU", "CPU平均利用率"),
    _number("cpu_p95", "1", 0, 1, "Utilisation that is passed 5 % of the time", "CPU利用率的第95百分位数"),
    Column("bought", "date", "Day on which the physical machine was bought", "物理机购置日期"),
    _number(
        "price_cny",
        "CNY",
        1,
        1e8,
        "Price of a new machine like it; of the whole machine, also for a virtual one",
        "同类新机价格（虚拟机填整台物理机的价格）",
    ),
    Column("refresh_due", "date", "Day on which the machine is to be replaced", "计划更新日期"),
    _flag("zombie", "Does no work", "是否闲置（没有业务）"),
    _FROM,
)

TABLES: dict[str, tuple[Column, ...]] = {"rooms": ROOMS, "systems": SYSTEMS, "servers": SERVERS}
