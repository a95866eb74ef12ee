"""The design of a study: which probabilities of each quantity its worlds try.

The quantities named in ``study.lead`` share a scrambled Sobol sequence (Owen 1998,
doi 10.1006/jcom.1998.0487). In many dimensions short Sobol sequences correlate, so every other
quantity has a one-dimensional van der Corput sequence of its own, shuffled and scrambled by nested
random flips from a stream keyed by its path (padding: Kollig and Keller 2002,
doi 10.1111/1467-8659.00706). Every aligned power of two of worlds is stratified in every quantity,
worlds 0 ... n-1 are the same whatever the number of worlds, and a quantity added outside ``lead``
changes the draws of no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.random import Generator, Philox, SeedSequence
from numpy.typing import NDArray

from .streams import noise_bytes, uniforms

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Bits = NDArray[np.uint8]

DEPTH = 17  # bits of a world's number: more worlds than a scenario may ask for
_TINY = 2.0**-33


def probabilities(paths: Sequence[str], lead: Sequence[str], seed: int, worlds: int) -> Floats:
    """Probabilities in (0, 1), shape (worlds, paths).

    Args:
        lead: paths that share the Sobol sequence, the most influential first.
    """
    columns = dict(zip(lead, _sobol(len(lead), seed, worlds).T, strict=True)) if lead else {}
    return np.stack([columns[p] if p in columns else _alone(p, seed, worlds) for p in paths], axis=1)


@lru_cache(maxsize=4)
def _sobol(dimensions: int, seed: int, worlds: int) -> Floats:
    from scipy.stats import qmc

    digest = blake2b(f"{seed}/sobol".encode(), digest_size=16).digest()
    bits = Philox(SeedSequence(int.from_bytes(digest, "little")))
    sobol = qmc.Sobol(dimensions, scramble=True, rng=Generator(bits))
    points: Floats = sobol.random(1 << max(0, (worlds - 1).bit_length()))
    return np.clip(points[:worlds], _TINY, 1 - _TINY)


def _alone(path: str, seed: int, worlds: int) -> Floats:
    """A shuffled and scrambled van der Corput sequence, shape (worlds,)."""
    width = 1 << (DEPTH - 3)
    shuffle, scramble = noise_bytes(seed, 0, f"design/{path}", 0, 0, 2, width)
    order = _nested(np.arange(worlds), np.unpackbits(shuffle))
    strata = _nested(_reversed(order), np.unpackbits(scramble))
    within = uniforms(seed, 0, f"design-within/{path}", np.arange(worlds))
    return np.clip((strata + within) / (1 << DEPTH), _TINY, 1 - _TINY)


def _nested(numbers: Indices, flips: Bits) -> Indices:
    """Permute ``DEPTH``-bit numbers: each bit is flipped or not depending on the higher bits only.

    Args:
        flips: one bit per node of the binary tree, in heap order, shape (2 ** DEPTH,).
    """
    permuted = np.zeros_like(numbers)
    for level in range(DEPTH):
        node = (1 << level) + (numbers >> (DEPTH - level))
        bit = (numbers >> (DEPTH - 1 - level)) & 1
        permuted = (permuted << 1) | (bit ^ flips[node])
    return permuted


def _reversed(numbers: Indices) -> Indices:
    """The ``DEPTH`` bits of each number in reverse order."""
    turned = np.zeros_like(numbers)
    for bit in range(DEPTH):
        turned = (turned << 1) | ((numbers >> bit) & 1)
    return turned
