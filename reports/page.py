"""``report.html``: the statement as one self-contained page in both languages.

The page fetches nothing: styles, script, charts and the fall-back font are inside. Texts of the
scenario are escaped.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import partial
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from ..scenarios.terms import Text
from .charts import ChartFiles
from .charts.files import font_subset
from .manifest import run_id
from .messages import LANGS, Lang, messages, say
from .sections import sections
from .statement import Statement

Charts = Mapping[tuple[str, str], ChartFiles]

FONT = "roomfold-fallback"


def page(statement: Statement, charts: Charts, command: str) -> str:
    """The report of a run.

    Args:
        charts: what ``charts.render_all`` wrote, in a folder ``charts`` beside the page.
        command: what makes the same bytes again.
    """
    bodies = {lang: _body(statement, charts, command, lang) for lang in LANGS}
    return whole_page(bodies, statement.scenario.title, run_id(statement))


def whole_page(bodies: Mapping[Lang, Markup], title: Text, run: str) -> str:
    """A page of bodies in both languages, with styles, script and fall-back font."""
    whole = (
        environment()
        .get_template("report.html.j2")
        .render(bodies=bodies, titles={"zh": title.zh, "en": title.en}, run=run, font=FONT, words=messages)
    )
    return whole.replace("/*font*/", _font_face(whole))


def _body(statement: Statement, charts: Charts, command: str, lang: Lang) -> Markup:
    """Everything in one language."""
    template = environment().get_template("body.html.j2")
    words: dict[str, Any] = {
        "lang": lang,
        "t": partial(say, lang),
        "chart": partial(chart_parts, charts, lang),
    }
    return Markup(template.render(**words, **sections(statement, command, lang)))


def environment() -> Environment:
    """Templates of this package; undefined names are errors, all values are escaped."""
    folder = files("roomfold.reports") / "templates"
    return Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def chart_parts(charts: Charts, lang: Lang, name: str) -> Mapping[str, object]:
    """A chart's drawing to stand in the page, its caption, and links to its files."""
    made = charts[name, lang]
    svg = made.svg.read_text("utf-8")
    drawing = svg[svg.index("<svg") :]
    links = {path.suffix[1:].upper(): f"charts/{path.name}" for path in (made.svg, made.png, made.csv)}
    return {
        "name": name,
        "svg": Markup(drawing),
        "title": made.title,
        "caption": made.caption,
        "links": links,
    }


def _font_face(html: str) -> str:
    """A font with the page's Chinese characters, for machines that have none."""
    wide = "".join(sorted({c for c in html if ord(c) >= 0x2E80}))
    woff = b64encode(font_subset(wide)).decode("ascii")
    return f"@font-face{{font-family:{FONT};src:url(data:font/woff;base64,{woff}) format('woff')}}"
