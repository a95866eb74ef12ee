"""Rules as data: what can be written, what is refused, and what they change in a world."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from roomfold.scenarios import Scenario, load
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.errors import InputError
from roomfold.scenarios.estate import NEVER
from roomfold.scenarios.governed import governed
from roomfold.scenarios.loader import quantities, resolved_yaml

from .conftest import MINIMAL

EVERY_KIND = {
    "new": "rule: new_or_upgraded_must_cloud, from: 2014-01-01, scope: [new], levels: [region]",
    "rooms": "rule: no_new_room, from: 2014-06-01, alternatives: [keep, consolidate]",
    "small": "rule: close_small, by: 2014-12-31, servers: {low: 2, mode: 3, high: 6}, strict: false",
    "large": "rule: merge_large, most_per_year: 2, area_m2: 60",
    "covered": "rule: coverage, by: 2014-09-30, share: 0.5",
    "dr": "rule: dr_site, by: 2014-12-31, min_km: 100, tier: 5, strict: false",
    "out": "rule: exclude, classified: true, classes: [office], zones: [internet]",
    "apart": "rule: separate_pools, attributes: [zone, level]",
    "bought": "rule: purchase_mode, mode: self",
    "paid": "rule: payback_max, months: 24",
    "slowly": "rule: migrate_existing, from: 2014-05-01, to: 2014-11-30",
    "step": "rule: demand_step, date: 2014-07-15, factor: 1.5, classes: [office]",
}


def ruled(*rules: str, years: int = 1) -> Scenario:
    """The minimal scenario with rules r0, r1, ..."""
    texts = [f"policy.r{i}={{{rule}, source: a test}}" for i, rule in enumerate(rules)]
    return load(MINIMAL, [f"time.years={years}", *texts])


def test_every_kind_of_rule_is_read_back_as_written(tmp_path: Path) -> None:
    scenario = ruled(*EVERY_KIND.values())
    assert len({rule.rule for rule in scenario.policy.values()}) == 12
    assert {"policy.r2.servers", "policy.r3.area_m2", "policy.r11.factor"} <= quantities(scenario).keys()
    again = tmp_path / "again.yaml"
    again.write_text(resolved_yaml(scenario), encoding="utf-8")
    assert load(again).policy == scenario.policy


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ("rule: coverag, by: 2014-06-30", r"r0.rule: got 'coverag', must be .*did you mean 'coverage'"),
        ("by: 2014-06-30", r"r0.rule: got nothing, must be one of the kinds known"),
        ("rule: coverage, by: 2015-06-30", r"r0.by: got 2015-06-30, must be from 2014-01-01 until before"),
        ("rule: coverage, by: 2014-06-30, share: 2", r"r0.share: got 2, must be at most 1"),
        ("rule: coverage", r"r0.by: got nothing, must be given"),
        ("rule: close_small, by: 2014-06-30", r"r0: got none of servers and area_m2"),
        ("rule: close_small, by: 2014-06-30, servers: -1", r"r0.servers: got -1, must be between 0"),
        ("rule: merge_large, servers: 3", r"r0: got neither by nor most_per_year"),
        (
            "rule: merge_large, most_per_year: 1, rest_of: r0",
            r"r0.rest_of: got 'r0', must be a rule of kind 'close_small'",
        ),
        ("rule: exclude, zones: [intranet]", r"r0.zones.0: got 'intranet'"),
        ("rule: exclude", r"r0: got nothing to exclude"),
        (
            "rule: payback_max, months: 12, alternatives: [keep]",
            r"alternatives.0: got 'keep', must be an alter",
        ),
        ("rule: demand_step, date: 2014-06-01, factor: 2, systems: 3", r"r0: got both or none of factor"),
        ("rule: migrate_existing, most: 3, levels: [region]", r"r0: got most with levels"),
        ("rule: no_new_room, from: 2014-06-01, strict: true", r"r0.strict: got unknown field 'strict'"),
    ],
)
def test_bad_rules_are_refused_in_words(rule: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        ruled(rule)


def test_a_step_adds_systems_and_changes_nobody_else() -> None:
    plain = ruled(years=2)
    step = (
        "rule: demand_step, date: 2014-06-20, systems: 5, levels: [banner], classes: [office], memory_gb: 64"
    )
    stepped = ruled(step, years=2)
    before, after = draw_world(plain, 0).estate, draw_world(stepped, 0).estate
    n, servers = len(before.systems.id), len(before.servers.id)
    assert len(after.systems.id) == n + 5
    for table, rows in (("systems", n), ("servers", servers), ("rooms", len(before.rooms.id))):
        old, new = getattr(before, table), getattr(after, table)
        for field in fields(old):
            assert np.array_equal(getattr(old, field.name), getattr(new, field.name)[:rows]), field.name
    assert (after.systems.arrives_month[n:] == 5).all() and not after.systems.classified[n:].any()
    assert (after.units.level[after.systems.unit[n:]] == 1).all()
    assert (after.systems.demand_class[n:] == list(stepped.demand.classes).index("office")).all()
    assert (after.servers.memory_gb[servers:] == 64).all()


def test_rises_multiply_where_and_when_they_hold() -> None:
    rules = (
        "rule: demand_step, date: 2014-03-01, factor: 2, levels: [region]",
        "rule: demand_step, date: 2014-05-01, factor: 3",
    )
    estate = draw_world(ruled(*rules), 0).estate
    region = estate.units.level[estate.systems.unit[estate.servers.system]] == 0
    rows = np.arange(len(region))
    for month, both in ((0, 1), (2, 1), (4, 3)):
        wanted = np.where(region & (month >= 2), 2.0, 1.0) * both
        assert np.array_equal(estate.rises.by(month, rows), wanted)
    assert np.array_equal(estate.rises.by(np.where(region, 4, 1), rows), np.where(region, 6.0, 1.0))


def test_excluded_systems_stay_and_forbidden_rooms_are_empty() -> None:
    scenario = load(
        MINIMAL,
        [
            "time.years=3",
            "estate.new_systems_per_year=0.5",
            "estate.new_room_per_new_system=0.6",
            "policy.out={rule: exclude, levels: [region], zones: [internet], source: s}",
            "policy.rooms={rule: no_new_room, from: 2014-09-01, levels: [banner], source: s}",
        ],
    )
    world = draw_world(scenario, 1)
    estate, changed = world.estate, governed(scenario, "consolidate", world)
    systems, rooms = estate.systems, estate.rooms
    level = estate.units.level[systems.unit]
    internet = systems.zone == estate.zones.index("internet")
    assert np.array_equal(changed.estate.systems.stays, systems.stays | (level == 0) | internet)
    banned = (rooms.opens_month >= 8) & (estate.units.level[rooms.unit] == 1) & (rooms.opens_month < NEVER)
    now = changed.estate.systems.room
    assert banned[systems.room].any() and not banned[now].any()
    assert np.array_equal(now[~banned[systems.room]], systems.room[~banned[systems.room]])
    assert (
        np.array_equal(rooms.unit[now], systems.unit)
        and (rooms.opens_month[now[now != systems.room]] == 0).all()
    )
    again = governed(scenario, "consolidate", changed)
    assert again is changed
    assert governed(scenario, "keep", world) is world
