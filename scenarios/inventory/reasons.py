"""Why rows, cells and columns are not read, in words; programs read the codes."""

from __future__ import annotations

REASONS: dict[str, tuple[str, str]] = {
    "sheet": ("no known header in this table", "此表没有可识别的表头"),
    "total": ("a row of totals", "合计行"),
    "note": ("a note, not a record", "说明文字，不是记录"),
    "example": ("the example of a template", "模板的示例行"),
    "guide": ("explains how to fill in a template", "模板的填写说明"),
    "header": ("the header again", "重复的表头"),
    "template": ("a template of virtual machines", "虚拟机模板"),
    "no_identity": ("nothing that names it", "没有可识别的名称或编号"),
    "no_machine": ("not a machine that computes", "不是计算设备"),
    "no_owner": ("its machine is in no list given", "所属设备不在任何清单中"),
    "ambiguous": ("several machines have this name", "有多台同名设备"),
}


def reason(code: str, lang: str = "en") -> str:
    """A reason in words: ``en`` or ``zh``."""
    return REASONS[code][lang == "zh"]
