"""Intervals of time, against a count of every quarter of an hour."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from roomfold.scenarios.clock import Span
from roomfold.scenarios.estate import NEVER, Links
from roomfold.sim.downtime import Downtime, rooms_down, servers_down
from roomfold.sim.failures import renewals
from roomfold.sim.grid import TICKS_PER_HOUR, down_to_grid, up_to_grid
from roomfold.sim.interim import split_hours
from roomfold.sim.service import hosts_down, most_at_once, worst_day_hours
from roomfold.sim.starts import starts_of, starts_on_cloud
from roomfold.sim.timeline import CLOUD, Outages, Recoveries, Repairs, Requests, hour_of_month, stock

from . import small
from .small import System

QUARTERS = 4
HORIZON_H = 80


def some(seed: int, things: int, n: int = 24) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Intervals on quarters of an hour: what, start and end; some empty, some that touch or overlap."""
    rng = np.random.default_rng(seed)
    start = rng.integers(0, HORIZON_H * QUARTERS, n)
    length = rng.integers(0, 7 * QUARTERS, n)
    return rng.integers(0, things, n), start / QUARTERS, (start + length) / QUARTERS


def quarters(start_h: float, end_h: float) -> set[int]:
    return set(range(int(start_h * QUARTERS), int(end_h * QUARTERS)))


def covered(what: np.ndarray, start_h: np.ndarray, end_h: np.ndarray) -> dict[int, set[int]]:
    """Quarters covered, by thing."""
    found: dict[int, set[int]] = {}
    for thing, start, end in zip(what.tolist(), start_h.tolist(), end_h.tolist(), strict=True):
        if quarters(start, end):
            found.setdefault(thing, set()).update(quarters(start, end))
    return found


def runs(found: set[int]) -> list[tuple[float, float]]:
    """Runs of quarters as intervals in hours."""
    first = sorted(q for q in found if q - 1 not in found)
    last = sorted(q + 1 for q in found if q + 1 not in found)
    return [(a / QUARTERS, b / QUARTERS) for a, b in zip(first, last, strict=True)]


@pytest.mark.parametrize("seed", range(6))
def test_a_union_is_the_runs_of_what_is_covered(seed: int) -> None:
    what, start, end = some(seed, 4)
    found = Downtime.union(what, start, end)
    expected = [
        (thing, *run) for thing, hours in sorted(covered(what, start, end).items()) for run in runs(hours)
    ]
    columns = (found.what, found.start_h, found.end_h)
    assert list(zip(*(c.tolist() for c in columns), strict=True)) == expected


def test_a_union_of_sites_and_rooms_and_of_nothing() -> None:
    sites = Outages(
        *(
            np.array(c)
            for c in ([CLOUD, 0, CLOUD - 1, CLOUD], [5.0, 1.0, 2.0, 6.0], [6.0, 3.0, 9.0, 7.0], [-1] * 4)
        )
    )
    down = rooms_down(sites)
    assert down.what.tolist() == [CLOUD - 1, CLOUD, 0]
    assert (down.start_h.tolist(), down.end_h.tolist()) == ([2.0, 5.0, 1.0], [9.0, 7.0, 3.0])
    alone = down.of_sites()
    assert (alone.what.tolist(), alone.start_h.tolist(), alone.end_h.tolist()) == (
        [-2, -1],
        [2.0, 5.0],
        [9.0, 7.0],
    )
    # One thing down to the very end and the next from the very start stay two.
    apart = Downtime.union(np.array([0, 1]), np.array([5.0, 0.0]), np.array([10.0, 3.0]))
    assert (apart.what.tolist(), apart.start_h.tolist(), apart.end_h.tolist()) == ([0, 1], [5, 0], [10, 3])
    assert len(Downtime.union(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0)).what) == 0


@pytest.mark.parametrize(("seed", "steps_per_hour"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, 2)])
def test_steps_touched_within_a_span(seed: int, steps_per_hour: int) -> None:
    down = Downtime.union(*some(seed, 3))
    span = Span(month=0, month_h=0, first_h=24, hours=24, steps_per_hour=steps_per_hour)
    found = down.within(span)
    size = QUARTERS // steps_per_hour
    expected = {}
    for thing, hours in covered(down.what, down.start_h, down.end_h).items():
        for step in range(span.steps):
            first = 24 * QUARTERS + step * size
            if inside := hours & set(range(first, first + size)):
                expected[thing, step] = len(inside) / size
    sums: dict[tuple[int, int], float] = {}
    for thing, step, share in zip(
        found.what.tolist(), found.step.tolist(), found.share.tolist(), strict=True
    ):
        assert share > 0
        sums[thing, step] = sums.get((thing, step), 0.0) + share
    assert sums == pytest.approx(expected)


def test_a_server_is_down_with_its_room() -> None:
    own = Outages(np.array([2, 0]), np.array([1.0, 4.0]), np.array([2.0, 6.0]), np.array([-1, -1]))
    rooms = Outages(
        np.array([1, CLOUD, 0, 1]),
        np.array([5.0, 0.0, 8.0, 20.0]),
        np.array([7.0, 9.0, 9.0, 21.0]),
        np.full(4, -1),
    )
    down = servers_down(own, rooms, np.array([1, 0, 1]))
    columns = (down.what, down.start_h, down.end_h)
    assert list(zip(*(c.tolist() for c in columns), strict=True)) == [
        (0, 4.0, 7.0),
        (0, 20.0, 21.0),
        (1, 8.0, 9.0),
        (2, 1.0, 2.0),
        (2, 5.0, 7.0),
        (2, 20.0, 21.0),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_how_much_is_there_and_how_many_at_once(seed: int) -> None:
    what, start, end = some(seed, 3)
    start, end = start // 1 - 5, end // 1 - 5  # some before the run, some after it
    hours = HORIZON_H - 10
    there = [(start <= h) & (h < end) for h in range(hours)]
    ints = (start.astype(np.int32), end.astype(np.int32))
    assert stock(hours, *ints).tolist() == [t.sum() for t in there]
    assert stock(hours, *ints, what + 0.5).tolist() == [(what + 0.5)[t].sum() for t in there]
    always = [((start <= h) & (h < end)).sum() for h in range(-5, HORIZON_H + 5)]
    kept = end > start
    assert most_at_once(start[kept], end[kept]) == max(always)


@pytest.mark.parametrize("seed", range(4))
def test_the_worst_day(seed: int) -> None:
    _, start, end = some(seed, 3)
    lost = [0.0] * 6
    for a, b in zip(start.tolist(), end.tolist(), strict=True):
        for day in range(6):
            lost[day] += max(min(b, 24 * day + 24) - max(a, 24 * day), 0)
    assert worst_day_hours(start, end) == pytest.approx(max(lost))
    assert worst_day_hours(np.empty(0), np.empty(0)) == 0
    assert worst_day_hours(np.array([24.0]), np.array([48.0])) == 24  # a whole day that ends with the last


def test_a_host_carried_by_one_that_fails_is_down_with_it_as_long_as_both_are() -> None:
    # 0 on 2; 2 is down from 12 to 20 without a cover, and 0 is back by itself at 15.
    failed = Outages(
        *(
            np.array(c)
            for c in ([0, 2, 1, 2], [10.0, 12.0, 30.0, 40.0], [15.0, 20.0, 35.0, 41.0], [2, -1, 2, -1])
        )
    )
    host, start, end = hosts_down(failed, 0.5)
    found = sorted(zip(host.tolist(), start.tolist(), end.tolist(), strict=True))
    assert found == [(0, 10, 10.5), (0, 12, 15), (1, 30, 30.5), (2, 12, 20), (2, 40, 41)]


def test_the_grid_and_the_hours_of_months() -> None:
    step = 1 / TICKS_PER_HOUR
    assert TICKS_PER_HOUR == 4096
    hours = np.array([1.0, 1 + step / 4, 2 - step / 4, -step / 4])
    assert down_to_grid(hours).tolist() == [1, 1, 2 - step, -step]
    assert up_to_grid(hours).tolist() == [1, 1 + step, 2, 0]
    clock = small.drawn(0)[1].clock
    months = np.array([-7, 0, 1, 2, 35, 36, 40, NEVER])
    end = (365 * 3 + 1 - 31) * 24  # 2014 to 2016, the last a leap year, less its December
    assert hour_of_month(clock, months).tolist() == [0, 0, 744, 744 + 672, end, NEVER, NEVER, NEVER]
    one = Repairs(np.array([3]), np.array([1.0]), np.array([2.0]), np.array([9.0])).outages()
    assert [c.tolist() for c in (one.what, one.start_h, one.end_h, one.cover)] == [[3], [1], [9], [-1]]
    for nothing in (Repairs.none(), Repairs.none().outages(), Recoveries.none(), Requests.none()):
        assert {len(column) for column in vars(nothing).values()} == {0}


def test_a_link_is_split_while_one_end_has_moved_and_both_are_there() -> None:
    retires = [int(NEVER)] * 4 + [2]
    scenario, world = small.made(
        [System(0, arrives=3 if i == 3 else 0, retires=r) for i, r in enumerate(retires)]
    )
    links = Links(np.array([0, 0, 0, 1, 1, 0], dtype=np.int32), np.array([1, 2, 3, 2, 4, 4], dtype=np.int32))
    world = replace(world, estate=replace(world.estate, links=links))
    starts = starts_of(scenario, world, small.stay(world))
    moved_h = np.array([1000, 500, NEVER, NEVER, NEVER], dtype=np.int32)
    comes_h, goes_h = (int(world.clock.month_edges_h[month]) for month in (3, 2))
    start, end = split_hours(world, starts, moved_h)
    # Moved both; one only; the other comes later; ends with the other's retirement, split already or not.
    assert start.tolist() == [500, 1000, comes_h, 500, 500, 1000]
    assert end.tolist() == [1000, NEVER, NEVER, NEVER, goes_h, goes_h]
    never, same = split_hours(world, starts, np.full(5, NEVER, dtype=np.int32))
    assert (never == same).all()


def test_nothing_fails_while_it_is_down_and_shares_thin() -> None:
    """Of candidates drawn once, those that come while the entity is down are void; a half is a half."""
    _, world = small.made([System(0)])
    ids, rate = np.arange(300), np.full(300, 1 / 500)
    rate[7] = 0.0
    quick = renewals(world, "test", ids, rate, np.full(300, 1e-9))
    slow = renewals(world, "test", ids, rate, np.full(300, 2000.0))
    half = renewals(world, "test", ids, rate, np.full(300, 1e-9), lambda row, _: np.full(len(row), 0.5))
    assert len(quick.what) == pytest.approx(299 * world.clock.hours / 500, rel=0.02)
    assert len(half.what) == pytest.approx(len(quick.what) / 2, rel=0.04)
    assert 7 not in quick.what
    # Mean cycle: 500 h up and 2000 h down. Every failure is among those of which all count.
    assert len(slow.what) == pytest.approx(299 * world.clock.hours / 2500, rel=0.06)
    candidates = set(zip(quick.what.tolist(), quick.start_h.tolist(), strict=True))
    assert set(zip(slow.what.tolist(), slow.start_h.tolist(), strict=True)) <= candidates
    for thing in (0, 1, 2):
        start, end = slow.start_h[slow.what == thing], slow.end_h[slow.what == thing]
        assert (start[1:] >= end[:-1]).all()
        missed = {s for w, s in candidates if w == thing} - set(start.tolist())
        assert all(((start < s) & (s < end)).any() for s in missed)  # void only while it was down
    assert slow.end_h.max() == world.clock.hours
    assert (slow.cover == -1).all()


def test_who_is_planned_to_move_by_its_arrival_starts_on_the_cloud():
    _, world = small.made([System(0, arrives=month) for month in (0, 1, 1, 5, 5, 99)])
    edges = world.clock.month_edges_h
    waves = np.array([0, edges[1], edges[1] + 1, edges[5] - 7, NEVER, NEVER], dtype=np.int32)
    plan = replace(small.stay(world), wave_h=waves)
    assert starts_on_cloud(world, plan).tolist() == [False, True, False, True, False, False]


def test_who_would_be_ready_as_the_run_ends_never_starts():
    """Set up in 742.5 and in 743.5 hours of the 744 of the last month; work begins on whole hours."""
    for work_h, starts in ((742.5, True), (743.5, False)):
        scenario, world = small.made([System(0), System(0, arrives=35)], "provisioning.notice_days=0")
        u = world.uniforms("provisioning", world.estate.systems.id[1:], draws=2)[0, 1]
        days = work_h / 24 / -np.log(u)
        scenario, world = small.made(
            [System(0), System(0, arrives=35)],
            "provisioning.notice_days=0",
            f"provisioning.setup_days={days}",
        )
        found = starts_of(scenario, world, small.move(world))
        expected = world.clock.month_edges_h[35] + 743 if starts else NEVER
        assert found.cloud_h[1] == expected


def test_starts_by_hand_and_as_if_nothing_went_to_the_cloud() -> None:
    """One stays, one moves, one starts on the cloud, one comes and moves, one would come after the end."""
    systems = [System(0, classified=True), System(0, retires=30), System(0, arrives=20), System(0, arrives=1)]
    scenario, world = small.made([*systems, System(0, arrives=99)], "provisioning.setup_days=0")
    edges = world.clock.month_edges_h
    waves = np.array([NEVER, 5000, edges[20], 9000, 9000], dtype=np.int32)
    found = starts_of(scenario, world, replace(small.move(world), wave_h=waves))
    assert found.on_cloud.tolist() == [False, False, True, False, True]
    assert found.moves.tolist() == [False, True, False, True, False]
    assert found.arrives_h.tolist() == found.stands_h.tolist() == [0, 0, edges[20], edges[1], NEVER]
    assert found.retires_h.tolist() == found.server_retires_h.tolist() == [NEVER, edges[30], *[NEVER] * 3]
    assert found.cloud_h.tolist() == [NEVER, NEVER, edges[20], NEVER, NEVER]
    assert found.server_on_h.tolist() == [0, 0, NEVER, edges[1], NEVER]
    kept = found.as_if_kept()
    assert not kept.on_cloud.any() and not kept.moves.any() and (kept.cloud_h == NEVER).all()
    assert kept.server_on_h is found.stands_h and kept.retires_h is found.retires_h
    assert kept.requests is found.requests and kept.arrives_h is found.arrives_h


def test_who_is_turned_away_is_set_up_in_a_room() -> None:
    """One team, no place to wait, months of work: of four that come at once, one is set up on the cloud."""
    terms = ("provisioning.places=0", "provisioning.setup_days=300", "provisioning.notice_days=0")
    scenario, world = small.made([System(0)] + [System(0, arrives=3)] * 4, *terms)
    found = starts_of(scenario, world, small.move(world))
    first_h = int(world.clock.month_edges_h[3])
    assert found.on_cloud.tolist() == [False, True, False, False, False]
    assert found.server_on_h.tolist() == [0, NEVER, first_h, first_h, first_h]
    assert found.cloud_h[1] > first_h + 24 and (np.delete(found.cloud_h, 1) == NEVER).all()
