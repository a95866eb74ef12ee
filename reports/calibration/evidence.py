"""What worlds are conditioned on: claims with a reporting error, and what is plausible at all.

A published figure is the true one times a log-normal error, so its likelihood in a world whose figure is
y is exp(-(ln(published / y))^2 / (2 s^2)); of one worded ``at-least`` it is the probability that the error
alone took y down to what was published, or further. A world whose figure has the other sign is impossible.

How the source counted (gross or net, staff in or out) is unknown as well: every combination of the
claims' accounting switches, the same for all claims, is a hypothesis of the same prior weight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from ...scenarios.plausible import Plausible
from ...scenarios.schema import Claim
from ..quantiles import Floats

GROSS = "gross"


@dataclass(frozen=True)
class Evidence:
    """Claims used, and limits that every world keeps.

    Attributes:
        figures: what each way of counting compares each claim with: name of the figure by claim id, by
            the name of the way (``gross``, ``net+staff`` ...).
    """

    claims: tuple[Claim, ...]
    figures: Mapping[str, Mapping[str, str]]
    limits: tuple[Plausible, ...] = ()

    @property
    def ways(self) -> tuple[str, ...]:
        """Names of the ways of counting."""
        return tuple(self.figures)

    @property
    def needed(self) -> tuple[str, ...]:
        """Every quantity or figure that is compared with something, once."""
        terms = [figure for way in self.figures.values() for figure in way.values()]
        terms += [term for limit in self.limits for term in (limit.term, limit.of) if term is not None]
        return tuple(dict.fromkeys(terms))


def ways_of_counting(claims: Sequence[Claim]) -> dict[str, tuple[str, ...]]:
    """Every combination of the switches of some claims, by its name; ``gross`` has none on."""
    names = tuple(dict.fromkeys(switch for claim in claims for switch in claim.switches))
    rows = product((False, True), repeat=len(names))
    chosen = [tuple(name for name, on in zip(names, row, strict=True) if on) for row in rows]
    return {"+".join(switches) or GROSS: switches for switches in chosen}


def log_likelihood(claim: Claim, values: Floats) -> Floats:
    """Logarithm of the likelihood of what was published, up to a constant.

    Args:
        values: the figure in each world, shape (worlds,).

    Returns:
        Shape (worlds,); -inf where the figure is 0 or has the other sign.
    """
    from scipy.special import log_ndtr

    with np.errstate(divide="ignore", invalid="ignore"):
        off = np.log(values / claim.published) / claim.reporting_error
    possible = np.isfinite(off)
    off = np.where(possible, off, 0.0)
    found = log_ndtr(off) if claim.relation == "at-least" else -0.5 * off**2
    return np.where(possible, found, -np.inf)


def kept(
    limits: Sequence[Plausible], worlds: Mapping[str, Floats]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which worlds keep every limit, shape (worlds,)."""
    inside = np.ones(len(next(iter(worlds.values()))), dtype=bool)
    for limit in limits:
        of = 1.0 if limit.of is None else worlds[limit.of]
        if limit.at_most is not None:
            inside &= worlds[limit.term] <= limit.at_most * of
        if limit.at_least is not None:
            inside &= worlds[limit.term] >= limit.at_least * of
    return inside


def log_weights(evidence: Evidence, worlds: Mapping[str, Floats]) -> Floats:
    """Logarithm of likelihood times limits, shape (ways of counting, worlds).

    Args:
        worlds: every quantity and figure needed, by name, shape (worlds,) each.
    """
    by_id = {claim.id: claim for claim in evidence.claims}
    rows = [
        sum(
            (log_likelihood(by_id[key], worlds[figure]) for key, figure in way.items()),
            start=np.zeros(len(next(iter(worlds.values())))),
        )
        for way in evidence.figures.values()
    ]
    inside = kept(evidence.limits, worlds)
    return np.where(inside, np.stack(rows), -np.inf)
