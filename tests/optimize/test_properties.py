"""What holds for every plan: its bound, its rules, and that asking less never costs more.

Random small scenarios. Electricity is free where two plans are compared, for the mean load at which hosts
are priced belongs to the components that are packed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import TypeVar, get_args

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from roomfold.optimize import Plan, make_plan
from roomfold.optimize.check import check_plan
from roomfold.optimize.endings import time_limit
from roomfold.optimize.solver import Model
from roomfold.scenarios import InfeasibleError, Scenario, load
from roomfold.scenarios.cloud import Cloud
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.estate import Servers, Systems
from roomfold.scenarios.world import World

from .conftest import MINIMAL

CLOUD = "alternatives.consolidate.cloud"
FREE = "prices.electricity_cny_per_kwh=0"
EXACT = 1e-9  # gap of a plan that is proven optimal
CENT = 0.01

Table = TypeVar("Table", Servers, Systems)

changes = st.fixed_dictionaries(
    {
        "estate.systems": st.integers(6, 24),
        "estate.memory_gb": st.sampled_from([2, 6, 20, 60]),
        "estate.disk_gb": st.sampled_from([50, 400, 1500]),
        "estate.cpu_utilisation": st.sampled_from([0.03, 0.1, 0.3]),
        "estate.replica_share": st.sampled_from([0, 0.5, 1]),
        f"{CLOUD}.standby_hosts": st.integers(0, 2),
        f"{CLOUD}.growth_years_ahead": st.integers(0, 1),
        f"{CLOUD}.apart": st.sampled_from(get_args(Cloud.model_fields["apart"].annotation)),
        f"{CLOUD}.sizing": st.sampled_from(get_args(Cloud.model_fields["sizing"].annotation)),
        "study.seed": st.integers(0, 1000),
    }
)
few = settings(
    max_examples=7,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    phases=[Phase.generate],  # a plan takes too long to look for a smaller example
)


def _loaded(chosen: dict[str, object], *more: str) -> Scenario:
    return load(MINIMAL, [*(f"{path}={value}" for path, value in chosen.items()), *more])


def _cost(plan: Plan) -> float:
    return 0.0 if plan.proof is None else plan.proof.cost_cny_per_year


def _proven(*plans: Plan) -> bool:
    return all(plan.proof is None or plan.proof.gap <= EXACT for plan in plans)


def _never_dearer(eased: Plan, plan: Plan) -> None:
    """Costs where both are proven optimal; else the bound of the eased plan at least."""
    bound = 0.0 if eased.proof is None else eased.proof.bound_cny_per_year
    assert bound <= _cost(plan) * (1 + EXACT) + CENT
    if _proven(eased, plan):
        assert _cost(eased) <= _cost(plan) * (1 + EXACT) + CENT


@given(changes)
@few
def test_plans_keep_their_rules_and_their_bound(chosen: dict[str, object]) -> None:
    scenario = _loaded(chosen)
    world = draw_world(scenario, 0)
    plan = make_plan(scenario, "consolidate", world)
    assert check_plan(scenario, world, plan) == []
    if plan.proof is not None:
        assert 0 < plan.proof.bound_cny_per_year <= plan.proof.cost_cny_per_year + CENT


@pytest.mark.parametrize("apart", ["host", "rack"])
@pytest.mark.parametrize("sizing", ["performance", "as-is", "profiles"])
def test_replicas_lie_apart_in_every_way(sizing: str, apart: str) -> None:
    ways = [f"{CLOUD}.sizing={sizing}", f"{CLOUD}.apart={apart}", "estate.replica_share=1"]
    scenario = load(MINIMAL, ways)
    world = draw_world(scenario, 0)
    assert check_plan(scenario, world, make_plan(scenario, "consolidate", world)) == []


@pytest.mark.parametrize("sizing", ["performance", "profiles"])
def test_a_limit_on_a_host_type_is_kept_and_never_costs_less(sizing: str) -> None:
    free = load(MINIMAL, [f"{CLOUD}.sizing={sizing}", FREE])
    world = draw_world(free, 0)
    plan = make_plan(free, "consolidate", world)
    used = np.bincount(plan.hosts.type, minlength=3)
    limited = load(
        MINIMAL,
        [f"{CLOUD}.sizing={sizing}", FREE, f"{CLOUD}.host_types.{used.argmax()}.limit={used.max() // 2}"],
    )
    again = make_plan(limited, "consolidate", world)
    assert check_plan(limited, world, again) == []
    assert "host limits" in {broken.rule for broken in check_plan(limited, world, plan)}
    _never_dearer(plan, again)


def test_limits_that_leave_too_few_hosts_are_named() -> None:
    none = load(MINIMAL, [f"{CLOUD}.host_types.{k}.limit=1" for k in range(3)])
    with pytest.raises(InfeasibleError, match="host"):
        make_plan(none, "consolidate", draw_world(none, 0))


@given(changes)
@few
def test_one_more_host_type_never_costs_more(chosen: dict[str, object]) -> None:
    """The weakest type is left out: sizes follow from the strongest and largest."""
    scenario = _loaded(chosen, FREE)
    world = draw_world(scenario, 0)
    fewer = _with_cloud(scenario, lambda types: types[:2])
    _never_dearer(make_plan(scenario, "consolidate", world), make_plan(fewer, "consolidate", world))


@given(changes)
@few
def test_replicas_that_may_meet_never_cost_more(chosen: dict[str, object]) -> None:
    apart = _loaded(chosen, FREE)
    together = _loaded(chosen, FREE, f"{CLOUD}.apart=none")
    world = draw_world(apart, 0)
    _never_dearer(make_plan(together, "consolidate", world), make_plan(apart, "consolidate", world))


@given(changes, st.integers(0, 10**6))
@few
def test_one_component_less_never_costs_more(chosen: dict[str, object], which: int) -> None:
    """A system that stays, classified, in its room."""
    scenario = _loaded(chosen, FREE)
    world = draw_world(scenario, 0)
    plan = make_plan(scenario, "consolidate", world)
    moved = np.unique(world.estate.servers.system[plan.placement >= 0])
    assume(len(moved) > 1)
    classified = world.estate.systems.classified.copy()
    classified[moved[which % len(moved)]] = True
    systems = replace(world.estate.systems, classified=classified)
    without = replace(world, estate=replace(world.estate, systems=systems))
    fewer = make_plan(scenario, "consolidate", without)
    # Sizes are merged when there are many, and then depend on who is there.
    assume(_sizes(fewer) <= _sizes(plan))
    _never_dearer(fewer, plan)


def _sizes(plan: Plan) -> frozenset[tuple[float, ...]]:
    sizes = np.stack([plan.flavours.vcpu, plan.flavours.memory_gb, plan.flavours.disk_gb], axis=1)
    return frozenset(map(tuple, sizes.tolist()))


@given(changes, st.permutations(range(3)), st.integers(0, 10**6))
@few
def test_the_order_of_the_input_is_without_effect(
    chosen: dict[str, object], order: list[int], seed: int
) -> None:
    """Host types in any order, and servers in any order: the same costs, bounds and hosts."""
    scenario = _loaded(chosen)
    world = draw_world(scenario, 0)
    plan = make_plan(scenario, "consolidate", world)
    mixed = _with_cloud(scenario, lambda types: tuple(types[i] for i in order))
    shuffled = _shuffled(world, np.random.default_rng(seed))
    again = make_plan(mixed, "consolidate", shuffled)
    assert (plan.proof is None) == (again.proof is None)
    if plan.proof is None or again.proof is None:
        return
    assert again.proof.cost_cny_per_year == pytest.approx(plan.proof.cost_cny_per_year, rel=EXACT)
    assert again.proof.bound_cny_per_year == pytest.approx(plan.proof.bound_cny_per_year, rel=EXACT)
    assert sorted(again.hosts.price_cny) == pytest.approx(sorted(plan.hosts.price_cny))


def _with_cloud(scenario: Scenario, host_types: Callable[..., object]) -> Scenario:
    chosen = scenario.alternatives["consolidate"]
    assert chosen.cloud is not None
    cloud = chosen.cloud.model_copy(update={"host_types": host_types(chosen.cloud.host_types)})
    alternatives = {**scenario.alternatives, "consolidate": chosen.model_copy(update={"cloud": cloud})}
    return scenario.model_copy(update={"alternatives": alternatives})


def _shuffled(world: World, rng: np.random.Generator) -> World:
    """The same servers in another order of rows."""
    servers = _rows(world.estate.servers, rng.permutation(len(world.estate.servers.id)))
    return replace(world, estate=replace(world.estate, servers=servers))


def _rows(table: Table, rows: np.ndarray) -> Table:
    return type(table)(*(getattr(table, field.name)[rows] for field in fields(table)))


def test_a_time_limit_ends_a_search_with_what_is_known() -> None:
    """A search that would go on for long: its answer has a bound, and is no error."""
    rng = np.random.default_rng(11)
    sizes = rng.integers(40, 90, 40)
    model = Model()
    used = model.columns("used", 25, cost=1.0 + np.arange(25) / 100, high=1, whole=True)
    packed = model.columns("packed", (40, 25), high=1, whole=True)
    item, host = np.divmod(np.arange(1000), 25)
    model.rows("once", item, packed.ravel(), 1.0, low=1.0)
    entries = np.concatenate([host, np.arange(25)])
    columns = np.concatenate([packed.ravel(), used])
    values = np.concatenate([sizes[item], np.full(25, -150.0)])
    model.rows("open", entries, columns, values, high=0.0)
    with time_limit(0.3):
        answer = model.solve(nodes=10**9)
    assert answer.bound <= answer.cost and not answer.infeasible
