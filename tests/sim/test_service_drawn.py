"""Who was down, against a look at every eighth of an hour of random stories; times are on that grid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from roomfold.optimize.plan import Plan
from roomfold.scenarios.estate import NEVER
from roomfold.scenarios.schema import Scenario
from roomfold.scenarios.world import World
from roomfold.sim.events import happen
from roomfold.sim.service import hosts_down, service, systems_down
from roomfold.sim.timeline import Outages, Recoveries, Timeline

from . import build, small, two_sites
from .small import System

HOURS = 96  # in which all of it happens
EIGHTHS = HOURS * 8
SERVERS = [
    System(0, servers=[False, False, True]),
    System(1),
    System(1, servers=[False] * 3),
    System(2),
    System(0),
]
HOSTS = 6


def some(rng: np.random.Generator, things: list[int], each: int, covers: int = 0) -> Outages:
    """Outages of things, those of one thing apart from one another; with standby hosts if asked."""
    rows = []
    for thing in things:
        edges = np.unique(rng.integers(0, EIGHTHS, 2 * each)) / 8
        for start, end in edges[: len(edges) // 2 * 2].reshape(-1, 2).tolist():
            cover = int(rng.integers(-1, covers)) if covers else -1
            rows.append((thing, start, end, -1 if cover == thing else cover))
    return build.outages(rows)


def story(seed: int) -> tuple[Scenario, World, Plan, Timeline, np.random.Generator]:
    """Five systems of nine components in three rooms; most run on hosts at two sites for a while."""
    rng = np.random.default_rng(seed)
    scenario, world = small.made(SERVERS, *two_sites.SITES, "reliability.restart_minutes=22.5")
    n = len(world.estate.servers.id)
    plan = two_sites.plan(world)
    hosted = rng.random(n) < 0.7
    hosts = replace(plan.hosts, pool=np.array([0, 0, 0, 1, 1, 1, 1, 1], dtype=np.int32))
    placement = np.where(hosted, rng.integers(0, HOSTS, n), -1).astype(np.int32)
    backup = np.where(hosted & (placement < 3) & (rng.random(n) < 0.6), rng.integers(0, 2, n), -1)
    assert plan.recovery is not None
    recovery = replace(plan.recovery, placement=backup.astype(np.int32))
    plan = replace(plan, hosts=hosts, placement=placement, recovery=recovery)
    cloud_on = np.where(hosted, rng.integers(0, HOURS // 2, n), NEVER)
    server_on = np.where(rng.random(n) < 0.3, rng.integers(0, HOURS // 4, n), 0)
    server_on = np.where(hosted & (rng.random(n) < 0.3), NEVER, server_on)
    off = np.where(
        hosted, np.minimum(cloud_on + rng.integers(0, 9, n), NEVER), rng.integers(HOURS // 2, HOURS, n)
    )
    cloud_off = np.where(rng.random(n) < 0.5, cloud_on + rng.integers(1, HOURS // 2, n), NEVER)
    sites = rng.integers(0, 2, 5)
    lost = np.sort(rng.integers(0, EIGHTHS, 5)) / 8
    begins = lost + rng.integers(0, 16, 5) / 8
    timeline = replace(
        happen(scenario, world, plan),
        server_on_h=server_on.astype(np.int32),
        server_off_h=np.where(server_on == NEVER, NEVER, off).astype(np.int32),
        cloud_on_h=cloud_on.astype(np.int32),
        cloud_off_h=np.where(hosted, np.minimum(cloud_off, NEVER), NEVER).astype(np.int32),
        server_outages=some(rng, list(range(n)), 3),
        host_outages=some(rng, list(range(8)), 5, covers=8),
        room_outages=some(rng, [0, 1, 2, -1, -2], 3),
        recoveries=Recoveries(sites.astype(np.int32), lost, begins, begins + rng.integers(0, 80, 5) / 8),
    )
    return scenario, world, plan, timeline, rng


def out(outages: Outages, what: int, hour: float) -> bool:
    mine = outages.what == what
    return bool(((outages.start_h[mine] <= hour) & (hour < outages.end_h[mine])).any())


def host_down(failed: Outages, host: int, hour: float, restart_h: float, after: int = -1) -> bool:
    """Whether what runs on a host is down: it failed, and its cover has not taken over or is down in turn."""
    for i in range(after + 1, len(failed.what)):
        if failed.what[i] == host and failed.start_h[i] <= hour < failed.end_h[i]:
            cover = int(failed.cover[i])
            if cover < 0 or hour < failed.start_h[i] + restart_h:
                return True
            if host_down(failed, cover, hour, restart_h, i):
                return True
    return False


def component_down(world: World, plan: Plan, time: Timeline, row: int, hour: float, restart_h: float) -> bool:
    """Whether a component that should serve at an hour does not."""
    servers = world.estate.servers
    if time.server_on_h[row] <= hour < min(time.server_off_h[row], time.cloud_on_h[row]):
        room = int(world.estate.systems.room[servers.system[row]])
        return out(time.server_outages, row, hour) or out(time.room_outages, room, hour)
    if not time.cloud_on_h[row] <= hour < time.cloud_off_h[row]:
        return False
    host, found = int(plan.placement[row]), time.recoveries
    site = int(plan.hosts.pool[host])
    spared = (found.site == site) & (found.start_h <= hour) & (hour < found.end_h)
    if plan.recovery is not None and plan.recovery.placement[row] >= 0 and spared.any():
        return False
    return out(time.room_outages, -1 - site, hour) or host_down(time.host_outages, host, hour, restart_h)


def slow(world: World, plan: Plan, time: Timeline, restart_h: float) -> list[set[int]]:
    """Eighths of an hour in which each system is down."""
    servers, found = world.estate.servers, []
    for system in range(len(world.estate.systems.id)):
        rows = np.flatnonzero((servers.system == system) & ~servers.zombie)
        down = {
            eighth
            for eighth in range(EIGHTHS + 200)
            if any(component_down(world, plan, time, row, eighth / 8, restart_h) for row in rows)
        }
        found.append(down)
    return found


def runs(eighths: set[int]) -> list[tuple[float, float]]:
    first = sorted(e for e in eighths if e - 1 not in eighths)
    last = sorted(e + 1 for e in eighths if e + 1 not in eighths)
    return [(a / 8, b / 8) for a, b in zip(first, last, strict=True)]


def hours_of(world: World, time: Timeline) -> int:
    """Hours for which systems should serve: from the first of their components to the last."""
    servers, total = world.estate.servers, 0
    for system in range(len(world.estate.systems.id)):
        rows = np.flatnonzero((servers.system == system) & ~servers.zombie)
        begins = min(min(time.server_on_h[row], time.cloud_on_h[row]) for row in rows)
        ends = 0
        for row in rows:
            moved, stands = time.cloud_on_h[row] != NEVER, time.server_on_h[row] != NEVER
            if moved or stands:
                end = time.cloud_off_h[row] if moved else time.server_off_h[row]
                ends = max(ends, min(int(end), world.clock.hours))
        total += max(ends - min(int(begins), world.clock.hours), 0)
    return total


@pytest.mark.parametrize("seed", range(3))
def test_every_system_is_down_when_any_of_its_components_is(seed: int) -> None:
    scenario, world, plan, timeline, rng = story(seed)
    found = systems_down(scenario, world, plan, timeline)
    expected = slow(world, plan, timeline, 0.375)
    rows = [(system, *run) for system, down in enumerate(expected) for run in runs(down)]
    assert list(zip(found.what.tolist(), found.start_h.tolist(), found.end_h.tolist(), strict=True)) == rows
    columns = ("demand_mssj", "unserved_mssj", "hosts_loaded", "hosts_overloaded")
    series = {name: rng.uniform(0, 1, world.clock.hours) for name in columns}
    summed = service(scenario, world, plan, timeline, series)
    lost = sum(map(len, expected)) / 8
    assert summed.system_hours_lost == pytest.approx(lost, rel=1e-12)
    assert summed.availability == pytest.approx(1 - lost / hours_of(world, timeline), rel=1e-12)
    assert summed.worst_down == max(sum(e in down for down in expected) for e in range(EIGHTHS + 200))
    for share, part, whole in (
        (summed.unserved_share, "unserved_mssj", "demand_mssj"),
        (summed.overload_share, "hosts_overloaded", "hosts_loaded"),
    ):
        assert share == pytest.approx(series[part].sum() / series[whole].sum(), rel=1e-12)
    bare = slow(world, plan, replace(timeline, recoveries=Recoveries.none()), 0.375)
    recovered = summed.recovered
    assert recovered is not None and recovered.takeovers == 5
    assert recovered.system_hours_lost_without == pytest.approx(sum(map(len, bare)) / 8, rel=1e-12)
    assert recovered.worst_down_without == max(sum(e in down for down in bare) for e in range(EIGHTHS + 200))
    for hours, downs in ((recovered.worst_day_hours, expected), (recovered.worst_day_hours_without, bare)):
        days = [sum(len([e for e in down if e // 192 == day]) for down in downs) / 8 for day in range(6)]
        assert hours == pytest.approx(max(days), rel=1e-12)
    there = 0
    for site, hour in zip(timeline.recoveries.site, timeline.recoveries.lost_h, strict=True):
        runs_there = (plan.placement >= 0) & (plan.hosts.pool[plan.placement] == site)
        runs_there &= (
            (plan.recovery.placement >= 0) & (timeline.cloud_on_h <= hour) & (hour < timeline.cloud_off_h)
        )
        there += len(set(world.estate.servers.system[runs_there].tolist()))
    assert recovered.data_lost_minutes == pytest.approx(there * 20.0 / 2)


@pytest.mark.parametrize("seed", range(20))
def test_hosts_are_down_until_a_standby_runs_their_load(seed: int) -> None:
    """Failures of four hosts that stand in for one another."""
    rng = np.random.default_rng(seed)
    failed = some(rng, list(range(4)), 6, covers=4)
    host, start, end = hosts_down(failed, 0.375)
    for row in range(4):
        expected = {e for e in range(EIGHTHS) if host_down(failed, row, e / 8, 0.375)}
        mine = {
            e
            for a, b in zip(start[host == row].tolist(), end[host == row].tolist(), strict=True)
            for e in range(int(a * 8), int(b * 8))
        }
        assert mine == expected
    assert (start < end).all() and ((start * 8) % 1 == 0).all()


@pytest.mark.parametrize("seed", range(2))
def test_what_runs_on_hosts_in_rooms_is_down_with_its_room(seed: int) -> None:
    """Outages of rooms count on the host as on the server; those of sites are of no account."""
    scenario, world, plan, timeline, _ = story(seed)
    servers = world.estate.servers
    room = world.estate.systems.room[servers.system]
    pool = np.arange(3, dtype=np.int32)
    hosts = replace(plan.hosts, pool=np.array([0, 0, 1, 1, 2, 2, 2, 2], dtype=np.int32))
    placement = np.where(plan.placement >= 0, 2 * room + servers.id % 2, -1).astype(np.int32)
    plan = replace(
        plan,
        hosts=hosts,
        placement=placement,
        recovery=None,
        pool_room=pool,
        pools=(("internet", 2),) * 3,
        sites=(),
    )
    out = timeline.room_outages
    mirrored = build.outages(
        [
            (what, start, end, -1)
            for row in range(len(out.what))
            if out.what[row] >= 0
            for start, end in [(float(out.start_h[row]), float(out.end_h[row]))]
            for what in (int(out.what[row]), -1 - int(out.what[row]))
        ]
    )
    found = systems_down(scenario, world, plan, timeline)
    expected = slow(world, plan, replace(timeline, room_outages=mirrored), 0.375)
    rows = [(system, *run) for system, down in enumerate(expected) for run in runs(down)]
    assert list(zip(found.what.tolist(), found.start_h.tolist(), found.end_h.tolist(), strict=True)) == rows


def test_who_never_serves_is_never_missed() -> None:
    """No component is ever on: nothing can be lost, and all of nothing is available."""
    scenario, world, plan, timeline, _ = story(0)
    never = {name: np.full_like(timeline.server_on_h, NEVER) for name in ("server_on_h", "server_off_h")}
    never |= {name: np.full_like(timeline.cloud_on_h, NEVER) for name in ("cloud_on_h", "cloud_off_h")}
    series = {
        name: np.zeros(9) for name in ("demand_mssj", "unserved_mssj", "hosts_loaded", "hosts_overloaded")
    }
    found = service(scenario, world, plan, replace(timeline, **never), series)
    shares = (found.availability, found.unserved_share, found.overload_share)
    assert shares == (1, 0, 0) and (found.system_hours_lost, found.worst_down) == (0, 0)
    assert found.recovered is not None and found.recovered.worst_day_hours == 0
    # A system that serves for one hour, and is down for half of it.
    row, hour = int(np.flatnonzero(~world.estate.servers.zombie)[0]), 5
    for name, value in (("server_on_h", hour), ("server_off_h", hour + 1)):
        never[name] = never[name].copy()
        never[name][row] = value
    out = build.outages([(row, hour + 0.5, hour + 0.75, -1), (row, hour + 0.75, hour + 2.0, -1)])
    none = build.outages([])
    bare = replace(timeline, **never, server_outages=out, room_outages=none, recoveries=Recoveries.none())
    found = service(scenario, world, replace(plan, recovery=None), bare, series)
    assert (found.system_hours_lost, found.availability, found.recovered) == (0.5, 0.5, None)
