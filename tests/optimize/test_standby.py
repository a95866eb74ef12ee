"""Prices that planning knows: carbon raises what a kWh costs, downtime buys standby hosts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from roomfold.optimize import make_plan
from roomfold.optimize.check import check_plan
from roomfold.optimize.hosts import host_types, yearly_cost
from roomfold.optimize.standby import standby_hosts, uncovered
from roomfold.scenarios import Scenario, load
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.world import World

from .conftest import MINIMAL


@pytest.mark.parametrize("mean", [0.01, 0.7, 5.0])
@pytest.mark.parametrize("k", [0, 1, 3, 10])
def test_hosts_that_no_standby_covers(mean: float, k: int) -> None:
    """Against the sum over the distribution itself."""
    n = np.arange(200)
    expected = float((np.maximum(n - k, 0) * stats.poisson.pmf(n, mean)).sum())
    assert uncovered(mean, k) == pytest.approx(expected, abs=1e-12)


def _number(scenario: Scenario, world: World, hosts: int) -> int:
    cloud = scenario.alternatives["consolidate"].cloud
    assert cloud is not None
    one = np.array([hosts])
    return int(standby_hosts(scenario, cloud, world, one, one * 10, np.array([20_000.0]))[0])


def test_dear_downtime_buys_standby_hosts() -> None:
    """None priced: as many as asked for. The dearer, the more; and never fewer than asked for."""
    chosen = []
    for price in (0, 1, 1000, 100_000):
        scenario = load(MINIMAL, [f"prices.downtime_cny_per_system_hour={price}"])
        chosen.append(_number(scenario, draw_world(scenario, 0), 500))
    assert chosen[0] == 1 and chosen == sorted(chosen) and chosen[-1] > 2
    plain = load(MINIMAL)
    assert _number(plain, draw_world(plain, 0), 500) == 1


def test_a_plan_with_dear_downtime_has_them_in_place() -> None:
    dear = ["prices.downtime_cny_per_system_hour=100000", "reliability.host_mtbf_h=1000"]
    scenario = load(MINIMAL, dear)
    world = draw_world(scenario, 0)
    plan = make_plan(scenario, "consolidate", world)
    spare = np.bincount(plan.hosts.pool, plan.hosts.standby, minlength=len(plan.pools))
    assert spare.min() > 1 and check_plan(scenario, world, plan) == []
    assert plan.proof is not None and plan.proof.hosts == len(plan.hosts.type)


def test_carbon_has_its_price() -> None:
    """Against the tariff: CNY 1,000 a tonne are CNY 0.9 a kWh at 0.9 kg."""
    paths = ["grid.carbon_kg_per_kwh=0.9", "prices.electricity_cny_per_kwh=0.6"]
    paths += ["prices.electricity_cloud_ratio=1"]
    costs = {}
    for name, changes in {
        "plain": paths,
        "carbon": [*paths, "prices.carbon_cny_per_t=1000"],
        "tariff": [*paths[:1], "prices.electricity_cny_per_kwh=1.5", paths[2]],
    }.items():
        scenario = load(MINIMAL, changes)
        world, cloud = draw_world(scenario, 0), scenario.alternatives["consolidate"].cloud
        assert cloud is not None
        types = host_types(scenario, cloud, world)
        costs[name] = yearly_cost(scenario, cloud, world, types, 1e4)
    np.testing.assert_allclose(costs["carbon"], costs["tariff"])
    assert (costs["carbon"] > costs["plain"]).all()
