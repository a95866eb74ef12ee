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
from ..killable import TINY
from .begun import WORLDS, finished, partial, roomfold


def test_killed_at_a_random_moment_it_ends_with_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    """SIGKILL; no world is simulated twice once it is on the disk. ``benchmarks/bench_kills`` has many kills.

    Workers clear up when they see that the run is gone: nothing stays among the temporary files.
    """
    target, log, temporary = tmp_path / "runs" / "run", tmp_path / "log", tmp_path / "temporary"
    target.parent.mkdir()
    temporary.mkdir()
    asked = {"ROOMFOLD_TEST_SLOW_S": "0.1", "ROOMFOLD_TEST_LOG": str(log), "TMPDIR": str(temporary)}
    run = killable.command("run", TINY, "--worlds", WORLDS, "--out", target, "--jobs", 2, "--quiet")
    process = subprocess.Popen(run, env={**os.environ, **asked})
    with killable.patience(process):
        while process.poll() is None and not finished(target):
            time.sleep(0.02)
    time.sleep(random.Random(2).uniform(0.0, 0.3))
    assert any(temporary.iterdir())
    process.kill()
    assert process.wait() != 0
    assert not target.exists()
    _wait_until_empty(temporary)
    kept = finished(target)
    with killable.here() as worlds:
        done = roomfold("run", "--resume", target, "--jobs", 1)
    assert done.exit_code == 0, done.stderr
    assert set(worlds[:-1]) == set(range(WORLDS)) - kept  # the last is the one kept in full
    assert differences(whole, target) == []
    assert [path.name for path in target.parent.iterdir()] == ["run"]


def _wait_until_empty(folder: Path) -> None:
    until = time.monotonic() + 60
    while any(folder.iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(folder.iterdir())


def test_stopped_at_any_change_of_the_disk_it_ends_with_the_same_bytes(whole: Path, begun: Path) -> None:
    """SIGKILL, full disk, Ctrl-C, SIGTERM, from the first change to the last; a former run is in the way."""
    shutil.copytree(whole, begun)
    (begun / "statement.json").unlink()
    ends = {
        "kill@1": "signal 9",
        "full@3": "exit 1",
        "INT@9": "exit 130",
        "TERM@16": "exit 143",
        "full@21": "exit 1",
        "INT@30": "exit 130",
        "kill@37": "signal 9",
    }
    done = killable.run("run", "--resume", begun, "--jobs", 1, "--quiet", ROOMFOLD_TEST_FAULTS=" ".join(ends))
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stderr.splitlines() if not line.startswith("before ")]
    assert [line for line in lines if "@" in line] == [f"{fault}: {end}" for fault, end in ends.items()]
    told = [line.partition("; ") for line in lines if "@" not in line and "complete already" not in line]
    reasons = {reason for reason, _, _ in told if "No space left on device" not in reason}
    assert reasons == {"roomfold: interrupted", "roomfold: stopped by SIGTERM"}
    hints = ("continue with roomfold run --resume", "the results are in")
    assert all(any(hint in rest for hint in hints) for _, _, rest in told)
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


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (
            "ROOMFOLD_TEST_FATAL",
            "worker processes keep ending before a world is finished (killed by signal 9",
        ),
        ("ROOMFOLD_TEST_HUNGRY", "a worker process had too little memory"),
    ],
)
def test_workers_without_memory_are_an_error(begun: Path, fault: str, words: str) -> None:
    """The kernel kills them, or one is refused what it asks for: what to do, and what is kept."""
    environment = {fault: WORLDS - 1, "ROOMFOLD_TEST_DEATHS": 2}
    done = killable.run("run", "--resume", begun, "--jobs", 2, "--quiet", **environment)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(words)
    assert "try fewer --jobs" in line
    assert "; 4 finished worlds kept; continue with roomfold run --resume" in line
    assert len(finished(begun)) == WORLDS - 1


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
