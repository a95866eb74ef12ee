"""The run: how one alternative behaved in one world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .ledger import Ledger
from .timeline import Timeline

# Hourly columns of Run.series, each shape (hours,) float64: the mean over the hour, or the state.
SERIES = (
    "room_it_kw",
    "room_ups_kw",
    "room_cooling_kw",
    "room_other_kw",
    "cloud_it_kw",
    "cloud_ups_kw",
    "cloud_cooling_kw",
    "cloud_other_kw",
    "demand_mssj",  # demand of all components, million ssj_ops
    "unserved_mssj",  # of it not served: overload and outages
    "room_capacity_mssj",  # capacity of servers switched on in rooms
    "room_load_mssj",  # what they serve
    "cloud_capacity_mssj",
    "cloud_load_mssj",
    "hosts_loaded",  # cloud hosts that carry anything
    "hosts_overloaded",  # of them asked for more than their throughput
    "rooms_open",
    "hosts_on",
    "systems_on_cloud",
    "vertical_lines",
    "shared_lines",
)


@dataclass(frozen=True)
class Recovered:
    """What a recovery site was good for.

    Attributes:
        takeovers: times that it took over a whole site.
        data_lost_minutes: changes that systems lost by it, in system-minutes: half the recovery point
            each time, as copies are made once in every recovery point.
        worst_day_hours: most system-hours lost in one day. Until it has taken over, a recovery site
            leaves as many systems down as there were; what it makes better is how long they are.
        system_hours_lost_without, worst_down_without, worst_day_hours_without: had nothing taken over.
    """

    takeovers: int
    data_lost_minutes: float
    worst_day_hours: float
    system_hours_lost_without: float
    worst_down_without: int
    worst_day_hours_without: float


@dataclass(frozen=True)
class Service:
    """What users of the systems noticed.

    ``availability`` is 1 - system-hours down / system-hours; ``unserved_share`` is demand not
    served / demand; ``worst_down`` the largest number of systems down at once; ``recovered`` is None
    where no recovery site stands by; ``overload_share`` is host-hours in which a cloud host was asked for
    more than its throughput / host-hours in which it carried anything.
    """

    availability: float
    unserved_share: float
    system_hours_lost: float
    worst_down: int
    recovered: Recovered | None = None
    overload_share: float = 0.0


@dataclass(frozen=True)
class Run:
    """One alternative in one world.

    Attributes:
        series: hourly columns named in SERIES.
        heat: mean utilisation (load over capacity) of all machines switched on, last full year,
            shape (7, 24): weekday x hour.
    """

    alternative: str
    kind: str
    world: int
    ledger: Ledger
    timeline: Timeline
    series: Mapping[str, NDArray[np.float64]]
    heat: NDArray[np.float64]
    service: Service
