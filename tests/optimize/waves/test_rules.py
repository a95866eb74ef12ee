"""Rules of moving in plans: freezes, renewals, coverage, rate, budget, links, strictness, input order."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from roomfold.optimize.waves import FAMILIES, Case, case_of, feasible, least_cost, plan_waves
from roomfold.scenarios import Scenario, load
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.errors import InfeasibleError, InputError
from roomfold.scenarios.estate import NEVER, Links
from roomfold.scenarios.world import World

from ..conftest import MINIMAL

MOVE = "alternatives.consolidate.migration"
NO_DEADLINE = "alternatives.consolidate.deadline=null"


def made(*overrides: str, index: int = 0) -> tuple[Scenario, World, Case]:
    elsewhere = ("alt", "est", "time", "policy")
    scenario = load(MINIMAL, [o if o.startswith(elsewhere) else f"{MOVE}.{o}" for o in overrides])
    world = draw_world(scenario, index)
    return scenario, world, of(scenario, world)


def of(scenario: Scenario, world: World) -> Case:
    servers = world.estate.servers
    moving = ~world.estate.systems.classified[servers.system] & ~servers.zombie
    return case_of(scenario, "consolidate", world, moving)


def cut_overs(wave_h: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Rows of systems that move in a wave."""
    return np.flatnonzero((wave_h != NEVER) & (wave_h % 24 == 2))


def test_nothing_moves_in_a_freeze() -> None:
    _, world, case = made("freeze=[{from: 2014-03-20, to: 2014-05-31, what: filing season}]")
    plan = plan_waves(case)
    days = [world.clock.day_of_hour(float(h)) for h in plan.wave_h[cut_overs(plan.wave_h)]]
    assert days
    assert not [day for day in days if date(2014, 3, 20) <= day <= date(2014, 5, 31)]


def test_no_month_has_more_cut_overs_than_allowed() -> None:
    _, world, case = made("most_per_month=4")
    plan = plan_waves(case)
    months = [world.clock.month_of_hour(float(h)) for h in plan.wave_h[cut_overs(plan.wave_h)]]
    assert max(np.bincount(months)) <= 4


def test_no_year_costs_more_labour_than_its_budget() -> None:
    free = plan_waves(made("time.years=3", "alternatives.consolidate.deadline=2016-10-31", "team_fte=1")[2])
    _, world, case = made(
        "time.years=3",
        "alternatives.consolidate.deadline=2016-10-31",
        "team_fte=1",
        "budget_cny_per_year=120000",
    )
    plan = plan_waves(case)
    rows = cut_overs(plan.wave_h)
    year = [world.clock.day_of_hour(float(h)).year - 2014 for h in plan.wave_h[rows]]
    level = 1 + world.of(case.scenario.prices.staff_change)
    cny = world.estate.systems.effort_days[rows] * 1300 * (1 + 0.5 * 0.05 / 0.95) * level ** np.array(year)
    assert np.bincount(year, cny).max() <= 120_000 * (1 + 1e-9)
    assert len(set(year)) > 1
    assert plan.proof is not None and free.proof is not None
    assert plan.proof.gap >= 0 and free.proof.gap >= 0


def test_years_have_budgets_of_their_own() -> None:
    """2014 has its own, 2015 that of every year, 2016 none to spend; money by hand, and a bound below."""
    years = ("time.years=3", "alternatives.consolidate.deadline=2016-10-31", "team_fte=2")
    by_year = "budget_cny_by_year={2014: 60000, 2016: 0}"
    _, world, case = made(*years, "budget_cny_per_year=120000", by_year)
    plan = plan_waves(case)
    rows = cut_overs(plan.wave_h)
    year = np.array([world.clock.day_of_hour(float(h)).year - 2014 for h in plan.wave_h[rows]])
    level = 1 + world.of(case.scenario.prices.staff_change)
    cny = world.estate.systems.effort_days[rows] * 1300 * (1 + 0.5 * 0.05 / 0.95) * level**year
    spent = np.bincount(year, cny, minlength=3)
    assert 30_000 < spent[0] <= 60_000 * (1 + 1e-9) < spent[1] <= 120_000 * (1 + 1e-9)
    assert spent[2] == 0
    alone = plan_waves(made(*years, "budget_cny_by_year.2014=60000")[2])
    assert alone.late == 0
    assert alone.proof is not None and plan.proof is not None
    free = replace(case, rules=frozenset(FAMILIES) - {"budget"})
    assert plan_waves(free).late == 0


def test_what_is_due_for_renewal_moves_before_it() -> None:
    mandate = "policy.x={rule: new_or_upgraded_must_cloud, from: 2014-05-01, source: s}"
    for index in range(3):
        _, world, case = made(mandate, index=index)
        plan = plan_waves(case)
        servers, edges = world.estate.servers, world.clock.month_edges_h
        due = servers.generation_month[:, 1:]
        from_month = world.clock.month_of_hour(world.clock.hour_of(date(2014, 5, 1)))
        for row in cut_overs(plan.wave_h):
            months = due[servers.system == row]
            months = months[(months >= from_month) & (months < world.clock.months)]
            if len(months):
                assert plan.wave_h[row] < edges[months.min()]
        assert plan.late == 0


def test_every_department_is_reached_by_its_date() -> None:
    _, world, case = made("policy.x={rule: coverage, by: 2014-04-30, source: s}", "team_fte=5")
    plan = plan_waves(case)
    rows = cut_overs(plan.wave_h)
    first = {}
    for row in rows:
        room = world.estate.systems.room[row]
        first[room] = min(first.get(room, int(NEVER)), int(plan.wave_h[row]))
    assert first
    assert max(first.values()) < world.clock.hour_of(date(2014, 5, 1))


def test_linked_systems_stay_together() -> None:
    """With a dear interim line, two systems of different rooms move on the same day."""
    scenario, world, case = made("interim_line=mstp-100m", "alternatives.consolidate.deadline=2014-05-15")
    apart = plan_waves(case)
    rows = cut_overs(apart.wave_h)
    order = rows[np.argsort(apart.wave_h[rows])]
    first, last = sorted((int(order[0]), int(order[-1])))
    assert apart.wave_h[first] != apart.wave_h[last]
    links = Links(np.array([first], dtype=np.int32), np.array([last], dtype=np.int32))
    values = {**world.values, "lines.mstp-100m.price_cny_per_year": 5e6}
    linked = replace(world, estate=replace(world.estate, links=links), values=values)
    together = plan_waves(of(scenario, linked))
    assert together.wave_h[first] == together.wave_h[last]
    assert together.proof is not None and apart.proof is not None
    assert together.proof.cost_cny >= apart.proof.bound_cny


def test_strict_plans_meet_the_deadline_or_say_what_stands_against_it() -> None:
    hopeless = ("time.years=3", "team_fte=1", "effort_days=25")
    late = plan_waves(made(*hopeless)[2])
    assert late.late > 0
    all_moved = "policy.all={rule: migrate_existing, to: 2014-10-31, source: s}"
    _, _, case = made(*hopeless, all_moved, NO_DEADLINE)
    with pytest.raises(InfeasibleError, match=r"by 2014-10-31 \(rule all\).*1 people and 200 Mbit/s"):
        plan_waves(case)
    assert not feasible(case)
    assert least_cost(case) == np.inf
    for dropped in ("policy", "staff"):
        assert feasible(replace(case, rules=frozenset(FAMILIES) - {dropped}))
    assert not feasible(replace(case, rules=frozenset(FAMILIES) - {"line"}))


def test_order_of_the_input_does_not_matter() -> None:
    scenario, world, _ = made()
    estate = world.estate
    rng = np.random.default_rng(5)
    room_to, system_to = rng.permutation(len(estate.rooms.id)), rng.permutation(len(estate.systems.id))
    room_row, system_row = np.argsort(room_to), np.argsort(system_to)

    def take(table: Any, rows: np.ndarray[Any, Any]) -> Any:
        return type(table)(*(getattr(table, f.name)[rows] for f in fields(table)))

    systems = take(estate.systems, system_row)
    other = replace(
        estate,
        rooms=take(estate.rooms, room_row),
        systems=replace(systems, room=room_to[systems.room].astype(np.int32)),
        servers=replace(estate.servers, system=system_to[estate.servers.system].astype(np.int32)),
        lines=replace(estate.lines, system=system_to[estate.lines.system].astype(np.int32)),
    )
    plan = plan_waves(of(scenario, world))
    again = plan_waves(of(scenario, replace(world, estate=other)))
    assert np.array_equal(again.wave_h, plan.wave_h[system_row])
    assert again.team_fte == plan.team_fte


def test_names_and_days_are_checked() -> None:
    with pytest.raises(InputError, match=r"interim_line: got 'metroo'.*did you mean 'metro'"):
        made("interim_line=metroo")
    with pytest.raises(InputError, match=r"freeze.0: got 2014-05-01 as the last day"):
        made("freeze=[{from: 2014-06-01, to: 2014-05-01, what: filing}]")
    with pytest.raises(
        InputError, match=r"budget_cny_by_year.2015: got 2015, must be a year from 2014 to 2014"
    ):
        made("budget_cny_by_year={2015: 5}")
    with pytest.raises(InputError, match=r"levels.0: got 'regions'.*did you mean 'region'"):
        made("policy.x={rule: coverage, by: 2014-05-01, levels: [regions], source: s}")
