"""What it would be worth to measure something before deciding, in CNY.

Whoever decides now takes the alternative that is best in the mean. Whoever could know a quantity first
would take, for each value of it, the one that is best given that value; what this gains in the mean is
the expected value of partial perfect information (EVPPI). The mean given a value is found by regression
(Strong, Oakley and Brennan 2014, doi 10.1177/0272989X13505910), here on a cubic in the quantity's normal
score, and judged on the other half of the points, so that a rule that fits chance gains nothing. Knowing
everything first is worth the EVPI. Both are 0 where no knowledge would change the choice; then what still
tells quantities apart is how much of the spread of the outcome goes with each.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..quantiles import Floats
from .posterior import Posterior
from .weights import Weights, deviation, mean
from .worlds import Worlds, probability

BEYOND_CHANCE = 2.0  # standard errors
ROUNDING_CNY = 0.5
DEGREE = 3


@dataclass(frozen=True)
class Worth:
    """One quantity, known exactly before deciding.

    Attributes:
        evppi_cny: what that gains in the mean; 0 where it is within chance.
        explained: share of the variance of the leading alternative's outcome that goes with it.
    """

    path: str
    evppi_cny: float
    explained: float


@dataclass(frozen=True)
class Decision:
    """The choice between alternatives.

    Attributes:
        gains: what each alternative is worth beyond the baseline, in the mean, in CNY; the baseline 0.
        best: posterior probability that each is best.
        chosen: what is best in the mean.
        leading: the alternative other than the baseline that is worth most; ``spread_cny`` its standard
            deviation.
        evpi_cny: what knowing everything first gains in the mean.
        worths: by quantity, the most valuable first.
    """

    gains: Mapping[str, float]
    best: Mapping[str, float]
    chosen: str
    leading: str
    spread_cny: float
    evpi_cny: float
    worths: tuple[Worth, ...]


def decide(worlds: Worlds, posterior: Posterior, baseline: str, figures: Mapping[str, str]) -> Decision:
    """The choice under a posterior.

    Args:
        figures: figure that says what an alternative is worth beyond the baseline, in CNY, by alternative.
    """
    kept = np.flatnonzero(posterior.weights.share > 0)
    share = posterior.weights.share[kept]
    outcome = np.stack([np.zeros(len(kept)), *(posterior.values[f][kept] for f in figures.values())], axis=1)
    names = [baseline, *figures]
    means = share @ outcome
    chosen, leading = int(np.argmax(means)), 1 + int(np.argmax(means[1:]))
    first = np.argmax(outcome, axis=1)
    worths = []
    for path, quantity in worlds.quantities.items():
        basis = _basis(probability(quantity, posterior.values[path][kept]))
        told = _told(basis, outcome, share)
        evppi = _gain(told, outcome, share, chosen, posterior.weights)
        worths.append(Worth(path, evppi, _explained(told[:, leading], outcome[:, leading], share)))
    evpi = float(share @ outcome.max(axis=1) - means[chosen])
    worths.sort(key=lambda w: (-w.evppi_cny, -w.explained, w.path))
    return Decision(
        {name: float(value) for name, value in zip(names, means, strict=True)},
        {name: float(share[first == row].sum()) for row, name in enumerate(names)},
        names[chosen],
        names[leading],
        deviation(outcome[:, leading], share),
        evpi if evpi >= ROUNDING_CNY else 0.0,
        tuple(worths),
    )


def _basis(probabilities: Floats) -> Floats:
    from scipy.special import ndtri

    return np.vander(ndtri(probabilities), DEGREE + 1)


def _told(basis: Floats, outcome: Floats, share: Floats) -> Floats:
    """Mean outcome given the quantity, for each half of the points from the other half."""
    told = np.empty_like(outcome)
    half = np.arange(len(share)) % 2 == 0
    for mine in (half, ~half):
        root = np.sqrt(share[~mine])[:, None]
        found = np.linalg.lstsq(basis[~mine] * root, outcome[~mine] * root, rcond=None)[0]
        told[mine] = basis[mine] @ found
    return told


def _gain(told: Floats, outcome: Floats, share: Floats, chosen: int, weights: Weights) -> float:
    """What deciding by what is told gains over the choice made without, if that is beyond chance."""
    rows = np.arange(len(share))
    gain = outcome[rows, np.argmax(told, axis=1)] - outcome[:, chosen]
    error = deviation(gain, share) / math.sqrt(weights.effective)
    found = mean(gain, share)
    return found if found > BEYOND_CHANCE * error else 0.0


def _explained(told: Floats, outcome: Floats, share: Floats) -> float:
    variance = deviation(outcome, share) ** 2
    if variance == 0:
        return 0.0
    return max(0.0, 1.0 - mean((outcome - told) ** 2, share) / variance)
