"""What claims count, against counting by hand, one system at a time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from roomfold.optimize.make_plan import make_plan
from roomfold.scenarios.estate import NEVER
from roomfold.scenarios.schema import Claim, Scenario
from roomfold.scenarios.world import World
from roomfold.sim.events import happen
from roomfold.sim.tally import COUNTED, tallies
from roomfold.sim.timeline import Timeline

from .small import drawn

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
