"""Rows that prove how few hosts can do: rooms that sums can fill, large components, chances from below."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from roomfold.optimize.profiles import Offer, Profiles, pack_profiles
from roomfold.optimize.profiles.alone import chance_at_least
from roomfold.optimize.profiles.pack import least_cost as bound_of
from roomfold.optimize.profiles.risk import chance_over
from roomfold.optimize.profiles.rows import reachable_room

from .mixes import mix
from .test_pack import TWO_TYPES, check, holds, least_cost

# Compiled for compiled callers only; here their Python source is run.
over: Any = vars(chance_over)["py_func"]
at_least: Any = vars(chance_at_least)["py_func"]


@settings(max_examples=300, deadline=None)
@given(
    st.floats(0.01, 1.0),
    st.just(0.0) | st.floats(1e-4, 1.5),
    st.floats(0.0, 1.0),
    st.just(0.0) | st.floats(1e-4, 2.0),
)
def test_a_chance_from_below_is_not_undercut_by_more_demand(
    mean: float, deviation: float, part: float, more: float
) -> None:
    """Any mean from the one given up to the throughput, any variance from the one given."""
    variance = (deviation * mean) ** 2
    larger = mean + part * (1.0 - mean)
    assert (
        at_least(mean, variance, 1.0) <= over(larger, variance + more**2 * mean**2, 1.0) * (1 + 1e-9) + 1e-12
    )


@settings(max_examples=300, deadline=None)
@given(st.floats(0.01, 1.0), st.floats(0.01, 1.3))
def test_the_skewed_law_takes_the_margin_that_rows_count(mean: float, deviation: float) -> None:
    variance = (deviation * mean) ** 2
    half = variance / mean**2 / 2
    s = np.sqrt(1 / np.sqrt(1 - half) - 1)
    z = max(float(norm.isf(over(mean, variance, 1.0))), 0.0)
    if z < 8:  # beyond, chances are too small to tell z from them
        margin = z * np.sqrt(variance) + variance / (4 * mean) * max(0.0, z * z - 1 - z * s / 2)
        assert mean + margin <= 1 + 1e-6


@pytest.mark.parametrize("noise", [0.05, 0.12, 0.25, 0.4])
@pytest.mark.parametrize("allowed", [0.001, 0.02, 0.1])
def test_what_one_host_holds_is_not_said_to_take_more(noise: float, allowed: float) -> None:
    """Hosts filled at random until nothing fits; all of a group, and all groups."""
    for seed in range(6):
        profiles = mix(120, seed=seed, noise=noise)
        rng = np.random.Generator(np.random.Philox(key=seed))
        allowed_groups = range(4) if seed % 2 else [seed % 4]
        members: list[int] = []
        for i in rng.permutation(120).tolist():
            if profiles.group[i] in allowed_groups and holds(profiles, [*members, i], 20.0, 500.0, allowed):
                members.append(i)
        some = replace(
            profiles,
            **{
                name: getattr(profiles, name)[members]
                for name in ("mean", "own", "common", "group", "static", "apart", "epoch")
            },
        )
        one = Offer.of(np.array([20.0]), np.array([[500.0]]), np.array([1.0]))
        assert bound_of(some, one, allowed) <= 1


@pytest.mark.parametrize("seed", range(5))
def test_a_room_is_lowered_to_the_largest_sum_below_it(seed: int) -> None:
    """Against all sums of up to eight sizes."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    static = rng.choice([1.3, 2.6, 4.1, 7.7], (8, 2))
    room = np.array([[9.0, 20.0], [13.0, 6.5]])
    found = reachable_room(static, room)
    for d, t in product(range(2), range(2)):
        sums = [
            sum(s for s, c in zip(static[:, d], chosen, strict=True) if c)
            for chosen in product((0, 1), repeat=8)
        ]
        best = max(s for s in sums if s <= room[t, d])
        assert best <= found[t, d] <= best + 1e-5 * room[:, d].max()


def large(seed: int) -> Profiles:
    """Some components that fill more than half of a host, and sizes of memory that leave room over."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    profiles = mix(8, seed=seed)
    scale = rng.uniform(0.5, 1.0, 8) * np.where(rng.random(8) < 0.5, 14.0, 3.0)
    scale /= (profiles.mean + 2.5 * np.sqrt(profiles.own + profiles.common**2)).max(axis=1)
    return replace(
        profiles,
        mean=profiles.mean * scale[:, None],
        own=profiles.own * scale[:, None] ** 2,
        common=profiles.common * scale[:, None],
        static=rng.choice([9.0, 27.0, 45.0], (8, 1)),
    )


@pytest.mark.parametrize("seed", range(20))
def test_large_components_lift_the_bound_no_higher_than_the_least_cost(seed: int) -> None:
    profiles = large(seed)
    offer = replace(TWO_TYPES, room=np.array([[50.0], [120.0]]))
    packed = pack_profiles(profiles, offer, 0.02)
    check(profiles, offer, 0.02, packed)
    assert packed.bound <= least_cost(profiles, offer, 0.02) * (1 + 1e-9)


def test_components_that_fill_hosts_are_counted_as_hosts() -> None:
    """Twenty alike that each take most of a host, and twenty small ones: the bound is met."""
    profiles = mix(40, seed=3)
    one = np.zeros(40, dtype=np.int64)
    peak = (profiles.mean[0] + 2.5 * np.sqrt(profiles.own[0] + profiles.common[0] ** 2)).max()
    scale = np.where(np.arange(40) < 20, 18.0, 0.2) / peak
    grown = replace(
        profiles,
        mean=profiles.mean[one] * scale[:, None],
        own=profiles.own[one] * scale[:, None] ** 2,
        common=profiles.common[one] * scale[:, None],
        group=one,
        static=np.ones((40, 1)),
    )
    offer = Offer.of(np.array([20.0]), np.array([[1000.0]]), np.array([1.0]))
    packed = pack_profiles(grown, offer, 0.02)
    assert (packed.cost, packed.bound) == (20, pytest.approx(20))
