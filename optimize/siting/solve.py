"""Choosing sites: prices for a bound, search for an answer, a whole-number model for what is left.

The prices prove how much a unit served from a site would cost at least in all; whatever costs more than
the best answer known is left out of the model, so that the model's bound holds for the whole problem.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...scenarios.errors import InfeasibleError
from ..solver import solver_name
from .dual import Prices, forced_cny, raise_prices
from .instance import Bools, Choice, Instance, Ints, canonical, reject_impossible, total_cny
from .model import solve_model
from .search import Search

# The search tries so many sets of open sites; one takes about a millisecond with 3,000 units.
LOOKS = 4000
STEPS = 600


@dataclass(frozen=True)
class Effort:
    """How much is tried. A model of more arcs than ``most_arcs`` is not solved."""

    most_arcs: int = 12_000
    nodes: int = 3000
    gap: float = 2e-3
    seconds: float | None = None


def choose_sites(instance: Instance, effort: Effort | None = None) -> Choice:
    """The sites to open, the site of each unit, how sites recover, and a proven bound on the cost.

    Raises:
        InfeasibleError: no choice keeps all limits, or none was found; says which limits.
    """
    reject_impossible(instance)
    wanted = effort or Effort()
    it, unit, site = canonical(instance)
    found = _choose(it, wanted)
    site_of = np.empty_like(found.site)
    site_of[unit] = site[found.site]
    is_open = np.zeros_like(found.open)
    is_open[site] = found.open
    way = _ways_of(instance, it, site, found.way)
    return Choice(site_of, is_open, way, found.cost_cny, found.bound_cny, found.method)


def _ways_of(instance: Instance, it: Instance, site: Ints, way: Ints) -> Ints:
    """Rows of the ways of an instance for those of its canonical form."""
    given = instance.ways
    rows = {key: w for w, key in enumerate(zip(given.site, given.at, given.kind, strict=True))}
    found = np.full_like(way, -1)
    for i in np.flatnonzero(way >= 0).tolist():
        w = way[i]
        found[site[i]] = rows[site[i], site[it.ways.at[w]], it.ways.kind[w]]
    return found


def _choose(it: Instance, effort: Effort) -> Choice:
    search = Search(it)
    _first_looks(it, search)

    def look(is_open: Bools) -> float:
        search.look(is_open)
        return search.cost_cny if np.isfinite(search.cost_cny) else _dear(it)

    prices = raise_prices(it, look(search.open), STEPS, look)
    search.improve(_starts(it, prices), LOOKS)
    method = "Lagrangian prices, search over sites"
    keep, bound = _kept(it, prices, search), min(prices.bound_cny, search.cost_cny)
    unsolved = search.cost_cny - bound > effort.gap * abs(search.cost_cny)
    if (unsolved or not np.isfinite(search.cost_cny)) and int(keep.sum()) <= effort.most_arcs:
        start = (search.site, search.open, search.way) if np.isfinite(search.cost_cny) else None
        answer = solve_model(it, keep, start, nodes=effort.nodes, gap=effort.gap / 2, seconds=effort.seconds)
        if answer.infeasible and start is None:
            raise InfeasibleError(_together(it))
        method = f"{method}, model ({solver_name()})"
        # Whatever was left out costs at least as much as the best answer known.
        bound = max(bound, min(answer.bound_cny, search.cost_cny))
        cost = total_cny(it, answer.site, answer.open, answer.way) if len(answer.site) else np.inf
        if cost < search.cost_cny:
            return Choice(answer.site, answer.open, answer.way, cost, min(bound, cost), method)
    if not np.isfinite(search.cost_cny):
        raise InfeasibleError(f"{_together(it)} (none was found, and none was ruled out)")
    cost = total_cny(it, search.site, search.open, search.way)
    return Choice(search.site, search.open, search.way, cost, min(bound, cost), method)


def _together(it: Instance) -> str:
    limits = ["racks", "number of sites"]
    if not np.isfinite(it.cost_cny).all():
        limits.append("latency")
    if it.protected.any():
        limits.append("distance of recovery sites")
    return f"no choice of sites keeps these limits together: {', '.join(limits)}"


def _dear(it: Instance) -> float:
    """More than any answer costs, where none is known."""
    finite = np.where(np.isfinite(it.cost_cny), it.cost_cny, 0.0)
    return float(finite.max(axis=1).sum() + np.abs(it.open_cny).sum() + np.abs(it.serve_cny).sum()) + 1.0


def _first_looks(it: Instance, search: Search) -> None:
    """All sites, or as many of those that are cheapest for all units as may be open."""
    sites = len(it.names)
    cost = np.where(np.isfinite(it.cost_cny), it.cost_cny, 1e3 * _dear(it)).mean(axis=0)
    order = np.lexsort([cost, -it.must_open.astype(np.int64)])
    for count in sorted({it.least, min(it.least + 1, it.most, sites), min(it.most, sites)}):
        is_open = np.zeros(sites, dtype=np.bool_)
        is_open[order[:count]] = True
        search.look(is_open)


def _starts(it: Instance, prices: Prices) -> list[Bools]:
    """The sites that result in least at the prices, in every number allowed."""
    order = np.lexsort([prices.site_cny, -it.must_open.astype(np.int64)])
    starts = []
    for count in range(it.least, min(it.most, len(order)) + 1):
        is_open = np.zeros(len(order), dtype=np.bool_)
        is_open[order[:count]] = True
        starts.append(is_open)
    return starts


def _kept(it: Instance, prices: Prices, search: Search) -> Bools:
    """Arcs that may be part of a better answer than the best known, and those of that, (units, sites)."""
    keep = np.isfinite(it.cost_cny)
    if np.isfinite(search.cost_cny):
        least = prices.bound_cny + np.maximum(prices.reduced_cny, 0) + forced_cny(it, prices)[:, None]
        keep = keep & (least < search.cost_cny).T
        keep[np.arange(len(keep)), search.site] = True
    return keep
