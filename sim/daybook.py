"""The daybook: collects bookings as site x month sums, and turns them into a ledger."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..optimize.plan import Plan
from ..scenarios.clock import Clock
from ..scenarios.elementary import power
from ..scenarios.quantity import Quantity
from ..scenarios.schema import Prices
from ..scenarios.world import World
from .ledger import GOVERNMENT, ITEM, Ledger

Floats = NDArray[np.float64]
Ints = NDArray[np.integer]

CLOUD_SITE = -1  # the first cloud site
MONTHS_PER_YEAR = 12


def cloud_sites(plan: Plan) -> int:
    """Number of codes kept for cloud sites in the ledger of a plan: one if it builds nothing."""
    return max(len(plan.sites), 1)


def cloud_site(site: Ints) -> NDArray[np.int32]:
    """Code of each cloud site, a row of Plan.sites."""
    return np.asarray(CLOUD_SITE - site, dtype=np.int32)


def office(unit: Ints, sites: int) -> NDArray[np.int32]:
    """Code of the office of each unit; ``sites`` as in ``cloud_sites``."""
    return np.asarray(CLOUD_SITE - sites - unit, dtype=np.int32)


class Shares(NamedTuple):
    """Shares of months in which things exist, non-zero ones only, shape (cells,) each."""

    row: NDArray[np.int64]
    month: NDArray[np.int64]
    years: Floats


def shares(clock: Clock, start_h: Ints, end_h: Ints) -> Shares:
    """Years of existence in each month of things that exist from ``start_h`` to ``end_h``.

    A whole month is 1/12 year; parts of a month count by their hours.
    """
    edges = clock.month_edges_h
    start = np.minimum(start_h, edges[-1])[:, None]
    end = np.minimum(end_h, edges[-1])[:, None]
    overlap_h = np.minimum(end, edges[1:]) - np.maximum(start, edges[:-1])
    row, month = np.nonzero(overlap_h > 0)
    month_h = np.diff(edges)[month]
    return Shares(row, month, overlap_h[row, month] / month_h / MONTHS_PER_YEAR)


class PriceLevels:
    """Prices over those of the first year, by month; shape (months,) each."""

    def __init__(self, prices: Prices, world: World) -> None:
        year = np.arange(world.clock.months) // MONTHS_PER_YEAR

        def level(change: Quantity) -> Floats:
            return power(1.0 + world.of(change), year)

        self.electricity = level(prices.electricity_change)
        self.staff = level(prices.staff_change)
        self.hardware = level(prices.hardware_change)
        self.line = level(prices.line_change)
        self.constant = np.ones(world.clock.months)


class Daybook:
    """Sums of amount, cost and carbon per item, site and month."""

    def __init__(self, clock: Clock, rooms: int, units: int, sites: int = 1) -> None:
        """``sites``: as in ``cloud_sites``."""
        self._clock = clock
        self._first = CLOUD_SITE - sites - units + 1  # the lowest code
        self._sites = units + sites + rooms
        self._sums: dict[int, Floats] = {}

    def add(
        self,
        item: str,
        site: Ints | int,
        month: Ints,
        amount: Floats,
        cost_cny: Floats,
        carbon_kg: Floats | float = 0.0,
    ) -> None:
        """Book entries, shape (entries,) each; ``site`` as in Ledger."""
        months = self._clock.months
        cell = (np.asarray(site) - self._first) * months + month
        shape = (3, self._sites * months)
        sums = self._sums.setdefault(ITEM[item], np.zeros(shape))
        carbon = np.broadcast_to(carbon_kg, amount.shape)
        for total, values in zip(sums, (amount, cost_cny, carbon), strict=True):
            total += np.bincount(cell, weights=values, minlength=shape[1])

    def add_years(
        self,
        item: str,
        site: Ints | int,
        years: Shares,
        price_cny_per_year: Floats | float,
        level: Floats,
        amount_per_year: Floats | float = 1.0,
    ) -> None:
        """Book things that cost money while they exist.

        Args:
            site, price_cny_per_year, amount_per_year: per thing, or one for all; the price is of one
                unit of the amount, in prices of the first year.
            level: price level by month, shape (months,).
        """

        def each(value: Ints | Floats | float) -> NDArray[np.float64]:
            return np.asarray(value)[years.row] if np.ndim(value) else np.full(len(years.row), value)

        amount = each(amount_per_year) * years.years
        cost = amount * each(price_cny_per_year) * level[years.month]
        self.add(item, each(site).astype(np.int64), years.month, amount, cost)

    def ledger(self) -> Ledger:
        """Everything booked, by month, site and item; what sums to nothing is left out."""
        items = sorted(self._sums)
        if not items:
            none, nil = np.empty(0, dtype=np.int32), np.empty(0)
            return Ledger(none, none, none, nil, nil, nil, none.astype(np.int8))
        sums = np.stack([self._sums[item] for item in items])
        row, cell = np.nonzero((sums != 0).any(axis=1))
        site, month = np.divmod(cell, self._clock.months)
        order = np.lexsort((row, site, month))
        row, cell = row[order], cell[order]
        return Ledger(
            month[order].astype(np.int32),
            (site[order] + self._first).astype(np.int32),
            np.array(items, dtype=np.int32)[row],
            sums[row, 0, cell],
            sums[row, 1, cell],
            sums[row, 2, cell],
            np.full(len(row), GOVERNMENT, dtype=np.int8),
        )
