"""Demand of the model, made in another way than the package makes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from roomfold.scenarios.traces import Description


@dataclass(frozen=True)
class MadeTrace:
    """Looks like a trace."""

    values: np.ndarray
    step_s: float
    start: datetime | None
    description: Description

    @property
    def steps(self) -> int:
        return self.values.shape[1]

    def __len__(self) -> int:
        return len(self.values)

    def rows(self, first: int, count: int) -> np.ndarray:
        return self.values[first : first + count]


def uniform(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.uniform(-np.sqrt(3), np.sqrt(3), shape)


def made(
    seed: int,
    *,
    components: int = 300,
    days: int = 28,
    per_hour: int = 12,
    s: float = 0.3,
    d: float = 0.0,
    h: float = 0.0,
    c: float = 0.0,
    profile: np.ndarray | None = None,
    start: datetime | None = datetime(2026, 3, 2),
) -> MadeTrace:
    """A trace of components with mean utilisation 2 to 40 %."""
    rng = np.random.default_rng(seed)
    shape = (components, days, 24, per_hour)
    k = h / (1 - d)
    common = np.sqrt(k) * uniform(rng, 1, days, 24, 1) + np.sqrt(1 - k) * uniform(rng, 1, days, 24, per_hour)
    z = np.sqrt(c) * common + np.sqrt(1 - c) * (
        np.sqrt(d) * uniform(rng, components, days, 1, 1)
        + np.sqrt(h) * uniform(rng, components, days, 24, 1)
        + np.sqrt(1 - d - h) * uniform(rng, *shape)
    )
    mean = rng.uniform(0.02, 0.25, (components, 1, 1, 1))
    factor = np.ones((days, 24)) if profile is None else profile
    demand = mean * factor[None, :, :, None] * (1 + s * z) ** 2 / (1 + s * s)
    values = demand.reshape(components, -1).astype(np.float32)
    return MadeTrace(values, 3600 / per_hour, start, Description("made", "made", 0, ""))
