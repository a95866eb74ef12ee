"""What each column of the template takes: kind of value, range, choices, explanation and example.

Ranges and meanings of columns that a listed estate has are those of its declarations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...listed import columns as listed
from ..formats import header_key, own
from ..formats.form import MEASURES, SHARES
from ..formats.own import Heading
from ..record import Value
from ..values import UNITS
from .example import EXAMPLES, LANG, Lang, Two

Kind = Literal["text", "key", "refer", "choice", "open", "flag", "level", "number", "whole", "share", "date"]

LEVELS = (
    ("province", "Province", "省级"),
    ("city", "City", "市级"),
    ("county", "County", "县级"),
    ("township", "Township", "乡级"),
)
MLPS = ("一级", "二级", "三级", "四级", "五级")
_OWN_KINDS: dict[str, Kind] = {"mlps": "level", "admin_level": "open", "curve": "text", "host": "refer"}
_KINDS: dict[str, Kind] = {
    "key": "key",
    "table": "refer",
    "flag": "flag",
    "choice": "choice",
    "number": "number",
    "whole": "whole",
    "date": "date",
    "text": "text",
}


@dataclass(frozen=True)
class Field:
    """A column of the template.

    Attributes:
        kind: ``key`` names the row, ``refer`` a row of another sheet; ``open`` is a choice that also takes
            other words; ``level`` is one of classified protection.
        low, high: of numbers, in the unit of the record.
        about, example: in English and Chinese.
    """

    heading: Heading
    kind: Kind
    required: bool
    low: float
    high: float
    about: tuple[str, str]
    example: tuple[Value | None, Value | None]

    def title(self, lang: Lang) -> str:
        """The header."""
        return (self.heading.en, self.heading.zh)[LANG[lang]]

    def scale(self, lang: Lang) -> float:
        """What a number of the record is multiplied with to stand under that header."""
        measure = MEASURES.get(self.heading.field, "")
        unit = header_key(self.title(lang))[1]
        return 1.0 / UNITS[measure][unit] if unit and measure else 1.0

    def choices(self, lang: Lang) -> list[str]:
        """What is offered in a list."""
        at = LANG[lang]
        if self.kind == "flag":
            return [("Yes", "是")[at], ("No", "否")[at]]
        if self.kind == "level":
            return list(MLPS) if lang == "zh" else ["1", "2", "3", "4", "5"]
        words = LEVELS if self.heading.field == "admin_level" else self.heading.words
        return [each[1 + at] for each in words]

    def shown(self, value: Value, lang: Lang) -> Value:
        """A value of the record as it stands in a cell."""
        if isinstance(value, bool):
            return self.choices(lang)[0 if value else 1]
        if self.kind == "level" and isinstance(value, int):
            return MLPS[value - 1] if lang == "zh" else float(value)
        if isinstance(value, tuple):
            return "; ".join(value)
        if isinstance(value, (int, float)):
            scale = self.scale(lang)
            return float(value) if scale == 1 else float(f"{value * scale:.12g}")
        words = LEVELS if self.heading.field == "admin_level" else self.heading.words
        return next((each[1 + LANG[lang]] for each in words if each[0] == value), value)


@dataclass(frozen=True)
class Sheet:
    """A sheet of the template: the records of one kind."""

    key: str
    en: str
    zh: str
    fields: tuple[Field, ...]

    def name(self, lang: Lang) -> str:
        """What it is called."""
        return (self.en, self.zh)[LANG[lang]]


# Columns that a listed estate does not have: kind, highest number, what to fill in.
_MORE: dict[str, tuple[Kind, float, str, str]] = {
    "site": ("text", 0, "Where the room is", "机房所在地址"),
    "department": ("text", 0, "Department or agency in charge", "主管或使用该系统的单位"),
    "rack_count": ("whole", 10_000, "Racks in the room", "机房内的机柜数"),
    "users": ("whole", 1e9, "Registered users", "注册用户数"),
    "data_gb": ("number", 1e9, "Data that it holds", "系统保存的数据量"),
    "room": (
        "refer",
        0,
        "Machine room where it stands, as on the sheet of rooms",
        "所在机房，与“机房”表一致",
    ),
    "quantity": ("whole", 10_000, "Like machines in this row; blank: 1", "本行代表的同型设备台数，空白为1"),
    "model": ("text", 0, "Maker and model", "品牌和型号"),
    "cpu_model": ("text", 0, "Processor, as written on the invoice", "处理器型号"),
    "sockets": ("whole", 64, "Processors (sockets)", "处理器颗数"),
    "vcpu": ("whole", 10_000, "Cores of all processors together", "全部处理器的核数合计"),
    "mem_gb": ("number", 1e6, "Memory installed", "已安装的内存"),
    "disk_gb": ("number", 1e7, "Disk it has", "磁盘总容量"),
    "cpu_avg": ("share", 1, "Mean utilisation of its processors", "处理器平均利用率"),
    "mem_avg": ("share", 1, "Mean share of memory in use", "内存平均利用率"),
    "purchase_date": ("date", 0, "Day on which it was bought", "购置日期"),
    "price_cny": ("number", 1e8, "Price paid, of the whole row", "购置价，本行合计"),
    "upgrade_due": ("date", 0, "Day on which it is to be replaced", "计划更新日期"),
    "power_state": ("choice", 0, "Is it running?", "设备目前是否运行"),
    "os": ("text", 0, "Operating system and version", "操作系统及版本"),
    "asset_id": ("text", 0, "Number in the ledger of assets", "固定资产台账中的编号"),
    "addresses": ("text", 0, "IP addresses, parted by semicolons", "IP地址，多个用分号隔开"),
    "cluster": ("text", 0, "Cluster of the virtualisation platform", "虚拟化平台中的集群"),
    "curve": (
        "text",
        0,
        "For experts: name of a power curve; blank: found by model and processor",
        "供专业人员填写：功率曲线的名称；空白时按型号和处理器自动选取",
    ),
    "server": ("key", 0, "Name of the physical machine", "物理机名称"),
}
_SITE = ("Where it stands, if the room is not known", "机房不明时填写所在地点")
# Where the template asks for something else, or says more, than a listed estate.
_OTHER: dict[tuple[str, str], tuple[str, str]] = {
    ("systems", "servers"): (
        "How many servers it has, where none of them is on the sheet of servers",
        "“服务器”表中没有逐台列出时，填写服务器台数",
    ),
    ("servers", "site"): _SITE,
    ("hosts", "site"): _SITE,
    ("servers", "host"): (
        "For a virtual machine: the physical machine it runs on, as on the sheet of hosts",
        "虚拟机填写所在的物理机，与“宿主机”表一致",
    ),
    ("servers", "curve"): _MORE["curve"][2:],
    ("servers", "price_cny"): _MORE["price_cny"][2:],
    ("servers", "machine_share"): (
        "For a virtual machine whose host is not listed: part of a physical machine that it takes up",
        "宿主机未列出的虚拟机填写：占一台物理机的份额",
    ),
}


def _field(sheet: str, heading: Heading, known: dict[str, listed.Column]) -> Field:
    """A column, by the declarations of listed estates or by those above."""
    field, column = heading.field, known.get(heading.listed)
    example = EXAMPLES[sheet].get(field)
    pair = (example.en, example.zh) if isinstance(example, Two) else (example, example)
    if column is None:
        kind, high, *about = _MORE[field]
        en, zh = _OTHER.get((sheet, field), (about[0], about[1]))
        return Field(heading, kind, kind == "key", 0.0, high, (en, zh), pair)
    per = 1 / 12 if field == "line_cny_per_month" else 1.0  # there by the year, here by the month
    en, zh = _OTHER.get((sheet, field), (column.en, column.zh))
    bounds = (column.low * per, column.high * per)
    return Field(heading, _kind(field, column), column.required, *bounds, (en, zh), pair)


def _kind(field: str, column: listed.Column) -> Kind:
    if field in SHARES:
        return "share"
    return _OWN_KINDS.get(field) or _KINDS.get(column.kind, "choice")


def _sheet(key: str, en: str, zh: str, headings: tuple[Heading, ...]) -> Sheet:
    known = {column.name: column for column in listed.TABLES.get(key, ())}
    return Sheet(key, en, zh, tuple(_field(key, heading, known) for heading in headings))


SHEETS = (
    _sheet("rooms", "Rooms", "机房", own.ROOMS),
    _sheet("systems", "Systems", "信息系统", own.SYSTEMS),
    _sheet("servers", "Servers", "服务器", own.SERVERS),
    _sheet("hosts", "Hosts", "宿主机", own.HOSTS),
)
