"""Crews and their repairs: who looks after what, and each repair worked out machine by machine."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import numpy as np
import pytest

from roomfold.sim.repair import Crews, Failures, field_crews, host_crews, repairs, site_crews
from roomfold.sim.teams import ALWAYS, Teams

from . import small
from .small import System

GRID = 4096


def one_by_one(failed: Failures, on_h, off_h, crews: Crews) -> list[tuple[int, float, float, float]]:
    """Failures in the order in which they come: the first team of the crew that is free takes each."""
    free = [[0.0] * count for count in crews.teams.tolist()]
    up, found = [0.0] * len(on_h), []
    rows = zip(failed.start_h.tolist(), failed.row.tolist(), failed.repair_h.tolist(), strict=True)
    for start, row, repair in sorted(rows):
        if not on_h[row] <= start < off_h[row] or start < up[row]:
            continue
        teams, off = free[crews.of[row]], float(off_h[row])
        part = 1.0 if crews.part is None else float(crews.part[row])
        begun = max(start, min(teams))
        if begun < off:
            bound = ceil(repair * crews.bound_share * part * GRID) / GRID
            teams[teams.index(min(teams))] = min(begun + bound, off)
        begun = min(begun, off)
        up[row] = min(begun + repair, off)
        found.append((row, start, begun, up[row]))
    return found


@pytest.mark.parametrize("seed", range(8))
def test_every_repair_is_begun_when_a_team_is_free(seed: int) -> None:
    """Whole hours, so that much happens at one instant; machines come and go, two crews, whole and parts."""
    rng = np.random.default_rng(seed)
    n, machines = 120, 9
    place = rng.permutation(
        np.unique(rng.integers(0, 90 * machines, n))
    )  # a machine fails once at an instant
    failed = Failures(place % machines, place // machines * 1.0, rng.integers(1, 30, len(place)) * 1.0)
    on_h = np.where(rng.random(machines) < 0.5, rng.integers(0, 40, machines), 0).astype(np.int32)
    off_h = np.where(rng.random(machines) < 0.5, rng.integers(40, 90, machines), 1000).astype(np.int32)
    part = None if seed % 2 else rng.choice([0.3, 1.0], machines)
    crews = Crews(rng.integers(0, 2, machines), np.array([1, 2]), [0.0, 0.37, 1.0][seed % 3], part)
    found = repairs(failed, on_h, off_h, crews)
    columns = (found.what, found.failed_h, found.begun_h, found.ended_h)
    expected = one_by_one(failed, on_h, off_h, crews)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == expected
    assert len(expected) > 20 and found.what.dtype == np.int32


def land(crews: str) -> tuple:
    """Three rooms of three units, two of them of one level; two machines a team."""
    given = (
        f"reliability.field_crews={crews}",
        "reliability.servers_per_team=2",
        "reliability.team_share=0.4",
    )
    systems = [System(0, servers=[False] * 3), System(1), System(2, servers=[False] * 5)]
    scenario, world = small.made(systems, *given, "reliability.hosts_per_team=3")
    units = small.take(world.estate.units, [0, 0, 0])
    units = replace(units, id=np.arange(3, dtype=np.int32), level=np.array([0, 1, 0], dtype=np.int32))
    rooms = replace(world.estate.rooms, unit=np.array([2, 0, 1], dtype=np.int32))
    owners = replace(world.estate.systems, unit=np.array([2, 0, 1], dtype=np.int32))
    share = np.ones(9)
    share[-2:] = 0.5
    servers = replace(world.estate.servers, machine_share=share)
    estate = replace(world.estate, units=units, rooms=rooms, systems=owners, servers=servers)
    return scenario.reliability, replace(world, estate=estate)


@pytest.mark.parametrize(
    ("kind", "of", "teams", "hosts", "host_teams"),
    [
        ("estate", [0] * 9, [4], [0, 0, 0, 0], [2]),
        ("level", [0, 0, 0, 0, 1, 1, 1, 1, 1], [2, 2], [0, 0, 1, 1], [1, 1]),
        ("unit", [2, 2, 2, 0, 1, 1, 1, 1, 1], [1, 2, 2], [2, 0, 1, 1], [1, 1, 1]),
    ],
)
def test_crews_of_servers_and_of_hosts_in_their_rooms(kind, of, teams, hosts, host_teams) -> None:
    """Unit 2 has three machines, 0 has one, 1 three and two halves; two of four hosts stand in its room."""
    reliability, world = land(kind)
    found = field_crews(reliability, world)
    assert (found.of.tolist(), found.teams.tolist()) == (of, teams)
    assert found.bound_share == 0.4 and np.array_equal(found.part, world.estate.servers.machine_share)
    found = host_crews(reliability, world, np.array([0, 1, 2, 2]))
    assert (found.of.tolist(), found.teams.tolist(), found.part) == (hosts, host_teams, None)
    assert found.bound_share == 0.4


def test_crews_of_sites() -> None:
    """Three hosts a team: four at the first site, none at the second, three at the third."""
    reliability, world = land("unit")
    found = site_crews(reliability, world, np.array([0, 2, 0, 0, 2, 0, 2]))
    assert (found.of.tolist(), found.teams.tolist(), found.part) == ([0, 2, 0, 0, 2, 0, 2], [2, 1, 1], None)
    assert found.bound_share == 0.4


def test_places_of_those_who_gave_up_are_free_again_in_whatever_order_they_came() -> None:
    """One team, bound until 100, two places: who came last is withdrawn first."""
    teams = Teams(1, places=2)
    assert [teams.take(0, 100), teams.take(1, 5, 50), teams.take(2, 5, 10)] == [0, 50, 10]
    assert teams.turns_away(9) and not teams.turns_away(10) and not teams.turns_away(20)
    assert teams.take(20, 5, 30) == 30
    assert teams.turns_away(25) and not teams.turns_away(45)
    assert teams.take(60, 7) == 100 and teams.take(61, 5, ALWAYS) == 107
    with pytest.raises(ValueError, match="got -1 teams, must be at least 1"):
        Teams(-1)
