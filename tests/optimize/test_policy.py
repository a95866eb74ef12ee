"""Rules in plans: kept where strict, kept as far as can be where not, and refused in words."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from numpy.typing import NDArray

from roomfold.optimize import make_plan
from roomfold.optimize.check import check_plan
from roomfold.optimize.explain import plan_or_explain
from roomfold.optimize.plan import Plan
from roomfold.optimize.waves import moves_allowed, rooms_meant
from roomfold.scenarios import Scenario, load
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.errors import InfeasibleError
from roomfold.scenarios.estate import NEVER
from roomfold.scenarios.world import World

from .conftest import MINIMAL

DAY = 24
HALF_A_YEAR_H = 26 * 7 * DAY
SIZED = "alternatives.consolidate.cloud.sizing=performance"  # quick to pack; rules bind what moves when
NO_DEADLINE = "alternatives.consolidate.deadline=null"


@lru_cache
def planned(*overrides: str, index: int = 0) -> tuple[Scenario, World, Plan]:
    """The plan of one small world."""
    scenario = load(MINIMAL, ["time.years=3", SIZED, *overrides])
    world = draw_world(scenario, index)
    return scenario, world, make_plan(scenario, "consolidate", world)


def moved(plan: Plan) -> NDArray[np.int64]:
    """Systems that are moved out of rooms."""
    return np.flatnonzero((plan.wave_h != NEVER) & (plan.wave_h % DAY == 2))


# Rules that a plan without them breaks, and how the check is named.
STRICT = [
    "rule: coverage, by: 2014-04-30, share: 0.7",
    "rule: close_small, by: 2014-05-31, servers: 6",
    "rule: merge_large, most_per_year: 1, servers: 2",
    "rule: migrate_existing, from: 2014-09-01",
    "rule: migrate_existing, most: 2, per: month",
    "rule: exclude, levels: [banner]",
    "rule: separate_pools, attributes: [level]",
    "rule: new_or_upgraded_must_cloud, from: 2014-01-01",
]


@pytest.mark.parametrize("rule", STRICT)
def test_a_plan_keeps_its_rule_and_one_without_is_caught(rule: str) -> None:
    scenario, world, plan = planned(f"policy.x={{{rule}, source: s}}", NO_DEADLINE)
    assert check_plan(scenario, world, plan) == []
    assert len(moved(plan))
    _, _, free = planned(NO_DEADLINE)
    later = np.where(np.isin(np.arange(len(free.wave_h)), moved(free)), HALF_A_YEAR_H, 0).astype(np.int32)
    others = (free, replace(free, wave_h=free.wave_h + later))
    caught = {violation.rule for other in others for violation in check_plan(scenario, world, other)}
    assert caught & {"x", "pinned"}


def test_large_rooms_are_emptied_one_a_year_the_smallest_first() -> None:
    _, world, plan = planned(
        "policy.x={rule: merge_large, most_per_year: 1, servers: 2, source: s}", NO_DEADLINE
    )
    systems, servers = world.estate.systems, world.estate.servers
    size = np.bincount(systems.room[servers.system[systems.arrives_month[servers.system] == 0]])
    rows = moved(plan)
    years: dict[int, set[int]] = {}
    for row in rows.tolist():
        if not systems.classified[systems.room == systems.room[row]].any():
            year = world.clock.day_of_hour(float(plan.wave_h[row])).year
            years.setdefault(year, set()).add(int(systems.room[row]))
    assert [len(years[year]) for year in sorted(years)] == [1] * len(years) and len(years) > 1
    sizes = [size[next(iter(years[year]))] for year in sorted(years)]
    assert sizes == sorted(sizes)


def test_what_is_not_small_is_large_at_the_same_threshold() -> None:
    small = "policy.a={rule: close_small, by: 2016-06-30, servers: {low: 2, mode: 4, high: 9}, source: s}"
    scenario, world, plan = planned(
        small, "policy.b={rule: merge_large, rest_of: a, by: 2016-09-30, source: s}"
    )
    below, above = (rooms_meant(scenario, world, scenario.policy[name]) for name in ("a", "b"))  # type: ignore[arg-type]  # rules of rooms
    systems = world.estate.systems
    held = np.isin(np.arange(len(below)), systems.room[systems.stays])
    there = (world.estate.rooms.opens_month == 0) & ~held
    assert np.array_equal(below | above, there) and not (below & above).any()
    assert below.any() and above.any() and check_plan(scenario, world, plan) == []


def test_what_a_year_allows_is_spread_over_its_months() -> None:
    scenario, world, _ = planned(
        "policy.x={rule: migrate_existing, most: 7, per: year, source: s}", NO_DEADLINE
    )
    allowed = moves_allowed(list(scenario.policy.values()), world)
    assert allowed.reshape(-1, 12).sum(axis=1).tolist() == [7, 7, 7]
    assert set(allowed.tolist()) == {0, 1}


def test_a_strict_rule_is_kept_at_the_cost_of_one_that_is_not() -> None:
    """One person moves little in a month: the strict rule has its systems moved, the other waits."""
    few = "alternatives.consolidate.migration.team_fte=2"
    strict = "policy.a={rule: migrate_existing, to: 2014-09-30, levels: [banner], source: s}"
    loose = "policy.b={rule: migrate_existing, to: 2014-06-30, levels: [region], strict: false, source: s}"
    scenario, world, plan = planned(few, strict, loose, NO_DEADLINE)
    assert check_plan(scenario, world, plan) == [] and plan.late > 0
    level = world.estate.units.level[world.estate.systems.unit]
    rows = moved(plan)
    end_h = world.clock.month_edges_h[9]
    assert (plan.wave_h[rows[level[rows] == 1]] < end_h).all()


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "rule: dr_site, by: 2014-12-31, tier: 5",
            "a recovery site of tier 5 ready by 2014-12-31 (rule x) cannot hold (the cloud",
        ),
        (
            "rule: merge_large, servers: 1, most_per_year: 1, by: 2014-12-31",
            "rooms with 1 servers or more merged by 2014-12-31, at most 1 a year (rule x)",
        ),
        (
            "rule: purchase_mode, mode: ppp",
            "the cloud is bought as ppp (rule x) cannot hold (financing of consolidate is self)",
        ),
        (
            "rule: coverage, by: 2014-03-02",
            "by 2014-03-02 (rule x) cannot hold (nothing can move before 2014-03-08)",
        ),
        (
            "rule: close_small, by: 2014-03-31, servers: 5",
            "with fewer than 5 servers closed by 2014-03-31 (rule x)",
        ),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(rule: str, said: str) -> None:
    scenario = load(MINIMAL, [SIZED, f"policy.x={{{rule}, source: s}}"])
    world = draw_world(scenario, 0)
    with pytest.raises(InfeasibleError, match=re.escape(said)) as caught:
        plan_or_explain(scenario, "consolidate", world)
    assert caught.value.exit_code == 4 and "\n" not in str(caught.value)
    loose = load(MINIMAL, [SIZED, f"policy.x={{{rule}, strict: false, source: s}}"])
    plan = plan_or_explain(loose, "consolidate", world)
    assert check_plan(loose, world, plan) == []


def test_hosts_are_bought_for_a_step_that_is_to_come() -> None:
    step = "policy.x={rule: demand_step, date: 2014-09-01, factor: 3, source: s}"
    profiles = SIZED.replace("performance", "profiles")
    scenario, world, plan = planned(step, profiles)
    _, _, plain = planned(profiles)
    assert plan.proof is not None and plain.proof is not None
    assert plan.proof.hosts > plain.proof.hosts
    assert check_plan(scenario, world, plan) == []
