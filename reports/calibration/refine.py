"""New worlds where they count: drawn near the posterior, simulated, and weighted back.

Points are drawn from the priors times the likelihood that the emulator expects at them, so most new worlds
agree with what was published. Every world, old or new, is then weighted by its own likelihood over the
density of the whole mixture that it was drawn from (balance heuristic: Veach and Guibas 1995,
doi 10.1145/218380.218498). The emulator only says where to look: an error of it costs effective worlds and
leaves no bias.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator, Philox

from ...scenarios.draw import design
from ...scenarios.loader import quantities
from ..quantiles import Floats
from .emulator import Emulator, emulate
from .evidence import Evidence, log_weights
from .posterior import anchors
from .worlds import Worlds, probability

if TYPE_CHECKING:
    from .stored import Stored

BATCH = 8192
MOST_BATCHES = 16
DISTINCT = 2  # effective points drawn from, for each new world
NOISES = 64
WIDER = 2.0  # noise of the emulator while looking: it errs more far from the worlds that it was fitted to
TINY = 1e-300
DEFENSIVE = 0.1  # of the new points from the priors alone: no world is ever weighted by more than ten


def refined(stored: Stored, evidence: Evidence, count: int, *, jobs: int = 1) -> Stored:
    """Stored worlds and so many new ones near the posterior.

    Args:
        count: worlds to simulate.
        jobs: processes.
    """
    from ...sim.crew import Alone, Crew, Task
    from ...sim.pool import Pool
    from ..books import Books
    from ..tables import world_table
    from .stored import of_table

    worlds, scenario = stored.worlds, stored.scenario
    emulator, chosen, mean_likelihood = proposal(worlds, evidence, count, stored.seed)
    paths = list(quantities(scenario))
    rows = [paths.index(path) for path in worlds.quantities]
    points = np.tile(design(scenario, stored.seed, 1), (count, 1))
    points[:, rows] = chosen
    tasks = [Task(stored.seed, worlds.count + k, point) for k, point in enumerate(points)]
    crew: Crew = Pool(jobs) if jobs > 1 else Alone()
    results = sorted(crew.results(scenario, tasks), key=lambda r: r.world)
    new = of_table(scenario, world_table(Books.of(scenario, results)))
    return replace(stored, worlds=joined(worlds, new, evidence, emulator, mean_likelihood))


def proposal(worlds: Worlds, evidence: Evidence, count: int, seed: int) -> tuple[Emulator, Floats, float]:
    """Where to look next.

    Returns:
        The emulator; points of the unit cube, shape (count, quantities); the mean over the priors of the
        likelihood that the emulator expects.
    """
    names = [n for n in evidence.needed if n not in worlds.quantities and np.ptp(worlds.values[n]) > 0]
    emulator = emulate(worlds, names, anchors(evidence))
    rng = Generator(Philox(key=seed + 1))
    points, expected = np.empty((0, len(worlds.quantities))), np.empty(0)
    for _ in range(MOST_BATCHES):
        batch = rng.random((BATCH, points.shape[1]))
        points = np.concatenate([points, batch])
        expected = np.concatenate([expected, _expected(worlds, evidence, emulator, batch)])
        if expected.sum() ** 2 >= DISTINCT * count * (expected**2).sum() > 0:
            break
    near = round(count * (1 - DEFENSIVE)) if expected.sum() > 0 else 0
    steps = (np.arange(near) + rng.random()) / max(near, 1)
    row = np.searchsorted(np.cumsum(expected) / max(float(expected.sum()), TINY), steps)
    fresh = rng.random((count - near, points.shape[1]))
    chosen = points[np.minimum(row, len(points) - 1)]
    return emulator, np.concatenate([chosen, fresh]), float(expected.mean())


def joined(
    worlds: Worlds, new: Worlds, evidence: Evidence, emulator: Emulator, mean_likelihood: float
) -> Worlds:
    """Old and new worlds as one sample, with the density that they were drawn with."""
    values = {name: np.concatenate([worlds.values[name], new.values[name]]) for name in worlds.values}
    points = np.concatenate(
        [worlds.points, np.stack([probability(q, new.values[p]) for p, q in worlds.quantities.items()], 1)]
    )
    old_share = worlds.count / len(points)
    towards = (1 - old_share) * (1 - DEFENSIVE) if mean_likelihood > 0 else 0.0
    expected = _expected(worlds, evidence, emulator, points)
    density = (1 - towards) + towards * expected / max(mean_likelihood, TINY)
    near = np.arange(len(points)) >= worlds.count
    return Worlds(worlds.quantities, values, np.log(density), near)


def _expected(worlds: Worlds, evidence: Evidence, emulator: Emulator, points: Floats) -> Floats:
    """Likelihood that the emulator expects at points, over its noise, shape (points,)."""
    rng = Generator(Philox(key=0))
    noise = WIDER * rng.standard_normal((NOISES, len(emulator.fits))) @ emulator.root.T
    means = emulator.mean(points)
    drawn: Mapping[str, Floats] = {
        path: q.ppf(points[:, i]) for i, (path, q) in enumerate(worlds.quantities.items())
    }
    fixed = {
        name: np.full(len(points), worlds.values[name][0])
        for name in evidence.needed
        if name not in emulator.fits and name not in drawn
    }
    total = np.zeros(len(points))
    for row in noise:
        figures = emulator.figures(means + row)
        total += np.exp(np.logaddexp.reduce(log_weights(evidence, {**fixed, **drawn, **figures}), axis=0))
    return total / NOISES
