"""What rules change before anything is planned: who stays, which rooms are never built, what a cloud must be.

``governed`` gives the world and ``tightened`` the scenario as the rules leave them for one alternative.
Both change nothing where no rule asks for it, and nothing when applied again. Demand is the same for all
alternatives; see ``draw_steps``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .cloud import Cloud
from .estate import NEVER, Estate
from .policy import DrSite, Exclude, NoNewRoom, SeparatePools, binding, level_rows
from .quantity import Quantity
from .schema import Scenario
from .sites import Recovery
from .world import World

Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]


def governed(scenario: Scenario, alternative: str, world: World) -> World:
    """The world in which an alternative acts: excluded systems stay, forbidden rooms hold nothing."""
    world = in_rooms(scenario, alternative, world)
    estate = world.estate
    excluded = excluded_systems(scenario, alternative, estate)
    room = _housed(estate, forbidden_rooms(scenario, alternative, world))
    systems = estate.systems
    if not (excluded & ~systems.stays).any() and np.array_equal(room, systems.room):
        return world
    systems = replace(systems, pinned=systems.pinned | excluded, room=room)
    return replace(world, estate=replace(estate, systems=systems))


def in_rooms(scenario: Scenario, alternative: str, world: World) -> World:
    """The world of an alternative whose hosts stand in rooms, any other as it is.

    Capacity is no easier to get there than before, so demand has no growth of its own from it; and the effort
    of each system is that of this alternative, not of the first that moves systems.
    """
    chosen, path = scenario.alternatives[alternative], scenario.demand.rebound_per_year.path
    if chosen.kind != "virtualise" or chosen.migration is None:
        return world
    effort, drawn = chosen.migration.effort_days, effort_of(scenario)
    if not world.values[path] and effort.path == drawn.path:
        return world
    values, systems = {**world.values, path: 0.0, drawn.path: world.of(effort)}, world.estate.systems
    scaled = replace(systems, effort_days=systems.effort_days * (world.of(effort) / world.of(drawn)))
    return replace(world, values=values, estate=replace(world.estate, systems=scaled))


def effort_of(scenario: Scenario) -> Quantity:
    """What the effort of the estate's systems is drawn from: that of the first alternative that moves any."""
    return next(a.migration.effort_days for a in scenario.alternatives.values() if a.migration)


def excluded_systems(scenario: Scenario, alternative: str, estate: Estate) -> Bools:
    """Systems that a rule keeps in their rooms, shape (systems,)."""
    systems, chosen = estate.systems, np.zeros(len(estate.systems.id), dtype=bool)
    classes = list(scenario.demand.classes)
    for _, rule in binding(scenario, alternative, Exclude):
        if rule.classified:
            chosen |= systems.classified
        chosen |= np.isin(systems.demand_class, [classes.index(name) for name in rule.classes])
        chosen |= np.isin(systems.zone, [estate.zones.index(z) for z in rule.zones if z in estate.zones])
        if rule.levels:
            chosen |= np.isin(estate.units.level[systems.unit], level_rows(scenario, rule.levels))
    return chosen


def forbidden_rooms(scenario: Scenario, alternative: str, world: World) -> Bools:
    """Rooms that would be built and must not be, shape (rooms,)."""
    rooms, clock = world.estate.rooms, world.clock
    level = world.estate.units.level[rooms.unit]
    opens_h = clock.month_edges_h[np.clip(rooms.opens_month, 0, clock.months)]
    forbidden = np.zeros(len(rooms.id), dtype=bool)
    for _, rule in binding(scenario, alternative, NoNewRoom):
        mine = np.isin(level, level_rows(scenario, rule.levels))
        forbidden |= mine & (rooms.opens_month > 0) & (opens_h >= clock.hour_of(rule.first))
    return forbidden


def _housed(estate: Estate, forbidden: Bools) -> Ints:
    """Room of each system: not a forbidden one but the largest of its unit, rather one without secrets."""
    rooms, systems = estate.rooms, estate.systems
    if not forbidden.any():
        return systems.room
    secret = np.zeros(len(rooms.id), dtype=bool)
    secret[systems.room[systems.classified]] = True
    today = np.flatnonzero(rooms.opens_month == 0)
    order = today[np.lexsort((rooms.id[today], -rooms.area_m2[today], secret[today]))]
    best = np.full(len(estate.units.id), -1, dtype=np.int32)
    best[rooms.unit[order[::-1]]] = order[::-1]
    return np.where(forbidden[systems.room], best[rooms.unit[systems.room]], systems.room).astype(np.int32)


def tightened(scenario: Scenario, alternative: str) -> Scenario:
    """The scenario with the cloud of an alternative as its rules want it."""
    chosen = scenario.alternatives[alternative]
    if chosen.cloud is None:
        return scenario
    cloud = _cloud(scenario, alternative, chosen.cloud)
    if cloud is chosen.cloud:
        return scenario
    alternatives = {**scenario.alternatives, alternative: chosen.model_copy(update={"cloud": cloud})}
    return scenario.model_copy(update={"alternatives": alternatives})


def _cloud(scenario: Scenario, alternative: str, cloud: Cloud) -> Cloud:
    changes: dict[str, object] = {}
    if cloud.apart == "rack" and scenario.alternatives[alternative].kind == "virtualise":
        changes["apart"] = "host"  # few rooms have two racks of hosts
    if cloud.classes_share and "class" in separating(scenario, alternative):
        changes["classes_share"] = False
    if cloud.recovery is not None:
        recovery = _recovery(scenario, alternative, cloud.recovery)
        changes |= {} if recovery == cloud.recovery else {"recovery": recovery}
    return cloud.model_copy(update=changes) if changes else cloud


def _recovery(scenario: Scenario, alternative: str, terms: Recovery) -> Recovery:
    """Terms of recovery that are no looser than any rule."""
    for _, rule in binding(scenario, alternative, DrSite):
        point, time = terms.recovery_point_minutes(), terms.recovery_time_minutes()
        changes: dict[str, object] = {
            "tier": max(terms.tier, rule.tier or 1),
            "rpo_minutes": min(point, rule.recovery_point_minutes()),
            "rto_minutes": min(time, rule.recovery_time_minutes()),
            "min_km": max(terms.min_km, rule.min_km),
            "by": min(terms.by, rule.by),
        }
        terms = terms.model_copy(update=changes)
    return terms


def separating(scenario: Scenario, alternative: str) -> frozenset[str]:
    """Attributes in which systems that share a host never differ."""
    always = frozenset({"zone", "mlps"})
    rules = binding(scenario, alternative, SeparatePools)
    return always.union(*(rule.attributes for _, rule in rules))


def kept_apart(scenario: Scenario, alternative: str, estate: Estate) -> Ints:
    """Systems of unlike numbers share no host, whatever zone, MLPS level and class say, shape (systems,)."""
    level: Ints = estate.units.level[estate.systems.unit]
    return level if "level" in separating(scenario, alternative) else np.zeros_like(level)


def today_servers(estate: Estate) -> NDArray[np.float64]:
    """Machines in each room on the first day, parts of them summed, shape (rooms,)."""
    servers, systems = estate.servers, estate.systems
    there = (servers.generation_month[:, 0] <= 0) & (servers.retires_month > 0)
    there &= systems.arrives_month[servers.system] == 0
    room = systems.room[servers.system[there]]
    machines = np.bincount(room, servers.machine_share[there], minlength=len(estate.rooms.id))
    return np.asarray(np.round(machines, 9))


def held_rooms(estate: Estate) -> Bools:
    """Rooms that a system which stays keeps open for the whole horizon, shape (rooms,)."""
    systems = estate.systems
    held = np.zeros(len(estate.rooms.id), dtype=bool)
    held[systems.room[systems.stays & (systems.arrives_month != NEVER)]] = True
    return held
