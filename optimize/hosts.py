"""Host types of a cloud in one world: what each holds and what it costs per year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..scenarios.cloud import Cloud
from ..scenarios.schema import Scenario
from ..scenarios.sites import Site
from ..scenarios.world import World

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

KWH_PER_W_YEAR = 8.76


@dataclass(frozen=True)
class HostTypes:
    """Host types in the order of ``cloud.host_types``, shape (types,) each.

    Attributes:
        curve: row of hardware.curves sorted by name.
        ssj_per_vcpu: throughput that one vCPU stands for on every type: a core of the type with the
            strongest cores. Weaker cores count as less than one.
        capacity: usable vCPU, memory in GB and disk in GB, shape (types, 3).
        price_cny: in prices of the first year.
        most: hosts of each type to be had, infinite without a limit.
    """

    curve: Ints
    ssj_per_vcpu: float
    capacity_ssj: Floats
    capacity: Floats
    price_cny: Floats
    rack_units: Floats
    most: Floats


def host_types(scenario: Scenario, cloud: Cloud, world: World) -> HostTypes:
    """The host types of a cloud."""
    names = sorted(scenario.hardware.curves)
    types = cloud.host_types
    curves = [scenario.hardware.curves[t.curve] for t in types]
    capacity_ssj = np.array([c.ssj_ops for c in curves])
    ssj_per_vcpu = float((capacity_ssj / [c.cores for c in curves]).max())
    vcpu = capacity_ssj / ssj_per_vcpu * world.of(cloud.vcpu_per_core)
    memory_gb = np.array([t.memory_gb for t in types]) * (1 - world.of(cloud.memory_reserve_share))
    disk_gb = np.array([t.disk_gb for t in types])
    return HostTypes(
        curve=np.array([names.index(t.curve) for t in types], dtype=np.int32),
        ssj_per_vcpu=ssj_per_vcpu,
        capacity_ssj=capacity_ssj,
        capacity=np.stack([vcpu, memory_gb, disk_gb], axis=1),
        price_cny=world.of(cloud.host_price_cny) * np.array([t.price_ratio for t in types]),
        rack_units=np.array([t.rack_units for t in types]),
        most=np.array([np.inf if t.limit is None else t.limit for t in types]),
    )


@dataclass(frozen=True)
class Weights:
    """What planning weighs beside money; nothing of it is ever booked.

    Attributes:
        energy_cny_per_kwh: put on every kWh of the cloud, on top of tariff and price of carbon.
    """

    energy_cny_per_kwh: float = 0.0


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
    curves = [scenario.hardware.curves[t.curve] for t in cloud.host_types]
    knots = np.linspace(0, 1, 11)
    watts = [np.interp(u, knots, curve.watts) for u, curve in zip(load, curves, strict=True)]
    return np.array(watts) * world.of(scenario.servers.config_factor)


def annuity(rate: float, years: float) -> float:
    """Yearly share of a price paid off over so many years."""
    return rate / (1 - (1 + rate) ** -years) if rate > 0 else 1 / years


def yearly_cost(
    scenario: Scenario,
    cloud: Cloud,
    world: World,
    types: HostTypes,
    mean_ssj_per_vcpu: float,
    weights: Weights = MONEY_ONLY,
    ratios: Ratios = CLOUD,
) -> Floats:
    """Yearly cost of a host of each type, in CNY of the first year, shape (types,).

    Amortised capital with its share of the network, energy at the planned mean load with what planning
    puts on it (see ``energy_price``), space, and platform software.

    Args:
        mean_ssj_per_vcpu: mean demand behind one vCPU given out, in ssj_ops.
    """
    rate, life = world.of(scenario.prices.discount_rate), world.of(cloud.host_life_years)
    capital = types.price_cny * (1 + world.of(cloud.network_share)) * annuity(rate, life)
    watts = power_w(scenario, cloud, world, types, mean_ssj_per_vcpu)
    energy = watts * energy_cny_per_w_year(scenario, cloud, world, weights, ratios)
    rack_cny = world.of(cloud.space_cny_per_rack_year) * ratios.space
    space = rack_cny * types.rack_units / cloud.rack_units_usable
    return capital + energy + space + world.of(cloud.platform_cny_per_host_year)
