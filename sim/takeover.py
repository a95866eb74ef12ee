"""Take-over: failed cloud hosts restart on a free standby host of their pool, first come first served.

A standby host carries one failed host at a time. If it fails meanwhile, what it carries goes to
another free standby or is down. When a host is repaired it takes its load back and whatever carried
it is free again. A host that finds no free standby stays down until it is repaired.
"""

from __future__ import annotations

import numpy as np
from simpy.events import ProcessGenerator

from ..optimize.plan import Hosts
from .agenda import Agenda, Rank
from .timeline import Ints, Outages

NO_COVER = -1


class TakeOver:
    """Standby hosts of every pool.

    Attributes:
        cover: standby row per outage, NO_COVER if none was free or none was needed.
    """

    def __init__(self, agenda: Agenda, hosts: Hosts, on_h: Ints, outages: Outages) -> None:
        self._agenda = agenda
        self._pool: list[int] = hosts.pool.tolist()
        self._standby: list[bool] = hosts.standby.tolist()
        self._outages = outages
        self._free: dict[int, set[int]] = {pool: set() for pool in self._pool}
        self._down: set[int] = set()
        self._carrier: dict[int, int] = {}  # host -> standby that carries its load
        self._carried: set[int] = set()  # the standby hosts among the values of _carrier
        self.cover = [NO_COVER] * len(outages.what)
        for host in np.flatnonzero(hosts.standby).tolist():
            agenda.env.process(self._deliver(host, int(on_h[host])))
        for host in np.unique(outages.what).tolist():
            agenda.env.process(self._life(host))

    def _deliver(self, host: int, hour: int) -> ProcessGenerator:
        yield self._agenda.at(hour, Rank.DELIVERY, host)
        self._agenda.note("delivery", host)
        self._free[self._pool[host]].add(host)

    def _life(self, host: int) -> ProcessGenerator:
        """Process: the failures and repairs of one host."""
        for outage in np.flatnonzero(self._outages.what == host).tolist():
            yield self._agenda.at(float(self._outages.start_h[outage]), Rank.FAILURE, host)
            self._fail(host, outage)
            yield self._agenda.at(float(self._outages.end_h[outage]), Rank.REPAIR, host)
            self._repair(host)

    def _fail(self, host: int, outage: int) -> None:
        self._agenda.note("failure", host)
        free = self._free[self._pool[host]]
        self._down.add(host)
        free.discard(host)
        loaded = not self._standby[host] or host in self._carried
        if loaded and free:
            standby = min(free)
            free.remove(standby)
            self._carrier[host] = standby
            self._carried.add(standby)
            self.cover[outage] = standby
            self._agenda.note("take-over", standby)

    def _repair(self, host: int) -> None:
        self._agenda.note("repair", host)
        self._down.remove(host)
        self._release(host)
        if self._standby[host] and host not in self._carried:
            self._free[self._pool[host]].add(host)

    def _release(self, host: int) -> None:
        """Free whatever carries the load of a host, directly or in its turn."""
        standby = self._carrier.pop(host, NO_COVER)
        if standby == NO_COVER:
            return
        self._carried.remove(standby)
        self._release(standby)
        if standby not in self._down:
            self._free[self._pool[standby]].add(standby)
