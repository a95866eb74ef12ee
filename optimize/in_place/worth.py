"""What a pool of servers in a room costs in a year, and what its hosts would: a pool folds where that pays.

Both sides count amortised capital, maintenance after the warranty and electricity at the room's tariff with
the losses and the part of cooling that follow the load; hosts also what their platform costs and, spread
over the horizon, the labour of folding. Capital of servers counts from their next purchase on: what stands is
paid for. Servers count at today's load, hosts at that they are planned for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...scenarios.cloud import Cloud
from ...scenarios.moves import Migration
from ...scenarios.quantity import Quantity
from ...scenarios.schema import Scenario
from ...scenarios.world import World
from ..hosts import KWH_PER_W_YEAR, HostTypes, Ratios, Weights, annuity, yearly_cost
from ..waves import ROLLED_BACK_EFFORT, power_w

Floats = NDArray[np.float64]


class Worth:
    """Yearly cost in CNY of the first year.

    Attributes:
        system_cny: of the servers of each system, shape (systems,).
        folding_cny: of folding each system, spread over the horizon, shape (systems,).
        host_cny: of a host of each type in each room, shape (rooms, types).
    """

    def __init__(
        self,
        scenario: Scenario,
        cloud: Cloud,
        migration: Migration,
        world: World,
        types: HostTypes,
        mean_ssj_per_vcpu: float,
        weights: Weights,
    ) -> None:
        of, servers, terms = world.of, world.estate.servers, scenario.servers
        systems, clock = world.estate.systems, world.clock
        rate = of(scenario.prices.discount_rate)
        opens = max(clock.month_of_hour(clock.hour_of(cloud.opens)), 0)
        capital = annuity(rate, of(terms.life_years)) * _share_to_buy(world, opens)
        capital = capital + self._maintenance(scenario, world, terms.life_years)
        follows_w, _ = power_w(scenario, world)
        energy = follows_w * KWH_PER_W_YEAR * of(scenario.prices.electricity_cny_per_kwh)
        cny = servers.price_cny * capital + energy
        self.system_cny = np.bincount(servers.system, cny, minlength=len(systems.id))
        fails = of(migration.failure_share)
        years = max(clock.months - opens, 1) / 12
        labour = systems.effort_days * of(migration.day_rate_cny)
        labour = labour * (1 + ROLLED_BACK_EFFORT * fails / (1 - fails))
        # What starts on a host is set up there, which is no more work than setting it up on a server.
        self.folding_cny = np.where(systems.arrives_month > 0, 0.0, labour * annuity(rate, years))
        upkeep = types.price_cny * self._maintenance(scenario, world, cloud.host_life_years)
        rooms = len(world.estate.rooms.id)
        ratios = [_ratios(scenario, cloud, world, room) for room in range(rooms)]
        host = [yearly_cost(scenario, cloud, world, types, mean_ssj_per_vcpu, weights, r) for r in ratios]
        self.host_cny = np.stack(host) + upkeep

    @staticmethod
    def _maintenance(scenario: Scenario, world: World, life_years: Quantity) -> float:
        """Yearly maintenance as a share of the price, the years of the warranty included."""
        terms = scenario.servers
        paid = max(1 - world.of(terms.warranty_years) / world.of(life_years), 0.0)
        return world.of(terms.maintenance_share) * paid


def _share_to_buy(world: World, opens: int) -> Floats:
    """Share of the months from the opening on with a machine bought since then, shape (servers,)."""
    month = world.estate.servers.generation_month.astype(np.float64)
    first = np.where(month >= max(opens, 1), month, np.inf).min(axis=1, initial=np.inf)
    last = world.clock.months
    return np.asarray(np.clip((last - first) / max(last - opens, 1), 0.0, 1.0))


def _ratios(scenario: Scenario, cloud: Cloud, world: World, room: int) -> Ratios:
    """What a W of a host takes and pays in a room over the cloud's section; its space is there already."""
    rooms, of = world.estate.rooms, world.of
    overhead = 1 + float(rooms.overhead_it[room] * (1 - rooms.overhead_fixed_share[room]))
    follows = 1 + float((1 - rooms.cooling_fixed_share[room]) * (rooms.pue[room] - 1))
    pue = follows * overhead / (of(cloud.pue) * (1 + of(cloud.overhead_it)))
    tariff = 1 / of(scenario.prices.electricity_cloud_ratio)
    return Ratios(pue=pue, tariff=tariff, space=0.0, fitout=0.0)
