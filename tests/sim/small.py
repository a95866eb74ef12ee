"""Small worlds and plans: drawn from the minimal scenario, or made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from roomfold.optimize.plan import Flavours, Hosts, Plan
from roomfold.scenarios import Scenario, load
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.estate import NEVER, Estate
from roomfold.scenarios.world import World

MINIMAL = Path(__file__).parents[1] / "scenarios" / "minimal.yaml"
MOVE = "alternatives.consolidate.migration"
CLOUD = "alternatives.consolidate.cloud"
SATURDAY_H = 74  # Saturday 4 January 2014, 02:00
WEEK_H = 168


@lru_cache
def scenario(*overrides: str) -> Scenario:
    """The minimal scenario over three years."""
    return load(MINIMAL, ["time.years=3", *overrides])


def drawn(index: int, *overrides: str) -> tuple[Scenario, World]:
    """A random small world."""
    chosen = scenario(*overrides)
    return chosen, draw_world(chosen, index)


def take(table: Any, rows: Any) -> Any:
    """Some rows of a table."""
    return type(table)(*(getattr(table, field.name)[rows] for field in fields(table)))


@dataclass(frozen=True)
class System:
    """A system made by hand; ``servers`` lists whether each of its servers is a zombie."""

    room: int
    servers: Sequence[bool] = (False,)
    classified: bool = False
    arrives: int = 0
    retires: int = int(NEVER)
    line: bool = False


def made(systems: Sequence[System], *overrides: str) -> tuple[Scenario, World]:
    """A world of one unit with these systems; servers are never refreshed, rooms never refitted."""
    chosen, world = drawn(0, *overrides)
    return chosen, replace(world, estate=made_estate(world.estate, systems))


def made_estate(estate: Estate, systems: Sequence[System]) -> Estate:
    """An estate of one unit; whatever is not said is copied from the first rows of another estate."""
    rooms, n = 1 + max(s.room for s in systems), len(systems)
    owner = np.repeat(np.arange(n), [len(s.servers) for s in systems]).astype(np.int32)
    lines = np.array([i for i, s in enumerate(systems) if s.line], dtype=np.int32)

    def column(values: Sequence[Any]) -> Any:
        return np.array(values, dtype=bool if values and isinstance(values[0], bool) else np.int32)

    arrives, retires = column([s.arrives for s in systems]), column([s.retires for s in systems])
    never = np.full(len(owner), NEVER, dtype=np.int32)
    return replace(
        estate,
        units=take(estate.units, [0]),
        rooms=replace(
            take(estate.rooms, [0] * rooms),
            id=np.arange(rooms, dtype=np.int32),
            unit=np.zeros(rooms, dtype=np.int32),
            refit_month=np.full(rooms, NEVER, dtype=np.int32),
            opens_month=np.zeros(rooms, dtype=np.int32),
        ),
        systems=replace(
            take(estate.systems, [0] * n),
            id=np.arange(n, dtype=np.int32),
            unit=np.zeros(n, dtype=np.int32),
            room=column([s.room for s in systems]),
            classified=column([s.classified for s in systems]),
            arrives_month=arrives,
            retires_month=retires,
        ),
        servers=replace(
            take(estate.servers, [0] * len(owner)),
            id=np.arange(len(owner), dtype=np.int32),
            machine=np.arange(len(owner), dtype=np.int32),
            system=owner,
            zombie=column([zombie for s in systems for zombie in s.servers]),
            retires_month=retires[owner],
            bought_month=np.where(arrives > 0, arrives, -12).astype(np.int32)[owner],
            generation_month=np.stack([arrives[owner], never], axis=1),
            generation_curve=np.zeros((len(owner), 2), dtype=np.int32),
            demand_ssj=np.full(len(owner), 1e4),
        ),
        lines=replace(take(estate.lines, [0] * len(lines)), id=lines, system=lines),
    )


def stay(world: World, alternative: str = "keep") -> Plan:
    """A plan that builds and moves nothing."""
    estate, none, nil = world.estate, np.empty(0, dtype=np.int32), np.empty(0)
    hosts = Hosts(none, none, none, none, none.astype(bool), none, nil, nil, nil, nil, nil, nil, none, none)
    nowhere = np.full(len(estate.servers.id), -1, dtype=np.int32)
    stays = np.full(len(estate.systems.id), NEVER, dtype=np.int32)
    units = len(estate.units.id)
    return Plan(
        alternative=alternative,
        kind=alternative,
        pools=(),
        sites=(),
        pool_site=none,
        unit_site=np.full(units, -1, dtype=np.int32),
        hub_rooms=none,
        hosts=hosts,
        flavours=Flavours(nil, nil, nil),
        flavour=nowhere,
        placement=nowhere,
        wave_h=stays,
        shared_line=np.full(units, -1, dtype=np.int32),
        shared_lines=np.zeros(units, dtype=np.int32),
        team_fte=0.0,
        late=0,
        proof=None,
    )


def move(world: World, *, buy_month: int = 0, first_week: int = 10, hosts: int = 4, spread: int = 12) -> Plan:
    """A plan that moves every system that may, week by week, onto hosts of one pool, the last a standby."""
    estate = world.estate
    systems, servers, edges = estate.systems, estate.servers, world.clock.month_edges_h
    week = first_week + np.arange(len(systems.id)) % spread
    wave = SATURDAY_H + WEEK_H * week
    arrival = edges[np.minimum(systems.arrives_month, world.clock.months)]
    starts = (systems.arrives_month > 0) & (arrival >= SATURDAY_H + WEEK_H * first_week)
    wave = np.where(starts, arrival, np.maximum(wave, arrival + WEEK_H // 2))
    retired = edges[np.minimum(systems.retires_month, world.clock.months)] <= wave
    wave = np.where(systems.classified | retired, NEVER, wave)
    goes = (wave[servers.system] != NEVER) & (~servers.zombie | (servers.id % 2 == 0))
    placement = np.where(goes, servers.id % max(hosts - 1, 1), -1).astype(np.int32)
    units = np.unique(systems.unit[wave != NEVER])
    shared = np.full(len(estate.units.id), -1, dtype=np.int32)
    shared[units] = 0
    same = np.zeros(hosts, dtype=np.int32)
    full = np.ones(hosts)
    return replace(
        stay(world, "consolidate"),
        pools=(("internet", 2),),
        sites=("cloud",),
        pool_site=np.zeros(1, dtype=np.int32),
        unit_site=np.where(shared >= 0, 0, -1).astype(np.int32),
        hub_rooms=np.full(1, -1, dtype=np.int32),
        hosts=Hosts(
            pool=same,
            type=same,
            buy_month=same + buy_month,
            age_months=same,
            standby=np.arange(hosts) == hosts - 1,
            curve=same,
            capacity_ssj=full * 2e6,
            vcpu=full * 48,
            memory_gb=full * 118,
            disk_gb=full * 4000,
            price_cny=full * 45_000,
            rack_units=full * 2,
            recovers=same - 1,
            rack=same,
        ),
        placement=placement,
        wave_h=wave.astype(np.int32),
        shared_line=shared,
        shared_lines=np.where(shared >= 0, 2, 0).astype(np.int32),
        team_fte=world.values[f"{MOVE}.team_fte"],
    )
