"""Damaged files end in one plain error or in a trace, never in anything else."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from roomfold.scenarios.errors import InputError
from roomfold.scenarios.traces import READERS, REQUEST_READERS, open_requests, open_trace, reading

PLAIN = "time,component,cpu,mem\n2026-03-01 08:00,虚机,10,5\n2026-03-01 08:05,虚机,20,5\n"
GWA = "Timestamp [ms];\tCPU capacity provisioned [MHZ];\tCPU usage [MHZ]\n1;\t2;\t1\n9;\t2;\t1\n"
PERF = (
    'MachineId,TimeStamp,CpuUtilizationPercentage\nm,"03/31/2026, 23:30:00",1\nm,"03/31/2026, 23:40:00",1\n'
)
BITS = [
    b"",
    b"\xff\xfe",
    b"\x00",
    b'"',
    b",",
    b";",
    b"\n",
    b"\r",
    b"1e999",
    b"-1",
    b"nan",
    "：".encode(),
    b"\x80",
]
ROUNDS = 150


def parquet(table: pa.Table, path: Path) -> bytes:
    pq.write_table(table, path)
    return path.read_bytes()


@pytest.fixture
def whole(tmp_path: Path) -> dict[str, dict[str, bytes]]:
    """By reader: a good trace as file names and bytes."""
    scratch = tmp_path / "scratch"
    np.savez(scratch, util=np.full((2, 3), 7, dtype=np.uint8), names=np.array(["a", "b"]))
    tasks = pa.table({"id": ["a"], "submission_time": [0], "cpu_capacity": [10.0]})
    fragments = pa.table({"id": ["a"] * 3, "duration": [300_000] * 3, "cpu_usage": [1.0, 2.0, 3.0]})
    return {
        "plain": {"t.csv": PLAIN.encode()},
        "gwa": {"1.csv": GWA.encode(), "2.csv": GWA.encode()},
        "perfinfo": {"perfInfo.csv": PERF.encode()},
        "azure-readings": {"vm_cpu_readings-file-1-of-1.csv.gz": gzip.compress(b"0,a,1,2,3\n300,a,1,2,3\n")},
        "planetlab": {"a": b"1\n2\n", "b": b"3\n4\n"},
        "planetlab-array": {"20110303.npz": Path(f"{scratch}.npz").read_bytes()},
        "opendc": {
            "tasks.parquet": parquet(tasks, scratch),
            "fragments.parquet": parquet(fragments, scratch),
        },
        "huawei": {"h.csv": b"vmid,cpu,memory,time,type\n0,1,2,0,0\n0,1,2,5,1\n"},
        "azure-requests": {
            "vmtable.csv": b"a,s,d,0,300,1,1,1,Unknown,2,4\nb,s,d,0,600,1,1,1,Unknown,>24,4\n"
        },
    }


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Some bytes cut out, doubled or put in."""
    for _ in range(rng.randint(1, 4)):
        first = rng.randrange(len(data) + 1)
        last = min(len(data), first + rng.choice([0, 0, 1, 2, 8, 40]))
        data = data[:first] + rng.choice([*BITS, data[first:last] * 2]) + data[last:]
    return data


@pytest.mark.parametrize("kind", [*READERS, "planetlab-array", *REQUEST_READERS])
@pytest.mark.filterwarnings("error")
def test_damage_is_an_input_error_or_a_trace(
    whole: dict[str, dict[str, bytes]], tmp_path: Path, kind: str
) -> None:
    rng = random.Random(kind)
    files = whole[kind]
    reader = kind.removesuffix("-array")
    errors = 0
    for round_ in range(ROUNDS):
        folder = tmp_path / kind / str(round_)
        folder.mkdir(parents=True)
        victim = rng.choice(sorted(files))
        for name, data in files.items():
            (folder / name).write_bytes(damaged(data, rng) if name == victim and round_ else data)
        path = folder / next(iter(files)) if len(files) == 1 else folder
        try:
            if reader in READERS:
                with open_trace(path, reader=reader) as trace:
                    values = trace.whole()
                assert values.shape == (len(trace), trace.steps)
                assert np.nanmin(values) >= 0 and np.nanmax(values) <= 1
            else:
                assert (open_requests(path, reader=reader).lifetime_s >= 0).all()
        except InputError as error:
            errors += 1
            assert round_, str(error)  # the first is whole
            assert "\n" not in str(error)
    assert errors


def test_a_folder_of_everything_is_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole disk would be looked through for minutes."""
    for number in range(4):
        (tmp_path / str(number)).write_bytes(b"1\n2\n")
    assert len(open_trace(tmp_path)) == 4
    monkeypatch.setattr(reading, "MOST_ENTRIES", 3)
    with pytest.raises(InputError, match="got over 3 files and folders, must be the folder of a trace"):
        open_trace(tmp_path)
