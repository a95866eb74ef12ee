"""Waves on small problems: brute force, a second solver with a model of its own, bounds, relaxed limits."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from roomfold.optimize.waves import exact
from roomfold.optimize.waves.anneal import anneal
from roomfold.optimize.waves.bound import bound
from roomfold.optimize.waves.patterns import fillings, pattern_bound
from roomfold.optimize.waves.problem import Problem, cost_of, cut, use
from roomfold.optimize.waves.turns import in_turn, in_turns

from .small import by_hand, least, problem

RULES = [
    {},
    {"most": 2.0},
    {"budget": 1200.0},
    {"budget": (300.0, 1500.0)},
    {"budget": (np.inf, 400.0), "may_stay": True},
    {"cover": True},
    {"may_stay": True},
    {"large": True},
    {"links": 0, "units": 2},
    {"links": 2, "may_stay": True, "cover": True, "most": 2.0},
]
kinds = st.sampled_from(RULES)
seeds = st.integers(0, 2**32 - 1)


def made(seed: int, rules: dict[str, object], **more: object) -> Problem:
    return problem(np.random.default_rng(seed), **{**rules, **more})  # type: ignore[arg-type]  # rules by name


@settings(max_examples=40, deadline=None)
@given(seeds, kinds)
def test_all_schedules(seed: int, rules: dict[str, object]) -> None:
    """The model finds the least cost of all schedules; bound and heuristics stand on either side of it."""
    p = made(seed, rules)
    best = least(p)
    found, value = exact.solve(p)
    if best == np.inf:
        assert found is None and value == np.inf
        return
    assert found is not None
    assert by_hand(p, tuple(found)) == pytest.approx(best)
    assert cost_of(p, found) == pytest.approx(best)
    assert value == pytest.approx(best)
    filled = pattern_bound(p)
    assert filled <= best + 1e-9 * abs(best)
    start = in_turns(p, np.arange(len(p.room), dtype=float))
    if by_hand(p, tuple(start)) < np.inf:
        proven = bound(p, start, 60, 0.0)
        assert proven.value <= best + 1e-9 * abs(best)
        assert proven.value <= filled + 1e-5 * abs(best)
        changed = anneal(p, proven.slot, 3000, 20.0)
        assert best - 1e-6 <= by_hand(p, tuple(changed)) <= by_hand(p, tuple(start)) + 1e-6


def test_fillings_of_a_week() -> None:
    """Six moves of five systems: of all sets that fit, those that are part of no other."""
    shares = np.array([[0.5, 0.1], [0.5, 0.1], [0.3, 0.6], [0.2, 0.5], [0.9, 0.1], [0.25, 0.2]])
    system = np.array([0, 1, 2, 3, 4, 0])
    sets = [set(one) for n in range(1, 7) for one in combinations(range(6), n)]
    fit = [one for one in sets if (shares[list(one)].sum(axis=0) <= 1 + 1e-9).all() and not {0, 5} <= one]
    largest = [one for one in fit if not any(one < other for other in fit)]
    found = [set(one) for one in fillings(shares, system)]
    assert len(found) == len(largest)
    assert all(one in largest for one in found)


@settings(max_examples=30, deadline=None)
@given(seeds, kinds, st.data())
def test_cost_and_use_by_hand(seed: int, rules: dict[str, object], data: st.DataObject) -> None:
    p = made(seed, rules)
    choices = [np.flatnonzero(np.isfinite(row)).tolist() for row in p.cost]
    slot = tuple(data.draw(st.sampled_from(choice)) for choice in choices)
    cost, array = by_hand(p, slot), np.array(slot)
    assert use(p, array).within(p) or cost == np.inf
    if cost < np.inf:
        assert cost_of(p, array) == pytest.approx(cost)


@pytest.mark.parametrize("seed", range(6))
def test_second_solver(seed: int) -> None:
    """scipy on another model: a room chooses the slot up to which it is open, a unit its first slot."""
    p = made(seed, {"links": 0}, systems=9, weeks=6, rooms=4, units=2)
    found, value = exact.solve(p)
    assert found is not None
    assert cost_of(p, found) == pytest.approx(value)
    assert value == pytest.approx(second(p), rel=1e-6)


def second(p: Problem) -> float:
    n, weeks, rooms, units = len(p.room), len(p.hour), len(p.unit), len(p.unit_cost)
    sizes = [n * weeks, rooms * weeks, units * weeks]
    x = np.arange(sizes[0]).reshape(n, weeks)
    until = sizes[0] + np.arange(sizes[1]).reshape(rooms, weeks)
    first = sizes[0] + sizes[1] + np.arange(sizes[2]).reshape(units, weeks)
    cost = np.concatenate(
        [p.cost[:, :weeks].ravel(), p.room_cost[:, :weeks].ravel(), p.unit_cost[:, :weeks].ravel()]
    )
    rows, low, high = [], [], []

    def add(entries: dict[int, float], least_: float, most: float) -> None:
        row = np.zeros(len(cost))
        for column, entry in entries.items():
            row[column] += entry
        rows.append(row)
        low.append(least_)
        high.append(most)

    for group in (x, until, first):
        for line in group:
            add(dict.fromkeys(line.tolist(), 1.0), 1.0, 1.0)
    for s in range(n):
        r = p.room[s]
        for w in range(weeks):
            add({x[s, w]: 1.0} | {int(c): -1.0 for c in until[r, w:]}, -np.inf, 0.0)
            add({x[s, w]: 1.0} | {int(c): -1.0 for c in first[p.unit[r], : w + 1]}, -np.inf, 0.0)
    for w in range(weeks):
        add({int(x[s, w]): p.days[s] for s in range(n)}, -np.inf, p.week_days[w])
        add({int(x[s, w]): p.gb[s] for s in range(n)}, -np.inf, p.week_gb[w])
    answer = milp(
        cost,
        integrality=np.ones(len(cost)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(np.array(rows), low, high),
    )
    assert answer.status == 0
    return float(answer.fun)


@settings(max_examples=20, deadline=None)
@given(seeds, kinds)
def test_more_of_anything_never_costs_more(seed: int, rules: dict[str, object]) -> None:
    p = made(seed, rules)
    _, value = exact.solve(p)
    for more in (
        p._replace(week_days=p.week_days * 1.5),
        p._replace(most=p.most + 1),
        p._replace(budget=p.budget * 2),
        p._replace(cover=np.full_like(p.cover, -1)),
    ):
        _, less = exact.solve(more)
        assert less <= value + 1e-6


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_a_later_deadline_never_costs_more(seed: int) -> None:
    p = made(seed, {}, weeks=5)
    early = p._replace(cost=p.cost.copy())
    early.cost[:, 3:] = np.inf
    _, later = exact.solve(p)
    _, sooner = exact.solve(early)
    assert later <= sooner + 1e-6
    if sooner < np.inf:
        short = cut(early, 3)
        assert exact.solve(short)[1] == pytest.approx(sooner)


def test_nobody_overtakes() -> None:
    """Room after room, a system that does not fit keeps those behind it waiting."""
    p = made(1, {"links": 0}, systems=3, rooms=1)
    p = p._replace(days=np.array([3.0, 4.0, 1.0]), week_days=np.full(4, 5.0))
    order = np.arange(3)
    assert in_turn(p, order, False).tolist() == [0, 1, 1]
    assert in_turn(p, order, True).tolist() == [0, 1, 0]


GOLDEN = Path(__file__).with_name("golden")
FAMILIES = {
    "staff": {},
    "rate": {"most": 2.0},
    "budget": {"budget": 700.0},
    "coverage": {"cover": True},
    "stay": {"may_stay": True},
    "large": {"large": True},
    "links": {"links": 1},
}


@pytest.mark.parametrize("family", FAMILIES)
def test_golden_model(family: str) -> None:
    """The model of three systems as the solver gets it, by family of rules."""
    assert golden(family) == (GOLDEN / f"{family}.lp").read_text("utf-8")


def golden(family: str) -> str:
    rules: dict[str, object] = {"links": 0, **FAMILIES[family]}
    return exact.model(made(3, rules, systems=3, weeks=3))[0].text()
