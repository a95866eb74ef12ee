"""Each format on small files written by hand, whose content is known."""

from __future__ import annotations

import errno
import gzip
import sqlite3
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from roomfold.scenarios.errors import InputError
from roomfold.scenarios.traces import READERS, REQUEST_READERS, open_requests, open_trace
from roomfold.scenarios.traces.plain import Plain
from roomfold.scenarios.traces.spool import _Table
from roomfold.scenarios.traces.trace import Description, Store, Trace

NAN = np.nan
GWA_12 = (
    "Timestamp [ms];\tCPU cores;\tCPU capacity provisioned [MHZ];\tCPU usage [MHZ];\tCPU usage [%];\t"
    "Memory capacity provisioned [KB];\tMemory usage [KB]"
)
GWA_13 = (
    '"Timestamp";"CPU cores";"CPU capacity provisioned [MHZ]";"CPU usage [MHZ]";"CPU usage [%]";'
    '"Memory capacity provisioned [KB]";"Memory usage [KB]";"Memory usage [%]"'
)


def whole(path: Path, **options: object) -> np.ndarray:
    with open_trace(path, **options) as trace:
        return trace.whole()


def test_planetlab_folder_and_array_are_the_same(tmp_path: Path) -> None:
    util = np.array([[0, 7, 100], [3, 4, 5], [1, 2, 99]], dtype=np.uint8)
    names = ["B_host", "a_host", "é_host"]  # upper case before lower, ASCII before the rest: by bytes
    folder = tmp_path / "20110303"
    folder.mkdir()
    for name, row in zip(names, util, strict=True):
        (folder / name).write_bytes("\r\n".join(map(str, row)).encode())
    np.savez_compressed(tmp_path / "20110303.npz", util=util, names=np.array(names))
    with open_trace(folder) as one, open_trace(tmp_path / "20110303.npz") as other:
        assert one.names == other.names == tuple(names)
        assert one.step_s == other.step_s == 300
        assert str(one.start) == str(other.start) == "2011-03-03 00:00:00"
        assert np.array_equal(one.whole(), util / 100)  # to the last bit
        assert np.array_equal(other.whole(), util / 100)


def test_planetlab_files_of_different_length_and_joined_samples(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("10\n20\n30\n40\n\n")
    (tmp_path / "b").write_text("50\n70\n")
    assert np.array_equal(whole(tmp_path), [[0.1, 0.2, 0.3, 0.4], [0.5, 0.7, NAN, NAN]], equal_nan=True)
    assert np.allclose(whole(tmp_path, step_s=600), [[0.15, 0.35], [0.6, NAN]], equal_nan=True)
    (tmp_path / "a0").write_text("")
    with open_trace(tmp_path) as trace:
        assert trace.names == ("a", "a0", "b")
        assert np.isnan(trace.whole()[1]).all()
        found = trace.description
    assert found.dropped == {"empty file": 1, "file of less than 4 samples": 1}
    assert found.notes[1:] == (
        "empty file, what lacks is missing: a0",
        "file of less than 4 samples, what lacks is missing: b (2)",
    )
    assert (found.rows, found.missing_share) == (6, 0.5)


def test_planetlab_days_are_not_merged(tmp_path: Path) -> None:
    for day in ("20110303", "20110304"):
        (tmp_path / day).mkdir()
        (tmp_path / day / "vm").write_text("1\n2\n")
    with pytest.raises(InputError, match=r"files in 2 folders \(20110303, 20110304\), must be one day"):
        open_trace(tmp_path)
    (tmp_path / "20110304" / "vm").unlink()
    with open_trace(tmp_path) as trace:
        assert str(trace.start) == "2011-03-03 00:00:00"


def test_one_planetlab_file_asks_for_its_folder(tmp_path: Path) -> None:
    (tmp_path / "vm").write_text("1\n2\n")
    for reader in (None, "planetlab"):
        with pytest.raises(InputError, match=f"got one file, must be the folder .*{tmp_path.name}"):
            open_trace(tmp_path / "vm", reader)


@pytest.mark.parametrize(
    ("shape", "names", "says"),
    [
        ((0, 5), [], r"got util of shape \(0, 5\), must hold"),
        ((2, 0), ["a", "b"], r"got util of shape \(2, 0\), must hold"),
        ((2, 5), ["a", "a"], "got 'a' twice, must be one row each"),
        ((2, 5), ["b", "a"], "must ascend by their bytes"),
        ((2, 5), ["a"], r"got util of uint8 and shape \(2, 5\), must be uint8"),
        (None, [], r"got what cannot be read \(File is not a zip file\), must be an .npz file with util"),
    ],
)
def test_arrays_that_hold_nothing_or_a_name_twice(
    tmp_path: Path, shape: tuple[int, int] | None, names: list[str], says: str
) -> None:
    path = tmp_path / "20110303.npz"
    if shape is None:
        path.write_bytes(b"1\n")
    else:
        np.savez(path, util=np.ones(shape, dtype=np.uint8), names=np.array(names, dtype=str))
    with pytest.raises(InputError, match=says):
        open_trace(path)


def test_full_use_that_a_format_fixes_cannot_be_another(tmp_path: Path) -> None:
    (tmp_path / "vm").write_text("1\n2\n")
    with pytest.raises(InputError, match="got full 1, must be 100"):
        open_trace(tmp_path, full=1)


def test_use_above_provisioned_capacity_is_noted(tmp_path: Path) -> None:
    rows = [f"{1_373_000_000 + 300 * k};4;1000;100;{60 * k};1000;100" for k in range(4)]
    (tmp_path / "vm.csv").write_text("\n".join([GWA_12, *rows]) + "\n")
    with open_trace(tmp_path) as trace, open_trace(tmp_path, full=100) as again:
        assert again.description == trace.description
        assert trace.description.notes[-1].startswith("50% of values exceed the component's capacity")
    with pytest.raises(InputError, match=r"got 75.0% of values above full use \(1\)"):
        open_trace(tmp_path, full=1)


def test_no_reader_ends_without_components_or_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.csv"
    path.write_text("time,vm,cpu\n0,a,1\n300,a,1\n")
    nothing = Trace((), 300, Store(0, 2), 1, None, Description("plain", str(path), 1, ""))
    monkeypatch.setattr(Plain, "read", lambda *_: nothing)
    with pytest.raises(InputError, match="got 0 components and 2 steps, must be one of each at least"):
        open_trace(path)


@pytest.mark.parametrize("day", ["20110303", "20110403", "20110420"])
def test_planetlab_reference_days(reference_data: Path, day: str) -> None:
    archive = np.load(reference_data / "planetlab" / f"{day}.npz")
    with open_trace(reference_data / "planetlab" / f"{day}.npz") as trace:
        assert np.array_equal(trace.whole(), archive["util"] / 100.0)
        assert trace.names == tuple(archive["names"])
        assert trace.description.missing_share == 0


def test_bitbrains_seconds_under_a_header_that_says_ms(tmp_path: Path) -> None:
    for month, first in (("2013-7", 1_373_000_000), ("2013-8", 1_373_000_900)):
        folder = tmp_path / month
        folder.mkdir()
        for name, percent in (("1", 50), ("10", 25), ("2", 12.5)):
            rows = [f"{first + 300 * k};\t4;\t1000;\t100;\t{percent};\t1000;\t{100 * k}" for k in range(3)]
            (folder / f"{name}.csv").write_text("\n".join([GWA_12, *rows]) + "\n")
    with open_trace(tmp_path) as trace:
        assert trace.names == ("1", "2", "10")  # one component for both months
        assert trace.step_s == 300
        assert str(trace.start) == "2013-07-05 04:53:20"
        assert np.array_equal(trace.whole(), np.repeat([[0.5], [0.125], [0.25]], 6, axis=1))
        assert trace.description.notes == ("times are seconds, although the header says ms",)
    assert np.allclose(whole(tmp_path, resource="mem")[0], [0, 0.1, 0.2] * 2)


def test_bitbrains_milliseconds_and_usage_without_percent(tmp_path: Path) -> None:
    lines = ["Timestamp [ms];CPU capacity provisioned [MHZ];CPU usage [MHZ]"]
    lines += ["1373000000000;2000;500", "1373000300000;0;500", "1373000600000;2000;1000"]
    (tmp_path / "vm.csv").write_text("\n".join(lines))
    with open_trace(tmp_path) as trace:
        assert trace.step_s == 300
        assert np.array_equal(trace.whole(), [[0.25, NAN, 0.5]], equal_nan=True)
        assert trace.description.dropped == {"empty value": 1}


def test_materna_decimal_commas_and_german_dates(tmp_path: Path) -> None:
    rows = [
        '"04.11.2015 09:32:06";"2";"4000";"58";"1,44";"1000";"100";"10,5"',
        '"04.11.2015 09:37:06";"2";"4000";"58";"100";"1000";"100";"11"',
    ]
    (tmp_path / "01.csv").write_bytes("\r\n".join([GWA_13, *rows, ""]).encode("utf-8-sig"))
    (tmp_path / "02.csv").write_text(GWA_13 + "\n")
    (tmp_path / "03.csv").write_text("")
    with open_trace(tmp_path) as trace:
        assert str(trace.start) == "2015-11-04 09:32:06"
        assert np.allclose(trace.whole(), [[0.0144, 1.0]])
        assert trace.describe()["dropped"] == {"empty file": 1}
    assert np.allclose(whole(tmp_path, resource="mem"), [[0.105, 0.11]])


def test_opendc_fragments_follow_one_another(tmp_path: Path) -> None:
    tasks = {"id": ["b", "a"], "submission_time": [0, 600_000], "duration": [1_800_000, 600_000]}
    tasks |= {"cpu_count": [1, 2], "cpu_capacity": [1000.0, 2000.0], "mem_capacity": [1, 1]}
    parts = [("b", 300_000, 500.0), ("a", 300_000, 1000.0), ("b", 1_200_000, 100.0), ("a", 300_000, 2000.0)]
    ids, durations, usages = zip(*parts, ("b", 300_000, 1000.0), strict=True)
    fragments = {"id": ids, "duration": durations, "cpu_count": [1] * 5, "cpu_usage": usages}
    pq.write_table(pa.table(tasks), tmp_path / "tasks.parquet")
    pq.write_table(pa.table(fragments), tmp_path / "fragments.parquet")
    expected = [[NAN, NAN, 0.5, 1.0, NAN, NAN], [0.5, 0.1, 0.1, 0.1, 0.1, 1.0]]
    with open_trace(tmp_path, step_s=300) as trace:
        assert trace.names == ("a", "b")
        assert np.allclose(trace.whole(), expected, equal_nan=True)
        assert trace.start is None


def test_opendc_older_names_with_ends_of_fragments(tmp_path: Path) -> None:
    moment = pa.array([1_600_000_000_000], pa.timestamp("ms"))
    meta = {"id": ["a"], "start_time": moment, "stop_time": moment, "cpu_count": [1]}
    pq.write_table(pa.table(meta | {"cpu_capacity": [100.0]}), tmp_path / "meta.parquet")
    ends = pa.array([1_600_000_300_000, 1_600_000_600_000], pa.timestamp("ms"))
    rows = {"id": ["a", "a"], "timestamp": ends, "duration": [300_000, 300_000], "cpu_usage": [10.0, 30.0]}
    pq.write_table(pa.table(rows), tmp_path / "trace.parquet")
    with open_trace(tmp_path) as trace:
        assert str(trace.start) == "2020-09-13 12:26:40"
        assert np.allclose(trace.whole(), [[0.1, 0.3]])


def test_azure_readings_are_slices_of_time(tmp_path: Path) -> None:
    (tmp_path / "vm_cpu_readings-file-1-of-10.csv").write_text("0,x+/=,1,9,5\n0,y,1,9,7.5\n300,x+/=,1,9,10\n")
    with gzip.open(tmp_path / "vm_cpu_readings-file-10-of-10.csv.gz", "wt") as file:
        file.write("600,y,0,1,100\n600,x+/=,1,9,20\n")
    with open_trace(tmp_path) as trace:
        assert trace.description.reader == "azure-readings"
        assert trace.names == ("x+/=", "y")
        assert trace.step_s == 300
        expected = [[0.05, 0.10, 0.20, NAN], [0.075, 0.075, 1.0, 1.0]]  # y's own spacing is 600 s
        assert np.allclose(trace.whole(), expected, equal_nan=True)


def test_perfinfo_with_month_first_times(tmp_path: Path) -> None:
    head = "MachineId,TimeStamp,CpuUtilizationPercentage,MemoryUtilizationPercentage,AvailableMemoryBytes\n"
    rows = '"m1","03/31/2026, 23:30:00",10,50,0\n"m1","04/01/2026, 00:00:00",20,60,0\n'
    (tmp_path / "perfInfo.csv").write_text(head + rows)
    (tmp_path / "vmInfo.csv").write_text("MachineId\nm1\n")
    with open_trace(tmp_path) as trace:
        assert str(trace.start) == "2026-03-31 23:30:00"
        assert trace.step_s == 1800
        assert np.allclose(trace.whole(), [[0.1, 0.2]])
    assert np.allclose(whole(tmp_path / "perfInfo.csv", resource="mem"), [[0.5, 0.6]])


def test_huawei_requests(tmp_path: Path) -> None:
    path = tmp_path / "Huawei-East-1.csv"
    path.write_text("vmid,cpu,memory,time,type\n0,1,2,0,0\n1,4,8,10,0\n0,1,2,50,1\n7,1,1,60,1\n")
    trace = open_requests(path)
    assert trace.ids == ("0", "1")
    assert trace.lifetime_s.tolist() == [50, np.inf]
    assert (trace.cpu.tolist(), trace.memory.tolist()) == ([1, 4], [2, 8])
    assert trace.running(np.array([-1.0, 0, 10, 49, 50])).tolist() == [0, 1, 2, 2, 1]
    assert trace.describe()["dropped"] == {"deleted but never created": 1}
    with pytest.raises(InputError, match="request trace"):
        open_trace(path)


def test_azure_requests_from_both_sources(tmp_path: Path) -> None:
    table = tmp_path / "vmtable.csv"
    rows = ["a,s,d,0,3000,9,1,5,Unknown,4,32", "b,s,d,600,1200,9,1,5,Interactive,>24,>64"]
    table.write_text("\n".join(rows) + "\n")
    trace = open_requests(table)
    assert trace.lifetime_s.tolist() == [np.inf, 600]  # a was there when the table ended
    assert (trace.cpu.tolist(), trace.memory.tolist()) == ([4, 24], [32, 64])
    base = sqlite3.connect(tmp_path / "packing.sqlite")
    base.execute("CREATE TABLE vm (vmId, tenantId, vmTypeId, priority, starttime REAL, endtime REAL)")
    base.execute("CREATE TABLE vmType (id, vmTypeId, machineId, core REAL, memory REAL)")
    base.executemany("INSERT INTO vm VALUES (?,0,?,0,?,?)", [(1, 7, 1.5, 2.0), (2, 7, -0.5, None)])
    base.executemany("INSERT INTO vmType VALUES (?,7,?,?,?)", [(1, 16, 0.5, 0.5), (2, 3, 0.25, 0.125)])
    base.commit()
    base.close()
    trace = open_requests(tmp_path / "packing.sqlite")
    assert trace.ids == ("2", "1")
    assert trace.arrival_s.tolist() == [-43200, 129600]
    assert trace.lifetime_s.tolist() == [np.inf, 43200]
    assert (trace.cpu.tolist(), trace.memory.tolist()) == ([0.25, 0.25], [0.125, 0.125])


@pytest.mark.parametrize(
    ("name", "content", "at", "says"),
    [
        ("p/a", "5\nx\n", "a:2:1: utilisation", "got 'x', must be a whole percent"),
        ("p/a", "5\n\n\n6\n", "a:2:1: utilisation", "got a blank line"),
        ("p/a", "5\n101\n", "a:2:1: utilisation", "must be a whole percent"),
        ("p/a", f"5\n{'1' * 5000}\n", "a:2:1: utilisation", "must be a whole percent"),
        ("g/1.csv", GWA_12 + "\n1;1;1;1;a;1;1\n", "1.csv:2:5: CPU usage [%]", "got 'a', must be a number"),
        ("g/1.csv", GWA_12 + "\n1;1;1;1;1;1\n", "1.csv:2:1", "got 6 cells, must be 7"),
        ("t.csv", "time,vm,cpu\n0,a,1\n\n5,a,oops\n", "t.csv:4:3: cpu", "got 'oops', must be a number"),
        ("t.csv", "time,vm,cpu\n2026-01-01 00:00,a,1\n5 o'clock,a,1\n", "t.csv:3:1: time", "like the first"),
        ("t.csv", "time,vm,cpu\n03/04/2026 10:00,a,1\n", "t.csv:2:1: time", "which number is the month"),
        ("t.csv", "time,vm,cpu\nnull,a,1\nsoon,a,1\n", "t.csv:3:1: time", "must be a number or a time"),
        ("t.csv", "time,vm,cpu\nsoon,a,1\n", "t.csv:2:1: time", "must be a number or a time"),
        ("t.csv", "time,vm,cpu\n", "t.csv", "got no samples"),
        ("t.csv", "time,vm,cpu\n5,a,1\n", "t.csv: time", "one sample per component"),
        ("t.csv", "a,b\n1,2\n", "t.csv", "no known format"),
        ("t.csv", "", "t.csv", "no known format"),
    ],
)
def test_faults_name_file_line_and_field(tmp_path: Path, name: str, content: str, at: str, says: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    if name == "p/a":
        (path.parent / "b").write_text("1\n")
    with pytest.raises(InputError) as error:
        open_trace(path if name == "t.csv" else path.parent)
    text = str(error.value)
    assert at in text and says in text and "\n" not in text


def test_wrong_reader_file_and_options_are_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("time,vm,cpu\n0,a,1\n300,a,1\n")
    with pytest.raises(InputError, match=r"reader 'x', must be one of opendc, gwa"):
        open_trace(path, reader="x")
    with pytest.raises(InputError, match="no such file"):
        open_trace(tmp_path / "absent")
    with pytest.raises(InputError, match="must be above 0"):
        open_trace(path, step_s=-1)
    with pytest.raises(InputError, match="full: got 0, must be above 0"):
        open_trace(path, full=0)
    with pytest.raises(InputError, match="are all times right"):
        open_trace(path, step_s=1e-6)
    with pytest.raises(InputError, match="mem"):
        open_trace(path, resource="mem")


def test_a_trace_larger_than_the_disk_is_refused() -> None:
    with pytest.raises(InputError, match=r"need 4,000,000,000,000.0 MB of temporary space"):
        Store(10**9, 10**9)


@pytest.mark.parametrize("place", [(Store, "put"), (_Table, "append")])
def test_a_disk_that_fills_up_while_reading_is_named_with_sizes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: tuple[type, str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "t.csv"
    path.write_text("time,vm,cpu\n0,a,1\n300,a,1\n")
    monkeypatch.setattr(*place, full)
    with pytest.raises(InputError, match=r"full temporary space: 0.0 MB were to be written, .* MB are free"):
        open_trace(path)


def test_every_reader_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "traces.md").read_text("utf-8")
    for name in (*READERS, *REQUEST_READERS):
        assert f"| `{name}` |" in page
