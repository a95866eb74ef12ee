"""The grid of time on which exact hours lie: 1/4096 h (0.9 s).

Sums and differences of such hours are exact in floating point, so events that are due at one instant
do meet.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TICKS_PER_HOUR = 4096


def down_to_grid(hours: Floats) -> Floats:
    """The last hour of the grid that is not later."""
    return np.asarray(np.floor(hours * TICKS_PER_HOUR) / TICKS_PER_HOUR)


def up_to_grid(hours: Floats) -> Floats:
    """The first hour of the grid that is not earlier."""
    return np.asarray(np.ceil(hours * TICKS_PER_HOUR) / TICKS_PER_HOUR)
