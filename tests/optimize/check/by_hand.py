"""A plan of six components on seven hosts, small enough to judge by eye; it breaks no rule.

Zone "in" has components 0 and 1 (replicas, system 0) and 2 (system 1) on hosts 0 and 1, host 2 stands by;
zone "out" has 3 and 4 (system 2) on host 3, host 4 stands by, and at a level of its own 5 (system 3) on host
5, host 6 stands by. The cloud opens on Saturday 1 March 2014.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from types import SimpleNamespace as Some
from typing import Any

import numpy as np

from roomfold.optimize.check.facts import Facts
from roomfold.optimize.check.violation import Violation
from roomfold.optimize.plan import Hosts
from roomfold.scenarios.clock import Clock
from roomfold.scenarios.estate import NEVER

DAYS = np.arange(365)
EDGES = np.cumsum([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) * 24
OPENS_H = 59 * 24
SLOTS_H = [24 * day + 2 for day in (66, 73, 80, 94)]  # 8, 15 and 22 March, 5 April
LATER = int(NEVER)


def ints(*values: int) -> Any:
    """A column."""
    return np.array(values, dtype=np.int32)


def base() -> Some:
    """Scenario, world, plan and terms, whose columns a test may change."""
    clock = Clock(date(2014, 1, 1), 1, EDGES, (DAYS + 2) % 7 < 5)
    systems = Some(
        id=ints(0, 1, 2, 3), classified=np.zeros(4, dtype=bool), pinned=np.zeros(4, dtype=bool),
        zone=ints(0, 0, 1, 1), mlps=ints(2, 2, 2, 3), replicated=np.array([True, False, False, False]),
        stays=np.zeros(4, dtype=bool), arrives_month=ints(0, 0, 0, 0), retires_month=ints(*[LATER] * 4),
        dedicated=np.zeros(4, dtype=bool), demand_class=ints(0, 0, 1, 0), unit=ints(0, 0, 1, 1),
        traffic_mbps=np.array([3.0, 4, 5, 6]), effort_days=np.array([9.0, 9, 9, 15]),
        room=ints(0, 0, 1, 2),
    )  # fmt: skip
    servers = Some(
        system=ints(0, 0, 1, 2, 2, 3), zombie=np.zeros(6, dtype=bool),
        memory_gb=np.array([10.0, 10, 20, 10, 4, 30]), disk_gb=np.array([100.0, 100, 200, 100, 40, 300]),
        most_gb=np.full(6, 64.0), installed_gb=np.array([16.0, 16, 32, 16, 8, 64]),
        retires_month=ints(*[LATER] * 6), demand_ssj=np.array([100.0, 100, 200, 100, 100, 300]),
        noise=np.zeros(6), machine_share=np.ones(6), generation_month=np.full((6, 2), LATER),
    )  # fmt: skip
    hosts = Hosts(
        pool=ints(0, 0, 0, 1, 1, 2, 2), type=ints(0, 0, 0, 0, 0, 1, 1), buy_month=ints(2, 2, 2, 2, 2, 3, 3),
        age_months=ints(*[0] * 7), standby=np.array([0, 0, 1, 0, 1, 0, 1], dtype=bool),
        curve=ints(0, 0, 0, 0, 0, 1, 1), capacity_ssj=np.array([1000.0] * 5 + [1800] * 2),
        vcpu=np.array([40 / 3] * 5 + [24.0] * 2), memory_gb=np.array([90.0] * 5 + [180] * 2),
        disk_gb=np.array([1000.0] * 5 + [2000] * 2), price_cny=np.array([100.0] * 5 + [150] * 2),
        rack_units=np.array([2.0] * 7), recovers=ints(*[-1] * 7), rack=ints(0, 1, 0, 1, 2, 2, 3),
    )  # fmt: skip
    plan = Some(
        alternative="consolidate",
        placement=ints(0, 1, 0, 3, 3, 5), wave_h=ints(*SLOTS_H), hosts=hosts, late=0, team_fte=2.0,
        pools=(("in", 2), ("out", 2), ("out", 3)), pool_site=ints(0, 0, 0), sites=("cloud",),
        flavours=Some(
            vcpu=np.array([2.0, 4]), memory_gb=np.array([32.0, 64]), disk_gb=np.array([300.0, 500])
        ),
        flavour=ints(0, 0, 0, 0, 0, 1), unit_site=ints(0, 0), shared_line=ints(0, 1), shared_lines=ints(2, 1),
        recovery=None, host_room=None, pool_room=None,
        proof=Some(cost_cny_per_year=1010.0, bound_cny_per_year=1000.0, gap=0.01, hosts=7),
    )  # fmt: skip
    kinds = [
        Some(name="a", curve="a", memory_gb=100, disk_gb=1000, rack_units=2, price_ratio=1.0, limit=None),
        Some(name="b", curve="b", memory_gb=200, disk_gb=2000, rack_units=2, price_ratio=1.5, limit=2),
    ]
    cloud = Some(
        host_types=kinds, memory_reserve_share=0.1, vcpu_per_core=2.0, comfort_factor=1.5,
        sizing="performance",
        busy_hour_load=0.8, standby_hosts=1, apart="rack", rack_units_usable=4, host_price_cny=100.0,
        growth_years_ahead=1, opens=date(2014, 3, 1), classes_share=True, dedicated_classes=(), existing=(),
        host_life_years=5.0, access_line=("thin", "wide"), sites={}, siting=None, recovery=None,
        overload_share=0.01,
    )  # fmt: skip
    flat = (1.0,) * 24
    kind = Some(workday=flat, restday=flat, months=(1.0,) * 12, common_share=0.0, day_share=0.0)
    scenario = Some(
        estate=Some(levels={}, places={}),
        hardware=Some(curves={"a": Some(ssj_ops=1000.0, cores=10), "b": Some(ssj_ops=1800.0, cores=12)}),
        demand=Some(classes={"web": kind, "file": kind}, model=None, growth_per_year=0.0,
            rebound_per_year=0.0),
        calendar=Some(rest_days=(), work_days=()), prices=Some(staff_change=0.0),
        lines={"thin": Some(mbps=4.0), "wide": Some(mbps=20.0)}, policy={},
    )  # fmt: skip
    migration = Some(
        team_fte=2.0, failure_share=0.1, ingress_mbps=10.0, freeze=(), most_per_month=None,
        day_rate_cny=100.0,
        budget_cny_per_year=None, budget_cny_by_year={},
    )  # fmt: skip
    estate = Some(
        systems=systems, servers=servers, zones=("in", "out"), units=Some(id=ints(0, 1)),
        rises=Some(month=[], factor=[]), rooms=Some(id=ints(0, 1, 2)),
    )  # fmt: skip
    world = Some(estate=estate, clock=clock, of=float, index=0)
    return Some(
        scenario=scenario, world=world, plan=plan, cloud=cloud, migration=migration, hosts=hosts,
        systems=systems, servers=servers, kinds=kinds, chosen=Some(deadline=None),
    )  # fmt: skip


def lengthen(case: Some) -> None:
    """A horizon of two years."""
    edges = np.append(EDGES, EDGES[-1] + EDGES[1:])
    case.world.clock = Clock(date(2014, 1, 1), 2, edges, (np.arange(730) + 2) % 7 < 5)


def facts(case: Some) -> Facts:
    """As rules see it."""
    parts: list[Any] = [case.scenario, case.world, case.plan, case.chosen, case.cloud, case.migration]
    return Facts(*parts)


def broken(rule: Callable[[Facts], Iterator[Violation]], case: Some) -> list[tuple[str, float, int]]:
    """What a rule finds: its words, by how much, and at how many places."""
    return [(v.what, round(v.by, 9), v.places) for v in rule(facts(case))]
