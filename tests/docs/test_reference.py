"""The reference says what a run writes: columns of its tables, exit codes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from roomfold.reports.tables import TABLES
from roomfold.scenarios import InfeasibleError, InputError, RoomfoldError, load
from roomfold.sim import SERIES
from roomfold.sim.study import run_study

DOCS = Path(__file__).parents[2] / "docs"
TINY = Path(__file__).parents[1] / "scenarios" / "tiny.yaml"


@pytest.fixture(scope="module")
def columns() -> dict[str, list[str]]:
    """Columns of each table of a small run."""
    study = run_study(load(TINY), worlds=1)
    return {name: make(study).column_names for name, make in TABLES.items()}


def test_every_column_is_described(columns: dict[str, list[str]]) -> None:
    page = (DOCS / "files.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z_]+)`", page)) | set(SERIES)
    for table, found in columns.items():
        if table != "worlds":  # columns of its own for every quantity and figure, told by their pattern
            assert set(found) <= named, f"{table}: {set(found) - named}"


def test_columns_of_worlds_that_are_named_are_there(columns: dict[str, list[str]]) -> None:
    page = (DOCS / "files.md").read_text("utf-8")
    for name in re.findall(r"`A:([a-z_]+(?: [a-z_]+)? \([^)]+\))`", page):
        assert f"consolidate:{name}" in columns["worlds"], name


def test_exit_codes() -> None:
    page = (DOCS / "commands.md").read_text("utf-8")
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)}
    assert {0, 2, 130} | {error.exit_code for error in (RoomfoldError, InputError, InfeasibleError)} == codes
