"""Money over time: present value and payback of a monthly net cash flow."""

from __future__ import annotations

import numpy as np

from .books import MONTHS_PER_YEAR
from .quantiles import Floats

ROUNDING_CNY = 0.5  # half a yuan is no debt


def present_value(monthly: Floats, rate_per_year: Floats) -> Floats:
    """Value at the start in CNY of what flows in the middle of each month.

    Args:
        monthly: net cash by month, shape (worlds, months).
        rate_per_year: discount rate, shape (worlds,).

    Returns:
        Shape (worlds,).
    """
    years = (np.arange(monthly.shape[1]) + 0.5) / MONTHS_PER_YEAR
    return np.asarray((monthly * (1.0 + rate_per_year[:, None]) ** -years).sum(axis=1))


def payback(monthly: Floats) -> Floats:
    """Years from the start until cumulative net cash, not discounted, is positive for good.

    0 where it never is negative, infinite where it is negative at the end of the horizon.

    Args:
        monthly: net cash by month, shape (worlds, months).

    Returns:
        Shape (worlds,).
    """
    negative = np.cumsum(monthly, axis=1) < -ROUNDING_CNY
    months = np.where(negative.any(axis=1), negative.shape[1] - np.argmax(negative[:, ::-1], axis=1), 0)
    years = months / MONTHS_PER_YEAR
    years[negative[:, -1]] = np.inf
    return np.asarray(years, dtype=np.float64)
