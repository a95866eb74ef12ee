"""Packing where hosts hold few components each: hosts are built one at a time, in rounds (see ``build``).

Components that come later fill up the hosts there are and then hosts of their own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .build import Sorted, Types, build
from .items import Needs, Offer
from .rows import worth_alone

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Rounds in which worths are corrected, and how far; with more components than this there is one, and quick.
ROUNDS, CORRECTED = 2, 0.5
MANY = 6000
# What costs nothing counts as this part of the dearest.
SMALL_PART = 1e-9
MOST_CORRECTED = (0.25, 4.0)
# Host types are tried whose cost per unit of something is no more than this times that of the cheapest.
DEARER = 1.2
# Standard deviations by which components of a group are told larger and smaller.
MARGIN = 1.5


def built(needs: Needs, groups: int, epochs: Ints, offer: Offer, allowed: float) -> tuple[Ints, Ints] | None:
    """Hosts for components, those of lower epochs first.

    Args:
        epochs: of each component, ascending, shape (components,).

    Returns:
        The type of each host, those that stand first, and the host of each component; None where the hosts
        that can be had run out.
    """
    count = len(needs.group)
    size = (needs.mean + MARGIN * np.sqrt(needs.own + needs.common**2)).max(axis=1, initial=0.0)
    size /= float(offer.capacity.max())
    order = np.lexsort((np.arange(count), -size, needs.group))
    mine, numbers = needs.some(order), np.arange(groups + 1)
    worth = worth_alone(mine, groups, allowed, offer)
    seeds = np.lexsort((np.arange(count), -np.maximum(size, _static(needs, offer))))
    place = np.empty(count, dtype=np.int64)
    place[order] = np.arange(count)
    items = Sorted(mine, np.searchsorted(mine.group, numbers).astype(np.int64), place[seeds])
    epoch = epochs[order]
    types, host_of = (
        np.repeat(np.arange(len(offer.costs)), offer.existing),
        np.full(count, -2, dtype=np.int64),
    )
    for number in np.unique(epochs):
        host_of = np.where(epoch == number, -1, host_of)
        rounds = ROUNDS if not len(types) else 1
        found = _best_round(items, offer, allowed, worth, host_of, types, rounds)
        if found is None:
            return None
        host_of, types = found
    return types, host_of[place]


def _best_round(
    items: Sorted, offer: Offer, allowed: float, worth: Floats, host_of: Ints, standing: Ints, rounds: int
) -> tuple[Ints, Ints] | None:
    """The cheapest of some rounds, each with worths corrected by what came of the one before."""
    many, old = int((host_of == -1).sum()) > MANY, len(standing)
    costs = np.maximum(offer.costs, SMALL_PART * max(float(offer.costs.max()), SMALL_PART))
    best, least = None, np.inf
    left = offer.most - np.bincount(standing, minlength=len(offer.costs))
    for _ in range(1 if many else rounds):
        types = Types(offer.capacity, offer.room, costs, left.copy(), _tried(offer))
        found, kinds = build(items, types, worth, allowed, host_of, standing, not many)
        if (found == -1).any():
            break
        cost = float(offer.costs[kinds[old:]].sum())
        if cost < least * (1 - 1e-9):
            best, least = (found, kinds), cost
        if len(kinds) == old:
            break
        placed = found >= 0
        value = np.bincount(found[placed], worth[placed], minlength=len(kinds)) / costs[kinds]
        factor = np.clip(np.median(value[old:]) / np.maximum(value, SMALL_PART**2), *MOST_CORRECTED)
        worth = np.where(placed, worth * factor[np.maximum(found, 0)] ** CORRECTED, worth)
    return best


def _tried(offer: Offer) -> NDArray[np.bool_]:
    """Types that are not dearer than others in everything, shape (types,)."""
    offered = np.column_stack([offer.capacity, offer.room])
    per_unit = offer.costs[:, None] / np.maximum(offered, 1e-300)
    return np.asarray((per_unit <= DEARER * per_unit.min(axis=0)).any(axis=1))


def _static(needs: Needs, offer: Offer) -> Floats:
    most = np.maximum(offer.room.max(axis=0), 1e-300)
    return np.asarray((needs.static / most).max(axis=1, initial=0.0))
