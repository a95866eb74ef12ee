"""Re-plan the instances of the ROADEF/EURO challenge 2012 (set A); print cost and gaps as JSON.

    python benchmarks/bench_reassign.py [SECONDS,SECONDS,... [INSTANCE,INSTANCE,...]]

Needs ROOMFOLD_REFERENCE_DATA. Each limit (default 10, 60, 300) is a run of its own, in processor seconds.
The goals: within 1 % of the best of the challenge on a1 at 300 s, as close as it gets on a2.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from pathlib import Path
from time import process_time

from roomfold.optimize.reassign import broken_rules, cost_of, improve, read_all


def main(limits: list[float], names: list[str]) -> None:
    """Re-plan the named instances, or all, at each limit, after one round that is not counted."""
    folder = Path(os.environ["ROOMFOLD_REFERENCE_DATA"]) / "packing"
    with (folder / "roadef_known.csv").open(encoding="utf-8") as file:
        known = {row["instance"]: row for row in csv.DictReader(file)}
    instances = [i for i in read_all(folder / "roadef_A.tar.gz") if not names or i.name in names]
    improve(instances[0], rounds=1)
    for instance in instances:
        best = int(known[instance.name]["challenge_best_recalled"])
        for limit in limits:
            begin = process_time()
            found = improve(instance, seconds=limit, clock=process_time)
            spent = process_time() - begin
            assert cost_of(instance, found.assignment).total == found.cost
            assert not broken_rules(instance, found.assignment)
            result = {
                "instance": instance.name,
                "limit_s": limit,
                "processor_s": round(spent, 1),
                "start_cost": found.start_cost,
                "cost": found.cost,
                "bound": found.bound,
                "challenge_best": best,
                "over_challenge_best": round(found.cost / best - 1.0, 6),
                "optimal": found.optimal,
                "method": found.method,
            }
            print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main(
        [float(s) for s in sys.argv[1].split(",")] if len(sys.argv) > 1 else [10.0, 60.0, 300.0],
        sys.argv[2].split(",") if len(sys.argv) > 2 else [],
    )
