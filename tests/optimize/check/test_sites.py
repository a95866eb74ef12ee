"""The checker on plans with several sites: right ones pass, and each broken rule is caught."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from roomfold.optimize import Plan, make_plan
from roomfold.optimize.check import check_plan
from roomfold.optimize.conflict import ConflictError
from roomfold.optimize.explain import plan_or_explain
from roomfold.scenarios import Scenario, load
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.world import World

from ..conftest import MINIMAL

CLOUD = "alternatives.consolidate.cloud"
WEST = "title: {en: West, zh: 西}, latitude: 40.8, longitude: 111.7"
EAST = "title: {en: East, zh: 东}, latitude: 42.3, longitude: 118.9"
PLACES = (
    f"estate.places={{west: {{{WEST}, radius_km: 5, units: {{region: 1, banner: 0}}}}, "
    f"east: {{{EAST}, radius_km: 20, units: {{region: 0, banner: 2}}}}}}"
)
SITES = f"{CLOUD}.sites={{west: {{{WEST}, racks: 3}}, east: {{{EAST}}}}}"
NEAR = f"{CLOUD}.siting={{latency_ms: 5}}"
RECOVERY = (
    f"{CLOUD}.recovery={{tier: 5, min_km: 100, by: 2014-06-01, share: 0.5, changed_share_per_day: 0.02}}"
)


@pytest.fixture(scope="module")
def made() -> tuple[Scenario, World, Plan]:
    """Two sites about 620 km apart, each near its units and each taking over for the other."""
    scenario = load(MINIMAL, [PLACES, SITES, NEAR, RECOVERY])
    world = draw_world(scenario, 0)
    return scenario, world, make_plan(scenario, "consolidate", world)


def test_right_plans_break_nothing(made: tuple[Scenario, World, Plan]) -> None:
    scenario, world, plan = made
    assert len(plan.sites) == 2 and plan.recovery is not None
    assert check_plan(scenario, world, plan) == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ([f"{CLOUD}.siting.latency_ms=1.01"], "latency"),
        ([f"{CLOUD}.siting.most_sites=1"], "number of sites"),
        ([f"{CLOUD}.siting.new_sites=false"], "number of sites"),
        ([f"{CLOUD}.sites.west.racks=0.01"], "racks"),
        ([f"{CLOUD}.recovery.min_km=1000"], "recovery site"),
        ([f"{CLOUD}.recovery.max_km=300"], "recovery site"),
        ([f"{CLOUD}.recovery.by=2014-03-01"], "recovery site"),
        ([f"{CLOUD}.recovery.share=1"], "recovery room"),
    ],
)
def test_a_plan_for_other_limits_is_caught(
    made: tuple[Scenario, World, Plan], changes: list[str], rule: str
) -> None:
    """The plan of one scenario held against a stricter one."""
    _, world, plan = made
    strict = load(MINIMAL, [PLACES, SITES, NEAR, RECOVERY, *changes])
    held = replace(world, values=dict(draw_world(strict, 0).values))
    assert rule in {violation.rule for violation in check_plan(strict, held, plan)}


def _without_takeover(plan: Plan) -> Plan:
    assert plan.recovery is not None
    return replace(plan, recovery=None)


def _to_itself(plan: Plan) -> Plan:
    assert plan.recovery is not None
    itself = np.arange(len(plan.sites), dtype=np.int32)
    return replace(plan, recovery=replace(plan.recovery, site=itself))


def _nowhere(plan: Plan) -> Plan:
    assert plan.recovery is not None
    nowhere = np.full_like(plan.recovery.placement, -1)
    return replace(plan, recovery=replace(plan.recovery, placement=nowhere))


def _at_home(plan: Plan) -> Plan:
    assert plan.recovery is not None
    return replace(plan, recovery=replace(plan.recovery, placement=plan.placement))


def _crowded(plan: Plan) -> Plan:
    """Every take-over goes to one host, of memory for one component."""
    assert plan.recovery is not None
    one = np.flatnonzero(plan.hosts.recovers >= 0)[0]
    all_there = np.where(plan.recovery.placement >= 0, one, -1).astype(np.int32)
    return replace(plan, recovery=replace(plan.recovery, placement=all_there))


def _served_elsewhere(plan: Plan) -> Plan:
    return replace(plan, unit_site=np.where(plan.unit_site >= 0, 1 - plan.unit_site, -1).astype(np.int32))


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (_without_takeover, "recovery site"),
        (_to_itself, "recovery site"),
        (_nowhere, "recovery room"),
        (_at_home, "recovery room"),
        (_crowded, "recovery room"),
        (_served_elsewhere, "sites"),
        (_served_elsewhere, "latency"),
    ],
)
def test_a_broken_plan_is_caught(made: tuple[Scenario, World, Plan], broken: object, rule: str) -> None:
    scenario, world, plan = made
    assert callable(broken)
    assert rule in {violation.rule for violation in check_plan(scenario, world, broken(plan))}


def test_limits_on_sites_that_conflict_are_named() -> None:
    """One site cannot be near units 620 km apart; either limit given up leads to a plan."""
    scenario = load(MINIMAL, [PLACES, SITES, NEAR, f"{CLOUD}.siting.most_sites=1"])
    with pytest.raises(ConflictError) as caught:
        plan_or_explain(scenario, "consolidate", draw_world(scenario, 0))
    conflict = caught.value.conflict
    assert {family.name for family in conflict.rules} == {"number of sites", "latency"}
    changes = {relaxed.family.name: relaxed.change for relaxed in conflict.relaxed}
    assert changes["number of sites"] == "2 sites" and "instead of 5" in changes["latency"]
    assert all(relaxed.costs["sites_cny_per_year"] > 0 for relaxed in conflict.relaxed)
