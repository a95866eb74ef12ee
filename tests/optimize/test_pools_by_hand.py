"""What all pools together cost and how that compares with simple rules, done by hand."""

from __future__ import annotations

from types import SimpleNamespace as Some
from typing import Any

import numpy as np
import pytest

from roomfold.optimize.pack_pools import PackedPools, _racks, _true_cost, plain_rules

# A type to be bought at 10 a year, and two hosts like it that are owned and cost 3.
TYPES: Any = Some(
    kind=np.array([0, 0]), owned=np.array([False, True]), most=np.array([np.inf, 2]),
    rack_units=np.array([2.0, 2]), capacity=np.array([[10.0], [10]]),
)  # fmt: skip
BOUGHT: Any = Some(
    kind=np.array([0]), owned=np.array([False]), most=np.array([np.inf]), capacity=np.array([[10.0]])
)


def pool(types: list[int], cost: float, bound: float) -> Any:
    return Some(types=np.array(types), cost=cost, bound=bound)


@pytest.mark.parametrize(
    ("least", "bound"),
    [
        ([9.0, 3.0], 14),  # bounds as if bought, less what two owned hosts spare
        ([11.0, 4.0], 15),  # those that know of owned hosts are better
        ([12.0, 9.0], 16),  # never above the cost
    ],
)
def test_owned_hosts_cost_what_running_them_costs(least: list[float], bound: float) -> None:
    pools = [pool([0, 1], 20, 18), pool([1], 10, 10)]
    assert _true_cost(np.array([10.0, 3.0]), TYPES, pools, least) == (16, bound)


def test_without_owned_hosts_bounds_add_up() -> None:
    pools = [pool([0, 0], 20, 18), pool([0], 10, 9)]
    assert _true_cost(np.array([10.0]), BOUGHT, pools, [0.0, 0.0]) == (30, 27)


def test_sites_are_fitted_out_for_their_racks() -> None:
    """Two hosts of 2 units at the first site, three at the second; racks of 4 units, filled to half."""
    cloud: Any = Some(apart="none", rack_units_usable=4, rack_fill=0.5)
    cargo: Any = Some(pool_site=np.array([0, 1, 1]), group=np.array([-1, 0, 0, 0, 0, 1]))
    world: Any = Some(of=float)
    pools = [pool([0, 1], 0, 0), pool([0, 0], 0, 0), pool([1], 0, 0)]
    plain = _racks(cloud, world, cargo, TYPES, pools, 2).tolist()
    assert plain == [2, 3]
    cloud.apart = "rack"  # a group of four needs four racks
    assert _racks(cloud, world, cargo, TYPES, pools, 2).tolist() == [4, 4]


def test_simple_rules_are_summed_over_pools_with_what_stands_by() -> None:
    """Four of 6 and two of 3 on hosts of 10: four hosts; then three of 3: one."""
    sized: Any = Some(sizes=np.array([[6.0], [3], [2]]))
    packed = PackedPools(
        costs=np.empty((0, 0)), counts=np.array([[4, 2, 0], [0, 3, 0]]), pools=[pool([], 0, 0)] * 2,
        cost_cny=0.0, bound_cny=0.0, placed=[], racks=np.empty(0), spares=[np.array([0]), np.array([0, 0])],
        standby_cny=0.0, types=TYPES, supply=Some(), seconds=0.0,
    )  # fmt: skip
    assert packed.standby == 3
    found = {
        rule.rule: (rule.hosts, rule.cost_cny_per_year)
        for rule in plain_rules(sized, BOUGHT, packed, np.array([[10.0, 3], [7, 3]]))
    }
    assert set(found) == {"first-fit", "best-fit-dot", "best-fit-norm"}
    assert set(found.values()) == {(8, 47.0)}
