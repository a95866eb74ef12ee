"""Elements of WordprocessingML, and text that may stand in them."""

from __future__ import annotations

from typing import Any

from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement

from ..inert import inert

Element = Any  # lxml ships no types


def node(tag: str, *children: Element | None, **attributes: object) -> Element:
    """An element in the namespace ``w``, with attributes in it; children that are None are left out."""
    made = OxmlElement(f"w:{tag}", {qn(f"w:{key}"): str(value) for key, value in attributes.items()})
    made.extend([child for child in children if child is not None])
    return made


def text_node(text: str) -> Element:
    """A piece of text; spaces at its ends stay."""
    made = node("t")
    made.text = text
    if text != text.strip():
        made.set(qn("xml:space"), "preserve")
    return made


def clean(text: str) -> str:
    """Text without characters that a file cannot hold or that hide what it says."""
    return inert(text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


def wide(text: str) -> bool:
    """Whether Chinese characters stand in it, so that quotation marks and dashes are Chinese too."""
    return any(letter >= "\u2e80" for letter in text)
