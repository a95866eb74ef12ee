"""Demand of every component at every step, made span by span and never kept.

    D[i, t] = mean_i (1 + growth)^(m / 12) rise_i(m) profile[class, hour] (1 + s_i z[i, t])^2 / (1 + s_i^2)
    z[i, t] = sqrt(c) C[class, t]
              + sqrt(1 - c) (sqrt(d) Y[i, day] + sqrt(h) H[i, hour] + sqrt(1 - d - h) E[i, t])
    C[class, t] = sqrt(k) A[class, hour] + sqrt(1 - k) B[class, t]

m is the month since the scenario's start, rise the product of the steps of demand up to it (1 without
any), c the class's share of common noise, d and h its shares of noise that lasts a day and an hour,
k = h / (1 - d) the share of an hour in what does not last a day.
A, B, Y, H and E are independent, uniform, of mean 0 and variance 1, so the last factor of D has mean
exactly 1. With steps of an hour H + E and A + B are one draw each, and h is without effect; if
d + h = 1 demand is constant within the hour and the same, but for rounding, for steps of any length.

The draws come from counter-based streams keyed by class or server id and month (steps: by day): any
span of any component can be made again alone, and removing one component changes no other.

Numerically, with a_i^2 the part of D that depends on component and month only,
D = (sqrt(profile) (a_i (1 + s_i z)))^2: one multiplication per byte of noise, two additions,
one product with the profile's root and one square, all in float32.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..optimize.compiled import compiled
from ..scenarios.clock import HOURS_PER_DAY, Clock, Span
from ..scenarios.elementary import power
from ..scenarios.estate import Rises
from ..scenarios.streams import noise_bytes

Floats = NDArray[np.float64]
Float32s = NDArray[np.float32]
Bytes = NDArray[np.uint8]
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
        day_share, hour_share, common_share: d, h and c of each class, shape (classes,); d + h <= 1.
        growth: per year.
        profile_root: square root of the profile, float32, shape (classes, hours).
        rises: steps of demand over its growth.
    """

    seed: int
    world: int
    clock: Clock
    ids: NDArray[np.int32]
    classes: NDArray[np.int32]
    mean_ssj: Floats
    noise: Floats
    day_share: Floats
    hour_share: Floats
    common_share: Floats
    growth: float
    profile_root: Float32s
    rises: Rises = field(default_factory=Rises.none)


@dataclass(frozen=True)
class MonthNoise:
    """What lasts an hour or longer.

    ``hour`` has shape (streams, hours), ``day`` (streams, days), ``common`` (classes, hours).
    """

    month: int
    hour: Bytes
    day: Bytes
    common: Float32s


@dataclass(frozen=True)
class Noise:
    """Noise of one span.

    Attributes:
        step: bytes of each step, shape (days, streams, steps per day); none where steps are hours.
        common: C, shape (classes, steps).
    """

    span: Span
    month: MonthNoise
    step: Bytes | None
    common: Float32s


def month_noise(demand: Demand, month: int, first: int = 0, count: int | None = None) -> MonthNoise:
    """Noise of the ids ``first`` ... ``first + count - 1``; of all up to the highest by default."""
    count = _streams(demand) if count is None else count
    edges = demand.clock.month_edges_h
    hours = int(edges[month + 1] - edges[month])
    key = (demand.seed, demand.world)
    return MonthNoise(
        month,
        noise_bytes(*key, "demand-hour", month, first, count, hours),
        noise_bytes(*key, "demand-day", month, first, count, hours // HOURS_PER_DAY),
        _words(demand, "demand-common", month, hours),
    )


def span_noise(
    demand: Demand,
    span: Span,
    month: MonthNoise,
    first: int = 0,
    count: int | None = None,
    memory: Bytes | None = None,
) -> Noise:
    """Noise of a span, given that of its month for the same ids; ``memory`` is used for ``step`` if given."""
    count = _streams(demand) if count is None else count
    hours = month.common[:, span.hours_of_month]
    if span.steps_per_hour == 1:
        return Noise(span, month, None, np.ascontiguousarray(hours))
    days = range(span.first_h // HOURS_PER_DAY, (span.first_h + span.hours) // HOURS_PER_DAY)
    lasting = demand.hour_share / np.maximum(1 - demand.day_share, demand.hour_share).clip(1e-300)
    common = np.repeat(hours * np.sqrt(lasting)[:, None].astype(np.float32), span.steps_per_hour, axis=1)
    step = step_memory(span, count) if memory is None else memory[: len(days)]
    if (_step_share(demand) > 0).any():
        key = (demand.seed, demand.world, "demand-step")
        for place, day in enumerate(days):
            noise_bytes(*key, day, first, count, span.steps_per_day, step[place])
        words = [_words(demand, "demand-common-step", day, span.steps_per_day) for day in days]
        common += np.concatenate(words, axis=1) * np.sqrt(1 - lasting)[:, None].astype(np.float32)
    return Noise(span, month, step, common)


def step_memory(span: Span, count: int) -> Bytes:
    """Memory for the bytes of each step of so many streams."""
    return np.zeros((span.hours // HOURS_PER_DAY, count, span.steps_per_day), dtype=np.uint8)


def fill(demand: Demand, noise: Noise, rows: Indices, streams: NDArray[np.integer], out: Float32s) -> None:
    """Write the demand of ``rows`` in the noise's span into ``out``, in ssj_ops.

    Args:
        streams: row of the noise of each component, shape (rows,).
        out: contiguous, shape (rows, steps of the span).
    """
    span, terms = noise.span, _terms(demand, noise, rows, streams)
    hours = slice(span.first_h, span.first_h + span.hours)
    _fill_rows(
        noise.month.hour[None, :, span.hours_of_month] if noise.step is None else noise.step,
        noise.month.hour[:, span.hours_of_month],
        np.asarray(streams, dtype=np.int64),
        terms.base,
        terms.per_hour,
        terms.per_byte,
        terms.per_common,
        noise.common,
        np.repeat(demand.profile_root[:, hours], span.steps_per_hour, axis=1),
        demand.classes[rows],
        out,
    )


@compiled
def _fill_rows(
    noise: Bytes,
    hours: Bytes,
    streams: Indices,
    base: Floats,
    per_hour: Floats,
    per_byte: Float32s,
    per_common: Float32s,
    common: Float32s,
    root: Float32s,
    classes: NDArray[np.int32],
    out: Float32s,
) -> None:
    """The last line of the module's text, row by row; every loop runs along memory.

    Args:
        noise: shape (pieces, streams, steps of a piece).
        hours: shape (streams, hours); counts where ``per_hour`` is not 0.
        base: shape (rows, days); ``per_hour``, ``per_byte``, ``per_common``: shape (rows,).
        common, root: shape (classes, steps).
    """
    pieces, _, width = noise.shape
    length = out.shape[1] // hours.shape[1]
    for row in range(len(streams)):
        line, kind = out[row], classes[row]
        per_byte_row, per_common_row, per_hour_row = per_byte[row], per_common[row], per_hour[row]
        for piece in range(pieces):
            drawn = noise[piece, streams[row]]
            first = piece * width
            for step in range(width):
                line[first + step] = np.float32(drawn[step]) * per_byte_row
        lasting = hours[streams[row]]
        for hour in range(len(lasting)):
            above = per_hour_row * (np.float64(lasting[hour]) - BYTE_MEAN)
            level, first = np.float32(base[row, hour // HOURS_PER_DAY] + above), hour * length
            for step in range(first, first + length):
                line[step] += level
        shared, profile = common[kind], root[kind]
        for step in range(len(line)):
            whole = (line[step] + shared[step] * per_common_row) * profile[step]
            line[step] = whole * whole


class Synthetic:
    """The built-in workload model: see the module. Noise of the span at hand is kept for all components."""

    def __init__(self, demand: Demand) -> None:
        """``demand``: of all components."""
        self._demand = demand
        self._month: MonthNoise | None = None
        self._noise: Noise | None = None
        self._memory: Bytes | None = None

    def fill(self, components: Indices, span: Span, out: Float32s) -> None:
        """Write demand in ssj_ops into ``out``, shape (components, steps)."""
        fill(self._demand, self._of(span), components, self._demand.ids[components], out)

    def _of(self, span: Span) -> Noise:
        if self._noise is None or self._noise.span != span:
            if self._month is None or self._month.month != span.month:
                self._month = month_noise(self._demand, span.month)
            if self._memory is None or len(self._memory) * HOURS_PER_DAY < span.hours:
                self._memory = step_memory(span, _streams(self._demand))
            self._noise = span_noise(self._demand, span, self._month, memory=self._memory)
        return self._noise


def demand_span(demand: Demand, span: Span, rows: Indices) -> Float32s:
    """Demand of some components in one span, made alone; shape (rows, steps), ssj_ops.

    The same numbers, bit for bit, as those the simulation saw.
    """
    block = np.empty((len(rows), span.steps), dtype=np.float32)
    for i in range(len(rows)):
        first = int(demand.ids[rows[i]])
        alone = span_noise(demand, span, month_noise(demand, span.month, first, 1), first, 1)
        fill(demand, alone, rows[i : i + 1], np.zeros(1, dtype=np.int64), block[i : i + 1])
    return block


@dataclass(frozen=True)
class _Terms:
    """Coefficients of the square root of demand over its profile's root, per component."""

    base: Floats  # (components, days): everything constant over a day
    per_hour: Floats  # (components,); 0 where steps are hours
    per_byte: Float32s  # (components,)
    per_common: Float32s  # (components,)


def _terms(demand: Demand, noise: Noise, rows: Indices, streams: NDArray[np.integer]) -> _Terms:
    span, classes = noise.span, demand.classes[rows]
    s, day, common = demand.noise[rows], demand.day_share[classes], demand.common_share[classes]
    hourly = noise.step is None
    share = 1 - day if hourly else _step_share(demand)[classes]
    hour = np.zeros(len(rows)) if hourly else demand.hour_share[classes]
    grown = demand.mean_ssj[rows] * _growth(demand.growth, span.month)
    grown *= demand.rises.by(span.month, rows)
    root = np.sqrt(grown / (1 + s * s))
    per_byte = root * s * np.sqrt((1 - common) * share) / BYTE_STD
    per_day = root * s * np.sqrt((1 - common) * day) / BYTE_STD
    days = noise.month.day[streams, span.days]
    return _Terms(
        (root - BYTE_MEAN * per_byte)[:, None] + per_day[:, None] * (days - BYTE_MEAN),
        root * s * np.sqrt((1 - common) * hour) / BYTE_STD,
        per_byte.astype(np.float32),
        (root * s * np.sqrt(common)).astype(np.float32),
    )


@lru_cache(maxsize=1)  # asked for block by block, and one number costs as much as thousands
def _growth(per_year: float, month: int) -> float:
    """Demand in a month over that of the first."""
    return float(power(1 + per_year, month / 12))


def _step_share(demand: Demand) -> Floats:
    """Share of each class's own noise that changes with every step."""
    share = 1 - demand.day_share - demand.hour_share
    return np.where(share > 1e-12, share, 0.0)


def _streams(demand: Demand) -> int:
    return int(demand.ids.max()) + 1 if len(demand.ids) else 0


def _words(demand: Demand, name: str, block: int, width: int) -> Float32s:
    """Noise of the classes, of 16 bits, shape (classes, width)."""
    words = noise_bytes(demand.seed, demand.world, name, block, 0, len(demand.day_share), 2 * width)
    common = (np.ascontiguousarray(words).view("<u2") - WORD_MEAN) / WORD_STD
    return np.asarray(common.astype(np.float32))
