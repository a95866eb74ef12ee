"""Siting as a whole-number model: which sites are open, who serves whom, how each recovers.

A unit is served by one open site; racks bind each site with what stands by in it; a site with protected
units recovers in one way, with whole lines of one kind. Arcs that cannot be part of a better answer may be
left out (see ``solve``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..solver import Model
from .instance import Bools, Floats, Instance, Ints

SAFE = 1e-9


@dataclass(frozen=True)
class Columns:
    """Numbers of the columns; ``unit`` and ``site`` of each arc, shape (arcs,)."""

    unit: Ints
    site: Ints
    serves: Ints  # arcs
    is_open: Ints  # sites
    in_use: Ints  # sites: serves any unit
    recovers: Ints  # sites: has a recovery site
    added: Ints  # sites: racks added
    way: Ints  # ways
    lines: Ints
    mbps: Ints
    standby: Ints


@dataclass(frozen=True)
class Answer:
    """What the model found; ``site`` is empty if nothing."""

    site: Ints
    open: Bools
    way: Ints
    bound_cny: float
    infeasible: bool


def build(instance: Instance, keep: Bools) -> tuple[Model, Columns]:
    """The model over the arcs kept, shape (units, sites)."""
    model = Model("siting")
    unit, site = np.nonzero(keep)
    sites, ways = len(instance.names), len(instance.ways.site)
    columns = Columns(
        unit=unit,
        site=site,
        serves=model.columns("x", len(unit), cost=instance.cost_cny[unit, site], high=1, whole=True),
        is_open=model.columns(
            "open", sites, cost=instance.open_cny, low=instance.must_open.astype(float), high=1, whole=True
        ),
        in_use=model.columns("use", sites, cost=instance.serve_cny, high=1, whole=True),
        recovers=model.columns("safe", sites, high=1.0 if ways else 0.0, whole=True),
        added=model.columns("added", sites, cost=instance.more_cny, high=instance.more_racks),
        way=model.columns("way", ways, high=1, whole=True),
        lines=model.columns("lines", ways, cost=instance.ways.line_cny, whole=True),
        mbps=model.columns("mbps", ways),
        standby=model.columns("standby", ways, cost=instance.standby_cny[instance.ways.at]),
    )
    _assignment(model, instance, columns)
    _racks(model, instance, columns)
    if ways:
        _recovery(model, instance, columns)
    return model, columns


def _pairs(model: Model, family: str, small: Ints, large: Ints) -> None:
    """Rows ``small <= large``, one for each pair of columns."""
    n = len(small)
    row = np.tile(np.arange(n), 2)
    model.rows(family, row, np.concatenate([small, large]), np.repeat([1.0, -1.0], n), high=0.0, count=n)


def _assignment(model: Model, instance: Instance, c: Columns) -> None:
    units, sites = instance.cost_cny.shape
    model.rows("once", c.unit, c.serves, 1.0, low=1.0, high=1.0, count=units)
    protected = instance.protected[c.unit]
    _pairs(model, "served", c.serves[~protected], c.in_use[c.site[~protected]])
    _pairs(model, "safely", c.serves[protected], c.recovers[c.site[protected]])
    if protected.any():
        _pairs(model, "safe", c.recovers, c.in_use)
    _pairs(model, "opened", c.in_use, c.is_open)
    low, high = float(instance.least), float(min(instance.most, sites))
    model.rows("number", np.zeros(sites, dtype=np.int64), c.is_open, 1.0, low=low, high=high)


def _racks(model: Model, instance: Instance, c: Columns) -> None:
    """What units need and what stands by fits into the racks of an open site, with those added."""
    limited = np.isfinite(instance.most_racks)
    number = np.cumsum(limited) - 1
    arcs, ways = limited[c.site], limited[instance.ways.at]
    model.rows(
        "racks",
        np.concatenate(
            [number[c.site[arcs]], number[instance.ways.at[ways]], number[limited], number[limited]]
        ),
        np.concatenate([c.serves[arcs], c.standby[ways], c.is_open[limited], c.added[limited]]),
        np.concatenate(
            [
                instance.racks[c.unit[arcs]],
                np.ones(int(ways.sum())),
                -instance.most_racks[limited],
                -np.ones(int(limited.sum())),
            ]
        ),
        high=0.0,
        count=int(limited.sum()),
    )
    some = np.flatnonzero(instance.more_racks > 0)
    row = np.tile(np.arange(len(some)), 2)
    entries = np.concatenate([np.ones(len(some)), -instance.more_racks[some]])
    model.rows(
        "adding", row, np.concatenate([c.added[some], c.is_open[some]]), entries, high=0.0, count=len(some)
    )


def _recovery(model: Model, instance: Instance, c: Columns) -> None:
    """Each site that is safe recovers in one way, at an open site, and all its changes go there."""
    ways, sites, n = instance.ways, len(instance.names), len(instance.ways.site)
    row = np.concatenate([ways.site, np.arange(sites)])
    ones = np.concatenate([np.ones(n), -np.ones(sites)])
    model.rows("oneway", row, np.concatenate([c.way, c.recovers]), ones, low=0.0, high=0.0, count=sites)
    _pairs(model, "at", c.way, c.is_open[ways.at])
    _pairs(model, "line", c.way, c.lines)
    for family, column, need in (
        ("changes", c.mbps, instance.mbps),
        ("ready", c.standby, instance.standby_racks),
    ):
        row = np.concatenate([ways.site, c.site])
        values = np.concatenate([np.ones(n), -need[c.unit]])
        model.rows(family, row, np.concatenate([column, c.serves]), values, low=0.0, high=0.0, count=sites)
        values = np.concatenate([np.ones(n), -np.full(n, float(need.sum()))])
        row = np.tile(np.arange(n), 2)
        model.rows(f"{family}way", row, np.concatenate([column, c.way]), values, high=0.0, count=n)
    values = np.concatenate([np.ones(n), -ways.line_mbps])
    row = np.tile(np.arange(n), 2)
    model.rows("carried", row, np.concatenate([c.mbps, c.lines]), values, high=0.0, count=n)


def solve_model(
    instance: Instance,
    keep: Bools,
    start: tuple[Ints, Bools, Ints] | None,
    *,
    nodes: int,
    gap: float,
    seconds: float | None,
) -> Answer:
    """Solve over the arcs kept, from an answer (site, open, way) if there is one."""
    model, columns = build(instance, keep)
    given = None if start is None else _vector(instance, columns, *start)
    found = model.solve(nodes=nodes, gap=gap, seconds=seconds, start=given)
    bound = found.bound - SAFE * abs(found.bound) if np.isfinite(found.bound) else found.bound
    sites = len(instance.names)
    way = np.full(sites, -1, dtype=np.int64)
    if not len(found.x):
        none = np.empty(0, dtype=np.int64)
        return Answer(none, np.zeros(sites, dtype=np.bool_), way, bound, found.infeasible)
    arcs = np.flatnonzero(found.x[columns.serves] > 0.5)
    site = np.zeros(len(instance.ids), dtype=np.int64)
    site[columns.unit[arcs]] = columns.site[arcs]
    taken = np.flatnonzero(found.x[columns.way] > 0.5)
    way[instance.ways.site[taken]] = taken
    return Answer(site, found.x[columns.is_open] > 0.5, way, bound, infeasible=False)


def _vector(instance: Instance, c: Columns, site: Ints, is_open: Bools, way: Ints) -> NDArray[np.float64]:
    """An answer as values of the columns."""
    sites, ways = len(instance.names), instance.ways
    load = [
        np.bincount(site, v, minlength=sites) for v in (instance.racks, instance.standby_racks, instance.mbps)
    ]
    x: Floats = np.zeros(int(max(c.standby.max(initial=-1), c.added.max())) + 1)
    x[c.serves] = site[c.unit] == c.site
    x[c.is_open] = is_open
    x[c.in_use] = np.bincount(site, minlength=sites) > 0
    safe = np.bincount(site, instance.protected, minlength=sites) > 0
    x[c.recovers] = safe
    used = load[0].copy()
    for i in np.flatnonzero(safe).tolist():
        w = int(way[i])
        x[c.way[w]] = 1
        x[c.standby[w]], x[c.mbps[w]] = load[1][i], load[2][i]
        x[c.lines[w]] = max(np.ceil(load[2][i] / ways.line_mbps[w] - SAFE), 1)
        used[ways.at[w]] += load[1][i]
    x[c.added] = np.clip(used - instance.most_racks, 0, instance.more_racks)
    return x
