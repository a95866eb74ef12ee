"""What claims count, against counting by hand, one system at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from roomfold.optimize.make_plan import make_plan
from roomfold.scenarios.estate import NEVER
from roomfold.scenarios.schema import Claim, Scenario
from roomfold.scenarios.world import World
from roomfold.sim.events import happen
from roomfold.sim.tally import COUNTED, in_use, tallies
from roomfold.sim.timeline import Timeline

from .small import System, drawn, made, stay, take

DAYS = (date(2014, 6, 30), date(2014, 12, 31), date(2016, 3, 3), None)


def claim(metric: str, by: date | None, **fields: Any) -> Claim:
    """A claim that counts."""
    text = {"en": "test", "zh": "测试"}
    given = {"id": "T", "what": text, "metric": metric, "published": 1.0, "unit": "count", "source": "test"}
    return Claim.model_validate({**given, "by": by, **fields})


def counted(scenario: Scenario, world: World, timeline: Timeline, asked: Claim) -> float:
    """The same figure, slowly."""
    systems, servers, clock = world.estate.systems, world.estate.servers, world.clock
    end = clock.hours if asked.by is None else clock.hour_of(asked.by + timedelta(days=1))
    hour, edges = end - 1, clock.month_edges_h
    levels, classes = list(scenario.estate.levels), list(scenario.demand.classes)
    there: dict[int, bool] = {}
    for s in range(len(systems.id)):
        starts, ends = systems.arrives_month[s], systems.retires_month[s]
        if edges[starts] > hour or (ends != NEVER and edges[ends] <= hour):
            continue
        if asked.levels and levels[world.estate.units.level[systems.unit[s]]] not in asked.levels:
            continue
        if asked.classes and classes[systems.demand_class[s]] not in asked.classes:
            continue
        mine = np.flatnonzero(servers.system == s)
        there[s] = any(timeline.cloud_on_h[c] <= hour < timeline.cloud_off_h[c] for c in mine)
    on = [s for s, is_there in there.items() if is_there]
    meant = [s for s in there if not systems.classified[s]]
    today = {int(systems.room[s]) for s in meant if systems.arrives_month[s] == 0}
    units = [int(systems.unit[s]) for s in on]
    left = {int(systems.unit[s]) for s in meant if not there[s]}
    return {
        "systems_on_cloud": float(len(on)),
        "cloud_share": len([s for s in on if not systems.classified[s]]) / max(len(meant), 1),
        "departments_covered": len(today & {int(systems.room[s]) for s in on}) / max(len(today), 1),
        "units_on_cloud": float(len(set(units))),
        "units_complete": float(len(set(units) - left)),
        "largest_unit_systems": float(max((units.count(u) for u in units), default=0)),
        "classes_on_cloud": float(len({int(systems.demand_class[s]) for s in on})),
        "zones_on_cloud": float(len({int(systems.zone[s]) for s in on})),
    }[asked.metric]


@pytest.mark.parametrize("index", range(3))
def test_counts_agree_with_counting_by_hand(index: int) -> None:
    scenario, world = drawn(index)
    timeline = happen(scenario, world, make_plan(scenario, "consolidate", world))
    filters: tuple[dict[str, Any], ...] = ({}, {"levels": ("banner",)}, {"classes": ("office", "public")})
    metrics = [metric for metric in COUNTED if metric != "rooms_built"]
    asked = tuple(claim(m, by, **f) for m in metrics for by in DAYS for f in filters)
    found = tallies(scenario.model_copy(update={"claims": asked}), world, timeline)
    assert found.tolist() == [counted(scenario, world, timeline, each) for each in asked]
    assert len(set(found.tolist())) > 6


def test_rooms_built_from_a_day_on() -> None:
    scenario, world = drawn(0, "estate.new_systems_per_year=1", "estate.new_room_per_new_system=0.5")
    timeline = happen(scenario, world, make_plan(scenario, "keep", world))
    opened = [world.clock.day_of_hour(int(h)) for h in timeline.room_open_h if 0 < h < world.clock.hours]
    assert len(opened) > 5
    since, by = sorted(opened)[2], sorted(opened)[-2]
    asked = (claim("rooms_built", by, since=since), claim("rooms_built", None), claim("systems_moved", None))
    found = tallies(scenario.model_copy(update={"claims": asked}), world, timeline)
    assert found[0] == sum(since <= day <= by for day in opened)
    assert found[1] == len(opened) and np.isnan(found[2])


def by_hand() -> tuple[Scenario, World, Timeline]:
    """Six systems of three units and four rooms; two are on the cloud from hour 100, one in the last hour."""
    systems = [System(0), System(0), System(1), System(2, classified=True), System(3, arrives=1), System(3)]
    scenario, world = made(systems)
    estate = world.estate
    units = replace(take(estate.units, [0] * 3), id=np.arange(3, dtype=np.int32), level=np.array([0, 1, 1]))
    columns = {"unit": [0, 0, 1, 1, 2, 2], "zone": [0, 1, 1, 0, 0, 0], "demand_class": [0, 1, 1, 0, 1, 2]}
    tables = {name: np.array(column, dtype=np.int32) for name, column in columns.items()}
    rooms = replace(estate.rooms, unit=np.array([0, 1, 1, 2], dtype=np.int32))
    estate = replace(estate, units=units, rooms=rooms, systems=replace(estate.systems, **tables))
    world = replace(world, estate=estate)
    never, last = int(NEVER), world.clock.hours - 1
    timeline = replace(
        happen(scenario, world, stay(world)),
        cloud_on_h=np.array([100, 100, never, never, 24 * 31, last]),
        cloud_off_h=np.array([never, never, never, never, never, never]),
        room_open_h=np.array([0, 1, 24, 48]),
        room_close_h=np.array([never, never, never, 48]),
    )
    return scenario, world, timeline


def test_each_count_on_an_estate_small_enough_to_see() -> None:
    scenario, world, timeline = by_hand()
    expected = {  # on 4 January, at hour 95; on 5 January, at hour 119; and at the very end
        "systems_on_cloud": (0, 2, 4),
        "cloud_share": (0, 2 / 4, 4 / 5),
        "departments_covered": (0, 1 / 3, 2 / 3),
        "units_on_cloud": (0, 1, 2),
        "units_complete": (0, 1, 2),
        "largest_unit_systems": (0, 2, 2),
        "classes_on_cloud": (0, 2, 3),
        "zones_on_cloud": (0, 2, 2),
    }
    asked = tuple(claim(name, day) for name in expected for day in (date(2014, 1, 4), date(2014, 1, 5), None))
    found = tallies(scenario.model_copy(update={"claims": asked}), world, timeline)
    assert found.tolist() == pytest.approx([count for counts in expected.values() for count in counts])
    after = claim("systems_on_cloud", date(2030, 1, 1))  # beyond the run: as at its end
    levels = list(scenario.estate.levels)
    second = [claim(name, None, levels=(levels[1],)) for name in ("systems_on_cloud", "rooms_built")]
    classes = claim("systems_on_cloud", None, classes=(list(scenario.demand.classes)[1],))
    found = tallies(scenario.model_copy(update={"claims": (after, *second, classes)}), world, timeline)
    assert found.tolist() == [4, 2, 2, 2]
    in_rooms = replace(timeline, in_rooms=True)  # hosts in rooms are no cloud
    assert tallies(scenario.model_copy(update={"claims": asked}), world, in_rooms).sum() == 0


def test_rooms_built_are_those_opened_in_the_days_and_kept() -> None:
    scenario, world, timeline = by_hand()
    days = (
        (None, None),
        (date(2014, 1, 2), None),
        (date(2014, 1, 1), date(2014, 1, 1)),
        (None, date(2014, 1, 2)),
    )
    asked = tuple(claim("rooms_built", by, since=since) for since, by in days)
    found = tallies(scenario.model_copy(update={"claims": asked}), world, timeline)
    assert found.tolist() == [2, 1, 1, 2]  # opened at 1 and 24; that of 48 is closed as it opens


def test_a_system_is_in_use_from_the_hour_it_comes_to_the_hour_it_goes() -> None:
    scenario, world = made([System(0, retires=1), System(0, arrives=1)])
    timeline = happen(scenario, world, stay(world))
    edge = int(world.clock.month_edges_h[1])
    assert [in_use(world, timeline, hour)[0].tolist() for hour in (edge - 1, edge)] == [
        [True, False],
        [False, True],
    ]
    placed = replace(timeline, cloud_on_h=np.array([5, 5]), cloud_off_h=np.array([7, int(NEVER)]))
    on_cloud = [in_use(world, placed, hour)[1].tolist() for hour in (4, 5, 6, 7)]
    assert on_cloud == [[False, False], [True, True], [True, True], [False, True]]
