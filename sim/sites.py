"""The cloud sites of a plan: what the scenario says of each, else what it says of the cloud."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..optimize.access import line_rents
from ..optimize.hosts import Ratios
from ..optimize.plan import Plan, SiteRecovery
from ..scenarios.cloud import Cloud
from ..scenarios.estate import NEVER
from ..scenarios.schema import Scenario
from ..scenarios.sites import Site
from ..scenarios.world import World
from .daybook import cloud_site
from .timeline import Ints, Timeline, hour_of_month

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

UNNAMED = "cloud"  # the one site of a scenario that names none
_NOT_IN_RUN = int(NEVER)


@dataclass(frozen=True)
class SiteTerms:
    """One site of a plan.

    Attributes:
        opens_h: hour from which it costs staff and upkeep: its opening day; where nothing runs there but
            recovery hosts, the day of the first of them.
        ratios: of its PUE, tariff, grid factor and prices over those of the cloud or the scenario.
        racks: most racks before it must be extended; infinite without a limit.
        expansion_cny: extra cost of each rack beyond.
    """

    opens_h: int
    ratios: Ratios
    pue: float
    staff_fte: float
    space_cny_per_rack_year: float
    fitout_cny_per_rack: float
    racks: float
    expansion_cny: float
    fixed_cny_per_year: float
    opening_cny: float


def host_site(plan: Plan) -> Indices:
    """Row of Plan.sites of each host, shape (hosts,)."""
    return plan.pool_site[plan.hosts.pool].astype(np.int64)


def host_codes(plan: Plan) -> NDArray[np.int32]:
    """Where each host is booked, as in Ledger, shape (hosts,): its room, or its site."""
    return cloud_site(host_site(plan)) if plan.host_room is None else plan.host_room


def hosts_off_h(plan: Plan, timeline: Timeline) -> Ints:
    """Hour at which each host is given up, shape (hosts,): when its room closes, NEVER at a site."""
    if plan.host_room is None:
        return np.full(len(plan.hosts.pool), NEVER, dtype=np.int32)
    return timeline.room_close_h[plan.host_room]


def first_on_h(plan: Plan, on_h: NDArray[np.integer], hosts: NDArray[np.bool_] | None = None) -> Indices:
    """Hour at which the first host of each site is on, shape (sites,); NEVER where none is.

    Args:
        on_h: of each host, shape (hosts,).
        hosts: which hosts count; all if None.
    """
    counts = np.ones(len(on_h), dtype=np.bool_) if hosts is None else hosts
    first = np.full(len(plan.sites), _NOT_IN_RUN, dtype=np.int64)
    np.minimum.at(first, host_site(plan)[counts], on_h[counts])
    return first


def site_terms(scenario: Scenario, world: World, plan: Plan) -> list[SiteTerms]:
    """Every site of a plan that builds, in the order of Plan.sites."""
    cloud = scenario.alternatives[plan.alternative].cloud
    assert cloud is not None, "a plan with hosts has a cloud"
    on_h = hour_of_month(world.clock, plan.hosts.buy_month)
    first_h = first_on_h(plan, on_h)
    working_h = first_on_h(plan, on_h, plan.hosts.recovers < 0)
    found = []
    for row, name in enumerate(plan.sites):
        site = cloud.sites.get(name)
        opens_h = world.clock.hour_of((site and site.opens) or cloud.opens)
        if working_h[row] == _NOT_IN_RUN:
            opens_h = max(opens_h, int(first_h[row]))
        found.append(_terms(world, cloud, site, opens_h, first=row == 0))
    return found


def _terms(world: World, cloud: Cloud, site: Site | None, opens_h: int, first: bool) -> SiteTerms:
    def given(field: str, usual: float) -> float:
        quantity = getattr(site, field, None)
        return usual if quantity is None else world.of(quantity)

    ratios = Ratios.of(world, site)
    return SiteTerms(
        opens_h=opens_h,
        ratios=ratios,
        pue=world.of(cloud.pue) * ratios.pue,
        staff_fte=given("staff_fte", world.of(cloud.staff_fte) if first else 0.0),
        space_cny_per_rack_year=world.of(cloud.space_cny_per_rack_year) * ratios.space,
        fitout_cny_per_rack=world.of(cloud.fitout_cny_per_rack) * ratios.fitout,
        racks=np.inf if site is None or site.racks is None else site.racks,
        expansion_cny=given("expansion_cny_per_rack", 0.0),
        fixed_cny_per_year=given("fixed_cny_per_year", 0.0),
        opening_cny=given("opening_cny", 0.0),
    )


def shared_line_rents(scenario: Scenario, world: World, plan: Plan) -> Floats:
    """Yearly rent of one shared line of each unit to its site in CNY, shape (units,)."""
    km = np.full(len(plan.shared_line), np.nan) if plan.siting is None else plan.siting.distance_km
    return _rents(scenario, world, plan.shared_line, km)


def replication_rents(scenario: Scenario, world: World, recovery: SiteRecovery) -> Floats:
    """Yearly rent of one replication line of each site in CNY, shape (sites,)."""
    return _rents(scenario, world, recovery.replication_line, recovery.distance_km)


def _rents(scenario: Scenario, world: World, kind: NDArray[np.integer], km: Floats) -> Floats:
    """Rent of a line of each kind (a row of scenario.lines) over a distance."""
    return np.take_along_axis(line_rents(scenario, world, list(scenario.lines), km), kind[:, None], 1)[:, 0]
