"""Ledger and integral agree on futures in which everything happens, with energy that is made up.

The flows take most of the time of a run and pass through both accounts in the same way, so they are drawn
here instead of simulated: tests/sim/test_ledger.py does it with simulated ones.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from roomfold.scenarios.estate import NEVER, Links
from roomfold.sim.bookings import PARTS, book
from roomfold.sim.events import happen
from roomfold.sim.integrate import Flow
from roomfold.sim.ledger import CATEGORIES, ITEMS, Ledger
from roomfold.sim.reconcile import integrate
from roomfold.sim.tariff import hourly_ratio

from . import small, two_sites
from .small import CLOUD, MOVE

CATEGORY = np.array([CATEGORIES.index(item.category) for item in ITEMS])
PRICES = (
    "prices.hardware_change=-0.11",
    "prices.line_change=0.07",
    "prices.staff_change=0.13",
    "prices.electricity_change=0.05",
    "prices.electricity_cloud_ratio=0.8",
    "servers.warranty_years=1",
    f"{MOVE}.failure_share=0.3",
    f"{MOVE}.interim_line=sdh-2m",
    "estate.retired_systems_per_year=0.2",
    "estate.new_systems_per_year=0.3",
    "estate.new_room_per_new_system=0.5",
)
SHORT = (f"{CLOUD}.host_life_years=1", "servers.life_years=2")
TIME_OF_USE = (
    "prices.time_of_use={periods: {peak: {hours: [9, 10, 19], ratio: 1.6}, "
    "valley: {hours: [0, 1, 2], ratio: 0.4}, "
    "sharp: {hours: [14, 15], months: [7, 8], ratio: 2.1}}, normalised: %s}"
)


def drawn_flow(scenario, world, plan) -> Flow:
    """Energy that is constant within each month: as months of places, and as hours of them together."""
    clock, rng = world.clock, np.random.default_rng(world.index)
    month_h = np.diff(clock.month_edges_h)
    ratio = hourly_ratio(scenario, world)
    mean = None if ratio is None else np.add.reduceat(ratio, clock.month_edges_h[:-1]) / month_h
    kwh, priced, series = [], [], {}
    for place, n in (("room", len(world.estate.rooms.id)), ("cloud", max(len(plan.sites), 1))):
        kwh.append(rng.uniform(1, 9, (n, clock.months, len(PARTS))))
        priced.append(None if mean is None else kwh[-1] * mean[:, None])
        for column, part in enumerate(PARTS):
            series[f"{place}_{part}_kw"] = np.repeat(kwh[-1][:, :, column].sum(axis=0) / month_h, month_h)
    return Flow(*kwh, series, np.zeros((7, 24)), *priced)


def sums(ledger: Ledger) -> np.ndarray:
    found = np.zeros((3, len(CATEGORIES)))
    np.add.at(found, (ledger.month // 12, CATEGORY[ledger.item]), ledger.cost_cny)
    return found


def check(scenario, world, plan, kinds: set[str]) -> None:
    timeline = happen(scenario, world, plan)
    flowed = drawn_flow(scenario, world, plan)
    ledger = book(scenario, world, plan, timeline, flowed)
    second = integrate(scenario, world, plan, timeline, flowed)
    np.testing.assert_allclose(sums(ledger), second, rtol=1e-10, atol=1e-6)
    assert kinds <= {ITEMS[row].name for row in np.unique(ledger.item)}


ROOMS = {"vertical_line", "room_operations", "room_staff", "room_it", "server_maintenance", "server_refresh"}
ROOMS |= {"server_new", "room_new", "room_refit", "disposal", "resale"}
CENTRE = {"shared_line", "interim_line", "cloud_space", "cloud_staff", "cloud_cooling", "host_maintenance"}
CENTRE |= {"platform_hosts", "platform_base", "cloud_fitout", "host_new", "network_new", "migration_labour"}


def world_of(index: int, *overrides: str):
    scenario, world = small.drawn(index, *PRICES, *overrides)
    systems = world.estate.systems
    pairs = np.arange(len(systems.id) - 1, dtype=np.int32)
    refits = np.where(np.arange(len(world.estate.rooms.id)) % 2, 15, NEVER).astype(np.int32)
    rooms = replace(world.estate.rooms, refit_month=refits)
    links = Links(pairs, pairs + 1)
    return scenario, replace(world, estate=replace(world.estate, links=links, rooms=rooms))


@pytest.mark.parametrize("index", range(3))
def test_rooms_kept(index: int) -> None:
    """Every third server is a part of a machine; an alternative that moves nothing costs what rooms cost."""
    scenario, world = world_of(index, "servers.life_years=2")
    servers = world.estate.servers
    servers = replace(servers, machine_share=np.where(servers.id % 3, 1.0, 0.4))
    world = replace(world, estate=replace(world.estate, servers=servers))
    for plan in (small.stay(world), small.stay(world, "consolidate")):
        check(scenario, world, plan, ROOMS if index == 0 else set())


@pytest.mark.parametrize("overrides", [(), SHORT, (TIME_OF_USE % "true",), (TIME_OF_USE % "false",)])
def test_one_site(overrides: tuple[str, ...]) -> None:
    scenario, world = world_of(1, *overrides)
    check(
        scenario, world, small.move(world, buy_month=1), CENTRE - {"host_maintenance"} | {"rollback_labour"}
    )


@pytest.mark.parametrize(("lone_backup", "racks"), [(False, 1), (True, 1), (False, 9)])
def test_two_sites_and_hosts_that_stand_by(lone_backup: bool, racks: int) -> None:
    """The second site has racks for all its hosts, or must be expanded."""
    line = next(iter(small.scenario().lines))
    unequal = (*two_sites.UNEQUAL, f"lines.{line}.price_cny_per_km_year=12", TIME_OF_USE % "true")
    unequal += (f"{CLOUD}.sites.south.racks={racks}",)
    scenario, world = world_of(2, *unequal, f"{CLOUD}.rack_units_usable=4", f"{CLOUD}.rack_fill=0.7")
    plan = two_sites.plan(world, lone_backup=lone_backup, ready_h=3000, buy_month=3)
    check(scenario, world, plan, {"replication_line", "site_fixed", "site_opening", "cloud_fitout"})


def test_racks_apart_and_hosts_owned_before() -> None:
    """Three racks for four hosts, of which one is two years old when it is switched on, and its heir."""
    scenario, world = world_of(0, f"{CLOUD}.apart=rack", f"{CLOUD}.host_life_years=3")
    plan = small.move(world, buy_month=2)
    ages = np.array([0, 24, 0, 0], dtype=np.int32)
    hosts = replace(plan.hosts, rack=np.array([0, 1, 2, 0], dtype=np.int32), age_months=ages)
    check(scenario, world, replace(plan, hosts=hosts), CENTRE | {"host_refresh"})


def test_hosts_in_rooms_go_with_their_rooms() -> None:
    """Each room but the last has a host of its own; no site, no line, no platform for all."""
    scenario, world = world_of(1, "alternatives.consolidate.kind=virtualise")
    made = small.move(world, hosts=len(world.estate.rooms.id))
    rooms = np.arange(len(world.estate.rooms.id), dtype=np.int32)
    room = world.estate.systems.room[world.estate.servers.system]
    hosts = replace(made.hosts, pool=rooms, standby=np.zeros(len(rooms), dtype=bool))
    plan = replace(
        made,
        pools=tuple(("internet", 2) for _ in rooms),
        sites=(),
        pool_site=np.full(len(rooms), -1, dtype=np.int32),
        pool_room=rooms,
        hosts=hosts,
        placement=np.where(made.placement >= 0, room, -1).astype(np.int32),
        shared_line=np.full_like(made.shared_line, -1),
        shared_lines=np.zeros_like(made.shared_lines),
    )
    check(scenario, world, plan, {"platform_hosts", "host_new", "migration_labour"})
