"""Random numbers inside compiled code: a stream of words, and thresholds for annealing.

A step of an annealing is taken if it costs at most a threshold, drawn from the exponential distribution at
the present temperature: the rule of Metropolis, turned round so that most steps are refused before all of
their cost is known. Both are whole numbers, so every machine walks the same way.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .compiled import inlined

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

# -ln of 2**12 evenly spread shares, in 1/1024: coarse enough to be the same from every libm.
SHARES = 4096
UNIT = 1024
THRESHOLDS: Ints = np.rint(-np.log((np.arange(SHARES) + 0.5) / SHARES) * UNIT).astype(np.int64)


@inlined
def draw(random: Words) -> np.uint64:
    """The next of a stream of 64-bit words (xorshift64*), kept in ``random[0]``, which is not 0."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return np.uint64(x * np.uint64(2685821657736338717))


@inlined
def below(random: Words, n: int) -> int:
    """A number from 0 to n - 1, n < 2**31."""
    return int(np.int64(((draw(random) >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32)))
