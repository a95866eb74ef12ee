"""Provisioning: new systems ask to be set up on the cloud and wait for a free team.

A request comes at any time in the days of notice before the system is to start. A team takes on one
request at a time, first come, first served. A system that is ready in time starts when it was to
start, a late one on the next full hour. Where places to wait are limited and none is left, the request
is turned away: the system is set up in a room of its unit, as without a cloud, and stays there.

Days of notice and of work belong to the system, not to the order of service.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from simpy.events import ProcessGenerator

from ..optimize.plan import Plan
from ..scenarios.clock import HOURS_PER_DAY
from ..scenarios.elementary import log
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .agenda import Agenda, Rank
from .grid import down_to_grid, up_to_grid
from .teams import ALWAYS, Teams
from .timeline import Ints, Requests

Floats = NDArray[np.float64]


def requests_of(
    scenario: Scenario, world: World, plan: Plan, starts: NDArray[np.bool_], arrives_h: Ints, retires_h: Ints
) -> Requests:
    """Requests of the systems that are to start on the cloud.

    Args:
        starts: which systems are, shape (systems,).
        arrives_h, retires_h: shape (systems,).
    """
    terms, systems = scenario.provisioning, world.estate.systems
    cloud = scenario.alternatives[plan.alternative].cloud
    if cloud is None or plan.pool_room is not None:  # in a room a system is set up as ever
        return Requests.none()
    rows = np.flatnonzero(starts)
    u = world.uniforms("provisioning", systems.id[rows], draws=2)
    notice_h = u[:, 0] * world.of(terms.notice_days) * HOURS_PER_DAY
    opens_h = world.clock.hour_of(cloud.opens)
    asked_h = np.maximum(down_to_grid(arrives_h[rows] - notice_h), opens_h)
    work_h = up_to_grid(-log(u[:, 1]) * world.of(terms.setup_days) * HOURS_PER_DAY)
    movable = int(((systems.arrives_month == 0) & ~systems.stays).sum())
    teams = max(int(np.ceil(movable / world.of(terms.systems_per_team))), 1)
    return serve(rows, asked_h, work_h, retires_h[rows].astype(np.float64), Teams(teams, terms.places))


def serve(
    system: NDArray[np.integer], asked_h: Floats, work_h: Floats, leaves_h: Floats, teams: Teams
) -> Requests:
    """Let teams work through requests.

    Args:
        system: row of systems, shape (requests,).
        asked_h, work_h: hour of each request and what it takes a team, shape (requests,).
        leaves_h: hour at which each is withdrawn, shape (requests,).
    """
    order = np.lexsort((system, asked_h))
    system = system[order]
    asked_h, work_h, leaves_h = (column[order] for column in (asked_h, work_h, leaves_h))
    begun_h = np.full(len(order), ALWAYS)
    away = np.zeros(len(order), dtype=np.bool_)
    columns = (asked_h.tolist(), work_h.tolist(), leaves_h.tolist())
    for i, (asked, work, leaves) in enumerate(zip(*columns, strict=True)):
        if asked >= leaves:
            continue
        if teams.turns_away(asked):
            away[i] = True
            continue
        begun = teams.take(asked, work, leaves)
        if begun < leaves:
            begun_h[i] = begun
    ready_h = np.where(begun_h + work_h < leaves_h, begun_h + work_h, ALWAYS)
    return Requests(system.astype(np.int32), asked_h, begun_h, ready_h, away)


def account(agenda: Agenda, requests: Requests) -> None:
    """Have the log tell of requests as they are made, taken on and done."""
    columns = (requests.system, requests.asked_h, requests.begun_h, requests.ready_h, requests.turned_away)
    for system, asked, begun, ready, away in zip(*(c.tolist() for c in columns), strict=True):
        agenda.env.process(_request(agenda, system, asked, begun, ready, away))


def _request(
    agenda: Agenda, system: int, asked_h: float, begun_h: float, ready_h: float, away: bool
) -> ProcessGenerator:
    yield agenda.at(asked_h, Rank.REQUEST, system)
    agenda.note("turned away" if away else "request", system)
    if begun_h < ALWAYS:
        yield agenda.at(begun_h, Rank.SET_UP, system)
        agenda.note("set-up", system)
    if ready_h < ALWAYS:
        yield agenda.at(ready_h, Rank.READY, system)
        agenda.note("ready", system)
