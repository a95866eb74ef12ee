"""Completion in the shell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from roomfold.cli import main
from roomfold.scenarios import library, variants_of
from roomfold.scenarios.era import places

SCENARIO = Path(__file__).parent / "scenarios" / "minimal.yaml"


def offered(*words: str) -> list[str]:
    """What the last word is completed to."""
    complete = ShellComplete(main, {}, "roomfold", "_ROOMFOLD_COMPLETE")
    return [item.value for item in complete.get_completions(list(words[:-1]), words[-1])]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a scenario, a folder of scenarios, and two runs."""
    (tmp_path / "mine").mkdir()
    for name in ("own.yaml", "mine/a.yml", "mine/notes.txt", "out/one/manifest.json", "out/begun/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", ["run", "check", "plan", "sweep", "compare", "calibrate"])
@pytest.mark.usefixtures("here")
def test_a_scenario_is_completed_to_names_and_files(command: str) -> None:
    """Every name of the library, and what lies here; of a begun name only what begins so."""
    names = offered(command, "")
    assert set(library()) | {"own.yaml", "mine/", "out/"} <= set(names)
    assert offered(command, "inner-mongolia") == [n for n in library() if n.startswith("inner-mongolia")]


@pytest.mark.usefixtures("here")
def test_files_below_a_folder_are_reached_without_ending_the_word() -> None:
    """A folder that alone fits is looked into; what is no scenario is not offered."""
    assert offered("check", "mi") == ["mine/", "mine/a.yml"]
    assert offered("check", "mine/") == ["mine/a.yml"]
    assert offered("check", "nowhere/") == []


@pytest.mark.parametrize("name", library())
def test_variants_are_those_that_the_loader_knows(name: str) -> None:
    """The text of a file gives the same names as its parsed tree."""
    known = list(variants_of(name).overrides)
    assert offered("run", f"{name}@") == [f"{name}@{override}" for override in known]
    if len(known) > 1:
        assert offered("run", f"{name}@{known[0]}+") == [f"{name}@{known[0]}+{rest}" for rest in known[1:]]


def test_variants_of_a_file_of_the_user(here: Path) -> None:
    """Comments, blank lines, deeper mappings and Windows' line ends do not mislead."""
    text = SCENARIO.read_text(encoding="utf-8") + (
        "overrides:  # two\r\n\r\n  # the first\r\n  dear:\r\n    time:\r\n      years: 2\r\n"
        "# at the margin\r\n  cheap: { time: { years: 3 } }\r\nmatrix:\r\n  - [base, dear]\r\n"
    )
    (here / "own.yaml").write_bytes(text.encode())
    assert list(yaml.safe_load(text)["overrides"]) == ["dear", "cheap"]
    assert offered("check", "own.yaml@") == ["own.yaml@dear", "own.yaml@cheap"]


@pytest.mark.parametrize("command", ["report", "explore", "cite", "verify"])
@pytest.mark.usefixtures("here")
def test_a_run_is_completed_to_folders_that_hold_one(command: str) -> None:
    """Runs in ./out are offered at once."""
    assert offered(command, "")[0] == "out/begun/"
    assert "out/one" in offered(command, "")
    assert offered(command, "out/o") == ["out/one"]


def test_places_are_those_that_new_knows() -> None:
    """Told by the names of files as by those who read them."""
    assert offered("new", "x", "--place", "") == places()
    assert offered("new", "x", "--place", "inner") == ["inner-mongolia"]


def test_scripts_are_printed_and_nothing_heavy_is_loaded(tmp_path: Path) -> None:
    """Each shell gets its script; a press of the tab key loads no numerical library and no YAML."""
    for shell in ("bash", "zsh", "fish"):
        done = CliRunner().invoke(main, ["completion", shell])
        assert done.exit_code == 0
        assert "_ROOMFOLD_COMPLETE" in done.stdout
    words = {"_ROOMFOLD_COMPLETE": "bash_complete", "COMP_WORDS": "roomfold run inner", "COMP_CWORD": "2"}
    code = "import sys; sys.argv = ['roomfold']; from roomfold.cli import main; main()"
    command = [sys.executable, "-X", "importtime", "-c", code]
    done = subprocess.run(command, env={**os.environ, **words}, capture_output=True, text=True, cwd=tmp_path)
    assert "plain,inner-mongolia\n" in done.stdout
    loaded = {line.split("|")[-1].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line}
    assert not loaded & {"numpy", "pydantic", "yaml", "matplotlib", "pyarrow", "jinja2"}


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_a_variant(tmp_path: Path) -> None:
    """The script as bash runs it: a word with @ stays one word."""
    script = CliRunner().invoke(main, ["completion", "bash"]).stdout
    program = tmp_path / "roomfold"
    code = "import sys; sys.argv[0] = 'roomfold'; from roomfold.cli import main; main()"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{code}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    asked = (
        f"{script}\nCOMP_WORDS=(roomfold run dongguan@one)\nCOMP_CWORD=2\n_roomfold_completion roomfold\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\ncase $COMP_WORDBREAKS in *@*) echo broken;; esac\n'
    )
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", asked], env={**os.environ, **path}, capture_output=True, text=True)
    assert done.stdout.split() == ["dongguan@one-year"]
