"""Packing where every item differs, against brute force, a second solver and published results."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from roomfold.optimize.instances.text import members
from roomfold.optimize.instances.vbp import parse, read
from roomfold.optimize.packing.distinct import Distinct, pack_distinct
from roomfold.optimize.packing.distinct_fit import volume_bound, whole_volume_bound
from roomfold.optimize.packing.distinct_refill import refill
from roomfold.optimize.packing.distinct_repack import Repack, bound_of_prices
from roomfold.optimize.packing.squeeze import squeezed
from roomfold.optimize.packing.vector import Bins, Vectors
from roomfold.optimize.packing.vector_pricing import best_sets, multipliers
from roomfold.scenarios.errors import InfeasibleError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TYPES = np.array([[12.0, 10.0], [7.0, 9.0]])
COSTS = np.array([5.0, 3.0])


def _least(sizes: Floats, capacities: Floats, costs: Floats, limits: Ints) -> float:
    """Least cost by a plain assignment model of scipy, with a slot per item and type; infinite if none."""
    n, types, dims = len(sizes), len(costs), sizes.shape[1]
    slots = [t for t in range(types) for _ in range(n if limits[t] < 0 else min(n, limits[t]))]
    s = len(slots)
    cost = np.concatenate([np.zeros(n * s), costs[slots]])
    once = np.zeros((n, n * s + s))
    room = np.zeros((s * dims, n * s + s))
    for i in range(n):
        once[i, i * s : (i + 1) * s] = 1
        for h in range(s):
            room[h * dims : (h + 1) * dims, i * s + h] = sizes[i]
    for h, t in enumerate(slots):
        room[h * dims : (h + 1) * dims, n * s + h] = -capacities[t]
    found = milp(
        cost,
        constraints=[LinearConstraint(once, 1, 1), LinearConstraint(room, ub=0)],
        integrality=np.ones(len(cost)),
        bounds=Bounds(0, 1),
    )
    return float(found.fun) if found.success else np.inf


def _holds(found: Distinct, sizes: Floats, capacities: Floats) -> bool:
    load = np.zeros((len(found.types), sizes.shape[1]))
    np.add.at(load, found.host_of, sizes)
    return bool((load <= capacities[found.types] + 1e-9).all())


_sizes = st.lists(st.tuples(st.integers(0, 7), st.integers(1, 9)), min_size=1, max_size=5)
_slow = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@_slow
@given(_sizes, st.sampled_from([(-1, -1), (2, -1), (-1, 2)]))
def test_small_tasks_are_solved(items: list[tuple[int, int]], limits: tuple[int, int]) -> None:
    """Cost and bound enclose what scipy finds, and usually meet."""
    sizes, most = np.array(items, dtype=np.float64), np.array(limits)
    least = _least(sizes, TYPES, COSTS, most)
    try:
        found = pack_distinct(sizes, TYPES, COSTS, most)
    except InfeasibleError:
        return
    assert _holds(found, sizes, TYPES)
    assert found.cost == COSTS[found.types].sum()
    assert found.bound <= least + 1e-6 <= found.cost + 2e-6
    used = np.bincount(found.types, minlength=2)
    assert all(limit < 0 or count <= limit for count, limit in zip(used, limits, strict=True))


@_slow
@given(_sizes)
def test_order_does_not_matter(items: list[tuple[int, int]]) -> None:
    """Permuted items cost the same, and each keeps its place if all differ."""
    sizes = np.array(sorted(set(items)), dtype=np.float64)
    turn = np.random.default_rng(len(items)).permutation(len(sizes))
    one, two = pack_distinct(sizes, TYPES, COSTS), pack_distinct(sizes[turn], TYPES, COSTS)
    assert (one.cost, one.bound) == (two.cost, two.bound)
    np.testing.assert_array_equal(one.host_of[turn], two.host_of)


@_slow
@given(_sizes)
def test_one_more_item_never_lowers_what_is_proven_least(items: list[tuple[int, int]]) -> None:
    """Where both are proven, more items cost no less."""
    sizes = np.array(items, dtype=np.float64)
    fewer, more = pack_distinct(sizes[:-1], TYPES, COSTS), pack_distinct(sizes, TYPES, COSTS)
    assert more.cost >= fewer.bound - 1e-9


def test_best_sets_are_best() -> None:
    """The search for sets agrees with all subsets, and a cut-off search stays above them."""
    random = np.random.default_rng(3)
    sizes, prices = random.integers(1, 9, (11, 3)).astype(float), random.random(11)
    capacity = np.array([14.0, 15.0, 13.0])
    subsets = (np.arange(2**11)[:, None] >> np.arange(11)) & 1
    best = (subsets @ prices)[(subsets @ sizes <= capacity).all(axis=1)].max()
    mix = multipliers(sizes, capacity, prices, 15)
    members, starts, most, _ = best_sets(sizes, capacity, prices, mix, 0.0, 10**6, 10**6)
    worths = [prices[members[a:b]].sum() for a, b in pairwise(starts.tolist())]
    assert max(worths) == pytest.approx(best)
    assert most == pytest.approx(best)
    assert best_sets(sizes, capacity, prices, mix, 0.0, 2, 5)[2] >= best - 1e-12


def test_an_item_too_large_is_named() -> None:
    """What fits nowhere is an infeasible plan."""
    with pytest.raises(InfeasibleError, match="13, 1"):
        pack_distinct(np.array([[13.0, 1.0]]), TYPES, COSTS)


def test_nothing_to_pack() -> None:
    """No item needs no host."""
    assert pack_distinct(np.empty((0, 2)), TYPES, COSTS).cost == 0


def test_many_items_are_filled_close_to_the_volume() -> None:
    """Small items that all differ: within 1 % of what the volume costs, in whatever order."""
    random = np.random.default_rng(1)
    sizes = np.exp(random.normal(0.0, 0.6, (1500, 2))) * [0.25, 0.3]
    found = pack_distinct(sizes, TYPES, COSTS)
    assert _holds(found, sizes, TYPES)
    assert found.bound <= found.cost <= found.bound * 1.01
    assert pack_distinct(sizes[::-1], TYPES, COSTS).cost == found.cost


def test_pairs_of_hosts_gather_room() -> None:
    """Four items of 3 left over find room among hosts of 10 once pairs are filled anew."""
    sizes = np.array([[4.0]] * 8 + [[3.0]] * 16)
    rooms = np.full((8, 1), 10.0)
    # Two of 4 on four hosts, two of 3 on the others, what is left aside.
    host_of = np.repeat([0, 1, 2, 3, 4, 5, 6, 7, -1], [2, 2, 2, 2, 3, 3, 3, 3, 4])
    refill(sizes, rooms, host_of, np.array([0.1]), np.random.default_rng(0).random((200, 4)))
    load = np.bincount(host_of[host_of >= 0], sizes[host_of >= 0, 0], minlength=8)
    assert (host_of >= 0).all()
    assert (load == 10.0).all()


def test_hosts_that_must_be_full_are_filled() -> None:
    """Hosts of two types cut into three items each are put together again, or one less with no overload."""
    random = np.random.default_rng(3)
    types = np.repeat([0, 1], [6, 4])
    cuts = random.dirichlet(np.full(3, 4.0), len(types))
    sizes = (TYPES[types][:, None, :] * cuts[:, :, None]).reshape(-1, 2)
    task = Vectors(sizes, TYPES, COSTS, np.array([-1, -1]))
    found = squeezed(task, types, 3_000_000)
    assert found is not None
    assert found.allowed(task)
    assert found.cost(task) == COSTS[types].sum()
    assert squeezed(task, types[1:], 100_000) is None


def test_annealing_reaches_the_bound(reference_data: Path, known: dict[str, dict[str, str]]) -> None:
    """Greedy rules and column generation need nine bins for 120 items of ten dimensions; eight do."""
    archive = reference_data / "packing" / "Panigrahy_instances.tar.gz"
    ((name, text),) = members(archive, "/class5_120_10_4.vbp")
    instance = parse(name, text)
    sizes, capacity = instance.sizes.astype(float), instance.capacity[None].astype(float)
    found = pack_distinct(sizes, capacity, np.ones(1))
    assert found.optimal
    assert _holds(found, sizes, capacity)
    assert found.cost == int(known[instance.name]["best_known"])


@pytest.mark.parametrize("seed", range(4))
def test_whole_hosts_bound_more_than_their_parts(seed: int) -> None:
    """The bound by whole hosts lies between that by parts of hosts and the cheapest fleet by trying all."""
    sizes = np.random.default_rng(seed).uniform(0.5, 6.0, (9, 2))
    task = Vectors(sizes, TYPES, COSTS, np.array([-1, 2]))
    a, b = np.meshgrid(np.arange(12), np.arange(3))
    fleets = np.stack([a.ravel(), b.ravel()], axis=1)
    enough = (fleets @ TYPES >= sizes.sum(axis=0)).all(axis=1)
    cheapest = (fleets[enough] @ COSTS).min()
    assert volume_bound(task) <= whole_volume_bound(task) + 1e-4
    assert whole_volume_bound(task) == pytest.approx(cheapest, rel=1e-5)
    assert whole_volume_bound(task) <= cheapest


def test_groups_of_hosts_are_packed_better() -> None:
    """From one item a host, re-packing saves, and its prices bound any packing from below."""
    random = np.random.default_rng(2)
    sizes = np.sort(random.uniform(1.0, 5.0, (60, 2)), axis=0)
    task = Vectors(sizes, TYPES, COSTS, np.array([-1, -1]))
    repack = Repack(task, Bins(task.cheapest_single(), np.arange(60)))
    repack.run(0, lambda: False)
    better = repack.bins()
    assert better.allowed(task)
    bound = bound_of_prices(task, repack.prices)
    proven = pack_distinct(sizes, TYPES, COSTS)
    assert bound <= proven.cost <= better.cost(task) < task.costs[task.cheapest_single()].sum()


@pytest.fixture(scope="module")
def known(reference_data: Path) -> dict[str, dict[str, str]]:
    """Published results by instance."""
    with (reference_data / "packing" / "vbp_known.csv").open(encoding="utf-8") as file:
        return {row["instance"]: row for row in csv.DictReader(file)}


def test_perfect_triplets_are_proven(reference_data: Path, known: dict[str, dict[str, str]]) -> None:
    """A sample of the triplet instances of up to 120 items is packed into n / 3 bins, and that is proven."""
    instances = read(reference_data / "packing" / "Triplet_instances.tar.gz")
    for instance in [i for i in instances if i.counts.sum() <= 120][::60]:
        found = pack_distinct(instance.sizes.astype(float), instance.capacity[None].astype(float), np.ones(1))
        assert found.optimal
        assert _holds(found, instance.sizes.astype(float), instance.capacity[None].astype(float))
        assert found.cost == int(known[instance.name]["optimum"]), instance.name


def test_never_worse_than_published_heuristics(
    reference_data: Path, known: dict[str, dict[str, str]]
) -> None:
    """One of every fourth class of the Panigrahy set: the bound below the optimum, the cost no worse."""
    small = members(reference_data / "packing" / "Panigrahy_instances.tar.gz", "_20_10_0.vbp")
    for instance in [parse(name, text) for name, text in small][::4]:
        if not known[instance.name]["optimum"]:
            continue
        row = known[instance.name]
        found = pack_distinct(instance.sizes.astype(float), instance.capacity[None].astype(float), np.ones(1))
        assert found.cost <= int(row["best_known"]), instance.name
        assert found.bound <= int(row["optimum"]) <= found.cost, instance.name
