"""Runs and workers that are killed: the same bytes in the end, and nothing left over."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from roomfold.reports import differences

from .. import killable
from ..killable import TINY, simulated
from .begun import WORLDS, finished, partial, roomfold


@pytest.mark.parametrize(("jobs", "kills"), [(1, 1), (2, 2)])
def test_killed_again_and_again_it_ends_with_the_same_bytes(
    whole: Path, tmp_path: Path, jobs: int, kills: int
) -> None:
    """SIGKILL at random moments; no world is simulated twice once it is on the disk.

    Workers clear up when they see that the run is gone: nothing stays among the temporary files.
    """
    target, log, temporary = tmp_path / "runs" / "run", tmp_path / "log", tmp_path / "temporary"
    target.parent.mkdir()
    temporary.mkdir()
    asked = {"ROOMFOLD_TEST_SLOW_S": "0.1", "ROOMFOLD_TEST_LOG": str(log), "TMPDIR": str(temporary)}
    env = {**os.environ, **asked}
    moments = random.Random(jobs)
    anew = ["run", TINY, "--worlds", WORLDS, "--out", target]
    for _ in range(kills):
        kept, before = finished(target), len(simulated(log))
        what = ["run", "--resume", target] if (partial(target) / "study.json").exists() else anew
        process = subprocess.Popen(killable.command(*what, "--jobs", jobs, "--quiet"), env=env)
        with killable.patience(process):
            while process.poll() is None and len(simulated(log)) == before:
                time.sleep(0.02)
        time.sleep(moments.uniform(0.0, 0.5))
        assert any(temporary.iterdir()) == (jobs > 1)
        process.kill()
        assert process.wait() != 0
        assert not target.exists()
        _wait_until_empty(temporary)
        assert not kept & set(simulated(log)[before:-1])  # the last may be the one kept in full
    what = ["run", "--resume", target] if (partial(target) / "study.json").exists() else anew
    with killable.here():
        done = roomfold(*what, "--jobs", 1)
    assert done.exit_code == 0, done.stderr
    assert differences(whole, target) == []
    assert [path.name for path in target.parent.iterdir()] == ["run"]


def _wait_until_empty(folder: Path) -> None:
    until = time.monotonic() + 60
    while any(folder.iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(folder.iterdir())


def test_killed_while_publishing_it_ends_with_the_same_bytes(whole: Path, begun: Path) -> None:
    """SIGKILL before one change of the disk after the other, to the last; a former run is in the way."""
    shutil.copytree(whole, begun)
    (begun / "statement.json").unlink()
    numbers = range(1, 60, 12)
    done = killable.run(
        "run", "--resume", begun, "--jobs", 1, "--quiet", ROOMFOLD_TEST_CHANGES=" ".join(map(str, numbers))
    )
    assert done.returncode == 0, done.stderr
    assert "killed at 1\n" in done.stderr
    assert "killed at 25\n" in done.stderr
    assert "complete already" in done.stderr
    assert differences(whole, begun) == []
    assert not partial(begun).exists()


@pytest.fixture
def jobs() -> int:
    """Processes of a slow run."""
    return 2


@pytest.fixture
def slow(tmp_path: Path, jobs: int) -> Iterator[subprocess.Popen[str]]:
    """A run that has finished its first world."""
    what = ("run", TINY, "--worlds", WORLDS, "--jobs", jobs, "--out", tmp_path / "run")
    env = {**os.environ, "ROOMFOLD_TEST_SLOW_S": "0.5"}
    process = subprocess.Popen(
        killable.command(*what), stderr=subprocess.PIPE, text=True, env=env, start_new_session=True
    )
    assert process.stderr is not None
    with killable.patience(process):
        while "worlds" not in (line := process.stderr.readline()):
            assert line, "ended too early"
        yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.stderr.close()
    process.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
def test_a_worker_that_vanishes_is_replaced(whole: Path, slow: subprocess.Popen[str], tmp_path: Path) -> None:
    """kill -9 of one process of the pool: nothing is lost, the bytes are the same."""
    children = Path(f"/proc/{slow.pid}/task/{slow.pid}/children").read_text().split()
    workers = [c for c in children if b"--multiprocessing-fork" in Path(f"/proc/{c}/cmdline").read_bytes()]
    os.kill(int(workers[0]), signal.SIGKILL)
    assert slow.stderr is not None
    errors = slow.stderr.read()
    assert slow.wait(timeout=60) == 0, errors
    assert differences(whole, tmp_path / "run") == []


def test_workers_that_keep_vanishing_are_an_error(begun: Path) -> None:
    """One line that names what happened; finished worlds are kept."""
    worlds = partial(begun) / "worlds"
    (worlds / "000000").unlink()
    done = killable.run(
        "run", "--resume", begun, "--jobs", 2, "--quiet", ROOMFOLD_TEST_FATAL=0, ROOMFOLD_TEST_SLOW_S=0.1
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "signal 9" in line
    assert "finished worlds kept; continue with roomfold run --resume" in line
    assert finished(begun) >= {1, 2, 3}


@pytest.mark.parametrize("jobs", [1])
def test_a_working_folder_that_vanishes_is_one_line(slow: subprocess.Popen[str], tmp_path: Path) -> None:
    """Somebody removes the folder under the run."""
    shutil.rmtree(tmp_path / "run.partial")
    assert slow.stderr is not None
    errors = slow.stderr.read()
    assert slow.wait(timeout=60) == 1
    assert (
        errors.splitlines()[-1]
        == f"{tmp_path / 'run.partial'}: was removed while a run was at work in it; run it again"
    )
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []
