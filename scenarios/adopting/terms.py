"""Words of inventories for what a scenario knows by key: zones, levels of government, sizes of rooms."""

from __future__ import annotations

from ..terms import Text
from .names import alike

# In order: the first that a text contains decides.
_ZONES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("internet", ("互联网", "internet", "公网", "dmz", "因特网")),
    (
        "extranet-private",
        ("专用网络区", "专用区", "业务专网", "专网", "专线", "extranet-private", "private", "intranet"),
    ),
    (
        "extranet-public",
        (
            "政务外网",
            "电子政务外网",
            "公用网络区",
            "公共网络区",
            "公用区",
            "公共区",
            "extranet-public",
            "extranet",
            "governmentnetwork",
        ),
    ),
    ("internet", ("外网",)),
    ("extranet-private", ("内网", "局域网", "internal", "lan")),
)
_SECRET = ("政务内网", "涉密网", "涉密", "机要", "classified")

LEVELS: dict[str, Text] = {
    "national": Text(en="National bodies", zh="国家级"),
    "province": Text(en="Provincial departments", zh="省直部门"),
    "city": Text(en="City departments", zh="市直部门"),
    "county": Text(en="Counties and districts", zh="县（区）级"),
    "township": Text(en="Townships", zh="乡镇（街道）"),
    "departments": Text(en="Departments", zh="各部门"),  # where no column tells levels apart
}
_NATIONAL = ("国家", "中央", "部级", "部属", "national", "central", "state")

_SMALL = ("closet", "small", "小型", "微型", "小", "弱电间", "配线间", "c级", "微模块")
_LARGE = ("room", "large", "medium", "大型", "中型", "大中型", "大", "中", "a级", "b级")


def zone(written: str) -> str | None:
    """The network zone that a text means; None if it means none."""
    found = alike(written)
    if secret_network(written):
        return None
    return next((key for key, words in _ZONES if any(word in found for word in words)), None)


def secret_network(written: str) -> bool:
    """Whether a network is one for state secrets, which is apart from all zones."""
    found = alike(written)
    return any(word in found for word in _SECRET) and not found.startswith(("非", "不", "un", "non"))


def level(written: str) -> str | None:
    """The level of government that a text means; None if it means none."""
    if written in LEVELS:
        return written
    return "national" if alike(written).startswith(_NATIONAL) else None


def size_class(written: str) -> str | None:
    """The size class that a text means; None if it means none."""
    found = alike(written)
    return "closet" if found.startswith(_SMALL) else "room" if found.startswith(_LARGE) else None
