"""What the claims that count something would read in one future: systems, departments, rooms.

Each figure is as of the end of the claim's day, or of the last hour if it names none.

- ``systems_on_cloud``: systems that run on the cloud, moved there or set up there;
- ``cloud_share``: these as a share of all systems in use that are not classified;
- ``departments_covered``: rooms of today with systems that may move, of which one runs on the cloud, as a
  share (a room stands for a department, as in the rules);
- ``units_on_cloud``: administrative units of which a system runs on the cloud;
- ``units_complete``: units of which every system in use that is not classified does;
- ``largest_unit_systems``: systems on the cloud of the unit that has most of them;
- ``classes_on_cloud``, ``zones_on_cloud``: classes of demand, network zones of which a system does;
- ``rooms_built``: machine rooms opened from the claim's first day on.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from ..scenarios.schema import Claim, Scenario
from ..scenarios.world import World
from .timeline import Timeline, hour_of_month

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COUNTED = (
    "systems_on_cloud",
    "cloud_share",
    "departments_covered",
    "units_on_cloud",
    "units_complete",
    "largest_unit_systems",
    "classes_on_cloud",
    "zones_on_cloud",
    "rooms_built",
)


def tallies(scenario: Scenario, world: World, timeline: Timeline) -> Floats:
    """The figure of each claim, shape (claims,); NaN for those that count nothing named above."""
    counted = [
        _figure(scenario, world, timeline, claim) if claim.metric in COUNTED else np.nan
        for claim in scenario.claims
    ]
    return np.array(counted, dtype=np.float64)


def _figure(scenario: Scenario, world: World, timeline: Timeline, claim: Claim) -> float:
    if claim.metric == "rooms_built":
        return _rooms_built(scenario, world, timeline, claim)
    hour = last_hour(world, claim)
    systems = world.estate.systems
    used, on_cloud = in_use(world, timeline, hour)
    mine = _spoken_of(scenario, world, claim)
    meant, there = mine & used & ~systems.classified, mine & used & on_cloud
    units = systems.unit[there]
    match claim.metric:
        case "systems_on_cloud":
            return float(there.sum())
        case "cloud_share":
            return _share(int((meant & there).sum()), int(meant.sum()))
        case "departments_covered":
            return _covered(systems.room, meant & (systems.arrives_month == 0), there)
        case "units_on_cloud":
            return _distinct(units)
        case "units_complete":
            return float(len(np.setdiff1d(units, systems.unit[meant & ~there])))
        case "largest_unit_systems":
            return float(np.bincount(units, minlength=1).max())
        case "classes_on_cloud":
            return _distinct(systems.demand_class[there])
    return _distinct(systems.zone[there])


def last_hour(world: World, claim: Claim) -> int:
    """The last hour of a claim's day; of the run if it names none, or one beyond the run."""
    clock = world.clock
    if claim.by is None:
        return clock.hours - 1
    return min(clock.hour_of(claim.by + timedelta(days=1)), clock.hours) - 1


def in_use(world: World, timeline: Timeline, hour: int) -> tuple[Bools, Bools]:
    """Which systems are in use in an hour, and which of them run on the cloud, shape (systems,) each."""
    systems, servers, clock = world.estate.systems, world.estate.servers, world.clock
    used = hour_of_month(clock, systems.arrives_month) <= hour
    used &= hour_of_month(clock, systems.retires_month) > hour
    there = (timeline.cloud_on_h <= hour) & (timeline.cloud_off_h > hour)
    on_cloud = np.zeros(len(systems.id), dtype=np.bool_)
    on_cloud[servers.system[there]] = not timeline.in_rooms
    return used, on_cloud


def _spoken_of(scenario: Scenario, world: World, claim: Claim) -> Bools:
    """Systems of the levels of government and classes of demand that a claim names; all if it names none."""
    systems, units = world.estate.systems, world.estate.units
    levels = [row for row, name in enumerate(scenario.estate.levels) if name in claim.levels]
    classes = [row for row, name in enumerate(scenario.demand.classes) if name in claim.classes]
    of_level = np.isin(units.level[systems.unit], levels) if claim.levels else True
    of_class = np.isin(systems.demand_class, classes) if claim.classes else True
    return np.ones(len(systems.id), dtype=np.bool_) & of_level & of_class


def _covered(room: NDArray[np.int32], meant: Bools, there: Bools) -> float:
    departments = np.unique(room[meant])
    return _share(int(np.isin(departments, room[there]).sum()), len(departments))


def _rooms_built(scenario: Scenario, world: World, timeline: Timeline, claim: Claim) -> float:
    rooms, units = world.estate.rooms, world.estate.units
    since_h = 1 if claim.since is None else world.clock.hour_of(claim.since)
    opens, closes = timeline.room_open_h, timeline.room_close_h
    built = (opens >= max(since_h, 1)) & (opens <= last_hour(world, claim)) & (closes > opens)
    if claim.levels:
        levels = [row for row, name in enumerate(scenario.estate.levels) if name in claim.levels]
        built &= np.isin(units.level[rooms.unit], levels)
    return float(built.sum())


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _distinct(rows: NDArray[np.integer]) -> float:
    return float(len(np.unique(rows)))
