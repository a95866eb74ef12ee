"""The account of an adopted inventory as lines to print: read, made, assumed, drawn, left out, assessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ..assessment import summary as assessment_summary
from ..check import columns
from ..inventory import Reading
from ..inventory.record import FIELDS
from .account import place_of
from .adopt import Adopted
from .blanks import Blank
from .told import goes_to, kinds_of_formats
from .words import ASIDE, ASSUMPTIONS, UNUSED, aside_text, assumption_text, unused_text

_SAYS: dict[str, tuple[str, str]] = {
    "files": ("Read", "读取"),
    "recognised": ("{records} records: {kinds}", "共{records}条记录：{kinds}"),
    "use": (
        "in rows of: {used}; set aside: {aside}",
        "写入：{used}；搁置：{aside}",
    ),
    "made": (
        "estate: {rooms} rooms of {units} units, {systems} systems, {servers} servers; the scenario "
        "begins in {year}",
        "清单：{units}个单位的{rooms}个机房，{systems}个系统，{servers}台服务器；情景起始年{year}",
    ),
    "assumed": ("Assumed", "推定"),
    "blank": ("Blank, so drawn", "没有数据、抽样确定"),
    "left": ("Set aside or not used", "搁置或未采用"),
    "assessment": ("Assessment", "评估"),
    "conflicts": ("cells that differ between lists; the first was kept", "各清单取值不一致，取先读到的"),
    "unread": ("cells that make no sense in their column", "无法识别的单元格"),
    "merged": ("rows that speak of what an earlier row did", "与前面行为同一对象的行"),
}
_HEADED = (":", "：")
_COLON = (": ", "：")
_COUNTED = ("{what}: {count} ({place})", "{what}：{count}（{place}）")
_HEADERS = {
    "files": (
        ("file", "sheet", "format", "rows", "used", "aside", "why"),
        ("文件", "工作表", "格式", "行数", "采用", "搁置", "原因"),
    ),
    "assumed": (("grade", "column", "rows", "what", "first at"), ("等级", "列", "行数", "内容", "首见于")),
    "blank": (("grade", "column", "blank", "of", "drawn from"), ("等级", "列", "空白", "行数", "抽样依据")),
}
_KINDS = {
    "server": ("machines", "设备"),
    "host": ("hosts", "宿主机"),
    "system": ("systems", "系统"),
    "room": ("rooms", "机房"),
    "rooms": ("rooms", "机房"),
    "systems": ("systems", "系统"),
    "servers": ("servers", "服务器"),
    "hosts": ("servers that they run", "所承载的服务器"),
}


def read_lines(reading: Reading, lang: str, width: int = 0) -> Iterator[str]:
    """What became of each table that was read, and the records found; see ``lines``."""
    zh = lang == "zh"
    yield from _table(lang, "files", [tuple(map(str, row)) for row in reading.table(lang)], width)
    kinds = Counter(record.kind for record in reading.records)
    between = "、" if zh else ", "
    named = between.join(
        f"{_KINDS[kind][zh]} {kinds[kind]}" for kind in ("room", "system", "server", "host") if kinds[kind]
    )
    yield _SAYS["recognised"][zh].format(records=len(reading.records), kinds=named)


def lines(adopted: Adopted, blank: Sequence[Blank], lang: str, width: int = 0) -> Iterator[str]:
    """The account as lines of text; columns are cut to ``width`` if it is given."""
    zh = lang == "zh"
    between = "、" if zh else ", "
    yield from read_lines(adopted.reading, lang, width)
    use = adopted.account.counts
    used = between.join(
        f"{_KINDS[name][zh]} {use[name]}" for name in ("rooms", "systems", "servers", "hosts") if use[name]
    )
    yield _SAYS["use"][zh].format(used=used, aside=use["aside"])
    count = {"rooms": len(adopted.rooms), "systems": len(adopted.systems), "servers": len(adopted.servers)}
    yield _SAYS["made"][zh].format(**count, units=sum(adopted.units.values()), year=adopted.year)
    yield ""
    yield f"{_SAYS['assumed'][zh]}{_HEADED[zh]}"
    yield from _table(lang, "assumed", _assumed(adopted, lang), width)
    yield ""
    yield f"{_SAYS['blank'][zh]}{_HEADED[zh]}"
    yield from _table(lang, "blank", [_blank(each) for each in blank], width)
    left = list(_left(adopted, lang))
    if left:
        yield ""
        yield f"{_SAYS['left'][zh]}{_HEADED[zh]}"
        yield from (f"  {line}" for line in left)
    yield ""
    yield f"{_SAYS['assessment'][zh]}{_HEADED[zh]}"
    yield from (f"  {line}" for line in assessment_summary(adopted.assessment, lang))


def _assumed(adopted: Adopted, lang: str) -> list[tuple[str, ...]]:
    """Assumptions, the least sure first."""
    found = [
        (known.grade, known.column, str(its.rows), assumption_text(code, lang), (its.places or [""])[0])
        for code, known in ASSUMPTIONS.items()
        if (its := adopted.account.assumed.get(code)) is not None
    ]
    return sorted(found, key=lambda row: "AWS".index(row[0]))


def _blank(each: Blank) -> tuple[str, ...]:
    drawn = "; ".join(
        f"{path} {value}".rstrip() for path, (value, _) in zip(each.paths, each.values, strict=True)
    )
    grade = min((grade for _, grade in each.values if grade), key="AWS".index, default="A")
    return grade, each.column, str(each.blank), str(each.rows), drawn


def _left(adopted: Adopted, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    reading, account = adopted.reading, adopted.account
    asides = Counter(each.reason for each in account.asides)
    for code in ASIDE:
        if asides[code]:
            first = next(each.record for each in account.asides if each.reason == code)
            place = place_of(reading.records[first])
            yield _COUNTED[zh].format(what=aside_text(code, lang), count=asides[code], place=place)
    unused = Counter((each.reason, each.field) for each in account.unused)
    reasons = list(UNUSED)
    for (code, field), count in sorted(unused.items(), key=lambda it: (reasons.index(it[0][0]), it[0][1])):
        value = next(each for each in account.unused if (each.reason, each.field) == (code, field))
        what = f"{field}{_COLON[zh]}{unused_text(code, lang)}"
        place = f"{value.place}{_COLON[zh]}{value.written}"
        yield _COUNTED[zh].format(what=what, count=count, place=place)
    yield from _differences(reading, lang)
    fields = sorted(_idle_fields(adopted), key=FIELDS.index)
    if fields:
        between = "、" if zh else ", "
        yield f"{unused_text('no_column', lang)}{_COLON[zh]}{between.join(fields)}"


def _differences(reading: Reading, lang: str) -> Iterator[str]:
    for name, count in (
        ("unread", len(reading.unread)),
        ("conflicts", len(reading.conflicts)),
        ("merged", sum(t.rows_merged for t in reading.tables)),
    ):
        if count:
            yield f"{_SAYS[name][lang == 'zh']}{_COLON[lang == 'zh']}{count}"


def _idle_fields(adopted: Adopted) -> set[str]:
    """Fields that lists give and no table or assessment takes."""
    kinds = kinds_of_formats()
    return {
        each.column.field
        for table in adopted.reading.tables
        for each in table.columns
        if each.column is not None
        and each.column.field in FIELDS
        and goes_to(kinds.get(table.format, "server"), each.column.field)[1] == "no_column"
        and table.filled.get(each.index)
    }


def _table(lang: str, name: str, rows: Sequence[tuple[str, ...]], width: int) -> Iterator[str]:
    """Rows under their headers, in columns."""
    cells = [_HEADERS[name][lang == "zh"], *rows]
    widths = [max(columns(row[k]) for row in cells) for k in range(len(cells[0]) - 1)]
    for row in cells:
        padded = [text + " " * (w - columns(text)) for text, w in zip(row, widths, strict=False)]
        line = "  ".join((*padded, row[-1])).rstrip()
        while width and columns(line) > width - 2:
            line = line[:-1]
        yield f"  {line}"
