"""How a report looks: page, faces and sizes, and one look for each kind of paragraph.

The Chinese page follows GB/T 9704-2012 (layout of official documents): its margins, type area and faces,
the text in size three (16 pt) on 22 lines a page. Tables and what goes with them are smaller, so that they
fit. Faces that a machine lacks are replaced by those that ``package`` names for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..messages import Lang
from .numbers import BULLETS, HEADINGS

LATIN, PLAIN, MONO = "Times New Roman", "Arial", "Courier New"
SONG_TITLE, HEI, FANG, KAI, SONG = "方正小标宋简体", "黑体", "仿宋", "楷体", "宋体"
GREY, ALERT = "595959", "B45F06"
TWIPS_PER_MM = 1440 / 25.4
A4_MM = (210.0, 297.0)
TABLE_SIZE, DENSE_SIZE = 10.5, 9.0  # points


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


def looks(lang: Lang) -> Iterator[Look]:
    """The styles of paragraphs in a language."""
    return _chinese() if lang == "zh" else _english()


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
    yield Look("TableEnd", "Table End", size=4, line=6)
    yield Look("TableText", "Table Text", east=text, size=TABLE_SIZE, before=1.5, after=1.5)
    yield Look("TableTextDense", "Table Text Dense", "TableText", size=DENSE_SIZE, before=1, after=1)
    yield Look("Code", "Code", latin=MONO, size=9.5, left=142, before=6, after=6, shaded=True)


def _contents(width: int, size: float, head: str, line: float) -> Iterator[Look]:
    yield Look("TOCHeading", "TOC Heading", east=head, size=16, bold=True, align="center", after=10)
    yield Look("TOC1", "toc 1", size=size, before=2, line=line, tabs=(567, width), dotted=True)
    yield Look("TOC2", "toc 2", size=size - 1, left=567, line=line, tabs=(1247, width), dotted=True)
    yield Look("Header", "header", size=9, colour=GREY, tabs=(width,))
    yield Look("Footer", "footer", size=9, colour=GREY, tabs=(width,))
