"""Filling given hosts: each component goes where the hosts stay most evenly used, or by a plain rule.

Largest first. Where hosts hold many components, they are spread evenly: what counts is the sum over hosts,
static dimensions and classes of hours of use to the eighth power, with the margin for noise counted as use. A
host that is short of one thing or full at one hour so attracts components that need another or come at
other hours; what finds no place is tried again with one component moved out of the way. Two plain rules take
each component to the fullest host with room, or to the first: best-fit and first-fit decreasing.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled, inner
from .items import Needs
from .risk import EXACT, chance_over

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Rules: keep hosts evenly used, put each component on the fullest host with room, or on the first.
EVEN, FULL, FIRST = 0, 1, 2
# A component is offered to so many hosts at first, in turn, then to more, then to all.
OFFERS, MORE = 16, 8
# Tries to make room for one component by moving another.
MOST_TRIES = 4000


class Held(NamedTuple):
    """What each host holds: sums over its components.

    ``common`` has shape (hosts, groups, classes of hours); ``variance`` is own plus squares of common;
    ``hottest`` is the class of hours of the highest mean, -1 on an empty host.
    """

    mean: Floats
    own: Floats
    common: Floats
    variance: Floats
    static: Floats
    hottest: Ints


@compiled
def fill(
    needs: Needs,
    capacity: Floats,
    room: Floats,
    groups: int,
    allowed: float,
    margin: float,
    rule: int,
    placed: Ints,
) -> tuple[Ints, float]:
    """Place components on hosts.

    Args:
        capacity: throughput of each host, shape (hosts,).
        room: static capacity, shape (hosts, dimensions).
        allowed: share of hours in which a host may be over its throughput.
        margin: standard deviations counted as use.
        rule: EVEN, FULL or FIRST.
        placed: host of the first components, which have one already, shape (components placed,).

    Returns:
        Host of each component, shape (components,), -1 for the first that finds no place and those after it,
        and what these add up to, in hosts like the first.
    """
    hosts = len(capacity)
    held = nothing(hosts, groups, needs.mean.shape[1], room.shape[1])
    host_of = np.full(len(needs.group), -1, dtype=np.int64)
    mates = _mates(needs.apart)
    offset = 0
    use = np.zeros(hosts)
    for i in range(len(placed)):
        host_of[i] = placed[i]
        move(needs, held, i, placed[i], 1.0)
    if rule == FULL:
        for host in range(hosts):
            use[host] = _fullness(held, host, capacity[host], room, margin)
    for i in range(len(placed), len(host_of)):
        host, offers = -1, OFFERS if rule == EVEN else hosts
        while host < 0:
            host = _best(
                needs, held, i, capacity, room, allowed, margin, rule, offers, offset, host_of, mates, use
            )
            if offers >= hosts:
                break
            offers *= MORE
        offset = (offset + 7) % hosts if rule == EVEN else 0
        if host < 0 and rule == EVEN:
            host = _make_room(needs, held, i, capacity, room, allowed, host_of, mates)
        if host < 0:
            left = 0.0
            for j in range(i, len(host_of)):
                left += _size(needs, j, capacity, room)
            return host_of, left
        move(needs, held, i, host, 1.0)
        host_of[i] = host
        if rule == FULL:
            use[host] = _fullness(held, host, capacity[host], room, margin)
    return host_of, 0.0


@inner
def _offered(offer: int, offers: int, offset: int, hosts: int) -> int:
    """The host that comes up in an offer of some of all hosts."""
    return (offset + offer * (hosts // offers)) % hosts


@compiled
def nothing(hosts: int, groups: int, classes: int, dimensions: int) -> Held:
    return Held(
        np.zeros((hosts, classes)),
        np.zeros((hosts, classes)),
        np.zeros((hosts, groups, classes)),
        np.zeros((hosts, classes)),
        np.zeros((hosts, dimensions)),
        np.full(hosts, -1, dtype=np.int64),
    )


@compiled
def sums(needs: Needs, hosts: int, groups: int, host_of: Ints) -> tuple[Floats, Floats]:
    """Mean and variance of the demand of each host, shape (hosts, classes of hours) each."""
    classes = needs.mean.shape[1]
    mean, own = np.zeros((hosts, classes)), np.zeros((hosts, classes))
    common = np.zeros((hosts, groups, classes))
    for i in range(len(host_of)):
        mean[host_of[i]] += needs.mean[i]
        own[host_of[i]] += needs.own[i]
        common[host_of[i], needs.group[i]] += needs.common[i]
    for host in range(hosts):
        for g in range(groups):
            own[host] += common[host, g] ** 2
    return mean, own


@compiled
def _mates(apart: Ints) -> Ints:
    """For each component the one before it with the same number, -1 if none; a chain through each group."""
    most = -1
    for number in apart:
        most = max(most, number)
    last = np.full(most + 1, -1, dtype=np.int64)
    before = np.full(len(apart), -1, dtype=np.int64)
    for i in range(len(apart)):
        if apart[i] >= 0:
            before[i] = last[apart[i]]
            last[apart[i]] = i
    return before


@inner
def _size(needs: Needs, i: int, capacity: Floats, room: Floats) -> float:
    """The largest share of the first host that a component takes."""
    size = 0.0
    for t in range(needs.mean.shape[1]):
        size = max(size, needs.mean[i, t] / capacity[0])
    for d in range(room.shape[1]):
        size = max(size, needs.static[i, d] / room[0, d])
    return size


@inner
def _best(
    needs: Needs,
    held: Held,
    i: int,
    capacity: Floats,
    room: Floats,
    allowed: float,
    margin: float,
    rule: int,
    offers: int,
    offset: int,
    host_of: Ints,
    mates: Ints,
    use: Floats,
) -> int:
    """The host, of those offered, that suits a component best and holds it; -1 if none does."""
    hosts = len(capacity)
    count = min(offers, hosts)
    # Where most hosts hold it, only the best is checked at first.
    for sure in range(0 if rule == EVEN else 1, 2):
        best, least = -1, np.inf
        for k in range(count):
            host = _offered(k, count, offset, hosts)
            if rule == FULL and held.hottest[host] >= 0 and -use[host] >= least:
                continue
            if rule == FIRST and best >= 0 and held.hottest[best] >= 0:
                break
            if not _may_fit(needs, held, i, host, capacity[host], room, allowed) or _clashes(
                i, host, host_of, mates
            ):
                continue
            if rule == EVEN:
                score = _unevenness(needs, held, i, host, capacity[host], room, margin)
            elif held.hottest[host] < 0:
                if _same_empty(held, host, capacity, room):
                    continue
                score = float(host)  # empty hosts come last, one of each kind, in their order
            elif rule == FULL:
                score = -use[host]
            else:
                score = float(host - hosts)
            if score < least and (sure == 0 or holds(needs, held, i, host, capacity[host], allowed)):
                best, least = host, score
        if best < 0 or sure == 1 or holds(needs, held, i, best, capacity[best], allowed):
            return best
    return -1


@inner
def _static_fits(needs: Needs, held: Held, i: int, host: int, room: Floats) -> bool:
    for d in range(room.shape[1]):
        if held.static[host, d] + needs.static[i, d] > room[host, d] * (1.0 + EXACT):
            return False
    return True


@inner
def _may_fit(
    needs: Needs, held: Held, i: int, host: int, capacity: float, room: Floats, allowed: float
) -> bool:
    """Whether a component fits as far as a glance at static dimensions and the hottest hour tells."""
    hour = held.hottest[host]
    if hour >= 0:
        variance = _variance_with(needs, held, i, host, hour)
        chance = chance_over(held.mean[host, hour] + needs.mean[i, hour], variance, capacity)
        if chance > 0.5 or chance * needs.weights[hour] > allowed:
            return False
    return _static_fits(needs, held, i, host, room)


@inner
def _variance_with(needs: Needs, held: Held, i: int, host: int, hour: int) -> float:
    """Variance of what a host carries in a class of hours once it has a component."""
    extra = needs.common[i, hour]
    variance: float = held.variance[host, hour] + needs.own[i, hour]
    variance += extra * (2.0 * held.common[host, needs.group[i], hour] + extra)
    return variance


@inner
def _same_empty(held: Held, host: int, capacity: Floats, room: Floats) -> bool:
    """Whether the host before is empty and of the same size."""
    if host == 0 or held.hottest[host - 1] >= 0 or capacity[host] != capacity[host - 1]:
        return False
    same = True
    for d in range(room.shape[1]):
        same = same and room[host, d] == room[host - 1, d]
    return same


@inner
def _clashes(i: int, host: int, host_of: Ints, mates: Ints) -> bool:
    """Whether a host holds an earlier component that must be apart from this one."""
    mate = mates[i]
    while mate >= 0:
        if host_of[mate] == host:
            return True
        mate = mates[mate]
    return False


@inner
def _unevenness(
    needs: Needs, held: Held, i: int, host: int, capacity: float, room: Floats, margin: float
) -> float:
    """What a component adds to the sum of uses to the eighth power."""
    total = 0.0
    for d in range(room.shape[1]):
        use = held.static[host, d] / room[host, d]
        total += _eighth(use + needs.static[i, d] / room[host, d]) - _eighth(use)
    for t in range(needs.mean.shape[1]):
        above, variance = held.mean[host, t] + needs.mean[i, t], held.variance[host, t]
        if above + needs.own[i, t] <= held.mean[host, t]:
            continue
        after = _variance_with(needs, held, i, host, t)
        total += _eighth((above + margin * sqrt(after)) / capacity)
        total -= _eighth((held.mean[host, t] + margin * sqrt(variance)) / capacity)
    return total


@inner
def _fullness(held: Held, host: int, capacity: float, room: Floats, margin: float) -> float:
    """The largest use of anything on a host."""
    most = 0.0
    for d in range(room.shape[1]):
        most = max(most, held.static[host, d] / room[host, d])
    for t in range(held.mean.shape[1]):
        most = max(most, (held.mean[host, t] + margin * sqrt(held.variance[host, t])) / capacity)
    return most


@inner
def _eighth(use: float) -> float:
    fourth: float = use * use * use * use
    return fourth * fourth


@inner
def holds(needs: Needs, held: Held, i: int, host: int, capacity: float, allowed: float) -> bool:
    """Whether a host may take a component besides what it holds, as far as throughput goes."""
    share = 0.0
    for t in range(needs.mean.shape[1]):
        mean = held.mean[host, t] + needs.mean[i, t]
        if mean > capacity * (1.0 + EXACT):
            return False
        share += needs.weights[t] * chance_over(mean, _variance_with(needs, held, i, host, t), capacity)
        if share > allowed:
            return False
    return True


@inner
def move(needs: Needs, held: Held, i: int, host: int, sign: float) -> None:
    """Add a component to what a host holds, or take it away (``sign`` -1)."""
    group, highest = needs.group[i], -1.0
    for d in range(needs.static.shape[1]):
        held.static[host, d] += sign * needs.static[i, d]
    for t in range(needs.mean.shape[1]):
        extra = sign * needs.common[i, t]
        held.mean[host, t] += sign * needs.mean[i, t]
        held.own[host, t] += sign * needs.own[i, t]
        grown = sign * needs.own[i, t] + extra * (2.0 * held.common[host, group, t] + extra)
        held.common[host, group, t] += extra
        held.variance[host, t] = max(held.variance[host, t] + grown, 0.0)
        if held.mean[host, t] > highest:
            held.hottest[host], highest = t, held.mean[host, t]


@inner
def _make_room(
    needs: Needs,
    held: Held,
    i: int,
    capacity: Floats,
    room: Floats,
    allowed: float,
    host_of: Ints,
    mates: Ints,
) -> int:
    """A host that takes a component once another, which is moved, has left it; -1 if none is found."""
    hosts, tries = len(capacity), 0
    for j in range(i - 1, -1, -1):
        host = int(host_of[j])
        if host < 0 or needs.apart[j] >= 0 or _clashes(i, host, host_of, mates):
            continue
        tries += 1
        if tries > MOST_TRIES // max(hosts // 8, 1):
            break
        move(needs, held, j, host, -1.0)
        if _static_fits(needs, held, i, host, room) and holds(needs, held, i, host, capacity[host], allowed):
            move(needs, held, i, host, 1.0)
            for other in range(hosts):
                if other == host or not _static_fits(needs, held, j, other, room):
                    continue
                if holds(needs, held, j, other, capacity[other], allowed):
                    move(needs, held, i, host, -1.0)
                    move(needs, held, j, other, 1.0)
                    host_of[j] = other
                    return host
            move(needs, held, i, host, -1.0)
        move(needs, held, j, host, 1.0)
    return -1
