"""Drawing which systems exchange data with each other: mostly those of one room, then those of one unit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .drawing import Draw, Floats, Ints
from .estate import Links, Systems

Indices = NDArray[np.int64]

# Project assumptions: systems of one department work on the same data, and a unit's departments on shared
# registers; the rest goes anywhere. Cumulated shares.
SAME_ROOM, SAME_UNIT = 0.7, 0.9
MOST = 20


def draw_links(draw: Draw, systems: Systems) -> Links:
    """Links between systems that are not classified; none where the scenario says nothing of them."""
    wanted = draw.scenario.estate.links_per_system
    if wanted is None:
        return Links.none()
    # A link counts for both of its ends.
    mean = draw.of(wanted) / 2
    n, whole = len(systems.id), int(mean)
    count = whole + (draw.u("links", systems.id) < mean - whole)
    count = np.where(systems.classified, 0, count)
    reach, choice = draw.u("link-reach", systems.id, MOST), draw.u("link-end", systems.id, MOST)
    owner = np.repeat(np.arange(n), count).astype(np.int64)
    turn = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    share, pick = reach[owner, turn], choice[owner, turn]
    free = np.flatnonzero(~systems.classified)
    other = np.empty(len(owner), dtype=np.int64)
    for near, group in (
        (share < SAME_ROOM, systems.room),
        ((share >= SAME_ROOM) & (share < SAME_UNIT), systems.unit),
        (share >= SAME_UNIT, np.zeros(n, dtype=np.int32)),
    ):
        other[near] = _members(group, free, owner[near], pick[near])
    ends = np.sort(np.stack([owner, other], axis=1), axis=1)
    ends = np.unique(ends[ends[:, 0] < ends[:, 1]], axis=0).astype(np.int32)
    return Links(*np.ascontiguousarray(ends.T))


def _members(group: Ints, free: Indices, owner: Indices, pick: Floats) -> Indices:
    """A free system of the same group as each owner; it may be the owner itself."""
    order = free[np.argsort(group[free], kind="stable")]
    first = np.searchsorted(group[order], group[owner], side="left")
    size = np.searchsorted(group[order], group[owner], side="right") - first
    return np.asarray(order[first + np.minimum((pick * size).astype(np.int64), size - 1)])
