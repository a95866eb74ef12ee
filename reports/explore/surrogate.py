"""Answers from stored worlds: what each would have saved, had some quantities been what is asked.

Each part of a world's saving (``stored.Part``) is scaled by what its power law says of the change; what the
law does not know (failures, what each room holds) stays as that world drew it. So without a change every
world is what was simulated, to the last digit, and the answer is a distribution like the run's own. The
present value and the payback are reckoned again from the scaled cash of each year.

How far an answer can be trusted is said twice: by the error of the laws on worlds left out, and by how far
the answer moves when the laws are fitted without each of ``GROUPS`` groups of worlds (jackknife, Efron and
Stein 1981, doi 10.1214/aos/1176345462), which grows towards the ends of what was drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from ..quantiles import LEVELS, Floats, quantiles
from .laws import PowerLaw, power_law
from .stored import FIGURES, Part, Stored

GROUPS = 16
MOST_LEFT_OUT = 64  # fits to judge the laws by: each world left out by itself up to so many worlds
POOR = 0.5  # Q2 below which an answer is not held to be surer than the run
NORMAL_P90 = 1.2815515655446004
PARTS = (0.2, 0.35, 0.5, 0.65, 0.8)  # that the first of a pair may have in their sum


@dataclass(frozen=True)
class Laws:
    """The laws of all parts, fitted to some worlds."""

    parts: tuple[PowerLaw, ...]

    @cached_property
    def exponents(self) -> Floats:
        """Shape (parts, features)."""
        return np.stack([law.log.weights for law in self.parts])


@dataclass(frozen=True)
class Fit:
    """How well worlds left out are predicted.

    Attributes:
        q2: 1 - squared error over variance; may be below 0.
        rmse: root mean square error, in the figure's unit.
    """

    q2: float
    rmse: float


@dataclass(frozen=True)
class Answer:
    """A figure under what is asked.

    Attributes:
        low, middle, high: P10, P50 and P90 over the worlds, the ends widened by the error.
        error: standard error of the middle from the laws' own uncertainty.
    """

    low: float
    middle: float
    high: float
    error: float


class Surrogate:
    """Stored worlds with the laws of their parts.

    Attributes:
        stored: the worlds.
        logs: whether an input counts by its logarithm, shape (inputs,); else by its value.
        pairs: rows of two inputs whose weighted sum counts too, and the weight of the first.
        centre: mean of what counts of each input, shape (inputs,).
        laws: fitted to all worlds; ``groups`` to all but one group each.
        features: of the stored worlds, see ``feature``.
        fits: by figure; none of a figure that does not exist in enough worlds.
    """

    def __init__(self, stored: Stored) -> None:
        self.stored = stored
        self.logs = np.array([q.support[0] > 0 for q in stored.inputs.values()])
        self.pairs = siblings(list(stored.inputs), self.logs)
        self.centre = self._scaled(stored.drawn).mean(axis=0)
        self.features = self.feature(stored.drawn)
        years = stored.scenario.time.years
        self.middles = np.arange(years) + 0.5
        self.flows = np.zeros((stored.worlds, years))
        for part in stored.parts:
            if part.yearly is not None:
                self.flows += part.yearly
        self.left = np.zeros(stored.worlds)
        for part in stored.parts:
            if part.left:
                self.left += part.values
        self.within = stored.figures["npv"] - self._worth(self.flows, self.left, stored.rate)
        self.laws = self._laws(np.ones(stored.worlds, dtype=np.bool_))
        group = np.arange(stored.worlds) % GROUPS
        self.groups = [self._laws(group != g) for g in range(GROUPS)]
        self.fits = self._fits()

    def feature(self, values: Floats) -> Floats:
        """What laws read of values of all inputs, shape (worlds, inputs) -> (worlds, inputs + pairs).

        Of a pair it is the logarithm of a weighted sum, each over its geometric mean.
        """
        scaled = self._scaled(values)
        off = scaled - self.centre
        size = np.exp(np.where(self.logs, off, 0.0))
        sums = [np.log(part * size[:, one] + (1.0 - part) * size[:, two]) for one, two, part in self.pairs]
        return np.column_stack([scaled, *sums])

    @property
    def used(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Whether any law reads an input, shape (inputs,)."""
        features = (self.laws.exponents != 0).sum(axis=0) > 0
        found = np.array(features[: len(self.logs)], dtype=np.bool_)
        for pair, read in zip(self.pairs, features[len(found) :], strict=True):
            found[list(pair[:2])] |= read
        return found

    def _scaled(self, values: Floats) -> Floats:
        return np.where(self.logs, np.log(np.where(self.logs, values, 1.0)), values)

    def discount(self, rate: Floats) -> Floats:
        """Worth at the start of cash in the middle of each year, shape (worlds, years)."""
        return np.asarray((1.0 + rate[:, None]) ** -self.middles)

    def figures(self, values: Floats, laws: Laws | None = None) -> dict[str, Floats]:
        """Every figure in every world, had its inputs been others.

        Args:
            values: of all inputs, shape (worlds, inputs), as drawn where nothing changes.
            laws: those of all worlds if None.
        """
        laws = laws or self.laws
        change = self.feature(values) - self.features
        moved = np.flatnonzero(change.any(axis=0))
        factors = np.expm1(change[:, moved] @ laws.exponents[:, moved].T)
        found = {name: self.stored.figures[name].copy() for name in FIGURES}
        flows, left = self.flows.copy(), self.left.copy()
        for row, part in enumerate(self.stored.parts):
            for name in part.figures:
                found[name] += part.values * factors[:, row]
            if part.yearly is not None:
                flows += part.yearly * factors[:, row, None]
            if part.left:
                left += part.values * factors[:, row]
        found["npv"] = self.within + self._worth(flows, left, self._rate(values))
        found["payback_years"] = self._paid_back(flows)
        return found

    def answer(self, fixed: Mapping[str, float]) -> dict[str, Answer]:
        """Every figure with some inputs fixed, by path; those not named stay as they were drawn."""
        values = self.fixed(fixed)
        whole = self.figures(values)
        groups = [self.figures(values, laws) for laws in self.groups] if fixed else []
        return {name: self._answer(name, whole[name], [g[name] for g in groups]) for name in FIGURES}

    def fixed(self, fixed: Mapping[str, float]) -> Floats:
        """The drawn values with some inputs fixed in every world, shape (worlds, inputs)."""
        values = self.stored.drawn.copy()
        paths = list(self.stored.inputs)
        for path, value in fixed.items():
            values[:, paths.index(path)] = value
        return values

    def _answer(self, name: str, values: Floats, groups: Sequence[Floats]) -> Answer:
        low, middle, high = spans(name, values)
        if not groups:
            return Answer(low, middle, high, 0.0)
        middles = np.array([spans(name, g)[1] for g in groups])
        if not np.isfinite([low, middle, high, *middles]).all():
            return Answer(low, middle, high, np.inf)
        error = float(np.sqrt((GROUPS - 1) / GROUPS * ((middles - middles.mean()) ** 2).sum()))
        wide_low = middle - float(np.hypot(middle - low, NORMAL_P90 * error))
        wide_high = middle + float(np.hypot(high - middle, NORMAL_P90 * error))
        if self.poor(name):
            first_low, first, first_high = spans(name, self.stored.figures[name])
            wide_low = min(wide_low, middle - (first - first_low))
            wide_high = max(wide_high, middle + (first_high - first))
        return Answer(max(0.0, wide_low) if name == "payback_years" else wide_low, middle, wide_high, error)

    def poor(self, name: str) -> bool:
        """Whether the laws predict too little of a figure to make its range narrower."""
        return name not in self.fits or self.fits[name].q2 < POOR

    def _rate(self, values: Floats) -> Floats:
        path = self.stored.scenario.prices.discount_rate.path
        paths = list(self.stored.inputs)
        return values[:, paths.index(path)] if path in paths else self.stored.rate

    def _worth(self, flows: Floats, left: Floats, rate: Floats) -> Floats:
        """Worth at the start of cash by year and of what is left at the end, shape (worlds,)."""
        years = flows.shape[1]
        return np.asarray((flows * self.discount(rate)).sum(axis=1) + left * (1.0 + rate) ** -years)

    def _paid_back(self, flows: Floats) -> Floats:
        """Payback of changed cash: that of the world, in proportion to paybacks between ends of years."""
        stored = self.stored.figures["payback_years"]
        before, after = payback_by_year(self.flows), payback_by_year(flows)
        both = np.isfinite(stored) & np.isfinite(after) & np.isfinite(before) & (before > 0)
        scaled = after.copy()
        scaled[both] = stored[both] * after[both] / before[both]
        scaled[scaled > self.flows.shape[1]] = np.inf
        return np.where(after == before, stored, scaled)

    def _laws(self, use: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Laws:
        features = self.features[use]

        def law(part: Part) -> PowerLaw:
            amounts = None if part.amounts is None else part.amounts[use]
            return power_law(features, part.values[use], amounts)

        return Laws(tuple(law(part) for part in self.stored.parts))

    def _fits(self) -> dict[str, Fit]:
        """How well each figure is predicted in worlds left out: laws are found anew without them."""
        count = self.stored.worlds
        group = np.arange(count) % min(count, MOST_LEFT_OUT)
        predicted = {name: np.zeros(count) for name in FIGURES}
        for g in range(int(group.max()) + 1):
            out = group == g
            for name, values in self._predicted(self._laws(~out), out).items():
                predicted[name][out] = values
        fits = {}
        for name, values in self.stored.figures.items():
            known = np.isfinite(values) & np.isfinite(predicted[name])
            spread = float(((values[known] - values[known].mean()) ** 2).sum()) if known.any() else 0.0
            if 2 * known.sum() > count and spread > 0:
                error = float(((values[known] - predicted[name][known]) ** 2).sum())
                fits[name] = Fit(1.0 - error / spread, float(np.sqrt(error / known.sum())))
        return fits

    def _predicted(
        self, laws: Laws, out: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    ) -> dict[str, Floats]:
        """Figures of worlds from their inputs alone."""
        features = self.features[out]
        found = {name: np.zeros(len(features)) for name in FIGURES}
        flows, left = np.zeros((len(features), self.flows.shape[1])), np.zeros(len(features))
        for part, law in zip(self.stored.parts, laws.parts, strict=True):
            values = law(features)
            for name in part.figures:
                found[name] += values
            left += values * part.left
            whole = float(part.values[~out].sum())
            if part.yearly is not None and whole:
                flows += values[:, None] * (part.yearly[~out].sum(axis=0) / whole)
        found["npv"] = self.within[~out].mean() + self._worth(flows, left, self.stored.rate[out])
        rough, exact = payback_by_year(self.flows[~out]), self.stored.figures["payback_years"][~out]
        both = np.isfinite(rough) & np.isfinite(exact)
        ratio = float(exact[both].sum() / rough[both].sum()) if rough[both].any() else 1.0
        found["payback_years"] = payback_by_year(flows) * ratio
        return found


def siblings(paths: Sequence[str], logs: Sequence[bool] | Floats) -> list[tuple[int, int, float]]:
    """Rows of inputs of which one booking is the sum: the same field of size classes or kinds of line.

    Args:
        logs: whether an input is above 0 everywhere; others make no pair.
    """
    found: dict[tuple[str, str], list[int]] = {}
    for row, path in enumerate(paths):
        match path.split("."):
            case [("rooms" | "lines") as section, _, field] if logs[row]:
                found.setdefault((section, field), []).append(row)
    return [(*pair, part) for rows in found.values() for pair in combinations(rows, 2) for part in PARTS]


def spans(name: str, values: Floats) -> tuple[float, float, float]:
    """P10, P50 and P90 as a statement takes them."""
    if name == "payback_years":
        low, middle, high = np.quantile(values, LEVELS, method="inverted_cdf")
    else:
        low, middle, high = quantiles(values)
    return float(low), float(middle), float(high)


def payback_by_year(flows: Floats) -> Floats:
    """``cash.payback`` of yearly cash, in years, shape (worlds, years) -> (worlds,)."""
    sums = np.cumsum(flows, axis=1)
    negative = sums < 0
    years = flows.shape[1]
    last = years - 1 - np.argmax(negative[:, ::-1], axis=1)
    rows = np.arange(len(sums))
    after = flows[rows, np.minimum(last + 1, years - 1)]
    part = np.clip(np.divide(-sums[rows, last], after, out=np.ones(len(sums)), where=after > 0), 0.0, 1.0)
    found = np.where(negative.any(axis=1), last + 1 + part, 0.0)
    return np.where(negative[:, -1], np.inf, found)
