"""Whole plans: capacity, pools, standby, order, determinism, and that a plan agrees with itself."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest

from roomfold.optimize import Plan, make_plan
from roomfold.optimize.flavours import MOST_FLAVOURS, choose_flavours
from roomfold.scenarios import InfeasibleError, Scenario, load
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.estate import NEVER
from roomfold.scenarios.world import World

from .conftest import MINIMAL


@pytest.fixture(scope="module")
def plan(scenario: Scenario, world: World) -> Plan:
    return make_plan(scenario, "consolidate", world)


@pytest.fixture(scope="module")
def region_plan(region: Scenario, region_world: World) -> Plan:
    return make_plan(region, "consolidate", region_world)


def check_plan(scenario: Scenario, world: World, plan: Plan) -> None:
    """What holds for every plan, computed anew from the plan's columns."""
    servers, systems = world.estate.servers, world.estate.systems
    placed = np.flatnonzero(plan.placement >= 0)
    system, host = servers.system[placed], plan.placement[placed]
    assert not systems.classified[system].any()
    assert (plan.wave_h[system] != NEVER).all()
    assert np.array_equal(plan.flavour >= 0, plan.placement >= 0)
    sizes = np.stack([plan.flavours.vcpu, plan.flavours.memory_gb, plan.flavours.disk_gb], axis=1)
    for k, usable in enumerate((plan.hosts.vcpu, plan.hosts.memory_gb, plan.hosts.disk_gb)):
        used = np.bincount(host, sizes[plan.flavour[placed], k], minlength=len(usable))
        assert (used <= usable + 1e-9).all()
    zone = np.array([world.estate.zones.index(z) for z, _ in plan.pools])
    level = np.array([m for _, m in plan.pools])
    assert np.array_equal(zone[plan.hosts.pool[host]], systems.zone[system])
    assert np.array_equal(level[plan.hosts.pool[host]], systems.mlps[system])
    assert not plan.hosts.standby[host].any()
    cloud = scenario.alternatives[plan.alternative].cloud
    assert cloud is not None
    spare = np.bincount(plan.hosts.pool, plan.hosts.standby, minlength=len(plan.pools))
    assert (spare == cloud.standby_hosts).all()
    first_h = np.full(len(plan.hosts.type), NEVER, dtype=np.int64)
    np.minimum.at(first_h, host, plan.wave_h[system])
    active = ~plan.hosts.standby
    months = [world.clock.month_of_hour(float(h)) for h in first_h[active]]
    assert np.array_equal(plan.hosts.buy_month[active], months)
    units = np.unique(systems.unit[plan.wave_h != NEVER])
    assert np.array_equal(np.flatnonzero(plan.shared_lines > 0), units)
    assert np.array_equal(plan.shared_line >= 0, plan.shared_lines > 0)


def test_small_plan_is_consistent(scenario: Scenario, world: World, plan: Plan) -> None:
    check_plan(scenario, world, plan)


def test_large_plan_is_consistent(region: Scenario, region_world: World, region_plan: Plan) -> None:
    check_plan(region, region_world, region_plan)


def test_every_component_that_should_move_is_placed(world: World, plan: Plan) -> None:
    """Working servers of moving systems, unless retired before."""
    servers = world.estate.servers
    wave_h = plan.wave_h[servers.system]
    edges = world.clock.month_edges_h
    retires_h = edges[np.minimum(servers.retires_month, len(edges) - 1)]
    due = ~servers.zombie & (wave_h != NEVER) & (wave_h < retires_h)
    assert (plan.placement[due] >= 0).all()
    assert (plan.placement[wave_h == NEVER] == -1).all()


def test_large_plan_is_within_one_percent_of_its_bound(region_plan: Plan) -> None:
    proof = region_plan.proof
    assert proof is not None
    assert 0 <= proof.gap <= 0.01
    assert proof.bound_cny_per_year <= proof.cost_cny_per_year
    assert proof.hosts == len(region_plan.hosts.type)
    assert proof.hosts_performance_at_least <= proof.hosts
    assert len(region_plan.flavours.vcpu) <= MOST_FLAVOURS


def test_small_plan_is_within_one_percent_of_its_bound(plan: Plan) -> None:
    assert plan.proof is not None
    assert plan.proof.worst_pool_gap <= 0.01


def test_same_plan_twice(scenario: Scenario, world: World, plan: Plan) -> None:
    again = make_plan(scenario, "consolidate", draw_world(scenario, world.index))
    assert plan.proof is not None and again.proof is not None
    again = replace(again, proof=replace(again.proof, seconds=plan.proof.seconds))
    np.testing.assert_equal(asdict(again), asdict(plan))


def test_keep_is_empty(scenario: Scenario, world: World) -> None:
    empty = make_plan(scenario, "keep", world)
    assert empty.proof is None and not len(empty.hosts.type) and not empty.pools
    assert (empty.placement == -1).all() and (empty.wave_h == NEVER).all()
    assert not empty.shared_lines.any() and (empty.shared_line == -1).all()


def test_nothing_to_move_is_empty() -> None:
    scenario = load(
        MINIMAL, ["alternatives.consolidate.cloud.opens=2014-12-31", "alternatives.consolidate.deadline=null"]
    )
    world = draw_world(scenario, 0)
    empty = make_plan(scenario, "consolidate", world)
    assert empty.proof is None and not len(empty.hosts.type)
    assert empty.late == 0


def test_component_larger_than_every_host_is_explained() -> None:
    scenario = load(MINIMAL, ["estate.memory_gb=1000"])
    with pytest.raises(InfeasibleError, match="GB of memory") as caught:
        make_plan(scenario, "consolidate", draw_world(scenario, 0))
    assert caught.value.exit_code == 4


def test_bounds_by_volume_lie_below_the_plan(region_world: World, region_plan: Plan) -> None:
    """The bound of the sizing in force holds for the plan; the other sizing has a bound of its own."""
    proof = region_plan.proof
    assert proof is not None
    assert 0 < proof.hosts_performance_at_least <= proof.hosts
    copied = load("inner-mongolia", ["alternatives.consolidate.cloud.sizing=as-is"])
    plan = make_plan(copied, "consolidate", region_world)
    assert plan.proof is not None
    assert 0 < proof.hosts_as_is_at_least == plan.proof.hosts_as_is_at_least <= plan.proof.hosts


def test_flavours_hold_every_need() -> None:
    rng = np.random.default_rng(3)
    needs = np.stack([rng.gamma(2, 2, 500), rng.gamma(2, 6, 500), rng.gamma(1.5, 150, 500)], axis=1)
    capacities = np.array([[48.0, 118, 4000], [48, 236, 6000]])
    sizes, row = choose_flavours(needs, np.arange(500, dtype=np.int32), capacities)
    assert len(sizes) <= MOST_FLAVOURS
    assert (sizes[row] >= needs - 1e-9).all()
    assert (sizes == np.rint(sizes)).all()


def test_hosts_of_later_systems_are_bought_later(region_world: World, region_plan: Plan) -> None:
    """Systems that arrive years later need no host today."""
    months = region_plan.hosts.buy_month[~region_plan.hosts.standby]
    assert months.min() >= region_world.clock.month_of_hour(float(region_plan.wave_h.min()))
    assert months.max() > months.min() + 12


def test_small_plans_are_consistent_in_many_worlds(scenario: Scenario) -> None:
    """Handfuls of hosts take other ways through the packing than large pools."""
    for index in range(60):
        drawn = draw_world(scenario, index)
        check_plan(scenario, drawn, make_plan(scenario, "consolidate", drawn))
