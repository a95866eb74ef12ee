"""Filling the hosts of one pool in one room: few components, and thousands of such pools.

What fits on one host goes on the cheapest that holds it. Otherwise hosts of one type are filled, the largest
component first, by first-fit and by best-fit, for every type that holds each component alone; then each host
becomes the cheapest type that holds what it has. What a host holds is judged as on the cloud (``profiles``).

The bound: one host costs at least the cheapest that holds all, two cost at least twice the cheapest type; and
what all components ask for costs at least what its volume does on the type that has most of it for its price.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...scenarios.errors import InfeasibleError
from ..profiles.fill import FIRST, FULL, fill
from ..profiles.items import Offer, Profiles
from ..profiles.pack import needs_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Standard deviations counted as use when components and hosts are compared.
MARGIN = 1.5
_ROUNDING = 1e-9


@dataclass(frozen=True)
class PackedRoom:
    """Hosts of a pool.

    Attributes:
        types: type of each host, shape (hosts,).
        host_of: host of each component, shape (components,).
        cost, bound: yearly cost of the hosts, and what no packing costs less than.
    """

    types: Ints
    host_of: Ints
    cost: float
    bound: float


def pack_room(profiles: Profiles, offer: Offer, allowed: float) -> PackedRoom:
    """Pack the components of one pool.

    Args:
        offer: any number of each type, none standing.
        allowed: share of hours in which a host may be over its throughput.

    Raises:
        InfeasibleError: no host type holds each component.
    """
    order = _order(profiles, offer)
    needs = needs_of(profiles, order).hottest_first()
    groups = int(profiles.group.max(initial=0)) + 1

    def filled(rows: Ints, types: Ints, rule: int) -> Ints | None:
        room, capacity = np.ascontiguousarray(offer.room[types]), offer.capacity[types]
        none = np.empty(0, dtype=np.int64)
        host_of, _ = fill(needs.some(rows), capacity, room, groups, allowed, MARGIN, rule, none)
        return None if (host_of < 0).any() else np.asarray(host_of)

    def cheapest(rows: Ints) -> int:
        """The cheapest type of which one host holds some components; -1 if none does."""
        for kind in np.argsort(offer.costs, kind="stable").tolist():
            if filled(rows, np.array([kind]), FIRST) is not None:
                return int(kind)
        return -1

    everything = np.arange(len(order))
    alone = cheapest(everything)
    one = np.inf if alone < 0 else float(offer.costs[alone])
    bound = max(min(one, 2 * float(offer.costs.min())), _volume_cny(profiles, offer))
    types, host_of, cost = np.array([alone]), np.zeros(len(order), dtype=np.int64), one
    if one > bound * (1 + _ROUNDING):
        for kind in range(len(offer.costs)):
            for rule in (FIRST, FULL):
                found = filled(everything, np.full(len(order), kind), rule)
                if found is None:
                    break
                hosts, found = np.unique(found, return_inverse=True)
                fleet = np.array([cheapest(np.flatnonzero(found == host)) for host in range(len(hosts))])
                if offer.costs[fleet].sum() < cost * (1 - _ROUNDING):
                    types, host_of, cost = fleet, found, float(offer.costs[fleet].sum())
    if not np.isfinite(cost):
        raise InfeasibleError("no host type holds each component of a room, alone on a host")
    placed = np.empty(len(order), dtype=np.int64)
    placed[order] = host_of
    return PackedRoom(types.astype(np.int64), placed, cost, min(bound, cost))


def _order(profiles: Profiles, offer: Offer) -> Ints:
    """Those needed early first, of these the largest by the largest share of a host."""
    busiest = (profiles.mean + MARGIN * np.sqrt(profiles.own + profiles.common**2)).max(axis=1, initial=0.0)
    shares = np.column_stack([busiest / offer.capacity.max(), profiles.static / offer.room.max(axis=0)])
    return np.lexsort((-shares.max(axis=1), profiles.epoch))


def _volume_cny(profiles: Profiles, offer: Offer) -> float:
    """Yearly cost of the volume that components ask for: memory and the like, and the highest mean demand."""
    static = profiles.static.sum(axis=0) * (offer.costs[:, None] / offer.room).min(axis=0)
    demand = profiles.mean.sum(axis=0).max(initial=0.0) * float((offer.costs / offer.capacity).min())
    return float(max(static.max(initial=0.0), demand)) * (1 - _ROUNDING)
