"""How a search of the solver ends early: at a limit in seconds, or by a failure; and notes on either.

The limit follows ``time.monotonic``, which nobody sets: HiGHS's own follows the clock on the wall.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Any

from ..scenarios.errors import RoomfoldError

# A search gets this long even after the end of the limit: enough for a start that was given.
LEAST_SECONDS = 0.1
# What HiGHS calls the state of a model it has failed on.
FAILED = {
    "Not Set",
    "Load error",
    "Model error",
    "Presolve error",
    "Solve error",
    "Postsolve error",
    "Memory limit reached",
    "Unknown",
}
OUT_OF_TIME = {"Time limit reached", "Interrupted by user"}
# Notes.
BY_TIME, BY_FAILURE = "cut short by the time limit", "cut short by a failure of the solver"

_ends: ContextVar[float | None] = ContextVar("ends", default=None)
_notes: ContextVar[set[str] | None] = ContextVar("notes", default=None)


class SolverError(RoomfoldError):
    """The solver failed and left no solution."""

    exit_code = 4


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Within it no search for whole numbers goes on after so many seconds in all; None sets no limit.

    What is found by then is the answer, as at any other limit. Linear models are always solved.
    """
    token = _ends.set(None if seconds is None else monotonic() + seconds)
    try:
        yield
    finally:
        _ends.reset(token)


def seconds_left(asked: float | None) -> float | None:
    """Seconds for one search: what was asked for it, or what is left of the limit if that is less."""
    ends = _ends.get()
    if ends is None:
        return asked
    left = max(ends - monotonic(), LEAST_SECONDS)
    return left if asked is None else min(asked, left)


def stop_at(highs: Any, ends: float) -> None:
    """Have every search of HiGHS end when ``time.monotonic`` comes to a moment."""

    def look(event: Any) -> None:
        if monotonic() >= ends:
            event.interrupt()

    for searching in (highs.cbSimplexInterrupt, highs.cbIpmInterrupt, highs.cbMipInterrupt):
        searching.subscribe(look)


@contextmanager
def noting() -> Iterator[set[str]]:
    """Notes on searches within it that ended early, see ``BY_TIME`` and ``BY_FAILURE``."""
    token = _notes.set(notes := set[str]())
    try:
        yield notes
    finally:
        _notes.reset(token)


def note(what: str) -> None:
    """Make a note, where anybody asked for notes."""
    notes = _notes.get()
    if notes is not None:
        notes.add(what)


@contextmanager
def failing() -> Iterator[None]:
    """Have what the solver raises end in an error that a user can read.

    Raises:
        SolverError: in the place of any error but a lack of memory.
    """
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:  # of whatever kind PuLP or HiGHS raises
        raise _failed(" ".join(f"{type(error).__name__}: {error}".split())) from error


def refuse_failure(status: str) -> None:
    """Make sure that a search without a solution did not fail: only then it says anything.

    Raises:
        SolverError: if it did.
    """
    if status in FAILED:
        raise _failed(status)


def _failed(reason: str) -> SolverError:
    return SolverError(f"the solver failed and left no solution ({reason}); see roomfold doctor")
