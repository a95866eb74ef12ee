"""A rule that a plan breaks, and by how much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Sums of many numbers may be off by so much of their size.
ROUNDING = 1e-6


@dataclass(frozen=True)
class Violation:
    """One rule broken.

    Attributes:
        rule: name of the rule.
        what: where it is broken, in words.
        by: by how much, at the worst place.
        unit: of ``by``.
        places: at how many places it is broken.
    """

    rule: str
    what: str
    by: float
    unit: str
    places: int = 1

    def __str__(self) -> str:
        more = f", and at {self.places - 1} other places" if self.places > 1 else ""
        return f"{self.rule}: {self.what}, by {self.by:.4g} {self.unit}{more}"


def over(
    rule: str, name: str, amount: Floats, limit: Floats | float, unit: str, what: str
) -> Iterator[Violation]:
    """The worst of the places at which an amount is above its limit, if any is.

    Args:
        name: of a place; its row follows.
        amount, limit: shape (places,).
        what: is measured, as in "host 3: 12 GB of memory, 10 allowed".
    """
    limits = np.broadcast_to(np.asarray(limit, dtype=np.float64), amount.shape)
    excess = amount - limits
    broken = np.flatnonzero(excess > ROUNDING * np.maximum(1.0, np.abs(limits)))
    if len(broken):
        row = int(broken[excess[broken].argmax()])
        words = f"{name} {row}: {amount[row]:.6g} {what}, {limits[row]:.6g} allowed"
        yield Violation(rule, words, float(excess[row]), unit, len(broken))


def wrong(rule: str, name: str, rows: NDArray[np.integer], what: str) -> Iterator[Violation]:
    """Places at which something holds that must not."""
    if len(rows):
        yield Violation(rule, f"{name} {int(rows[0])} {what}", float(len(rows)), f"{name}s", len(rows))
