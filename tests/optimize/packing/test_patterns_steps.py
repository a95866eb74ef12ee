"""Packing by patterns: which step is taken when, what is proven, and where it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import pytest

from roomfold.optimize.packing import patterns as module
from roomfold.optimize.packing.patterns import CAREFUL, QUICK, Dive, _Bought, _Search, pack_patterns
from roomfold.optimize.packing.task import Columns, PoolPacking, Task
from roomfold.scenarios.errors import InfeasibleError

from .steps import SAFE, Ints, Script, ints, packing, priced, search_of, task_of


def test_fleets_are_proven_too_small_one_by_one(put: Callable[..., Script]) -> None:
    fleets = [ints(0, 3), ints(1, 2), ints(2, 1)]  # at 9, 10 and 11
    copies = np.array([[3, 0], [3, 0], [0, 4]])
    for answers, bound, cost, method in (
        ([(False, None)] * 3, 13.0, 13.0, "exact"),
        ([(False, None), (True, copies)], 10 * SAFE, 10.0, "exact"),
        ([(False, None), (None, None)], 10 * SAFE, 13.0, "volume"),
        ([(None, None)], 9 * SAFE, 13.0, "volume"),
    ):
        search = search_of(best=13.0, bound=8.0)
        put("_fleets", then=fleets, of=search)
        holding = put("holds_all", *answers)
        search._prove()
        assert search.best is not None
        assert (search.bound, search.best.cost, search.best.method) == (bound, cost, method)
        assert [call[2].tolist() for call in holding.calls] == [f.tolist() for f in fleets[: len(answers)]]
        assert all(call[1] is search.most for call in holding.calls)
    assert search.method == "exact"
    search = search_of(best=13.0, bound=9.5)  # a bound above the first fleet's cost stays
    put("_fleets", then=fleets[:1], of=search)
    put("holds_all", (None, None))
    search._prove()
    assert search.bound == 9.5
    put("_fleets", then=None, of=search)
    search.method = "volume"
    search._prove()
    assert (search.bound, search.method) == (9.5, "volume")


def test_where_groups_lie_apart_a_fleet_is_too_small_only_if_it_is_without_them(
    put: Callable[..., Script],
) -> None:
    for answers, bound in (
        ([(False, None), (False, None)], 13.0),
        ([(False, None), (None, None)], 9 * SAFE),
        ([(False, None), (True, np.ones((3, 2)))], 9 * SAFE),
        ([(None, None), (False, None)], 13.0),
    ):
        search = search_of(best=13.0, bound=8.0)
        search.most = search.possible // 2
        put("_fleets", then=[ints(0, 3)], of=search)
        holding = put("holds_all", *answers)
        search._prove()
        assert search.bound == bound
        assert search.best is not None and search.best.cost == 13
        assert [
            call[1] is limit
            for call, limit in zip(holding.calls, (search.most, search.possible), strict=True)
        ]
        assert holding.calls[0][1] is search.most and holding.calls[1][1] is search.possible


# The whole.


def test_what_fits_only_on_hosts_that_may_not_be_bought_is_named() -> None:
    sizes, capacities = np.array([[8.0, 1.5], [2, 1]]), np.array([[10.0, 9], [6, 9]])

    def pack(counts: Ints, limits: Ints) -> PoolPacking:
        return pack_patterns(Task(sizes * 2, counts, capacities * 2, np.ones(2), limits))

    assert pack(ints(1, 1), ints(1, -1)).cost == 1
    assert pack(ints(0, 3), ints(0, -1)).cost == 1
    with pytest.raises(InfeasibleError, match="size 16, 3 fits on no host type"):
        pack(ints(1, 1), ints(0, -1))


def test_hosts_that_suffice_in_parts_only_end_in_an_error() -> None:
    """Sizes of 44, 33 and 12 on hosts of 132 fill less than five in parts and six in whole (Marcotte 1986).

    A limit of five ends the search, which buys what it can and finds no host for the rest.
    """
    sizes, counts = np.array([[44.0], [33], [12]]), ints(5, 7, 17)
    capacities, costs = np.array([[132.0]]), np.ones(1)
    assert pack_patterns(Task(sizes, counts, capacities, costs)).cost == 6
    with pytest.raises(InfeasibleError, match="no packing was found"):
        pack_patterns(Task(sizes, counts, capacities, costs, ints(5)))


def test_efforts_are_of_the_right_kind() -> None:
    """Fleets grow, shares are of a host, and what counts as good lies above the gap of a master problem."""
    assert list(module.SLACKS) == sorted(set(module.SLACKS)) and module.SLACKS[0] == 0
    assert list(module.ENDING_SLACKS) == sorted(set(module.ENDING_SLACKS)) and module.ENDING_SLACKS[0] == 0
    assert 0 < QUICK.share < CAREFUL.share == 1
    assert 0 < QUICK.rounds < CAREFUL.rounds
    assert 0 < module.MASTER_GAP < module.GOOD < module.TOO_FAR < 0.01


def test_nothing_to_pack_keeps_what_is_known() -> None:
    known = Columns(ints(1, 0), np.array([[1, 2], [0, 1]]))
    found = pack_patterns(task_of((0, 0)), known)
    assert (found.cost, found.bound, found.types.shape, found.copies.shape) == (0, 0, (0,), (0, 2))
    assert found.columns is known


def test_a_cheap_packing_is_proven_by_its_volume() -> None:
    found = pack_patterns(replace(task_of((1, 0)), costs=np.array([0.25, 0.5])))
    assert (found.cost, found.bound, found.method) == (0.25, 0.25, "volume")


def stubbed(put: Callable[..., Script], search: _Search, **steps: Any) -> dict[str, Script]:
    names = ("_cheapest", "_fill", "_by_patterns", "_ladder", "_between", "_prove")
    return {name: put(name, then=steps.get(name), of=search) for name in names}


def test_steps_follow_only_where_the_answer_is_not_good(
    monkeypatch: pytest.MonkeyPatch, put: Callable[..., Script]
) -> None:
    """Which steps are taken, from what is known at first and the hosts of the cheapest fleet."""
    monkeypatch.setattr(module, "MANY_HOSTS", 5)
    for best, hosts, bound, fleet, taken in (
        (10.0, 3, 10.0, ints(2, 3), "_cheapest _fill _between"),
        (10.0, 3, 10.0, ints(3, 3), "_cheapest _between"),
        (10.0, 6, 9.0, ints(2, 3), "_cheapest _fill _by_patterns _between _prove"),
        (10.0, 7, 9.0, ints(2, 3), "_cheapest _fill _by_patterns _between"),
    ):
        search = search_of(best=best, hosts=hosts, bound=bound)
        steps = stubbed(put, search, _cheapest=fleet)
        found = search.run()
        assert " ".join(name for name, script in steps.items() if script.calls) == taken
        assert (found.cost, found.bound) == (best, bound)
        for _, bought, rounds in steps["_fill"].calls:
            assert (bought.left.tolist(), rounds) == ([6, 4], module.ROUNDS)
    search = search_of(bound=10.0)

    def climbed() -> None:
        search.best = packing(10.0)

    steps = stubbed(put, search, _cheapest=ints(2, 3), _ladder=climbed)
    found = search.run()
    assert steps["_ladder"].calls and steps["_by_patterns"].calls and not steps["_prove"].calls
    assert found.columns is search.columns


@pytest.mark.parametrize(("over", "bound"), [(2.9e-9, 1.0), (3.1e-9, 1 - 3.1e-9)])
def test_margins_for_rounding_are_no_gap(put: Callable[..., Script], over: float, bound: float) -> None:
    search = search_of(best=1.0, bound=1 - over)
    stubbed(put, search, _cheapest=ints(1, 1))
    assert search.run().bound == pytest.approx(bound, rel=1e-12)


def test_patterns_sharpen_the_bound_and_are_dived_for(put: Callable[..., Script]) -> None:
    """The second dive follows only where the first stays too far above the bound."""
    for costs, dives in (([10.2, 10.0], [QUICK, CAREFUL]), ([10.02], [QUICK]), ([10.04], [QUICK])):
        search = search_of(task_of(), best=11.0, bound=8.0)
        search.columns = Columns(ints(0), np.array([[9, 9]]))
        old = search.rows
        found = replace(priced([1.0], [1], [[2, 0]]), bound=10.0)
        pricing = put("price_out", then=found)
        put("_cheapest", then=ints(1, 1), of=search)
        results = iter(costs)

        def dived(search: _Search = search, results: Any = results) -> None:
            search.best = packing(next(results))

        diving = put("_dive", then=dived, of=search)
        search._by_patterns()
        assert search.bound == 10 and search.method == "patterns"
        assert [call[2] for call in diving.calls] == dives
        assert diving.calls[0][0] is found and diving.calls[0][1].tolist() == [1, 1]
        task, possible, most, start, rows, gap, known = pricing.calls[0]
        assert (start.copies.tolist(), gap, known) == ([[3, 4]], module.MASTER_GAP, 8)
        assert task is search.task and possible is search.possible and most is search.most and rows is old
        assert search.columns.copies.tolist() == [[9, 9], [2, 0]]
        assert len(search.rows.needs) == len(old.needs) + 1
    search = search_of(best=10.001, bound=10.0)  # good by the new bound already
    put("price_out", then=found)
    put("_cheapest", then=ints(1, 1), of=search)
    diving = put("_dive", of=search)
    search._by_patterns()
    assert not diving.calls
    search.bound = 10.5
    search._by_patterns()
    assert search.bound == 10.5


def test_a_dive_buys_until_nothing_is_left_or_it_costs_too_much(put: Callable[..., Script]) -> None:
    """Two of (3, 0), then, priced anew, two of (0, 4) cut to what is left."""
    first, second = priced([2.0], [0], [[3, 0]]), priced([0.9, 0.8], [1, 0], [[0, 3], [0, 4]])
    search = search_of()
    pricing, ending = put("price_out", second), put("_end", of=search)
    search._dive(first, ints(2, 1), Dive(2, 0.75))
    assert [call[1].left.tolist() for call in ending.calls] == [[0, 4], [0, 0]]
    assert ending.calls[1][1].types.tolist() == [0, 0, 1, 0]
    assert all(call[0].tolist() == [2, 1] for call in ending.calls)
    rest, most, same, start, rows, gap, known, rounds = pricing.calls[0]
    assert (rest.counts.tolist(), most.tolist(), same.tolist()) == (
        [0, 4],
        [[0, 4], [0, 3]],
        [[0, 4], [0, 3]],
    )
    assert (gap, known, rounds, len(start.types)) == (module.MASTER_GAP, 0, 2, 0)
    assert rows.needs.tolist() == [8]
    # The first step buys whole hosts only, whatever the share: here the largest part, once.
    search = search_of()
    pricing, ending = put("price_out", then=second), put("_end", of=search)
    search._dive(priced([0.9, 0.8], [0, 0], [[3, 0], [3, 2]]), ints(2, 1), Dive(2, 0.75))
    assert ending.calls[0][1].copies.tolist() == [[3, 0]]
    # With two hosts at most nothing more can be bought, though something is left.
    search = search_of(task_of(limits=(2, 0)))
    pricing, ending = put("price_out", then=second), put("_end", of=search)
    search._dive(first, ints(2, 0), QUICK)
    assert (len(pricing.calls), len(ending.calls)) == (1, 1)
    for best, bound, steps in ((8.0, 0.0, 1), (8.1, 0.0, 2), (8.1, 8.1, 1)):
        search = search_of(best=best, bound=bound)
        put("price_out", then=second)
        ending = put("_end", of=search)
        search._dive(first, ints(2, 1), QUICK)
        assert len(ending.calls) == steps


def test_the_end_of_a_step_fills_the_target_then_fleets_for_the_rest(put: Callable[..., Script]) -> None:
    search = search_of(task_of(limits=(5, -1)))
    bought = _Bought(ints(0, 0), np.array([[3, 0], [3, 0]]), ints(0, 4))
    fleets = put("cheapest_fleet", then=(ints(1, 0), 4.0))
    filling = put("_fill", True, of=search)
    search._end(ints(2, 1), bought)
    assert [(call[0].tolist(), call[2]) for call in filling.calls] == [([2, 1], module.ROUNDS)]
    filling = put("_fill", False, False, True, of=search)
    search._end(ints(2, 1), bought)
    assert [(call[0].tolist(), call[2]) for call in filling.calls[1:]] == [([3, 0], module.FEWER_ROUNDS)] * 2
    assert [call[2] for call in fleets.calls] == [0.0, 0.03]
    assert fleets.calls[0][3].tolist() == [3, inf]
    assert fleets.calls[0][1].needs.tolist() == [8]
    fleets = put("cheapest_fleet", (ints(1, 0), 4.0), (None, inf))
    filling = put("_fill", then=False, of=search)
    search._end(ints(2, 1), bought)
    assert len(fleets.calls) == 2 and len(filling.calls) == 2
    fleets = put("cheapest_fleet", then=(ints(1, 0), 4.0))
    search._end(ints(2, 1), bought)
    assert [call[2] for call in fleets.calls] == [0.0, 0.03, 0.1]
    search._end(ints(2, 1), _Bought(ints(0, 0, 0), np.array([[3, 0], [3, 0], [0, 4]]), ints(0, 0)))
    assert search.best is not None and search.best.cost == 12 and len(filling.calls) == 6
