"""The sheet that explains the template."""

from __future__ import annotations

from .columns import SHEETS, Field
from .example import LANG, Lang

NAME: dict[Lang, str] = {"en": "Guide", "zh": "说明"}
TITLE: dict[Lang, str] = {
    "en": "Inventory of machine rooms, business systems and servers",
    "zh": "机房、业务系统和服务器清单模板",
}
LINES: dict[Lang, tuple[str, ...]] = {
    "en": (
        "One row for each machine room, business system, server and host. Dark headers must be filled in.",
        "Leave blank what you do not know. Blanks are filled from published ranges, and the report says "
        "which of them would narrow the result most.",
        "The grey row is an example and is left out when the file is read, like every row whose name begins "
        "with “Example:”. Write over it or delete it.",
        "Systems name their room, servers their system, virtual machines their host, in the same spelling: "
        "the cells offer the names.",
        "List the physical machines under virtual machines on the sheet of hosts, all others among servers.",
        "Type shares with a percent sign (35%). Columns may be moved or deleted; headers keep their names.",
        "Write no state secrets and no personal data here: of a classified system only that it is one.",
        "When done: roomfold new FOLDER --from FILE",
    ),
    "zh": (
        "每个机房、业务系统、服务器、宿主机各填一行。深色表头为必填项。",
        "不清楚的内容请留空。空白项按公开资料的区间取值，报告会列出补填后最能缩小结果区间的项目。",
        "灰色行为示例，读取时不计入；名称以“示例：”开头的行均不计入。可直接覆盖或删除。",
        "业务系统填写所在机房，服务器填写所属业务系统，虚拟机填写宿主机，名称须前后一致，单元格提供下拉选择。",
        "承载虚拟机的物理机填入“宿主机”表，其余设备填入“服务器”表。",
        "利用率等比例请带百分号填写（如35%）。列可以移动或删除，表头名称请勿改动。",
        "请勿填写国家秘密和个人信息；涉密系统只填“是否涉密”一项。",
        "填写完成后运行：roomfold new 文件夹 --from 文件",
    ),
}
# The header by which this sheet is known when it is read, see formats/own.py.
HEADER: dict[Lang, tuple[str, ...]] = {
    "en": ("Sheet of the template", "Column", "Required", "What to fill in", "Values"),
    "zh": ("模板工作表", "列", "是否必填", "填写说明", "取值"),
}


def rows(lang: Lang) -> list[tuple[str, ...]]:
    """The table of all columns."""
    required = ("required", "必填")[LANG[lang]]
    return [
        (
            sheet.name(lang),
            field.title(lang),
            required if field.required else "",
            field.about[LANG[lang]],
            values(field, lang),
        )
        for sheet in SHEETS
        for field in sheet.fields
    ]


def values(field: Field, lang: Lang) -> str:
    """What a cell may hold, in words."""
    between = (" to ", "至")[LANG[lang]]
    if field.kind in ("choice", "open", "flag", "level"):
        return (", ", "、")[LANG[lang]].join(field.choices(lang))
    if field.kind == "date":
        return ("A date like 2019-11-20", "日期，如2019-11-20")[LANG[lang]]
    if field.kind == "share":
        return f"0%{between}100%"
    if field.kind in ("number", "whole"):
        low, high = (f"{field.shown(limit, lang):,.12g}" for limit in (field.low, field.high))
        return f"{low}{between}{high}"
    return ""
