"""The estate: machine rooms, servers, systems and lines of one world, as columns.

Every table has an ``id`` column that never changes when rows are removed; random streams are keyed
by it. Other tables refer to rows by position (``room``, ``system`` ... are row numbers).
Months are indices from the scenario's start; negative ones lie before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NEVER = np.int32(2**31 - 1)


@dataclass(frozen=True)
class Rooms:
    """Machine rooms, shape (rooms,) each."""

    id: Ints
    unit: Ints  # administrative unit, row of Units
    size_class: Ints  # 0 closet, 1 room
    area_m2: Floats
    pue: Floats  # at the load of the first month in service
    cooling_fixed_share: Floats
    ups_curve: Ints  # row of the scenario's hardware.ups, sorted by name
    ups_rated_w: Floats  # of one UPS
    ups_count: Ints  # 1, or 2 sharing the load
    overhead_it: Floats  # W of storage, network, appliances per W of server power
    overhead_fixed_share: Floats
    lighting_w: Floats
    operations_cny_per_year: Floats
    staff_fte: Floats
    fitout_cny: Floats
    refit_month: Ints  # month of the next renewal of the fit-out; NEVER if beyond the horizon
    opens_month: Ints  # 0 if there today; later for rooms that would be built without a cloud
    outages_per_year: Floats
    outage_hours: Floats


@dataclass(frozen=True)
class Units:
    """Administrative units, shape (units,) each."""

    id: Ints
    level: Ints  # row of estate.levels in file order
    latitude: Floats  # degrees north; NaN where the estate has no places
    longitude: Floats  # degrees east


@dataclass(frozen=True)
class Systems:
    """Business systems, shape (systems,) each."""

    id: Ints
    unit: Ints  # owner
    room: Ints
    demand_class: Ints  # row of demand.classes in file order
    zone: Ints  # index into zones
    mlps: Ints  # security level
    classified: Bools  # never leaves its room, by its secrets
    arrives_month: Ints  # 0 if there today
    retires_month: Ints  # NEVER if not within the horizon
    refresh_month: Ints  # next refresh of its oldest server
    effort_days: Floats
    traffic_mbps: Floats
    replicated: Bools  # its working servers are replicas of each other
    pinned: Bools  # never leaves its room, by what it is tied to there
    dedicated: Bools  # shares no host with another system

    @property
    def stays(self) -> Bools:
        """Whether a system never leaves its room."""
        return np.asarray(self.classified | self.pinned)


@dataclass(frozen=True)
class Servers:
    """Servers and the one component each runs, shape (servers,) each.

    ``generations`` lists the successive machines of a slot in the keep alternative: the machine of
    generation g serves from ``generation_month[:, g]``; generation 0 is there at arrival.

    A virtual machine of a listed estate is a server that takes up a part of a machine: that part of its
    power, throughput, price and carbon is the server's own. What the other virtual machines of its machine
    leave idle serves it too, up to its ``reach``.
    """

    id: Ints
    system: Ints
    zombie: Bools  # does no work
    retires_month: Ints  # zombies found, or the system's retirement; NEVER if not
    config_factor: Floats
    price_cny: Floats  # of a new server (of the part it takes up), in prices of the first year
    bought_month: Ints  # of generation 0; may be negative
    generation_month: Ints  # shape (servers, generations); NEVER where unused
    generation_curve: Ints  # shape (servers, generations); row of hardware.curves sorted by name
    demand_ssj: Floats  # mean demand in the first month, ssj_ops
    peak_ssj: Floats  # 95th percentile of demand in the first month, ssj_ops
    noise: Floats  # std. deviation of the square root of demand over its mean
    vcpu_as_is: Ints  # cores of the machine it runs on today, or its vCPU
    memory_gb: Floats  # in use
    disk_gb: Floats  # in use
    installed_gb: Floats  # memory that it has today; of a drawn server that of the machine of its curve
    most_gb: Floats  # memory that it is listed with, which is all that it can need; infinite for others
    machine_share: Floats  # part of a machine that it takes up; 1 unless it is virtual
    reach: Floats  # most of a machine that it can use at once; 1 unless it is virtual
    machine: Ints  # id of the first server on the same machine, with which it fails; its own unless virtual


@dataclass(frozen=True)
class Lines:
    """Dedicated vertical lines, shape (lines,) each; each carries one system."""

    id: Ints
    system: Ints
    kind: Ints  # row of the scenario's lines in file order
    price_cny_per_year: Floats  # in prices of the first year


@dataclass(frozen=True)
class Links:
    """Pairs of systems that exchange data, shape (links,) each; the first end has the lower row."""

    first: Ints
    second: Ints

    @classmethod
    def none(cls) -> Links:
        """No system needs another."""
        return cls(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32))


@dataclass(frozen=True)
class Rises:
    """Steps at which demand rises for good, over its growth.

    Attributes:
        month: from which each holds, shape (steps,).
        factor: of the demand of each server, shape (steps, servers).
    """

    month: Ints
    factor: Floats

    @classmethod
    def none(cls) -> Rises:
        """Demand grows evenly."""
        return cls(np.empty(0, dtype=np.int32), np.empty((0, 0)))

    def by(self, month: int | NDArray[np.integer], rows: NDArray[np.integer]) -> Floats:
        """Demand of some servers over what it would be without any step, in one month or one for each."""
        risen = np.ones(len(rows))
        for first, factor in zip(self.month.tolist(), self.factor, strict=True):
            risen = risen * np.where(np.asarray(month) >= first, factor[rows], 1.0)
        return risen


@dataclass(frozen=True)
class Names:
    """What the first units, rooms, systems and servers are called: those that are listed; "" if not known."""

    units: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Estate:
    """Everything that stands in the rooms of one world."""

    units: Units
    rooms: Rooms
    systems: Systems
    servers: Servers
    lines: Lines
    zones: tuple[str, ...]
    links: Links = field(default_factory=Links.none)
    rises: Rises = field(default_factory=Rises.none)
    names: Names = field(default_factory=Names)
