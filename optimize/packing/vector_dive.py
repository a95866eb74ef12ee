"""Diving: buy the sets the master wants most, price the rest anew, until every item has a host."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .vector import Bins, Vectors, of_sets
from .vector_columns import Effort, Prices, price_out
from .vector_master import Master

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WHOLE = 0.999


@dataclass(frozen=True)
class Dive:
    """How to dive.

    Attributes:
        share: sets of which this much is bought are bought whole.
        part: no more of the items left than this are settled in one step.
        rounds: of pricing after each step.
        noise: on what is wanted, so that dives differ.
    """

    share: float = 0.8
    part: float = 0.05
    rounds: int = 4
    noise: float = 0.0


def dive(
    task: Vectors, master: Master, root: Prices, best: float, how: Dive, effort: Effort, key: int
) -> Bins | None:
    """One dive from the root; None where it cannot end below ``best``.

    Args:
        best: cost of the best packing known.
        key: of the noise.
    """
    n = len(task.sizes)
    noise = np.random.Generator(np.random.Philox(key=key))
    wanted, limits = np.ones(n, dtype=bool), task.limits.copy()
    types: list[int] = []
    sets: list[Ints] = []
    prices, spent = root, 0.0
    steps = replace(effort, rounds=how.rounds)
    try:
        while wanted.any():
            # With sets still to be found the master's cost is no bound, but a dive is no proof.
            if task.rounded(spent + prices.cost * (1 - 1e-9)) >= best * (1 - 1e-9):
                return None
            for column in _wanted(master, prices.parts, wanted, how, noise):
                members = master.sets[column][wanted[master.sets[column]]]
                t = int(master.types[column])
                if t < 0 or limits[t] == 0 or not len(members):
                    continue
                types.append(t)
                sets.append(members)
                wanted[members] = False
                limits[t] -= limits[t] > 0
                spent += float(task.costs[t])
                master.need(members, wanted=False)
            if (prices.parts[master.types[: len(prices.parts)] < 0] > WHOLE).any():
                return None
            if wanted.any():
                master.allow(limits)
                prices = price_out(task, master, wanted, limits, steps)
        return of_sets(np.array(types, dtype=np.int64), sets, n)
    finally:
        master.need(np.arange(n), wanted=True)
        master.allow(task.limits)


def _wanted(
    master: Master, parts: Floats, wanted: NDArray[np.bool_], how: Dive, noise: np.random.Generator
) -> list[int]:
    """Sets to buy now: all that are whole, then the most wanted, none of which share an item."""
    pull = parts + how.noise * noise.random(len(parts)) * (parts > 0.05)
    order = [j for j in np.argsort(-pull, kind="stable").tolist() if parts[j] > 1e-6]
    most = max(1, int(how.part * int(wanted.sum()) + 0.5))
    taken = np.zeros(len(wanted), dtype=bool)
    chosen: list[int] = []
    settled = 0
    for j in order:
        members = master.sets[j][wanted[master.sets[j]]]
        if not len(members) or taken[members].any():
            continue
        if parts[j] < WHOLE:
            if chosen and (settled >= most or (parts[j] < how.share and settled > 0)):
                continue
            settled += len(members)
        chosen.append(j)
        taken[members] = True
    return chosen
