"""How processor time and memory grow: N x {1, 2, 4, 8, 16} in components, in steps and in hosts.

Every point is a pass of its own process at 5-minute steps over an estate as in bench_flow: one
alternative keeps the rooms, the other moves nearly all to the cloud. Its floor, drawing one float32
normal per component and step with NumPy's SFC64, is measured in the same process; of both the fastest of
two counts. Exponents are given for seconds, and for seconds over the floor's, which a machine that is
shared disturbs less. Prints a table; ``--out FOLDER`` keeps it as scale.csv with the machine in scale.json.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from bench_flow import Size, draw_normals, estate
from machine import machine

from roomfold.sim.integrate import integrate

BASE = Size(months=1, step_minutes=5, components=10_000, rooms=700, hosts=500)
FACTORS = (1, 2, 4, 8, 16)
AXES = ("components", "steps", "hosts")
NORMALS = 20_000_000
REPEATS = 2


def sized(axis: str, factor: int) -> Size:
    """The base, larger along one axis; rooms grow with components."""
    if axis == "components":
        return replace(BASE, components=BASE.components * factor, rooms=BASE.rooms * factor)
    if axis == "steps":
        return replace(BASE, months=BASE.months * factor)
    return replace(BASE, hosts=BASE.hosts * factor)


def one(axis: str, factor: int) -> dict[str, float]:
    """Processor seconds, peak memory and ratio of one point."""
    size = sized(axis, factor)
    small = estate(replace(BASE, components=100, rooms=7, hosts=5))
    integrate(*small)  # compiles where the cache has nothing
    work = estate(size)
    floors, passes = [], []
    for _ in range(REPEATS):
        floors.append(_normal_s())
        began = time.process_time()
        integrate(*work)
        passes.append(time.process_time() - began)
    seconds = min(passes)
    return {
        "seconds": round(seconds, 3),
        "ns_per_sample": round(seconds / size.samples * 1e9, 2),
        "ratio_to_sfc64": round(seconds / (size.samples * min(floors)), 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _normal_s() -> float:
    """Seconds of one normal."""
    began = time.process_time()
    draw_normals(NORMALS)
    return (time.process_time() - began) / NORMALS


def point(axis: str, factor: int) -> dict[str, object]:
    """One point, measured in a process of its own."""
    command = [sys.executable, __file__, "--one", axis, str(factor)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    size = sized(axis, factor)
    sizes = {**asdict(size), "samples": size.samples}
    return {"axis": axis, "factor": factor, **sizes, **json.loads(done.stdout)}


def exponents(rows: list[dict[str, object]]) -> dict[str, float]:
    """Slopes of log seconds, and of log seconds over the floor's for one unit, over log factor."""
    factor, seconds, ratio, samples = (
        np.array([float(str(row[key])) for row in rows])
        for key in ("factor", "seconds", "ratio_to_sfc64", "samples")
    )
    cost = {"seconds": seconds, "over_floor": ratio * samples}
    return {name: round(float(np.polyfit(np.log(factor), np.log(y), 1)[0]), 3) for name, y in cost.items()}


def main() -> None:
    """Measure every point and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", nargs=2, metavar=("AXIS", "FACTOR"))
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(options.one[0], int(options.one[1]))))
        return
    rows, slopes = [], {}
    for axis in AXES:
        mine = [point(axis, factor) for factor in FACTORS]
        slopes[axis] = exponents(mine)
        rows += mine
        for row in mine:
            print("  ".join(f"{key} {value}" for key, value in row.items()), flush=True)
    summary = {"benchmark": "scale", "exponents": slopes, "machine": machine()}
    print(json.dumps(summary))
    if options.out:
        options.out.mkdir(exist_ok=True)
        with (options.out / "scale.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        text = json.dumps(summary, indent=2) + "\n"
        (options.out / "scale.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
