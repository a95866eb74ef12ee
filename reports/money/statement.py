"""Money and metrics over all worlds, as they stand in a statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from ..books import MONTHS_PER_YEAR, Books
from ..figures import CNY_PER_YEAR, Figure
from ..quantiles import Floats, Stat
from . import values
from .cash_flows import Flows, flows, level_savings
from .metrics import DCOI, dcoi, metrics

TIMES = ("payback_years", "payback_discounted_years", "first_benefit_years")


@dataclass(frozen=True)
class YearCash:
    """What one year costs, or saves against the baseline; ``by_payer`` for each level and other payer.

    ``nominal`` is in money of the day; None where the scenario says nothing of inflation.
    """

    year: int
    total: Stat
    by_payer: Mapping[str, Stat]
    nominal: Stat | None


@dataclass(frozen=True)
class Returns:
    """In what share of worlds there is no rate of return, are several, or the only one is reversed.

    It is reversed where money comes first and is paid out later, so that the rate is that of a debt.
    """

    none: float
    several: float
    reversed: float

    @classmethod
    def of(cls, kind: Floats) -> Self:
        """From the kind in each world, see ``values``."""
        return cls(float((kind == 0).mean()), float((kind > 1).mean()), float((kind < 0).mean()))


@dataclass(frozen=True)
class Vendor:
    """What a vendor makes of it.

    Attributes:
        figures: see ``values.vendor``.
        returns: see ``Returns``.
    """

    unit: str
    figures: Mapping[str, Stat]
    returns: Returns


@dataclass(frozen=True)
class Money:
    """One alternative in money.

    Attributes:
        mode: who builds and owns the cloud; None where nothing is said of it or nothing is built.
        own: see ``values.own``; ``compared`` see ``values.compared``, empty for the baseline.
        returns: in what share of worlds there is a rate of return, none, several, or a reversed one.
        share_without_abatement: share of worlds in which no carbon is avoided.
        levels: annual saving of each level with its share of the cloud.
        costs, savings: year by year; savings are empty for the baseline.
    """

    mode: str | None
    own: Mapping[str, Stat]
    compared: Mapping[str, Stat]
    returns: Returns
    share_without_abatement: float
    levels: Mapping[str, Stat]
    costs: tuple[YearCash, ...]
    savings: tuple[YearCash, ...]
    vendor: Vendor | None


@dataclass(frozen=True)
class Metrics:
    """Metrics with their standards; ``dcoi`` holds None for what the simulation does not know.

    ``met`` is the share of worlds in which a DCOI target is met.
    """

    figures: Mapping[str, Stat]
    dcoi: Mapping[str, Stat | None]
    met: Mapping[str, float | None]


def money_of(books: Books, name: str) -> Money:
    """One alternative in money."""
    alternative, cash = books.scenario.alternatives[name], flows(books, name)
    is_baseline = name == books.baseline
    compared = {} if is_baseline else values.compared(books, name)
    kind = compared.pop("irr_kind").values if compared else np.ones(len(books.results))
    avoided = compared["carbon_avoided"].values if compared else np.ones(len(books.results))
    mode = None if alternative.cloud is None else "self"
    if alternative.financing is not None:
        mode = alternative.financing.mode
    levels = {} if is_baseline else level_savings(books, name)
    return Money(
        mode=mode,
        own=stats(values.own(books, name)),
        compared=stats(compared),
        returns=Returns.of(kind),
        share_without_abatement=float((avoided <= 0).mean()),
        levels={level: Stat.of(saved, CNY_PER_YEAR) for level, saved in levels.items()},
        costs=_years(books, cash, cash.cost, cash.nominal_cost),
        savings=() if is_baseline else _years(books, cash, cash.saving, cash.nominal_saving),
        vendor=_vendor(books, name),
    )


def metrics_of(books: Books, name: str) -> Metrics:
    """The metrics of one alternative."""
    found = metrics(books, name)
    five = dcoi(found)
    return Metrics(
        figures=stats(found),
        dcoi={key: None if figure is None else stat(figure) for key, figure in five.items()},
        met={
            key: None
            if figure is None or not np.isfinite(figure.values).any()
            else float(DCOI[key].met(figure.values).mean())
            for key, figure in five.items()
        },
    )


def stats(figures: Mapping[str, Figure]) -> dict[str, Stat]:
    """Every figure over the worlds in which it exists."""
    return {key: stat(figure, times=key in TIMES) for key, figure in figures.items()}


def stat(figure: Figure, times: bool = False) -> Stat:
    """A figure over the worlds in which it exists; nothing if it does in none.

    Args:
        times: infinite values count, as times that never come.
    """
    if times:
        return Stat.of_times(*figure)
    there = figure.values[np.isfinite(figure.values)]
    return Stat.of(there, figure.unit) if len(there) else Stat(None, None, None, None, figure.unit)


def _vendor(books: Books, name: str) -> Vendor | None:
    figures = values.vendor(books, name)
    financing = books.scenario.alternatives[name].financing
    if not figures or financing is None:
        return None
    kind = figures.pop("vendor_irr_kind").values
    return Vendor(financing.unit, stats(figures), Returns.of(kind))


def _years(books: Books, cash: Flows, real: Floats, nominal: Floats | None) -> tuple[YearCash, ...]:
    """Year by year over all groups; the total is that of the levels of government."""
    levels = len(books.scenario.estate.levels)
    sums = real.sum(axis=3)
    day = None if nominal is None else nominal[:, :, :levels].sum(axis=(2, 3))
    return tuple(
        YearCash(
            year=books.clock.year_of_month(year * MONTHS_PER_YEAR),
            total=Stat.of(sums[:, year, :levels].sum(axis=1), "CNY"),
            by_payer={p: Stat.of(sums[:, year, i], "CNY") for i, p in enumerate(cash.payers)},
            nominal=None if day is None else Stat.of(day[:, year], "CNY"),
        )
        for year in range(books.scenario.time.years)
    )
