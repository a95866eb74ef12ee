"""Which rack each host stands in.

The hosts of a site go to its racks in turn, so that the hosts of a pool stand in many racks. Where replicas
must not share a rack, a host that would bring two of them together goes to another rack, and to one more
where none is left. All racks that a site is fitted out for are used; see ``cloud.rack_fill``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..scenarios.cloud import Cloud
from ..scenarios.world import World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def racks_fitted_out(cloud: Cloud, world: World, rack_units: float, group: int) -> int:
    """Racks of a site whose hosts take so many rack units; at least one for each member of a group."""
    built = np.ceil(rack_units / cloud.rack_units_usable / world.of(cloud.rack_fill) - 1e-9)
    return max(int(built), group, 1)


def rack_of(
    site: Ints, rack_units: Floats, racks: Ints, usable: float, host: Ints, group: Ints
) -> NDArray[np.int32]:
    """The rack of each host, numbered from 0 at each site.

    Args:
        site, rack_units: of each host, shape (hosts,).
        racks: that each site has at first, shape (sites,).
        usable: rack units in a rack.
        host, group: of each component that may share a rack with no other of its group, (components,).

    Returns:
        Shape (hosts,).
    """
    groups: list[set[int]] = [set() for _ in site]
    for row, its in zip(host.tolist(), group.tolist(), strict=True):
        groups[row].add(its)
    rack = np.zeros(len(site), dtype=np.int32)
    for at in np.unique(site).tolist():
        standing = [_Rack(0.0, set()) for _ in range(int(racks[at]))]
        for number, row in enumerate(np.flatnonzero(site == at).tolist()):
            turn = number % int(racks[at])
            rack[row] = _chosen(standing, turn, float(rack_units[row]), groups[row], usable)
            standing[rack[row]].take(float(rack_units[row]), groups[row])
    return rack


@dataclass
class _Rack:
    """What stands in a rack."""

    units: float
    groups: set[int]

    def take(self, units: float, groups: set[int]) -> None:
        self.units += units
        self.groups |= groups

    def may_take(self, units: float, groups: set[int], usable: float) -> bool:
        """An empty rack takes any host."""
        fits = self.units == 0 or self.units + units <= usable + 1e-9
        return fits and self.groups.isdisjoint(groups)


def _chosen(standing: list[_Rack], turn: int, units: float, groups: set[int], usable: float) -> int:
    """The rack whose turn it is, else the one with most room, else one more."""
    if standing[turn].may_take(units, groups, usable):
        return turn
    free = [row for row, rack in enumerate(standing) if rack.may_take(units, groups, usable)]
    if not free:
        standing.append(_Rack(0.0, set()))
        return len(standing) - 1
    return min(free, key=lambda row: (standing[row].units, row))
