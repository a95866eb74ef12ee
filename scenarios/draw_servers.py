"""Drawing the servers of one world: how many, which do no work, their machines, demand and noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import elementary
from .clock import Clock
from .draw_listed import Said, bought_when, next_renewal, told
from .draw_parts import MachineParts, machine_parts
from .drawing import MONTHS_PER_YEAR, Draw, Floats, Ints, choose
from .estate import NEVER, Servers, Systems
from .profile import class_profiles
from .schema import Scenario

Bools = NDArray[np.bool_]

MOST_SERVERS_PER_SYSTEM = 12
MOST_ZOMBIES = 0.9  # of the servers beside the first of each system
# A machine twice as fast does not do twice the work: what a system asks for grows with the square root
# of the machine it was given (project assumption), so that fast machines are less busy than slow ones.
DEMAND_ELASTICITY = 0.5
# A department replaces a server that comes near its limit: none is above this share of its capacity
# for more than 5 % of the hours of the first year.
HIGHEST_PEAK = 0.7


def draw_servers(draw: Draw, said: Said, systems: Systems, like: Ints) -> Servers:
    """The servers of all systems, with the machines that follow one another in each slot.

    Args:
        said: what is listed; listed servers come first.
        like: row of the system whose servers each system has the like of, where these are listed; its own
            for a system of today.
    """
    scenario, estate, fleet = draw.scenario, draw.scenario.estate, draw.scenario.servers
    system, likenesses = _system_of(draw, said, systems, like)
    said = said.with_likenesses(likenesses)
    ids = np.arange(len(system), dtype=np.int32)
    today = systems.arrives_month[system] == 0
    zombie = _zombies(draw, said, system, today, ids)
    machine = said.machines(ids)
    bought, months, curve = _generations(draw, said, systems.arrives_month[system], machine)
    curves = [scenario.hardware.curves[name] for name in sorted(scenario.hardware.curves)]
    capacity = np.array([c.ssj_ops for c in curves])[curve[:, 0]]
    part = machine_parts(
        draw,
        said,
        np.array([c.cores for c in curves], dtype=np.int32)[curve[:, 0]],
        np.array([c.memory_gb for c in curves])[curve[:, 0]],
        ids,
    )
    demand, peak, noise = _demand(draw, said, systems.demand_class[system], ids, capacity, part, today)
    in_use_gb = draw.each(estate.memory_gb, ids)
    in_use_gb[: said.count] = np.fmin(in_use_gb[: said.count], said.numbers("servers", "memory_gb"))
    return Servers(
        id=ids,
        system=system,
        zombie=zombie,
        retires_month=_retirement(draw, systems, system, zombie, months, ids),
        config_factor=draw.each(fleet.config_factor, machine),
        price_cny=told(draw.each(fleet.price_cny, machine), said.numbers("servers", "price_cny"))
        * part.share,
        bought_month=bought,
        generation_month=months,
        generation_curve=curve,
        demand_ssj=np.where(zombie, 0.0, demand),
        peak_ssj=np.where(zombie, 0.0, peak),
        noise=noise,
        vcpu_as_is=part.vcpu,
        memory_gb=told(in_use_gb, said.numbers("servers", "memory_used_gb")),
        disk_gb=told(draw.each(estate.disk_gb, ids), said.numbers("servers", "disk_used_gb")),
        installed_gb=part.memory_gb,
        most_gb=told(np.full(len(ids), np.inf), said.numbers("servers", "memory_gb")),
        machine_share=part.share,
        reach=part.reach,
        machine=machine,
    )


def _system_of(draw: Draw, said: Said, systems: Systems, like: Ints) -> tuple[Ints, Ints]:
    """System of each server, and the listed servers that those after the listed ones are like.

    First those listed, then their likenesses in systems to come, then the servers of all other systems.
    """
    mean = max(draw.of(draw.scenario.estate.servers_per_system), 1.0)
    u = draw.u("servers-per-system", systems.id)
    extra = np.zeros(len(u)) if mean == 1 else np.floor(elementary.log(u) / elementary.log(1 - 1 / mean))
    count = 1 + np.minimum(extra, MOST_SERVERS_PER_SYSTEM - 1).astype(np.int32)
    count = told(count, said.numbers("systems", "servers"))
    rows = np.arange(len(count), dtype=np.int32)
    if said.listed is None:
        return np.repeat(rows, count), np.empty(0, dtype=np.int32)
    listed, count = said.listed.server_system, count[like]
    count[np.unique(listed)] = 0
    working = np.flatnonzero(said.flags("servers", "zombie") != 1)
    working = working[np.argsort(listed[working], kind="stable")]
    later = np.flatnonzero(like != rows)
    first, end = (np.searchsorted(listed[working], like[later], side) for side in ("left", "right"))
    number = (end - first).astype(np.int64)
    count[later[number > 0]] = 0
    turn = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
    likenesses = working[np.repeat(first, number) + turn].astype(np.int32)
    system = np.concatenate([listed, np.repeat(later, number), np.repeat(rows, count)])
    return system.astype(np.int32), likenesses


def _zombies(draw: Draw, said: Said, system: Ints, today: Bools, ids: Ints) -> Bools:
    """Servers that do no work: of those there are today, and never the first of a system in use.

    Of listed servers those that are said to; what was measured on one is work.
    """
    known = np.full(len(ids), -1, dtype=np.int32)
    known[: said.count] = said.flags("servers", "zombie")
    for column in ("cpu_mean", "cpu_p95"):
        measured = np.flatnonzero(said.numbers("servers", column) > 0)
        known[measured[known[measured] < 0]] = 0
    may_work = np.flatnonzero(known != 1)
    first = np.zeros(len(ids), dtype=bool)
    first[may_work[np.unique(system[may_work], return_index=True)[1]]] = True
    unknown = today & (known < 0)
    others = unknown & ~first
    share = draw.of(draw.scenario.estate.zombie_share) * unknown.sum() / max(int(others.sum()), 1)
    idle: Bools = others & (draw.u("zombie", ids) < min(share, MOST_ZOMBIES))
    return np.asarray(idle | (known == 1))


def _retirement(
    draw: Draw, systems: Systems, system: Ints, zombie: Bools, generation_month: Ints, ids: Ints
) -> Ints:
    """Month in which each server goes for good: with its system, or when a zombie is found.

    Some zombies are found out when they are due for replacement.
    """
    rate = max(draw.of(draw.scenario.estate.zombie_retirement_per_year), 1e-12)
    wait = -elementary.log(draw.u("zombie-found", ids)) / rate * MONTHS_PER_YEAR
    found = np.ceil(systems.arrives_month[system] + np.minimum(wait, 1e8))
    due = generation_month[:, 1:].min(axis=1, initial=NEVER)
    unseen = draw.u("zombie-replaced", ids) < draw.of(draw.scenario.estate.zombie_replaced_share)
    found = np.where(unseen, found, np.minimum(found, due))
    found = np.where(zombie & (found < draw.clock.months), found, NEVER)
    return np.minimum(found, systems.retires_month[system]).astype(np.int32)


def _generations(draw: Draw, said: Said, arrives: Ints, ids: Ints) -> tuple[Ints, Ints, Ints]:
    """Month of purchase today, and month and power curve of each later machine of a slot."""
    fleet, clock = draw.scenario.servers, draw.clock
    life = np.maximum(np.round(draw.each(fleet.life_years, ids) * MONTHS_PER_YEAR), MONTHS_PER_YEAR)
    age = np.floor(draw.u("server-age", ids) * life)
    bought = bought_when(draw, said, np.where(arrives > 0, arrives, -age).astype(np.int32))
    due = next_renewal(draw, said, bought, life, ids)
    later = 1 + int(np.ceil(clock.months / life.min()))
    steps = np.hstack([bought[:, None], due[:, None] + life[:, None] * np.arange(later)])
    months = np.where((steps > 0) & (steps < clock.months), steps, NEVER)
    months[:, 0] = arrives
    used = np.flatnonzero((months < NEVER).any(axis=0))
    months, steps = months[:, : used[-1] + 1], steps[:, : used[-1] + 1]
    years = draw.scenario.time.start.year + np.floor((draw.scenario.time.start.month - 1 + steps) / 12)
    u = np.stack([draw.u(f"server-model/{g}", ids) for g in range(months.shape[1])], axis=1)
    curve = _models(draw.scenario, years.astype(int), u)
    curve[:, 0] = told(curve[:, 0], said.rows("servers", "curve", sorted(draw.scenario.hardware.curves)))
    return bought, months.astype(np.int32), curve


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
        chosen[rows] = curves[choose(u[rows], np.array([m.weight for m in on_sale]))]
    return chosen


def _demand(
    draw: Draw,
    said: Said,
    demand_class: Ints,
    ids: Ints,
    capacity: Floats,
    part: MachineParts,
    today: Bools,
) -> tuple[Floats, Floats, Floats]:
    """Mean demand, its 95th percentile over the first year (both in ssj_ops), and noise.

    The drawn utilisation is that of all servers, idle ones included, as surveys count it; machines as
    fast as the geometric mean of those there are ``today`` have it. A measured utilisation is that of all
    that the server can use.

    Args:
        capacity: of the whole machine of each server, ssj_ops.
    """
    classes = list(draw.scenario.demand.classes.values())
    noise = np.array([draw.of(c.noise) for c in classes])
    ratio = _peak_ratios(draw.scenario, draw.clock, noise)[demand_class]
    typical = elementary.exp(elementary.log(capacity[today]).mean()) if today.any() else capacity
    busier = elementary.power(typical / capacity, 1 - DEMAND_ELASTICITY)
    working = 1 - draw.of(draw.scenario.estate.zombie_share)
    utilisation = draw.each(draw.scenario.estate.cpu_utilisation, ids) / working * busier
    own = capacity * np.minimum(part.share, part.reach)
    mean = np.minimum(utilisation, HIGHEST_PEAK / ratio) * own
    usable, n = capacity * part.reach, said.count
    measured, busy = said.numbers("servers", "cpu_mean"), said.numbers("servers", "cpu_p95")
    mean = told(told(mean, busy * usable[:n] / ratio[:n]), measured * usable[:n])
    return mean, told(mean * ratio, busy * usable[:n]), noise[demand_class]


def _peak_ratios(scenario: Scenario, clock: Clock, noise: Floats) -> Floats:
    """95th percentile of demand over its mean, by class, for noise close to normal."""
    z = elementary.normal_quantile((np.arange(64) + 0.5) / 64)
    year = class_profiles(scenario, clock)[:, : int(clock.month_edges_h[12])]
    factors = (1 + noise[:, None] * z) ** 2 / (1 + noise[:, None] ** 2)
    return np.array([np.quantile(np.multiply.outer(p, f), 0.95) for p, f in zip(year, factors, strict=True)])
