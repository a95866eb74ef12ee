"""How one number of a statement is made: of which value in each world, or from where if of none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..figures import Figure
from ..quantiles import Floats, Stat, weights
from .account import Desk
from .reckon import Way

# What a number is taken by, of the values in the worlds.
Taken = Literal["quantile", "order", "there", "mean", "share", "none"]
# Where it comes from: bookings, the simulation's states, a plan's proof, statistics, the scenario, the run.
Origin = Literal["bookings", "states", "plan", "worlds", "middle", "scenario", "run", "fleet"]
LEVEL = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


@dataclass(frozen=True)
class Recipe:
    """One number.

    Attributes:
        key: of its explanation in words, and of the rule that made it where no bookings do.
        formula: in symbols; empty where words say it all.
        alternative: that it is about; empty for none.
        values: in each world, shape (worlds,); None where no world has one.
        again: the number as it is taken from them, or made another way; None where it cannot be.
        reckon: the value of one world from its bookings; None where there are none.
        words: what the explanation is filled with.
    """

    key: str
    origin: Origin
    unit: str = "1"
    taken: Taken = "none"
    alternative: str = ""
    formula: str = ""
    values: Floats | None = None
    again: float | None = None
    reckon: Callable[[Desk], float] | None = None
    words: Mapping[str, object] = field(default_factory=dict)


def of_worlds(way: Way | str, figure: Figure, part: str, name: str, taken: Taken, **words: object) -> Recipe:
    """A quantile or the mean of a figure over worlds.

    Args:
        way: how it is reckoned from bookings, or the key of what says where else it comes from.
        taken: ``quantile`` (Harrell-Davis; of times if some are missing), ``order`` (of times), ``there``
            (quantile over the worlds that have it).
    """
    values = np.asarray(figure.values, dtype=np.float64)
    if taken == "there":
        values_there = values[np.isfinite(values)]
        stat = Stat.of(values_there, figure.unit) if len(values_there) else None
    elif taken == "order" or not np.isfinite(values).all():
        stat, taken = Stat.of_times(values, figure.unit), "order"
    else:
        stat = Stat.of(values, figure.unit)
    again = None if stat is None else getattr(stat, part)
    by: Taken = "mean" if part == "mean" else taken
    if isinstance(way, str):
        return Recipe(way, "states", figure.unit, by, name, "", values, again, None, words)
    reckon = way.reckon
    return Recipe(
        way.key,
        "bookings",
        figure.unit,
        by,
        name,
        way.formula,
        values,
        again,
        lambda desk: reckon(desk, name),
        words,
    )


def share_of(key: str, holds: NDArray[Any], name: str, **words: object) -> Recipe:
    """A share of worlds, in which something holds (1), holds in part, or does not (0)."""
    values = np.asarray(holds, dtype=np.float64)
    return Recipe(key, "worlds", "1", "share", name, "", values, float(values.mean()), None, words)


def nearest(recipe: Recipe, stated: float) -> int | None:
    """Row of the world whose value is nearest to the number; None if no world has one."""
    if recipe.values is None or recipe.taken == "share":
        return None
    off = np.abs(recipe.values - stated)
    return int(np.argmin(np.where(np.isfinite(off), off, np.inf))) if np.isfinite(off).any() else None


def around(values: Floats, stated: float) -> tuple[int | None, int | None]:
    """Rows of the worlds with the next value below (or equal) and above."""
    below = np.where(values <= stated, values, -np.inf)
    above = np.where(values > stated, values, np.inf)
    low = int(np.argmax(below)) if np.isfinite(below).any() else None
    high = int(np.argmin(above)) if np.isfinite(above).any() else None
    return low, high


def heaviest(values: Floats, part: str, count: int) -> list[tuple[int, float]]:
    """Worlds that weigh most in a quantile, and the weight of each."""
    weight = weights(len(values), LEVEL[part])
    order = np.argsort(values, kind="stable")
    most = np.argsort(-weight, kind="stable")[:count]
    return [(int(order[place]), float(weight[place])) for place in most]
