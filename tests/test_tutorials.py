"""The tutorials do what they show: each command runs in order, and what a page shows is what came out.

In a page, ``sh`` blocks are commands, ``text`` blocks what the last of them printed, ``csv PATH`` blocks a
file that the reader saves. ``...`` alone in a line stands for any lines. After a change of results

    python tests/test_tutorials.py

puts the new figures into the lines that the pages show; read the prose again then.
"""

from __future__ import annotations

import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import chdir
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from roomfold.cli import main
from roomfold.reports import charts, forms
from roomfold.reports.charts import files

DOCS = Path(__file__).parents[1] / "docs"
PAGES = {"en": "tutorial.md", "zh": "tutorial.zh.md"}
BLOCK = re.compile(r"^```(sh|text|csv)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAM = "python3 go.py "
NUMBER = re.compile(r"[-−]?\d[\d,.]*|–(?= |$)")
HASH = re.compile(r"\b(?=\w*\d)[0-9a-f]{10,}\b")


def run_page(page: str, folder: Path) -> Iterator[tuple[re.Match[str], str]]:
    """Each block of a page that shows an output, with all that the commands before it printed."""
    shutil.copytree(DOCS / "samples", folder / "docs" / "samples")
    printed = ""
    for block in BLOCK.finditer(page):
        kind, path, text = block.groups()
        if kind == "csv":
            (folder / path).write_text(text, encoding="utf-8-sig")
        elif kind == "sh":
            with chdir(folder):
                printed = "".join(_said(line) for line in text.splitlines())
        else:
            yield block, printed


def _said(line: str) -> str:
    """What a command of a page prints, errors and progress aside."""
    assert line.startswith(PROGRAM), line
    arguments = shlex.split(line.removeprefix(PROGRAM))
    one_process = ["--jobs", "1"] if arguments[0] == "run" else []  # starting more takes longer
    done = CliRunner().invoke(main, [*arguments, *one_process])
    assert done.exit_code == 0, f"{line}\n{done.output}{done.exception!r}"
    return done.stdout


def found(shown: Sequence[str], printed: Sequence[str], *, figures: bool) -> list[str]:
    """The lines printed that are those shown, dots included.

    Args:
        figures: numbers must agree too.

    Raises:
        AssertionError: a line is missing, or stands elsewhere.
    """
    at, anywhere, lines = 0, False, []
    for line in shown:
        if line == "...":
            anywhere = True
            lines.append(line)
            continue
        there = range(at, len(printed) if anywhere else at + 1)
        at = next((i for i in there if i < len(printed) and _alike(line, printed[i], figures)), -1)
        assert at >= 0, f"not printed here: {line}"
        lines.append(printed[at].rstrip())
        at, anywhere = at + 1, False
    assert anywhere or at == len(printed), f"not shown: {printed[at]}"
    return lines


def _alike(shown: str, printed: str, figures: bool) -> bool:
    """Hashes change with the code and are not compared."""
    bare = [HASH.sub("#", line.rstrip()) for line in (shown, printed)]
    if not figures:
        bare = [" ".join(NUMBER.sub("0", line).split()) for line in bare]
    return bare[0] == bare[1]


def few_forms(patch: pytest.MonkeyPatch) -> None:
    """A run writes its page alone, with one chart, as SVG: all else has tests, and takes its time."""
    patch.setattr(forms, "write_forms", partial(forms.write_forms, forms=("html",)))
    patch.setattr(charts, "CHARTS", {"waterfall": charts.CHARTS["waterfall"]})
    patch.setattr(files, "_png", lambda *_, **__: b"")


@pytest.mark.usefixtures("searched")
@pytest.mark.parametrize("lang", PAGES)
def test_a_tutorial(lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOMFOLD_LANG", lang)
    few_forms(monkeypatch)
    page = (DOCS / PAGES[lang]).read_text("utf-8")
    blocks = 0
    for block, printed in run_page(page, tmp_path):
        found(block[3].splitlines(), printed.splitlines(), figures=True)
        blocks += 1
    assert blocks >= 4


def rewrite(lang: str) -> None:
    """Put today's figures into a page."""
    path = DOCS / PAGES[lang]
    page = path.read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROOMFOLD_LANG", lang)
        few_forms(patch)
        for block, printed in run_page(page, Path(folder)):
            new = "\n".join(found(block[3].splitlines(), printed.splitlines(), figures=False))
            page = page.replace(block[3], f"{new}\n", 1)
    path.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    for each in sys.argv[1:] or PAGES:
        rewrite(each)
