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
3. The skewed law (see ``risk``) asks for more: with s from ``variance = 2 mean^2 (1 - 1 / (1 + s^2)^2)``
   a margin of ``z sd + variance / (4 mean) max(0, z^2 - 1 - z s / 2)``. The spread of a host in parts of
   its mean is at most that of its most uncertain component (Minkowski), which bounds s, and at least what
   groups have in common. A tangent in place of the square keeps it a sum over components (``_skewed``).
4. So each component weighs ``l mean + D(l (u own / most + u_g common))``, and the sum over all is at most
   what the hosts hold, ``sum(l)`` times their throughput, for any l.
5. Weights w that a host of throughput c holds can be counted in whole parts as well: the sum of
   ``floor(s w)`` is an integer below ``s c``. With s = 2 / c each host has one component above half of it.
6. Where large components fill hosts alone, other weights add up to more (see ``alone``).

The weights of the hours are found by a few steps of ascent on the components summed by group.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from .alone import lifted
from .items import Needs, Offer
from .risk import ROOT_TWO_PI, least_margin

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ASCENT_STEPS = 60
# Shares of components whose own variance is counted in full, of those below it.
CLIPS = (0.5, 0.8, 0.95, 1.0)
SAFE = 1e-8
# Half of variance over squared mean up to which the skewed law is counted.
MOST_HALF = 0.9
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
    weighed, hours = _weighed(needs, needs.mean, spread, groups, allowed)
    mean, wider = _skewed(needs, spread, hours, allowed, float(capacity.max()))
    skewed, _ = _weighed(needs, mean, wider, groups, allowed)
    if skewed.sum() > weighed.sum():
        weighed = skewed
    more = lifted(needs, weighed, fits, allowed, offer)
    holds, wanted = [], []
    for weights in (weighed,) if more is None else (weighed, more):
        whole = [(k + 1) / c for c in np.unique(capacity) for k in range(1, MOST_PARTS + 1)]
        holds += [capacity, *(np.ceil(scale * capacity) - 1 for scale in whole)]
        wanted += [weights.sum(), *(np.floor(scale * weights).sum() for scale in whole)]
    return np.array(holds), np.array(wanted)


def _weighed(
    needs: Needs, mean: Floats, spread: Floats, groups: int, allowed: float
) -> tuple[Floats, Floats]:
    """What each component weighs, shape (components,), and the weights of the hours behind it."""
    hours = _hours(needs._replace(mean=mean), spread, groups, allowed)
    weighed = mean @ hours + _margins(spread, hours, needs.weights, allowed)
    return np.maximum(weighed, 0.0) * ((1 - SAFE) / hours.sum()), hours


def _skewed(
    needs: Needs, spread: Floats, hours: Floats, allowed: float, capacity: float
) -> tuple[Floats, Floats]:
    """Means and spreads that take the skewed law into account, shapes as ``spread``.

    The variance over the mean of a host is at least its spread times what that is in parts of the mean, at
    least; and at least the sum of the variances of its components over its throughput. The one that adds
    more is taken.
    """
    variance, mean = needs.own + needs.common**2, needs.mean
    squares = np.divide(variance, mean**2, out=np.zeros_like(mean), where=mean > 0)
    half = 0.5 * np.where((variance > 0) & (mean <= 0), np.inf, squares).max(axis=0, initial=0.0)
    known = half < MOST_HALF
    s = np.sqrt(1 / np.sqrt(1 - np.where(known, half, 0.0)) - 1)
    total = spread.sum(axis=0)
    _, price = _margins_and_prices(total[None], hours, needs.weights, allowed)
    depth = price[0] + np.log(needs.weights / np.maximum(total * hours * ROOT_TWO_PI, 1e-300))
    z = np.sqrt(2 * np.clip(depth, 0, 30))
    more = z**2 - 1 - z * s / 2
    used = 0.25 * (known & (hours > 0) & (more > 0))
    parts = spread * _least_spread(needs), variance / capacity
    part = max(parts, key=lambda adds: float(adds.sum(axis=0) @ (hours * used * more)))
    return mean - (z**2 + 1) * used * part, spread + (2 * z - s / 2) * used * part


def _least_spread(needs: Needs) -> Floats:
    """The least spread of any host in parts of its mean, by what groups have in common, (classes,)."""
    part = np.divide(needs.common, needs.mean, out=np.full_like(needs.mean, np.inf), where=needs.mean > 0)
    inverse = np.zeros(needs.mean.shape[1])
    for g in np.unique(needs.group):
        least = part[needs.group == g].min(axis=0)
        inverse += np.where(least > 0, 1 / np.maximum(least, 1e-150) ** 2, np.inf)
    return np.asarray(np.where(inverse > 0, 1 / np.sqrt(np.maximum(inverse, 1e-300)), 0.0))


def worth_alone(needs: Needs, groups: int, allowed: float, offer: Offer) -> Floats:
    """The share of the largest host that each component takes alone, shape (components,).

    Throughput is weighed over the hours as in the rows, with the margin that its noise takes; static needs
    count where they are the larger share.
    """
    most = np.maximum(offer.room.max(axis=0), 1e-300)
    static = (needs.static / most).max(axis=1, initial=0.0)
    capacity = float(offer.capacity.max())
    if not (needs.own.any() or needs.common.any()):
        return np.asarray(np.maximum(needs.mean.max(axis=1, initial=0.0) / capacity, static))
    hours = _hours(needs, _spread(needs, groups, capacity), groups, allowed)
    margin = _margins(np.sqrt(needs.own + needs.common**2), hours, needs.weights, allowed)
    return np.asarray(np.maximum((needs.mean @ hours + margin) / (hours.sum() * capacity), static))


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
