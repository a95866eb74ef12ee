"""The font: what it covers, how wide a text is, and fonts of a few characters to stand inside a file.

The file is read once; a subset is put together from its glyphs as they are, so the same characters give the
same bytes and the next subset costs milliseconds.
"""

from __future__ import annotations

import io
import unicodedata
from copy import deepcopy
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from matplotlib.font_manager import fontManager

FAMILY = "Roomfold Sans SC"
MISSING = "□"  # stands for a character that the font lacks
UNICODE_BMP, UNICODE_FULL = (3, 1, 4), (3, 10, 12)  # platform, encoding and format of a character map
COPIED = ("head", "hhea", "maxp", "OS/2", "post", "name")
KEPT_NAMES = (0, 13, 14)  # copyright and licence


@cache
def font_path() -> Path:
    """The font file; known to matplotlib from the first call on."""
    path = Path(str(files("roomfold.reports") / "fonts" / "RoomfoldSansSC-Regular.ttf"))
    fontManager.addfont(path)
    return path


@cache
def _whole() -> Any:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types

    font = TTFont(font_path(), lazy=True, recalcTimestamp=False, recalcBBoxes=False)
    font["name"].names = [record for record in font["name"].names if record.nameID in KEPT_NAMES]
    return font


@cache
def _glyphs() -> dict[int, str]:
    """Name of the glyph by character."""
    found: dict[int, str] = _whole().getBestCmap()
    return found


@cache
def width_em(character: str) -> float:
    """How far a character moves the pen, in ems; the font has no kerning."""
    glyph = _glyphs().get(ord(character))
    units: int = _whole()["hmtx"][glyph or ".notdef"][0]
    return units / int(_whole()["head"].unitsPerEm)


def plain(text: str) -> str:
    """A text as the font can write it: on one line, without control characters."""
    shown = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return "".join(c if ord(c) in _glyphs() else MISSING for c in shown).strip()


def font_subset(text: str) -> bytes:
    """A WOFF font with the characters of ``text`` alone."""
    from fontTools.ttLib import TTFont, newTable

    whole = _whole()
    coded = {ord(c): _glyphs()[ord(c)] for c in sorted(set(text)) if ord(c) in _glyphs()}
    order = list(dict.fromkeys([".notdef", *coded.values()]))
    font = TTFont(recalcTimestamp=False, recalcBBoxes=False)
    font.flavor = "woff"
    font.setGlyphOrder(order)
    for tag in COPIED:
        font[tag] = deepcopy(whole[tag])
    font["hmtx"], font["glyf"], font["loca"] = newTable("hmtx"), newTable("glyf"), newTable("loca")
    font["hmtx"].metrics = {name: whole["hmtx"][name] for name in order}
    font["glyf"].glyphOrder = order
    font["glyf"].glyphs = {name: whole["glyf"].glyphs[name] for name in order}
    font["cmap"] = newTable("cmap")
    font["cmap"].tableVersion = 0
    font["cmap"].tables = [_character_map(coded, *kind) for kind in (UNICODE_BMP, UNICODE_FULL)]
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def _character_map(coded: dict[int, str], platform: int, encoding: int, layout: int) -> Any:
    from fontTools.ttLib.tables._c_m_a_p import CmapSubtable  # type: ignore[import-untyped]  # ships no types

    table = CmapSubtable.newSubtable(layout)
    table.platformID, table.platEncID, table.language = platform, encoding, 0
    table.cmap = coded if layout == UNICODE_FULL[2] else {c: g for c, g in coded.items() if c <= 0xFFFF}
    return table
