"""What a plan is held against, computed anew from the scenario and the world.

Nothing here comes from the models that make plans: sizes, demand and growth are derived once more from
what the scenario's fields mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ...scenarios.clock import HOURS_PER_DAY
from ...scenarios.cloud import Cloud
from ...scenarios.estate import NEVER
from ...scenarios.moves import Migration
from ...scenarios.schema import Alternative, Scenario
from ...scenarios.world import World
from ..plan import Plan

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MONTHS_PER_YEAR = 12
# Share of the hours of a year that are busy hours, as cloud.busy_hour_load means them.
BUSY_SHARE = 0.05


@dataclass(frozen=True)
class Facts:
    """A plan beside its scenario and world."""

    scenario: Scenario
    world: World
    plan: Plan
    chosen: Alternative
    cloud: Cloud
    migration: Migration

    @cached_property
    def placed(self) -> Ints:
        """Server rows of the components with a host."""
        return np.flatnonzero(self.plan.placement >= 0)

    @cached_property
    def host(self) -> Ints:
        """Host row of each component, shape (placed,)."""
        return self.plan.placement[self.placed].astype(np.int64)

    @cached_property
    def system(self) -> Ints:
        """System row of each component, shape (placed,)."""
        return self.world.estate.servers.system[self.placed].astype(np.int64)

    @cached_property
    def from_h(self) -> Ints:
        """Hour from which each component runs on the cloud, shape (placed,)."""
        return self.plan.wave_h[self.system].astype(np.int64)

    @cached_property
    def until_h(self) -> Ints:
        """Hour from which it runs no more, shape (placed,)."""
        return self.first_hour(self.world.estate.servers.retires_month[self.placed])

    def first_hour(self, month: NDArray[np.integer]) -> Ints:
        """First hour of each month; NEVER for months after the horizon."""
        edges = self.world.clock.month_edges_h
        inside = month < len(edges) - 1
        return np.where(inside, edges[np.where(inside, np.maximum(month, 0), 0)], int(NEVER))

    @cached_property
    def usable(self) -> Floats:
        """vCPU, memory in GB, disk in GB and ssj_ops of each host type, shape (types, 4)."""
        curves = self.scenario.hardware.curves
        of, kinds = self.world.of, self.cloud.host_types
        ssj = np.array([curves[kind.curve].ssj_ops for kind in kinds])
        cores = np.array([curves[kind.curve].cores for kind in kinds])
        memory = np.array([kind.memory_gb for kind in kinds]) * (1 - of(self.cloud.memory_reserve_share))
        disk = np.array([kind.disk_gb for kind in kinds])
        vcpu = ssj / (ssj / cores).max() * of(self.cloud.vcpu_per_core)
        return np.stack([vcpu, memory, disk, ssj], axis=1)

    @cached_property
    def capacity(self) -> Floats:
        """The same of each host of the plan, shape (hosts, 4)."""
        return self.usable[self.plan.hosts.type]

    @cached_property
    def needs_gb(self) -> Floats:
        """Memory and disk that each component must find, shape (placed, 2).

        What it uses today times the comfort factor (sized as is: memory as its machine has it), but no
        more than the largest host, and no more memory than its machine is listed with; a zombie gets what
        its flavour says.
        """
        servers, plan = self.world.estate.servers, self.plan
        used = np.stack([servers.memory_gb[self.placed], servers.disk_gb[self.placed]], axis=1)
        wanted = used * self.world.of(self.cloud.comfort_factor)
        has = servers.most_gb[self.placed]
        wanted[:, 0] = np.where(wanted[:, 0] > has, has, wanted[:, 0])
        if self.cloud.sizing == "as-is":
            wanted[:, 0] = np.maximum(servers.installed_gb[self.placed], used[:, 0])
        wanted = np.minimum(wanted, np.floor(self._largest_gb))
        today = self.world.estate.systems.arrives_month[self.system] == 0
        needed = np.maximum(wanted, np.where(today[:, None], used, 0.0))
        row = plan.flavour[self.placed]
        given = np.stack([plan.flavours.memory_gb[row], plan.flavours.disk_gb[row]], axis=1)
        return np.where(servers.zombie[self.placed, None], given, needed)

    @cached_property
    def _largest_gb(self) -> Floats:
        return np.asarray(self.usable[:, 1:3].max(axis=0))

    @cached_property
    def flavour_sizes(self) -> Floats:
        """vCPU, memory in GB and disk in GB given to each component, shape (placed, 3)."""
        sizes, row = self.plan.flavours, self.plan.flavour[self.placed]
        return np.stack([sizes.vcpu[row], sizes.memory_gb[row], sizes.disk_gb[row]], axis=1)

    @cached_property
    def growth(self) -> Floats:
        """Demand at the end of the years planned ahead over that of the first month, shape (placed,)."""
        clock, cloud, demand = self.world.clock, self.cloud, self.scenario.demand
        opens = clock.month_of_hour(float(clock.hour_of(cloud.opens)))
        arrives = self.world.estate.systems.arrives_month[self.system].astype(np.int64)
        on_cloud = np.maximum(arrives, opens)
        leaves = np.minimum(self.world.estate.servers.retires_month[self.placed], clock.months) - 1
        last = np.minimum(leaves, on_cloud + MONTHS_PER_YEAR * cloud.growth_years_ahead)
        there = np.maximum(last - on_cloud, 0)
        yearly, extra = self.world.of(demand.growth_per_year), self.world.of(demand.rebound_per_year)
        grown = (1 + yearly) ** (last / 12) * (1 + extra) ** (there / 12)
        for month, factor in zip(self.world.estate.rises.month, self.world.estate.rises.factor, strict=True):
            grown = np.where(month <= last, grown * factor[self.placed], grown)
        return np.asarray(grown)

    @cached_property
    def profile(self) -> Floats:
        """Demand of each class over its mean in the hours of the first year, shape (classes, hours)."""
        clock = self.world.clock
        days = int(clock.month_edges_h[MONTHS_PER_YEAR]) // HOURS_PER_DAY
        month = np.repeat(
            [clock.calendar_month(m) for m in range(MONTHS_PER_YEAR)],
            np.diff(clock.month_edges_h[: MONTHS_PER_YEAR + 1]) // HOURS_PER_DAY,
        )
        rows = []
        for kind in self.scenario.demand.classes.values():
            hours = np.array([kind.restday, kind.workday])[clock.workday[:days].astype(np.int64)]
            year = (hours * np.array(kind.months)[month][:, None]).ravel()
            rows.append(year / year.mean())
        return np.array(rows)

    @cached_property
    def demand_class(self) -> Ints:
        """Row of ``profile`` of each component, shape (placed,)."""
        return self.world.estate.systems.demand_class[self.system].astype(np.int64)

    def most_at_once(self, amount: Floats) -> Floats:
        """Largest sum of an amount over the components that a host holds at one time, shape (hosts,)."""
        host = np.concatenate([self.host, self.host])
        when = np.concatenate([self.from_h, self.until_h])
        step = np.concatenate([amount, -amount])
        order = np.lexsort((step, when, host))  # who leaves at an hour makes room for who comes at it
        total = np.cumsum(step[order])
        host = host[order]
        first = np.searchsorted(host, np.arange(len(self.plan.hosts.type)))
        last = np.searchsorted(host, np.arange(len(self.plan.hosts.type)), side="right")
        most = np.zeros(len(self.plan.hosts.type))
        for row in np.flatnonzero(last > first).tolist():
            before = total[first[row] - 1] if first[row] else 0.0
            most[row] = total[first[row] : last[row]].max() - before
        return most
