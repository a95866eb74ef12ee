"""Drawing the machine rooms of one world around what stands in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .assets import RoomClass
from .draw_listed import Said, told
from .drawing import MONTHS_PER_YEAR, Draw, Floats, Ints
from .estate import NEVER, Rooms, Servers, Systems
from .schema import Scenario

W_PER_KW = 1e3
MOST_OVERHEAD = 3.0  # W of other equipment per W of servers that a measured load may mean


def draw_rooms(
    draw: Draw,
    said: Said,
    systems: Systems,
    servers: Servers,
    room_unit: Ints,
    room_class: Ints,
    new_room_of: Ints,
) -> tuple[Rooms, Servers]:
    """The rooms of today and those to be built, and the servers with their power as measured rooms have it.

    Args:
        room_unit, room_class: of the rooms of today.
        new_room_of: for each system the rank of the room built for it, or -1.
    """
    built = np.flatnonzero(new_room_of >= 0)
    unit = np.concatenate([room_unit, systems.unit[built]]).astype(np.int32)
    size = np.concatenate([room_class, np.zeros(len(built), dtype=np.int32)])
    opens = np.concatenate([np.zeros(len(room_unit), dtype=np.int32), systems.arrives_month[built]])
    ids = np.arange(len(unit), dtype=np.int32)

    def each(field: str) -> Floats:
        levels = [draw.each(getattr(draw.scenario.rooms[kind], field), ids) for kind in ("closet", "room")]
        return np.where(size == 0, *levels)

    server_w = _nominal_it_w(draw.scenario, systems, servers, len(unit))
    overhead, factor = _measured(each("overhead_it"), server_w, said.numbers("rooms", "it_kw"))
    area = told(each("area_m2"), said.numbers("rooms", "area_m2"))
    life = np.round(each("fitout_life_years") * MONTHS_PER_YEAR)
    age = np.where(opens > 0, 0, np.floor(draw.u("fitout-age", ids) * life))
    refit = opens + life - age
    kinds: list[RoomClass] = [draw.scenario.rooms["closet"], draw.scenario.rooms["room"]]
    ups_names = sorted(draw.scenario.hardware.ups)
    ups_count = np.where(draw.u("ups-redundant", ids) < each("ups_redundant_share"), 2, 1).astype(np.int32)
    rated_w = np.maximum(server_w * (1 + overhead), 1.0) / each("ups_fill")
    ups_w = said.numbers("rooms", "ups_kw") * W_PER_KW
    rooms = Rooms(
        id=ids,
        unit=unit,
        size_class=size,
        area_m2=area,
        pue=told(each("pue"), said.numbers("rooms", "pue")),
        cooling_fixed_share=each("cooling_fixed_share"),
        ups_curve=np.array([ups_names.index(k.ups) for k in kinds], dtype=np.int32)[size],
        ups_rated_w=told(rated_w, ups_w / ups_count[: len(ups_w)]),
        ups_count=ups_count,
        overhead_it=overhead,
        overhead_fixed_share=each("overhead_fixed_share"),
        lighting_w=area * each("lighting_w_per_m2"),
        operations_cny_per_year=told(
            each("operations_cny_per_year"), said.numbers("rooms", "operations_cny_per_year")
        ),
        staff_fte=told(each("staff_fte"), said.numbers("rooms", "staff_fte")),
        fitout_cny=area * each("fitout_cny_per_m2"),
        refit_month=np.where((refit > 0) & (refit < draw.clock.months), refit, NEVER).astype(np.int32),
        opens_month=opens.astype(np.int32),
        outages_per_year=each("outages_per_year"),
        outage_hours=each("outage_hours"),
    )
    if factor is not None:
        factors = servers.config_factor * factor[systems.room[servers.system]]
        servers = replace(servers, config_factor=factors)
    return rooms, servers


def _nominal_it_w(scenario: Scenario, systems: Systems, servers: Servers, rooms: int) -> Floats:
    """Server power of each room at mean demand, all servers it will hold at first, in W."""
    curves = [scenario.hardware.curves[name] for name in sorted(scenario.hardware.curves)]
    watts = np.array([c.watts for c in curves])
    ssj = np.array([c.ssj_ops for c in curves])
    curve = servers.generation_curve[:, 0]
    position = np.minimum(servers.demand_ssj / (ssj[curve] * servers.machine_share), 1) * 10
    left = np.minimum(position.astype(np.int64), 9)
    low, high = watts[curve, left], watts[curve, left + 1]
    power_w = servers.config_factor * servers.machine_share * (low + (position - left) * (high - low))
    room = systems.room[servers.system]
    there = servers.generation_month[:, 0] == 0
    today = np.bincount(room[there], weights=power_w[there], minlength=rooms)
    return np.where(today > 0, today, np.bincount(room, weights=power_w, minlength=rooms))


def _measured(drawn: Floats, server_w: Floats, it_kw: Floats) -> tuple[Floats, Floats | None]:
    """What other equipment draws per W of server power in each room; and a factor of its servers' power.

    Where the IT load of a room was measured, other equipment draws what its servers leave of it, though no
    more than ``MOST_OVERHEAD`` times as much. If its servers would draw more by themselves, they draw less
    than machines like them.

    Args:
        drawn: overhead drawn for each room.
        server_w: power of the servers of each room at mean demand.
        it_kw: as measured in the listed rooms, NaN where it was not.
    """
    if np.isnan(it_kw).all():
        return drawn, None
    over = told(np.full(len(drawn), np.nan), it_kw * W_PER_KW) / server_w
    factor = np.where(over < 1, over, 1.0)
    return np.where(np.isnan(over), drawn, np.clip(over - 1, 0.0, MOST_OVERHEAD)), factor
