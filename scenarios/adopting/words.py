"""What is said of an adopted inventory, in both languages: what was assumed, set aside, left unused.

Programs read the codes. Grades are those of scenarios: S well-sourced, W weak, A assumed.
"""

from __future__ import annotations

from typing import NamedTuple

from ..terms import Grade


class Assumption(NamedTuple):
    """Something that the lists do not say outright, and what was taken instead.

    Attributes:
        column: of the tables, as ``table.column``.
    """

    column: str
    grade: Grade
    en: str
    zh: str


ASSUMPTIONS: dict[str, Assumption] = {
    # rooms
    "room_spelling": Assumption(
        "rooms.room",
        "S",
        "names that differ in spaces, width or case alone are one room",
        "仅空格、全半角或大小写不同的机房名称视为同一机房",
    ),
    "room_of_site": Assumption(
        "rooms.room",
        "W",
        "a site (or data centre) without room names is one room",
        "站点（或数据中心）未写明机房的，视为一个机房",
    ),
    "room_of_unit": Assumption(
        "rooms.room",
        "A",
        "no room named: each department has one of its own",
        "未写明机房的，视为各部门各有一个机房",
    ),
    "room_only": Assumption(
        "rooms.room", "A", "nothing says where: all stand in one room", "未写明位置的，视为同在一个机房"
    ),
    "room_of_department": Assumption(
        "systems.room",
        "W",
        "no room named: it stands in its department's listed room, the first if several",
        "未写明机房的，归入本部门在册机房（多个时取第一个）",
    ),
    "room_first": Assumption(
        "systems.room", "A", "several rooms fit: the first listed", "有多个机房相符的，取在册的第一个"
    ),
    "unit_by_count": Assumption(
        "rooms.unit",
        "W",
        "a room belongs to the department with most of its machines",
        "机房归属设备最多的部门",
    ),
    "unit_unknown": Assumption(
        "rooms.unit", "A", "no department named: one unit for all of them", "未写明单位的，归为同一单位"
    ),
    "level_most": Assumption(
        "rooms.level",
        "W",
        "a unit listed at several levels is at the most frequent",
        "同一单位出现多个层级的，取出现最多的",
    ),
    "level_unknown": Assumption(
        "rooms.level",
        "A",
        "a unit without a level is at the most frequent of the others",
        "未写明层级的单位，取其他单位最常见的层级",
    ),
    "level_none": Assumption(
        "rooms.level", "A", "no level is named: all units are at one", "均未写明层级，视为同一层级"
    ),
    "size_by_area": Assumption(
        "rooms.size_class", "W", "large from 30 m2, else small", "面积30平方米及以上为大中型，其余为小型"
    ),
    "size_by_racks": Assumption(
        "rooms.size_class", "W", "large from 5 racks, else small", "机柜5个及以上为大中型，其余为小型"
    ),
    # systems
    "system_alone": Assumption(
        "systems.system",
        "A",
        "a machine without a system is a system of its own",
        "未写明业务系统的设备，各自视为一个系统",
    ),
    "system_parts": Assumption(
        "systems.system",
        "W",
        "a system with machines in several rooms is one part in each",
        "设备分布在多个机房的系统，按机房拆分",
    ),
    "system_room": Assumption(
        "systems.room",
        "W",
        "its machines stand in another room than the list of systems says: theirs counts",
        "系统表所列机房与其设备所在机房不同的，以设备为准",
    ),
    "systems_of_room": Assumption(
        "systems.system",
        "A",
        "a room with a number of servers and none listed: systems of about two servers",
        "只填服务器数量、未列清单的机房，按每系统约两台推定",
    ),
    "of_machines": Assumption(
        "systems.mlps",
        "W",
        "taken from its machines: the highest protection level, the most frequent zone",
        "取自其设备：等保取最高级，网络区域取最常见者",
    ),
    "secret_network": Assumption(
        "systems.classified",
        "W",
        "on a network for state secrets: classified",
        "部署在涉密网络上的，视为涉密系统",
    ),
    "servers_count": Assumption(
        "systems.servers",
        "W",
        "the number of servers differs from those listed: those listed count",
        "服务器数量与清单台数不符的，以清单为准",
    ),
    "line_of_room": Assumption(
        "systems.line_mbps",
        "W",
        "the line of a room is that of its first system",
        "机房的专线记在其第一个系统名下",
    ),
    # servers
    "virtual_by_host": Assumption(
        "servers.virtual", "W", "a machine with a host is virtual", "写明宿主机的视为虚拟机"
    ),
    "virtual_by_name": Assumption(
        "servers.virtual",
        "W",
        "its model or system names a hypervisor: virtual",
        "型号或系统名称含虚拟化字样的，视为虚拟机",
    ),
    "virtual_by_service": Assumption(
        "servers.virtual",
        "A",
        "a migration service's list says not what is virtual: all are (physical ones would draw more power)",
        "迁移工具清单未区分物理机与虚拟机，均视为虚拟机（物理机耗电更多）",
    ),
    "requested": Assumption(
        "servers.virtual",
        "W",
        "asked for on the cloud: stands for a virtual machine of today of that size",
        "上云申请的资源，视为现有同规格虚拟机",
    ),
    "physical": Assumption(
        "servers.virtual",
        "A",
        "no column says what is virtual: physical",
        "未区分物理机与虚拟机的，视为物理机",
    ),
    "host_by_name": Assumption(
        "servers.machine_share",
        "W",
        "its host is known by name alone: one physical machine, whose type is drawn",
        "宿主机仅有名称，视为一台物理机，机型抽样确定",
    ),
    "share_by_vcpu": Assumption(
        "servers.machine_share",
        "W",
        "the part of its host that a virtual machine takes up goes by vCPU",
        "虚拟机占宿主机的份额按vCPU分摊",
    ),
    "vcpu_usual": Assumption(
        "servers.machine_share",
        "A",
        "no vCPU given: takes up as much of its host as the median of the virtual machines",
        "未填vCPU的虚拟机，按虚拟机vCPU中位数分摊宿主机",
    ),
    "use_snapshot": Assumption(
        "servers.cpu_mean", "W", "one moment's use stands for the mean", "以某一时刻的利用率代替平均值"
    ),
    "use_of_host": Assumption(
        "servers.cpu_mean",
        "W",
        "the use of the host (one moment's), spread over its machines by vCPU",
        "以宿主机（某一时刻）的利用率按vCPU分摊",
    ),
    "p95_by_maximum": Assumption(
        "servers.cpu_p95",
        "W",
        "only the maximum is known: it stands for the 95th percentile, which is not higher",
        "仅有峰值，用作第95百分位数（偏保守）",
    ),
    "disk_of_system": Assumption(
        "servers.disk_used_gb",
        "W",
        "the data of a system, in equal parts on its machines",
        "系统数据量平均分摊到其设备",
    ),
    "price_of_purchase": Assumption(
        "servers.price_cny", "W", "what it cost is what a new one like it costs", "以原值作为同类新机的价格"
    ),
    "due_of_system": Assumption(
        "servers.refresh_due", "W", "the date at which its system is due", "取所属系统的计划更新日期"
    ),
    "host_idle": Assumption(
        "servers.zombie",
        "W",
        "a host that runs no listed machine that is on does no work",
        "没有运行中虚拟机的宿主机视为闲置",
    ),
    "idle_by_rule": Assumption(
        "servers.zombie", "W", "idle by the rule of the assessment", "按评估规则判定为闲置"
    ),
    "curve_machine": Assumption(
        "servers.curve", "S", "the measured curve of this model", "采用同型号的实测功率曲线"
    ),
    "curve_processor": Assumption(
        "servers.curve",
        "W",
        "the measured curve of another machine with this processor",
        "采用同款处理器其他机型的实测功率曲线",
    ),
    "curve_generation": Assumption(
        "servers.curve",
        "W",
        "the median curve of the processor's years",
        "采用该代处理器所属年份的中位功率曲线",
    ),
    "curve_line": Assumption(
        "servers.curve",
        "A",
        "the median curve of the years of this line of servers",
        "采用该系列服务器所属年份的中位功率曲线",
    ),
}

# Why a record is in no table. Rows that are not read at all have the reasons of ``inventory.reasons``.
ASIDE: dict[str, tuple[str, str]] = {
    "off": ("switched off: draws no power", "已关机，不耗电"),
    "suspended": ("suspended: draws no power", "已挂起，不耗电"),
    "none": ("a quantity of 0", "数量为0"),
    "asked_for": (
        "asked for on the cloud; the machines of its system are listed",
        "上云申请；该系统的现有设备已在清单中",
    ),
    "system_off": ("all its machines are switched off", "其设备均已关机"),
    "listed_twice": ("the room or system is in the table already", "该机房或系统已在表中"),
}

# Why a value that was read is in no table: by kind of record and field, else by field.
UNUSED: dict[str, tuple[str, str]] = {
    "out_of_range": ("beyond what the column may hold", "超出该列的取值范围"),
    "late": ("not before the first day of the scenario", "不早于情景起始日"),
    "unknown_zone": ("names no zone of the scenario", "不能对应到情景中的网络区域"),
    "unknown_level": ("names no level of government", "不能对应到行政层级"),
    "unknown_size": ("names no size class", "不能对应到机房规模"),
    "unknown_curve": ("names no power curve of the scenario", "不是情景中的功率曲线"),
    "unknown_class": ("names no class of demand of the scenario", "不是情景中的负载类型"),
    "no_column": ("the tables have no column for it", "表中没有对应的列"),
    "read_by_assessment": ("used by the assessment", "用于评估"),
    "peak_unused": ("the mean is known: a single peak sizes nothing", "已有平均值，单个峰值不用于测算"),
}


def assumption_text(code: str, lang: str = "en") -> str:
    """An assumption in words."""
    found = ASSUMPTIONS[code]
    return found.zh if lang == "zh" else found.en


def aside_text(code: str, lang: str = "en") -> str:
    """Why a record is in no table, in words."""
    return ASIDE[code][lang == "zh"]


def unused_text(code: str, lang: str = "en") -> str:
    """Why a value is in no table, in words."""
    return UNUSED[code][lang == "zh"]
