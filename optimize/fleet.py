"""Which hosts to buy, seen from above: the cheapest fleet that no proof excludes, and filling it.

Any price vector ``p`` over flavours gives a row that every packing satisfies: the hosts bought,
each counted with the most that it can hold at these prices, must hold the worth of all components.
Volumes (vCPU, memory, disk) are three such rows; the prices of column generation give a fourth, far
sharper one. The cheapest fleet in whole hosts under such rows is a proven lower bound, and often
it can be filled, which proves it optimal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .solver import minimise

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PROOF_NODES = 2000
MOST_FLEETS = 20_000
ROUNDING = 1e-9


@dataclass(frozen=True)
class Rows:
    """What every fleet must satisfy: ``holds @ hosts >= needs``.

    Attributes:
        holds: most that a host of each type holds, shape (rows, types).
        needs: what all components need, shape (rows,).
    """

    holds: Floats
    needs: Floats

    def plus(self, holds: Floats, needs: float) -> Rows:
        """These rows and one more."""
        return Rows(np.vstack([self.holds, holds]), np.append(self.needs, needs))


def fits_on(sizes: Floats, capacities: Floats) -> NDArray[np.bool_]:
    """Whether each flavour fits on each empty host type, shape (flavours, types)."""
    return np.asarray((sizes[:, None, :] <= capacities[None, :, :]).all(axis=2))


def volume_rows(sizes: Floats, counts: Ints, capacities: Floats) -> Rows:
    """One row per dimension and per set of host types that some flavours are confined to.

    Shapes (flavours, dimensions), (flavours,), (types, dimensions).
    """
    fits = fits_on(sizes, capacities)
    holds, needs = [], []
    for allowed in np.unique(np.vstack([np.ones((1, len(capacities)), dtype=bool), fits]), axis=0):
        confined = ~(fits & ~allowed).any(axis=1)
        holds.append(capacities.T * allowed)
        needs.append((counts * confined) @ sizes)
    return Rows(np.vstack(holds), np.concatenate(needs).astype(np.float64))


def cheapest_fleet(costs: Floats, rows: Rows, slack: float = 0.0) -> tuple[Ints, float]:
    """Hosts of each type, shape (types,), and the proven least cost, with needs raised by ``slack``."""
    used = rows.needs > 0
    # Rows are scaled to a right-hand side of 1 and eased by 1e-9: rounding must not cut off a fleet.
    holds = rows.holds[used] / (rows.needs[used, None] * (1 + slack))
    unit = float(costs.max())
    found = _by_enumeration(costs / unit, holds)
    if found is None:
        solution = minimise(costs / unit, holds, np.full(len(holds), 1 - ROUNDING), whole=True)
        found = solution.x.astype(np.int64), solution.bound
    return found[0], found[1] * unit * (1 - ROUNDING)


def _by_enumeration(costs: Floats, holds: Floats) -> tuple[Ints, float] | None:
    """The cheapest fleet among all that cost no more than one of a single type; None if too many.

    Args:
        holds: needs are 1, shape (rows, types).
    """
    with np.errstate(divide="ignore"):
        alone = np.ceil((1 - ROUNDING) / holds.min(axis=0)) * costs
    main = int(alone.argmin())
    others = [t for t in range(len(costs)) if t != main]
    if not np.isfinite(alone[main]) or np.prod(alone[main] / costs[others] + 1) > MOST_FLEETS:
        return None
    most = [int(alone[main] / costs[t]) + 1 for t in others]
    mixed = np.indices(most).reshape(len(others), -1).T if others else np.zeros((1, 0), dtype=np.int64)
    missing = (1 - ROUNDING - mixed @ holds[:, others].T) / holds[:, main]
    hosts = np.maximum(np.ceil(missing.max(axis=1)), 0)
    price = mixed @ costs[others] + hosts * costs[main]
    best = int(price.argmin())
    fleet = np.zeros(len(costs), dtype=np.int64)
    fleet[others], fleet[main] = mixed[best], hosts[best]
    return fleet, float(price[best])


def fill(sizes: Floats, counts: Ints, capacities: Floats, hosts: Ints) -> Ints | None:
    """Place all components on given hosts, largest first, each where it fits the remaining shape best.

    Args:
        hosts: hosts of each type, shape (types,).

    Returns:
        Copies of each flavour on each host, shape (hosts, flavours), hosts ordered by type; None if
        some component finds no place.
    """
    left = np.repeat(capacities, hosts, axis=0).astype(np.float64)
    placed = np.zeros((len(left), len(sizes)), dtype=np.int64)
    if not len(left):
        return placed if not counts.any() else None
    weight = 1 / np.maximum(left.sum(axis=0), 1e-12)
    for f in np.argsort(-(sizes * weight).max(axis=1), kind="stable"):
        size, direction = sizes[f], sizes[f] * weight * weight
        score = np.where(
            (left >= size).all(axis=1),
            (left @ direction) / np.sqrt(((left * weight) ** 2).sum(axis=1) + 1e-300),
            -1.0,
        )
        for _ in range(int(counts[f])):
            host = int(score.argmax())
            if score[host] < 0:
                return None
            placed[host, f] += 1
            left[host] -= size
            score[host] = _cosine(left[host], size, direction, weight)
    return placed


def _cosine(left: Floats, size: Floats, direction: Floats, weight: Floats) -> float:
    """Match of the space left on a host with a size; -1 if the size does not fit."""
    if (left < size).any():
        return -1.0
    shape = left * weight
    return float(left @ direction / np.sqrt(shape @ shape + 1e-300))


def fleets_between(costs: Floats, rows: Rows, low: float, high: float) -> list[Ints]:
    """Fleets under ``rows`` that cost at least ``low`` and less than ``high``, cheapest first."""
    ranges = [np.arange(int(high / cost) + 1) for cost in costs]
    fleets = np.stack([axis.ravel() for axis in np.meshgrid(*ranges, indexing="ij")], axis=1)
    price = fleets @ costs
    enough = (fleets @ rows.holds.T >= rows.needs * (1 - 1e-9)).all(axis=1)
    kept = enough & (price >= low * (1 - 1e-9)) & (price < high * (1 - 1e-9))
    order = np.argsort(price[kept], kind="stable")
    return list(fleets[kept][order])


def holds_all(
    sizes: Floats, counts: Ints, capacities: Floats, hosts: Ints
) -> tuple[bool | None, Ints | None]:
    """Whether a fleet holds all components, by a whole-number model of copies per flavour and host.

    Returns:
        Yes, no or undecided, and the copies, shape (hosts, flavours), if yes. Shapes as in ``fill``.
    """
    copies = fill(sizes, counts, capacities, hosts)
    if copies is not None:
        return True, copies
    used = np.flatnonzero(counts)
    space = np.repeat(capacities, hosts, axis=0)
    n, m = len(space), len(used)
    # Columns: copies of flavour f on host h at h * m + f, then what is left over of each flavour.
    cover = np.hstack([np.tile(np.eye(m), n), np.eye(m)])
    within = np.hstack([-np.kron(np.eye(n), sizes[used].T), np.zeros((n * sizes.shape[1], m))])
    solution = minimise(
        np.append(np.zeros(n * m), np.ones(m)),
        np.vstack([cover, within]),
        np.append(counts[used].astype(np.float64), -space.ravel()),
        np.tile(counts[used].astype(np.float64), n + 1),
        whole=True,
        nodes=PROOF_NODES,
    )
    if solution.cost < 0.5:
        placed = np.zeros((n, len(sizes)), dtype=np.int64)
        found = np.rint(solution.x[: n * m]).reshape(n, m)
        # The model may hold more copies than there are components: the last ones too many go.
        placed[:, used] = np.diff(np.minimum(np.cumsum(found, axis=0), counts[used]), axis=0, prepend=0)
        return True, placed
    return (False if solution.bound > 1e-6 else None), None
