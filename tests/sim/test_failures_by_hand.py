"""Failures drawn one by one, entity after entity, from the same numbers: each must be there, and no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import ceil, floor, inf, log

import numpy as np
import pytest

from roomfold.scenarios.estate import NEVER
from roomfold.sim import failures
from roomfold.sim.repair import Crews
from roomfold.sim.timeline import CLOUD, Outages

from . import small
from .small import System

GRID = 4096
YEAR_H, MONTH_H = 8766.0, 730.5
AMPLE = ("reliability.team_share=0", "reliability.ageing_per_year=0.7", "reliability.server_mtbf_h=700")


def one_by_one(world, stream, name, rate, mean_repair_h, taken: Callable[[float, float], bool]):
    """Failures of one entity as (start, hours of repair), by the text of the module."""
    found, time, k = [], 0.0, 0
    while rate > 0:
        u = world.uniforms(f"{stream}/{k}", np.array([name]), draws=3)[0]
        time -= log(u[0]) / rate
        if time >= world.clock.hours:
            break
        if taken(u[2], time):
            found.append((floor(time * GRID) / GRID, ceil(-log(u[1]) * mean_repair_h * GRID) / GRID))
        k += 1
    return found


def while_up(failed, last_h=inf):
    """Of failures of one entity those that come while it is up, as intervals that end by ``last_h``."""
    kept, up_h = [], 0.0
    for start, repair in failed:
        if start >= up_h:
            up_h = start + repair
            kept.append((start, min(up_h, last_h)))
    return kept


def rows_of(found) -> list[tuple]:
    return list(zip(*(column.tolist() for column in found), strict=True))


def always(*_: float) -> bool:
    return True


@pytest.mark.parametrize("mean_h", [3.0, 900.0])
def test_renewals_are_those_of_each_entity_alone(mean_h: float) -> None:
    _, world = small.made([System(0)])
    names, rate = np.array([7, 3, 7, 11, 5]), np.array([1 / 500, 1 / 900, 1 / 500, 0.0, 1 / 9000])
    repair = np.array([mean_h, 2 * mean_h, mean_h, 1.0, mean_h])
    found = failures.renewals(world, "test", names, rate, repair)
    expected = [
        (start, row, end)
        for row, (name, per_h, mean) in enumerate(
            zip(names.tolist(), rate.tolist(), repair.tolist(), strict=True)
        )
        for start, end in while_up(
            one_by_one(world, "test", name, per_h, mean, always), float(world.clock.hours)
        )
    ]
    assert rows_of((found.start_h, found.what, found.end_h)) == sorted(expected)
    assert len(expected) > 40 and set(found.cover.tolist()) == {-1}
    assert found.what.dtype == found.cover.dtype == np.int32


def test_a_share_thins_the_candidates_at_their_own_hours() -> None:
    """A share that falls with the hour and differs by row; what it leaves is asked for before the repair."""
    _, world = small.made([System(0)])
    rate, repair, hours = np.full(4, 1 / 200), np.full(4, 50.0), world.clock.hours

    def share(row, hour):
        return (row + 1) / 4 * (1 - hour / hours)

    found = failures.possible(world, "test", np.arange(4), rate, repair, share)
    for row in range(4):
        expected = one_by_one(
            world, "test", row, 1 / 200, 50.0, lambda u, hour, row=row: u < (row + 1) / 4 * (1 - hour / hours)
        )
        mine = found.row == row
        assert rows_of((found.start_h[mine], found.repair_h[mine])) == expected
    assert len(found.row) == len(found.start_h) == len(found.repair_h) > 100


def wear(age_h: float, ageing: float) -> float:
    """Rate over that of a young machine: more for each year beyond the third."""
    return 1 + ageing * max(age_h / YEAR_H - 3, 0)


def test_servers_fail_by_the_age_of_the_machine_that_stands() -> None:
    """Machines old, young, renewed, to come, and two parts of one; some go before the end."""
    scenario, world = small.made([System(0, servers=[False] * 6)], *AMPLE, "reliability.server_mttr_h=30")
    bought = np.array([-70, -1, -70, 9, -70, -70], dtype=np.int32)
    machine = np.array([0, 1, 2, 3, 5, 5], dtype=np.int32)
    world = replace(
        world,
        estate=replace(
            world.estate, servers=replace(world.estate.servers, bought_month=bought, machine=machine)
        ),
    )
    months = np.array([[0, NEVER], [0, NEVER], [0, 14], [9, 20], [0, NEVER], [0, 30]], dtype=np.int32)
    on = np.array([0, 0, 0, 6600, 0, 0], dtype=np.int32)
    off = np.array([NEVER, 20_000, NEVER, NEVER, NEVER, 26_304], dtype=np.int32)
    found = failures.server_failures(scenario, world, months.copy(), on, off)
    hours, expected = world.clock.hours, []
    for row in range(6):
        first_h = float(bought[row]) * MONTH_H
        oldest = wear(hours - first_h, 0.7)

        def taken(u, hour, row=row, first_h=first_h, oldest=oldest):
            renewed = [m * MONTH_H for m in months[row, 1:].tolist() if m != NEVER and m * MONTH_H <= hour]
            bought_h = max([first_h, *renewed])
            return bought_h <= hour and u < wear(hour - bought_h, 0.7) / oldest

        drawn = one_by_one(world, "server-failure", machine[row], oldest / 700, 30.0, taken)
        served = [one for one in drawn if on[row] <= one[0] < min(off[row], hours)]
        expected += [(start, row, end) for start, end in while_up(served, min(float(off[row]), hours))]
    assert rows_of((found.failed_h, found.what, found.ended_h)) == sorted(expected)
    assert np.array_equal(found.begun_h, found.failed_h)
    assert np.array_equal(months[:, 0], [0, 0, 0, 9, 0, 0])


@pytest.mark.parametrize("years", [2, 4])
def test_hosts_fail_by_their_age_and_are_new_after_each_life(years: int) -> None:
    """The first two were owned before, one of them for most of its life."""
    terms = (*AMPLE, "reliability.host_mtbf_h=900", f"{small.CLOUD}.host_life_years={years}")
    scenario, world = small.made([System(0)], *terms)
    on, hours, life_h = np.array([5, 0, 4000, 0, 26_000], dtype=np.int32), world.clock.hours, years * 8766.0
    age = np.array([0, 40, 0, 3, 0], dtype=np.int32)
    hosts = replace(small.move(world, hosts=5).hosts, age_months=age)
    crews = Crews(np.zeros(5, dtype=np.int64), np.ones(1, dtype=np.int64), 0.0)
    cloud = scenario.alternatives["consolidate"].cloud
    found = failures.host_failures(scenario, world, cloud, hosts, on, crews, 20.0)
    expected = []
    for row in range(5):
        owned = bool(hosts.owned[row])
        new_h = float(hosts.bought_month[row]) * MONTH_H if owned else float(on[row])
        oldest = wear(life_h if owned else min(hours, life_h), 0.7)

        def taken(u, hour, new_h=new_h, oldest=oldest):
            return u < wear(max(hour - new_h, 0.0) % life_h, 0.7) / oldest

        drawn = one_by_one(world, "host-failure", row, oldest / 900, 20.0, taken)
        served = [one for one in drawn if on[row] <= one[0]]
        expected += [(start, row, end) for start, end in while_up(served, float(hours))]
    assert rows_of((found.failed_h, found.what, found.ended_h)) == sorted(expected)
    assert {hosts.owned[1], hosts.owned[3]} == {True} and not hosts.owned[[0, 2, 4]].any()


def test_rooms_and_sites_fail_while_they_are_there() -> None:
    """A site has the numbers of its name, whichever row it has; a room those of its id."""
    scenario, world = small.made(
        [System(0), System(1)], f"{small.CLOUD}.outages_per_year=9", f"{small.CLOUD}.outage_hours=20"
    )
    hours = float(world.clock.hours)
    rooms = replace(
        world.estate.rooms,
        id=np.array([4, 9], dtype=np.int32),
        outages_per_year=np.array([5.0, 11.0]),
        outage_hours=np.array([30.0, 400.0]),
    )
    world = replace(world, estate=replace(world.estate, rooms=rooms))
    opens, closes = np.array([0, 700], dtype=np.int32), np.array([9000, NEVER], dtype=np.int32)
    found = failures.room_outages(world, opens, closes)
    expected = []
    for row in range(2):
        rate = float(rooms.outages_per_year[row]) / YEAR_H
        drawn = one_by_one(world, "room-outage", rooms.id[row], rate, float(rooms.outage_hours[row]), always)
        expected += [
            (start, row, min(end, float(closes[row])))
            for start, end in while_up(drawn, hours)
            if opens[row] <= start < closes[row]
        ]
    assert rows_of((found.start_h, found.what, found.end_h)) == sorted(expected)
    cloud = scenario.alternatives["consolidate"].cloud
    both = failures.site_outages(world, cloud, ["north", "south"], np.array([3000, 0]))
    expected = []
    for row, (name, on_h) in enumerate((("north", 3000), ("south", 0))):
        drawn = one_by_one(world, f"site-outage of {name}", 0, 9 / YEAR_H, 20.0, always)
        expected += [(start, CLOUD - row, end) for start, end in while_up(drawn, hours) if start >= on_h]
    assert rows_of((both.start_h, both.what, both.end_h)) == sorted(expected)
    third = both.start_h[both.what == CLOUD][2]  # in service at the very instant
    late = failures.site_outages(world, cloud, ["north"], np.array([third]))
    assert late.start_h[0] == third and len(late.what) == (both.what == CLOUD).sum() - 2
    none = failures.site_outages(world, cloud, [], np.empty(0))
    assert not len(none.what)


def test_service_begins_with_its_hour_and_ends_before_its_end() -> None:
    start = np.array([9.0, 10.0, 19.0, 20.0])
    some = Outages(np.zeros(4, dtype=np.int32), start, start + 5, np.array([3, 4, 5, 6], dtype=np.int32))
    cut = failures.in_service(some, np.array([10], dtype=np.int32), np.array([20], dtype=np.int32))
    assert rows_of((cut.what, cut.start_h, cut.end_h, cut.cover)) == [(0, 10, 15, 4), (0, 19, 20, 5)]


def test_what_fails_as_it_works_again_is_down_again_and_ties_go_by_row() -> None:
    one = Outages(*(np.array(c) for c in ([1, 0], [5.0, 5.0], [6.0, 7.0], [2, -1])))
    other = Outages(*(np.array(c) for c in ([-1], [5.0], [9.0], [-1])))
    found = failures.merged(one, other)
    columns = (found.what, found.start_h, found.end_h, found.cover)
    assert rows_of(columns) == [(-1, 5, 9, -1), (0, 5, 7, -1), (1, 5, 6, 2)]
    void = failures._while_up(
        np.array([0, 0, 0, 2]), np.array([1.0, 3.0, 2.0, 9.0]), np.array([3.0, 4, 3, 10])
    )
    assert void.tolist() == [True, True, False, True]
