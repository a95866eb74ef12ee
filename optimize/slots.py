"""Cut-over slots: Saturdays at 02:00 that are no public holiday, not worked and not frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..scenarios.clock import HOURS_PER_DAY, Clock
from ..scenarios.moves import Freeze
from ..scenarios.schema import Calendar

SATURDAY = 5
CUT_OVER_HOUR = 2
DAYS_PER_WEEK = 7


@dataclass(frozen=True)
class Slots:
    """Slots with a workday in the week before them, shape (slots,).

    Attributes:
        hour: since the start of the scenario.
        workdays: in the seven days before the slot, those before the first day of the scenario left out.
    """

    hour: NDArray[np.int64]
    workdays: NDArray[np.int64]


def slots(clock: Clock, calendar: Calendar, first_day: int = 0, freeze: Sequence[Freeze] = ()) -> Slots:
    """All slots from a day of the scenario on."""
    first = first_day + (SATURDAY - (clock.start.weekday() + first_day)) % DAYS_PER_WEEK
    days = np.arange(first, len(clock.workday), DAYS_PER_WEEK)
    worked = np.concatenate([[0], np.cumsum(clock.workday)])
    workdays = worked[days] - worked[np.maximum(days - DAYS_PER_WEEK, 0)]
    listed = {*calendar.rest_days, *calendar.work_days}
    dates = [clock.day_of_hour(day * HOURS_PER_DAY) for day in days.tolist()]
    free = [
        date not in listed and not any(frozen.first <= date <= frozen.to for frozen in freeze)
        for date in dates
    ]
    kept = np.array(free, dtype=bool) & (workdays > 0)
    return Slots(days[kept] * HOURS_PER_DAY + CUT_OVER_HOUR, workdays[kept])
