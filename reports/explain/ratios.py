"""Figures that are quotients of sums of bookings, one world alone."""

from __future__ import annotations

import math

import numpy as np

from ..books import MONTHS_PER_YEAR, rows_of
from .account import AMOUNT, CARBON, VENDOR_COST, Desk, Term
from .reckon import FEES, POWER, whole, yearly


def price(desk: Desk, name: str) -> float:
    """What a vendor is paid for a unit and year."""
    turnover = desk.sum("turnover", Term(name, rows_of(FEES), VENDOR_COST, -whole(desk)))
    sold = desk.sum("units", Term(name, rows_of(FEES), AMOUNT, whole(desk)))
    desk.put(U=sold, F=turnover)
    return turnover / sold if sold > 0 else math.nan


def unused(desk: Desk, name: str) -> float:
    """Share of what is paid for and not used."""
    idle = desk.sum("unused", Term(name, rows_of({"service_unused"}), AMOUNT, whole(desk)))
    sold = desk.sum("units", Term(name, rows_of(FEES), AMOUNT, whole(desk)))
    desk.put(U=sold, I=idle)
    return idle / sold if sold > 0 else 0.0


def mean_pue(desk: Desk, name: str) -> float:
    """Mean over the annual years of each year's facility over IT energy."""
    ratios = []
    clock, years = desk.run.books.clock, desk.run.books.years
    for year in years:
        of_year = np.where(np.arange(clock.months) // MONTHS_PER_YEAR == year, 1.0, 0.0)
        label = str(clock.year_of_month(year * MONTHS_PER_YEAR))
        facility = desk.sum(f"facility {label}", Term(name, rows_of(POWER), AMOUNT, of_year))
        it = desk.sum(f"it {label}", Term(name, rows_of(("room_it", "cloud_it")), AMOUNT, of_year))
        ratios.append(facility / it if it > 0 else math.nan)
    desk.put(n=len(ratios))
    return math.fsum(ratios) / len(ratios)


def energy_ratio(desk: Desk, name: str) -> float:
    """Facility over IT energy of the annual years together."""
    facility = desk.sum("facility", Term(name, rows_of(POWER), AMOUNT, yearly(desk)))
    it = desk.sum("it", Term(name, rows_of(("room_it", "cloud_it")), AMOUNT, yearly(desk)))
    desk.put(E=facility, I=it)
    return facility / it if it > 0 else math.nan


def carbon_ratio(desk: Desk, name: str) -> float:
    """Carbon of electricity over IT energy."""
    carbon = desk.sum("carbon", Term(name, rows_of(POWER), CARBON, yearly(desk)))
    it = desk.sum("it", Term(name, rows_of(("room_it", "cloud_it")), AMOUNT, yearly(desk)))
    desk.put(C=carbon, I=it)
    return carbon / it if it > 0 else math.nan


def water_ratio(desk: Desk, name: str) -> float:
    """Water over IT energy."""
    water = desk.run.study.scenario.water
    assert water is not None
    each = {
        "room_it": desk.drawn(water.rooms_l_per_kwh.path),
        "cloud_it": desk.drawn(water.cloud_l_per_kwh.path),
    }
    terms = [Term(name, rows_of({item}), AMOUNT, yearly(desk) * litres) for item, litres in each.items()]
    litres = desk.sum("water", *terms)
    it = desk.sum("it", Term(name, rows_of(each), AMOUNT, yearly(desk)))
    desk.put(W=litres, I=it)
    return litres / it if it > 0 else math.nan


def racks_in_use(desk: Desk, name: str) -> float:
    """Racks in use in the last month over racks built."""
    months = desk.run.books.clock.months
    last = np.where(np.arange(months) == months - 1, float(MONTHS_PER_YEAR), 0.0)
    used = desk.sum("racks_used", Term(name, rows_of({"cloud_space"}), AMOUNT, last))
    built = desk.sum("racks_built", Term(name, rows_of({"cloud_fitout"}), AMOUNT, whole(desk)))
    desk.put(U=used, M=built)
    return used / built if built > 0 else math.nan
