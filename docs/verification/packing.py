"""Packing: published instances with known optima, and plans of programmes, recounted apart from solvers."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from roomfold.optimize import make_plan
from roomfold.optimize.check import check_plan
from roomfold.optimize.instances.vbp import Vbp, read
from roomfold.optimize.packing.distinct import pack_distinct
from roomfold.scenarios import load
from roomfold.scenarios.draw import draw_world

from .results import Figure, Result

SETS = ("Triplet", "Panigrahy")
EVERY = int(os.environ.get("ROOMFOLD_VERIFY_EVERY", "24"))
MOST_ITEMS = 121
PROGRAMMES = ("gansu", "dongguan", "fujian", "inner-mongolia")


def measure() -> Result:
    """Each set's instances of up to 121 items, one in EVERY, and the plan of one world of some programmes.

    Raises:
        SystemExit: without the reference data.
    """
    folder = os.environ.get("ROOMFOLD_REFERENCE_DATA")
    if not folder:
        raise SystemExit("ROOMFOLD_REFERENCE_DATA is not set: the part packing needs published instances")
    published = [row for name in SETS for row in _published(Path(folder) / "packing", name)]
    pools = [row for name in PROGRAMMES for row in _planned(name)]
    known = [row for row in published if row["optimum"] is not None]
    excess = [row["bins"] / row["optimum"] - 1 for row in known]
    gaps = [row["gap"] for row in pools]
    figures = [
        Figure("published instances packed", len(published), ">= 40"),
        Figure("of these proven optimal", sum(row["proven"] for row in published)),
        Figure("with a known optimum", len(known)),
        Figure(
            "known optima contradicted by a bound or a packing",
            sum(row["contradicted"] for row in known),
            "= 0",
        ),
        Figure(
            "worse than the best published heuristic",
            sum(row["bins"] > row["best_published"] for row in published),
            "= 0",
        ),
        Figure("mean excess over known optima", _digits(float(np.mean(excess))), "<= 0.003"),
        Figure("largest excess over a known optimum", _digits(max(excess))),
        Figure("packings that break a capacity, recounted", sum(row["broken"] for row in published), "= 0"),
        Figure("plans of programmes checked", len(pools)),
        Figure("of these whose hosts are proven least", sum(gap == 0 for gap in gaps)),
        Figure("mean gap of a plan's hosts", _digits(float(np.mean(gaps)))),
        Figure("largest gap of a plan's hosts", _digits(max(gaps))),
        Figure("rules broken, by the independent checker", sum(row["broken"] for row in pools), "= 0"),
    ]
    return Result("packing", figures, [*published, *pools], ("scenarios", "optimize"), {"every": EVERY})


def _published(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    with (folder / "vbp_known.csv").open(encoding="utf-8") as file:
        known = {row["instance"]: row for row in csv.DictReader(file)}
    small = [i for i in read(folder / f"{name}_instances.tar.gz") if int(i.counts.sum()) <= MOST_ITEMS]
    for instance in small[::EVERY]:
        row = known[instance.name]
        optimum = int(row["optimum"]) if row["optimum"] else None
        yield {"set": name, **_packed(instance, optimum), "best_published": int(row["best_known"])}


def _packed(instance: Vbp, optimum: int | None) -> dict[str, Any]:
    sizes = np.repeat(instance.sizes, instance.counts, axis=0).astype(float)
    found = pack_distinct(sizes, instance.capacity[None].astype(float), np.ones(1))
    bins = len(found.types)
    return {
        "instance": instance.name,
        "items": len(sizes),
        "bins": bins,
        "bound": float(found.bound),
        "optimum": optimum,
        "proven": bool(found.bound >= bins),
        "contradicted": optimum is not None and not found.bound <= optimum <= bins,
        "broken": broken(instance.sizes, instance.counts, instance.capacity, found.host_of, bins),
    }


def broken(
    sizes: NDArray[Any], counts: NDArray[Any], capacity: NDArray[Any], host_of: NDArray[Any], bins: int
) -> int:
    """Bins too full and items in no bin, counted in whole numbers, item by item."""
    load = [[0] * len(capacity) for _ in range(bins)]
    items = [row for row, count in zip(sizes.tolist(), counts.tolist(), strict=True) for _ in range(count)]
    lost = 0
    for size, host in zip(items, host_of.tolist(), strict=True):
        if not 0 <= host < bins:
            lost += 1
            continue
        load[host] = [used + more for used, more in zip(load[host], size, strict=True)]
    full = sum(any(u > c for u, c in zip(used, capacity.tolist(), strict=True)) for used in load)
    return lost + full


def _planned(name: str) -> Iterator[dict[str, Any]]:
    """The plan of world 0 of every alternative of a programme that builds anything."""
    scenario = load(name)
    world = draw_world(scenario, 0)
    for alternative in scenario.alternatives:
        plan = make_plan(scenario, alternative, world)
        if plan.proof is None or not plan.proof.bound_cny_per_year:
            continue
        proof = plan.proof
        yield {
            "set": name,
            "instance": alternative,
            "items": int((plan.placement >= 0).sum()),
            "bins": len(plan.hosts.pool),
            "cost": proof.cost_cny_per_year,
            "bound": proof.bound_cny_per_year,
            "gap": _digits(proof.cost_cny_per_year / proof.bound_cny_per_year - 1),
            "broken": len(check_plan(scenario, world, plan)),
        }


def _digits(value: float) -> float:
    return float(f"{value:.3g}")
