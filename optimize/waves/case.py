"""From a scenario's alternative and a world to the case that the waves plan."""

from __future__ import annotations

import numpy as np

from ...scenarios.clock import HOURS_PER_DAY
from ...scenarios.estate import NEVER
from ...scenarios.schema import Alternative, Scenario
from ...scenarios.world import World
from ..access import line_rents, lines_needed, unit_traffic
from .ground import Case
from .problem import Bools, Floats


def case_of(scenario: Scenario, alternative: str, world: World, moving: Bools) -> Case:
    """The case of an alternative that moves systems.

    Args:
        moving: servers whose component moves if their system does, shape (servers,).
    """
    chosen = scenario.alternatives[alternative]
    assert chosen.cloud is not None and chosen.migration is not None
    servers, systems = world.estate.servers, world.estate.systems
    data_gb = np.bincount(
        servers.system[moving], weights=servers.disk_gb[moving], minlength=len(systems.id)
    ).astype(np.float64)
    deadline_h = None
    if chosen.deadline is not None:
        deadline_h = world.clock.hour_of(chosen.deadline) + HOURS_PER_DAY
    rent_cny = _shared_rents(scenario, chosen, world)
    return Case(scenario, alternative, chosen.cloud, chosen.migration, world, deadline_h, data_gb, rent_cny)


def _shared_rents(scenario: Scenario, chosen: Alternative, world: World) -> Floats:
    """Yearly rent of each unit's shared lines if all its systems move, its site's distance left out."""
    assert chosen.cloud is not None
    systems = world.estate.systems
    goes = ~systems.stays & (systems.arrives_month < world.clock.months) & (systems.arrives_month != NEVER)
    traffic_mbps, served = unit_traffic(world, goes)
    kinds = chosen.cloud.access_line
    each = line_rents(scenario, world, kinds, np.full(len(served), np.nan))
    rents = (lines_needed(scenario, kinds, traffic_mbps) * each).min(axis=1)
    return np.where(served, rents, 0.0)
