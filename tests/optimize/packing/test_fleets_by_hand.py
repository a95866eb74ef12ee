"""Fleets seen from above, against all fleets there are: which is cheapest, which lie between two costs."""

from __future__ import annotations

from functools import partial
from itertools import product
from math import ceil, floor, inf
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from roomfold.optimize.packing import fleet as module
from roomfold.optimize.packing.fleet import Rows, cheapest_fleet, fits_on, fleets_between, volume_rows
from roomfold.optimize.solver import minimise

Floats = NDArray[np.float64]
SAFE = 1 - 1e-9


def rows_of(holds: list[list[float]], needs: list[float]) -> Rows:
    return Rows(np.array(holds, dtype=float), np.zeros((len(needs), 2)), np.array(needs, dtype=float))


def enough(rows: Rows, fleet: tuple[int, ...], slack: float = 0.0) -> bool:
    return bool((rows.holds @ fleet >= rows.needs * (1 + slack) * SAFE).all())


def first_cheapest(costs: Floats, rows: Rows, slack: float, limits: list[float]) -> tuple[list[int], int]:
    """By trying all; of fleets that cost the same, that with fewest of the first other types.

    The main type is that of which a fleet alone is cheapest; no other is bought for more than that costs, and
    one. Returned besides: how many mixtures of the others that leaves.
    """
    used = rows.needs > 0
    holds, needs = rows.holds[used], rows.needs[used] * (1 + slack)
    alone = [
        ceil(max((SAFE * needs / h).tolist())) * c if (h > 0).all() and m == inf else inf
        for h, c, m in zip(holds.T, costs, limits, strict=True)
    ]
    main = alone.index(min(alone))
    others = [t for t in range(len(costs)) if t != main]
    most = [min(floor(alone[main] / costs[t]), limits[t]) + 1 for t in others]
    best, least = [0], inf
    for mixed in product(*(range(int(m)) for m in most)):
        missing = needs * SAFE - holds[:, others] @ np.array(mixed, dtype=float)
        hosts = max(0, ceil(max((missing / holds[:, main]).tolist())))
        cost = sum(n * costs[t] for n, t in zip(mixed, others, strict=True)) + hosts * costs[main]
        if cost < least - 1e-12:
            best, least = [0] * len(costs), cost
            best[main] = hosts
            for n, t in zip(mixed, others, strict=True):
                best[t] = n
    return best, int(np.prod(most))


def _watched(asked: list[object], *arguments: Any, **named: Any) -> Any:
    asked.append(arguments)
    return minimise(*arguments, **named)


@pytest.mark.parametrize("slack", [0.0, 0.3])
def test_the_first_cheapest_fleet_is_found(monkeypatch: pytest.MonkeyPatch, slack: float) -> None:
    """As long as no more mixtures than allowed are to be listed; else a model of whole hosts decides."""
    for seed in range(40):
        rng = np.random.default_rng(seed)
        types = int(rng.integers(1, 5))
        holds = rng.integers(0, 5, (3, types)).astype(float)
        holds[:, -1] += 1
        rows = Rows(holds, np.zeros((3, 1)), np.append(rng.integers(5, 12, 2), seed % 2 * 7).astype(float))
        costs, limits = rng.integers(6, 17, types) / 8, rng.choice([0.0, 1, 2, inf], types)
        costs[0], limits[-1] = 2.0, inf  # in units of the dearest, costs stay exact
        best, mixtures = first_cheapest(costs, rows, slack, limits.tolist())
        monkeypatch.setattr(module, "MOST_FLEETS", mixtures)
        fleet, bound = cheapest_fleet(costs, rows, slack, limits)
        assert fleet is not None and fleet.tolist() == best
        assert bound == pytest.approx(float(costs @ best) * SAFE, rel=1e-14)
        asked: list[object] = []
        monkeypatch.setattr(module, "MOST_FLEETS", mixtures - 1)
        with monkeypatch.context() as watched:
            watched.setattr(module, "minimise", partial(_watched, asked))
            fleet, bound = cheapest_fleet(costs, rows, slack, limits)
        assert len(asked) == 1
        assert fleet is not None and enough(rows, tuple(fleet), slack) and (fleet <= limits).all()
        assert costs @ fleet == pytest.approx(float(costs @ best))
        assert bound == pytest.approx(float(costs @ best), rel=1e-6)
        assert bound <= costs @ best * SAFE


def test_limits_on_all_types_leave_it_to_the_model() -> None:
    rows = rows_of([[10.0, 4]], [21])
    fleet, bound = cheapest_fleet(np.array([5.0, 1]), rows, 0.0, np.array([2.0, 2]))
    assert fleet is not None and (fleet.tolist(), bound) == ([2, 1], pytest.approx(11))
    assert cheapest_fleet(np.array([5.0, 1]), rows, 0.0, np.array([1.0, 2])) == (None, inf)


def test_cheap_hosts_that_are_few_may_do_alone() -> None:
    """One of the first type holds everything, and there is one."""
    rows, costs = rows_of([[10.0, 10]], [9]), np.array([1.0, 5])
    fleet, bound = cheapest_fleet(costs, rows, 0.0, np.array([1.0, inf]))
    assert fleet is not None and (fleet.tolist(), bound) == ([1, 0], pytest.approx(1))


def test_rounding_cuts_off_no_fleet_that_holds_just_enough() -> None:
    """Three of 0.1 hold 0.3, though three times 0.1 over 0.3 is not 1; ten of a seventh hold ten sevenths."""
    for hold, need, hosts in ((0.1, 0.3, 3), (1 / 7, 10 / 7, 10), (0.7, 4.2, 6), (1.0, 3 + 1e-8, 4)):
        rows = rows_of([[hold, 0.0]], [need])
        fleet, bound = cheapest_fleet(np.array([2.0, 9]), rows)
        assert fleet is not None and fleet.tolist() == [hosts, 0]
        assert bound == pytest.approx(2 * hosts * SAFE, rel=1e-14)
        listed = fleets_between(np.array([2.0]), rows_of([[hold]], [need]), 0.0, 2 * hosts + 1.0)
        assert [f.tolist() for f in listed] == [[hosts]]


def test_costs_of_any_size_give_the_same_fleet() -> None:
    rows = rows_of([[10.0, 25]], [100])
    for unit in (1e-200, 1e-3, 1.0, 1e9):
        fleet, bound = cheapest_fleet(np.array([4.0, 9]) * unit, rows, 0.05)
        assert fleet is not None and fleet.tolist() == [3, 3]
        assert bound == pytest.approx(39 * unit * SAFE, rel=1e-12)


def test_rows_that_need_nothing_ask_for_nothing() -> None:
    """The second row would need what no type holds, if it needed anything."""
    rows = rows_of([[1.0, 2], [0, 0]], [4, 0])
    fleet, bound = cheapest_fleet(np.array([1.0, 1]), rows)
    assert fleet is not None and (fleet.tolist(), bound) == ([0, 2], pytest.approx(2))
    assert [f.tolist() for f in fleets_between(np.ones(2), rows, 0.0, 3.0)] == [[0, 2]]


def test_fleets_between_two_costs_are_all_there_are_in_order() -> None:
    """By cost, from low on and below high, then by the room of the scarcest need, most first."""
    for seed in range(40):
        rng = np.random.default_rng(seed)
        types = int(rng.integers(1, 4))
        rows = Rows(
            rng.integers(0, 6, (2, types)).astype(float),
            np.zeros((2, 1)),
            np.array([float(rng.integers(4, 12)), [0.0, 5.0][seed % 2]]),
        )
        costs, limits = rng.integers(1, 5, types) / 2, rng.choice([0.0, 1, 3, inf], types)
        low, high = float(rng.integers(0, 6)) / 2, float(rng.integers(4, 14)) / 2
        ranges = [range(int(min(high / c, m)) + 1) for c, m in zip(costs, limits, strict=True)]
        used = rows.needs > 0
        expected = []
        for f in product(*ranges):
            cost, room = float(costs @ f), float((rows.holds[used] @ f / rows.needs[used]).min())
            if low <= cost < high and room >= SAFE:
                expected.append((cost, -room, f))
        found = fleets_between(costs, rows, low, high, limits)
        assert [tuple(f.tolist()) for f in found] == [f for *_, f in sorted(expected)]


def test_the_ends_of_a_range_of_costs_and_ties_of_them() -> None:
    """A cost equal to low is in, one equal to high is not, whatever the last bit; nothing is needed."""
    rows = rows_of([[1.0]], [0])
    third = np.array([0.1])
    listed = fleets_between(third, rows, 3 * 0.1, 6 * 0.1)  # 0.30000000000000004 and 0.6000000000000001
    assert [f.tolist() for f in listed] == [[3], [4], [5]]
    listed = fleets_between(third, rows, 0.3 * (1 + 1e-12), 0.6 * (1 + 1e-12))
    assert [f.tolist() for f in listed] == [[3], [4], [5]]
    # Costs alike to a billionth are one: that with more room comes first. Those apart by more are two.
    two = rows_of([[1.0, 3]], [1])
    for more, order in ((2e-10, [[0, 1], [1, 0]]), (4e-9, [[1, 0], [0, 1]])):
        found = fleets_between(np.array([1.0, 1 + more]), two, 0.5, 1.5)
        assert [f.tolist() for f in found] == order
    assert [f.tolist() for f in fleets_between(np.zeros(1), rows, 0.0, 1.0, np.array([2.0]))] == [
        [0],
        [1],
        [2],
    ]


def test_a_flavour_fits_where_it_fills_a_host_exactly() -> None:
    sizes, capacities = np.array([[2.0, 3], [2, 4]]), np.array([[2.0, 3], [9, 9], [1, 9]])
    assert fits_on(sizes, capacities).tolist() == [[True, True, False], [False, True, False]]


def test_all_types_have_a_row_though_no_flavour_fits_on_all() -> None:
    sizes, capacities = np.array([[4.0, 1], [1, 4]]), np.array([[5.0, 2], [2, 5]])
    rows = volume_rows(sizes, np.array([1, 1]), capacities)
    assert rows.holds.tolist() == [[0, 2], [0, 5], [5, 0], [2, 0], [5, 2], [2, 5]]
    assert rows.needs.tolist() == [1, 4, 4, 1, 5, 5]


def test_rows_of_volumes_and_of_groups() -> None:
    """The second flavour fits one type alone; a group of 1 asks for nothing, one of 2 for two hosts."""
    sizes, capacities = np.array([[1.0], [5], [2]]), np.array([[4.0], [6]])
    rows = volume_rows(sizes, np.array([3, 2, 7]), capacities, np.array([1, 2, 0]))
    assert rows.holds.tolist() == [[0, 6], [4, 6], [0, 1]]
    assert rows.worth.tolist() == [[0, 5, 0], [1, 5, 2], [0, 0, 0]]
    assert rows.needs.tolist() == [10, 27, 2]
    bare = volume_rows(sizes, np.array([3, 2, 7]), capacities)
    assert bare.needs.tolist() == [10, 27]
    both = bare.plus(rows)
    assert (both.holds.shape, both.worth.shape) == ((5, 2), (5, 3))
    assert both.needs.tolist() == [10, 27, 10, 27, 2]
