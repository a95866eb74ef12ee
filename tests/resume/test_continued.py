"""A run that was stopped goes on as it was asked for, or says why it cannot."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from roomfold.reports import differences
from roomfold.sim.store import Store

from ..killable import TINY
from .begun import SEED, WORLDS, finished, partial, roomfold


def test_only_what_is_missing_or_damaged_is_simulated(whole: Path, begun: Path, here: list[int]) -> None:
    """A cut file and one with a flipped bit count as none."""
    worlds = partial(begun) / "worlds"
    cut, flipped = worlds / "000000", worlds / "000002"
    cut.write_bytes(cut.read_bytes()[:-1])
    content = bytearray(flipped.read_bytes())
    content[len(content) // 2] ^= 1
    flipped.write_bytes(bytes(content))
    (worlds / "000001.new").write_bytes(b"torn")
    done = roomfold("run", "--resume", begun, "--jobs", 1)
    assert done.exit_code == 0, done.stderr
    assert here[:-1] == [0, 2, WORLDS - 1]  # and the one kept in full
    assert differences(whole, begun) == []
    assert not partial(begun).exists()


def test_a_finished_run_says_so(whole: Path) -> None:
    """There is nothing to resume, and nothing wrong."""
    done = roomfold("run", "--resume", str(whole))
    assert done.exit_code == 0
    assert "complete already" in done.stderr
    assert done.stdout.strip() == str(whole / "report.html")


def test_set_cannot_change_a_run_that_was_begun(begun: Path) -> None:
    """Said in words, whether or not the run is finished."""
    done = roomfold("run", "--resume", begun, "--set", "time.years=2")
    assert done.exit_code == 2
    assert "--set cannot change a run that was begun" in done.stderr
    assert len(finished(begun)) == WORLDS - 1


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--worlds", "6"], "--worlds"),
        (["--seed", "8"], "--seed"),
        ([str(TINY), "--set", "estate.systems=11"], "scenario"),
        (["--out", "elsewhere"], "--out"),
        (["--worlds", "6", "--seed", "8"], "--worlds and --seed"),
    ],
)
def test_another_run_is_refused(whole: Path, begun: Path, options: list[str], named: str) -> None:
    """Options that contradict the folder, begun or finished, are wrong use; the folder stays."""
    for target, what in ((begun, f"{partial(begun)}: was begun"), (whole, f"{whole}: was run")):
        done = roomfold("run", "--resume", target, *options)
        assert done.exit_code == 2
        assert done.stderr == f"{what} with another {named}\n"
        assert done.stdout == ""
    assert len(finished(begun)) == WORLDS - 1


@pytest.mark.usefixtures("here")
def test_the_same_options_may_be_given_again(whole: Path, begun: Path) -> None:
    """The first command with --resume added works, and works again."""
    options = ("--worlds", WORLDS, "--seed", SEED, "--jobs", 1)
    for _ in range(2):
        done = roomfold("run", TINY, *options, "--out", begun, "--resume", begun)
        assert done.exit_code == 0, done.stderr
        assert differences(whole, begun) == []
    assert "complete already" in done.stderr


def test_running_anew_loses_nothing(begun: Path) -> None:
    """`run` on a begun run says how to continue or discard it."""
    done = roomfold("run", str(TINY), "--out", str(begun))
    assert done.exit_code == 2
    assert "--resume" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert len(finished(begun)) == WORLDS - 1


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("study.json", '"numpy": "', '"numpy": "0.', "numpy 0."),
        ("study.json", '"code": "', '"code": "0', "code 0"),
        ("scenario.yaml", "value: 10.0", "value: 11.0", "was changed"),
        ("study.json", '"seed": 7', '"seed": 7,,', "cannot be read"),
    ],
)
def test_what_cannot_give_the_same_bytes_is_refused(
    begun: Path, file: str, old: str, new: str, words: str
) -> None:
    """Another version, other code, another scenario, a torn file: one line, exit 3, nothing lost."""
    path = partial(begun) / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    done = roomfold("run", "--resume", str(begun))
    assert done.exit_code == 3
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert len(finished(begun)) == WORLDS - 1


def test_two_processes_do_not_work_in_one_folder(whole: Path, begun: Path) -> None:
    """Whoever comes second is told."""
    store = Store.resume(begun)
    assert store is not None
    for command in (
        ("run", "--resume", begun),
        ("run", TINY, "--out", begun),
        ("report", whole, "--quiet", "--out", begun),
    ):
        done = roomfold(*command)
        assert done.exit_code == 1
        assert f"another process is at work here (process {os.getpid()} on " in done.stderr
    store.close()
