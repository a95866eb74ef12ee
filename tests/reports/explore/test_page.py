"""The page made from a folder: what is read, what is refused, the same bytes twice."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from roomfold.reports.explore import explore
from roomfold.reports.explore.inputs import inputs
from roomfold.reports.explore.stored import FIGURES, read
from roomfold.reports.explore.surrogate import Surrogate
from roomfold.scenarios.errors import RoomfoldError
from roomfold.scenarios.loader import load, quantities

from .planted import STAFF, TARIFF
from .written import write_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("explore") / "run")


def test_parts_read_from_a_folder_add_up_to_the_figures(run: Path) -> None:
    stored = read(run)
    for name in set(FIGURES) - {"npv", "payback_years"}:
        total = sum(part.values for part in stored.parts if name in part.figures)
        assert total == pytest.approx(stored.figures[name], rel=1e-12), name


def test_a_command_line_that_fixes_an_input_is_accepted(run: Path) -> None:
    for one in inputs(Surrogate(read(run))):
        for value in (one.low, one.high):
            found = quantities(load(run / "scenario.yaml", [one.override(value)]))[one.path]
            assert found.support == pytest.approx((value, value), abs=1e-12)
            assert found.spread == one.quantity.spread
    assert next(q for q in quantities(load(run / "scenario.yaml")).values() if q.path == STAFF).spread > 0


def test_the_same_run_gives_the_same_bytes(run: Path, tmp_path: Path) -> None:
    first = explore(run)
    assert first == run.parent / "run-explore.html"
    second = explore(run, tmp_path)
    assert second == tmp_path / "explore.html"
    assert first.read_bytes() == second.read_bytes()
    assert explore(run, second) == second  # its own page gives way
    assert "http" not in first.read_text("utf-8").replace("http-equiv", "").replace(
        "http://www.w3.org/2000/svg", ""
    )


def line(error: pytest.ExceptionInfo[RoomfoldError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


def test_what_cannot_be_explored_is_said_in_one_line(run: Path, tmp_path: Path) -> None:
    with pytest.raises(RoomfoldError) as error:
        explore(tmp_path)
    assert "is empty; write a run with" in line(error)
    with pytest.raises(RoomfoldError) as error:
        explore(write_run(tmp_path / "few", worlds=15))
    assert "15 worlds, too few" in line(error)
    other = tmp_path / "mine.html"
    other.write_text("mine")
    with pytest.raises(RoomfoldError) as error:
        explore(run, other)
    assert "did not write" in line(error) and other.read_text() == "mine"


@pytest.mark.parametrize("name", ["ledger.parquet", "worlds.parquet"])
def test_a_damaged_table_is_named(run: Path, tmp_path: Path, name: str) -> None:
    broken = tmp_path / "run"
    shutil.copytree(run, broken)
    table = pq.read_table(broken / name)
    for bad in (table.drop_columns([table.column_names[-1]]), None, pa.table({"x": [1.0] * 24})):
        if bad is None:
            (broken / name).write_bytes(b"PAR1")
        else:
            pq.write_table(bad, broken / name)
        with pytest.raises(RoomfoldError) as error:
            explore(broken)
        assert name in line(error)
    assert not list(tmp_path.glob("*.html")) and not list(tmp_path.glob(".*partial"))


def test_a_run_in_which_all_is_fixed_but_the_tariff_offers_just_that(tmp_path: Path) -> None:
    fixed = [
        f"{path}={json.dumps({'value': float(np.mean(q.support)), 'spread': q.spread})}"
        for path, q in quantities(load("inner-mongolia")).items()
        if q.support[0] < q.support[1] and path != TARIFF
    ]
    run = write_run(tmp_path / "run", *fixed)
    assert [one.path for one in inputs(Surrogate(read(run)))] == [TARIFF]
    assert explore(run).is_file()
