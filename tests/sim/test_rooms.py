"""Rooms in one pass: what each draws alone, however many are taken at once."""

from __future__ import annotations

import numpy as np
import pytest

from roomfold.scenarios.clock import Span
from roomfold.sim import rooms as module
from roomfold.sim.downtime import Downtime
from roomfold.sim.lanes import Window
from roomfold.sim.rooms import RoomSites, room_power

from . import build
from .slow_flow import site_step

ROOMS, STEPS = 70, 48
SPAN = Span(month=1, month_h=48, first_h=48, hours=24, steps_per_hour=2)


def estate(seed: int) -> tuple[RoomSites, Window, Downtime, np.ndarray, np.ndarray]:
    """Rooms that differ, half of them open all day; outages on quarters of an hour, some of whole days."""
    rng = np.random.default_rng(seed)
    sites = RoomSites(
        build.facility(ROOMS, rng.uniform(300, 900, ROOMS), 1.9),
        rng.uniform(0, 90, ROOMS),
        rng.uniform(0, 0.4, ROOMS),
    )
    start = np.where(rng.random(ROOMS) < 0.3, rng.integers(0, STEPS, ROOMS), 0)
    end = np.maximum(np.where(rng.random(ROOMS) < 0.3, rng.integers(0, STEPS, ROOMS), STEPS), start)
    what = rng.integers(-2, ROOMS, 40)
    begin = 40 + rng.integers(0, 160, 40) / 4
    down = Downtime.union(what, begin, begin + rng.integers(1, 60, 40) / 4)
    return (
        sites,
        Window(start, end),
        down,
        rng.uniform(100, 900, (ROOMS, STEPS)),
        rng.uniform(0.5, 1.5, STEPS),
    )


def live_of(down: Downtime, room: int, step: int) -> float:
    """Share of a step for which a room has power: two quarters of an hour, looked at in their middle."""
    middles = 48 + step / 2 + np.array([0.125, 0.375])
    mine = down.what == room
    out = (down.start_h[mine, None] <= middles) & (middles < down.end_h[mine, None])
    return 1 - out.any(axis=0).mean()


@pytest.mark.parametrize(("seed", "at_once"), [(0, (32, 2048)), (1, (7, 5)), (2, (100, 1))])
def test_every_room_draws_what_it_draws_step_by_step(
    monkeypatch: pytest.MonkeyPatch, seed: int, at_once: tuple[int, int]
) -> None:
    monkeypatch.setattr(module, "_STEADY_AT_ONCE", at_once[0])
    monkeypatch.setattr(module, "_CHANGING_AT_ONCE", at_once[1])
    sites, window, down, server_w, ratio = estate(seed)
    watts = np.zeros((ROOMS, STEPS, 4))
    for room in range(ROOMS):
        for step in range(window.start[room], window.end[room]):
            live = live_of(down, room, step)
            server_w[room, step] *= live
            it = server_w[room, step] * (1 + sites.overhead_ratio[room]) + sites.overhead_fixed_w[room] * live
            watts[room, step] = site_step(sites.facility, room, it, live, 1)
        server_w[room, : window.start[room]] = server_w[room, window.end[room] :] = 0
    found = room_power(sites, window, down, server_w.astype(np.float32), SPAN, ratio)
    bare = room_power(sites, window, down, server_w.astype(np.float32), SPAN)
    for part, (kwh, kw, priced) in enumerate(found):
        np.testing.assert_allclose(kwh, watts[:, :, part].sum(axis=1) / 2e3, rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(kw, watts[:, :, part].sum(axis=0) / 1e3, rtol=1e-6)
        np.testing.assert_allclose(
            priced, (watts[:, :, part] * ratio).sum(axis=1) / 2e3, rtol=1e-6, atol=1e-9
        )
        assert np.array_equal(bare[part][0], kwh) and np.array_equal(bare[part][1], kw)
        assert not bare[part][2].any()
    assert len(found) == 4 and (window.start == window.end).any()


def test_what_rounding_leaves_of_a_room_that_is_down_is_nothing() -> None:
    """A hair less than no power in single precision draws nothing."""
    always = Window(np.zeros(1, dtype=np.int64), np.full(1, STEPS))
    down = Downtime(np.zeros(1, dtype=np.int64), np.array([48.0]), np.array([72.0]))
    hair = np.full((1, STEPS), -1e-5, dtype=np.float32)
    it, ups, cooling, other = room_power(build.sites(1), always, down, hair, SPAN)
    assert not it[0].any() and not ups[1].any() and not cooling[1].any()
    assert other[0] == pytest.approx([30.0 * 24 / 1e3])
