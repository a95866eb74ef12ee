"""Tables of many runs, on the screen and on a page in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from ... import __version__
from ...scenarios.check import columns
from ...scenarios.terms import Text
from ..messages import LANGS, Lang, say

_GAP = "  "


@dataclass(frozen=True)
class Table:
    """A table in one language.

    Attributes:
        words: columns of words, to the left; the others are figures.
        links: lead from the first cell of each row, None where none does.
    """

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 2
    links: Sequence[str | None] = ()
    caption: str = ""


def on_screen(table: Table) -> str:
    """As lines."""
    cells = [list(table.heads), *(list(row) for row in table.rows)]
    widths = [max(columns(row[i]) for row in cells) for i in range(len(table.heads))]
    lines = []
    for row in cells:
        pads = [" " * (width - columns(text)) for width, text in zip(widths, row, strict=True)]
        parts = [
            text + pad if i < table.words else pad + text
            for i, (text, pad) in enumerate(zip(row, pads, strict=True))
        ]
        lines.append(_GAP.join(parts).rstrip())
    return "\n".join([*lines, *([table.caption] if table.caption else [])])


def html(
    title: Text, run: str, command: str, parts: dict[Lang, list[Table]], charts: dict[Lang, str] | None = None
) -> str:
    """A self-contained page of tables.

    Args:
        run: what names this page, e.g. a hash of what it was asked for.
        charts: an SVG by language, to stand before the tables.
    """
    from ..page import environment, whole_page

    template = environment().get_template("batch.html.j2")
    bodies = {
        lang: Markup(
            template.render(
                lang=lang,
                t=partial(say, lang),
                title=getattr(title, lang),
                tables=parts[lang],
                chart=Markup((charts or {}).get(lang, "")),
                command=command,
                run=run,
                version=__version__,
            )
        )
        for lang in LANGS
    }
    return whole_page(bodies, title, run)
