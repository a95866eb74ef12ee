"""The load of components by class of hours: mean, noise of their own, and noise common to a group.

For the built-in workload model all three follow from the scenario in closed form (``expected_load``). For
any other model they are measured on days that it makes (``measured_load``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...scenarios.clock import HOURS_PER_DAY
from ...scenarios.profile import class_profiles
from ...scenarios.schema import Scenario
from ...scenarios.world import World
from .risk import FAR, overload_share

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MONTHS_PER_YEAR = 12
# Classes of hours that hours of working days and of days off in twelve months are joined to.
MOST_CLASSES = 48
# What uniform noise of variance 1 lacks in its fourth moment against normal noise.
UNIFORM_LACKS = 1.2
# A component's peak: its mean and so many standard deviations in its busiest class of hours.
PEAK_DEVIATIONS = 3.0
HALVINGS = 30
BUSY_QUANTILE = 0.95


@dataclass(frozen=True)
class Load:
    """Demand of components by class of hours, in ssj_ops.

    Attributes:
        mean_ssj: shape (components, classes of hours).
        own_ssj2: variance of what is each component's own, same shape.
        common_ssj: standard deviation of what all of a group have in common, same shape.
        group: 0 and up, shape (components,).
        weights: share of the hours in each class, sums to 1, shape (classes of hours,).
        year_mean_ssj, p95_ssj, peak_ssj: mean, 95th percentile and highest demand, shape (components,).
        grown: growth is in it already, other than rebound.
    """

    mean_ssj: Floats
    own_ssj2: Floats
    common_ssj: Floats
    group: Ints
    weights: Floats
    year_mean_ssj: Floats
    p95_ssj: Floats
    peak_ssj: Floats
    grown: bool = False

    def only(self, rows: Ints, factor: Floats) -> Load:
        """The load of some components, each times a factor of shape (rows,)."""
        scale = factor[:, None]
        return replace(
            self,
            mean_ssj=self.mean_ssj[rows] * scale,
            own_ssj2=self.own_ssj2[rows] * scale**2,
            common_ssj=self.common_ssj[rows] * scale,
            group=self.group[rows],
            year_mean_ssj=self.year_mean_ssj[rows] * factor,
            p95_ssj=self.p95_ssj[rows] * factor,
            peak_ssj=self.peak_ssj[rows] * factor,
        )

    @classmethod
    def joined(cls, parts: Sequence[Load]) -> Load:
        """The load over several sets of classes of hours; their weights sum to 1 together."""
        mean, own, common = (
            np.concatenate([getattr(part, name) for part in parts], axis=1)
            for name in ("mean_ssj", "own_ssj2", "common_ssj")
        )
        weights = np.concatenate([part.weights for part in parts])
        return replace(
            parts[0],
            mean_ssj=mean,
            own_ssj2=own,
            common_ssj=common,
            weights=weights / weights.sum(),
            year_mean_ssj=mean @ weights / weights.sum(),
            p95_ssj=np.max([part.p95_ssj for part in parts], axis=0),
            peak_ssj=np.max([part.peak_ssj for part in parts], axis=0),
        )

    def most_of(self, capacity_ssj: float, allowed: float) -> Floats:
        """How much of each component one host can carry, at most 1, shape (components,)."""
        variance, most = self.own_ssj2 + self.common_ssj**2, np.ones(len(self.group))
        for i in np.flatnonzero(
            self.mean_ssj.max(axis=1) + FAR * np.sqrt(variance.max(axis=1)) > capacity_ssj
        ):
            low, high = 0.0, 1.0
            mean, spread2 = self.mean_ssj[i], variance[i]
            if overload_share(mean, spread2, self.weights, capacity_ssj) <= allowed:
                continue
            for _ in range(HALVINGS):
                middle = 0.5 * (low + high)
                fits = (
                    overload_share(mean * middle, spread2 * middle**2, self.weights, capacity_ssj) <= allowed
                )
                low, high = (middle, high) if fits else (low, middle)
            most[i] = low
        return most


def expected_load(scenario: Scenario, world: World) -> Load:
    """Load of all servers by the built-in workload model, in the first year without its growth.

    Classes of hours are the hours of working days and of days off of each month, joined where they are alike;
    each has the highest mean of its hours. With X = m p (1 + s z)^2 / (1 + s^2), z a sum of uniform parts
    with variance c in common, d for a day and the rest by the hour (see demand in the simulation):

        var X = (m p)^2 (4 s^2 + s^4 (E z^4 - 1)) / (1 + s^2)^2
        cov(X, X') = m p m' p' (4 s s' c + s^2 s'^2 c^2 (E C^4 - 1)) / ((1 + s^2) (1 + s'^2))
    """
    servers, classes = world.estate.servers, list(scenario.demand.classes.values())
    kind = world.estate.systems.demand_class[servers.system].astype(np.int64)
    shape, weights, ratio = _hour_classes(scenario, world)
    day, common = (
        np.array([world.of(share) for share in shares])[kind]
        for shares in ([c.day_share for c in classes], [c.common_share for c in classes])
    )
    shared_fourth = 2 - UNIFORM_LACKS
    own_lacks = UNIFORM_LACKS * (day**2 + (1 - day) ** 2) * (1 - common) ** 2 + UNIFORM_LACKS * common**2
    s = servers.noise
    unit = 1 / (1 + s**2) ** 2
    total = (4 * s**2 + s**2 * s**2 * (2 - own_lacks)) * unit
    shared = np.minimum((4 * s**2 * common + s**2 * s**2 * common**2 * shared_fourth) * unit, total)
    mean = servers.demand_ssj[:, None] * shape[kind]
    return Load(
        mean_ssj=mean,
        own_ssj2=mean**2 * (total - shared)[:, None],
        common_ssj=mean * np.sqrt(shared)[:, None],
        group=kind,
        weights=weights,
        year_mean_ssj=servers.demand_ssj * ratio[kind],
        p95_ssj=servers.peak_ssj,
        peak_ssj=(mean * (1 + PEAK_DEVIATIONS * np.sqrt(total))[:, None]).max(axis=1),
    )


def _hour_classes(scenario: Scenario, world: World) -> tuple[Floats, Floats, Floats]:
    """Demand of each demand class by class of hours, shares of the hours, and its mean over the year."""
    clock = world.clock
    hours = int(clock.month_edges_h[MONTHS_PER_YEAR])
    profile = class_profiles(scenario, clock)[:, :hours]
    month = np.repeat(np.arange(MONTHS_PER_YEAR), np.diff(clock.month_edges_h[: MONTHS_PER_YEAR + 1]))
    off = np.repeat(~clock.workday[: hours // HOURS_PER_DAY], HOURS_PER_DAY)
    number = (month * 2 + off) * HOURS_PER_DAY + np.arange(hours) % HOURS_PER_DAY
    _, first, count = np.unique(number, return_index=True, return_counts=True)
    servers = world.estate.servers
    kind = world.estate.systems.demand_class[servers.system]
    shares: Floats = np.zeros(len(profile))
    np.add.at(shares, kind, servers.demand_ssj)
    shape, weights = join_hours(profile[:, first], count / hours, shares, MOST_CLASSES)
    return shape, weights, profile.mean(axis=1)


def join_hours(shape: Floats, weights: Floats, shares: Floats, most: int) -> tuple[Floats, Floats]:
    """Fewer classes of hours: joined two by two where that adds least, the higher demand of both standing.

    Args:
        shape: demand of each demand class in each class of hours, shape (demand classes, classes of hours).
        weights: share of the hours in each class.
        shares: how much each demand class counts.
        most: classes of hours to be left at most.

    Returns:
        Shape and weights of the classes left.
    """
    high, weight = shape.T.copy(), weights.copy()
    total = high @ shares
    # What is added at quiet hours costs little: hosts are full at the busy ones.
    heat = (total / total.max()) ** 2 + 0.02

    def added(i: int) -> Floats:
        joint = np.maximum(high[i], high) @ shares
        heated = np.maximum(heat[i], heat)
        more = heated * (weight[i] * (joint - total[i]) + weight * (joint - total))
        more[i] = np.inf
        return np.asarray(np.where(weight > 0, more, np.inf))

    cost = np.stack([added(i) for i in range(len(high))])
    for _ in range(len(high) - most):
        i, j = divmod(int(cost.argmin()), len(high))
        high[i], heat[i] = np.maximum(high[i], high[j]), max(heat[i], heat[j])
        weight[i], weight[j] = weight[i] + weight[j], 0.0
        total[i] = high[i] @ shares
        cost[j, :] = cost[:, j] = np.inf
        cost[i, :] = cost[:, i] = added(i)
    kept = weight > 0
    return np.ascontiguousarray(high[kept].T), weight[kept]


def measured_load(demand: Floats, group: Ints, weights: Floats) -> Load:
    """Load from samples: what all of a group do together beyond chance is its common noise.

    Args:
        demand: in ssj_ops, shape (components, samples, classes of hours); samples of one number were taken at
            the same time.
        group: of each component, shape (components,).
        weights: share of the hours in each class.
    """
    mean, variance = demand.mean(axis=1), demand.var(axis=1, ddof=1 if demand.shape[1] > 1 else 0)
    spread, share = np.sqrt(variance), np.zeros_like(mean)
    for g in np.unique(group):
        mine = group == g
        together = demand[mine].sum(axis=0).var(axis=0, ddof=1 if demand.shape[1] > 1 else 0)
        alone, most = variance[mine].sum(axis=0), spread[mine].sum(axis=0) ** 2
        beyond = np.maximum(together - alone, 0.0)
        share[mine] = np.minimum(np.divide(beyond, most, out=np.zeros_like(most), where=most > 0), 1.0)
    return Load(
        mean_ssj=mean,
        own_ssj2=variance * (1 - share),
        common_ssj=spread * np.sqrt(share),
        group=group.astype(np.int64),
        weights=weights,
        year_mean_ssj=mean @ weights,
        p95_ssj=_upper(demand, weights),
        peak_ssj=demand.max(axis=(1, 2)),
        grown=True,
    )


def _upper(demand: Floats, weights: Floats) -> Floats:
    """95th percentile over samples and hours, shape (components,)."""
    flat = demand.reshape(len(demand), -1)
    order = np.argsort(flat, axis=1)
    share = np.cumsum(np.tile(weights / weights.sum() / demand.shape[1], demand.shape[1])[order], axis=1)
    place = np.minimum((share < BUSY_QUANTILE).sum(axis=1), flat.shape[1] - 1)
    return np.asarray(np.take_along_axis(flat, np.take_along_axis(order, place[:, None], 1), 1)[:, 0])
