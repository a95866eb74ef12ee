"""Stories drawn at random, all alternatives in one pass, against the slow account of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from roomfold.scenarios.clock import Clock, Span
from roomfold.scenarios.errors import RoomfoldError
from roomfold.scenarios.estate import NEVER
from roomfold.sim import checkpoint, cloud
from roomfold.sim import integrate as pass_over
from roomfold.sim.block import Fleet, Parts
from roomfold.sim.downtime import Downtime, servers_down
from roomfold.sim.integrate import Flow, Future, integrate
from roomfold.sim.rooms import RoomSites

from . import build
from .killed_pass import digest
from .slow_flow import assert_same, slow_flow

SERVERS, ROOMS, HOSTS = 9, 4, 5
HOST_ROOMS = (0, 2, 3)
MEAN = np.array([1e5, 0.0, 9e5, 3e5, 2.6e6, 6e5, 0.0, 4e5, 1.5e6])


def machines(seed: int, months: int, steps_per_hour: int) -> Fleet:
    """Nine servers, or parts of them, in months of two or three days."""
    rng = np.random.default_rng(seed)
    edges = np.concatenate([[0], np.cumsum(rng.integers(2, 4, months))]) * 24
    share = [0.2, 0.3]
    made = build.demand(
        rng.permutation(MEAN),
        noise=0.25,
        growth=0.3,
        flat=False,
        steps_per_hour=steps_per_hour,
        hour_share=share,
    )
    start = made.clock.start.replace(day=1 + seed)
    clock = Clock(start, 2, edges, np.ones(edges[-1] // 24, dtype=bool), steps_per_hour)
    made = replace(made, clock=clock)
    curve, later = rng.integers(0, 3, SERVERS), rng.integers(0, 3, SERVERS)
    fleet = build.fleet(made, curve.tolist(), rng.integers(0, ROOMS, SERVERS).tolist(), later.tolist())
    if seed % 2:
        share = rng.uniform(0.2, 1.0, SERVERS)
        fleet = replace(fleet, parts=Parts(share, np.minimum(share + rng.uniform(0, 0.5, SERVERS), 1.0)))
    return fleet


def facilities(seed: int) -> RoomSites:
    """Four rooms that differ."""
    rng = np.random.default_rng(seed)
    made = build.facility(ROOMS, rng.uniform(300, 900, ROOMS), 1.9)
    return RoomSites(made, rng.uniform(0, 90, ROOMS), rng.uniform(0, 0.4, ROOMS))


@dataclass
class Draw:
    """Hours and what happens at them, on eighths of an hour."""

    rng: np.random.Generator
    hours: int

    def hour(self, first: int = 0) -> int:
        return int(self.rng.integers(first, self.hours))

    def some(self, count: int, chance: float, value: Callable[[int], int]) -> dict[int, int]:
        return {row: value(row) for row in range(count) if self.rng.random() < chance}

    def outages(self, things: list[int], each: int, covers: int = 0) -> list[tuple[int, float, float, int]]:
        """Of each thing; they do not overlap where hosts cover for it."""
        rows = []
        for thing in things:
            edges = np.sort(self.rng.integers(0, self.hours * 8, 2 * each)) / 8
            if not covers:
                edges[1::2] += self.rng.integers(0, 40, each) / 8
            for start, end in edges.reshape(-1, 2).tolist():
                end = min(end, start + self.rng.integers(1, 200) / 8)
                cover = int(self.rng.integers(-1, covers)) if covers else -1
                if end > start:
                    alike = cover != thing and (cover - thing) % 2 == 0  # hosts of one site
                    rows.append((thing, start, end, cover if covers and alike else -1))
        return rows


def staying(draw: Draw) -> build.Story:
    """Servers that come and go, are renewed and fail, in rooms that open, close and fail."""
    on = draw.some(SERVERS, 0.4, lambda _: draw.hour())
    room_open = draw.some(ROOMS, 0.5, lambda _: draw.hour() // 2)
    return build.Story(
        servers=SERVERS,
        rooms=ROOMS,
        hours=draw.hours,
        server_on={**on, 3: 24 * 3},
        server_off={**draw.some(SERVERS, 0.3, lambda row: draw.hour(on.get(row, 0))), 3: 24 * 5},
        refresh=draw.some(SERVERS, 0.5, lambda _: int(draw.rng.integers(0, 4))),
        room_open=room_open,
        room_close=draw.some(ROOMS, 0.6, lambda room: draw.hour(room_open.get(room, 0))),
        server_fails=draw.outages(list(range(SERVERS)), 3),
        room_fails=draw.outages(list(range(ROOMS)), 2),
    )


def moving(draw: Draw, stay: build.Story) -> build.Story:
    """The same, and some of them move to hosts of two sites, which fail and stand in for one another.

    Hosts 0 and 2 of the first site run some components of the second too while that is out, host 0 only then.
    """
    host = draw.some(SERVERS, 0.7, lambda _: int(draw.rng.integers(0, HOSTS)))
    host_on = {row: stay.room_open.get(HOST_ROOMS[row % 3], draw.hour() // 3) for row in range(HOSTS)}
    cloud_on = {row: draw.hour(host_on[at]) for row, at in host.items()}
    lost = np.sort(draw.rng.integers(0, draw.hours * 8, 6)).reshape(3, 2) / 8
    dual = {row: hour + int(draw.rng.integers(0, 60)) for row, hour in cloud_on.items()}
    return replace(
        stay,
        hosts=HOSTS,
        sites=2,
        host=host,
        host_on=host_on,
        host_site={row: row % 2 for row in range(HOSTS)},
        cloud_on=cloud_on,
        cloud_off={row: draw.hour(hour) for row, hour in cloud_on.items() if draw.rng.random() < 0.4},
        server_off={**stay.server_off, **dual},
        room_fails=[*stay.room_fails, *draw.outages([-1], 2), *[(-2, *pair, -1) for pair in lost.tolist()]],
        host_fails=draw.outages(list(range(HOSTS)), 4, covers=HOSTS),
        backup={row: at - 1 for row, at in host.items() if at % 2 and draw.rng.random() < 0.8},
        covers={0: 1, 2: 1},
        asleep=(0,),
        recoveries=[(1, start, (start + end) / 2, end) for start, end in lost.tolist()],
    )


def within(story: build.Story, room: np.ndarray) -> build.Story:
    """The story with servers in these rooms, on only while their room is open."""
    rooms = dict(enumerate(room.tolist()))
    on = {row: max(story.server_on.get(row, 0), story.room_open.get(at, 0)) for row, at in rooms.items()}
    off = {
        row: max(min(story.server_off.get(row, NEVER), story.room_close.get(at, NEVER)), on[row])
        for row, at in rooms.items()
    }
    return replace(story, server_on=on, server_off=off)


def in_rooms(future: Future, fleet: Fleet, room: np.ndarray) -> Future:
    """Components of these rooms, with hosts in three of them instead of at sites."""
    time, hosts, rooms = future.timeline, future.cloud, np.array(HOST_ROOMS)
    assert hosts is not None
    out, close_h = time.room_outages, time.room_close_h[rooms]
    mine = np.isin(out.what, rooms)
    down = Downtime.union(
        np.concatenate([-1 - np.searchsorted(rooms, out.what[mine]), -1 - np.arange(3)]),
        np.concatenate([out.start_h[mine], close_h]),
        np.concatenate([out.end_h[mine], np.maximum(close_h, fleet.demand.clock.hours)]),
    )
    inside = replace(
        hosts, site=np.arange(HOSTS) % 3, overhead_it=9.0, facility=build.facility(3), down=down, backup=None
    )
    servers = servers_down(time.server_outages, out, room)
    return replace(future, cloud=None, in_rooms=inside, host_rooms=rooms, room=room, down=servers)


class Ramp:
    """Demand that climbs through each day, higher for later components."""

    def fill(self, components: np.ndarray, span: Span, out: np.ndarray) -> None:
        step = span.first_step + np.arange(span.steps)
        out[:] = (1 + components[:, None] % 3) * 2e5 * (1 + step % span.steps_per_day / span.steps_per_day)


@pytest.mark.parametrize(
    ("seed", "months", "per", "block"),
    [(0, 14, 1, 3), (1, 4, 2, 4), (2, 4, 2, 100), (3, 4, 1, 1), (4, 4, 3, 9)],
)
def test_all_that_flows_equals_the_slow_account(
    monkeypatch: pytest.MonkeyPatch, seed: int, months: int, per: int, block: int
) -> None:
    """The second has hours in which every machine is down; the third a workload of its own, day by day.

    In the last, hosts are taken two at a time.
    """
    fleet, rng = machines(seed, months, per), np.random.default_rng(100 + seed)
    if seed == 2:
        fleet = replace(fleet, workload=Ramp())
        monkeypatch.setattr(pass_over, "SPAN_STEPS", 24)
    if seed == 4:
        monkeypatch.setattr(cloud, "_HOSTS_AT_ONCE", 2)
    hours, sites = fleet.demand.clock.hours, facilities(seed)
    stay, room = staying(Draw(rng, hours)), rng.permutation(fleet.room)
    move = moving(Draw(rng, hours), stay)
    told = {"rebound": 0.2, "restart_h": 0.375}
    futures = [
        within(stay, fleet.room).future(fleet),
        within(move, fleet.room).future(fleet, **told),
        in_rooms(within(move, room).future(fleet, **told), fleet, room),
    ]
    tariff = None if seed == 3 else rng.uniform(0.5, 1.5, hours)
    for future, found in zip(
        futures, integrate(fleet, sites, futures, block=block, tariff=tariff), strict=True
    ):
        assert_same(found, slow_flow(fleet, sites, future, tariff))


@pytest.mark.parametrize("month", [1, 3])
def test_a_pass_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, month: int) -> None:
    """With and without hosts, in a month whose prices count too: the same to the last bit."""
    monkeypatch.setattr(checkpoint, "EVERY_S", 0.0)
    fleet, rng = machines(1, 4, 1), np.random.default_rng(9)
    hours, file = fleet.demand.clock.hours, tmp_path / "months"
    stay = within(staying(Draw(rng, hours)), fleet.room)
    move = within(moving(Draw(rng, hours), stay), fleet.room)
    futures = [stay.future(fleet), move.future(fleet, rebound=0.1)]
    tariff = rng.uniform(0.5, 1.5, hours)
    told: list[tuple[int, int]] = []

    def stop(done: int, months: int) -> None:
        told.append((done, months))
        if done == month:
            raise KeyboardInterrupt

    def run(on_month: Callable[[int, int], None] | None, kept: Path | None = None) -> tuple[Flow, ...]:
        return integrate(fleet, facilities(1), futures, 2, kept, on_month, tariff)

    with pytest.raises(KeyboardInterrupt):
        run(stop, file)
    assert told == [(done, 4) for done in range(month + 1)] and file.exists()
    told.clear()
    again = run(lambda *given: told.append(given), file)
    assert told == [(done, 4) for done in range(month, 5)]
    assert digest(again) == digest(run(None))
    other = [futures[0], futures[0]]
    with pytest.raises(RoomfoldError, match="left by another run"):
        integrate(fleet, facilities(1), other, 2, file, None, tariff)
    with pytest.raises(RoomfoldError, match="left by another run"):
        integrate(fleet, facilities(1), futures, 3, file, None, tariff)
