"""Determinism: the small study run in many ways, the digest of every file side by side.

    python -m roomfold.docs.verification --only determinism [--python NAME=PATH] [--emulator NAME=COMMAND]

A way is a number of processes, an interpreter with its libraries, or a machine. A *machine* is a processor
as the program sees it: which instructions NumPy, C library, OpenBLAS and numba may use, masked on this one
or emulated by QEMU. Ways of an earlier call stay as long as code and result are the same.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .results import HERE, Figure, Result, load

BASE = "one process"
PACKAGES = HERE.parents[2]  # of the clone, which is the package
NO_AVX512 = {"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"}
OLD = {
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F,-FMA4,-AVX",
    "OPENBLAS_CORETYPE": "Nehalem",
}
GENERIC = {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": ""}


@dataclass(frozen=True)
class Way:
    """How the study is run.

    Attributes:
        kind: processes, interpreter or machine.
        before: what stands before the interpreter, such as an emulator.
    """

    name: str
    kind: str
    options: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    python: str = sys.executable
    before: Sequence[str] = ()


WAYS = (
    Way(BASE, "processes"),
    Way("two processes", "processes", ("--jobs", "2")),
    Way("Dask, two workers", "processes", ("--cluster", "")),
    Way("another order of hashes", "processes", (), {"PYTHONHASHSEED": "12345"}),
    Way("blocks of 16 components", "processes", ("--block", "16")),
    Way("no AVX-512 in NumPy", "machine", (), NO_AVX512),
    Way("no AVX, AVX2, FMA in NumPy and C library, OpenBLAS for Nehalem", "machine", (), OLD),
    Way("the same, numba for any x86-64", "machine", (), {**OLD, **GENERIC}),
)
NOT_PROMISED = "blocks of 16 components"  # a constant of the program; other blocks sum in another order


def measure(pythons: Mapping[str, str] | None = None, emulators: Mapping[str, str] | None = None) -> Result:
    """Run every way, and those of other interpreters and emulators that are given."""
    others = [Way(name, "interpreter", python=path) for name, path in (pythons or {}).items()]
    ways = [WAYS[0], *others, *WAYS[1:]]
    for name, command in (emulators or {}).items():
        ways.append(Way(name, "machine", (), GENERIC, before=command.split()))
    with tempfile.TemporaryDirectory() as scratch:
        rows: list[dict[str, Any]] = []
        for way in ways:
            rows.append(_ran(way, Path(scratch), rows))
            found = result(merged(list(rows)))
            found.save()  # hours of emulation are not lost to the way after them
    return found


def merged(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With the ways of an earlier call that were not run now, if code and result were the same."""
    former, base = load("determinism"), rows[0]
    names = {row["way"] for row in rows}
    for row in former["rows"] if former else ():
        same = (
            row["machine"]["code"] == base["machine"]["code"]
            and former["rows"][0]["digests"] == base["digests"]
        )
        if row["way"] not in names and same:
            rows.append(row)
    return rows


def result(rows: list[dict[str, Any]]) -> Result:
    """Figures of ways compared with the first."""
    promised = [row for row in rows[1:] if row["way"] != NOT_PROMISED]
    figures = [Figure("files of the study compared", len(rows[0]["digests"]))]
    for kind in ("processes", "interpreter", "machine"):
        mine = [row for row in promised if row["kind"] == kind]
        figures += [
            Figure(f"ways by {kind}", len(mine)),
            Figure(
                f"ways by {kind} with another byte in a file", sum(bool(r["differs"]) for r in mine), "= 0"
            ),
        ]
    apart_by = [off for row in promised for off in row["differs"].values()]
    most = max((off for off in apart_by if off is not None), default=0.0)
    figures.append(Figure("largest relative difference of a number, any way", most, "<= 1e-9"))
    figures.append(
        Figure("files that differ otherwise than in numbers", sum(o is None for o in apart_by), "= 0")
    )
    return Result("determinism", figures, rows)


def _ran(way: Way, scratch: Path, before: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    folder, base = scratch / str(len(before)), scratch / "0"
    print(f"determinism: {way.name}", file=sys.stderr, flush=True)
    with _cluster(scratch, asked="--cluster" in way.options) as address:
        options = [address if option == "" else option for option in way.options]
        command = [*way.before, way.python, "-m", f"{__package__}.study", str(folder), *options]
        environment = {**os.environ, "PYTHONPATH": str(_package(scratch)), **way.environment}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{way.name}: {done.stderr[-2000:]}")
    found = json.loads(done.stdout)
    differs = {
        name: apart(base / name, folder / name)
        for name in sorted(found["digests"])
        if before and found["digests"][name] != before[0]["digests"].get(name)
    }
    settings = {
        "options": list(way.options),
        "environment": dict(way.environment),
        "before": list(way.before),
    }
    return {
        "way": way.name,
        "kind": way.kind,
        **settings,
        "machine": found["machine"],
        "differs": differs,
        "digests": found["digests"],
    }


def _package(scratch: Path) -> Path:
    """A folder from which every interpreter imports this clone as ``roomfold``."""
    folder = scratch / "import"
    if not folder.exists():
        folder.mkdir()
        (folder / "roomfold").symlink_to(HERE.parents[1].resolve(), target_is_directory=True)
    return folder


@contextmanager
def _cluster(scratch: Path, *, asked: bool) -> Iterator[str]:
    """A scheduler and two workers of Dask on this machine, if asked for."""
    if not asked:
        yield ""
        return
    file = scratch / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "PYTHONPATH": str(_package(scratch))}
    start = [sys.executable, "-m", "dask"]
    where = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)]
    worker = ["worker", *where, "--nthreads", "1", "--no-nanny", "--local-directory", str(scratch)]
    parts = (["scheduler", "--port", "0", *where], worker, worker)
    started = [subprocess.Popen([*start, *part], env=environment, **quiet) for part in parts]
    try:
        yield str(file)
    finally:
        for process in started:
            process.kill()
            process.wait()


def apart(one: Path, other: Path) -> float | None:
    """Largest relative difference of two files' numbers; None where anything else differs."""
    first, second = _numbers(one), _numbers(other)
    if [type(value) for value in first] != [type(value) for value in second]:
        return None
    most = 0.0
    for value, again in zip(first, second, strict=True):
        if value == again or (value != value and again != again):  # both are not a number
            continue
        if not isinstance(value, float):
            return None
        most = max(most, abs(value - again) / max(abs(value), abs(again)))
    return float(f"{most:.2g}")


def _numbers(path: Path) -> list[float | str]:
    """Numbers and texts of a table, JSON or CSV in their order; the bytes of anything else as text."""
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        columns = pq.read_table(path).to_pydict()
        return [_value(value) for values in columns.values() for value in values]
    if path.suffix == ".json":
        return list(_leaves(json.loads(path.read_text("utf-8"))))
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [_value(cell) for row in csv.reader(file) for cell in row]
    if path.suffix == ".npy":
        return [float(value) for value in np.load(path).ravel()]
    return [path.read_bytes().hex()]


def _leaves(content: object) -> Iterator[float | str]:
    if isinstance(content, dict):
        for key, value in content.items():
            yield str(key)
            yield from _leaves(value)
    elif isinstance(content, list):
        for value in content:
            yield from _leaves(value)
    else:
        yield _value(content)


def _value(value: object) -> float | str:
    try:
        return float(value)  # type: ignore[arg-type]  # what is no number is a text
    except (TypeError, ValueError):
        return str(value)
