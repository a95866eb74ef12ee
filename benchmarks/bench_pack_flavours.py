"""Packing by patterns: gap and processor seconds on the reference instances and on many random ones.

    python benchmarks/bench_pack_flavours.py [VARIANTS]

gov_s1 and large_s2 come from ``ROOMFOLD_REFERENCE_DATA``; groups are kept apart, the pools of an instance are
packed in turn, and the patterns of one help the next. The goals: gov_s1 at most 0.006 over its zones and
0.012 in the worst, within 10 s; large_s2 at most 0.0005 within 60 s. Variants differ in flavours, host types,
dimensions (2 to 5) and size; each is one pool.
"""

from __future__ import annotations

import csv
import json
import lzma
import os
import sys
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from machine import machine
from numpy.typing import NDArray

from roomfold.optimize.packing import Columns, Task, pack
from roomfold.optimize.packing.apart import Groups, Places, assign, clashes, largest_groups
from roomfold.optimize.packing.baseline import baselines

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def reference(name: str) -> dict[str, object]:
    """One synthetic instance of the reference data, zone by zone."""
    folder = Path(os.environ["ROOMFOLD_REFERENCE_DATA"]) / "packing" / "synthetic"
    described = json.loads((folder / f"{name}.json").read_text("utf-8"))
    sizes = np.array([[f["vcpu"], f["ram_gb"], f["disk_gb"]] for f in described["flavours"]])
    hosts = np.array([[h["vcpu_eff"], h["ram_gb"], h["disk_gb"], h["cost"]] for h in described["host_types"]])
    with lzma.open(folder / f"{name}.csv.xz", "rt", encoding="utf-8") as file:
        rows = [
            (int(r["zone"]), int(r["flavour"]), int(r["apart_group"] or -1)) for r in csv.DictReader(file)
        ]
    zone, flavour, group = np.array(rows, dtype=np.int64).T
    cost = bound = 0.0
    columns: Columns | None = None
    zones, together = [], 0
    rules: dict[str, float] = {}
    wall, processor = perf_counter(), process_time()
    for z in range(int(zone.max()) + 1):
        mine = zone == z
        groups = Groups(group[mine], np.full(int(mine.sum()), -1))
        counts = np.bincount(flavour[mine], minlength=len(sizes))
        apart = largest_groups(flavour[mine], groups, len(sizes))
        packing = pack(sizes, counts, hosts[:, :3], hosts[:, 3], columns, apart=apart)
        columns = packing.columns
        each = np.arange(len(packing.types))
        room = hosts[packing.types, :3] - packing.copies @ sizes
        host_of, _ = assign(Places(packing.copies, sizes, room, each, 0 * each), flavour[mine], groups)
        together += clashes(host_of, groups, each)
        zones.append(
            {"cost": packing.cost, "bound": packing.bound, "gap": packing.gap, "method": packing.method}
        )
        cost, bound = cost + packing.cost, bound + packing.bound
    seconds, processor_seconds = perf_counter() - wall, process_time() - processor
    for z in range(int(zone.max()) + 1):
        task = Task(sizes, np.bincount(flavour[zone == z], minlength=len(sizes)), hosts[:, :3], hosts[:, 3])
        for rule, (yearly, _) in baselines(task).items():
            rules[rule] = rules.get(rule, 0.0) + yearly
    return {
        "components": len(zone),
        "cost": cost,
        "bound": bound,
        "gap": cost / bound - 1,
        "worst_gap": max(z["gap"] for z in zones),
        "members_not_apart": together,
        "seconds": round(seconds, 2),
        "processor_seconds": round(processor_seconds, 2),
        "above_bound_by_rule": {rule: round(yearly / bound - 1, 4) for rule, yearly in rules.items()},
        "zones": zones,
    }


def variant(seed: int) -> Task:
    """A random pool: cloud-like flavours on up to five types of hosts."""
    rng = np.random.default_rng(seed)
    dimensions, flavours, types = int(rng.integers(2, 6)), int(rng.integers(8, 61)), int(rng.integers(1, 6))
    vcpu = rng.choice([1, 2, 4, 8, 16, 32], flavours, p=[0.2, 0.25, 0.25, 0.15, 0.1, 0.05])
    ratios = [1, 2, 4, 8]
    sizes = [vcpu, vcpu * rng.choice(ratios, flavours), rng.choice([40, 80, 150, 300, 500, 1000], flavours)]
    sizes += [vcpu * rng.choice([50, 100, 200], flavours), rng.integers(1, 12, flavours)]
    small, large = (64, 192) if rng.random() < 0.7 else (36, 72)
    cores = rng.choice(np.arange(small, large + 1, 8), types)
    hosts = [cores, cores * rng.choice(ratios[1:], types), rng.choice([4000, 6000, 8000, 20000], types)]
    hosts += [cores * rng.choice([80, 120], types), rng.integers(60, 200, types)]
    costs = 5 + 0.1 * hosts[0] + 0.02 * hosts[1] + 0.0005 * hosts[2] + rng.integers(0, 6, types)
    shape = np.stack(sizes[:dimensions], axis=1).astype(float)
    capacity = np.stack(hosts[:dimensions], axis=1).astype(float)
    shape = np.minimum(shape, np.floor(capacity[capacity.prod(axis=1).argmax()]))
    counts = rng.multinomial(int(10 ** rng.uniform(2.3, 4.7)), rng.dirichlet(np.full(flavours, 0.7)))
    return Task(shape, counts, capacity, np.round(costs, 2))


def random_pools(variants: int) -> dict[str, object]:
    """Gap and processor seconds of many random pools."""
    found = []
    for seed in range(variants):
        task = variant(seed)
        processor = process_time()
        packing = pack(task.sizes, task.counts, task.capacities, task.costs)
        found.append(
            {
                "seed": seed,
                "components": int(task.counts.sum()),
                "shape": [*task.sizes.shape, len(task.costs)],
                "hosts": len(packing.types),
                "gap": round(packing.gap, 6),
                "method": packing.method,
                "processor_seconds": round(process_time() - processor, 2),
            }
        )
    gaps, seconds = [f["gap"] for f in found], [f["processor_seconds"] for f in found]
    return {
        "gap_mean": round(float(np.mean(gaps)), 6),
        "gap_worst": max(gaps),
        "proven_least": sum(gap == 0 for gap in gaps),
        "processor_seconds_mean": round(float(np.mean(seconds)), 2),
        "processor_seconds_worst": max(seconds),
        "worst": sorted(found, key=lambda f: -f["gap"])[:8],
        "slowest": sorted(found, key=lambda f: -f["processor_seconds"])[:4],
    }


def main(variants: int) -> None:
    """Everything, after a small packing that compiles what is compiled."""
    first = variant(0)
    packing = pack(first.sizes, np.minimum(first.counts, 20), first.capacities, first.costs)
    each, one = np.arange(len(packing.types)), np.arange(1)
    room = first.capacities[packing.types] - packing.copies @ first.sizes
    assign(Places(packing.copies, first.sizes, room, each, 0 * each), one, Groups(one, one))
    baselines(first)
    result = {name: reference(name) for name in ("gov_s1", "large_s2")}
    print(json.dumps({**result, "variants": random_pools(variants), "machine": machine()}, indent=1))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
