"""From a scenario and what is to be housed to a siting problem.

Hosts are not packed yet: the cheapest fleet by volume says what all of them take together, and each unit
takes the share of it that its components would cost at the fleet's prices of vCPU, memory and disk.
Capital for hosts is the same everywhere and left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...scenarios.cloud import Cloud
from ...scenarios.draw_places import place_of_units
from ...scenarios.schema import Scenario
from ...scenarios.sites import Site, distance_km, round_trip_ms
from ...scenarios.world import World
from ..access import HEADROOM, line_rents, lines_needed, unit_traffic
from ..hosts import HostTypes, Ratios, Weights, annuity, energy_cny_per_w_year, power_w, yearly_cost
from ..solver import minimise
from .instance import Floats, Instance, Ints, Ways
from .protection import Protection

Bools = NDArray[np.bool_]
Rows = NDArray[np.int32]


@dataclass(frozen=True)
class Housing:
    """What is to be housed, shape (components,) each where not said otherwise.

    Attributes:
        rows: server rows.
        sizes: vCPU, memory and disk, shape (components, 3).
        pools: number of pools (zones and levels) that each site will have.
        mean_ssj_per_vcpu: mean demand behind one vCPU given out.
    """

    rows: Ints
    sizes: Floats
    pools: int
    types: HostTypes
    mean_ssj_per_vcpu: float


@dataclass(frozen=True)
class Fleet:
    """The cheapest fleet by volume for all components.

    Attributes:
        share: of it that each component takes, shape (components,).
        racks: it fills.
        power_w: it draws at the mean planned load; ``idle_w`` at none.
        host_cny: yearly cost of a mean host.
    """

    share: Floats
    racks: float
    power_w: float
    idle_w: float
    host_cny: float


def cheapest_by_volume(
    scenario: Scenario, cloud: Cloud, world: World, housing: Housing, weights: Weights
) -> Fleet:
    """The fleet that costs least and holds the sum of all sizes, in parts of hosts."""
    types, load = housing.types, housing.mean_ssj_per_vcpu
    costs = yearly_cost(scenario, cloud, world, types, load, weights)
    found = minimise(costs, types.capacity.T, housing.sizes.sum(axis=0))
    worth = housing.sizes @ np.maximum(found.duals, 0.0)
    idle = [scenario.hardware.curves[t.curve].watts[0] for t in cloud.host_types]
    return Fleet(
        share=worth / worth.sum(),
        racks=float(found.x @ types.rack_units) / cloud.rack_units_usable,
        power_w=float(found.x @ power_w(scenario, cloud, world, types, load)),
        idle_w=float(found.x @ np.array(idle)) * world.of(scenario.servers.config_factor),
        host_cny=found.cost / float(found.x.sum()),
    )


def candidates(cloud: Cloud) -> dict[str, Site]:
    """Sites that may open, in file order."""
    hubs_only = cloud.siting is not None and not cloud.siting.new_sites
    return {name: site for name, site in cloud.sites.items() if site.kind == "hub" or not hubs_only}


def unit_km(world: World, sites: dict[str, Site]) -> Floats:
    """Distance of each unit to each site, NaN if unknown, shape (units, sites)."""
    units = world.estate.units
    north, east = _coordinates(sites)
    return distance_km(units.latitude[:, None], units.longitude[:, None], north, east)


def site_km(sites: dict[str, Site]) -> Floats:
    """Distance between sites, NaN if unknown, shape (sites, sites)."""
    north, east = _coordinates(sites)
    return distance_km(north[:, None], east[:, None], north, east)


def _coordinates(sites: dict[str, Site]) -> tuple[Floats, Floats]:
    north = [np.nan if site.latitude is None else site.latitude for site in sites.values()]
    east = [np.nan if site.longitude is None else site.longitude for site in sites.values()]
    return np.array(north), np.array(east)


def siting_problem(
    scenario: Scenario,
    cloud: Cloud,
    world: World,
    housing: Housing,
    moves: Bools,
    protection: Protection | None,
    weights: Weights,
    taken: Floats,
) -> tuple[Instance, Ints]:
    """The problem, and the row of Units of each of its units.

    Args:
        moves: systems that move, shape (systems,).
        taken: racks that hosts fill over those planned for them, by site of the cloud, shape (sites,).
    """
    sites = candidates(cloud)
    fleet = cheapest_by_volume(scenario, cloud, world, housing, weights)
    traffic_mbps, served = unit_traffic(world, moves)
    unit = np.flatnonzero(served)
    owner = world.estate.systems.unit[world.estate.servers.system[housing.rows]]
    shares = np.zeros(len(served))
    np.add.at(shares, owner, fleet.share)
    share = shares[unit]
    fill = world.of(cloud.rack_fill)
    ratios = [Ratios.of(world, site) for site in sites.values()]
    terms = _Terms.of(scenario, cloud, world, sites)
    watt_cny = np.array([energy_cny_per_w_year(scenario, cloud, world, weights, r) for r in ratios])
    km = unit_km(world, sites)[unit]
    housed = fleet.power_w * watt_cny + fleet.racks * (terms.space_cny + terms.fitout_cny / fill)
    lines = lines_needed(scenario, cloud.access_line, traffic_mbps[unit])[:, None, :]
    access = (lines * line_rents(scenario, world, cloud.access_line, km)).min(axis=2)
    cost = share[:, None] * housed + access
    cost[~_allowed(cloud, sites, km) | _pinned_elsewhere(scenario, cloud, world, sites)[unit]] = np.inf
    standby = np.zeros(len(served))
    mbps = np.zeros(len(served))
    ways = Ways.none()
    if protection is not None:
        mine = protection.protected[world.estate.servers.system[housing.rows]]
        np.add.at(standby, owner[mine], fleet.share[mine] * fleet.racks / fill * protection.hosts_ready)
        np.add.at(mbps, world.estate.systems.unit, protection.mbps)
        ways = _ways(scenario, cloud, world, protection, sites)
    idle_cny = watt_cny * fleet.idle_w / max(fleet.racks, 1e-12) if protection and protection.runs else 0.0
    siting, n = cloud.siting, len(sites)
    fuller = taken[[list(cloud.sites).index(name) for name in sites]]
    return Instance(
        names=tuple(sites),
        ids=world.estate.units.id[unit].astype(np.int64),
        cost_cny=cost,
        racks=share * fleet.racks / fill,
        open_cny=terms.open_cny,
        serve_cny=np.full(n, housing.pools * cloud.standby_hosts * fleet.host_cny),
        most_racks=terms.most_racks / fuller,
        more_racks=terms.more_racks / fuller,
        more_cny=terms.more_cny,
        must_open=np.zeros(n, dtype=np.bool_),
        least=siting.least_sites if siting else 1,
        most=siting.most_sites if siting and siting.most_sites else n,
        standby_racks=standby[unit],
        standby_cny=terms.fitout_cny + fill * (terms.space_cny + idle_cny),
        mbps=mbps[unit],
        ways=ways,
    ), unit


def _allowed(cloud: Cloud, sites: dict[str, Site], km: Floats) -> Bools:
    """Whether a unit may be served from a site: near enough, and open as early as the cloud."""
    early = np.array([s.opens is None or s.opens <= cloud.opens for s in sites.values()], dtype=np.bool_)
    allowed = np.broadcast_to(early, km.shape)
    limit = cloud.siting.latency_ms if cloud.siting else None
    return allowed if limit is None else allowed & (round_trip_ms(km) <= limit)


def _pinned_elsewhere(scenario: Scenario, cloud: Cloud, world: World, sites: dict[str, Site]) -> Bools:
    """Whether a unit is pinned to another site, shape (units, sites)."""
    level, site = world.estate.units.level, np.array(list(sites))
    elsewhere = np.zeros((len(level), len(site)), dtype=bool)
    place = place_of_units(scenario.estate, level)
    for pinned in reversed(cloud.siting.pinned if cloud.siting else ()):
        mine = _among(list(scenario.estate.levels), pinned.levels, level)
        mine &= _among(list(scenario.estate.places), pinned.places, place)
        elsewhere[mine] = site != pinned.site
    return elsewhere


def _among(names: list[str], some: tuple[str, ...], row: Rows) -> Bools:
    """Whether rows of a table are among some of its names; all are if none is named."""
    if not some:
        return np.ones(len(row), dtype=bool)
    return np.isin(row, [names.index(name) for name in some])


@dataclass(frozen=True)
class _Terms:
    """What sites cost and hold, shape (sites,) each: CNY a year, per site or per rack."""

    open_cny: Floats
    space_cny: Floats
    fitout_cny: Floats
    more_cny: Floats
    most_racks: Floats
    more_racks: Floats

    @classmethod
    def of(cls, scenario: Scenario, cloud: Cloud, world: World, sites: dict[str, Site]) -> _Terms:
        rate = world.of(scenario.prices.discount_rate)
        yearly = annuity(rate, world.of(scenario.rooms["room"].fitout_life_years))
        wage = world.of(scenario.prices.staff_cny_per_fte)
        every = list(sites.values())

        def each(name: str) -> Floats:
            given = [getattr(site, name) for site in every]
            return np.array([0.0 if value is None else world.of(value) for value in given])

        ratios = [Ratios.of(world, site) for site in every]
        return cls(
            open_cny=each("fixed_cny_per_year") + each("opening_cny") * yearly + each("staff_fte") * wage,
            space_cny=world.of(cloud.space_cny_per_rack_year) * np.array([r.space for r in ratios]),
            fitout_cny=world.of(cloud.fitout_cny_per_rack) * yearly * np.array([r.fitout for r in ratios]),
            more_cny=each("expansion_cny_per_rack") * yearly,
            most_racks=np.array([np.inf if site.racks is None else site.racks for site in every]),
            more_racks=np.array([site.expansion_racks for site in every]),
        )


def _ways(
    scenario: Scenario, cloud: Cloud, world: World, protection: Protection, sites: dict[str, Site]
) -> Ways:
    """Pairs of sites at the distance asked for, once for each kind of line."""
    recovery = protection.recovery
    km = site_km(sites)
    near_enough = (km >= recovery.min_km) & (km <= recovery.farthest_km())
    np.fill_diagonal(near_enough, False)
    if recovery.site is not None:
        near_enough &= np.array([name == recovery.site for name in sites])
    site, at = np.nonzero(near_enough)
    names = recovery.line or cloud.access_line
    rents = line_rents(scenario, world, names, km[site, at])
    kinds = np.array([list(scenario.lines).index(name) for name in names], dtype=np.int64)
    usable = np.array([scenario.lines[name].mbps for name in names]) / HEADROOM
    n = len(names)
    return Ways(
        np.repeat(site, n),
        np.repeat(at, n),
        np.tile(kinds, len(site)),
        np.tile(usable, len(site)),
        rents.ravel(),
    )
