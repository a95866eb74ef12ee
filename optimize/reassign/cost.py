"""What an assignment costs and which rules it breaks: plain NumPy, apart from the search, exact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .instance import Instance, Ints


@dataclass(frozen=True)
class Cost:
    """Parts of the cost of an assignment, in the instance's whole cost units."""

    load: int
    balance: int
    process_moves: int
    service_moves: int
    distance: int

    @property
    def total(self) -> int:
        """Sum of all parts."""
        return self.load + self.balance + self.process_moves + self.service_moves + self.distance


def cost_of(instance: Instance, assignment: Ints) -> Cost:
    """Cost of an assignment, shape (processes,), whether it keeps the rules or not."""
    use = _use(instance, assignment)
    over = np.maximum(use - instance.safety, 0)
    free = instance.capacities - use
    balance = sum(
        int(weight * np.maximum(target * free[:, a] - free[:, b], 0).sum())
        for a, b, target, weight in instance.balances
    )
    moved = assignment != instance.start
    by_service = np.bincount(instance.services[moved], minlength=1)
    weights = instance.move_weights
    return Cost(
        load=int((over * instance.load_weights).sum()),
        balance=balance,
        process_moves=int(weights[0] * instance.move_costs[moved].sum()),
        service_moves=int(weights[1] * by_service.max()),
        distance=int(weights[2] * instance.distances[instance.start, assignment].sum()),
    )


def broken_rules(instance: Instance, assignment: Ints) -> list[str]:
    """One line for each rule that an assignment breaks; empty if it can be carried out."""
    return [
        *_over_capacity(instance, assignment),
        *_conflicts(instance, assignment),
        *_too_close(instance, assignment),
        *_apart_from_needed(instance, assignment),
    ]


def _use(instance: Instance, assignment: Ints) -> Ints:
    use = np.zeros_like(instance.capacities)
    np.add.at(use, assignment, instance.requirements)
    return use


def _over_capacity(instance: Instance, assignment: Ints) -> list[str]:
    held = _use(instance, assignment)
    moved = assignment != instance.start
    leaving = np.where(instance.transient, instance.requirements[moved], 0)
    np.add.at(held, instance.start[moved], leaving)
    return [
        f"machine {m}: resource {r} is needed {held[m, r]} times and there are {instance.capacities[m, r]}"
        for m, r in np.argwhere(held > instance.capacities)
    ]


def _conflicts(instance: Instance, assignment: Ints) -> list[str]:
    pairs, count = np.unique(np.column_stack([instance.services, assignment]), axis=0, return_counts=True)
    return [
        f"service {s}: {n} processes on machine {m}" for (s, m), n in zip(pairs, count, strict=True) if n > 1
    ]


def _too_close(instance: Instance, assignment: Ints) -> list[str]:
    pairs = np.unique(np.column_stack([instance.services, instance.locations[assignment]]), axis=0)
    spread = np.bincount(pairs[:, 0], minlength=len(instance.spreads))
    return [
        f"service {s}: in {spread[s]} locations instead of {instance.spreads[s]}"
        for s in np.flatnonzero(spread < instance.spreads)
    ]


def _apart_from_needed(instance: Instance, assignment: Ints) -> list[str]:
    areas = int(instance.neighbourhoods.max(initial=0)) + 1
    present = np.zeros((len(instance.spreads), areas), dtype=bool)
    present[instance.services, instance.neighbourhoods[assignment]] = True
    return [
        f"service {a}: in neighbourhood {n} without service {b}"
        for a, b in instance.dependencies
        for n in np.flatnonzero(present[a] & ~present[b])
    ]
