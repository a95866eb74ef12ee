"""Drawing worlds: every quantity from one scrambled Sobol point, then the estate that follows.

The points of a study are a scrambled Sobol sequence (Owen 1998, doi 10.1006/jcom.1998.0487) with
one dimension per quantity, those of ``study.lead`` first, then in the order of the schema: worlds
0 ... n-1 are the same whatever the number of worlds, and quantiles settle with far fewer worlds than
by plain sampling.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.random import Generator, Philox, SeedSequence
from numpy.typing import NDArray

from .clock import Clock
from .draw_estate import draw_estate
from .loader import quantities
from .schema import Scenario
from .world import World

Floats = NDArray[np.float64]


@lru_cache(maxsize=8)
def _points(dimensions: int, seed: int, count: int) -> Floats:
    from scipy.stats import qmc

    digest = blake2b(f"{seed}/sobol".encode(), digest_size=16).digest()
    bits = Philox(SeedSequence(int.from_bytes(digest, "little")))
    sobol = qmc.Sobol(dimensions, scramble=True, rng=Generator(bits))
    points: Floats = sobol.random(1 << max(0, (count - 1).bit_length()))
    return np.clip(points[:count], 1e-9, 1 - 1e-9)


def design(scenario: Scenario, seed: int, worlds: int) -> Floats:
    """Probabilities of all quantities in all worlds.

    Returns:
        Shape (worlds, quantities), each in (0, 1); columns in the order of ``quantities``.
    """
    paths = list(quantities(scenario))
    lead = scenario.study.lead
    dimension = {path: d for d, path in enumerate([*lead, *(p for p in paths if p not in set(lead))])}
    return _points(len(paths), seed, worlds)[:, [dimension[path] for path in paths]]


def draw_world(scenario: Scenario, index: int, seed: int | None = None, point: Floats | None = None) -> World:
    """World number ``index`` of a scenario.

    Args:
        index: number of the world, >= 0.
        seed: seed of the study; the scenario's own if None.
        point: row ``index`` of ``design``, where the caller has it already.
    """
    seed = scenario.study.seed if seed is None else seed
    if point is None:
        point = design(scenario, seed, index + 1)[index]
    values: Mapping[str, float] = {
        path: float(quantity.ppf(np.array(u)))
        for (path, quantity), u in zip(quantities(scenario).items(), point, strict=True)
    }
    clock = Clock.of(scenario.time, scenario.calendar)
    return World(seed, index, values, clock, draw_estate(scenario, seed, index, values, clock))
