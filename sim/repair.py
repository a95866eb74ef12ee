"""Repair: failed machines wait for a team of their crew, first come, first served.

A team is bound for the first part of a repair (the way there, finding the fault, the work of hands);
the rest, until the part has come and is in, binds nobody. Failures that come while a machine is down
are void, waiting included. Repairs at hand or waiting end when the machine's service ends.

How long a repair takes belongs to the failure, not to the team: whoever comes, and whenever, works the
same time. Two futures of a world differ by the waiting alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..scenarios.schema import Reliability
from ..scenarios.world import World
from .grid import up_to_grid
from .teams import Teams
from .timeline import Ints, Repairs

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

_DIGITS = 9  # parts of machines sum up to whole ones


@dataclass(frozen=True)
class Crews:
    """Who repairs what.

    Attributes:
        of: crew of each machine, shape (machines,).
        teams: teams of each crew, shape (crews,), each >= 1.
        bound_share: share of a repair for which it binds a team.
        part: of a machine that each is, for parts that fail with the whole, shape (machines,); all whole if
            None.
    """

    of: Rows
    teams: Rows
    bound_share: float
    part: Floats | None = None

    @classmethod
    def sized(
        cls,
        crew: NDArray[np.integer],
        machines_per_team: float,
        share: float,
        part: Floats | None = None,
    ) -> Crews:
        """One team in each crew, and another for each further ``machines_per_team``; ``part`` as above."""
        of = crew.astype(np.int64)
        machines = np.round(np.bincount(of, part), _DIGITS)
        teams = np.ceil(machines / machines_per_team)
        return cls(of, np.maximum(teams, 1).astype(np.int64), share, part)


@dataclass(frozen=True)
class Failures:
    """What fails if it is up, in any order, shape (failures,) each; hours on the grid."""

    row: Rows
    start_h: Floats
    repair_h: Floats


def field_crews(reliability: Reliability, world: World) -> Crews:
    """Crews for the servers in rooms: one for all, one per level or one per unit.

    They are as large as all servers that ever stand in rooms without a cloud need; a crew does not
    shrink when rooms close.
    """
    units, systems = world.estate.units, world.estate.systems
    unit = systems.unit[world.estate.servers.system]
    crew = {"estate": np.zeros_like(unit), "level": units.level[unit], "unit": unit}[reliability.field_crews]
    per_team, share = world.of(reliability.servers_per_team), world.of(reliability.team_share)
    part = world.estate.servers.machine_share
    return Crews.sized(crew, per_team, share, part)


def host_crews(reliability: Reliability, world: World, room: NDArray[np.integer]) -> Crews:
    """Crews for hosts in rooms, beside those for servers: as many people look after as many machines.

    Args:
        room: of each host, shape (hosts,).
    """
    units = world.estate.units
    unit = world.estate.rooms.unit[room]
    crew = {"estate": np.zeros_like(unit), "level": units.level[unit], "unit": unit}[reliability.field_crews]
    per_team = world.of(reliability.servers_per_team)
    return Crews.sized(crew, per_team, world.of(reliability.team_share))


def site_crews(reliability: Reliability, world: World, site: Rows) -> Crews:
    """The crew of each cloud site; ``site`` of each host, shape (hosts,)."""
    return Crews.sized(site, world.of(reliability.hosts_per_team), world.of(reliability.team_share))


def repairs(failures: Failures, on_h: Ints, off_h: Ints, crews: Crews) -> Repairs:
    """Repairs of machines in service, in order of failure, then of row.

    Args:
        on_h, off_h: service of each machine, shape (machines,).
    """
    row, start_h = failures.row, failures.start_h
    inside = np.flatnonzero((start_h >= on_h[row]) & (start_h < off_h[row]))
    order = inside[np.lexsort((row[inside], start_h[inside]))]
    row, start_h, repair_h = row[order], start_h[order], failures.repair_h[order]
    part = 1.0 if crews.part is None else crews.part[row]
    bound_h = up_to_grid(repair_h * crews.bound_share * part)
    teams = [Teams(count) for count in crews.teams.tolist()]
    up_again = [0.0] * len(on_h)
    found: list[tuple[int, float, float, float]] = []
    columns = (row, start_h, repair_h, bound_h, off_h[row], crews.of[row])
    for machine, start, repair, bound, off, crew in zip(*(c.tolist() for c in columns), strict=True):
        if start < up_again[machine]:
            continue
        begun = teams[crew].take(start, bound, off)
        end = min(begun + repair, float(off))
        up_again[machine] = end
        found.append((machine, start, begun, end))
    table = np.array(found, dtype=np.float64).reshape(-1, 4)
    return Repairs(table[:, 0].astype(np.int32), table[:, 1], table[:, 2], table[:, 3])
