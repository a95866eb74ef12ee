"""Charts as pictures as wide as the text, with words for those who do not see them."""

from __future__ import annotations

from docx.parts.document import DocumentPart
from docx.shared import Mm

from ..document.blocks import Figure
from .looks import Page
from .paragraphs import paragraph
from .xml import Element, clean, node

# Of the height of the text block: a little smaller, most pairs of charts fit on a page with their captions.
PAIRED, LEAST_SCALE = 0.38, 0.9
MOST_HEIGHT = 0.8


def figure(part: DocumentPart, block: Figure, page: Page, run: str) -> Element:
    """The picture in a paragraph of its own; its name is the chart's, its title what to cite."""
    image = part.get_or_add_image(str(block.png))[1]
    full, height = page.width_mm / image.px_width, page.height_mm / image.px_height
    scale = min(full, max(PAIRED * height, LEAST_SCALE * full), MOST_HEIGHT * height)
    size = Mm(image.px_width * scale), Mm(image.px_height * scale)
    inline: Element = part.new_pic_inline(str(block.png), *size)
    for side in "TBLR":  # LibreOffice takes a distance that is not given for 3 mm
        inline.set(f"dist{side}", "0")
    inline.docPr.id = block.number
    inline.docPr.name = block.id
    inline.docPr.set("descr", clean(block.alt))
    inline.docPr.set("title", f"roomfold run {run}, figure {block.id}")
    inline.graphic.graphicData.pic.nvPicPr.cNvPr.set("descr", clean(block.alt))
    return paragraph("Figure", node("r", node("drawing", inline)))
