"""Sites: who is served where, how far away, in how many racks, and who takes over."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ...scenarios.draw_places import place_of_units
from ...scenarios.estate import NEVER
from ...scenarios.sites import Site, distance_km, round_trip_ms
from .facts import Facts
from .violation import Violation, over, wrong

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ONE_SITE = ("cloud",)


def served_there(facts: Facts) -> Iterator[Violation]:
    """Every component runs at a site of the scenario, that which serves its unit."""
    plan, named = facts.plan, facts.cloud.sites
    known = tuple(named) if named else ONE_SITE
    strange = np.array([name not in known for name in plan.sites], dtype=bool)
    yield from wrong("sites", "site", np.flatnonzero(strange), "is not in the scenario")
    unit = facts.world.estate.systems.unit[facts.system]
    site = plan.pool_site[plan.hosts.pool[facts.host]]
    astray = facts.placed[site != plan.unit_site[unit]]
    yield from wrong("sites", "server", astray, "runs at a site that does not serve its unit")


def pinned_units(facts: Facts) -> Iterator[Violation]:
    """Units that a site must serve are served there."""
    estate, siting, unit_site = facts.scenario.estate, facts.cloud.siting, facts.plan.unit_site
    if siting is None or not facts.cloud.sites:
        return
    levels, places = list(estate.levels), list(estate.places)
    level = facts.world.estate.units.level
    place = place_of_units(estate, level)
    astray = []
    for unit in np.flatnonzero(unit_site >= 0).tolist():
        for pinned in siting.pinned:
            there = not pinned.places or places[place[unit]] in pinned.places
            if there and (not pinned.levels or levels[level[unit]] in pinned.levels):
                if facts.plan.sites[unit_site[unit]] != pinned.site:
                    astray.append(unit)
                break
    yield from wrong("pinned units", "unit", np.array(astray, dtype=np.int64), "is served from another site")


def number_of_sites(facts: Facts) -> Iterator[Violation]:
    """No fewer and no more sites than allowed, and of the allowed kind."""
    siting, used = facts.cloud.siting, np.array([float(len(facts.plan.sites))])
    if siting is None or not facts.cloud.sites:
        return
    if siting.most_sites is not None:
        yield from over("number of sites", "plan", used, siting.most_sites, "sites", "sites")
    yield from over("number of sites", "plan", -used, -siting.least_sites, "sites", "sites less than none")
    if not siting.new_sites:
        new = [row for row, site in enumerate(_sites(facts)) if site is not None and site.kind == "new"]
        yield from wrong("number of sites", "site", np.array(new, dtype=np.int64), "is new")


def latency(facts: Facts) -> Iterator[Violation]:
    """No unit is farther from its site than the longest round trip allows."""
    siting = facts.cloud.siting
    if siting is None or siting.latency_ms is None:
        return
    units, row = facts.world.estate.units, facts.plan.unit_site
    served = np.flatnonzero(row >= 0)
    north, east = _coordinates(facts)
    km = distance_km(units.latitude[served], units.longitude[served], north[row[served]], east[row[served]])
    trip = np.zeros(len(row))
    trip[served] = round_trip_ms(km)
    yield from over("latency", "unit", trip, siting.latency_ms, "ms", "ms to its site and back")


def racks_at_site(facts: Facts) -> Iterator[Violation]:
    """The hosts of a site fit into its racks, those that may be added included."""
    plan = facts.plan
    units = np.zeros(len(plan.sites))
    np.add.at(units, plan.pool_site[plan.hosts.pool], plan.hosts.rack_units)
    limits = [np.inf if s is None or s.racks is None else s.racks + s.expansion_racks for s in _sites(facts)]
    used = units / facts.cloud.rack_units_usable
    yield from over("racks", "site", used, np.array(limits), "racks", "racks")


def recovery_site(facts: Facts) -> Iterator[Violation]:
    """A site that takes over is another one, at an allowed distance, ready on the day asked for."""
    terms, made = facts.cloud.recovery, facts.plan.recovery
    if terms is None:
        return
    if made is None:
        if len(facts.placed):
            yield Violation("recovery site", "no site takes over for another", 1.0, "plans")
        return
    north, east = _coordinates(facts)
    served = np.unique(facts.plan.unit_site[facts.plan.unit_site >= 0])
    taker = made.site[served].astype(np.int64)
    yield from wrong("recovery site", "site", served[(taker < 0) | (taker == served)], "has no other site")
    km = np.zeros(len(made.site))
    km[served] = np.where(taker < 0, 0.0, distance_km(north[served], east[served], north[taker], east[taker]))
    near = np.where(np.isin(np.arange(len(km)), served[taker >= 0]), terms.min_km - km, 0.0)
    yield from over("recovery site", "site", near, 0.0, "km", "km too near its recovery site")
    yield from over("recovery site", "site", km, terms.farthest_km(), "km", "km from its recovery site")
    late_h = np.array([float(made.ready_h - facts.world.clock.hour_of(terms.by))])
    yield from over("recovery site", "plan", late_h, 0.0, "hours", "hours after the day asked for")


def recovery_room(facts: Facts) -> Iterator[Violation]:
    """Protected components have room at the site that takes over, on hosts that stand by for their pool."""
    terms, made, plan = facts.cloud.recovery, facts.plan.recovery, facts.plan
    if terms is None or made is None:
        return
    moved = plan.wave_h != NEVER
    wanted = np.floor(facts.world.of(terms.share) * moved.sum())
    short = np.array([wanted - np.count_nonzero(moved & made.protected)])
    yield from over("recovery room", "plan", short, 0.0, "systems", "systems protected too few")
    working = ~facts.world.estate.servers.zombie[facts.placed]
    rows = np.flatnonzero(made.protected[facts.system] & working)
    there = made.placement[facts.placed[rows]].astype(np.int64)
    yield from wrong("recovery room", "server", facts.placed[rows[there < 0]], "has no host to go to")
    rows, there = rows[there >= 0], there[there >= 0]
    pool = plan.hosts.pool[facts.host[rows]]
    taker = made.site[plan.pool_site[pool]]
    astray = (plan.hosts.recovers[there] != pool) | (plan.pool_site[plan.hosts.pool[there]] != taker)
    yield from wrong("recovery room", "server", facts.placed[rows[astray]], "has a host at the wrong place")
    for column, what in enumerate(("memory", "disk")):
        held = np.zeros(len(plan.hosts.type))
        np.add.at(held, there, facts.needs_gb[rows, column])
        limit = facts.capacity[:, 1 + column]
        yield from over("recovery room", "host", held, limit, "GB", f"GB of {what} in a take-over")


def _sites(facts: Facts) -> list[Site | None]:
    """What the scenario says of each site of the plan."""
    return [facts.cloud.sites.get(name) for name in facts.plan.sites]


def _coordinates(facts: Facts) -> tuple[Floats, Floats]:
    """Latitude and longitude of each site of the plan; NaN where unknown, which no limit applies to."""
    found = _sites(facts)
    north = [np.nan if s is None or s.latitude is None else s.latitude for s in found]
    east = [np.nan if s is None or s.longitude is None else s.longitude for s in found]
    return np.array(north), np.array(east)
