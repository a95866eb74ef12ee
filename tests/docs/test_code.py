"""Code and commands that pages show: code runs, commands parse, scenarios, fields and links are there.

The tutorials and the notebook are run to the letter and their output compared (``test_tutorials``,
``test_notebook``). Here every other ``python`` block is run, page by page, in a folder with the files that
the page speaks of, and every line that calls the program is parsed by it, without doing what it says.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
import yaml

from roomfold.cli import main
from roomfold.reports import forms
from roomfold.scenarios import FleetScenario, Scenario, library, load, variants_of
from roomfold.scenarios.attributes import attributes
from roomfold.sim.consolidation import FleetArrays

from ..test_tutorials import few_forms

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md"))]
BLOCK = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
CALL = re.compile(r"(?:\$ )?(?:python3 go\.py|py go\.py|roomfold) (.+)")
INDENTED = re.compile(r"^    (?:\$ )?((?:python3 go\.py|roomfold) .+)$", re.MULTILINE)
SPAN = re.compile(r"`((?:python3 go\.py|roomfold) [^`\n]+)`")
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)(?:#[^)\s]*)?\)")
NOT_OURS = {"test", "COMMAND", "--help", "--version", "--debug"}  # of go.py, a form, options of all commands
LISTED = ("run", "plan", "check", "sweep", "compare", "calibrate")


def id_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path, *kinds: str) -> list[str]:
    """The blocks of some kinds on a page."""
    return [block[3] for block in BLOCK.finditer(path.read_text("utf-8")) if block[2] in kinds]


# Python


def inventories() -> dict[str, Any]:
    shutil.copy(DOCS / "samples" / "rvtools-export.xlsx", "export.xlsx")
    shutil.copy(DOCS / "samples" / "信息系统普查表.csv", "台账.csv")
    return {}


def traces() -> dict[str, Any]:
    names = np.array([f"vm{i}" for i in range(3)])
    np.savez("20110303.npz", util=np.full((3, 288), 12, dtype=np.uint8), names=names)
    return {}


def fleet() -> dict[str, Any]:
    two = np.full(2, 2.0)
    watts = np.linspace(90, 120, 11)[None]
    kind, core, ram, link = np.zeros(2, dtype=int), 1860 * two / 2, 4096 * two / 2, 1000 * two / 2
    arrays = FleetArrays(watts, kind, two, core, ram, link, two * 500, two * 300, two * 50)
    return {"fleet": arrays, "demand": np.full((2, 24), 0.2)}


GIVEN: Mapping[str, Callable[[], dict[str, Any]]] = {
    "inventories.md": inventories,
    "assessment.md": inventories,
    "traces.md": traces,
    "consolidation.md": fleet,
}


@pytest.mark.parametrize("page", [path for path in PAGES if blocks(path, "python")], ids=id_of)
def test_python_on_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    few_forms(monkeypatch)
    monkeypatch.setattr(forms, "write_forms", lambda *_, **__: None)
    names = {"__name__": "__main__", **GIVEN.get(page.name, dict)()}
    for number, code in enumerate(blocks(page, "python")):
        exec(compile(code, f"{page.name}, block {number}", "exec"), names)


# Commands


def calls() -> Iterator[tuple[str, str]]:
    """Every line that calls the program, with the page it stands on."""
    for path in PAGES:
        text = path.read_text("utf-8")
        shown = [line for block in BLOCK.finditer(text) for line in block[3].splitlines()]
        for line in [*shown, *INDENTED.findall(BLOCK.sub("", text))]:
            found = CALL.fullmatch(line.strip())
            if found:
                yield id_of(path), found[1]


def words(line: str) -> list[str]:
    """The arguments of a call; those of a shell (comment, pipe, file) left out."""
    return shlex.split(line.split(" > ")[0], comments=True)


def test_commands_on_pages_parse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands, options, their values and number of arguments, as the program reads them."""
    monkeypatch.setattr(click.Path, "convert", lambda _self, value, _param, _ctx: Path(value))
    wrong, seen = [], 0
    for page, line in calls():
        name, *rest = words(line)
        if name in NOT_OURS:
            continue
        try:
            main.commands[name].make_context(name, list(rest))
        except (click.UsageError, KeyError) as error:
            wrong.append(f"{page}: {line}: {error}")
        seen += 1
    assert not wrong, "\n".join(wrong)
    assert seen > 100


def test_commands_in_sentences_are_there() -> None:
    """What a sentence names, `roomfold run --resume`, need not be a whole call."""
    wrong = []
    for path in PAGES:
        for span in SPAN.findall(BLOCK.sub("", path.read_text("utf-8"))):
            name, *rest = span.split()[2 if span.startswith("python3") else 1 :]
            command = main.commands.get(name)
            known = {opt for each in (command.params if command else ()) for opt in each.opts}
            asked = {word.partition("=")[0] for word in rest if word.startswith("--")}
            if name not in NOT_OURS and (command is None or asked - known):
                wrong.append(f"{id_of(path)}: {span}")
    assert not wrong, "\n".join(wrong)


@cache
def loaded(name: str, overrides: tuple[str, ...]) -> Scenario:
    return load(name, overrides)


def test_scenarios_and_fields_on_pages_are_there() -> None:
    """A name of the library with its variants, and what --set changes in it, load."""
    bundled, seen = set(library()), 0
    for page, line in calls():
        command, *rest = words(line)
        if command not in LISTED or not rest:
            continue
        sets = tuple(rest[i + 1] for i, word in enumerate(rest) if word == "--set")
        name, *variants = re.split(r"[@+]", rest[0])
        if name in bundled and name != "planetlab":  # which needs a trace
            assert set(variants) <= set(variants_of(name).overrides), f"{page}: {line}"
            loaded(rest[0], sets)
            seen += 1
    assert seen > 30


def test_yaml_on_pages_names_fields_that_there_are() -> None:
    known = {
        part
        for kind in (Scenario, FleetScenario)
        for field in attributes(kind)
        for part in field.path.split(".")
    }
    for path in PAGES:
        for text in blocks(path, "yaml"):
            found = yaml.safe_load(text.replace("{ ... }", "{}"))
            assert set(found) <= known, f"{id_of(path)}: {set(found) - known}"


# Links


def test_links_on_pages_lead_somewhere() -> None:
    """Files that pages lead to; headings within pages are the site's to check."""
    broken = [
        f"{id_of(path)}: {target}"
        for path in PAGES
        for target in LINK.findall(BLOCK.sub("", path.read_text("utf-8")))
        if not (path.parent / target).exists()
    ]
    assert not broken, "\n".join(broken)
