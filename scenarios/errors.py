"""The errors a user can meet. Each carries its exit code; none needs a traceback to be understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .visible import visible


class RoomfoldError(Exception):
    """Base of every error that roomfold raises on purpose."""

    exit_code = 1


@dataclass(frozen=True, order=True)
class Problem:
    """One fault of an input file, with its place (1-based; 0 where unknown)."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return one_line(f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}")


def one_line(text: str) -> str:
    """A text, which may quote any file, as one line that steers no terminal."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


class InputError(RoomfoldError):
    """Input that cannot be used; lists every problem found, in file order."""

    exit_code = 3

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        """Sent between processes as its problems, not as its text."""
        return type(self), (self.problems,)


class InfeasibleError(RoomfoldError):
    """A plan that no choice can satisfy; the message names the binding constraints in words."""

    exit_code = 4


def explained(error: Exception) -> tuple[str, int]:
    """Any error as a user reads it, in one line, and its exit code."""
    if isinstance(error, RoomfoldError):
        return "\n".join(map(one_line, str(error).split("\n"))), error.exit_code
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        return one_line(f"roomfold: {name}{error.strerror or error}"), 1
    if isinstance(error, MemoryError):
        return f"roomfold: not enough memory{f' ({error})' if str(error) else ''}", 1
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return f"roomfold: internal error: {what}; please report it with what --debug shows", 1
