"""How many standby hosts each pool has.

As many as the scenario asks for (N+k); where it puts a price on downtime, more of them as long as each
saves more than it costs. Host failures are independent and repaired in ``host_mttr_h`` on average, so
the number N of hosts down at once in a pool is close to Poisson distributed. What k standby hosts cannot
carry, E[max(N - k, 0)] hosts on average, is down; each takes its share of the pool's components with it,
and every component is counted as a system of its own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..scenarios.cloud import Cloud
from ..scenarios.elementary import exp
from ..scenarios.schema import Scenario
from ..scenarios.world import World

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

HOURS_PER_YEAR = 8766.0
MOST_STANDBY = 10


def standby_hosts(
    scenario: Scenario, cloud: Cloud, world: World, hosts: Ints, components: Ints, yearly_cny: Floats
) -> Ints:
    """Standby hosts of each pool, shape (pools,).

    Args:
        hosts: that hold components, in each pool, shape (pools,).
        components: in each pool, shape (pools,).
        yearly_cny: cost of one standby host of each pool, shape (pools,).
    """
    number = np.full(len(hosts), cloud.standby_hosts, dtype=np.int64)
    price = scenario.prices.downtime_cny_per_system_hour
    if price is None:
        return number
    reliability = scenario.reliability
    down = 1 / (1 + world.of(reliability.host_mtbf_h) / world.of(reliability.host_mttr_h))
    for pool in np.flatnonzero(hosts > 0).tolist():
        hourly = components[pool] / hosts[pool] * world.of(price) * HOURS_PER_YEAR
        lost = [hourly * uncovered(down * float(hosts[pool]), k) for k in range(MOST_STANDBY + 1)]
        least = int(number[pool])
        total = [lost[k] + k * float(yearly_cny[pool]) for k in range(least, MOST_STANDBY + 1)]
        number[pool] = least + int(np.argmin(total))
    return number


def uncovered(mean: float, standby: int) -> float:
    """Mean of ``max(N - standby, 0)`` for N of a Poisson distribution."""
    chance, covered = float(exp(-mean)), 0.0
    for n in range(standby):
        covered += (standby - n) * chance
        chance *= mean / (n + 1)
    return max(mean - standby + covered, 0.0)
