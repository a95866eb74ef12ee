"""Handing out places: which component lies where, so that the members of a group lie apart.

Packing decides how many components of each flavour a host holds; which ones is open. A group takes its places
on the hosts with most places left (Ryser 1957, doi 10.4153/CJM-1957-044-3): where groups are of one flavour,
that succeeds whenever anything does. Groups of several flavours, and racks, may leave a component without a
place of its own; it then swaps with another of its flavour, or with one of another flavour where room allows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..compiled import compiled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# A component that found no place yet.
NOWHERE = -1


@dataclass(frozen=True)
class Groups:
    """Which components must lie apart, shape (components,) each; -1 for none.

    Attributes:
        hosts: group whose members lie on different hosts.
        racks: group whose members lie in different racks.
    """

    hosts: Ints
    racks: Ints


@dataclass(frozen=True)
class Places:
    """Hosts as packed.

    Attributes:
        copies: of each flavour on each host, shape (hosts, flavours).
        sizes: of the flavours, shape (flavours, dimensions).
        room: left on each host, shape (hosts, dimensions).
        rack: of each host, shape (hosts,).
        area: hosts that share their components, shape (hosts,): none moves to another area.
    """

    copies: Ints
    sizes: Floats
    room: Floats
    rack: Ints
    area: Ints


def assign(
    places: Places, flavour: Ints, groups: Groups, pinned: Ints | None = None, turn: Ints | None = None
) -> tuple[Ints, Ints]:
    """The host of each component.

    Args:
        places: the hosts.
        flavour: of each component, shape (components,).
        groups: what must lie apart.
        pinned: host of each component that has one already, -1 for the others, shape (components,); such
            components are not among ``places.copies``.
        turn: those of lower number take the first hosts, as far as groups can be kept apart that way.

    Returns:
        Hosts, shape (components,), and the components whose group is not kept apart, few and often none.
    """
    fixed = np.full(len(flavour), NOWHERE) if pinned is None else pinned
    size = np.maximum(_group_sizes(groups.hosts), _group_sizes(groups.racks))
    if turn is not None:
        order = np.argsort(turn, kind="stable")
        found = _assigned(places, flavour, groups, fixed, size, order[fixed[order] == NOWHERE], first=True)
        if not len(found[1]):
            return found
    order = np.lexsort([np.arange(len(flavour)), groups.hosts, groups.racks, -size])
    order = order[(size[order] > 1) & (fixed[order] == NOWHERE)]
    return _assigned(places, flavour, groups, fixed, size, order, first=False)


def _assigned(
    places: Places, flavour: Ints, groups: Groups, fixed: Ints, size: Ints, order: Ints, first: bool
) -> tuple[Ints, Ints]:
    """Components in order on the first hosts, or those with most places left; swaps where that fails."""
    mates = _mates(groups)
    host_of = _deal(
        places.copies.copy(), flavour, fixed, order, groups.hosts, groups.racks, places.rack, *mates, first
    )
    stuck = np.flatnonzero((host_of == NOWHERE) & (size > 1))
    _fill_up(places.copies, flavour, fixed, host_of)
    swapping = _Swapping(places, flavour, groups, fixed, mates, host_of, places.room.copy())
    unresolved = [item for item in stuck.tolist() if not swapping.resolve(item)]
    return host_of, np.array(unresolved, dtype=np.int64)


def clashes(host_of: Ints, groups: Groups, rack: Ints) -> int:
    """Pairs of members of one group on one host, or in one rack."""
    total = 0
    for group, place in ((groups.hosts, host_of), (groups.racks, rack[host_of])):
        member = group >= 0
        _, shared = np.unique(np.stack([group[member], place[member]]), axis=1, return_counts=True)
        total += int((shared * (shared - 1) // 2).sum())
    return total


def largest_groups(flavour: Ints, groups: Groups, flavours: int) -> Ints:
    """Members of one flavour in the largest group that must lie apart, shape (flavours,)."""
    largest = np.zeros(flavours, dtype=np.int64)
    for group in (groups.hosts, groups.racks):
        member = group >= 0
        keys, count = np.unique(np.stack([flavour[member], group[member]]), axis=1, return_counts=True)
        np.maximum.at(largest, keys[0], count)
    return largest


def _group_sizes(group: Ints) -> Ints:
    """Members of each component's group, 0 without one."""
    _, row, count = np.unique(group, return_inverse=True, return_counts=True)
    return np.asarray(np.where(group >= 0, count[row.ravel()], 0))


def _mates(groups: Groups) -> tuple[Ints, Ints, Ints, Ints]:
    """Members in order of group and where each component's group begins, for hosts and for racks."""
    found = []
    for group in (groups.hosts, groups.racks):
        members = np.argsort(group, kind="stable")
        found += [members, np.searchsorted(group[members], group)]
    return found[0], found[1], found[2], found[3]


@compiled
def _deal(
    places: Ints,
    flavour: Ints,
    fixed: Ints,
    order: Ints,
    by_host: Ints,
    by_rack: Ints,
    rack: Ints,
    host_mates: Ints,
    host_first: Ints,
    rack_mates: Ints,
    rack_first: Ints,
    first: bool,
) -> Ints:
    """Each component to the host with most places left, or the first, that its groups do not forbid."""
    hosts = len(places)
    host_of = fixed.copy()
    taken_host = np.full(hosts, NOWHERE, dtype=np.int64)
    taken_rack = np.full(hosts, NOWHERE, dtype=np.int64)
    for item in order:
        _mark(item, host_of, by_host, host_mates, host_first, rack, taken_host, False)
        _mark(item, host_of, by_rack, rack_mates, rack_first, rack, taken_rack, True)
        best = NOWHERE
        f = flavour[item]
        for h in range(hosts):
            free = places[h, f] > (places[best, f] if best != NOWHERE else 0)
            if free and taken_host[h] != item and taken_rack[rack[h]] != item:
                best = h
                if first:
                    break
        if best != NOWHERE:
            places[best, f] -= 1
            host_of[item] = best
    return host_of


@compiled
def _mark(
    item: int, host_of: Ints, group: Ints, mates: Ints, first: Ints, rack: Ints, taken: Ints, racks: bool
) -> None:
    """Mark with the component's number the hosts, or racks, that its group has taken."""
    if group[item] < 0:
        return
    at = first[item]
    while at < len(mates) and group[mates[at]] == group[item]:
        h = host_of[mates[at]]
        if h >= 0 and mates[at] != item:
            taken[rack[h] if racks else h] = item
        at += 1


def _fill_up(copies: Ints, flavour: Ints, fixed: Ints, host_of: Ints) -> None:
    """Components without a place get those that are left, in order."""
    for f in np.unique(flavour[host_of == NOWHERE]):
        placed = (flavour == f) & (host_of >= 0) & (fixed == NOWHERE)
        free = np.repeat(
            np.arange(len(copies)), copies[:, f] - np.bincount(host_of[placed], minlength=len(copies))
        )
        waiting = np.flatnonzero((flavour == f) & (host_of == NOWHERE))
        host_of[waiting] = free[: len(waiting)]


@dataclass(frozen=True)
class _Swapping:
    """Components on their hosts, ``host_of`` and ``room`` being changed in place."""

    places: Places
    flavour: Ints
    groups: Groups
    fixed: Ints
    mates: tuple[Ints, Ints, Ints, Ints]
    host_of: Ints
    room: Floats

    def resolve(self, item: int) -> bool:
        """Move a component to a host with room, or swap it, so that it lies apart from its group."""
        here, size = int(self.host_of[item]), self.places.sizes[self.flavour[item]]
        if self._allowed(item, here):
            return True
        area = self.places.area
        for h in np.flatnonzero((self.room >= size).all(axis=1) & (area == area[here])).tolist():
            if self._allowed(item, h):
                self.room[h] -= size
                self.room[here] += size
                self.host_of[item] = h
                return True
        # What the swap adds here and there must fit; the same flavour always does.
        more = self.places.sizes[self.flavour] - size
        fits = (more <= self.room[here]).all(axis=1) & (-more <= self.room[self.host_of]).all(axis=1)
        fits &= (self.host_of != here) & (area[self.host_of] == area[here]) & (self.fixed == NOWHERE)
        others = np.flatnonzero(fits)
        others = others[np.argsort(self.flavour[others] != self.flavour[item], kind="stable")]
        return any(self._swapped(item, other, more[other]) for other in others.tolist())

    def _swapped(self, item: int, other: int, more: Floats) -> bool:
        """Whether two components change places: only if both are then apart from their groups."""
        here, there = int(self.host_of[item]), int(self.host_of[other])
        self.host_of[item], self.host_of[other] = there, here
        if self._allowed(item, there) and self._allowed(other, here):
            self.room[here] -= more
            self.room[there] += more
            return True
        self.host_of[item], self.host_of[other] = here, there
        return False

    def _allowed(self, item: int, host: int) -> bool:
        """Whether a host, and its rack, hold no other member of the component's groups."""
        rack = self.places.rack
        for group, members, first, place in (
            (self.groups.hosts, self.mates[0], self.mates[1], np.arange(len(rack))),
            (self.groups.racks, self.mates[2], self.mates[3], rack),
        ):
            at = int(first[item])
            while group[item] >= 0 and at < len(members) and group[members[at]] == group[item]:
                mate = int(members[at])
                if mate != item and place[self.host_of[mate]] == place[host]:
                    return False
                at += 1
        return True
