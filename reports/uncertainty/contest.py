"""How often each alternative is best, world by world: all see the same demand, failures and prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..books import Books
from ..figures import conduct, total_savings
from ..quantiles import Floats

AIMS = ("cost", "carbon", "risk")


@dataclass(frozen=True)
class Standing:
    """One alternative against all others.

    Attributes:
        best: share of worlds in which it is best, by aim; worlds with a tie are shared. ``cost`` is the
            present value of the horizon, ``carbon`` of electricity and hardware a year, ``risk`` hours lost.
        undominated: share of worlds in which no other is at least as good in every aim and better in one.
    """

    best: Mapping[str, float]
    undominated: float


def standings(books: Books) -> dict[str, Standing]:
    """Of every alternative of a scenario, the baseline included."""
    names = list(books.scenario.alternatives)
    figures = np.stack([_aims(books, name) for name in names])
    return contest(names, figures)


def contest(names: list[str], figures: Floats) -> dict[str, Standing]:
    """The same from figures of which less is better.

    Args:
        figures: shape (alternatives, aims, worlds), aims as in ``AIMS``.
    """
    best, unbeaten = _won(figures)
    return {
        name: Standing(
            {aim: float(best[row, k].mean()) for k, aim in enumerate(AIMS)}, float(unbeaten[row].mean())
        )
        for row, name in enumerate(names)
    }


def winners(books: Books) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Who is best in each world, by aim, shape (aims, worlds), and who is not beaten in all, (worlds,)."""
    names = list(books.scenario.alternatives)
    best, unbeaten = _won(np.stack([_aims(books, name) for name in names]))
    return dict(zip(names, best, strict=True)), dict(zip(names, unbeaten, strict=True))


def _won(figures: Floats) -> tuple[Floats, Floats]:
    """Shares of a win, shape as the figures, and 1 where not dominated, shape (alternatives, worlds)."""
    least = (figures == figures.min(axis=0)).astype(np.float64)
    no_worse = (figures[:, None] <= figures[None]).all(axis=2)
    better = (figures[:, None] < figures[None]).any(axis=2)
    dominated = np.asarray((no_worse & better).any(axis=0))
    return np.asarray(least / least.sum(axis=0)), 1.0 - dominated.astype(np.float64)


def _aims(books: Books, name: str) -> Floats:
    """Cost, carbon and risk of an alternative, shape (aims, worlds)."""
    worlds = len(books.results)
    cost = np.zeros(worlds) if name == books.baseline else -total_savings(books, name)["npv"].values
    found = conduct(books, name)
    years = books.scenario.time.years
    carbon = found["carbon"].values + found["embodied_carbon"].values / years
    return np.stack([cost, carbon, found["system_hours_lost"].values])
