"""Folders that are taken for a run's: one line that says what they hold and what to do, nothing written."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from roomfold.cli import main
from roomfold.reports import fit, frontier
from roomfold.reports.batch import runs, sweep
from roomfold.reports.calibration import publish
from roomfold.reports.holding import KINDS
from roomfold.reports.remake import LIST
from roomfold.scenarios.loader import load_any, resolved_yaml
from roomfold.sim.store import Asked, Store

from .small_study import TINY

COMMANDS = ("report", "explore", "cite", "verify", "sensitivity")


def _stopped(folder: Path) -> None:
    """A run whose first world is finished: as it looks, nothing of it is read."""
    store = Store.begin(folder, Asked(load_any(TINY), 1, 2))  # type: ignore[arg-type]  # an estate
    (store.folder / "worlds" / "000000").write_bytes(b"")
    store.close()


def _made(*files: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        folder.mkdir()
        for file in files:
            (folder / file).parent.mkdir(exist_ok=True)
            (folder / file).write_text("{}", "utf-8")

    return make


FOLDERS: dict[str, tuple[Callable[[Path], None], str]] = {
    "absent": (lambda _: None, "is not there; write it with roomfold run SCENARIO --out {0}"),
    "empty": (lambda folder: folder.mkdir(), "is empty; write a run with roomfold run SCENARIO --out {0}"),
    "file": (lambda folder: folder.write_text(""), "is a file; name the folder that a run wrote"),
    "stopped": (_stopped, "its run was stopped; finish it with roomfold run --resume {0}"),
    "many": (
        _made(runs.NUMBERS, "index.html", "beijing/manifest.json", "dalian/manifest.json"),
        "holds many runs; name the folder of one of them: {0}/beijing, {0}/dalian",
    ),
    "compare": (_made("compare.json"), "holds a comparison of runs; name the folder of one of them"),
    "sweep": (
        _made(sweep.NAME, "scenario.yaml"),
        "holds a sweep, of whose points no worlds are kept",
    ),
    "calibration": (_made(publish.NAME), "holds a calibration; name the folder of the run whose"),
    "frontier": (_made(frontier.NAME), "holds a frontier of plans; name the folder of a run"),
    "fit": (_made(fit.NAME), "holds a demand model fitted to a trace"),
    "remade": (_made(LIST), "holds reports made again of a run; name the folder of that run itself"),
    "scenario": (_made("scenario.yaml"), "was not run here; run it with roomfold run {0}/scenario.yaml"),
    "above": (_made("beijing/manifest.json"), "holds no run itself; name the folder of one: {0}/beijing"),
    "others": (_made("notes.txt"), "holds no run (no readable manifest.json)"),
}


@pytest.mark.parametrize("what", FOLDERS)
def test_what_a_folder_holds_is_said_in_one_line(tmp_path: Path, what: str) -> None:
    make, words = FOLDERS[what]
    folder = tmp_path / "out" / "x"
    folder.parent.mkdir()
    make(folder)
    before = sorted(tmp_path.rglob("*"))
    for command in COMMANDS:
        done = CliRunner().invoke(main, [command, str(folder)])
        assert (done.exit_code, done.stdout) == (3, ""), command
        (line,) = done.stderr.splitlines()
        assert line.startswith(f"{folder}: ")
        assert words.format(folder) in line
    assert sorted(tmp_path.rglob("*")) == before


def test_the_working_folder_of_a_stopped_run_is_known(tmp_path: Path) -> None:
    _stopped(tmp_path / "x")
    done = CliRunner().invoke(main, ["report", str(tmp_path / "x.partial")])
    assert (
        f"holds a run that was stopped; finish it with roomfold run --resume {tmp_path / 'x'}" in done.stderr
    )


def test_every_kind_of_folder_is_tried() -> None:
    assert set(KINDS) == {
        *(runs.NUMBERS, sweep.NAME, publish.NAME, frontier.NAME, fit.NAME, LIST),
        "compare.json",
    }


@pytest.mark.parametrize("command", ["report", "explore", "sensitivity"])
def test_the_run_of_a_fleet_is_refused_where_worlds_are_needed(tmp_path: Path, command: str) -> None:
    run = tmp_path / "run"
    run.mkdir()
    text = resolved_yaml(load_any("planetlab"))
    (run / "scenario.yaml").write_text(text, "utf-8")
    hashes = {"scenario.yaml": sha256(text.encode()).hexdigest()}
    made = {
        "roomfold": "1.0.0",
        "worlds": 1,
        "seed": 1,
        "command": "",
        "scenario_fingerprint": "",
        "sha256": hashes,
    }
    (run / "manifest.json").write_text(json.dumps(made), "utf-8")
    done = CliRunner().invoke(main, [command, str(run)])
    assert done.exit_code in (1, 3)
    assert "fleet" in done.stderr.replace(str(run), "").splitlines()[-1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--chart", "waterfal"], "--chart: got 'waterfal', must be one of waterfall, "),
        (["--chart", "waterfall", "--width", "9999cm"], "--width: got '9999cm', must be from 8cm to 50cm"),
        (["--chart", "waterfall", "--width", "wide"], "--width: got 'wide', must be such as 8.5cm"),
        (["--form", "pdf"], "--form pdf: a PDF needs the package typst: "),
    ],
)
def test_options_are_checked_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], said: str
) -> None:
    """Usage, in one line, before the folder is looked at; no step is begun."""
    monkeypatch.setattr("roomfold.reports.forms.find_spec", lambda _: None)
    done = CliRunner().invoke(main, ["report", str(tmp_path), *options])
    assert (done.exit_code, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(said)
