"""Why a machine is not simply ready, in words; programs read the codes, which never change their meaning.

``stays``: it does not move. ``care``: it can move once this is settled. ``note``: worth knowing, no obstacle.
Machines hold their reasons as bits of one number, in this order.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

Kind = Literal["stays", "care", "note"]
READINESS = ("ready", "needs-care", "stays")


class Reason(NamedTuple):
    """What a code says."""

    kind: Kind
    en: str
    zh: str


REASONS: dict[str, Reason] = {
    "classified": Reason(
        "stays",
        "holds state secrets: never on a government cloud (Law on Guarding State Secrets, art. 30)",
        "涉密，按《保守国家秘密法》第三十条实行分级保护，不上政务云",
    ),
    "tied_to_device": Reason(
        "stays",
        "tied to a device that is plugged in (encryption machine, dongle, fax, card)",
        "依赖外接专用设备（加密机、加密狗、传真、采集卡等）",
    ),
    "legacy_architecture": Reason(
        "stays",
        "Power, SPARC, Itanium or mainframe: the cloud has no such hosts",
        "小型机或大型机（Power、SPARC、安腾等），云平台无此类主机",
    ),
    "appliance": Reason(
        "stays",
        "a network or security appliance, not a server",
        "网络或安全设备，不是服务器",
    ),
    "pinned": Reason("stays", "the list says that it cannot leave its room", "清单注明不能迁出机房"),
    "vcpu_beyond": Reason("stays", "needs more vCPU than the largest host has", "所需vCPU超出最大主机"),
    "memory_beyond": Reason("stays", "needs more memory than the largest host has", "所需内存超出最大主机"),
    "disk_beyond": Reason("stays", "needs more disk than the largest host has", "所需磁盘超出最大主机"),
    "domestic_architecture": Reason(
        "care",
        "Kunpeng, Phytium, Loongson or Sunway: needs hosts of that architecture",
        "鲲鹏、飞腾、龙芯、申威等架构，需要同架构资源池",
    ),
    "virtual_appliance": Reason(
        "care",
        "a virtual network or security appliance: the cloud's own service replaces it",
        "虚拟化网络或安全设备，宜由云平台服务替代",
    ),
    "gpu": Reason("care", "has a graphics processor: needs a host with one", "使用图形处理器，需要GPU主机"),
    "os_unsupported": Reason("care", "support of its operating system has ended", "操作系统已停止技术支持"),
    "os_version_unknown": Reason(
        "care", "the version of its operating system is not told", "操作系统版本不明"
    ),
    "os_unknown": Reason("care", "operating system not told or not known", "操作系统不明"),
    "os_32bit": Reason("care", "32-bit operating system", "32位操作系统"),
    "os_desktop": Reason("care", "an operating system for desktops", "桌面操作系统"),
    "shared_disk": Reason(
        "care",
        "part of a cluster with shared disks (RAC, MSCS, hot standby pair)",
        "共享磁盘集群或双机热备（RAC、MSCS等）",
    ),
    "database": Reason(
        "care",
        "a database: consistent copy, and licences counted by core",
        "数据库，迁移须保证数据一致，并核对按核授权",
    ),
    "mlps_high": Reason(
        "care",
        "protection level 3 or higher: only to a zone certified for it, assessed again after the move",
        "网络安全等级保护第三级及以上，须迁入同级区域并重新测评",
    ),
    "powered_off": Reason(
        "care", "switched off: retire it or say why it is kept", "已关机，应先确认是否注销"
    ),
    "suspended": Reason("care", "suspended: retire it or start it", "已挂起，应先确认是否注销或恢复"),
    "name_retired": Reason("care", "its name says that it is retired", "名称表明已停用"),
    "idle": Reason("care", "does no work by the rule: retire rather than move", "按规则判定为闲置，宜注销"),
    "size_unknown": Reason("care", "its cores or memory are not told", "核数或内存不明"),
    "idle_suspected": Reason("note", "may do no work; the evidence is not enough", "疑似闲置，证据不足"),
    "name_test": Reason("note", "for tests or development", "测试或开发用途"),
    "name_backup": Reason("note", "for backup", "备份用途"),
    "os_domestic": Reason(
        "note", "a domestic operating system: ask its maker about support", "国产操作系统，支持期限以厂商为准"
    ),
    "fits_by_use": Reason(
        "note",
        "as configured beyond the largest host, by its use not",
        "按现有配置超出最大主机，按实际使用可容纳",
    ),
    "sized_as_is": Reason(
        "note",
        "sized as configured in part: use not measured",
        "部分资源无使用数据，按现有配置计",
    ),
    "snapshot": Reason(
        "note", "its use is one moment's, which sizes nothing", "使用数据仅为瞬时值，不用于测算"
    ),
}
CODES = tuple(REASONS)
BIT = {code: 1 << place for place, code in enumerate(CODES)}


def bits(*codes: str) -> int:
    """Reasons as one number."""
    return sum(BIT[code] for code in set(codes))


def _of_kind(kind: Kind) -> int:
    return bits(*(code for code, reason in REASONS.items() if reason.kind == kind))


STAYS, CARE = _of_kind("stays"), _of_kind("care")
PINNED = STAYS & ~BIT["classified"]


@lru_cache(maxsize=4096)
def codes_of(mask: int) -> tuple[str, ...]:
    """The codes in a number of reasons, in the order of the list."""
    return tuple(code for code in CODES if mask & BIT[code])


def reason(code: str, lang: str = "en") -> str:
    """A reason in words: ``en`` or ``zh``."""
    return REASONS[code].zh if lang == "zh" else REASONS[code].en


READINESS_TEXTS = {
    "ready": ("ready", "可直接迁移"),
    "needs-care": ("needs care", "需处理后迁移"),
    "stays": ("stays", "保留在原机房"),
}


def readiness_text(name: str, lang: str = "en") -> str:
    """A class of readiness in words."""
    return READINESS_TEXTS[name][lang == "zh"]
