"""Hosts that a cloud may have in one world: what each holds and what it costs per year.

First come the types to be bought, then hosts owned already, as types of their own (``with_owned``): they cost
what running them costs, and their renewal for the part of the horizon after their life.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..scenarios.cloud import Cloud
from ..scenarios.elementary import power
from ..scenarios.errors import RoomfoldError
from ..scenarios.estate import NEVER
from ..scenarios.schema import Scenario
from ..scenarios.sites import Site
from ..scenarios.world import World

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

KWH_PER_W_YEAR = 8.76
HALF_A_YEAR = 6


@dataclass(frozen=True)
class HostTypes:
    """Host types in the order of ``cloud.host_types``, then hosts owned already, shape (types,) each.

    Attributes:
        kind: row of ``cloud.host_types``.
        curve: row of hardware.curves sorted by name.
        ssj_per_vcpu: throughput that one vCPU stands for on every type: a core of the type with the
            strongest cores. Weaker cores count as less than one.
        capacity: usable vCPU, memory in GB and disk in GB, shape (types, 3).
        price_cny: in prices of the first year.
        most: hosts of each type to be had, infinite without a limit; of owned ones their number.
        stock: row of ``cloud.existing`` that hosts are taken from, -1 for hosts to be bought.
        bought_month, end_month: of owned ones purchase and end of life; NEVER for hosts to be bought.
    """

    kind: Ints
    curve: Ints
    ssj_per_vcpu: float
    capacity_ssj: Floats
    capacity: Floats
    price_cny: Floats
    rack_units: Floats
    most: Floats
    stock: Ints
    bought_month: Ints
    end_month: Ints

    @property
    def owned(self) -> NDArray[np.bool_]:
        """Whether they are there already."""
        return np.asarray(self.stock >= 0)

    def only(self, rows: NDArray[np.bool_] | NDArray[np.integer]) -> HostTypes:
        """Some of them, in this order."""
        return replace(self, **{name: getattr(self, name)[rows] for name in _COLUMNS})

    def spare_of(self, row: int, there: NDArray[np.bool_]) -> int:
        """The row from which another host like one is taken: an owned one as long as there is any.

        Args:
            there: types of which there still is a host, shape (types,).
        """
        alike = np.flatnonzero(self.kind == self.kind[row])
        have = alike[self.owned[alike] & there[alike]]
        return int(have[0]) if len(have) else int(alike[0])


_COLUMNS = (
    "kind",
    "curve",
    "capacity_ssj",
    "capacity",
    "price_cny",
    "rack_units",
    "most",
    "stock",
    "bought_month",
    "end_month",
)


def host_types(scenario: Scenario, cloud: Cloud, world: World) -> HostTypes:
    """The host types that a cloud may buy."""
    names = sorted(scenario.hardware.curves)
    types = cloud.host_types
    curves = [scenario.hardware.curves[t.curve] for t in types]
    capacity_ssj = np.array([c.ssj_ops for c in curves])
    ssj_per_vcpu = float((capacity_ssj / [c.cores for c in curves]).max())
    vcpu = capacity_ssj / ssj_per_vcpu * world.of(cloud.vcpu_per_core)
    memory_gb = np.array([t.memory_gb for t in types]) * (1 - world.of(cloud.memory_reserve_share))
    disk_gb = np.array([t.disk_gb for t in types])
    none = np.full(len(types), -1, dtype=np.int32)
    return HostTypes(
        kind=np.arange(len(types), dtype=np.int32),
        curve=np.array([names.index(t.curve) for t in types], dtype=np.int32),
        ssj_per_vcpu=ssj_per_vcpu,
        capacity_ssj=capacity_ssj,
        capacity=np.stack([vcpu, memory_gb, disk_gb], axis=1),
        price_cny=world.of(cloud.host_price_cny) * np.array([t.price_ratio for t in types]),
        rack_units=np.array([t.rack_units for t in types]),
        most=np.array([np.inf if t.limit is None else t.limit for t in types]),
        stock=none,
        bought_month=np.full_like(none, NEVER),
        end_month=np.full_like(none, NEVER),
    )


def with_owned(cloud: Cloud, world: World, types: HostTypes) -> HostTypes:
    """The types to be bought and, each as one more, the hosts owned already; limits count both."""
    opens = world.clock.month_of_hour(world.clock.hour_of(cloud.opens))
    start, life = world.clock.start, life_months(cloud, world)
    bought = [(of.bought - start.year) * 12 + HALF_A_YEAR - (start.month - 1) for of in cloud.existing]
    stock = [row for row, month in enumerate(bought) if month + life > opens and cloud.existing[row].count]
    if not stock:
        return types
    names = [kind.name for kind in cloud.host_types]
    kind = np.array([names.index(cloud.existing[row].type) for row in stock])
    count = np.array([float(cloud.existing[row].count) for row in stock])
    month = np.minimum([bought[row] for row in stock], opens - 1).astype(np.int32)
    return replace(
        types.only(np.append(np.arange(len(names)), kind)),
        most=np.append(types.most - np.bincount(kind, count, minlength=len(names)), count),
        stock=np.append(types.stock, np.array(stock, dtype=np.int32)),
        bought_month=np.append(types.bought_month, month),
        end_month=np.append(types.end_month, (month + life).astype(np.int32)),
    )


def life_months(cloud: Cloud, world: World) -> int:
    """Service life of a host."""
    return round(world.of(cloud.host_life_years) * 12)


class Objective(Protocol):
    """What planning minimises, summed over hosts, in the place of their yearly cost."""

    def __call__(self, types: HostTypes, yearly_cny: Floats) -> Floats:
        """What one host of each type counts: finite and above 0, shape (types,).

        An owned host may count no more than a bought one of its kind, since owned ones are used first.

        Args:
            types: those to be bought, then those owned already.
            yearly_cny: what a host of each would count otherwise, shape (types,); see ``yearly_cost``.
        """


@dataclass(frozen=True)
class Weights:
    """What planning weighs beside money; nothing of it is ever booked.

    Attributes:
        energy_cny_per_kwh: put on every kWh of the cloud, on top of tariff and price of carbon.
        objective: what a host counts, if not its yearly cost. Costs and bounds of the plan's proof are then
            in its unit. Where sites are chosen or rooms virtualised, it stands beside costs in CNY.
    """

    energy_cny_per_kwh: float = 0.0
    objective: Objective | None = None

    def counted(self, types: HostTypes, yearly_cny: Floats) -> Floats:
        """What a host of each type counts, shape (types,).

        Raises:
            RoomfoldError: the objective's answer is none.
        """
        if self.objective is None:
            return yearly_cny
        found = np.array(self.objective(types, yearly_cny.copy()), dtype=np.float64)
        if found.shape != yearly_cny.shape:
            raise RoomfoldError(f"objective: got shape {found.shape}, must be {yearly_cny.shape}")
        if not (np.isfinite(found) & (found > 0)).all():
            raise RoomfoldError(f"objective: got {found.tolist()}, must be finite and above 0")
        if (found > found[types.kind]).any():  # a kind's own row is the type to be bought
            raise RoomfoldError("objective: an owned host counts more than a bought one of its kind")
        return found


MONEY_ONLY = Weights()


@dataclass(frozen=True)
class Ratios:
    """What a site pays and draws over the values of the cloud's section (grid factor: the scenario's)."""

    pue: float = 1.0
    tariff: float = 1.0
    carbon: float = 1.0
    space: float = 1.0
    fitout: float = 1.0

    @classmethod
    def of(cls, world: World, site: Site | None) -> Ratios:
        """The ratios of a named site; those of the cloud itself if None."""
        names = ("pue", "tariff", "carbon", "space", "fitout")
        given = {name: getattr(site, f"{name}_ratio", None) for name in names}
        return cls(**{name: world.of(value) for name, value in given.items() if value is not None})


CLOUD = Ratios()


def energy_price(scenario: Scenario, world: World, weights: Weights, ratios: Ratios = CLOUD) -> float:
    """What planning puts on a kWh beside its tariff, in CNY: the price of its carbon, and its weight."""
    price = scenario.prices.carbon_cny_per_t
    carbon = 0.0 if price is None else world.of(price) / 1000 * world.of(scenario.grid.carbon_kg_per_kwh)
    return carbon * ratios.carbon + weights.energy_cny_per_kwh


def energy_cny_per_w_year(
    scenario: Scenario, cloud: Cloud, world: World, weights: Weights = MONEY_ONLY, ratios: Ratios = CLOUD
) -> float:
    """What a W drawn by hosts all year costs at a site, with storage, network, cooling and losses."""
    facility = (1 + world.of(cloud.overhead_it)) * world.of(cloud.pue) * ratios.pue
    prices = scenario.prices
    tariff = world.of(prices.electricity_cny_per_kwh) * world.of(prices.electricity_cloud_ratio)
    price = tariff * ratios.tariff + energy_price(scenario, world, weights, ratios)
    return facility * price * KWH_PER_W_YEAR


def power_w(
    scenario: Scenario, cloud: Cloud, world: World, types: HostTypes, mean_ssj_per_vcpu: float
) -> Floats:
    """Power of a full host of each type at a mean demand behind one vCPU given out, shape (types,)."""
    load = np.clip(types.capacity[:, 0] * mean_ssj_per_vcpu / types.capacity_ssj, 0, 1)
    curves = [scenario.hardware.curves[cloud.host_types[row].curve] for row in types.kind.tolist()]
    knots = np.linspace(0, 1, 11)
    watts = [np.interp(u, knots, curve.watts) for u, curve in zip(load, curves, strict=True)]
    return np.array(watts) * world.of(scenario.servers.config_factor)


def annuity(rate: float, years: float) -> float:
    """Yearly share of a price paid off over so many years."""
    return rate / (1 - float(power(1 + rate, -years))) if rate > 0 else 1 / years


def _part_paid(cloud: Cloud, world: World, types: HostTypes, rate: float) -> Floats:
    """Part of the capital that is still to be paid, shape (types,).

    Of an owned host the years from the end of its life to the horizon, discounted, over all from the opening.
    """
    opens = world.clock.month_of_hour(world.clock.hour_of(cloud.opens))
    horizon = (world.clock.months - opens) / 12
    left = np.where(types.owned, np.clip((types.end_month - opens) / 12, 0.0, horizon), 0.0)
    if rate <= 0:
        return np.asarray(1 - left / horizon, dtype=np.float64)
    last = power(1 + rate, -horizon)
    return np.asarray((power(1 + rate, -left) - last) / (1 - last), dtype=np.float64)


def yearly_cost(
    scenario: Scenario,
    cloud: Cloud,
    world: World,
    types: HostTypes,
    mean_ssj_per_vcpu: float,
    weights: Weights = MONEY_ONLY,
    ratios: Ratios = CLOUD,
) -> Floats:
    """Yearly cost of a host of each type, in CNY of the first year, shape (types,); or what else is weighed.

    Amortised capital with its share of the network (of owned hosts: their renewal), energy at the planned
    mean load with what planning puts on it (see ``energy_price``), space, and platform software.

    Args:
        mean_ssj_per_vcpu: mean demand behind one vCPU given out, in ssj_ops.
    """
    rate, life = world.of(scenario.prices.discount_rate), world.of(cloud.host_life_years)
    network = np.where(types.owned, 0.0, world.of(cloud.network_share))
    capital = types.price_cny * (1 + network) * annuity(rate, life) * _part_paid(cloud, world, types, rate)
    watts = power_w(scenario, cloud, world, types, mean_ssj_per_vcpu)
    energy = watts * energy_cny_per_w_year(scenario, cloud, world, weights, ratios)
    rack_cny = world.of(cloud.space_cny_per_rack_year) * ratios.space
    space = rack_cny * types.rack_units / cloud.rack_units_usable
    platform = world.of(cloud.platform_cny_per_host_year)
    cost = np.asarray(capital + energy + space + platform, dtype=np.float64)
    return weights.counted(types, cost)
