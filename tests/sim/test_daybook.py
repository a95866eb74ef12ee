"""Books by hand: cells of the daybook, totals of the ledger, what stands at the end and who paid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from roomfold.scenarios.estate import NEVER
from roomfold.sim.bookings import book
from roomfold.sim.daybook import CLOUD_SITE, Daybook, PriceLevels, cloud_site, cloud_sites, office, shares
from roomfold.sim.events import happen
from roomfold.sim.integrate import Flow
from roomfold.sim.ledger import GOVERNMENT, ITEM, ITEMS, LENDER, PAYERS, VENDOR, Ledger
from roomfold.sim.run import Run, Service
from roomfold.sim.standing import others_paid, planned_by_level, stock_of

from . import small, two_sites
from .small import CLOUD, System


def clock():
    return small.drawn(0)[1].clock


def table(ledger: Ledger) -> list[tuple[object, ...]]:
    columns = (ledger.month, ledger.site, ledger.item, ledger.amount, ledger.cost_cny, ledger.carbon_kg)
    return list(zip(*(c.tolist() for c in columns), strict=True))


def test_codes_of_places_do_not_meet():
    plan = small.stay(small.drawn(0)[1])
    assert [cloud_sites(replace(plan, sites=names)) for names in ((), ("a",), ("a", "b"))] == [1, 1, 2]
    assert CLOUD_SITE == -1
    assert cloud_site(np.arange(2)).tolist() == [-1, -2]
    assert office(np.arange(3), 2).tolist() == [-3, -4, -5]
    assert office(np.arange(1), 1).tolist() == [-2]


def test_the_daybook_sums_by_place_and_month_and_leaves_out_nothing_but_nothing():
    """Two rooms, three offices, two sites: each of the seven places has its own cell."""
    nothing = Daybook(clock(), rooms=2, units=3, sites=2).ledger()
    assert {len(column) for column in vars(nothing).values()} == {0}
    book = Daybook(clock(), rooms=2, units=3, sites=2)
    places = np.array([1, 0, -1, -2, -3, -4, -5])
    for month in (0, 35):
        book.add("room_it", places, np.full(7, month), np.arange(1.0, 8), 10 * np.arange(1.0, 8), 0.5)
    book.add(
        "room_it", 1, np.array([35, 35]), np.array([1.0, 2.0]), np.array([-70.0, 1.0]), np.array([3.0, 4.0])
    )
    book.add("disposal", -5, np.array([2, 3]), np.array([0.0, 0.0]), np.array([0.0, -4.0]))
    book.add("disposal", 0, np.array([2]), np.zeros(1), np.zeros(1), 2.5)
    ledger = book.ledger()
    assert (ledger.payer == GOVERNMENT).all()
    it, off = ITEM["room_it"], ITEM["disposal"]
    expected = [
        (m, p, it, i + 1.0, 10.0 * (i + 1), 0.5) for m in (0, 35) for i, p in enumerate(places.tolist())
    ]
    expected.remove((35, 1, it, 1.0, 10.0, 0.5))
    expected += [(35, 1, it, 4.0, -59.0, 7.5), (3, -5, off, 0.0, -4.0, 0.0), (2, 0, off, 0.0, 0.0, 2.5)]
    assert table(ledger) == sorted(expected, key=lambda row: row[:3])


def test_things_that_cost_money_while_they_exist():
    """From mid-January to the end of February, a thing of price 120 and one, twice as much of it, of 600."""
    start, end = np.array([15 * 24, 0]), np.array([59 * 24, 24])
    years = shares(clock(), start + 12, np.array([59 * 24 - 12, 24]))
    assert years.row.tolist() == [0, 0, 1]
    assert years.month.tolist() == [0, 1, 0]
    parts = [15.5 / 31 / 12, 27.5 / 28 / 12, 0.5 / 31 / 12]
    assert years.years.tolist() == pytest.approx(parts)
    last = clock().hours
    edge = shares(clock(), np.array([last - 10, last, 0]), np.array([last + 9, last + 9, 1]))
    assert (edge.row.tolist(), edge.month.tolist()) == ([0, 2], [35, 0])
    assert edge.years.tolist() == pytest.approx([10 / 744 / 12, 1 / 744 / 12])
    years = shares(clock(), start, end)
    assert years.row.tolist() == [0, 0, 1]  # nothing of March, which begins as the first ends
    parts = [16 / 31 / 12, 1 / 12, 1 / 31 / 12]
    level = np.linspace(1, 4.5, 36)  # 1 in January, 1.1 in February
    one, two = ITEM["room_staff"], ITEM["site_fixed"]
    book = Daybook(clock(), rooms=2, units=1)
    book.add_years(
        "room_staff", np.array([1, 0]), years, np.array([120.0, 600.0]), level, np.array([1.0, 2.0])
    )
    book.add_years("site_fixed", -1, years, 12.0, level)
    assert table(book.ledger()) == [
        (0, -1, two, pytest.approx(parts[0] + parts[2]), pytest.approx(12 * (parts[0] + parts[2])), 0),
        (0, 0, one, pytest.approx(2 * parts[2]), pytest.approx(600 * 2 * parts[2]), 0),
        (0, 1, one, pytest.approx(parts[0]), pytest.approx(120 * parts[0]), 0),
        (1, -1, two, pytest.approx(1 / 12), pytest.approx(1.1), 0),
        (1, 1, one, pytest.approx(1 / 12), pytest.approx(11), 0),
    ]


def test_prices_follow_their_change_from_the_second_year_on():
    changes = {"electricity": 0.3, "staff": -0.25, "hardware": 0.5, "line": 0.0}
    scenario, world = small.drawn(0, *(f"prices.{name}_change={value}" for name, value in changes.items()))
    levels = PriceLevels(scenario.prices, world)
    for name, change in changes.items():
        by_year = [1, 1 + change, (1 + change) ** 2]
        assert getattr(levels, name).tolist() == pytest.approx(np.repeat(by_year, 12).tolist())
    assert levels.constant.tolist() == [1.0] * 36


def ledger(*rows: tuple[int, str, float, int]) -> Ledger:
    """Bookings of month, item, cost and payer."""
    month, item, cost, payer = zip(*rows, strict=True)
    n = len(rows)
    return Ledger(
        np.array(month, dtype=np.int32),
        np.zeros(n, dtype=np.int32),
        np.array([ITEM[name] for name in item], dtype=np.int32),
        np.ones(n),
        np.array(cost, dtype=np.float64),
        np.zeros(n),
        np.array(payer, dtype=np.int8),
    )


def test_totals_by_item_category_and_payer():
    some = ledger(
        (0, "room_operations", 1, GOVERNMENT),
        (0, "cloud_space", 2, GOVERNMENT),
        (1, "room_it", 4, GOVERNMENT),
        (1, "service_hosts", 8, GOVERNMENT),
        (1, "service_hosts", -8, VENDOR),
        (2, "host_new", 16, VENDOR),
        (2, "loan", 32, LENDER),
    )
    assert some.total() == 15
    assert some.total("room_operations") == 3  # the category
    assert some.total("cloud_space") == 2
    assert some.total("electricity", "service_hosts") == 12
    assert some.total(payer=VENDOR) == 8
    assert some.total(payer=None) == 55
    assert some.total("service_hosts", payer=None) == 0
    twice = Ledger.join([some, ledger((5, "disposal", 3, LENDER))])
    assert twice.month.tolist() == [0, 0, 1, 1, 1, 2, 2, 5]
    assert twice.total(payer=LENDER) == 35
    assert len({item.name for item in ITEMS}) == len(ITEMS) == len(ITEM)


def test_what_others_paid():
    own = ledger((0, "room_it", 4, GOVERNMENT), (1, "room_it", 4, GOVERNMENT))
    assert others_paid(own, 36) is None
    paid = others_paid(Ledger.join([own, ledger((7, "host_new", 5, VENDOR), (7, "host_new", 6, VENDOR))]), 36)
    assert paid is not None
    assert paid.shape == (len(PAYERS) - 1, 36, len(ITEMS))
    assert paid[VENDOR - 1, 7, ITEM["host_new"]] == paid.sum() == 11


def run_of(scenario, world, plan) -> Run:
    return Run(
        "a",
        "b",
        0,
        ledger((0, "room_it", 1, 0)),
        happen(scenario, world, plan),
        {},
        np.zeros((7, 24)),
        Service(1, 0, 0, 0),
    )


def test_what_stands_at_the_end_in_rooms():
    """Of four servers one retires and one comes; one is renewed with a better model, one is a half.

    The first would be renewed as the run ends.
    """
    systems = [System(0), System(0, retires=30), System(1, arrives=20), System(1)]
    scenario, world = small.made(systems, "servers.config_factor=1.5")
    months = np.array([[0, 36], [0, NEVER], [20, NEVER], [0, 18]], dtype=np.int32)
    curve = np.array([[0, 1], [0, 0], [0, 0], [0, 1]], dtype=np.int32)
    servers = replace(
        world.estate.servers,
        generation_month=months,
        generation_curve=curve,
        machine_share=np.array([1.0, 1.0, 0.5, 1.0]),
        config_factor=np.array([2.0, 2.0, 2.0, 3.0]),
    )
    world = replace(world, estate=replace(world.estate, servers=servers))
    plan = small.stay(world)
    (_, first), (_, second) = sorted(scenario.hardware.curves.items())[:2]
    stock = stock_of(scenario, world, plan, run_of(scenario, world, plan))
    assert (stock.servers, stock.hosts, stock.components, stock.working_hosts) == (2, 0, 0, 0)  # 2.5 to even
    assert stock.max_mssj == pytest.approx((1.5 * first.ssj_ops + second.ssj_ops) / 1e6, rel=1e-12)
    assert stock.max_kw == pytest.approx((1.5 * 2 * max(first.watts) + 3 * max(second.watts)) / 1e3)


def test_what_stands_at_the_end_on_the_cloud():
    """Four hosts, the last a standby, the third only in the last month, one component retired by then."""
    scenario, world = small.made(
        [System(0), System(0, retires=30), System(0, classified=True)],
        "servers.config_factor=1.5",
        "alternatives.consolidate.migration.failure_share=0",
    )
    plan = small.move(world)
    plan = replace(plan, hosts=replace(plan.hosts, buy_month=np.array([0, 0, 35, 0], dtype=np.int32)))
    (_, first), *_ = sorted(scenario.hardware.curves.items())
    stock = stock_of(scenario, world, plan, run_of(scenario, world, plan))
    assert (stock.servers, stock.hosts, stock.components, stock.working_hosts) == (1, 4, 1, 3)
    ssj = first.ssj_ops + plan.hosts.capacity_ssj.sum()
    assert stock.max_mssj == pytest.approx(ssj / 1e6, rel=1e-12)
    factor = world.estate.servers.config_factor[2]
    assert stock.max_kw == pytest.approx((factor + 4 * 1.5) * max(first.watts) / 1e3)
    levels = len(scenario.estate.levels)
    level = int(world.estate.units.level[0])
    assert planned_by_level(world, plan, levels).tolist() == [2.0 * (row == level) for row in range(levels)]
    assert not planned_by_level(world, small.stay(world), levels).any()


def test_what_stands_at_the_end_is_what_is_on_in_the_last_hour():
    scenario, world = small.made([System(0)] * 4)
    plan, last = small.move(world), world.clock.hours - 1
    stands_by = np.array([0, -1, -1, -1], dtype=np.int32)  # for another site
    plan = replace(plan, hosts=replace(plan.hosts, recovers=stands_by))
    run = run_of(scenario, world, plan)
    edges = {
        "server_on_h": [0, 0, last, last + 1],
        "server_off_h": [last, last + 1, NEVER, NEVER],
        "cloud_on_h": [last, last + 1, 0, 0],
        "cloud_off_h": [NEVER, NEVER, last, last + 1],
        "host_on_h": [0, last, last + 1, NEVER],
    }
    columns = {name: np.array(column, dtype=np.int32) for name, column in edges.items()}
    stock = stock_of(scenario, world, plan, replace(run, timeline=replace(run.timeline, **columns)))
    assert (stock.servers, stock.components, stock.hosts, stock.working_hosts) == (2, 2, 2, 1)


def test_sites_cost_from_the_day_they_open_and_racks_beyond_their_room_cost_more():
    """Six hosts of two units in racks of two at the south, which has room for one rack and is half full."""
    prices = ("prices.staff_cny_per_fte=100", "prices.staff_change=0", f"{CLOUD}.staff_fte=3")
    racks = (f"{CLOUD}.rack_units_usable=2", f"{CLOUD}.rack_fill=0.5", f"{CLOUD}.fitout_cny_per_rack=1000")
    more = (f"{CLOUD}.space_cny_per_rack_year=600", f"{CLOUD}.sites.south.opens=2014-02-01")
    scenario, world = small.made([System(0)] * 6, *two_sites.UNEQUAL, *prices, *racks, *more)
    plan = two_sites.plan(world, buy_month=2)
    nothing = Flow(np.zeros((1, 36, 4)), np.zeros((2, 36, 4)), {}, np.zeros((7, 24)))
    found = book(scenario, world, plan, happen(scenario, world, plan), nothing)

    def of(item: str, site: int) -> tuple[list[int], float, float]:
        mine = (found.item == ITEM[item]) & (found.site == site)
        return found.month[mine].tolist()[:2], found.amount[mine].sum(), found.cost_cny[mine].sum()

    north, south = -1, -2
    years = 2 + (31 - 10) / 31 / 12 + 9 / 12  # of the north: from 11 March
    assert of("cloud_staff", north) == ([2, 3], pytest.approx(3 * years), pytest.approx(300 * years))
    years = 2 + 11 / 12  # of the south: from February
    assert of("cloud_staff", south) == ([1, 2], pytest.approx(0.5 * years), pytest.approx(50 * years))
    assert of("site_fixed", south) == ([1, 2], pytest.approx(years), pytest.approx(30_000 * years))
    assert of("site_fixed", north) == ([], 0, 0)
    assert of("site_opening", south) == ([1], 1, 90_000)
    assert of("site_opening", north) == ([], 0, 0)
    hosts = [int((plan.pool_site[plan.hosts.pool] == site).sum()) for site in range(2)]
    assert hosts == [3, 5]
    assert of("cloud_fitout", north) == ([2], 6, 6 * 1000)
    assert of("cloud_fitout", south) == ([2], 10, pytest.approx(10 * 600 + 9 * 7000))
    years = 2 + 10 / 12  # of racks: from March, when the hosts come
    assert of("cloud_space", north) == ([2, 3], pytest.approx(3 * years), pytest.approx(3 * 600 * years))
    assert of("cloud_space", south) == ([2, 3], pytest.approx(5 * years), pytest.approx(5 * 300 * years))
