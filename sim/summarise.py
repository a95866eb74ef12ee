"""Summaries: what a study keeps of one run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..optimize.plan import Plan
from ..optimize.waves import ROLLED_BACK_EFFORT, budgets_cny
from ..scenarios.estate import NEVER
from ..scenarios.governed import in_rooms
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .daybook import MONTHS_PER_YEAR, PriceLevels, cloud_sites
from .ledger import GOVERNMENT, ITEMS, Ledger
from .outcome import Outcome
from .run import Run
from .standing import others_paid, planned_by_level, stock_of
from .starts import starts_on_cloud
from .tally import tallies
from .timeline import hour_of_month

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Ints32 = NDArray[np.int32]


def outcome(scenario: Scenario, world: World, plan: Plan, run: Run) -> Outcome:
    """One alternative in one world, summed."""
    world = in_rooms(scenario, run.alternative, world)
    ledger, clock = run.ledger, world.clock
    last_hour = clock.month_edges_h[1:] - 1
    moved = run.timeline.moved_h
    goes = np.flatnonzero((plan.wave_h != NEVER) & ~starts_on_cloud(world, plan))
    planned_h = plan.wave_h[goes]
    return Outcome(
        alternative=run.alternative,
        kind=run.kind,
        amount=_by_month(ledger, ledger.amount, clock.months),
        cost_cny=_by_month(ledger, _government(ledger), clock.months),
        carbon_kg=_by_month(ledger, ledger.carbon_kg, clock.months),
        cost_by_level_cny=_by_level(ledger, world, len(scenario.estate.levels), cloud_sites(plan)),
        rooms_open=run.series["rooms_open"][last_hour],
        systems_on_cloud=run.series["systems_on_cloud"][last_hour],
        hosts_on=run.series["hosts_on"][last_hour],
        pue=_pue(run, world),
        utilisation=_utilisation(run, world),
        heat=run.heat,
        service=run.service,
        moved_h=np.sort(moved[moved != NEVER]),
        planned_h=np.sort(planned_h),
        slips_h=_slips(world, goes, planned_h, moved),
        moving_cny=_moving(scenario, world, plan, goes),
        over_budget_cny=_over_budget(scenario, world, run),
        systems_planned=len(goes),
        team_fte=plan.team_fte,
        proof=plan.proof,
        schedule=plan.schedule,
        tallies=tallies(scenario, world, run.timeline),
        others_cny=others_paid(ledger, clock.months),
        moved_by_level=planned_by_level(world, plan, len(scenario.estate.levels)),
        stock=stock_of(scenario, world, plan, run),
    )


def _slips(world: World, goes: Ints, planned_h: Ints32, moved_h: Ints32) -> Ints32:
    """Hours by which systems moved later than planned, sorted."""
    retires_h = hour_of_month(world.clock, world.estate.systems.retires_month[goes])
    end_h = np.minimum(retires_h, world.clock.hours)
    slip_h = np.minimum(moved_h[goes], end_h) - planned_h
    return np.sort(slip_h[slip_h > 0]).astype(np.int32)


def _moving(scenario: Scenario, world: World, plan: Plan, goes: Ints) -> Floats:
    """Labour of moving by year as planned."""
    money, migration = np.zeros(world.clock.years), scenario.alternatives[plan.alternative].migration
    if migration is None:
        return money
    fails = world.of(migration.failure_share)
    days = world.estate.systems.effort_days[goes] * (1 + ROLLED_BACK_EFFORT * fails / (1 - fails))
    month = np.searchsorted(world.clock.month_edges_h, plan.wave_h[goes], side="right") - 1
    level = PriceLevels(scenario.prices, world).staff[month]
    np.add.at(money, month // MONTHS_PER_YEAR, days * world.of(migration.day_rate_cny) * level)
    return money


def _over_budget(scenario: Scenario, world: World, run: Run) -> float:
    """Labour of moving above the budgets of its calendar years, whoever pays it."""
    migration, clock = scenario.alternatives[run.alternative].migration, world.clock
    if migration is None:
        return 0.0
    budget, ledger = budgets_cny(migration, world), run.ledger
    moving = np.isin(ledger.item, [row for row, item in enumerate(ITEMS) if item.category == "migration"])
    year = np.array([clock.year_of_month(m) for m in range(clock.months)]) - clock.year_of_month(0)
    spent = np.bincount(year[ledger.month[moving]], ledger.cost_cny[moving], minlength=len(budget))
    return float(np.maximum(spent - budget, 0.0).sum())


def _government(ledger: Ledger) -> Floats:
    """What each booking costs the government."""
    return np.where(ledger.payer == GOVERNMENT, ledger.cost_cny, 0.0)


def _by_month(ledger: Ledger, column: Floats, months: int) -> Floats:
    sums = np.zeros((months, len(ITEMS)))
    np.add.at(sums, (ledger.month, ledger.item), column)
    return sums


def _by_level(ledger: Ledger, world: World, levels: int, sites: int) -> Floats:
    """Cost by year, level of government (last: the cloud sites) and item."""
    rooms, units = world.estate.rooms, world.estate.units
    is_room, is_office = ledger.site >= 0, ledger.site < -sites
    unit = np.where(is_office, -1 - sites - ledger.site, 0)
    unit[is_room] = rooms.unit[ledger.site[is_room]]
    level = np.where(is_room | is_office, units.level[unit], levels)
    sums = np.zeros((world.clock.years, levels + 1, len(ITEMS)))
    np.add.at(sums, (ledger.month // MONTHS_PER_YEAR, level, ledger.item), _government(ledger))
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
