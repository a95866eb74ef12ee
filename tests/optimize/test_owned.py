"""Hosts owned already: used first, paid for no more, and bounds that hold against a model of every host."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from roomfold.optimize import Plan, make_plan
from roomfold.optimize.check import check_plan
from roomfold.optimize.hosts import HostTypes, host_types, with_owned
from roomfold.optimize.owned import by_sizes
from roomfold.optimize.pack_pools import _true_cost
from roomfold.scenarios import InputError, Scenario, load
from roomfold.scenarios.cloud import OwnedHosts
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.estate import NEVER
from roomfold.scenarios.world import World

from .conftest import MINIMAL

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLOUD = "alternatives.consolidate.cloud"
FEW = (
    f"{CLOUD}.existing=[{{type: dual-8-core-128, count: 2, bought: 2012}}, "
    "{type: dual-4-core-96, count: 3, bought: 2011, zone: internet}]"
)
MANY = f"{CLOUD}.existing=[{{type: dual-8-core-256, count: 40, bought: 2013}}]"


@lru_cache
def planned(*overrides: str, index: int = 0) -> tuple[Scenario, World, Plan]:
    scenario = load(MINIMAL, overrides)
    world = draw_world(scenario, index)
    return scenario, world, make_plan(scenario, "consolidate", world)


def broken(scenario: Scenario, world: World, plan: Plan) -> set[str]:
    return {violation.rule for violation in check_plan(scenario, world, plan)}


@pytest.mark.parametrize("sizing", ["profiles", "performance"])
@pytest.mark.parametrize("index", range(3))
def test_owned_hosts_are_used_first_and_cost_less(sizing: str, index: int) -> None:
    none, few, many = (
        planned(f"{CLOUD}.sizing={sizing}", *more, index=index) for more in ([], [FEW], [MANY])
    )
    assert not check_plan(*few) and not check_plan(*many)
    plans = [plan for _, _, plan in (none, few, many)]
    assert [int(plan.hosts.owned.sum()) > 0 for plan in plans] == [False, True, True]
    assert plans[2].hosts.owned.all(), "forty hosts hold everything"
    costs = [plan.proof.cost_cny_per_year for plan in plans if plan.proof]
    assert costs == sorted(costs, reverse=True)
    assert all(p.proof and p.proof.bound_cny_per_year <= p.proof.cost_cny_per_year + 1e-6 for p in plans)
    standby = [plan.proof.standby_cost_cny_per_year for plan in plans if plan.proof]
    assert standby[2] < standby[0]


def test_hosts_serve_their_zone_and_not_beyond_their_life() -> None:
    zone = f"{CLOUD}.existing=[{{type: dual-8-core-256, count: 40, bought: 2013, zone: internet}}]"
    scenario, world, plan = planned(zone)
    owned = {plan.pools[pool][0] for pool in plan.hosts.pool[plan.hosts.owned].tolist()}
    assert owned == {"internet"} and not check_plan(scenario, world, plan)
    _, _, old = planned(f"{CLOUD}.existing=[{{type: dual-8-core-256, count: 40, bought: 2007}}]")
    assert not old.hosts.owned.any()


def test_a_limit_counts_owned_hosts() -> None:
    name, limit = "dual-8-core-128", 6
    scenario, world, plan = planned(FEW, f"{CLOUD}.host_types.0.limit={limit}")
    row = [kind.name for kind in scenario.alternatives["consolidate"].cloud.host_types].index(name)  # type: ignore[union-attr]  # it has a cloud
    assert (plan.hosts.type == row).sum() <= limit and not check_plan(scenario, world, plan)


def _lying(plan: Plan, how: str) -> Plan:
    hosts = plan.hosts
    bought = np.flatnonzero(~hosts.owned & ~hosts.standby)
    month = hosts.bought_month.copy()
    if how == "more than there are":
        month[bought] = -18
    elif how == "another year":
        month[hosts.owned] -= 5
    elif how == "after its life":
        month[hosts.owned] = -1000
    elif how == "bought though one stands idle":
        month[hosts.owned] = hosts.buy_month[hosts.owned]
    return replace(plan, hosts=replace(hosts, age_months=hosts.buy_month - month))


@pytest.mark.parametrize(
    "how", ["more than there are", "another year", "after its life", "bought though one stands idle"]
)
def test_the_checker_knows_what_is_owned(how: str) -> None:
    scenario, world, plan = planned(FEW)
    assert broken(scenario, world, plan) == set()
    assert "existing" in broken(scenario, world, _lying(plan, how))


def least(sizes: Floats, pools: list[Ints], capacity: Floats, costs: Floats, owned: Ints) -> float:
    """Cost of the best packing of all pools, each owned host used by one of them, by a model of every host.

    Args:
        sizes: of the flavours, shape (flavours, dimensions).
        pools: flavour of each component.
        capacity, costs: of the type to be bought, then of the owned one.
        owned: number of owned hosts.
    """
    hosts = [
        (p, kind) for p, its in enumerate(pools) for kind in (0, 1) for _ in range((len(its), owned)[kind])
    ]
    items = [(p, f) for p, its in enumerate(pools) for f in its]
    n, m = len(hosts), len(items)
    cost = np.concatenate([[costs[kind] for _, kind in hosts], np.zeros(n * m)])
    rows, low, high = [], [], []
    for i in range(m):
        row = np.zeros(n + n * m)
        row[n + np.arange(n) * m + i] = [hosts[h][0] == items[i][0] for h in range(n)]
        rows.append(row)
        low.append(1.0)
        high.append(1.0)
    for h, (_, kind) in enumerate(hosts):
        for d in range(sizes.shape[1]):
            row = np.zeros(n + n * m)
            row[n + h * m + np.arange(m)] = [sizes[f, d] for _, f in items]
            row[h] = -capacity[kind, d]
            rows.append(row)
            low.append(-np.inf)
            high.append(0.0)
    row = np.zeros(n + n * m)
    row[:n] = [kind for _, kind in hosts]
    solved = milp(
        cost,
        constraints=LinearConstraint(np.array([*rows, row]), [*low, 0.0], [*high, float(owned)]),
        integrality=np.ones(n + n * m),
        bounds=Bounds(0, 1),
    )
    return float(solved.fun)


@given(
    st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=4), min_size=1, max_size=2),
    st.integers(1, 3),
    st.integers(1, 9),
)
@settings(max_examples=25, deadline=None)
def test_bounds_hold_for_pools_that_share(pools: list[list[int]], owned: int, running: int) -> None:
    sizes = np.array([[3.0, 5.0], [4.0, 3.0], [6.0, 6.0]])
    capacity, costs = np.array([[10.0, 10.0]] * 2), np.array([10.0, float(running)])
    types, free, every = _types(capacity, owned), np.zeros(3, dtype=np.int64), np.ones(2, dtype=bool)
    left, done, alone = types.most.copy(), [], []
    for its in pools:
        counts = np.bincount(its, minlength=3)
        packing, bound = by_sizes(sizes, counts, types, costs, left.copy(), every, free, None)
        np.subtract.at(left, packing.types, 1)
        assert (packing.copies.sum(axis=0) == counts).all() and (left >= 0).all()
        assert (packing.copies @ sizes <= capacity[packing.types]).all()
        done.append(packing)
        alone.append(bound)
    cost, bound = _true_cost(costs, types, done, alone)
    assert cost == pytest.approx(sum(float(costs[p.types].sum()) for p in done))
    best = least(sizes, [np.array(its) for its in pools], capacity, costs, owned)
    assert bound <= best + 1e-6 <= cost + 2e-6


def _types(capacity: Floats, owned: int) -> HostTypes:
    """One type to be bought, and hosts of it owned already."""
    rows = np.zeros(2, dtype=np.int32)
    return HostTypes(
        kind=rows,
        curve=rows,
        ssj_per_vcpu=1.0,
        capacity_ssj=np.ones(2),
        capacity=capacity,
        price_cny=np.ones(2),
        rack_units=np.ones(2),
        most=np.array([np.inf, owned]),
        stock=np.array([-1, 0], dtype=np.int32),
        bought_month=np.array([NEVER, -10], dtype=np.int32),
        end_month=np.array([NEVER, 40], dtype=np.int32),
    )


def test_what_is_owned_must_be_known() -> None:
    wrong = (
        "{type: dual-8-core-12, count: 2, bought: 2012}",
        "{type: dual-8-core-128, count: 2, bought: 2012, zone: intranet}",
        "{type: dual-8-core-128, count: 2, bought: 2012, site: north}",
        "{type: dual-8-core-128, count: 2, bought: 2015}",
        "{type: dual-8-core-128, count: -1, bought: 2013}",
    )
    for stock in wrong:
        with pytest.raises(InputError, match=f"{CLOUD}.existing.0"):
            load(MINIMAL, [f"{CLOUD}.existing=[{stock}]"])
    with pytest.raises(InputError, match="must be at least 2, the hosts of it in existing"):
        load(MINIMAL, [FEW, f"{CLOUD}.host_types.0.limit=1"])


def test_without_owned_hosts_types_stay_as_they_are(scenario: Scenario, world: World) -> None:
    cloud = scenario.alternatives["consolidate"].cloud
    assert cloud is not None
    types = host_types(scenario, cloud, world)
    assert with_owned(cloud, world, types) is types
    old = OwnedHosts(type="dual-8-core-128", count=3, bought=2000)
    assert with_owned(cloud.model_copy(update={"existing": (old,)}), world, types) is types
