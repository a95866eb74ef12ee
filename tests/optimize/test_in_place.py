"""Filling the hosts of small rooms, against every packing there is."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from roomfold.optimize.in_place.pack import PackedRoom, pack_room
from roomfold.optimize.profiles import Offer, Profiles

OFFER = Offer.of(np.array([10.0, 14.0]), np.array([[8.0, 64.0], [12.0, 128.0]]), np.array([10.0, 13.0]))


def drawn(seed: int) -> Profiles:
    """Up to five components of constant demand."""
    draw = np.random.Generator(np.random.Philox(key=seed))
    count = int(draw.integers(1, 6))
    static = np.stack([draw.uniform(0.5, 7, count), draw.uniform(1, 60, count)], axis=1)
    return Profiles.flat(draw.uniform(0.1, 9, count), static)


def fits(profiles: Profiles, rows: np.ndarray, kind: int) -> bool:
    room = bool((profiles.static[rows].sum(axis=0) <= OFFER.room[kind]).all())
    return room and float(profiles.mean[rows].sum()) <= OFFER.capacity[kind]


def least_cost(profiles: Profiles) -> float:
    """The cheapest of all ways to share out components and to choose host types."""
    count, best = len(profiles.group), np.inf
    for shared in product(range(count), repeat=count):
        if any(host > max(shared[:row], default=-1) + 1 for row, host in enumerate(shared)):
            continue  # the same hosts in another order
        host_of = np.array(shared)
        parts = [np.flatnonzero(host_of == host) for host in np.unique(host_of)]
        costs = [min((OFFER.costs[k] for k in (0, 1) if fits(profiles, p, k)), default=np.inf) for p in parts]
        best = min(best, float(sum(costs)))
    return best


@pytest.fixture(scope="module")
def packed() -> list[tuple[Profiles, PackedRoom, float]]:
    """Random rooms, how they are packed, and what they cost at least."""
    rooms = [drawn(seed) for seed in range(16)]
    return [(room, pack_room(room, OFFER, 0.0), least_cost(room)) for room in rooms]


def test_small_rooms_against_brute_force(packed: list[tuple[Profiles, PackedRoom, float]]) -> None:
    for profiles, found, best in packed:
        assert found.bound <= best * (1 + 1e-9) and best <= found.cost * (1 + 1e-9)
        assert found.cost == pytest.approx(OFFER.costs[found.types].sum())
        for host, kind in enumerate(found.types):
            assert fits(profiles, np.flatnonzero(found.host_of == host), int(kind))
        if best <= OFFER.costs.max():
            assert found.cost == pytest.approx(best)


def test_little_is_lost_to_brute_force(packed: list[tuple[Profiles, PackedRoom, float]]) -> None:
    assert sum(found.cost for _, found, _ in packed) <= 1.03 * sum(best for *_, best in packed)
