"""A cost that no assignment can undercut: all machines taken as one.

Load above safety and shortage of balance are convex in what each machine holds, so summed over machines they
cost at least what the pooled use costs. The linear relaxation of the whole problem gives the same on most
instances: it may split every process over all machines.
"""

from __future__ import annotations

from .instance import Instance


def lower_bound(instance: Instance) -> int:
    """No assignment costs less, whether it keeps the rules or not; exact in whole numbers."""
    total = instance.requirements.sum(axis=0).tolist()
    safety = instance.safety.sum(axis=0).tolist()
    free = (instance.capacities.sum(axis=0) - instance.requirements.sum(axis=0)).tolist()
    weights = instance.load_weights.tolist()
    load = sum(w * max(0, use - most) for w, use, most in zip(weights, total, safety, strict=True))
    balance = sum(
        weight * max(0, target * free[a] - free[b]) for a, b, target, weight in instance.balances.tolist()
    )
    return int(load + balance)
