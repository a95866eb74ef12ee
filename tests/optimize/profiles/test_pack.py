"""Packing on profiles: against brute force, its bound, days not used to plan, any order of the input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from roomfold.optimize.profiles import Offer, Packed, Profiles, pack_profiles
from roomfold.optimize.profiles.risk import overload_share
from roomfold.scenarios.errors import InfeasibleError

from .mixes import mix, simulated_overload

ONE_TYPE = Offer.of(np.array([76.8]), np.array([[768.0]]), np.array([1.0]))
TWO_TYPES = Offer.of(np.array([12.0, 20.0]), np.array([[40.0], [120.0]]), np.array([1.0, 1.7]))


def holds(profiles: Profiles, members: list[int], capacity: float, room: float, allowed: float) -> bool:
    """Whether one host may hold some components, worked out with scipy's normal law."""
    if profiles.static[members].sum() > room * (1 + 1e-9):
        return False
    mean = profiles.mean[members].sum(axis=0)
    variance = profiles.own[members].sum(axis=0)
    for g in range(profiles.group.max() + 1):
        mine = [i for i in members if profiles.group[i] == g]
        variance = variance + profiles.common[mine].sum(axis=0) ** 2
    if (mean > capacity * (1 + 1e-9)).any():
        return False
    q = np.sqrt(1 - variance / mean**2 / 2)
    normal = (capacity - mean) / np.sqrt(variance)
    skewed = (np.sqrt(capacity / (mean * q)) - 1) / np.sqrt(1 / q - 1)
    return float(profiles.weights @ norm.sf(np.minimum(normal, skewed))) <= allowed * (1 + 1e-9)


def least_cost(profiles: Profiles, offer: Offer, allowed: float) -> float:
    """Cheapest packing of a handful of components over all partitions."""
    count = len(profiles.group)
    cost = {0: 0.0}
    price = np.full(2**count, np.inf)
    for chosen in range(1, 2**count):
        members = [i for i in range(count) if chosen >> i & 1]
        for c, r, p in zip(offer.capacity, offer.room[:, 0], offer.costs, strict=True):
            if p < price[chosen] and holds(profiles, members, c, r, allowed):
                price[chosen] = p
    for chosen in range(1, 2**count):
        first = chosen & -chosen
        part, best = chosen, np.inf
        while part:
            if part & first:
                best = min(best, price[part] + cost[chosen ^ part])
            part = (part - 1) & chosen
        cost[chosen] = best
    return cost[2**count - 1]


def check(profiles: Profiles, offer: Offer, allowed: float, packed: Packed) -> None:
    """Every host keeps its limits, and the bound lies below the cost."""
    for host, kind in enumerate(packed.types.tolist()):
        members = np.flatnonzero(packed.host_of == host).tolist()
        assert members
        assert holds(profiles, members, offer.capacity[kind], offer.room[kind, 0], allowed * (1 + 1e-6))
    assert packed.cost == pytest.approx(offer.costs[packed.types].sum())
    assert packed.bound <= packed.cost
    assert (packed.overload <= allowed * (1 + 1e-6)).all()


@pytest.mark.parametrize("seed", range(12))
def test_brute_force_lies_between_bound_and_cost(seed: int) -> None:
    profiles = mix(8, seed=seed)
    packed = pack_profiles(profiles, TWO_TYPES, 0.02)
    check(profiles, TWO_TYPES, 0.02, packed)
    best = least_cost(profiles, TWO_TYPES, 0.02)
    assert packed.bound <= best * (1 + 1e-9)
    assert best <= packed.cost * (1 + 1e-9)
    assert packed.cost <= best + 1.7


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.001, 0.01, 0.05, 0.2]), st.integers(2, 9))
def test_bounds_hold_when_more_overload_is_allowed(seed: int, allowed: float, count: int) -> None:
    """What is feasible stays so: no bound for a laxer promise lies above the cost of a stricter one."""
    profiles = mix(count, seed=seed)
    strict, lax = (pack_profiles(profiles, TWO_TYPES, share) for share in (allowed, 2 * allowed))
    assert lax.bound <= strict.cost * (1 + 1e-9)
    assert strict.bound <= strict.cost
    if count <= 6:
        least = [least_cost(profiles, TWO_TYPES, share) for share in (allowed, 2 * allowed)]
        assert least[1] <= least[0]


def test_the_order_of_the_input_does_not_count() -> None:
    profiles = mix(400)
    order = np.random.Generator(np.random.Philox(key=5)).permutation(400)
    shuffled = replace(
        profiles,
        **{
            name: getattr(profiles, name)[order]
            for name in ("mean", "own", "common", "group", "static", "apart")
        },
    )
    one, other = (pack_profiles(p, ONE_TYPE, 0.01) for p in (profiles, shuffled))
    assert (one.cost, one.bound) == (other.cost, other.bound)
    assert np.array_equal(one.host_of[order], other.host_of)


@pytest.mark.parametrize("allowed", [0.001, 0.01, 0.05])
def test_a_mix_takes_a_third_fewer_hosts_and_keeps_its_promise(allowed: float) -> None:
    """Against packing on peaks; overload on days not used to plan, with noise that classes share."""
    profiles = mix(3000)
    packed = pack_profiles(profiles, ONE_TYPE, allowed)
    spread = np.sqrt(profiles.own + profiles.common**2)
    peaks = (profiles.mean + 2 * spread).max(axis=1)
    on_peaks = pack_profiles(Profiles.flat(peaks, profiles.static), ONE_TYPE, 0.0)
    assert len(packed.types) <= 0.7 * len(on_peaks.types)
    assert packed.gap <= 0.02
    capacity = np.full(len(packed.types), 76.8)
    assert simulated_overload(profiles, packed.host_of, capacity, 30, seed=9) <= allowed


@pytest.mark.parametrize("seed", range(4))
def test_hosts_that_hold_few_are_no_dearer_than_by_simple_rules(seed: int) -> None:
    """And cheaper in all together; groups apart, late components and scarce hosts are heeded all the same."""
    profiles = mix(150, seed=seed)
    number = np.arange(150)
    hard = replace(
        profiles, apart=np.where(number < 60, number // 2, -1), epoch=(number % 10 == 0).astype(int)
    )
    roomy = replace(TWO_TYPES, capacity=np.array([16.0, 26.0]), room=np.array([[80.0], [240.0]]))
    scarce = replace(roomy, most=np.array([np.inf, 5.0]))
    for some, offer in ((profiles, roomy), (hard, roomy), (hard, scarce)):
        packed = pack_profiles(some, offer, 0.02, with_baselines=True)
        check(some, offer, 0.02, packed)
        assert set(packed.baselines) == {"first-fit", "best-fit"}
        assert packed.cost <= min(cost for cost, _ in packed.baselines.values())
        assert (np.bincount(packed.types, minlength=2) <= offer.most).all()
        for group in range(30 if some is hard else 0):
            assert len(np.unique(packed.host_of[some.apart == group])) == 2


def test_built_hosts_save_some_over_simple_rules() -> None:
    plain = built = 0.0
    for seed in range(6):
        packed = pack_profiles(mix(200, seed=seed), TWO_TYPES, 0.02, with_baselines=True)
        plain += min(cost for cost, _ in packed.baselines.values())
        built += packed.cost
    assert built <= 0.985 * plain


def test_members_of_a_group_lie_apart() -> None:
    profiles = mix(300)
    apart = np.where(np.arange(300) < 90, np.arange(300) // 3, -1)
    packed = pack_profiles(replace(profiles, apart=apart), ONE_TYPE, 0.02)
    for group in range(30):
        assert len(np.unique(packed.host_of[apart == group])) == 3


def test_hosts_that_stand_are_used_first_and_limits_kept() -> None:
    profiles = mix(120)
    plain = pack_profiles(profiles, TWO_TYPES, 0.02)
    standing = replace(TWO_TYPES, existing=np.array([3, 0]), most=np.array([3.0, np.inf]))
    packed = pack_profiles(profiles, standing, 0.02)
    assert (packed.types == 0).sum() == 3
    assert packed.cost == pytest.approx(1.7 * (packed.types == 1).sum())
    assert packed.bound <= packed.cost < plain.cost
    with pytest.raises(InfeasibleError):
        pack_profiles(profiles, replace(TWO_TYPES, most=np.array([2.0, 2.0])), 0.02)


def test_components_that_come_later_change_nothing_before() -> None:
    """Those of the first epoch fill hosts of their own; the last ones share them or open new ones."""
    profiles = mix(200)
    epoch = (np.arange(200) >= 150).astype(np.int64)
    packed = pack_profiles(replace(profiles, epoch=epoch), ONE_TYPE, 0.02)
    used = np.unique(packed.host_of[epoch == 0])
    assert np.array_equal(used, np.arange(len(used)))
    check(profiles, ONE_TYPE, 0.02, packed)


def test_too_large_a_component_is_refused() -> None:
    profiles = mix(5)
    with pytest.raises(InfeasibleError, match="fit on no host type"):
        pack_profiles(replace(profiles, static=profiles.static + 1000), ONE_TYPE, 0.02)


def test_overload_without_noise_is_all_or_nothing() -> None:
    none = np.zeros(2)
    weights = np.array([0.5, 0.5])
    assert overload_share(np.array([1.0, 0.2]), none, weights, 1.0) == 0
    assert overload_share(np.array([1.1, 0.2]), none, weights, 1.0) == 1


def test_chance_agrees_with_the_model_it_stands_for() -> None:
    """A single component with normal z: the law is exact above the mean."""
    s, capacity = 0.2, 1.6
    q = 1 / (1 + s * s)
    variance = 2 * (1 - q * q)
    exact = norm.sf((np.sqrt(capacity / q) - 1) / s) + norm.cdf((-np.sqrt(capacity / q) - 1) / s)
    found = overload_share(np.array([1.0]), np.array([variance]), np.ones(1), capacity)
    assert found == pytest.approx(exact, rel=1e-3)


def test_all_partitions_agree_with_a_plain_search() -> None:
    """The oracle itself: three components, five partitions."""
    profiles = mix(3, seed=4)
    parts = [[[0, 1, 2]], [[0], [1, 2]], [[1], [0, 2]], [[2], [0, 1]], [[0], [1], [2]]]

    def cost(part: list[list[int]]) -> float:
        total = 0.0
        for members in part:
            fitting = [
                p
                for c, r, p in zip(TWO_TYPES.capacity, TWO_TYPES.room[:, 0], TWO_TYPES.costs, strict=True)
                if holds(profiles, members, c, r, 0.02)
            ]
            total += min(fitting, default=np.inf)
        return total

    assert least_cost(profiles, TWO_TYPES, 0.02) == min(cost(part) for part in parts)
