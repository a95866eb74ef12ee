"""One siting problem as arrays, an answer to it, and what an answer costs.

Each unit is served by one site. A site costs something once it is open, more once it serves, and beyond
its racks each further rack costs extra. Where a unit is protected, its site recovers at another site by
one of the ways listed in ``Ways``: racks stand by there, and lines between the two carry the changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...scenarios.errors import InfeasibleError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Whole lines and racks are compared with this slack.
SLACK = 1e-9


@dataclass(frozen=True)
class Ways:
    """Ways in which one site can recover at another, one for each kind of line, shape (ways,) each."""

    site: Ints
    at: Ints
    kind: Ints  # row of scenario.lines
    line_mbps: Floats  # usable
    line_cny: Floats  # of one line in a year

    @classmethod
    def none(cls) -> Ways:
        """No recovery."""
        ints, floats = np.empty(0, dtype=np.int64), np.empty(0)
        return cls(ints, ints, ints, floats, floats)


@dataclass(frozen=True)
class Instance:
    """A siting problem; costs in CNY a year.

    Attributes:
        names: of the sites.
        ids: of the units, for messages, shape (units,).
        cost_cny: of serving a unit from a site, infinite where not allowed, shape (units, sites).
        racks: that a unit needs, shape (units,).
        open_cny: of a site that is open, shape (sites,).
        serve_cny: on top, of a site that serves units, shape (sites,).
        most_racks: of a site, may be infinite, shape (sites,).
        more_racks: that may be added, shape (sites,).
        more_cny: extra for each rack added, shape (sites,).
        must_open: sites that open in any case, shape (sites,).
        least, most: numbers of open sites.
        standby_racks: racks that stand by for a unit at the recovery site, shape (units,).
        standby_cny: of one of them at each site, shape (sites,).
        mbps: bandwidth that carries a unit's changes, shape (units,); units with neither are unprotected.
        ways: of recovery.
    """

    names: tuple[str, ...]
    ids: Ints
    cost_cny: Floats
    racks: Floats
    open_cny: Floats
    serve_cny: Floats
    most_racks: Floats
    more_racks: Floats
    more_cny: Floats
    must_open: Bools
    least: int
    most: int
    standby_racks: Floats
    standby_cny: Floats
    mbps: Floats
    ways: Ways

    @property
    def protected(self) -> Bools:
        """Units whose site needs a recovery site, shape (units,)."""
        return np.asarray((self.standby_racks > 0) | (self.mbps > 0))


@dataclass(frozen=True)
class Choice:
    """An answer and its proof.

    Attributes:
        site: that serves each unit, shape (units,).
        open: shape (sites,).
        way: row of ``Ways`` by which each site recovers, -1 if not, shape (sites,).
        bound_cny: no answer costs less.
        method: how it was found.
    """

    site: Ints
    open: Bools
    way: Ints
    cost_cny: float
    bound_cny: float
    method: str

    @property
    def gap(self) -> float:
        """Cost over proven bound, less 1; infinite where the bound is not positive but the cost is."""
        if self.cost_cny <= self.bound_cny:
            return 0.0
        return self.cost_cny / self.bound_cny - 1 if self.bound_cny > 0 else np.inf


def total_cny(instance: Instance, site: Ints, is_open: Bools, way: Ints) -> float:
    """Yearly cost of an answer, infinite if it breaks a rule."""
    sites, units = len(instance.names), np.arange(len(site))
    serves = np.bincount(site, minlength=sites) > 0
    if (serves & ~is_open).any() or (instance.must_open & ~is_open).any():
        return np.inf
    if not instance.least <= int(is_open.sum()) <= instance.most:
        return np.inf
    used = np.bincount(site, instance.racks, minlength=sites)
    standby = np.bincount(site, instance.standby_racks, minlength=sites)
    mbps = np.bincount(site, instance.mbps, minlength=sites)
    cost = float(instance.cost_cny[units, site].sum())
    for i in np.flatnonzero((standby > 0) | (mbps > 0)).tolist():
        w = int(way[i])
        if w < 0 or instance.ways.site[w] != i or not is_open[instance.ways.at[w]]:
            return np.inf
        at = instance.ways.at[w]
        used[at] += standby[i]
        cost += instance.standby_cny[at] * standby[i]
        cost += float(_lines(mbps[i], instance.ways.line_mbps[w]) * instance.ways.line_cny[w])
    over = np.maximum(used - instance.most_racks, 0)
    if (over > instance.more_racks + SLACK * np.maximum(1, used)).any():
        return np.inf
    cost += float((over * instance.more_cny).sum())
    return cost + float(instance.open_cny[is_open].sum() + instance.serve_cny[serves].sum())


def _lines(mbps: float, line_mbps: float) -> float:
    """Whole lines that carry a bandwidth, at least one."""
    return max(float(np.ceil(mbps / line_mbps - SLACK)), 1.0)


def reject_impossible(instance: Instance) -> None:
    """Say which rule alone makes every choice impossible.

    Raises:
        InfeasibleError: number of sites, latency, distance to a recovery site, or racks.
    """
    sites = len(instance.names)
    if not sites:
        raise InfeasibleError(
            "number of sites: no site may open, since nothing new is built and no hub is named"
        )
    if instance.least > sites or instance.most < max(instance.least, int(instance.must_open.sum())):
        raise InfeasibleError(f"no choice of {sites} sites has from {instance.least} to {instance.most} open")
    lost = np.flatnonzero(~np.isfinite(instance.cost_cny).any(axis=1))
    if len(lost):
        others = f" and {len(lost) - 1} others" if len(lost) > 1 else ""
        raise InfeasibleError(
            f"latency: no site is near enough to unit {instance.ids[lost[0]]}{others} "
            f"(sites: {', '.join(instance.names)})"
        )
    if instance.protected.any():
        _reject_unprotected(instance)
    room = instance.most_racks + instance.more_racks
    largest = np.where(np.isfinite(instance.cost_cny), room, -np.inf).max(axis=1)
    over = np.flatnonzero(instance.racks > largest * (1 + SLACK))
    if len(over):
        raise InfeasibleError(
            f"racks: unit {instance.ids[over[0]]} needs {instance.racks[over[0]]:.4g}, and the largest site "
            f"that may serve it has {largest[over[0]]:.4g}"
        )
    most = np.sort(room)[::-1][: instance.most].sum()
    needed = float(instance.racks.sum() + instance.standby_racks.sum())
    if needed > most * (1 + SLACK):
        raise InfeasibleError(
            f"racks: {needed:.4g} are needed with what stands by, and the {min(instance.most, sites)} "
            f"largest sites have {most:.4g}"
        )


def _reject_unprotected(instance: Instance) -> None:
    if instance.most < 2:
        raise InfeasibleError("number of sites: recovery needs at least two open, and one is allowed")
    can = np.isin(np.arange(len(instance.names)), instance.ways.site)
    if not can.any():
        raise InfeasibleError("distance: no two sites are far enough apart and near enough for recovery")
    served = np.isfinite(instance.cost_cny[:, can]).any(axis=1)
    lost = np.flatnonzero(instance.protected & ~served)
    if len(lost):
        raise InfeasibleError(
            f"latency and distance: no site near enough to unit {instance.ids[lost[0]]} has a recovery site"
        )


def canonical(instance: Instance) -> tuple[Instance, Ints, Ints]:
    """The same problem in an order that does not depend on the one given, and its rows of units and sites."""
    columns = np.sort(instance.cost_cny, axis=0)
    keys = [instance.most_racks, instance.more_racks, instance.serve_cny, instance.open_cny]
    site = np.lexsort([*columns[::-1], *keys])
    rows = instance.cost_cny[:, site]
    unit = np.lexsort([*rows.T[::-1], instance.mbps, instance.standby_racks, instance.racks])
    new = np.argsort(site)
    ways = instance.ways
    ordered = np.lexsort([ways.line_cny, ways.kind, new[ways.at], new[ways.site]])
    by_unit = {name: getattr(instance, name)[unit] for name in ("ids", "racks", "standby_racks", "mbps")}
    by_site = {
        name: getattr(instance, name)[site]
        for name in (
            "open_cny",
            "serve_cny",
            "most_racks",
            "more_racks",
            "more_cny",
            "must_open",
            "standby_cny",
        )
    }
    return (
        replace(
            instance,
            names=tuple(instance.names[i] for i in site),
            cost_cny=np.ascontiguousarray(rows[unit]),
            ways=Ways(
                new[ways.site[ordered]],
                new[ways.at[ordered]],
                ways.kind[ordered],
                ways.line_mbps[ordered],
                ways.line_cny[ordered],
            ),
            **by_unit,
            **by_site,
        ),
        unit,
        site,
    )
