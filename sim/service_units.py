"""Units of a cloud service by month: what is used, and what the plan has on the cloud."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..optimize.plan import Plan
from ..scenarios.clock import Clock
from ..scenarios.estate import NEVER
from ..scenarios.finance import Financing
from ..scenarios.world import World
from .daybook import shares
from .timeline import Ints, Timeline, hour_of_month

Floats = NDArray[np.float64]

ITEM_OF_UNIT = {"system": "service_systems", "host": "service_hosts", "vcpu": "service_vcpu"}


class Units(NamedTuple):
    """Unit-years in each month, shape (months,) each."""

    used: Floats
    planned: Floats  # as if nothing slipped and nothing was given up


def service_units(world: World, plan: Plan, timeline: Timeline, financing: Financing) -> Units:
    """Units that are paid for."""
    clock, system = world.clock, world.estate.servers.system
    if financing.unit == "host":
        works = ~plan.hosts.standby & (plan.hosts.recovers < 0)
        bought_h = hour_of_month(clock, plan.hosts.buy_month[works])
        used = _years(clock, timeline.host_on_h[works], np.full(works.sum(), NEVER))
        return Units(used, _years(clock, bought_h, np.full(len(bought_h), NEVER)))
    served = timeline.cloud_on_h != NEVER
    goes = (plan.placement >= 0) & (plan.wave_h[system] != NEVER)
    if financing.unit == "vcpu":
        vcpu = np.append(plan.flavours.vcpu, 0.0)[plan.flavour]  # -1, for no flavour, is the last
        used = _years(clock, timeline.cloud_on_h[served], timeline.cloud_off_h[served], vcpu[served])
        planned_h = plan.wave_h[system][goes]
        return Units(used, _years(clock, planned_h, np.full(len(planned_h), NEVER), vcpu[goes]))
    systems = len(world.estate.systems.id)
    on_h = np.full(systems, NEVER, dtype=np.int32)
    off_h = np.zeros(systems, dtype=np.int32)
    np.minimum.at(on_h, system[served], timeline.cloud_on_h[served])
    np.maximum.at(off_h, system[served], timeline.cloud_off_h[served])
    planned_h = plan.wave_h[np.unique(system[goes])]
    used = _years(clock, on_h, off_h)
    return Units(used, _years(clock, planned_h, np.full(len(planned_h), NEVER)))


def _years(clock: Clock, start_h: Ints, end_h: Ints, height: Floats | None = None) -> Floats:
    """Years of existence in each month of all things together, each counted ``height`` times."""
    found = shares(clock, start_h, end_h)
    years = found.years if height is None else found.years * height[found.row]
    return np.asarray(np.bincount(found.month, years, minlength=clock.months), dtype=np.float64)
