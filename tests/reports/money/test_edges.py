"""The formulas of cash at their edges, in cases that can be done in the head."""

from __future__ import annotations

import numpy as np
import pytest

from roomfold.reports.cash import (
    abatement_cost,
    annuity,
    first_benefit,
    modified_return,
    payback,
    present_value,
    returns,
)


def rows(*cash: list[float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array(cash, dtype=np.float64)


@pytest.mark.parametrize(
    ("cash", "months"),
    [
        ([5, 5, 5], 0),
        ([0, 0, 0], 0),
        ([-100, 40, 40, 40], 3.5),
        ([-10, 20, -30, 40], 3.5),  # for good
        ([-1.4, 0.8, 1, 5], 2.6),
        ([30, -40, 20, 0], 2.5),
        ([-0.5, 0, 0], 0),  # half a yuan is no debt
        ([-0.6, 0, 0.6, 1], 3),
        ([-0.6, 0.3, 0.1], 2),  # of which the month brings half
        ([-0.6, -0.1, 0], np.inf),
        ([5, 5, -11], np.inf),
        ([-5, 4, 0.5], 3),
    ],
)
def test_months_until_all_is_paid_back(cash: list[float], months: float) -> None:
    for other in ([9.0] * len(cash), [-9.0] * len(cash)):  # each world by itself
        assert payback(rows(other, cash))[1] * 12 == pytest.approx(months)


def test_half_a_yuan_is_no_benefit() -> None:
    assert (first_benefit(rows([0.5, 0.5, 0.5], [0.51, 0, 0], [0, 0.5, 7])) * 12).tolist() == [np.inf, 1, 3]


@pytest.mark.parametrize(
    ("cash", "rate", "count"),
    [
        ([-100, 110], 0.1, 1),
        ([-100, 100], 0, 1),
        ([-100, 99.9], -0.001, 1),
        ([-100, 100.1], 0.001, 1),
        ([-100, 10.5], -0.895, 1),
        ([-100, 9.9], np.nan, 0),  # a loss of more than nine tenths
        ([-1, 10.9], 9.9, 1),
        ([-1, 11.1], np.nan, 0),
        ([-1, 1.3, -0.4], np.nan, 2),  # -20 % and -50 %
        ([-1, 2.5, -1.96, 0.48], 0.2, 1),  # and both of these, which do not count beside it
        ([-1, 3.6, -4.31, 1.716], np.nan, 3),  # 10 %, 20 % and 30 %
        ([100, -110], np.nan, 1),
        ([100, -80], np.nan, 1),
        ([0, -100, 0, 121], 0.1, 1),
    ],
)
def test_rates_of_return_between_a_loss_and_a_gain(cash: list[float], rate: float, count: int) -> None:
    found = returns(rows([-1] + [0.0] * (len(cash) - 2) + [1.5], cash), np.arange(len(cash), dtype=float))
    assert found.roots.tolist() == [1, count]
    assert found.rate[1] == pytest.approx(rate, abs=1e-10, nan_ok=True)
    assert found.reversed.tolist() == [False, cash[0] > 0]


def test_a_rate_that_is_tried_by_chance_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """At a rate tried first the present value is 0 to the last bit: -50 %, 0 and 100 % are tried here."""
    for name, value in (("_LEAST_FACTOR", 0.5), ("_MOST_FACTOR", 2.0), ("_GRID", 3)):
        monkeypatch.setattr(f"roomfold.reports.cash.{name}", value)
    found = returns(rows([-1, 1], [1, -1], [0, 0], [-1, 0.75]), np.arange(2.0))
    assert found.roots.tolist() == [1, 1, 0, 1]
    assert found.reversed.tolist() == [False, True, False, False]
    assert found.rate[[0, 3]].tolist() == pytest.approx([0, -0.25], abs=1e-12)


def test_each_world_has_its_own_rate_and_discount() -> None:
    years = np.array([0.0, 0.5])
    found = returns(rows([-100, 110], [-100, 120], [1, 1]), years)
    assert found.rate[:2].tolist() == pytest.approx([0.21, 0.44])
    worth = present_value(rows([0, 12], [12, 0]), np.array([0.21, 0.44]))
    assert worth.tolist() == pytest.approx([12 * 1.21 ** (-1.5 / 12), 12 * 1.44 ** (-0.5 / 12)])


def test_modified_returns_compound_to_the_end() -> None:
    """100 and 60 lent at 20 %, 50 and 97.2 back: 172.8 in all after 1.5 years, for 150 now."""
    cash, years = rows([-100, -60, 0, 0.0]), np.array([0.0, 1, 1.25, 1.5])
    assert modified_return(cash, years, np.array([0.2])).tolist() == [-1]
    cash[0, 2:] = 50 / 1.2**0.25 * 1.2, 112.8
    compounded = (50 * 1.2) + 112.8
    assert modified_return(cash, years, np.array([0.2]))[0] == pytest.approx(
        (compounded / 150) ** (1 / 1.5) - 1
    )
    both = modified_return(rows([-1, 0.5], [0, 0.5]), np.array([0.0, 2]), np.array([0.0, 0.0]))
    assert both[0] == pytest.approx(0.5**0.5 - 1)
    assert np.isnan(both[1])


def test_annuities_at_small_rates_and_of_several_lives() -> None:
    assert annuity(np.array([120.0]), np.array([1e-13]), 12)[0] == 10
    assert annuity(np.array([120.0]), np.array([1e-6]), 12)[0] == pytest.approx(10 * (1 + 6.5e-6), rel=1e-10)
    several = annuity(np.array([100.0, 100]), np.array([0.1, 0.1]), np.array([1.0, 2]))
    assert several.tolist() == pytest.approx([110, 121 / 2.1])


def test_half_a_tonne_has_a_price_and_none_has_none() -> None:
    cost = abatement_cost(np.array([-50.0, -50]), np.array([0.5, 0]))
    assert cost[0] == 100
    assert np.isnan(cost[1])
