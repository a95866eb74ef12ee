"""What all tests share."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from .in_turn import plan_in_turn, swap

os.environ.setdefault("PYTHONFAULTHANDLER", "1")  # processes that tests start say where they hang, if aborted
os.environ["ROOMFOLD_LANG"] = "en"  # the messages that tests read, whatever the language of the machine


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Each process takes a run of tests that follow each other, and in the end some of another's.

    Else each would make the studies of every file, and at first compile the same functions at once.
    """
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log) if config.getvalue("dist") == "load" else None


def pytest_collection_finish() -> None:
    """The garbage collector leaves aside what is imported by now, and looks at the rest less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Folder of public traces and benchmark instances; tests that need it are skipped without it."""
    folder = os.environ.get("ROOMFOLD_REFERENCE_DATA")
    if not folder:
        pytest.skip("ROOMFOLD_REFERENCE_DATA is not set")
    return Path(folder)


@pytest.fixture(scope="session", autouse=True)
def moves_in_turn() -> Iterator[Mapping[str, Any]]:
    """See ``plan_in_turn``; what it put aside."""
    old = plan_in_turn()
    yield old
    swap(old)


@pytest.fixture(scope="module")
def searched(moves_in_turn: Mapping[str, Any]) -> Iterator[None]:
    """Plans are searched for in this file, as users' are."""
    quick = swap(moves_in_turn)
    yield
    swap(quick)
