"""Charts as pictures as wide as the text, with words for those who do not see them."""

from __future__ import annotations

from docx.parts.document import DocumentPart
from docx.shared import Mm

from ..document.blocks import Figure
from .paragraphs import paragraph
from .styles import Page
from .xml import Element, clean, node

MOST_HEIGHT = 0.72  # of the text block, so that caption and note stay on the page


def figure(part: DocumentPart, block: Figure, page: Page, run: str) -> Element:
    """The picture in a paragraph of its own; its name is the chart's, its title what to cite."""
    image = part.get_or_add_image(str(block.png))[1]
    scale = min(page.width_mm / image.px_width, MOST_HEIGHT * page.height_mm / image.px_height)
    size = Mm(image.px_width * scale), Mm(image.px_height * scale)
    inline: Element = part.new_pic_inline(str(block.png), *size)
    inline.docPr.id = block.number
    inline.docPr.name = block.id
    inline.docPr.set("descr", clean(block.alt))
    inline.docPr.set("title", f"roomfold run {run}, figure {block.id}")
    inline.graphic.graphicData.pic.nvPicPr.cNvPr.set("descr", clean(block.alt))
    return paragraph("Figure", node("r", node("drawing", inline)))
