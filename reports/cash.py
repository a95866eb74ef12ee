"""Money over time: present value, rates of return, annuities and payback of monthly net cash flows.

Worlds are rows throughout. Flows of a month count from its middle, what is left from the end of the horizon.
docs/money.md gives each formula with its source.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..scenarios.elementary import power
from ..sim.worth import mid_months
from .books import MONTHS_PER_YEAR
from .quantiles import Floats

ROUNDING_CNY = 0.5  # half a yuan is no debt

# Rates of return are sought between a loss of nine tenths a year and a tenfold gain a year.
_LEAST_FACTOR, _MOST_FACTOR, _GRID = 0.1, 11.0, 801
_HALVINGS = 60


class Returns(NamedTuple):
    """Internal rates of return.

    Attributes:
        rate: the one there is, NaN where there is none, are several, or it is reversed, shape (worlds,).
        roots: how many there are from 0 on; if there are none, how many below 0.
        reversed: where there is one, but the present value rises with the rate: money comes first and is
            paid out later, so the rate is that of a debt.
    """

    rate: Floats
    roots: NDArray[np.int64]
    reversed: NDArray[np.bool_]


def present_value(monthly: Floats, rate_per_year: Floats) -> Floats:
    """Value at the start in CNY of what flows in the middle of each month.

    Args:
        monthly: net cash by month, shape (worlds, months).
        rate_per_year: discount rate, shape (worlds,).

    Returns:
        Shape (worlds,).
    """
    return np.asarray(discounted(monthly, rate_per_year).sum(axis=1))


def discounted(monthly: Floats, rate_per_year: Floats) -> Floats:
    """Value at the start of each month's cash; arguments as in ``present_value``, shape (worlds, months)."""
    years = mid_months(monthly.shape[1])
    return np.asarray(monthly * power(1.0 + rate_per_year[:, None], -years))


def payback(monthly: Floats) -> Floats:
    """Years from the start until cumulative net cash is positive for good; of cash as given.

    Cash of a month is taken to come evenly. 0 where the sum never is negative, infinite where it is at the
    end of the horizon.

    Args:
        monthly: net cash by month, shape (worlds, months); discounted for the discounted payback.

    Returns:
        Shape (worlds,).
    """
    sums = np.cumsum(monthly, axis=1)
    negative = sums < -ROUNDING_CNY
    last = negative.shape[1] - 1 - np.argmax(negative[:, ::-1], axis=1)
    rows = np.arange(len(sums))
    after = monthly[rows, np.minimum(last + 1, negative.shape[1] - 1)]
    part = np.clip(np.divide(-sums[rows, last], after, out=np.ones(len(sums)), where=after > 0), 0.0, 1.0)
    years = np.where(negative.any(axis=1), (last + 1 + part) / MONTHS_PER_YEAR, 0.0)
    years[negative[:, -1]] = np.inf
    return np.asarray(years, dtype=np.float64)


def first_benefit(monthly: Floats) -> Floats:
    """Years from the start to the end of the first month that brings anything; infinite if none does.

    Args:
        monthly: saving by month, shape (worlds, months).
    """
    brings = monthly > ROUNDING_CNY
    first = (np.argmax(brings, axis=1) + 1) / MONTHS_PER_YEAR
    return np.where(brings.any(axis=1), first, np.inf)


def returns(cash: Floats, years: Floats) -> Returns:
    """Rates per year at which the present value of cash is 0.

    Found where the present value changes sign on a grid of rates from -90 % to 1000 %, then by halving; two
    that lie within one step of the grid (0.6 % of 1 + rate) are not seen. Where there are rates from 0 on,
    those below are not counted: a small debt at the end always brings one.

    Args:
        cash: shape (worlds, flows).
        years: when each flows, shape (flows,).
    """
    factors = np.geomspace(_LEAST_FACTOR, _MOST_FACTOR, _GRID)
    worth = cash @ power(factors, -years[:, None])
    sign = np.sign(worth)
    for column in range(1, _GRID):  # an exact 0 belongs to the side it comes from
        sign[:, column] = np.where(sign[:, column] == 0, sign[:, column - 1], sign[:, column])
    crosses = sign[:, :-1] * sign[:, 1:] < 0
    gains = factors[1:] > 1.0
    crosses &= gains | ~crosses[:, gains].any(axis=1, keepdims=True)
    count = crosses.sum(axis=1)
    rate = np.full(len(cash), np.nan)
    one = np.flatnonzero(count == 1)
    place = np.argmax(crosses[one], axis=1)
    low, high, before = factors[place], factors[place + 1], sign[one, place]
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        value = (cash[one] * power(middle[:, None], -years)).sum(axis=1)
        same = np.sign(value) == before
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    rate[one] = np.where(before > 0, (low + high) / 2 - 1.0, np.nan)
    backwards = np.zeros(len(cash), dtype=np.bool_)
    backwards[one] = before < 0
    return Returns(rate, count, backwards)


def modified_return(cash: Floats, years: Floats, rate_per_year: Floats) -> Floats:
    """Modified rate of return: outlays discounted, income compounded at a rate; there never are several.

    NaN where nothing is paid out, -1 where nothing comes in.

    Args:
        cash, years: as in ``returns``, the last flow at the end.
        rate_per_year: at which money is borrowed and put by, shape (worlds,).
    """
    growth, end = 1.0 + rate_per_year[:, None], years[-1]
    income = (np.maximum(cash, 0.0) * power(growth, end - years)).sum(axis=1)
    outlay = (np.maximum(-cash, 0.0) * power(growth, -years)).sum(axis=1)
    ratio = np.divide(income, outlay, out=np.full(len(cash), np.nan), where=outlay > 0)
    return power(ratio, 1.0 / end) - 1.0


def annuity(present_cny: Floats, rate_per_year: Floats, years: Floats | float) -> Floats:
    """The equal sum at the end of each of so many years that is worth as much as a sum now.

    Futures of unequal lives are compared by it.

    Args:
        present_cny, rate_per_year: shape (worlds,); ``years`` the same or a number.
    """
    rate = np.asarray(rate_per_year, dtype=np.float64)
    years = np.broadcast_to(np.asarray(years, dtype=np.float64), rate.shape)
    growth = -np.expm1(-years * np.log1p(rate))
    share = np.divide(rate, growth, out=1.0 / years, where=np.abs(rate) > 1e-12)
    return np.asarray(present_cny * share)


def abatement_cost(npv: Floats, avoided_t: Floats) -> Floats:
    """CNY per tonne avoided: what it costs net of what it saves; negative where it saves money.

    NaN where nothing is avoided.

    Args:
        npv: present value of the net saving without any price of carbon, shape (worlds,).
        avoided_t: tonnes over the horizon, not discounted.
    """
    return np.asarray(np.divide(-npv, avoided_t, out=np.full(len(npv), np.nan), where=avoided_t > 0))


def nominal(real: Floats, inflation: Floats, years: Floats) -> Floats:
    """Money of the day of sums in prices of the start.

    Args:
        real: shape (worlds, flows); ``inflation`` per year, shape (worlds,); ``years`` when, shape (flows,).
    """
    return np.asarray(real * power(1.0 + inflation[:, None], years))


def nominal_rate(real: Floats, inflation: Floats) -> Floats:
    """The rate in money of the day of a real one (Fisher)."""
    return np.asarray((1.0 + real) * (1.0 + inflation) - 1.0)
