"""The clock: leap years, months, Chinese holidays and make-up working days."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from roomfold.scenarios.clock import Clock
from roomfold.scenarios.loader import load
from roomfold.scenarios.schema import Calendar, Time

CHINA = load("inner-mongolia").calendar
NONE = Calendar(rest_days=(), work_days=(), source="none")


def clock(start: date, years: int, calendar: Calendar = CHINA) -> Clock:
    """A clock with its prices in 2014."""
    return Clock.of(Time(start=start, years=years, price_year=2014), calendar)


def is_workday(of: Clock, day: date) -> bool:
    """Whether a day is worked."""
    return bool(of.workday[(day - of.start).days])


@pytest.mark.parametrize(
    ("year", "hours"), [(2014, 8760), (2015, 8760), (2016, 8784), (2000, 8784), (2100, 8760)]
)
def test_hours_of_a_year(year: int, hours: int) -> None:
    assert clock(date(year, 1, 1), 1, NONE).hours == hours


def test_months_of_a_leap_year() -> None:
    edges = clock(date(2016, 1, 1), 1).month_edges_h
    assert (np.diff(edges) // 24).tolist() == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def test_start_in_mid_year() -> None:
    of = clock(date(2014, 7, 1), 2)
    assert of.months == 24 and of.calendar_month(0) == 6 and of.year_of_month(0) == 2014
    assert of.calendar_month(6) == 0 and of.year_of_month(6) == 2015
    assert of.hour_of(date(2014, 8, 1)) == 31 * 24 == of.month_edges_h[1]
    assert of.hour_of(date(2014, 6, 30)) == -24
    assert of.day_of_hour(of.hours) == date(2016, 7, 1)


def test_month_of_hour_at_the_edges() -> None:
    of = clock(date(2014, 1, 1), 1)
    for month in range(of.months):
        first = int(of.month_edges_h[month])
        assert of.month_of_hour(first) == month and of.month_of_hour(first - 0.5) == month - 1


def test_weekdays_without_a_calendar() -> None:
    of = clock(date(2014, 1, 1), 2, NONE)
    for offset in range(len(of.workday)):
        assert is_workday(of, of.start + timedelta(offset)) == ((of.start + timedelta(offset)).weekday() < 5)


@pytest.mark.parametrize(
    ("year", "new_year"),
    [(2012, (1, 23)), (2013, (2, 10)), (2014, (1, 31)), (2015, (2, 19)), (2016, (2, 8)), (2017, (1, 28)),
     (2018, (2, 16)), (2019, (2, 5))],
)  # fmt: skip
def test_spring_festival_is_off(year: int, new_year: tuple[int, int]) -> None:
    of = clock(date(2012, 1, 1), 8)
    first = date(year, *new_year)
    assert not any(is_workday(of, first + timedelta(n)) for n in range(5))
    assert not any(is_workday(of, date(year, 10, day)) for day in range(1, 8))


def test_makeup_days_are_worked_and_each_year_has_its_statutory_holidays() -> None:
    assert all(day.weekday() >= 5 for day in CHINA.work_days)
    assert not set(CHINA.work_days) & set(CHINA.rest_days)
    of, plain = clock(date(2014, 1, 1), 5), clock(date(2014, 1, 1), 5, NONE)
    assert is_workday(of, date(2014, 9, 28)) and not is_workday(plain, date(2014, 9, 28))
    for year in range(2014, 2019):
        days = slice(of.hour_of(date(year, 1, 1)) // 24, of.hour_of(date(year + 1, 1, 1)) // 24)
        # 11 statutory holidays; one more in 2015 (3 September).
        assert plain.workday[days].sum() - of.workday[days].sum() == (12 if year == 2015 else 11)


@pytest.mark.parametrize(("minutes", "steps"), [(60, 1), (30, 2), (5, 12), (1, 60)])
def test_steps_of_an_hour(minutes: int, steps: int) -> None:
    time = Time(start=date(2014, 1, 1), years=1, price_year=2014, step_minutes=minutes)
    of = Clock.of(time, NONE)
    assert of.steps_per_hour == steps and of.hours == 8760
    first, *_, last = of.spans(1, 2 * 24 * steps)
    assert (first.first_h, first.hours, first.first_step) == (744, 48, 744 * steps)
    assert first.days == slice(0, 2) and last.hours_of_month == slice(26 * 24, 28 * 24)
