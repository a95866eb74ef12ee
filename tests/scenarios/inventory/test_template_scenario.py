"""Template to scenario to template to scenario: the tables of the estate stay the same."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from roomfold.cli import main
from roomfold.scenarios.listed.columns import TABLES

SAMPLES = Path(__file__).parents[3] / "docs" / "samples"
CITY = ("机房普查表.xlsx", "信息系统普查表.csv", "固定资产台账.xlsx")


def new(folder: Path, *files: Path, template: str = "") -> Path:
    """What ``roomfold new`` makes of files."""
    given = [part for file in files for part in ("--from", str(file))]
    how = ["--template", template] if template else ["--year", "2024", "--lang", "en"]
    done = CliRunner().invoke(main, ["new", str(folder), *given, *how], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return folder


def table(folder: Path, name: str) -> list[dict[str, str | float]]:
    """A table of an estate, without where its rows were read."""
    with (folder / "estate" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return [
            {column: _number(cell) for column, cell in row.items() if column != "from"}
            for row in csv.DictReader(file)
        ]


def _number(cell: str) -> str | float:
    try:
        return float(cell)
    except ValueError:
        return cell


@pytest.mark.parametrize(
    ("files", "by_way_of_tables", "lang"),
    [(CITY, True, "zh"), (("rvtools-export.xlsx",), True, "en"), (("rvtools-export.xlsx",), False, "zh")],
)
def test_the_estate_stays_the_same(
    files: tuple[str, ...], by_way_of_tables: bool, lang: str, tmp_path: Path
) -> None:
    """From the tables of the scenario; and from the first lists, where the template has hosts as well."""
    lists = [SAMPLES / name for name in files]
    first = new(tmp_path / "first", *lists)
    tables = [first / "estate" / f"{name}.csv" for name in TABLES]
    filled = new(tmp_path / "filled", *(tables if by_way_of_tables else lists), template=lang)
    again = new(tmp_path / "again", *filled.iterdir())
    for name in TABLES:
        before, after = table(first, name), table(again, name)
        assert len(before) == len(after) > 0
        for one, other in zip(before, after, strict=True):
            assert one.keys() == other.keys()
            for column, cell in one.items():  # of numbers a spreadsheet keeps 15 digits
                near = pytest.approx(cell, rel=1e-9) if isinstance(cell, float) else cell
                assert other[column] == near
