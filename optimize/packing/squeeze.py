"""A given fleet made to hold everything: annealing of the overload.

Every item always has a host; hosts may be overfull. Moves of one item and swaps of two make the overload,
summed over hosts and dimensions, as small as can be; once it is nothing, the fleet suffices. Where hosts
must be all but full this finds what greedy rules and column generation miss: it never settles a host.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled
from ..draws import THRESHOLDS, Words, below, draw
from .vector import ROOM, Bins, Vectors

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Temperatures in hosts of overload: the first, the factor from one to the next, and how many.
HOT, COOLING, STAGES = 0.1, 0.96, 120
# Of 256 proposals so many move one item, the rest swap two.
SHIFTS = 77
# Overload that is rounding, in hosts.
NOTHING = 1e-10


def squeezed(task: Vectors, types: Ints, steps: int, key: int = 0, hot: float = HOT) -> Bins | None:
    """All items on the given hosts, or None if the annealing ends with a host overfull.

    Args:
        types: of each host, shape (hosts,).
        steps: of the annealing.
        key: of its random numbers.
        hot: first temperature.
    """
    if not len(types):
        return None
    random = np.random.Generator(np.random.Philox(key=key))
    host_of = random.integers(0, len(types), len(task.sizes))
    words = random.integers(1, 2**63, 1).astype(np.uint64)
    rooms = np.ascontiguousarray(task.capacities[types] * (1 + ROOM / 2))
    scale = 1 / rooms.mean(axis=0)
    temperature = hot
    for _ in range(STAGES):
        if squeeze(task.sizes, rooms, scale, host_of, THRESHOLDS, words, temperature, steps // STAGES):
            used, kept = np.unique(host_of, return_inverse=True)
            return Bins(types[used], kept)
        temperature *= COOLING
    return None


@compiled
def squeeze(
    sizes: Floats,
    rooms: Floats,
    scale: Floats,
    host_of: Ints,
    thresholds: Ints,
    random: Words,
    temperature: float,
    steps: int,
) -> bool:
    """Walk some steps at one temperature; returns whether no host is overfull.

    Args:
        sizes: shape (items, dimensions).
        rooms: of the hosts, shape (hosts, dimensions).
        scale: of an overload in each dimension, shape (dimensions,).
        host_of: host of each item, changed in place.
        thresholds: see ``draws``.
        temperature: in scaled overload.
    """
    items, dims = sizes.shape
    hosts = len(rooms)
    left = rooms.copy()
    for i in range(items):
        for d in range(dims):
            left[host_of[i], d] -= sizes[i, d]
    over = 0.0
    for h in range(hosts):
        for d in range(dims):
            over += max(0.0, -left[h, d]) * scale[d]
    unit = temperature / 1024.0
    for _ in range(steps):
        if over <= NOTHING:
            break
        word = draw(random)
        i = int(np.int64(((word >> np.uint64(32)) * np.uint64(items)) >> np.uint64(32)))
        j = -1
        if ((word >> np.uint64(12)) & np.uint64(255)) < np.uint64(SHIFTS):
            b = below(random, hosts)
        else:
            j = below(random, items)
            b = int(host_of[j])
        a = host_of[i]
        if a == b:
            continue
        threshold = unit * thresholds[np.int64(word & np.uint64(4095))]
        change = 0.0
        for d in range(dims):
            x = sizes[i, d] - (sizes[j, d] if j >= 0 else 0.0)
            more = max(0.0, x - left[b, d]) - max(0.0, -left[b, d])
            change += (more + max(0.0, -left[a, d] - x) - max(0.0, -left[a, d])) * scale[d]
        if change > threshold:
            continue
        for d in range(dims):
            x = sizes[i, d] - (sizes[j, d] if j >= 0 else 0.0)
            left[a, d] += x
            left[b, d] -= x
        over += change
        host_of[i] = b
        if j >= 0:
            host_of[j] = a
    return over <= NOTHING
