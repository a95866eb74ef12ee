"""Filling hosts one at a time: for each the components and the type that give most for its cost.

Where a host holds few components, what shares it decides how much of it is lost: noise that does not add up
and busy hours that differ. So a host is opened for the largest component left, once for each type and for
each group that the second component may come from, and filled up with the largest that fits of any group;
the fill whose components are worth most per cost stays. Largest first within a group, what fits is found by
parting: components of one group ask for hosts in like hours, so those smaller than one that fits fit as well,
as a rule. Every component that is put on a host is checked against the chance constraint itself.

What components are worth is corrected from one round to the next: those on hosts that came off badly are
worth more (sequential value correction, Belov and Scheithauer 2007, doi 10.1287/ijoc.1050.0194).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled, inner
from .fill import Held, holds, move, nothing
from .items import Needs
from .risk import EXACT

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Components after the largest that the throughput allows are looked at for memory and the like, so many.
LOOKED_AT = 40
MOST_ON_A_HOST = 512
# What fits is looked for by parting: that one does not fit shows in few hours, that one fits in all of them,
# so the larger ones are asked first.
PARTS = 8
# Second components that are tried for a host, of as many groups.
SECONDS = 3
# Rows of what is held: of the host as it stands, and of a fill that is tried.
STANDS, TRIED = 0, 1


class Sorted(NamedTuple):
    """Components group by group, largest first in each.

    Attributes:
        ends: where each group begins, and the end of the last, shape (groups + 1,).
        seeds: components in the order in which hosts are opened for them, shape (components,).
    """

    needs: Needs
    ends: Ints
    seeds: Ints


class Types(NamedTuple):
    """Host types, shape (types,) but for ``room``, (types, dimensions).

    Attributes:
        left: hosts that can still be opened; counted down.
        tried: types that hosts are opened of where they hold the component at all.
    """

    capacity: Floats
    room: Floats
    costs: Floats
    left: Floats
    tried: Bools


class Search(NamedTuple):
    """What the search for a host's components needs besides them.

    Attributes:
        link: from each component on, towards the next that has no host, shape (components + 1,).
        start: from where on each group is searched, shape (groups,).
        first, second: the same for the second component of a host, and what that may be, shape (groups,).
        chosen, best: components of the fill that is tried, and of the best one.
    """

    link: Ints
    start: Ints
    first: Ints
    second: Ints
    chosen: Ints
    best: Ints


@compiled
def build(
    items: Sorted,
    types: Types,
    worth: Floats,
    allowed: float,
    host_of: Ints,
    standing: Ints,
    thorough: bool,
) -> tuple[Ints, Ints]:
    """Fill up hosts that stand, then open hosts until all components have one.

    Args:
        worth: of each component, shape (components,).
        allowed: share of hours in which a host may be over its throughput.
        host_of: host of each component, -1 for those that want one, -2 for those that come later.
        standing: types of the hosts that stand.
        thorough: try each group for the second component of a host.

    Returns:
        Host of each component, -1 where no more hosts can be had, and the types of all hosts.
    """
    needs, ends, n = items.needs, items.ends, len(host_of)
    host_of = host_of.copy()
    link = np.arange(n + 1)
    for i in range(n):
        if host_of[i] != -1:
            link[i] = i + 1
    held = nothing(2, len(ends) - 1, needs.mean.shape[1], needs.static.shape[1])
    chosen, best = np.empty(MOST_ON_A_HOST, dtype=np.int64), np.empty(MOST_ON_A_HOST, dtype=np.int64)
    search = Search(link, ends[:-1].copy(), ends[:-1].copy(), ends[:-1].copy(), chosen, best)
    kinds = np.empty(len(standing) + n, dtype=np.int64)
    members, begins = _by_host(host_of, len(standing))
    for host in range(len(standing)):
        kinds[host] = standing[host]
        _empty(held, STANDS)
        count = begins[host + 1] - begins[host]
        if count >= MOST_ON_A_HOST:
            continue
        for k in range(count):
            chosen[k] = members[begins[host] + k]
            move(needs, held, chosen[k], STANDS, 1.0)
        search.start[:] = ends[:-1]
        total = _completed(items, types, standing[host], held, STANDS, search, count, worth, allowed)
        for k in range(count, total):
            host_of[chosen[k]] = host
            link[chosen[k]] = chosen[k] + 1
    hosts = len(standing)
    for seed in items.seeds:
        if host_of[seed] != -1:
            continue
        kind, count = _opened(items, types, seed, held, search, worth, allowed, thorough)
        if kind < 0:
            continue
        for k in range(count):
            host_of[best[k]] = hosts
            link[best[k]] = best[k] + 1
        kinds[hosts] = kind
        types.left[kind] -= 1.0
        hosts += 1
    return host_of, kinds[:hosts]


@compiled
def _by_host(host_of: Ints, hosts: int) -> tuple[Ints, Ints]:
    """Components host by host, and where those of each host begin."""
    begins = np.zeros(hosts + 1, dtype=np.int64)
    for host in host_of:
        if host >= 0:
            begins[host + 1] += 1
    begins = np.cumsum(begins)
    members, place = np.empty(begins[-1], dtype=np.int64), begins.copy()
    for i in range(len(host_of)):
        if host_of[i] >= 0:
            members[place[host_of[i]]] = i
            place[host_of[i]] += 1
    return members, begins


@inner
def _opened(
    items: Sorted,
    types: Types,
    seed: int,
    held: Held,
    search: Search,
    worth: Floats,
    allowed: float,
    thorough: bool,
) -> tuple[int, int]:
    """The type and, in ``best``, the components of a host opened for one; type -1 if none holds it."""
    needs, groups = items.needs, len(items.ends) - 1
    best_kind, best_count, most = -1, 0, -1.0
    for others in range(2):
        for kind in range(len(types.costs)):
            if types.left[kind] < 1.0 or types.tried[kind] == (others == 1):
                continue
            _empty(held, STANDS)
            if not _fits(needs, held, seed, STANDS, types, kind, allowed):
                continue
            move(needs, held, seed, STANDS, 1.0)
            search.chosen[0], tries = seed, 1
            for group in range(groups):
                search.start[group] = items.ends[group]
                i = _largest(items, types, kind, held, STANDS, search, group, 1, allowed)
                search.first[group], search.second[group] = search.start[group], i
                if thorough and i >= 0:
                    tries = groups
            for second in range(tries):
                if tries > 1 and _rank(search, worth, second) >= SECONDS:
                    continue
                count = 1
                _copied(held, STANDS, TRIED)
                for group in range(groups):
                    search.start[group] = search.first[group]
                if tries > 1:
                    search.chosen[1], count = search.second[second], 2
                    move(needs, held, search.chosen[1], TRIED, 1.0)
                count = _completed(items, types, kind, held, TRIED, search, count, worth, allowed)
                value = 0.0
                for k in range(count):
                    value += worth[search.chosen[k]]
                if value / types.costs[kind] > most * (1.0 + 1e-12):
                    most = value / types.costs[kind]
                    best_kind, best_count = kind, count
                    for k in range(count):
                        search.best[k] = search.chosen[k]
        if best_kind >= 0:
            break
    return best_kind, best_count


@inner
def _rank(search: Search, worth: Floats, group: int) -> int:
    """How many groups have a second component that is worth more; many if this one has none."""
    mine, better = search.second[group], 0
    for other in range(len(search.second)):
        i = search.second[other]
        if i >= 0 and mine >= 0 and (worth[i] > worth[mine] or (worth[i] == worth[mine] and other < group)):
            better += 1
    return better if mine >= 0 else len(search.second) + SECONDS


@inner
def _completed(
    items: Sorted,
    types: Types,
    kind: int,
    held: Held,
    row: int,
    search: Search,
    count: int,
    worth: Floats,
    allowed: float,
) -> int:
    """Add to a host what is worth most, of the largest that fit of each group, until nothing fits.

    Args:
        count: of those chosen already.

    Returns:
        How many are chosen then.
    """
    while count < MOST_ON_A_HOST:
        best, most = -1, -1.0
        for group in range(len(search.start)):
            i = _largest(items, types, kind, held, row, search, group, count, allowed)
            if i >= 0 and worth[i] > most:
                best, most = i, worth[i]
        if best < 0:
            break
        move(items.needs, held, best, row, 1.0)
        search.chosen[count] = best
        count += 1
    return count


@inner
def _largest(
    items: Sorted,
    types: Types,
    kind: int,
    held: Held,
    row: int,
    search: Search,
    group: int,
    count: int,
    allowed: float,
) -> int:
    """The largest component of a group that fits beside those chosen, -1 if none is found."""
    needs, end, capacity = items.needs, items.ends[group + 1], types.capacity[kind]
    low = _next(search.link, search.start[group]) if search.start[group] < end else end
    high, held_with = end, -1
    while low < high:
        middle = low + (high - low) // PARTS
        if holds(needs, held, middle, row, capacity, allowed):
            high = held_with = middle
        else:
            low = middle + 1
    search.start[group] = low
    looked, i = 0, _next(search.link, low) if low < end else end
    while i < end and looked < LOOKED_AT:
        free = _has_room(needs, held, i, row, types, kind) and not _among(needs, i, search.chosen, count)
        if free and (i == held_with or holds(needs, held, i, row, capacity, allowed)):
            return int(i)
        looked += 1
        i = _next(search.link, i + 1)
    if i >= end:
        search.start[group] = end
    return -1


@inner
def _fits(needs: Needs, held: Held, i: int, row: int, types: Types, kind: int, allowed: float) -> bool:
    roomy = _has_room(needs, held, i, row, types, kind)
    return bool(roomy and holds(needs, held, i, row, types.capacity[kind], allowed))


@inner
def _has_room(needs: Needs, held: Held, i: int, row: int, types: Types, kind: int) -> bool:
    """Whether a host may take a component, as far as memory and the like go."""
    for d in range(needs.static.shape[1]):
        if held.static[row, d] + needs.static[i, d] > types.room[kind, d] * (1.0 + EXACT):
            return False
    return True


@inner
def _among(needs: Needs, i: int, chosen: Ints, count: int) -> bool:
    """Whether a component is on a host already, or one that must be apart from it."""
    for k in range(count):
        if chosen[k] == i or (needs.apart[i] >= 0 and needs.apart[i] == needs.apart[chosen[k]]):
            return True
    return False


@inner
def _next(link: Ints, i: int) -> int:
    """The first component from one on that has no host; ways are shortened as they are gone."""
    last = i
    while link[last] != last:
        last = link[last]
    while link[i] != last:
        link[i], i = last, link[i]
    return int(last)


@inner
def _empty(held: Held, row: int) -> None:
    for t in range(held.mean.shape[1]):
        held.mean[row, t] = held.own[row, t] = held.variance[row, t] = 0.0
        for g in range(held.common.shape[1]):
            held.common[row, g, t] = 0.0
    for d in range(held.static.shape[1]):
        held.static[row, d] = 0.0
    held.hottest[row] = -1


@inner
def _copied(held: Held, row: int, into: int) -> None:
    for t in range(held.mean.shape[1]):
        held.mean[into, t] = held.mean[row, t]
        held.own[into, t] = held.own[row, t]
        held.variance[into, t] = held.variance[row, t]
        for g in range(held.common.shape[1]):
            held.common[into, g, t] = held.common[row, g, t]
    for d in range(held.static.shape[1]):
        held.static[into, d] = held.static[row, d]
    held.hottest[into] = held.hottest[row]
