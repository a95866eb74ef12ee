"""The bundled scenario ``nation``: each stage, some simulated months, and what the year then takes.

Both alternatives are simulated in one process. Each month is set against drawing one float32 normal per
component and step with NumPy's SFC64, measured right after it. ``--out FILE`` keeps the JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from contextlib import suppress
from pathlib import Path
from statistics import median

import numpy as np
from bench_flow import draw_normals
from machine import machine

from roomfold.optimize import make_plan
from roomfold.scenarios import load
from roomfold.scenarios.draw import draw_world
from roomfold.sim.events import happen
from roomfold.sim.flow import flow

NORMALS = 40_000_000


class EnoughError(Exception):
    """As many months as asked for are done."""


class Months:
    """Seconds of each month and of a normal after it."""

    def __init__(self, most: int) -> None:
        self.seconds: list[float] = []
        self.normal_s: list[float] = []
        self._most, self._began = most, 0.0

    def begin(self, month: int, _months: int) -> None:
        """Called as a month begins, and after the last."""
        if month:
            self.seconds.append(time.perf_counter() - self._began)
            began = time.perf_counter()
            draw_normals(NORMALS)
            self.normal_s.append((time.perf_counter() - began) / NORMALS)
        if month >= self._most:
            raise EnoughError
        self._began = time.perf_counter()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    marks, stages = [time.perf_counter()], {}

    def done(stage: str) -> None:
        marks.append(time.perf_counter())
        stages[stage] = round(marks[-1] - marks[-2], 2)

    scenario = load("nation", options.set)
    world = draw_world(scenario, 0)
    done("load_and_draw_s")
    plans = [make_plan(scenario, name, world) for name in scenario.alternatives]
    done("plan_s")
    timelines = [happen(scenario, world, plan) for plan in plans]
    done("events_s")
    months = Months(options.months)
    with suppress(EnoughError):
        flow(scenario, world, plans, timelines, on_month=months.begin)
    clock, servers = world.clock, world.estate.servers
    steps = np.diff(clock.month_edges_h)[: len(months.seconds)] * clock.steps_per_hour
    samples = len(servers.id) * steps
    ratios = np.array(months.seconds) / (samples * np.array(months.normal_s))
    year = len(servers.id) * clock.hours * clock.steps_per_hour
    report = {
        "benchmark": "nation",
        "systems": len(world.estate.systems.id),
        "components": len(servers.id),
        "rooms": len(world.estate.rooms.id),
        "hosts": [len(plan.hosts.curve) for plan in plans],
        "samples_of_the_year": year,
        **stages,
        "month_s": [round(seconds, 1) for seconds in months.seconds],
        "ns_per_sample": round(sum(months.seconds) / samples.sum() * 1e9, 2),
        "ratio_to_sfc64": round(median(ratios), 3),
        "ratio_of_each_month": [round(float(ratio), 3) for ratio in ratios],
        "flows_of_the_year_s": round(sum(months.seconds) / samples.sum() * year),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "machine": machine(),
    }
    print(json.dumps(report))
    if options.out:
        options.out.parent.mkdir(exist_ok=True)
        options.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
