"""Demand profiles: how the demand of each class runs over the hours of the scenario."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .clock import HOURS_PER_DAY, Clock
from .demand import DemandClass
from .schema import Scenario

Floats = NDArray[np.float64]


def class_profile(demand: DemandClass, clock: Clock) -> Floats:
    """Relative demand of a class, shape (hours,), with mean 1 over the first year.

    hour profile of the kind of day (working day or day off) x factor of the month.
    """
    hours_of_day = np.where(clock.workday[:, None], np.array(demand.workday), np.array(demand.restday))
    months = np.searchsorted(clock.month_edges_h, np.arange(len(clock.workday)) * HOURS_PER_DAY, side="right")
    month_factor = np.array(demand.months)[(clock.start.month - 1 + months - 1) % 12]
    relative: Floats = (hours_of_day * month_factor[:, None]).ravel()
    mean = float(relative[: int(clock.month_edges_h[12])].mean())
    return relative / mean


def class_profiles(scenario: Scenario, clock: Clock) -> Floats:
    """Profiles of all classes in file order, shape (classes, hours)."""
    return np.stack([class_profile(demand, clock) for demand in scenario.demand.classes.values()])
