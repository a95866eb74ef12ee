"""The ledger as a whole: it reconciles, and it changes only where and as it should."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from roomfold.optimize import make_plan
from roomfold.scenarios.estate import NEVER
from roomfold.sim.integrate import Flow
from roomfold.sim.ledger import CATEGORIES, FINANCE, ITEMS
from roomfold.sim.reconcile import integrate
from roomfold.sim.simulate import simulate, simulate_all
from roomfold.sim.summarise import outcome

from . import small

ENERGY = [i for i, item in enumerate(ITEMS) if item.unit == "kWh"]
TIME_OF_USE = (
    "{periods: {peak: {hours: [9, 10, 19, 20], ratio: 1.6}, valley: {hours: [0, 1, 2, 3, 4], ratio: 0.4}, "
    "sharp: {hours: [14, 15], months: [7, 8], ratio: 2.1}}, normalised: false}"
)
CATEGORY = np.array([CATEGORIES.index(item.category) for item in ITEMS])


@lru_cache
def both(index):
    """A random small world, the plans of both alternatives and their runs."""
    scenario, world = small.drawn(index, f"{small.MOVE}.failure_share=0.3")
    plans = (small.stay(world), small.move(world, buy_month=1))
    return scenario, world, plans, simulate_all(scenario, plans, world)


def by_category(ledger, years=3):
    sums = np.zeros((years, len(CATEGORIES)))
    np.add.at(sums, (ledger.month // 12, CATEGORY[ledger.item]), ledger.cost_cny)
    return sums


def energy_of(run):
    """The flow of a run, as far as reconciliation reads it."""
    nothing = np.empty((0, 0, 4)), np.empty((0, 0, 4))
    return Flow(*nothing, run.series, run.heat)


def table(ledger, world):
    """Bookings by month, id of room, item."""
    ids = np.append(world.estate.rooms.id, np.arange(-1 - len(world.estate.units.id), 0))
    keys = zip(ledger.month.tolist(), ids[ledger.site].tolist(), ledger.item.tolist(), strict=True)
    values = zip(ledger.amount.tolist(), ledger.cost_cny.tolist(), ledger.carbon_kg.tolist(), strict=True)
    return dict(zip(keys, values, strict=True))


def check(scenario, world, plan, run):
    """The ledger of a run against the integral, by year and category."""
    second = integrate(scenario, world, plan, run.timeline, energy_of(run))
    first = by_category(run.ledger)
    scale = np.abs(second).max(axis=0)
    assert (np.abs(first - second) <= 1e-9 * scale).all()
    assert first.sum() == pytest.approx(run.ledger.total(), rel=1e-12)


@pytest.mark.parametrize("index", range(4))
@pytest.mark.parametrize("alternative", [0, 1])
def test_ledger_and_integral_agree(index, alternative):
    scenario, world, plans, runs = both(index)
    check(scenario, world, plans[alternative], runs[alternative])


@pytest.mark.parametrize("index", range(4))
def test_they_agree_for_optimized_plans(index):
    scenario, world = small.drawn(index)
    plans = [make_plan(scenario, name, world) for name in scenario.alternatives]
    for plan, run in zip(plans, simulate_all(scenario, plans, world), strict=True):
        check(scenario, world, plan, run)


@pytest.mark.parametrize(
    ("overrides", "first_week"),
    [
        ((f"{small.MOVE}.dual_run_days=90",), 145),
        (("time.start=2013-10-01", "time.price_year=2013", f"{small.CLOUD}.opens=2013-12-11"), 20),
        ((f"{small.CLOUD}.host_life_years=1", "servers.warranty_years=0"), 10),
        ((f"prices.time_of_use={TIME_OF_USE}", "time.start=2013-10-01", "time.price_year=2013"), 20),
    ],
    ids=["still moving at the end", "year that starts in October", "short-lived hosts", "tariff by the hour"],
)
def test_they_agree_at_the_edges(overrides, first_week):
    scenario, world = small.drawn(5, "time.years=3", *overrides)
    plan = small.move(world, first_week=first_week)
    check(scenario, world, plan, simulate(scenario, plan, world))


def test_every_category_is_exercised():
    seen = sum(np.abs(by_category(run.ledger)).sum(axis=0) for i in range(4) for run in both(i)[3])
    assert dict(zip(CATEGORIES, seen > 0, strict=True)) == dict.fromkeys(CATEGORIES, True) | {FINANCE: False}


def test_keep_minus_keep_is_zero():
    scenario, world, plans, runs = both(0)
    again = simulate(scenario, plans[0], world)
    for name in ("month", "site", "item", "amount", "cost_cny", "carbon_kg"):
        assert np.array_equal(getattr(runs[0].ledger, name), getattr(again.ledger, name))
    assert np.array_equal(
        by_category(runs[0].ledger) - by_category(again.ledger), np.zeros((3, len(CATEGORIES)))
    )
    assert again.service == runs[0].service


def test_alternatives_do_not_depend_on_each_other():
    scenario, world, plans, runs = both(1)
    alone, together = simulate(scenario, plans[1], world).ledger, runs[1].ledger
    power = np.isin(together.item, ENERGY)
    assert np.array_equal(alone.item, together.item)
    assert np.array_equal(alone.cost_cny[~power], together.cost_cny[~power])
    # Power is summed in single precision, in an order that depends on what is simulated together.
    assert alone.cost_cny[power] == pytest.approx(together.cost_cny[power], rel=1e-6)


def test_where_everything_is_classified_nothing_is_saved():
    scenario, world = small.drawn(2)
    systems = world.estate.systems
    world = replace(
        world,
        estate=replace(
            world.estate, systems=replace(systems, classified=np.ones(len(systems.id), dtype=bool))
        ),
    )
    plans = [make_plan(scenario, name, world) for name in ("keep", "consolidate")]
    assert (plans[1].wave_h == NEVER).all()
    keep, empty = simulate_all(scenario, plans, world)
    assert np.array_equal(by_category(keep.ledger), by_category(empty.ledger))
    assert np.array_equal(keep.ledger.amount, empty.ledger.amount)
    assert keep.service == empty.service


def test_doubling_every_price_doubles_the_money_and_leaves_the_rest():
    scenario, world, plans, runs = both(3)
    doubled, dear_plan = dear(world, plans[1])
    for twice, run in zip(simulate_all(scenario, (plans[0], dear_plan), doubled), runs, strict=True):
        assert np.array_equal(twice.ledger.item, run.ledger.item)
        assert np.allclose(twice.ledger.cost_cny, 2 * run.ledger.cost_cny, rtol=1e-12)
        assert np.array_equal(twice.ledger.amount, run.ledger.amount)
        assert np.array_equal(twice.ledger.carbon_kg, run.ledger.carbon_kg)


def dear(world, plan):
    """The world and the plan at twice the price of everything."""
    values = {path: v * (2 if "_cny" in path else 1) for path, v in world.values.items()}
    estate = world.estate
    rooms = replace(
        estate.rooms,
        operations_cny_per_year=2 * estate.rooms.operations_cny_per_year,
        fitout_cny=2 * estate.rooms.fitout_cny,
    )
    servers = replace(estate.servers, price_cny=2 * estate.servers.price_cny)
    lines = replace(estate.lines, price_cny_per_year=2 * estate.lines.price_cny_per_year)
    estate = replace(estate, rooms=rooms, servers=servers, lines=lines)
    hosts = replace(plan.hosts, price_cny=2 * plan.hosts.price_cny)
    return replace(world, values=values, estate=estate), replace(plan, hosts=hosts)


@pytest.mark.parametrize("gone", [0, 3])
def test_removing_a_room_removes_exactly_its_bookings(gone):
    scenario, world, _, runs = both(0)
    smaller = without_room(world, gone)
    run = simulate(scenario, small.stay(smaller), smaller)
    whole, part = table(runs[0].ledger, world), table(run.ledger, smaller)
    room_id = int(world.estate.rooms.id[gone])
    assert set(part) == {key for key in whole if key[1] != room_id}
    assert len(part) < len(whole)
    for key, values in part.items():
        assert values == pytest.approx(whole[key], rel=1e-6 if key[2] in ENERGY else 1e-12)


def without_room(world, gone):
    """The world without a room, its systems, their servers and their lines; ids are kept."""
    estate = world.estate
    room_kept = np.arange(len(estate.rooms.id)) != gone
    system_kept = estate.systems.room != gone
    server_kept, line_kept = system_kept[estate.servers.system], system_kept[estate.lines.system]
    room_row = (np.cumsum(room_kept) - 1).astype(np.int32)
    system_row = (np.cumsum(system_kept) - 1).astype(np.int32)
    systems = small.take(estate.systems, system_kept)
    servers = small.take(estate.servers, server_kept)
    lines = small.take(estate.lines, line_kept)
    return replace(
        world,
        estate=replace(
            estate,
            rooms=small.take(estate.rooms, room_kept),
            systems=replace(systems, room=room_row[systems.room]),
            servers=replace(servers, system=system_row[servers.system]),
            lines=replace(lines, system=system_row[lines.system]),
        ),
    )


@pytest.mark.parametrize("alternative", [0, 1])
def test_an_outcome_sums_the_ledger(alternative):
    scenario, world, plans, runs = both(1)
    run = runs[alternative]
    found = outcome(scenario, world, plans[alternative], run)
    assert found.cost_cny.sum() == pytest.approx(run.ledger.total(), rel=1e-12)
    assert found.cost_by_level_cny.sum() == pytest.approx(run.ledger.total(), rel=1e-12)
    assert found.cost_by_level_cny.sum(axis=1) == pytest.approx(found.cost_cny.reshape(3, 12, -1).sum(axis=1))
    kwh = found.amount[:, ENERGY].reshape(3, 12, -1).sum(axis=(1, 2))
    it = [ITEMS.index(item) for item in ITEMS if item.name in ("room_it", "cloud_it")]
    assert found.pue == pytest.approx(kwh / found.amount[:, it].reshape(3, 12, -1).sum(axis=(1, 2)), rel=1e-9)
    assert ((found.utilisation > 0) & (found.utilisation < 1)).all()
    assert len(found.moved_h) <= found.systems_planned
    assert found.hosts_on[-1] == len(plans[alternative].hosts.pool)
    assert found.systems_on_cloud[-1] <= (plans[alternative].wave_h != NEVER).sum()


def test_state_series_count_what_the_timeline_says():
    _, world, plans, runs = both(2)
    series, timeline = runs[1].series, runs[1].timeline
    hour = world.clock.hours - 1
    is_open = (timeline.room_open_h <= hour) & (timeline.room_close_h > hour)
    assert series["rooms_open"][hour] == is_open.sum()
    assert series["vertical_lines"][0] == (timeline.line_start_h == 0).sum()
    assert series["shared_lines"][-1] == plans[1].shared_lines[timeline.unit_line_start_h != NEVER].sum()
    moved = int(np.sort(timeline.moved_h)[0])
    assert series["systems_on_cloud"][moved - 1] == 0
    assert series["systems_on_cloud"][moved] > 0
