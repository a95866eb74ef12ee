"""The default run against drawing one float32 normal per simulated component-hour with SFC64.

Both use the same number of processes, one after the other, several rounds; the ratio is taken round
by round. Component-hours are counted once per world, although both alternatives are simulated.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from statistics import median

import numpy as np
from numpy.random import SFC64, Generator

from roomfold.scenarios import load
from roomfold.scenarios.draw import design, draw_world
from roomfold.scenarios.schema import Scenario
from roomfold.sim.study import run_study

CHUNK = 1 << 20


def draw_normals(count: int) -> None:
    """Draw ``count`` float32 normals, a chunk at a time into the same memory."""
    generator, out = Generator(SFC64(1)), np.empty(CHUNK, dtype=np.float32)
    for _ in range(count // CHUNK):
        generator.standard_normal(dtype=np.float32, out=out)


def component_hours(scenario: Scenario, worlds: int) -> list[int]:
    """Components times hours of each world."""
    seed = scenario.study.seed
    points = design(scenario, seed, worlds)
    drawn = (draw_world(scenario, i, seed, points[i]) for i in range(worlds))
    return [len(world.estate.servers.id) * world.clock.hours for world in drawn]


def normals_seconds(counts: list[int], jobs: int) -> float:
    """Wall time of drawing all normals in a pool of processes that is already up."""
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(draw_normals, [CHUNK] * jobs))
        began = time.perf_counter()
        list(pool.map(draw_normals, counts))
        return time.perf_counter() - began


def run_seconds(scenario: Scenario, worlds: int, jobs: int) -> tuple[float, float]:
    """Wall time of a study, start of its processes included, and time to its first world."""
    first: list[float] = []
    began = time.perf_counter()
    run_study(
        scenario, worlds=worlds, jobs=jobs, on_result=lambda *_: first.append(time.perf_counter() - began)
    )
    return time.perf_counter() - began, first[0]


def main() -> None:
    """Print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    scenario = load("inner-mongolia")
    worlds = options.worlds or scenario.study.worlds
    counts = component_hours(scenario, worlds)
    rounds = [
        (*run_seconds(scenario, worlds, options.jobs), normals_seconds(counts, options.jobs))
        for _ in range(options.rounds)
    ]
    kb = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(
        json.dumps(
            {
                "worlds": worlds,
                "jobs": options.jobs,
                "component_hours": sum(counts),
                "run_s": round(median(r[0] for r in rounds), 2),
                "first_world_s": round(median(r[1] for r in rounds), 2),
                "normals_s": round(median(r[2] for r in rounds), 2),
                "ratio": round(median(r[0] / r[2] for r in rounds), 3),
                "ns_per_component_hour": round(
                    median(r[0] for r in rounds) * options.jobs / sum(counts) * 1e9, 2
                ),
                "peak_mb_parent": round(kb[0] / 1024),
                "peak_mb_largest_worker": round(kb[1] / 1024),
            }
        )
    )


if __name__ == "__main__":
    main()
