"""Packing a pool on hosts that the cloud has already, and on as few more as can be.

Owned hosts are used first. If they hold all components, nothing is bought, and the cheapest of them to run
are kept. If not, all of them are filled, and hosts are bought for the rest.

Pools share the owned hosts, so a price is put on them (a Lagrange multiplier): what they cost less than
bought ones of their type. At that price they are like bought ones, in each pool's cost and bound, and the
price of all of them is taken off the sum of the bounds. Without any price every pool may have all of them.
Both are bounds on what any plan costs, also on plans that would rather buy than reuse; the larger one counts.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..scenarios.cloud import Cloud
from ..scenarios.errors import InfeasibleError
from .hosts import HostTypes
from .packing import Columns, PoolPacking, pack
from .packing.fleet import cheapest_fleet, volume_rows
from .profiles import Ask, Offer, PlacedPacking, Profiles, pack_profiles
from .profiles.pack import least_cost, overload
from .profiles.pools import METHOD, profiles_of
from .supply import as_limits

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# While hosts by sizes are looked for, an owned one counts so much less than it costs to run: used first.
NEARLY_FREE = 1e-3


def usable(cloud: Cloud, types: HostTypes, zone: str, site: str) -> Bools:
    """Types that a pool of a zone at a site may use, shape (types,)."""
    mine = np.ones(len(types.stock), dtype=bool)
    for row in np.flatnonzero(types.owned).tolist():
        its = cloud.existing[types.stock[row]]
        mine[row] = its.zone in (None, zone) and its.site in (None, site)
    return mine


def by_the_hour(
    asked: Ask, mine: Ints, flavour: Ints, types: HostTypes, costs: Floats, most: Floats, any_of: Bools
) -> tuple[PlacedPacking, float]:
    """Pack one pool on profiles, on owned hosts first; and what it costs at least if it may have all of them.

    Args:
        mine: its components.
        flavour: of each of them, shape (mine,).
        costs: yearly cost of each host type, shape (types,).
        most: hosts of each type that are left for it, shape (types,).
        any_of: types that it may use, shape (types,).

    Returns:
        The packing, its cost and bound as if all hosts were bought; and a bound on what it costs.

    Raises:
        InfeasibleError: a component fits on no host type, or too few hosts are left.
    """
    profiles = profiles_of(asked, mine)
    offer = replace(Offer.of(types.capacity_ssj, types.capacity, costs), most=most)
    rows, host_of = _reused_first(profiles, offer, types.owned, asked.allowed)
    used, host_of = np.unique(host_of, return_inverse=True)
    kinds, host_of = rows[used], host_of.ravel().astype(np.int64)
    kinds = _owned_rather(kinds, types, most)
    copies = np.zeros((len(kinds), int(flavour.max(initial=0)) + 1), dtype=np.int64)
    np.add.at(copies, (host_of, flavour), 1)
    cost = float(costs[types.kind[kinds]].sum())
    all_mine = replace(offer, most=np.where(any_of, types.most, 0.0))
    bought = _some(Offer.of(types.capacity_ssj, types.capacity, costs), ~types.owned)
    plain = pack_profiles(profiles, bought, asked.allowed, with_baselines=True)
    packed = PlacedPacking(
        types=kinds,
        copies=copies,
        cost=cost,
        bound=min(plain.bound, cost),
        columns=Columns.none(copies.shape[1]),
        method=METHOD,
        host_of=host_of,
        overload=overload(profiles, types.capacity_ssj[kinds], host_of),
        baselines=plain.baselines,
    )
    return packed, least_cost(profiles, all_mine, asked.allowed)


def _reused_first(profiles: Profiles, offer: Offer, owned: Bools, allowed: float) -> tuple[Ints, Ints]:
    """Type of each host, and host of each component; hosts may be empty."""
    rows = np.flatnonzero(owned & (offer.most > 0))
    if len(rows):
        try:
            packed = pack_profiles(profiles, _some(offer, rows), allowed)
            return rows[packed.types], packed.host_of
        except InfeasibleError:
            pass  # they do not hold all
    standing = np.where(owned, offer.most, 0.0).astype(np.int64)
    packed = pack_profiles(profiles, replace(offer, existing=standing), allowed)
    return packed.types, packed.host_of


def _some(offer: Offer, rows: Ints | Bools) -> Offer:
    return Offer(
        offer.capacity[rows], offer.room[rows], offer.costs[rows], offer.most[rows], offer.existing[rows]
    )


def _owned_rather(kinds: Ints, types: HostTypes, most: Floats) -> Ints:
    """The hosts, owned ones taken in place of bought ones of the same type as long as there are any."""
    kinds = kinds.copy()
    left = most - np.bincount(kinds, minlength=len(most))
    for host in np.flatnonzero(~types.owned[kinds]).tolist():
        row = types.spare_of(int(kinds[host]), left > 0)
        left[kinds[host]] += 1
        left[row] -= 1
        kinds[host] = row
    return kinds


def by_sizes(
    sizes: Floats,
    counts: Ints,
    types: HostTypes,
    costs: Floats,
    most: Floats,
    any_of: Bools,
    apart: Ints,
    columns: Columns | None,
) -> tuple[PoolPacking, float]:
    """A pool packed by sizes, on owned hosts first; results as those of ``by_the_hour``.

    Args:
        sizes, counts, apart, columns: see ``packing.pack``.
        costs, most, any_of: see ``by_the_hour``.

    Raises:
        InfeasibleError: a flavour fits on no host type, or too few hosts are left.
    """
    scaled = np.where(types.owned, costs * NEARLY_FREE, costs)
    found = pack(sizes, counts, types.capacity, scaled, columns, limits=as_limits(most), apart=apart)
    kinds = _owned_rather(found.types, types, most)
    cost, buy = float(costs[types.kind[kinds]].sum()), ~types.owned
    bought = pack(sizes, counts, types.capacity[buy], costs[buy], apart=apart)
    rows = volume_rows(sizes, counts, types.capacity, apart)
    least = cheapest_fleet(costs, rows, limits=np.where(any_of, types.most, 0.0))[1]
    return replace(found, types=kinds, cost=cost, bound=min(bought.bound, cost)), least
