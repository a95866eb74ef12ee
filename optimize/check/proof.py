"""What a plan says of itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .facts import Facts
from .violation import ROUNDING, Violation, over

CENT = 0.01


def proof(facts: Facts) -> Iterator[Violation]:
    """The bound is no higher than the cost, the gap is theirs, and the hosts counted are there."""
    stated = facts.plan.proof
    if stated is None:
        if len(facts.plan.hosts.type):
            yield Violation("proof", "hosts are bought without a proof", float(len(facts.placed)), "hosts")
        return
    cost, bound = stated.cost_cny_per_year, stated.bound_cny_per_year
    yield from over("proof", "plan", np.array([bound]), cost + CENT, "CNY a year", "CNY a year as bound")
    gap = abs(stated.gap - (cost / bound - 1))
    yield from over("proof", "plan", np.array([gap]), ROUNDING, "of the bound", "between gap and bound")
    counted = np.count_nonzero(facts.plan.hosts.recovers < 0)  # what stands by for other sites is not
    miscounted = np.array([abs(stated.hosts - counted)], dtype=np.float64)
    yield from over("proof", "plan", miscounted, 0.0, "hosts", "hosts miscounted")
