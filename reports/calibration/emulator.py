"""A polynomial in place of the simulation, where too few worlds lie near what was published.

Each figure is fitted by sparse polynomial chaos (``reports.uncertainty.chaos``), on the scale asinh(y / s):
a logarithm where a figure is large against s, straight through zero. What the polynomials miss (failures,
the estate's own chance, quantities whose part is too small to see) is added as noise, normal, with the
correlation between figures that the fitted worlds show, and as large as the error on worlds left out. So
the emulator is never surer than it was on worlds that it had not seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..quantiles import Floats
from ..uncertainty.chaos import Chaos, fit, matrix
from .worlds import Worlds

SCALE = 0.25  # of the figure's median, or of what was published if that is less
MOST_WORLDS = 256  # fitted to: more take long and predict hardly better


@dataclass(frozen=True)
class Emulator:
    """Polynomials of some figures and what they miss.

    Attributes:
        fits: by figure, on the scale asinh(y / scale).
        root: root of the covariance of what is missed, shape (figures, figures).
    """

    fits: Mapping[str, Chaos]
    scales: Mapping[str, float]
    root: Floats

    def mean(self, points: Floats) -> Floats:
        """Transformed figures without noise, shape (points, quantities) -> (points, figures)."""
        return np.stack([found(points) for found in self.fits.values()], axis=1)

    def figures(self, transformed: Floats) -> dict[str, Floats]:
        """Figures from the transformed scale, shape (..., figures) -> (...) each."""
        return {
            name: scale * np.sinh(transformed[..., row])
            for row, (name, scale) in enumerate(self.scales.items())
        }

    @property
    def q2(self) -> dict[str, float]:
        """Share of the variance that is predicted on worlds left out, by figure."""
        return {name: found.q2 for name, found in self.fits.items()}


def emulate(worlds: Worlds, names: Sequence[str], anchors: Mapping[str, float]) -> Emulator:
    """Fit figures to worlds.

    Args:
        names: the figures, finite in every world.
        anchors: what was published about some of them.
    """
    used = _fitted(worlds)
    points = used.points
    fits, scales, missed = {}, {}, []
    for name in names:
        values = used.values[name]
        size = float(np.median(np.abs(values))) or float(np.abs(values).max()) or 1.0
        scales[name] = SCALE * min(size, abs(anchors.get(name, size)) or size)
        transformed = np.arcsinh(values / scales[name])
        fits[name] = fit(points, transformed)
        missed.append(_missed(fits[name], points, transformed))
    return Emulator(fits, scales, _root(np.stack(missed, axis=1)))


def _fitted(worlds: Worlds) -> Worlds:
    """The worlds to fit to: of those drawn near a posterior up to half, then the first of the others."""
    near = np.flatnonzero(worlds.near)[: MOST_WORLDS // 2]
    others = np.flatnonzero(~worlds.near)[: MOST_WORLDS - len(near)]
    return worlds.take(np.sort(np.concatenate([near, others])))


def _missed(found: Chaos, points: Floats, values: Floats) -> Floats:
    """What a polynomial misses in each world, scaled to its error on worlds left out, shape (worlds,)."""
    columns = np.column_stack([np.ones(len(values)), matrix(found.terms, points)])
    basis = np.linalg.qr(columns)[0]
    left = values - basis @ (basis.T @ values)
    size, wanted = float((left**2).mean()), (1.0 - found.q2) * found.variance
    return left * np.sqrt(wanted / size) if size > 0 else left


def _root(missed: Floats) -> Floats:
    sizes, directions = np.linalg.eigh(missed.T @ missed / len(missed))
    return np.asarray(directions * np.sqrt(np.maximum(sizes, 0.0)))
