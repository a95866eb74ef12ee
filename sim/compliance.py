"""Compliance: what became of each rule of policy in one future.

A rule is met if it holds on its day (a rule without one: always). ``met_h`` is the hour from which it holds
until the end of the run, ``shortfall`` by how much it is missed on its day, in the rule's own unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ..optimize.contradictions import mode_of
from ..optimize.plan import Plan
from ..optimize.waves import rooms_meant
from ..scenarios.clock import HOURS_PER_DAY
from ..scenarios.estate import NEVER
from ..scenarios.governed import excluded_systems, governed
from ..scenarios.policy import (
    CloseSmall,
    Coverage,
    DemandStep,
    DrSite,
    Exclude,
    Levels,
    MergeLarge,
    MigrateExisting,
    MustCloud,
    NoNewRoom,
    PaybackMax,
    PurchaseMode,
    Rule,
    SeparatePools,
    binds,
    level_rows,
)
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .run import Run
from .tally import in_use
from .timeline import hour_of_month

Bools = NDArray[np.bool_]
Hours = NDArray[np.int64]
Floats = NDArray[np.float64]

_NEVER = int(NEVER)
ROUNDING_CNY = 0.5  # half a yuan is no debt


@dataclass(frozen=True)
class RuleOutcome:
    """One rule in one world and alternative.

    Attributes:
        rule: its name.
        due_month: month of its day, counted from the start; None if it has none.
        met: whether it holds on that day.
        met_h: hour from which it holds for good; None if it never does.
        first_h: hour of the first progress: a first department, room, system, a first month that saves; None
            if there is none, or the rule knows no progress.
        shortfall: by how much it is missed on its day; 0 where it is met.
        unit: of ``shortfall``: "systems", "rooms", "departments", "hosts", "days", "months" or "1".
    """

    rule: str
    due_month: int | None
    met: bool
    met_h: int | None
    first_h: int | None
    shortfall: float
    unit: str


def judged(
    scenario: Scenario, world: World, plan: Plan, run: Run, saving_cny: Floats
) -> Mapping[str, RuleOutcome]:
    """What became of each rule that binds an alternative, by name in file order.

    Args:
        saving_cny: what the alternative costs less than the baseline, shape (months,).
    """
    judge = _Judge(scenario, governed(scenario, plan.alternative, world), plan, run, saving_cny)
    bound = {name: r for name, r in scenario.policy.items() if binds(scenario, plan.alternative, r)}
    return {name: judge.of(name, rule) for name, rule in bound.items()}


def goals(scenario: Scenario, world: World, plan: Plan, run: Run) -> Mapping[str, float]:
    """Where the estate stands at the end of the run, whatever the rules.

    - ``departments_covered``: rooms of today with systems that may move of which one is on the cloud, share;
    - ``systems_on_cloud``: of systems in use that are not classified, share;
    - ``rooms_open``: number; ``small_rooms_closed``: of today's closets, share;
    - ``classified_excluded``: of classified systems in use those that never left their rooms, share;
    - ``recovery_ready``: 1 if a recovery site can take over, else 0.
    """
    world = governed(scenario, plan.alternative, world)
    systems, rooms, last_h = world.estate.systems, world.estate.rooms, world.clock.hours - 1
    used, there = in_use(world, run.timeline, last_h)
    may = ~systems.classified
    asked = np.unique(systems.room[~systems.stays & (systems.arrives_month == 0)])
    small = (rooms.size_class == 0) & (rooms.opens_month == 0)
    open_now = (run.timeline.room_open_h <= last_h) & (run.timeline.room_close_h > last_h)
    ready = plan.recovery is not None and plan.recovery.ready_h <= last_h
    return {
        "departments_covered": _share(np.isin(asked, systems.room[used & there])),
        "systems_on_cloud": _share(there[used & may]),
        "rooms_open": float(open_now.sum()),
        "small_rooms_closed": _share(~open_now[small]),
        "classified_excluded": _share(~there[used & systems.classified]),
        "recovery_ready": float(ready),
    }


def _share(which: Bools) -> float:
    return float(which.mean()) if len(which) else 0.0


@dataclass(frozen=True)
class _Judge:
    scenario: Scenario
    world: World
    plan: Plan
    run: Run
    saving_cny: Floats

    def of(self, name: str, rule: Rule) -> RuleOutcome:
        match rule:
            case MustCloud():
                return self._must_cloud(name, rule)
            case NoNewRoom():
                return self._no_new_room(name, rule)
            case CloseSmall() | MergeLarge():
                return self._rooms(name, rule)
            case Coverage():
                return self._coverage(name, rule)
            case DrSite():
                return self._dr_site(name, rule)
            case Exclude():
                moved = excluded_systems(self.scenario, self.plan.alternative, self.world.estate)
                return self._kept(name, int((moved & (self._cloud_h() < _NEVER)).sum()), "systems")
            case SeparatePools():
                return self._kept(name, self._mixed_hosts(rule), "hosts")
            case PurchaseMode():
                other = mode_of(self.scenario.alternatives[self.plan.alternative]) != rule.mode
                return self._kept(name, int(other), "1")
            case PaybackMax():
                return self._payback(name, rule)
            case MigrateExisting():
                return self._existing(name, rule)
            case DemandStep():
                step_h = self.world.clock.hour_of(rule.on.replace(day=1))
                return RuleOutcome(name, self._month(step_h), True, step_h, None, 0.0, "1")

    def _must_cloud(self, name: str, rule: MustCloud) -> RuleOutcome:
        """Systems renewed in their rooms although they should have moved, and new ones that are in rooms."""
        systems, timeline = self.world.estate.systems, self.run.timeline
        cloud = self.scenario.alternatives[self.plan.alternative].cloud
        assert cloud is not None
        from_h = max(self.world.clock.hour_of(rule.first), self.world.clock.hour_of(cloud.opens), 0)
        mine = ~systems.stays & self._of_levels(rule.levels)
        arrives_h, retires_h = self._month_h(systems.arrives_month), self._month_h(systems.retires_month)
        on_h, due_h = self._cloud_h(), np.full(len(mine), _NEVER, dtype=np.int64)
        if "upgraded" in rule.scope:
            renewed = timeline.generation_month[:, 1:]
            hours = self._month_h(np.asarray(renewed))
            first = np.where(hours >= from_h, hours, _NEVER).min(axis=1, initial=_NEVER)
            np.minimum.at(due_h, self.world.estate.servers.system, first)
        if "new" in rule.scope:
            new = (arrives_h >= from_h) & (systems.arrives_month > 0) & (arrives_h < self.world.clock.hours)
            in_room = new & ~self._starts_on_cloud()
            due_h = np.where(in_room, np.minimum(due_h, arrives_h), due_h)
        broken = mine & (due_h < retires_h) & (on_h > due_h)
        right_h = np.minimum(on_h, retires_h)[broken].max(initial=from_h)
        first_h = int(on_h[mine].min(initial=_NEVER))
        return self._outcome(name, from_h, not broken.any(), right_h, first_h, float(broken.sum()), "systems")

    def _no_new_room(self, name: str, rule: NoNewRoom) -> RuleOutcome:
        rooms, opens_h = self.world.estate.rooms, self.run.timeline.room_open_h.astype(np.int64)
        level = self.world.estate.units.level[rooms.unit]
        from_h = max(self.world.clock.hour_of(rule.first), 0)
        built = (rooms.opens_month > 0) & (opens_h >= from_h) & (opens_h < _NEVER)
        built &= np.isin(level, level_rows(self.scenario, rule.levels))
        ends_h = self.run.timeline.room_close_h.astype(np.int64)[built].max(initial=from_h)
        return self._outcome(name, from_h, not built.any(), ends_h, _NEVER, float(built.sum()), "rooms")

    def _rooms(self, name: str, rule: CloseSmall | MergeLarge) -> RuleOutcome:
        """Rooms closed by the day, and no more emptied in a year than allowed."""
        meant = rooms_meant(self.scenario, self.world, rule)
        closes_h = np.sort(self.run.timeline.room_close_h.astype(np.int64)[meant])
        end_h = self.world.clock.hours if rule.by is None else self._end_h(rule.by)
        left = 0 if rule.by is None else int((closes_h > end_h).sum())
        excess = 0
        if isinstance(rule, MergeLarge) and rule.most_per_year is not None:
            excess = self._too_many(meant, rule.most_per_year)
        met_h = int(closes_h.max(initial=0))
        first_h = int(closes_h.min(initial=_NEVER))
        due_h = None if rule.by is None else end_h
        if rule.by is None:  # step by step: it holds if no year has too many
            met_h = 0 if excess == 0 else _NEVER
        return self._outcome(name, due_h, left + excess == 0, met_h, first_h, float(left + excess), "rooms")

    def _too_many(self, meant: Bools, most: int) -> int:
        """Rooms emptied beyond what years allow; a room is empty when its last system has moved or gone."""
        systems = self.world.estate.systems
        left_h = np.minimum(self._cloud_h(), self._month_h(systems.retires_month))
        was_in = ~self._starts_on_cloud() & (self._month_h(systems.arrives_month) < self.world.clock.hours)
        empty_h = np.zeros(len(meant), dtype=np.int64)
        np.maximum.at(empty_h, systems.room[was_in], left_h[was_in])
        hours = empty_h[meant & (empty_h < self.world.clock.hours)].tolist()
        years = np.bincount([self.world.clock.day_of_hour(h).year for h in hours], minlength=1)
        return int(np.maximum(years - most, 0).sum())

    def _coverage(self, name: str, rule: Coverage) -> RuleOutcome:
        systems, rooms = self.world.estate.systems, len(self.world.estate.rooms.id)
        mine = ~systems.stays & (systems.arrives_month == 0) & self._of_levels(rule.levels)
        asked = np.bincount(systems.room[mine], minlength=rooms) > 0
        first = np.full(rooms, _NEVER, dtype=np.int64)
        np.minimum.at(first, systems.room, self._cloud_h())
        reached = np.sort(first[asked])
        needed = int(np.ceil(rule.share * len(reached) - 1e-9))
        end_h = self._end_h(rule.by)
        short = max(needed - int((reached < end_h).sum()), 0)
        met_h = int(reached[needed - 1]) if needed else 0
        first_h = int(reached.min(initial=_NEVER))
        return self._outcome(name, end_h, short == 0, met_h, first_h, float(short), "departments")

    def _dr_site(self, name: str, rule: DrSite) -> RuleOutcome:
        made, end_h = self.plan.recovery, self._end_h(rule.by)
        ready_h = _NEVER
        if made is not None:
            km = made.distance_km[made.site >= 0]
            good = made.rpo_minutes <= rule.recovery_point_minutes() + 1e-9
            good &= made.rto_minutes <= rule.recovery_time_minutes() + 1e-9
            good &= not bool((km < rule.min_km - 1e-6).any()) and bool((made.site >= 0).any())
            ready_h = made.ready_h if good else _NEVER
        late_h = max(min(ready_h, self.world.clock.hours) - end_h, 0 if ready_h < _NEVER else HOURS_PER_DAY)
        short = late_h / HOURS_PER_DAY if ready_h >= end_h else 0.0
        return self._outcome(name, end_h, ready_h < end_h, ready_h, _NEVER, short, "days")

    def _mixed_hosts(self, rule: SeparatePools) -> int:
        """Hosts that ever hold systems which must share none."""
        estate = self.world.estate
        systems, placed = estate.systems, np.flatnonzero(self.plan.placement >= 0)
        of = estate.servers.system[placed]
        values = {
            "zone": systems.zone,
            "mlps": systems.mlps,
            "level": estate.units.level[systems.unit],
            "class": systems.demand_class,
        }
        mixed: set[int] = set()
        for attribute in rule.attributes:
            pairs = np.unique(np.stack([self.plan.placement[placed], values[attribute][of]], axis=1), axis=0)
            hosts, kinds = np.unique(pairs[:, 0], return_counts=True)
            mixed |= set(hosts[kinds > 1].tolist())
        return len(mixed)

    def _payback(self, name: str, rule: PaybackMax) -> RuleOutcome:
        """Months from the opening until all that was spent is saved again, for good."""
        cloud, clock = self.scenario.alternatives[self.plan.alternative].cloud, self.world.clock
        assert cloud is not None
        opens = max(clock.month_of_hour(clock.hour_of(cloud.opens)), 0)
        sums = np.cumsum(self.saving_cny)
        owing = np.flatnonzero(sums < -ROUNDING_CNY)
        back = int(owing[-1]) + 2 if len(owing) else opens  # the month after that in which it is
        months = float(min(back, clock.months) - opens)
        met = back <= clock.months and months <= rule.months
        edges = np.append(clock.month_edges_h, _NEVER)
        saves = np.flatnonzero(self.saving_cny[opens:] > ROUNDING_CNY)
        first_h = int(edges[opens + saves[0]]) if len(saves) else _NEVER
        due_h = int(edges[opens + rule.months]) if opens + rule.months <= clock.months else _NEVER
        short = 0.0 if met else max(months - rule.months, 1.0)
        return self._outcome(name, due_h, met, int(edges[back]), first_h, short, "months")

    def _existing(self, name: str, rule: MigrateExisting) -> RuleOutcome:
        """Systems too early, too late, or beyond what a month or year allows."""
        systems, timeline, clock = self.world.estate.systems, self.run.timeline, self.world.clock
        moved_h, retires_h = timeline.moved_h.astype(np.int64), self._month_h(systems.retires_month)
        goes = ~systems.stays & ~self._starts_on_cloud() & self._of_levels(rule.levels)
        goes &= self._month_h(systems.arrives_month) < clock.hours
        early = 0 if rule.first is None else int((goes & (moved_h < clock.hour_of(rule.first))).sum())
        late, due_h, met_h = 0, None, 0
        if rule.to is not None:
            due_h = self._end_h(rule.to)
            late = int((goes & (moved_h >= due_h) & (retires_h >= due_h)).sum())
            met_h = int(np.minimum(moved_h, retires_h)[goes].max(initial=0))
        excess = 0 if rule.most is None else self._excess(rule)
        if early or excess:
            met_h = _NEVER
        first_h = int(moved_h[goes].min(initial=_NEVER))
        short = early + late + excess
        return self._outcome(name, due_h, short == 0, met_h, first_h, float(short), "systems")

    def _excess(self, rule: MigrateExisting) -> int:
        """Cut-overs, rolled back or not, beyond what months or years allow."""
        assert rule.most is not None
        moved = self.run.timeline.moved_h
        hours = np.concatenate([moved[moved != NEVER], self.run.timeline.rollbacks.hour]).tolist()
        days = [self.world.clock.day_of_hour(h) for h in hours]
        spans = [d.year * 12 + d.month if rule.per == "month" else d.year for d in days]
        return int(np.maximum(np.bincount(spans, minlength=1) - rule.most, 0).sum())

    def _kept(self, name: str, broken: int, unit: str) -> RuleOutcome:
        """A rule that holds from the start or never."""
        return self._outcome(name, None, broken == 0, _NEVER if broken else 0, _NEVER, float(broken), unit)

    def _outcome(
        self, name: str, due_h: int | None, met: bool, met_h: int, first_h: int, short: float, unit: str
    ) -> RuleOutcome:
        hours = self.world.clock.hours
        return RuleOutcome(
            rule=name,
            due_month=None if due_h is None else self._month(max(due_h - 1, 0)),
            met=met,
            met_h=int(met_h) if met_h < hours else None,
            first_h=first_h if first_h < hours else None,
            shortfall=0.0 if met else short,
            unit=unit,
        )

    def _month(self, hour: int) -> int:
        return self.world.clock.month_of_hour(hour)

    def _end_h(self, day: date) -> int:
        """First hour after a day."""
        return self.world.clock.hour_of(day) + HOURS_PER_DAY

    def _month_h(self, month: NDArray[np.int32]) -> Hours:
        return hour_of_month(self.world.clock, month).astype(np.int64)

    def _of_levels(self, levels: Levels) -> Bools:
        estate = self.world.estate
        return np.isin(estate.units.level[estate.systems.unit], level_rows(self.scenario, levels))

    def _cloud_h(self) -> Hours:
        """Hour from which each system is on the cloud, NEVER if it never is, shape (systems,)."""
        servers, timeline = self.world.estate.servers, self.run.timeline
        on_h = timeline.moved_h.astype(np.int64)
        started = (timeline.server_on_h == NEVER) & (timeline.cloud_on_h != NEVER)
        np.minimum.at(on_h, servers.system[started], timeline.cloud_on_h[started].astype(np.int64))
        return on_h

    def _starts_on_cloud(self) -> Bools:
        """Systems that were never in a room, shape (systems,)."""
        servers, system = self.run.timeline.server_on_h, self.world.estate.servers.system
        in_room = np.bincount(system[servers != NEVER], minlength=len(self.world.estate.systems.id)) > 0
        return np.asarray(~in_room)
