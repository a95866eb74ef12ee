"""Events: what happens in one future, hour by hour, where something decides.

SimPy carries the decisions: which system finds staff, line and hosts free for its cut-over, which
failed host finds a standby, which site is taken over by its recovery site, when a room is empty and
closes. Whatever needs no decision (failures of
servers, outages, rents) is drawn or computed for all entities at once; so are the queues for repair
and provisioning teams, in which nobody overtakes (see teams). The log tells of the queues of hosts and
of new systems all the same.

Simultaneous events happen in the order of agenda.Rank, and by row within each; see docs/events.md.
Cut-overs of one hour are tried in the order of ``migration``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..optimize.plan import Plan
from ..optimize.slots import slots
from ..optimize.waves import COPY_HOURS_PER_WEEK, GB_PER_HOUR_PER_MBPS, moves_allowed
from ..scenarios.estate import NEVER
from ..scenarios.governed import governed
from ..scenarios.moves import Migration as Moving
from ..scenarios.policy import binds
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from . import failures, provisioning
from .agenda import Agenda, Entry
from .consequences import generations, hours, line_rents, rooms_of, unit_line_starts
from .interim import split_hours
from .migration import Migration, Orders
from .occupancy import Occupancy
from .recovery import SiteRecovery
from .repair import host_crews, site_crews
from .sites import first_on_h, host_site
from .starts import Starts, starts_of
from .takeover import TakeOver
from .timeline import Ints, Outages, Recoveries, Repairs, Rollbacks, Timeline, hour_of_month

ATTEMPTS_PER_DRAW = 8


def happen(scenario: Scenario, world: World, plan: Plan) -> Timeline:
    """Everything that happens in one alternative."""
    return happen_logged(scenario, world, plan)[0]


def happen_logged(scenario: Scenario, world: World, plan: Plan) -> tuple[Timeline, list[Entry]]:
    """As ``happen``, with the log of decided events in the order in which they happened."""
    world = governed(scenario, plan.alternative, world)
    agenda, starts = Agenda(), starts_of(scenario, world, plan)
    decided = _decide(agenda, scenario, world, plan, starts)
    return _timeline(scenario, world, plan, starts, decided), agenda.log


@dataclass(frozen=True)
class _Decided:
    """What SimPy decided; named as in Timeline. ``first_h``: first attempt to move each system."""

    server_off_h: Ints
    room_close_h: Ints
    first_h: Ints
    moved_h: Ints
    cutovers: Ints
    rollbacks: Rollbacks
    host_outages: Outages
    host_repairs: Repairs
    site_outages: Outages
    recoveries: Recoveries


def _decide(agenda: Agenda, scenario: Scenario, world: World, plan: Plan, starts: Starts) -> _Decided:
    estate, moving = world.estate, _moving(scenario, plan)
    room = estate.systems.room[estate.servers.system]
    clearing_h = hours(world.of(moving.room_clearing_days)) if moving else 0
    hosted = (plan.placement >= 0) & (plan.pool_room is not None)
    occupancy = Occupancy(agenda, room, starts.server_on_h, len(estate.rooms.id), clearing_h, hosted)
    agenda.env.process(occupancy.retirements(starts.server_retires_h))
    migration = Migration(agenda, occupancy, _orders(scenario, world, plan, moving, starts))
    freeze = moving.freeze if moving else ()
    agenda.env.process(migration.weeks(slots(world.clock, scenario.calendar, freeze=freeze)))
    repairs = _host_repairs(scenario, world, plan)
    host_on_h = hour_of_month(world.clock, plan.hosts.buy_month)
    takeover = TakeOver(agenda, plan.hosts, host_on_h, repairs)
    site_outages = _site_outages(scenario, world, plan, host_on_h)
    recovery = SiteRecovery(agenda, plan, host_on_h, site_outages)
    provisioning.account(agenda, starts.requests)
    agenda.env.run(until=world.clock.hours)
    rollbacks = np.array(migration.rollbacks, dtype=np.int32).reshape(-1, 2)
    return _Decided(
        _ints(occupancy.off_h),
        _ints(occupancy.close_h),
        _ints(migration.first_h),
        _ints(migration.moved_h),
        _ints(migration.cutovers),
        Rollbacks(rollbacks[:, 0], rollbacks[:, 1]),
        takeover.outages(),
        repairs,
        site_outages,
        recovery.recoveries(),
    )


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int32)


def _moving(scenario: Scenario, plan: Plan) -> Moving | None:
    """How this alternative moves systems; where it moves none, how the first one that does would.

    A room emptied by retirements alone is then cleared in the same time in every alternative.
    """
    own = scenario.alternatives[plan.alternative].migration
    others = (alternative.migration for alternative in scenario.alternatives.values())
    return own or next((migration for migration in others if migration), None)


def _orders(scenario: Scenario, world: World, plan: Plan, moving: Moving | None, starts: Starts) -> Orders:
    systems, servers = world.estate.systems, world.estate.servers
    n = len(systems.id)
    if moving is None:
        return Orders.nothing(n)
    rules = [rule for rule in scenario.policy.values() if binds(scenario, plan.alternative, rule)]
    placed = plan.placement >= 0
    ready = np.zeros(n, dtype=np.int32)
    host_on_h = hour_of_month(world.clock, plan.hosts.buy_month)
    np.maximum.at(ready, servers.system[placed], host_on_h[plan.placement[placed]])
    by_system = np.argsort(servers.system, kind="stable")
    edges = np.searchsorted(servers.system[by_system], np.arange(n + 1)).tolist()
    rows = by_system.tolist()
    data = np.bincount(servers.system[placed], weights=servers.disk_gb[placed], minlength=n)
    if plan.pool_room is not None:
        data[:] = 0.0  # from server to host within the room, over no line
    return Orders(
        wave_h=np.where(starts.moves, plan.wave_h, NEVER).tolist(),
        retires_h=starts.retires_h.tolist(),
        ready_h=ready.tolist(),
        servers=[rows[first:end] for first, end in pairwise(edges)],
        days=systems.effort_days.tolist(),
        data_gb=data.tolist(),
        team_fte=plan.team_fte,
        weekly_gb=world.of(moving.ingress_mbps) * GB_PER_HOUR_PER_MBPS * COPY_HOURS_PER_WEEK,
        dual_run_h=hours(world.of(moving.dual_run_days)),
        fails=_dice(world, world.of(moving.failure_share)),
        most_per_month=moving.most_per_month,
        allowed=moves_allowed(rules, world).tolist(),
        month_of=world.clock.month_of_hour,
    )


def _dice(world: World, share: float) -> Callable[[int, int], bool]:
    """Whether attempt k of a system fails; drawn for all systems, eight attempts at a time."""
    ids = world.estate.systems.id
    rounds: list[NDArray[np.bool_]] = []

    def fails(system: int, attempt: int) -> bool:
        draw, place = divmod(attempt, ATTEMPTS_PER_DRAW)
        while len(rounds) <= draw:
            stream = f"cutover/{len(rounds)}" if rounds else "cutover"
            rounds.append(world.uniforms(stream, ids, draws=ATTEMPTS_PER_DRAW) < share)
        return bool(rounds[draw][system, place])

    return fails


def _host_repairs(scenario: Scenario, world: World, plan: Plan) -> Repairs:
    cloud = scenario.alternatives[plan.alternative].cloud
    if cloud is None or not len(plan.hosts.buy_month):
        return Repairs.none()
    on_h, terms = hour_of_month(world.clock, plan.hosts.buy_month), scenario.reliability
    if plan.host_room is not None:
        crews, mean_h = host_crews(terms, world, plan.host_room), world.of(terms.server_mttr_h)
    else:
        crews = site_crews(terms, world, host_site(plan))
        mean_h = world.of(terms.host_mttr_h)
    return failures.host_failures(scenario, world, cloud, plan.hosts, on_h, crews, mean_h)


def _timeline(scenario: Scenario, world: World, plan: Plan, starts: Starts, decided: _Decided) -> Timeline:
    system = world.estate.servers.system
    cloud = scenario.alternatives[plan.alternative].cloud
    opens_h = world.clock.hour_of(cloud.opens) if cloud else int(NEVER)
    generation_month = generations(world, starts, decided.moved_h, decided.server_off_h, opens_h)
    first_h = np.where(starts.on_cloud, starts.cloud_h, decided.first_h)
    cloud_on_h = np.where(starts.on_cloud, starts.cloud_h, decided.moved_h)[system]
    served = (plan.placement >= 0) & (cloud_on_h < starts.server_retires_h)
    # Whatever runs in a room, on servers or hosts, holds the room and its lines.
    left = starts.as_if_kept() if plan.pool_room is not None else starts
    left_h = np.full_like(decided.moved_h, NEVER) if plan.pool_room is not None else decided.moved_h
    room_open_h, room_close_h, refit_month = rooms_of(world, left, decided.room_close_h, opens_h)
    line_start_h, line_end_h = line_rents(
        world, left, left_h, scenario.alternatives[plan.alternative].migration
    )
    interim_start_h, interim_end_h = split_hours(world, left, left_h)
    repairs = failures.server_failures(
        scenario, world, generation_month, starts.server_on_h, decided.server_off_h
    )
    return Timeline(
        server_on_h=starts.server_on_h,
        server_off_h=decided.server_off_h,
        cloud_on_h=np.where(served, cloud_on_h, NEVER),
        cloud_off_h=np.where(served, starts.server_retires_h, NEVER),
        generation_month=generation_month,
        room_open_h=room_open_h,
        room_close_h=room_close_h,
        room_refit_month=refit_month,
        line_start_h=line_start_h,
        line_end_h=line_end_h,
        interim_start_h=interim_start_h,
        interim_end_h=interim_end_h,
        unit_line_start_h=unit_line_starts(world, plan, first_h),
        host_on_h=hour_of_month(world.clock, plan.hosts.buy_month),
        cutovers=decided.cutovers,
        moved_h=decided.moved_h,
        rollbacks=decided.rollbacks,
        server_outages=repairs.outages(),
        host_outages=decided.host_outages,
        room_outages=failures.merged(
            failures.room_outages(world, room_open_h, room_close_h), decided.site_outages
        ),
        recoveries=decided.recoveries,
        server_repairs=repairs,
        host_repairs=decided.host_repairs,
        requests=starts.requests,
        in_rooms=plan.pool_room is not None,
    )


def _site_outages(scenario: Scenario, world: World, plan: Plan, host_on_h: Ints) -> Outages:
    cloud = scenario.alternatives[plan.alternative].cloud
    if cloud is None or not plan.sites:
        return Repairs.none().outages()
    return failures.site_outages(world, cloud, plan.sites, first_on_h(plan, host_on_h))
