"""What the cloud costs: sites, hosts, racks, platform, staff, the units' shared lines, replication."""

from __future__ import annotations

import numpy as np

from ..optimize.plan import Plan
from ..optimize.waves import COPY_DAYS
from ..scenarios.cloud import Cloud
from ..scenarios.estate import NEVER
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .consequences import hours
from .daybook import CLOUD_SITE, Daybook, PriceLevels, cloud_site, cloud_sites, office, shares
from .interim import book_interim_lines
from .machines import book_maintenance, book_purchases, book_removals, host_machines
from .sites import (
    SiteTerms,
    host_codes,
    host_site,
    hosts_off_h,
    replication_rents,
    shared_line_rents,
    site_terms,
)
from .timeline import Ints, Timeline


def book_cloud(
    book: Daybook, scenario: Scenario, world: World, plan: Plan, timeline: Timeline, levels: PriceLevels
) -> None:
    """Book everything on the cloud's side but energy."""
    cloud = scenario.alternatives[plan.alternative].cloud
    assert cloud is not None
    _book_shared_lines(book, scenario, world, plan, timeline, levels)
    book_interim_lines(book, scenario, world, plan, timeline, levels)
    _book_replication(book, scenario, world, plan, levels)
    _book_platform(book, world, plan, cloud, timeline, levels)
    for row, terms in enumerate(site_terms(scenario, world, plan)):
        _book_site(book, scenario, world, row, terms, levels)
        _book_racks(book, world, cloud, plan, row, terms, timeline.host_on_h, levels)
    _book_hosts(book, scenario, world, cloud, plan, timeline, levels)


def book_room_hosts(
    book: Daybook, scenario: Scenario, world: World, plan: Plan, timeline: Timeline, levels: PriceLevels
) -> None:
    """Book hosts that stand in rooms, but for energy: they need no site, no line and no platform for all."""
    cloud = scenario.alternatives[plan.alternative].cloud
    assert cloud is not None
    _book_licences(book, world, plan, cloud, timeline, levels)
    _book_hosts(book, scenario, world, cloud, plan, timeline, levels)


def _book_shared_lines(
    book: Daybook, scenario: Scenario, world: World, plan: Plan, timeline: Timeline, levels: PriceLevels
) -> None:
    start_h = timeline.unit_line_start_h
    years = shares(world.clock, start_h, np.full_like(start_h, NEVER))
    site = office(np.arange(len(start_h)), cloud_sites(plan))
    count = plan.shared_lines.astype(np.float64)
    rents = shared_line_rents(scenario, world, plan)
    book.add_years("shared_line", site, years, rents, levels.line, count)


def _book_replication(
    book: Daybook, scenario: Scenario, world: World, plan: Plan, levels: PriceLevels
) -> None:
    """Lines that carry changes to recovery sites, from the first copy on."""
    if plan.recovery is None:
        return
    start_h = max(plan.recovery.ready_h - hours(COPY_DAYS), 0)
    lines = plan.recovery.replication_lines.astype(np.float64)
    years = shares(world.clock, np.full(len(lines), start_h), np.full(len(lines), NEVER))
    site = cloud_site(np.arange(len(lines)))
    rents = replication_rents(scenario, world, plan.recovery)
    book.add_years("replication_line", site, years, rents, levels.line, lines)


def _book_platform(
    book: Daybook, world: World, plan: Plan, cloud: Cloud, timeline: Timeline, levels: PriceLevels
) -> None:
    """Platform software: one platform for all sites, and a licence for each host."""
    clock = world.clock
    years = shares(clock, np.array([clock.hour_of(cloud.opens)]), np.array([NEVER]))
    base = world.of(cloud.platform_cny_per_year)
    book.add_years("platform_base", CLOUD_SITE, years, base, levels.constant)
    _book_licences(book, world, plan, cloud, timeline, levels)


def _book_licences(
    book: Daybook, world: World, plan: Plan, cloud: Cloud, timeline: Timeline, levels: PriceLevels
) -> None:
    """Platform software of each host."""
    hosts = shares(world.clock, timeline.host_on_h, hosts_off_h(plan, timeline))
    licence = world.of(cloud.platform_cny_per_host_year)
    book.add_years("platform_hosts", host_codes(plan), hosts, licence, levels.constant)


def _book_site(
    book: Daybook, scenario: Scenario, world: World, row: int, terms: SiteTerms, levels: PriceLevels
) -> None:
    """Staff and the cost of having the site, from its opening; the cost of opening it."""
    clock, site = world.clock, CLOUD_SITE - row
    years = shares(clock, np.array([terms.opens_h]), np.array([NEVER]))
    wage = world.of(scenario.prices.staff_cny_per_fte)
    book.add_years("cloud_staff", site, years, wage, levels.staff, terms.staff_fte)
    if terms.fixed_cny_per_year:
        book.add_years("site_fixed", site, years, terms.fixed_cny_per_year, levels.constant)
    if terms.opening_cny and terms.opens_h < clock.hours:
        month = np.array([clock.month_of_hour(terms.opens_h)])
        book.add("site_opening", site, month, np.ones(1), np.array([terms.opening_cny]))


def _book_racks(
    book: Daybook,
    world: World,
    cloud: Cloud,
    plan: Plan,
    row: int,
    terms: SiteTerms,
    on_h: Ints,
    levels: PriceLevels,
) -> None:
    """Space of each rack from the first host in it; fit-out for the full build-out with the first host.

    The site is fitted out for its design load, of which the planned hosts draw ``rack_fill``. Racks
    beyond those it has room for cost the extension as well. Where replicas share no rack it may take more.
    """
    hosts, site = plan.hosts, CLOUD_SITE - row
    bought = np.flatnonzero((on_h != NEVER) & (host_site(plan) == row))
    if not len(bought):
        return
    order = bought[np.argsort(on_h[bought], kind="stable")]
    units = np.cumsum(hosts.rack_units[order])
    needed = np.ceil(units / cloud.rack_units_usable - 1e-9).astype(np.int64)
    first_host = np.searchsorted(needed, np.arange(1, needed[-1] + 1))
    start_h = on_h[order][first_host]
    years = shares(world.clock, start_h, np.full_like(start_h, NEVER))
    book.add_years("cloud_space", site, years, terms.space_cny_per_rack_year, levels.constant)
    built = np.ceil(units[-1:] / cloud.rack_units_usable / world.of(cloud.rack_fill) - 1e-9)
    if cloud.apart == "rack":
        built = np.maximum(built, float(hosts.rack[bought].max()) + 1)
    cost = built * terms.fitout_cny_per_rack + np.maximum(built - terms.racks, 0) * terms.expansion_cny
    book.add("cloud_fitout", site, hosts.buy_month[order[:1]], built, cost)


def _book_hosts(
    book: Daybook,
    scenario: Scenario,
    world: World,
    cloud: Cloud,
    plan: Plan,
    timeline: Timeline,
    levels: PriceLevels,
) -> None:
    terms, life, hosts = scenario.servers, world.of(cloud.host_life_years), plan.hosts
    off_h = hosts_off_h(plan, timeline)
    machines = host_machines(world, hosts.price_cny, hosts.buy_month, hosts.bought_month, life, off_h)
    site = host_codes(plan)[machines.slot]
    carbon = world.of(terms.embodied_kgco2e)
    later = machines.generation > 0
    first = ~later & ~hosts.owned[machines.slot]
    new = machines.only(first)
    book_purchases(book, "host_new", site[first], new, levels, carbon)
    network = new.price_cny * world.of(cloud.network_share) * levels.hardware[new.bought_month]
    book.add("network_new", site[first], new.bought_month, np.ones(len(network)), network)
    book_purchases(book, "host_refresh", site[later], machines.only(later), levels, carbon)
    book_maintenance(book, "host_maintenance", site, machines, levels, world, terms)
    book_removals(book, site, machines, levels, world, terms, life)
