"""Bookings: every item by hand, on estates small enough to compute on paper."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from roomfold.scenarios.estate import NEVER
from roomfold.sim.bookings import book
from roomfold.sim.daybook import Daybook, shares
from roomfold.sim.events import happen
from roomfold.sim.integrate import Flow
from roomfold.sim.ledger import CATEGORIES, ITEM
from roomfold.sim.timeline import Rollbacks

from . import small, two_sites
from .small import CLOUD, MOVE, System

PRICES = (
    "prices.hardware_change=0.1",
    "prices.line_change=-0.05",
    "prices.staff_change=0.2",
    "prices.electricity_change=0",
    "prices.staff_cny_per_fte=100000",
    "prices.electricity_cny_per_kwh=0.5",
    "servers.maintenance_share=0.1",
    "servers.warranty_years=3",
    "servers.resale_share=0.2",
    "servers.disposal_cny=300",
    "servers.life_years=5",
    "servers.embodied_kgco2e=1200",
    f"{MOVE}.failure_share=0",
    f"{MOVE}.day_rate_cny=1000",
)


def made(systems, *overrides):
    """A world whose rooms, servers and lines have round prices."""
    scenario, world = small.made(systems, *PRICES, *overrides)
    estate = world.estate
    rooms = replace(
        estate.rooms,
        operations_cny_per_year=np.full(len(estate.rooms.id), 1200.0),
        staff_fte=np.full(len(estate.rooms.id), 0.5),
        fitout_cny=np.full(len(estate.rooms.id), 9000.0),
    )
    servers = replace(estate.servers, price_cny=np.full(len(estate.servers.id), 1000.0))
    lines = replace(estate.lines, price_cny_per_year=np.full(len(estate.lines.id), 240.0))
    estate = replace(estate, rooms=rooms, servers=servers, lines=lines)
    return scenario, replace(world, estate=estate)


def no_flow(world):
    rooms, months = len(world.estate.rooms.id), world.clock.months
    return Flow(np.zeros((rooms, months, 4)), np.zeros((1, months, 4)), {}, np.zeros((7, 24)))


def booked(scenario, world, plan, flow=None):
    timeline = happen(scenario, world, plan)
    return book(scenario, world, plan, timeline, flow or no_flow(world)), timeline


def rows(ledger, item):
    """Month, site, amount and cost of an item."""
    chosen = ledger.item == ITEM[item]
    columns = (ledger.month, ledger.site, ledger.amount, ledger.cost_cny)
    return [tuple(row) for row in zip(*(c[chosen].tolist() for c in columns), strict=True)]


def by_year(ledger, item, column="cost_cny"):
    chosen = ledger.item == ITEM[item]
    return np.bincount(ledger.month[chosen] // 12, getattr(ledger, column)[chosen], 3)


def test_a_whole_year_is_one_unit_year_and_parts_count_by_their_hours():
    clock = small.drawn(0)[1].clock
    found = shares(clock, np.array([0, 24, int(NEVER)]), np.array([int(NEVER), 24 + 15 * 24, int(NEVER)]))
    whole = found.years[found.row == 0]
    assert len(whole) == 36
    assert whole.sum() == pytest.approx(3, abs=1e-12)
    assert found.years[found.row == 1].tolist() == [15 / 31 / 12]
    assert (found.row < 2).all()


def test_rates_of_a_room_and_their_price_changes():
    scenario, world = made([System(0, line=True)])
    ledger, _ = booked(scenario, world, small.stay(world))
    assert by_year(ledger, "vertical_line", "amount") == pytest.approx([1, 1, 1])
    assert by_year(ledger, "vertical_line") == pytest.approx([240, 240 * 0.95, 240 * 0.95**2])
    assert by_year(ledger, "room_operations") == pytest.approx([1200] * 3)
    assert by_year(ledger, "room_staff", "amount") == pytest.approx([0.5] * 3)
    assert by_year(ledger, "room_staff") == pytest.approx([50_000, 60_000, 72_000])


def test_maintenance_starts_after_the_warranty_and_ends_with_the_server():
    scenario, world = made([System(0, retires=30)])  # bought 12 months before the run
    ledger, _ = booked(scenario, world, small.stay(world))
    assert by_year(ledger, "server_maintenance", "amount") == pytest.approx([0, 0, 0.5])
    assert by_year(ledger, "server_maintenance") == pytest.approx([0, 0, 0.5 * 100 * 1.21])


def test_refresh_books_a_machine_and_the_end_of_the_old_one():
    scenario, world = made([System(0)])
    servers = replace(world.estate.servers, generation_month=np.array([[0, 18]], dtype=np.int32))
    world = replace(world, estate=replace(world.estate, servers=servers))
    ledger, _ = booked(scenario, world, small.stay(world))
    assert rows(ledger, "server_refresh") == [(18, 0, 1, pytest.approx(1100))]
    assert ledger.carbon_kg[ledger.item == ITEM["server_refresh"]].tolist() == [1200]
    assert rows(ledger, "disposal") == [(18, 0, 1, 300)]
    assert rows(ledger, "resale") == [(18, 0, 1, pytest.approx(-1100 * 0.2 * (1 - 2.5 / 5)))]


def test_new_systems_bring_servers_and_rooms():
    scenario, world = made([System(0), System(1, servers=[False, True], arrives=13)])
    rooms = replace(world.estate.rooms, opens_month=np.array([0, 13], dtype=np.int32))
    world = replace(world, estate=replace(world.estate, rooms=rooms))
    ledger, _ = booked(scenario, world, small.stay(world))
    assert rows(ledger, "server_new") == [(13, 1, 2, pytest.approx(2200))]
    assert rows(ledger, "room_new") == [(13, 1, 1, 9000)]
    assert by_year(ledger, "room_operations") == pytest.approx([1200, 1200 + 1200 * 11 / 12, 2400])
    moved, _ = booked(scenario, world, small.move(world))
    assert not rows(moved, "server_new")
    assert not rows(moved, "room_new")


def test_the_cloud_books_hosts_racks_staff_and_platform():
    scenario, world = made(
        [System(0), System(0)],
        f"{CLOUD}.opens=2014-07-01",
        f"{CLOUD}.host_life_years=2",
        f"{CLOUD}.network_share=0.5",
        f"{CLOUD}.staff_fte=2",
        f"{CLOUD}.rack_units_usable=2",
        f"{CLOUD}.rack_fill=0.5",
        f"{CLOUD}.space_cny_per_rack_year=600",
        f"{CLOUD}.fitout_cny_per_rack=5000",
        f"{CLOUD}.platform_cny_per_host_year=80",
        f"{CLOUD}.platform_cny_per_year=1000",
    )
    plan = small.move(world, buy_month=6, first_week=30)
    ledger, _ = booked(scenario, world, plan)
    assert rows(ledger, "host_new") == [(6, -1, 4, 180_000)]
    assert rows(ledger, "network_new") == [(6, -1, 4, 90_000)]
    assert rows(ledger, "host_refresh") == [(30, -1, 4, pytest.approx(180_000 * 1.21))]
    assert rows(ledger, "cloud_fitout") == [(6, -1, 8, 40_000)]
    assert by_year(ledger, "cloud_space") == pytest.approx([1200, 2400, 2400])
    assert by_year(ledger, "cloud_staff") == pytest.approx([100_000, 240_000, 288_000])
    assert by_year(ledger, "platform_base") == pytest.approx([500, 1000, 1000])
    assert by_year(ledger, "platform_hosts") == pytest.approx([160, 320, 320])
    assert not rows(ledger, "host_maintenance")  # replaced within the warranty


def test_racks_fill_as_hosts_come():
    scenario, world = made([System(0)], f"{CLOUD}.rack_units_usable=4", f"{CLOUD}.rack_fill=1")
    plan = small.move(world)
    plan = replace(plan, hosts=replace(plan.hosts, buy_month=np.array([0, 0, 12, 24], dtype=np.int32)))
    ledger, _ = booked(scenario, world, plan)
    assert by_year(ledger, "cloud_space", "amount") == pytest.approx([1, 2, 2])


def test_moves_and_shared_lines():
    scenario, world = made([System(0, line=True), System(0)], f"{MOVE}.failure_share=0.5")
    systems = replace(world.estate.systems, effort_days=np.array([2.0, 4.0]))
    world = replace(world, estate=replace(world.estate, systems=systems))
    plan = small.move(world)
    ledger, timeline = booked(scenario, world, plan)
    days = ledger.amount[ledger.item == ITEM["migration_labour"]].sum()
    assert days == pytest.approx(6)
    failed = systems.effort_days[timeline.rollbacks.system].sum() / 2
    assert ledger.amount[ledger.item == ITEM["rollback_labour"]].sum() == pytest.approx(failed)
    first_year = timeline.moved_h < world.clock.month_edges_h[12]
    expected = (systems.effort_days * np.where(first_year, 1000, 1200)).sum()
    assert ledger.total("migration_labour") == pytest.approx(expected)
    month_h = world.clock.month_edges_h
    start = int(timeline.unit_line_start_h[0])
    month = world.clock.month_of_hour(start)
    part = (month_h[month + 1] - start) / (month_h[month + 1] - month_h[month])
    shared = rows(ledger, "shared_line")
    assert shared[0][:3] == (month, -2, pytest.approx(2 * part / 12))
    rent = world.of(next(iter(scenario.lines.values())).price_cny_per_year)
    assert by_year(ledger, "shared_line")[1] == pytest.approx(2 * rent * 0.95)


def test_energy_has_its_tariff_and_its_carbon():
    scenario, world = made(
        [System(0)],
        "prices.electricity_change=0.1",
        "prices.electricity_cloud_ratio=0.8",
        "grid.carbon_kg_per_kwh=0.8",
        "grid.change_per_year=-0.25",
    )
    flow = no_flow(world)
    flow.room_kwh[0, 0, 2] = 100
    flow.cloud_kwh[0, 12, 0] = 10
    ledger, _ = booked(scenario, world, small.move(world), flow)
    chosen = np.isin(ledger.item, [ITEM["room_cooling"], ITEM["cloud_it"]])
    assert ledger.cost_cny[chosen].tolist() == pytest.approx([50, 10 * 0.4 * 1.1])
    assert ledger.carbon_kg[chosen].tolist() == pytest.approx([80, 10 * 0.8 * 0.75])
    assert ledger.site[chosen].tolist() == [0, -1]


def test_each_site_has_its_own_tariff_and_carbon():
    terms = ("prices.electricity_cloud_ratio=0.8", "grid.carbon_kg_per_kwh=0.8")
    scenario, world = small.drawn(2, *PRICES, *two_sites.UNEQUAL, *terms)
    drawn = np.zeros((2, world.clock.months, 4))
    drawn[:, 2, 0] = 100
    plan = two_sites.plan(world)
    ledger, _ = booked(scenario, world, plan, replace(no_flow(world), cloud_kwh=drawn))
    chosen = ledger.item == ITEM["cloud_it"]
    found = zip(ledger.site[chosen].tolist(), ledger.cost_cny[chosen], ledger.carbon_kg[chosen], strict=True)
    by_site = {site: (cost, carbon) for site, cost, carbon in found}
    assert by_site[-1] == pytest.approx((100 * 0.5 * 0.8, 100 * 0.8))
    assert by_site[-2] == pytest.approx((100 * 0.5 * 0.8 * 0.7, 100 * 0.8 * 0.5))


def test_rows_are_sorted_and_none_is_empty():
    scenario, world = small.drawn(1)
    ledger, _ = booked(scenario, world, small.move(world))
    keys = list(zip(ledger.month.tolist(), ledger.site.tolist(), ledger.item.tolist(), strict=True))
    assert keys == sorted(set(keys))
    assert (np.abs([ledger.amount, ledger.cost_cny, ledger.carbon_kg]).sum(axis=0) > 0).all()
    nothing = Daybook(world.clock, 1, 1).ledger()
    assert len(nothing.month) == 0
    assert nothing.total() == 0
    assert sum(ledger.total(name) for name in CATEGORIES) == pytest.approx(ledger.total())


def test_what_falls_on_the_first_hour_of_a_month_is_booked_in_it():
    scenario, world = made([System(0), System(1, arrives=1)])
    estate = world.estate
    systems = replace(estate.systems, effort_days=np.array([2.0, 4.0]))
    rooms = replace(estate.rooms, opens_month=np.array([0, 1], dtype=np.int32))
    world = replace(world, estate=replace(estate, systems=systems, rooms=rooms))
    edges = world.clock.month_edges_h
    plan = small.move(world)
    timeline = replace(
        happen(scenario, world, plan),
        moved_h=np.array([edges[14], edges[36]], dtype=np.int32),  # the second after the run
        rollbacks=Rollbacks(np.array([1, 0]), np.array([edges[26] - 1, edges[30]])),
    )
    ledger = book(scenario, world, plan, timeline, no_flow(world))
    assert rows(ledger, "migration_labour") == [(14, 0, 2, pytest.approx(2 * 1200))]
    assert rows(ledger, "rollback_labour") == [
        (25, 1, 2, pytest.approx(2 * 1440)),
        (30, 0, 1, pytest.approx(1440)),
    ]
    stays = small.stay(world)
    ledger = book(scenario, world, stays, happen(scenario, world, stays), no_flow(world))
    assert rows(ledger, "room_new") == [(1, 1, 1, 9000)]
    assert rows(ledger, "server_new") == [(1, 1, 1, 1000)]


def test_prices_and_carbon_of_energy_change_by_whole_years():
    scenario, world = made(
        [System(0)],
        "prices.electricity_change=0.1",
        "grid.carbon_kg_per_kwh=0.8",
        "grid.change_per_year=-0.25",
    )
    flow = no_flow(world)
    flow.room_kwh[0, [11, 18, 35], [0, 1, 3]] = 10
    ledger, _ = booked(scenario, world, small.stay(world), flow)
    carbon = {11: 8, 18: 6, 35: 4.5}
    cost = {11: 5, 18: 5.5, 35: 6.05}
    chosen = np.isin(ledger.item, [ITEM[f"room_{part}"] for part in ("it", "ups", "other")])
    assert ledger.item[chosen].tolist() == [ITEM["room_it"], ITEM["room_ups"], ITEM["room_other"]]
    assert dict(
        zip(ledger.month[chosen].tolist(), ledger.carbon_kg[chosen].tolist(), strict=True)
    ) == pytest.approx(carbon)
    assert dict(
        zip(ledger.month[chosen].tolist(), ledger.cost_cny[chosen].tolist(), strict=True)
    ) == pytest.approx(cost)
