"""Flavours: the few sizes in which components run on the cloud.

Needs are rounded up to a catalogue, then the sizes in use are merged, cheapest first, until few
are left: with two dozen sizes a pool of any size is a small packing problem. What merging gives
away is capacity (some 10 %), as on any cloud that offers a list of sizes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..scenarios.errors import InfeasibleError
from ..scenarios.flavours import CATALOGUE, rounded_up

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Where the catalogue's size fits on no host but the component does.
FINE_STEP = (1, 4, 100)
SMALLEST = np.array([steps[0] for steps in CATALOGUE], dtype=np.float64)
MOST_FLAVOURS = 24
NAMES = ("vCPU", "GB of memory", "GB of disk")


def choose_flavours(needs: Floats, ids: NDArray[np.int32], capacities: Floats) -> tuple[Floats, Ints]:
    """Sizes for all components and the row of each component's size.

    Args:
        needs: vCPU, memory in GB and disk in GB of each component, shape (components, 3).
        ids: server ids of the components, for messages.
        capacities: usable, of each host type, shape (types, 3).

    Returns:
        Flavours, shape (flavours, 3), and rows, shape (components,).

    Raises:
        InfeasibleError: a component fits on no host type.
    """
    rounded = np.stack([rounded_up(needs[:, k], k) for k in range(len(CATALOGUE))], axis=1)
    large = ~_fits(rounded, capacities)
    rounded[large] = np.ceil(needs[large] / FINE_STEP - 1e-9) * FINE_STEP
    over = np.flatnonzero(~_fits(rounded, capacities))
    if len(over):
        raise InfeasibleError(_too_large(needs[over[0]], int(ids[over[0]]), len(over), capacities))
    sizes, row, counts = np.unique(rounded, axis=0, return_inverse=True, return_counts=True)
    merged, kept = _merge(sizes, counts, capacities)
    return merged, kept[row.ravel()]


def _fits(sizes: Floats, capacities: Floats) -> Bools:
    """Whether each size fits on some host type; sizes of shape (..., 3)."""
    return np.asarray((sizes[..., None, :] <= capacities).all(axis=-1).any(axis=-1))


def _too_large(need: Floats, server: int, how_many: int, capacities: Floats) -> str:
    most = capacities.max(axis=0)
    over = [
        f"{amount:.4g} {name} (largest host: {limit:.4g})"
        for amount, name, limit in zip(need, NAMES, most, strict=True)
        if amount > limit
    ] or [", ".join(f"{amount:.4g} {name}" for amount, name in zip(need, NAMES, strict=True)) + " at once"]
    others = f", and {how_many - 1} other components" if how_many > 1 else ""
    return (
        f"no host type is large enough for the component of server {server}{others}: needs {', '.join(over)}"
    )


def _merge(sizes: Floats, counts: Ints, capacities: Floats) -> tuple[Floats, Ints]:
    """Merge pairs of sizes into their maximum, least added capacity first, until few are left."""
    weight = 1 / capacities.max(axis=0)
    sizes, counts = sizes.copy(), counts.astype(np.float64)
    group = np.arange(len(sizes))
    alive = np.ones(len(sizes), dtype=bool)

    def added(i: int) -> Floats:
        """Capacity that merging size i with each other size would add."""
        joint = np.maximum(sizes[i], sizes)
        own = sizes @ weight
        more = (joint @ weight) * (counts[i] + counts) - own[i] * counts[i] - own * counts
        return np.where(alive & _fits(joint, capacities) & (np.arange(len(sizes)) != i), more, np.inf)

    cost = np.stack([added(i) for i in range(len(sizes))])
    while alive.sum() > MOST_FLAVOURS:
        i, j = divmod(int(cost.argmin()), len(sizes))
        if not np.isfinite(cost[i, j]):
            break
        sizes[i] = np.maximum(sizes[i], sizes[j])
        counts[i] += counts[j]
        alive[j] = False
        group[group == j] = i
        cost[j, :] = cost[:, j] = np.inf
        cost[i, :] = cost[:, i] = added(i)
    kept = np.flatnonzero(alive)
    return sizes[kept], np.searchsorted(kept, group)
