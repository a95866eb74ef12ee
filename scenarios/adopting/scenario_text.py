"""The commented scenario of an adopted inventory: it runs at once, and says where each part is from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..listed.columns import TABLES
from . import scale
from .adopt import Adopted
from .blanks import Blank
from .holidays import calendar_lines
from .names import inert
from .place_rows import SERVERS_PER_SYSTEM
from .start import Start
from .terms import LEVELS
from .words import ASSUMPTIONS, assumption_text

FOLDER = "estate"
YEARS = 5
_EFFORT = "alternatives.consolidate.migration.effort_days"
_NAMED = 3  # files in a title
_SOURCE = "project assumption"
_LINES = {
    "national": "{ mstp-10m: 1 }",
    "province": "{ mstp-10m: 1 }",
    "city": "{ metro: 3, mstp-10m: 1 }",
    "county": "{ sdh-2m: 1, mstp-10m: 1 }",
    "township": "{ metro: 3, mstp-10m: 1 }",
    "departments": "{ metro: 1 }",
}
_ONE_CITY = ({"city", "township", "departments"}, {"county", "township", "departments"})
_VCPU_PER_CORE = (
    "{ low: 1.5, mode: 3, high: 5, source: project assumption; contract clauses of 1:2 to 1:4, grade: A }"
)

# What the comments say, English and Chinese.
_WORDS: dict[str, tuple[str, str]] = {
    "head": (
        "Written by `roomfold new` from the files below; edit freely. What was recognised, mapped, "
        "assumed and left "
        "out, with file, sheet, row and column, stands in import.json.",
        "由 roomfold new 根据下列文件生成，可直接修改。识别、对应、推定和未采用的内容，连同文件、工作表、"
        "行、列，见 import.json。",
    ),
    "table": (
        "{place}: {format}, {rows} rows, {used} used, {aside} set aside",
        "{place}：{format}，{rows}行，采用{used}行，搁置{aside}行",
    ),
    "none": ("nothing in it was recognised", "未能识别"),
    "year": ("The year is {year}: {why}.", "年份为{year}年：{why}。"),
    "given": ("as asked for", "按要求"),
    "newest date": (
        "the first after the newest date of purchase in the files",
        "文件中最近一次购置的次年",
    ),
    "no date": ("the files have no date", "文件中没有日期"),
    "lists": (
        "Rooms, systems and servers of today, as listed: {rooms} rooms, {systems} systems, {servers} "
        "servers.",
        "现有机房、系统和服务器清单：机房{rooms}个，系统{systems}个，服务器{servers}台。",
    ),
    "blank": (
        "Drawn in each world, because no column says it (blank cells of rows; low / mode / high; grade: "
        "S sourced, W "
        "weak, A assumed):",
        "以下各项没有数据，在每个情景样本中抽样（空白单元格数/行数；低/最可能/高；S有据，W较弱，A推定）：",
    ),
    "assumed": ("Assumed while the lists were read (rows; grade):", "读取清单时的推定（行数；等级）："),
    "units": ("Units are those listed in estate/rooms.csv.", "单位数与 estate/rooms.csv 一致。"),
    "lines": (
        "No list names a dedicated line: as many as here are drawn. With a line in estate/systems.csv, "
        "leave this out.",
        "清单中没有专线，按此抽样；在 estate/systems.csv 中填写专线后可删去。",
    ),
    "no lines": (
        "Lines are those listed; other systems have none.",
        "专线以清单为准，其余系统没有专线。",
    ),
    "vcpu": (
        "What virtual machines of unknown hosts take up: vCPU over cores.",
        "宿主机未知的虚拟机所占份额：vCPU与物理核之比。",
    ),
    "keep": (
        "`keep` is in the starting point: the rooms stay, machines are renewed as they age.",
        "keep（维持现状）在起点文件中：保留机房，设备到期更新。",
    ),
    "effort": (
        "A machine listed without a system counts as one of {servers} of a system: the days to move it "
        "are fewer.",
        "未写明业务系统的设备按每系统{servers}台折算，迁移工作量相应减少。",
    ),
    "as-is": (
        "The same cloud sized by what machines have today, not by what they use: the difference is the "
        "worth of "
        "measuring.",
        "同一政务云，但按现有配置而不按实际使用测算规格；两者之差即为实测的价值。",
    ),
    "one city": ("all within one city", "均在同一城市内"),
    "assessment": (
        "What the assessment of the machines found (assessment.csv); changes no result.",
        "设备评估结果（见 assessment.csv），不影响计算结果。",
    ),
}


def scenario_text(
    adopted: Adopted, start: Start, name: str, blank: Sequence[Blank], found: Mapping[str, Any]
) -> str:
    """``scenario.yaml``.

    Args:
        name: of the scenario.
        found: section ``assessment``.
    """
    parts = (
        _head(adopted, name),
        _base(adopted, start),
        _estate(adopted),
        _alternatives(adopted, start),
        _assessment(adopted, found),
        _told(adopted, blank),
    )
    return "\n".join(line for part in parts for line in (*part, "")).rstrip() + "\n"


def _say(adopted: Adopted, key: str, **values: object) -> str:
    return _WORDS[key][adopted.lang == "zh"].format(**values)


def _comment(text: str, indent: str = "") -> Iterator[str]:
    """A text as comment lines of at most 110 columns, Chinese letters counted as two."""
    words, line, width = _words(text), f"{indent}#", len(indent) + 1
    for word in words:
        wide = sum(2 if ord(letter) > 0x2E80 else 1 for letter in word)
        if width + wide > 109 and line.strip() != "#":
            yield line.rstrip()
            line, width, word = f"{indent}#", len(indent) + 1, word.lstrip()
        if line.endswith("#"):
            line, width, word = line + " ", width + 1, word.lstrip()
        line, width = line + word, width + wide
    yield line.rstrip()


def _words(text: str) -> list[str]:
    """Where a text may be broken: before a space, and between Chinese letters."""
    found: list[str] = []
    for letter in text:
        broad = ord(letter) > 0x2E80
        if found and letter != " " and not (broad and letter not in "，。；：、）”》"):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def _text(text: str) -> str:
    """A text as a value."""
    return json.dumps(text, ensure_ascii=False)


def _head(adopted: Adopted, name: str) -> Iterator[str]:
    yield from _comment(_say(adopted, "head"))
    for table in adopted.reading.tables:
        sheet = f"[{table.origin.sheet}]" if table.origin.sheet else ""
        place = inert(f"{table.origin.file}{sheet}")
        rows = {
            "rows": f"{table.rows_in:,}",
            "used": f"{table.rows_used:,}",
            "aside": f"{table.rows_aside:,}",
        }
        form = table.format or _say(adopted, "none")
        yield f"# - {_say(adopted, 'table', place=place, format=form, **rows)}"
    files = [inert(file.name) for file in adopted.reading.files]
    named = ", ".join(files[:_NAMED]) + (f" + {len(files) - _NAMED}" if len(files) > _NAMED else "")
    count = {"rooms": len(adopted.rooms), "systems": len(adopted.systems), "servers": len(adopted.servers)}
    yield "schema: 1"
    yield f"name: {name}"
    yield "title:"
    yield f"  en: {_text(f'Estate of {named}')}"
    yield f"  zh: {_text(f'现有机房与系统（{named}）')}"
    yield "summary:"
    summary = "{rooms} machine rooms, {systems} systems and {servers} servers, as listed; the rest is drawn."
    yield f"  en: {_text(summary.format(**count))}"
    summary = "清单所列机房{rooms}个、系统{systems}个、服务器{servers}台；清单未写明的内容抽样确定。"
    yield f"  zh: {_text(summary.format(**count))}"


def _base(adopted: Adopted, start: Start) -> Iterator[str]:
    why = _say(adopted, "no date" if adopted.year_from == "none" else adopted.year_from)
    yield from _comment(_say(adopted, "year", year=adopted.year, why=why))
    yield "include:"
    for chosen in start.chosen:
        yield f"  - {chosen.include} # {chosen.why.zh if adopted.lang == 'zh' else chosen.why.en}"
    yield ""
    yield f"time: {{ start: {adopted.year}-01-01, years: {YEARS}, price_year: {adopted.year} }}"
    yield from calendar_lines(start, YEARS)
    yield "study:"
    yield f"  worlds: {scale.worlds(len(adopted.servers))}"
    yield "  seed: 1"
    yield "  lead:"
    for path in _lead(adopted):
        yield f"    - {path}"


def _lead(adopted: Adopted) -> list[str]:
    """The quantities that matter most among those that blanks are drawn from."""
    some = [row.get("size_class") for row in adopted.rooms]
    kind = "room" if some.count("room") > len(some) / 2 else "closet"
    fields = [f"rooms.{kind}.operations_cny_per_year", f"rooms.{kind}.staff_fte", f"rooms.{kind}.pue"]
    cloud = ["staff_fte", "platform_cny_per_year"]
    return [*fields, "servers.config_factor", *(f"alternatives.consolidate.cloud.{name}" for name in cloud)]


def _estate(adopted: Adopted) -> Iterator[str]:
    count = {"rooms": len(adopted.rooms), "systems": len(adopted.systems), "servers": len(adopted.servers)}
    yield from _comment(_say(adopted, "lists", **{name: f"{n:,}" for name, n in count.items()}))
    yield "estate:"
    yield "  listed:"
    for table in TABLES:
        yield f"    {table}: {FOLDER}/{table}.csv"
    yield f"  levels: # {_say(adopted, 'units')}"
    for key, units in adopted.units.items():
        title = LEVELS[key]
        yield f"    {key}:"
        yield f"      title: {{ en: {title.en}, zh: {title.zh} }}"
        yield f"      units: {units}"
        yield "      systems_weight: 1"
        yield "      rooms_weight: 1"
        yield f"      large_room_share: {{ low: 0.05, mode: 0.2, high: 0.5, source: {_SOURCE}, grade: A }}"
        yield f"      vertical_lines: {_LINES[key]}"
    moving = _moving(adopted)
    if any(row.get("line_mbps") or row.get("line_cny_per_year") for row in adopted.systems):
        yield from _comment(_say(adopted, "no lines"), "  ")
    else:
        yield from _comment(_say(adopted, "lines"), "  ")
        yield f"  vertical_lines: {scale.vertical_lines(moving, len(adopted.rooms)).text}"
    if any(row.get("virtual") and row.get("machine_share") is None for row in adopted.servers):
        yield from _comment(_say(adopted, "vcpu"), "  ")
        yield f"  vcpu_per_core: {_VCPU_PER_CORE}"


def _moving(adopted: Adopted) -> int:
    """Systems that may move, as surveys count them: machines listed without a system are part of one."""
    rows = sum(1 for row in adopted.systems if not (row.get("classified") or row.get("pinned")))
    return max(round(rows * _part_of_a_system(adopted)), 1)


def _part_of_a_system(adopted: Adopted) -> float:
    """Systems that surveys would count for each row of the table."""
    alone = adopted.account.assumed.get("system_alone")
    rows = alone.rows if alone else 0
    return 1 - rows / max(len(adopted.systems), rows, 1) * (1 - 1 / SERVERS_PER_SYSTEM)


def _alternatives(adopted: Adopted, start: Start) -> Iterator[str]:
    moving = _moving(adopted)
    yield "alternatives:"
    yield from _comment(_say(adopted, "keep"), "  ")
    yield "  consolidate:"
    yield "    title: { en: One cloud sized by measured use, zh: 统一政务云（按实际使用测算） }"
    yield "    migration:"
    part = _part_of_a_system(adopted)
    if part < 1:
        yield from _comment(_say(adopted, "effort", servers=SERVERS_PER_SYSTEM), "      ")
        yield f"      effort_days: {scale.effort_days(start.section(_EFFORT), part).text}"
    yield f"      team_fte: {scale.team_fte(moving).text}"
    yield "    cloud:"
    yield f"      opens: {adopted.year + 1}-01-01"
    yield f"      staff_fte: {scale.staff_fte(moving).text}"
    yield f"      platform_cny_per_year: {scale.platform_cny_per_year(moving).text}"
    if any(adopted.units.keys() <= levels for levels in _ONE_CITY):
        yield f"      access_line: [metro, mstp-100m] # {_say(adopted, 'one city')}"
    yield from _comment(_say(adopted, "as-is"), "  ")
    yield "  as-is:"
    yield "    like: consolidate"
    yield "    title: { en: One cloud sized as configured today, zh: 统一政务云（按现有配置测算） }"
    yield "    cloud: { sizing: as-is }"


def _assessment(adopted: Adopted, found: Mapping[str, Any]) -> Iterator[str]:
    yield from _comment(_say(adopted, "assessment"))
    yield "assessment:"
    for key, value in found.items():
        yield f"  {key}: {value if key == 'day' else json.dumps(value, ensure_ascii=False)}"


def _told(adopted: Adopted, blank: Sequence[Blank]) -> Iterator[str]:
    """Comments on what was drawn and assumed."""
    yield from _comment(_say(adopted, "blank"))
    for each in blank:
        drawn = [
            f"{path} {' '.join(value)}".rstrip() for path, value in zip(each.paths, each.values, strict=True)
        ]
        yield f"# - {each.column}: {each.blank:,}/{each.rows:,}: {'; '.join(drawn)}"
    yield "#"
    yield from _comment(_say(adopted, "assumed"))
    for code, known in ASSUMPTIONS.items():
        its = adopted.account.assumed.get(code)
        if its is not None:
            yield f"# - {known.column}: {assumption_text(code, adopted.lang)} ({its.rows:,}; {known.grade})"
