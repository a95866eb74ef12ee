"""Packing by patterns: what is bought, kept and filled on the way, each by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import pytest

from roomfold.optimize.packing import patterns as module
from roomfold.optimize.packing.patterns import _Bought, together
from roomfold.optimize.packing.task import Task
from roomfold.scenarios.errors import InfeasibleError

from .steps import Script, ints, priced, search_of, task_of

# What is bought.


def test_groups_leave_room_to_be_kept_apart() -> None:
    """Of seven with groups of up to three no host has more than two; groups of one ask for nothing."""
    sizes = np.ones((4, 1))
    task = Task(sizes, ints(5, 5, 5, 7), np.ones((1, 1)), np.ones(1), apart=ints(0, 1, 2, 3))
    assert together(task).tolist() == [5, 5, 2, 2]


def test_hosts_bought_and_what_is_left() -> None:
    task = task_of((6, 4), (5, -1))
    nothing = _Bought.nothing(task)
    assert (len(nothing.types), nothing.copies.shape, nothing.left.tolist()) == (0, (0, 2), [6, 4])
    some = _Bought(ints(0, 1, 0), np.array([[2, 2], [2, 0], [1, 1]]), ints(1, 1))
    assert some.fleet(task).tolist() == [2, 1]
    assert some.cost(task) == 11
    rest = some.rest(task)
    assert (rest.counts.tolist(), rest.limits.tolist()) == ([1, 1], [3, -1])
    fewer = some.without(1)
    assert (fewer.types.tolist(), fewer.copies.tolist(), fewer.left.tolist()) == (
        [0, 1],
        [[2, 2], [2, 0]],
        [2, 2],
    )
    assert some.without(9).left.tolist() == [6, 4]
    assert some.without(3).copies.shape == (0, 2)


def test_whole_hosts_are_bought_and_large_parts_most_frequent_first() -> None:
    """Of three patterns wanted 1.8, 2.0 (less rounding) and 0.75 times."""
    wanted = priced([1.8, 2 - 1e-7, 0.75], [0, 0, 1], [[3, 0], [1, 3], [0, 3]])
    none, free = _Bought.nothing(task_of((9, 9))), np.full(2, inf)

    def of(share: float, limits: Any = free, bought: _Bought = none) -> list[tuple[int, list[int]]]:
        found = bought.plus(wanted, share, limits)
        assert (found.left + found.copies.sum(axis=0)).tolist() == [9, 9]
        return list(zip(found.types.tolist(), found.copies.tolist(), strict=True))

    assert of(1.0) == [(0, [1, 3]), (0, [1, 3]), (0, [3, 0])]
    # From three quarters up: two of the first as well, equals in their order, and one of the third, cut.
    assert of(0.75) == [(0, [3, 0]), (0, [3, 0]), (0, [1, 3]), (0, [1, 3]), (1, [0, 3])]
    assert of(0.75 + 1e-9) == [(0, [3, 0]), (0, [3, 0]), (0, [1, 3]), (0, [1, 3])]
    assert of(0.75, np.array([3.0, 0])) == [(0, [3, 0]), (0, [3, 0]), (0, [1, 3])]
    before = _Bought(ints(0, 1), np.array([[6, 0], [1, 4]]), ints(2, 5))
    assert of(1.0, np.array([3.0, inf]), before) == [(0, [6, 0]), (1, [1, 4]), (0, [1, 3]), (0, [1, 2])]
    few = priced([0.4, 0.6, 0.5], [0, 0, 1], [[3, 0], [1, 3], [0, 3]])
    found = none.plus(few, 0.7, free)  # none is whole nor large: the largest part
    assert (found.types.tolist(), found.copies.tolist()) == ([0], [[1, 3]])


# What is kept.


def test_the_cheapest_packing_is_kept_without_empty_hosts() -> None:
    search = search_of(best=10.0)
    search.method, search.bound = "patterns", 3.0
    before = search.best
    search._keep(ints(0, 1, 1, 0), np.array([[2, 0], [0, 0], [0, 1], [0, 0]]))
    assert search.best is not None and (search.best.cost, search.best.method) == (7, "patterns")
    assert (search.best.types.tolist(), search.best.copies.tolist()) == ([0, 1], [[2, 0], [0, 1]])
    assert search.best.bound == 3
    kept = search.best
    search._keep(ints(1, 0), np.array([[1, 0], [0, 1]]))
    assert search.best is kept and kept is not before


def test_good_is_within_a_share_of_the_bound() -> None:
    assert not search_of()._good()
    assert search_of(best=100 * (1 + 2e-4), bound=100)._good()
    assert not search_of(best=100 * (1 + 2.1e-4), bound=100)._good()
    assert search_of(best=100.4, bound=100)._good(0.004)
    with pytest.raises(InfeasibleError, match="no packing was found"):
        search_of()._best()


def test_bounds_of_fleets_never_fall(put: Callable[..., Script]) -> None:
    search = search_of(task_of(limits=(3, -1)), bound=5.0)
    fleets = put("cheapest_fleet", (ints(1, 1), 7.0), (ints(0, 3), 6.0), (None, inf))
    assert search._cheapest().tolist() == [1, 1]
    assert search.bound == 7
    assert search._cheapest().tolist() == [0, 3]
    assert search.bound == 7
    assert fleets.calls[0][2].tolist() == [3, inf]
    with pytest.raises(InfeasibleError, match="too few"):
        search._cheapest()


# What is filled.


def test_a_fleet_is_filled_if_it_is_cheaper_and_large_enough(put: Callable[..., Script]) -> None:
    whole = np.array([[3, 0], [3, 0], [0, 4]]), ints(0, 0)
    filling = put("fill", then=whole)
    search, none = search_of(best=12.0), _Bought.nothing(task_of())
    assert not search._fill(ints(3, 0), none, 7)  # costs as much
    assert not search._fill(ints(2, 0), none, 7)  # 26 do not go into 20
    assert not filling.calls
    search = search_of(best=12.0 + 1e-6)
    assert search._fill(ints(3, 0), none, 7)
    assert search.best is not None and search.best.cost == 12
    sizes, left, capacities, most, types, rounds = filling.calls[0]
    assert (left.tolist(), types.tolist(), rounds) == ([6, 4], [0, 0, 0], 7)
    assert (most.tolist(), capacities.tolist(), sizes.tolist()) == ([[3, 4], [2, 3]], [[10], [6]], [[3], [2]])
    exactly = search_of(task_of((6, 1)))  # 20 go into 20
    put("fill", then=(np.array([[3, 0], [3, 1]]), ints(0, 0)))
    assert exactly._fill(ints(2, 0), _Bought.nothing(exactly.task), 1)
    assert not search_of()._fill(ints(-1, 4), none, 7)  # less than nothing


def test_hosts_bought_are_filled_anew_where_room_is_short(put: Callable[..., Script]) -> None:
    """Nine bought and one more: the rest finds no room, nor with eight of the nine emptied; then all are."""
    task = task_of((20, 20))
    bought = _Bought(ints(*[0] * 9), np.tile([2, 2], (9, 1)), ints(2, 2))
    filling = put(
        "fill", (np.zeros((1, 2), dtype=int), ints(0, 1)), (np.zeros((9, 2), dtype=int), ints(1, 0))
    )
    filling._then = np.tile([2, 2], (10, 1)), ints(0, 0)
    search = search_of(task)
    assert search._fill(ints(10, 0), bought, 3)
    assert [len(call[4]) for call in filling.calls] == [1, 9, 10]
    assert [call[1].tolist() for call in filling.calls] == [[2, 2], [18, 18], [20, 20]]
    assert search.best is not None and len(search.best.types) == 10
    # Beside 10 new hosts ten of the eleven bought are emptied, not eight.
    many = _Bought(ints(*[0] * 11), np.tile([1, 1], (11, 1)), ints(9, 9))
    filling = put("fill", then=(np.zeros((0, 2), dtype=int), ints(1, 0)))
    assert not search_of(task)._fill(ints(21, 0), many, 3)
    assert [len(call[4]) for call in filling.calls] == [10, 20, 21]
    assert not search_of(task)._fill(ints(8, 9), bought, 3)  # fewer than bought of the first type
    assert len(filling.calls) == 3
    # Nothing is volume enough until all is emptied.
    tight = _Bought(ints(*[0] * 9), np.tile([1, 1], (9, 1)), ints(11, 11))
    filling = put("fill", then=(np.tile([2, 2], (10, 1)), ints(0, 0)))
    assert search_of(task)._fill(ints(10, 0), tight, 3)
    assert [len(call[4]) for call in filling.calls] == [10]


def test_large_fleets_are_not_filled_anew(
    monkeypatch: pytest.MonkeyPatch, put: Callable[..., Script]
) -> None:
    monkeypatch.setattr(module, "MANY_HOSTS", 2)
    task = task_of((20, 20))
    for new, calls in ((2, 2), (3, 1)):
        bought = _Bought(ints(0), np.array([[2, 2]]), ints(6, 2))
        filling = put("fill", then=(np.zeros((0, 2), dtype=int), ints(1, 0)))
        assert not search_of(task)._fill(ints(1 + new, 2), bought, 3) or new
        assert len(filling.calls) == calls if new == 3 else len(filling.calls) >= 1


def test_ladders_go_up_to_the_first_fleet_that_holds_everything(put: Callable[..., Script]) -> None:
    search = search_of(task_of(limits=(2, -1)))
    fleets = put("cheapest_fleet", then=(ints(1, 2), 1.0))
    filling = put("_fill", False, False, False, True, of=search)
    search._ladder()
    assert [call[2] for call in fleets.calls] == [0.0, 1e-4, 3e-4, 1e-3]
    assert all(call[2] == module.ROUNDS and call[1].left.tolist() == [6, 4] for call in filling.calls)
    fleets = put("cheapest_fleet", then=(ints(1, 2), 1.0))
    filling = put("_fill", then=False, of=search)
    search._ladder()
    assert [call[2] for call in fleets.calls[-21:]] == [0.5, *(2.0**k for k in range(20))]
    assert fleets.calls[0][3].tolist() == [2, inf]
    put("cheapest_fleet", (ints(1, 2), 1.0), (None, inf))
    filling = put("_fill", then=False, of=search)
    search._ladder()  # at last all there are: two of the first type, none of a type without a limit
    assert [call[0].tolist() for call in filling.calls] == [[1, 2], [2, 0]]


def test_fleets_between_bound_and_cost_are_tried_cheapest_first(
    monkeypatch: pytest.MonkeyPatch, put: Callable[..., Script]
) -> None:
    fleets = [ints(k, 0) for k in range(20)]
    search = search_of(best=100.0, bound=50.0)
    put("_fleets", then=fleets, of=search)
    filling = put("_fill", then=False, of=search)
    search._between()
    assert [call[0].tolist() for call in filling.calls] == [[k, 0] for k in range(module.TRIES)]
    filling = put("_fill", False, True, of=search)
    search._between()
    assert len(filling.calls) == 2
    monkeypatch.setattr(module, "MANY_HOSTS", 3)
    for best, hosts, bound, tried in (
        (100.0, 3, 50.0, 1),
        (100.0, 4, 50.0, 0),
        (100.0, 3, 100.0, 0),
        (None, 3, 1, 0),
    ):
        search = search_of(best=best, hosts=hosts, bound=bound)
        put("_fleets", then=fleets[:1], of=search)
        filling = put("_fill", then=False, of=search)
        search._between()
        assert len(filling.calls) == tried
    search = search_of(best=100.0, bound=50.0)
    put("_fleets", then=None, of=search)
    filling = put("_fill", of=search)
    search._between()
    assert not filling.calls


def test_fleets_are_listed_unless_they_are_too_many(
    monkeypatch: pytest.MonkeyPatch, put: Callable[..., Script]
) -> None:
    """Below 12 up to three of the first type and two, the limit, of the second: 4 x 3."""
    search = search_of(task_of(limits=(-1, 2)), best=12.0, bound=8.0)
    listing = put("fleets_between", then=[ints(1, 1)])
    monkeypatch.setattr(module, "MOST_FLEETS", 12)
    assert search._fleets() == listing._then
    costs, rows, low, high, limits = listing.calls[0]
    assert (costs.tolist(), low, high, limits.tolist()) == ([4, 3], 8, 12, [inf, 2])
    assert rows is search.rows
    monkeypatch.setattr(module, "MOST_FLEETS", 11.9)
    assert search._fleets() is None
    free = replace(search.task, costs=np.array([0.0, 3]), limits=ints(-1, 2))
    search.task = free
    monkeypatch.setattr(module, "MOST_FLEETS", 3 * (10**6 + 1))
    assert search._fleets() is not None
    monkeypatch.setattr(module, "MOST_FLEETS", 3 * 10**6)
    assert search._fleets() is None
