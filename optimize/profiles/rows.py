"""What every packing of profiles must satisfy, as rows of volumes: ``holds @ hosts >= needs``.

Static dimensions give one row each: hosts must hold the sum of all needs, and none holds more than a sum of
sizes fills (``reachable_room``); so do the means of each class of hours, since no host may be over its
throughput in the mean. The chance constraint gives sharper rows:

1. The margin of a host is ``z`` times its standard deviation, hour class by hour class, with ``z >= 0`` and
   ``sum(weights Q(z)) <= allowed``. With hours weighed by ``l >= 0``, it is at least ``D(l sd)``: the least
   ``sum(l sd z)`` over such z. D is concave and homogeneous, so ``D(a + b) >= D(a) + D(b)``.
2. The standard deviation is at least a sum over components: by Cauchy, ``sqrt(own + sum common^2)`` is at
   least ``u sqrt(own) + sum u_g common_g`` for any unit vector u; and ``sqrt(own) >= own / most``, where
   ``most`` is what the spread of one host can be at most.
3. So each component weighs ``l mean + D(l (u own / most + u_g common))``, and the sum over all is at most
   what the hosts hold, ``sum(l)`` times their throughput, for any l.
4. Weights w that a host of throughput c holds can be counted in whole parts as well: the sum of
   ``floor(s w)`` is an integer below ``s c``. With s = 2 / c each host has one component above half of it.
5. Where large components fill hosts alone, other weights add up to more (see ``alone``).

The weights of the hours are found by a few steps of ascent on the components summed by group.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from .alone import lifted
from .fill import Needs
from .items import Offer
from .risk import ROOT_TWO_PI, least_margin

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ASCENT_STEPS = 60
# Shares of components whose own variance is counted in full, of those below it.
CLIPS = (0.5, 0.8, 0.95, 1.0)
SAFE = 1e-9
# Components are counted in whole parts of a host, from a half to one in so many and one.
MOST_PARTS = 6
# Sums of sizes are listed where there are few sizes and sums; those that differ by less count as equal.
MOST_SIZES, MOST_SUMS, GRID = 50, 200_000, 1e-9


def chance_rows(
    needs: Needs, groups: int, allowed: float, offer: Offer, fits: Bools
) -> tuple[Floats, Floats]:
    """The rows of the chance constraint.

    Args:
        fits: whether each component alone fits on each type, shape (components, types).

    Returns:
        What a host of each type holds, shape (rows, types), and what all components need, shape (rows,).
    """
    capacity = offer.capacity
    spread = _spread(needs, groups, float(capacity.max()))
    hours = _hours(needs, spread, groups, allowed)
    weighed = needs.mean @ hours + _margins(spread, hours, needs.weights, allowed)
    weighed *= (1 - SAFE) / hours.sum()
    more = lifted(needs, weighed, fits, allowed, offer)
    holds, wanted = [], []
    for weights in (weighed,) if more is None else (weighed, more):
        whole = [(k + 1) / c for c in np.unique(capacity) for k in range(1, MOST_PARTS + 1)]
        holds += [capacity, *(np.ceil(scale * capacity) - 1 for scale in whole)]
        wanted += [weights.sum(), *(np.floor(scale * weights).sum() for scale in whole)]
    return np.array(holds), np.array(wanted)


def reachable_room(static: Floats, room: Floats) -> Floats:
    """Rooms lowered to what sums of sizes can fill, where sizes come in few values; shape as ``room``.

    Args:
        static: needs, shape (components, dimensions).
        room: of each host type, shape (types, dimensions).
    """
    lowered = room.copy()
    for d in range(room.shape[1]):
        most = float(room[:, d].max())
        sizes, counts = np.unique(static[static[:, d] > 0, d], return_counts=True)
        sums = _sums(sizes / most, counts) if most > 0 and len(sizes) <= MOST_SIZES else None
        if sums is not None:
            place = np.searchsorted(sums, room[:, d] / most * (1 + SAFE), side="right") - 1
            lowered[:, d] = np.minimum((sums[place] + 2 * MOST_SIZES * GRID) * most, room[:, d])
    return lowered


def _sums(sizes: Floats, counts: Ints) -> Floats | None:
    """All sums of some sizes up to 1, ascending, each rounded down for every size; None if there are many."""
    sums = np.zeros(1)
    for size, count in zip(sizes.tolist(), counts.tolist(), strict=True):
        copies = np.arange(min(count, int((1 + SAFE) / size)) + 1)
        if len(sums) * len(copies) > MOST_SUMS:
            return None
        every = (sums[:, None] + size * copies).ravel()
        sums = np.unique(np.floor(every[every <= 1 + SAFE] / GRID)) * GRID
    return sums


def _spread(needs: Needs, groups: int, capacity: float) -> Floats:
    """Each component's part of the standard deviation of its host, from below, shape as ``needs.mean``."""
    own, most = _linear_own(needs, capacity)
    common = np.zeros((groups, needs.mean.shape[1]))
    np.add.at(common, needs.group, needs.common)
    hosts = max(float(needs.mean.sum(axis=0).max()) / capacity, 1e-9)
    part = np.vstack([np.sqrt(needs.own.sum(axis=0) / hosts), common / hosts])
    unit = part / np.maximum(np.sqrt((part**2).sum(axis=0)), 1e-300)
    return np.asarray(unit[0] * own / most + unit[1:][needs.group] * needs.common)


def _linear_own(needs: Needs, capacity: float) -> tuple[Floats, Floats]:
    """Own variances, the largest clipped, and the most that a host's own spread can be.

    Where no component has more than ``ratio`` of variance per mean, a host with own variance V has a mean of
    at least ``V / ratio``, which is at most its throughput.
    """
    ratio = np.divide(needs.own, needs.mean, out=np.zeros_like(needs.own), where=needs.mean > 0)
    best_own, best_most, best = needs.own, np.ones(needs.mean.shape[1]), np.full(needs.mean.shape[1], -1.0)
    for limit in np.quantile(ratio, CLIPS, axis=0):
        own = np.minimum(needs.own, limit * needs.mean)
        most = np.sqrt(np.maximum(limit * capacity, 1e-300))
        total = own.sum(axis=0) / most
        better = total > best
        best_own = np.where(better, own, best_own)
        best_most, best = np.where(better, most, best_most), np.where(better, total, best)
    return best_own, best_most


def _hours(needs: Needs, spread: Floats, groups: int, allowed: float) -> Floats:
    """Weights of the classes of hours that sum to 1 and make the row strong."""
    mean, sums = (np.zeros((groups, needs.mean.shape[1])) for _ in range(2))
    np.add.at(mean, needs.group, needs.mean)
    np.add.at(sums, needs.group, spread)
    total = mean.sum(axis=0)
    hours = (total + sums.sum(axis=0) >= total.max()) * needs.weights
    hours /= hours.sum()
    best, best_value = hours, -1.0
    for step in range(ASCENT_STEPS):
        value, slope = _value_and_slope(mean, sums, hours, needs.weights, allowed)
        if value > best_value:
            best, best_value = hours, value
        # Multiplicative steps keep the weights positive and sparse.
        hours = hours * np.exp(4.0 / np.sqrt(step + 1) * (slope / slope.max() - 1))
        hours /= hours.sum()
    return np.where(best > 1e-6, best, 0.0)


def _value_and_slope(
    mean: Floats, sums: Floats, hours: Floats, weights: Floats, allowed: float
) -> tuple[float, Floats]:
    """What the groups weigh in total, and its derivative by the weights of the hours."""
    from_margin, logs = _margins_and_prices(sums, hours, weights, allowed)
    value = float((mean @ hours).sum() + from_margin.sum())
    slope = mean.sum(axis=0)
    for g in range(len(sums)):
        spread = np.maximum(sums[g] * hours, 1e-300)
        depth = logs[g] + np.log(weights / (spread * ROOT_TWO_PI))
        slope = slope + sums[g] * np.sqrt(2 * np.clip(depth, 0, 30))
    return value, slope


def _margins(spread: Floats, hours: Floats, weights: Floats, allowed: float) -> Floats:
    return _margins_and_prices(spread, hours, weights, allowed)[0]


@compiled
def _margins_and_prices(
    spread: Floats, hours: Floats, weights: Floats, allowed: float
) -> tuple[Floats, Floats]:
    """D of each row of spreads, from below, and the logarithm of the price of overload behind it."""
    margins, logs = np.zeros(len(spread)), np.zeros(len(spread))
    used = np.flatnonzero(hours > 0)
    weight = weights[used]
    scaled = np.empty(len(used))
    start = 0.0
    for i in range(len(spread)):
        largest = 0.0
        for k in range(len(used)):
            scaled[k] = spread[i, used[k]] * hours[used[k]]
            largest = max(largest, scaled[k])
        if largest > 0.0:
            scaled /= largest
            margin, start = least_margin(scaled, weight, allowed, start)
            margins[i] = margin * largest
            logs[i] = start + np.log(largest)
    return margins, logs
