"""Components that share a host with hardly any other count as whole hosts, their small companions as nothing.

Under the row of the chance constraint (see ``rows``) a large component weighs less than the host it fills,
because the margin of a host is counted from below. Take components no two of which can share a host, not
even the largest one. Let each weigh as much as the smallest host that it fits on, those that can be with one
of them nothing, and all others what they weighed: a host still holds at most its throughput (as the bound L2
of Martello and Toth 1990 has it for bin packing, doi 10.1016/0166-218X(90)90094-S).

That two cannot be together is checked for the least of the large ones of each group, and with chances that
only grow with mean and variance (``chance_at_least``), so that it holds for whatever else is on the host.
"""

from __future__ import annotations

from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled, inner
from .items import Needs, Offer
from .risk import FAR, ROOT_TWO

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Large components are those above these parts of the largest host, with so many standard deviations.
LEVELS = (1.35, 1.3, 1.25, 1.2, 1.15, 1.1, 1.05, 1.0, 0.95, 0.9, 0.8, 0.7)
MARGIN = 1.5
SAFE = 1e-9
# Where the skewed law is known to grow with mean and variance: means as parts of the throughput, and half of
# the variance as a part of the square of the mean.
SKEWED_FROM, LEAST_SKEWED, MOST_SKEWED = 0.3, 1e-9, 0.3


def lifted(needs: Needs, weighed: Floats, fits: Bools, allowed: float, offer: Offer) -> Floats | None:
    """Weights that add up to more than those given and that hosts hold as well, shape (components,).

    Args:
        weighed: weights of which each host holds at most its throughput, shape (components,).
        fits: whether each component alone fits on each type, shape (components, types).

    Returns:
        None where there are none that add up to more.
    """
    capacity, room = float(offer.capacity.max()), offer.room.max(axis=0)
    spread = np.sqrt(needs.own + needs.common**2)
    size = (needs.mean + MARGIN * spread).max(axis=1, initial=0.0) / capacity
    smallest = np.where(fits, offer.capacity, np.inf).min(axis=1) * (1 - SAFE)
    # Hours of the highest demand first: they tell soonest that two cannot be together.
    hours = np.argsort(-needs.mean.sum(axis=0), kind="stable")
    mean, own, common = (np.ascontiguousarray(a[:, hours]) for a in (needs.mean, needs.own, needs.common))
    sorted_needs = needs._replace(mean=mean, own=own, common=common, weights=needs.weights[hours])
    best, before = None, 0
    for level in LEVELS:
        large = size > level
        if large.sum() == before:
            continue
        before = int(large.sum())
        least = _least(sorted_needs, large)
        if not _strangers(least, least, capacity, room, allowed).all():
            break
        far = _strangers(sorted_needs, least, capacity, room, allowed)
        weights = np.where(large, smallest, np.where(far, weighed, 0.0))
        if weights.sum() > (weighed if best is None else best).sum():
            best = weights
    return best


def _least(needs: Needs, chosen: Bools) -> Needs:
    """For each group the least in everything of those chosen."""
    groups = np.unique(needs.group[chosen])

    def of(values: Floats) -> Floats:
        return np.stack([values[chosen & (needs.group == g)].min(axis=0) for g in groups])

    return Needs(
        mean=of(needs.mean),
        own=of(needs.own),
        common=of(needs.common),
        group=groups,
        static=of(needs.static),
        apart=np.full(len(groups), -1, dtype=np.int64),
        weights=needs.weights,
    )


@compiled
def _strangers(needs: Needs, least: Needs, capacity: float, room: Floats, allowed: float) -> Bools:
    """Whether each component can be with none of the least ones, shape (components,)."""
    alone = np.ones(len(needs.group), dtype=np.bool_)
    for i in range(len(needs.group)):
        for j in range(len(least.group)):
            if _together(needs, i, least, j, capacity, room, allowed):
                alone[i] = False
                break
    return alone


@inner
def _together(
    needs: Needs, i: int, least: Needs, j: int, capacity: float, room: Floats, allowed: float
) -> bool:
    """Whether nothing tells that two components cannot share a host."""
    for d in range(len(room)):
        if needs.static[i, d] + least.static[j, d] > room[d] * (1.0 + SAFE):
            return False
    share, same = 0.0, needs.group[i] == least.group[j]
    for t in range(needs.mean.shape[1]):
        mean = needs.mean[i, t] + least.mean[j, t]
        if mean > capacity * (1.0 + SAFE):
            return False
        one, other = needs.common[i, t], least.common[j, t]
        common = (one + other) ** 2 if same else one**2 + other**2
        variance = needs.own[i, t] + least.own[j, t] + common
        share += needs.weights[t] * chance_at_least(mean, variance, capacity)
        if share > allowed * (1.0 + SAFE) + SAFE:
            return False
    return True


@inner
def chance_at_least(mean: float, variance: float, capacity: float) -> float:
    """No more than ``chance_over`` of any mean from this one to the capacity, any variance from this one."""
    room = capacity - mean
    if variance <= 0.0 or room < 0.0 or room * room > FAR * FAR * variance:
        return 0.0
    away = room / sqrt(variance)
    half = 0.5 * variance / (mean * mean)
    if mean > SKEWED_FROM * capacity and LEAST_SKEWED < half < MOST_SKEWED and away > 0.5:
        q = sqrt(1.0 - half)
        away = min(away, (sqrt(capacity / (mean * q)) - 1.0) / sqrt(1.0 / q - 1.0))
    return 0.5 * erfc(away / ROOT_TWO)
