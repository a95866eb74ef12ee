"""Demand against the formula of its module, in plain double precision, from the same bytes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from roomfold.scenarios.estate import Rises
from roomfold.scenarios.streams import noise_bytes
from roomfold.sim.demand import Demand, Synthetic, demand_span

from . import build

IDS = (4, 0, 2)
LEVELS = np.sqrt((256**2 - 1) / 12)


def wanted(steps_per_hour: int, hour_share: tuple[float, float], day_share: float) -> Demand:
    """Three components of two classes, ids not in order, with a rise in the second month for one of them."""
    made = build.demand(
        np.array([10.0, 300.0, 70.0]),
        noise=0.2,
        growth=0.3,
        flat=False,
        steps_per_hour=steps_per_hour,
        hour_share=list(hour_share),
    )
    rises = Rises(np.array([1], dtype=np.int32), np.array([[1.0, 2.0, 1.0]]))
    made = replace(made, day_share=np.array([day_share, 0.5]), rises=rises)
    return replace(made, ids=np.array(IDS, dtype=np.int32), noise=np.array([0.2, 0.1, 0.3]))


def unit(made: Demand, name: str, block: int, stream: int, width: int) -> np.ndarray:
    """Draws of bytes of mean 0 and variance 1."""
    drawn = noise_bytes(made.seed, made.world, name, block, stream, 1, width)[0]
    return (drawn - 127.5) / LEVELS


def words(made: Demand, name: str, block: int, kind: int, width: int) -> np.ndarray:
    """The same of two bytes, the low one first."""
    drawn = noise_bytes(made.seed, made.world, name, block, kind, 1, 2 * width)[0].astype(np.float64)
    return (drawn[::2] + 256 * drawn[1::2] - 32767.5) / np.sqrt((65536.0**2 - 1) / 12)


def by_formula(made: Demand, row: int, month: int) -> np.ndarray:
    """A month of a component, shape (hours, steps per hour)."""
    edges, kind, per = made.clock.month_edges_h, int(made.classes[row]), made.clock.steps_per_hour
    hours, first_day = int(edges[month + 1] - edges[month]), int(edges[month]) // 24
    stream, d, h, c = IDS[row], made.day_share[kind], made.hour_share[kind], made.common_share[kind]
    day = np.repeat(unit(made, "demand-day", month, stream, hours // 24), 24)[:, None]
    hour = unit(made, "demand-hour", month, stream, hours)[:, None]
    common = words(made, "demand-common", month, kind, hours)[:, None]
    own = np.sqrt(1 - d) * hour
    if per > 1:
        blocks = range(first_day, first_day + hours // 24)
        step = np.concatenate([unit(made, "demand-step", b, stream, 24 * per) for b in blocks])
        shared = np.concatenate([words(made, "demand-common-step", b, kind, 24 * per) for b in blocks])
        k = min(h / (1 - d), 1)
        common = np.sqrt(k) * common + np.sqrt(1 - k) * shared.reshape(hours, per)
        own = np.sqrt(h) * hour + np.sqrt(max(1 - d - h, 0)) * step.reshape(hours, per)
    z = np.sqrt(c) * common + np.sqrt(1 - c) * (np.sqrt(d) * day + own)
    s = made.noise[row]
    profile = made.profile_root[kind, edges[month] : edges[month + 1], None].astype(np.float64) ** 2
    mean = made.mean_ssj[row] * 1.3 ** (month / 12) * (2.0 if (row, month) == (1, 1) else 1.0)
    return mean * profile * (1 + s * z) ** 2 / (1 + s * s)


@pytest.mark.parametrize(
    ("per", "share", "day"),
    [(1, (0.2, 0.1), 0.3), (2, (0.2, 0.5), 0.3), (4, (0.7, 0.0), 0.3), (2, (0.1, 0.5), 0.9), (3, (0, 0), 0)],
)
def test_every_step_is_that_of_the_formula(per: int, share: tuple[float, float], day: float) -> None:
    """The second month first, in spans of nine days; with shares of 0.3 and 0.7 nothing changes in an hour.

    Nor with 0.9 and 0.1, of which rounding leaves less than nothing.
    """
    made = wanted(per, share, day)
    model = Synthetic(made)
    for month, most in ((1, 9 * 24 * per), (0, 10**6)):
        found = []
        for span in made.clock.spans(month, most):
            out = np.empty((3, span.steps), dtype=np.float32)
            model.fill(np.arange(3), span, out)
            found.append(out)
            alone = demand_span(made, span, np.array([2]))
            assert np.array_equal(alone[0], out[2])
        whole = np.concatenate(found, axis=1)
        for row in range(3):
            expected = by_formula(made, row, month)
            expected = np.broadcast_to(expected, (expected.shape[0], per)).ravel()
            np.testing.assert_allclose(whole[row], expected, rtol=3e-6)
