"""The plan: what an alternative builds, where each component goes, and when it moves."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

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
    age_months: Ints  # that it has by then: 0, or more if the cloud owned it already
    standby: Bools  # spare of its pool, holds no component until a host fails
    curve: Ints  # row of hardware.curves sorted by name
    capacity_ssj: Floats
    vcpu: Floats  # usable, after overcommit
    memory_gb: Floats  # usable, after the hypervisor's reserve
    disk_gb: Floats
    price_cny: Floats  # in prices of the first year
    rack_units: Floats
    recovers: Ints  # pool (row of Plan.pools) for which it stands by at another site; -1 for other hosts
    rack: Ints  # number from 0 at its site

    @classmethod
    def none(cls) -> Hosts:
        """Nothing is built."""
        kinds = {"Ints": np.int32, "Floats": np.float64, "Bools": np.bool_}
        return cls(*(np.empty(0, dtype=kinds[str(field.type)]) for field in fields(cls)))

    @property
    def owned(self) -> Bools:
        """Whether a host was there already, and is not bought."""
        return np.asarray(self.age_months > 0)

    @property
    def bought_month(self) -> Ints:
        """Month in which each was bought, negative before the run."""
        return np.asarray(self.buy_month - self.age_months)

    def plus(self, others: Hosts) -> Hosts:
        """These hosts, then others."""
        names = [field.name for field in fields(self)]
        return Hosts(*(np.concatenate([getattr(self, n), getattr(others, n)]) for n in names))


@dataclass(frozen=True)
class Flavours:
    """Sizes in which components run on the cloud, shape (flavours,) each."""

    vcpu: Floats
    memory_gb: Floats
    disk_gb: Floats


@dataclass(frozen=True)
class Sparing:
    """What filling hosts by the hour spares, the same components on the same host types, standby included.

    Energy is that of the hosts in use, with storage, network, cooling and losses, at the planned mean load.
    """

    overload_share: float  # promised: host-hours over throughput at the growth planned for
    planned_overload_share: float  # what the packing comes to by the planner's law
    energy_kwh_per_year: float
    hosts_peak: int  # each component sized on its highest demand
    energy_peak_kwh_per_year: float
    hosts_p95: int  # each component sized on its 95th percentile, which promises nothing
    energy_p95_kwh_per_year: float
    overload_p95_share: float  # what that comes to by the planner's law


@dataclass(frozen=True)
class Baseline:
    """What a simple rule would come to for the same components, on the same host types."""

    rule: str  # "first-fit", "best-fit", "best-fit-dot" or "best-fit-norm", each decreasing
    hosts: int  # with standby
    cost_cny_per_year: float  # without standby, as Proof.cost_cny_per_year


@dataclass(frozen=True)
class Proof:
    """How good the packing is: yearly cost, proven lower bound, and how it was found.

    ``gap`` is ``cost / bound - 1``. ``cost`` counts amortised capital, energy at the mean planned
    load, space and platform licence of every host except the standby hosts, which no packing can
    change the need for and which are stated apart in ``standby_cost_cny_per_year``. With an objective of
    the caller's own (``hosts.Weights``), costs and bound are in its unit.
    """

    cost_cny_per_year: float
    bound_cny_per_year: float
    standby_cost_cny_per_year: float
    gap: float
    worst_pool_gap: float  # the largest gap of any one pool
    method: str  # how the pools were packed; ways are separated by "; "
    solver: str
    seconds: float
    hosts: int  # with standby
    baselines: tuple[Baseline, ...]  # first-fit comes first
    hosts_as_is_at_least: int  # lower bound if allocations were copied instead of measured use
    hosts_performance_at_least: int
    sparing: Sparing | None = None  # where hosts are filled by the hour


@dataclass(frozen=True)
class SiteRecovery:
    """Which site takes over for which, and what stands ready there.

    Hosts that stand by are rows of ``Hosts`` with ``recovers`` set; they belong to a pool of the site at
    which they stand.

    Attributes:
        mode: "hot": the hosts run; "warm": they are bought and switched off; "cold": they are bought only
            when a site is lost.
        ready_h: hour from which a site can be taken over.
        rpo_minutes: changes that are lost at most.
        rto_minutes: time from the loss of a site until protected systems run.
        site: row of Plan.sites that takes over for each site, -1 if none, shape (sites,).
        distance_km: to it, NaN where none or unknown, shape (sites,).
        replication_mbps: bandwidth that carries the changes of protected systems, shape (sites,).
        replication_line: kind (row of scenario.lines) of the lines that carry it, -1 if none, shape (sites,).
        replication_lines: number of them, shape (sites,).
        protected: systems that the recovery site takes over, shape (systems,).
        placement: host on which each server's component runs in a take-over, -1 if none, shape (servers,).
    """

    mode: Literal["hot", "warm", "cold"]
    ready_h: int
    rpo_minutes: float
    rto_minutes: float
    site: Ints
    distance_km: Floats
    replication_mbps: Floats
    replication_line: Ints
    replication_lines: Ints
    protected: Bools
    placement: Ints


@dataclass(frozen=True)
class SitingProof:
    """How good the choice of sites is: yearly cost, proven lower bound, and how it was found.

    ``gap`` is ``cost / bound - 1``. ``cost`` counts, as planned before the packing, what depends on the
    choice: opening, fixed cost and staff of sites, racks, energy, access and replication lines.

    Attributes:
        candidates: sites that could have been opened.
        distance_km: of each unit to its site, NaN if it has none or places are unknown, shape (units,).
    """

    cost_cny_per_year: float
    bound_cny_per_year: float
    gap: float
    method: str
    seconds: float
    candidates: tuple[str, ...]
    distance_km: Floats


@dataclass(frozen=True)
class ScheduleProof:
    """How good the order of moves is: cost from the opening to the horizon, proven bound, how it was found.

    ``gap`` is ``cost / bound - 1``. The cost counts what the order decides on: rooms, lines, power,
    maintenance and renewal on the rooms' side, shared and interim lines, labour.
    """

    cost_cny: float
    bound_cny: float
    gap: float
    method: str
    in_turn_cny: float  # room after room, the next renewal first
    seconds: float


@dataclass(frozen=True)
class Plan:
    """What one alternative does in one world.

    Attributes:
        pools: (zone, MLPS level) of each pool.
        sites: names of the sites in use, ("cloud",) if the scenario names none, () if nothing is built.
        pool_site: row of ``sites`` of each pool, shape (pools,).
        unit_site: row of ``sites`` that serves each unit, -1 if none, shape (units,).
        hub_rooms: room that each site extends, -1 for a new site, shape (sites,).
        flavour: row of ``flavours`` per server row of the estate, -1 if it never runs on the cloud.
        placement: host row per server row, -1 if it never runs on the cloud.
        wave_h: planned cut-over hour per system; NEVER if it stays; the hour of its arrival if it
            starts on the cloud.
        shared_line: kind (row of scenario.lines) of each unit's shared line, -1 if none.
        shared_lines: number of them per unit.
        team_fte: people the migration needs at once to meet the deadline (0 if nothing moves).
        late: number of systems that the capacity does not move by the deadline.
        pool_room: room in which the hosts of each pool stand, shape (pools,), ``pool_site`` being -1; None
            where hosts stand at sites.
    """

    alternative: str
    kind: str
    pools: tuple[tuple[str, int], ...]
    sites: tuple[str, ...]
    pool_site: Ints
    unit_site: Ints
    hub_rooms: Ints
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
    siting: SitingProof | None = None
    recovery: SiteRecovery | None = None
    schedule: ScheduleProof | None = None
    pool_room: Ints | None = None

    @property
    def host_room(self) -> Ints | None:
        """Room of each host, shape (hosts,); None where hosts stand at sites."""
        return None if self.pool_room is None else self.pool_room[self.hosts.pool]
