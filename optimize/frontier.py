"""The settings that a frontier of plans is made of, and which points of it are dominated.

Each setting plans the same estate with other leanings: what a kWh counts beside its tariff, how full
hosts are planned, how many standby hosts stand by, whether replicas share hosts, whether there is a
recovery site, how many sites there are. Those that change least come first, so that few points already
span the frontier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..scenarios.cloud import Cloud
from ..scenarios.quantity import Quantity
from ..scenarios.schema import Scenario
from ..scenarios.sites import Siting
from .hosts import Weights
from .rules import Case

Aim = Literal["cost", "energy", "risk"]
AIMS: tuple[Aim, ...] = ("cost", "energy", "risk")

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# A kWh counts so many times its tariff more.
ENERGY_WEIGHTS = (0.0, 1.0, 4.0)
# Planned load of hosts: the cap on the load in the busy hours is multiplied by the first number; where
# hosts are filled by profiles, the share of overload allowed by the second.
LOADS = {"as planned": (1.0, 1.0), "careful": (0.8, 0.1), "bold": (1.2, 5.0)}
# The quantity that says how full a host is planned, by cloud.sizing.
LOAD_FIELDS = {"performance": "busy_hour_load", "profiles": "overload_share"}
MOST_STANDBY = 10


@dataclass(frozen=True)
class Setting:
    """One way to lean.

    Attributes:
        energy_weight: a kWh counts so many times its tariff more.
        load: key of LOADS.
        standby: standby hosts of each pool beyond those of the scenario.
        apart: what replicas never share; as the scenario says if None.
        recovery: whether the recovery site of the scenario is kept.
        sites: as the scenario says, as few as can be, or one more than that at least.
    """

    energy_weight: float = 0.0
    load: str = "as planned"
    standby: int = 0
    apart: Literal["none", "host"] | None = None
    recovery: bool = True
    sites: Literal["as planned", "fewest", "more"] = "as planned"

    @property
    def changes(self) -> int:
        """How many leanings differ from the scenario's own."""
        own = Setting()
        return sum(getattr(self, name) != getattr(own, name) for name in self.__dataclass_fields__)


def settings(scenario: Scenario, cloud: Cloud, aims: Sequence[Aim], points: int) -> list[Setting]:
    """The settings to try, at most so many, the scenario's own first."""
    risk = "risk" in aims
    replicas = scenario.estate.replica_share is not None
    axes = (
        ENERGY_WEIGHTS if "energy" in aims else ENERGY_WEIGHTS[:1],
        tuple(LOADS) if cloud.sizing in LOAD_FIELDS else ("as planned",),
        _standby(cloud) if risk else (0,),
        (None, "host" if cloud.apart == "none" else "none") if risk and replicas else (None,),
        (True, False) if risk and cloud.recovery is not None else (True,),
        ("as planned", "fewest", "more") if len(cloud.sites) > 1 else ("as planned",),
    )
    places = sorted(
        product(*(range(len(axis)) for axis in axes)),
        key=lambda place: (sum(map(bool, place)), sum(place), place[::-1]),
    )
    # The axes stand in the order of Setting's fields, which types cannot say.
    chosen = [Setting(*(axis[i] for axis, i in zip(axes, place, strict=True))) for place in places]  # type: ignore[arg-type]  # axes are of unlike kinds
    return chosen[:points]


def _standby(cloud: Cloud) -> tuple[int, ...]:
    """One standby host more, one fewer where there is one."""
    more = (1,) if cloud.standby_hosts < MOST_STANDBY else ()
    return (0, *more, -1) if cloud.standby_hosts else (0, *more)


def applied(case: Case, setting: Setting) -> tuple[Case, Weights]:
    """A case with a setting in place, and what planning weighs beside money."""
    cloud, prices = case.chosen.cloud, case.scenario.prices
    assert cloud is not None
    tariff = case.world.of(prices.electricity_cny_per_kwh) * case.world.of(prices.electricity_cloud_ratio)
    weights = Weights(energy_cny_per_kwh=setting.energy_weight * tariff)
    changed = case.with_cloud(
        standby_hosts=cloud.standby_hosts + setting.standby,
        apart=setting.apart or cloud.apart,
        recovery=cloud.recovery if setting.recovery else None,
    )
    return _with_load(_with_sites(changed, setting), cloud, setting), weights


def _with_sites(case: Case, setting: Setting) -> Case:
    """A recovery site makes one more."""
    cloud = case.chosen.cloud
    assert cloud is not None
    if setting.sites == "as planned":
        return case
    fewest = 1 if cloud.recovery is None else 2
    siting = cloud.siting or Siting()
    if setting.sites == "fewest":
        return case.with_cloud(siting=siting.model_copy(update={"most_sites": fewest, "least_sites": 1}))
    more = min(fewest + 1, len(cloud.sites))
    return case.with_cloud(siting=siting.model_copy(update={"least_sites": more, "most_sites": None}))


def _with_load(case: Case, cloud: Cloud, setting: Setting) -> Case:
    """The planned load of a setting becomes a quantity of its own, for each alternative has its own world."""
    field = LOAD_FIELDS.get(cloud.sizing)
    own: Quantity | None = getattr(cloud, field) if field else None
    if field is None or own is None or setting.load == "as planned":
        return case
    factor = LOADS[setting.load][field == "overload_share"]
    low, high = own.bounds
    level = float(np.clip(case.world.of(own) * factor, low, high))
    path = f"alternatives.{case.alternative}.cloud.{field}"
    changed = Quantity(value=level, source=own.source, grade=own.grade).placed(path, own.bounds)
    return case.with_cloud(**{field: changed}).with_level(changed, level)


def named(scenario: Scenario, alternative: str, name: str) -> Scenario:
    """The scenario with a copy of an alternative under another name, bound by the same rules."""
    alternatives = {**scenario.alternatives, name: scenario.alternatives[alternative]}
    policy = {
        key: rule.model_copy(update={"alternatives": (*bound, name)}) if alternative in bound else rule
        for key, rule in scenario.policy.items()
        for bound in [getattr(rule, "alternatives", ())]
    }
    return scenario.model_copy(update={"alternatives": alternatives, "policy": policy})


def dominated(figures: Floats) -> Bools:
    """Whether another point is as good in every figure and better in one, or the same and before it.

    Args:
        figures: the smaller the better, shape (points, figures).

    Returns:
        Shape (points,).
    """
    no_worse = (figures[:, None, :] <= figures[None, :, :]).all(axis=2)
    better = (figures[:, None, :] < figures[None, :, :]).any(axis=2)
    before = np.arange(len(figures))[:, None] < np.arange(len(figures))[None, :]
    return np.asarray((no_worse & (better | before)).any(axis=0))
