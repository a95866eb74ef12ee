"""The usual sizes of clouds' catalogues, to which needs are rounded up.

Powers of two with steps between where most components lie. Memory lies on a grid of 4 GB and disk of 100 GB,
so that exact tables over them stay small.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

VCPU = (1, 2, 4, 8, 12, 16, 24, 32)
MEMORY_GB = (4, 8, 12, 16, 24, 32, 48, 64, 96, 128)
DISK_GB = (100, 200, 300, 500, 1000, 2000, 4000)
CATALOGUE = (VCPU, MEMORY_GB, DISK_GB)
# Beyond the largest step sizes are rounded up to whole multiples of this.
LARGE_STEP = (8, 32, 1000)


def rounded_up(needs: Floats, dimension: int) -> Floats:
    """Needs in one dimension of the catalogue, rounded up to its steps; what is not known (NaN) stays so."""
    steps = np.array(CATALOGUE[dimension], dtype=np.float64)
    place = np.searchsorted(steps, needs - 1e-9)
    beyond = np.ceil(needs / LARGE_STEP[dimension]) * LARGE_STEP[dimension]
    return np.where(place < len(steps), steps[np.minimum(place, len(steps) - 1)], beyond)
