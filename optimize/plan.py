"""The plan: what an alternative builds, where each component goes, and when it moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Hosts:
    """Cloud hosts, shape (hosts,) each; empty where nothing is built."""

    pool: Ints  # row of Plan.pools
    type: Ints  # row of cloud.host_types
    buy_month: Ints  # month in which it is bought and switched on
    standby: Bools  # spare of its pool, holds no component until a host fails
    curve: Ints  # row of hardware.curves sorted by name
    capacity_ssj: Floats
    vcpu: Floats  # usable, after overcommit
    memory_gb: Floats  # usable, after the hypervisor's reserve
    disk_gb: Floats
    price_cny: Floats  # in prices of the first year
    rack_units: Floats


@dataclass(frozen=True)
class Flavours:
    """Sizes in which components run on the cloud, shape (flavours,) each."""

    vcpu: Floats
    memory_gb: Floats
    disk_gb: Floats


@dataclass(frozen=True)
class Proof:
    """How good the packing is: yearly cost, proven lower bound, and how it was found.

    ``gap`` is ``cost / bound - 1``. ``cost`` counts amortised capital, energy at the mean planned
    load, space and platform licence of every host except the standby hosts, which no packing can
    change the need for and which are stated apart in ``standby_cost_cny_per_year``.
    """

    cost_cny_per_year: float
    bound_cny_per_year: float
    standby_cost_cny_per_year: float
    gap: float
    worst_pool_gap: float  # the largest gap of any one pool
    solver: str
    seconds: float
    hosts: int  # with standby
    hosts_first_fit: int  # first-fit decreasing on the same components, with standby
    first_fit_cost_cny_per_year: float  # counted as cost_cny_per_year
    hosts_as_is_at_least: int  # lower bound if allocations were copied instead of measured use
    hosts_performance_at_least: int


@dataclass(frozen=True)
class Plan:
    """What one alternative does in one world.

    Attributes:
        pools: (zone, MLPS level) of each pool.
        flavour: row of ``flavours`` per server row of the estate, -1 if it never runs on the cloud.
        placement: host row per server row, -1 if it never runs on the cloud.
        wave_h: planned cut-over hour per system; NEVER if it stays; the hour of its arrival if it
            starts on the cloud.
        shared_line: kind (row of scenario.lines) of each unit's shared line, -1 if none.
        shared_lines: number of them per unit.
        team_fte: people the migration needs at once to meet the deadline (0 if nothing moves).
        late: number of systems that the capacity does not move by the deadline.
    """

    alternative: str
    kind: str
    pools: tuple[tuple[str, int], ...]
    hosts: Hosts
    flavours: Flavours
    flavour: Ints
    placement: Ints
    wave_h: NDArray[np.int32]
    shared_line: Ints
    shared_lines: Ints
    team_fte: float
    late: int
    proof: Proof | None
