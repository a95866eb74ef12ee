"""Large components weigh what a host has left beside the heaviest companions that it can hold.

A row weighs components so that no host holds more than its throughput (see ``rows``). Most hosts stay below
that, because the row counts their margins from below; so large components can weigh more. From the lightest
of them to the heaviest, let each weigh the throughput less the most that lighter ones can weigh beside it:
by induction hosts still hold at most their throughput (sequential lifting, Padberg 1975).

What can be beside a component is searched for depth first under the chance constraint itself, with chances
that only grow with demand (``chance_at_least``). Components alike are one kind with the least needs and the
largest weight of its members. Branches end where one of some cuts leaves too little room: for hours weighed
by h and a unit vector u, every host has ``sum(h mean + u_g D(h common)) + u_0 sqrt(sum D(h sqrt(own))^2)``
within its throughput (D as in ``rows``; its square is superadditive). With the root linear between what is
in and the most that there is room for, tables of knapsacks tell what the room left can hold.
"""

from __future__ import annotations

from heapq import heappop, heappush
from math import floor, sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled, inner
from .alone import chance_at_least
from .items import Needs, Offer

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SAFE = 1e-9
# Components of at least this part of the largest throughput are lifted, where they are this part of all.
LARGE, WORTHWHILE = 0.55, 0.1
KINDS = 150
# Steps of a knapsack over one host, slopes of the root, and blocks of kinds that have a table each.
GRID, SLOPES, BLOCKS = 400, 6, 12
# The search ends after so many nodes, and when it is clear that no more than this is left free.
NODES, FREE = 3000, 0.1
MOST_DEPTH, MOST_COPIES = 48, 4


class Cuts(NamedTuple):
    """What every host satisfies: ``sum(linear) + root * sqrt(sum(square)) <= throughput``.

    Attributes:
        linear, square: of each kind, shape (cuts, kinds).
        root: shape (cuts,).
        slopes: that the root is replaced by, ascending, shape (cuts, slopes).
        steps: of the grid that a kind takes, rounded down, shape (cuts, slopes, kinds).
        unit: width of a step.
    """

    linear: Floats
    square: Floats
    root: Floats
    slopes: Floats
    steps: Ints
    unit: float


class State(NamedTuple):
    """What is on a host after each step, shape (steps, ...), and copies taken, shape (kinds,).

    Attributes:
        room: of the grid that each cut leaves, -1 for none, shape (steps, cuts).
        slope: by which it is measured, same shape.
    """

    mean: Floats
    variance: Floats
    common: Floats
    static: Floats
    linear: Floats
    square: Floats
    room: Ints
    slope: Ints
    weight: Floats
    following: Ints
    kind: Ints
    taken: Ints


def kinds_of(size: Floats, group: Ints, most: int) -> list[Ints]:
    """Components split into kinds of one group and like size, those first that differ most.

    Args:
        size, group: shape (components,).

    Returns:
        The components of each kind.
    """
    heap: list[tuple[float, int, int, Ints]] = []

    def push(members: Ints) -> None:
        sizes = size[members]
        gain = (sizes - sizes[0]) * np.arange(len(sizes), 0, -1)
        at = int(gain.argmax())
        heappush(heap, (-float(gain[at]), int(members[0]), at, members))

    order = np.lexsort((np.arange(len(size)), size))
    for g in np.unique(group):
        push(order[group[order] == g])
    while len(heap) < most and heap[0][0] < 0.0:
        _, _, at, members = heappop(heap)
        push(members[:at])
        push(members[at:])
    return [members for _, _, _, members in heap]


def cuts_of(needs: Needs, linear: Floats, square: Floats, root: Floats, capacity: float) -> Cuts:
    """Cuts with their slopes and steps for hosts of some throughput or less."""
    least = root**2 / (2 * capacity)
    slopes = least[:, None] * np.geomspace(1.0, 25.0, SLOPES)
    unit = capacity / GRID
    takes = linear[:, None] + slopes[:, :, None] * square[:, None]
    return Cuts(linear, square, root, slopes, np.floor(takes / unit * (1 - SAFE)).astype(np.int64), unit)


def raised(
    needs: Needs, weighed: Floats, cuts: Cuts, kinds: list[Ints], allowed: float, offer: Offer
) -> Floats:
    """Weights with those of large components raised, of which hosts hold no more than before either.

    Args:
        needs: least needs of each kind.
        weighed: of each component; each host holds at most its throughput of them, shape (components,).
        cuts: for the kinds.
        kinds: components of each kind.

    Returns:
        Shape (components,).
    """
    heaviest = np.array([weighed[members].max() for members in kinds])
    order = np.argsort(-heaviest, kind="stable")
    edges = np.unique(np.linspace(0, len(kinds), BLOCKS + 1).astype(np.int64))
    found = _raised(
        needs.some(order),
        np.array([len(members) for members in kinds], dtype=np.int64)[order],
        heaviest[order],
        cuts._replace(
            linear=np.ascontiguousarray(cuts.linear[:, order]),
            square=np.ascontiguousarray(cuts.square[:, order]),
            steps=np.ascontiguousarray(cuts.steps[:, :, order]),
        ),
        np.searchsorted(edges, np.arange(len(kinds)), side="right") - 1,
        offer.capacity,
        offer.room,
        allowed,
    )
    large = heaviest[order] >= LARGE * float(offer.capacity.max())
    weights = weighed.copy()
    for k in np.flatnonzero(large):
        weights[kinds[order[k]]] = found[k] * (1 - SAFE)
    return weights


@compiled
def _raised(
    needs: Needs,
    counts: Ints,
    weights: Floats,
    cuts: Cuts,
    block: Ints,
    capacity: Floats,
    room: Floats,
    allowed: float,
) -> Floats:
    """Weights of kinds, heaviest first, those of the large ones raised; shape (kinds,)."""
    kinds, hours, n = len(counts), needs.mean.shape[1], len(cuts.root)
    groups, depth = needs.group.max() + 1, MOST_DEPTH + 1
    weights, large = weights.copy(), LARGE * capacity.max()
    table = np.zeros((n, SLOPES, block[-1] + 2, GRID + 1))
    state = State(
        np.zeros((depth, hours)),
        np.zeros((depth, hours)),
        np.zeros((depth, groups, hours)),
        np.zeros((depth, room.shape[1])),
        np.zeros((depth, n)),
        np.zeros((depth, n)),
        np.zeros((depth, n), dtype=np.int64),
        np.zeros((depth, n), dtype=np.int64),
        np.zeros(depth),
        np.zeros(depth, dtype=np.int64),
        np.zeros(depth, dtype=np.int64),
        np.zeros(kinds, dtype=np.int64),
    )
    for kind in range(kinds - 1, -1, -1):
        if kind == kinds - 1 or block[kind + 1] != block[kind]:
            table[:, :, block[kind]] = table[:, :, block[kind] + 1]
        if weights[kind] >= large:
            most = np.inf
            for t in range(len(capacity)):
                for copies in range(1, min(counts[kind], MOST_COPIES) + 1):
                    state.static[0] = room[t]
                    beside = _beside(
                        needs, counts, weights, cuts, block, table, state, kind, copies, capacity[t], allowed
                    )
                    if beside < 0.0:
                        break
                    most = min(most, (capacity[t] - beside) / copies)
            if most < np.inf:
                weights[kind] = max(most, 0.0)
        for j in range(n):
            for s in range(SLOPES):
                _fill(table[j, s, block[kind]], cuts.steps[j, s, kind], weights[kind], counts[kind])
    return weights


@inner
def _fill(row: Floats, step: int, weight: float, count: int) -> None:
    """Add copies of a kind to a knapsack."""
    if step == 0:
        for x in range(len(row)):
            row[x] += weight * count
    elif step * count < len(row):
        for _ in range(count):
            for x in range(len(row) - 1, step - 1, -1):
                row[x] = max(row[x], row[x - step] + weight)
    else:
        for x in range(step, len(row)):
            row[x] = max(row[x], row[x - step] + weight)


@inner
def _beside(
    needs: Needs,
    counts: Ints,
    weights: Floats,
    cuts: Cuts,
    block: Ints,
    table: Any,
    state: State,
    kind: int,
    copies: int,
    capacity: float,
    allowed: float,
) -> float:
    """At least the most that lighter kinds weigh beside copies of a kind; -1 if no host holds those."""
    for level in range(copies):
        if not _put(needs, cuts, state, level, kind, capacity, allowed):
            return -1.0
    state.weight[copies], state.following[copies] = 0.0, kind + 1
    best = max((1.0 - FREE) * capacity - copies * weights[kind], 0.0)
    most, nodes, level = best, 0, copies
    while level >= copies:
        k = state.following[level]
        bound = state.weight[level]
        if k < len(counts):
            bound += _room_for(cuts, table, state, level, block[k], -1, best - state.weight[level])
        if k == len(counts) or bound <= best or nodes > NODES:
            most = max(most, bound)
            if level > copies:
                state.taken[state.kind[level]] -= 1
            level -= 1
            continue
        state.following[level] = k + 1
        if state.taken[k] == counts[k]:
            continue
        with_it = state.weight[level] + weights[k]
        bound = with_it + _room_for(cuts, table, state, level, block[k], k, best - with_it)
        if bound <= best or level == MOST_DEPTH:
            most = max(most, bound)
            continue
        nodes += 1
        if _put(needs, cuts, state, level, k, capacity, allowed):
            level += 1
            state.taken[k] += 1
            state.kind[level], state.following[level], state.weight[level] = k, k, with_it
            best = max(best, with_it)
    return most


@inner
def _room_for(
    cuts: Cuts, table: Any, state: State, level: int, first: int, added: int, wanted: float
) -> float:
    """At least what kinds from a block on weigh that have room beside what is in, and one more (or -1).

    Args:
        wanted: it does not matter how much it is below this.
    """
    least = np.inf
    for j in range(len(cuts.root)):
        left, slope = state.room[level, j], state.slope[level, j]
        if added >= 0:
            left -= cuts.steps[j, slope, added]
            if left < 0:
                return -np.inf
        most = table[j, slope, first, left] if left >= 0 else 0.0
        if most < least:
            least = most
            if least <= wanted:
                break
    return least


@inner
def _put(needs: Needs, cuts: Cuts, state: State, level: int, k: int, capacity: float, allowed: float) -> bool:
    """Put a kind on the host as the next step; False if no host of this throughput and room holds that."""
    after, group, share = level + 1, needs.group[k], 0.0
    for d in range(needs.static.shape[1]):
        state.static[after, d] = state.static[level, d] - needs.static[k, d]
        if state.static[after, d] < -SAFE * (state.static[0, d] + 1.0):
            return False
    for t in range(needs.mean.shape[1]):
        mean, common = state.mean[level, t] + needs.mean[k, t], needs.common[k, t]
        variance = state.variance[level, t] + needs.own[k, t]
        variance += common * (2.0 * state.common[level, group, t] + common)
        if mean > capacity * (1.0 + SAFE):
            return False
        share += needs.weights[t] * chance_at_least(mean, variance, capacity)
        if share > allowed * (1.0 + SAFE) + SAFE:
            return False
        state.mean[after, t], state.variance[after, t] = mean, variance
    for g in range(state.common.shape[1]):
        for t in range(needs.mean.shape[1]):
            state.common[after, g, t] = state.common[level, g, t]
    for t in range(needs.mean.shape[1]):
        state.common[after, group, t] += needs.common[k, t]
    for j in range(len(cuts.root)):
        state.linear[after, j] = state.linear[level, j] + cuts.linear[j, k]
        state.square[after, j] = state.square[level, j] + cuts.square[j, k]
        spread = sqrt(state.square[after, j])
        left = capacity * (1.0 + SAFE) - state.linear[after, j]
        slope, steepness = 0, cuts.root[j] / (spread + max(left, 0.0) / cuts.root[j])
        while slope + 1 < SLOPES and cuts.slopes[j, slope + 1] <= steepness:
            slope += 1
        state.slope[after, j] = slope
        steps = floor((left - cuts.root[j] * spread) / cuts.unit + SAFE)
        state.room[after, j] = min(max(int(steps), -1), GRID)
    return True
