"""The choice among ways to pack a pool, by its size; the answer's ``method`` says which.

Where components repeat, patterns ("volume" if the cheapest fleet could be filled at once, "patterns" else,
"exact" if a model of every host had the last word); where nearly every size differs, ``pack_distinct``, whose
methods are its own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .distinct import pack_distinct
from .patterns import pack_patterns
from .task import Columns, PoolPacking, Task

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Fewer components than this for each flavour, and more flavours than that, are taken one by one.
REPEATS = 2
MANY_FLAVOURS = 60


def pack(
    sizes: Floats,
    counts: Ints,
    capacities: Floats,
    costs: Floats,
    columns: Columns | None = None,
    *,
    limits: Ints | None = None,
    apart: Ints | None = None,
) -> PoolPacking:
    """Pack one pool.

    Args:
        sizes: of each flavour, whole numbers, shape (flavours, dimensions).
        counts: components of each flavour, shape (flavours,).
        capacities: of each host type, shape (types, dimensions).
        costs: of each host type per year, shape (types,).
        columns: patterns of similar pools to start from.
        limits, apart: see ``Task``.

    Raises:
        InfeasibleError: a flavour fits on no host type, or the limits leave too few hosts.
    """
    none = np.empty(0, dtype=np.int64)
    task = Task(
        sizes,
        counts,
        capacities,
        costs,
        none if limits is None else limits,
        none if apart is None else apart,
    )
    alone = int(task.counts.sum()) < REPEATS * np.count_nonzero(task.counts)
    if alone and len(task.counts) > MANY_FLAVOURS and not (task.apart > 1).any() and (task.costs > 0).all():
        return _distinct(task)
    return pack_patterns(task, columns)


def _distinct(task: Task) -> PoolPacking:
    """Pack each component for itself."""
    flavour = np.repeat(np.arange(len(task.counts)), task.counts)
    found = pack_distinct(task.sizes[flavour], task.capacities, task.costs, task.limits)
    copies = np.zeros((len(found.types), len(task.counts)), dtype=np.int64)
    np.add.at(copies, (found.host_of, flavour), 1)
    none = Columns.none(len(task.counts))
    return PoolPacking(found.types, copies, found.cost, min(found.bound, found.cost), none, found.method)
