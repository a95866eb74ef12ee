"""The samples of docs/samples are what their program makes, and are read as what it put in."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path
from random import Random
from types import ModuleType
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from roomfold.cli import main
from roomfold.scenarios.inventory import read_inventory
from roomfold.scenarios.inventory.anonymise import NAMES, anonymise
from roomfold.scenarios.inventory.key_file import read_keys

from .test_formats import accounted

SAMPLES = Path(__file__).parents[3] / "docs" / "samples"
CITY = ("机房普查表.xlsx", "信息系统普查表.csv", "固定资产台账.xlsx")


class Makers(NamedTuple):
    make: ModuleType
    rvtools: ModuleType
    county: ModuleType


@pytest.fixture
def makers(monkeypatch: pytest.MonkeyPatch) -> Makers:
    monkeypatch.syspath_prepend(str(SAMPLES))
    import made_county
    import made_rvtools
    import make

    return Makers(make, made_rvtools, made_county)


def test_the_samples_are_made_by_their_program(makers: Makers, tmp_path: Path) -> None:
    """Compared unpacked: how tightly a machine packs is its own affair."""
    makers.make.make(tmp_path)
    for made in tmp_path.iterdir():
        shipped = SAMPLES / made.name
        assert shipped.stat().st_size < 200_000
        if made.suffix == ".csv":
            assert made.read_bytes() == shipped.read_bytes()
            continue
        with zipfile.ZipFile(made) as one, zipfile.ZipFile(shipped) as other:
            assert one.namelist() == other.namelist()
            assert all(one.read(name) == other.read(name) for name in one.namelist())
    assert len(list(tmp_path.iterdir())) == 4


def test_rvtools_export(makers: Makers) -> None:
    rvtools = makers.rvtools
    reading = read_inventory([SAMPLES / "rvtools-export.xlsx"])
    accounted(reading)
    put = [each for each in rvtools.machines(Random(makers.make.SEED)) if not each.template]
    found = {record.server: record for record in reading.of_kind("server")}
    assert len(found) == len(put) == 213 - len(rvtools.TEMPLATES)
    for each in put:
        record = found[each.name]
        assert (record.vcpu, record.mem_gb, record.host) == (each.vcpu, each.memory_gb, each.host)
        assert record.uuid == each.uuid
        assert record.department == each.department
        assert record.power_state == ("off" if each.state == "poweredOff" else "on")
        if each.busy:  # a snapshot in whole MHz
            assert record.cpu_avg == pytest.approx(each.busy, abs=0.001)
    assert sum(record.power_state == "off" for record in found.values()) == rvtools.OFF
    assert sum(0 < (record.cpu_avg or 0) < 0.005 for record in found.values()) == rvtools.IDLE
    assert {record.system for record in found.values()} - {None} == {system[0] for system in rvtools.SYSTEMS}
    hosts = {record.server: record for record in reading.of_kind("host")}
    assert len(hosts) == 23
    for name, cluster, (model, cpu, sockets, cores, _, memory, _) in rvtools.hosts():
        host = hosts[name]
        assert (host.cluster, host.model, host.cpu_model) == (cluster, model, cpu)
        assert (host.sockets, host.vcpu, host.mem_gb) == (sockets, sockets * cores, memory)
        assert host.cpu_avg is not None
    assert Counter(aside.reason for aside in reading.asides)["template"] == 3 * len(rvtools.TEMPLATES)
    assert not reading.conflicts
    assert not reading.unread


def test_the_city(makers: Makers) -> None:
    county = makers.county
    reading = read_inventory([SAMPLES / name for name in CITY])
    accounted(reading)
    assert not reading.unread
    assert not reading.conflicts
    rooms, systems = reading.of_kind("room"), reading.of_kind("system")
    assert len(rooms) == len(county.ROOMS) == 25
    for room, put in zip(rooms, county.ROOMS, strict=True):
        name, owner, level, _, area, racks, ups, load, pue, staff, cost = put
        assert (room.room, room.department, room.area_m2, room.rack_count) == (name, owner, area, racks)
        assert room.admin_level == {"县级": "county", "乡级": "township"}[level]
        assert (room.it_kw, room.pue, room.staff_fte) == (load, pue, staff)
        assert room.ups_kw == (None if ups is None else pytest.approx(0.9 * ups))
        assert room.operations_cny_per_year == (None if cost is None else pytest.approx(cost * 1e4))
    assert len(systems) == len(county.SYSTEMS) == 60
    for system, put in zip(systems, county.SYSTEMS, strict=True):
        name, room, mlps, classified, zone, servers, data, users = put
        assert (system.system, system.mlps, system.zone) == (name, mlps or None, zone)
        assert system.room in (county.ROOMS[room][0], None)
        assert (system.classified, system.servers) == (classified == "是", servers)
        assert system.data_gb == pytest.approx(data)
        assert system.users == (users or None)
    ledger = county.servers(Random(makers.make.SEED))
    servers = {record.asset_id: record for record in reading.of_kind("server")}
    assert sum(record.quantity or 0 for record in servers.values()) == county.SERVERS == 110
    assert servers.keys() == {each.asset for each in ledger}
    for each in ledger:
        record = servers[each.asset]
        assert (record.model, record.cpu_model or "", record.system or "") == (
            each.model,
            each.cpu,
            each.system,
        )
        assert record.price_cny == pytest.approx(each.price * 1e4, abs=1)
        assert record.purchase_date is not None
        assert record.purchase_date.replace(day=1) == each.bought.replace(day=1)
        assert (record.department, record.room) == (each.owner, each.room)
    assert Counter(aside.reason for aside in reading.asides).keys() == {"no_machine", "total", "note"}


@pytest.mark.parametrize("files", [("rvtools-export.xlsx",), CITY])
def test_a_scenario_without_names(files: tuple[str, ...], tmp_path: Path) -> None:
    """No name of any list is in any file of the scenario, nor printed; the key lies beside its folder."""
    paths = [SAMPLES / name for name in files]
    given = [part for path in paths for part in ("--from", str(path))]
    folder, key = tmp_path / "shared", tmp_path / "own.key"
    done = CliRunner().invoke(main, ["new", str(folder), *given, "--anonymise", "--key", str(key)])
    assert done.exit_code == 0, done.output
    reading = read_inventory(paths)
    names = {
        name
        for record in reading.records
        for field in NAMES
        for value in [getattr(record, field)]
        for name in (value if isinstance(value, tuple) else (value,))
        if name is not None and len(name) > 3 and name not in ("服务器", "机架式服务器")
    }
    assert len(names) > 100
    made = [path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()]
    left = "\n".join([*made, done.output]).casefold()
    assert not {name for name in [*names, *files, "eastmere", "澄原"] if name.casefold() in left}
    assert set(read_keys(key).names.values()) >= names
    hidden, _ = anonymise(reading, read_keys(key).key)
    assert {record.model for record in hidden.records} == {record.model for record in reading.records}
