"""What happened in one future: hours at which machines, rooms, lines and components change state.

Made by the events (SimPy), read by the flows (NumPy), the bookings and the service statistics.
Hours are counted from the scenario's start; float where the exact instant matters, whole hours
where a change is made on the hour. Intervals are half open. ``NEVER`` means not within the run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..scenarios.clock import Clock
from ..scenarios.estate import NEVER

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

CLOUD = -1  # the first cloud site; site s (row of Plan.sites) is CLOUD - s


def hour_of_month(clock: Clock, month: NDArray[np.integer]) -> Ints:
    """First hour of each month; 0 for months before the run, NEVER for months after it."""
    edges: Ints = np.append(clock.month_edges_h[:-1], NEVER).astype(np.int32)
    return np.asarray(edges[np.clip(month, 0, clock.months)])


def stock(hours: int, start_h: Ints, end_h: Ints, height: Floats | Ints | float = 1.0) -> Floats:
    """How much is there in each hour, shape (hours,), of things that exist from start to end.

    Args:
        height: of each thing, shape (things,), or one for all.
    """
    rise = np.zeros(hours + 1)
    heights = np.where(end_h > start_h, height, 0.0)
    np.add.at(rise, np.clip(start_h, 0, hours), heights)
    np.subtract.at(rise, np.clip(end_h, 0, hours), heights)
    return np.cumsum(rise)[:-1]


@dataclass(frozen=True)
class Outages:
    """Intervals during which something is down, sorted by start.

    ``what`` is a row of servers, hosts or rooms; for rooms ``CLOUD - s`` is the whole cloud site s.
    ``cover`` (hosts only) is the row of the standby host that takes over, -1 if none is free; an
    outage during which this changes is listed as several intervals that touch.
    """

    what: Ints
    start_h: Floats
    end_h: Floats
    cover: Ints


@dataclass(frozen=True)
class Repairs:
    """Failures of servers or hosts and what became of them, by hour of failure, then by row.

    Attributes:
        what: row of servers or hosts.
        failed_h: hour of the failure.
        begun_h: hour at which a team took it on; ``ended_h`` if none did.
        ended_h: hour at which it worked again or its service ended.
    """

    what: Ints
    failed_h: Floats
    begun_h: Floats
    ended_h: Floats

    @classmethod
    def none(cls) -> Repairs:
        """Nothing failed."""
        return cls(np.empty(0, dtype=np.int32), np.empty(0), np.empty(0), np.empty(0))

    def outages(self) -> Outages:
        """The same as outages that nothing covers."""
        return Outages(self.what, self.failed_h, self.ended_h, np.full_like(self.what, -1))


@dataclass(frozen=True)
class Recoveries:
    """Times at which the protected systems of a site run at its recovery site, by hour of taking over.

    Attributes:
        site: row of Plan.sites that is out.
        lost_h: hour at which it went out, or at which the recovery site began anew to take over.
        start_h: hour from which its protected systems run at the recovery site.
        end_h: hour at which they run at home again, or the recovery site is lost as well.
    """

    site: Ints
    lost_h: Floats
    start_h: Floats
    end_h: Floats

    @classmethod
    def none(cls) -> Recoveries:
        """Nothing was taken over."""
        return cls(np.empty(0, dtype=np.int32), np.empty(0), np.empty(0), np.empty(0))


@dataclass(frozen=True)
class Requests:
    """New systems that ask to be set up on the cloud, by hour of asking, then by row.

    Attributes:
        system: row of systems.
        asked_h: hour of the request.
        begun_h: hour at which a team took it on; inf if none did.
        ready_h: hour from which the system can run; inf if never.
        turned_away: no place to wait was left.
    """

    system: Ints
    asked_h: Floats
    begun_h: Floats
    ready_h: Floats
    turned_away: NDArray[np.bool_]

    @classmethod
    def none(cls) -> Requests:
        """Nobody asked."""
        nil = np.empty(0)
        return cls(np.empty(0, dtype=np.int32), nil, nil, nil, np.empty(0, dtype=np.bool_))


@dataclass(frozen=True)
class Rollbacks:
    """Cut-overs that failed, in the order in which they happened."""

    system: Ints
    hour: Ints


@dataclass(frozen=True)
class Timeline:
    """One future of the estate.

    Attributes:
        server_on_h: hour at which a server starts in its room; NEVER if it starts on the cloud.
        server_off_h: hour at which it is switched off for good (its component runs until then, in
            parallel with the cloud during dual running).
        cloud_on_h: hour from which the component is served by its cloud host; NEVER if not.
        cloud_off_h: hour at which the component's life on the cloud ends (retirement).
        generation_month: as in Servers, with refreshes that the move made unnecessary set to NEVER.
        room_open_h, room_close_h: life of a room as far as costs go.
        room_refit_month: month of the fit-out renewal actually made, NEVER if avoided.
        line_end_h: hour at which each vertical line's rent ends.
        line_start_h: hour at which it starts (0, or its system's arrival).
        interim_start_h, interim_end_h: hours in which each link between systems is split.
        unit_line_start_h: hour at which each unit's shared line starts; NEVER if it has none.
        host_on_h: hour at which each cloud host is switched on.
        cutovers: attempts per system, successful one included; 0 if it never moved.
        moved_h: hour of the successful cut-over per system; NEVER if none.
        rollbacks: the attempts that failed.
        server_outages, host_outages, room_outages: what failed and when it worked again.
        recoveries: when protected systems ran at a recovery site.
        server_repairs, host_repairs: how long each failure waited for a team.
        requests: how long new systems waited for theirs.
        in_rooms: hosts stand in rooms: what is said of the cloud is said of them, and nothing runs elsewhere.
    """

    server_on_h: Ints
    server_off_h: Ints
    cloud_on_h: Ints
    cloud_off_h: Ints
    generation_month: Ints
    room_open_h: Ints
    room_close_h: Ints
    room_refit_month: Ints
    line_start_h: Ints
    line_end_h: Ints
    interim_start_h: Ints
    interim_end_h: Ints
    unit_line_start_h: Ints
    host_on_h: Ints
    cutovers: Ints
    moved_h: Ints
    rollbacks: Rollbacks
    server_outages: Outages
    host_outages: Outages
    room_outages: Outages
    recoveries: Recoveries
    server_repairs: Repairs
    host_repairs: Repairs
    requests: Requests
    in_rooms: bool
