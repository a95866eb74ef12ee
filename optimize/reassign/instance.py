"""What is to be re-planned: machines, processes, where each runs now, and what moving it costs.

The problem is that of the ROADEF/EURO challenge of 2012, set by Google, in its exact whole numbers. In the
words of roomfold a machine is a host, a process a component, a service a system with its replicas, a
location a rack or a site for spreading, a neighbourhood a zone within which systems reach each other, and a
transient resource one that a move holds at both ends until it is done (disk).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Sums and their products with weights stay in 64 bits with room for differences.
LARGEST_COST = 2**60


@dataclass(frozen=True, eq=False)
class Instance:
    """Machines, processes, services and the running state; all quantities in whole numbers >= 0.

    Attributes:
        name: for reports.
        requirements: of each process, shape (processes, resources).
        capacities: of each machine, shape (machines, resources).
        safety: use above which a machine's resource costs its load weight a unit, shape as capacities.
        transient: resources that a moved process still holds on its start machine, shape (resources,).
        load_weights: shape (resources,).
        locations, neighbourhoods: of each machine, numbered from 0, shape (machines,).
        distances: cost of moving any process from machine to machine, shape (machines, machines).
        services: of each process, shape (processes,).
        spreads: locations that a service must at least be spread over, shape (services,).
        dependencies: pairs of services (a, b): wherever a process of a runs, one of b runs in the same
            neighbourhood; shape (pairs, 2).
        move_costs: of each process, shape (processes,).
        balances: rows (first resource, second resource, target, weight): what is free of the second should
            be target times what is free of the first; shape (balances, 4).
        move_weights: of process moves, of the most moves within one service, of distances; shape (3,).
        start: machine of each process now, shape (processes,).
    """

    name: str
    requirements: Ints
    capacities: Ints
    safety: Ints
    transient: Bools
    load_weights: Ints
    locations: Ints
    neighbourhoods: Ints
    distances: Ints
    services: Ints
    spreads: Ints
    dependencies: Ints
    move_costs: Ints
    balances: Ints
    move_weights: Ints
    start: Ints

    @property
    def processes(self) -> int:
        """Their number."""
        return len(self.requirements)

    @property
    def machines(self) -> int:
        """Their number."""
        return len(self.capacities)

    @property
    def resources(self) -> int:
        """Their number."""
        return len(self.load_weights)

    def largest_cost(self) -> int:
        """A limit above every cost that any assignment can have, in Python's unlimited integers."""
        total = [int(t) for t in self.requirements.sum(axis=0, dtype=object)]
        free = [int(c) for c in self.capacities.sum(axis=0, dtype=object)]
        load = sum(int(w) * t for w, t in zip(self.load_weights, total, strict=True))
        balance = sum(
            int(weight) * (int(target) * (free[a] + total[a]) + total[b] + free[b])
            for a, b, target, weight in self.balances.tolist()
        )
        processes, services, distance = (int(w) for w in self.move_weights)
        moves = processes * sum(self.move_costs.tolist()) + services * self.processes
        return int(load + balance + moves + distance * int(self.distances.max(initial=0)) * self.processes)
