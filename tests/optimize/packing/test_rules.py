"""Rules between components against exhaustive search, and against each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from roomfold.optimize.packing.apart import Groups, Places, assign, clashes
from roomfold.optimize.packing.rules import Hosts, ItemPacking, Items, pack_items
from roomfold.scenarios.errors import InfeasibleError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
RULES = ("apart", "together", "dedicated", "pinned")


def keeps(items: Items, host_of: Ints, i: int) -> bool:
    """Whether component ``i`` and those before it keep all rules on their hosts."""
    for j in range(i):
        same = host_of[i] == host_of[j]
        if same and items.apart[i] >= 0 and items.apart[i] == items.apart[j]:
            return False
        if same and items.dedicated[i] != items.dedicated[j]:
            return False
        if not same and items.together[i] >= 0 and items.together[i] == items.together[j]:
            return False
    return True


def least_cost(items: Items, hosts: Hosts) -> float:
    """The cheapest placement of all, by trying every one; infinite if there is none."""
    best = np.inf
    used = np.unique(items.pinned[items.pinned >= 0]).tolist()

    def search(i: int, kind: list[int], room: list[Floats], host_of: list[int]) -> None:
        nonlocal best
        cost = float(hosts.costs[kind].sum())
        if cost >= best:
            return
        if i == len(items.sizes):
            best = cost
            return
        choices = range(len(kind)) if items.pinned[i] < 0 else [used.index(items.pinned[i])]
        for h in choices:
            left = room[h] - items.sizes[i]
            placed = [*host_of, h]
            if (left >= 0).all() and keeps(items, np.array(placed), i):
                search(i + 1, kind, [*room[:h], left, *room[h + 1 :]], placed)
        for t in range(len(hosts.costs)) if items.pinned[i] < 0 else ():
            left = hosts.capacities[t] - items.sizes[i]
            limit = hosts.limits[t]
            placed = [*host_of, len(kind)]
            if (
                (left >= 0).all()
                and (limit < 0 or kind.count(t) < limit)
                and keeps(items, np.array(placed), i)
            ):
                search(i + 1, [*kind, t], [*room, left], placed)

    pinned_kind = hosts.existing[used].tolist()
    search(0, pinned_kind, [hosts.capacities[t].copy() for t in pinned_kind], [])
    return best


def check(items: Items, hosts: Hosts, packing: ItemPacking) -> None:
    """Capacity, every rule, limits, and that cost and bound are what they say."""
    used = np.zeros((len(packing.types), items.sizes.shape[1]))
    np.add.at(used, packing.host_of, items.sizes)
    assert (used <= hosts.capacities[packing.types]).all()
    for i in range(len(items.sizes)):
        assert keeps(items, packing.host_of, i)
    bought = np.bincount(packing.types, minlength=len(hosts.costs))
    assert ((hosts.limits < 0) | (bought <= hosts.limits)).all()
    assert packing.cost == pytest.approx(hosts.costs[packing.types].sum())
    assert packing.bound <= packing.cost * (1 + 1e-12)
    pinned = np.flatnonzero(items.pinned >= 0)
    assert np.array_equal(packing.types[packing.host_of[pinned]], hosts.existing[items.pinned[pinned]])
    for k in np.unique(items.pinned[pinned]):
        assert len(np.unique(packing.host_of[items.pinned == k])) == 1


@st.composite
def cases(draw: st.DrawFn) -> tuple[Items, Hosts]:
    """Up to six components under any mixture of rules."""
    n = draw(st.integers(1, 6))
    sizes = np.array([[draw(st.integers(1, 5)), draw(st.integers(1, 5))] for _ in range(n)], dtype=float)
    rules = {name: np.array([draw(st.sampled_from([-1, -1, -1, 0, 1])) for _ in range(n)]) for name in RULES}
    hosts = Hosts(
        np.array([[7.0, 8.0], [10.0, 6.0], [6.0, 6.0]]),
        np.array([5.0, 6.0, 1.0]),
        np.array([-1, draw(st.sampled_from([-1, 1])), 2]),
        np.array([2, 2]),
    )
    free = Items.free(sizes)
    chosen = draw(st.sets(st.sampled_from(RULES), max_size=2))
    return replace(free, **{name: rules[name] for name in chosen}), hosts


@settings(deadline=None, max_examples=150, derandomize=True)
@given(case=cases())
def test_rules_against_exhaustive_search(case: tuple[Items, Hosts]) -> None:
    items, hosts = case
    truth = least_cost(items, hosts)
    try:
        packing = pack_items(items, hosts)
    except InfeasibleError:
        assert truth == np.inf
        return
    check(items, hosts, packing)
    assert packing.bound <= truth + 1e-9
    assert truth - 1e-9 <= packing.cost <= truth + 6


def test_groups_of_one_flavour_are_dealt_whenever_that_is_possible() -> None:
    """Against the condition of Gale and Ryser, over random hosts."""
    rng = np.random.default_rng(3)
    for _ in range(300):
        copies = rng.integers(0, 4, (int(rng.integers(2, 6)), 1))
        n = int(copies.sum())
        group = np.sort(rng.integers(-1, 4, n))
        sizes = np.bincount(group[group >= 0], minlength=4)
        largest_first = np.sort(sizes)[::-1]
        possible = all(
            largest_first[:k].sum() <= np.minimum(copies[:, 0], k).sum() for k in range(1, len(sizes) + 1)
        )
        hosts = np.arange(len(copies))
        full = Places(copies, np.ones((1, 1)), np.zeros((len(copies), 1)), hosts, np.zeros(len(copies)))
        groups = Groups(group, np.full(n, -1))
        host_of, stuck = assign(full, np.zeros(n, dtype=np.int64), groups)
        assert np.array_equal(np.bincount(host_of, minlength=len(copies)), copies[:, 0])
        assert (len(stuck) == 0) == possible
        assert (clashes(host_of, groups, hosts) == 0) == possible


def test_racks_hold_one_member_each() -> None:
    """Forty pairs and ten groups of four, three hosts to a rack."""
    sizes = np.tile([2.0, 4.0], (120, 1))
    sizes[60:] = [1.0, 8.0]
    racks = np.append(np.repeat(np.arange(40), 2), np.repeat(np.arange(40, 50), 4))
    items = replace(Items.free(sizes), apart_racks=racks)
    hosts = Hosts(np.array([[16.0, 64]]), np.array([1.0]), np.array([-1]), np.empty(0, dtype=np.int64), 3)
    packing = pack_items(items, hosts)
    check(items, hosts, packing)
    rack = packing.host_of // 3
    for group in range(50):
        assert len(np.unique(rack[racks == group])) == (racks == group).sum()
    assert packing.cost <= packing.bound + 3


def test_existing_hosts_come_first() -> None:
    items = Items.free(np.full((10, 1), 4.0))
    hosts = Hosts(np.array([[10.0], [10.0]]), np.array([9.0, 2.0]), np.array([-1, 3]), np.array([1, 1, 1]))
    packing = pack_items(items, hosts)
    assert sorted(packing.types.tolist()) == [0, 0, 1, 1, 1]
    assert packing.cost == packing.bound == 24


def test_the_order_of_components_changes_no_cost() -> None:
    rng = np.random.default_rng(0)
    sizes = rng.integers(1, 9, (60, 2)).astype(float)
    items = replace(Items.free(sizes), apart=np.where(np.arange(60) < 30, np.arange(60) // 3, -1))
    hosts = Hosts(
        np.array([[20.0, 22], [34, 30]]), np.array([5.0, 7.5]), np.array([-1, -1]), np.empty(0, int)
    )
    shuffled = rng.permutation(60)
    other = replace(Items.free(sizes[shuffled]), apart=items.apart[shuffled])
    one, two = pack_items(items, hosts), pack_items(other, hosts)
    check(items, hosts, one)
    check(other, hosts, two)
    assert (one.cost, one.bound) == (two.cost, two.bound)


def test_contradictions_are_named() -> None:
    hosts = Hosts(np.array([[10.0]]), np.array([1.0]), np.array([-1]), np.array([0]))
    pair = np.zeros(2, dtype=np.int64)
    free = Items.free(np.full((2, 1), 6.0))
    for rules, message in (
        ({"together": pair, "apart": pair}, "also to be kept apart"),
        ({"pinned": pair}, "need more than it has"),
        ({"together": pair}, "fits on no host type"),
    ):
        with pytest.raises(InfeasibleError, match=message):
            pack_items(replace(free, **rules), hosts)
