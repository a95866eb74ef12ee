"""What earlier plans of a world found, so that plans that differ from them in little need not search again.

The order of moves does not depend on how hosts are filled. A pool with the same components under the same
limits keeps its packing where costs are the same, and also under other costs as long as it is no farther from
its bound than it was when it was found: the bound is proven anew. Packings by sizes start from the patterns
found before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from .hosts import HostTypes
from .packing import Columns
from .profiles import Ask, Offer, PlacedPacking
from .profiles.pack import least_cost
from .profiles.pools import profiles_of
from .waves import Waves

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ROUNDING = 1e-9


@dataclass
class Known:
    """Grows with every plan made with it; for plans of one alternative in one world.

    Attributes:
        waves: the order of moves.
        columns: patterns of packings by sizes.
        packings: by what was to be packed, with the costs they were found for.
    """

    waves: Waves | None = None
    columns: Columns | None = None
    packings: dict[bytes, tuple[PlacedPacking, Floats]] = field(default_factory=dict)

    def packing(
        self,
        asked: Ask,
        mine: Ints,
        flavour: Ints,
        types: HostTypes,
        costs: Floats,
        most: Floats,
        find: Callable[[], PlacedPacking],
    ) -> PlacedPacking:
        """The packing of a pool: as it was found before, or as ``find`` finds it now.

        Args:
            mine, flavour, costs, most: see ``profiles.pack_pool``.
        """
        profiles = profiles_of(asked, mine)
        digest = sha256(np.float64(asked.allowed).tobytes())
        for array in (
            *vars(profiles).values(),
            flavour,
            types.capacity_ssj,
            types.capacity,
            types.most,
            most,
        ):
            digest.update(str((array.shape, array.dtype)).encode() + np.ascontiguousarray(array).tobytes())
        key = digest.digest()
        if key in self.packings:
            packing, before = self.packings[key]
            if np.array_equal(costs, before):
                return packing
            offer = replace(Offer.of(types.capacity_ssj, types.capacity, costs), most=types.most)
            cost, bound = float(costs[packing.types].sum()), least_cost(profiles, offer, asked.allowed)
            if cost <= bound * (1 + packing.gap + ROUNDING):
                return replace(packing, cost=cost, bound=min(bound, cost))
        packing = find()
        self.packings[key] = packing, costs
        return packing
