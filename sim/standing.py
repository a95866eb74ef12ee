"""What stands at the end of a run, and who has paid what: for the summaries of a study."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..optimize.plan import Plan
from ..scenarios.estate import NEVER
from ..scenarios.schema import Scenario
from ..scenarios.world import World
from .ledger import ITEMS, PAYERS, Ledger
from .outcome import Stock
from .run import Run
from .sites import hosts_off_h
from .timeline import Timeline

Floats = NDArray[np.float64]

_W_PER_KW = 1e3
_PER_MILLION = 1e6


def stock_of(scenario: Scenario, world: World, plan: Plan, run: Run) -> Stock:
    """Machines that are switched on in the last hour, and what they could do and draw at full load."""
    last_h, timeline, hosts = world.clock.hours - 1, run.timeline, plan.hosts
    curves = [curve for _, curve in sorted(scenario.hardware.curves.items())]
    ssj, watts = np.array([c.ssj_ops for c in curves]), np.array([max(c.watts) for c in curves])
    there = (timeline.server_on_h <= last_h) & (timeline.server_off_h > last_h)
    model = _model_in_use(world, timeline)[there]
    on = (timeline.host_on_h <= last_h) & (hosts_off_h(plan, timeline) > last_h)
    served = (timeline.cloud_on_h <= last_h) & (timeline.cloud_off_h > last_h)
    share = world.estate.servers.machine_share[there]
    drawn = (watts[model] * world.estate.servers.config_factor[there] * share).sum()
    drawn += watts[hosts.curve[on]].sum() * world.of(scenario.servers.config_factor)
    return Stock(
        servers=round(float(share.sum())),
        hosts=int(on.sum()),
        components=int(served.sum()),
        working_hosts=int((on & ~hosts.standby & (hosts.recovers < 0)).sum()),
        max_mssj=float((ssj[model] * share).sum() + hosts.capacity_ssj[on].sum()) / _PER_MILLION,
        max_kw=float(drawn) / _W_PER_KW,
    )


def _model_in_use(world: World, timeline: Timeline) -> NDArray[np.int32]:
    """Curve of the machine of each server in the last month."""
    generation = np.maximum((timeline.generation_month < world.clock.months).sum(axis=1) - 1, 0)
    return np.take_along_axis(world.estate.servers.generation_curve, generation[:, None], axis=1)[:, 0]


def planned_by_level(world: World, plan: Plan, levels: int) -> Floats:
    """Systems that the plan has on the cloud, by level of government, shape (levels,)."""
    units, systems = world.estate.units, world.estate.systems
    goes = (plan.wave_h != NEVER) & (plan.pool_room is None)
    return np.bincount(units.level[systems.unit[goes]], minlength=levels).astype(np.float64)


def others_paid(ledger: Ledger, months: int) -> Floats | None:
    """Cost to every payer but the government, shape (payers - 1, months, items); None if there is none."""
    if not ledger.payer.any():
        return None
    sums = np.zeros((len(PAYERS), months, len(ITEMS)))
    np.add.at(sums, (ledger.payer, ledger.month, ledger.item), ledger.cost_cny)
    return sums[1:]
