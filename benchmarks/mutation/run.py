"""Mutation testing: small changes are made to a module, and its tests must notice.

    .venv/bin/python benchmarks/mutation/run.py sim.ledger                # a module, all mutants
    .venv/bin/python benchmarks/mutation/run.py sim.events --sample 80    # as many of them, drawn at random
    .venv/bin/python benchmarks/mutation/run.py --group kernel            # a group of targets.toml
    .venv/bin/python benchmarks/mutation/run.py sim.ledger --again        # what survived last time
    .venv/bin/python benchmarks/mutation/run.py sim.ledger --list         # the mutants
    .venv/bin/python benchmarks/mutation/run.py --gather                  # docs/verification/mutation.json

It needs cosmic-ray and coverage, and works on a copy of the tree. Results are
docs/verification/mutation/MODULE.json, reasons for what survives reasons/MODULE.toml. A mutant that ends
neither way in several times the clean time counts as noticed, and is stated apart; one that no test executes
survives. While compiled functions are mutated, none is compiled.

A result keeps two scores: ``score_fresh`` of the first draw with its seed, of which no test knew, and
``score`` after tests were added for what survived (``--again``). For a fair figure draw with another seed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import results
from mutants import Mutant, Place, mutant, places

ROOT = Path(__file__).resolve().parents[2]
TARGETS = Path(__file__).with_name("targets.toml")
RESULTS = ROOT / "docs" / "verification" / "mutation"
PACKAGES = ("scenarios", "optimize", "sim", "reports", "commands", "tests")
PLACE = ("line", "operator", "occurrence")
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def main() -> int:
    """The command."""
    asked = _arguments()
    if asked.gather:
        whole = results.gather(RESULTS)
        results.write(RESULTS.with_suffix(".json"), whole)
        for figure in whole["figures"]:
            print(f"{figure['name']}: {figure['value']} {figure['unit']}")
        return 0
    targets = tomllib.loads(TARGETS.read_text("utf-8"))
    if asked.copy:
        return _worker(asked, targets, Path(asked.copy))
    chosen = asked.modules or [n for n, t in targets.items() if asked.group in ("all", t["group"])]
    if asked.list:
        for name in chosen:
            for one in _made(_source(ROOT, name), places(_source(ROOT, name))):
                print(f"{name}:{one.place.line} {one.place.operator}\n    - {one.was}\n    + {one.now}")
        return 0
    os.nice(10)
    with tempfile.TemporaryDirectory(prefix="roomfold-mutation-") as scratch:
        _copy_tree(Path(scratch) / "copy")
        for compiled in (False, True):
            names = [name for name in chosen if _is_compiled(name) == compiled]
            if names and (code := _start(asked, names, compiled, Path(scratch) / "copy")) != 0:
                return code
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Mutation testing of modules of the package.")
    parser.add_argument("modules", nargs="*", help="modules of targets.toml, e.g. sim.events")
    parser.add_argument("--group", default="", help="all modules of a group of targets.toml, or 'all'")
    parser.add_argument("--sample", type=int, help="mutants drawn per module (default: all)")
    parser.add_argument("--seed", type=int, default=1, help="of the draw")
    parser.add_argument("--again", action="store_true", help="only those that survived last time")
    parser.add_argument("--list", action="store_true", help="show the mutants, run none")
    parser.add_argument("--gather", action="store_true", help="put the results of all modules together")
    parser.add_argument("--copy", help=argparse.SUPPRESS)  # of the tree: this is the process for one module
    return parser.parse_args()


def _copy_tree(copy: Path) -> None:
    """The package as it is now, with numba's caches; what only some tests read is linked."""
    copy.mkdir()
    for path in ROOT.iterdir():
        if path.name in PACKAGES:
            shutil.copytree(path, copy / path.name, ignore=shutil.ignore_patterns("*.pyc", ".hypothesis"))
        elif path.is_file():
            shutil.copy2(path, copy / path.name)
        elif path.name not in (".src", "out", ".hypothesis", "__pycache__"):
            (copy / path.name).symlink_to(path)
    copy.parent.joinpath("path").mkdir()
    copy.parent.joinpath("path", "roomfold").symlink_to(copy)


def _start(asked: argparse.Namespace, names: list[str], compiled: bool, copy: Path) -> int:
    """A process for these modules; its exit status."""
    environment = {**os.environ, **dict.fromkeys(ONE_THREAD, "1"), "PYTHONHASHSEED": "0"}
    environment["PYTHONPATH"] = str(copy.parent / "path")
    if compiled:
        environment["NUMBA_DISABLE_JIT"] = "1"
    options = ["--seed", str(asked.seed), "--copy", str(copy)]
    options += ["--sample", str(asked.sample)] if asked.sample else []
    options += ["--again"] if asked.again else []
    command = [sys.executable, __file__, *names, *options]
    return subprocess.run(command, env=environment, cwd=copy, check=False).returncode


def _is_compiled(name: str) -> bool:
    return "compiled import " in _source(ROOT, name)


def _source(root: Path, name: str) -> str:
    return root.joinpath(*name.split(".")).with_suffix(".py").read_text("utf-8")


def _worker(asked: argparse.Namespace, targets: dict[str, dict[str, Any]], copy: Path) -> int:
    """Try the mutants of some modules, and write the result of each."""
    from trial import Trial

    everything = {name: places(_source(copy, name)) for name in asked.modules}
    last = {name: _last(name, _source(copy, name)) for name in asked.modules} if asked.again else {}
    tried = {}
    for name, found in everything.items():
        drawn = _drawn(asked, name, found, targets[name])
        if last:
            drawn = [
                Place(one["line"], one["operator"], one["occurrence"]) for one in last[name]["survivors"]
            ]
        tried[name] = _made(_source(copy, name), drawn)
    tests = {f"roomfold.{name}": targets[name]["tests"] for name in asked.modules}
    trial = Trial(tests, copy)
    for full, outcomes in trial.outcomes({f"roomfold.{name}": some for name, some in tried.items()}):
        name = full.removeprefix("roomfold.")
        seed = last[name]["seed"] if last else asked.seed
        before = last[name]["row"] if last else {"killed": 0, "timed_out": 0}
        known = ["killed"] * before["killed"] + ["timed out"] * before["timed_out"]
        row = results.row(name, targets[name]["group"], len(everything[name]), known + outcomes)
        survivors = [
            _plain(m) for m, outcome in zip(tried[name], outcomes, strict=True) if outcome == "survived"
        ]
        file = RESULTS / f"{name}.json"
        row = results.first_time(row, json.loads(file.read_text("utf-8")) if file.exists() else None, seed)
        made_with = {"roomfold": _version(copy), "code": results.digest(_source(copy, name))}
        content = {"made_with": made_with, "seed": seed, "row": row, "survivors": survivors}
        results.write(file, content)
        print(f"{name}: {row['score']:.1%} of {row['tried']} tried of {row['mutants']}", flush=True)
    return 0


def _drawn(asked: argparse.Namespace, name: str, found: list[Place], target: dict[str, Any]) -> list[Place]:
    sample = asked.sample or target.get("sample", len(found))
    if sample >= len(found):
        return found
    return sorted(random.Random(f"{asked.seed}/{name}").sample(found, sample), key=lambda one: one.line)


def _made(source: str, drawn: Sequence[Place]) -> list[Mutant]:
    """Mutants of these places, none twice."""
    made = {one.source: one for place in drawn if (one := mutant(source, place))}
    return list(made.values())


def _last(name: str, source: str) -> dict[str, Any]:
    file = RESULTS / f"{name}.json"
    kept: dict[str, Any] = json.loads(file.read_text("utf-8"))
    if kept["made_with"]["code"] != results.digest(source):
        raise SystemExit(f"{name}: the module has changed since {file}; run all of it")
    return kept


def _plain(one: Mutant) -> dict[str, Any]:
    return {**asdict(one.place), "was": one.was, "now": one.now}


def _version(copy: Path) -> str:
    for line in copy.joinpath("__init__.py").read_text("utf-8").splitlines():
        if line.startswith("__version__"):
            return line.split('"')[1]
    raise SystemExit("the package has no version")


if __name__ == "__main__":
    sys.exit(main())
