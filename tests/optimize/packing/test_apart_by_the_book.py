"""Handing out places as its description says it, in plain Python, over many small cases of every kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from roomfold.optimize.packing.apart import Groups, Places, assign, clashes, largest_groups

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass
class Book:
    """Components on hosts, with the room that is left on each."""

    places: Places
    flavour: Ints
    groups: Groups
    pinned: list[int]
    host_of: list[int]
    room: Floats

    def free(self, item: int, host: int) -> bool:
        """Whether no other member of its groups lies on a host, nor, of the other kind, in its rack."""
        rack = self.places.rack
        return not any(
            other != item
            and at >= 0
            and (
                (self.groups.hosts[item] == self.groups.hosts[other] >= 0 and at == host)
                or (self.groups.racks[item] == self.groups.racks[other] >= 0 and rack[at] == rack[host])
            )
            for other, at in enumerate(self.host_of)
        )

    def size(self, item: int) -> Floats:
        return self.places.sizes[self.flavour[item]]

    def deal(self, order: list[int], first: bool) -> None:
        left = self.places.copies.copy()
        for item in order:
            f = self.flavour[item]
            may = [h for h in range(len(left)) if left[h, f] > 0 and self.free(item, h)]
            if may:
                host = may[0] if first else max(may, key=lambda h: left[h, f])
                left[host, f] -= 1
                self.host_of[item] = host

    def fill_up(self) -> None:
        for f in set(self.flavour.tolist()):
            places = [h for h, n in enumerate(self.places.copies[:, f]) for _ in range(n)]
            for item, host in enumerate(self.host_of):
                if self.flavour[item] == f and host >= 0 and self.pinned[item] < 0:
                    places.remove(host)
            for item, host in enumerate(self.host_of):
                if self.flavour[item] == f and host < 0:
                    self.host_of[item] = places.pop(0)

    def resolved(self, item: int) -> bool:
        """Where it is, on another host of its area with room, or by a swap there, its own flavour first."""
        here, area = self.host_of[item], self.places.area
        if self.free(item, here):
            return True
        for host in range(len(area)):
            if (
                area[host] == area[here]
                and (self.size(item) <= self.room[host]).all()
                and self.free(item, host)
            ):
                self.room[host] -= self.size(item)
                self.room[here] += self.size(item)
                self.host_of[item] = host
                return True
        others = sorted(range(len(self.flavour)), key=lambda o: self.flavour[o] != self.flavour[item])
        fits = []
        for other in others:
            there, more = self.host_of[other], self.size(other) - self.size(item)
            may = there != here and area[there] == area[here] and self.pinned[other] < 0
            if may and (more <= self.room[here]).all() and (-more <= self.room[there]).all():
                fits.append((other, there, more))
        for other, there, more in fits:
            self.host_of[item], self.host_of[other] = there, here
            if self.free(item, there) and self.free(other, here):
                self.room[here] -= more
                self.room[there] += more
                return True
            self.host_of[item], self.host_of[other] = here, there
        return False


def by_the_book(
    places: Places, flavour: Ints, groups: Groups, pinned: Ints | None, turn: Ints | None
) -> tuple[list[int], list[int]]:
    fixed = [-1] * len(flavour) if pinned is None else pinned.tolist()
    size = [
        max(int((g == g[i]).sum()) if g[i] >= 0 else 0 for g in (groups.hosts, groups.racks))
        for i in range(len(flavour))
    ]
    items = [i for i in range(len(flavour)) if fixed[i] < 0]
    largest = sorted(items, key=lambda i: (-size[i], groups.racks[i], groups.hosts[i], i))
    orders = [([i for i in largest if size[i] > 1], False)]
    if turn is not None:
        orders.insert(0, (sorted(items, key=lambda i: turn[i]), True))
    for order, first in orders:
        book = Book(places, flavour, groups, fixed, list(fixed), places.room.copy())
        book.deal(order, first)
        stuck = [i for i, h in enumerate(book.host_of) if h < 0 and size[i] > 1]
        book.fill_up()
        stuck = [i for i in stuck if not book.resolved(i)]
        if not stuck:
            break
    return book.host_of, stuck


def case(seed: int) -> tuple[Places, Ints, Groups, Ints | None, Ints | None]:
    """Up to five hosts of up to three flavours, in racks and areas, some components pinned or in turn."""
    rng = np.random.default_rng(seed)
    hosts, flavours = int(rng.integers(2, 6)), int(rng.integers(1, 4))
    copies = rng.integers(0, 4, (hosts, flavours))
    placed = np.repeat(np.arange(flavours), copies.sum(axis=0))
    extra = rng.integers(0, flavours, int(rng.integers(0, 4)) if seed % 3 == 0 else 0)
    flavour = np.append(placed, extra)
    pinned = np.append(np.full(len(placed), -1), rng.integers(0, hosts, len(extra)))
    shuffled = rng.permutation(len(flavour))
    flavour, pinned = flavour[shuffled], pinned[shuffled]
    n = len(flavour)
    on_hosts = rng.integers(-1, max(n // 2, 1), n)
    on_racks = rng.integers(-1, n, n) if seed % 2 else np.full(n, -1)
    places = Places(
        copies,
        rng.integers(1, 4, (flavours, 2)).astype(float),
        rng.integers(0, 4, (hosts, 2)).astype(float),
        np.arange(hosts) // (1 + seed % 2),
        np.arange(hosts) % (1 + seed % 5 // 4),
    )
    groups = Groups(on_hosts, on_racks)
    return (
        places,
        flavour,
        groups,
        pinned if seed % 3 == 0 else None,
        rng.integers(0, 4, n) if seed % 7 < 3 else None,
    )


@pytest.mark.parametrize("block", range(4))
def test_places_are_handed_out_by_the_book(block: int) -> None:
    left = 0
    freed = (855, 1031, 1113, 1185)[block]  # here a swap frees the place of another that had to move
    for seed in (*range(150 * block, 150 * (block + 1)), freed):
        places, flavour, groups, pinned, turn = case(seed)
        if not len(flavour):
            continue
        host_of, stuck = assign(places, flavour, groups, pinned, turn)
        assert (host_of.tolist(), stuck.tolist()) == by_the_book(places, flavour, groups, pinned, turn)
        left += len(stuck)
        # Whatever the order: the pinned stay, no host holds more than it has room for, areas keep theirs.
        fixed = np.full(len(flavour), -1) if pinned is None else pinned
        assert (host_of == fixed)[fixed >= 0].all()
        load = np.zeros_like(places.room)
        free = fixed < 0
        np.add.at(load, host_of[free], places.sizes[flavour[free]])
        assert (load <= places.copies @ places.sizes + places.room + 1e-9).all()
        for area in set(places.area.tolist()):
            there = places.area[host_of] == area
            held = np.bincount(flavour[free & there], minlength=places.copies.shape[1])
            assert held.tolist() == places.copies[places.area == area].sum(axis=0).tolist()
        if not len(stuck):
            together = clashes(host_of, groups, places.rack)
            assert together == 0 or pinned is not None
    assert left > 20


def test_clashes_and_largest_groups_against_all_pairs() -> None:
    for seed in range(60):
        places, flavour, groups, *_ = case(seed)
        n = len(flavour)
        host_of = np.random.default_rng(seed).integers(0, len(places.rack), n)
        pairs = [(i, j) for i in range(n) for j in range(i)]
        same = sum(groups.hosts[i] == groups.hosts[j] >= 0 and host_of[i] == host_of[j] for i, j in pairs)
        rack = places.rack[host_of]
        same += sum(groups.racks[i] == groups.racks[j] >= 0 and rack[i] == rack[j] for i, j in pairs)
        assert clashes(host_of, groups, places.rack) == same
        expected = [
            max(
                (
                    int(((g == k) & (flavour == f)).sum())
                    for g in (groups.hosts, groups.racks)
                    for k in set(g.tolist()) - {-1}
                ),
                default=0,
            )
            for f in range(places.copies.shape[1] + 1)
        ]
        assert largest_groups(flavour, groups, len(expected)).tolist() == expected
