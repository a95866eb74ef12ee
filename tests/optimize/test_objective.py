"""An objective of the caller's own: what is planned is least in it, by a bound, and answers are looked at."""

from __future__ import annotations

import numpy as np
import pytest

from roomfold.optimize import HostTypes, Objective, Weights, make_plan
from roomfold.optimize.check import check_plan
from roomfold.optimize.hosts import Floats
from roomfold.scenarios import RoomfoldError, Scenario
from roomfold.scenarios.world import World


def alike(_types: HostTypes, yearly_cny: Floats) -> Floats:
    return np.ones_like(yearly_cny)


def test_fewest_hosts(scenario: Scenario, world: World) -> None:
    """Each host counts one: cost is the number that work, and no more than a plan by money has."""
    plain = make_plan(scenario, "consolidate", world)
    plan = make_plan(scenario, "consolidate", world, Weights(objective=alike))
    assert plan.proof is not None
    working = np.count_nonzero(~plan.hosts.standby)
    assert plan.proof.cost_cny_per_year == working
    assert plan.proof.standby_cost_cny_per_year == np.count_nonzero(plan.hosts.standby)
    assert plan.proof.bound_cny_per_year <= working <= np.count_nonzero(~plain.hosts.standby)
    assert not check_plan(scenario, world, plan)


def test_money_in_another_unit_is_the_same_plan(scenario: Scenario, world: World) -> None:
    plain = make_plan(scenario, "consolidate", world)
    plan = make_plan(scenario, "consolidate", world, Weights(objective=lambda _, yearly: yearly / 1024))
    assert np.array_equal(plan.placement, plain.placement)
    assert plan.proof is not None and plain.proof is not None
    assert plan.proof.cost_cny_per_year == plain.proof.cost_cny_per_year / 1024


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda _types, yearly: yearly[:1], "shape"),
        (lambda _types, yearly: -yearly, "above 0"),
        (lambda _types, yearly: yearly * np.nan, "finite"),
    ],
)
def test_an_answer_that_is_none(scenario: Scenario, world: World, answer: Objective, said: str) -> None:
    with pytest.raises(RoomfoldError, match=f"objective: .*{said}"):
        make_plan(scenario, "consolidate", world, Weights(objective=answer))
