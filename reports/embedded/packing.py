"""Many whole numbers as a short text: differences, in as many bytes as each needs, in base 64.

Neighbours along the last axis are often alike, so that most differences take one to three bytes. The page's
script reads them back (``unpack`` in ``templates/script/figures.js``).
"""

from __future__ import annotations

from base64 import b64encode

import numpy as np
from numpy.typing import NDArray

_BITS = 7
_MOST_BYTES = 9  # of 63 bits


def pack(values: NDArray[np.float64]) -> str:
    """Values rounded to whole numbers, row after row; differences start anew in every row.

    Args:
        values: shape (..., length), within 2**52.
    """
    whole = np.rint(np.asarray(values, dtype=np.float64)).astype(np.int64)
    steps = np.diff(whole, axis=-1, prepend=0).ravel()
    left = ((steps << 1) ^ (steps >> 63)).astype(np.uint64)  # small where the step is small, never negative
    found = np.zeros((len(left), _MOST_BYTES), dtype=np.uint8)
    used = np.zeros((len(left), _MOST_BYTES), dtype=np.bool_)
    for place in range(_MOST_BYTES):
        rest = left >> np.uint64(_BITS)
        more = (rest > 0).astype(np.uint8) << _BITS
        found[:, place] = (left & np.uint64((1 << _BITS) - 1)).astype(np.uint8) | more
        used[:, place] = (left > 0) | (place == 0)
        left = rest
    return b64encode(found[used].tobytes()).decode("ascii")
