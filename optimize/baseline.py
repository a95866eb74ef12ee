"""What a plan is compared with: first-fit decreasing, and fewest hosts by volume."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .fleet import fits_on

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def first_fit(sizes: Floats, counts: Ints, capacities: Floats, costs: Floats) -> tuple[float, int]:
    """Yearly cost and number of the hosts that first-fit decreasing uses.

    All hosts are of the one type that costs least in the end; flavours that it cannot hold go to the
    cheapest type that can.
    """
    fits = fits_on(sizes, capacities)
    best = (np.inf, 0)
    for preferred in range(len(costs)):
        others = np.where(fits, costs, np.inf).argmin(axis=1)
        chosen = np.where(fits[:, preferred], preferred, others)
        hosts = [
            _first_fit(sizes[chosen == t], counts[chosen == t], capacities[t]) for t in range(len(costs))
        ]
        best = min(best, (float(costs @ hosts), sum(hosts)))
    return best


def _first_fit(sizes: Floats, counts: Ints, capacity: Floats) -> int:
    """Hosts of one type; copies of a size go to the first hosts with room, all at once."""
    left = np.empty((0, len(capacity)))
    for f in np.argsort(-(sizes / capacity).max(axis=1), kind="stable"):
        size, missing = sizes[f], int(counts[f])
        taken = np.minimum(np.floor((left / size + 1e-9).min(axis=1)), missing).astype(np.int64)
        taken = np.diff(np.minimum(np.cumsum(taken), missing), prepend=0)
        left = left - taken[:, None] * size
        missing -= int(taken.sum())
        per_host = int(np.floor((capacity / size + 1e-9).min()))
        while missing > 0:
            held = min(per_host, missing)
            left = np.vstack([left, capacity - held * size])
            missing -= held
    return len(left)


def hosts_at_least(needs: Floats, pools: Ints, capacities: Floats, standby: int) -> int:
    """Fewest hosts that could hold all needs by volume, pool by pool, with standby hosts.

    Args:
        needs: shape (components, dimensions).
        pools: pool of each component, shape (components,).
    """
    most = capacities.max(axis=0)
    totals = [needs[pools == pool].sum(axis=0) for pool in np.unique(pools)]
    return sum(int(np.ceil((total / most).max() - 1e-9)) + standby for total in totals)
