"""The tables of a listed estate go with a run: its folder alone can be run again, wherever it lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.listed.carried import ChangedTableError, as_kept, copy_tables
from roomfold.scenarios.loader import fingerprint, load, resolved_yaml

from ..scenarios.listed import small


@pytest.mark.parametrize("alike", [False, True], ids=["names of their own", "all called the same"])
def test_a_folder_that_was_moved_is_the_same_scenario(tmp_path: Path, alike: bool) -> None:
    own = small.write(tmp_path / "own")
    if alike:
        for table in ("rooms", "systems", "servers"):
            place = own.parent / "estate" / table / "list.csv"
            place.parent.mkdir()
            (own.parent / "estate" / f"{table}.csv").rename(place)
            own.write_text(own.read_text("utf-8").replace(f"{table}.csv", f"{table}/list.csv"), "utf-8")
    scenario = load(own)
    run, moved = tmp_path / "run", tmp_path / "elsewhere" / "run"
    run.mkdir()
    (run / "scenario.yaml").write_text(resolved_yaml(as_kept(scenario)), "utf-8")
    copy_tables(scenario, run)
    moved.parent.mkdir()
    run.rename(moved)
    drawn = draw_world(scenario, 0).estate.names
    (tmp_path / "own").rename(tmp_path / "gone")
    again = load(moved)
    assert fingerprint(again) == fingerprint(scenario)
    assert resolved_yaml(as_kept(again)) == (moved / "scenario.yaml").read_text("utf-8")
    assert draw_world(again, 0).estate.names == drawn


def test_a_table_that_changed_under_the_run_is_refused(tmp_path: Path) -> None:
    own = small.write(tmp_path / "own")
    scenario = load(own)
    table = Path(scenario.estate.listed.rooms)  # type: ignore[union-attr]  # it is listed
    table.write_text(table.read_text("utf-8-sig") + "\n", "utf-8")
    (tmp_path / "run").mkdir()
    with pytest.raises(ChangedTableError, match=r"rooms\.csv: was changed"):
        copy_tables(scenario, tmp_path / "run")
