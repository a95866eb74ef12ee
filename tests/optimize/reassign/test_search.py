"""The search keeps its books to the last digit, keeps every rule, and finds what enumeration finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from roomfold.optimize.draws import THRESHOLDS
from roomfold.optimize.reassign import Instance, broken_rules, cost_of, improve, lower_bound, read_all
from roomfold.optimize.reassign.anneal import anneal
from roomfold.optimize.reassign.reoptimise import reoptimised
from roomfold.optimize.reassign.state import rules_of, state_of

Ints = NDArray[np.int64]
Maker = Callable[[int, int, int, float], Instance]
Every = Callable[[Instance], Iterator[Ints]]

seeds = st.integers(0, 10**6)


def _cheapest(instance: Instance, every: Every) -> int:
    return min(cost_of(instance, a).total for a in every(instance) if not broken_rules(instance, a))


@settings(deadline=None, max_examples=30)
@given(seed=seeds, slack=st.sampled_from([0.3, 1.0, 3.0]), fine=st.sampled_from([0, 50, 10**6]))
def test_the_books_of_a_walk_equal_a_recount(
    random_instance: Maker, seed: int, slack: float, fine: int
) -> None:
    instance = random_instance(seed, 12, 5, slack)
    rules = rules_of(instance)
    state = state_of(rules, instance.start)
    state.prices[:] = fine
    best, cost = instance.start.copy(), cost_of(instance, instance.start).total
    words = np.array([seed + 1], dtype=np.uint64)
    order = np.arange(instance.processes)
    for steps, lightest in ((1, 0), (10, 5), (500, 2)):
        broken = np.zeros(3, dtype=np.int64)
        last = cost
        cost = anneal(rules, state, best, cost, THRESHOLDS, order, lightest, words, 100, steps, broken)
        again = state_of(rules, state.assignment)
        lines = broken_rules(instance, state.assignment)
        assert state.totals[0] == cost_of(instance, state.assignment).total
        assert (state.totals[2] > 0) == any(line.startswith("machine") for line in lines)
        assert (state.totals[3] > 0) == any("locations instead" in line for line in lines)
        assert state.totals[4] == sum("in neighbourhood" in line for line in lines)
        for name in ("over", "room", "machine_costs", "on", "at", "near", "spread", "moved", "moved_by"):
            np.testing.assert_array_equal(getattr(state, name), getattr(again, name), err_msg=name)
        assert state.totals[[0, 1, 3, 4]].tolist() == again.totals[[0, 1, 3, 4]].tolist()
        assert not broken_rules(instance, best)
        assert cost == cost_of(instance, best).total <= last


@settings(deadline=None, max_examples=8)
@given(seed=seeds, slack=st.sampled_from([0.5, 2.0]))
def test_small_instances_are_solved_and_never_undercut_the_bound(
    random_instance: Maker, assignments: Every, seed: int, slack: float
) -> None:
    instance = random_instance(seed, 5, 3, slack)
    least = _cheapest(instance, assignments)
    found = improve(instance, rounds=4, seed=seed)
    assert found.cost == cost_of(instance, found.assignment).total == least
    assert not broken_rules(instance, found.assignment)
    assert lower_bound(instance) == found.bound <= least
    assert found.optimal == (least == found.bound)


@settings(deadline=None, max_examples=8)
@given(seed=seeds, slack=st.sampled_from([0.5, 2.0]))
def test_the_model_over_all_machines_finds_the_optimum(
    random_instance: Maker, assignments: Every, seed: int, slack: float
) -> None:
    instance = random_instance(seed, 5, 3, slack)
    better = reoptimised(instance, instance.start, np.arange(3), nodes=1000)
    assert not broken_rules(instance, better)
    assert cost_of(instance, better).total == _cheapest(instance, assignments)


@settings(deadline=None, max_examples=8)
@given(seed=seeds)
def test_the_model_over_some_machines_keeps_the_rules_and_moves_nobody_else(
    random_instance: Maker, seed: int
) -> None:
    instance = random_instance(seed, 14, 6, 1.0)
    chosen = np.array([1, 3, 4])
    better = reoptimised(instance, instance.start, chosen, nodes=1000)
    outside = ~np.isin(instance.start, chosen)
    assert (better[outside] == instance.start[outside]).all()
    assert np.isin(better[~outside], chosen).all()
    assert not broken_rules(instance, better)
    assert cost_of(instance, better).total <= cost_of(instance, instance.start).total


def test_the_same_seed_walks_the_same_way_and_reports_each_better_cost(random_instance: Maker) -> None:
    instance = random_instance(5, 60, 9, 2.0)
    seen: list[int] = []
    first = improve(instance, rounds=4, seed=1, on_better=seen.append)
    again = improve(instance, rounds=4, seed=1)
    assert first.assignment.tobytes() == again.assignment.tobytes()
    assert seen == sorted(set(seen), reverse=True)
    assert seen[-1] == first.cost < first.start_cost


def test_no_rounds_or_seconds_leave_all_where_it_is(random_instance: Maker) -> None:
    instance = random_instance(5, 30, 5, 2.0)
    for limits in ({"rounds": 0}, {"seconds": 0.0}):
        found = improve(instance, **limits)  # type: ignore[arg-type]  # limits by name
        assert (found.assignment == instance.start).all()
        assert found.cost == found.start_cost
        assert found.rounds == 0


def test_a_running_state_that_breaks_a_rule_is_refused(random_instance: Maker) -> None:
    instance = random_instance(5, 30, 5, 0.0)
    instance.capacities[:] = 0
    with pytest.raises(ValueError, match="running state breaks a rule"):
        improve(instance, rounds=1)


@pytest.mark.parametrize(("name", "best"), [("a1_1", 44306501), ("a1_5", 727578309)])
def test_easy_instances_of_the_challenge_come_within_a_thousandth(
    reference_data: Path, name: str, best: int
) -> None:
    (instance,) = [i for i in read_all(reference_data / "packing" / "roadef_A.tar.gz") if i.name == name]
    found = improve(instance, rounds=6)
    assert not broken_rules(instance, found.assignment)
    assert found.bound <= best
    assert found.cost <= best * 1.001
