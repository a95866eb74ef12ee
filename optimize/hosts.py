"""Host types of a cloud in one world: what each holds and what it costs per year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..scenarios.schema import Cloud, Scenario
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
    """

    curve: Ints
    ssj_per_vcpu: float
    capacity_ssj: Floats
    capacity: Floats
    price_cny: Floats
    rack_units: Floats


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
    )


def yearly_cost(
    scenario: Scenario, cloud: Cloud, world: World, types: HostTypes, mean_ssj_per_vcpu: float
) -> Floats:
    """Yearly cost of a host of each type, in CNY of the first year, shape (types,).

    Amortised capital with its share of the network, energy at the planned mean load, space, and
    platform software.

    Args:
        mean_ssj_per_vcpu: mean demand behind one vCPU given out, in ssj_ops.
    """
    rate, life = world.of(scenario.prices.discount_rate), world.of(cloud.host_life_years)
    annuity = rate / (1 - (1 + rate) ** -life) if rate > 0 else 1 / life
    capital = types.price_cny * (1 + world.of(cloud.network_share)) * annuity
    load = np.clip(types.capacity[:, 0] * mean_ssj_per_vcpu / types.capacity_ssj, 0, 1)
    curves = [scenario.hardware.curves[t.curve] for t in cloud.host_types]
    knots = np.linspace(0, 1, 11)
    power_w = [np.interp(u, knots, curve.watts) for u, curve in zip(load, curves, strict=True)]
    facility = (1 + world.of(cloud.overhead_it)) * world.of(cloud.pue)
    prices = scenario.prices
    tariff = world.of(prices.electricity_cny_per_kwh) * world.of(prices.electricity_cloud_ratio)
    energy = np.array(power_w) * world.of(scenario.servers.config_factor) * facility * tariff * KWH_PER_W_YEAR
    space = world.of(cloud.space_cny_per_rack_year) * types.rack_units / cloud.rack_units_usable
    return capital + energy + space + world.of(cloud.platform_cny_per_host_year)
