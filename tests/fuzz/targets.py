"""What reads files that a user gives: each target is run on damaged ones.

A target either does its work or raises an error that roomfold raises on purpose, of one line for each
problem; on the command line it ends with such a line and an exit code.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import chdir
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from roomfold.scenarios.errors import InputError, RoomfoldError
from roomfold.scenarios.visible import visible

from . import command_lines, folders, seeds
from .mutate import JUNK, Files, mutated


class BrokenError(AssertionError):
    """What a target did that it must not."""


@dataclass(frozen=True)
class Target:
    """A way in.

    Attributes:
        share: of the inputs of a campaign, in parts.
        make: an input from a generator.
        run: reads the input from a folder that holds it.
        whole: sets of files as they are when they are good.
    """

    name: str
    share: float
    make: Callable[[Random], Files]
    run: Callable[[Path, Files], None]
    whole: Callable[[], Sequence[Files]]


def attempt(target: Target, folder: Path, files: Files) -> str:
    """Run a target on files in an empty folder; ``works`` or ``refused``.

    Raises:
        Exception: whatever is neither.
    """
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    try:
        target.run(folder, files)
    except RoomfoldError as error:
        check_message(error)
        return "refused"
    return "works"


def check_message(error: RoomfoldError) -> None:
    """An error is one printable line for each problem, each naming a file and saying something."""
    lines = [str(each) for each in error.problems] if isinstance(error, InputError) else [str(error)]
    for line in lines:
        if not line.strip() or "\n" in line or "\r" in line or len(line) > 2000:
            raise BrokenError(f"no line to read: {line[:3000]!r}")
        if visible(line) != line:
            raise BrokenError(f"steers a terminal: {line[:300]!r}")
    if isinstance(error, InputError) and not all(p.file and p.message for p in error.problems):
        raise BrokenError(f"names no file: {lines}")


def _damage(whole: Callable[[], Sequence[Files]], words: Sequence[str]) -> Callable[[Random], Files]:
    def make(rng: Random) -> Files:
        return mutated(rng.choice(whole()), rng, words)

    return make


@cache
def _seeds(name: str) -> list[Files]:
    with TemporaryDirectory() as scratch:
        found = getattr(seeds, name)(Path(scratch))
    return list(found.values()) if isinstance(found, dict) else found


# ---- scenarios


def _load(folder: Path, files: Files) -> None:
    """A scenario that is read can be written out, and is then read as the same."""
    from roomfold.scenarios.include import variants_of
    from roomfold.scenarios.loader import fingerprint, load_any, resolved_yaml

    name = "s.yaml" if "s.yaml" in files else "scenario.yaml"
    with chdir(folder):
        loaded = load_any(name)
        for chosen in variants_of(name).combinations[:2]:
            if chosen:
                load_any(f"{name}@{'+'.join(chosen)}")
        Path("again.yaml").write_text(resolved_yaml(loaded), "utf-8")
        if fingerprint(load_any("again.yaml")) != fingerprint(loaded):
            raise BrokenError("written out, it is another scenario")


def _set(folder: Path, files: Files) -> None:
    from roomfold.scenarios.loader import load

    sets = files["sets"].decode("utf-8", "surrogateescape").split("\n")
    load(seeds.MINIMAL, [each for each in sets if each])
    _ = folder


@cache
def _paths() -> tuple[str, ...]:
    """Where a scenario can be changed, and what stands there."""
    from roomfold.scenarios.loader import load

    found: list[str] = []

    def walk(value: object, path: str) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                walk(item, f"{path}.{key}" if path else str(key))
        found.append(f"{path}={json.dumps(value, default=str)[:60]}")

    walk(load(seeds.MINIMAL).model_dump(by_alias=True, exclude_defaults=True), "")
    return tuple(found)


def _sets(rng: Random) -> Files:
    chosen = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        path, _, value = rng.choice(_paths()).partition("=")
        value = rng.choice((rng.choice(JUNK), value, str(rng.choice((0, -1, 1e9, 0.5, 1e-9)))))
        chosen.append(f"{path}={value}")
    text = "\n".join(chosen).encode("utf-8", "surrogatepass")
    return mutated({"sets": text}, rng) if rng.random() < 0.5 else {"sets": text}


def _listed(folder: Path, files: Files) -> None:
    from roomfold.scenarios.draw import draw_world
    from roomfold.scenarios.loader import load

    _ = files
    loaded = load(folder / "scenario.yaml")
    draw_world(loaded, 0)


# ---- inventories, traces, packing


def _inventory(folder: Path, files: Files) -> None:
    from roomfold.scenarios.inventory import read_inventory

    found = read_inventory([folder / name for name in sorted(files)])
    json.dumps(found.to_json(), allow_nan=False)


def _trace(folder: Path, files: Files) -> None:
    import numpy as np

    from roomfold.scenarios.traces import open_requests, open_trace

    path = folder / next(iter(files)) if len(files) == 1 else folder
    if {"h.csv", "vmtable.csv"} & files.keys():
        if (open_requests(path).lifetime_s < 0).any():
            raise BrokenError("a lifetime below zero")
        return
    with open_trace(path, "plain" if "t.csv" in files else None) as trace:
        values = trace.whole()
        shares = values[~np.isnan(values)]
        if values.shape != (len(trace), trace.steps) or (shares < 0).any() or (shares > 1).any():
            raise BrokenError("samples that are no shares")


def _pack(folder: Path, files: Files) -> None:
    from roomfold.optimize.instances import answer, read

    for instance in read([folder / name for name in sorted(files)]):
        # Packing is tried on some of those that are read, for it takes fifty times as long.
        if _small(instance) and sum(map(len, files.values())) % 40 == 0:
            summary = answer(instance, 1.0).summary
            json.dumps(summary, allow_nan=False)


def _small(instance: object) -> bool:
    """Whether packing is a matter of moments: large ones take the time they are given."""
    counts = getattr(instance, "counts", None)
    return counts is None or (int(counts.sum()) <= 200 and counts.shape[0] <= 50)


def _files_of(name: str) -> Callable[[], Sequence[Files]]:
    return lambda: _seeds(name)


_WORDS = (
    "estate.rooms",
    "low",
    "mode",
    "high",
    "dist",
    "uniform",
    "lognormal",
    "gsd",
    "spread",
    "unit",
    "source",
)
_WORDS += (
    "include",
    "library:hardware/ups.yaml",
    "overrides",
    "matrix",
    "kind: fleet",
    "policy",
    "claims",
    "s.yaml",
)
_CELLS = (
    "VM",
    "Host",
    "CPUs",
    "Memory",
    "名称",
    "数量",
    "购置日期",
    "万元",
    "合计",
    "4核",
    "16G",
    "三级",
    "8×300GB",
)
_CELLS += ("2012年", "12.3.1", "1,024", "1.024,5", "100Mbps", "10万/年", "涉密", "yes", "GB", "MiB", "%", "℃")
_LINES = (
    "room",
    "system",
    "server",
    "R1",
    "Tax",
    "h1",
    "yes",
    "0.2",
    "2010-06-15",
    "rh2288-v2-e5-2650",
    "region",
)

TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        Target("scenario", 8, _damage(_files_of("scenarios"), _WORDS), _load, _files_of("scenarios")),
        Target("set", 4, _sets, _set, lambda: [{"sets": b"study.worlds=3"}]),
        Target("listed", 4, _damage(_files_of("listed"), _LINES), _listed, _files_of("listed")),
        Target(
            "inventory", 24, _damage(_files_of("inventories"), _CELLS), _inventory, _files_of("inventories")
        ),
        Target(
            "trace", 24, _damage(_files_of("traces"), ("time", "cpu", "nan")), _trace, _files_of("traces")
        ),
        Target("pack", 31, _damage(_files_of("instances"), ("0", "1", "10")), _pack, _files_of("instances")),
        Target("folder", 0.1, folders.make, folders.run, folders.whole),
        Target("command", 4, command_lines.make, command_lines.run, command_lines.whole),
        Target("process", 0.05, command_lines.make, command_lines.run_process, command_lines.whole),
        Target("new", 1, _damage(_files_of("inventories"), _CELLS), folders.adopt, _files_of("inventories")),
    )
}
