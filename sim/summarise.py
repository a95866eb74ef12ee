"""Summaries: what a study keeps of one run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..optimize.plan import Plan
from ..scenarios.estate import NEVER
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .daybook import CLOUD_SITE, MONTHS_PER_YEAR
from .ledger import ITEMS, Ledger
from .outcome import Outcome
from .run import Run
from .starts import starts_on_cloud

Floats = NDArray[np.float64]


def outcome(scenario: Scenario, world: World, plan: Plan, run: Run) -> Outcome:
    """One alternative in one world, summed."""
    ledger, clock = run.ledger, world.clock
    last_hour = clock.month_edges_h[1:] - 1
    moved = run.timeline.moved_h
    return Outcome(
        alternative=run.alternative,
        kind=run.kind,
        amount=_by_month(ledger, ledger.amount, clock.months),
        cost_cny=_by_month(ledger, ledger.cost_cny, clock.months),
        carbon_kg=_by_month(ledger, ledger.carbon_kg, clock.months),
        cost_by_level_cny=_by_level(ledger, world, len(scenario.estate.levels)),
        rooms_open=run.series["rooms_open"][last_hour],
        systems_on_cloud=run.series["systems_on_cloud"][last_hour],
        hosts_on=run.series["hosts_on"][last_hour],
        pue=_pue(run, world),
        utilisation=_utilisation(run, world),
        heat=run.heat,
        service=run.service,
        moved_h=np.sort(moved[moved != NEVER]),
        systems_planned=int((plan.wave_h != NEVER).sum() - starts_on_cloud(world, plan).sum()),
        team_fte=plan.team_fte,
        proof=plan.proof,
    )


def _by_month(ledger: Ledger, column: Floats, months: int) -> Floats:
    sums = np.zeros((months, len(ITEMS)))
    np.add.at(sums, (ledger.month, ledger.item), column)
    return sums


def _by_level(ledger: Ledger, world: World, levels: int) -> Floats:
    """Cost by year, level of government (last: the cloud site) and item."""
    rooms, units = world.estate.rooms, world.estate.units
    unit = np.where(ledger.site < CLOUD_SITE, -2 - ledger.site, 0)
    is_room = ledger.site > CLOUD_SITE
    unit[is_room] = rooms.unit[ledger.site[is_room]]
    level = np.where(ledger.site == CLOUD_SITE, levels, units.level[unit])
    sums = np.zeros((world.clock.years, levels + 1, len(ITEMS)))
    np.add.at(sums, (ledger.month // MONTHS_PER_YEAR, level, ledger.item), ledger.cost_cny)
    return sums


def _by_year(run: Run, world: World, *columns: str) -> Floats:
    total = sum(run.series[column] for column in columns)
    firsts = world.clock.month_edges_h[:-1:MONTHS_PER_YEAR]
    return np.add.reduceat(np.asarray(total), firsts)


def _pue(run: Run, world: World) -> Floats:
    it = _by_year(run, world, "room_it_kw", "cloud_it_kw")
    rest = _by_year(
        run,
        world,
        *(f"{place}_{part}_kw" for place in ("room", "cloud") for part in ("ups", "cooling", "other")),
    )
    return np.divide(it + rest, it, out=np.full_like(it, np.nan), where=it > 0)


def _utilisation(run: Run, world: World) -> Floats:
    load = _by_year(run, world, "room_load_mssj", "cloud_load_mssj")
    capacity = _by_year(run, world, "room_capacity_mssj", "cloud_capacity_mssj")
    return np.divide(load, capacity, out=np.zeros_like(load), where=capacity > 0)
