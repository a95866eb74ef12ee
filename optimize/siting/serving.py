"""Who serves whom when the open sites are given: compiled rules for racks, shifts, swaps and recovery."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..compiled import compiled, inner
from .instance import Bools, Floats, Instance, Ints

PASSES = 12
# A change must save this share of what it touches, so that rounding never makes it run in circles.
WORTH = 1e-9
# Prices of racks settle in so many rounds, each step so much smaller than the last.
ROUNDS, SLOWER = 60, 0.93


class Terms(NamedTuple):
    """What compiled code needs of an ``Instance``; ``room`` is racks with those that may be added."""

    cost_cny: Floats
    racks: Floats
    open_cny: Floats
    serve_cny: Floats
    most_racks: Floats
    room: Floats
    more_cny: Floats
    standby_racks: Floats
    standby_cny: Floats
    mbps: Floats
    way_site: Ints
    way_at: Ints
    line_mbps: Floats
    line_cny: Floats

    @classmethod
    def of(cls, it: Instance) -> Terms:
        """The terms of an instance."""
        ways = it.ways
        return cls(
            cost_cny=it.cost_cny,
            racks=it.racks,
            open_cny=it.open_cny,
            serve_cny=it.serve_cny,
            most_racks=it.most_racks,
            room=it.most_racks + it.more_racks,
            more_cny=it.more_cny,
            standby_racks=it.standby_racks,
            standby_cny=it.standby_cny,
            mbps=it.mbps,
            way_site=ways.site,
            way_at=ways.at,
            line_mbps=ways.line_mbps,
            line_cny=ways.line_cny,
        )


@compiled
def answer(it: Terms, is_open: Bools, careful: bool) -> tuple[float, Ints, Ints]:
    """Cost, site of each unit and way of each site with some sites open; infinite if none is found."""
    best, best_site = np.inf, np.empty(0, dtype=np.int64)
    best_way = np.full(len(is_open), -1, dtype=np.int64)
    for rule in range(3):
        site = by_price(it, is_open) if rule == 2 else by_regret(it, is_open, rule == 1)
        if len(site) > 0:
            cost, way = improved(it, is_open, site, careful)
            if cost < best:
                best, best_site, best_way = cost, site, way
        if not careful and best < np.inf:
            break
    return best, best_site, best_way


@compiled
def improved(it: Terms, is_open: Bools, site: Ints, careful: bool) -> tuple[float, Ints]:
    """Cost of an answer once ``site`` is improved in place, and the way of each site."""
    sites, units = len(is_open), len(it.racks)
    way, used = np.full(sites, -1, dtype=np.int64), np.zeros(sites)
    for u in range(units):
        used[site[u]] += it.racks[u]
    shift(it, is_open, site, used)
    if careful:
        swap(it, site, used)
        shift(it, is_open, site, used)
    total = 0.0
    standby, mbps = np.zeros(sites), np.zeros(sites)
    serves = np.zeros(sites, dtype=np.bool_)
    for u in range(units):
        i = site[u]
        total += it.cost_cny[u, i]
        serves[i] = True
        standby[i] += it.standby_racks[u]
        mbps[i] += it.mbps[u]
    for i in range(sites):
        total += (it.open_cny[i] if is_open[i] else 0.0) + (it.serve_cny[i] if serves[i] else 0.0)
        total += extra_cny(0.0, used[i], it.most_racks[i], it.more_cny[i])
    return total + recover(it, is_open, standby, mbps, used, way), way


@inner
def extra_cny(used: float, change: float, most: float, more_cny: float) -> float:
    """What racks added cost more if the use of a site changes."""
    over = max(used + change - most, 0.0) - max(used - most, 0.0)
    return over * more_cny if over != 0.0 else 0.0


@compiled
def by_regret(it: Terms, is_open: Bools, large_first: bool) -> Ints:
    """Site of each unit, empty if some unit found no room; those with most to lose choose first."""
    cost, racks, most, room, more_cny = it.cost_cny, it.racks, it.most_racks, it.room, it.more_cny
    units, sites = cost.shape
    site = np.empty(units, dtype=np.int64)
    used = np.zeros(sites)
    order = np.zeros(units)
    for u in range(units):
        first, second, best = np.inf, np.inf, -1
        for i in range(sites):
            if is_open[i]:
                if cost[u, i] < first:
                    second, first, best = first, cost[u, i], i
                elif cost[u, i] < second:
                    second = cost[u, i]
        if best < 0:
            return np.empty(0, dtype=np.int64)
        site[u] = best
        used[best] += racks[u]
        order[u] = -racks[u] if large_first else first - second
    if not (used > most).any():
        return site
    used[:] = 0.0
    for u in np.argsort(order, kind="mergesort"):
        low, best = np.inf, -1
        for i in range(sites):
            if is_open[i] and used[i] + racks[u] <= room[i]:
                value = cost[u, i] + extra_cny(used[i], racks[u], most[i], more_cny[i])
                if value < low:
                    low, best = value, i
        if best < 0:
            return np.empty(0, dtype=np.int64)
        site[u] = best
        used[best] += racks[u]
    return site


@compiled
def by_price(it: Terms, is_open: Bools) -> Ints:
    """Site of each unit, empty if some site stays too full: racks of full sites get a price that settles.

    What is too much at the end is moved to where there is room, at the least cost per rack.
    """
    cost, racks, most, room, more_cny = it.cost_cny, it.racks, it.most_racks, it.room, it.more_cny
    units, sites = cost.shape
    site, fullest = np.zeros(units, dtype=np.int64), np.empty(0, dtype=np.int64)
    price, least_over = np.zeros(sites), np.inf
    step = 0.0
    for k in range(ROUNDS):
        used = np.zeros(sites)
        for u in range(units):
            low, second = np.inf, np.inf
            for i in range(sites):
                value = cost[u, i] + price[i] * racks[u]
                if is_open[i] and value < low:
                    low, second, site[u] = value, low, i
                elif is_open[i] and value < second:
                    second = value
            if low == np.inf:
                return np.empty(0, dtype=np.int64)
            used[site[u]] += racks[u]
            if k == 0 and second < np.inf:
                step += second - low
        over = 0.0
        for i in range(sites):
            over += max(used[i] - room[i], 0.0)
        if over < least_over:
            least_over, fullest = over, site.copy()
        if k == 0:
            step /= max(racks.sum(), 1e-12)
        for i in range(sites):
            limit = most[i] if price[i] < more_cny[i] else room[i]
            if is_open[i] and limit < np.inf and limit > 0:
                price[i] = max(price[i] + step * (used[i] - limit) / limit, 0.0)
        step *= SLOWER
    return relieved(it, is_open, fullest)


@compiled
def relieved(it: Terms, is_open: Bools, site: Ints) -> Ints:
    """The same sites once units have left those that are too full, the cheapest per rack first."""
    cost, racks, room = it.cost_cny, it.racks, it.room
    units, sites = cost.shape
    used = np.zeros(sites)
    for u in range(units):
        used[site[u]] += racks[u]
    for _ in range(units):
        if not (used > room).any():
            return site
        low, unit, to = np.inf, -1, -1
        for u in range(units):
            i = site[u]
            if used[i] <= room[i] or racks[u] <= 0.0:
                continue
            for j in range(sites):
                if is_open[j] and j != i and used[j] + racks[u] <= room[j]:
                    value = (cost[u, j] - cost[u, i]) / min(racks[u], used[i] - room[i])
                    if value < low:
                        low, unit, to = value, u, j
        if unit < 0:
            break
        used[site[unit]] -= racks[unit]
        used[to] += racks[unit]
        site[unit] = to
    return np.empty(0, dtype=np.int64)


@compiled
def shift(it: Terms, is_open: Bools, site: Ints, used: Floats) -> None:
    """Move single units while that saves."""
    cost, racks, most, room, more_cny = it.cost_cny, it.racks, it.most_racks, it.room, it.more_cny
    units, sites = cost.shape
    for _ in range(PASSES):
        moved = False
        for u in range(units):
            i = site[u]
            leaves = extra_cny(used[i], -racks[u], most[i], more_cny[i]) - cost[u, i]
            low, best = -WORTH * (1.0 + abs(cost[u, i])), -1
            for j in range(sites):
                if j != i and is_open[j] and used[j] + racks[u] <= room[j] and cost[u, j] < np.inf:
                    value = leaves + cost[u, j] + extra_cny(used[j], racks[u], most[j], more_cny[j])
                    if value < low:
                        low, best = value, j
            if best >= 0:
                used[i] -= racks[u]
                used[best] += racks[u]
                site[u] = best
                moved = True
        if not moved:
            break


@compiled
def swap(it: Terms, site: Ints, used: Floats) -> None:
    """Exchange the sites of two units while that saves."""
    cost, racks, most, room, more_cny = it.cost_cny, it.racks, it.most_racks, it.room, it.more_cny
    units = len(site)
    for _ in range(PASSES):
        moved = False
        for u in range(units):
            for v in range(units):
                i, j = site[u], site[v]
                if i == j or cost[u, j] >= cost[u, i]:
                    continue
                change = racks[v] - racks[u]
                if used[i] + change > room[i] or used[j] - change > room[j]:
                    continue
                value = cost[u, j] + cost[v, i] - cost[u, i] - cost[v, j]
                value += extra_cny(used[i], change, most[i], more_cny[i])
                value += extra_cny(used[j], -change, most[j], more_cny[j])
                if value < -WORTH * (1.0 + abs(cost[u, i])):
                    used[i] += change
                    used[j] -= change
                    site[u], site[v] = j, i
                    moved = True
        if not moved:
            break


@compiled
def recover(it: Terms, is_open: Bools, standby: Floats, mbps: Floats, used: Floats, way: Ints) -> float:
    """Cost of the cheapest way of each site with something to recover; infinite if one has none.

    Args:
        standby, mbps: racks that stand by for a site and bandwidth of its changes, shape (sites,).
        used: racks in use, shape (sites,); what stands by is added.
        way: filled in, shape (sites,).
    """
    total = 0.0
    for i in range(len(is_open)):
        if standby[i] == 0.0 and mbps[i] == 0.0:
            continue
        low = np.inf
        for w in range(len(it.way_site)):
            at = it.way_at[w]
            if it.way_site[w] != i or not is_open[at] or used[at] + standby[i] > it.room[at]:
                continue
            lines = max(np.ceil(mbps[i] / it.line_mbps[w] - 1e-9), 1.0)
            value = lines * it.line_cny[w] + standby[i] * it.standby_cny[at]
            value += extra_cny(used[at], standby[i], it.most_racks[at], it.more_cny[at])
            if value < low:
                low = value
                way[i] = w
        if way[i] < 0:
            return np.inf
        total += low
        used[it.way_at[way[i]]] += standby[i]
    return total
