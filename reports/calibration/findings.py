"""What conditioning taught: how far each quantity narrowed, what is still open, and what was left out.

A quantity is *informed* where its spread shrank, or its mean moved, by more than a little and by more than
the finite number of worlds can do by chance; where an emulator says so, only if the simulated worlds show it
as well. Quantities that a claim ties to each other without telling
them apart show as rank correlations within the posterior: one may be high if the other is low.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...scenarios.schema import Claim
from ..quantiles import Floats
from ..rank import LARGEST_OF_HUNDRED
from .posterior import Posterior
from .weights import deviation, mean, quantiles, rank_correlation
from .worlds import Worlds, levels

P5_P50_P95 = (0.05, 0.5, 0.95)
NARROWER = 0.95  # of the spread before
MOVED = 0.25  # of the standard deviation before
SEEN = 2.0  # rank correlation in so many simulated worlds, times their root, that an emulator is believed
PAIR_SIZE = 6
CENTRAL = 0.9

Span = tuple[float, float, float]


@dataclass(frozen=True)
class Narrowing:
    """One quantity before and after.

    Attributes:
        prior, posterior: P5, P50 and P95.
        shrink: standard deviation after over that before.
        moved: mean after less mean before, in standard deviations before.
        correlation: rank correlation with the figure of each claim used, by its id, in the simulated worlds.
        informed: see the module.
    """

    path: str
    unit: str
    grade: str
    prior: Span
    posterior: Span
    shrink: float
    moved: float
    correlation: Mapping[str, float]
    informed: bool


@dataclass(frozen=True)
class Pair:
    """Two quantities that the evidence ties to each other: rank correlation within the posterior."""

    one: str
    other: str
    correlation: float


@dataclass(frozen=True)
class Reading:
    """What a claim reads in the worlds, under one way of counting.

    Attributes:
        figure: its name among the figures of the worlds.
        prior, posterior: P5, P50 and P95 of the simulated figure.
        below: posterior probability that what is published would read less than it did, its reporting
            error included; a half is the middle.
        inside: whether what was published lies in the central 90 % of that.
    """

    claim: Claim
    way: str
    figure: str
    prior: Span
    posterior: Span
    below: float
    inside: bool


def narrowings(worlds: Worlds, posterior: Posterior, figures: Mapping[str, str]) -> tuple[Narrowing, ...]:
    """Every quantity that differs, the most narrowed first; those that stay open by correlation.

    Args:
        figures: name of the figure to correlate with, by claim.
    """
    noise = LARGEST_OF_HUNDRED / math.sqrt(max(posterior.weights.effective, 2.0))
    found = []
    for path, quantity in worlds.quantities.items():
        grid, values = quantity.ppf(levels()), posterior.values[path]
        before = float(grid.std())
        shrink = deviation(values, posterior.weights.share) / before
        moved = (mean(values, posterior.weights.share) - float(grid.mean())) / before
        narrowed = shrink <= NARROWER and 1 - shrink > noise / math.sqrt(2)
        correlation = {key: _correlation(worlds, path, name) for key, name in figures.items()}
        informed = narrowed or (abs(moved) >= MOVED and abs(moved) > noise)
        if posterior.emulator is not None:
            informed &= max(map(abs, correlation.values()), default=0.0) > SEEN / math.sqrt(worlds.count)
        found.append(
            Narrowing(
                path,
                quantity.unit or "1",
                quantity.grade,
                _span(quantity.ppf(np.array(P5_P50_P95))),
                span(values, posterior.weights.share),
                shrink,
                moved,
                correlation,
                informed,
            )
        )
    found.sort(key=_order)
    return tuple(found)


def _order(narrowing: Narrowing) -> tuple[bool, float, str]:
    strongest = max((abs(r) for r in narrowing.correlation.values()), default=0.0)
    return not narrowing.informed, narrowing.shrink if narrowing.informed else -strongest, narrowing.path


def pairs(posterior: Posterior, paths: Sequence[str]) -> tuple[Pair, ...]:
    """Rank correlations of quantities within the posterior beyond chance, the strongest first."""
    noise = LARGEST_OF_HUNDRED / math.sqrt(max(posterior.weights.effective, 2.0))
    share = posterior.weights.share
    found = [
        Pair(one, other, rank_correlation(posterior.values[one], posterior.values[other], share))
        for row, one in enumerate(paths)
        for other in paths[row + 1 :]
    ]
    found = [pair for pair in found if abs(pair.correlation) > noise]
    return tuple(sorted(found, key=lambda p: (-abs(p.correlation), p.one, p.other))[:PAIR_SIZE])


def reading(worlds: Worlds, posterior: Posterior, claim: Claim, way: str, figure: str) -> Reading:
    """A claim beside the worlds before and after."""
    values, share = posterior.values[figure], posterior.weights.share
    below = float(_below(claim, values) @ share)
    low, high = (1 - CENTRAL) / 2, (1 + CENTRAL) / 2
    # more than was claimed bears an ``at-least`` out
    inside = below <= high and (below >= low or claim.relation == "at-least")
    return Reading(
        claim,
        way,
        figure,
        span(worlds.values[figure], worlds.prior_share),
        span(values, share),
        below,
        inside,
    )


def span(values: Floats, share: Floats) -> Span:
    """P5, P50 and P95 under weights."""
    return _span(quantiles(values, share, P5_P50_P95))


def _span(values: Floats) -> Span:
    low, middle, high = (float(value) for value in values)
    return low, middle, high


def _below(claim: Claim, values: Floats) -> Floats:
    """Probability in each world that a report of the figure, with its error, reads less than published."""
    from scipy.special import ndtr

    with np.errstate(divide="ignore", invalid="ignore"):
        off = np.log(claim.published / values) / claim.reporting_error
    # a figure of the other sign (or 0) reads less whatever the error, if what was published is positive
    return np.asarray(np.where(np.isfinite(off), ndtr(off), float(claim.published > 0)))


def _correlation(worlds: Worlds, path: str, figure: str) -> float:
    from scipy.stats import rankdata

    rows = ~worlds.near
    one, other = (rankdata(worlds.values[name][rows]) for name in (path, figure))
    if one.std() == 0 or other.std() == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
