"""Which hosts to buy, seen from above: the cheapest fleet that no proof excludes.

Any price vector ``p`` over flavours gives a row that every packing satisfies: the hosts bought,
each counted with the most that it can hold at these prices, must hold the worth of all components.
Volumes (vCPU, memory, disk) are such rows; the prices of column generation give another, sometimes
far sharper one. The cheapest fleet in whole hosts under such rows is a proven lower bound, and often
it can be filled, which proves it optimal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..solver import minimise

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_FLEETS = 20_000
ROUNDING = 1e-9


@dataclass(frozen=True)
class Rows:
    """What every fleet must satisfy: ``holds @ hosts >= needs``.

    Attributes:
        holds: most that a host of each type holds, shape (rows, types).
        worth: of each flavour in each row, shape (rows, flavours).
        needs: what all components need, shape (rows,).
    """

    holds: Floats
    worth: Floats
    needs: Floats

    def plus(self, other: Rows) -> Rows:
        """These rows and others."""
        return Rows(
            np.vstack([self.holds, other.holds]),
            np.vstack([self.worth, other.worth]),
            np.append(self.needs, other.needs),
        )


def fits_on(sizes: Floats, capacities: Floats) -> NDArray[np.bool_]:
    """Whether each flavour fits on each empty host type, shape (flavours, types)."""
    return np.asarray((sizes[:, None, :] <= capacities[None, :, :]).all(axis=2))


def volume_rows(sizes: Floats, counts: Ints, capacities: Floats, apart: Ints | None = None) -> Rows:
    """One row per dimension and per set of host types that some flavours are confined to.

    Shapes (flavours, dimensions), (flavours,), (types, dimensions), (flavours,). A group of components that
    must lie apart adds a row as well: as many hosts on which its flavour fits.
    """
    fits = fits_on(sizes, capacities)
    holds, worth, needs = [], [], []
    for allowed in np.unique(np.vstack([np.ones((1, len(capacities)), dtype=bool), fits]), axis=0):
        confined = ~(fits & ~allowed).any(axis=1)
        holds.append(capacities.T * allowed)
        worth.append((sizes * confined[:, None]).T)
        needs.append((counts * confined) @ sizes)
    if apart is not None:
        for f in np.flatnonzero(apart > 1):
            holds.append(fits[f].astype(np.float64)[None, :])
            worth.append(np.zeros((1, len(counts))))
            needs.append(apart[f : f + 1])
    return Rows(np.vstack(holds), np.vstack(worth), np.concatenate(needs).astype(np.float64))


def cheapest_fleet(
    costs: Floats, rows: Rows, slack: float = 0.0, limits: Floats | None = None
) -> tuple[Ints | None, float]:
    """Hosts of each type, shape (types,), and the proven least cost, with needs raised by ``slack``.

    Args:
        limits: most hosts of each type, may be infinite, shape (types,).

    Returns:
        No fleet and an infinite cost where the limits allow none.
    """
    used = rows.needs > 0
    if not used.any():
        return np.zeros(len(costs), dtype=np.int64), 0.0
    # Rows are scaled to a right-hand side of 1 and eased by 1e-9: rounding must not cut off a fleet.
    holds = rows.holds[used] / (rows.needs[used, None] * (1 + slack))
    limits = np.full(len(costs), np.inf) if limits is None else limits
    unit = max(float(costs.max()), 1e-300)
    found = _by_enumeration(costs / unit, holds, limits)
    if found is None:
        solution = minimise(costs / unit, holds, np.full(len(holds), 1 - ROUNDING), limits, whole=True)
        fleet = solution.x.astype(np.int64) if len(solution.x) else None
        return fleet, solution.bound * unit * (1 - ROUNDING)
    return found[0], found[1] * unit * (1 - ROUNDING)


def _by_enumeration(costs: Floats, holds: Floats, limits: Floats) -> tuple[Ints, float] | None:
    """The cheapest fleet among all that cost no more than one of a single type; None if too many.

    Args:
        holds: needs are 1, shape (rows, types).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        alone = np.ceil((1 - ROUNDING) / holds.min(axis=0)) * costs
        alone[(limits < np.inf) | np.isnan(alone)] = np.inf
        main = int(alone.argmin())
        others = [t for t in range(len(costs)) if t != main]
        most = np.minimum(np.floor(alone[main] / costs[others]), limits[others]) + 1
    if not np.isfinite(alone[main]) or not np.prod(most) <= MOST_FLEETS:
        return None
    shape = (len(others), int(np.prod(most)))
    mixed = np.indices(most.astype(np.int64), dtype=np.int64).reshape(shape).T
    missing = (1 - ROUNDING - mixed @ holds[:, others].T) / holds[:, main]
    hosts = np.maximum(np.ceil(missing.max(axis=1)), 0)
    price = mixed @ costs[others] + hosts * costs[main]
    best = int(price.argmin())
    fleet = np.zeros(len(costs), dtype=np.int64)
    fleet[others], fleet[main] = mixed[best], hosts[best]
    return fleet, float(price[best])


def fleets_between(
    costs: Floats, rows: Rows, low: float, high: float, limits: Floats | None = None
) -> list[Ints]:
    """Fleets under ``rows`` that cost at least ``low`` and less than ``high``, cheapest first.

    Fleets of one cost go by the room they leave, most first.
    """
    limits = np.full(len(costs), np.inf) if limits is None else limits
    ranges = [
        np.arange(int(min(high / max(c, high / 1e6), m)) + 1) for c, m in zip(costs, limits, strict=True)
    ]
    fleets = np.stack([axis.ravel() for axis in np.meshgrid(*ranges, indexing="ij")], axis=1)
    price = fleets @ costs
    kept = (price >= low * (1 - 1e-9)) & (price < high * (1 - 1e-9))
    fleets, price = fleets[kept], price[kept]
    used = rows.needs > 0
    room = (fleets @ rows.holds[used].T / rows.needs[used]).min(axis=1, initial=np.inf)
    enough = room >= 1 - 1e-9
    order = np.lexsort([-room[enough], np.round(price[enough], 9)])
    return list(fleets[enough][order])
