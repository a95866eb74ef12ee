"""Column generation over sets of items that all differ: sharp prices, a proven bound, good sets.

At any item prices ``u`` and surcharges ``w`` on limited types, with no set of type t worth more than
``most_t``, every packing costs at least ``sum(u) / s - sum(w * limits)``, ``s`` being the largest
``most_t / (cost_t + w_t)`` (Farley 1990, doi 10.1287/opre.38.5.922): valid also where the search for
sets was cut off. Prices are smoothed towards those of the best bound (Wentges 1997).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .vector import Vectors
from .vector_master import Master
from .vector_pricing import best_sets, multipliers

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SMOOTHING = 0.5
DESCENT = 15
# Steps of one search for sets: those led by one item, and all.
LEAD_NODES = 500
NODES = 1_000_000
SECONDS_PER_LOOK = 6e-9


@dataclass(frozen=True)
class Effort:
    """Limits of column generation.

    Attributes:
        rounds: of pricing.
        lead_nodes, nodes: steps of a search for sets, led by one item and in all.
        work: of the master since it began, see ``Master.work``.
    """

    rounds: int = 150
    lead_nodes: int = LEAD_NODES
    nodes: int = NODES
    work: float = np.inf


@dataclass(frozen=True)
class Prices:
    """Where column generation ended.

    Attributes:
        cost: of the master problem.
        items: price of each item, shape (items,).
        bound: no packing of the items wanted costs less.
        parts: how much of each set of the master is bought.
    """

    cost: float
    items: Floats
    bound: float
    parts: Floats


def price_out(
    task: Vectors, master: Master, wanted: NDArray[np.bool_], limits: Ints, effort: Effort
) -> Prices:
    """Add sets to the master until its cost meets the bound, or nothing is gained.

    Args:
        task: all items.
        master: of the same items.
        wanted: items that still need a host, shape (items,).
        limits: hosts of each type that may still be bought, shape (types,); -1 for any number.
    """
    cost, prices, extra = master.solve()
    center, center_extra, best = _by_size(task, wanted), np.zeros_like(extra), 0.0
    smoothing = SMOOTHING
    capped = np.maximum(limits, 0)
    for _ in range(effort.rounds):
        if master.work > effort.work:
            break
        mixed = np.where(wanted, smoothing * center + (1 - smoothing) * prices, 0.0)
        mixed_extra = smoothing * center_extra + (1 - smoothing) * extra
        types, sets, scale = _sets(task, master, mixed, mixed_extra, effort)
        bound = float(mixed.sum()) / scale - float(mixed_extra @ capped)
        if bound > best:
            best, center, center_extra = bound, mixed / scale, mixed_extra
        if _met(task, cost, best):
            break
        gain = np.array([prices[s].sum() for s in sets]) - (task.costs + extra)[types]
        fresh = np.flatnonzero(gain > 1e-7 * task.costs[types])
        if not len(fresh):
            if smoothing == 0.0:
                break
            smoothing = smoothing / 2 if smoothing > 0.1 else 0.0
            continue
        smoothing = SMOOTHING
        master.add(types[fresh], [sets[k] for k in fresh])
        cost, prices, extra = master.solve()
    return Prices(cost, prices, best * (1 - 1e-9), master.parts())


def _by_size(task: Vectors, wanted: NDArray[np.bool_]) -> Floats:
    """Prices to begin with: the cheapest share of a host that an item takes."""
    share = (task.sizes[:, None, :] / task.capacities[None]).max(axis=2) * task.costs
    return np.where(wanted, np.where(task.fits, share, np.inf).min(axis=1), 0.0)


def _met(task: Vectors, cost: float, bound: float) -> bool:
    """Whether no later round can change what the bound proves."""
    if bound >= cost * (1 - 1e-6):
        return True
    return bool(task.step) and task.rounded(bound) >= task.rounded(cost) and bound >= cost * (1 - 1e-3)


def _sets(
    task: Vectors, master: Master, prices: Floats, extra: Floats, effort: Effort
) -> tuple[Ints, list[Ints], float]:
    """Sets worth more than their host costs, their types, and the largest worth over cost (at least 1)."""
    types: list[int] = []
    sets: list[Ints] = []
    scale = 1.0
    for t in range(len(task.costs)):
        due = float(task.costs[t] + extra[t])
        mix = multipliers(task.sizes, task.capacities[t], prices, DESCENT)
        members, starts, most, looked = best_sets(
            task.sizes, task.capacities[t], prices, mix, due, effort.lead_nodes, effort.nodes
        )
        master.work += SECONDS_PER_LOOK * looked
        scale = max(scale, most / due)
        found = np.flatnonzero(np.diff(starts))
        types += [t] * len(found)
        sets += [members[starts[i] : starts[i + 1]] for i in found]
    return np.array(types, dtype=np.int64), sets, scale
