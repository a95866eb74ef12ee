"""Errors of inventories: one line, whatever the names of files and sheets hold."""

from __future__ import annotations

from ..errors import InputError, Problem
from .values import text

_NAME_LENGTH = 200


def fault(file: str, message: str, row: int = 0, column: int = 0) -> InputError:
    """An error in a file, as one line."""
    return InputError([Problem(shown(file), row, column, "", text(message))])


def shown(name: str) -> str:
    """A name of a file or sheet on one line, without control characters."""
    return text(name.replace("\r", " ").replace("\n", " "))[:_NAME_LENGTH] or "?"
