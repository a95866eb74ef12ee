"""Plans made from what earlier ones found: the same plan, and bounds that are proven anew."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from roomfold.optimize import Plan, make_plan
from roomfold.optimize.check import check_plan
from roomfold.optimize.frontier import Setting, applied, named
from roomfold.optimize.known import Known
from roomfold.optimize.rules import Case
from roomfold.scenarios import Scenario, load
from roomfold.scenarios.draw import draw_world

from .conftest import MINIMAL

SETTINGS = (
    Setting(),
    Setting(standby=1),
    Setting(load="careful"),
    Setting(energy_weight=1.0),
    Setting(energy_weight=4.0),
)


def columns(plan: Plan) -> list[np.ndarray]:
    return [plan.wave_h, plan.placement, *(getattr(plan.hosts, field.name) for field in fields(plan.hosts))]


@pytest.mark.parametrize("sizing", ["profiles", "performance"])
def test_what_is_known_changes_no_plan_but_by_its_weights(sizing: str) -> None:
    """Same costs, same plan. Under other costs a plan within the gap of the first, never below its bound."""
    scenario = load(MINIMAL, [f"alternatives.consolidate.cloud.sizing={sizing}"])
    world, known = draw_world(scenario, 1), Known()
    for setting in SETTINGS:
        case, weights = applied(Case(scenario, "consolidate", world), setting)
        again = make_plan(case.scenario, "consolidate", case.world, weights, known=known)
        fresh = make_plan(case.scenario, "consolidate", case.world, weights)
        assert check_plan(case.scenario, case.world, again) == []
        assert again.proof is not None and fresh.proof is not None
        assert again.proof.baselines == () and again.proof.sparing is None and fresh.proof.baselines
        assert again.proof.bound_cny_per_year <= fresh.proof.cost_cny_per_year * (1 + 1e-9)
        assert fresh.proof.bound_cny_per_year <= again.proof.cost_cny_per_year * (1 + 1e-9)
        np.testing.assert_array_equal(again.wave_h, fresh.wave_h)
        if setting.energy_weight == 0 and sizing == "profiles":
            for one, other in zip(columns(again), columns(fresh), strict=True):
                np.testing.assert_array_equal(one, other)
            assert again.proof.cost_cny_per_year == fresh.proof.cost_cny_per_year
    assert sizing == "performance" or known.packings


def test_a_copy_is_bound_by_the_rules_of_its_model() -> None:
    """A rule that names an alternative binds its copies as well."""
    rule = "{rule: no_new_room, from: 2014-06-01, source: test, alternatives: [consolidate]}"
    scenario: Scenario = named(load(MINIMAL, [f"policy={{frozen: {rule}}}"]), "consolidate", "copy")
    assert getattr(scenario.policy["frozen"], "alternatives") == ("consolidate", "copy")  # noqa: B009
