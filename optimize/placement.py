"""Handing out places: which component runs on which host, and when each host is bought.

The hosts of a pool are in a fixed order, and of each flavour the component needed first gets the
first place. So the last hosts hold the latest components and are bought just in time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..scenarios.clock import Clock
from .hosts import HostTypes
from .packing import PoolPacking
from .plan import Hosts

Ints = NDArray[np.int64]


def place(
    packings: Sequence[PoolPacking],
    types: HostTypes,
    pool: Ints,
    flavour: Ints,
    from_h: Ints,
    clock: Clock,
    standby: int,
) -> tuple[Hosts, Ints]:
    """Hosts of all pools, each followed by its standby hosts, and the host of each component.

    Args:
        packings: one per pool.
        pool, flavour, from_h: of each component, shape (components,).
        standby: standby hosts of each pool.

    Returns:
        Hosts, and the host row of each component, shape (components,).
    """
    host_of = np.full(len(pool), -1, dtype=np.int64)
    kind, owner, buy_month, spare = [], [], [], []
    total = 0
    for row, packing in enumerate(packings):
        mine = np.flatnonzero(pool == row)
        host_of[mine] = total + _hosts_of(packing, flavour[mine], from_h[mine])
        first_h = np.full(len(packing.types), np.iinfo(np.int64).max)
        np.minimum.at(first_h, host_of[mine] - total, from_h[mine])
        months = [clock.month_of_hour(float(h)) for h in first_h]
        kind += [*packing.types.tolist(), *[largest(types, packing)] * standby]
        buy_month += [*months, *[min(months)] * standby]
        spare += [False] * len(months) + [True] * standby
        owner += [row] * (len(months) + standby)
        total += len(months) + standby
    return _hosts(types, kind, owner, buy_month, spare), host_of


def largest(types: HostTypes, packing: PoolPacking) -> int:
    """The largest host type that a pool uses, by the sum of its shares of the largest capacities."""
    used = np.unique(packing.types)
    share = (types.capacity[used] / types.capacity.max(axis=0)).sum(axis=1)
    return int(used[share.argmax()])


def _hosts_of(packing: PoolPacking, flavour: Ints, from_h: Ints) -> Ints:
    """Host of each component of a pool; places of a flavour go by the hour from which it is needed."""
    host = np.full(len(flavour), -1, dtype=np.int64)
    by_hour = np.argsort(from_h, kind="stable")
    for f in np.unique(flavour):
        copies = by_hour[flavour[by_hour] == f]
        host[copies] = np.repeat(np.arange(len(packing.types)), packing.copies[:, f])
    return host


def _hosts(
    types: HostTypes, kind: list[int], owner: list[int], buy_month: list[int], spare: list[bool]
) -> Hosts:
    capacity = types.capacity[kind]
    return Hosts(
        pool=np.array(owner, dtype=np.int32),
        type=np.array(kind, dtype=np.int32),
        buy_month=np.array(buy_month, dtype=np.int32),
        standby=np.array(spare, dtype=np.bool_),
        curve=types.curve[kind],
        capacity_ssj=types.capacity_ssj[kind],
        vcpu=capacity[:, 0].copy(),
        memory_gb=capacity[:, 1].copy(),
        disk_gb=capacity[:, 2].copy(),
        price_cny=types.price_cny[kind],
        rack_units=types.rack_units[kind],
    )
