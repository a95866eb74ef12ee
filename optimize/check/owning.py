"""Whose hosts they are: systems and classes with hosts of their own, and hosts owned from before."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from ...scenarios.cloud import OwnedHosts
from .facts import MONTHS_PER_YEAR, Facts
from .violation import Violation, wrong

Ints = NDArray[np.int64]


def dedicated(facts: Facts) -> Iterator[Violation]:
    """A system with hosts of its own shares them with no other, nor does a class that has."""
    systems, cloud = facts.world.estate.systems, facts.cloud
    alone = facts.host[systems.dedicated[facts.system]]
    yield from wrong("dedicated", "host", _mixed(facts, facts.system, alone), "is not one system's alone")
    classes = list(facts.scenario.demand.classes)
    own = [
        row for row, name in enumerate(classes) if not cloud.classes_share or name in cloud.dedicated_classes
    ]
    alone = facts.host[np.isin(facts.demand_class, own)]
    yield from wrong(
        "dedicated", "host", _mixed(facts, facts.demand_class, alone), "is not one class's alone"
    )


def _mixed(facts: Facts, of: Ints, hosts: Ints) -> Ints:
    """Of some hosts those whose components differ in something."""
    count = len(facts.plan.hosts.type)
    low, high = np.full(count, np.iinfo(np.int64).max), np.full(count, -1, dtype=np.int64)
    np.minimum.at(low, facts.host, of)
    np.maximum.at(high, facts.host, of)
    hosts = np.unique(hosts)
    return np.asarray(hosts[low[hosts] != high[hosts]])


def existing(facts: Facts) -> Iterator[Violation]:
    """Hosts said to be there already are in the scenario, and none idles where one like it is bought."""
    hosts, cloud, clock = facts.plan.hosts, facts.cloud, facts.world.clock
    life = round(facts.world.of(cloud.host_life_years) * MONTHS_PER_YEAR)
    opens = clock.month_of_hour(float(clock.hour_of(cloud.opens)))
    used = np.flatnonzero(hosts.age_months > 0)
    old = used[hosts.bought_month[used] + life <= hosts.buy_month[used]]
    yield from wrong("existing", "host", old, "is used after its life")
    stocks, month = [], []
    for stock in cloud.existing:
        bought = (stock.bought - clock.start.year) * MONTHS_PER_YEAR + 7 - clock.start.month
        if bought + life > opens:
            stocks.append(stock)
            month.append(min(bought, opens - 1))
    if not len(used) and not stocks:
        return
    unit = np.repeat(np.arange(len(stocks)), [stock.count for stock in stocks])
    may = np.array([[_may_be(facts, stock, host) for stock in stocks] for host in range(len(hosts.type))])
    may = may.reshape(len(hosts.type), len(stocks)).astype(bool)
    same = may[used] & (hosts.bought_month[used, None] == np.array(month, dtype=np.int64))
    found = maximum_bipartite_matching(csr_array(same[:, unit]), perm_type="column")
    yield from wrong("existing", "host", used[found < 0], "is said to be there already and is not")
    idle = np.setdiff1d(np.arange(len(unit)), found)
    bought = (hosts.age_months == 0) & (hosts.recovers < 0)
    alive = np.array(month)[unit[idle]] + life
    needless = bought & (may[:, unit[idle]] & (alive > hosts.buy_month[:, None])).any(axis=1)
    yield from wrong("existing", "host", np.flatnonzero(needless), "is bought while one like it stands idle")


def _may_be(facts: Facts, stock: OwnedHosts, host: int) -> bool:
    """Whether a host may be one of a stock, by its type and where it stands."""
    plan = facts.plan
    pool = plan.hosts.pool[host]
    zone, site = plan.pools[pool][0], plan.sites[plan.pool_site[pool]]
    kind = facts.cloud.host_types[plan.hosts.type[host]].name
    return kind == stock.type and stock.zone in (None, zone) and stock.site in (None, site)
