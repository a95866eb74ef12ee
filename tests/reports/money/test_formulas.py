"""Each formula against a worked case of a textbook, or of numpy-financial's documentation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomfold.reports.cash import (
    abatement_cost,
    annuity,
    discounted,
    first_benefit,
    modified_return,
    nominal,
    nominal_rate,
    payback,
    present_value,
    returns,
)

NDArray = np.typing.NDArray[np.float64]


def found(cash: list[float]) -> tuple[float, int]:
    """Rate and number of roots of cash at the ends of years 0, 1, ..."""
    result = returns(np.array([cash], dtype=float), np.arange(len(cash), dtype=float))
    return float(result.rate[0]), int(result.roots[0])


def one(value: float) -> NDArray:
    return np.array([value])


@pytest.mark.parametrize(
    ("cash", "rate"),
    [
        # Brealey, Myers and Allen, Principles of Corporate Finance, chapter on other investment criteria.
        ([-4000, 2000, 4000], 0.2808),
        # Examples in the documentation of numpy_financial.irr 1.0.
        ([-100, 39, 59, 55, 20], 0.28095),
        ([-100, 0, 0, 74], -0.0955),
        ([-100, 100, 0, 7], 0.06206),
        ([-100, 110], 0.1),
        # A debt at the end brings a second one, -80 %; by the quadratic formula.
        ([-100, 150, -26], 0.3),
    ],
)
def test_the_rate_of_return_of_textbooks(cash: list[float], rate: float) -> None:
    answer, roots = found(cash)
    assert roots == 1
    assert answer == pytest.approx(rate, abs=5e-5)


def test_several_rates_and_none_are_counted_and_none_is_chosen() -> None:
    # Lorie and Savage 1955, the oil pump: 25 % and 400 %.
    assert found([-1600, 10_000, -10_000])[1] == 2
    # Brealey, Myers and Allen: a strip mine that has to be cleared, 3.50 % and 19.54 %.
    assert found([-3, *[1] * 9, -6.5])[1] == 2
    # The same book: a project without any, worth 339 at 10 %.
    assert found([1000, -3000, 2500])[1] == 0
    assert np.isnan(found([1000, -3000, 2500])[0])
    assert np.isnan(found([-1600, 10_000, -10_000])[0])
    assert found([0, 0, 0])[1] == 0
    assert found([1, 2, 3])[1] == 0


def test_money_that_comes_first_has_no_return_but_a_cost() -> None:
    result = returns(np.array([[100.0, -110.0]]), np.arange(2.0))
    assert (result.roots[0], result.reversed[0]) == (1, True)
    assert np.isnan(result.rate[0])


def test_the_modified_return_of_a_spreadsheet() -> None:
    # numpy_financial.mirr([-100, 100, 100], 0.1, 0.1), by hand: 210 over 100 in two years.
    cash, years = np.array([[-100.0, 100, 100]]), np.arange(3.0)
    assert modified_return(cash, years, one(0.1))[0] == pytest.approx(2.1**0.5 - 1)
    # With one rate for both, what is worth nothing at a rate returns that rate.
    lent = np.array([[-100.0, 60, 50 * 1.21 - 60 * 0.1 + 0.0]])
    rate = returns(lent, years).rate
    assert modified_return(lent, years, rate) == pytest.approx(rate)
    assert np.isnan(modified_return(np.array([[1.0, 2, 3]]), years, one(0.1))[0])


def test_annuities_of_two_machines_of_unequal_lives() -> None:
    # Brealey, Myers and Allen, equivalent annual cash flow: A lasts three years, B two; 6 %, thousands.
    for cash, worth, cost in (([15, 5, 5, 5], 28.37, 10.61), ([10, 6, 6], 21.00, 11.45)):
        present = sum(c / 1.06**k for k, c in enumerate(cash))
        assert present == pytest.approx(worth, abs=0.005)
        assert annuity(one(present), one(0.06), len(cash) - 1)[0] == pytest.approx(cost, abs=0.005)


def test_a_mortgage_of_the_documentation_of_numpy_financial() -> None:
    # numpy_financial.pmt(0.075 / 12, 12 * 15, 200000) is -1854.0247200054619.
    assert annuity(one(200_000.0), one(0.075 / 12), 180)[0] == pytest.approx(1854.0247200054619, rel=1e-12)
    assert annuity(one(1200.0), one(0.0), 12)[0] == 100


def test_present_value_of_the_documentation_of_numpy_financial() -> None:
    # numpy_financial.npv(0.281, [-100, 39, 59, 55, 20]) is -0.00847859; here flows fall in mid-month.
    months = np.zeros((1, 60))
    months[0, ::12] = [-100, 39, 59, 55, 20]
    shifted = present_value(months, one(0.281))[0] * 1.281 ** (0.5 / 12)
    assert shifted == pytest.approx(-0.0084785916384548798, rel=1e-9)


def test_payback_simple_and_discounted() -> None:
    # 2,300 that brings 1,000 a year from the second year on is back 2.3 years into that.
    monthly = np.zeros((1, 60))
    monthly[0, 0], monthly[0, 12:] = -2300, 1000 / 12
    assert payback(monthly)[0] == pytest.approx(3.3)
    later = payback(discounted(monthly, one(0.1)))[0]
    factor = 1.1 ** -((np.arange(60) + 0.5) / 12)
    running = np.cumsum(monthly[0] * factor)
    owing = np.flatnonzero(running < -0.5)[-1]
    assert later * 12 == pytest.approx(owing + 1 - running[owing] / (running[owing + 1] - running[owing]))
    assert later > payback(monthly)[0]
    assert np.isinf(payback(discounted(monthly, one(0.6)))[0])


def test_the_first_benefit_is_the_first_month_that_saves() -> None:
    saving = np.array([[0, 0.2, -5, 3, 9], [0, -1, -1, -1, -1]], dtype=float)
    assert first_benefit(saving).tolist() == [pytest.approx(4 / 12), np.inf]


def test_abatement_cost_is_what_a_tonne_costs_net() -> None:
    cost = abatement_cost(np.array([-600.0, 600.0, 600.0]), np.array([30.0, 30.0, -1.0]))
    assert cost[:2].tolist() == [20, -20]
    assert np.isnan(cost[2])


def test_real_and_nominal_agree() -> None:
    # Fisher: 3 % real at 5 % inflation is 8.15 %, and both discount their own cash to the same value.
    assert nominal_rate(one(0.03), one(0.05))[0] == pytest.approx(0.0815)
    cash, years = np.array([[-100.0, 30, 40, 60]]), np.arange(4.0)
    day = nominal(cash, one(0.05), years)
    assert day[0, 2] == pytest.approx(40 * 1.1025)
    assert (day * 1.0815**-years).sum() == pytest.approx((cash * 1.03**-years).sum())
    real, there = returns(cash, years).rate, returns(day, years).rate
    assert nominal_rate(real, one(0.05)) == pytest.approx(there)


@settings(deadline=None)
@given(
    outlay=st.floats(1, 1e9),
    income=st.lists(st.floats(0, 1e9), min_size=1, max_size=40),
    last=st.floats(1, 1e9),
)
def test_cash_is_worth_nothing_at_its_rate_of_return(outlay: float, income: list[float], last: float) -> None:
    cash, years = np.array([[-outlay, *income, last]]), np.arange(len(income) + 2) / 12
    result = returns(cash, years)
    assert result.roots[0] <= 1  # one change of sign
    if result.roots[0]:
        terms = cash[0] * (1 + result.rate[0]) ** -years
        assert abs(terms.sum()) <= 1e-9 * np.abs(terms).sum()


@settings(deadline=None)
@given(present=st.floats(-1e9, 1e9), rate=st.floats(0, 0.5), years=st.integers(1, 40))
def test_an_annuity_is_worth_what_it_stands_for(present: float, rate: float, years: int) -> None:
    yearly = annuity(one(present), one(rate), years)[0]
    worth = sum(yearly * (1 + rate) ** -k for k in range(1, years + 1))
    assert worth == pytest.approx(present, rel=1e-9, abs=1e-6)
