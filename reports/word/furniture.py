"""What stands around the text: cover, table of contents, head and foot of every page."""

from __future__ import annotations

from collections.abc import Sequence

from docx.section import Section
from docx.shared import Mm

from ..document.blocks import Contents, Document, Heading
from ..document.widths import units
from ..messages import Lang, say
from .looks import A4_MM, PAGES
from .numbers import Counter
from .paragraphs import closed, field, link, opened, paragraph, runs
from .xml import Element, clean, node

MOST_TITLE = 40  # letters of a title that fit in the head of a page, beside the kind of document
LONG_TITLE = 120  # half-width columns; a longer one starts at the top of the cover
CONTENTS_LEVELS = 2


def cover(document: Document) -> list[Element]:
    """Kind, title, summary and edition, on a page of their own."""
    high = units(document.title) > LONG_TITLE
    return [
        paragraph("Subtitle", *runs(document.kind), properties=[node("spacing", before=0)] if high else []),
        paragraph("Title", *runs(document.title)),
        paragraph("CoverSummary", *runs(document.summary)),
        paragraph("CoverEdition", *runs(document.edition)),
    ]


def anchor(place: int) -> str:
    """Name of the bookmark at the heading of this place in the document."""
    return f"_Toc{place:05d}"


def contents(block: Contents, headings: Sequence[Heading], lang: Lang) -> list[Element]:
    """A table of contents, filled in: it names and links chapters.

    Page numbers come when the reader has Word update the field: only Word knows them, and it does not
    compute them on opening.
    """
    counter = Counter(lang)
    entries = []
    for place, heading in enumerate(headings):
        number = counter.next(heading.level)
        if heading.level <= CONTENTS_LEVELS:
            entries.append((heading.level, link(anchor(place), runs_with_tabs(number, heading.text))))
    made = [paragraph("TOCHeading", *runs(block.text), properties=[node("pageBreakBefore")])]
    made += [paragraph(f"TOC{level}", entry) for level, entry in entries]
    if not entries:
        return made
    start = opened(rf'TOC \o "1-{CONTENTS_LEVELS}" \h \z \u')
    for place, element in enumerate(start, 1):
        made[1].insert(place, element)
    made[-1].append(closed())
    return made


def runs_with_tabs(number: str, text: str) -> list[Element]:
    """A heading's number and text; a tab between them where the number ends in one."""
    tab = [node("r", node("tab"))] if number.endswith("\t") else []
    return [*runs(number.rstrip("\t")), *tab, *runs(text)]


def dress(section: Section, document: Document) -> None:
    """Paper, margins, and head and foot of every page but the cover."""
    page = PAGES[document.lang]
    section.page_width, section.page_height = (Mm(side) for side in A4_MM)
    section.top_margin, section.bottom_margin = Mm(page.top), Mm(page.bottom)
    section.left_margin, section.right_margin = Mm(page.left), Mm(page.right)
    section.header_distance, section.footer_distance = Mm(page.head), Mm(page.foot)
    section.different_first_page_header_footer = True
    tab = node("r", node("tab"))
    head = paragraph("Header", *runs(document.kind), tab, *runs(_short(document.title)), properties=[_rule()])
    _only(section.header._element, head)
    edition = runs(say(document.lang, "document.foot", run=document.run))
    foot = paragraph("Footer", *edition, node("r", node("tab")), *_page_numbers(document.lang))
    _only(section.footer._element, foot)


def _page_numbers(lang: Lang) -> list[Element]:
    """The number of the page and of all pages, computed by Word as it lays them out."""
    before, rest = say(lang, "document.page", page="\0", pages="\1").split("\0")
    between, after = rest.split("\1")
    page, pages = (field(name, runs("1")) for name in ("PAGE", "NUMPAGES"))
    return [*runs(before), *page, *runs(between), *pages, *runs(after)]


def _short(title: str) -> str:
    """A title that fits in the head of a page."""
    title = " ".join(clean(title).split())
    return title if len(title) <= MOST_TITLE else f"{title[: MOST_TITLE - 1]}…"


def _rule() -> Element:
    return node("pBdr", node("bottom", val="single", sz=4, space=4, color="7F7F7F"))


def _only(story: Element, content: Element) -> None:
    """Replace what stands in a head or foot."""
    for child in list(story):
        story.remove(child)
    story.append(content)
