"""Drawing the estate of one world: rooms, systems, servers and lines.

Levels come from the world's draw of each quantity; entities vary around them by the quantity's
``spread`` (coefficient of variation, log-normal, mean preserved). All numbers come from streams
keyed by entity id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from .clock import Clock
from .estate import NEVER, Estate, Lines, Rooms, Servers, Systems, Units
from .profile import class_profiles
from .quantity import Quantity
from .schema import RoomClass, Scenario
from .streams import uniforms

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Between rooms of one level, the number of systems has a long tail: in Beijing 20+ units had
# 70+ systems on the cloud and one of them 15 (seed figure of 2014).
SYSTEMS_PER_ROOM_CV = 0.9
ROOMS_PER_UNIT_CV = 0.4
LARGE_ROOM_WEIGHT = 3.0
MOST_SERVERS_PER_SYSTEM = 12
MOST_ZOMBIES = 0.9  # of the servers beside the first of each system
# A machine twice as fast does not do twice the work: what a system asks for grows with the square root
# of the machine it was given (project assumption), so that fast machines are less busy than slow ones.
DEMAND_ELASTICITY = 0.5
# A department replaces a server that comes near its limit: none is above this share of its capacity
# for more than 5 % of the hours of the first year.
HIGHEST_PEAK = 0.7
MONTHS_PER_YEAR = 12


def _lognormal(u: Floats, cv: float) -> Floats:
    """Factors with mean 1 and coefficient of variation ``cv``."""
    sigma = np.sqrt(np.log1p(cv**2))
    return np.asarray(np.exp(sigma * ndtri(u) - sigma**2 / 2))


def _apportion(total: int, weights: Floats) -> Ints:
    """Whole shares of ``total`` in proportion to ``weights`` (largest remainders)."""
    quotas = total * weights / weights.sum()
    shares: Ints = np.floor(quotas).astype(np.int32)
    missing = total - int(shares.sum())
    shares[np.argsort(shares - quotas, kind="stable")[:missing]] += np.int32(1)
    return shares


def _choose(u: Floats, weights: Floats) -> Ints:
    """Index drawn in proportion to ``weights`` for each u."""
    edges = np.cumsum(weights) / np.sum(weights)
    return np.minimum(np.searchsorted(edges, u, side="right"), len(weights) - 1).astype(np.int32)


class _Draw:
    """The streams and levels of one world."""

    def __init__(
        self, scenario: Scenario, seed: int, index: int, values: Mapping[str, float], clock: Clock
    ) -> None:
        self.scenario = scenario
        self.clock = clock
        self._seed, self._index, self._values = seed, index, values

    def of(self, quantity: Quantity) -> float:
        return self._values[quantity.path]

    def u(self, name: str, ids: Ints, draws: int = 1) -> Floats:
        return uniforms(self._seed, self._index, f"estate/{name}", ids, draws)

    def each(self, quantity: Quantity, ids: Ints) -> Floats:
        level = self.of(quantity)
        if quantity.spread == 0:
            return np.full(len(ids), level)
        factors = _lognormal(self.u(quantity.path, ids), quantity.spread)
        return np.clip(level * factors, *quantity.bounds)


def draw_estate(
    scenario: Scenario, seed: int, index: int, values: Mapping[str, float], clock: Clock
) -> Estate:
    """The estate of one world.

    Args:
        values: drawn level of each quantity by path.
    """
    draw = _Draw(scenario, seed, index, values, clock)
    units = _units(draw)
    room_unit, room_class = _room_places(draw, units)
    systems, new_room_of = _systems(draw, units, room_unit, room_class)
    servers = _servers(draw, systems)
    systems = replace(systems, refresh_month=_next_refresh(systems, servers))
    rooms = _rooms(draw, systems, servers, room_unit, room_class, new_room_of)
    return Estate(units, rooms, systems, servers, _lines(draw, units, systems), tuple(scenario.estate.zones))


def _units(draw: _Draw) -> Units:
    counts = [level.units for level in draw.scenario.estate.levels.values()]
    level = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    return Units(id=np.arange(len(level), dtype=np.int32), level=level)


def _room_places(draw: _Draw, units: Units) -> tuple[Ints, Ints]:
    """Unit and size class of every room there is today; each unit has at least one."""
    levels = list(draw.scenario.estate.levels.values())
    n_units = len(units.id)
    total = max(round(draw.of(draw.scenario.estate.rooms)), n_units)
    weights = np.array([level.rooms_weight for level in levels])[units.level]
    weights = np.maximum(weights, 1e-9) * _lognormal(draw.u("rooms-per-unit", units.id), ROOMS_PER_UNIT_CV)
    unit = np.repeat(units.id, 1 + _apportion(total - n_units, weights)).astype(np.int32)
    ids = np.arange(len(unit), dtype=np.int32)
    large = np.array([draw.of(level.large_room_share) for level in levels])[units.level[unit]]
    return unit, (draw.u("room-class", ids) < large).astype(np.int32)


def _systems(draw: _Draw, units: Units, room_unit: Ints, room_class: Ints) -> tuple[Systems, Ints]:
    """Systems of today, then those still to come; and for each the rank of a room built for it, or -1."""
    estate, demand = draw.scenario.estate, draw.scenario.demand
    room, today = _system_rooms(draw, units, room_unit, room_class)
    n = len(room)
    ids = np.arange(n, dtype=np.int32)
    months = draw.clock.months
    arrives = np.where(ids < today, 0, 1 + np.floor(draw.u("arrival", ids) * (months - 1))).astype(np.int32)
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
        demand_class=_choose(
            draw.u("demand-class", ids), np.array([c.share for c in demand.classes.values()])
        ),
        zone=_choose(draw.u("zone", ids), np.array(list(estate.zones.values()))),
        mlps=mlps_levels[_choose(draw.u("mlps", ids), np.array(list(estate.mlps.values())))],
        classified=_classified(draw, ids, room, today) & ~builds,
        arrives_month=arrives,
        retires_month=np.where(retires < months, retires, NEVER).astype(np.int32),
        refresh_month=np.full(n, NEVER, dtype=np.int32),
        effort_days=_effort(draw, ids),
        traffic_mbps=draw.each(estate.system_traffic_mbps, ids),
    )
    return systems, new_room_of


def _system_rooms(draw: _Draw, units: Units, room_unit: Ints, room_class: Ints) -> tuple[Ints, int]:
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
    weights = weights * _lognormal(draw.u("systems-per-room", rooms), SYSTEMS_PER_ROOM_CV)
    room = np.repeat(rooms, 1 + _apportion(today - len(rooms), weights))
    new = round(draw.of(estate.new_systems_per_year) * today * draw.scenario.time.years)
    parent = np.floor(draw.u("new-system", np.arange(new, dtype=np.int32)) * today).astype(np.int32)
    return np.concatenate([room, room[parent]]).astype(np.int32), today


def _classified(draw: _Draw, ids: Ints, room: Ints, today: int) -> Bools:
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


def _effort(draw: _Draw, ids: Ints) -> Floats:
    """Person-days to move each system; of the first alternative that moves any."""
    for alternative in draw.scenario.alternatives.values():
        if alternative.migration is not None:
            return draw.each(alternative.migration.effort_days, ids)
    return np.zeros(len(ids))


def _servers(draw: _Draw, systems: Systems) -> Servers:
    scenario, estate, fleet = draw.scenario, draw.scenario.estate, draw.scenario.servers
    mean = max(draw.of(estate.servers_per_system), 1.0)
    u = draw.u("servers-per-system", systems.id)
    extra = np.zeros(len(u)) if mean == 1 else np.floor(np.log(u) / np.log(1 - 1 / mean))
    count = 1 + np.minimum(extra, MOST_SERVERS_PER_SYSTEM - 1).astype(np.int32)
    system = np.repeat(np.arange(len(count), dtype=np.int32), count)
    ids = np.arange(len(system), dtype=np.int32)
    zombie = _zombies(draw, system, systems.arrives_month[system] == 0, ids)
    bought, months, curve = _generations(draw, systems.arrives_month[system], ids)
    curves = [scenario.hardware.curves[name] for name in sorted(scenario.hardware.curves)]
    capacity = np.array([c.ssj_ops for c in curves])[curve[:, 0]]
    today = systems.arrives_month[system] == 0
    demand, peak, noise = _demand(draw, systems.demand_class[system], ids, capacity, today)
    return Servers(
        id=ids,
        system=system,
        zombie=zombie,
        retires_month=_retirement(draw, systems, system, zombie, months, ids),
        config_factor=draw.each(fleet.config_factor, ids),
        price_cny=draw.each(fleet.price_cny, ids),
        bought_month=bought,
        generation_month=months,
        generation_curve=curve,
        demand_ssj=np.where(zombie, 0.0, demand),
        peak_ssj=np.where(zombie, 0.0, peak),
        noise=noise,
        vcpu_as_is=np.array([c.cores for c in curves], dtype=np.int32)[curve[:, 0]],
        memory_gb=draw.each(estate.memory_gb, ids),
        disk_gb=draw.each(estate.disk_gb, ids),
    )


def _next_refresh(systems: Systems, servers: Servers) -> Ints:
    """Month of the first refresh of any server of each system."""
    refresh = np.full(len(systems.id), NEVER, dtype=np.int32)
    later = servers.generation_month[:, 1:]
    if later.shape[1]:
        np.minimum.at(refresh, servers.system, later.min(axis=1))
    return refresh


def _zombies(draw: _Draw, system: Ints, today: Bools, ids: Ints) -> Bools:
    """Servers that do no work: of those there are today, and never the first of a system in use."""
    first = np.diff(system, prepend=-1) > 0
    others = today & ~first
    share = draw.of(draw.scenario.estate.zombie_share) * today.sum() / max(int(others.sum()), 1)
    idle: Bools = others & (draw.u("zombie", ids) < min(share, MOST_ZOMBIES))
    return idle


def _retirement(
    draw: _Draw, systems: Systems, system: Ints, zombie: Bools, generation_month: Ints, ids: Ints
) -> Ints:
    """Month in which each server goes for good: with its system, or when a zombie is found.

    Some zombies are found out when they are due for replacement.
    """
    rate = max(draw.of(draw.scenario.estate.zombie_retirement_per_year), 1e-12)
    wait = -np.log(draw.u("zombie-found", ids)) / rate * MONTHS_PER_YEAR
    found = np.ceil(systems.arrives_month[system] + np.minimum(wait, 1e8))
    due = generation_month[:, 1:].min(axis=1, initial=NEVER)
    unseen = draw.u("zombie-replaced", ids) < draw.of(draw.scenario.estate.zombie_replaced_share)
    found = np.where(unseen, found, np.minimum(found, due))
    found = np.where(zombie & (found < draw.clock.months), found, NEVER)
    return np.minimum(found, systems.retires_month[system]).astype(np.int32)


def _generations(draw: _Draw, arrives: Ints, ids: Ints) -> tuple[Ints, Ints, Ints]:
    """Month of purchase today, and month and power curve of each later machine of a slot."""
    fleet, clock = draw.scenario.servers, draw.clock
    life = np.maximum(np.round(draw.each(fleet.life_years, ids) * MONTHS_PER_YEAR), MONTHS_PER_YEAR)
    age = np.floor(draw.u("server-age", ids) * life)
    bought = np.where(arrives > 0, arrives, -age).astype(np.int32)
    later = 1 + int(np.ceil(clock.months / life.min()))
    steps = bought[:, None] + life[:, None] * np.arange(later + 1)
    months = np.where((steps > 0) & (steps < clock.months), steps, NEVER)
    months[:, 0] = arrives
    used = np.flatnonzero((months < NEVER).any(axis=0))
    months, steps = months[:, : used[-1] + 1], steps[:, : used[-1] + 1]
    years = draw.scenario.time.start.year + np.floor((draw.scenario.time.start.month - 1 + steps) / 12)
    u = np.stack([draw.u(f"server-model/{g}", ids) for g in range(months.shape[1])], axis=1)
    return bought, months.astype(np.int32), _models(draw.scenario, years.astype(int), u)


def _models(scenario: Scenario, years: NDArray[np.int_], u: Floats) -> Ints:
    """Power curve of a machine bought in each year; the nearest models where none was on sale."""
    names = sorted(scenario.hardware.curves)
    models = scenario.servers.models
    chosen = np.empty(years.shape, dtype=np.int32)
    for year in np.unique(years):
        distance = [max(m.from_year - year, year - m.to_year, 0) for m in models]
        on_sale = [m for m, d in zip(models, distance, strict=True) if d == min(distance)]
        curves = np.array([names.index(m.curve) for m in on_sale], dtype=np.int32)
        rows = years == year
        chosen[rows] = curves[_choose(u[rows], np.array([m.weight for m in on_sale]))]
    return chosen


def _demand(
    draw: _Draw, demand_class: Ints, ids: Ints, capacity: Floats, today: Bools
) -> tuple[Floats, Floats, Floats]:
    """Mean demand, its 95th percentile over the first year (both in ssj_ops), and noise.

    The drawn utilisation is that of all servers, idle ones included, as surveys count it; machines as
    fast as the geometric mean of those there are ``today`` have it.
    """
    classes = list(draw.scenario.demand.classes.values())
    noise = np.array([draw.of(c.noise) for c in classes])
    ratio = _peak_ratios(draw.scenario, draw.clock, noise)[demand_class]
    typical = np.exp(np.log(capacity[today]).mean()) if today.any() else capacity
    busier = (typical / capacity) ** (1 - DEMAND_ELASTICITY)
    working = 1 - draw.of(draw.scenario.estate.zombie_share)
    utilisation = draw.each(draw.scenario.estate.cpu_utilisation, ids) / working * busier
    mean = np.minimum(utilisation, HIGHEST_PEAK / ratio) * capacity
    return mean, mean * ratio, noise[demand_class]


def _peak_ratios(scenario: Scenario, clock: Clock, noise: Floats) -> Floats:
    """95th percentile of demand over its mean, by class, for noise close to normal."""
    z = ndtri((np.arange(64) + 0.5) / 64)
    year = class_profiles(scenario, clock)[:, : int(clock.month_edges_h[12])]
    factors = (1 + noise[:, None] * z) ** 2 / (1 + noise[:, None] ** 2)
    return np.array([np.quantile(np.multiply.outer(p, f), 0.95) for p, f in zip(year, factors, strict=True)])


def _rooms(
    draw: _Draw, systems: Systems, servers: Servers, room_unit: Ints, room_class: Ints, new_room_of: Ints
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


def _lines(draw: _Draw, units: Units, systems: Systems) -> Lines:
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
        kind[mine] = _choose(draw.u("line-kind", ids[mine]), weights)
    for row, name in enumerate(names):
        mine = np.flatnonzero(kind == row)
        price[mine] = draw.each(scenario.lines[name].price_cny_per_year, ids[mine])
    return Lines(id=ids.copy(), system=system, kind=kind, price_cny_per_year=price)
