"""Worlds conditioned on evidence: by their weights where enough count, by an emulator where too few do.

Worlds were drawn from the priors, so weighting each by its likelihood gives the posterior (importance
sampling). With 64 worlds and an error of 7.5 % a dozen of them count, which is too few for a P5 or a P95.
Then a polynomial is fitted to the worlds, many points are drawn from the priors, and these are weighted
instead, what the polynomial misses included (``emulator``). Which of the two it was, is stated. No weight can
exceed that of a perfect match, so how many worlds count decides alone; the shape of the weights is reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.random import Generator, Philox

from ...scenarios.errors import RoomfoldError
from ..quantiles import Floats
from .emulator import Emulator, emulate
from .evidence import Evidence, log_weights
from .weights import Weights, smoothed
from .worlds import Worlds

Method = Literal["auto", "worlds", "emulator"]
ENOUGH = 200.0  # effective worlds: ten of them beyond the P5, ten beyond the P95
BATCH = 32768  # points drawn at once with an emulator
MOST_BATCHES = 16
WANTED_POINTS = 1000.0  # effective: then no more are drawn
FEWEST_POINTS = 20.0
FAINT = -23.0  # points whose weight is a ten-thousand-millionth of the largest are dropped


class CalibrationError(RoomfoldError):
    """No world agrees with what is asked."""


@dataclass(frozen=True)
class Posterior:
    """Points that stand for the posterior.

    Attributes:
        method: whether the points are the simulated ``worlds``, or drawn from the priors for an ``emulator``.
        values: quantities and figures of each point, shape (points,).
        weights: of the points; ``simulated`` those of the simulated worlds.
        ways: posterior probability of each way of counting.
        emulator: None where it was not needed.
    """

    method: Literal["worlds", "emulator"]
    values: Mapping[str, Floats]
    weights: Weights
    simulated: Weights
    ways: Mapping[str, float]
    emulator: Emulator | None


def condition(
    worlds: Worlds, evidence: Evidence, figures: tuple[str, ...] = (), method: Method = "auto", seed: int = 1
) -> Posterior:
    """The posterior of worlds under evidence.

    Args:
        figures: further figures that are wanted, finite in every world.
        seed: of the emulator's points.

    Raises:
        CalibrationError: if no world is possible under the evidence.
    """
    logs = log_weights(evidence, worlds.values) - worlds.log_density
    simulated = smoothed(np.logaddexp.reduce(logs, axis=0))
    enough = simulated.effective >= ENOUGH
    if method == "worlds" or (method == "auto" and (enough or not worlds.quantities)):
        if simulated.effective == 0:
            raise CalibrationError(_impossible(worlds, evidence))
        return Posterior("worlds", worlds.values, simulated, simulated, _ways(evidence, logs), None)
    names = [name for name in dict.fromkeys((*evidence.needed, *figures)) if name not in worlds.quantities]
    varied = [name for name in names if np.ptp(worlds.values[name]) > 0]
    emulator = emulate(worlds, varied, anchors(evidence))
    constants = {name: worlds.values[name][0] for name in names if name not in varied}
    values, logs = _drawn(worlds, evidence, emulator, constants, seed)
    weights = smoothed(np.logaddexp.reduce(logs, axis=0))
    if weights.effective < FEWEST_POINTS:
        raise CalibrationError(_impossible(worlds, evidence))
    return Posterior("emulator", values, weights, simulated, _ways(evidence, logs), emulator)


def anchors(evidence: Evidence) -> dict[str, float]:
    """What was published about each figure."""
    published = {claim.id: claim.published for claim in evidence.claims}
    return {figure: published[key] for way in evidence.figures.values() for key, figure in way.items()}


def _drawn(
    worlds: Worlds, evidence: Evidence, emulator: Emulator, constants: Mapping[str, float], seed: int
) -> tuple[dict[str, Floats], Floats]:
    """Points of the priors with what the emulator makes of them, as many as needed, and log weights."""
    rng = Generator(Philox(key=seed))
    values: dict[str, Floats] = {}
    logs = np.empty((len(evidence.ways), 0))
    for _ in range(MOST_BATCHES):
        batch = _batch(worlds, emulator, constants, rng)
        logs = np.concatenate([logs, log_weights(evidence, batch)], axis=1)
        values = {n: np.concatenate([values[n], batch[n]]) for n in batch} if values else batch
        total = np.logaddexp.reduce(logs, axis=0)
        if not np.isfinite(total.max()):
            continue
        kept = total > total.max() + FAINT
        logs, values = logs[:, kept], {name: column[kept] for name, column in values.items()}
        share = np.exp(total[kept] - total.max())
        if share.sum() ** 2 / (share**2).sum() >= WANTED_POINTS:
            break
    return values, logs


def _batch(
    worlds: Worlds, emulator: Emulator, constants: Mapping[str, float], rng: Generator
) -> dict[str, Floats]:
    points = rng.random((BATCH, len(worlds.quantities)))
    noise = rng.standard_normal((BATCH, len(emulator.fits))) @ emulator.root.T
    drawn = {path: q.ppf(points[:, i]) for i, (path, q) in enumerate(worlds.quantities.items())}
    fixed = {name: np.full(BATCH, value) for name, value in constants.items()}
    return drawn | emulator.figures(emulator.mean(points) + noise) | fixed


def _ways(evidence: Evidence, logs: Floats) -> dict[str, float]:
    top = logs.max()
    parts = np.exp(logs - top).sum(axis=1)
    return {way: float(part) for way, part in zip(evidence.ways, parts / parts.sum(), strict=True)}


def _impossible(worlds: Worlds, evidence: Evidence) -> str:
    """Why nothing is left: what was published, and how far the worlds reach."""
    said = []
    for claim in evidence.claims:
        names = {way[claim.id] for way in evidence.figures.values()}
        every = np.concatenate([worlds.values[name] for name in sorted(names)])
        said.append(f"{claim.id} {claim.published:,.6g} (worlds {every.min():,.6g} to {every.max():,.6g})")
    return f"no world agrees with {', '.join(said)} and keeps every plausible limit"
