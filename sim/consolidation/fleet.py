"""The fleet a run is about: hosts, their power curves, and components, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Fleet, Floats, Ints
from .hash_order import hash_codes
from .settings import Settings

MEGABITS_PER_MEGABYTE = 8.0


@dataclass(frozen=True)
class FleetArrays:
    """Hosts and components.

    Attributes:
        watts: (kinds, 11), power at 0, 10, ... 100 % of the CPU.
        host_kind: (hosts,), row of ``watts``.
        host_cores, host_core_mips, host_ram_mb, host_bandwidth_mbit: (hosts,). All hosts of a kind must be
            equal.
        component_mips, component_ram_mb, component_bandwidth_mbit: (components,), one core each.
    """

    watts: Floats
    host_kind: Ints
    host_cores: Floats
    host_core_mips: Floats
    host_ram_mb: Floats
    host_bandwidth_mbit: Floats
    component_mips: Floats
    component_ram_mb: Floats
    component_bandwidth_mbit: Floats

    def __post_init__(self) -> None:
        hosts, components = len(self.host_kind), len(self.component_mips)
        columns = (self.host_cores, self.host_core_mips, self.host_ram_mb, self.host_bandwidth_mbit)
        if any(len(column) != hosts for column in columns):
            raise ValueError("every array of hosts needs one entry per host")
        if len(self.component_ram_mb) != components or len(self.component_bandwidth_mbit) != components:
            raise ValueError("every array of components needs one entry per component")
        if self.watts.ndim != 2 or self.watts.shape[1] != 11:
            raise ValueError("watts needs eleven points per kind of host")
        first = np.array([np.argmax(self.host_kind == kind) for kind in range(len(self.watts))])
        if any(not np.array_equal(column, column[first[self.host_kind]]) for column in columns):
            raise ValueError("hosts of one kind must have equal cores, memory and bandwidth")

    @property
    def hosts(self) -> int:
        """Number of hosts."""
        return len(self.host_kind)

    @property
    def components(self) -> int:
        """Number of components."""
        return len(self.component_mips)


def constants_of(fleet: FleetArrays, settings: Settings) -> Fleet:
    """The fleet as the compiled code reads it.

    A move's time is the component's memory over the move's share of the slowest link (1 MB = 8 Mbit).
    """

    def floats(values: Floats) -> Floats:
        return np.ascontiguousarray(values, dtype=np.float64)

    watts = floats(fleet.watts)
    link_mbit = float(fleet.host_bandwidth_mbit.min()) if fleet.hosts else 1.0
    mb_per_s = link_mbit * settings.move_bandwidth_share / MEGABITS_PER_MEGABYTE
    return Fleet(
        kind=np.ascontiguousarray(fleet.host_kind, dtype=np.int64),
        capacity_mips=floats(fleet.host_cores * fleet.host_core_mips),
        core_mips=floats(fleet.host_core_mips),
        ram_mb=floats(fleet.host_ram_mb),
        bandwidth_mbit=floats(fleet.host_bandwidth_mbit),
        watts=watts,
        rise_w=np.diff(watts, axis=1) / 10,
        component_mips=floats(fleet.component_mips),
        component_ram_mb=floats(fleet.component_ram_mb),
        component_bandwidth_mbit=floats(fleet.component_bandwidth_mbit),
        move_s=floats(fleet.component_ram_mb) / mb_per_s,
        hash_code=hash_codes(fleet.components),
    )
