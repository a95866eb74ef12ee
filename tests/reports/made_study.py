"""A small study made by hand, with plausible magnitudes, for tests of what is drawn and stated."""

from __future__ import annotations

from functools import cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from roomfold.optimize.plan import Plan
from roomfold.scenarios.clock import Clock
from roomfold.scenarios.estate import Estate
from roomfold.scenarios.loader import load, quantities
from roomfold.scenarios.schema import Scenario
from roomfold.scenarios.streams import uniforms
from roomfold.scenarios.world import World
from roomfold.sim.ledger import ITEM, ITEMS
from roomfold.sim.outcome import Outcome, Study, WorldResult
from roomfold.sim.run import Run, Service

Floats = NDArray[np.float64]
WORLDS = 24
CAUSES = {"it": 1.0, "ups": 0.2, "cooling": 0.8, "other": 0.1}


@cache
def made_study(worlds: int = WORLDS) -> Study:
    """Worlds of ``inner-mongolia`` that differ by number of rooms, line rents and tariff."""
    scenario = load("inner-mongolia")
    clock = Clock.of(scenario.time, scenario.calendar)
    results = tuple(_result(scenario, clock, w) for w in range(worlds))
    nothing = cast("Estate", None)
    world = World(1, 0, results[0].draws, clock, nothing)
    plans: dict[str, Plan] = {}
    runs: dict[str, Run] = {}
    return Study(scenario, 1, results, world, plans, runs)


def _result(scenario: Scenario, clock: Clock, world: int) -> WorldResult:
    paths = list(quantities(scenario))
    drawn = uniforms(1, world, "made", np.arange(len(paths)))
    draws = dict(zip(paths, drawn.tolist(), strict=True))
    outcomes = {
        name: _outcome(name, alternative.kind, scenario, clock, draws)
        for name, alternative in scenario.alternatives.items()
    }
    return WorldResult(world, draws, outcomes)


def _outcome(name: str, kind: str, scenario: Scenario, clock: Clock, draws: dict[str, float]) -> Outcome:
    months, years = clock.months, clock.years
    amount = np.zeros((months, len(ITEMS)))
    price = np.zeros(len(ITEMS))
    moved = np.zeros(months) if kind == "keep" else np.clip((np.arange(months) - 2) / 10, 0, 1)
    rooms = np.round((150 + 600 * draws["estate.rooms"]) * (1 - 0.9 * moved))

    def book(item: str, per_month: Floats, unit_price: float) -> None:
        amount[:, ITEM[item]] = per_month
        price[ITEM[item]] = unit_price

    tariff = 0.5 + 0.4 * draws["prices.electricity_cny_per_kwh"]
    book("vertical_line", 1200 * (1 - moved) / 12, 9000 + 20000 * draws["lines.sdh-2m.price_cny_per_year"])
    book("room_operations", rooms / 12, 1e4 + 6e4 * draws["rooms.closet.operations_cny_per_year"])
    book("room_staff", rooms * 0.5 / 12, 95_000)
    book("server_maintenance", 3000 * (1 - moved) / 12, 2000)
    book("server_refresh", 40 * (1 - moved), 35_000)
    book("room_refit", 0.3 * (1 - moved), 90_000)
    for cause, share in CAUSES.items():
        book(f"room_{cause}", rooms * 1500 * share, tariff)
        book(f"cloud_{cause}", 120_000 * moved * share, tariff)
    if kind != "keep":
        start = np.arange(months) == 2
        book("shared_line", 114 * moved / 12, 60_000)
        book("cloud_staff", 25 * moved / 12, 95_000)
        book("platform_base", moved / 12, 2e6)
        book("host_new", 100.0 * start, 45_000)
        book("migration_labour", 20_000 * np.diff(moved, prepend=0.0), 1300)
        book("resale", 3000 * np.diff(moved, prepend=0.0), -300)
    cost = amount * price
    levels = len(scenario.estate.levels) + 1
    by_level = np.zeros((years, levels, len(ITEMS)))
    for row, item in enumerate(ITEMS):
        yearly = cost[:, row].reshape(years, 12).sum(axis=1)
        if item.side == "cloud":
            by_level[:, -1, row] = yearly
        else:
            by_level[:, :-1, row] = yearly[:, None] / (levels - 1)
    keep = kind == "keep"
    heat = np.full((7, 24), 0.08 if keep else 0.4) * np.linspace(0.5, 1.5, 24)
    hours = np.linspace(clock.month_edges_h[2], clock.month_edges_h[12] - 1, 1930).astype(np.int32)
    return Outcome(
        name, kind, amount, cost, amount * 0.0, by_level, rooms, 1950 * moved, 100 * moved,
        np.full(years, 2.1 if keep else 1.6), np.full(years, 0.08 if keep else 0.4), heat,
        Service(0.999, 1e-4, 50_000 if keep else 9_000, 40 if keep else 1900),
        hours[:0] if keep else hours, hours[:0] if keep else hours - 72, hours[:0], np.zeros(years),
        0 if keep else 1930, 0.0, None, None,
    )  # fmt: skip
