"""The checker: right plans pass, and a plan broken in any one way is caught by the rule in question."""

from __future__ import annotations

import ast
from dataclasses import fields, replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import roomfold.optimize.check as checker
from roomfold.optimize import Plan, make_plan
from roomfold.optimize.check import RULES, BrokenPlanError, assured, check_plan
from roomfold.optimize.check.facts import Facts
from roomfold.optimize.check.failing import packs
from roomfold.optimize.plan import Hosts
from roomfold.scenarios import Scenario, load
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.estate import NEVER
from roomfold.scenarios.world import World

from ..conftest import MINIMAL

SIZED = ["alternatives.consolidate.cloud.sizing=performance", "estate.replica_share=1"]


@pytest.fixture(scope="module")
def made() -> tuple[Scenario, World, Plan]:
    """A plan by sizes in which every system with several servers has replicas, replicas apart."""
    scenario = load(MINIMAL, SIZED)
    world = draw_world(scenario, 1)
    plan = make_plan(scenario, "consolidate", world)
    return scenario, world, _spread(world, plan)


def _spread(world: World, plan: Plan) -> Plan:
    """The plan with every component on a host of its own, so that replicas are apart in any case."""
    placed = np.flatnonzero(plan.placement >= 0)
    own = plan.placement.copy()
    own[placed] = np.arange(len(placed))
    old = plan.placement[placed]
    spare = np.flatnonzero(plan.hosts.standby)
    rows = np.concatenate([old, spare])
    hosts = Hosts(*(getattr(plan.hosts, f.name)[rows] for f in fields(Hosts)))
    month = np.array([world.clock.month_of_hour(float(h)) for h in plan.wave_h[_system(world, placed)]])
    buy = np.concatenate([month, plan.hosts.buy_month[spare]]).astype(np.int32)
    assert plan.proof is not None
    proof = replace(plan.proof, hosts=len(rows))
    rack = np.arange(len(rows), dtype=np.int32)
    return replace(plan, hosts=replace(hosts, buy_month=buy, rack=rack), placement=own, proof=proof)


def _system(world: World, rows: np.ndarray) -> np.ndarray:
    return world.estate.servers.system[rows]


def rules_broken(scenario: Scenario, world: World, plan: Plan) -> set[str]:
    return {violation.rule for violation in check_plan(scenario, world, plan)}


@pytest.mark.parametrize("index", range(3))
def test_plans_of_the_planner_break_nothing(scenario: Scenario, index: int) -> None:
    drawn = draw_world(scenario, index)
    for name in scenario.alternatives:
        assert check_plan(scenario, drawn, make_plan(scenario, name, drawn)) == []


def test_large_plan_breaks_nothing(region: Scenario, region_world: World, region_plan: Plan) -> None:
    assert assured(region, region_world, region_plan) is region_plan


def test_spread_plan_breaks_nothing(made: tuple[Scenario, World, Plan]) -> None:
    assert check_plan(*made) == []


def _changed(plan: Plan, world: World, how: str) -> Plan:
    """The plan, broken in one way."""
    placed = np.flatnonzero(plan.placement >= 0)
    host, spare = plan.placement[placed[0]], int(np.flatnonzero(plan.hosts.standby)[0])
    placement, wave_h, hosts = plan.placement.copy(), plan.wave_h.copy(), plan.hosts
    system = world.estate.servers.system[placed]
    if how == "without a host":
        working = placed[~world.estate.servers.zombie[placed]]
        placement[working[0]] = -1
        flavour = np.where(placement >= 0, plan.flavour, -1).astype(np.int32)
        return replace(plan, placement=placement, flavour=flavour)
    if how == "classified":
        wave_h[np.flatnonzero(world.estate.systems.classified)[0]] = wave_h[system[0]]
        return replace(plan, wave_h=wave_h)
    if how == "other pool":
        other = int(np.flatnonzero((hosts.pool != hosts.pool[host]) & ~hosts.standby)[0])
        placement[placed[0]] = other
        return replace(plan, placement=placement)
    if how == "on standby":
        placement[placed[hosts.pool[plan.placement[placed]] == hosts.pool[spare]][0]] = spare
        return replace(plan, placement=placement)
    if how == "no standby":
        standby = hosts.standby.copy()
        standby[spare] = False
        return replace(plan, hosts=replace(hosts, standby=standby))
    if how == "together":
        rows = placed[~world.estate.servers.zombie[placed]]
        first = next(r for r in rows if (world.estate.servers.system[rows] == _one(world, r)).sum() > 1)
        twin = next(r for r in rows if _one(world, r) == _one(world, first) and r != first)
        placement[twin] = placement[first]
        return replace(plan, placement=placement)
    if how == "bought late":
        return replace(plan, hosts=replace(hosts, buy_month=hosts.buy_month + np.int32(5)))
    if how == "cheaper hosts":
        return replace(plan, hosts=replace(hosts, price_cny=hosts.price_cny * 0.5))
    if how == "small flavour":
        small = replace(plan.flavours, memory_gb=np.full(len(plan.flavours.memory_gb), 0.25))
        return replace(plan, flavours=small)
    if how == "one host for all":
        one = hosts.pool[plan.placement[placed]] == hosts.pool[host]
        placement[placed[one]] = host
        return replace(plan, placement=placement)
    today = np.flatnonzero((wave_h != NEVER) & (world.estate.systems.arrives_month == 0))
    if how == "too early":
        wave_h[today[0]] = 2 + 24 * 3
    elif how == "on a Sunday":
        wave_h[today[0]] += 24
    elif how == "too late":
        wave_h[today[-1]] = world.clock.hours - 22
    elif how == "all at once":
        wave_h[today] = wave_h[today].min()
    elif how == "large team":
        return replace(plan, team_fte=1000.0)
    elif how == "no line":
        return replace(plan, shared_lines=np.zeros_like(plan.shared_lines))
    elif how == "bound above cost":
        assert plan.proof is not None
        return replace(plan, proof=replace(plan.proof, bound_cny_per_year=plan.proof.cost_cny_per_year + 1))
    return replace(plan, wave_h=wave_h)


def _one(world: World, row: int) -> int:
    return int(world.estate.servers.system[row])


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ("without a host", "placed"),
        ("classified", "classified"),
        ("other pool", "zones and levels"),
        ("on standby", "standby"),
        ("no standby", "standby"),
        ("together", "apart"),
        ("bought late", "bought in time"),
        ("cheaper hosts", "host types"),
        ("small flavour", "flavours"),
        ("one host for all", "memory"),
        ("one host for all", "sizes"),
        ("too early", "opening"),
        ("on a Sunday", "slots"),
        ("too late", "deadline"),
        ("all at once", "staff"),
        ("large team", "staff"),
        ("no line", "lines"),
        ("bound above cost", "proof"),
    ],
)
def test_a_broken_plan_is_caught(made: tuple[Scenario, World, Plan], how: str, rule: str) -> None:
    scenario, world, plan = made
    broken = _changed(plan, world, how)
    assert rule in rules_broken(scenario, world, broken)
    with pytest.raises(BrokenPlanError, match=rule.replace("+", r"\+")) as caught:
        assured(scenario, world, broken)
    assert caught.value.exit_code == 1


def test_a_host_that_nobody_carries_is_caught(scenario: Scenario) -> None:
    """A standby host that is a plain host without room: the pool's other hosts are full."""
    world = draw_world(scenario, 1)
    plan = make_plan(scenario, "consolidate", world)
    standby = plan.hosts.standby.copy()
    standby[np.flatnonzero(standby)[0]] = False
    rows = np.flatnonzero(standby == plan.hosts.standby)
    row_of = np.full(len(standby), -1, dtype=np.int32)
    row_of[rows] = np.arange(len(rows))
    hosts = Hosts(*(getattr(plan.hosts, f.name)[rows] for f in fields(Hosts)))
    placement = np.where(plan.placement >= 0, row_of[plan.placement], -1).astype(np.int32)
    assert "N+k" in rules_broken(scenario, world, replace(plan, hosts=hosts, placement=placement))


def test_disk_is_counted(made: tuple[Scenario, World, Plan]) -> None:
    """Memory and disk break apart: a world whose disks alone are too full."""
    scenario, world, plan = made
    servers = replace(world.estate.servers, disk_gb=world.estate.servers.disk_gb * 200)
    full = replace(world, estate=replace(world.estate, servers=servers))
    assert {"disk", "flavours", "copying"} <= rules_broken(scenario, full, plan)
    assert "memory" not in rules_broken(scenario, full, plan)


def test_busy_hours_are_counted(made: tuple[Scenario, World, Plan]) -> None:
    scenario, world, plan = made
    servers = replace(world.estate.servers, demand_ssj=world.estate.servers.demand_ssj * 100)
    busy = replace(world, estate=replace(world.estate, servers=servers))
    crowded = _changed(plan, world, "one host for all")
    assert "busy hours" in rules_broken(scenario, busy, crowded)


def test_replicas_on_one_rack_are_caught(made: tuple[Scenario, World, Plan]) -> None:
    """In one rack all replicas share it, which is too full besides; with a rack for each host, none do."""
    _, world, plan = made
    scenario = load(MINIMAL, [*SIZED, "alternatives.consolidate.cloud.apart=rack"])
    crowded = replace(plan, hosts=replace(plan.hosts, rack=np.zeros_like(plan.hosts.rack)))
    assert {"apart", "rack units"} <= rules_broken(scenario, world, crowded)
    assert not {"apart", "rack units"} & rules_broken(scenario, world, plan)


def test_room_is_shared_over_time(made: tuple[Scenario, World, Plan]) -> None:
    """Who leaves makes room for who comes: sums are taken hour by hour, by hand here."""
    scenario, world, plan = made
    chosen = scenario.alternatives["consolidate"]
    assert chosen.cloud is not None and chosen.migration is not None
    facts = Facts(scenario, world, plan, chosen, chosen.cloud, chosen.migration)
    rng = np.random.default_rng(5)
    crowded = replace(plan, placement=np.where(plan.placement >= 0, plan.placement % 3, -1).astype(np.int32))
    facts = replace(facts, plan=crowded)
    amount = rng.integers(1, 9, len(facts.placed)).astype(np.float64)
    hours = np.unique(np.concatenate([facts.from_h, facts.until_h]))
    by_hand = np.zeros(len(plan.hosts.type))
    for hour in hours:
        there = (facts.from_h <= hour) & (hour < facts.until_h)
        held = np.bincount(facts.host[there], amount[there], minlength=len(by_hand))
        by_hand = np.maximum(by_hand, held)
    np.testing.assert_allclose(facts.most_at_once(amount), by_hand)


sizes = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=5)
bins = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=3)


@given(sizes, bins)
@settings(max_examples=150, deadline=None)
def test_search_for_room_is_exact(items: list[tuple[int, int]], room: list[tuple[int, int]]) -> None:
    """Against every way to place the items."""
    wanted, given_room = np.array(items, dtype=np.float64), np.array(room, dtype=np.float64)

    def fits(places: tuple[int, ...]) -> bool:
        held = np.zeros_like(given_room)
        np.add.at(held, list(places), wanted)
        return bool((held <= given_room).all())

    expected = any(fits(places) for places in product(range(len(room)), repeat=len(items)))
    assert packs(wanted, given_room) is expected


def test_the_checker_knows_no_model() -> None:
    """It imports the plan, scenarios and itself, and nothing else of the package."""
    for file in Path(checker.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level:
                name = node.module or ""
                assert node.level == 1 or name == "plan" or name.startswith("scenarios"), (file.name, name)


def test_every_rule_has_a_name() -> None:
    assert len(RULES) >= 21 and all(rule.__doc__ for rule in RULES.values())


def test_a_deadline_that_the_plan_owns_up_to_is_no_bug(scenario: Scenario) -> None:
    """Late systems are the plan's to state; stating fewer is a bug."""
    chosen = scenario.alternatives["consolidate"]
    assert chosen.deadline is not None
    world = draw_world(scenario, 0)
    plan = make_plan(scenario, "consolidate", world)
    early = chosen.model_copy(update={"deadline": chosen.deadline - timedelta(days=200)})
    tight = scenario.model_copy(update={"alternatives": {**scenario.alternatives, "consolidate": early}})
    assert rules_broken(tight, world, plan) == {"deadline"}
    owned = replace(plan, late=len(world.estate.systems.id))
    assert rules_broken(tight, world, owned) == set()
