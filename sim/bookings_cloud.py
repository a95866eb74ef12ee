"""What the cloud costs: hosts, racks, platform, staff and the units' shared lines."""

from __future__ import annotations

import numpy as np

from ..optimize.plan import Hosts, Plan
from ..scenarios.estate import NEVER
from ..scenarios.schema import Cloud, Scenario
from ..scenarios.world import World
from .daybook import CLOUD_SITE, Daybook, PriceLevels, office, shares
from .machines import book_maintenance, book_purchases, book_removals, host_machines
from .timeline import Ints, Timeline


def book_cloud(
    book: Daybook, scenario: Scenario, world: World, plan: Plan, timeline: Timeline, levels: PriceLevels
) -> None:
    """Book everything on the cloud's side but energy."""
    cloud = scenario.alternatives[plan.alternative].cloud
    assert cloud is not None
    _book_shared_lines(book, scenario, world, plan, timeline, levels)
    _book_centre(book, scenario, world, cloud, timeline, levels)
    _book_racks(book, world, cloud, plan.hosts, timeline.host_on_h, levels)
    _book_hosts(book, scenario, world, cloud, plan.hosts, levels)


def _book_shared_lines(
    book: Daybook, scenario: Scenario, world: World, plan: Plan, timeline: Timeline, levels: PriceLevels
) -> None:
    start_h = timeline.unit_line_start_h
    years = shares(world.clock, start_h, np.full_like(start_h, NEVER))
    rents = np.array([world.of(line.price_cny_per_year) for line in scenario.lines.values()])
    site = office(np.arange(len(start_h), dtype=np.int32))
    count = plan.shared_lines.astype(np.float64)
    book.add_years("shared_line", site, years, rents[plan.shared_line], levels.line, count)


def _book_centre(
    book: Daybook, scenario: Scenario, world: World, cloud: Cloud, timeline: Timeline, levels: PriceLevels
) -> None:
    """Staff and platform."""
    clock, never = world.clock, np.array([NEVER])
    years = shares(clock, np.array([clock.hour_of(cloud.opens)]), never)
    wage = world.of(scenario.prices.staff_cny_per_fte)
    book.add_years("cloud_staff", CLOUD_SITE, years, wage, levels.staff, world.of(cloud.staff_fte))
    base = world.of(cloud.platform_cny_per_year)
    book.add_years("platform_base", CLOUD_SITE, years, base, levels.constant)
    hosts = shares(clock, timeline.host_on_h, np.full_like(timeline.host_on_h, NEVER))
    licence = world.of(cloud.platform_cny_per_host_year)
    book.add_years("platform_hosts", CLOUD_SITE, hosts, licence, levels.constant)


def _book_racks(
    book: Daybook, world: World, cloud: Cloud, hosts: Hosts, on_h: Ints, levels: PriceLevels
) -> None:
    """Space of each rack from the first host in it; fit-out for the full build-out with the first host.

    The site is fitted out for its design load, of which the planned hosts draw ``rack_fill``.
    """
    bought = np.flatnonzero(on_h != NEVER)
    if not len(bought):
        return
    order = bought[np.argsort(on_h[bought], kind="stable")]
    units = np.cumsum(hosts.rack_units[order])
    needed = np.ceil(units / cloud.rack_units_usable - 1e-9).astype(np.int64)
    first_host = np.searchsorted(needed, np.arange(1, needed[-1] + 1))
    start_h = on_h[order][first_host]
    years = shares(world.clock, start_h, np.full_like(start_h, NEVER))
    space = world.of(cloud.space_cny_per_rack_year)
    book.add_years("cloud_space", CLOUD_SITE, years, space, levels.constant)
    built = np.ceil(units[-1:] / cloud.rack_units_usable / world.of(cloud.rack_fill) - 1e-9)
    cost = built * world.of(cloud.fitout_cny_per_rack)
    book.add("cloud_fitout", CLOUD_SITE, hosts.buy_month[order[:1]], built, cost)


def _book_hosts(
    book: Daybook, scenario: Scenario, world: World, cloud: Cloud, hosts: Hosts, levels: PriceLevels
) -> None:
    terms, life = scenario.servers, world.of(cloud.host_life_years)
    machines = host_machines(world, hosts.price_cny, hosts.buy_month, life)
    site = np.full(len(machines.slot), CLOUD_SITE)
    carbon = world.of(terms.embodied_kgco2e)
    first = machines.generation == 0
    new = machines.only(first)
    book_purchases(book, "host_new", site[first], new, levels, carbon)
    network = new.price_cny * world.of(cloud.network_share) * levels.hardware[new.bought_month]
    book.add("network_new", CLOUD_SITE, new.bought_month, np.ones(len(network)), network)
    book_purchases(book, "host_refresh", site[~first], machines.only(~first), levels, carbon)
    book_maintenance(book, "host_maintenance", site, machines, levels, world, terms)
    book_removals(book, site, machines, levels, world, terms, life)
