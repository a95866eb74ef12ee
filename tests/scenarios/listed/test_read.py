"""The three tables as arrays, however they are written, and what is wrong with them in words."""

from __future__ import annotations

import csv
import io
import random
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomfold.scenarios import InputError, load
from roomfold.scenarios.listed import TABLES, Listed, read_listed, write_tables
from roomfold.scenarios.trust import Trust

from . import small

NAMES = tuple(TABLES)


def paths(folder: Path) -> dict[str, Path]:
    """Where the tables of a scenario lie."""
    return {name: folder / "estate" / f"{name}.csv" for name in NAMES}


def told(folder: Path, **texts: str) -> list[str]:
    """What loading a scenario with other tables says, a line each, without the folder."""
    with pytest.raises(InputError) as caught:
        load(small.write(folder, **texts))
    return [line.removeprefix(f"{folder}/estate/") for line in str(caught.value).splitlines()]


def same(one: Listed, other: Listed) -> None:
    """Both hold the same, wherever its columns stand."""
    for name in NAMES:
        left, right = getattr(one, name), getattr(other, name)
        assert left.keys == right.keys
        for part in ("numbers", "days", "codes"):
            for column, values in getattr(left, part).items():
                np.testing.assert_array_equal(values, getattr(right, part)[column], err_msg=column)
        assert left.names == right.names
    np.testing.assert_array_equal(one.system_room, other.system_room)
    np.testing.assert_array_equal(one.server_system, other.server_system)


def rewritten(text: str, seed: int, bom: bool, quoted: bool, ending: str) -> str:
    """The same table with its columns in another order, other quotes and other ends of lines."""
    rows = list(csv.reader(io.StringIO(text)))
    order = random.Random(seed).sample(range(len(rows[0])), len(rows[0]))
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(out, quoting=quoting, lineterminator=ending).writerows([[r[i] for i in order] for r in rows])
    return ("\ufeff" if bom else "") + out.getvalue()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 999), st.booleans(), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_order_of_columns_marks_and_quotes_change_nothing(
    seed: int, bom: bool, quoted: bool, ending: str
) -> None:
    """A table reads the same whoever wrote it."""
    with TemporaryDirectory() as place:
        plain, other = Path(place, "plain"), Path(place, "other")
        small.write(plain)
        small.write(other)
        for name, text in (("rooms", small.ROOMS), ("systems", small.SYSTEMS), ("servers", small.SERVERS)):
            written = rewritten(text, seed, bom, quoted, ending)
            paths(other)[name].write_text(written, encoding="utf-8", newline="")
        same(read_listed(paths(plain)), read_listed(paths(other)))


def test_cells_arrive_as_they_stand(tmp_path: Path) -> None:
    """Numbers, yes and no, dates, names and what refers to what."""
    small.write(tmp_path)
    listed = read_listed(paths(tmp_path))
    assert listed.rooms.keys == ("R1", "R2", "R3")
    assert listed.unit_names == ("Finance", "Health", "")
    assert listed.room_unit.tolist() == [0, 1, 2]
    assert listed.unit_level(["region", "banner"]).tolist() == [0, 1, 1]
    assert listed.system_room.tolist() == [0, 0, 1, 1, 2]
    assert listed.server_system.tolist() == [0, 0, 1, 1, 1, 2, 2, 3, 3]
    assert listed.systems.codes["classified"].tolist() == [0, 0, -1, 1, -1]
    np.testing.assert_array_equal(listed.rooms.numbers["pue"], [1.9, np.nan, np.nan])
    np.testing.assert_array_equal(listed.servers.numbers["cpu_mean"][:2], [0.2, 0.1])
    assert str(listed.servers.days["bought"][0]) == "2010-06-15"
    assert np.isnat(listed.servers.days["bought"][4])


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    """Rows with values of every kind, and texts that spreadsheets take for formulas."""
    rooms = [
        {"room": '=HYPERLINK("x")', "unit": "财政局, 二处", "area_m2": 0.1 + 1.0, "from": "a.xlsx[表]!A2"}
    ]
    systems = [{"system": "<b>税务</b>\n二期", "room": rooms[0]["room"], "mlps": 3, "classified": False}]
    servers = [
        {"server": "a" * 200, "system": systems[0]["system"], "virtual": True, "machine_share": 1 / 3,
         "bought": date(2012, 2, 29), "price_cny": 50000.0, "vcpu": 4},
        {"server": "b", "system": systems[0]["system"], "virtual": None, "cpu_mean": 0.0},
    ]  # fmt: skip
    (tmp_path / "estate").mkdir()
    write_tables(tmp_path / "estate", rooms, systems, servers)
    listed = read_listed(paths(tmp_path))
    assert listed.rooms.keys == (rooms[0]["room"],)
    assert listed.unit_names == ("财政局, 二处",)
    assert listed.rooms.numbers["area_m2"][0] == 0.1 + 1.0
    assert listed.systems.keys == (systems[0]["system"],)
    assert listed.systems.codes["classified"].tolist() == [0]
    assert listed.servers.keys == ("a" * 200, "b")
    np.testing.assert_array_equal(listed.servers.numbers["machine_share"], [1 / 3, np.nan])
    np.testing.assert_array_equal(listed.servers.numbers["cpu_mean"], [np.nan, 0.0])
    assert str(listed.servers.days["bought"][0]) == "2012-02-29"
    header = (tmp_path / "estate" / "rooms.csv").read_bytes().splitlines()[0]
    assert header == b"\xef\xbb\xbfroom,unit,area_m2,from"
    with pytest.raises(ValueError, match="colour"):
        write_tables(tmp_path / "estate", [{"room": "R", "colour": "red"}], [], [])


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        (
            "servers",
            "0.2,0.5,2010",
            "20,0.5,2010",
            "servers.csv:2:11: cpu_mean: got '20', must be a number from 0 to 1",
        ),
        (
            "servers",
            "r710-x5570",
            "r710-x5571",
            "servers.csv:8:5: curve: got 'r710-x5571', must be a name in hardware.curves (did you",
        ),
        (
            "servers",
            "2005-03-01",
            "1.3.2005",
            "servers.csv:8:13: bought: got '1.3.2005', must be a date like 2014-12-31, 1980-01-01 or later",
        ),
        (
            "servers",
            "2005-03-01",
            "2014-01-01",
            "servers.csv:8:13: bought: got 2014-01-01, must be before the first day (2014-01-01)",
        ),
        (
            "servers",
            ",yes,h1,rh2288-v2-e5-2650,0.2",
            ",no,,rh2288-v2-e5-2650,0.2",
            "servers.csv:3:6: machine_share: got 0.2, must be blank or 1 where virtual is not yes",
        ),
        (
            "servers",
            "one,Clinic,,,",
            "one,Clinic,,h9,",
            "servers.csv:7:4: host: got 'h9', must be blank where virtual is not yes",
        ),
        (
            "servers",
            "one,Clinic",
            "one,Klinic",
            "servers.csv:7:2: system: got 'Klinic', must be in FOLDER/estate/systems.csv (did you mean",
        ),
        (
            "servers",
            "one,Clinic",
            "own,Clinic",
            "servers.csv:7:1: server: got 'own' as in row 2, must be unique",
        ),
        ("servers", "one,Clinic", ",Clinic", "servers.csv:7:1: server: got nothing, must be given"),
        (
            "servers",
            "one,Clinic,,,,,,,,,,,,,,",
            "one,Clinic,,,,,,,,,,,,,,,x",
            "servers.csv:7:17: got 17 cells",
        ),
        (
            "servers",
            "cpu_p95",
            "cpu_p59",
            "servers.csv:1:12: got unknown column 'cpu_p59', must be a known column (did you mean",
        ),
        (
            "systems",
            "Clinic,R2,,,,,yes,",
            "Clinic,R2,,,,,ja,",
            "systems.csv:4:7: pinned: got 'ja', must be yes or no",
        ),
        (
            "systems",
            ",,,yes,,,2,,",
            ",,,yes,,,3,,",
            "systems.csv:5:9: servers: got 3, must be blank or 2, the number listed in servers.csv",
        ),
        (
            "systems",
            "internet,2",
            "internet,2.5",
            "systems.csv:3:5: mlps: got '2.5', must be a whole number from 1 to 5",
        ),
        (
            "rooms",
            "region,room",
            "county,room",
            "rooms.csv:2:3: level: got 'county', must be a name in estate.levels",
        ),
        ("rooms", "R3,,banner", "R3,,region", "must be 2, the units of 'region' in FOLDER/estate/rooms.csv"),
        (
            "rooms",
            "R3,,banner",
            f"{'R' * 201},,banner",
            "rooms.csv:4:1: room: got 201 characters, must be at most 200",
        ),
    ],
)
def test_faults_name_row_and_column(tmp_path: Path, table: str, old: str, new: str, said: str) -> None:
    """One line for each, in the words of the table."""
    text = {"rooms": small.ROOMS, "systems": small.SYSTEMS, "servers": small.SERVERS}[table]
    assert text.count(old) == 1
    lines = told(tmp_path, **{table: text.replace(old, new)})
    assert any(said.replace("FOLDER", str(tmp_path)) in line for line in lines), lines


def test_many_faults_are_counted(tmp_path: Path) -> None:
    """How many there are, then the first of them."""
    rows = "".join(f"s{i},Budget,maybe\n" for i in range(100))
    lines = told(tmp_path, servers=f"server,system,virtual\n{rows}")
    assert len(lines) == 21
    assert lines[0] == "servers.csv: has 100 problems, of which 20 follow"
    assert lines[1] == "servers.csv:2:3: virtual: got 'maybe', must be yes or no"
    rows = "".join(f"s{i},Nobody\n" for i in range(100))
    lines = told(tmp_path, servers=f"server,system\n{rows}")
    assert len(lines) == 21
    assert lines[0] == "servers.csv: has more than 20 problems, of which the first follow"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("room\n机房".encode("gb18030"), "got another encoding, must be UTF-8"),
        (b'room\n"R1', "got no readable CSV"),
        (b"", "got no column 'room', must be there"),
        (b"room\n", "got no room, must have at least one"),
        (b"room;unit\nR1;a\n", "got unknown column 'room;unit'"),
        (b"room," * 300 + b"\n", "301 columns, must be at most 200"),
    ],
)
def test_files_that_are_no_tables(tmp_path: Path, content: bytes, said: str) -> None:
    """Each says what it is instead."""
    path = small.write(tmp_path)
    (tmp_path / "estate" / "rooms.csv").write_bytes(content)
    with pytest.raises(InputError, match=said.replace("(", r"\(")):
        load(path)


def test_what_a_listed_estate_needs_and_refuses(tmp_path: Path) -> None:
    """Rooms and systems are listed or drawn, never both; lines and shares come from somewhere."""
    path = small.write(tmp_path)
    for field, value in (("systems", "20"), ("rooms", "6")):
        with pytest.raises(
            InputError, match=f"estate.{field}: got {field}, must be left out where the estate"
        ):
            load(path, [f"estate.{field}={value}"])
    text = path.read_text("utf-8")
    (tmp_path / "other.yaml").write_text(text.replace("  vcpu_per_core: {", "  x: {", 1), "utf-8")
    with pytest.raises(InputError, match=r"vcpu_per_core: .* without machine_share .*servers.csv, row 6"):
        load(tmp_path / "other.yaml")
    small.write(tmp_path, systems="system,room\nBudget,R1\nTax,R1\nClinic,R2\nSecret,R2\n")
    with pytest.raises(InputError, match=r"estate.vertical_lines: got nothing, must be given where systems"):
        load(path)
    unlisted = "\n".join(line for line in text.splitlines() if not line.startswith("  listed:"))
    (tmp_path / "other.yaml").write_text(unlisted, "utf-8")
    with pytest.raises(InputError) as caught:
        load(tmp_path / "other.yaml")
    assert {p.path for p in caught.value.problems} == {
        "estate.rooms",
        "estate.systems",
        "estate.vertical_lines",
    }


def test_a_folder_is_its_scenario(tmp_path: Path) -> None:
    """The folder of a scenario stands for it, and a table that has changed is refused."""
    from roomfold.scenarios.loader import fingerprint, resolved_yaml

    small.write(tmp_path / "here")
    scenario = load(tmp_path / "here")
    assert fingerprint(scenario) == fingerprint(load(small.write(tmp_path / "there")))
    (tmp_path / "again.yaml").write_text(resolved_yaml(scenario), "utf-8")
    with pytest.raises(InputError, match=r"again.yaml.*must lie below the folder of this file"):
        load(tmp_path / "again.yaml")
    allowed = Trust(folders=(tmp_path / "here",))
    assert load(tmp_path / "again.yaml", trust=allowed) == scenario
    small.write(tmp_path / "here", rooms=small.ROOMS.replace("80000", "80001"))
    assert fingerprint(load(tmp_path / "here")) != fingerprint(scenario)
    with pytest.raises(InputError, match=r"listed.rooms: .* must be the file it was \(SHA-256"):
        load(tmp_path / "again.yaml", trust=allowed)


def test_the_documentation_names_every_column() -> None:
    """A column that is added is described."""
    text = (Path(__file__).parents[3] / "docs" / "model.md").read_text("utf-8")
    section = text.partition("## Listed estates")[2].partition("\n## ")[0]
    missing = {c.name for columns in TABLES.values() for c in columns if f"`{c.name}`" not in section}
    assert not missing


def test_a_table_that_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder, a device or nothing: one line."""
    path = small.write(tmp_path)
    for place in ("nowhere.csv", str(tmp_path), "/dev/zero"):
        with pytest.raises(InputError, match=r"^[^\n]*listed.rooms: got .*, must be an existing file$"):
            load(path, [f"estate.listed.rooms={place}"])
