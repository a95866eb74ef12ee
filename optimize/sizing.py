"""Sizing: what each component needs on the cloud, in vCPU, memory and disk.

"profiles" and "performance" size on measured use, "as-is" copies what the machine has today. Old cores are
not new cores: measured use is converted through benchmark throughput. A component gets the vCPU that its own
peak needs. With "performance" it also gets at least its share of the host in the busy hours: vCPU are given
out several times over, so that sizes alone would let the peaks of all components meet on one host. With
"profiles" the throughput of hosts is kept hour by hour when they are filled (see ``profiles``). Hosts are
bought for ``growth_years_ahead`` years of growth, rebound included, and none later: what a longer
horizon adds shows as demand not served. Memory and disk do not grow in the model, and no component needs
more memory than its machine is listed with, since it runs with that. (A drawn server has no such limit:
machines of published power curves have less memory than those in use.) Headroom, growth and
systems still to come never ask for more than the largest host: a component that outgrows it would be
split. What is measured today must fit.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..scenarios.cloud import Cloud
from ..scenarios.elementary import power
from ..scenarios.profile import class_profiles
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .flavours import SMALLEST
from .hosts import HostTypes

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MONTHS_PER_YEAR = 12
BUSY_QUANTILE = 0.95


def needs(
    scenario: Scenario,
    cloud: Cloud,
    world: World,
    rows: Ints,
    sizing: Literal["profiles", "performance", "as-is"],
    types: HostTypes,
) -> Floats:
    """vCPU, memory in GB and disk in GB that components need, shape (rows, 3).

    Args:
        rows: server rows of the components. Zombies get the smallest flavour.
    """
    servers = world.estate.servers
    measured = np.stack(
        [servers.peak_ssj[rows] / types.ssj_per_vcpu, servers.memory_gb[rows], servers.disk_gb[rows]], axis=1
    )
    wanted = measured * world.of(cloud.comfort_factor)
    wanted[:, 1] = np.minimum(wanted[:, 1], servers.most_gb[rows])
    if sizing == "as-is":
        wanted[:, 0] = servers.vcpu_as_is[rows]
        wanted[:, 1] = np.maximum(servers.installed_gb[rows], servers.memory_gb[rows])
        measured[:, 0] = wanted[:, 0]
    else:
        if sizing == "performance":
            share = _busy_ssj(scenario, world, rows) / types.ssj_per_vcpu * world.of(cloud.vcpu_per_core)
            wanted[:, 0] = np.maximum(wanted[:, 0], share / world.of(cloud.busy_hour_load))
        wanted[:, 0] *= expected_growth(scenario, cloud, world, rows)
    today = world.estate.systems.arrives_month[servers.system[rows]] == 0
    largest = np.floor(types.capacity.max(axis=0))
    needed = np.maximum(np.minimum(wanted, largest), np.where(today[:, None], measured, 0.0))
    return np.where(servers.zombie[rows, None], SMALLEST, needed)


def _busy_ssj(scenario: Scenario, world: World, rows: Ints) -> Floats:
    """Expected demand in the busy hours of the first year, noise aside, shape (rows,).

    Busy hours are the top 5 %; noise of many components on one host mostly cancels.
    """
    servers, systems = world.estate.servers, world.estate.systems
    year = class_profiles(scenario, world.clock)[:, : int(world.clock.month_edges_h[MONTHS_PER_YEAR])]
    ratio = np.quantile(year, BUSY_QUANTILE, axis=1)
    return np.asarray(servers.demand_ssj[rows] * ratio[systems.demand_class[servers.system[rows]]])


def vcpu_weights(scenario: Scenario, cloud: Cloud, world: World, rows: Ints) -> Floats:
    """What a vCPU of each component counts where demand classes have ratios of their own, shape (rows,)."""
    usual, own = world.of(cloud.vcpu_per_core), cloud.vcpu_per_core_by_class
    ratio = np.array([world.of(own[name]) if name in own else usual for name in scenario.demand.classes])
    return np.asarray(usual / ratio[world.estate.systems.demand_class[world.estate.servers.system[rows]]])


def expected_growth(
    scenario: Scenario, cloud: Cloud, world: World, rows: Ints, rebound_only: bool = False
) -> Floats:
    """Demand at the end of the years planned ahead, or of a shorter life, over that of the first month."""
    servers, clock = world.estate.servers, world.clock
    opens = clock.month_of_hour(clock.hour_of(cloud.opens))
    on_cloud = np.maximum(world.estate.systems.arrives_month[servers.system[rows]], opens)
    last = np.minimum(servers.retires_month[rows], clock.months) - 1
    last = np.minimum(last, on_cloud + cloud.growth_years_ahead * MONTHS_PER_YEAR)
    years, years_on_cloud = last / MONTHS_PER_YEAR, np.maximum(last - on_cloud, 0) / MONTHS_PER_YEAR
    growth, rebound = world.of(scenario.demand.growth_per_year), world.of(scenario.demand.rebound_per_year)
    # A measured load holds its own growth and steps.
    grown = np.ones(len(rows))
    if not rebound_only:
        grown = power(1 + growth, years) * world.estate.rises.by(last, rows)
    return np.asarray(grown * power(1 + rebound, years_on_cloud))
