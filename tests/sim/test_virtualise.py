"""Virtualising in place: the same rooms, systems and demand as without, on hosts of the rooms' own."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from roomfold.optimize import Plan, make_plan
from roomfold.optimize.check import check_plan
from roomfold.scenarios import InputError, load
from roomfold.scenarios.estate import NEVER
from roomfold.scenarios.governed import governed
from roomfold.sim.bookings import book
from roomfold.sim.downtime import rooms_down
from roomfold.sim.events import happen
from roomfold.sim.flow import flow
from roomfold.sim.integrate import integrate
from roomfold.sim.ledger import CATEGORIES, ITEM, ITEMS
from roomfold.sim.power import power_w
from roomfold.sim.reconcile import integrate as reconciled
from roomfold.sim.service import systems_down

from . import build, small

KIND = "alternatives.virtualise={title: {en: In place, zh: 就地}, like: consolidate, kind: virtualise}"
# Hosts so cheap that most rooms fold.
CHEAP = (
    f"{small.CLOUD}.host_price_cny=3000",
    f"{small.CLOUD}.platform_cny_per_host_year=100",
    f"{small.MOVE}.effort_days=1",
    "estate.servers_per_system=4",
)
NAMES = ("keep", "virtualise")


@lru_cache
def both(index, *overrides):
    """A small world kept and virtualised: scenario, world, plans, timelines and flows."""
    scenario, world = small.drawn(index, KIND, *CHEAP, *overrides)
    plans = [make_plan(scenario, name, world) for name in NAMES]
    timelines = [happen(scenario, world, plan) for plan in plans]
    return scenario, world, plans, timelines, flow(scenario, world, plans, timelines)


def ledger(index, which):
    scenario, world, plans, timelines, flows = both(index)
    governing = governed(scenario, NAMES[which], world)
    return book(scenario, governing, plans[which], timelines[which], flows[which])


def by_item(book_of):
    return np.bincount(book_of.item, book_of.cost_cny, minlength=len(ITEMS))


@pytest.mark.parametrize("index", range(3))
@pytest.mark.parametrize("sizing", ["profiles", "performance", "as-is"])
def test_plans_keep_every_rule_in_every_sizing(index, sizing):
    scenario, world, plans, *_ = both(index, f"{small.CLOUD}.sizing={sizing}")
    plan = plans[1]
    assert len(plan.hosts.pool) > 0 and plan.sites == () and not plan.shared_lines.any()
    assert check_plan(scenario, world, plan) == []
    assert plan.proof is not None and plan.proof.gap >= 0


def _astray(plan: Plan) -> Plan:
    return replace(plan, pool_room=np.roll(plan.pool_room, 1))


def _bare(plan: Plan) -> Plan:
    hosts = plan.hosts
    kept = ~hosts.standby
    return replace(plan, hosts=replace(hosts, standby=np.zeros_like(kept)))


def _late(plan: Plan) -> Plan:
    wave_h = np.where(plan.wave_h == NEVER, NEVER, plan.wave_h + 2 * 8760)
    return replace(plan, wave_h=wave_h.astype(np.int32))


def _lavish(plan: Plan) -> Plan:
    hosts = plan.hosts
    for _ in range(5):
        hosts = hosts.plus(plan.hosts)
    return replace(plan, hosts=hosts)


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [(_astray, "own room"), (_bare, "room standby"), (_late, "room deadline"), (_lavish, "fewer hosts")],
)
def test_a_spoiled_plan_is_caught(spoil, rule):
    index = next(i for i in range(20) if both(i)[2][1].hosts.standby.any())
    scenario, world, plans, *_ = both(index)
    assert rule in {violation.rule for violation in check_plan(scenario, world, spoil(plans[1]))}


@pytest.mark.parametrize("index", range(3))
def test_the_ledger_reconciles_and_holds_the_energy_that_flowed(index):
    scenario, world, plans, timelines, flows = both(index)
    books = ledger(index, 1)
    second = reconciled(scenario, governed(scenario, "virtualise", world), plans[1], timelines[1], flows[1])
    category = np.array([CATEGORIES.index(item.category) for item in ITEMS])
    first = np.zeros_like(second)
    np.add.at(first, (books.month // 12, category[books.item]), books.cost_cny)
    np.testing.assert_allclose(first, second, rtol=1e-9, atol=1e-6)
    power = [ITEM[f"room_{part}"] for part in ("it", "ups", "cooling", "other")]
    kwh = sum(books.amount[books.item == row].sum() for row in power)
    assert kwh == pytest.approx(flows[1].room_kwh.sum(), rel=1e-12)
    assert flows[1].cloud_kwh.size == 0 and (books.site >= 0).all()


@pytest.mark.parametrize("index", range(3))
def test_rooms_lines_and_staff_cost_what_they_cost_without(index):
    kept, folded = (by_item(ledger(index, which)) for which in (0, 1))
    for name in ("vertical_line", "room_operations", "room_staff", "room_refit", "room_new", "room_other"):
        np.testing.assert_allclose(folded[ITEM[name]], kept[ITEM[name]], rtol=1e-12, err_msg=name)
    for name in ("shared_line", "cloud_staff", "cloud_fitout", "platform_base", "cloud_it"):
        assert folded[ITEM[name]] == 0
    assert folded[ITEM["host_new"]] > 0
    assert folded[ITEM["server_maintenance"]] < kept[ITEM["server_maintenance"]]


@pytest.mark.parametrize("index", range(3))
def test_demand_is_that_of_the_rooms_kept(index):
    *_, flows = both(index)
    kept, folded = (found.series["demand_mssj"] for found in flows)
    np.testing.assert_allclose(folded, kept, rtol=1e-5)
    assert flows[1].room_kwh[:, -12:, 0].sum() < flows[0].room_kwh[:, -12:, 0].sum()


def test_rooms_of_one_server_are_as_they_were():
    scenario, world = small.drawn(0, KIND, *CHEAP)
    one = [small.System(room) for room in range(3)]
    world = replace(world, estate=small.made_estate(world.estate, one))
    plans = [make_plan(scenario, name, world) for name in NAMES]
    assert not len(plans[1].hosts.pool) and (plans[1].wave_h == NEVER).all()
    kept, folded = flow(scenario, world, plans, [happen(scenario, world, plan) for plan in plans])
    assert np.array_equal(kept.room_kwh, folded.room_kwh)


def one_room(**more):
    """A room with two servers whose load is constant, on one host from the first hour on."""
    wanted = build.demand(np.array([2e5, 3e5]), months=1)
    machines, site = build.fleet(wanted, curve=[0, 0], room=[0, 0]), build.sites(1)
    gone = {0: 0, 1: 0}
    story = build.Story(2, 1, 744, hosts=1, host={0: 0, 1: 0}, cloud_on=gone, server_off=gone, **more).future(
        machines
    )
    down = rooms_down(story.timeline.room_outages)
    place = replace(down, what=-1 - down.what)
    hosts = replace(story.cloud, overhead_it=9.0, facility=site.facility, down=place)
    future = replace(story, cloud=None, in_rooms=hosts, host_rooms=np.zeros(1, dtype=np.int64))
    return site, integrate(machines, site, [future])[0]


def test_one_room_has_the_energy_of_the_closed_form():
    site, found = one_room()
    host = 1.2 * power_w(build.WATTS[1], np.array(5e5 / (0.9 * build.SSJ_OPS[1])))
    it = host * 1.15 + 40
    x = it / 1500
    ups = 1500 * (0.03 + 0.04 * x + 0.02 * x * x)
    cooling = site.facility.fixed_w[0] + site.facility.cooling_ratio[0] * (it + ups)
    expected = np.array([it, ups, cooling, 30.0]) * 744 / 1e3
    np.testing.assert_allclose(found.room_kwh.sum(axis=(0, 1)), expected, rtol=1e-6)
    np.testing.assert_allclose(found.series["room_load_mssj"], 0.5, rtol=1e-6)
    np.testing.assert_allclose(found.series["demand_mssj"], 0.5, rtol=1e-6)
    assert not found.series["unserved_mssj"].any()


def test_a_room_that_is_out_takes_its_hosts_down():
    _, found = one_room(room_fails=[(0, 100.0, 110.5, -1)])
    np.testing.assert_allclose(found.series["unserved_mssj"].sum(), 0.5 * 10.5, rtol=1e-5)
    assert found.series["room_it_kw"][105] == 0


def test_a_failed_host_without_standby_serves_nothing():
    _, found = one_room(host_fails=[(0, 50.0, 60.0, -1)])
    np.testing.assert_allclose(found.series["unserved_mssj"].sum(), 5.0, rtol=1e-5)
    np.testing.assert_allclose(found.series["demand_mssj"], 0.5, rtol=1e-6)


@pytest.mark.parametrize("index", range(3))
def test_systems_are_down_when_their_room_is(index):
    scenario, world, plans, timelines, _ = both(index)
    down = [
        systems_down(scenario, governed(scenario, name, world), plan, timeline)
        for name, plan, timeline in zip(NAMES, plans, timelines, strict=True)
    ]
    rooms = timelines[1].room_outages
    assert len(rooms.what)
    np.testing.assert_array_equal(rooms.start_h, timelines[0].room_outages.start_h)
    for what, start, end in zip(rooms.what, rooms.start_h, rooms.end_h, strict=True):
        for found, timeline in zip(down, timelines, strict=True):
            here = np.flatnonzero(world.estate.systems.room == what)
            middle = (start + end) / 2
            row = world.estate.servers.system
            serves = np.minimum(timeline.server_on_h, timeline.cloud_on_h) <= start
            gone = np.where(timeline.cloud_on_h != NEVER, timeline.cloud_off_h, timeline.server_off_h)
            there = np.unique(row[serves & (gone > end) & ~world.estate.servers.zombie & np.isin(row, here)])
            out = found.what[(found.start_h <= middle) & (found.end_h > middle)]
            assert np.isin(there, out).all()


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ("migration.most_per_month=5", "most_per_month"),
        ("cloud.existing=[{type: dual-8-core-128, count: 2, bought: 2013}]", "existing"),
    ],
)
def test_what_has_no_meaning_in_rooms_is_refused(given, word):
    with pytest.raises(InputError, match=f"{word}.*virtualise"):
        load(small.MINIMAL, [KIND, f"alternatives.virtualise.{given}"])
