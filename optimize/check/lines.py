"""Shared lines: every unit that uses the cloud has enough."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...scenarios.estate import NEVER
from .facts import Facts
from .violation import Violation, over, wrong


def lines(facts: Facts) -> Iterator[Violation]:
    """A unit with systems on the cloud has a line of an allowed kind, wide enough for its busy hours."""
    plan, systems = facts.plan, facts.world.estate.systems
    units = len(facts.world.estate.units.id)
    moves = plan.wave_h != NEVER
    traffic = np.zeros(units)
    np.add.at(traffic, systems.unit[moves], systems.traffic_mbps[moves])
    names = list(facts.scenario.lines)
    allowed = np.isin(plan.shared_line, [names.index(name) for name in facts.cloud.access_line])
    served = np.bincount(systems.unit[moves], minlength=units) > 0
    yield from wrong("lines", "unit", np.flatnonzero(served & ~allowed), "has no line of an allowed kind")
    kinds = np.array([kind.mbps for kind in facts.scenario.lines.values()])
    width = np.where(plan.shared_line >= 0, kinds[plan.shared_line], 0.0) * plan.shared_lines.astype(float)
    yield from over("lines", "unit", traffic, width, "Mbit/s", "Mbit/s of traffic")
    idle = np.flatnonzero(~served & (plan.shared_lines > 0))
    yield from wrong("lines", "unit", idle, "has a line and no system on the cloud")
