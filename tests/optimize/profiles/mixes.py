"""Made-up components for the tests of packing on profiles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from roomfold.optimize.profiles import Profiles

Floats = NDArray[np.float64]

HOURS = 24


def shapes() -> Floats:
    """Office hours, night batch, flat and evening, by hour of the day, highest 1, shape (4, 24)."""
    hour = np.arange(HOURS)
    office = 0.05 + np.exp(-(((hour - 10) / 2.2) ** 2)) + 0.95 * np.exp(-(((hour - 15.5) / 2.0) ** 2))
    batch = 0.1 + np.exp(-((((hour + 10) % HOURS - 12) / 2.5) ** 2))
    evening = 0.1 + np.exp(-(((hour - 20) / 2.0) ** 2))
    rows = np.stack([office, batch, np.ones(HOURS), evening])
    return np.asarray(rows / rows.max(axis=1, keepdims=True))


def mix(count: int, seed: int = 1, noise: float = 0.12, common: float = 0.3) -> Profiles:
    """A mix of systems: 55 % office, 20 % batch, 15 % flat, 10 % evening, shifted by up to an hour.

    Args:
        noise: standard deviation of the square root of demand over its mean.
        common: share of the variance that a class has in common.
    """
    rng = np.random.Generator(np.random.Philox(key=seed))
    kind = rng.choice(4, count, p=[0.55, 0.2, 0.15, 0.1])
    size = rng.choice([1.0, 2, 4, 8, 16], count, p=[0.25, 0.3, 0.25, 0.15, 0.05])
    size *= rng.uniform(0.3, 0.7, count)
    shift = rng.integers(-1, 2, count)
    mean = np.stack([np.roll(shapes()[k], s) for k, s in zip(kind, shift, strict=True)]) * size[:, None]
    spread = 2 * noise * mean
    memory = size * rng.lognormal(np.log(4), 0.5, count)
    return Profiles.of(
        mean=mean,
        own=spread**2 * (1 - common),
        common=spread * np.sqrt(common),
        group=kind.astype(np.int64),
        weights=np.full(HOURS, 1 / HOURS),
        static=memory[:, None],
    )


def simulated_overload(
    profiles: Profiles, host_of: NDArray[np.int64], capacity: Floats, days: int, seed: int
) -> float:
    """Share of host-hours over capacity on days made by the workload model's own law, none used to plan."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    hosts, root3 = len(capacity), np.sqrt(3)
    variance = profiles.own + profiles.common**2
    ratio = np.divide(variance, profiles.mean**2, out=np.zeros_like(variance), where=profiles.mean > 0)
    s = np.sqrt(ratio.max(axis=1) / 4)[:, None]
    share = np.divide(profiles.common**2, variance, out=np.zeros_like(variance), where=variance > 0).max(
        axis=1
    )[:, None]
    over = 0
    for _ in range(days):
        together = rng.uniform(-root3, root3, (profiles.group.max() + 1, HOURS))[profiles.group]
        day = rng.uniform(-root3, root3, (len(s), 1))
        hour = rng.uniform(-root3, root3, (len(s), HOURS))
        z = np.sqrt(share) * together + np.sqrt(1 - share) * (np.sqrt(0.4) * day + np.sqrt(0.6) * hour)
        demand = profiles.mean * (1 + s * z) ** 2 / (1 + s**2)
        total = np.zeros((hosts, HOURS))
        np.add.at(total, host_of, demand)
        over += int((total > capacity[:, None]).sum())
    return over / (days * hosts * HOURS)
