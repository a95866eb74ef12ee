"""What is easy to get wrong in this field, each point as a property of a small simulated world."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from roomfold.optimize import Plan, make_plan
from roomfold.optimize.hosts import host_types
from roomfold.optimize.sizing import needs
from roomfold.scenarios import Scenario, load
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.estate import NEVER
from roomfold.scenarios.world import World
from roomfold.sim.ledger import ITEM
from roomfold.sim.run import Run
from roomfold.sim.simulate import simulate_all

SMALL = Path(__file__).parent / "scenarios" / "minimal.yaml"
HORIZON = ("time.years=3", "estate.new_systems_per_year=0.3", "estate.classified_mixed_share=1")


@lru_cache(maxsize=8)
def future(*overrides: str, index: int = 1) -> tuple[Scenario, World, dict[str, Plan], dict[str, Run]]:
    """Both futures of one small world."""
    scenario = load(SMALL, [*HORIZON, *overrides])
    world = draw_world(scenario, index)
    plans = {name: make_plan(scenario, name, world) for name in scenario.alternatives}
    runs = simulate_all(scenario, list(plans.values()), world)
    return scenario, world, plans, {run.alternative: run for run in runs}


def booked(run: Run, item: str) -> float:
    """Cost of an item over the horizon."""
    return float(run.ledger.cost_cny[run.ledger.item == ITEM[item]].sum())


def test_1_the_baseline_renews_and_grows() -> None:
    """Rooms that are kept refresh servers, find zombies, and take new systems."""
    _, world, _, runs = future()
    keep = runs["keep"]
    assert booked(keep, "server_refresh") > 0
    assert booked(keep, "server_new") > 0
    servers = world.estate.servers
    found = servers.zombie & (servers.retires_month != NEVER)
    assert (keep.timeline.server_off_h[found] < world.clock.hours).all()


def test_2_a_classified_system_keeps_its_room_open() -> None:
    """Rooms of classified systems stay; the others close, and PUE of the rooms rises meanwhile."""
    _, world, _, runs = future("estate.classified_share=0.15")
    systems, timeline = world.estate.systems, runs["consolidate"].timeline
    lasting = systems.classified & (systems.retires_month == NEVER) & (systems.arrives_month == 0)
    assert lasting.any()
    assert (timeline.room_close_h[systems.room[lasting]] >= world.clock.hours).all()
    assert (timeline.room_close_h < world.clock.hours).any()


def test_3_lines_overlap_while_systems_move() -> None:
    """Old lines end only after notice; the shared line of the unit is there before."""
    _, world, _, runs = future()
    lines, timeline = world.estate.lines, runs["consolidate"].timeline
    moved = timeline.moved_h[lines.system] != NEVER
    ends, cut_over = timeline.line_end_h[moved], timeline.moved_h[lines.system[moved]]
    shared = timeline.unit_line_start_h[world.estate.systems.unit[lines.system[moved]]]
    assert (ends > cut_over).all()
    assert (shared < cut_over).all()


def test_4_demand_is_converted_by_throughput() -> None:
    """The same share of an old machine needs fewer vCPU than that of a new one."""
    scenario, world, _, _ = future()
    cloud = scenario.alternatives["consolidate"].cloud
    assert cloud is not None
    servers = world.estate.servers
    rows = np.flatnonzero(~servers.zombie)
    types = host_types(scenario, cloud, world)
    measured = needs(scenario, cloud, world, rows, "performance", types)[:, 0]
    copied = needs(scenario, cloud, world, rows, "as-is", types)[:, 0]
    assert (copied == servers.vcpu_as_is[rows]).all()
    today = world.estate.systems.arrives_month[servers.system[rows]] == 0
    work = servers.peak_ssj[rows][today]
    assert np.corrcoef(measured[today], work)[0, 1] > 0.7


def test_5_a_real_configuration_draws_more_than_the_tuned_one() -> None:
    """Energy of servers follows the configuration factor; money for lines does not."""
    few, more = (future(f"servers.config_factor={f}")[3]["keep"] for f in (1, 2))
    energy = [run.ledger.amount[run.ledger.item == ITEM["room_it"]].sum() for run in (few, more)]
    assert energy[1] == pytest.approx(2 * energy[0], rel=1e-5)
    assert booked(few, "vertical_line") == booked(more, "vertical_line")


def test_6_every_pool_has_its_own_spare_and_the_site_starts_underfilled() -> None:
    """Pools share no host; while systems still arrive, PUE of the site is above the one at design load."""
    scenario, world, plans, runs = future()
    hosts, series = plans["consolidate"].hosts, runs["consolidate"].series
    assert (np.bincount(hosts.pool[hosts.standby], minlength=len(plans["consolidate"].pools)) == 1).all()
    cloud = scenario.alternatives["consolidate"].cloud
    assert cloud is not None
    it = series["cloud_it_kw"]
    facility = sum(series[f"cloud_{part}_kw"] for part in ("it", "ups", "cooling", "other"))
    first = np.flatnonzero(it > 0)[:24]
    assert (facility[first] / it[first]).min() > world.of(cloud.pue)


def test_7_what_stands_there_already_is_paid_for() -> None:
    """Nothing bought before the first day is booked as bought or saved."""
    _, world, _, runs = future()
    for run in runs.values():
        new = run.ledger.item == ITEM["server_new"]
        there = world.estate.systems.arrives_month[world.estate.servers.system] == 0
        assert run.ledger.amount[new].sum() <= (~there).sum()


def test_8_freed_staff_are_counted_as_people_first() -> None:
    """FTE-years are booked as amounts, and for the same moves money follows from the wage alone."""
    _, _, plans, cheap = future("prices.staff_cny_per_fte=60000")
    scenario, world, _, _ = future("prices.staff_cny_per_fte=120000")
    dear = {run.alternative: run for run in simulate_all(scenario, list(plans.values()), world)}
    for name in ("keep", "consolidate"):
        staff = [r[name].ledger.amount[r[name].ledger.item == ITEM["room_staff"]] for r in (cheap, dear)]
        assert np.array_equal(*staff)
        assert booked(dear[name], "room_staff") == pytest.approx(2 * booked(cheap[name], "room_staff"))


def test_9_one_site_takes_everything_down_at_once() -> None:
    """With outages of the site, the worst moment is worse than any in the rooms."""
    worse = "alternatives.consolidate.cloud.outages_per_year=20"
    _, _, _, runs = future(worse)
    assert runs["consolidate"].service.worst_down > runs["keep"].service.worst_down


def test_10_cheap_capacity_breeds_demand_on_the_cloud_only() -> None:
    """Rebound raises the demand of the consolidated future and leaves the rooms' alone."""
    calm, eager = (future(f"demand.rebound_per_year={r}")[3] for r in (0, 0.3))
    assert np.array_equal(calm["keep"].series["demand_mssj"], eager["keep"].series["demand_mssj"])
    assert eager["consolidate"].series["demand_mssj"].sum() > calm["consolidate"].series["demand_mssj"].sum()


def test_11_prices_change_and_holidays_are_quiet() -> None:
    """A rising wage shows in later years only; the Spring Festival is a day off."""
    flat, rising = (future(f"prices.staff_change={c}")[3]["keep"] for c in (0, 0.1))
    staff = [run.ledger.item == ITEM["room_staff"] for run in (flat, rising)]
    for year, factor in ((0, 1.0), (2, 1.21)):
        sums = [
            run.ledger.cost_cny[rows & (run.ledger.month // 12 == year)].sum()
            for run, rows in zip((flat, rising), staff, strict=True)
        ]
        assert sums[1] == pytest.approx(factor * sums[0])
    demand = flat.series["demand_mssj"].reshape(-1, 24).sum(axis=1)
    festival, week_before = slice(30, 37), slice(16, 23)  # 31 January to 6 February 2014, a Friday
    assert demand[festival].mean() < demand[week_before].mean()


def test_12_both_futures_see_the_same_noise() -> None:
    """Until the first cut-over both futures are the same, hour by hour."""
    _, _, _, runs = future("alternatives.consolidate.cloud.opens=2014-06-01")
    first = int(runs["consolidate"].timeline.moved_h.min())
    assert first > 24 * 100
    keep, moved = (runs[name].series["demand_mssj"][:first] for name in ("keep", "consolidate"))
    assert np.array_equal(keep, moved)


def test_13_energy_is_more_than_servers() -> None:
    """Storage and network, UPS, cooling and lighting all draw, before and after."""
    _, _, _, runs = future()
    for name, places in (("keep", ("room",)), ("consolidate", ("room", "cloud"))):
        for place in places:
            for part in ("it", "ups", "cooling"):
                assert runs[name].series[f"{place}_{part}_kw"].sum() > 0
    bare = future("rooms.closet.overhead_it=0", "rooms.room.overhead_it=0")[3]["keep"]
    assert bare.series["room_it_kw"].sum() < runs["keep"].series["room_it_kw"].sum()
