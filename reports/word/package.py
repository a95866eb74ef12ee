"""The file around the text: properties, faces, settings; and the same bytes every time."""

from __future__ import annotations

import io
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document as WordFile
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.oxml import serialize_part_xml

from ... import __version__
from ..document.blocks import Document
from .looks import FANG, HEI, KAI, LATIN, MONO, PLAIN, SONG, SONG_TITLE
from .xml import Element, clean, node

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can say
# Faces that may be missing, and what stands in for them.
SUBSTITUTES: Mapping[str, str] = {
    SONG_TITLE: "宋体",
    HEI: "SimHei",
    FANG: "FangSong",
    KAI: "KaiTi",
    SONG: "SimSun",
    LATIN: "Times",
    PLAIN: "Helvetica",
    MONO: "Courier",
}
UNUSED = (
    RT.THUMBNAIL,
    RT.CUSTOM_XML,
    RT.WEB_SETTINGS,
    "http://schemas.microsoft.com/office/2007/relationships/stylesWithEffects",
)
APP = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>roomfold</Application></Properties>"
)


def empty() -> WordFile:
    """A file without text, and without what the template brings and nobody needs."""
    file = docx.Document()
    for part in (file.part.package, file.part):
        for key in [key for key, rel in part.rels.items() if rel.reltype in UNUSED]:
            del part.rels[key]
    return file


def describe(file: WordFile, document: Document) -> None:
    """Properties, fonts and settings; no dates, for the same run makes the same file."""
    properties = file.core_properties
    element = properties._element
    for child in list(element):
        element.remove(child)
    properties.title = clean(document.title)[:255]
    properties.subject = document.kind
    properties.author = f"roomfold {__version__}"
    properties.identifier = document.run
    properties.keywords = f"roomfold run {document.run}"
    properties.language = "zh-CN" if document.lang == "zh" else "en-GB"
    _replace(file, RT.FONT_TABLE, serialize_part_xml(_fonts()))
    _replace(file, RT.EXTENDED_PROPERTIES, APP.encode())
    _settings(file.settings.element)


def packed(file: WordFile) -> bytes:
    """The file with one date for all its parts."""
    buffer, made = io.BytesIO(), io.BytesIO()
    file.save(buffer)
    with ZipFile(buffer) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = ZipInfo(name, EPOCH)
            info.create_system = 0
            info.external_attr = 0
            info.compress_type = ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return made.getvalue()


def _replace(file: WordFile, kind: str, blob: bytes) -> None:
    """Other content for a part that is plain bytes to python-docx."""
    for owner in (file.part.package, file.part):
        for rel in owner.rels.values():
            if rel.reltype == kind:
                rel.target_part._blob = blob


def _fonts() -> Element:
    made = node("fonts")
    for name, other in SUBSTITUTES.items():
        chinese = name not in (LATIN, PLAIN, MONO)
        charset = node("charset", val="86" if chinese else "00")
        family = node(
            "family",
            val="swiss" if name in (HEI, PLAIN) else "modern" if name in (MONO, FANG, KAI) else "roman",
        )
        made.append(node("font", node("altName", val=other), charset, family, name=name))
    return made


def _settings(settings: Element) -> None:
    """As Word 2013 and later lay a page out; nothing else is set."""
    for child in list(settings):
        settings.remove(child)
    uri = "http://schemas.microsoft.com/office/word"
    mode = node("compatSetting", name="compatibilityMode", uri=uri, val=15)
    settings.append(node("zoom", percent=100))
    settings.append(node("defaultTabStop", val=420))
    settings.append(node("characterSpacingControl", val="compressPunctuation"))
    settings.append(node("compat", mode))
    settings.append(node("themeFontLang", val="en-GB", eastAsia="zh-CN"))
