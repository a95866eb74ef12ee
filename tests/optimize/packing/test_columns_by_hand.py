"""Column generation step by step: masters, bounds and prices against linear programs over all patterns."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog

from roomfold.optimize.packing import columns as module
from roomfold.optimize.packing.columns import _bound, _from_volumes, _Master, _master, _plain, price_out
from roomfold.optimize.packing.fleet import Rows, volume_rows
from roomfold.optimize.packing.pricing import best_fillings, most_copies
from roomfold.optimize.packing.task import Columns, Task

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SAFE = 1 - 1e-9


def task_of(seed: int, limits: tuple[int, int] = (-1, -1)) -> Task:
    """Four flavours on two types whose costs are no multiples of each other."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 7, (4, 2)).astype(float)
    capacities = np.array([[12.0, 11], [17, 19]])
    return Task(sizes, rng.integers(3, 12, 4), capacities, np.array([3.0, 5.5]), np.array(limits))


def patterns(task: Task, most: Ints) -> tuple[Ints, Ints]:
    """All fillings of every type."""
    types, copies = [], []
    for t, capacity in enumerate(task.capacities):
        for filling in product(*(range(m + 1) for m in most[t])):
            if (np.array(filling) @ task.sizes <= capacity).all():
                types.append(t)
                copies.append(filling)
    return np.array(types), np.array(copies)


def least(task: Task, types: Ints, copies: Ints) -> tuple[float, Floats]:
    """Cost of the cheapest hosts, in parts, that hold everything, and the prices of the flavours."""
    of_type = np.eye(2)[types].T
    limited = task.limits >= 0
    rows = np.vstack([-copies.T, of_type[limited]])
    found = linprog(task.costs[types], A_ub=rows, b_ub=np.append(-task.counts, task.limits[limited]))
    return float(found.fun), -found.ineqlin.marginals[: len(task.counts)]


LIMITS = [(-1, -1), (4, -1), (-1, 3), (4, 6)]


@pytest.mark.parametrize("limits", LIMITS)
def test_patterns_are_priced_out_until_cost_and_bound_meet(limits: tuple[int, int]) -> None:
    for seed in range(4):
        task = task_of(seed, limits)
        most = most_copies(task.sizes, task.capacities, task.counts)
        volumes = volume_rows(task.sizes, task.counts, task.capacities)
        priced = price_out(task, most, most, Columns.none(4), volumes, 1e-6, 0.0)
        truth, _ = least(task, *patterns(task, most))
        assert truth * (1 - 2e-6) <= priced.bound <= truth * (1 + 1e-12)
        assert truth * SAFE <= priced.cost <= truth * (1 + 2e-6)
        held = priced.hosts @ priced.columns.copies
        assert (held >= task.counts - 1e-6).all()
        assert priced.hosts @ task.costs[priced.columns.types] == pytest.approx(priced.cost)
        # The row: no filling of a type is worth more than it says; with limits priced, it gives the bound.
        types, copies = patterns(task, most)
        worth = copies @ priced.row.worth[0]
        for t in range(2):
            assert worth[types == t].max() <= priced.row.holds[0, t] * (1 + 1e-9)
        assert priced.row.needs == pytest.approx(priced.row.worth @ task.counts)
        spare = np.maximum(priced.row.holds[0] - task.costs, 0) * np.maximum(task.limits, 0)
        assert priced.bound == pytest.approx(float(priced.row.needs[0] - spare.sum()), rel=2e-9)


def test_fewer_copies_may_be_wanted_than_are_possible() -> None:
    """With one copy of a flavour on a host at most, a cover costs more; the bound is that of all packings."""
    task = task_of(1)
    possible = most_copies(task.sizes, task.capacities, task.counts)
    most = np.minimum(possible, 1)
    volumes = volume_rows(task.sizes, task.counts, task.capacities)
    priced = price_out(task, possible, most, Columns.none(4), volumes, 1e-6, 0.0)
    wanted, _ = least(task, *patterns(task, most))
    free, _ = least(task, *patterns(task, possible))
    assert priced.columns.copies.max() == 1
    assert priced.cost == pytest.approx(wanted, rel=1e-5)
    assert priced.bound <= free * (1 + 1e-12) < wanted * 0.98


def test_pricing_stops_once_nothing_can_be_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    """At once if all patterns are known, with a bound known that is as high, or out of rounds."""
    task = task_of(2)
    most = most_copies(task.sizes, task.capacities, task.counts)
    volumes = volume_rows(task.sizes, task.counts, task.capacities)
    efforts: list[tuple[int, int]] = []

    def watched(*arguments: Any) -> Any:
        efforts.append(arguments[-2:])
        return best_fillings(*arguments)

    monkeypatch.setattr(module, "best_fillings", watched)
    whole = price_out(task, most, most, Columns.none(4), volumes, 1e-6, 0.0)
    assert efforts.count((500, 0)) == 6 * efforts.count((1_000, 400_000))
    efforts.clear()
    again = price_out(task, most, most, whole.columns, volumes, 1.0, 0.0)
    assert not efforts and again.cost == pytest.approx(whole.cost)
    few = price_out(task, most, most, Columns.none(4), volumes, 1e-6, 0.0, rounds=1)
    assert efforts == [(1_000, 400_000), *[(500, 0)] * 6]
    assert few.cost > whole.cost and few.bound <= whole.cost
    assert set(map(tuple, few.columns.copies)) >= set(map(tuple, _plain(most)[1]))
    efforts.clear()
    price_out(
        task, most, most, Columns.none(4), volumes, -1.0, 1e9
    )  # a known bound above all costs: no proof
    assert set(efforts) == {(1_000, 400_000), (500, 0)}
    efforts.clear()
    price_out(
        task, most, most, Columns.none(4), volumes, -1.0, 0.0
    )  # never met: proven with ever more effort
    order = [e for e in efforts if e != (500, 0)]
    assert order == sorted(order) and set(order) == {
        (1_000, 400_000),
        (20_000, 8_000_000),
        (400_000, 32_000_000),
    }
    assert order.count((20_000, 8_000_000)) == order.count((400_000, 32_000_000)) == 1
    efforts.clear()
    monkeypatch.setattr(module, "MOST_ROUNDS", 2)
    short = price_out(task, most, most, Columns.none(4), volumes, 1e-6, 0.0, rounds=2)
    assert [e for e in efforts if e != (500, 0)] == [(1_000, 400_000)] * 2 + [(400_000, 32_000_000)] * 2
    assert short.bound <= whole.cost


def test_patterns_are_asked_for_at_smoothed_and_shaken_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Halfway between those of the best bound and the master; six times some per cent off, both ways."""
    task = task_of(2)
    most = most_copies(task.sizes, task.capacities, task.counts)
    volumes = volume_rows(task.sizes, task.counts, task.capacities)
    asked: list[Floats] = []

    def watched(*arguments: Any) -> Any:
        asked.append(arguments[2])
        return best_fillings(*arguments)

    monkeypatch.setattr(module, "best_fillings", watched)
    monkeypatch.setattr(module, "MOST_ROUNDS", 1)
    priced = price_out(task, most, most, Columns.none(4), volumes, 1e-6, 0.0, rounds=1)
    best, master = _from_volumes(task, volumes).prices, _master(task, Columns(*_plain(most))).prices
    assert asked[0] == pytest.approx((best + master) / 2, rel=1e-6)
    off = np.array(asked[1:7]) / asked[0] - 1
    assert 0.02 < off.std() < 0.1
    assert off.min() < -0.02 and off.max() > 0.02
    # Out of rounds: halfway again, then at the master's own prices.
    assert len(asked) == 9
    ended = _master(task, priced.columns).prices
    assert asked[8] == pytest.approx(ended, rel=1e-6, abs=1e-9)
    half = 2 * asked[7] - ended  # the prices of the best bound so far
    assert 0 < half @ task.counts <= priced.bound * (1 + 1e-6) and (half >= -1e-6).all()


@pytest.mark.parametrize("limits", LIMITS)
def test_a_master_problem_is_a_linear_program(limits: tuple[int, int]) -> None:
    for seed in range(4):
        task = task_of(seed, limits)
        most = most_copies(task.sizes, task.capacities, task.counts)
        types, copies = patterns(task, most)
        rng = np.random.default_rng(seed)
        chosen = rng.permutation(len(types))[:12]
        columns = Columns(*_plain(most)).plus(types[chosen], copies[chosen])
        master = _master(task, columns)
        truth, _ = least(task, columns.types, columns.copies)
        assert master.cost == pytest.approx(truth)
        assert master.hosts @ task.costs[columns.types] == pytest.approx(truth)
        assert (master.hosts @ columns.copies >= task.counts - 1e-6).all()
        # Strong duality: with the prices of limits in the costs, no pattern is worth more than it costs.
        paid = (master.costs - task.costs) @ np.maximum(task.limits, 0)
        assert master.prices @ task.counts - paid == pytest.approx(truth)
        assert (columns.copies @ master.prices <= master.costs[columns.types] + 1e-6).all()
        assert (master.costs >= task.costs - 1e-9).all()
        assert (master.costs == task.costs)[task.limits < 0].all()
        used = np.bincount(columns.types, master.hosts, 2)
        assert ((task.limits < 0) | (used <= task.limits + 1e-6)).all()


def test_what_no_pattern_holds_is_dear() -> None:
    """Five of one flavour without any pattern, and one host at most: a hundred of the dearest hosts each."""
    task = Task(np.array([[2.0], [3]]), np.array([4, 5]), np.array([[8.0]]), np.array([2.0]), np.array([1]))
    master = _master(task, Columns(np.array([0]), np.array([[3, 0]])))
    assert master.cost == pytest.approx(2 + 200 + 5 * 200)
    assert master.prices.tolist() == pytest.approx([200, 200])
    assert master.costs.tolist() == pytest.approx([600])
    assert master.hosts.tolist() == pytest.approx([1])


def test_patterns_nearest_to_use_are_kept() -> None:
    """Of two flavours six patterns are kept as they are; of seven four, those in use, then the cheapest."""
    task = Task(np.ones((2, 1)), np.array([1, 1]), np.ones((1, 1)), np.array([4.0]))
    copies = np.array([[4, 0], [0, 1], [1, 1], [2, 2], [3, 0], [0, 3], [1, 2]])
    columns = Columns(np.zeros(7, dtype=np.int64), copies)
    master = _Master(np.array([0, 0.5, 0, 0, 0, 0, 0.1]), np.array([0.75, 0.5]), np.array([4.0]), 0.0)
    # What a pattern costs above its worth: 1, in use, 2.75, 1.5, 1.75, 2.5, in use.
    assert master.worth_keeping(task, columns).copies.tolist() == [[4, 0], [0, 1], [2, 2], [1, 2]]
    six = Columns(columns.types[:6], copies[:6])
    assert master.worth_keeping(task, six) is six


def test_bounds_of_prices_by_hand() -> None:
    """Prices of 2 and 1 of three and four: worth 10. Types cost 3 and 5, the second has a limit of one."""
    counts, costs, sizes = np.array([3, 4]), np.array([3.0, 5]), np.ones((2, 1))

    def of(
        limits: tuple[int, int], at_most: tuple[float, float], costs: Floats = costs
    ) -> tuple[float, list[float]]:
        task = Task(sizes, counts, np.ones((2, 1)), costs, np.array(limits))
        found = _bound(task, np.array([2.0, 1]), np.array(at_most))
        scale = found.prices[1]
        assert found.prices.tolist() == [2 * scale, scale]
        assert found.at_most.tolist() == pytest.approx([scale * m for m in at_most], rel=1e-14)
        return found.bound, found.prices.tolist()

    assert of((-1, -1), (6, 5)) == (pytest.approx(10 / 2 * SAFE, rel=1e-14), [1, 0.5])
    assert of((-1, -1), (1.5, 2)) == (pytest.approx(10 / 0.5 * SAFE, rel=1e-14), [4, 2])
    assert of((-1, 1), (6, 16)) == (pytest.approx((5 - 3) * SAFE, rel=1e-14), [1, 0.5])
    assert of((-1, 3), (6, 8)) == (pytest.approx(5 * SAFE, rel=1e-14), [1, 0.5])
    assert of((2, 1), (4, 6)) == (pytest.approx((10 - 2 - 1) * SAFE, rel=1e-14), [2, 1])
    assert of((0, -1), (30, 10)) == (pytest.approx(10 / 2 * SAFE, rel=1e-14), [1, 0.5])  # none of the first
    assert of((-1, -1), (0, 0)) == (0, [0, 0])
    assert of((-1, -1), (6, 5), np.array([0.0, 5])) == (0, [0, 0])  # what is free and worth something
    assert of((-1, -1), (0, 5), np.array([0.0, 5])) == (pytest.approx(10 * SAFE, rel=1e-14), [2, 1])


def test_the_first_bound_is_that_of_volumes() -> None:
    for seed in range(5):
        task = task_of(seed, LIMITS[seed % 4])
        rows = volume_rows(task.sizes, task.counts, task.capacities)
        best = _from_volumes(task, rows)
        bounds = [(0, None if m < 0 else m) for m in task.limits]
        truth = linprog(task.costs, A_ub=-rows.holds, b_ub=-rows.needs, bounds=bounds).fun
        assert best.bound == pytest.approx(truth, rel=1e-8)
        assert best.bound <= truth
    bare = Rows(np.array([[4.0, 0]]), np.array([[1.0, 2, 3, 4]]), np.array([20.0]))
    best = _from_volumes(task_of(0), bare)  # the first type at 3 for 4: three quarters of a row's worth
    assert best.at_most.tolist() == pytest.approx([3, 0])
    assert best.prices.tolist() == pytest.approx([0.75, 1.5, 2.25, 3])


def test_plain_patterns_are_full_of_one_flavour() -> None:
    types, copies = _plain(np.array([[2, 0, 1], [0, 4, 0]]))
    assert (types.tolist(), copies.tolist()) == ([0, 0, 1], [[2, 0, 0], [0, 0, 1], [0, 4, 0]])
