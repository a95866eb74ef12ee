"""Counter-based random streams: any value can be made again, alone, in any process.

A stream is named by (seed, world, name); inside it, entity ``i`` owns counter ``i``. Adding a
stream or an entity changes no other value. Philox 4x64 (Salmon et al. 2011,
doi 10.1145/2063384.2063405) makes four 64-bit words from each counter.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.random import Philox
from numpy.typing import NDArray

WORD_BYTES = 8
COUNTER_BYTES = 32
_WORDS_AT_ONCE = 1 << 16  # in cache


def _key(seed: int, world: int, name: str) -> NDArray[np.uint64]:
    digest = blake2b(f"{seed}/{world}/{name}".encode(), digest_size=16).digest()
    return np.frombuffer(digest, dtype="<u8").astype(np.uint64)


def uniforms(
    seed: int, world: int, name: str, ids: NDArray[np.integer], draws: int = 1
) -> NDArray[np.float64]:
    """Uniform numbers in (0, 1) owned by entities.

    Args:
        ids: entity ids, shape (n,), each >= 0.
        draws: numbers per entity, at most 4096.

    Returns:
        Shape (n,) if draws is 1, else (n, draws). Row i depends on ids[i] alone.
    """
    if len(ids) == 0:
        return np.empty(0 if draws == 1 else (0, draws))
    bits = Philox(key=_key(seed, world, name))
    words = bits.random_raw((int(ids.max()) + 1) * draws).reshape(-1, draws)[ids]
    numbers: NDArray[np.float64] = ((words >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    return numbers.reshape(len(ids)) if draws == 1 else numbers


def noise_bytes(
    seed: int,
    world: int,
    name: str,
    block: int,
    first: int,
    count: int,
    width: int,
    out: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """Uniform bytes for entities ``first`` ... ``first + count - 1`` over one block of time.

    Args:
        block: number of the block of time, >= 0.
        width: bytes per entity, e.g. hours of the block.
        out: where to put them; new memory if None.

    Returns:
        Shape (count, width). Entity i gets the same bytes whatever ``first`` and ``count`` are.
    """
    counters_per_row = -(-width // COUNTER_BYTES)
    words_per_row = counters_per_row * COUNTER_BYTES // WORD_BYTES
    bits = Philox(key=_key(seed, world, name), counter=[first * counters_per_row, block, 0, 0])
    if out is None:
        out = np.empty((count, width), dtype=np.uint8)
    at_once = max(_WORDS_AT_ONCE // max(words_per_row, 1), 1)
    for start in range(0, count, at_once):
        rows = out[start : start + at_once]
        words = bits.random_raw(len(rows) * words_per_row)
        little = words if np.little_endian else words.byteswap()
        rows[:] = little.view(np.uint8).reshape(len(rows), -1)[:, :width]
    return out
