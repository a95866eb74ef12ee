"""The scenario that is written runs as it stands, says where all is from, and is the same each time."""

from __future__ import annotations

import csv
import json
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner, Result

from roomfold.cli import main
from roomfold.reports.gaps import BEHIND, WEIGHTED
from roomfold.scenarios import load
from roomfold.scenarios.adopting import scenario_name
from roomfold.scenarios.adopting.blanks import DRAWN_FROM
from roomfold.scenarios.adopting.scale import platform_cny_per_year, staff_fte, team_fte
from roomfold.scenarios.adopting.told import GOES_TO
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.inventory.record import FIELDS
from roomfold.scenarios.listed import TABLES

from ..inventory.writers import text
from .lists import azure, ledgers, rvtools

WRITTEN = ["assessment.csv", "estate", "import.json", "scenario.yaml"]


def new(*arguments: object) -> Result:
    """``roomfold new``, without progress."""
    return CliRunner().invoke(main, ["new", "--quiet", *map(str, arguments)])


def taken_from(files: list[Path]) -> list[object]:
    """The options that name files."""
    return ["--from", *files]


def test_what_is_listed_is_what_is_drawn(tmp_path: Path) -> None:
    done = new(tmp_path / "县城", *taken_from(ledgers(tmp_path)), "--place", "广东省", "--lang", "zh")
    assert done.exit_code == 0, done.output
    assert "三楼机房" not in done.output and "rooms.csv" in done.output
    folder = tmp_path / "县城"
    assert sorted(each.name for each in folder.iterdir()) == WRITTEN
    scenario = load(folder / "scenario.yaml")
    assert (scenario.name, scenario.time.start.year, scenario.baseline) == ("estate", 2020, "keep")
    assert {name: level.units for name, level in scenario.estate.levels.items()} == {"city": 3, "county": 2}
    assert scenario.alternatives["as-is"].cloud is not None
    assert scenario.alternatives["as-is"].cloud.sizing == "as-is"
    estate = draw_world(scenario, 0).estate
    today = estate.systems.arrives_month == 0
    assert (estate.rooms.opens_month == 0).sum() == 5
    assert today.sum() == 9
    here = today[estate.servers.system]
    # five are listed; of the systems without a listed machine one has 2 servers, two 2 each, two are drawn
    assert here.sum() >= 5 + 2 + 1 + 2 + 2
    assert np.isclose(estate.rooms.pue[0], 2.1)
    text_of = (folder / "scenario.yaml").read_text("utf-8")
    assert "library:tariffs/guangdong-2024.yaml" in text_of
    assert "# - assets.csv：zh-assets，4行，采用4行，搁置0行" in text_of


def test_the_account_is_whole_and_the_same_each_time(tmp_path: Path) -> None:
    file = rvtools(tmp_path)
    for name in ("one", "two"):
        assert new(tmp_path / name / "estate", "--from", file, "--lang", "en", "--json").exit_code == 0
    for written in (
        *(f"estate/{table}.csv" for table in TABLES),
        "import.json",
        "assessment.csv",
        "scenario.yaml",
    ):
        one, two = (tmp_path / name / "estate" / written for name in ("one", "two"))
        assert one.read_bytes() == two.read_bytes(), written
    account = json.loads((tmp_path / "one" / "estate" / "import.json").read_text("utf-8"))
    rows = account["reading"]["rows"]
    assert rows["in"] == rows["used"] + rows["aside"] == 10
    records = account["records"]
    assert records["read"] == sum(records["used"].values()) + records["aside"] == 9
    assert len(account["set_aside"]) == records["aside"] == 1
    assert account["set_aside"][0]["rows"] == [{"file": "export.xlsx", "sheet": "vInfo", "row": 6}]
    mapped = {each["field"]: each["to"] for each in account["reading"]["tables"][0]["mapped"]}
    assert mapped["vcpu"] == "servers.vcpu"
    assert {each["column"] for each in account["drawn"]} >= {"servers.bought", "rooms.pue"}


@pytest.mark.parametrize("kind", ["ledgers", "rvtools"])
def test_tables_of_a_scenario_are_an_inventory(tmp_path: Path, kind: str) -> None:
    """Made into a scenario again they are the same tables, but for where each row was read."""
    files = ledgers(tmp_path) if kind == "ledgers" else [rvtools(tmp_path)]
    assert new(tmp_path / "a", *taken_from(files), "--lang", "zh").exit_code == 0
    tables = [tmp_path / "a" / "estate" / f"{table}.csv" for table in TABLES]
    assert new(tmp_path / "b", *taken_from(tables), "--lang", "zh", "--year", 2024).exit_code == 0
    for table in tables:
        assert _rows(table) == _rows(tmp_path / "b" / "estate" / table.name)


def _rows(table: Path) -> list[dict[str, str]]:
    """Rows without blanks and places, in any order."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = [{k: v for k, v in row.items() if v and k != "from"} for row in csv.DictReader(file)]
    return sorted(rows, key=lambda row: sorted(row.items()))


def test_fields_go_to_columns_that_exist() -> None:
    columns = {f"{table}.{column.name}" for table, known in TABLES.items() for column in known}
    for fields in GOES_TO.values():
        assert fields.keys() <= set(FIELDS)
        assert set(fields.values()) <= columns


def test_comments_are_no_longer_than_lines(tmp_path: Path) -> None:
    for lang in ("en", "zh"):
        assert new(tmp_path / lang, "--from", azure(tmp_path), "--lang", lang).exit_code == 0
        written = (tmp_path / lang / "scenario.yaml").read_text("utf-8")
        assert isinstance(yaml.safe_load(written), dict)


def test_a_hostile_file_name(tmp_path: Path) -> None:
    rows = [["主机名", "CPU核数"], ["a", 4]]
    file = text(tmp_path / 'x"\n: - {}#\u202e=1.csv', rows)
    assert new(tmp_path / "out", "--from", file).exit_code == 0
    assert load(tmp_path / "out" / "scenario.yaml").title.en.startswith('Estate of x"')


def test_nothing_is_overwritten_or_left_half_written(tmp_path: Path) -> None:
    file = azure(tmp_path)
    target = tmp_path / "out"
    target.mkdir()
    (target / "mine.txt").write_text("kept")
    done = new(target, "--from", file)
    assert (done.exit_code, [each.name for each in target.iterdir()]) == (2, ["mine.txt"])
    assert "holds files; give a folder that is new or empty" in done.output
    empty = text(tmp_path / "chairs.csv", [["名称", "购置日期", "原值"], ["办公桌", "2015", "200"]])
    done = new(tmp_path / "none", "--from", empty)
    assert done.exit_code == 3
    assert done.output.count("\n") == 1
    assert not (tmp_path / "none").exists()
    assert {each.name for each in tmp_path.iterdir()} == {"azure.csv", "chairs.csv", "out"}


def test_usage() -> None:
    assert new("x").exit_code == 2
    done = new("x", "--from", "y.csv", "--place", "Atlantis")
    assert (done.exit_code, "Atlantis" in done.output) == (2, True)
    assert new("x", "--from", "y.csv", "--key", "k").exit_code == 2


def test_names_hidden_before_anything_is_written(tmp_path: Path) -> None:
    done = new(tmp_path / "out", *taken_from(ledgers(tmp_path)), "--anonymise", "--lang", "en")
    assert done.exit_code == 0, done.output
    for file in (each for each in (tmp_path / "out").rglob("*") if each.is_file()):
        assert not any(name in file.read_text("utf-8-sig") for name in ("财政局", "预算系统", "三楼"))
    assert "财政局" in (tmp_path / "out.key.json").read_text("utf-8")
    assert load(tmp_path / "out" / "scenario.yaml").estate.listed is not None
    assert new(tmp_path / "hosts", "--from", rvtools(tmp_path), "--anonymise").exit_code == 0
    servers = (tmp_path / "hosts" / "estate" / "servers.csv").read_text("utf-8-sig")
    assert "esx" not in servers and servers.count(",yes,srv-") == 5  # what they run on, by its code


def test_a_template_filled_from_lists(tmp_path: Path) -> None:
    done = new(tmp_path / "out", "--template", "zh", "--from", rvtools(tmp_path))
    assert done.exit_code == 0, done.output
    (made,) = (tmp_path / "out").iterdir()
    assert new(tmp_path / "again", "--from", made).exit_code == 0


@pytest.mark.parametrize(
    ("folder", "name"),
    [("My Estate 2", "my-estate-2"), ("财政局", "estate"), ("2024", "estate-2024"), ("-a-", "a")],
)
def test_names_of_scenarios(folder: str, name: str) -> None:
    assert scenario_name(folder) == name


@pytest.mark.parametrize(
    ("systems", "team", "staff", "platform"),  # most likely values of the bundled programmes
    [(135, 15, 8, 600_000), (300, 25, 12, 1_000_000), (400, 40, 15, 1_000_000), (1000, 350, 25, 1_500_000)],
)
def test_the_cloud_is_as_large_as_in_the_programmes(
    systems: int, team: float, staff: float, platform: float
) -> None:
    assert staff / 2 < staff_fte(systems).mode < staff * 2
    assert platform / 2 < platform_cny_per_year(systems).mode < platform * 2
    assert team / 5 < team_fte(systems).mode < team * 2


@pytest.mark.parametrize(
    ("bought", "first"), [("2009-05-01", 2010), ("2016-05-01", 2017), ("2039-05-01", 2040)]
)
def test_years_that_no_calendar_of_the_library_covers_have_holidays(
    tmp_path: Path, bought: str, first: int
) -> None:
    file = text(tmp_path / "list.csv", [["server", "vcpu", "purchase date"], ["a", 4, bought]])
    assert new(tmp_path / "made", "--from", file).exit_code == 0
    days = load(tmp_path / "made").calendar.rest_days
    assert sorted({day.year for day in days}) == list(range(first, first + 5))
    assert all(date(year, 10, 1) in days for year in range(first, first + 5))
    # Spring Festival of 2017 and 2021 stand in two files of the library
    assert first != 2017 or {date(2017, 1, 28), date(2021, 2, 12)} <= set(days)


def test_a_list_without_a_known_header_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = text(tmp_path / "list.csv", [["a", "b"], ["1", "2"]])
    told = new(tmp_path / "made", "--from", file)
    assert told.exit_code == 3
    assert told.output.endswith("(rows set aside: no known header in this table)\n")
    monkeypatch.setenv("ROOMFOLD_LANG", "zh")
    assert "（搁置的行：此表没有可识别的表头）" in new(tmp_path / "made", "--from", file).output


def test_the_folder_one_is_in_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = text(tmp_path / "list.csv", [["server", "vcpu"], ["a", 4]])
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    told = new(".", "--from", file)
    assert told.exit_code == 2 and "is the folder you are in" in told.output
    assert new("made", "--from", file, "--comfort", "nan").exit_code == 2
    assert not list((tmp_path / "here").iterdir())


def test_a_template_made_of_lists_says_what_was_left_out(tmp_path: Path) -> None:
    file = text(tmp_path / "list.csv", [["a", "b"], ["1", "2"]])
    told = new(tmp_path / "one", "--template", "en", "--from", file, "--lang", "en")
    assert "no known header in this table: 2" in told.output
    found = json.loads(new(tmp_path / "two", "--template", "zh", "--from", file, "--json").output)
    assert Path(found["template"]).is_file()
    assert found["reading"]["rows"] == {"in": 2, "used": 0, "aside": 2}


def test_blanks_are_told_alike_when_a_list_is_read_and_in_the_report() -> None:
    """Both name the same quantities behind a column."""
    for column, paths in DRAWN_FROM.items():
        table, _, name = column.partition(".")
        known = BEHIND.get((table, name))
        assert known or (table, name) in WEIGHTED, column
        assert all(any(fnmatchcase(path, each) for each in known) for path in paths if known), column
