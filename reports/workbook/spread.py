"""Quantiles over worlds as formulas: the weights of Harrell and Davis on a sheet of their own.

A quantile is the sum of all sorted values, each times its weight; see ``quantiles``. Times that may never
come are ordered instead, see ``Stat.of_times``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..lines import NOTHING
from ..quantiles import LEVELS, Floats, Stat, quantiles
from .book import Area, Cell, Quad, Sheet
from .facts import Facts

QUANTILES = ("page.p10", "page.p50", "page.p90")
_COUNT_ROW = 3


@dataclass(frozen=True)
class Weights:
    """Where the weights stand."""

    ranks: Area
    levels: tuple[Area, ...]

    def quantile(self, level: int, values: Area, near: Sheet) -> str:
        """The formula of one quantile of a block of values."""
        weights = self.levels[level].full
        return f"=SUMPRODUCT({weights},SMALL({seen(values, near)},{self.ranks.full}))"


def seen(area: Area, near: Sheet) -> str:
    """An area as a formula on a sheet names it."""
    return area.ref if area.sheet is near else area.full


def heads(facts: Facts) -> list[str]:
    """Heads of the columns of P10, P50, P90 and the mean."""
    return [*(facts.say(key) for key in QUANTILES), facts.say("book.mean")]


def write_weights(sheet: Sheet, facts: Facts) -> Weights:
    """The sheet of weights."""
    count = len(facts.worlds)
    sheet.columns(22, 16, 16, 16)
    row = sheet.begin(facts.say("book.weights.title"), facts.say("book.weights.lead"), width=4)
    assert row == _COUNT_ROW
    sheet.text(row, 0, facts.say("book.worlds"), "label")
    number = sheet.number(row, 1, count, "whole")
    head = row + 1
    sheet.text(head, 0, facts.say("book.weights.rank"), "head")
    levels = [sheet.number(head, 1 + i, level, "percent", "head") for i, level in enumerate(LEVELS)]
    first = head + 1
    weights = [_weights(count, level) for level in LEVELS]
    for i in range(count):
        rank = sheet.number(first + i, 0, i + 1, "plain")
        for j, level in enumerate(levels):
            sheet.formula(first + i, 1 + j, _weight(rank, number, level), weights[j][i], "factor")
    last = first + count - 1
    sheet.text(last + 1, 0, facts.say("book.sum"), "strong")
    areas = tuple(sheet.area(first, 1 + j, last, 1 + j) for j in range(len(LEVELS)))
    for j, area in enumerate(areas):
        sheet.sum(last + 1, 1 + j, area, "factor")
    sheet.finish(last + 1, len(LEVELS), head)
    return Weights(sheet.area(first, 0, last, 0), areas)


def _weight(rank: Cell, count: Cell, level: Cell) -> str:
    n, p, i = count.ref, level.ref, rank.ref.replace("$", "")
    shape = f"({n}+1)*{p},({n}+1)*(1-{p})"
    return f"=BETADIST({i}/{n},{shape})-BETADIST(({i}-1)/{n},{shape})"


def _weights(count: int, level: float) -> list[float]:
    from scipy.special import betainc

    edges = betainc((count + 1) * level, (count + 1) * (1 - level), np.arange(count + 1) / count)
    return [float(w) for w in np.diff(edges)]


def write_quantiles(
    sheet: Sheet, row: int, col: int, area: Area, weights: Weights, form: str, times: bool = False
) -> Quad:
    """P10, P50, P90 and the mean of a column of worlds, one below the other.

    Args:
        times: what is no number is a time that never comes.
    """
    values = list(area.numbers())
    if times:
        return _of_times(sheet, row, col, area, values, form)
    found = [float(q) for q in quantiles(np.array(values))]
    cells = [
        sheet.formula(row + i, col, weights.quantile(i, area, sheet), value, form)
        for i, value in enumerate(found)
    ]
    low, middle, high = cells
    return low, middle, high, sheet.mean(row + len(cells), col, area, form)


def _of_times(sheet: Sheet, row: int, col: int, area: Area, values: Sequence[float], form: str) -> Quad:
    count = area.last_row - area.first_row + 1
    times = np.full(count, np.inf)
    times[: len(values)] = values
    stat = Stat.of_times(times, "")
    ranks = np.quantile(np.arange(1, count + 1), LEVELS, method="inverted_cdf")
    ref = seen(area, sheet)
    low, middle, high = (
        sheet.formula(row + i, col, f'=IFERROR(SMALL({ref},{int(rank)}),"{NOTHING}")', value, form)
        for i, (rank, value) in enumerate(zip(ranks, (stat.p10, stat.p50, stat.p90), strict=True))
    )
    text = f'=IF(COUNT({ref})={count},AVERAGE({ref}),"{NOTHING}")'
    return low, middle, high, sheet.formula(row + 3, col, text, stat.mean, form)


def write_column(sheet: Sheet, row: int, col: int, values: Floats, form: str) -> Area:
    """Values of all worlds below each other."""
    for i, value in enumerate(values.tolist()):
        sheet.number(row + i, col, value, form)
    return sheet.area(row, col, row + len(values) - 1, col)


def write_links(sheet: Sheet, row: int, col: int, quad: Quad, form: str, style: str = "link") -> Quad:
    """P10, P50, P90 and the mean beside each other, from where they are computed."""
    low, middle, high, mean = (sheet.link(row, col + i, cell, form, style) for i, cell in enumerate(quad))
    return low, middle, high, mean


def write_stat(sheet: Sheet, row: int, col: int, stat: Stat, scale: float, form: str) -> None:
    """P10, P50, P90 and the mean beside each other, as the program computed them."""
    for i, value in enumerate((stat.p10, stat.p50, stat.p90, stat.mean)):
        sheet.number(row, col + i, None if value is None else value / scale, form)
