"""Handing out places: which component runs on which host, and when each host is bought.

The hosts of a pool are in a fixed order, and of each flavour the component needed first gets the
first place. So the last hosts hold the latest components and are bought just in time. Replicas of one
system lie apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..scenarios.clock import Clock
from ..scenarios.errors import InfeasibleError
from .hosts import HostTypes
from .packing import PoolPacking
from .packing.apart import Groups, Places, assign
from .plan import Hosts
from .profiles import PlacedPacking
from .supply import Supply

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Members:
    """Components of a pool, shape (components,) each.

    Attributes:
        flavour: row of the sizes.
        from_h: hour from which each is needed.
        group: those of one number >= 0 lie apart.
    """

    flavour: Ints
    from_h: Ints
    group: Ints


def hand_out(
    packing: PoolPacking,
    sizes: Floats,
    types: HostTypes,
    costs: Floats,
    members: Members,
    racks: int,
    supply: Supply,
) -> tuple[PoolPacking, Ints]:
    """The host of each component of a pool, groups kept apart by hosts; more hosts if there are too few.

    Args:
        sizes: of the flavours, shape (flavours, dimensions).
        costs: yearly cost of each host type, shape (types,).
        racks: into which hosts go in turn, and by which groups are kept apart as far as that can be done;
            0 if hosts are enough.
        supply: what further hosts are taken from.

    Returns:
        The packing, changed where components had to change places, and hosts, shape (components,).

    Raises:
        InfeasibleError: limits on host types leave too few hosts to keep groups apart.
    """
    if isinstance(packing, PlacedPacking):
        return packing, packing.host_of
    if not (members.group >= 0).any():
        return packing, _by_hour(packing, members)
    alone, order = np.full(len(members.group), -1), np.argsort(members.from_h, kind="stable")
    turn = np.argsort(order)
    while True:
        rack = np.arange(len(packing.types)) % max(racks, 1)
        room = types.capacity[packing.types] - packing.copies @ sizes
        places = Places(packing.copies, sizes, room, rack, np.zeros_like(rack))
        for groups in (Groups(alone, members.group), Groups(members.group, alone))[0 if racks else 1 :]:
            host_of, unresolved = assign(places, members.flavour, groups, turn=turn)
            if not len(unresolved):
                return _as_placed(packing, members.flavour, host_of, costs)
        fits = (types.capacity >= sizes[members.flavour[unresolved[0]]]).all(axis=1)
        fits &= supply.for_pool(np.zeros(len(fits))) > 0
        if not fits.any():
            raise InfeasibleError(
                "apart: the limits on host types leave too few hosts to keep replicas apart"
            )
        cheapest = int(np.where(fits, costs, np.inf).argmin())
        added = types.spare_of(cheapest, fits)
        supply.take(np.array([added]))
        packing = replace(
            packing,
            types=np.append(packing.types, added),
            copies=np.vstack([packing.copies, np.zeros((1, len(sizes)), dtype=np.int64)]),
        )


def _as_placed(packing: PoolPacking, flavour: Ints, host_of: Ints, costs: Floats) -> tuple[PoolPacking, Ints]:
    """The packing with what its hosts hold in the end; those left empty are not bought."""
    copies = np.zeros_like(packing.copies)
    np.add.at(copies, (host_of, flavour), 1)
    kept = copies.any(axis=1)
    host_of = (np.cumsum(kept) - 1)[host_of]
    if np.array_equal(copies, packing.copies):
        return packing, host_of
    types = packing.types[kept]
    cost = float(costs[types].sum())
    return replace(
        packing, types=types, copies=copies[kept], cost=cost, bound=min(packing.bound, cost)
    ), host_of


def place(
    packings: Sequence[PoolPacking],
    placed: Sequence[Ints],
    types: HostTypes,
    pool: Ints,
    from_h: Ints,
    clock: Clock,
    spares: Sequence[Ints],
) -> tuple[Hosts, Ints]:
    """Hosts of all pools, each followed by its standby hosts, and the host of each component.

    Args:
        packings: one per pool.
        placed: host of each component of a pool, one array per pool.
        pool, from_h: of each component, shape (components,).
        spares: types of the standby hosts, one array per pool.

    Returns:
        Hosts, and the host row of each component, shape (components,).
    """
    host_of = np.full(len(pool), -1, dtype=np.int64)
    kind, owner, buy_month, spare = [], [], [], []
    total = 0
    for row, packing in enumerate(packings):
        mine = np.flatnonzero(pool == row)
        host_of[mine] = total + placed[row]
        first_h = np.full(len(packing.types), np.iinfo(np.int64).max)
        np.minimum.at(first_h, host_of[mine] - total, from_h[mine])
        months = [clock.month_of_hour(float(h)) for h in first_h]
        its = spares[row].tolist()
        kind += [*packing.types.tolist(), *its]
        buy_month += [*months, *[min(months)] * len(its)]
        spare += [False] * len(months) + [True] * len(its)
        owner += [row] * (len(months) + len(its))
        total += len(months) + len(its)
    return _hosts(types, kind, owner, buy_month, spare), host_of


def largest(types: HostTypes, packing: PoolPacking) -> int:
    """The largest host type that a pool uses, by the sum of its shares of the largest capacities."""
    used = np.unique(packing.types)
    share = (types.capacity[used] / types.capacity.max(axis=0)).sum(axis=1)
    return int(used[share.argmax()])


def _by_hour(packing: PoolPacking, members: Members) -> Ints:
    """Host of each component of a pool; places of a flavour go by the hour from which it is needed."""
    host = np.full(len(members.flavour), -1, dtype=np.int64)
    by_hour = np.argsort(members.from_h, kind="stable")
    for f in np.unique(members.flavour):
        copies = by_hour[members.flavour[by_hour] == f]
        host[copies] = np.repeat(np.arange(len(packing.types)), packing.copies[:, f])
    return host


def _hosts(
    types: HostTypes, kind: list[int], owner: list[int], buy_month: list[int], spare: list[bool]
) -> Hosts:
    capacity, month = types.capacity[kind], np.array(buy_month, dtype=np.int32)
    # An owned host whose life is over when it is first needed is one to be bought.
    kept = types.owned[kind] & (types.end_month[kind] > month)
    return Hosts(
        pool=np.array(owner, dtype=np.int32),
        type=types.kind[kind],
        buy_month=month,
        age_months=np.where(kept, month - types.bought_month[kind], 0).astype(np.int32),
        standby=np.array(spare, dtype=np.bool_),
        curve=types.curve[kind],
        capacity_ssj=types.capacity_ssj[kind],
        vcpu=capacity[:, 0].copy(),
        memory_gb=capacity[:, 1].copy(),
        disk_gb=capacity[:, 2].copy(),
        price_cny=types.price_cny[kind],
        rack_units=types.rack_units[kind],
        recovers=np.full(len(kind), -1, dtype=np.int32),
        rack=np.zeros(len(kind), dtype=np.int32),
    )
