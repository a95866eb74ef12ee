"""Styles that Word and WPS show by name, made from the looks of a language."""

from __future__ import annotations

from docx.oxml.ns import qn

from ..messages import Lang
from .looks import HEI, LATIN, SONG, Look, looks
from .xml import Element, node

TABLE = "RoomfoldTable"
GROUND = "F2F2F2"


def fill(styles: Element, lang: Lang) -> None:
    """Put the styles of a language in place of those of the template."""
    for child in list(styles):
        styles.remove(child)
    styles.append(_defaults())
    styles.extend([_paragraph_style(look) for look in looks(lang)])
    styles.extend([_strong(lang), _link(), _plain_table(), _table(lang)])


def _defaults() -> Element:
    fonts = node("rFonts", ascii=LATIN, hAnsi=LATIN, eastAsia=SONG, cs=LATIN)
    language = node("lang", val="en-GB", eastAsia="zh-CN", bidi="ar-SA")
    run = node("rPr", fonts, node("sz", val=21), node("szCs", val=21), language)
    return node("docDefaults", node("rPrDefault", run), node("pPrDefault", node("pPr")))


def _paragraph_style(look: Look) -> Element:
    made = node(
        "style",
        node("name", val=look.name),
        node("basedOn", val=look.base) if look.base else None,
        node("next", val=look.next) if look.next else None,
        node("uiPriority", val=39 if look.id.startswith("TOC") else 1),
        node("qFormat"),
        _paragraph_properties(look),
        _run_properties(look),
        type="paragraph",
        styleId=look.id,
    )
    return _as_default(made) if look.id == "Normal" else made


def _as_default(style: Element) -> Element:
    """The style of what names none."""
    style.set(qn("w:default"), "1")
    return style


def _paragraph_properties(look: Look) -> Element:
    """In the order of the schema."""
    parts = [
        node("keepNext") if look.keep_next else None,
        node("keepLines") if look.keep_lines else None,
        node("numPr", node("ilvl", val=look.list[1]), node("numId", val=look.list[0])) if look.list else None,
        _bar(look.bar),
        node("shd", val="clear", color="auto", fill=GROUND) if look.shaded else None,
        _tabs(look),
        _spacing(look),
        _indent(look),
        node("jc", val=look.align) if look.align else None,
        node("outlineLvl", val=look.outline - 1) if look.outline else None,
    ]
    return node("pPr", *parts)


def _bar(colour: str) -> Element | None:
    return node("pBdr", node("left", val="single", sz=18, space=6, color=colour)) if colour else None


def _tabs(look: Look) -> Element | None:
    if not look.tabs:
        return None
    *places, last = look.tabs
    right = node("tab", val="right", leader="dot" if look.dotted else "none", pos=last)
    return node("tabs", *(node("tab", val="left", pos=place) for place in places), right)


def _spacing(look: Look) -> Element | None:
    """Space around, and height of lines; pictures need lines that grow."""
    height = {"line": round(look.line * 20), "lineRule": "exact"} if look.line else {}
    if look.id not in ("Normal", "BodyText") and not look.line:
        height = {"line": 240, "lineRule": "auto"}
    if not height and not look.before and not look.after:
        return None
    return node("spacing", before=round(look.before * 20), after=round(look.after * 20), **height)


def _indent(look: Look) -> Element | None:
    if not (look.first or look.left or look.hanging):
        return None
    first = {"firstLineChars": round(look.first * 100), "firstLine": round(look.first * 320)}
    return node(
        "ind",
        left=look.left,
        **({"hanging": look.hanging} if look.hanging else {}),
        **(first if look.first else {}),
    )


def _run_properties(look: Look) -> Element:
    fonts: dict[str, str] = {}
    if look.latin:
        fonts |= {"ascii": look.latin, "hAnsi": look.latin, "cs": look.latin}
    if look.east:
        fonts["eastAsia"] = look.east
    size = round(look.size * 2)
    parts = [
        node("rFonts", **fonts) if fonts else None,
        node("b") if look.bold else None,
        node("color", val=look.colour) if look.colour else None,
        node("sz", val=size) if size else None,
        node("szCs", val=size) if size else None,
    ]
    return node("rPr", *parts)


def _strong(lang: Lang) -> Element:
    """What stands out in a line: Chinese sets it in another face."""
    fonts = node("rFonts", eastAsia=HEI) if lang == "zh" else None
    return node(
        "style",
        node("name", val="Strong"),
        node("uiPriority", val=22),
        node("qFormat"),
        node("rPr", fonts, node("b")),
        type="character",
        styleId="Strong",
    )


def _link() -> Element:
    return node(
        "style",
        node("name", val="Hyperlink"),
        node("uiPriority", val=99),
        node("rPr", node("color", val="auto")),
        type="character",
        styleId="Hyperlink",
    )


def _plain_table() -> Element:
    made = node(
        "style",
        node("name", val="Normal Table"),
        node("uiPriority", val=99),
        node("tblPr", node("tblInd", w=0, type="dxa"), _margins()),
        type="table",
        styleId="TableNormal",
    )
    return _as_default(made)


def _table(lang: Lang) -> Element:
    """Three lines: above and below the table, and under its head."""
    rule = {"val": "single", "space": 0, "color": "000000"}
    head = node("tcBorders", node("bottom", sz=6, **rule))
    face = node("rPr", node("rFonts", eastAsia=HEI) if lang == "zh" else None, node("b"))
    return node(
        "style",
        node("name", val="Roomfold Table"),
        node("basedOn", val="TableNormal"),
        node("uiPriority", val=40),
        node("qFormat"),
        node(
            "tblPr",
            node("tblBorders", node("top", sz=12, **rule), node("bottom", sz=12, **rule)),
            _margins(),
        ),
        node("tblStylePr", face, node("tcPr", head), type="firstRow"),
        type="table",
        styleId=TABLE,
        customStyle=1,
    )


def _margins() -> Element:
    sides = (("top", 0), ("left", 70), ("bottom", 0), ("right", 70))
    return node("tblCellMar", *(node(side, w=width, type="dxa") for side, width in sides))
