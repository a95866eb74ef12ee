"""How far the quantiles of a figure still move with more worlds, and how many would be enough.

The standard error of a quantile is that over resampled worlds (bootstrap, Efron 1979,
doi 10.1214/aos/1176344552). It falls with the root of the number of worlds, or faster, since worlds are
spread evenly over the leading quantities; so the number said to be enough is on the safe side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, Philox

from ..quantiles import Floats, quantiles

FEWEST_WORLDS = 4
RESAMPLED = 400
WANTED_SHARE = 0.01


@dataclass(frozen=True)
class Convergence:
    """Quantiles of a figure by number of worlds.

    Attributes:
        worlds: numbers of worlds, powers of two and all there are.
        p10, p50, p90: of the first so many worlds, in the figure's unit.
        error_p10, error_p90: standard error with all worlds, in the figure's unit.
        enough: worlds with which neither end moves by more than ``WANTED_SHARE`` of P50 (one standard
            error); None if P50 is 0 or there are too few worlds to say.
    """

    worlds: tuple[int, ...]
    p10: tuple[float, ...]
    p50: tuple[float, ...]
    p90: tuple[float, ...]
    error_p10: float | None
    error_p90: float | None
    enough: int | None


def convergence(values: Floats) -> Convergence:
    """Of a figure, shape (worlds,), in the order of worlds."""
    count = len(values)
    sizes = sorted({2**k for k in range(2, count.bit_length()) if 2**k <= count} | {count})
    found = np.array([quantiles(values[:size]) for size in sizes])
    low, middle, high = (tuple(float(v) for v in column) for column in found.T)
    if count < FEWEST_WORLDS:
        return Convergence(tuple(sizes), low, middle, high, None, None, None)
    rng = Generator(Philox(key=count))
    drawn = values[rng.integers(count, size=(count, RESAMPLED))]
    ends = quantiles(drawn, (0.1, 0.9))
    errors = ends.std(axis=1)
    enough = None
    if middle[-1]:
        share = float(errors.max()) / (WANTED_SHARE * abs(middle[-1]))
        enough = max(FEWEST_WORLDS, int(np.ceil(count * share**2)))
    return Convergence(tuple(sizes), low, middle, high, float(errors[0]), float(errors[1]), enough)
