"""Time of the flows against drawing one float32 normal per component and step with NumPy's SFC64.

A province-like estate: 4,500 components in 350 rooms, a quarter of them idle, the others at 8 % mean
utilisation; one alternative keeps the rooms, the other moves nearly all to 150 hosts within 12 months.
Prints one line of JSON; run ``python benchmarks/bench_flow.py [months [step_minutes]]``.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, fields
from datetime import date
from statistics import median

import numpy as np
from numpy.random import SFC64, Generator

from roomfold.scenarios.clock import Clock
from roomfold.scenarios.estate import NEVER
from roomfold.sim.block import Fleet
from roomfold.sim.cloud import CloudSites
from roomfold.sim.demand import Demand
from roomfold.sim.downtime import Downtime, rooms_down, servers_down
from roomfold.sim.facility import calibrate
from roomfold.sim.integrate import Future, integrate
from roomfold.sim.power import Curves
from roomfold.sim.rooms import RoomSites
from roomfold.sim.timeline import CLOUD, Outages, Timeline

IDLE_SHARE = 0.25
MOVED_SHARE = 0.95
REPEATS = 3
# Dell PowerEdge R710 and R720 (SPECpower_ssj2008), W and ssj_ops.
WATTS = np.array(
    [
        [68.8, 95.1, 110, 123, 136, 150, 165, 182, 199, 215, 229],
        [51.2, 79.2, 92.4, 106, 120, 133, 147, 165, 188, 217, 244],
    ]
)
SSJ_OPS = np.array([9.0e5, 1.5e6])


@dataclass(frozen=True)
class Size:
    """How large the estate is and how long it runs."""

    months: int = 12
    step_minutes: int = 60
    components: int = 4500
    rooms: int = 350
    hosts: int = 150

    @property
    def samples(self) -> int:
        """Components times steps."""
        return self.components * _clock(self).hours * 60 // self.step_minutes


def main(months: int, step_minutes: int) -> None:
    """Measure and print."""
    size = Size(months, step_minutes)
    fleet, sites, futures = estate(size)
    normals, flows = [], []
    integrate(fleet, sites, futures)  # compiles where the cache has nothing
    for _ in range(REPEATS):
        normals.append(_seconds(lambda: draw_normals(size.samples)))
        flows.append(_seconds(lambda: integrate(fleet, sites, futures)))
    report = {
        "samples": size.samples,
        "step_minutes": step_minutes,
        "alternatives": len(futures),
        "flow_ns_per_sample": round(median(flows) / size.samples * 1e9, 2),
        "sfc64_ns_per_normal": round(median(normals) / size.samples * 1e9, 2),
        "ratio": round(median(f / n for f, n in zip(flows, normals, strict=True)), 3),
    }
    print(json.dumps(report))


def estate(size: Size) -> tuple[Fleet, RoomSites, list[Future]]:
    """A fleet in its rooms and the two alternatives."""
    rng = np.random.default_rng(1)
    clock, components = _clock(size), size.components
    old = (rng.random(components) < 0.6).astype(np.int32)
    curve = np.stack([1 - old, np.ones_like(old)], axis=1).astype(np.int32)
    refresh = rng.integers(0, 72, components)
    used = rng.lognormal(np.log(0.08), 0.5, components).clip(0.01, 0.4) * SSJ_OPS[curve[:, 0]]
    idle = rng.random(components) < IDLE_SHARE
    profile = np.stack(
        [1 + 0.8 * np.sin(2 * np.pi * (np.arange(clock.hours) - 8) / 24 + k) for k in range(5)]
    )
    demand = Demand(
        seed=1,
        world=0,
        clock=clock,
        ids=np.arange(components, dtype=np.int32),
        classes=rng.integers(0, 5, components).astype(np.int32),
        mean_ssj=np.where(idle, 0.0, used),
        noise=np.full(components, 0.2),
        day_share=np.full(5, 0.3),
        hour_share=np.full(5, 0.25),
        common_share=np.full(5, 0.2),
        growth=0.1,
        profile_root=np.sqrt(profile).astype(np.float32),
    )
    room = rng.integers(0, size.rooms, components)
    fleet = Fleet(demand, Curves.of(WATTS, SSJ_OPS), curve, np.full(components, 1.8), room)
    generations = np.stack([np.zeros(components, dtype=np.int64), refresh], axis=1)
    outages = (
        _outages(rng, components, 3e4, 30, clock.hours),
        _outages(rng, size.rooms, 6e3, 4, clock.hours),
    )
    moves = rng.random(components) < MOVED_SHARE
    futures = [
        _future(size, fleet, generations, outages, moves & (alternative == 1), rng)
        for alternative in range(2)
    ]
    return fleet, _sites(size, fleet), futures


def _future(
    size: Size,
    fleet: Fleet,
    generations: np.ndarray,
    outages: tuple[Outages, Outages],
    moves: np.ndarray,
    rng: np.random.Generator,
) -> Future:
    clock = fleet.demand.clock
    n, horizon = size.components, clock.hours
    cut = np.where(moves, 24 * rng.integers(30, 360, n), NEVER).astype(np.int32)
    off = np.where(moves, cut.astype(np.int64) + 30 * 24, horizon).astype(np.int32)
    generations = generations.copy()
    generations[moves, 1] = NEVER
    last = np.zeros(size.rooms, dtype=np.int32)
    np.maximum.at(last, fleet.room, off)
    columns = {
        "server_on_h": np.zeros(n, dtype=np.int32),
        "server_off_h": off,
        "cloud_on_h": cut,
        "cloud_off_h": np.full(n, horizon, dtype=np.int32),
        "generation_month": generations.astype(np.int32),
        "room_open_h": np.zeros(size.rooms, dtype=np.int32),
        "room_close_h": last,
        "host_on_h": np.zeros(size.hosts, dtype=np.int32),
        "server_outages": outages[0],
        "host_outages": _outages(rng, size.hosts, 3e4, 8, horizon),
        "room_outages": outages[1],
    }
    unread = {f.name: np.empty(0, dtype=np.int32) for f in fields(Timeline) if f.name not in columns}
    timeline = Timeline(**columns, **unread)
    return Future(
        timeline=timeline,
        host=np.where(moves, rng.integers(0, size.hosts, n), -1),
        room=fleet.room,
        rebound=0.05,
        down=servers_down(*outages, fleet.room),
        rooms_down=rooms_down(outages[1]),
        cloud=_cloud(size, fleet, timeline) if moves.any() else None,
    )


def _cloud(size: Size, fleet: Fleet, timeline: Timeline) -> CloudSites:
    hosts = fleet.curves.machines(np.ones(size.hosts, dtype=np.int32), np.full(size.hosts, 1.8))
    facility = calibrate(
        rated_w=np.array([6e4]),
        ups=np.array([[0.02, 0.03, 0.02]]),
        pue=np.array([1.5]),
        cooling_fixed_share=np.array([0.3]),
        lighting_w=np.zeros(1),
        it_w=np.array([4e4]),
    )
    down = Downtime(np.full(1, CLOUD), np.array([100.0]), np.array([101.5]))
    site = np.zeros(size.hosts, dtype=np.int64)
    return CloudSites(
        site, hosts, hosts.ssj_ops * 4, timeline.host_on_h, 0.3, 0.1, facility, down, timeline.host_outages
    )


def _sites(size: Size, fleet: Fleet) -> RoomSites:
    machines = fleet.curves.machines(fleet.generation_curve[:, 0], fleet.config_factor)
    nominal = np.bincount(fleet.room, machines.idle_w, minlength=size.rooms)
    facility = calibrate(
        rated_w=nominal * 3,
        ups=np.tile([0.03, 0.04, 0.02], (size.rooms, 1)),
        pue=np.full(size.rooms, 2.1),
        cooling_fixed_share=np.full(size.rooms, 0.5),
        lighting_w=np.full(size.rooms, 200.0),
        it_w=nominal * 1.3,
    )
    return RoomSites(facility, 0.2 * nominal, np.full(size.rooms, 0.1))


def _outages(rng: np.random.Generator, things: int, between_h: float, length_h: float, hours: int) -> Outages:
    n = int(things * hours / between_h)
    start = np.sort(rng.uniform(0, hours, n))
    end = start + rng.exponential(length_h, n)
    return Outages(rng.integers(0, things, n).astype(np.int32), start, end, np.full(n, -1, dtype=np.int32))


def _clock(size: Size) -> Clock:
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[np.arange(size.months) % 12]
    edges = np.concatenate([[0], np.cumsum(days)]) * 24
    workday = np.ones(days.sum(), dtype=bool)
    return Clock(date(2014, 1, 1), -(-size.months // 12), edges, workday, 60 // size.step_minutes)


def draw_normals(samples: int) -> None:
    """Draw so many float32 normals, a piece in cache at a time."""
    generator = Generator(SFC64(1))
    out = np.empty((256, 744), dtype=np.float32)
    for _ in range(-(-samples // out.size)):
        generator.standard_normal(out=out, dtype=np.float32)


def _seconds(call: object) -> float:
    assert callable(call)
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


if __name__ == "__main__":
    main(*(int(text) for text in [*sys.argv[1:3], *("12", "60")[len(sys.argv) - 1 :]]))
