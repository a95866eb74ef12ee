"""Places where a run cannot be written or continued: others' files, full disks, folders that are none."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from roomfold.reports import differences

from ..killable import TINY
from .begun import WORLDS, files_up_to, finished, partial, roomfold


def test_files_added_to_a_former_run_are_seen_before_anything_is_simulated(
    whole: Path, begun: Path, here: list[int]
) -> None:
    """The finished worlds wait until they are moved."""
    shutil.copytree(whole, begun)
    (begun / "notes.txt").write_text("mine")
    (partial(begun) / "former").mkdir()  # as if killed between two renames
    done = roomfold("run", "--resume", begun, "--jobs", 1)
    assert done.exit_code == 2
    assert "notes.txt" in done.stderr
    assert here == []
    assert len(finished(begun)) == WORLDS - 1


def test_a_folder_that_is_no_run_is_one_line_and_exit_3(tmp_path: Path) -> None:
    """Neither finished nor begun."""
    for folder in (tmp_path, tmp_path / "absent"):
        done = roomfold("run", "--resume", str(folder))
        assert done.exit_code == 3
        assert done.stderr == f"{folder}: holds no run, neither finished nor begun\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("options", [["--out"], ["--resume"]])
def test_a_folder_that_only_has_the_name_is_left_alone(
    whole: Path, tmp_path: Path, options: list[str]
) -> None:
    """Somebody's files in a folder called like a working folder stay, beside a finished run too."""
    target = tmp_path / "run"
    shutil.copytree(whole, target)
    thesis = partial(target) / "worlds" / "thesis.docx"
    thesis.parent.mkdir(parents=True)
    thesis.write_text("years of work")
    scenario = [TINY] if options == ["--out"] else []
    done = roomfold("run", *scenario, *options, target)
    assert done.exit_code == 2
    assert "other files" in done.stderr
    assert [path.name for path in partial(target).rglob("*")] == ["worlds", "thesis.docx"]


@pytest.mark.usefixtures("here")
def test_a_full_disk_keeps_what_is_finished(whole: Path, begun: Path) -> None:
    """Writing the results fails for want of room: one line, exit 1; with room again it ends."""
    with files_up_to(100_000):
        done = roomfold("run", "--resume", begun, "--quiet", "--jobs", 1)
    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"roomfold: {begun}")
    assert "File too large" in line
    assert f"5 finished worlds kept; continue with roomfold run --resume {begun}" in line
    assert not begun.exists()
    assert not (partial(begun) / "output").exists()
    assert roomfold("run", "--resume", begun, "--quiet", "--jobs", 1).exit_code == 0
    assert differences(whole, begun) == []


def test_no_room_for_the_first_world_leaves_nothing(tmp_path: Path) -> None:
    """Nothing is kept, so nothing is left and nothing is promised."""
    target = tmp_path / "run"
    with files_up_to(10_000):
        done = roomfold("run", TINY, "--quiet", "--out", target)
    assert done.exit_code == 1
    assert done.stderr == f"roomfold: {partial(target) / 'scenario.yaml'}: File too large\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_one_line(tmp_path: Path) -> None:
    """Said before anything is simulated."""
    tmp_path.chmod(0o555)
    done = roomfold("run", str(TINY), "--out", str(tmp_path / "run"))
    tmp_path.chmod(0o755)
    assert done.exit_code == 3
    assert done.stderr == f"{tmp_path / 'run.partial'}: cannot be written (Permission denied)\n"


def test_a_place_that_is_no_folder_is_one_line(tmp_path: Path) -> None:
    """As with a read-only one."""
    (tmp_path / "file").touch()
    done = roomfold("run", str(TINY), "--out", str(tmp_path / "file" / "run"))
    assert done.exit_code == 3
    assert len(done.stderr.splitlines()) == 1
    assert "Not a directory" in done.stderr
