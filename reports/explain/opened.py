"""The folder of a run as an auditor opens it: every file is held against the manifest before it is read."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ...scenarios.errors import InputError, Problem
from ...sim.outcome import Study
from .. import manifest
from ..arrow import opened
from ..books import Books
from ..kept import KeptError, kept

STATEMENT, LEDGER, LEVELS, SITES, WORLDS = (
    "statement.json",
    "ledger.parquet",
    "ledger_levels.parquet",
    "ledger_sites.parquet",
    "worlds.parquet",
)
Column = NDArray[Any]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Opened:
    """A run, read as far as something asks for it.

    Attributes:
        folder: as it was named.
        made: its manifest.
        statement: its ``statement.json``.
    """

    folder: Path
    made: Mapping[str, object]
    statement: Mapping[str, Any]

    @property
    def is_fleet(self) -> bool:
        """Whether the run is one of a fleet, which has no worlds and no books."""
        return self.statement.get("kind") == "fleet"

    @cached_property
    def study(self) -> Study:
        """What was simulated, from ``study.bin``.

        Raises:
            InputError: if it is damaged or cannot be read.
        """
        try:
            return kept(self.folder).study
        except KeptError as error:
            file, _, message = str(error).partition(": ")
            raise InputError([Problem(file, 0, 0, "", message)]) from error

    @cached_property
    def books(self) -> Books:
        """The same as arrays."""
        return Books.of(self.study.scenario, self.study.results)

    @cached_property
    def headline(self) -> str | None:
        """The alternative that the first page speaks of."""
        return next(iter(self.statement.get("savings", {})), None)

    @cached_property
    def found(self) -> dict[object, Any]:
        """What was taken again so far; many numbers are parts of one."""
        return {}

    def once(self, key: object, make: Callable[[], Made]) -> Made:
        """What ``make`` makes, made once in a run."""
        if key not in self.found:
            self.found[key] = make()
        found: Made = self.found[key]
        return found

    @cached_property
    def tables(self) -> dict[str, dict[str, Column]]:
        """Columns of tables read so far, by file."""
        return {}

    def table(self, name: str, *columns: str) -> dict[str, Column]:
        """Columns of a table of the run.

        Raises:
            InputError: if the file is damaged, was changed, or lacks a column.
        """
        if name not in self.tables:
            self.check(name)
            found: pa.Table = opened(self.folder / name)
            self.tables[name] = {key: _plain(found, key) for key in found.column_names}
        held = self.tables[name]
        for column in columns:
            if column not in held:
                raise self.wrong(name, f"got no column {column!r}, must be the table of a run")
        return held

    def check(self, name: str) -> None:
        """Make sure that a file is the one that the run wrote.

        Raises:
            InputError: if it is not.
        """
        if not (self.folder / name).is_file():
            raise self.wrong(name, "is not there; run it anew")
        if not manifest.unchanged(self.folder, name, self.made):
            raise self.wrong(name, "was changed since the run; run it anew")

    def wrong(self, name: str, message: str, field: str = "") -> InputError:
        """That something in a file of the run, or asked of it, is wrong."""
        return InputError([Problem(str(self.folder / name), 0, 0, field, message)])


def open_run(folder: Path) -> Opened:
    """The run in a folder.

    Raises:
        NoRunError: if it holds none.
        InputError: if its statement is damaged or was changed.
    """
    made = manifest.made(folder)
    run = Opened(folder, made, {})
    run.check(STATEMENT)
    try:
        text = (folder / STATEMENT).read_text("utf-8")
        found = json.loads(text, parse_int=_whole, parse_float=_finite, parse_constant=_finite)
    except (OSError, ValueError, RecursionError) as error:
        raise run.wrong(STATEMENT, "is damaged; run it anew") from error
    if not isinstance(found, dict) or "scenario" not in found:
        raise run.wrong(STATEMENT, "is no statement of a run")
    return Opened(folder, made, found)


@contextmanager
def fitting(folder: Path) -> Iterator[None]:
    """Say of files that are each as their manifest has them, and do not fit together, that they do not.

    A run may come from anybody, and a manifest is no signature.

    Raises:
        InputError: where something is not there, or is not what a run writes at its place.
    """
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, AssertionError) as error:
        message = f"its files do not fit together ({type(error).__name__}); run it anew"
        raise InputError([Problem(str(folder), 0, 0, "", message)]) from error


def _whole(text: str) -> int:
    """A whole number that can be reckoned with."""
    _finite(text)
    return int(text)


def _finite(text: str) -> float:
    """A number; a run states no other.

    Raises:
        ValueError: if it is none, or beyond all numbers.
    """
    found = float(text)
    if not math.isfinite(found):
        raise ValueError(f"{text[:20]} is no number")
    return found


def _plain(table: pa.Table, name: str) -> Column:
    """A column as an array; texts as they are read, not as codes."""
    column = table.column(name)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return np.asarray(column.to_numpy(zero_copy_only=False))
