"""Drawing the estate of one world: units, rooms, systems and lines around the servers (see draw_servers)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .assets import RoomClass
from .clock import Clock
from .draw_links import draw_links
from .draw_places import draw_coordinates
from .draw_servers import draw_servers
from .draw_steps import Newcomers, newcomers, rises, with_sizes
from .drawing import MONTHS_PER_YEAR, Draw, Floats, Ints, apportion, choose, lognormal
from .estate import NEVER, Estate, Lines, Rooms, Servers, Systems, Units
from .quantity import Quantity
from .schema import Scenario

Bools = NDArray[np.bool_]

# Between rooms of one level, the number of systems has a long tail: in Beijing 20+ units had
# 70+ systems on the cloud and one of them 15 (seed figure of 2014).
SYSTEMS_PER_ROOM_CV = 0.9
ROOMS_PER_UNIT_CV = 0.4
LARGE_ROOM_WEIGHT = 3.0


def draw_estate(
    scenario: Scenario, seed: int, index: int, values: Mapping[str, float], clock: Clock
) -> Estate:
    """The estate of one world.

    Args:
        values: drawn level of each quantity by path.
    """
    draw = Draw(scenario, seed, index, values, clock)
    units = _units(draw)
    room_unit, room_class = _room_places(draw, units)
    systems, new_room_of, stepped = _systems(draw, units, room_unit, room_class)
    servers = with_sizes(draw_servers(draw, systems), systems, stepped)
    systems = replace(systems, refresh_month=_next_refresh(systems, servers))
    rooms = _rooms(draw, systems, servers, room_unit, room_class, new_room_of)
    lines, zones = _lines(draw, units, systems), tuple(scenario.estate.zones)
    risen = rises(draw, units, systems, servers)
    return Estate(units, rooms, systems, servers, lines, zones, draw_links(draw, systems), risen)


def _units(draw: Draw) -> Units:
    counts = [level.units for level in draw.scenario.estate.levels.values()]
    level = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    ids = np.arange(len(level), dtype=np.int32)
    return Units(ids, level, *draw_coordinates(draw, level, ids))


def _room_places(draw: Draw, units: Units) -> tuple[Ints, Ints]:
    """Unit and size class of every room there is today; each unit has at least one."""
    levels = list(draw.scenario.estate.levels.values())
    n_units = len(units.id)
    total = max(round(draw.of(draw.scenario.estate.rooms)), n_units)
    weights = np.array([level.rooms_weight for level in levels])[units.level]
    weights = np.maximum(weights, 1e-9) * lognormal(draw.u("rooms-per-unit", units.id), ROOMS_PER_UNIT_CV)
    unit = np.repeat(units.id, 1 + apportion(total - n_units, weights)).astype(np.int32)
    ids = np.arange(len(unit), dtype=np.int32)
    large = np.array([draw.of(level.large_room_share) for level in levels])[units.level[unit]]
    return unit, (draw.u("room-class", ids) < large).astype(np.int32)


def _systems(draw: Draw, units: Units, room_unit: Ints, room_class: Ints) -> tuple[Systems, Ints, Newcomers]:
    """Systems of today, then those to come, of steps last; and for each the rank of a room built, or -1."""
    estate, demand = draw.scenario.estate, draw.scenario.demand
    room, today = _system_rooms(draw, units, room_unit, room_class)
    classified = _classified(draw, np.arange(len(room), dtype=np.int32), room, today)
    stepped = newcomers(draw, units.level[room_unit[room[:today]]], ~classified[:today])
    room = np.concatenate([room, room[stepped.parent]])
    n, usual = len(room), len(classified)
    ids = np.arange(n, dtype=np.int32)
    months = draw.clock.months
    arrives = np.where(ids < today, 0, 1 + np.floor(draw.u("arrival", ids) * (months - 1))).astype(np.int32)
    arrives[usual:] = stepped.month
    kind = choose(draw.u("demand-class", ids), np.array([c.share for c in demand.classes.values()]))
    kind[usual:] = np.where(stepped.demand_class < 0, kind[usual:], stepped.demand_class)
    lasting = -np.log(draw.u("retirement", ids)) * MONTHS_PER_YEAR
    rate = max(draw.of(estate.retired_systems_per_year), 1e-12)
    # A new system is not given up within its first year.
    retires = np.ceil(np.where(arrives > 0, arrives + MONTHS_PER_YEAR, 0) + lasting / rate)
    builds = (arrives > 0) & (draw.u("new-room", ids) < draw.of(estate.new_room_per_new_system))
    new_room_of = np.where(builds, np.cumsum(builds) - 1, -1).astype(np.int32)
    unit = room_unit[room]
    mlps_levels = np.array(list(estate.mlps), dtype=np.int32)
    systems = Systems(
        id=ids,
        unit=unit,
        room=np.where(builds, len(room_unit) + new_room_of, room).astype(np.int32),
        demand_class=kind,
        zone=choose(draw.u("zone", ids), np.array(list(estate.zones.values()))),
        mlps=mlps_levels[choose(draw.u("mlps", ids), np.array(list(estate.mlps.values())))],
        classified=np.concatenate([classified, np.zeros(n - usual, dtype=bool)]) & ~builds,
        arrives_month=arrives,
        retires_month=np.where(retires < months, retires, NEVER).astype(np.int32),
        refresh_month=np.full(n, NEVER, dtype=np.int32),
        effort_days=_effort(draw, ids),
        traffic_mbps=draw.each(estate.system_traffic_mbps, ids),
        replicated=_some(draw, "replicated", estate.replica_share, ids),
        pinned=_some(draw, "pinned", estate.pinned_share, ids) & ~builds,
        dedicated=_some(draw, "dedicated", estate.dedicated_share, ids),
    )
    return systems, new_room_of, stepped


def _some(draw: Draw, name: str, share: Quantity | None, ids: Ints) -> Bools:
    """Systems drawn with a probability; none where it is not given."""
    if share is None:
        return np.zeros(len(ids), dtype=bool)
    chosen: Bools = draw.u(name, ids) < draw.of(share)
    return chosen


def _system_rooms(draw: Draw, units: Units, room_unit: Ints, room_class: Ints) -> tuple[Ints, int]:
    """Room of every system, and how many of them are there today; each room has at least one."""
    estate = draw.scenario.estate
    share = draw.of(estate.classified_share)
    today = max(round(draw.of(estate.systems) / (1 - share)), len(room_unit))
    rooms = np.arange(len(room_unit), dtype=np.int32)
    level = units.level[room_unit]
    per_level = np.array([v.systems_weight * v.units for v in estate.levels.values()])
    rooms_of_level = np.bincount(level, minlength=len(per_level))
    weights = np.maximum(per_level / np.maximum(rooms_of_level, 1), 1e-9)[level]
    weights = weights * np.where(room_class == 1, LARGE_ROOM_WEIGHT, 1.0)
    weights = weights * lognormal(draw.u("systems-per-room", rooms), SYSTEMS_PER_ROOM_CV)
    room = np.repeat(rooms, 1 + apportion(today - len(rooms), weights))
    new = round(draw.of(estate.new_systems_per_year) * today * draw.scenario.time.years)
    parent = np.floor(draw.u("new-system", np.arange(new, dtype=np.int32)) * today).astype(np.int32)
    return np.concatenate([room, room[parent]]).astype(np.int32), today


def _classified(draw: Draw, ids: Ints, room: Ints, today: int) -> Bools:
    """Classified systems: some alone among others, the rest filling whole rooms of their own."""
    estate = draw.scenario.estate
    wanted = round(draw.of(estate.classified_share) * today)
    mixed = round(wanted * draw.of(estate.classified_mixed_share))
    rooms = np.arange(int(room.max()) + 1, dtype=np.int32)
    order = np.argsort(draw.u("classified-room", rooms), kind="stable")
    sizes = np.bincount(room[:today], minlength=len(rooms))[order]
    own = order[np.cumsum(sizes) <= wanted - mixed]
    classified = np.isin(room, own)
    missing = wanted - int(classified[:today].sum())
    candidates = np.flatnonzero(~classified[:today])
    chosen = candidates[np.argsort(draw.u("classified", ids)[candidates], kind="stable")[:missing]]
    classified[chosen] = True
    return classified


def _effort(draw: Draw, ids: Ints) -> Floats:
    """Person-days to move each system; of the first alternative that moves any."""
    for alternative in draw.scenario.alternatives.values():
        if alternative.migration is not None:
            return draw.each(alternative.migration.effort_days, ids)
    return np.zeros(len(ids))


def _next_refresh(systems: Systems, servers: Servers) -> Ints:
    """Month of the first refresh of any server of each system."""
    refresh = np.full(len(systems.id), NEVER, dtype=np.int32)
    later = servers.generation_month[:, 1:]
    if later.shape[1]:
        np.minimum.at(refresh, servers.system, later.min(axis=1))
    return refresh


def _rooms(
    draw: Draw, systems: Systems, servers: Servers, room_unit: Ints, room_class: Ints, new_room_of: Ints
) -> Rooms:
    built = np.flatnonzero(new_room_of >= 0)
    unit = np.concatenate([room_unit, systems.unit[built]]).astype(np.int32)
    size = np.concatenate([room_class, np.zeros(len(built), dtype=np.int32)])
    opens = np.concatenate([np.zeros(len(room_unit), dtype=np.int32), systems.arrives_month[built]])
    ids = np.arange(len(unit), dtype=np.int32)

    def each(field: str) -> Floats:
        levels = [draw.each(getattr(draw.scenario.rooms[kind], field), ids) for kind in ("closet", "room")]
        return np.where(size == 0, *levels)

    it_w = _nominal_it_w(draw.scenario, systems, servers, len(unit)) * (1 + each("overhead_it"))
    area = each("area_m2")
    life = np.round(each("fitout_life_years") * MONTHS_PER_YEAR)
    age = np.where(opens > 0, 0, np.floor(draw.u("fitout-age", ids) * life))
    refit = opens + life - age
    kinds: list[RoomClass] = [draw.scenario.rooms["closet"], draw.scenario.rooms["room"]]
    ups_names = sorted(draw.scenario.hardware.ups)
    return Rooms(
        id=ids,
        unit=unit,
        size_class=size,
        area_m2=area,
        pue=each("pue"),
        cooling_fixed_share=each("cooling_fixed_share"),
        ups_curve=np.array([ups_names.index(k.ups) for k in kinds], dtype=np.int32)[size],
        ups_rated_w=np.maximum(it_w, 1.0) / each("ups_fill"),
        ups_count=np.where(draw.u("ups-redundant", ids) < each("ups_redundant_share"), 2, 1).astype(np.int32),
        overhead_it=each("overhead_it"),
        overhead_fixed_share=each("overhead_fixed_share"),
        lighting_w=area * each("lighting_w_per_m2"),
        operations_cny_per_year=each("operations_cny_per_year"),
        staff_fte=each("staff_fte"),
        fitout_cny=area * each("fitout_cny_per_m2"),
        refit_month=np.where((refit > 0) & (refit < draw.clock.months), refit, NEVER).astype(np.int32),
        opens_month=opens.astype(np.int32),
        outages_per_year=each("outages_per_year"),
        outage_hours=each("outage_hours"),
    )


def _nominal_it_w(scenario: Scenario, systems: Systems, servers: Servers, rooms: int) -> Floats:
    """Server power of each room at mean demand, all servers it will hold at first, in W."""
    curves = [scenario.hardware.curves[name] for name in sorted(scenario.hardware.curves)]
    watts = np.array([c.watts for c in curves])
    ssj = np.array([c.ssj_ops for c in curves])
    curve = servers.generation_curve[:, 0]
    position = np.minimum(servers.demand_ssj / ssj[curve], 1) * 10
    left = np.minimum(position.astype(np.int64), 9)
    low, high = watts[curve, left], watts[curve, left + 1]
    power_w = servers.config_factor * (low + (position - left) * (high - low))
    room = systems.room[servers.system]
    there = servers.generation_month[:, 0] == 0
    today = np.bincount(room[there], weights=power_w[there], minlength=rooms)
    return np.where(today > 0, today, np.bincount(room, weights=power_w, minlength=rooms))


def _lines(draw: Draw, units: Units, systems: Systems) -> Lines:
    """Dedicated lines: as many as drawn among today's systems, and as often among later ones."""
    scenario = draw.scenario
    names = list(scenario.lines)
    levels = list(scenario.estate.levels.values())
    level = units.level[systems.unit]
    eligible = np.array([bool(v.vertical_lines) for v in levels])[level]
    today = eligible & (systems.arrives_month == 0)
    ratio = draw.of(scenario.estate.vertical_lines) / max(int(today.sum()), 1)
    whole = int(ratio)
    count = np.where(eligible, whole + (draw.u("line", systems.id) < ratio - whole), 0)
    system = np.repeat(np.arange(len(count), dtype=np.int32), count)
    number = np.arange(len(system), dtype=np.int32) - np.repeat(np.cumsum(count) - count, count)
    ids = (systems.id[system] * (whole + 1) + number).astype(np.int32)
    kind = np.zeros(len(system), dtype=np.int32)
    price = np.zeros(len(system))
    for row, value in enumerate(levels):
        mine = np.flatnonzero(level[system] == row)
        if not len(mine):
            continue
        weights = np.array([value.vertical_lines.get(name, 0.0) for name in names])
        kind[mine] = choose(draw.u("line-kind", ids[mine]), weights)
    for row, name in enumerate(names):
        mine = np.flatnonzero(kind == row)
        price[mine] = draw.each(scenario.lines[name].price_cny_per_year, ids[mine])
    return Lines(id=ids.copy(), system=system, kind=kind, price_cny_per_year=price)
