"""The parts that packings are made of, each by hand: tasks, patterns, hosts, greedy rules, groups."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog

from roomfold.optimize.packing import Columns, PoolPacking, Task
from roomfold.optimize.packing.apart import Groups, Places, assign, clashes, largest_groups
from roomfold.optimize.packing.distinct_fit import (
    best_cosine,
    bin_by_bin,
    cheapest_fleet,
    first_fit,
    fleet_fit,
    volume_bound,
)
from roomfold.optimize.packing.vector import Bins, Vectors, of_sets
from roomfold.scenarios.errors import InfeasibleError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def ints(*values: int) -> Ints:
    return np.array(values, dtype=np.int64)


def test_tasks_are_brought_to_the_coarsest_grid() -> None:
    """Sizes of 4, 8, 12 and of 10, 15 need no finer steps than 4 and 5; 23 of 4 are 5 whole."""
    task = Task(
        np.array([[4, 10, 0], [8, 15, 0], [12, 10, 0]]), ints(1, 2, 3), np.array([[23, 30, 7]]), np.ones(1)
    )
    assert (task.limits.tolist(), task.apart.tolist(), task.at_most.tolist()) == ([-1], [0, 0, 0], [np.inf])
    grid = task.on_grid()
    assert grid.sizes.tolist() == [[1, 2, 0], [2, 3, 0], [3, 2, 0]]
    assert grid.capacities.tolist() == [[5, 6, 7]]
    assert [part.dtype.kind for part in (task.sizes, task.counts, task.limits, task.apart)] == list("fiii")
    exact = Task(np.array([[3]]), ints(1), np.array([[0.3 * 30]]), np.ones(1), limits=ints(0))
    assert exact.on_grid().capacities.tolist() == [[3]]  # 0.3 x 30 is a little less than 9
    assert exact.at_most.tolist() == [0]
    with pytest.raises(ValueError, match="whole"):
        Task(np.array([[1.5]]), ints(1), np.array([[2.0]]), np.ones(1)).on_grid()


def test_patterns_are_kept_once_in_their_order() -> None:
    some = Columns(ints(1, 0), np.array([[2, 0], [1, 1]]))
    more = some.plus(ints(0, 1, 1), np.array([[1, 1], [2, 0], [0, 3]]))
    assert (more.types.tolist(), more.copies.tolist()) == ([1, 0, 1], [[2, 0], [1, 1], [0, 3]])
    cut = more.within(np.array([[0, 1], [1, 0]]))
    assert (cut.types.tolist(), cut.copies.tolist()) == ([1, 0], [[1, 0], [0, 1]])
    wide = Columns(ints(1), np.array([[1, 2, 3]])).within(np.array([[9, 9, 9], [2, 1, 0]]))
    assert wide.copies.tolist() == [[1, 1, 0]]
    none = Columns.none(2)
    assert (none.types.shape, none.copies.shape) == ((0,), (0, 2))


def test_the_gap_is_cost_over_bound() -> None:
    def of(cost: float, bound: float) -> float:
        return PoolPacking(ints(0), np.ones((1, 1), dtype=np.int64), cost, bound, Columns.none(1)).gap

    assert (of(11, 10), of(0, 0), of(0.5, 0.25)) == (pytest.approx(0.1), 0, 1)


def vectors(
    sizes: list[list[float]], limits: tuple[int, int] = (-1, -1), costs: tuple[float, float] = (6, 4)
) -> Vectors:
    """Items for hosts of 10 x 10 and of 6 x 12."""
    return Vectors(
        np.array(sizes, dtype=float), np.array([[10.0, 10], [6, 12]]), np.array(costs), ints(*limits)
    )


def test_what_fits_where() -> None:
    task = vectors([[10, 10], [6, 12], [6, 6], [10 + 1e-9, 1], [10.1, 1]])
    assert task.fits.tolist() == [[True, False], [False, True], [True, True], [True, False], [False, False]]
    assert task.cheapest_single()[:3].tolist() == [0, 1, 1]
    vectors([[10, 10]]).check()
    with pytest.raises(InfeasibleError, match=r"size 10\.1, 1 fits"):
        task.check()


def test_costs_that_can_occur_round_a_bound() -> None:
    """Of hosts at 6 and 4 every sum is even; of hosts at 6.5 nothing is known."""
    task = vectors([[1, 1]])
    assert task.step == 2
    assert [task.rounded(b) for b in (0, 3.9, 4, 4 + 1e-8, 4.001)] == [0, 4, 4, 4, 6]
    odd = vectors([[1, 1]], costs=(6.5, 4))
    assert (odd.step, odd.rounded(3.3)) == (0, 3.3)
    assert vectors([[1, 1]], costs=(2.0**40, 2.0**39)).step == 2**39
    assert vectors([[1, 1]], costs=(2.0**41, 2.0**39)).step == 0


def test_a_part_has_the_limits_that_are_left() -> None:
    task = vectors([[1, 1], [2, 2], [3, 3]], (3, -1))
    part = task.part(ints(2, 0), ints(1, 5))
    assert (part.sizes.tolist(), part.limits.tolist()) == ([[3, 3], [1, 1]], [2, -1])
    assert task.part(ints(1), ints(9, 0)).limits.tolist() == [0, -1]
    assert task.part(ints(1)).limits.tolist() == [3, -1]
    assert vectors([[1, 1]], (0, -1)).part(ints(0), ints(1, 1)).limits.tolist() == [0, -1]


def test_what_hosts_hold() -> None:
    task = vectors([[5, 5], [5, 5], [6, 12]], (1, 1))
    good = Bins(ints(0, 1), ints(0, 0, 1))
    assert good.allowed(task) and good.cost(task) == 10
    assert [s.tolist() for s in good.sets()] == [[0, 1], [2]]
    assert [s.tolist() for s in Bins(ints(0, 1, 0), ints(2, 0, 0)).sets()] == [[1, 2], [], [0]]
    for types, host_of in (
        (ints(0, 1), ints(0, -1, 1)),  # without a host
        (ints(0, 1), ints(0, 0)),  # too few
        (ints(0, 1), ints(0, 1, 1)),  # overfull
        (ints(0, 0, 1), ints(0, 1, 2)),  # beyond a limit
    ):
        assert not Bins(types, host_of).allowed(task)
    assert Bins(ints(0, 0, 1), ints(0, 1, 2)).allowed(vectors([[5, 5], [5, 5], [6, 12]], (2, -1)))
    assert not Bins(ints(0, 1), ints(0, -1)).allowed(vectors([[5, 5], [1, 1]]))  # though there is room
    close = vectors([[10 + 5e-9, 1]])
    assert Bins(ints(0), ints(0)).allowed(close)
    assert not Bins(ints(0), ints(0)).allowed(vectors([[10 + 5e-8, 1]]))


def test_sets_that_overlap_keep_the_first() -> None:
    bins = of_sets(ints(1, 0, 1), [ints(2, 0), ints(0), ints(1, 2)], 4)
    assert (bins.types.tolist(), bins.host_of.tolist()) == ([1, 1], [0, 1, 0, -1])


@pytest.mark.parametrize("limits", [(-1, -1), (2, -1), (-1, 1)])
def test_volumes_bound_as_the_dual_program_does(limits: tuple[int, int]) -> None:
    for seed in range(4):
        sizes = np.random.default_rng(seed).uniform(0.5, 6, (7, 2)).tolist()
        task = vectors(sizes, limits)
        bounds = [(0, None if most < 0 else most) for most in limits]
        parts = linprog(task.costs, A_ub=-task.capacities.T, b_ub=-task.sizes.sum(axis=0), bounds=bounds)
        assert volume_bound(task) == pytest.approx(parts.fun, rel=1e-6)
        assert volume_bound(task) <= parts.fun
        fleet = cheapest_fleet(task, 0.1)
        assert fleet is not None
        needs = 1.1 * task.sizes.sum(axis=0)
        assert (fleet @ task.capacities >= needs - 1e-6).all()
        tried = [
            a * 6 + b * 4
            for a in range(12 if limits[0] < 0 else limits[0] + 1)
            for b in range(12 if limits[1] < 0 else limits[1] + 1)
            if (np.array([a, b]) @ task.capacities >= needs - 1e-6).all()
        ]
        assert fleet @ task.costs == pytest.approx(min(tried))
    assert cheapest_fleet(vectors([[5, 5]] * 9, (1, 1)), 0.0) is None


def test_items_go_where_room_points_their_way() -> None:
    """Rooms (10, 4) and (4, 10): wide items to the first, tall ones to the second, until there is no room."""
    rooms = np.array([[10.0, 4], [4, 10]])
    sizes = np.array([[6.0, 1], [1, 6], [3, 1], [1, 3], [5, 5]])
    assert best_cosine(sizes, np.arange(5), rooms, np.ones(2)).tolist() == [0, 1, 0, 1, -1]
    assert best_cosine(sizes[[1, 1]], np.arange(2), rooms, np.ones(2)).tolist() == [1, -1]
    # With little of the second dimension's unit, directions are told by slopes: 1.3 is nearer 0.4 than 2.5.
    leaning = np.array([[1.0, 1.3]])
    assert best_cosine(leaning, np.arange(1), rooms, np.ones(2)).tolist() == [1]
    assert best_cosine(leaning, np.arange(1), rooms, np.array([1.0, 0.1])).tolist() == [0]
    # What is taken turns a room's direction: after (6, 1) the first room has 4 x 3 left.
    assert best_cosine(np.array([[6.0, 1], [1, 1]]), np.arange(2), rooms, np.ones(2)).tolist() == [0, 0]
    full = np.array([[10.0, 4], [1e-9, 0]])
    assert best_cosine(full, np.arange(2), rooms[:1], np.ones(2)).tolist() == [0, 0]


def test_hosts_filled_one_by_one_hold_everything() -> None:
    """Of 7, 6, 4 and 3 in hosts of 10 each rule makes pairs of ten."""
    line = Vectors(np.array([[7.0], [6], [4], [3]]), np.array([[10.0]]), np.ones(1), ints(-1))
    for bins in bin_by_bin(line):
        assert bins.allowed(line)
        assert sorted(line.sizes[s, 0].sum() for s in bins.sets()) == [10, 10]
    sizes = np.random.default_rng(1).uniform(1, 6, (14, 2))
    task = Vectors(sizes, np.array([[10.0, 8]]), np.ones(1), ints(-1))
    found = bin_by_bin(task)
    assert len(found) == 4 and all(bins.allowed(task) for bins in found)
    least = np.ceil((sizes.sum(axis=0) / task.capacities[0]).max())
    assert all(least <= len(bins.types) <= 1.7 * least for bins in found)
    for bins in found:  # no host takes what an earlier one has room for
        load = np.zeros((len(bins.types), 2))
        np.add.at(load, bins.host_of, sizes)
        for item, host in enumerate(bins.host_of.tolist()):
            assert not (load[:host] + sizes[item] <= task.capacities[0]).all(axis=1).any()


def test_rules_of_one_host_at_a_time_by_hand() -> None:
    """In 10 x 10 the longest, (7, 1), goes first; by room left it is (4, 3.5), unless width weighs more."""
    task = Vectors(np.array([[7.0, 1], [3, 4], [4, 3.5]]), np.array([[10.0, 10]]), np.ones(1), ints(-1))
    product, left, weighed, total = (bins.host_of.tolist() for bins in bin_by_bin(task))
    assert product == weighed == total == [0, 0, 1]
    assert left == [1, 0, 0]


def test_first_fit_takes_the_first_host_with_room() -> None:
    """Items of 6, 5, 4 and 3 x 1 at cost 6 for ten: 6 and 4, then 5 and 3."""
    task = vectors([[3, 1], [6, 1], [4, 1], [5, 1]], (-1, 0))
    bins = first_fit(task)
    assert bins is not None
    assert bins.types.tolist() == [0, 0]
    assert bins.host_of.tolist() == [1, 0, 0, 1]
    cheap = first_fit(vectors([[2, 9], [9, 2]]))  # each on the type of which it takes the cheaper share
    assert cheap is not None and sorted(cheap.types.tolist()) == [0, 1]
    short = first_fit(vectors([[2, 9], [2, 9], [2, 9]], (-1, 1)))
    assert short is not None and short.types.tolist() == [1, 0, 0]
    assert first_fit(vectors([[9, 9], [9, 9]], (1, -1))) is None


def test_fleets_that_fit_are_close_to_the_volume() -> None:
    sizes = np.random.default_rng(4).uniform(0.2, 3, (40, 2)).tolist()
    task = vectors(sizes)
    for closer in (False, True):
        bins = fleet_fit(task, closer)
        assert bins is not None and bins.allowed(task)
        assert bins.cost(task) <= volume_bound(task) * 1.3
    assert fleet_fit(vectors([[5, 5]] * 9, (1, 1))) is None


def places(
    copies: list[list[int]], room: float = 0, rack: list[int] | None = None, area: list[int] | None = None
) -> Places:
    """Hosts of flavours of size 1, 2, ... with some room left on each."""
    hosts = len(copies)
    return Places(
        np.array(copies), 1.0 + np.arange(len(copies[0]))[:, None], np.full((hosts, 1), float(room)),
        np.arange(hosts) if rack is None else np.array(rack), np.array(area or [0] * hosts),
    )  # fmt: skip


def test_clashes_are_pairs_on_a_host_or_in_a_rack() -> None:
    groups = Groups(ints(0, 0, 0, 1, 1, -1, -1), ints(-1, -1, 5, -1, 5, -1, -1))
    host_of = ints(0, 0, 0, 1, 2, 2, 2)
    assert clashes(host_of, groups, ints(0, 1, 2)) == 3
    assert clashes(host_of, groups, ints(0, 1, 0)) == 4
    assert largest_groups(ints(0, 0, 1, 1, 1, 0, 0), groups, 3).tolist() == [2, 2, 0]


def test_members_of_other_flavours_swap_where_room_allows() -> None:
    """Two of a group, of sizes 1 and 2, find one host each."""
    groups = Groups(ints(0, -1, 0, -1), np.full(4, -1))
    flavour = ints(0, 0, 1, 1)
    host_of, stuck = assign(places([[1, 1], [1, 1]]), flavour, groups)
    assert not len(stuck)
    assert host_of[0] != host_of[2]
    assert sorted(host_of.tolist()) == [0, 0, 1, 1]
    packed = places([[1, 1], [0, 1]], room=1)
    groups = Groups(ints(0, 0, -1), np.full(3, -1))
    host_of, stuck = assign(packed, ints(0, 1, 1), groups)
    assert not len(stuck) and host_of[0] != host_of[1]


def test_areas_and_racks_bound_what_moves() -> None:
    """Both of a group are packed on host 0; host 1 has room, but may be of another area or the same rack."""
    pair, none = ints(0, 0), ints(-1, -1)
    flavour, both = ints(0, 0), [[2], [0]]
    for area, rack, groups, ends in (
        ([0, 0], [0, 1], Groups(pair, none), True),
        ([0, 1], [0, 1], Groups(pair, none), False),
        ([0, 0], [0, 0], Groups(pair, none), True),
        ([0, 0], [0, 0], Groups(none, pair), False),
        ([0, 0], [0, 1], Groups(none, pair), True),
    ):
        host_of, stuck = assign(places(both, 1, rack, area), flavour, groups)
        assert (not len(stuck)) is ends
        assert sorted(host_of.tolist()) == ([0, 1] if ends else [0, 0])


def test_pinned_members_stay_and_others_avoid_them() -> None:
    groups = Groups(ints(0, 0, -1), np.full(3, -1))
    host_of, stuck = assign(places([[1], [1]]), ints(0, 0, 0), groups, pinned=ints(0, -1, -1))
    assert host_of.tolist() == [0, 1, 0]
    assert not len(stuck)


def test_who_comes_first_gets_the_first_hosts() -> None:
    none = np.full(4, -1)
    host_of, _ = assign(places([[2], [2]]), ints(0, 0, 0, 0), Groups(none, none), turn=ints(3, 0, 2, 1))
    assert host_of.tolist() == [1, 0, 1, 0]
    apart = Groups(ints(-1, 0, -1, 0), none)
    host_of, stuck = assign(places([[2], [2]]), ints(0, 0, 0, 0), apart, turn=ints(3, 0, 2, 1))
    assert host_of.tolist() == [1, 0, 0, 1] and not len(stuck)
