"""Simulation of one world: what happens, what flows, what it costs, what users notice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..optimize.plan import Plan
from ..scenarios.estate import NEVER
from ..scenarios.governed import governed
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .bookings import book
from .events import happen
from .flow import Flow, flow
from .integrate import OnMonth
from .run import Run
from .service import service
from .sites import hosts_off_h
from .timeline import Ints, Timeline, stock

Floats = NDArray[np.float64]


def simulate(scenario: Scenario, plan: Plan, world: World) -> Run:
    """One alternative in one world."""
    return simulate_all(scenario, [plan], world)[0]


def simulate_all(
    scenario: Scenario,
    plans: Sequence[Plan],
    world: World,
    checkpoint: Path | None = None,
    on_month: OnMonth | None = None,
) -> tuple[Run, ...]:
    """Alternatives in the same world, on the same draws; demand is made once for all.

    Args:
        checkpoint: file in which simulated months are kept, and from which a killed run goes on.
        on_month: called with the number of simulated months done and of all.

    Raises:
        RoomfoldError: if the checkpoint is damaged or was left by another run.
    """
    timelines = [happen(scenario, world, plan) for plan in plans]
    flows = flow(scenario, world, plans, timelines, checkpoint, on_month)
    return tuple(
        _run(scenario, world, plan, timeline, flowed)
        for plan, timeline, flowed in zip(plans, timelines, flows, strict=True)
    )


def _run(scenario: Scenario, world: World, plan: Plan, timeline: Timeline, flowed: Flow) -> Run:
    world = governed(scenario, plan.alternative, world)
    series = {**flowed.series, **states(world, plan, timeline)}
    return Run(
        alternative=plan.alternative,
        kind=plan.kind,
        world=world.index,
        ledger=book(scenario, world, plan, timeline, flowed),
        timeline=timeline,
        series=series,
        heat=flowed.heat,
        service=service(scenario, world, plan, timeline, series),
    )


def states(world: World, plan: Plan, timeline: Timeline) -> dict[str, Floats]:
    """Number of rooms, hosts, systems and lines in each hour, shape (hours,) each."""
    servers, hours = world.estate.servers, world.clock.hours
    on_cloud = np.full(len(world.estate.systems.id), NEVER, dtype=np.int32)
    off_cloud = np.zeros_like(on_cloud)
    served = timeline.cloud_on_h != NEVER
    np.minimum.at(on_cloud, servers.system[served], timeline.cloud_on_h[served])
    np.maximum.at(off_cloud, servers.system[served], timeline.cloud_off_h[served])
    return {
        "rooms_open": stock(hours, timeline.room_open_h, timeline.room_close_h),
        "hosts_on": stock(hours, timeline.host_on_h, hosts_off_h(plan, timeline)),
        "systems_on_cloud": stock(
            hours, on_cloud, np.maximum(on_cloud, off_cloud), 0.0 if timeline.in_rooms else 1.0
        ),
        "vertical_lines": stock(hours, timeline.line_start_h, timeline.line_end_h),
        "shared_lines": stock(
            hours, timeline.unit_line_start_h, _never(timeline.unit_line_start_h), plan.shared_lines
        ),
    }


def _never(like: Ints) -> Ints:
    return np.full_like(like, NEVER)
