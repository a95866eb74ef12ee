"""What pages show that is made as the site is built, from the code, so that it is never out of date.

A line ``<!-- made: NAME -->`` in a page is replaced by the Markdown of the function of that name below. The
notebook becomes a page with the outputs that are stored in it, and links to files beside ``docs`` become
plain text, since the site does not hold them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

from roomfold.cli import main
from roomfold.sim import ITEMS, SERIES

DOCS = Path(__file__).parents[1]
_MARK = re.compile(r"^<!-- made: (\w+) -->$", re.MULTILINE)
_OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./[^)]*\)")
_FENCED = re.compile(r"^(```.*?^```$)", re.MULTILINE | re.DOTALL)
_HAN = r"[\u2018-\u2026\u3001-\u9fff\uff00-\uffef]"
_BROKEN = re.compile(f"(?<={_HAN})\n(?={_HAN})")
_TAGS = re.compile(r"[<>|*_`\[\]]")
MENU = {
    "Learn": "tutorial",
    "How to": "inventories assessment starting-points policy money planning results explore explain "
    "uncertainty calibration traces workloads consolidation researchers help",
    "Reference": "attributes commands files python glossary gallery programmes",
    "Background": "model events left-out design architecture verification",
    "中文": "index.zh tutorial.zh",
}
UNITS = {"kw": "kW, mean of the hour", "mssj": "million ssj_ops, mean of the hour"}


def commands() -> str:
    """Every command: what it does, its arguments and options."""
    return "\n".join(_command(name, command) for name, command in main.commands.items())


def _command(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"roomfold {name}")
    usage = " ".join(command.collect_usage_pieces(context))
    lines = [f"## `{name}`", "", *(_plain(command.help or "").split("\n")), ""]
    lines += ["```text", f"roomfold {name} {usage}", "```", ""]
    records = [p.get_help_record(context) for p in command.get_params(context) if p.name != "help"]
    options = [record for record in records if record is not None]
    if options:
        lines += ["| option | meaning |", "| --- | --- |"]
        lines += [f"| `{how.replace('|', chr(92) + '|')}` | {_plain(what)} |" for how, what in options]
    return "\n".join([*lines, ""])


def _plain(text: str) -> str:
    """Text that means nothing to Markdown."""
    return _TAGS.sub(lambda found: f"\\{found[0]}", text)


def items() -> str:
    """Every kind of booking."""
    head = ["| item | category | unit of `amount` | whose cost |", "| --- | --- | --- | --- |"]
    rows = [f"| `{i.name}` | `{i.category}` | {i.unit} | {i.side} |" for i in ITEMS]
    return "\n".join(head + rows)


def series() -> str:
    """Every hourly column."""
    rows = [f"| `{name}` | {UNITS.get(name.rpartition('_')[2], 'number')} |" for name in SERIES]
    return "\n".join(["| column | unit |", "| --- | --- |", *rows])


def menu() -> str:
    """What leads to all pages, in the order in which to read them."""
    return "\n".join(_toctree(pages.split(), f":caption: {caption}\n") for caption, pages in MENU.items())


def programmes() -> str:
    """The same for the pages of single programmes."""
    return _toctree(sorted(f"programmes/{path.stem}" for path in DOCS.glob("programmes/*.md")))


def _toctree(pages: list[str], options: str = "") -> str:
    there = [page for page in pages if any(DOCS.glob(f"{page}.*"))]
    return "\n".join([f"```{{toctree}}\n:hidden:\n{options}", *there, "```", ""])


def of_notebook(text: str) -> str:
    """A notebook as Markdown."""
    return "\n\n".join(part for cell in json.loads(text)["cells"] for part in _cell(cell))


def _cell(cell: dict[str, object]) -> Iterator[str]:
    text = "".join(cell["source"])  # type: ignore[arg-type]  # lists of lines, by the format
    if cell["cell_type"] == "markdown":
        yield text
        return
    yield f"```python\n{text}\n```"
    for output in cell["outputs"]:  # type: ignore[attr-defined]  # as above
        if output["output_type"] == "stream":
            yield f"```text\n{''.join(output['text']).rstrip()}\n```"
        elif "image/png" in output["data"]:
            image = "".join(output["data"]["image/png"]).strip()
            yield f'<img alt="figure" src="data:image/png;base64,{image}">'


PAGES: dict[str, Callable[[], str]] = {f.__name__: f for f in (commands, items, series, menu, programmes)}


def _fill(app: Sphinx, page: str, source: list[str]) -> None:
    if _MARK.search(source[0]):
        app.env.note_reread()  # what is made may change though the page does not
    text = of_notebook(source[0]) if source[0].startswith("{") else source[0]
    text = text if "/" in page else _OUTSIDE.sub(r"\1", text)
    text = _joined(text) if page.endswith(".zh") else text
    source[0] = _MARK.sub(lambda found: PAGES[found[1]](), text)


def _joined(text: str) -> str:
    """A text whose lines end between Chinese characters without a space to be shown there."""
    parts = _FENCED.split(text)
    return "".join(part if part.startswith("```") else _BROKEN.sub("", part) for part in parts)


def _language(_app: Sphinx, page: str, _template: str, context: dict[str, object], _tree: object) -> None:
    """Chinese pages say that they are, so that browsers choose their glyphs and voices."""
    if page.endswith(".zh"):
        context["language"] = "zh-CN"


def setup(app: Sphinx) -> dict[str, bool]:
    """Fill pages as they are read."""
    app.add_lexer("csv", TextLexer)
    app.connect("source-read", _fill)
    app.connect("html-page-context", _language)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
