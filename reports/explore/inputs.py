"""The quantities that a page of what-ifs offers: those that sway its figures most, and how far each may go.

They are ranked by total Sobol indices (Jansen 1999, doi 10.1016/S0010-4655(98)00154-4): in each world the
quantity is given the value that it has in another, and half the mean square of the change is compared with
the variance of the figure over worlds. So an index is a share of the whole spread, chance included.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

import numpy as np

from ...scenarios.quantity import Quantity
from ..quantiles import Floats
from .stored import FIGURES
from .surrogate import Surrogate

SHIFTS = (1, 2, 3, 5, 8, 13)  # worlds apart
FIRST = 10  # shown at once
MOST = 24  # with those folded away
STEPS = 100  # of a range, at least
WHOLE = 20.0  # counts that reach so far are whole
NEGLIGIBLE = 1e-4  # share of the spread of every figure
RANGE = (0.05, 0.95)


@dataclass(frozen=True)
class Input:
    """A quantity that may be fixed.

    Attributes:
        totals: its total index by figure.
        low, high: ends of what was drawn, in whole steps; nothing beyond them is answered.
        decimals: of a value in whole steps, each ``10 ** -decimals``.
    """

    path: str
    quantity: Quantity
    totals: dict[str, float]
    low: float
    high: float
    decimals: int

    @property
    def weight(self) -> float:
        """Mean of its total indices."""
        return sum(self.totals.values()) / len(self.totals)

    @property
    def usual(self) -> tuple[float, float]:
        """P5 and P95 of what is drawn, within the ends."""
        ends = self.quantity.ppf(np.array(RANGE))
        low, high = np.clip(ends, self.low, self.high)
        return float(low), float(high)

    def text(self, value: float) -> str:
        """A value as it stands on the page and on a command line."""
        text = f"{value:.{max(0, self.decimals)}f}"
        return text.lstrip("-") if not text.strip("-0.") else text

    def override(self, value: float) -> str:
        """``path=value`` that fixes a quantity for all worlds; between rooms or servers it still varies."""
        spread = self.quantity.spread
        text = self.text(value)
        return f"{self.path}={{value: {text}, spread: {spread!r}}}" if spread else f"{self.path}={text}"


def inputs(surrogate: Surrogate) -> list[Input]:
    """The quantities that matter, the most important first, at most ``MOST``.

    The tariff, which every meeting asks about, follows the first ``FIRST`` if it is not among them.
    """
    stored = surrogate.stored
    used = surrogate.used
    prices = stored.scenario.prices
    tariff, rate = prices.electricity_cny_per_kwh.path, prices.discount_rate.path
    found = []
    for column, (path, quantity) in enumerate(stored.inputs.items()):
        if not used[column] and path not in (rate, tariff):
            continue
        totals = total_indices(surrogate, column)
        if max(totals.values()) > NEGLIGIBLE or path == tariff:
            low, high, decimals = _ends(stored.drawn[:, column], quantity.unit == "count")
            if low < high:
                found.append(Input(path, quantity, totals, low, high, decimals))
    found.sort(key=lambda one: (-one.weight, one.path))
    asked = [one for one in found[FIRST:] if one.path == tariff]
    others = [one for one in found[FIRST:] if one.path != tariff]
    return [*found[:FIRST], *asked, *others][:MOST]


def total_indices(surrogate: Surrogate, column: int) -> dict[str, float]:
    """Total Sobol index of an input by figure; of payback over the worlds where it stays finite."""
    stored = surrogate.stored
    halves = dict.fromkeys(FIGURES, 0.0)
    for shift in SHIFTS:
        values = stored.drawn.copy()
        values[:, column] = np.roll(stored.drawn[:, column], -shift)
        for name, changed in surrogate.figures(values).items():
            halves[name] += _half_square(changed, stored.figures[name]) / len(SHIFTS)
    return {name: _share(halves[name], stored.figures[name]) for name in FIGURES}


def _half_square(changed: Floats, before: Floats) -> float:
    both = np.isfinite(changed) & np.isfinite(before)
    return float((0.5 * (changed[both] - before[both]) ** 2).mean()) if both.any() else 0.0


def _share(half: float, values: Floats) -> float:
    known = values[np.isfinite(values)]
    variance = float(known.var()) if len(known) else 0.0
    return half / variance if variance > 0 else 0.0


def _ends(drawn: Floats, count: bool) -> tuple[float, float, int]:
    """Lowest and highest value drawn, inwards to whole steps, and the decimals of a step."""
    low, high = float(drawn.min()), float(drawn.max())
    decimals = -floor(log10((high - low) / STEPS))
    if count and high > WHOLE:
        decimals = min(0, decimals)
    step = 10.0**-decimals
    return (
        round(ceil(low / step) * step, decimals),
        round(floor(high / step) * step, decimals),
        decimals,
    )
