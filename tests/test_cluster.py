"""Studies on a real Dask cluster: a scheduler and two workers, each a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
if sys.platform == "win32":
    pytest.skip("process groups of POSIX", allow_module_level=True)

from roomfold.cli import main
from roomfold.reports import differences
from roomfold.scenarios import load
from roomfold.scenarios.draw import design
from roomfold.sim import stamp
from roomfold.sim.cluster import ClusterError, _run_here
from roomfold.sim.crew import Task

from . import killable
from .killable import TINY

WORLDS = 8
START_S = 60
SLOW = {**os.environ, "ROOMFOLD_TEST_SLOW_S": "0.1"}


class Dask:
    """A scheduler and its workers, in process groups that are killed at the end."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        self._folder = folder
        self._started: list[subprocess.Popen[bytes]] = []
        here = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(self.file)]
        self.scheduler = self._start("scheduler", "--port", "0", *here)
        _wait(lambda: self.file.exists() and self.file.read_text().endswith("}"))
        rest = ["--nthreads", "1", "--no-nanny", "--death-timeout", "60", "--local-directory", str(folder)]
        rest += ["--preload", "roomfold.tests.killable"]
        self.workers = [self._start("worker", *here, *rest) for _ in range(2)]

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", what, *options]
        with (self._folder / f"{what}{len(self._started)}.log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, env=SLOW)
        self._started.append(process)
        return process

    def end(self) -> None:
        """Kill all that is left."""
        for process in self._started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def roomfold(*arguments: object) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, [*map(str, arguments)])


def _wait(there) -> None:  # type: ignore[no-untyped-def]
    until = time.monotonic() + START_S
    while not there():
        assert time.monotonic() < until, "Dask did not start"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    """A cluster on this machine, which loses a worker to one test and the scheduler to the next."""
    cluster = Dask(tmp_path_factory.mktemp("dask"))
    yield cluster
    cluster.end()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same study in one process."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    with killable.here():
        done = roomfold("run", TINY, "--worlds", WORLDS, "--jobs", 1, "--quiet", "--out", folder)
    assert done.exit_code == 0, done.stderr
    return folder


@contextmanager
def started(target: Path, cluster: Dask, log: Path) -> Iterator[subprocess.Popen[str]]:
    """A run on the cluster that has its first world."""
    what = ("run", TINY, "--worlds", WORLDS, "--cluster", cluster.file, "--out", target)
    process = subprocess.Popen(
        killable.command(*what),
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "ROOMFOLD_TEST_LOG": str(log)},
    )
    assert process.stderr is not None
    with process, killable.patience(process):
        while "worlds" not in (line := process.stderr.readline()):
            assert line, "ended too early"
        yield process


def test_a_killed_worker_costs_nothing(whole: Path, dask: Dask, tmp_path: Path) -> None:
    """One of two workers is killed mid-run: the other does its worlds, and the bytes are the same."""
    target, log = tmp_path / "run", tmp_path / "log"
    with started(target, dask, log) as process:
        dask.workers[0].kill()
        assert len(list((tmp_path / "run.partial" / "worlds").iterdir())) < WORLDS
        assert process.stderr is not None
        errors = process.stderr.read()
        assert process.wait(timeout=120) == 0, errors
    assert differences(whole, target) == []
    assert len(killable.simulated(log)) == 1  # here, only the world that is kept in full


def test_a_lost_scheduler_is_one_line_and_loses_no_world(whole: Path, dask: Dask, tmp_path: Path) -> None:
    """What was finished on the cluster is finished here."""
    target, log = tmp_path / "run", tmp_path / "log"
    with started(target, dask, log) as process:
        dask.scheduler.kill()
        assert process.stderr is not None
        errors = process.stderr.read().splitlines()
        assert process.wait(timeout=120) == 1
    assert "Traceback" not in "\n".join(errors)
    assert "the scheduler is gone" in errors[-1]
    assert f"kept; continue with roomfold run --resume {target}" in errors[-1]
    kept = {int(path.name) for path in (tmp_path / "run.partial" / "worlds").iterdir()}
    with killable.here() as worlds:
        done = roomfold("run", "--resume", target, "--jobs", 1, "--quiet")
    assert done.exit_code == 0, done.stderr
    assert differences(whole, target) == []
    assert set(worlds[:-1]) == set(range(WORLDS)) - kept


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [
        ("tcp://127.0.0.1:1", 1, "no Dask scheduler answers"),
        ("127.0.0.1:1", 1, "tcp://127.0.0.1:1: no Dask scheduler answers"),
        ("tpc://127.0.0.1:1", 3, "must begin with one of tcp://"),
        ("tcp://127.0.0.1", 3, "missing port"),
        ("tls://127.0.0.1:1", 3, "TLS"),
        ("absent.json", 3, "no such file"),
        ("empty.json", 3, "is no scheduler file"),
    ],
)
def test_no_scheduler_is_one_line(
    address: str, code: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it is looked for; nothing is written."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("roomfold.sim.cluster.CONNECT_S", 0.5)
    (tmp_path / "empty.json").write_text(json.dumps({}))
    done = roomfold("run", TINY, "--cluster", address, "--out", "run")
    assert done.exit_code == code
    assert len(done.stderr.splitlines()) == 1
    assert address in done.stderr
    assert words in done.stderr
    assert not list(tmp_path.glob("run*"))


def test_a_client_without_a_scheduler_is_silent_when_python_ends(tmp_path: Path) -> None:
    """A half-open one would say on stderr that it cannot be closed."""
    done = killable.run("run", TINY, "--cluster", "tcp://127.0.0.1", "--out", tmp_path / "run")
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1


def test_a_worker_with_other_code_is_refused() -> None:
    """Even one that joined when worlds were under way."""
    scenario = load(TINY)
    task = Task(7, 0, design(scenario, 7, 1)[0])
    with pytest.raises(ClusterError, match="numpy"):
        _run_here(scenario, task, {**stamp.stamp(), "numpy": "0.1"})
