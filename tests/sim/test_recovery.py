"""Recovery of whole sites: who is down how long, against closed forms and a count minute by minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from roomfold.sim.agenda import Agenda
from roomfold.sim.codec import decode, encode
from roomfold.sim.events import happen, happen_logged
from roomfold.sim.ledger import ITEM
from roomfold.sim.outcome import WorldResult
from roomfold.sim.recovery import SiteRecovery
from roomfold.sim.run import SERIES
from roomfold.sim.service import service, systems_down
from roomfold.sim.simulate import simulate
from roomfold.sim.summarise import outcome
from roomfold.sim.timeline import Recoveries

from . import small, two_sites
from .small import System
from .test_service import outages

QUIET = (
    "reliability.server_mtbf_h=1e7",
    "reliability.host_mtbf_h=1e7",
    "reliability.ageing_per_year=0",
    "rooms.closet.outages_per_year=0",
    "rooms.room.outages_per_year=0",
    f"{small.MOVE}.failure_share=0",
    *two_sites.SITES,
)
BUSY = (*QUIET, f"{small.CLOUD}.outages_per_year=25", f"{small.CLOUD}.outage_hours=3")


def spells(made, *rows, ready_h=0, host_on_h=0):
    """What becomes of given outages of sites: rows of site, start and end."""
    agenda = Agenda()
    given = outages(*((-1 - site, start, end, -1) for site, start, end in rows))
    on_h = np.broadcast_to(host_on_h, len(made.hosts.pool))
    process = SiteRecovery(
        agenda, replace(made, recovery=replace(made.recovery, ready_h=ready_h)), on_h, given
    )
    agenda.env.run(until=1000)
    found = process.recoveries()
    columns = (found.site, found.lost_h, found.start_h, found.end_h)
    return list(zip(*(column.tolist() for column in columns), strict=True)), agenda.log


@pytest.fixture(scope="module")
def made():
    _, world = small.drawn(0, *BUSY)
    return two_sites.plan(world, rto_minutes=60.0)


def test_outages_shorter_than_the_recovery_time_are_waited_out(made) -> None:
    found, log = spells(made, (0, 10, 11), (0, 20, 21.5), (0, 40, 40.25))
    assert found == [(0, 20.0, 21.0, 21.5)]
    assert [(hour, what) for hour, what, _ in log] == [
        (10, "site lost"),
        (11, "site back"),
        (20, "site lost"),
        (21, "recovery"),
        (21.5, "site back"),
        (40, "site lost"),
        (40.25, "site back"),
    ]


def test_nothing_is_taken_over_before_the_recovery_site_is_ready(made) -> None:
    rows = ((0, 10, 30), (0, 50, 80), (0, 90, 95))
    assert spells(made, *rows, ready_h=200)[0] == []
    assert spells(made, *rows, ready_h=60)[0] == [(0, 60.0, 61.0, 80.0), (0, 90.0, 91.0, 95.0)]
    # Hosts 6 and 7 stand by; one that comes later, for later systems, holds nobody up.
    assert spells(made, *rows, host_on_h=[0, 0, 0, 0, 0, 0, 85, 700])[0] == [(0, 90.0, 91.0, 95.0)]


def test_a_recovery_site_that_is_out_itself_begins_anew(made) -> None:
    assert spells(made, (0, 10, 40), (1, 5, 12))[0] == [(0, 12.0, 13.0, 40.0)]
    assert spells(made, (0, 10, 40), (1, 10.5, 20))[0] == [(0, 20.0, 21.0, 40.0)]
    twice = [(0, 10.0, 11.0, 15.0), (0, 16.0, 17.0, 40.0)]
    assert spells(made, (0, 10, 40), (1, 15, 16))[0] == twice
    assert spells(made, (1, 10, 40))[0] == []  # nobody stands by for the second site


@pytest.mark.parametrize("seed", range(12))
def test_taking_over_eighth_by_eighth_of_an_hour(made, seed: int) -> None:
    """Progress of the recovery site counts while it is up and the other out, and is lost when it fails."""
    rng = np.random.default_rng(seed)
    rows, out = [], {}
    for site, each in ((0, 8), (1, 14)):
        edges = np.unique(rng.integers(0, 900, 2 * each)) / 8
        pairs = edges[: len(edges) // 2 * 2].reshape(-1, 2).tolist()
        rows += [(site, *pair) for pair in pairs]
        out[site] = {e for start, end in pairs for e in range(int(start * 8), int(end * 8))}
    ready = int(rng.integers(0, 50))
    expected, begun = [], None
    for eighth in range(1000):
        if eighth not in out[0] or eighth in out[1] or eighth < 8 * ready:
            if begun is not None and eighth - begun > 8:
                expected.append((0, begun / 8, begun / 8 + 1, eighth / 8))
            begun = None
        elif begun is None:
            begun = eighth
    assert spells(made, *rows, ready_h=ready)[0] == expected
    assert expected


def test_the_first_site_may_be_the_one_that_takes_over(made) -> None:
    """The plan the other way round: hosts 6 and 7 stand by in the north for the south."""
    hosts = replace(made.hosts, pool=1 - made.hosts.pool, recovers=np.where(made.hosts.recovers >= 0, 1, -1))
    recovery = replace(made.recovery, site=np.array([-1, 0], dtype=np.int32))
    turned = replace(made, hosts=hosts, recovery=recovery)
    assert spells(turned, (1, 10, 40), (0, 15, 16))[0] == [(1, 10.0, 11.0, 15.0), (1, 16.0, 17.0, 40.0)]
    assert spells(turned, (0, 10, 40))[0] == []


def minutes_down(world, plan, timeline, step_h=1 / 64):
    """Downtime of each system by the clock: its site is out and nothing runs it elsewhere."""
    servers, table = world.estate.servers, timeline.room_outages
    lots = [np.arange(np.floor(s), e, step_h) for s, e in zip(table.start_h, table.end_h, strict=True)]
    time = np.unique(np.concatenate(lots)) + step_h / 2
    down = np.zeros((len(world.estate.systems.id), len(time)), dtype=bool)
    for row, host in enumerate(plan.placement.tolist()):
        if host < 0 or servers.zombie[row]:
            continue
        site = int(plan.pool_site[plan.hosts.pool[host]])
        out, up = np.zeros(len(time), dtype=bool), np.zeros(len(time), dtype=bool)
        for what, start, end in zip(table.what, table.start_h, table.end_h, strict=True):
            if what != -1 - site:
                continue
            out |= (time >= start) & (time < end)
            if plan.recovery and plan.recovery.placement[row] >= 0:
                since = max(start, plan.recovery.ready_h) + plan.recovery.rto_minutes / 60
                up |= (time >= since) & (time < end)
        there = (time >= timeline.cloud_on_h[row]) & (time < timeline.cloud_off_h[row])
        down[servers.system[row]] |= out & ~up & there
    return down, time, step_h


@pytest.mark.parametrize("ready_h", [0, 13000])
def test_downtime_is_the_recovery_time_of_each_longer_outage(ready_h: int) -> None:
    """The second site's outages are taken away, so each outage counts by itself."""
    scenario, world = small.drawn(2, *BUSY)
    plan = two_sites.plan(world, rto_minutes=90.0, ready_h=ready_h, buy_month=0)
    timeline = happen(scenario, world, plan)
    kept = timeline.room_outages.what != -2
    out = type(timeline.room_outages)(*(column[kept] for column in vars(timeline.room_outages).values()))
    rows = [
        (-1 - what, start, end) for what, start, end in zip(out.what, out.start_h, out.end_h, strict=True)
    ]
    agenda = Agenda()
    on_h = timeline.host_on_h
    process = SiteRecovery(agenda, plan, on_h, out)
    agenda.env.run(until=world.clock.hours)
    timeline = replace(timeline, room_outages=out, recoveries=process.recoveries())
    assert len(rows) > 30
    found = systems_down(scenario, world, plan, timeline)
    down, time, step_h = minutes_down(world, plan, timeline)
    hours = np.bincount(found.what, found.end_h - found.start_h, minlength=len(down))
    np.testing.assert_allclose(hours, down.sum(axis=1) * step_h, atol=2 * step_h * len(rows))
    assert hours.sum() > 0
    series = {name: np.ones(world.clock.hours) for name in SERIES}
    told = service(scenario, world, plan, timeline, series)
    bare = service(scenario, world, two_sites.without_recovery(plan), timeline, series)
    assert told.worst_down == down.sum(axis=0).max()
    assert told.recovered is not None and bare.recovered is None
    assert told.recovered.worst_down_without == bare.worst_down
    assert told.recovered.system_hours_lost_without == bare.system_hours_lost
    by_day = np.bincount((time // 24).astype(int), down.sum(axis=0) * step_h)
    assert told.recovered.worst_day_hours == pytest.approx(by_day.max(), abs=0.05 * by_day.max())
    assert told.recovered.worst_day_hours <= told.recovered.worst_day_hours_without
    longer = [(s, e) for _, s, e in rows if e - max(s, ready_h) > 1.5]
    assert told.recovered.takeovers == len(longer)
    # What is gained is what lies beyond the recovery time, for the protected systems in service.
    gained = bare.system_hours_lost - told.system_hours_lost
    most = (plan.recovery.protected & (plan.wave_h < world.clock.hours)).sum()
    assert 0 < gained <= most * sum(e - max(s, ready_h) - 1.5 for s, e in longer) + 1e-6


def test_data_lost_is_half_the_recovery_point_of_each_system_taken_over() -> None:
    systems = [System(0) for _ in range(6)]
    scenario, world = small.made(systems, *QUIET, f"{small.CLOUD}.outages_per_year=0")
    plan = two_sites.plan(world, rto_minutes=60.0)
    timeline = happen(scenario, world, plan)
    late = float(world.clock.hours - 500)
    timeline = replace(
        timeline,
        room_outages=outages((-1, late, late + 20, -1)),
        recoveries=Recoveries(*(np.array([v]) for v in (0, late, late + 1, late + 20))),
    )
    series = {name: np.ones(world.clock.hours) for name in SERIES}
    told = service(scenario, world, plan, timeline, series)
    assert told.recovered.data_lost_minutes == 4 * 20 / 2  # systems 0, 1, 3 and 4 are protected
    assert told.system_hours_lost == 4 * 1  # systems 2 and 5 run in the south
    assert (told.worst_down, told.recovered.worst_down_without) == (4, 4)
    assert told.recovered.system_hours_lost_without == 4 * 20


@pytest.mark.parametrize("mode", ["hot", "warm"])
def test_recovery_serves_what_would_be_lost_and_hosts_that_sleep_draw_nothing(mode: str) -> None:
    scenario, world = small.drawn(1, *BUSY)
    plan = two_sites.plan(world, mode=mode, lone_backup=True, buy_month=0)
    run, bare = (simulate(scenario, p, world) for p in (plan, without_takeover(plan)))
    assert len(run.timeline.recoveries.site) > 10
    assert run.service.availability > bare.service.availability
    hours = np.arange(world.clock.hours)
    taken = np.zeros(len(hours), dtype=bool)
    found = run.timeline.recoveries
    for lost, end in zip(found.lost_h, found.end_h, strict=True):
        taken |= (hours + 1 > lost) & (hours < end)
    more = run.series["cloud_it_kw"] - bare.series["cloud_it_kw"]
    tiny = 1e-6 * run.series["cloud_it_kw"].max()  # powers are kept in single precision
    assert np.abs(more[~taken]).max() < tiny and more[taken].min() > -tiny and more[taken].max() > 1e3 * tiny
    idle_kwh = bare.ledger.amount[(bare.ledger.site == -2) & (bare.ledger.item == ITEM["cloud_it"])].sum()
    assert (idle_kwh > 0) == (mode == "hot")
    # What is served more is what is lost less, and only while the recovery site carries it.
    served = run.series["cloud_load_mssj"] - bare.series["cloud_load_mssj"]
    lost = bare.series["unserved_mssj"] - run.series["unserved_mssj"]
    np.testing.assert_allclose(served, lost, rtol=1e-6, atol=1e-9 * run.series["demand_mssj"].max())
    assert np.abs(served[~taken]).max() < 1e-6 * served.max()
    assert served.sum() > 0.05 * bare.series["unserved_mssj"].sum()


def without_takeover(plan):
    """The same hosts, ready for nothing within the run."""
    return replace(plan, recovery=replace(plan.recovery, ready_h=10**9))


def test_the_log_has_the_sites_and_is_the_same_again(made) -> None:
    scenario, world = small.drawn(0, *BUSY)
    first, again = (happen_logged(scenario, world, made) for _ in range(2))
    assert first[1] == again[1]
    whats = [entry.what for entry in first[1]]
    assert whats.count("site lost") == (first[0].room_outages.what == -1).sum()
    assert whats.count("recovery") == len(first[0].recoveries.site) > 5
    bare = happen_logged(scenario, world, two_sites.without_recovery(made))[1]
    assert [e for e in first[1] if not e.what.startswith(("site", "recovery"))] == bare


def test_recovery_hosts_never_stand_by_at_home() -> None:
    """Hosts of the south fail all the time; those that stand in for the north cover none of them."""
    scenario, world = small.drawn(3, *QUIET, "reliability.host_mtbf_h=300")
    timeline = happen(scenario, world, two_sites.plan(world))
    covers = set(timeline.host_outages.cover.tolist())
    assert covers == {-1, 2, 5}
    assert {6, 7} <= set(timeline.host_outages.what.tolist())
    assert (timeline.host_outages.cover[timeline.host_outages.what >= 6] == -1).all()


def test_what_recovery_did_survives_being_written(made) -> None:
    scenario, world = small.drawn(0, *BUSY)
    run = simulate(scenario, made, world)
    kept = outcome(scenario, world, made, run)
    head, body = encode(WorldResult(0, dict(world.values), {"consolidate": kept}))
    assert decode(head + body).outcomes["consolidate"].service == run.service
    assert run.service.recovered.takeovers > 0
    assert world.clock.start == date(2014, 1, 1)
