"""Small random machine reassignments whose running state keeps every rule, and all their assignments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from roomfold.optimize.reassign import Instance

Ints = NDArray[np.int64]


def _instance(seed: int, processes: int, machines: int, slack: float) -> Instance:
    g = np.random.default_rng(seed)
    resources, services = int(g.integers(1, 4)), int(g.integers(1, processes + 1))
    start = g.integers(0, machines, processes)
    belongs = g.integers(0, services, processes)
    # Nobody shares a machine with one of its own service: who does gets a service of its own.
    taken: set[tuple[int, int]] = set()
    for p in range(processes):
        if (belongs[p], start[p]) in taken:
            belongs[p], services = services, services + 1
        taken.add((belongs[p], start[p]))
    need = g.integers(0, 30, (processes, resources))
    use = np.zeros((machines, resources), dtype=np.int64)
    np.add.at(use, start, need)
    capacities = use + g.integers(0, int(30 * slack) + 1, use.shape)
    locations, areas = g.integers(0, machines, machines), g.integers(0, 2, machines)
    at = [set(locations[start[belongs == s]].tolist()) for s in range(services)]
    near = [set(areas[start[belongs == s]].tolist()) for s in range(services)]
    allowed = [(a, b) for a in range(services) for b in range(services) if a != b and near[a] <= near[b]]
    dependencies = [pair for pair in allowed if g.random() < 0.3]
    balances = [[*g.integers(0, resources, 2), g.integers(0, 3), g.integers(1, 9)]] * int(g.integers(0, 2))
    return Instance(
        name=f"random{seed}",
        requirements=need,
        capacities=capacities,
        safety=(capacities * g.random(capacities.shape)).astype(np.int64),
        transient=g.random(resources) < 0.4,
        load_weights=g.integers(0, 20, resources),
        locations=locations,
        neighbourhoods=areas,
        distances=g.integers(0, 5, (machines, machines)) * (1 - np.eye(machines, dtype=np.int64)),
        services=belongs,
        spreads=np.array([g.integers(0, len(a) + 1) for a in at]),
        dependencies=np.array(dependencies, dtype=np.int64).reshape(-1, 2),
        move_costs=g.integers(0, 10, processes),
        balances=np.array(balances, dtype=np.int64).reshape(-1, 4),
        move_weights=g.integers(0, 9, 3),
        start=start,
    )


@pytest.fixture(scope="session")
def random_instance() -> Callable[[int, int, int, float], Instance]:
    """Makes an instance from a seed, numbers of processes and machines, and how much room there is."""
    return _instance


@pytest.fixture(scope="session")
def assignments() -> Callable[[Instance], Iterator[Ints]]:
    """All assignments of an instance."""

    def every(instance: Instance) -> Iterator[Ints]:
        for places in product(range(instance.machines), repeat=instance.processes):
            yield np.array(places, dtype=np.int64)

    return every
