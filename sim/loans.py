"""A loan in equal monthly instalments, in money of the day."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..scenarios.elementary import power

Floats = NDArray[np.float64]

MONTHS_PER_YEAR = 12


class Schedule(NamedTuple):
    """What is paid back and what is paid for it in each month, shape (months,) each."""

    repaid: Floats
    interest: Floats


def monthly_rate(rate_per_year: float) -> float:
    """Rate per month that compounds to a yearly one."""
    return float(power(1.0 + rate_per_year, 1.0 / MONTHS_PER_YEAR)) - 1.0


def schedule(drawn: Floats, rate_per_year: float, years: float) -> Schedule:
    """Instalments of sums drawn month by month, each from the month after its drawing on.

    The annuity of a loan D over n months at rate j is ``D j / (1 - (1 + j)^-n)``, and what is owed after k of
    them ``D ((1 + j)^n - (1 + j)^k) / ((1 + j)^n - 1)``. What is still owed when the run ends is repaid in
    its last month, so that a loan is no gift.

    Args:
        drawn: shape (months,).
    """
    months = len(drawn)
    n, j = max(round(years * MONTHS_PER_YEAR), 1), monthly_rate(rate_per_year)
    k = np.arange(n + 1)
    owed = 1.0 - k / n if j == 0 else (power(1 + j, n) - power(1 + j, k)) / (power(1 + j, n) - 1)
    repaid, interest = np.zeros(months), np.zeros(months)
    for month in np.flatnonzero(drawn).tolist():
        paid = min(n, months - 1 - month)
        due = slice(month + 1, month + 1 + paid)
        repaid[due] += drawn[month] * (owed[:paid] - owed[1 : paid + 1])
        interest[due] += drawn[month] * j * owed[:paid]
        repaid[-1] += drawn[month] * owed[paid]
    return Schedule(repaid, interest)
