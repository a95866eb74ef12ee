"""Checkpoints by simulated month: killed at any moment, a pass ends with the bytes of one never killed."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from roomfold.scenarios.errors import RoomfoldError
from roomfold.sim import checkpoint
from roomfold.sim.integrate import integrate

from . import build
from .killed_pass import digest, fleet, futures

ROOT = Path(__file__).parents[2]


def run(path: Path, *seconds: float) -> tuple[int, list[str]]:
    """One process of ``killed_pass``: its exit code and what it printed."""
    command = [sys.executable, "-m", "tests.sim.killed_pass", str(path), *map(str, seconds)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode, done.stdout.split()


@pytest.mark.skipif(sys.platform == "win32", reason="kills with SIGKILL")
def test_killed_again_and_again_it_ends_with_the_same_bytes(tmp_path: Path) -> None:
    code, printed = run(tmp_path / "never-killed")
    expected, moments = printed[-1], random.Random(20110303)
    assert code == 0
    killed, kept = 0, False
    for last in (*[False] * 2, True):
        kept = (tmp_path / "months").exists()
        code, printed = run(tmp_path / "months", *([] if last else [moments.uniform(0.05, 0.6)]))
        if code == 0:
            break
        killed += 1
    assert code == 0 and killed
    assert (printed[0] != "0") == kept, "finished months are not computed again"
    assert printed[-1] == expected
    assert {path.name for path in tmp_path.iterdir()} <= {"never-killed", "months", "months.new"}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch):
    """Everything of a small pass, and that every month is kept."""
    monkeypatch.setattr(checkpoint, "EVERY_S", 0.0)
    machines = fleet(200, 3)
    return machines, build.sites(2), futures(machines)


def stopped(small, path: Path, month: int) -> None:
    """The pass, stopped as a month begins."""

    def stop(done: int, _months: int) -> None:
        if done == month:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        integrate(*small, checkpoint=path, on_month=stop)


@pytest.mark.parametrize("month", [1, 2, 3])
def test_it_goes_on_where_it_stopped(small, tmp_path: Path, month: int) -> None:
    path, seen = tmp_path / "months", []
    stopped(small, path, month)
    flows = integrate(*small, checkpoint=path, on_month=lambda done, _: seen.append(done))
    assert seen == list(range(month, 4))
    assert digest(flows) == digest(integrate(*small))


def test_a_pass_shorter_than_the_interval_writes_nothing(small, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(checkpoint, "EVERY_S", 1e9)
    integrate(*small, checkpoint=tmp_path / "months")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("damage", ["cut", "bit", "empty", "other"])
def test_a_damaged_file_is_refused_by_name(small, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "months"
    stopped(small, path, 1)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes({"cut": bytes(data[:-9]), "bit": bytes(data), "empty": b"", "other": b"PAR1"}[damage])
    with pytest.raises(RoomfoldError, match="months: is damaged; remove it"):
        integrate(*small, checkpoint=path)


def test_another_pass_does_not_take_it(small, tmp_path: Path) -> None:
    path = tmp_path / "months"
    stopped(small, path, 1)
    machines, sites, stories = small
    others = [
        (replace(machines, demand=replace(machines.demand, seed=8)), sites, stories),
        (replace(machines, config_factor=machines.config_factor * 1.01), sites, stories),
        (machines, sites, stories[:1]),
        (machines, sites, [stories[0], replace(stories[1], rebound=0.2)]),
        (machines, replace(sites, overhead_ratio=np.full(2, 0.16)), stories),
    ]
    for other in others:
        with pytest.raises(RoomfoldError, match="left by another run"):
            integrate(*other, checkpoint=path)


def test_another_version_does_not_take_it(small, tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "months"
    stopped(small, path, 1)
    monkeypatch.setattr(checkpoint, "stamp", lambda: {"roomfold": "0.0.0"})
    with pytest.raises(RoomfoldError, match="another version"):
        integrate(*small, checkpoint=path)
