"""The tariff by the hour: what a kWh costs over the mean tariff."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..scenarios.clock import HOURS_PER_DAY
from ..scenarios.schema import Scenario
from ..scenarios.world import World

Floats = NDArray[np.float64]

_MONTHS_PER_YEAR = 12


def hourly_ratio(scenario: Scenario, world: World) -> Floats | None:
    """Price over the mean tariff in each hour of the run, shape (hours,); None where it is always 1.

    Where ratios are normalised their mean over the run is 1: a constant load pays the mean tariff.
    """
    terms = scenario.prices.time_of_use
    if terms is None:
        return None
    by_month = np.ones((_MONTHS_PER_YEAR, HOURS_PER_DAY))
    for period in terms.periods.values():
        months = np.array(period.months or range(1, _MONTHS_PER_YEAR + 1)) - 1
        by_month[np.ix_(months, np.array(period.hours))] = world.of(period.ratio)
    clock = world.clock
    month = np.array([clock.calendar_month(m) for m in range(clock.months)])
    hour = np.arange(clock.hours)
    ratio = by_month[np.repeat(month, np.diff(clock.month_edges_h)), hour % HOURS_PER_DAY]
    return np.asarray(ratio / ratio.mean() if terms.normalised else ratio)
