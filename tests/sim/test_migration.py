"""What the migration makes of a plan: most cut-overs a month, freezes, interim lines, slips, renewals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from roomfold.scenarios.estate import NEVER, Links
from roomfold.sim.events import happen
from roomfold.sim.ledger import ITEM
from roomfold.sim.simulate import simulate
from roomfold.sim.summarise import outcome

from . import small
from .small import MOVE, SATURDAY_H, WEEK_H, System

QUIET = (f"{MOVE}.failure_share=0", f"{MOVE}.team_fte=2000")


def linked(pairs, systems):
    """A world of systems of which some pairs exchange data."""
    scenario, world = small.made(systems, *QUIET, f"{MOVE}.interim_line=sdh-2m")
    first, second = np.array(pairs, dtype=np.int32).T
    return scenario, replace(world, estate=replace(world.estate, links=Links(first, second)))


def test_a_month_has_no_more_cut_overs_than_allowed():
    scenario, world = small.made([System(i) for i in range(7)], *QUIET, f"{MOVE}.most_per_month=3")
    timeline = happen(scenario, world, small.move(world, spread=1))
    months = [world.clock.month_of_hour(float(h)) for h in timeline.moved_h]
    assert np.bincount(months)[min(months) :].tolist() == [3, 3, 1]


def test_what_was_rolled_back_waits_for_the_end_of_a_freeze():
    frozen = f"{MOVE}.freeze=[{{from: 2014-03-20, to: 2014-06-30, what: filing season}}]"
    scenario, world = small.made([System(0)], f"{MOVE}.team_fte=2000", f"{MOVE}.failure_share=0.9", frozen)
    timeline = happen(scenario, world, small.move(world))
    tried = [*timeline.rollbacks.hour.tolist(), *timeline.moved_h[timeline.moved_h != NEVER].tolist()]
    days = [world.clock.day_of_hour(float(h)) for h in tried]
    assert days[0] < date(2014, 3, 20)
    assert len(days) > 1
    assert not [day for day in days if date(2014, 3, 20) <= day <= date(2014, 6, 30)]


def test_attempts_fail_as_drawn_eight_at_a_time():
    share = 0.9
    scenario, world = small.made([System(0)] * 6, f"{MOVE}.team_fte=2000", f"{MOVE}.failure_share={share}")
    timeline = happen(scenario, world, small.move(world, spread=1))
    streams = ("cutover", *(f"cutover/{n}" for n in range(1, 30)))
    drawn = [world.uniforms(stream, world.estate.systems.id, draws=8) for stream in streams]
    succeeds = np.hstack(drawn) >= share
    tried, moved = timeline.cutovers, timeline.moved_h != NEVER
    assert moved.any() and tried.max() > 8
    for row in range(6):
        assert succeeds[row, : tried[row]].tolist() == [False] * (tried[row] - 1) + [moved[row]]


def test_without_an_interim_line_split_links_cost_nothing():
    scenario, world = small.made([System(0), System(1)], *QUIET)
    links = Links(np.array([0], dtype=np.int32), np.array([1], dtype=np.int32))
    world = replace(world, estate=replace(world.estate, links=links))
    plan = small.move(world, spread=2)
    run = simulate(scenario, plan, world)
    assert run.timeline.interim_end_h[0] > run.timeline.interim_start_h[0]
    assert not (run.ledger.item == ITEM["interim_line"]).any()


def test_an_interim_line_is_rented_from_the_first_move_to_the_second():
    scenario, world = linked(
        [(0, 1), (1, 2), (2, 3)], [System(i, retires=14 if i == 3 else 2**31 - 1) for i in range(4)]
    )
    plan = small.move(world, spread=1)
    wave_h = plan.wave_h.copy()
    wave_h[1] += 2 * WEEK_H
    wave_h[3] = NEVER
    plan = replace(plan, wave_h=wave_h)
    run = simulate(scenario, plan, world)
    timeline = run.timeline
    assert (timeline.moved_h[:3] == wave_h[:3]).all()
    retires_h = world.clock.month_edges_h[14]
    split_h = timeline.interim_end_h - timeline.interim_start_h
    assert split_h.tolist() == [2 * WEEK_H, 2 * WEEK_H, retires_h - wave_h[2]]
    booked = run.ledger.item == ITEM["interim_line"]
    edges = world.clock.month_edges_h
    rent = world.of(scenario.lines["sdh-2m"].price_cny_per_year)
    level = 1 + world.of(scenario.prices.line_change)
    years, cny = 0.0, 0.0
    for start, end in zip(timeline.interim_start_h.tolist(), timeline.interim_end_h.tolist(), strict=True):
        for month in range(36):
            share = max(min(end, edges[month + 1]) - max(start, edges[month]), 0) / (
                edges[month + 1] - edges[month]
            )
            years += share / 12
            cny += share / 12 * rent * level ** (month // 12)
    assert run.ledger.amount[booked].sum() == pytest.approx(years)
    assert run.ledger.cost_cny[booked].sum() == pytest.approx(cny)


def test_slips_and_planned_labour():
    """Half of what is planned for one week has no staff and slips by a week."""
    scenario, world = small.made(
        [System(i) for i in range(6)], f"{MOVE}.failure_share=0", f"{MOVE}.team_fte=1"
    )
    systems = replace(world.estate.systems, effort_days=np.full(6, 2.0))
    world = replace(world, estate=replace(world.estate, systems=systems))
    plan = small.move(world, spread=1)
    found = outcome(scenario, world, plan, simulate(scenario, plan, world))
    assert found.planned_h.tolist() == [SATURDAY_H + 10 * WEEK_H] * 6
    assert found.slips_h.tolist() == [WEEK_H] * 2 + [2 * WEEK_H] * 2
    assert found.moving_cny.tolist() == pytest.approx([12 * 1300, 0, 0])


def test_labour_above_the_budgets_of_its_years():
    """Twelve days in 2014, of which ten days' pay are budgeted; another year's budget does not help."""
    terms = (f"{MOVE}.failure_share=0", f"{MOVE}.team_fte=10", f"{MOVE}.budget_cny_per_year=1e9")
    for by_year, over_cny in (("{2014: 13000}", 2600.0), ("{2015: 0}", 0.0)):
        budget = f"{MOVE}.budget_cny_by_year={by_year}"
        scenario, world = small.made([System(i) for i in range(6)], *terms, budget)
        systems = replace(world.estate.systems, effort_days=np.full(6, 2.0))
        world = replace(world, estate=replace(world.estate, systems=systems))
        plan = small.move(world, spread=1)
        found = outcome(scenario, world, plan, simulate(scenario, plan, world))
        assert found.over_budget_cny == pytest.approx(over_cny)


def test_a_server_is_renewed_when_its_system_moves_more_than_a_year_after_it_falls_due():
    scenario, world = small.made([System(0), System(1)], *QUIET)
    servers = world.estate.servers
    due = np.array([[0, 4], [0, 4]], dtype=np.int32)
    world = replace(world, estate=replace(world.estate, servers=replace(servers, generation_month=due)))
    plan = small.move(world, spread=1)
    edges = world.clock.month_edges_h
    weeks = [
        (int(edges[4]) + 365 * 24 - SATURDAY_H) // WEEK_H,
        (int(edges[4]) + 365 * 24 - SATURDAY_H) // WEEK_H + 3,
    ]
    plan = replace(plan, wave_h=np.array([SATURDAY_H + WEEK_H * w for w in weeks], dtype=np.int32))
    timeline = happen(scenario, world, plan)
    assert timeline.moved_h[0] < edges[4] + 365 * 24 <= timeline.moved_h[1]
    assert timeline.generation_month[:, 1].tolist() == [int(NEVER), 4]
