"""How everything looks: page, fonts, and the styles that Word and WPS show by name.

The Chinese page follows GB/T 9704-2012 (layout of official documents): its margins, type area and faces,
the text in size three (16 pt) on 22 lines a page. Tables and what goes with them are smaller, so that they
fit. Faces that a machine lacks are replaced by those that ``package`` names for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from docx.oxml.ns import qn

from ..messages import Lang
from .numbers import BULLETS, HEADINGS
from .xml import Element, node

LATIN, PLAIN, MONO = "Times New Roman", "Arial", "Courier New"
SONG_TITLE, HEI, FANG, KAI, SONG = "方正小标宋简体", "黑体", "仿宋", "楷体", "宋体"
GREY, PALE, ALERT = "595959", "F2F2F2", "B45F06"
TWIPS_PER_MM = 1440 / 25.4
A4_MM = (210.0, 297.0)
TABLE_SIZE, DENSE_SIZE = 10.5, 9.0  # points
TABLE = "RoomfoldTable"


@dataclass(frozen=True)
class Page:
    """Margins in mm, and how far head and foot stand from the edges."""

    top: float
    right: float
    bottom: float
    left: float
    head: float
    foot: float

    @property
    def width_mm(self) -> float:
        """Width of the text block."""
        return A4_MM[0] - self.left - self.right

    @property
    def height_mm(self) -> float:
        """Height of the text block."""
        return A4_MM[1] - self.top - self.bottom


PAGES: dict[Lang, Page] = {
    "zh": Page(top=37, right=26, bottom=35, left=28, head=25, foot=24),
    "en": Page(top=25, right=25, bottom=25, left=25, head=12, foot=12),
}


@dataclass(frozen=True)
class Look:
    """A style of paragraphs.

    Attributes:
        size: in points; ``line`` too, exactly so high, or single where it is 0.
        before, after: space in points.
        first: indent of the first line in characters; ``left`` and ``hanging`` in twips.
        list: number of the list that it belongs to, and its level.
        bar: colour of a line at the left.
        tabs: places in twips; text stands left of the last one, with dots before it where ``dotted``.
    """

    id: str
    name: str
    base: str = "Normal"
    next: str = ""
    east: str = ""
    latin: str = ""
    size: float = 0
    bold: bool = False
    colour: str = ""
    align: str = ""
    before: float = 0
    after: float = 0
    line: float = 0
    first: float = 0
    left: int = 0
    hanging: int = 0
    keep_next: bool = False
    keep_lines: bool = False
    outline: int = 0
    list: tuple[int, int] | None = None
    bar: str = ""
    shaded: bool = False
    tabs: tuple[int, ...] = ()
    dotted: bool = False


def twips(mm: float) -> int:
    """Twentieths of a point."""
    return round(mm * TWIPS_PER_MM)


def fill(styles: Element, lang: Lang) -> None:
    """Put the styles of a language in place of those of the template."""
    for child in list(styles):
        styles.remove(child)
    styles.append(_defaults())
    looks = list(_chinese() if lang == "zh" else _english())
    styles.extend([_paragraph_style(look) for look in looks])
    styles.extend([_strong(lang), _link(), _plain_table(), _table(lang)])


def _chinese() -> Iterator[Look]:
    """Sizes: 22 pt is size two, 16 three, 14 four, 12 small four, 10.5 five, 9 small five."""
    width, line = twips(PAGES["zh"].width_mm), 28.95
    yield Look("Normal", "Normal", "", east=FANG, latin=LATIN, size=16, line=line)
    yield Look("BodyText", "Body Text", align="both", first=2)
    yield Look("Title", "Title", next="BodyText", east=SONG_TITLE, size=22, align="center", after=24, line=36)
    yield Look(
        "Subtitle", "Subtitle", next="BodyText", east=KAI, size=18, align="center", before=170, after=18
    )
    yield Look("CoverSummary", "Cover Summary", east=KAI, align="both", first=2, line=line)
    yield Look("CoverEdition", "Cover Edition", size=12, align="center", before=40, colour=GREY)
    yield from _headings((HEI, KAI, FANG), "", (16, 16, 16), (14, 7, 7), first=2)
    yield Look("Lead", "Lead", "BodyText", east=KAI, bold=True, align="both", first=2, line=26)
    yield Look("ListBullet", "List Bullet", size=14, align="both", first=2, list=(BULLETS, 0), line=22)
    yield from _small(10.5, HEI, KAI, SONG)
    yield from _contents(width, 14, HEI, 23)


def _english() -> Iterator[Look]:
    width = twips(PAGES["en"].width_mm)
    yield Look("Normal", "Normal", "", east=SONG, latin=LATIN, size=11.5)
    yield Look("BodyText", "Body Text", align="both", after=7, line=15.5)
    yield Look("Title", "Title", next="BodyText", latin=PLAIN, east=HEI, size=26, bold=True, after=18)
    yield Look("Subtitle", "Subtitle", next="BodyText", latin=PLAIN, east=HEI, size=14, before=150, after=10)
    yield Look("CoverSummary", "Cover Summary", size=13, after=24)
    yield Look("CoverEdition", "Cover Edition", latin=PLAIN, size=9.5, colour=GREY)
    yield from _headings((HEI, HEI, HEI), PLAIN, (16, 12.5, 11.5), (20, 12, 10), first=0)
    yield Look("Lead", "Lead", "BodyText", size=13.5, bold=True, after=8, line=18)
    yield Look(
        "ListBullet",
        "List Bullet",
        align="both",
        left=340,
        hanging=340,
        list=(BULLETS, 0),
        after=5,
        line=15.5,
    )
    yield from _small(10, HEI, SONG, SONG)
    yield from _contents(width, 11.5, HEI, 0)


def _headings(
    east: tuple[str, str, str], latin: str, sizes: tuple[float, ...], before: tuple[float, ...], first: float
) -> Iterator[Look]:
    for level in (1, 2, 3):
        yield Look(
            f"Heading{level}", f"heading {level}", next="BodyText", east=east[level - 1], latin=latin,
            size=sizes[level - 1], bold=bool(latin) or level == 3, before=before[level - 1], after=6,
            first=first, keep_next=True, keep_lines=True, outline=level, list=(HEADINGS, level - 1),
        )  # fmt: skip


def _small(size: float, head: str, note: str, text: str) -> Iterator[Look]:
    """What stands around tables and figures, and in them."""
    yield Look(
        "Caption",
        "caption",
        next="BodyText",
        east=head,
        size=size,
        bold=True,
        align="center",
        before=7,
        after=4,
    )
    yield Look("Figure", "Figure", next="Caption", align="center", before=8, keep_next=True)
    yield Look("FigureNote", "Figure Note", east=note, size=9, align="both", after=10, keep_lines=True)
    yield Look("Note", "Note", east=note, size=size, align="both", before=3, after=8)
    yield Look(
        "Caution", "Caution", east=note, size=size, align="both", before=4, after=8, bar=ALERT, left=142
    )
    yield Look("Source", "Source", size=9, colour=GREY, before=2, after=10)
    yield Look("TableText", "Table Text", east=text, size=TABLE_SIZE, before=1.5, after=1.5)
    yield Look("TableTextDense", "Table Text Dense", "TableText", size=DENSE_SIZE, before=1, after=1)
    yield Look("Code", "Code", latin=MONO, size=9.5, left=142, before=6, after=6, shaded=True)


def _contents(width: int, size: float, head: str, line: float) -> Iterator[Look]:
    yield Look("TOCHeading", "TOC Heading", east=head, size=16, bold=True, align="center", after=10)
    yield Look("TOC1", "toc 1", size=size, before=2, line=line, tabs=(567, width), dotted=True)
    yield Look("TOC2", "toc 2", size=size - 1, left=567, line=line, tabs=(1247, width), dotted=True)
    yield Look("Header", "header", size=9, colour=GREY, tabs=(width,))
    yield Look("Footer", "footer", size=9, colour=GREY, tabs=(width,))


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
        node("shd", val="clear", color="auto", fill=PALE) if look.shaded else None,
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
