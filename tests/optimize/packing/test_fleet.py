"""The cheapest fleet against enumeration, with and without limits, and filling a fleet."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomfold.optimize.packing import Task
from roomfold.optimize.packing.compact import fleet_model, holds_all
from roomfold.optimize.packing.filling import fill
from roomfold.optimize.packing.fleet import cheapest_fleet, fleets_between, volume_rows
from roomfold.optimize.packing.pricing import most_copies

GOLDEN = Path(__file__).parent / "golden"


@settings(deadline=None, max_examples=60, derandomize=True)
@given(data=st.data(), types=st.integers(1, 3))
def test_cheapest_fleet_equals_enumeration(data: st.DataObject, types: int) -> None:
    sizes = np.array([[data.draw(st.integers(1, 6)) for _ in range(2)] for _ in range(3)], float)
    counts = np.array([data.draw(st.integers(0, 5)) for _ in range(3)])
    capacities = np.array([[data.draw(st.integers(6, 14)) for _ in range(2)] for _ in range(types)], float)
    costs = np.array([data.draw(st.integers(1, 9)) for _ in range(types)], float)
    limits = np.array([data.draw(st.sampled_from([0.0, 1, 2, np.inf])) for _ in range(types)])
    rows = volume_rows(sizes, counts, capacities)
    fleet, bound = cheapest_fleet(costs, rows, limits=limits)
    ranges = [range(int(min(limit, 12)) + 1) for limit in limits]
    enough = [f for f in product(*ranges) if (rows.holds @ f >= rows.needs - 1e-9).all()]
    if fleet is None:
        assert not enough
        return
    least = min(float(costs @ f) for f in enough)
    assert costs @ fleet == pytest.approx(least)
    assert bound == pytest.approx(least)
    assert (fleet <= limits).all()
    between = fleets_between(costs, rows, 0.0, float(costs @ fleet) + 2, limits)
    assert [costs @ f for f in between] == sorted(costs @ f for f in enough if costs @ f < least + 2)


def test_cheapest_fleet_by_model_equals_enumeration(monkeypatch: pytest.MonkeyPatch) -> None:
    capacities = np.array([[44.0, 116, 4000], [44, 232, 6000], [22, 87, 4000]])
    costs = np.array([0.9, 1.15, 0.65])
    rows = volume_rows(np.array([[2.0, 8, 200]]), np.array([700]), capacities)
    fleet, bound = cheapest_fleet(costs, rows)
    monkeypatch.setattr("roomfold.optimize.packing.fleet.MOST_FLEETS", 0)
    assert cheapest_fleet(costs, rows)[1] == pytest.approx(bound)
    assert fleet is not None
    assert costs @ fleet == pytest.approx(bound)


def test_groups_that_lie_apart_need_as_many_hosts() -> None:
    rows = volume_rows(np.array([[1.0]]), np.array([4]), np.array([[10.0]]), np.array([4]))
    assert cheapest_fleet(np.array([2.0]), rows)[1] == pytest.approx(8)


def task_of(sizes: list[float], counts: list[int], capacity: float) -> Task:
    return Task(np.array(sizes)[:, None], np.array(counts), np.array([[capacity]]), np.array([1.0]))


def test_compact_model_decides_what_filling_cannot() -> None:
    for sizes, counts, capacity, fits in (([4, 3], [2, 4], 10, True), ([4, 3], [3, 2], 9, False)):
        task = task_of(sizes, counts, capacity)
        most = most_copies(task.sizes, task.capacities, task.counts)
        found, copies = holds_all(task, most, np.array([2]))
        assert found is fits
        if copies is not None:
            assert np.array_equal(copies.sum(axis=0), counts)
            assert (copies @ task.sizes <= task.capacities).all()


def test_compact_model_as_text() -> None:
    """Three hosts, two flavours, two dimensions: families ``cover`` and ``within``."""
    task = Task(
        np.array([[4.0, 1], [3, 2]]), np.array([2, 4]), np.array([[10.0, 5], [8, 8]]), np.array([3.0, 2])
    )
    most = most_copies(task.sizes, task.capacities, task.counts)
    model, _ = fleet_model(task, most, np.array([0, 0, 1]))
    assert model.text() == (GOLDEN / "compact.lp").read_text("utf-8")


def test_pairs_filled_anew_reach_a_tight_packing() -> None:
    """Thirty hosts that were cut up at random, with 1 % to spare in all, hold everything again."""
    rng = np.random.default_rng(5)
    sizes = np.array([[1.0, 1], [1, 4], [2, 4], [4, 8], [4, 16], [8, 16], [8, 64], [16, 32]])
    capacities = np.array([[64.0, 202]])
    copies = np.zeros((30, len(sizes)), dtype=np.int64)
    for host in copies:
        room = np.array([64.0, 200])
        while (fits := np.flatnonzero((sizes <= room).all(axis=1))).size:
            f = rng.choice(fits)
            host[f] += 1
            room -= sizes[f]
    counts = copies.sum(axis=0)
    most = most_copies(sizes, capacities, counts)
    types = np.zeros(30, dtype=np.int64)
    greedy, missing = fill(sizes, counts, capacities, most, types, 0)
    assert np.array_equal(greedy.sum(axis=0) + missing, counts)
    refilled, left = fill(sizes, counts, capacities, most, types, 20_000)
    assert not left.any()
    assert np.array_equal(refilled.sum(axis=0), counts)
    assert (refilled @ sizes <= capacities).all()


def test_rows_by_hand() -> None:
    """Three of (2, 1), of which two must lie apart, fit anywhere; one of (9, 9) on the second type alone."""
    sizes, capacities = np.array([[2.0, 1], [9, 9]]), np.array([[4.0, 4], [10, 10]])
    rows = volume_rows(sizes, np.array([3, 1]), capacities, np.array([2, 1]))
    assert rows.holds.tolist() == [[0, 10], [0, 10], [4, 10], [4, 10], [1, 1]]
    assert rows.worth.tolist() == [[0, 9], [0, 9], [2, 9], [1, 9], [0, 0]]
    assert rows.needs.tolist() == [9, 9, 15, 12, 2]


@pytest.mark.parametrize("most", [20_000, 0])
def test_slack_and_limits_by_hand(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """A hundred units on hosts of 10 at 4 and of 25 at 9; then some more, with at most three large ones."""
    monkeypatch.setattr("roomfold.optimize.packing.fleet.MOST_FLEETS", most)
    rows = volume_rows(np.array([[1.0]]), np.array([100]), np.array([[10.0], [25]]))
    costs = np.array([4.0, 9])
    for slack, limits, expected in (
        (0.0, None, [0, 4]),
        (0.05, None, [3, 3]),
        (0.06, None, [1, 4]),
        (0.0, np.array([np.inf, 3]), [5, 2]),
        (0.06, np.array([np.inf, 3]), [6, 2]),
    ):
        fleet, bound = cheapest_fleet(costs, rows, slack, limits)
        assert fleet is not None
        assert fleet.tolist() == expected
        assert bound == pytest.approx(float(costs @ fleet))
        assert bound <= costs @ fleet
    assert cheapest_fleet(costs, rows, 0.0, np.array([2.0, 3]))[0] is None
    free, bound = cheapest_fleet(0 * costs, rows)
    assert free is not None and free @ [10, 25] >= 100 and bound == 0
    nothing = volume_rows(np.array([[1.0]]), np.array([0]), np.array([[10.0], [25]]))
    fleet, bound = cheapest_fleet(costs, nothing)
    assert fleet is not None and fleet.tolist() == [0, 0] and bound == 0
