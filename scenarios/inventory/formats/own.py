"""roomfold's own lists: the sheets of its template in either language, and the tables of a listed estate.

Both have one set of columns; the template has more of them. Shares are fractions here, never percent: the
template's cells are formatted so that 35 typed is 35 %.
"""

from __future__ import annotations

from typing import NamedTuple

from .form import MEASURES, SHARES, Column, Format

Words = tuple[tuple[str, str], ...]  # word in a cell, value that it means


class Heading(NamedTuple):
    """A column: the record's field, its name in a listed estate ("" if it has none), and in the template."""

    field: str
    listed: str
    en: str
    zh: str
    words: tuple[tuple[str, str, str], ...] = ()  # value, and what it is called in English and Chinese


SIZES = (("closet", "Small room (closet)", "小型机房"), ("room", "Large room", "大中型机房"))
ZONES = (
    ("internet", "Internet zone", "互联网区"),
    ("extranet-public", "Public extranet zone", "政务外网公用区"),
    ("extranet-private", "Private extranet zone", "政务外网专用区"),
)
CLASSES = (
    ("office", "Office hours", "办公时段"),
    ("public", "Public service, round the clock", "全天候公共服务"),
    ("batch", "Night batch", "夜间批处理"),
    ("filing", "Filing season", "申报季"),
    ("feed", "Continuous feed", "连续数据接入"),
)
ROOMS = (
    Heading("room", "room", "Machine room", "机房名称"),
    Heading("department", "unit", "Department", "所属单位"),
    Heading("admin_level", "level", "Level of government", "行政层级"),
    Heading("site", "", "Address", "地址"),
    Heading("size_class", "size_class", "Size of the room", "机房规模", SIZES),
    Heading("area_m2", "area_m2", "Floor area (m²)", "面积（㎡）"),
    Heading("rack_count", "", "Racks", "机柜数量"),
    Heading("it_kw", "it_kw", "Measured IT load (kW)", "实测IT负载（kW）"),
    Heading("ups_kw", "ups_kw", "Rated power of all UPS (kW)", "UPS合计额定功率（kW）"),
    Heading("pue", "pue", "PUE", "PUE"),
    Heading("staff_fte", "staff_fte", "Staff (full-time)", "运维人员（折合全职）"),
    Heading(
        "operations_cny_per_year",
        "operations_cny_per_year",
        "Running costs (CNY/year)",
        "年运维费用（万元/年）",
    ),
)
SYSTEMS = (
    Heading("system", "system", "Business system", "业务系统名称"),
    Heading("department", "", "Department", "主管单位"),
    Heading("room", "room", "Machine room", "所在机房"),
    Heading("demand_class", "demand_class", "Demand over the day", "负载类型", CLASSES),
    Heading("zone", "zone", "Network zone", "网络区域", ZONES),
    Heading("mlps", "mlps", "MLPS level", "等保级别"),
    Heading("classified", "classified", "Holds state secrets", "是否涉密"),
    Heading("pinned", "pinned", "Must stay in its room", "是否须留在原机房"),
    Heading("dedicated", "dedicated", "Needs hosts of its own", "是否须独占主机"),
    Heading("servers", "servers", "Servers, if none is listed", "服务器数量"),
    Heading("users", "", "Users", "用户数"),
    Heading("data_gb", "", "Data (GB)", "数据量（GB）"),
    Heading("line_mbps", "line_mbps", "Its leased line (Mbit/s)", "专线带宽（Mbps）"),
    Heading(
        "line_cny_per_month", "line_cny_per_year", "Rent of the line (CNY/year)", "专线年租费（万元/年）"
    ),
)
_MACHINE = (
    Heading("model", "", "Model", "品牌型号"),
    Heading("cpu_model", "", "Processor", "CPU型号"),
)
_BOUGHT = (
    Heading("purchase_date", "bought", "Bought on", "购置日期"),
    Heading("price_cny", "price_cny", "Price (CNY)", "购置价（万元）"),
    Heading("upgrade_due", "refresh_due", "To be replaced on", "计划更新日期"),
)
_SITE = Heading("site", "", "Site (data centre)", "站点（数据中心）")
_CURVE = Heading("curve", "curve", "Power curve", "功率曲线")
SERVERS = (
    Heading("server", "server", "Server", "服务器名称"),
    Heading("system", "system", "Business system", "所属业务系统"),
    Heading("department", "", "Department", "使用部门"),
    Heading("room", "", "Machine room", "所在机房"),
    _SITE,
    Heading("virtual", "virtual", "Virtual machine", "是否虚拟机"),
    Heading("host", "host", "Runs on host", "宿主机"),
    Heading("quantity", "", "How many such", "台数"),
    *_MACHINE,
    Heading("vcpu", "vcpu", "Cores or vCPU", "核数（vCPU数）"),
    Heading("mem_gb", "memory_gb", "Memory (GB)", "内存（GB）"),
    Heading("mem_used_gb", "memory_used_gb", "Memory in use (GB)", "已用内存（GB）"),
    Heading("disk_gb", "", "Disk (GB)", "磁盘（GB）"),
    Heading("disk_used_gb", "disk_used_gb", "Disk in use (GB)", "已用磁盘（GB）"),
    Heading("cpu_avg", "cpu_mean", "CPU, mean", "CPU平均利用率"),
    Heading("cpu_p95", "cpu_p95", "CPU, 95th percentile", "CPU利用率95分位"),
    *_BOUGHT,
    Heading("power_state", "", "State", "运行状态", (("on", "On", "运行"), ("off", "Off", "停用"))),
    Heading("zombie", "zombie", "Does no work", "是否闲置"),
    Heading("os", "", "Operating system", "操作系统"),
    Heading("asset_id", "", "Asset number", "资产编号"),
    Heading("addresses", "", "IP addresses", "IP地址"),
    Heading("machine_share", "machine_share", "Share of its host", "占宿主机份额"),
    _CURVE,
)
HOSTS = (
    Heading("server", "", "Host name", "宿主机名称"),
    Heading("room", "", "Machine room", "所在机房"),
    _SITE,
    Heading("cluster", "", "Cluster", "所属集群"),
    *_MACHINE,
    Heading("sockets", "", "Sockets", "CPU颗数"),
    Heading("vcpu", "", "Cores", "核数"),
    Heading("mem_gb", "", "Memory (GB)", "内存（GB）"),
    Heading("cpu_avg", "", "CPU, mean", "CPU平均利用率"),
    Heading("mem_avg", "", "Memory, mean", "内存平均利用率"),
    *_BOUGHT,
    Heading("asset_id", "", "Asset number", "资产编号"),
    _CURVE,
)
_UNITS = {"memory": "gb", "disk": "gb", "money": "元", "line": "mbps", "power": "kw", "area": "m2"} | {
    "money_per_month": "元/年",
    "money_per_year": "元/年",
}


def _column(heading: Heading) -> Column:
    """How a column is read."""
    names = dict.fromkeys(name for name in (heading.listed, heading.en, heading.zh) if name)
    measure = MEASURES.get(heading.field, "")
    unit = "fraction" if heading.field in SHARES else _UNITS.get(measure, "")
    words = tuple((word, value) for value, *called in heading.words for word in (*called, value))
    return Column(heading.field, tuple(names), unit, words=words)


def _format(
    name: str, title: str, kind: str, headings: tuple[Heading, ...], telling: tuple[str, ...], *sheets: str
) -> Format:
    """A list; ``telling`` has fields, any header of which tells it, and names of a listed estate.

    A table of a listed estate may have its key and ``from`` only.
    """
    columns = tuple(_column(each) for each in headings)
    of_fields = tuple(header for each in columns if each.field in telling for header in each.headers)
    told = (*of_fields, *(each.listed for each in headings if each.listed in telling), "from")
    return Format(
        name,
        title,
        kind,
        columns,
        (columns[0].headers, told),
        sheets,
        identity=(headings[0].field,),
        examples=True,
        weight=4.0,
    )


GUIDE = Format(
    "roomfold-guide",
    "roomfold's template: how to fill it in",
    "guide",
    (
        Column("key", ("Sheet of the template", "模板工作表")),
        Column("value", ("What to fill in", "填写说明")),
    ),
    (("Sheet of the template", "模板工作表"), ("What to fill in", "填写说明")),
    ("guide", "说明"),
)
FORMATS = (
    _format(
        "roomfold-rooms",
        "roomfold's rooms",
        "room",
        ROOMS,
        ("operations_cny_per_year", "it_kw", "size_class"),
        "rooms",
        "机房",
    ),
    _format(
        "roomfold-systems",
        "roomfold's systems",
        "system",
        SYSTEMS,
        ("demand_class", "pinned", "dedicated", "line_cny_per_year"),
        "systems",
        "信息系统",
    ),
    _format(
        "roomfold-servers",
        "roomfold's servers",
        "server",
        SERVERS,
        ("machine_share", "curve", "zombie", "memory_used_gb", "cpu_mean", "bought", "refresh_due"),
        "servers",
        "服务器",
    ),
    _format(
        "roomfold-hosts",
        "roomfold's hosts of virtual machines",
        "host",
        HOSTS,
        ("curve", "mem_avg"),
        "hosts",
        "宿主机",
    ),
    GUIDE,
)
