"""Damages inputs by the hundred thousand, and writes what came of them to ``docs/verification/fuzz.json``.

    python -m tests.fuzz.campaign --inputs 100000 --seed 1

Each target runs in a process of its own, with limits (see ``worker``); an input that kills it or hangs is a
fault, and the next process goes on after it. Then atheris, where it is installed, guides some thousand inputs
more of each kind by the code of roomfold that they reach. Exit code 1 if anything but work and messages
came.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from roomfold import __version__
from roomfold.sim import stamp

from .targets import TARGETS

HERE = Path(__file__).parent
RESULT = HERE.parents[1] / "docs" / "verification" / "fuzz.json"
AT_ONCE = 2000  # inputs of one process
HANG_S = 180  # without a sign of life
PARTS = (*stamp.MODEL, *stamp.REPORTS, "commands")  # whose code a result shows
GUIDED = ("scenario", "listed", "inventory", "trace", "pack")


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description="Damage inputs and count what came of them.")
    parser.add_argument("--inputs", type=int, default=100_000, help="how many, of all targets")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", action="append", choices=list(TARGETS), help="only these, again")
    parser.add_argument("--guided", type=int, default=2000, help="inputs of each target guided by coverage")
    parser.add_argument("--out", type=Path, default=RESULT)
    asked = parser.parse_args()
    names = asked.target or sorted(TARGETS, key=lambda name: -TARGETS[name].share)
    before = json.loads(asked.out.read_text("utf-8")) if asked.target and asked.out.exists() else {}
    found: dict[str, Any] = before.get("targets", {})
    guided: dict[str, Any] = before.get("guided_by_coverage", {})
    parts = sum(target.share for target in TARGETS.values())
    for name in names:
        count = max(1, round(asked.inputs * TARGETS[name].share / parts))
        found[name] = _target(name, asked.seed, count)
        _write(asked.out, asked.seed, found, guided)
        print(name, json.dumps(found[name]), flush=True)
    for name in names:
        if name in GUIDED and asked.guided:
            guided[name] = _guided(name, asked.seed, asked.guided)
            _write(asked.out, asked.seed, found, guided)
            print(name, json.dumps(guided[name]), flush=True)
    return int(_faults(found, guided) > 0)


def _faults(found: dict[str, Any], guided: dict[str, Any]) -> int:
    return sum(each["faults"] for each in found.values()) + sum("crashed" in each for each in guided.values())


def _write(out: Path, seed: int, found: dict[str, Any], guided: dict[str, Any]) -> None:
    """The result so far."""
    result = {
        "made_with": {"roomfold": __version__, "code": stamp.code(PARTS), "of": list(PARTS)},
        "command": "python -m tests.fuzz.campaign --inputs 100000 --seed 1 --guided 1000",
        "seed": seed,
        "inputs": sum(each["inputs"] for each in found.values()),
        "guided_inputs": sum(each.get("inputs", 0) for each in guided.values()),
        "faults": _faults(found, guided),
        "slowest_cpu_s": max(each["slowest_cpu_s"] for each in found.values()),
        "highest_rss_mb": max(each["highest_rss_mb"] for each in found.values()),
        "limits": {"cpu_s": 5, "address_space_gb": 2, "without_sign_of_life_s": HANG_S},
        "targets": {name: found[name] for name in TARGETS if name in found},
        "guided_by_coverage": guided,
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _target(name: str, seed: int, count: int) -> dict[str, Any]:
    """All inputs of a target, a few thousand in each process."""
    total: dict[str, Any] = {"inputs": 0, "works": 0, "refused": 0, "faults": 0, "cpu_s": 0.0}
    total |= {"slowest_cpu_s": 0.0, "highest_rss_mb": 0, "faults_found": []}
    first = 0
    while first < count:
        last = min(first + AT_ONCE, count)
        ended, lines, died = _process(name, seed, first, last)
        for line in lines:
            if "done" not in line:
                total["faults_found"].append({"target": name, **line})
                continue
            done = line["done"]
            for key in ("works", "refused", "faults"):
                total[key] += done[key]
            total["slowest_cpu_s"] = max(total["slowest_cpu_s"], done["slowest_s"])
            total["highest_rss_mb"] = max(total["highest_rss_mb"], done["peak_mb"])
            total["cpu_s"] = round(total["cpu_s"] + done["cpu_s"], 1)
        if died:
            total["faults"] += 1
            total["faults_found"].append({"target": name, "number": ended, "error": died})
        total["inputs"] += ended + 1 - first
        first = ended + 1
    return total


def _process(name: str, seed: int, first: int, last: int) -> tuple[int, list[dict[str, Any]], str]:
    """Inputs in one process: the last one tried, what it said, and how it died if it did."""
    with TemporaryDirectory() as folder:
        state, out = Path(folder) / f"{name}.at", Path(folder) / "out"
        environment = os.environ | {"FUZZ_STATE": folder}
        command = [sys.executable, "-m", "tests.fuzz.worker", name, str(seed), str(first), str(last)]
        with out.open("wb") as kept:
            started = subprocess.Popen(command, env=environment, stdout=kept, stderr=subprocess.DEVNULL)
            died = _watched(started, state)
        lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
        if lines and "done" in lines[-1]:
            return last - 1, lines, ""
        at = int(state.read_text("ascii")) if state.exists() else first
        return at, lines, died or f"the process ended with {started.returncode}"


def _watched(started: subprocess.Popen[bytes], state: Path) -> str:
    """Wait for a process; end it if it stays at one input for long."""
    seen, since = "", time.monotonic()
    while True:
        try:
            started.wait(1.0)
            return ""
        except subprocess.TimeoutExpired:
            at = state.read_text("ascii") if state.exists() else "starting"
            if at != seen:
                seen, since = at, time.monotonic()
            elif time.monotonic() - since > HANG_S * (5 if at == "starting" else 1):
                started.kill()
                started.wait()
                return f"no sign of life for {HANG_S} s"


def _guided(name: str, seed: int, count: int) -> dict[str, Any]:
    """Inputs that atheris makes; edges of roomfold's code that the good files reach, and all together."""
    if find_spec("atheris") is None:
        return {"left_out": "atheris is not installed"}
    command = [sys.executable, "-m", "tests.fuzz.guided", name, str(seed), str(count)]
    with TemporaryDirectory() as folder:
        done = subprocess.run(
            command,
            env=os.environ | {"FUZZ_STATE": folder},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    cover = [int(edges) for edges in re.findall(r"cov: (\d+)", done.stderr)]
    ran = [int(number) for number in re.findall(r"^#(\d+)", done.stderr, re.MULTILINE)]
    first = re.search(r"INITED cov: (\d+)", done.stderr)
    said = {"crashed": True, "says": (done.stdout + done.stderr)[-3000:]}
    if not cover or first is None:
        return said
    made = {"inputs": max(ran), "edges_of_good_files": int(first[1]), "edges_at_the_end": max(cover)}
    return made if done.returncode == 0 else made | said


if __name__ == "__main__":
    sys.exit(main())
