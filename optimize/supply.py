"""What is left of the hosts to be had: those owned already, and where a type is limited (its ``limit``).

Pools take hosts in turn, the largest pool first. Each keeps back as many of a limited type as stand by for
it, and what pools after it cannot do without. Another turn may be cheaper, which the bound allows for, or do
where this one finds too few.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..scenarios.errors import InfeasibleError
from .packing import first_fit
from .packing.fleet import fits_on

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Supply:
    """Hosts that may still be had.

    Attributes:
        left: of each type, infinite without a limit, shape (types,); it shrinks.
        usable: types that may be used here, shape (types,).
    """

    left: Floats
    usable: Bools

    def within(self, usable: Bools) -> Supply:
        """The same hosts, of which only some types may be used."""
        return Supply(self.left, usable)

    def for_pool(self, kept: Floats) -> Floats:
        """Hosts of each type that hold components of a pool at most, some being kept, shape (types,)."""
        return np.where(self.usable, np.maximum(self.left - kept, 0.0), 0.0)

    def give_back(self, hosts: Ints) -> None:
        """Hosts of the given types may be had again."""
        np.add.at(self.left, hosts, 1.0)

    def take(self, hosts: Ints) -> None:
        """Take hosts of the given types.

        Raises:
            InfeasibleError: there are not so many.
        """
        np.subtract.at(self.left, hosts, 1.0)
        if (self.left < 0).any():
            raise InfeasibleError("host limits: the limits on host types leave too few hosts")


def not_to_do_without(
    sizes: Floats, counts: Ints, capacities: Floats, most: Floats, standby: int, busy: int
) -> Floats:
    """Hosts of each type for components that fit on limited types only, as first-fit has it, shape (types,).

    Args:
        sizes, counts: of the flavours of a pool, shapes (flavours, dimensions) and (flavours,).
        capacities, most: of the host types, shapes (types, dimensions) and (types,).
        standby: hosts that stand by for the pool.
        busy: components that need a host of a limited type for their demand.
    """
    kept, limited = np.zeros(len(most)), np.isfinite(most)
    fits = fits_on(sizes, capacities)
    confined = (counts > 0) & ~(fits & ~limited).any(axis=1)
    if confined.any() or busy:
        kind = int(((fits & limited) * np.where(confined, 2, 1)[:, None]).sum(axis=0).argmax())
        held = confined & fits[:, kind]
        kept[kind] = busy + standby
        if held.any():
            kept[kind] += first_fit(sizes[held], counts[held], capacities[[kind]], np.ones(1))[1]
    return kept


def as_limits(most: Floats) -> Ints:
    """The same with -1 for no limit."""
    return np.where(np.isfinite(most), most, -1).astype(np.int64)
