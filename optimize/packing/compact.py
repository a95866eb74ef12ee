"""The compact model: whether a given fleet holds all components, copy by copy and host by host.

It has a column per flavour and host, so it is for a handful of hosts: there it decides what filling cannot.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..solver import Model
from .filling import fill
from .task import Task

Ints = NDArray[np.int64]

NODES = 2000
ROUNDS = 500


def holds_all(task: Task, most: Ints, fleet: Ints) -> tuple[bool | None, Ints | None]:
    """Whether a fleet holds all components.

    Args:
        task: what is packed.
        most: copies of each flavour on a host of each type, shape (types, flavours).
        fleet: hosts of each type, shape (types,).

    Returns:
        Yes, no or undecided, and the copies, shape (hosts, flavours), if yes.
    """
    types = np.repeat(np.arange(len(fleet)), fleet)
    copies, missing = fill(task.sizes, task.counts, task.capacities, most, types, ROUNDS)
    if not missing.any():
        return True, copies
    model, columns = fleet_model(task, most, types)
    solution = model.solve(nodes=NODES, optional=True)
    if solution.cost < 0.5:
        # The model may hold more copies than there are components: the last ones too many go.
        found = np.rint(solution.x[columns]).astype(np.int64)
        return True, np.diff(np.minimum(np.cumsum(found, axis=0), task.counts), axis=0, prepend=0)
    return (False if solution.bound > 1e-6 else None), None


def fleet_model(task: Task, most: Ints, types: Ints) -> tuple[Model, Ints]:
    """The model of given hosts, which leaves out as few components as can be.

    Args:
        types: of each host, shape (hosts,).

    Returns:
        The model and its columns of copies, shape (hosts, flavours).
    """
    hosts, flavours = len(types), len(task.counts)
    model = Model()
    copies = model.columns("copies", (hosts, flavours), high=most[types], whole=True)
    missing = model.columns("missing", flavours, cost=1.0, high=task.counts, whole=True)
    every = np.broadcast_to(np.arange(flavours), (hosts, flavours))
    covered = np.append(every.ravel(), np.arange(flavours))
    model.rows("cover", covered, np.append(copies.ravel(), missing), 1.0, low=task.counts, count=flavours)
    dimensions = task.sizes.shape[1]
    row = np.arange(hosts * dimensions).reshape(hosts, 1, dimensions)
    row, column, size = np.broadcast_arrays(row, copies[:, :, None], task.sizes[None, :, :])
    used = size > 0
    model.rows(
        "within",
        row[used],
        column[used],
        size[used],
        high=task.capacities[types].ravel(),
        count=hosts * dimensions,
    )
    return model, copies
