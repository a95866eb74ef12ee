"""Packing under rules between single components: apart, together, pinned, dedicated.

Components that lie together become one, larger. Those pinned to an existing host take room on it, and what is
left of it costs nothing more. A dedicated group is packed on hosts of its own. What must lie apart is packed
with few enough of a kind on a host, and handed out at the end; should some component still find no place, a
host is added for it. None of this lowers a bound: what is proven without a rule holds with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import fsum

import numpy as np
from numpy.typing import NDArray

from ...scenarios.errors import InfeasibleError
from .apart import Groups, Places, assign, clashes, largest_groups
from .fleet import ROUNDING, cheapest_fleet, volume_rows
from .patterns import pack_patterns
from .task import PoolPacking, Task

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NONE = -1


@dataclass(frozen=True)
class Items:
    """Components and the rules between them, shape (components,) each if not said otherwise; -1: no rule.

    Attributes:
        sizes: whole numbers, shape (components, dimensions).
        apart: group whose members lie on different hosts.
        apart_racks: group whose members lie in different racks.
        together: group whose members lie on one host.
        pinned: existing host on which a component stays, a row of ``Hosts.existing``.
        dedicated: group whose hosts hold nothing else.
    """

    sizes: Floats
    apart: Ints
    apart_racks: Ints
    together: Ints
    pinned: Ints
    dedicated: Ints

    @classmethod
    def free(cls, sizes: Floats) -> Items:
        """Components without rules."""
        none = np.full(len(sizes), NONE, dtype=np.int64)
        return cls(np.asarray(sizes, dtype=np.float64), none, none, none, none, none)


@dataclass(frozen=True)
class Hosts:
    """What may be used and bought.

    Attributes:
        capacities: whole numbers, shape (types, dimensions).
        costs: per host and year, shape (types,); of existing hosts what running them costs.
        limits: most hosts of each type, existing ones included, -1 for no limit, shape (types,).
        existing: type of each existing host that components may be pinned to, shape (existing,).
        per_rack: hosts in a rack, in the order of the answer.
    """

    capacities: Floats
    costs: Floats
    limits: Ints
    existing: Ints
    per_rack: int = 1


@dataclass(frozen=True)
class ItemPacking:
    """Hosts, and the host of each component.

    Attributes:
        types: type of each host, shape (hosts,); hosts with pinned components come first.
        host_of: of each component, shape (components,).
        cost: of all hosts per year.
        bound: no packing costs less.
        method: how the packing was found.
    """

    types: Ints
    host_of: Ints
    cost: float
    bound: float
    method: str


def pack_items(items: Items, hosts: Hosts) -> ItemPacking:
    """Pack components under rules.

    Raises:
        InfeasibleError: rules contradict each other, or the limits leave too few hosts.
    """
    if not len(items.sizes):
        none = np.empty(0, dtype=np.int64)
        return ItemPacking(none, none, 0.0, 0.0, "volume")
    units, unit_of = _joined(items)
    pinned_hosts, place = np.unique(units.pinned[units.pinned >= 0], return_inverse=True)
    pinned = np.full(len(units.sizes), NONE, dtype=np.int64)
    pinned[units.pinned >= 0] = place.ravel()
    room, area = _left_on(hosts, units, pinned, pinned_hosts)
    open_limits = hosts.limits.copy()
    taken = np.bincount(hosts.existing[pinned_hosts], minlength=len(hosts.costs))
    open_limits[open_limits >= 0] -= taken[open_limits >= 0]
    if (open_limits < NONE).any():
        raise InfeasibleError("components are pinned to more hosts of a type than its limit allows")
    parts = _packed(units, pinned, hosts, room, area, open_limits)
    return _handed_out(units, unit_of, pinned, pinned_hosts, hosts, parts)


def _joined(items: Items) -> tuple[Items, Ints]:
    """Components with those that lie together as one, and the row of each component's unit."""
    n = len(items.sizes)
    keys = np.where(items.together >= 0, items.together, items.together.max(initial=NONE) + 1 + np.arange(n))
    _, first, unit_of = np.unique(keys, return_index=True, return_inverse=True)
    # In order of first appearance, so that without groups nothing changes.
    order = np.argsort(first, kind="stable")
    unit_of = np.argsort(order)[unit_of.ravel()]
    sizes = np.zeros((len(first), items.sizes.shape[1]))
    np.add.at(sizes, unit_of, items.sizes)
    rules = {}
    for name in ("apart", "apart_racks", "pinned", "dedicated"):
        values = getattr(items, name)
        rules[name] = np.full(len(first), NONE, dtype=np.int64)
        np.maximum.at(rules[name], unit_of, values)
        named = (values >= 0) | (name == "dedicated")
        other = np.flatnonzero(named & (values != rules[name][unit_of]))
        if len(other):
            raise InfeasibleError(f"component {other[0]} lies together with one of another '{name}' rule")
        if name.startswith("apart"):
            grouped = np.flatnonzero(values >= 0)
            _, shared = np.unique(unit_of[grouped], return_counts=True)
            if (shared > 1).any():
                raise InfeasibleError("components that must lie together are also to be kept apart")
    together = np.full(len(first), NONE, dtype=np.int64)
    return Items(
        sizes, rules["apart"], rules["apart_racks"], together, rules["pinned"], rules["dedicated"]
    ), unit_of


def _left_on(hosts: Hosts, units: Items, pinned: Ints, pinned_hosts: Ints) -> tuple[Floats, Ints]:
    """Room left on hosts with pinned components, and the dedicated group that each belongs to."""
    room = hosts.capacities[hosts.existing[pinned_hosts]].astype(np.float64)
    area = np.full(len(pinned_hosts), NONE, dtype=np.int64)
    for h in range(len(pinned_hosts)):
        mine = pinned == h
        room[h] -= units.sizes[mine].sum(axis=0)
        if (room[h] < 0).any():
            raise InfeasibleError(
                f"components pinned to existing host {pinned_hosts[h]} need more than it has"
            )
        groups = np.unique(units.dedicated[mine])
        if len(groups) > 1:
            raise InfeasibleError(f"existing host {pinned_hosts[h]} would hold a dedicated group and others")
        area[h] = groups[0]
    return room, area


@dataclass(frozen=True)
class _Part:
    """A dedicated group, or all that have none, packed.

    Attributes:
        members: units, pinned ones left out.
        flavour: row of ``task.sizes`` of each member.
        mine: hosts with pinned components that belong to it.
        task: what was packed; types beyond those of ``Hosts`` are the hosts in ``mine``.
        packing: of the task.
        bound: what this part costs at least.
    """

    members: Ints
    flavour: Ints
    mine: Ints
    task: Task
    packing: PoolPacking
    bound: float


def _packed(units: Items, pinned: Ints, hosts: Hosts, room: Floats, area: Ints, limits: Ints) -> list[_Part]:
    """Each dedicated group in turn, then the others; limited hosts go to whoever comes first."""
    parts = []
    groups = Groups(units.apart, units.apart_racks)
    left = limits.copy()
    for group in sorted(np.unique(units.dedicated).tolist(), reverse=True):
        members = np.flatnonzero((units.dedicated == group) & (pinned == NONE))
        mine = np.flatnonzero(area == group)
        sizes, flavour, counts = np.unique(
            units.sizes[members], axis=0, return_inverse=True, return_counts=True
        )
        mates = Groups(groups.hosts[members], groups.racks[members])
        task = Task(
            sizes,
            counts,
            np.vstack([hosts.capacities, room[mine]]),
            np.append(hosts.costs, np.zeros(len(mine))),
            np.append(left, np.ones(len(mine), dtype=np.int64)),
            largest_groups(flavour.ravel(), mates, len(counts)),
        )
        packing = pack_patterns(task)
        bound = packing.bound
        if (left != limits).any():
            whole = replace(task, limits=np.append(limits, np.ones(len(mine), dtype=np.int64)))
            rows = volume_rows(whole.sizes, whole.counts, whole.capacities, whole.apart)
            bound = cheapest_fleet(whole.costs, rows, limits=whole.at_most)[1]
        used = np.bincount(packing.types, minlength=len(task.costs))[: len(left)]
        left = np.where(left >= 0, left - used, left)
        parts.append(_Part(members, flavour.ravel(), mine, task, packing, bound))
    return parts


def _handed_out(
    units: Items,
    unit_of: Ints,
    pinned: Ints,
    pinned_hosts: Ints,
    hosts: Hosts,
    parts: list[_Part],
) -> ItemPacking:
    """All parts on one list of hosts, every component on its host."""
    kinds, costs = len(hosts.costs), float(hosts.costs[hosts.existing[pinned_hosts]].sum())
    flavours = sum(len(part.task.counts) for part in parts)
    types, area = [hosts.existing[pinned_hosts]], [np.full(len(pinned_hosts), NONE, dtype=np.int64)]
    copies = [np.zeros((len(pinned_hosts), flavours), dtype=np.int64)]
    room = [np.zeros((len(pinned_hosts), units.sizes.shape[1]))]
    flavour = np.zeros(len(units.sizes), dtype=np.int64)
    first = 0
    for number, part in enumerate(parts):
        packing, last = part.packing, first + len(part.task.counts)
        flavour[part.members] = first + part.flavour
        free = part.task.capacities[packing.types] - packing.copies @ part.task.sizes
        bought = packing.types < kinds
        wide = np.zeros((len(packing.types), flavours), dtype=np.int64)
        wide[:, first:last] = packing.copies
        types.append(packing.types[bought])
        copies.append(wide[bought])
        room.append(free[bought])
        area.append(np.full(int(bought.sum()), number, dtype=np.int64))
        area[0][part.mine] = number
        room[0][part.mine] = part.task.capacities[kinds:]
        reused = part.mine[packing.types[~bought] - kinds]
        copies[0][reused], room[0][reused] = wide[~bought], free[~bought]
        first = last
    sizes = np.vstack([part.task.sizes for part in parts])
    kind = np.concatenate(types)
    places = Places(np.vstack(copies), sizes, np.vstack(room), np.arange(len(kind)), np.concatenate(area))
    bound = costs + fsum(part.bound for part in parts)
    owner = np.repeat(np.arange(len(parts)), [len(part.task.counts) for part in parts])
    while True:
        host_of, order, unresolved = _in_racks(places, flavour, units, pinned, hosts.per_rack)
        if not len(unresolved):
            break
        stuck = int(unresolved[0])
        added = _host_for(units.sizes[stuck], kind, hosts)
        kind = np.append(kind, added)
        places = Places(
            np.vstack([places.copies, np.zeros((1, flavours), dtype=np.int64)]),
            sizes,
            np.vstack([places.room, hosts.capacities[added]]),
            np.arange(len(kind)),
            np.append(places.area, owner[flavour[stuck]]),
        )
    if clashes(host_of, Groups(units.apart, units.apart_racks), np.argsort(order) // hosts.per_rack):
        raise InfeasibleError("components to be kept apart are pinned to one existing host, or to one rack")
    method = ", ".join(dict.fromkeys(part.packing.method for part in parts))
    cost = float(hosts.costs[kind].sum())
    bound = cost if cost <= bound * (1 + 3 * ROUNDING) else bound
    return ItemPacking(kind[order], np.argsort(order)[host_of][unit_of], cost, bound, method)


def _host_for(size: Floats, kind: Ints, hosts: Hosts) -> int:
    """The cheapest type of which one more host may be had and that holds a component."""
    spare = (hosts.limits < 0) | (np.bincount(kind, minlength=len(hosts.costs)) < hosts.limits)
    fits = (hosts.capacities >= size).all(axis=1) & spare
    if not fits.any():
        raise InfeasibleError("the limits on hosts leave too few of them to keep groups apart")
    return int(np.where(fits, hosts.costs, np.inf).argmin())


def _in_racks(
    places: Places, flavour: Ints, units: Items, pinned: Ints, per_rack: int
) -> tuple[Ints, Ints, Ints]:
    """Hosts of the units, the order of the hosts in racks, and units not apart from their groups.

    Like hosts stand side by side, or else are spread over the racks.
    """
    groups = Groups(units.apart, units.apart_racks)
    alike = np.arange(len(places.copies))
    racks = max(1, -(-len(alike) // per_rack))
    spread = np.lexsort([alike // racks, alike % racks])
    for order in (alike, spread):
        rack = np.argsort(order) // per_rack
        host_of, unresolved = assign(replace(places, rack=rack), flavour, groups, pinned)
        if not len(unresolved):
            break
    return host_of, order, unresolved
