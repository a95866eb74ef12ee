"""Energy balance: what the meter counts is IT, and the heat of IT and UPS is what is cooled."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import brentq

from roomfold.optimize import Plan, make_plan
from roomfold.scenarios import Scenario
from roomfold.scenarios.world import World
from roomfold.sim.ledger import ITEM
from roomfold.sim.run import Run
from roomfold.sim.simulate import simulate, simulate_all

from ..sim import small
from ..sim.small import System
from .record import Record

Floats = NDArray[np.float64]

PARTS = ("it", "ups", "cooling", "other")
STEADY = (
    "time.years=1",
    "reliability.server_mtbf_h=1e7",
    "reliability.host_mtbf_h=1e7",
    "reliability.ageing_per_year=0",
    "rooms.closet.outages_per_year=0",
    "rooms.room.outages_per_year=0",
    "rooms.closet.pue=2.6",
    "rooms.room.pue=2.6",
    f"{small.CLOUD}.outages_per_year=0",
)


@lru_cache
def whole(*overrides: str) -> tuple[Scenario, World, list[Plan], list[Run]]:
    """Both futures of a small world."""
    scenario, world = small.drawn(1, *overrides)
    plans = [make_plan(scenario, name, world) for name in scenario.alternatives]
    return scenario, world, plans, list(simulate_all(scenario, plans, world))


def lone_room(*systems: System) -> tuple[Scenario, World, Run]:
    """One room that nothing happens in, its servers a third busy."""
    scenario, world = small.made(list(systems), *STEADY)
    servers = world.estate.servers
    curve = scenario.hardware.curves[sorted(scenario.hardware.curves)[0]]
    servers = replace(servers, demand_ssj=np.full(len(servers.id), curve.ssj_ops / 3))
    world = replace(world, estate=replace(world.estate, servers=servers))
    return scenario, world, simulate(scenario, small.stay(world), world)


def affine(x: Floats, y: Floats) -> tuple[float, float]:
    """Slope and offset of y over x, which must lie on a line to rounding."""
    (slope, offset), *_ = np.linalg.lstsq(np.stack([x, np.ones_like(x)], axis=1), y, rcond=None)
    np.testing.assert_allclose(slope * x + offset, y, rtol=1e-6)
    return float(slope), float(offset)


@pytest.mark.parametrize("which", [0, 1])
def test_every_kwh_of_the_ledger_flowed_in_some_hour(record: Record, which: int) -> None:
    """By month and part, rooms and cloud site; failures, outages and moves included."""
    _, world, _, runs = whole()
    run, edges = runs[which], world.clock.month_edges_h
    for site in ("room", "cloud"):
        for part in PARTS:
            rows = run.ledger.item == ITEM[f"{site}_{part}"]
            booked = np.bincount(
                run.ledger.month[rows], run.ledger.amount[rows], minlength=world.clock.months
            )
            flowed = np.add.reduceat(run.series[f"{site}_{part}_kw"], edges[:-1])
            assert record.all_same(f"Booked kWh = sum of hourly kW, {site} {part}", booked, flowed, 1e-9)
            assert (run.series[f"{site}_{part}_kw"] >= 0).all()


def test_a_server_draws_its_curve_at_its_load_and_storage_follows(record: Record) -> None:
    scenario, world, run = lone_room(System(0))
    servers, rooms = world.estate.servers, world.estate.rooms
    curve = scenario.hardware.curves[sorted(scenario.hardware.curves)[servers.generation_curve[0, 0]]]
    load = run.series["room_load_mssj"] * 1e6 / curve.ssj_ops
    power_w = servers.config_factor[0] * np.interp(load, np.linspace(0, 1, 11), curve.watts)
    assert np.ptp(power_w) > 0.2 * power_w.mean()
    slope, fixed_kw = affine(power_w / 1e3, run.series["room_it_kw"])
    follows = rooms.overhead_it[0] * (1 - rooms.overhead_fixed_share[0])
    formula = "IT power per W of server: 1 + share of storage that follows"
    assert record.same(formula, slope, 1 + float(follows), relative=1e-4)
    assert fixed_kw > 0


def test_cooling_carries_the_heat_of_it_and_ups_hour_by_hour_and_over_the_year(record: Record) -> None:
    """The heat that the cooling plant moves is the IT power and the UPS loss, no more and no less."""
    scenario, world, run = lone_room(System(0), System(0, servers=[False, False]), System(0))
    it, loss, cooling, other = (run.series[f"room_{part}_kw"] for part in PARTS)
    rooms = world.estate.rooms
    rated_kw = rooms.ups_rated_w[0] * rooms.ups_count[0] / 1e3
    ups = scenario.hardware.ups[sorted(scenario.hardware.ups)[rooms.ups_curve[0]]]

    def lost_kw(it_kw: Floats | float) -> Floats | float:
        return rated_kw * (ups.a0 + ups.a1 * it_kw / rated_kw + ups.a2 * (it_kw / rated_kw) ** 2)

    assert record.all_same("UPS loss: P (a0 + a1 x + a2 x^2), kW", loss, lost_kw(it), 1e-6)
    ratio, fixed_kw = affine(it + loss, cooling)
    moved_kwh = (cooling - fixed_kw) / ratio
    np.testing.assert_allclose(moved_kwh, it + loss, rtol=1e-6)
    heat_kwh = float((it + loss).sum())
    assert record.same(
        "Heat moved by cooling = IT + UPS loss, kWh a year", float(moved_kwh.sum()), heat_kwh, 1e-9
    )
    np.testing.assert_allclose(other, rooms.lighting_w[0] / 1e3, rtol=1e-9)
    # The load at which cooling has the fixed share of the scenario is the one at which PUE is that drawn.
    share = rooms.cooling_fixed_share[0]
    heat_kw = fixed_kw * (1 - share) / share / ratio
    first_kw = brentq(lambda x: x + lost_kw(x) - heat_kw, 0.0, heat_kw)
    total_kw = heat_kw + fixed_kw / share + rooms.lighting_w[0] / 1e3
    pue = float(rooms.pue[0])
    assert record.same(
        "PUE at the load it was drawn for: total / IT", total_kw / first_kw, pue, relative=1e-4
    )
    assert it.min() < first_kw < it.max()


def test_the_cloud_site_keeps_the_same_balance() -> None:
    scenario, _, plans, runs = whole(*STEADY)
    cloud = scenario.alternatives["consolidate"].cloud
    assert cloud is not None and len(plans[1].hosts.curve)
    it, loss, cooling, other = (runs[1].series[f"cloud_{part}_kw"] for part in PARTS)
    on = it > 0
    assert not (loss[~on].any() or cooling[~on].any() or other.any())
    affine((it + loss)[on], cooling[on])
    # The quadratic loss has one unknown, the rated power: any hour says the same.
    ups = scenario.hardware.ups[cloud.ups]

    def excess_kw(rated_kw: float, hour: int) -> float:
        x = it[hour] / rated_kw
        return float(rated_kw * (ups.a0 + ups.a1 * x + ups.a2 * x * x) - loss[hour])

    hours = np.flatnonzero(on)[[0, on.sum() // 2, -1]].tolist()
    rated = [brentq(excess_kw, it[hour], 1e3 * it[hour], args=(hour,)) for hour in hours]
    assert rated == pytest.approx([rated[0]] * 3, rel=1e-6)


@pytest.mark.parametrize("minutes", [30, 5])
def test_neither_energy_nor_service_depends_on_the_step(record: Record, minutes: int) -> None:
    """Demand is constant in the hour (no noise), so finer steps show nothing new; no event moves."""
    quiet = (*STEADY, *(f"demand.classes.{name}.noise=0" for name in small.scenario().demand.classes))
    hourly, fine = whole(*quiet)[3], whole(*quiet, f"time.step_minutes={minutes}")[3]
    for one, other in zip(hourly, fine, strict=True):
        cost_cny, hourly_cny = float(other.ledger.cost_cny.sum()), float(one.ledger.cost_cny.sum())
        assert record.same(
            "Cost with finer steps = with hourly ones, CNY", cost_cny, hourly_cny, relative=1e-7
        )
        assert one.service.availability == other.service.availability
        assert one.service.unserved_share == pytest.approx(other.service.unserved_share, rel=1e-5)
        for column, values in one.series.items():
            scale = max(abs(values).max(), 1e-9)
            np.testing.assert_allclose(other.series[column], values, rtol=1e-5, atol=1e-6 * scale)
        assert np.array_equal(one.timeline.moved_h, other.timeline.moved_h)
        assert np.array_equal(one.timeline.room_close_h, other.timeline.room_close_h)
