"""What the tests of plans share: worlds, reference instances and an oracle."""

from __future__ import annotations

import csv
import json
import lzma
import os
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from roomfold.optimize import Plan, make_plan
from roomfold.scenarios import Scenario, load
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.world import World

MINIMAL = Path(__file__).parents[1] / "scenarios" / "minimal.yaml"

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    """The minimal scenario."""
    return load(MINIMAL)


@pytest.fixture(scope="session")
def world(scenario: Scenario) -> World:
    """Its first world."""
    return draw_world(scenario, 0)


@pytest.fixture(scope="session")
def region() -> Scenario:
    """The scenario of Inner Mongolia."""
    return load("inner-mongolia")


@pytest.fixture(scope="session")
def region_world(region: Scenario) -> World:
    """A world of several thousand components."""
    return draw_world(region, 0)


@pytest.fixture(scope="session")
def region_plan(region: Scenario, region_world: World) -> Plan:
    """Its plan."""
    return make_plan(region, "consolidate", region_world)


@pytest.fixture(scope="session")
def government() -> tuple[Floats, Floats, Floats, list[Ints]]:
    """Reference instance gov_s1: sizes, capacities, costs, and counts by zone."""
    root = os.environ.get("ROOMFOLD_REFERENCE_DATA")
    folder = Path(root or ".") / "packing" / "synthetic"
    if not root or not (folder / "gov_s1.json").exists():
        pytest.skip("ROOMFOLD_REFERENCE_DATA is not set")
    described = json.loads((folder / "gov_s1.json").read_text("utf-8"))
    sizes = np.array([[f["vcpu"], f["ram_gb"], f["disk_gb"]] for f in described["flavours"]])
    hosts = np.array([[h["vcpu_eff"], h["ram_gb"], h["disk_gb"], h["cost"]] for h in described["host_types"]])
    with lzma.open(folder / "gov_s1.csv.xz", "rt", encoding="utf-8") as file:
        rows = [(int(row["zone"]), int(row["flavour"])) for row in csv.DictReader(file)]
    zone, flavour = np.array(rows).T
    counts = [np.bincount(flavour[zone == z], minlength=len(sizes)) for z in range(zone.max() + 1)]
    return sizes, hosts[:, :3], hosts[:, 3], counts


@pytest.fixture(scope="session")
def patterns_of() -> Callable[[Floats, Ints, Floats], list[Ints]]:
    """All ways to fill one host, by enumeration."""

    def enumerate_all(sizes: Floats, counts: Ints, capacity: Floats) -> list[Ints]:
        ranges = [range(int(n) + 1) for n in counts]
        fillings = (np.array(p) for p in product(*ranges))
        return [p for p in fillings if p.any() and (p @ sizes <= capacity).all()]

    return enumerate_all


@pytest.fixture(scope="session")
def least_cost(patterns_of: Callable[[Floats, Ints, Floats], list[Ints]]) -> Callable[..., float]:
    """Optimum of a small packing by exhaustive search over what is left to place."""

    def search(sizes: Floats, counts: Ints, capacities: Floats, costs: Floats) -> float:
        fillings = [
            (float(cost), p)
            for cost, capacity in zip(costs, capacities, strict=True)
            for p in patterns_of(sizes, counts, capacity)
        ]
        known: dict[tuple[int, ...], float] = {tuple([0] * len(counts)): 0.0}

        def best(left: tuple[int, ...]) -> float:
            if left not in known:
                first = next(f for f, n in enumerate(left) if n)
                known[left] = min(
                    (
                        cost + best(tuple(np.maximum(np.array(left) - p, 0).tolist()))
                        for cost, p in fillings
                        if p[first]
                    ),
                    default=np.inf,
                )
            return known[left]

        return best(tuple(int(n) for n in counts))

    return search
