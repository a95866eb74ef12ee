"""Drawing the servers of one world: how many, which do no work, their machines, demand and noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from .clock import Clock
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


def draw_servers(draw: Draw, systems: Systems) -> Servers:
    """The servers of all systems, with the machines that follow one another in each slot."""
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


def _zombies(draw: Draw, system: Ints, today: Bools, ids: Ints) -> Bools:
    """Servers that do no work: of those there are today, and never the first of a system in use."""
    first = np.diff(system, prepend=-1) > 0
    others = today & ~first
    share = draw.of(draw.scenario.estate.zombie_share) * today.sum() / max(int(others.sum()), 1)
    idle: Bools = others & (draw.u("zombie", ids) < min(share, MOST_ZOMBIES))
    return idle


def _retirement(
    draw: Draw, systems: Systems, system: Ints, zombie: Bools, generation_month: Ints, ids: Ints
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


def _generations(draw: Draw, arrives: Ints, ids: Ints) -> tuple[Ints, Ints, Ints]:
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
        chosen[rows] = curves[choose(u[rows], np.array([m.weight for m in on_sale]))]
    return chosen


def _demand(
    draw: Draw, demand_class: Ints, ids: Ints, capacity: Floats, today: Bools
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
