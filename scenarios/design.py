"""The design of a study: which probabilities of each quantity its worlds try.

The quantities named in ``study.lead`` share a scrambled Sobol sequence (Owen 1998,
doi 10.1006/jcom.1998.0487). In many dimensions short Sobol sequences correlate, so every other
quantity has a nested Latin hypercube of its own (Qian 2009, doi 10.1093/biomet/asp045), from streams
keyed by its path. The first n worlds are stratified in every quantity for every power of two n, worlds
0 ... n-1 are the same whatever the number of worlds, and a quantity added outside ``lead`` changes the
draws of no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.random import Generator, Philox, SeedSequence
from numpy.typing import NDArray

from .streams import uniforms

Floats = NDArray[np.float64]

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
    """A nested Latin hypercube in one dimension, shape (worlds,).

    At each doubling every point so far falls into one half of its stratum, and a new point, in random
    order, into the other half.
    """
    levels = (worlds - 1).bit_length()
    digits = uniforms(seed, 0, f"design/{path}", np.arange(1 << levels))
    strata, rest = np.zeros(1, dtype=np.int64), digits[:1]
    for level in range(levels):
        halves = np.floor(rest * 2)
        strata, rest = 2 * strata + halves.astype(np.int64), rest * 2 - halves
        order = np.argsort(uniforms(seed, 0, f"design-order/{level}/{path}", np.arange(1 << level)))
        strata = np.concatenate([strata, (strata ^ 1)[order]])
        rest = np.concatenate([rest, digits[1 << level : 2 << level]])
    return np.clip((strata[:worlds] + rest[:worlds]) / (1 << levels), _TINY, 1 - _TINY)
