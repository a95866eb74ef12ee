"""The checker on rules of moving: the plan of one scenario held against a stricter one."""

from __future__ import annotations

import numpy as np
import pytest

from roomfold.optimize import make_plan
from roomfold.optimize.check import check_plan
from roomfold.scenarios import load
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.estate import NEVER

from ..conftest import MINIMAL

MIGRATION = "alternatives.consolidate.migration"
BOTH = "levels: [banner, region]"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (f"{MIGRATION}.freeze=[{{from: 2014-03-01, to: 2014-12-31, what: test}}]", "freeze"),
        (f"{MIGRATION}.most_per_month=1", "rate"),
        (f"{MIGRATION}.budget_cny_per_year=1000", "budget"),
        (f"{MIGRATION}.budget_cny_by_year={{2014: 1000}}", "budget"),
        (
            f"policy.x={{rule: new_or_upgraded_must_cloud, from: 2014-01-01, {BOTH}, source: s}}",
            "x",
        ),
        (f"policy.x={{rule: coverage, by: 2014-03-31, {BOTH}, source: s}}", "x"),
    ],
)
def test_a_plan_for_other_rules_is_caught(change: str, rule: str) -> None:
    plain, strict = load(MINIMAL), load(MINIMAL, [change])
    world = draw_world(strict, 0)
    plan = make_plan(plain, "consolidate", draw_world(plain, 0))
    assert check_plan(plain, world, plan) == []
    assert {violation.rule for violation in check_plan(strict, world, plan)} == {rule}


def test_a_budget_that_is_just_enough_is_kept() -> None:
    """Money of a year by hand: person-days times the day rate; CNY 1 less is too little."""
    plain = load(MINIMAL, [f"{MIGRATION}.budget_cny_per_year=1e9"])
    world = draw_world(plain, 0)
    plan = make_plan(plain, "consolidate", world)
    systems = world.estate.systems
    moved = (plan.wave_h != NEVER) & (systems.arrives_month == 0)
    opens_h = world.clock.hour_of(plain.alternatives["consolidate"].cloud.opens)  # type: ignore[union-attr]  # it has a cloud
    starts_h = world.clock.month_edges_h[np.minimum(systems.arrives_month, world.clock.months)]
    moved |= (plan.wave_h != NEVER) & (starts_h < opens_h)
    need = float(systems.effort_days[moved].sum()) * 1300
    for field, rules in (
        (f"budget_cny_per_year={need + 1}", set()),
        (f"budget_cny_per_year={need - 1}", {"budget"}),
        (f"budget_cny_by_year={{2014: {need + 1}}}", set()),
        (f"budget_cny_by_year={{2014: {need - 1}}}", {"budget"}),
    ):
        scenario = load(MINIMAL, [f"{MIGRATION}.{field}"])
        found = check_plan(scenario, draw_world(scenario, 0), plan)
        assert {violation.rule for violation in found} == rules
