"""What each site yields at given prices, with each recovery site it may have: compiled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..compiled import compiled
from .instance import Bools, Floats, Instance, Ints

# Instead of a recovery site: none, or any of those that are not told apart.
NONE, OTHERS = -1, -2


@dataclass(frozen=True)
class Options:
    """Recovery sites of each site, the cheapest first, shape (sites, options) each.

    Attributes:
        at: the recovery site, or NONE or OTHERS.
        mbps_cny: least cost of a Mbit/s to it, lines in parts; infinite where there is no option.
        rack_cny: cost of a rack that stands by there.
    """

    at: Ints
    mbps_cny: Floats
    rack_cny: Floats

    @classmethod
    def of(cls, instance: Instance, nearest: int) -> Options:
        """The cheapest recovery sites one by one, the rest as one that costs no more than any of them."""
        sites, ways = len(instance.names), instance.ways
        at = np.full((sites, nearest + 2), OTHERS, dtype=np.int64)
        mbps_cny, rack_cny = np.full(at.shape, np.inf), np.full(at.shape, np.inf)
        rate = np.full((sites, sites), np.inf)
        np.minimum.at(rate, (ways.site, ways.at), ways.line_cny / ways.line_mbps)
        mean = np.where(np.isfinite(rate), rate, 0.0) * instance.mbps.sum()
        mean = mean + instance.standby_cny * instance.standby_racks.sum()
        total = np.where(np.isfinite(rate), mean, np.inf)
        for i in range(sites):
            order = np.argsort(total[i], kind="stable")[: int(np.isfinite(rate[i]).sum())]
            first, rest = order[:nearest], order[nearest:]
            n = len(first)
            at[i, :n], mbps_cny[i, :n], rack_cny[i, :n] = first, rate[i, first], instance.standby_cny[first]
            if len(rest):
                mbps_cny[i, n] = rate[i, rest].min()
                rack_cny[i, n] = instance.standby_cny[rest].min()
        if not instance.protected.all():
            at[:, -1], mbps_cny[:, -1], rack_cny[:, -1] = NONE, 0.0, 0.0
        return cls(at, mbps_cny, rack_cny)


@compiled
def yields(
    costs: Floats,
    price: Floats,
    racks: Floats,
    most: Floats,
    more: Floats,
    more_cny: Floats,
    guarded: Bools,
    mbps: Floats,
    standby: Floats,
    at: Ints,
    mbps_cny: Floats,
    rack_cny: Floats,
    fee: Floats,
) -> tuple[Floats, Ints, Floats]:
    """Result of each site with its best option, which that is, and what it takes of each unit.

    Args:
        costs: of units at sites without recovery, shape (sites, units).
        fee: of each option, shape (sites, options).

    Returns:
        Results, at most the least fee, shape (sites,); options, -1 if none, (sites,); shares, (sites, units).
    """
    sites, units = costs.shape
    best, option = np.full(sites, np.inf), np.full(sites, -1, dtype=np.int64)
    taken = np.zeros((sites, units))
    row, value, part = np.empty(units, dtype=np.int64), np.empty(units), np.empty(units)
    for i in range(sites):
        chosen = -1
        for k in range(at.shape[1]):
            if not mbps_cny[i, k] < np.inf:
                continue
            n, needed, result = 0, 0.0, fee[i, k]
            for u in range(units):
                if costs[i, u] >= price[u] or (at[i, k] == NONE and guarded[u]):
                    continue
                gain = costs[i, u] + mbps[u] * mbps_cny[i, k] + standby[u] * rack_cny[i, k] - price[u]
                if gain < 0.0:
                    row[n], value[n] = u, gain
                    needed += racks[u]
                    result += gain
                    n += 1
            if result >= best[i]:
                continue
            part[:n] = 1.0
            if needed > most[i]:
                result = fee[i, k] + _within(racks, most[i], more[i], more_cny[i], row[:n], value[:n], part)
                if result >= best[i]:
                    continue
            best[i], chosen = result, k
            taken[i] = 0.0
            for a in range(n):
                taken[i, row[a]] = part[a]
        option[i] = chosen
    return best, option, taken


@compiled
def _within(
    racks: Floats, most: float, more: float, more_cny: float, row: Ints, value: Floats, part: Floats
) -> float:
    """What the units that pay best per rack yield in the racks there are; ``part`` is filled in."""
    n = len(row)
    rate = np.empty(n)
    for a in range(n):
        rate[a] = value[a] / racks[row[a]] if racks[row[a]] > 0 else -np.inf
    free, extra, result = most, more, 0.0
    part[:n] = 0.0
    for a in np.argsort(rate, kind="mergesort"):
        need = racks[row[a]]
        whole = min(need, free)
        added = min(need - whole, extra) if -rate[a] > more_cny else 0.0
        share = (whole + added) / need if need > 0 else 1.0
        if share <= 0.0:
            break
        part[a] = share
        result += share * value[a] + added * more_cny
        free -= whole
        extra -= added
    return result
