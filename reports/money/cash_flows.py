"""Cash by year and payer: what each level of government, a vendor and others pay and save.

What the government pays for the cloud is shared among its levels as the scenario says (``paid_by``), or by
the systems that each has on it. Yearly sums are real; in money of the day they count from mid-year.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...sim.ledger import ANNUAL, FINANCE, ITEMS, ONE_OFF, PAYERS
from ..books import MONTHS_PER_YEAR, Books
from ..cash import nominal
from ..quantiles import Floats
from .values import inflation

GROUPS = ("running", "investment", "finance")
_GROUP_OF = {**dict.fromkeys(ANNUAL, 0), **dict.fromkeys(ONE_OFF, 1), FINANCE: 2}
_GROUP = np.array([_GROUP_OF[item.category] for item in ITEMS])


@dataclass(frozen=True)
class Flows:
    """Cash of one alternative by year.

    Attributes:
        payers: levels of government, then other payers that pay or are paid anything.
        cost, saving: in prices of the start, shape (worlds, years, payers, groups as in GROUPS); the saving
            is the baseline's cost minus this one's.
        nominal_cost, nominal_saving: the same in money of the day; None where nothing is said of inflation.
    """

    payers: tuple[str, ...]
    cost: Floats
    saving: Floats
    nominal_cost: Floats | None
    nominal_saving: Floats | None


def level_shares(books: Books, name: str) -> Floats:
    """Share of the government's part of the cloud that each level bears, shape (worlds, levels)."""
    levels = books.scenario.estate.levels
    financing = books.scenario.alternatives[name].financing
    if financing is not None and financing.paid_by:
        weights = np.tile([financing.paid_by.get(level, 0.0) for level in levels], (len(books.results), 1))
    else:
        moved = [r.outcomes[name].moved_by_level for r in books.results]
        weights = np.array([np.zeros(len(levels)) if m is None else m for m in moved])
    weights[weights.sum(axis=1) == 0] = 1.0
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def cost_by_level(books: Books, name: str) -> Floats:
    """Cost to each level with its share of the cloud, shape (worlds, years, levels, items)."""
    cost = books.each(name, lambda o: o.cost_by_level_cny)
    return cost[:, :, :-1] + cost[:, :, -1:] * level_shares(books, name)[:, None, :, None]


def flows(books: Books, name: str) -> Flows:
    """Cash of an alternative by year and payer."""
    cost, before = _by_payer(books, name), _by_payer(books, books.baseline)
    named = [*books.scenario.estate.levels, *PAYERS[1:]]
    levels = len(books.scenario.estate.levels)
    kept = [i for i in range(len(named)) if i < levels or cost[:, :, i].any() or before[:, :, i].any()]
    cost, saving = cost[:, :, kept], (before - cost)[:, :, kept]
    rising = inflation(books)
    return Flows(
        tuple(named[i] for i in kept),
        cost,
        saving,
        None if rising is None else _of_the_day(cost, rising),
        None if rising is None else _of_the_day(saving, rising),
    )


def level_savings(books: Books, name: str) -> dict[str, Floats]:
    """Annual saving of each level with its share of the cloud, shape (worlds,) each."""
    rows = np.isin(_GROUP, [0])
    before, after = (cost_by_level(books, n)[:, list(books.years)] for n in (books.baseline, name))
    saved = (before - after)[..., rows].sum(axis=3).mean(axis=1)
    return dict(zip(books.scenario.estate.levels, saved.T, strict=True))


def rows(books: Books, name: str) -> Iterator[tuple[int, str, str, Floats, Floats, Floats | None]]:
    """Year, payer, group, then cost, saving and saving in money of the day, shape (worlds,) each."""
    found = flows(books, name)
    for year in range(books.scenario.time.years):
        first = books.clock.year_of_month(year * MONTHS_PER_YEAR)
        for column, payer in enumerate(found.payers):
            for group, label in enumerate(GROUPS):
                cell = (slice(None), year, column, group)
                if found.cost[cell].any() or found.saving[cell].any():
                    day = None if found.nominal_saving is None else found.nominal_saving[cell]
                    yield first, payer, label, found.cost[cell], found.saving[cell], day


def _by_payer(books: Books, name: str) -> Floats:
    """Cost by year, level of government or other payer, and group."""
    cost = cost_by_level(books, name)
    worlds, years = cost.shape[:2]
    others = np.zeros((worlds, years, len(PAYERS) - 1, len(ITEMS)))
    for world, result in enumerate(books.results):
        paid = result.outcomes[name].others_cny
        if paid is not None:
            yearly = paid.reshape(len(paid), years, MONTHS_PER_YEAR, -1).sum(axis=2)
            others[world] = yearly.transpose(1, 0, 2)
    both = np.concatenate([cost, others], axis=2)
    return np.stack([both[..., group == _GROUP].sum(axis=3) for group in range(len(GROUPS))], axis=3)


def _of_the_day(cash: Floats, rising: Floats) -> Floats:
    """Cash by year in money of the middle of the year, shape (worlds, years, payers, groups)."""
    worlds, years = cash.shape[:2]
    middle = np.arange(years, dtype=np.float64) + 0.5
    flat = np.moveaxis(cash, 1, -1).reshape(worlds, -1, years)
    found = np.stack([nominal(flat[:, i], rising, middle) for i in range(flat.shape[1])], axis=1)
    return np.moveaxis(found.reshape(worlds, *cash.shape[2:], years), -1, 1)
