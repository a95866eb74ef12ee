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
    assert estate.servers.zombie.mean() == pytest.approx(drawn(facts.zombie_share), abs=0.03)
    lines = np.isin(estate.lines.system, np.flatnonzero(today)).sum()
    assert lines == pytest.approx(min(drawn(facts.vertical_lines), today.sum()), rel=0.12)


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
    """The geometric mean utilisation of working servers lies near the drawn level."""
    estate = world(index).estate
    servers = estate.servers
    curves = scenario().hardware.curves
    ssj = np.array([curves[name].ssj_ops for name in sorted(curves)])[servers.generation_curve[:, 0]]
    today = (estate.systems.arrives_month[servers.system] == 0) & ~servers.zombie
    utilisation = (servers.demand_ssj / ssj)[today]
    level = world(index).of(scenario().estate.cpu_utilisation)
    spread = np.sqrt(np.log1p(scenario().estate.cpu_utilisation.spread ** 2))
    geometric = np.exp(np.log(utilisation).mean())
    assert geometric == pytest.approx(level * np.exp(-(spread**2) / 2), rel=0.1)
    assert (servers.peak_ssj <= 0.7 * ssj * (1 + 1e-9)).all()


def test_a_world_does_not_depend_on_how_it_is_asked_for() -> None:
    """Drawn alone or as part of a study, a world has the same values and the same estate."""
    point = design(scenario(), scenario().study.seed, 8)[3]
    one, other = world(3), draw_world(scenario(), 3, None, point)
    assert dict(one.values) == dict(other.values)
    for table in fields(one.estate):
        for column in fields(getattr(one.estate, table.name)) if table.name != "zones" else ():
            left, right = (getattr(getattr(w.estate, table.name), column.name) for w in (one, other))
            assert np.array_equal(left, right)


def test_draws_stay_within_their_quantities() -> None:
    """Every value of every world lies in the support of its quantity."""
    for path, quantity in quantities(scenario()).items():
        low, high = quantity.support
        for index in range(WORLDS):
            assert low <= world(index).values[path] <= high
