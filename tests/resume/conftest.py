"""A run that nobody stopped, and one that was stopped, made once for all tests."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

if sys.platform == "win32":
    collect_ignore_glob = ["test_*.py"]  # signals and limits of POSIX
else:
    from roomfold.scenarios import load
    from roomfold.scenarios.draw import design
    from roomfold.sim.crew import Task, run_task
    from roomfold.sim.store import Asked, Store

    from .. import killable
    from ..killable import TINY
    from .begun import SEED, WORLDS, roomfold


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nobody stopped."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    with killable.here():
        done = roomfold("run", TINY, "--worlds", WORLDS, "--jobs", 1, "--out", folder)
    assert done.exit_code == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def half(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of which all worlds but the last are finished, to be copied."""
    folder = tmp_path_factory.mktemp("half") / "run"
    scenario = load(TINY)
    points = design(scenario, SEED, WORLDS)
    store = Store.begin(folder, Asked(scenario, SEED, WORLDS))
    for index in range(WORLDS - 1):
        store.save(run_task(scenario, Task(SEED, index, points[index])))
    store.close()
    return folder.parent


@pytest.fixture
def begun(half: Path, tmp_path: Path) -> Path:
    """Where a run of which all worlds but the last are finished is to write."""
    shutil.copytree(half, tmp_path / "begun")
    return tmp_path / "begun" / "run"


@pytest.fixture
def here() -> Iterator[list[int]]:
    """Runs in this process; the worlds that they simulate."""
    with killable.here() as worlds:
        yield worlds
