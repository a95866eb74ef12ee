"""Demand of every component at every hour, made block by block and never kept.

    D[i, t] = mean_i (1 + growth)^(m / 12) profile[class, t] (1 + s_i z[i, t])^2 / (1 + s_i^2)
    z[i, t] = sqrt(c) C[class, t] + sqrt((1 - c) d) Y[i, day] + sqrt((1 - c)(1 - d)) H[i, t]

m is the month since the scenario's start, c the class's share of common noise, d its share of noise
that lasts a day. C, Y and H are independent, uniform, of mean 0 and variance 1, so the last factor
has mean exactly 1. They come from counter-based streams keyed by class or server id and month: any
month of any component can be made again alone, bit for bit, and removing one changes no other.

Numerically, with a_i^2 the part of D that depends on component and month only,
D = (sqrt(profile) (a_i (1 + s_i z)))^2: one multiplication per byte of noise, two additions,
one product with the profile's root and one square, all in float32.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..scenarios.clock import HOURS_PER_DAY, Clock
from ..scenarios.streams import noise_bytes

Floats = NDArray[np.float64]
Float32s = NDArray[np.float32]
Indices = NDArray[np.int64]

BYTE_MEAN = 127.5
BYTE_STD = float(np.sqrt((2**8 * 2**8 - 1) / 12))
WORD_MEAN = 32767.5
WORD_STD = float(np.sqrt((2**16 * 2**16 - 1) / 12))


@dataclass(frozen=True)
class Demand:
    """What the demand of a set of components depends on.

    Attributes:
        seed, world: of the random streams.
        ids: ids that own the streams, shape (components,).
        classes: row of the profiles, shape (components,).
        mean_ssj: mean demand in the first month, ssj_ops, shape (components,).
        noise: s_i, shape (components,).
        day_share, common_share: d and c of each class, shape (classes,).
        growth: per year.
        profile_root: square root of the profile, float32, shape (classes, hours).
    """

    seed: int
    world: int
    clock: Clock
    ids: NDArray[np.int32]
    classes: NDArray[np.int32]
    mean_ssj: Floats
    noise: Floats
    day_share: Floats
    common_share: Floats
    growth: float
    profile_root: Float32s


@dataclass(frozen=True)
class MonthNoise:
    """Noise of one month: ``hour`` (streams, hours), ``day`` (streams, days), ``common`` (classes, hours)."""

    month: int
    hour: NDArray[np.uint8]
    day: NDArray[np.uint8]
    common: Float32s


@dataclass(frozen=True)
class _Terms:
    """Coefficients of the square root of demand over its profile's root, per component."""

    base: Float32s  # (components, days): everything constant over a day
    per_byte: Float32s  # (components, 1)
    per_common: Float32s  # (components, 1)


def month_noise(demand: Demand, month: int, first: int = 0, count: int | None = None) -> MonthNoise:
    """Noise of the ids ``first`` ... ``first + count - 1``; of all up to the highest by default."""
    if count is None:
        count = int(demand.ids.max()) + 1 if len(demand.ids) else 0
    hours = _hours(demand.clock, month)
    key = (demand.seed, demand.world)
    words = noise_bytes(*key, "demand-common", month, 0, len(demand.day_share), 2 * hours)
    common = (np.ascontiguousarray(words).view("<u2") - WORD_MEAN) / WORD_STD
    return MonthNoise(
        month,
        noise_bytes(*key, "demand-hour", month, first, count, hours),
        noise_bytes(*key, "demand-day", month, first, count, hours // HOURS_PER_DAY),
        common.astype(np.float32),
    )


def fill(
    demand: Demand,
    noise: MonthNoise,
    rows: Indices,
    streams: NDArray[np.integer],
    out: Float32s,
    work: Float32s,
) -> None:
    """Write the demand of ``rows`` in the noise's month into ``out``, in ssj_ops.

    Args:
        streams: row of the noise of each component, shape (rows,).
        out, work: contiguous, shape (rows, hours of the month); work is overwritten.
    """
    terms = _terms(demand, noise, rows, streams)
    classes = demand.classes[rows]
    start = int(demand.clock.month_edges_h[noise.month])
    root = demand.profile_root[:, start : start + out.shape[1]]
    np.copyto(out, noise.hour[streams])
    out *= terms.per_byte
    by_day = out.reshape(len(rows), out.shape[1] // HOURS_PER_DAY, HOURS_PER_DAY)
    by_day += terms.base[:, :, None]
    np.take(noise.common, classes, axis=0, out=work, mode="clip")
    work *= terms.per_common
    out += work
    np.take(root, classes, axis=0, out=work, mode="clip")
    out *= work
    np.multiply(out, out, out=out)


def demand_block(demand: Demand, month: int, rows: Indices) -> Float32s:
    """Demand of some components in one month, made alone; shape (rows, hours), ssj_ops.

    The same numbers, bit for bit, as those the simulation saw.
    """
    block = np.empty((len(rows), _hours(demand.clock, month)), dtype=np.float32)
    work = np.empty_like(block[:1])
    for i in range(len(rows)):
        alone = month_noise(demand, month, int(demand.ids[rows[i]]), 1)
        fill(demand, alone, rows[i : i + 1], np.zeros(1, dtype=np.int64), block[i : i + 1], work)
    return block


def _hours(clock: Clock, month: int) -> int:
    return int(clock.month_edges_h[month + 1] - clock.month_edges_h[month])


def _terms(demand: Demand, noise: MonthNoise, rows: Indices, streams: NDArray[np.integer]) -> _Terms:
    s = demand.noise[rows]
    common = demand.common_share[demand.classes[rows]]
    day = demand.day_share[demand.classes[rows]]
    grown = demand.mean_ssj[rows] * (1 + demand.growth) ** (noise.month / 12)
    root = np.sqrt(grown / (1 + s * s))
    per_byte = root * s * np.sqrt((1 - common) * (1 - day)) / BYTE_STD
    per_day = root * s * np.sqrt((1 - common) * day) / BYTE_STD
    base = (root - BYTE_MEAN * per_byte)[:, None] + per_day[:, None] * (noise.day[streams] - BYTE_MEAN)
    return _Terms(
        base.astype(np.float32),
        per_byte.astype(np.float32)[:, None],
        (root * s * np.sqrt(common)).astype(np.float32)[:, None],
    )
