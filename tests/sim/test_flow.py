"""The flows of whole futures: against closed forms, balances and a slow account of the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from roomfold.sim import integrate as pass_over
from roomfold.sim.integrate import COLUMNS, PARTS, integrate
from roomfold.sim.power import power_w
from roomfold.sim.run import SERIES

from . import build
from .slow_flow import assert_same, slow_flow

HOURS = (31 + 28) * 24
MEAN = np.array([1e5, 3e5, 0.0, 9e5, 6e5])


def lively(months=2):
    """Five servers in two rooms, all kinds of demand; the fourth is overloaded at times."""
    wanted = build.demand(MEAN, months=months, noise=0.25, growth=0.3, flat=False)
    return build.fleet(wanted, curve=[0, 1, 2, 0, 2], room=[0, 1, 1, 0, 1], later_curve=[1, 1, 1, 2, 0])


def moving():
    """Refreshes, arrivals, outages, three moves, dual running, a closed room."""
    return build.Story(
        servers=5,
        rooms=2,
        hours=HOURS,
        hosts=2,
        host={0: 0, 3: 1, 4: 0},
        server_on={1: 100, 4: 2**31 - 1},
        server_off={0: 900, 3: 800, 2: 1200},
        cloud_on={0: 500, 3: 450, 4: 300},
        cloud_off={4: 1300},
        refresh={1: 1, 3: 1},
        room_close={0: 1000},
        host_on={0: 0, 1: 400},
        server_fails=[(0, 10.3, 13.75, -1), (1, 50, 160.5, -1), (3, 742.1, 745.2, -1), (0, 600.0, 601.5, -1)],
        room_fails=[(0, 200.25, 202.5, -1), (1, 743.5, 746.0, -1), (-1, 640.2, 641.9, -1)],
        host_fails=[(0, 510.4, 520.6, 1), (1, 700.5, 702.25, -1), (0, 1100.0, 1100.1, 1)],
    )


def staying():
    """The same without the moves."""
    story = moving()
    gone = {"hosts": 0, "host": {}, "cloud_on": {}, "cloud_off": {}, "host_on": {}, "host_fails": []}
    kept = {"server_on": {1: 100, 4: 300}, "server_off": {2: 1200, 4: 1300}, "room_close": {}}
    return replace(story, **gone, **kept, refresh={0: 1, 1: 1, 3: 1})


@pytest.fixture(scope="module")
def both():
    machines = lively()
    futures = [staying().future(machines), moving().future(machines, rebound=0.2)]
    return machines, futures, integrate(machines, build.sites(2), futures)


@pytest.mark.parametrize("which", [0, 1])
def test_equals_the_slow_account(both, which):
    machines, futures, flows = both
    slow = slow_flow(machines, build.sites(2), futures[which])
    assert_same(flows[which], slow)
    assert slow.series["unserved_mssj"].max() > 0


def test_results_do_not_depend_on_the_block_or_on_the_other_alternatives(both):
    machines, futures, flows = both
    for which, block in ((0, 1), (1, 2), (1, 768)):
        (alone,) = integrate(machines, build.sites(2), [futures[which]], block=block)
        np.testing.assert_allclose(alone.room_kwh, flows[which].room_kwh, rtol=1e-6)
        np.testing.assert_allclose(alone.cloud_kwh, flows[which].cloud_kwh, rtol=1e-6)
        for column in COLUMNS:
            got, expected = alone.series[column], flows[which].series[column]
            np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6 * expected.max())


def test_two_equal_alternatives_are_equal_bit_for_bit():
    machines = lively()
    one, other = integrate(machines, build.sites(2), [staying().future(machines)] * 2)
    assert np.array_equal(one.room_kwh, other.room_kwh)
    for column in COLUMNS:
        assert np.array_equal(one.series[column], other.series[column])


def test_energy_by_room_equals_the_hourly_series(both):
    machines, _, flows = both
    for flow in flows:
        for part, name in enumerate(PARTS):
            for site, kwh in (("room", flow.room_kwh.sum(axis=0)), ("cloud", flow.cloud_kwh.sum(axis=0))):
                kw = flow.series[f"{site}_{name}_kw"]
                months = np.add.reduceat(kw, machines.demand.clock.month_edges_h[:-1])
                np.testing.assert_allclose(months, kwh[:, part], rtol=1e-9, atol=1e-12)


def test_columns_are_those_of_a_run(both):
    assert set(both[2][0].series) == set(COLUMNS) <= set(SERIES)
    assert all(column.endswith(("_kw", "_mssj")) for column in COLUMNS if not column.startswith("hosts_"))


@pytest.mark.parametrize("months", [1, 2, 12])
def test_constant_load_has_the_energy_of_the_closed_form(months):
    wanted = build.demand(np.array([0.37 * build.SSJ_OPS[0]]), months=months)
    machines = build.fleet(wanted, curve=[0], room=[0])
    site = build.sites(1)
    (flow,) = integrate(machines, site, [build.Story(1, 1, wanted.clock.hours).future(machines)])
    server = 1.5 * power_w(build.WATTS[0], np.array(0.37))
    it = server * 1.15 + 40
    x = it / 1500
    ups = 1500 * (0.03 + 0.04 * x + 0.02 * x * x)
    cooling = site.facility.fixed_w[0] + site.facility.cooling_ratio[0] * (it + ups)
    expected = np.array([it, ups, cooling, 30.0]) * wanted.clock.hours / 1e3
    np.testing.assert_allclose(flow.room_kwh.sum(axis=(0, 1)), expected, rtol=1e-6)


def test_a_component_that_moves_is_served_exactly_once():
    wanted = build.demand(np.array([2e5]), noise=0.2, flat=False)
    machines = build.fleet(wanted, curve=[0], room=[0])
    stay = build.Story(1, 1, HOURS)
    move = build.Story(
        1, 1, HOURS, hosts=1, host={0: 0}, cloud_on={0: 333}, server_off={0: 1111}, room_close={0: 1200}
    )
    before, after = integrate(machines, build.sites(1), [f.future(machines) for f in (stay, move)])
    np.testing.assert_allclose(after.series["demand_mssj"], before.series["demand_mssj"], rtol=1e-6)
    assert not after.series["unserved_mssj"].any()
    in_room, on_cloud = after.series["room_load_mssj"], after.series["cloud_load_mssj"]
    assert (in_room[:1111] > 0).all() and not in_room[1111:].any()
    assert not on_cloud[:333].any() and (on_cloud[333:] > 0).all()
    np.testing.assert_allclose(in_room[333:1111], on_cloud[333:1111], rtol=1e-6)


def test_nothing_is_drawn_before_a_room_opens_and_after_it_closes(both):
    flow = both[2][1]
    assert flow.series["room_other_kw"][999] == pytest.approx(0.06)
    assert flow.series["room_other_kw"][1000] == pytest.approx(0.03)
    machines = build.fleet(build.demand(np.array([1e5])), curve=[0], room=[0])
    for opens, closes in ((744, 900), (1, HOURS - 1)):
        stays = {"server_on": {0: opens}, "room_open": {0: opens}, "room_close": {0: closes}}
        story = build.Story(1, 1, HOURS, server_off={0: 800}, **stays)
        (flow,) = integrate(machines, build.sites(1), [story.future(machines)])
        total = sum(flow.series[f"room_{part}_kw"] for part in PARTS)
        assert (total[opens:closes] > 0).all()
        assert not total[:opens].any() and not total[closes:].any()


def test_pue_rises_as_a_room_empties():
    machines = build.fleet(build.demand(np.full(4, 1e5)), curve=[0] * 4, room=[0] * 4)
    story = build.Story(4, 1, HOURS, server_off={0: 300, 1: 300, 2: 300})
    (flow,) = integrate(machines, build.sites(1), [story.future(machines)])
    total = sum(flow.series[f"room_{part}_kw"] for part in PARTS)
    pue = total / flow.series["room_it_kw"]
    assert pue[400] > pue[100] * 1.2


def test_a_failed_server_draws_and_serves_nothing():
    machines = build.fleet(build.demand(np.array([1e5])), curve=[0], room=[0])
    story = build.Story(1, 1, HOURS, server_fails=[(0, 20.5, 22.0, -1)], room_fails=[(0, 21.0, 23.0, -1)])
    (flow,) = integrate(machines, build.sites(1), [story.future(machines)])
    load = flow.series["room_load_mssj"][19:24]
    np.testing.assert_allclose(load, [0.1, 0.05, 0, 0, 0.1], rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(flow.series["unserved_mssj"][19:24], 0.1 - load, atol=1e-7)
    # While only the server is down, the room's own overhead goes on; with the room all but lighting stops.
    assert flow.series["room_it_kw"][20] > 0.04 and flow.series["room_it_kw"][21] == pytest.approx(
        0, abs=1e-9
    )
    assert flow.series["room_cooling_kw"][22] == pytest.approx(0, abs=1e-9)
    assert flow.series["room_other_kw"][22] == pytest.approx(0.03)


def test_standby_host_takes_over_after_the_restart():
    machines = build.fleet(build.demand(np.array([2e5])), curve=[0], room=[0])
    moved = {"hosts": 2, "host": {0: 0}, "cloud_on": {0: 0}, "server_off": {0: 0}}
    fails = {1: [(0, 30.0, 40.0, 1)], 0: [(0, 30.0, 40.0, -1)]}
    lost = {}
    for covered, rows in fails.items():
        story = build.Story(1, 1, HOURS, **moved, host_fails=rows)
        (flow,) = integrate(machines, build.sites(1), [story.future(machines, restart_h=0.25)])
        lost[covered] = flow.series["unserved_mssj"].sum()
    assert lost[1] == pytest.approx(0.25 * 0.2, rel=1e-5)
    assert lost[0] == pytest.approx(10 * 0.2, rel=1e-5)


def test_rebound_grows_from_the_start_of_cloud_life():
    machines = build.fleet(build.demand(np.full(2, 1e5), months=14), curve=[0, 0], room=[0, 0])
    edges = machines.demand.clock.month_edges_h
    story = build.Story(
        2,
        1,
        0,
        hosts=1,
        host={0: 0, 1: 0},
        cloud_on={0: 0, 1: int(edges[1])},
        server_off={0: 0, 1: int(edges[1])},
    )
    (flow,) = integrate(machines, build.sites(1), [story.future(machines, rebound=0.1)])
    assert flow.series["cloud_load_mssj"][edges[13]] == pytest.approx(
        0.1 * 1.1 ** (13 / 12) + 0.1 * 1.1, rel=1e-5
    )


def test_heat_is_the_mean_utilisation_of_the_last_year():
    machines = lively(13)
    (flow,) = integrate(machines, build.sites(2), [replace(staying(), server_off={}).future(machines)])
    share = flow.series["room_load_mssj"] / flow.series["room_capacity_mssj"]
    first = machines.demand.clock.month_edges_h[1]
    days = first // 24 + np.arange((len(share) - first) // 24)
    # 1 January 2014 was a Wednesday.
    mondays = [share[day * 24 + 9] for day in days if (day + 2) % 7 == 0]
    assert flow.heat[0, 9] == pytest.approx(np.mean(mondays))


def test_the_least_demand_counts():
    """Four tenths of an operation a second, in a room first and then on a host."""
    machines = build.fleet(build.demand(np.array([0.4]), months=1), curve=[0], room=[0])
    story = build.Story(1, 1, 744, hosts=1, host={0: 0}, cloud_on={0: 300}, server_off={0: 300})
    (found,) = integrate(machines, build.sites(1), [story.future(machines)])
    hour = np.arange(744)
    np.testing.assert_allclose(found.series["room_load_mssj"], np.where(hour < 300, 0.4e-6, 0), rtol=1e-6)
    np.testing.assert_allclose(found.series["cloud_load_mssj"], np.where(hour < 300, 0, 0.4e-6), rtol=1e-6)
    np.testing.assert_allclose(found.series["demand_mssj"], 0.4e-6, rtol=1e-6)
    assert found.series["hosts_loaded"].tolist() == [0] * 300 + [1] * 444


@pytest.mark.parametrize(("beyond", "overloaded"), [(-0.1, 0), (0.0, 0), (5e-6, 0), (3e-5, 1), (0.5, 1)])
def test_a_host_is_overloaded_by_more_than_rounding(beyond: float, overloaded: int):
    """Its throughput is 0.9 of that of its machine; from 100.5 to 102 it is off."""
    most = 0.9 * build.SSJ_OPS[1]
    machines = build.fleet(build.demand(np.array([most * (1 + beyond)]), months=1), curve=[0], room=[0])
    moved = {"hosts": 1, "host": {0: 0}, "cloud_on": {0: 10}, "server_off": {0: 10}, "host_on": {0: 5}}
    story = build.Story(1, 1, 744, **moved, host_fails=[(0, 100.5, 102.0, -1)])
    (found,) = integrate(machines, build.sites(1), [story.future(machines)])
    hour = np.arange(744)
    up = np.where(hour < 10, 0, np.where(hour == 100, 0.5, np.where(hour == 101, 0, 1.0)))
    served = up * most * min(1 + beyond, 1.0) / 1e6
    np.testing.assert_allclose(found.series["cloud_load_mssj"], served, rtol=1e-5)
    on = np.where(hour < 5, 0, np.where(hour < 10, 1, up))
    np.testing.assert_allclose(found.series["cloud_capacity_mssj"], on * most / 1e6, rtol=1e-5)
    assert np.array_equal(found.series["hosts_loaded"], up > 0)
    assert np.array_equal(found.series["hosts_overloaded"], overloaded * (up > 0))


def test_capacity_that_rounding_leaves_is_no_use_of_machines():
    """Hours with half a millionth of the highest capacity count as idle, those with two millionths do not."""
    clock = build.clock(1)
    hour = np.arange(clock.hours)
    capacity = np.where(hour % 24 == 3, 0.5, np.where(hour % 24 == 4, 2.0, 1e6))
    load = np.where(hour % 24 == 3, 400.0, np.where(hour % 24 == 4, 0.5, 7e5))
    none = np.zeros(clock.hours)
    names = ("room_capacity_mssj", "room_load_mssj", "cloud_capacity_mssj", "cloud_load_mssj")
    for columns in ((capacity, load, none, none), (none, none, capacity, load)):
        found = pass_over._heat(dict(zip(names, columns, strict=True)), clock)
        np.testing.assert_allclose(found[:, 3], 0.0)
        np.testing.assert_allclose(found[:, 4], 0.25)
        np.testing.assert_allclose(np.delete(found, [3, 4], axis=1), 0.7)


def test_overload_of_one_in_dual_running_beside_one_that_is_not():
    """The first server is overloaded until it is off, but from its move on nobody notices."""
    asked = 3e6
    machines = build.fleet(build.demand(np.full(2, asked), months=1), curve=[0, 0], room=[0, 0])
    story = build.Story(
        servers=2, rooms=1, hours=744, hosts=1, host={0: 0}, cloud_on={0: 300}, server_off={0: 600}
    )
    (found,) = integrate(machines, build.sites(1), [story.future(machines)])
    beyond, missed = asked - build.SSJ_OPS[0], max(asked - 0.9 * build.SSJ_OPS[1], 0.0)
    assert beyond > 0
    expected = np.where(np.arange(744) < 300, 2 * beyond, beyond + missed)
    np.testing.assert_allclose(found.series["unserved_mssj"] * 1e6, expected, rtol=1e-5)


def test_capacity_of_a_server_that_is_down_as_it_is_switched_off():
    machines = build.fleet(build.demand(np.full(2, 1e5), months=1), curve=[0, 0], room=[0, 0])
    fails = [(0, 90.0, 110.0, -1), (1, 20.0, 30.5, -1)]
    story = build.Story(
        servers=2, rooms=1, hours=744, server_on={1: 25}, server_off={0: 100}, server_fails=fails
    )
    (found,) = integrate(machines, build.sites(1), [story.future(machines)])
    hour = np.arange(744)
    there = (hour < 90) + np.where(hour < 30, 0, np.where(hour == 30, 0.5, 1.0))
    np.testing.assert_allclose(found.series["room_capacity_mssj"] * 1e6, there * build.SSJ_OPS[0], rtol=1e-6)
