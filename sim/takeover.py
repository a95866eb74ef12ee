"""Take-over: failed cloud hosts restart on a free standby host of their pool, first come first served.

A standby host carries one failed host at a time. If it fails meanwhile, what it carries goes to
another free standby. Who finds none free waits for the next one, at most until its own repair. When a
host is repaired it takes its load back and whatever carried it is free again. Hosts that stand in for
another site (see recovery) neither take over here nor are taken over from.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from simpy.events import ProcessGenerator

from ..optimize.plan import Hosts
from .agenda import Agenda, Rank
from .timeline import Ints, Outages, Repairs

NO_COVER = -1


class _Spell(NamedTuple):
    """From ``start_h`` on, an outage (row of repairs) is covered by a standby, or by none."""

    outage: int
    start_h: float
    cover: int


class TakeOver:
    """Standby hosts of every pool."""

    def __init__(self, agenda: Agenda, hosts: Hosts, on_h: Ints, repairs: Repairs) -> None:
        self._agenda = agenda
        self._pool: list[int] = hosts.pool.tolist()
        self._standby: list[bool] = (hosts.standby & (hosts.recovers < 0)).tolist()
        self._recovers: list[bool] = (hosts.recovers >= 0).tolist()
        self._repairs = repairs
        self._free: dict[int, set[int]] = {pool: set() for pool in self._pool}
        self._waiting: dict[int, dict[int, int]] = {pool: {} for pool in self._pool}  # host -> outage
        self._down: set[int] = set()
        self._carrier: dict[int, int] = {}  # host -> standby that carries its load
        self._carried: set[int] = set()  # the standby hosts among the values of _carrier
        self._spells: list[_Spell] = []
        for host in np.flatnonzero(self._standby).tolist():
            agenda.env.process(self._deliver(host, int(on_h[host])))
        by_host = np.argsort(repairs.what, kind="stable")
        failing, first = np.unique(repairs.what[by_host], return_index=True)
        for host, rows in zip(failing.tolist(), np.split(by_host, first[1:]), strict=False):
            agenda.env.process(self._life(host, rows.tolist()))

    def outages(self) -> Outages:
        """What happened, once it has: outages by standby that covers them, in order of start."""
        until_h = dict(enumerate(self._repairs.ended_h.tolist()))
        rows: list[tuple[int, float, float, int]] = []
        for spell in reversed(self._spells):
            host = int(self._repairs.what[spell.outage])
            rows.append((host, spell.start_h, until_h[spell.outage], spell.cover))
            until_h[spell.outage] = spell.start_h
        table = np.array(rows[::-1], dtype=np.float64).reshape(-1, 4)
        return Outages(table[:, 0].astype(np.int32), table[:, 1], table[:, 2], table[:, 3].astype(np.int32))

    def _deliver(self, host: int, hour: int) -> ProcessGenerator:
        yield self._agenda.at(hour, Rank.DELIVERY, host)
        self._agenda.note("delivery", host)
        self._offer(host)

    def _life(self, host: int, outages: list[int]) -> ProcessGenerator:
        """Process: the failures and repairs of one host."""
        for outage in outages:
            repairs = self._repairs
            begun_h, ended_h = float(repairs.begun_h[outage]), float(repairs.ended_h[outage])
            yield self._agenda.at(float(repairs.failed_h[outage]), Rank.FAILURE, host)
            self._fail(host, outage)
            if begun_h < ended_h:
                yield self._agenda.at(begun_h, Rank.TEAM, host)
                self._agenda.note("team", host)
            yield self._agenda.at(ended_h, Rank.REPAIR, host)
            self._repair(host)

    def _fail(self, host: int, outage: int) -> None:
        self._agenda.note("failure", host)
        pool = self._pool[host]
        self._down.add(host)
        self._free[pool].discard(host)
        if self._recovers[host] or (self._standby[host] and host not in self._carried):
            self._spells.append(_Spell(outage, self._agenda.now_h, NO_COVER))
        elif self._free[pool]:
            self._take_over(host, outage)
        else:
            self._spells.append(_Spell(outage, self._agenda.now_h, NO_COVER))
            self._waiting[pool][host] = outage

    def _take_over(self, host: int, outage: int) -> None:
        free = self._free[self._pool[host]]
        standby = min(free)
        free.remove(standby)
        self._carrier[host] = standby
        self._carried.add(standby)
        self._spells.append(_Spell(outage, self._agenda.now_h, standby))
        self._agenda.note("take-over", standby)

    def _repair(self, host: int) -> None:
        self._agenda.note("repair", host)
        self._down.remove(host)
        self._release(host)
        if self._standby[host] and host not in self._carried:
            self._offer(host)

    def _release(self, host: int) -> None:
        """Free whatever carries the load of a host, directly or in its turn."""
        self._waiting[self._pool[host]].pop(host, None)
        standby = self._carrier.pop(host, NO_COVER)
        if standby == NO_COVER:
            return
        self._carried.remove(standby)
        self._release(standby)
        if standby not in self._down:
            self._offer(standby)

    def _offer(self, standby: int) -> None:
        """A standby host is free: for hosts that wait, or else for the next to fail."""
        pool = self._pool[standby]
        self._free[pool].add(standby)
        if self._waiting[pool]:
            self._agenda.env.process(self._serve(pool))

    def _serve(self, pool: int) -> ProcessGenerator:
        yield self._agenda.at(self._agenda.now_h, Rank.TAKE_OVER, pool)
        waiting = self._waiting[pool]
        while waiting and self._free[pool]:
            host = next(iter(waiting))
            self._take_over(host, waiting.pop(host))
