"""Drawn estates: what is known holds exactly, what is drawn stays within its range."""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache

import numpy as np
import pytest

from roomfold.scenarios import load, quantities
from roomfold.scenarios.draw import design, draw_world
from roomfold.scenarios.estate import NEVER
from roomfold.scenarios.schema import Scenario
from roomfold.scenarios.world import World

WORLDS = 6


@lru_cache(maxsize=1)
def scenario() -> Scenario:
    """The Inner Mongolia scenario."""
    return load("inner-mongolia")


@lru_cache(maxsize=WORLDS)
def world(index: int) -> World:
    """One of its worlds."""
    return draw_world(scenario(), index)


@pytest.mark.parametrize("index", range(WORLDS))
def test_known_facts_hold_in_every_world(index: int) -> None:
    """115 units of four levels; systems that may move as drawn between 1,900 and 1,999."""
    estate = world(index).estate
    assert np.bincount(estate.units.level).tolist() == [1, 1, 12, 101]
    today = estate.systems.arrives_month == 0
    drawn = round(world(index).of(scenario().estate.systems))
    assert 1900 <= drawn <= 1999
    assert abs(int((today & ~estate.systems.classified).sum()) - drawn) <= 1


@pytest.mark.parametrize("index", range(WORLDS))
def test_counts_follow_the_draws(index: int) -> None:
    """Rooms, lines, servers, zombies and classified systems are as many as the world's draws say."""
    drawn, estate, facts = world(index).of, world(index).estate, scenario().estate
    today = estate.systems.arrives_month == 0
    assert int((estate.rooms.opens_month == 0).sum()) == max(round(drawn(facts.rooms)), 115)
    classified = estate.systems.classified[today]
    assert classified.mean() == pytest.approx(drawn(facts.classified_share), abs=0.01)
    servers = len(estate.servers.id) / len(estate.systems.id)
    assert servers == pytest.approx(drawn(facts.servers_per_system), rel=0.1)
    lines = np.isin(estate.lines.system, np.flatnonzero(today)).sum()
    assert lines == pytest.approx(drawn(facts.vertical_lines), rel=0.12)


@pytest.mark.parametrize("index", range(WORLDS))
def test_every_system_works_and_nothing_is_bought_idle(index: int) -> None:
    """Zombies are as many as drawn as far as systems have a server to spare; a new server has work."""
    estate, facts = world(index).estate, scenario().estate
    servers, today = estate.servers, estate.systems.arrives_month[estate.servers.system] == 0
    assert not servers.zombie[~today].any()
    working = np.bincount(servers.system, ~servers.zombie, minlength=len(estate.systems.id))
    assert (working >= 1).all()
    spare = 1 - np.unique(servers.system[today]).size / today.sum()
    wanted = min(world(index).of(facts.zombie_share), 0.9 * spare)
    assert servers.zombie[today].mean() == pytest.approx(wanted, abs=0.03)
    assert len(np.unique(estate.lines.id)) == len(estate.lines.id)


def test_a_longer_horizon_leaves_today_as_it_is() -> None:
    """The estate of the first day does not depend on how long the simulation runs."""
    longer = draw_world(load("inner-mongolia", ["time.years=6"]), 0).estate.servers
    shorter = world(0).estate.servers
    there = shorter.generation_month[:, 0] == 0
    n = int(there.sum())
    for name in ("bought_month", "demand_ssj", "memory_gb", "config_factor"):
        assert np.array_equal(getattr(longer, name)[:n], getattr(shorter, name)[:n])
    assert np.array_equal(longer.generation_curve[:n, 0], shorter.generation_curve[:n, 0])


@pytest.mark.parametrize("index", range(WORLDS))
def test_tables_point_at_rows_that_exist(index: int) -> None:
    """Each room there is today holds a system, each system a server, in its own unit's room."""
    estate = world(index).estate
    rooms, systems, servers = estate.rooms, estate.systems, estate.servers
    assert np.array_equal(np.unique(systems.room), np.arange(len(rooms.id)))
    assert np.array_equal(np.unique(servers.system), np.arange(len(systems.id)))
    assert np.array_equal(rooms.unit[systems.room], systems.unit)
    assert (rooms.ups_rated_w > 0).all()


@pytest.mark.parametrize("index", range(WORLDS))
def test_machines_follow_one_another(index: int) -> None:
    """Generations of a slot come in order; no machine today is older than its life."""
    servers = world(index).estate.servers
    months = servers.generation_month.astype(np.int64)
    later = np.diff(months, axis=1)
    assert ((later > 0) | (months[:, 1:] == NEVER)).all()
    assert (servers.bought_month <= months[:, 0]).all()
    longest = scenario().servers.life_years.bounds[1] * 12
    assert (servers.bought_month >= -longest).all()


@pytest.mark.parametrize("index", range(WORLDS))
def test_utilisation_today_is_the_one_drawn(index: int) -> None:
    """Mean utilisation, idle servers included, is the drawn level as far as fast machines are less busy."""
    estate = world(index).estate
    servers = estate.servers
    curves = scenario().hardware.curves
    ssj = np.array([curves[name].ssj_ops for name in sorted(curves)])[servers.generation_curve[:, 0]]
    today = (estate.systems.arrives_month[servers.system] == 0) & ~servers.zombie
    utilisation = (servers.demand_ssj / ssj)[today]
    level = world(index).of(scenario().estate.cpu_utilisation)
    spread = np.sqrt(np.log1p(scenario().estate.cpu_utilisation.spread ** 2))
    geometric = np.exp(np.log(utilisation).mean())
    working = 1 - world(index).of(scenario().estate.zombie_share)
    # The limit on peaks cuts a little off the busiest.
    assert geometric == pytest.approx(level / working * np.exp(-(spread**2) / 2), rel=0.15)
    assert (servers.peak_ssj <= 0.7 * ssj * (1 + 1e-9)).all()


def test_a_world_does_not_depend_on_how_it_is_asked_for() -> None:
    """Drawn alone or as part of a study, a world has the same values and the same estate."""
    point = design(scenario(), scenario().study.seed, 8)[3]
    one, other = world(3), draw_world(scenario(), 3, None, point)
    assert dict(one.values) == dict(other.values)
    for table in fields(one.estate):
        for column in fields(getattr(one.estate, table.name)) if table.name not in ("zones", "names") else ():
            left, right = (getattr(getattr(w.estate, table.name), column.name) for w in (one, other))
            assert np.array_equal(left, right, equal_nan=left.dtype.kind == "f")


def test_draws_stay_within_their_quantities() -> None:
    """Every value of every world lies in the support of its quantity."""
    for path, quantity in quantities(scenario()).items():
        low, high = quantity.support
        for index in range(WORLDS):
            assert low <= world(index).values[path] <= high
