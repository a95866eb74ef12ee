"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("PYTHONFAULTHANDLER", "1")  # processes that tests start say where they hang, if aborted
os.environ["ROOMFOLD_LANG"] = "en"  # the messages that tests read, whatever the language of the machine


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Each process takes a run of tests that follow each other, and in the end some of another's.

    Else each would make the studies of every file, and at first compile the same functions at once.
    """
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log) if config.getvalue("dist") == "load" else None


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Folder of public traces and benchmark instances; tests that need it are skipped without it."""
    folder = os.environ.get("ROOMFOLD_REFERENCE_DATA")
    if not folder:
        pytest.skip("ROOMFOLD_REFERENCE_DATA is not set")
    return Path(folder)


@contextmanager
def in_turn() -> Iterator[None]:
    """Plans keep the first order of moves that holds: the search for a better one is most of a small plan.

    For tests of what is built and what it does; those of the search are in ``optimize/waves``.
    """
    waves = import_module("roomfold.optimize.waves.plan_waves")
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(waves.ROUNDS, "quick", (1, 1, 1))
        patched.setitem(waves.CHANGES, "quick", 0)
        patched.setitem(waves.EXACT_MOVES, "quick", 0)
        patched.setattr(waves, "pattern_bound", lambda _: float("-inf"))
        yield


@pytest.fixture(scope="module")
def moves_in_turn() -> Iterator[None]:
    """See ``in_turn``, for all tests of a file."""
    with in_turn():
        yield
