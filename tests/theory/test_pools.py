"""Pools of hosts with standbys: k of n, with an ample and with a busy repair crew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from roomfold.sim.agenda import Agenda, Entry
from roomfold.sim.service import hosts_down
from roomfold.sim.takeover import TakeOver
from roomfold.sim.timeline import Outages, Repairs

from ..sim import small
from .formulas import binomial, finite_source
from .record import Record
from .test_queues import area, broken

Floats = NDArray[np.float64]

MTBF_H, MTTR_H, YEARS, WARM_H = 400.0, 40.0, 2, 1500.0


def pools(found: Repairs, count: int, loaded: int, standby: int) -> tuple[Outages, list[Entry]]:
    """Take-over in many equal pools; the last hosts of each are its standbys."""
    size = loaded + standby
    _, world = small.made([small.System(0)])
    host = np.arange(count * size)
    hosts = replace(
        small.move(world, hosts=len(host)).hosts,
        pool=(host // size).astype(np.int32),
        standby=host % size >= loaded,
    )
    agenda = Agenda()
    takeover = TakeOver(agenda, hosts, np.zeros(len(host), dtype=np.int32), found)
    agenda.env.run()
    return takeover.outages(), agenda.log


def load_down(outages: Outages, count: int, loaded: int, size: int) -> Floats:
    """Share of the load that is down in each pool after the warm-up, shape (count,)."""
    host, start_h, end_h = hosts_down(outages, restart_h=0.0)
    lost = np.maximum(end_h - np.maximum(start_h, WARM_H), 0.0) * (host % size < loaded)
    hours = loaded * (YEARS * 8766 - WARM_H)
    return np.asarray(np.bincount(host // size, lost, minlength=count) / hours)


@pytest.mark.parametrize(
    ("loaded", "standby", "teams"), [(1, 1, 2), (4, 1, 5), (4, 2, 6), (4, 1, 1), (6, 2, 2)]
)
def test_the_load_of_k_of_n_hosts(record: Record, loaded: int, standby: int, teams: int) -> None:
    """What is down is what more hosts have failed than stand by, by the number of hosts down."""
    count, size = 100, loaded + standby
    found = broken(size, count, teams, MTBF_H, MTTR_H, YEARS)
    outages, _ = pools(found, count, loaded, standby)
    states = finite_source(size, teams, MTTR_H / MTBF_H)
    if teams == size:
        np.testing.assert_allclose(states, binomial(size, MTTR_H / (MTBF_H + MTTR_H)), rtol=1e-12)
    lost = (states * np.maximum(np.arange(size + 1) - standby, 0)).sum() / loaded
    found_down = load_down(outages, count, loaded, size)
    assert record.near("k of n hosts, load down: E[max(down - standby, 0)] / k", found_down, lost, within=0.3)


def test_little_on_the_path_of_the_repair_crew(record: Record) -> None:
    """L = lambda W, exactly, for the queue of failed hosts and for all that are down."""
    found = broken(6, 20, 1, MTBF_H, MTTR_H, YEARS)
    _, log = pools(found, 20, 5, 1)
    # What nobody could begin within the horizon has no team in the log.
    begun = found.begun_h < found.ended_h
    never = {
        (entry_h, host) for entry_h, host in zip(found.failed_h[~begun], found.what[~begun], strict=True)
    }
    queue = [e for e in log if e.what == "team" or (e.what == "failure" and (e.hour, e.row) not in never)]
    waited_h, down_h = (found.begun_h - found.failed_h)[begun].sum(), (found.ended_h - found.failed_h).sum()
    assert waited_h > 0
    assert record.same("Little, L T = N W, failure to team, h", area(queue, "failure", "team"), waited_h)
    assert record.same("Little, L T = N W, failure to repair, h", area(log, "failure", "repair"), down_h)
