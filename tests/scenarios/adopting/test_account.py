"""Nothing is lost between records and tables, whatever the records say; names stay inert."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomfold.scenarios.adopting.names import alike
from roomfold.scenarios.errors import InputError
from roomfold.scenarios.inventory import Origin, Reading, Record
from roomfold.scenarios.inventory.record import Read, Shape
from roomfold.scenarios.listed import TABLES, read_listed, write_tables

from ..inventory.writers import text
from .lists import adopted, made

ORIGIN = Origin("list.csv", "")
SHAPE = Shape(ORIGIN, (), (), {})
NAMES = st.sampled_from(["a", "b", "Ａ", " b", "机房", "=1+1", "h" * 300]) | st.none()
HOSTILE = [
    '=HYPERLINK("http://x","y")',
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "-1+1",
    "@SUM(A1)",
    "x" * 250,
]


@st.composite
def records(draw: st.DrawFn) -> list[Record]:
    """Records of all kinds with a few names, so that many meet."""
    made = []
    for number in range(draw(st.integers(1, 14))):
        kind = draw(st.sampled_from(["server", "server", "server", "host", "system", "room"]))
        known = {name: draw(NAMES) for name in ("room", "site", "department", "system", "host", "server")}
        if kind in ("system", "room"):
            known[kind] = known[kind] or "x"
        made.append(
            Record(
                kind,
                (Read(SHAPE, number + 2, (), ()),),
                **known,
                virtual=draw(st.sampled_from([True, False, None])),
                power_state=draw(st.sampled_from(["on", "off", "suspended", None])),
                quantity=draw(st.sampled_from([None, 0.0, 1.0, 3.0])),
                vcpu=draw(st.sampled_from([None, 0.0, 2.0, 8.0])),
                cpu_avg=draw(st.sampled_from([None, 0.0, 0.3])),
                servers=draw(st.sampled_from([None, 0.0, 5.0])),
                admin_level=draw(st.sampled_from([None, "city", "county", "部级", "?"])),
                zone=draw(st.sampled_from([None, "互联网", "政务内网", "?"])),
                purchase_date=draw(st.sampled_from([None, date(2015, 3, 1), date(2020, 1, 1)])),
                line_mbps=draw(st.sampled_from([None, 10.0])),
            )
        )
    return made


@settings(max_examples=60, deadline=None)
@given(records())
def test_every_record_is_used_or_set_aside(
    tmp_path_factory: pytest.TempPathFactory, found: list[Record]
) -> None:
    reading = Reading((), (), tuple(found), (), (), ())
    try:
        estate = made(reading)
    except InputError as error:
        assert "nothing to make an estate of" in str(error)
        assert all(
            r.kind in ("server", "host") and (r.power_state in ("off", "suspended") or r.quantity == 0)
            for r in found
        )
        return
    account = estate.account
    assert account.closed()
    assert sum(account.counts.values()) == len(found)
    kinds = Counter(record.kind for record in found)
    assert account.counts["rooms"] == kinds["room"]
    asides = Counter(found[each.record].kind for each in account.asides)
    assert account.counts["systems"] + asides["system"] == kinds["system"]
    machines = [r for r, use in zip(found, account.use, strict=True) if use == "servers"]
    copies = sum(1 if r.quantity is None or r.kind == "host" else round(r.quantity) for r in machines)
    assert len(estate.servers) == copies
    # Every host counts whole: the parts that its machines take up come to one.
    hosts = {alike(r.host) for r in machines if r.kind == "server" and r.host and r.virtual is not False}
    shares = [row["machine_share"] for row in estate.servers if "machine_share" in row]
    assert sum(map(float, map(str, shares))) == pytest.approx(len(hosts))
    _reads_back(tmp_path_factory.mktemp("estate"), estate.rooms, estate.systems, estate.servers, estate.units)


def _reads_back(folder: Path, *tables_and_units: object) -> None:
    """The tables are ones that scenarios take."""
    *tables, units = tables_and_units
    write_tables(folder, *tables)  # type: ignore[arg-type]  # three kinds of rows
    listed = read_listed({name: folder / f"{name}.csv" for name in TABLES})
    assert isinstance(units, dict)
    assert len(listed.unit_names) == sum(units.values())


@pytest.mark.parametrize("name", HOSTILE)
def test_names_stay_inert(tmp_path: Path, name: str) -> None:
    rows = [
        ["主机名", "系统名称", "机房", "使用部门", "CPU核数"],
        [name, name, name, name, 4],
        [name, "s", "r", "d", 4],
    ]
    estate = adopted(text(tmp_path / "list.csv", rows))
    for table in (estate.rooms, estate.systems, estate.servers):
        for row in table:
            for value in row.values():
                assert not str(value).startswith(("=", "+", "-", "@"))
                assert len(str(value)) <= 200
    _reads_back(tmp_path, estate.rooms, estate.systems, estate.servers, estate.units)
