"""The plain table in all its writings, and what holds whatever the order of its rows."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roomfold.scenarios.errors import InputError
from roomfold.scenarios.traces import open_trace, spool
from roomfold.scenarios.traces.regular import durations, on_steps

NAN = np.nan


def whole(path: Path, **options: object) -> np.ndarray:
    with open_trace(path, **options) as trace:
        return trace.whole()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize(("separator", "end"), [(",", "\n"), (";", "\r\n"), ("\t", "\r\n")])
def test_encodings_separators_and_chinese_headers(
    tmp_path: Path, encoding: str, separator: str, end: str
) -> None:
    rows = [["时间", "虚拟机", "备注", "CPU使用率(%)"]]
    rows += [["2026-03-01 08:00", "内蒙古𠮷-1", "", "10"], ["2026-03-01 08:05", "内蒙古𠮷-1", "x", "0.5"]]
    path = tmp_path / "trace.csv"
    path.write_bytes(end.join(separator.join(row) for row in rows).encode(encoding))
    with open_trace(path) as trace:
        assert trace.names == ("内蒙古𠮷-1",)
        assert str(trace.start) == "2026-03-01 08:00:00"
        assert np.allclose(trace.whole(), [[0.1, 0.005]])  # percent by its name, although all are small
        assert trace.description.encoding == encoding


@pytest.mark.parametrize(
    ("times", "start"),
    [
        (["2026-03-01T08:00:00Z", "2026-03-01T08:05:00Z"], "2026-03-01 08:00:00"),
        (["2026-03-01 08:00:00+08:00", "2026-03-01 08:05:00+08:00"], "2026-03-01 08:00:00"),
        (["2026/3/1 8:00", "2026/3/1 8:05"], "2026-03-01 08:00:00"),
        (["2026年3月1日 8:00", "2026年3月1日 8:05"], "2026-03-01 08:00:00"),
        (["01.03.2026 08:00", "01.03.2026 08:05"], "2026-03-01 08:00:00"),
        (["1772352000", "1772352300"], "2026-03-01 08:00:00"),
        (["1772352000000", "1772352300000"], "2026-03-01 08:00:00"),
        (["1772352000000000", "1772352300000000"], "2026-03-01 08:00:00"),
        (["0", "300"], "None"),
    ],
)
def test_ways_to_write_times(tmp_path: Path, times: list[str], start: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text("timestamp,vm,cpu\n" + "".join(f"{time},a,0.{i + 1}\n" for i, time in enumerate(times)))
    with open_trace(path) as trace:
        assert (str(trace.start), trace.step_s) == (start, 300)
        assert np.allclose(trace.whole(), [[0.1, 0.2]])


def test_gaps_duplicates_disorder_and_what_is_left_out(tmp_path: Path) -> None:
    rows = ["0,a,10", "300,a,20", "300,a,30", "1500,a,50", "1200,a,40", "600,a,", "900,a,-1"]
    rows += ["0,b,150", "0,,5", "0,c,", *(f"{300 * k},d,10" for k in range(6))]
    path = tmp_path / "t.csv"
    path.write_text("time,vm,cpu\n" + "\n".join(rows) + "\n")
    with open_trace(path) as trace:
        assert trace.names == ("a", "b", "d")
        expected = [[0.1, 0.3, NAN, NAN, 0.4, 0.5], [1.0, NAN, NAN, NAN, NAN, NAN], [0.1] * 6]
        assert np.allclose(trace.whole(), expected, equal_nan=True)
        assert trace.description.dropped == {
            "above capacity, cut to it": 1,
            "component without a value": 1,
            "empty value": 2,
            "no component": 1,
            "out of order, sorted": 2,
            "same time, last kept": 1,
            "value below 0 or infinite": 1,
        }
        assert trace.description.rows == 15  # the row that names no component is no sample
        assert trace.description.missing_share == pytest.approx(7 / 18)


def test_a_wrong_value_of_full_use_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("time,vm,cpu\n" + "".join(f"{300 * k},a,{k}\n" for k in range(11)))
    with pytest.raises(InputError, match=r"got 81.8% of values above full use \(1\), .* 10: give full=100"):
        open_trace(path, full=1)
    path.write_text("time,vm,cpu\n" + "".join(f"{300 * k},a,{1000 * k}\n" for k in range(11)))
    with pytest.raises(InputError, match=r"above full use \(100\), the largest 10000: is the column right"):
        open_trace(path)
    path.write_text("time,vm,cpu\n" + "".join(f"{300 * k},a,{0.1 * k}\n" for k in range(12)))
    with open_trace(path, full=1) as trace:  # one stray value of eleven is cut and counted
        assert trace.description.dropped == {"above capacity, cut to it": 1}
        assert trace.description.full == 1


cells = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 30), st.integers(0, 100)), min_size=2, max_size=60
)


@given(cells, st.randoms(use_true_random=False), st.sampled_from(["csv", "parquet"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_rows_gives_the_same_trace_and_blocks_are_the_whole(
    tmp_path: Path, samples: list[tuple[int, int, int]], random: object, kind: str
) -> None:
    unique = {(c, t): v for c, t, v in samples} | {(0, 0): 1, (0, 1): 100}
    expected = np.full((6, 1 + max(t for _, t in unique)), NAN)
    for (c, t), v in unique.items():
        expected[c, t] = v / 100
    expected = expected[~np.isnan(expected).all(axis=1)]
    rows = [(300 * t, f"vm {c}", v) for (c, t), v in unique.items()]
    random.shuffle(rows)
    path = tmp_path / f"trace.{kind}"
    _write(path, rows)
    with open_trace(path, step_s=300, full=100) as trace:
        for width in (1, 7, 1000):
            found = np.concatenate([block.utilisation for block in trace.blocks(width)], axis=1)
            known = ~np.isnan(expected)
            # A component with a usual spacing of several steps holds its samples that long.
            assert np.allclose(found[:, : expected.shape[1]][known], expected[known])
            assert np.array_equal(found, trace.whole().astype(np.float32), equal_nan=True)
        again = _reread(tmp_path, kind, sorted(rows))
        assert np.array_equal(again, trace.whole(), equal_nan=True)


def _write(path: Path, rows: list[tuple[int, str, int]]) -> None:
    if path.suffix == ".parquet":
        times, names, values = zip(*rows, strict=True)
        pq.write_table(pa.table({"time": times, "component": names, "cpu": values}), path)
        return
    text = io.StringIO()
    csv.writer(text).writerows([("time", "component", "cpu"), *rows])
    path.write_text(text.getvalue())


def _reread(folder: Path, kind: str, rows: list[tuple[int, str, int]]) -> np.ndarray:
    path = folder / f"again.{kind}"
    _write(path, rows)
    return whole(path, step_s=300, full=100)


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=25),
    st.lists(st.integers(0, 100), min_size=25, max_size=25),
    st.sampled_from([1.0, 5.0, 7.0, 60.0]),
)
@settings(max_examples=80, deadline=None)
def test_time_weighted_means_are_those_of_every_second(
    spacings: list[int], values: list[int], step_s: float
) -> None:
    """Against a loop over single seconds."""
    time_s = np.cumsum([0, *spacings]).astype(float)[:-1]
    value = np.array(values[: len(time_s)], dtype=float)
    component = np.zeros(len(time_s), dtype=np.int64)
    held_s = durations(time_s, component, np.array([20.0]), gaps=True)
    seconds = np.full(int(time_s[-1] + 20 + step_s) + 1, NAN)
    for i, (time, v) in enumerate(zip(time_s, value, strict=True)):
        following = time_s[i + 1] - time if i + 1 < len(time_s) else np.inf
        for second in range(int(time), int(time + (following if following <= 30 else 20))):
            seconds[second] = v
    steps = int(len(seconds) // step_s)
    found = on_steps(time_s, value, held_s, component, 1, 0.0, step_s, steps)[0]
    for step in range(steps):
        part = seconds[int(step * step_s) : int((step + 1) * step_s)]
        known = part[np.isfinite(part)]
        expected = known.mean() if 2 * len(known) >= step_s else NAN
        assert found[step] == pytest.approx(expected, rel=1e-6, nan_ok=True)


def test_batches_do_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    rows = [(int(t), f"v{c}", int(rng.integers(0, 101))) for t in range(0, 9000, 300) for c in range(40)]
    rng.shuffle(rows)
    path = tmp_path / "t.csv"
    _write(path, [(int(t), str(n), int(v)) for t, n, v in rows])
    one = whole(path)
    monkeypatch.setattr(spool, "BATCH_SAMPLES", 17)
    assert np.array_equal(whole(path), one)


MEMORY = """
import resource, sys
from roomfold.scenarios.traces import open_trace
import pyarrow.csv, pyarrow.compute, numpy
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
trace = open_trace(sys.argv[1])
total = sum(float(block.utilisation[0, 0]) for block in trace.blocks(100))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, trace.steps, len(trace))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in KiB on Linux only")
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Four times the rows, interleaved by time; peak memory stays within 64 MB of that of the quarter."""
    grown = []
    for steps in (2500, 10_000):
        path = tmp_path / f"{steps}.parquet"
        _long_table(path, components=400, steps=steps)
        done = subprocess.run(
            [sys.executable, "-c", MEMORY, str(path)], capture_output=True, text=True, check=True
        )
        kib, *shape = map(int, done.stdout.split())
        assert shape == [steps, 400]
        grown.append(kib / 1024)
    assert grown[1] - grown[0] < 64, grown


def _long_table(path: Path, components: int, steps: int) -> None:
    names = pa.array([f"c{c}" for c in range(components)])
    schema = pa.schema([("time", pa.int64()), ("component", pa.string()), ("cpu", pa.float32())])
    with pq.ParquetWriter(path, schema) as writer:
        for first in range(0, steps, 500):
            times = np.repeat(np.arange(first, first + 500) * 300, components)
            codes = np.tile(np.arange(components), 500)
            cpu = ((codes * 7 + times // 300) % 101).astype(np.float32)
            writer.write_table(pa.table([pa.array(times), names.take(pa.array(codes)), cpu], schema=schema))
