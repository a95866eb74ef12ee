"""Recovery: when a whole site is out, its protected systems run at its recovery site.

Nobody knows how long an outage will last, so the recovery site begins to take over at once, and takes
the recovery time for it. Systems whose site is back before that go on at home: nothing is gained by the
move, and nothing is lost but the outage. Otherwise they run at the recovery site until their site is
back, and return without another interruption. While the recovery site is out as well, or until it is
ready at all, nothing is taken over; it begins anew when it is up. Where no hosts stand by (they would be
bought when a site is lost), nothing is taken over at all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from simpy.events import ProcessGenerator

from ..optimize.plan import Plan
from .agenda import Agenda, Rank
from .grid import up_to_grid
from .timeline import CLOUD, Ints, Outages, Recoveries

Interval = tuple[float, float]

_MINUTES_PER_HOUR = 60
_NEVER_H = float("inf")


def covered_site(plan: Plan) -> NDArray[np.int64]:
    """Site for which each host stands in, -1 for other hosts, shape (hosts,)."""
    pool = plan.hosts.recovers
    return np.where(pool >= 0, plan.pool_site[pool], -1).astype(np.int64)


class SiteRecovery:
    """Outages of sites and what their recovery sites do about them."""

    def __init__(self, agenda: Agenda, plan: Plan, host_on_h: Ints, outages: Outages) -> None:
        """``outages``: of whole sites, ``what`` as in Timeline.room_outages."""
        self._agenda = agenda
        self._spells: list[tuple[int, float, float, float]] = []
        if plan.recovery is None:
            return
        recovery = plan.recovery
        self._rto_h = float(up_to_grid(np.array([recovery.rto_minutes / _MINUTES_PER_HOUR]))[0])
        covers = covered_site(plan)
        out = [_intervals(outages, site) for site in range(len(plan.sites))]
        for site, backup in enumerate(recovery.site.tolist()):
            hosts = covers == site
            if hosts.any():
                # Later hosts are bought for systems that come later.
                ready_h = max(float(recovery.ready_h), float(host_on_h[hosts].min()))
                agenda.env.process(self._life(site, out[site], out[backup], ready_h))

    def recoveries(self) -> Recoveries:
        """What happened, once it has."""
        table = np.array(self._spells, dtype=np.float64).reshape(-1, 4)
        return Recoveries(table[:, 0].astype(np.int32), table[:, 1], table[:, 2], table[:, 3])

    def _life(
        self, site: int, out: Sequence[Interval], backup_out: Sequence[Interval], ready_h: float
    ) -> ProcessGenerator:
        """Process: the outages of one site."""
        for lost_h, back_h in out:
            yield self._agenda.at(lost_h, Rank.SITE_LOST, site)
            self._agenda.note("site lost", site)
            begun_h = max(lost_h, ready_h)
            while begun_h < back_h:
                begun_h, until_h = _next_up(backup_out, begun_h)
                start_h, end_h = begun_h + self._rto_h, min(back_h, until_h)
                if start_h < end_h:
                    yield self._agenda.at(start_h, Rank.RECOVERY, site)
                    self._agenda.note("recovery", site)
                    self._spells.append((site, begun_h, start_h, end_h))
                begun_h = until_h
            yield self._agenda.at(back_h, Rank.SITE_BACK, site)
            self._agenda.note("site back", site)


def _intervals(outages: Outages, site: int) -> list[Interval]:
    mine = outages.what == CLOUD - site
    return list(zip(outages.start_h[mine].tolist(), outages.end_h[mine].tolist(), strict=True))


def _next_up(out: Sequence[Interval], hour: float) -> Interval:
    """The first time from ``hour`` on during which a site is up, and when it ends."""
    for start, end in out:
        if end > hour:
            if start > hour:
                return hour, start
            hour = end
    return hour, _NEVER_H
