"""Drawing worlds: every quantity from one point of the study's design, then the estate that follows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from .clock import Clock
from .design import probabilities
from .draw_estate import draw_estate
from .loader import quantities
from .schema import Scenario
from .world import World

Floats = NDArray[np.float64]


def design(scenario: Scenario, seed: int, worlds: int) -> Floats:
    """Probabilities of all quantities in all worlds.

    Returns:
        Shape (worlds, quantities), each in (0, 1); columns in the order of ``quantities``.
    """
    return probabilities(list(quantities(scenario)), scenario.study.lead, seed, worlds)


def draw_world(scenario: Scenario, index: int, seed: int | None = None, point: Floats | None = None) -> World:
    """World number ``index`` of a scenario.

    Args:
        index: number of the world, >= 0.
        seed: seed of the study; the scenario's own if None.
        point: row ``index`` of ``design``, where the caller has it already.
    """
    seed = scenario.study.seed if seed is None else seed
    if point is None:
        point = design(scenario, seed, index + 1)[index]
    values: Mapping[str, float] = {
        path: float(quantity.ppf(np.array(u)))
        for (path, quantity), u in zip(quantities(scenario).items(), point, strict=True)
    }
    clock = Clock.of(scenario.time, scenario.calendar)
    return World(seed, index, values, clock, draw_estate(scenario, seed, index, values, clock))
