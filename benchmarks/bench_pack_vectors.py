"""Pack items that all differ: published sets and generated ones; print figures beside the goals as JSON.

    python benchmarks/bench_pack_vectors.py DATA [EVERY] [SET]

DATA is the folder with ``Panigrahy_instances.tar.gz``, ``Triplet_instances.tar.gz`` and
``vbp_known.csv``; every EVERY-th instance is packed (default all), of SET ``triplet``, ``panigrahy`` or
``generated`` (default all three). Seconds are those of the processor. Progress goes to stderr.

Goals: triplets of up to 120 items proven least within 2 s, larger ones within 1 %; Panigrahy never worse
than the best published heuristic for up to 120 items, on the mean 0.3 % above known optima, within 10 s;
20,000 generated items within 0.3 % of the bound in 3 s; 3,000 chunky ones 2 % below the cosine fit, the
bound 5 % above that of the volume.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from time import process_time

import numpy as np
from numpy.typing import NDArray

from roomfold.optimize.instances.vbp import Vbp, read
from roomfold.optimize.packing.distinct import pack_distinct
from roomfold.optimize.packing.distinct_fit import fleet_fit, volume_bound
from roomfold.optimize.packing.vector import Vectors

CAPACITIES = np.array([[128.0, 256.0, 6000.0], [192.0, 768.0, 8000.0], [96.0, 384.0, 20000.0]])
COSTS = np.array([27.0, 48.0, 36.0])
SMALL = 120
# Sizes of median 3 vCPU with many on a host, and so many times larger.
FINE, CHUNKY = 1.0, 14.0


def generated(items: int, seed: int, scale: float) -> NDArray[np.float64]:
    """Log-normal vCPU, GB of memory and of disk, shape (items, 3), each within 95 % of the smallest host."""
    random = np.random.Generator(np.random.Philox(key=seed))
    cpu = np.exp(random.normal(np.log(3.0 * scale), 0.7, items))
    ram = cpu * np.exp(random.normal(np.log(3.0), 0.5, items))
    disk = np.exp(random.normal(np.log(150.0 * scale), 0.8, items))
    return np.minimum(np.stack([cpu, ram, disk], axis=1), 0.95 * CAPACITIES.min(axis=0))


def published(folder: Path, name: str, every: int) -> list[dict[str, object]]:
    """One row for each packed instance of a set."""
    with (folder / "vbp_known.csv").open(encoding="utf-8") as file:
        known = {row["instance"]: row for row in csv.DictReader(file)}
    rows = []
    for instance in read(folder / f"{name}_instances.tar.gz")[::every]:
        row = packed(instance, known[instance.name])
        print(json.dumps(row), file=sys.stderr, flush=True)
        rows.append(row)
    return rows


def packed(instance: Vbp, row: dict[str, str]) -> dict[str, object]:
    """Bins, bound and seconds of one instance, beside what is known."""
    began = process_time()
    found = pack_distinct(instance.sizes.astype(float), instance.capacity[None].astype(float), np.ones(1))
    seconds = process_time() - began
    optimum = int(row["optimum"]) if row["optimum"] else None
    assert optimum is None or found.bound <= optimum <= found.cost
    return {
        "instance": instance.name,
        "items": int(instance.counts.sum()),
        "bins": int(found.cost),
        "bound": int(found.bound),
        "optimum": optimum,
        "best_published": int(row["best_known"]),
        "proven": found.optimal,
        "seconds": round(seconds, 2),
    }


def summary(rows: list[dict[str, object]]) -> dict[str, object]:
    """What the goals speak of."""
    table = {
        key: np.array([row[key] for row in rows]) for key in ("items", "bins", "best_published", "seconds")
    }
    small = table["items"] <= SMALL + 1
    known = np.array([row["optimum"] is not None for row in rows])
    optimum = np.array([row["optimum"] or 1 for row in rows])
    excess = (table["bins"] / optimum - 1)[known]
    proven = np.array([bool(row["proven"]) for row in rows])
    worse = table["bins"] > table["best_published"]
    return {
        "instances": len(rows),
        "proven": int(proven.sum()),
        "small": int(small.sum()),
        "small_proven": int((small & proven).sum()),
        "small_worse_than_published": int((small & worse).sum()),
        "worse_than_published": int(worse.sum()),
        "better_than_published": int((table["bins"] < table["best_published"]).sum()),
        "mean_excess_over_optimum": round(float(excess.mean()), 6) if known.any() else None,
        "worst_excess_over_optimum": round(float(excess.max()), 6) if known.any() else None,
        "small_seconds_max": float(table["seconds"][small].max(initial=0.0)),
        "seconds_max": float(table["seconds"].max()),
        "seconds": round(float(table["seconds"].sum()), 1),
    }


def own(items: int, seed: int, scale: float) -> dict[str, object]:
    """One generated instance: cosine fit, packing, both bounds."""
    sizes = generated(items, seed, scale)
    task = Vectors(sizes[np.lexsort(sizes.T)], CAPACITIES, COSTS, np.full(3, -1))
    fit, volume = fleet_fit(task), volume_bound(task)
    assert fit is not None
    began = process_time()
    found = pack_distinct(sizes, CAPACITIES, COSTS)
    return {
        "items": items,
        "seed": seed,
        "a_host": round(items / len(found.types), 2),
        "gap": round(found.cost / found.bound - 1, 5),
        "below_cosine_fit": round(1 - found.cost / fit.cost(task), 5),
        "bound_above_volume": round(found.bound / volume - 1, 5),
        "seconds": round(process_time() - began, 2),
    }


def main(folder: Path, every: int, chosen: str) -> None:
    """Run the sets chosen."""
    pack_distinct(generated(50, 0, CHUNKY), CAPACITIES, COSTS)
    results: dict[str, object] = {}
    for name in ("Triplet", "Panigrahy"):
        if chosen in ("all", name.lower()):
            results[name.lower()] = summary(published(folder, name, every))
    if chosen in ("all", "generated"):
        results["fine"] = [own(20_000, seed, FINE) for seed in (1, 2)]
        results["chunky"] = [own(3_000, seed, CHUNKY) for seed in (1, 2)]
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    given = [*sys.argv[1:], *("", "1", "all")[len(sys.argv) - 1 :]]
    main(Path(given[0]), int(given[1]), given[2])
