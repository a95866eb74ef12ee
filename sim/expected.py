"""The load that a scenario's own workload model is expected to make, for the planner.

The built-in model's load follows from the scenario; any other model is asked for days spread over the last
year that hosts are bought for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..optimize.profiles import Load, measured_load
from ..scenarios.clock import HOURS_PER_DAY
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .workload import Workload, named_workload

Floats = NDArray[np.float64]

MONTHS_PER_YEAR = 12
DAYS_SAMPLED = 48
COMPONENTS_AT_ONCE = 1024


def load_of(scenario: Scenario, alternative: str, world: World) -> Load | None:
    """The load of all servers by the scenario's own workload model; None if it has none, or nothing to plan.

    Raises:
        InputError: the model cannot be made or used.
    """
    cloud = scenario.alternatives[alternative].cloud
    if cloud is None or cloud.sizing != "profiles":
        return None
    model = named_workload(scenario, world)
    if model is None:
        return None
    clock = world.clock
    opens = max(clock.month_of_hour(clock.hour_of(cloud.opens)), 0)
    last = min(opens + cloud.growth_years_ahead * MONTHS_PER_YEAR, clock.months)
    first = max(last - MONTHS_PER_YEAR, 0)
    days = np.arange(*(clock.month_edges_h[[first, max(last, first + 1)]] // HOURS_PER_DAY))
    days = days[np.unique(np.linspace(0, len(days) - 1, min(DAYS_SAMPLED, len(days))).astype(np.int64))]
    return _sampled(model, world, days)


def _sampled(model: Workload, world: World, days: NDArray[np.int64]) -> Load:
    """Load from some days, hours of working days and of days off apart."""
    clock, servers = world.clock, world.estate.servers
    works = np.flatnonzero(~servers.zombie)
    demand = np.zeros((len(servers.id), len(days), HOURS_PER_DAY))
    for place, day in enumerate(days.tolist()):
        month = clock.month_of_hour(float(day * HOURS_PER_DAY))
        span = clock.spans(month, clock.steps_per_hour)[
            day - int(clock.month_edges_h[month]) // HOURS_PER_DAY
        ]
        for start in range(0, len(works), COMPONENTS_AT_ONCE):
            rows = works[start : start + COMPONENTS_AT_ONCE]
            out = np.empty((len(rows), span.steps), dtype=np.float32)
            model.fill(rows, span, out)
            demand[rows, place] = out.reshape(len(rows), HOURS_PER_DAY, -1).max(axis=2)
    kind = world.estate.systems.demand_class[servers.system].astype(np.int64)
    worked = clock.workday[days]
    parts = [
        (demand[:, chosen], chosen.mean() / HOURS_PER_DAY) for chosen in (worked, ~worked) if chosen.sum() > 1
    ]
    if len(parts) < 2:
        parts = [(demand, 1 / HOURS_PER_DAY)]
    loads = [measured_load(part, kind, np.full(HOURS_PER_DAY, share)) for part, share in parts]
    return Load.joined(loads)
