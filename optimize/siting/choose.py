"""Where the cloud stands: the sites of a plan, chosen before anything is packed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from ...scenarios.cloud import Cloud
from ...scenarios.draw_places import place_of_units
from ...scenarios.schema import Scenario
from ...scenarios.sites import Site
from ...scenarios.world import World
from ..hosts import Weights
from ..plan import Hosts, SitingProof
from .costs import Housing, candidates, site_km, siting_problem, unit_km
from .instance import Choice, Instance, Ints
from .protection import Protection, protection
from .solve import choose_sites

Rows = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Links:
    """How sites recover each other, shape (sites,) each; see ``plan.SiteRecovery``."""

    protection: Protection
    site: Rows
    distance_km: Floats
    mbps: Floats
    line: Rows
    lines: Rows


@dataclass(frozen=True)
class Sited:
    """The sites of a plan.

    Attributes:
        names: of the sites in use, in file order.
        unit_site: row of ``names`` for each unit, -1 if it has nothing on the cloud, shape (units,).
        unit_km: distance of each unit to its site, NaN if unknown, shape (units,).
        hub_rooms: room that each site extends, -1 for a new site, shape (sites,).
        proof: None where the scenario names no sites.
        links: None without recovery.
    """

    names: tuple[str, ...]
    unit_site: Rows
    unit_km: Floats
    hub_rooms: Rows
    proof: SitingProof | None
    links: Links | None

    @property
    def bound_cny(self) -> float:
        """Proven bound on the cost of the choice; infinite where there was none to make."""
        return self.proof.bound_cny_per_year if self.proof else np.inf

    def with_bound(self, bound_cny: float) -> Sited:
        """The same sites with a bound proven under looser limits, if that is lower."""
        if self.proof is None or bound_cny >= self.bound_cny:
            return self
        gap = self.proof.cost_cny_per_year / bound_cny - 1 if bound_cny > 0 else np.inf
        return replace(self, proof=replace(self.proof, bound_cny_per_year=bound_cny, gap=gap))


def one_site(served: Bools) -> Sited:
    """The cloud of a scenario that names no sites.

    Args:
        served: units with systems on the cloud, shape (units,).
    """
    nowhere = np.full(1, -1, dtype=np.int32)
    unit_site = np.where(served, 0, -1).astype(np.int32)
    return Sited(("cloud",), unit_site, np.full(len(served), np.nan), nowhere, None, None)


def site_units(
    scenario: Scenario,
    cloud: Cloud,
    world: World,
    housing: Housing,
    moves: Bools,
    moving: Bools,
    weights: Weights,
    taken: Floats,
) -> Sited:
    """Choose the sites of a cloud and the site of each unit.

    Args:
        moves: systems that move, shape (systems,).
        moving: servers that move with them, shape (servers,).
        taken: racks that hosts fill over those planned for them, by site of the cloud, shape (sites,).

    Raises:
        InfeasibleError: no choice keeps the limits; says which.
    """
    units = len(world.estate.units.id)
    if not cloud.sites:
        return one_site(np.bincount(world.estate.systems.unit[moves], minlength=units) > 0)
    started = perf_counter()
    guard = protection(cloud.recovery, world, moves, moving) if cloud.recovery else None
    instance, unit = siting_problem(scenario, cloud, world, housing, moves, guard, weights, taken)
    choice = choose_sites(instance)
    sites = candidates(cloud)
    rows = np.flatnonzero(choice.open)
    row_of = np.full(len(sites), -1, dtype=np.int32)
    row_of[rows] = np.arange(len(rows))
    unit_site, km = np.full(units, -1, dtype=np.int32), np.full(units, np.nan)
    unit_site[unit] = row_of[choice.site]
    km[unit] = unit_km(world, sites)[unit, choice.site]
    return Sited(
        names=tuple(instance.names[i] for i in rows),
        unit_site=unit_site,
        unit_km=km,
        hub_rooms=np.array(
            [_hub_room(scenario, world, sites[instance.names[i]]) for i in rows], dtype=np.int32
        ),
        proof=SitingProof(
            cost_cny_per_year=choice.cost_cny,
            bound_cny_per_year=choice.bound_cny,
            gap=choice.gap,
            method=choice.method,
            seconds=perf_counter() - started,
            candidates=instance.names,
            distance_km=km,
        ),
        links=None if guard is None else _links(instance, choice, guard, site_km(sites), rows, row_of),
    )


def overfull(cloud: Cloud, world: World, sited: Sited, hosts: Hosts, pool_site: Rows) -> Floats:
    """Racks that hosts fill, build-out included, over those that a site may have, by site of the cloud."""
    units, built = np.zeros(len(sited.names)), np.zeros(len(sited.names))
    np.add.at(units, pool_site[hosts.pool], hosts.rack_units)
    if cloud.apart == "rack":
        np.maximum.at(built, pool_site[hosts.pool], hosts.rack + 1.0)
    built = np.maximum(built, np.ceil(units / cloud.rack_units_usable / world.of(cloud.rack_fill) - 1e-9))
    over = np.zeros(len(cloud.sites))
    for row, name in enumerate(cloud.sites):
        limit = cloud.sites[name].racks
        if name in sited.names and limit is not None:
            most = max(limit + cloud.sites[name].expansion_racks, 1e-9)
            over[row] = built[sited.names.index(name)] / most
    return over


def _links(
    instance: Instance, choice: Choice, guard: Protection, km: Floats, rows: Ints, row_of: Rows
) -> Links:
    """Which open site recovers which, over which lines."""
    way = choice.way[rows]
    has, ways = way >= 0, instance.ways
    at = np.where(has, ways.at[way], -1)
    mbps = np.zeros(len(instance.names))
    np.add.at(mbps, choice.site, instance.mbps)
    usable = np.where(has, ways.line_mbps[way], np.inf)
    return Links(
        protection=guard,
        site=np.where(has, row_of[at], -1).astype(np.int32),
        distance_km=np.where(has, km[rows, at], np.nan),
        mbps=mbps[rows],
        line=np.where(has, ways.kind[way], -1).astype(np.int32),
        lines=np.where(has, np.maximum(np.ceil(mbps[rows] / usable - 1e-9), 1), 0).astype(np.int32),
    )


def _hub_room(scenario: Scenario, world: World, site: Site) -> int:
    """The largest machine room that stands today at the place of a hub; -1 if none, or for a new site."""
    if site.kind != "hub" or site.place is None:
        return -1
    place = place_of_units(scenario.estate, world.estate.units.level)
    here = place == list(scenario.estate.places).index(site.place)
    rooms = world.estate.rooms
    found = np.flatnonzero(here[rooms.unit] & (rooms.opens_month == 0))
    if not len(found):
        return -1
    return int(found[np.lexsort((-rooms.area_m2[found], -rooms.size_class[found]))[0]])
