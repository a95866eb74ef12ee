"""Drawing the estate of one world: its units, which rooms they have, and their systems.

Servers, rooms and lines follow from them (see ``draw_servers``, ``draw_rooms``, ``draw_lines``). Of a listed
estate, what is listed stands and only blanks are drawn (see ``draw_listed``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .clock import Clock
from .draw_lines import draw_lines
from .draw_links import draw_links
from .draw_listed import Said, room_of_systems, told
from .draw_places import draw_coordinates
from .draw_rooms import draw_rooms
from .draw_servers import draw_servers
from .draw_steps import Newcomers, newcomers, rises, with_sizes
from .drawing import MONTHS_PER_YEAR, Draw, Floats, Ints, apportion, choose, lognormal
from .elementary import log
from .estate import NEVER, Estate, Servers, Systems, Units
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
    said = Said(scenario)
    units = _units(draw, said)
    room_unit, room_class = _room_places(draw, said, units)
    systems, like, new_room_of, stepped = _systems(draw, said, units, room_unit, room_class)
    servers = with_sizes(draw_servers(draw, said, systems, like), systems, stepped)
    systems = replace(systems, refresh_month=_next_refresh(systems, servers))
    rooms, servers = draw_rooms(draw, said, systems, servers, room_unit, room_class, new_room_of)
    lines, zones = draw_lines(draw, said, units, systems), tuple(scenario.estate.zones)
    risen = rises(draw, units, systems, servers)
    links = draw_links(draw, systems)
    return Estate(units, rooms, systems, servers, lines, zones, links, risen, said.names)


def _units(draw: Draw, said: Said) -> Units:
    levels = draw.scenario.estate.levels
    if said.listed is None:
        counts = [level.units for level in levels.values()]
        level = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    else:
        level = said.listed.unit_level(list(levels))
    ids = np.arange(len(level), dtype=np.int32)
    return Units(ids, level, *draw_coordinates(draw, level, ids))


def _room_places(draw: Draw, said: Said, units: Units) -> tuple[Ints, Ints]:
    """Unit and size class of every room there is today; each unit has at least one."""
    unit = _unit_of_rooms(draw, units) if said.listed is None else said.listed.room_unit
    levels = list(draw.scenario.estate.levels.values())
    ids = np.arange(len(unit), dtype=np.int32)
    large = np.array([draw.of(level.large_room_share) for level in levels])[units.level[unit]]
    drawn = (draw.u("room-class", ids) < large).astype(np.int32)
    return unit, told(drawn, said.rows("rooms", "size_class", ["closet", "room"]))


def _unit_of_rooms(draw: Draw, units: Units) -> Ints:
    """Unit of every room there is today, by the weights of their levels."""
    levels, rooms = list(draw.scenario.estate.levels.values()), draw.scenario.estate.rooms
    assert rooms is not None, "given unless the estate is listed"
    n_units = len(units.id)
    total = max(round(draw.of(rooms)), n_units)
    weights = np.array([level.rooms_weight for level in levels])[units.level]
    weights = np.maximum(weights, 1e-9) * lognormal(draw.u("rooms-per-unit", units.id), ROOMS_PER_UNIT_CV)
    return np.repeat(units.id, 1 + apportion(total - n_units, weights)).astype(np.int32)


def _systems(
    draw: Draw, said: Said, units: Units, room_unit: Ints, room_class: Ints
) -> tuple[Systems, Ints, Ints, Newcomers]:
    """Systems of today, then those to come, of steps last.

    And for each the one that it is like (of today: itself), and the rank of a room built for it, or -1.
    """
    estate, demand = draw.scenario.estate, draw.scenario.demand
    room, parent, today = _system_rooms(draw, said, units, room_unit, room_class)
    classified = _classified(draw, said, np.arange(len(room), dtype=np.int32), room, today)
    stepped = newcomers(draw, units.level[room_unit[room[:today]]], ~classified[:today])
    room = np.concatenate([room, room[stepped.parent]])
    like = np.concatenate([np.arange(today), parent, stepped.parent]).astype(np.int32)
    n, usual = len(room), len(classified)
    ids = np.arange(n, dtype=np.int32)
    months = draw.clock.months
    arrives = np.where(ids < today, 0, 1 + np.floor(draw.u("arrival", ids) * (months - 1))).astype(np.int32)
    arrives[usual:] = stepped.month
    kind = choose(draw.u("demand-class", ids), np.array([c.share for c in demand.classes.values()]))
    kind[usual:] = np.where(stepped.demand_class < 0, kind[usual:], stepped.demand_class)
    kind = told(kind, said.rows("systems", "demand_class", list(demand.classes)))
    zone = choose(draw.u("zone", ids), np.array(list(estate.zones.values())))
    lasting = -log(draw.u("retirement", ids)) * MONTHS_PER_YEAR
    rate = max(draw.of(estate.retired_systems_per_year), 1e-12)
    # A new system is not given up within its first year.
    retires = np.ceil(np.where(arrives > 0, arrives + MONTHS_PER_YEAR, 0) + lasting / rate)
    builds = (arrives > 0) & (draw.u("new-room", ids) < draw.of(estate.new_room_per_new_system))
    new_room_of = np.where(builds, np.cumsum(builds) - 1, -1).astype(np.int32)
    unit = room_unit[room]
    mlps_levels = np.array(list(estate.mlps), dtype=np.int32)
    mlps = mlps_levels[choose(draw.u("mlps", ids), np.array(list(estate.mlps.values())))]
    pinned = told(_some(draw, "pinned", estate.pinned_share, ids), said.flags("systems", "pinned"))
    dedicated = _some(draw, "dedicated", estate.dedicated_share, ids)
    systems = Systems(
        id=ids,
        unit=unit,
        room=np.where(builds, len(room_unit) + new_room_of, room).astype(np.int32),
        demand_class=kind,
        zone=_alike(said, told(zone, said.rows("systems", "zone", list(estate.zones))), like),
        mlps=_alike(said, told(mlps, said.numbers("systems", "mlps")), like),
        classified=np.concatenate([classified, np.zeros(n - usual, dtype=bool)]) & ~builds,
        arrives_month=arrives,
        retires_month=np.where(retires < months, retires, NEVER).astype(np.int32),
        refresh_month=np.full(n, NEVER, dtype=np.int32),
        effort_days=_effort(draw, ids),
        traffic_mbps=draw.each(estate.system_traffic_mbps, ids),
        replicated=_some(draw, "replicated", estate.replica_share, ids),
        pinned=pinned & ~builds,
        dedicated=told(dedicated, said.flags("systems", "dedicated")),
    )
    return systems, like, new_room_of, stepped


def _alike(said: Said, column: Ints, like: Ints) -> Ints:
    """A column in which systems to come are like others, where these are listed."""
    return column if said.listed is None else column[like]


def _some(draw: Draw, name: str, share: Quantity | None, ids: Ints) -> Bools:
    """Systems drawn with a probability; none where it is not given."""
    if share is None:
        return np.zeros(len(ids), dtype=bool)
    chosen: Bools = draw.u(name, ids) < draw.of(share)
    return chosen


def _system_rooms(
    draw: Draw, said: Said, units: Units, room_unit: Ints, room_class: Ints
) -> tuple[Ints, Ints, int]:
    """Room of every system, parents of those to come, and how many are there today, one a room at least."""
    if said.listed is None:
        room = _room_of_drawn(draw, units, room_unit, room_class)
    else:
        room = room_of_systems(draw, said.listed, room_class)
    today = len(room)
    new = round(draw.of(draw.scenario.estate.new_systems_per_year) * today * draw.scenario.time.years)
    parent = np.floor(draw.u("new-system", np.arange(new, dtype=np.int32)) * today).astype(np.int32)
    return np.concatenate([room, room[parent]]).astype(np.int32), parent, today


def _room_of_drawn(draw: Draw, units: Units, room_unit: Ints, room_class: Ints) -> Ints:
    """Room of every system of today, by the weights of their levels."""
    estate = draw.scenario.estate
    assert estate.systems is not None, "given unless the estate is listed"
    share = draw.of(estate.classified_share)
    today = max(round(draw.of(estate.systems) / (1 - share)), len(room_unit))
    rooms = np.arange(len(room_unit), dtype=np.int32)
    level = units.level[room_unit]
    per_level = np.array([v.systems_weight * v.units for v in estate.levels.values()])
    rooms_of_level = np.bincount(level, minlength=len(per_level))
    weights = np.maximum(per_level / np.maximum(rooms_of_level, 1), 1e-9)[level]
    weights = weights * np.where(room_class == 1, LARGE_ROOM_WEIGHT, 1.0)
    weights = weights * lognormal(draw.u("systems-per-room", rooms), SYSTEMS_PER_ROOM_CV)
    return np.repeat(rooms, 1 + apportion(today - len(rooms), weights))


def _classified(draw: Draw, said: Said, ids: Ints, room: Ints, today: int) -> Bools:
    """Classified systems: some alone among others, the rest filling whole rooms of their own."""
    estate = draw.scenario.estate
    if said.listed is not None:
        return _said_classified(draw, said, ids, room, today)
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


def _said_classified(draw: Draw, said: Said, ids: Ints, room: Ints, today: int) -> Bools:
    """Classified systems of a listed estate: as it says, else by chance; to come in rooms of nothing else."""
    drawn = draw.u("classified", ids[:today]) < draw.of(draw.scenario.estate.classified_share)
    classified = told(drawn, said.flags("systems", "classified"))
    mixed = np.zeros(int(room.max()) + 1, dtype=bool)
    mixed[room[:today][~classified]] = True
    return np.concatenate([classified, ~mixed[room[today:]]])


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
