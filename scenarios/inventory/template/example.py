"""The example in each sheet of the template: one made-up bureau."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

Lang = Literal["en", "zh"]
LANG: dict[Lang, int] = {"en": 0, "zh": 1}


class Two(NamedTuple):
    """A text in both languages."""

    en: str
    zh: str


# By sheet and field; in English and Chinese where the two differ.
EXAMPLES: dict[str, dict[str, Two | str | float | date]] = {
    "rooms": {
        "room": Two("Example: finance bureau", "示例：市财政局机房"),
        "department": Two("Finance bureau", "市财政局"),
        "admin_level": "city",
        "site": Two("12 Renmin Road, 3rd floor", "人民路12号3楼"),
        "size_class": "closet",
        "area_m2": 45.0,
        "rack_count": 6.0,
        "it_kw": 11.5,
        "ups_kw": 40.0,
        "pue": 2.1,
        "staff_fte": 1.5,
        "operations_cny_per_year": 86_000.0,
    },
    "systems": {
        "system": Two("Example: budget execution", "示例：预算执行系统"),
        "department": Two("Finance bureau", "市财政局"),
        "room": Two("Example: finance bureau", "示例：市财政局机房"),
        "demand_class": "office",
        "zone": "extranet-public",
        "mlps": 3,
        "classified": False,
        "pinned": False,
        "dedicated": False,
        "users": 420.0,
        "data_gb": 900.0,
        "line_mbps": 10.0,
        "line_cny_per_month": 1500.0,
    },
    "servers": {
        "server": Two("Example: budget-db-01", "示例：预算数据库服务器1"),
        "system": Two("Example: budget execution", "示例：预算执行系统"),
        "room": Two("Example: finance bureau", "示例：市财政局机房"),
        "department": Two("Finance bureau", "市财政局"),
        "virtual": False,
        "quantity": 1.0,
        "model": Two("Inspur NF5280M5", "浪潮 NF5280M5"),
        "cpu_model": "Intel Xeon Silver 4214",
        "vcpu": 24.0,
        "mem_gb": 128.0,
        "mem_used_gb": 52.0,
        "disk_gb": 3600.0,
        "disk_used_gb": 1250.0,
        "cpu_avg": 0.08,
        "cpu_p95": 0.22,
        "purchase_date": date(2019, 11, 20),
        "price_cny": 52_000.0,
        "upgrade_due": date(2026, 12, 31),
        "power_state": "on",
        "zombie": False,
        "os": "CentOS 7.6",
        "asset_id": "2019-0417",
        "addresses": "10.1.2.21",
    },
    "hosts": {
        "server": Two("Example: esx-01", "示例：虚拟化主机1"),
        "room": Two("Example: finance bureau", "示例：市财政局机房"),
        "cluster": Two("office", "办公集群"),
        "model": Two("Dell PowerEdge R740", "戴尔 PowerEdge R740"),
        "cpu_model": "Intel Xeon Gold 5218",
        "sockets": 2.0,
        "vcpu": 32.0,
        "mem_gb": 256.0,
        "cpu_avg": 0.19,
        "mem_avg": 0.61,
        "purchase_date": date(2020, 6, 8),
        "price_cny": 78_000.0,
        "asset_id": "2020-0112",
    },
}
