"""Several cloud sites: each has its own facility, books and outages, and together they are the cloud."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from roomfold.scenarios.estate import NEVER
from roomfold.sim import checkpoint
from roomfold.sim.daybook import cloud_site, cloud_sites, office
from roomfold.sim.events import happen
from roomfold.sim.failures import site_outages
from roomfold.sim.flow import flow
from roomfold.sim.integrate import COLUMNS, integrate
from roomfold.sim.ledger import ITEM, ITEMS
from roomfold.sim.simulate import simulate
from roomfold.sim.summarise import outcome

from . import build, small, two_sites
from .killed_pass import digest
from .slow_flow import assert_same, slow_flow
from .test_ledger import by_category
from .test_ledger import integrate as integral

HOURS = (31 + 28) * 24
MEAN = np.array([2e5, 3e5, 1e5, 9e5, 6e5, 4e5])
ONCE = [(0, 300.2, 302.45, 309.7)]
TWICE = [*ONCE, (0, 1000.0, 1000.6, 1001.3)]


def machines():
    wanted = build.demand(MEAN, noise=0.25, growth=0.3, flat=False)
    return build.fleet(wanted, curve=[0, 1, 2, 0, 2, 1], room=[0, 1, 1, 0, 1, 0])


def story(**other):
    """Six components on two sites; hosts 4 and 5 stand at site 1 for site 0, 5 only when it is out."""
    given = {
        "servers": 6,
        "rooms": 2,
        "hours": HOURS,
        "hosts": 6,
        "sites": 2,
        "host": {0: 0, 1: 1, 2: 0, 3: 2, 4: 3, 5: 2},
        "host_site": {2: 1, 3: 1, 4: 1, 5: 1},
        "cloud_on": {0: 50, 1: 80, 2: 60, 3: 10, 4: 40, 5: 90},
        "cloud_off": {2: 1200},
        "host_on": {2: 5, 3: 30, 4: 24, 5: 24},
        "backup": {0: 4, 1: 5, 2: 5},
        "covers": {4: 0, 5: 0},
        "asleep": (5,),
        "room_fails": [
            (-1, 300.2, 309.7, -1),
            (-2, 640.5, 650.25, -1),
            (-1, 1000.0, 1001.3, -1),
            (0, 9, 11, -1),
        ],
        "recoveries": ONCE,
        "host_fails": [(4, 305.5, 306.25, -1), (0, 700.1, 720.6, -1), (2, 800.5, 802.25, 3)],
    }
    return build.Story(**{**given, **other})


@pytest.mark.parametrize(("backup", "recoveries"), [({0: 4, 1: 5, 2: 5}, ONCE), ({0: 4, 1: 4, 2: 4}, TWICE)])
def test_equals_the_slow_account(backup: dict[int, int], recoveries: list) -> None:
    """Two sites, outages of both, a take-over with hot and warm hosts, one of which fails meanwhile.

    In the second, the last host stands in for nobody: what has no recovery host must not come to it. In the
    month after, the site is taken over again.
    """
    fleet = machines()
    future = story(backup=backup, recoveries=recoveries).future(fleet, rebound=0.2)
    (found,) = integrate(fleet, build.sites(2), [future], tariff=np.full(HOURS, 1.5))
    slow = slow_flow(fleet, build.sites(2), future, np.full(HOURS, 1.5))
    assert_same(found, slow)
    for priced, kwh in ((found.room_priced_kwh, found.room_kwh), (found.cloud_priced_kwh, found.cloud_kwh)):
        np.testing.assert_allclose(priced, 1.5 * kwh, rtol=1e-9)
    standing_in = set(backup.values())
    assert found.series["hosts_loaded"][304] == 4 + len(standing_in)
    hours = slice(303, 305)
    unserved = slow.series["unserved_mssj"]
    assert (unserved[hours] < 0.5 * unserved[301]).all()


def test_two_sites_draw_what_each_draws_alone() -> None:
    fleet = machines()
    fails = {"room_fails": [(-1, 300.2, 309.7, -1), (-2, 640.5, 650.25, -1)], "recoveries": [], "backup": {}}
    (both,) = integrate(fleet, build.sites(2), [story(**fails).future(fleet)])
    for site, hosts in ((0, {0: 0, 1: 1, 2: 2}), (1, {3: 2, 4: 3, 5: 4})):
        mine = {row: host for row, host in story().host.items() if (host >= 2) == site}
        lone = build.Story(
            servers=6,
            rooms=2,
            hours=HOURS,
            hosts=2 if site == 0 else 4,
            host={row: host - 2 * site for row, host in mine.items()},
            cloud_on={row: hour for row, hour in story().cloud_on.items() if row in mine},
            cloud_off=story().cloud_off,
            host_on={h - 2 * site: hour for h, hour in story().host_on.items() if (h >= 2) == site},
            host_fails=[
                (h - 2 * site, a, b, c - 2 * site if c >= 0 else c)
                for h, a, b, c in story().host_fails
                if (h >= 2) == site
            ],
            room_fails=[(-1, a, b, c) for what, a, b, c in fails["room_fails"] if what == -1 - site],
        )
        (alone,) = integrate(fleet, build.sites(2), [lone.future(fleet)])
        assert len(hosts) == 3
        np.testing.assert_allclose(both.cloud_kwh[site], alone.cloud_kwh[0], rtol=1e-6)
    for part, name in enumerate(("it", "ups", "cooling", "other")):
        hourly = both.series[f"cloud_{name}_kw"]
        assert hourly.sum() == pytest.approx(both.cloud_kwh[:, :, part].sum(), rel=1e-9)


@pytest.mark.parametrize("index", range(3))
@pytest.mark.parametrize("lone_backup", [False, True])
def test_ledger_and_integral_agree_for_two_sites(index: int, lone_backup: bool) -> None:
    overrides = (f"{small.CLOUD}.outages_per_year=20", "prices.line_change=-0.1")
    line = next(iter(small.scenario().lines))
    overrides += (*two_sites.UNEQUAL, f"lines.{line}.price_cny_per_km_year=12")
    scenario, world = small.drawn(index, *overrides)
    plan = two_sites.plan(world, lone_backup=lone_backup, ready_h=5000)
    timeline = happen(scenario, world, plan)
    (flowed,) = flow(scenario, world, [plan], [timeline])
    run = simulate(scenario, plan, world)
    second = integral(scenario, world, plan, timeline, flowed)
    first = by_category(run.ledger)
    assert (np.abs(first - second) <= 1e-9 * np.abs(second).max(axis=0)).all()
    summed = outcome(scenario, world, plan, run)
    assert summed.cost_by_level_cny.sum() == pytest.approx(run.ledger.total(), rel=1e-12)
    booked = {ITEMS[i].name for i in np.unique(run.ledger.item)}
    assert {"replication_line", "site_fixed", "site_opening", "cloud_fitout"} <= booked
    # Every kWh of a site's ledger flowed there.
    for row in range(2):
        for part, name in enumerate(("it", "ups", "cooling", "other")):
            mine = (run.ledger.site == cloud_site(np.array(row))) & (run.ledger.item == ITEM[f"cloud_{name}"])
            assert run.ledger.amount[mine].sum() == pytest.approx(
                flowed.cloud_kwh[row, :, part].sum(), rel=1e-12
            )


def test_one_site_has_the_codes_it_always_had_and_offices_follow_the_sites() -> None:
    scenario, world = small.drawn(0, *two_sites.SITES)
    assert cloud_sites(small.stay(world)) == cloud_sites(small.move(world)) == 1
    assert office(np.arange(3), 1).tolist() == [-2, -3, -4]
    run = simulate(scenario, two_sites.plan(world), world)
    codes = run.ledger.site[run.ledger.item == ITEM["shared_line"]]
    assert set(codes.tolist()) <= set(office(np.arange(len(world.estate.units.id)), 2).tolist())
    by_hosts = run.ledger.site[run.ledger.item == ITEM["host_new"]]
    assert set(by_hosts.tolist()) == {-1, -2}


def test_sites_that_are_named_alike_fail_alike_whoever_else_there_is() -> None:
    scenario, world = small.drawn(0, f"{small.CLOUD}.outages_per_year=20")
    cloud = scenario.alternatives["consolidate"].cloud
    both = site_outages(world, cloud, ["north", "south"], np.array([0, 0]))
    alone = site_outages(world, cloud, ["south"], np.array([0]))
    assert both.start_h[both.what == -2].tolist() == alone.start_h.tolist()
    assert not set(alone.start_h.tolist()) & set(both.start_h[both.what == -1].tolist())
    assert (np.diff(both.start_h) >= 0).all()


def test_hosts_of_two_sites_wait_for_their_own_crew() -> None:
    """With one team per site, what fails at one never makes the other wait."""
    busy = ("reliability.host_mtbf_h=900", "reliability.host_mttr_h=90", "reliability.team_share=1")
    scenario, world = small.drawn(1, *busy, *two_sites.SITES)
    plan = two_sites.plan(world)
    other = replace(
        plan, hosts=replace(plan.hosts, buy_month=np.where(plan.hosts.pool == 1, 99, 1).astype(np.int32))
    )
    whole, north = (happen(scenario, world, made).host_repairs for made in (plan, other))
    mine = np.isin(whole.what, np.flatnonzero(plan.hosts.pool == 0))
    assert mine.sum() > 20 and (whole.begun_h > whole.failed_h)[mine].any()
    assert whole.begun_h[mine].tolist() == north.begun_h.tolist()
    assert int(NEVER) not in whole.what


@pytest.mark.parametrize("month", [1])
def test_a_pass_over_two_sites_goes_on_where_it_stopped(tmp_path: Path, monkeypatch, month: int) -> None:
    monkeypatch.setattr(checkpoint, "EVERY_S", 0.0)
    fleet = machines()
    futures = [story().future(fleet), build.Story(6, 2, HOURS).future(fleet)]

    def stop(done: int, _months: int) -> None:
        if done == month:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        integrate(fleet, build.sites(2), futures, checkpoint=tmp_path / "months", on_month=stop)
    seen: list[int] = []
    again = integrate(
        fleet,
        build.sites(2),
        futures,
        checkpoint=tmp_path / "months",
        on_month=lambda done, _: seen.append(done),
    )
    assert seen[0] == month
    assert digest(again) == digest(integrate(fleet, build.sites(2), futures))
    assert again[0].cloud_kwh.shape == (2, 2, 4) and again[1].cloud_kwh.shape == (0, 2, 4)
    assert set(COLUMNS) <= set(again[0].series)
