"""Migration waves: deadline, staff and line of every week, order, and what never moves."""

from __future__ import annotations

import numpy as np
import pytest

from roomfold.optimize import Plan, make_plan
from roomfold.scenarios import Scenario, load
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.estate import NEVER
from roomfold.scenarios.world import World

from ..conftest import MINIMAL

HOURS_PER_WEEK = 168
MONDAY_TO_FRIDAY = 5


@pytest.fixture(scope="module", params=["minimal", "region"])
def case(request: pytest.FixtureRequest) -> tuple[Scenario, World, Plan]:
    scenario = load(MINIMAL if request.param == "minimal" else "inner-mongolia")
    world = draw_world(scenario, 1)
    return scenario, world, make_plan(scenario, "consolidate", world)


def moved(world: World, plan: Plan) -> np.ndarray:
    """Rows of systems that move in a wave."""
    arrives = world.clock.month_edges_h[np.minimum(world.estate.systems.arrives_month, world.clock.months)]
    return np.flatnonzero((plan.wave_h != NEVER) & (plan.wave_h != arrives))


def test_cut_overs_are_on_free_saturdays_at_two(case: tuple[Scenario, World, Plan]) -> None:
    scenario, world, plan = case
    for hour in np.unique(plan.wave_h[moved(world, plan)]):
        day = world.clock.day_of_hour(float(hour))
        assert hour % 24 == 2
        assert day.weekday() == 5
        assert day not in scenario.calendar.rest_days
        assert day not in scenario.calendar.work_days


def test_deadline_is_met_and_early_systems_move_after_the_opening(case: tuple[Scenario, World, Plan]) -> None:
    scenario, world, plan = case
    chosen = scenario.alternatives["consolidate"]
    assert chosen.cloud is not None and chosen.deadline is not None
    rows = moved(world, plan)
    assert plan.late == 0
    assert plan.wave_h[rows].min() >= world.clock.hour_of(chosen.cloud.opens)
    assert plan.wave_h[rows].max() < world.clock.hour_of(chosen.deadline)


def test_weekly_capacity_is_respected(case: tuple[Scenario, World, Plan]) -> None:
    scenario, world, plan = case
    migration = scenario.alternatives["consolidate"].migration
    assert migration is not None
    systems, servers = world.estate.systems, world.estate.servers
    placed = plan.placement >= 0
    data_gb = np.bincount(servers.system[placed], servers.disk_gb[placed], minlength=len(systems.id))
    week_gb = world.of(migration.ingress_mbps) / 8 / 1000 * 3600 * HOURS_PER_WEEK
    assert plan.team_fte <= world.of(migration.team_fte)
    rows = moved(world, plan)
    for hour in np.unique(plan.wave_h[rows]):
        wave = rows[plan.wave_h[rows] == hour]
        days = systems.effort_days[wave].sum()
        assert len(wave) == 1 or days <= plan.team_fte * MONDAY_TO_FRIDAY
        assert len(wave) == 1 or data_gb[wave].sum() <= week_gb


def test_what_stays_and_what_starts_on_the_cloud(case: tuple[Scenario, World, Plan]) -> None:
    scenario, world, plan = case
    cloud = scenario.alternatives["consolidate"].cloud
    assert cloud is not None
    systems, edges = world.estate.systems, world.clock.month_edges_h
    assert (plan.wave_h[systems.classified] == NEVER).all()
    arrives_h = edges[np.minimum(systems.arrives_month, world.clock.months)]
    direct = (
        ~systems.classified & (systems.arrives_month > 0) & (arrives_h >= world.clock.hour_of(cloud.opens))
    )
    direct &= systems.arrives_month < world.clock.months
    assert np.array_equal(plan.wave_h[direct], arrives_h[direct])
    goes = plan.wave_h != NEVER
    retires_h = edges[np.minimum(systems.retires_month, world.clock.months)]
    assert (plan.wave_h[goes] < retires_h[goes]).all()


def test_few_systems_are_close_to_their_bound() -> None:
    """Where a week holds one or two systems, prices alone leave a gap of 5 to 7 %."""
    scenario = load(MINIMAL)
    plan = make_plan(scenario, "consolidate", draw_world(scenario, 0))
    assert plan.schedule is not None
    assert 0 <= plan.schedule.gap < 0.025


def test_smaller_team_would_miss_the_deadline() -> None:
    """The team is the smallest: with one person fewer as the most there is, systems come late or later."""
    effort = "alternatives.consolidate.migration.effort_days=60"
    scenario = load(MINIMAL, [effort])
    world = draw_world(scenario, 0)
    plan = make_plan(scenario, "consolidate", world)
    team = int(plan.team_fte)
    assert 1 < team == plan.team_fte < 20
    fewer = load(MINIMAL, [effort, f"alternatives.consolidate.migration.team_fte={team - 1}"])
    other = make_plan(fewer, "consolidate", draw_world(fewer, 0))
    assert moved_last(other) > moved_last(plan)


def moved_last(plan: Plan) -> int:
    """Hour of the last wave of systems that are there today."""
    waves = plan.wave_h[(plan.wave_h != NEVER) & (plan.wave_h % 24 == 2)]
    return int(waves.max())


def test_impossible_deadline_goes_on_and_counts_the_late() -> None:
    scenario = load(
        MINIMAL,
        [
            "alternatives.consolidate.migration.team_fte=1",
            "alternatives.consolidate.migration.effort_days=60",
        ],
    )
    world = draw_world(scenario, 0)
    plan = make_plan(scenario, "consolidate", world)
    assert plan.late > 0
    assert plan.team_fte == 1


def test_no_deadline_uses_the_whole_team() -> None:
    scenario = load(MINIMAL, ["alternatives.consolidate.deadline=null"])
    plan = make_plan(scenario, "consolidate", draw_world(scenario, 0))
    assert plan.team_fte == 20
    assert plan.late == 0


def test_a_cloud_open_from_the_first_day_takes_todays_systems() -> None:
    scenario = load(MINIMAL, ["alternatives.consolidate.cloud.opens=2014-01-01"])
    world = draw_world(scenario, 0)
    plan = make_plan(scenario, "consolidate", world)
    systems = world.estate.systems
    today = (systems.arrives_month == 0) & ~systems.classified
    lasting = today & (systems.retires_month >= world.clock.months)
    assert (plan.wave_h[lasting] != NEVER).sum() + plan.late >= lasting.sum() > 0
