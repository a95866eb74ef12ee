"""Rules of policy: who must have moved by when, who stays, what is kept apart, which rooms are emptied.

A strict rule is never broken. Of one that is not, the plan may break as much as it says itself is late.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ...scenarios.clock import HOURS_PER_DAY
from ...scenarios.estate import NEVER
from ...scenarios.policy import (
    CloseSmall,
    Coverage,
    DrSite,
    Exclude,
    MergeLarge,
    MigrateExisting,
    MustCloud,
    NoNewRoom,
    SeparatePools,
    binding,
)
from ...scenarios.sites import distance_km
from .facts import Facts
from .moving import first_slot_h, moving, opens_h, to_move
from .violation import Violation, over, wrong

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def upgraded(facts: Facts) -> Iterator[Violation]:
    """What must be on the cloud before its servers are renewed is there.

    What was renewed before the cloud opened is exempt until the next time; the first slot is soon enough.
    """
    estate, soonest_h = facts.world.estate, first_slot_h(facts)
    retires_h = facts.first_hour(estate.systems.retires_month)
    renewals_h = facts.first_hour(estate.servers.generation_month[:, 1:])
    for name, rule in binding(facts.scenario, facts.plan.alternative, MustCloud):
        if "upgraded" not in rule.scope:  # what is new starts on the cloud; see ``opening``
            continue
        from_h = max(facts.world.clock.hour_of(rule.first), opens_h(facts))
        later_h = np.where(renewals_h >= from_h, renewals_h, int(NEVER))
        renewed_h = np.full(len(retires_h), int(NEVER), dtype=np.int64)
        np.minimum.at(renewed_h, estate.servers.system, later_h.min(axis=1, initial=int(NEVER)))
        bound = to_move(facts) & _of_levels(facts, rule.levels) & (renewed_h < retires_h)
        missed = bound & (facts.plan.wave_h >= np.maximum(renewed_h, soonest_h + 1))
        yield from _late(name, facts, rule.strict, missed, "systems after their renewal")


def gradual(facts: Facts) -> Iterator[Violation]:
    """Existing systems move within their window, and no month has more cut-overs than allowed."""
    clock, wave_h = facts.world.clock, facts.plan.wave_h.astype(np.int64)
    leaves_h = facts.first_hour(facts.world.estate.systems.retires_month)
    for name, rule in binding(facts.scenario, facts.plan.alternative, MigrateExisting):
        mine = _of_levels(facts, rule.levels)
        if rule.first is not None:
            early = moving(facts) & mine & (wave_h < clock.hour_of(rule.first))
            yield from wrong(name, "system", np.flatnonzero(early), f"moves before {rule.first}")
        if rule.to is not None:
            end_h = _end_h(facts, rule.to)
            missed = to_move(facts) & mine & (leaves_h >= end_h) & (wave_h >= end_h)
            yield from _late(name, facts, rule.strict, missed, f"systems after {rule.to}")
        if rule.most is not None:
            yield from _pace(facts, name, rule.most, rule.per == "year")


def _pace(facts: Facts, name: str, most: int, by_year: bool) -> Iterator[Violation]:
    hours = facts.plan.wave_h[moving(facts)].tolist()
    days = [facts.world.clock.day_of_hour(hour) for hour in hours]
    spans = [day.year if by_year else 12 * day.year + day.month for day in days]
    moves = np.bincount(spans, minlength=1).astype(np.float64)
    yield from over(name, "year" if by_year else "month", moves, most, "systems", "systems")


def coverage(facts: Facts) -> Iterator[Violation]:
    """Where it must not be missed, enough departments have a system on the cloud on the day asked for."""
    estate = facts.world.estate
    systems, rooms = estate.systems, estate.rooms
    first_h = np.full(len(rooms.id), int(NEVER), dtype=np.int64)
    np.minimum.at(first_h, systems.room[moving(facts)], facts.plan.wave_h[moving(facts)])
    for name, rule in binding(facts.scenario, facts.plan.alternative, Coverage):
        by_h = _end_h(facts, rule.by)
        there = to_move(facts) & (facts.first_hour(systems.retires_month) > by_h)
        asked = np.bincount(systems.room[there & _of_levels(facts, rule.levels)], minlength=len(rooms.id)) > 0
        missed = np.flatnonzero(asked & (first_h >= by_h))
        if rule.strict and len(missed) > (1 - rule.share) * asked.sum() + 1e-9:
            yield from wrong(name, "room", missed, f"has no system on the cloud by {rule.by}")


def rooms_emptied(facts: Facts) -> Iterator[Violation]:
    """Rooms that must close are empty in time to be cleared, and no year has more of them than allowed."""
    terms, alternative = facts.migration, facts.plan.alternative
    spans = (terms.dual_run_days, terms.room_clearing_days)
    after_h = sum(round(facts.world.of(days) * HOURS_PER_DAY) for days in spans)
    leaves_h = facts.first_hour(facts.world.estate.systems.retires_month)
    rules: list[tuple[str, CloseSmall | MergeLarge]] = [
        *binding(facts.scenario, alternative, CloseSmall),
        *binding(facts.scenario, alternative, MergeLarge),
    ]
    for name, rule in rules:
        members = to_move(facts) & _meant(facts, rule)[facts.world.estate.systems.room]
        if rule.by is not None:
            end_h = _end_h(facts, rule.by) - after_h
            stay_on = leaves_h > max(end_h, first_slot_h(facts))
            missed = members & stay_on & (facts.plan.wave_h > end_h)
            yield from _late(name, facts, rule.strict, missed, f"systems too late to close by {rule.by}")
        if isinstance(rule, MergeLarge) and rule.most_per_year is not None and rule.strict:
            yield from _steps(facts, name, members, rule.most_per_year)


def _steps(facts: Facts, name: str, members: Bools, most: int) -> Iterator[Violation]:
    systems, gone = facts.world.estate.systems, facts.plan.wave_h != NEVER
    last_h = np.zeros(len(facts.world.estate.rooms.id), dtype=np.int64)
    np.maximum.at(last_h, systems.room[members], np.where(gone, facts.plan.wave_h, 0)[members])
    stuck = np.isin(np.arange(len(last_h)), systems.room[members & ~gone])
    hours = last_h[(last_h > 0) & ~stuck].tolist()
    years = np.bincount([facts.world.clock.day_of_hour(h).year for h in hours], minlength=1)
    yield from over(name, "year", years.astype(np.float64), most, "rooms", "rooms emptied")


def _meant(facts: Facts, rule: CloseSmall | MergeLarge) -> Bools:
    """Rooms of today that a rule speaks of and that nothing holds for good, shape (rooms,)."""
    estate = facts.world.estate
    systems, servers, rooms = estate.systems, estate.servers, estate.rooms
    of: CloseSmall | MergeLarge = rule
    if isinstance(rule, MergeLarge) and rule.rest_of is not None:
        named = facts.scenario.policy[rule.rest_of]
        assert isinstance(named, CloseSmall)
        of = named
    if of.servers is not None:
        today = (systems.arrives_month[servers.system] == 0) & (servers.retires_month > 0)
        room, parts = systems.room[servers.system[today]], servers.machine_share[today]
        size = np.round(np.bincount(room, parts, minlength=len(rooms.id)), 9)
        large = size >= facts.world.of(of.servers)
    else:
        assert of.area_m2 is not None
        large = rooms.area_m2 >= facts.world.of(of.area_m2)
    names = list(facts.scenario.estate.levels)
    mine = np.isin(estate.units.level[rooms.unit], [names.index(n) for n in rule.levels or names])
    held = np.bincount(systems.room[systems.stays], minlength=len(rooms.id)) > 0
    return np.asarray((large == isinstance(rule, MergeLarge)) & mine & ~held & (rooms.opens_month == 0))


def excluded(facts: Facts) -> Iterator[Violation]:
    """Nothing that a rule keeps in its room leaves it, and nothing is in a room that must not be built."""
    estate, scenario = facts.world.estate, facts.scenario
    systems, moves = estate.systems, facts.plan.wave_h != NEVER
    level = np.array(list(scenario.estate.levels))[estate.units.level[systems.unit]]
    kind = np.array(list(scenario.demand.classes))[systems.demand_class]
    zone = np.array(estate.zones)[systems.zone]
    for name, rule in binding(scenario, facts.plan.alternative, Exclude):
        stays = np.isin(level, rule.levels) | np.isin(kind, rule.classes) | np.isin(zone, rule.zones)
        stays |= systems.classified & rule.classified
        yield from wrong(name, "system", np.flatnonzero(stays & moves), "is excluded and moves")
    for name, ban in binding(scenario, facts.plan.alternative, NoNewRoom):
        opens_h = facts.first_hour(estate.rooms.opens_month)
        built = (estate.rooms.opens_month > 0) & (opens_h >= facts.world.clock.hour_of(ban.first))
        housed = built[systems.room] & _of_levels(facts, ban.levels)
        yield from wrong(name, "system", np.flatnonzero(housed), "is in a room that must not be built")


def separate(facts: Facts) -> Iterator[Violation]:
    """No host ever holds systems that must share none."""
    estate = facts.world.estate
    systems = estate.systems
    kinds = {
        "zone": systems.zone,
        "mlps": systems.mlps,
        "level": estate.units.level[systems.unit],
        "class": systems.demand_class,
    }
    for name, rule in binding(facts.scenario, facts.plan.alternative, SeparatePools):
        for attribute in rule.attributes:
            value = kinds[attribute][facts.system].astype(np.int64)
            pairs = np.unique(np.stack([facts.host, value], axis=1), axis=0)
            hosts, found = np.unique(pairs[:, 0], return_counts=True)
            yield from wrong(name, "host", hosts[found > 1], f"holds systems that differ in {attribute}")


def recovery_rule(facts: Facts) -> Iterator[Violation]:
    """A recovery site that must be there is there: on the day, far enough, and quick enough."""
    made, sites = facts.plan.recovery, [facts.cloud.sites.get(name) for name in facts.plan.sites]
    for name, rule in binding(facts.scenario, facts.plan.alternative, DrSite):
        if not rule.strict or not len(facts.placed):
            continue
        if made is None:
            yield Violation(name, "no site takes over for another", 1.0, "plans")
            continue
        late_h = np.array([float(made.ready_h)])
        yield from over(name, "plan", late_h, _end_h(facts, rule.by), "hours", "hours until it is ready")
        asked = np.array([rule.recovery_point_minutes(), rule.recovery_time_minutes()])
        given = np.array([made.rpo_minutes, made.rto_minutes])
        yield from over(name, "plan", given, asked, "minutes", "minutes of recovery point or time")
        where = np.array(
            [[np.nan, np.nan] if s is None else [s.latitude, s.longitude] for s in sites], dtype=float
        )
        home = np.flatnonzero(made.site >= 0)
        km = distance_km(*where[home].T, *where[made.site[home]].T)
        yield from over(name, "site", np.nan_to_num(rule.min_km - km), 0.0, "km", "km too near")


def _late(name: str, facts: Facts, strict: bool, missed: Bools, what: str) -> Iterator[Violation]:
    late = np.array([float(np.count_nonzero(missed))])
    words = f"{what} (the plan says {facts.plan.late})"
    yield from over(name, "plan", late, 0.0 if strict else float(facts.plan.late), "systems", words)


def _of_levels(facts: Facts, levels: tuple[str, ...]) -> Bools:
    """Systems of some levels of government; all if none is named."""
    estate, names = facts.world.estate, list(facts.scenario.estate.levels)
    return np.isin(estate.units.level[estate.systems.unit], [names.index(n) for n in levels or names])


def _end_h(facts: Facts, day: date) -> int:
    return facts.world.clock.hour_of(day) + HOURS_PER_DAY
