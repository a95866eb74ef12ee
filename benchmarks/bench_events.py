"""Time of the events against the size of the estate: both futures of ``nation`` at 1/16 to full size.

Rooms, systems and lines shrink together. Prints one line of JSON: components, processor seconds of
``happen`` for both futures, what happened, and the exponent of seconds over components (least squares in
logarithms). Run ``python benchmarks/bench_events.py``.
"""

from __future__ import annotations

import json
import time
from statistics import median

import numpy as np

from roomfold.optimize import make_plan
from roomfold.scenarios import load
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.estate import NEVER
from roomfold.sim.events import happen

SHARES = (16, 8, 4, 2, 1)
REPEATS = 3
SHRUNK = ("estate.systems", "estate.rooms", "estate.vertical_lines")


def main() -> None:
    """Measure and print."""
    whole = draw_world(load("nation"), 0).values
    rows = [measure([f"{path}={max(whole[path] / share, 1)}" for path in SHRUNK]) for share in SHARES]
    size = np.log([row["components"] for row in rows])
    exponent = np.polyfit(size, np.log([row["seconds"] for row in rows]), 1)[0]
    print(json.dumps({"sizes": rows, "exponent": round(float(exponent), 3)}))


def measure(overrides: list[str]) -> dict[str, float]:
    """One size."""
    scenario = load("nation", overrides)
    world = draw_world(scenario, 0)
    plans = [make_plan(scenario, name, world) for name in scenario.alternatives]
    seconds = []
    for _ in range(REPEATS):
        start = time.process_time()
        timelines = [happen(scenario, world, plan) for plan in plans]
        seconds.append(time.process_time() - start)
    return {
        "components": len(world.estate.servers.id),
        "seconds": round(median(seconds), 3),
        "failures": sum(len(t.server_repairs.what) + len(t.host_repairs.what) for t in timelines),
        "moved": sum(int((t.moved_h != NEVER).sum()) for t in timelines),
        "requests": sum(len(t.requests.system) for t in timelines),
    }


if __name__ == "__main__":
    main()
