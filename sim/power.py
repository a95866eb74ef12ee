"""Power of servers: eleven measured points, straight lines between them.

    P(u) = f (w_0 + sum_k c_k (max(u, x_k) - x_k)),  x_k = 0, 0.1 ... 1

f is the configuration factor, c_0 the first slope and c_k the change of slope at x_k; the last
change brings the slope to 0, so that power stays at its maximum beyond full load. Only knots that a
machine's load passes within a block cost anything, and department servers stay far below most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ..optimize.compiled import compiled

Floats = NDArray[np.float64]
Float32s = NDArray[np.float32]

KNOTS = np.linspace(0.0, 1.0, 11)


def power_w(watts: Floats, utilisation: Floats) -> Floats:
    """Power in W at a utilisation (clipped to 0..1), by the curve's eleven points."""
    return np.interp(utilisation, KNOTS, watts)


@dataclass(frozen=True)
class Curves:
    """Power curves, one row per model or machine.

    Attributes:
        idle_w: power at no load, shape (curves,).
        change_w: first slope and changes of slope at the knots, W per unit of utilisation,
            shape (curves, 11).
        ssj_ops: throughput at full load, shape (curves,).
    """

    idle_w: Floats
    change_w: Floats
    ssj_ops: Floats

    @classmethod
    def of(cls, watts: Floats, ssj_ops: Floats) -> Self:
        """From the eleven points, shape (curves, 11)."""
        slopes = np.diff(watts, axis=1) / np.diff(KNOTS)
        change = np.diff(slopes, axis=1, prepend=0.0, append=0.0)
        return cls(watts[:, 0].copy(), change, ssj_ops)

    def machines(self, rows: NDArray[np.int32], factor: Floats) -> Curves:
        """One curve per machine: model ``rows``, power multiplied by ``factor``."""
        return Curves(self.idle_w[rows] * factor, self.change_w[rows] * factor[:, None], self.ssj_ops[rows])

    def parts(self, share: Floats) -> Curves:
        """The same of parts of machines: ``share`` of its watts and of its throughput."""
        return Curves(self.idle_w * share, self.change_w * share[:, None], self.ssj_ops * share)

    def only(self, part: slice) -> Curves:
        """Some of the curves."""
        return Curves(self.idle_w[part], self.change_w[part], self.ssj_ops[part])

    def at(self, utilisation: Floats) -> Floats:
        """Power in W at a utilisation per curve, shape (curves,) or (curves, steps); float64."""
        u = utilisation if utilisation.ndim == 2 else utilisation[:, None]
        power = np.repeat(self.idle_w[:, None], u.shape[1], axis=1)
        for k, knot in enumerate(KNOTS):
            power += self.change_w[:, k, None] * np.maximum(u - knot, 0.0)
        return power if utilisation.ndim == 2 else power[:, 0]


def fill_power(machines: Curves, load: Float32s, per_op: Float32s, peak: Floats, out: Float32s) -> None:
    """Write power in W of each machine at each step into ``out``.

    Fastest with machines sorted by falling peak; right in any order.

    Args:
        load: >= 0, shape (machines, steps); not read for the last machines where their peak is 0.
        per_op: utilisation per unit of load, shape (machines,).
        peak: highest utilisation of each machine, shape (machines,).
        out: shape (machines, steps).
    """
    passing = _passing(peak)
    constant = machines.idle_w.copy()
    for k, knot in enumerate(KNOTS):
        constant[: passing[k]] -= machines.change_w[: passing[k], k] * knot
    knots = (np.arange(len(peak))[:, None] < np.array(passing)).sum(axis=1)
    change = machines.change_w.astype(np.float32)
    _fill_rows(load, per_op, knots, constant.astype(np.float32), change, KNOTS.astype(np.float32), out)


@compiled
def _fill_rows(
    load: Float32s,
    per_op: Float32s,
    knots: NDArray[np.int64],
    constant: Float32s,
    change: Float32s,
    place: Float32s,
    out: Float32s,
) -> None:
    """Power of each machine with its first ``knots`` knots; every loop runs along memory."""
    for row in range(len(load)):
        line, watts, per = load[row], out[row], per_op[row]
        if knots[row] == 0:
            watts[:] = constant[row]
            continue
        level, slope = constant[row], change[row, 0]
        for step in range(len(line)):
            watts[step] = line[step] * per * slope + level
        for k in range(1, knots[row]):
            knot, slope = place[k], change[row, k]
            for step in range(len(line)):
                watts[step] += max(line[step] * per, knot) * slope


def _passing(peak: Floats) -> list[int]:
    """For each knot, the number of leading machines up to the last one that passes it."""
    place = np.arange(1, len(peak) + 1)[:, None]
    passing: list[int] = np.max((peak[:, None] > KNOTS) * place, axis=0, initial=0).tolist()
    return passing
