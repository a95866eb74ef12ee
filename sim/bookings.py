"""Bookings: every cost of a future, booked once.

Rates (rents, contracts, staff) are booked by the share of the month in which they run; purchases and
other lumps in the month in which they fall. Prices follow their yearly change from the first year.
See bookings_rooms and bookings_cloud for what the rooms and the cloud cost; here: energy and moving.
Last comes who pays (finance).
"""

from __future__ import annotations

import numpy as np

from ..optimize.plan import Plan
from ..optimize.waves import ROLLED_BACK_EFFORT
from ..scenarios.elementary import power
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .bookings_cloud import book_cloud, book_room_hosts
from .bookings_rooms import book_rooms
from .daybook import MONTHS_PER_YEAR, Daybook, Floats, Ints, PriceLevels, cloud_site, cloud_sites
from .finance import financed
from .flow import Flow
from .ledger import Ledger
from .sites import site_terms
from .timeline import Timeline

PARTS = ("it", "ups", "cooling", "other")


def book(scenario: Scenario, world: World, plan: Plan, timeline: Timeline, flow: Flow) -> Ledger:
    """The ledger of one alternative in one world."""
    estate = world.estate
    daybook = Daybook(world.clock, len(estate.rooms.id), len(estate.units.id), cloud_sites(plan))
    levels = PriceLevels(scenario.prices, world)
    book_rooms(daybook, scenario, world, timeline, levels)
    if len(plan.hosts.buy_month):
        (book_cloud if plan.pool_room is None else book_room_hosts)(
            daybook, scenario, world, plan, timeline, levels
        )
        _book_moves(daybook, scenario, world, plan, timeline, levels)
    _book_energy(daybook, scenario, world, plan, flow, levels)
    return financed(scenario, world, plan, timeline, daybook.ledger())


def _book_moves(
    daybook: Daybook, scenario: Scenario, world: World, plan: Plan, timeline: Timeline, levels: PriceLevels
) -> None:
    migration = scenario.alternatives[plan.alternative].migration
    assert migration is not None
    moved = np.flatnonzero(timeline.moved_h < world.clock.hours)
    failed = timeline.rollbacks
    day_rate, systems = world.of(migration.day_rate_cny), world.estate.systems
    for item, system, hour, effort in (
        ("migration_labour", moved, timeline.moved_h[moved], 1.0),
        ("rollback_labour", failed.system, failed.hour, ROLLED_BACK_EFFORT),
    ):
        month = np.searchsorted(world.clock.month_edges_h, hour, side="right") - 1
        days = systems.effort_days[system] * effort
        daybook.add(item, systems.room[system], month, days, days * day_rate * levels.staff[month])


def _book_energy(
    daybook: Daybook, scenario: Scenario, world: World, plan: Plan, flow: Flow, levels: PriceLevels
) -> None:
    prices, grid = scenario.prices, scenario.grid
    years = np.arange(world.clock.months) // MONTHS_PER_YEAR
    carbon = world.of(grid.carbon_kg_per_kwh) * power(1.0 + world.of(grid.change_per_year), years)
    tariff = world.of(prices.electricity_cny_per_kwh) * levels.electricity
    rooms = np.arange(len(flow.room_kwh))
    places: list[tuple[str, Ints, Floats, Floats | None, Floats, Floats]] = [
        ("room", rooms, flow.room_kwh, flow.room_priced_kwh, np.ones(len(rooms)), np.ones(len(rooms)))
    ]
    if plan.sites:
        terms = site_terms(scenario, world, plan)
        ratio = world.of(prices.electricity_cloud_ratio) * np.array([site.ratios.tariff for site in terms])
        carbon_ratio = np.array([site.ratios.carbon for site in terms])
        codes = cloud_site(np.arange(len(terms)))
        places.append(("cloud", codes, flow.cloud_kwh, flow.cloud_priced_kwh, ratio, carbon_ratio))
    for column, part in enumerate(PARTS):
        for place, sites, flowed, priced, price_ratio, emission_ratio in places:
            row, month = np.nonzero(flowed[:, :, column])
            drawn = flowed[row, month, column]
            paid = drawn if priced is None else priced[row, month, column]
            cost = paid * (tariff[month] * price_ratio[row])
            emitted = drawn * (carbon[month] * emission_ratio[row])
            daybook.add(f"{place}_{part}", sites[row], month, drawn, cost, emitted)
