"""Formulas as SVG, drawn by matplotlib: to read them no script and no font is fetched.

Pages may use what matplotlib's mathtext knows of TeX. A drawing takes the colour of the text around it, and
carries the formula in TeX for those who hear the page.
"""

from __future__ import annotations

import re
from html import escape
from io import BytesIO

from docutils import nodes
from matplotlib import rc_context
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import math_to_image
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

POINTS = 12.0  # size at which a formula is drawn; the page scales it to its text
LOOK = {"mathtext.fontset": "cm", "svg.hashsalt": "roomfold", "svg.fonttype": "path"}
INK = "#010203"  # stands for the colour of the text
_DROPPED = re.compile(r"<metadata>.*?</metadata>|<!--.*?-->|\n\s*(?=<)", re.DOTALL)
_IDS = re.compile(r'(id="|href="#|url\(#)')
_SIZE = re.compile(r'(width|height)="([\d.]+)pt"')


def drawn(tex: str, name: str) -> str:
    """An ``<svg>`` of one line of TeX.

    Args:
        name: put before every id, so that many drawings share a page.

    Raises:
        ValueError: mathtext does not know what is written.
    """
    kept = BytesIO()
    with rc_context(LOOK):
        line = f"${' '.join(tex.split())}$"
        depth = math_to_image(line, kept, FontProperties(size=POINTS), dpi=72, format="svg", color=INK)
    svg = kept.getvalue().decode()
    svg = _DROPPED.sub("", svg[svg.index("<svg") :]).replace(INK, "currentColor")
    svg = _SIZE.sub(lambda found: f'{found[1]}="{float(found[2]) / POINTS:.3f}em"', svg)
    about = f'role="img" aria-label="{escape(tex.strip())}" style="vertical-align:{-depth / POINTS:.3f}em"'
    return _IDS.sub(rf"\1{name}-", svg.replace("<svg ", f"<svg {about} ", 1)).strip()


def in_line(self: HTML5Translator, node: nodes.math) -> None:
    """A formula within a line."""
    self.body.append(f'<span class="formula">{_lines(self, node)}</span>')
    raise nodes.SkipNode


def on_its_own(self: HTML5Translator, node: nodes.math_block) -> None:
    r"""A formula of its own, fractions at full size; lines end with ``\\``."""
    self.body.append(f'<div class="formula">{_lines(self, node, large=True)}</div>\n')
    raise nodes.SkipNode


def _lines(self: HTML5Translator, node: nodes.Element, *, large: bool = False) -> str:
    here, text = len(self.body), node.astext()
    text = text.replace(r"\frac", r"\dfrac") if large else text
    lines = [line for line in text.split(r"\\") if line.strip()]
    return "<br>".join(drawn(line, f"f{here}-{row}") for row, line in enumerate(lines))


def setup(app: Sphinx) -> dict[str, bool]:
    """Draw formulas this way."""
    app.add_html_math_renderer("drawn", (in_line, None), (on_its_own, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
