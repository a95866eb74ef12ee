"""Real disks, full or read-only, and a clock that jumps: nothing half written, the same bytes in the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from roomfold.reports import differences

from .. import killable
from ..faults.jumping import jumping_clock
from ..killable import TINY
from .begun import partial, roomfold

SIZE = 8 << 20


def _mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"cannot mount: {done.stderr.strip()}")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk in memory."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root of Linux can mount a disk")
    place = tmp_path / "disk"
    place.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place))
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def _fill(disk: Path, left: int) -> Path:
    """A file that leaves so much room on a disk."""
    file = disk / "others"
    free = os.statvfs(disk)
    file.write_bytes(bytes(free.f_bavail * free.f_frsize - left))
    return file


@pytest.mark.usefixtures("here")
def test_a_full_disk_stops_a_run_wherever_it_is_full(whole: Path, half: Path, disk: Path) -> None:
    """At the last world, at the tables, at the study; with room made, it ends."""
    target = disk / "begun" / "run"
    shutil.copytree(half, target.parent)
    for left in (0, 100_000, 400_000):
        others = _fill(disk, left)
        done = roomfold("run", "--resume", target, "--jobs", 1, "--quiet")
        assert done.exit_code == 1
        (line,) = done.stderr.splitlines()
        assert str(target) in line
        assert "No space left on device; " in line
        assert f"finished worlds kept; continue with roomfold run --resume {target}" in line
        assert [path.name for path in target.parent.iterdir()] == ["run.partial"]
        assert not (partial(target) / "output").exists()
        others.unlink()
    assert roomfold("run", "--resume", target, "--jobs", 1, "--quiet").exit_code == 0
    assert differences(whole, target) == []


def test_a_full_disk_begins_nothing(disk: Path) -> None:
    """Room may be made: this is no wrong input."""
    _fill(disk, 0)
    done = roomfold("run", TINY, "--out", disk / "run")
    assert done.exit_code == 1
    assert "No space left on device" in done.stderr
    assert [path.name for path in disk.iterdir()] == ["others"]


def test_a_disk_that_cannot_be_written_is_found_before_the_work(
    half: Path, whole: Path, disk: Path, here: list[int]
) -> None:
    """A run, one that was stopped, reports of one: wrong input, and nothing is simulated."""
    shutil.copytree(half, disk / "begun")
    _mount("-o", "remount,ro", str(disk))
    for command in (
        ("run", TINY, "--out", disk / "run"),
        ("run", "--resume", disk / "begun" / "run"),
        ("report", whole, "--out", disk / "report"),
    ):
        done = roomfold(*command, "--quiet")
        assert done.exit_code == 3, done.stderr
        (line,) = done.stderr.splitlines()
        assert line.startswith(str(disk))
        assert line.endswith("cannot be written (Read-only file system)")
    assert here == []


def test_a_clock_that_jumps_by_years_changes_nothing(whole: Path, begun: Path, tmp_path: Path) -> None:
    """The system's clock goes to and fro by ten years all the time, for Python and all libraries."""
    library = jumping_clock(tmp_path)
    seen = subprocess.run(
        [sys.executable, "-c", "import time; print(*(int(time.time()) for _ in range(40)))"],
        env={**os.environ, "LD_PRELOAD": str(library)},
        capture_output=True,
        text=True,
        check=True,
    )
    moments = list(map(int, seen.stdout.split()))
    assert max(moments) - min(moments) > 15 * 365 * 24 * 3600
    done = killable.run("run", "--resume", begun, "--jobs", 1, LD_PRELOAD=library)
    assert done.returncode == 0, done.stderr
    assert differences(whole, begun) == []
