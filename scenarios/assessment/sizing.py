"""What machines need on the cloud: as configured, and by their measured use with headroom.

As-is: what they have, rounded up to the catalogue. By use: cores x share of CPU in use x comfort factor,
memory likewise, GB of disk in use x comfort factor, rounded up the same; where a list does not tell the use,
what they have without headroom, as Azure Migrate does. A full machine may need more by use than it has;
only GB of memory in use, which are no mean, count up to that.

Cores are counted, not converted: a core of 2008 does less than one of today. The simulation converts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..flavours import rounded_up
from .columns import Floats, Machines
from .terms import Basis, Terms

BASES = ("avg", "p95", "max", "used", "as-is", "unknown")
AVG, P95, MAX, USED, AS_IS, UNKNOWN = range(6)
# Where the wanted use is not told: the next higher, then lower ones.
_ORDER: dict[Basis, tuple[int, int, int]] = {
    "avg": (AVG, P95, MAX),
    "p95": (P95, MAX, AVG),
    "max": (MAX, P95, AVG),
}


@dataclass(frozen=True, eq=False)
class Sizes:
    """Sizes of machines in vCPU, GB of memory and GB of disk, shape (machines, 3) each; NaN where not known.

    Attributes:
        needs: by use, with headroom, before rounding.
        as_is, by_use: rounded up to the catalogue.
        basis: which use ``needs`` rests on, places in BASES.
    """

    needs: Floats
    as_is: Floats
    by_use: Floats
    basis: NDArray[np.int8]


def sized(machines: Machines, terms: Terms) -> Sizes:
    """The two sizes of every machine."""
    has = machines.sizes
    cpu, cpu_basis = _chosen(machines.cpu, terms.basis)
    memory, memory_basis = _chosen(machines.memory, terms.basis)
    memory_gb = memory * has[:, 1]
    memory_basis = np.where(np.isnan(memory_gb), USED, memory_basis)
    memory_gb = np.where(np.isnan(memory_gb), machines.memory_used_gb, memory_gb)
    used = np.stack([cpu * has[:, 0], memory_gb, machines.disk_used_gb], axis=1)
    by_use = ~np.isnan(used)
    needs = np.where(by_use, used * terms.comfort_factor, has)
    capped = (memory_basis == USED) & by_use[:, 1]
    needs[:, 1] = np.where(capped, np.fmin(needs[:, 1], has[:, 1]), needs[:, 1])
    basis = np.stack([cpu_basis, memory_basis, np.full(len(has), USED)], axis=1)
    basis = np.where(by_use, basis, np.where(np.isnan(has), UNKNOWN, AS_IS))
    return Sizes(needs, _catalogued(has), _catalogued(needs), basis.astype(np.int8))


def _chosen(use: Floats, wanted: Basis) -> tuple[Floats, NDArray[np.int64]]:
    """The use that sizes rest on, and which it is, shape (machines,) each."""
    order = np.array(_ORDER[wanted])
    first = (~np.isnan(use[:, order])).argmax(axis=1)  # 0 where none is known: then it is NaN anyway
    basis = order[first]
    return use[np.arange(len(use)), basis], basis


def _catalogued(sizes: Floats) -> Floats:
    """Sizes rounded up to the catalogue; not even the smallest is nothing."""
    return np.stack([rounded_up(sizes[:, k], k) for k in range(3)], axis=1)
