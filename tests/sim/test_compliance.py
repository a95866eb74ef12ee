"""What became of rules, held against what can be counted in the timeline, and money by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from roomfold.optimize import make_plan
from roomfold.scenarios import Scenario
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.estate import NEVER
from roomfold.scenarios.world import World
from roomfold.sim.codec import decode, encode
from roomfold.sim.compliance import RuleOutcome, goals, judged
from roomfold.sim.crew import Task, run_in_full
from roomfold.sim.ledger import ITEM
from roomfold.sim.run import Run
from roomfold.sim.simulate import simulate, simulate_all

from . import small

YEARS = "time.years=2"


def became(*rules: str, saving: float = 1.0) -> tuple[Scenario, World, Run, dict[str, RuleOutcome]]:
    """What became of rules r0, r1, ... in a small world; every month saves the same."""
    texts = [f"policy.r{i}={{{rule}, source: s}}" for i, rule in enumerate(rules)]
    scenario, world = small.drawn(0, YEARS, *texts)
    plan = make_plan(scenario, "consolidate", world)
    run = simulate(scenario, plan, world)
    found = judged(scenario, world, plan, run, np.full(world.clock.months, saving))
    return scenario, world, run, dict(found)


def test_departments_and_rooms_are_counted_as_the_timeline_has_them() -> None:
    _, world, run, found = became(
        "rule: coverage, by: 2014-05-31, strict: false",
        "rule: close_small, by: 2014-07-31, area_m2: 1e5, strict: false",
        "rule: migrate_existing, to: 2014-08-31, strict: false",
    )
    systems, moved_h = world.estate.systems, run.timeline.moved_h
    rooms = sorted(set(systems.room[~systems.stays & (systems.arrives_month == 0)].tolist()))
    first_h = [int(moved_h[systems.room == room].min()) for room in rooms]
    may_h, july_h, august_h = (world.clock.month_edges_h[m] for m in (5, 7, 8))
    late = sum(h >= may_h for h in first_h)
    assert (found["r0"].shortfall, found["r0"].met) == (late, late == 0)
    assert (found["r0"].first_h, found["r0"].met_h) == (min(first_h), max(first_h))
    free = [room for room in rooms if not systems.stays[systems.room == room].any()]
    closes_h = run.timeline.room_close_h[free]
    assert found["r1"].shortfall == (closes_h > july_h).sum()
    goes = ~systems.stays & (systems.arrives_month < 2) & (systems.retires_month >= 8)
    assert found["r2"].shortfall == (moved_h[goes] >= august_h).sum()
    assert found["r2"].due_month == 7


def test_money_is_back_in_the_month_in_which_it_is() -> None:
    """Spent 100 at the opening, 10 saved a month: all is back at the end of the tenth month that saves."""
    scenario, world = small.drawn(0, YEARS, "policy.r={rule: payback_max, months: 9, source: s}")
    plan = make_plan(scenario, "consolidate", world)
    run = simulate(scenario, plan, world)
    saving = np.where(np.arange(world.clock.months) < 2, 0.0, 10.0)
    saving[2] = -100.0
    found = judged(scenario, world, plan, run, saving)["r"]
    edges = world.clock.month_edges_h
    assert (found.met, found.shortfall, found.unit) == (False, 2.0, "months")
    assert (found.met_h, found.first_h) == (edges[13], edges[3])
    sooner = judged(scenario, world, plan, run, np.where(saving < 0, -60.0, saving))["r"]
    assert sooner.met and sooner.shortfall == 0 and sooner.met_h == edges[9]
    never = judged(scenario, world, plan, run, np.minimum(saving, 0.0))["r"]
    assert (never.met, never.met_h, never.first_h) == (False, None, None)


def test_excluding_everybody_leaves_nothing_to_save() -> None:
    rule = "policy.r={rule: exclude, levels: [region, banner], source: s}"
    scenario, world = small.drawn(0, YEARS, rule)
    plans = [make_plan(scenario, name, world) for name in ("keep", "consolidate")]
    keep, consolidate = simulate_all(scenario, plans, world)
    assert not (consolidate.timeline.moved_h < NEVER).any()
    assert consolidate.ledger.cost_cny.sum() == pytest.approx(keep.ledger.cost_cny.sum(), rel=1e-12)
    found = judged(scenario, world, plans[1], consolidate, np.zeros(world.clock.months))["r"]
    assert found.met and found.shortfall == 0
    assert goals(scenario, world, plans[1], consolidate)["systems_on_cloud"] == 0


def test_no_room_is_built_even_where_there_is_no_cloud() -> None:
    """Systems go into rooms there are; what they draw there is drawn there, and no other cost moves."""
    many = ("estate.new_systems_per_year=0.5", "estate.new_room_per_new_system=0.5")
    rule = "policy.r={rule: no_new_room, from: 2014-01-01, alternatives: [keep], source: s}"
    free, ruled = (small.scenario(YEARS, *many, *rules) for rules in ((), (rule,)))
    world = draw_world(free, 0)
    built, none = (simulate(s, make_plan(s, "keep", world), world) for s in (free, ruled))
    new = [np.isin(run.ledger.item, [ITEM["room_new"]]).sum() for run in (built, none)]
    assert new[0] > 0 and new[1] == 0
    assert np.array_equal(built.series["demand_mssj"] > 0, none.series["demand_mssj"] > 0)
    assert (np.diff(none.series["rooms_open"]) <= 0).all()
    plan = make_plan(ruled, "keep", world)
    assert judged(ruled, world, plan, none, np.zeros(24))["r"].met
    assert judged(ruled, world, plan, built, np.zeros(24))["r"].shortfall == new[0]


def test_demand_rises_by_the_factor_and_in_both_alternatives() -> None:
    step = "policy.r={rule: demand_step, date: 2015-01-01, factor: 2, source: s}"
    free, stepped = small.scenario(YEARS), small.scenario(YEARS, step)
    world = draw_world(stepped, 0)
    calm = replace(world, estate=draw_world(free, 0).estate)
    plans = [make_plan(free, name, calm) for name in ("keep", "consolidate")]
    before, after = simulate_all(free, plans, calm), simulate_all(stepped, plans, world)
    first = world.clock.hour_of(date(2015, 1, 1))
    for flat, risen in zip(before, after, strict=True):
        was, now = flat.series["demand_mssj"], risen.series["demand_mssj"]
        assert now[:first] == pytest.approx(was[:first], rel=1e-5)
        assert now[first:] == pytest.approx(2 * was[first:], rel=1e-5)


def test_outcomes_of_rules_are_kept_with_a_world() -> None:
    rule = "policy.r={rule: coverage, by: 2014-12-31, source: s}"
    scenario = small.scenario("time.years=1", rule)
    world = draw_world(scenario, 0)
    point = np.array([0.5] * len(world.values))
    result = run_in_full(scenario, Task(scenario.study.seed, 0, point)).summed(scenario)
    head, body = encode(result)
    again = decode(head + body)
    assert again.outcomes["consolidate"].policy == result.outcomes["consolidate"].policy
    assert again.outcomes["consolidate"].goals == result.outcomes["consolidate"].goals
    assert not result.outcomes["keep"].policy and result.outcomes["consolidate"].policy["r"].met
