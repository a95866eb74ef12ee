"""Plan worlds of inner-mongolia; print seconds, processor seconds and gap of each as JSON.

    python benchmarks/bench_plan.py [WORLDS]

Reading the scenario and drawing the worlds is not counted. The goals: gap of a world at most 0.01,
seconds under 5.
"""

from __future__ import annotations

import json
import sys
from statistics import median
from time import perf_counter, process_time

from roomfold.optimize import make_plan
from roomfold.scenarios import load
from roomfold.scenarios.draw import draw_world


def main(worlds: int) -> None:
    """Plan the first worlds, after one that is not counted."""
    scenario = load("inner-mongolia")
    make_plan(scenario, "consolidate", draw_world(scenario, 0))
    results = []
    for index in range(worlds):
        world = draw_world(scenario, index)
        wall, processor = perf_counter(), process_time()
        plan = make_plan(scenario, "consolidate", world)
        assert plan.proof is not None
        results.append(
            {
                "world": index,
                "components": int((plan.placement >= 0).sum()),
                "seconds": round(perf_counter() - wall, 3),
                "processor_seconds": round(process_time() - processor, 3),
                "gap": round(plan.proof.gap, 5),
                "worst_pool_gap": round(plan.proof.worst_pool_gap, 5),
            }
        )
    summary = {
        "seconds_median": median(r["seconds"] for r in results),
        "processor_seconds_median": median(r["processor_seconds"] for r in results),
        "gap_max": max(r["gap"] for r in results),
    }
    print(json.dumps({"worlds": results, **summary}, indent=1))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8)
