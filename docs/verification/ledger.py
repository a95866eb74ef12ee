"""The ledger: what is booked against what hourly stocks and flows come to, counted by other code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from roomfold.optimize import Plan, make_plan
from roomfold.scenarios import FleetScenario, Scenario, library, load, load_any
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.world import World
from roomfold.sim.integrate import Flow
from roomfold.sim.ledger import CATEGORIES, FINANCE, ITEM, ITEMS
from roomfold.sim.reconcile import PARTS, integrate
from roomfold.sim.run import Run
from roomfold.sim.simulate import simulate_all

from .results import Figure, Result

CATEGORY = np.array([CATEGORIES.index(item.category) for item in ITEMS])
LEFT_OUT = ("nation",)  # eleven more are enough, and this one takes as long as all of them
LEAST_CNY, LEAST_KWH = 1.0, 1.0  # residuals are stated relative to sums that are at least so large


def measure() -> Result:
    """World 0 of every programme that comes with roomfold, every alternative."""
    names = [n for n in library() if n not in LEFT_OUT and not isinstance(load_any(n), FleetScenario)]
    rows = [row for name in names for row in _programme(name)]
    figures = [
        Figure("programmes", len(names), ">= 10"),
        Figure("ledgers reconciled", len(rows)),
        Figure("bookings in them", sum(row["bookings"] for row in rows)),
        Figure(
            "largest residual of money by year and category, relative",
            _most(rows, "money_relative"),
            "<= 1e-9",
        ),
        Figure("largest residual of money", _most(rows, "money_cny"), None, "CNY"),
        Figure(
            "largest residual of energy by month, site and part, relative",
            _most(rows, "energy_relative"),
            "<= 1e-9",
        ),
        Figure(
            "money that payers together gain or lose by transfers, relative",
            _most(rows, "transfers_relative"),
            "<= 1e-9",
        ),
    ]
    return Result("ledger", figures, rows)


def _programme(name: str) -> Iterator[dict[str, Any]]:
    scenario = load(name)
    world = draw_world(scenario, 0)
    plans = [make_plan(scenario, alternative, world) for alternative in scenario.alternatives]
    for plan, run in zip(plans, simulate_all(scenario, plans, world), strict=True):
        yield {"programme": name, "alternative": plan.alternative, **_residuals(scenario, world, plan, run)}


def _residuals(scenario: Scenario, world: World, plan: Plan, run: Run) -> dict[str, Any]:
    ledger, years = run.ledger, world.clock.years
    booked = np.zeros((years, len(CATEGORIES)))
    np.add.at(booked, (ledger.month // 12, CATEGORY[ledger.item]), ledger.cost_cny)
    flow = Flow(np.empty((0, 0, 4)), _by_site(world, plan, run), run.series, run.heat)
    second = integrate(scenario, world, plan, run.timeline, flow)
    off = np.abs(booked - second)
    off[:, CATEGORIES.index(FINANCE)] = 0.0
    scale = np.maximum(np.abs(second).max(axis=0), LEAST_CNY)
    transfers = booked[:, CATEGORIES.index(FINANCE)].sum()
    return {
        "bookings": len(ledger.month),
        "money_relative": _digits((off / scale).max()),
        "money_cny": _digits(off.max()),
        "energy_relative": _digits(max(_energy(world, run))),
        "transfers_relative": _digits(abs(transfers) / max(np.abs(booked).sum(), LEAST_CNY)),
    }


def _by_site(world: World, plan: Plan, run: Run) -> NDArray[np.float64]:
    """kWh of each of several sites as booked; hourly series hold their sum, which ``_energy`` compares."""
    kwh, ledger = np.zeros((len(plan.sites), world.clock.months, len(PARTS))), run.ledger
    for column, part in enumerate(PARTS):
        rows = (ledger.item == ITEM[f"cloud_{part}"]) & (ledger.site < 0)
        np.add.at(kwh, (-1 - ledger.site[rows], ledger.month[rows], column), ledger.amount[rows])
    return kwh


def _energy(world: World, run: Run) -> Iterator[float]:
    """Relative residual of each part of each kind of site, by month."""
    ledger, edges = run.ledger, world.clock.month_edges_h
    for site in ("room", "cloud"):
        for part in PARTS:
            rows = ledger.item == ITEM[f"{site}_{part}"]
            booked = np.bincount(ledger.month[rows], ledger.amount[rows], minlength=world.clock.months)
            flowed = np.add.reduceat(run.series[f"{site}_{part}_kw"], edges[:-1])
            yield float(np.abs(booked - flowed).max() / max(np.abs(flowed).max(), LEAST_KWH))


def _most(rows: list[dict[str, Any]], column: str) -> float:
    return float(max(row[column] for row in rows))


def _digits(value: float) -> float:
    return float(f"{value:.2g}")
