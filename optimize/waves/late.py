"""Where dates cannot be kept: what being late counts, so that few are late and the order stays cheap.

A system that misses the last slot its dates allow counts ``LATE_CNY`` beside its cost, in the choice alone.
If no schedule has cost + LATE_CNY x late below B, none with as few late as the plan costs less than
B - LATE_CNY x late: that is the bound which is stated. Rules that must not be missed still hold.
"""

from __future__ import annotations

import numpy as np

from .build import Limits
from .ground import Ground
from .problem import Ints, Problem

# A few months of what a system costs in its room.
LATE_CNY = 30_000.0


def lenient(must: Limits, strict: Limits, start: Ints, land: Ground) -> Limits:
    """Limits without dates, but for strict ones: nothing moves later than the last does in ``start``.

    What is given up by then may stay, and so may what has no slot in ``start``.
    """
    weeks = len(land.weeks.hour)
    end = int(start[start < weeks].max(initial=0))
    gone = land.ends_h <= land.weeks.hour[end]
    last = np.maximum(np.minimum(strict.last, end), np.where(start < weeks, start, 0))
    return Limits(last, must.may_stay | strict.may_stay & gone | (start == weeks))


def weighed(problem: Problem, must: Limits) -> Problem:
    """The problem with the weight of being late in its cost."""
    slot = np.arange(len(problem.hour) + 1)
    late = np.where(slot > must.last[:, None], LATE_CNY, 0.0)
    late[:, -1] = np.where(must.may_stay, 0.0, LATE_CNY)
    return problem._replace(cost=problem.cost + late, late=late)


def weight(problem: Problem, slot: Ints) -> float:
    """What of a schedule's cost is the weight of being late."""
    return float(problem.late[np.arange(len(slot)), slot].sum())
