"""What scenarios start from, of both eras: all graded, chosen by year and place, of published sizes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from roomfold.optimize.check import check_plan
from roomfold.optimize.make_plan import make_plan
from roomfold.scenarios import Scenario, era, load
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.loader import quantities
from roomfold.scenarios.world import World
from roomfold.sim.ledger import ITEMS
from roomfold.sim.outcome import Outcome
from roomfold.sim.simulate import simulate_all
from roomfold.sim.summarise import outcome

LIBRARY = Path(__file__).parents[2] / "scenarios" / "library"
YEARS = (2014, 2024)

# A small estate with what a starting point leaves to a scenario.
SMALL = """\
schema: 1
name: small
title: {{ en: A small estate, zh: 小型样例 }}
summary: {{ en: Four departments move to a small cloud., zh: 四个部门迁入小型云。 }}
include: [{start}, {tariff}, {grid}]
time: {{ start: {year}-01-01, years: 2, price_year: {year} }}
study: {{ worlds: 2, seed: 11 }}
estate:
  levels:
    department:
      title: {{ en: Departments, zh: 部门 }}
      units: 4
      systems_weight: 1
      rooms_weight: 1
      large_room_share: {{ low: 0.2, mode: 0.4, high: 0.6, source: test, grade: A }}
      vertical_lines: {{ metro: 1 }}
  systems: {{ low: 14, mode: 16, high: 18, source: test, grade: A }}
  rooms: {{ low: 5, mode: 6, high: 7, source: test, grade: A }}
  vertical_lines: {{ low: 4, mode: 6, high: 10, source: test, grade: A }}
alternatives:
  consolidate:
    title: {{ en: One cloud, zh: 统一云平台 }}
    migration: {{ team_fte: {{ low: 4, mode: 8, high: 12, source: test, grade: A }} }}
    cloud:
      opens: {year}-04-01
      staff_fte: {{ low: 0.5, mode: 1, high: 2, source: test, grade: A }}
      platform_cny_per_year: {{ low: 20000, mode: 50000, high: 100000, source: test, grade: A }}
"""
# PUE: MIIT, first quarter of 2013: old sites "mostly 2, even above 2.5"; Cheung (LBNL, October 2013): small
# rooms metered at 1.5-2.1; Uptime Institute 2023: mean 1.58, of sites larger than these.
PUES = {2014: (1.5, 2.75), 2024: (1.5, 2.5)}
# Power in use, mean over all servers of a region, 2000 and 2005: 212-289 W, volume servers alone 181-224 W
# (Koomey, Worldwide electricity used in data centers, 2008, table 1);
# with storage and network, 0.25-0.9 W a W.
IT_W_PER_SERVER = (181 * 1.25, 289 * 1.9)
# Decommissioning one 1U server saves USD 500 a year in energy (Uptime Institute, server roundup), at 6.2-7.1
# CNY; half to double of it.
ELECTRICITY_CNY_PER_SERVER = (0.5 * 500 * 6.2, 2 * 500 * 7.1)
# 65 million CNY a year for lines and rooms of 1,900 systems (Inner Mongolia, end of 2014) is at most 34,200
# each, with 1.8 servers each. Nothing of the kind is published for today: half as much again.
LINES_AND_ROOMS_CNY_PER_SERVER = {2014: (4000, 19000), 2024: (4000, 1.5 * 19000)}


def small(year: int, folder: Path) -> Scenario:
    """The small estate in a year, somewhere in China."""
    chosen = {
        "start": era.starting_point(year),
        "tariff": era.tariff(None, year),
        "grid": era.grid(None, year),
    }
    path = folder / f"small-{year}.yaml"
    path.write_text(SMALL.format(year=year, **{key: each.include for key, each in chosen.items()}), "utf-8")
    return load(path)


def per_server(world: World, found: Outcome, *names: str, cost: bool) -> float:
    """Sum of items or categories in the first year for each server of today, in the item's unit or in CNY."""
    servers = world.estate.servers
    today = (world.estate.systems.arrives_month[servers.system] == 0).sum()
    columns = [k for k, item in enumerate(ITEMS) if item.name in names or item.category in names]
    return float((found.cost_cny if cost else found.amount)[:12, columns].sum() / today)


@pytest.mark.parametrize("year", YEARS)
def test_every_quantity_is_graded_and_none_is_surer_than_it_was(year: int, tmp_path: Path) -> None:
    found = quantities(small(year, tmp_path))
    assert all(each.source and each.grade in ("S", "W", "A") for each in found.values())
    for path, each in found.items():
        low, high = each.support
        assert low < high, f"{path} is a single number"
        if "about 2014" in each.source or "only " in each.source:
            assert each.grade == "A", f"{path} of {year} rests on older figures"


def test_what_is_taken_from_older_figures_is_wider_than_they_are(tmp_path: Path) -> None:
    then, now = (quantities(small(year, tmp_path)) for year in YEARS)
    raised = [path for path, each in now.items() if "about 2014 (" in each.source]
    assert len(raised) > 6
    for path in raised:
        (low, high), (low_then, high_then) = now[path].support, then[path].support
        assert high / low > high_then / low_then, path


@pytest.mark.parametrize("year", YEARS)
def test_two_worlds_of_an_era_have_published_sizes(year: int, tmp_path: Path) -> None:
    scenario = small(year, tmp_path)
    sums = []
    for index in range(scenario.study.worlds):
        world = draw_world(scenario, index)
        plans = [make_plan(scenario, name, world) for name in scenario.alternatives]
        assert not [str(broken) for plan in plans for broken in check_plan(scenario, world, plan)]
        runs = simulate_all(scenario, plans, world)
        ends = {
            run.alternative: outcome(scenario, world, plan, run)
            for plan, run in zip(plans, runs, strict=True)
        }
        keep, moved = ends["keep"], ends["consolidate"]
        assert moved.systems_on_cloud[-1] > 0 and moved.rooms_open[-1] < keep.rooms_open[-1]
        sums.append(
            (
                keep.pue[0],
                per_server(world, keep, "room_it", cost=False) * 1000 / 8760,
                per_server(world, keep, "electricity", cost=True),
                per_server(world, keep, "leased_lines", "room_operations", "electricity", cost=True),
            )
        )
    ranges = (PUES[year], IT_W_PER_SERVER, ELECTRICITY_CNY_PER_SERVER, LINES_AND_ROOMS_CNY_PER_SERVER[year])
    for value, (low, high) in zip(np.mean(sums, axis=0), ranges, strict=True):
        assert low < value < high


def test_files_are_chosen_by_place_and_year() -> None:
    assert era.starting_point(2014).year == 2014 == era.starting_point(2018).year
    assert era.starting_point(2019).year == 2024 == era.starting_point(2031).year
    assert era.tariff("guangdong", 2023).include == "library:tariffs/guangdong-2024.yaml"
    assert era.tariff("guangdong", 2013).include == "library:tariffs/guangdong-2014.yaml"
    assert era.grid("sichuan", 2015).include == "library:grid/sichuan-2014.yaml"
    away = era.tariff("zhejiang", 2024)
    assert (away.include, away.place) == ("library:tariffs/china-2024.yaml", None)
    assert "Zhejiang" in away.why.en and "浙江" in away.why.zh
    assert "2023" in era.grid("zhejiang", 2026).why.en and "2026年" in era.grid("zhejiang", 2026).why.zh
    assert era.grid("atlantis", 2024).include == era.grid(None, 2024).include
    for place in [None, *era.places()]:
        for found in (era.tariff(place, 2024), era.grid(place, 2024)):
            assert (LIBRARY / found.include.removeprefix("library:")).is_file()


def test_every_place_has_a_name_and_is_found_by_it() -> None:
    known = {
        path.stem.rpartition("-")[0]
        for folder in ("tariffs", "grid")
        for path in (LIBRARY / folder).iterdir()
    }
    assert set(era.places()) == known - {"china", "national"}
    for place in era.places():
        named = era.title(place)
        assert named.zh != place
        assert (
            era.place_named(named.zh) == era.place_named(named.en.upper()) == era.place_named(place) == place
        )
    assert era.place_named("广东省广州市天河区") == "guangdong"
    assert era.place_named("陕西省") == "shaanxi" and era.place_named("山西省") == "shanxi"
    assert era.place_named("Guangdongs") is None and era.place_named("") is None


def test_factors_of_2023_are_the_published_ones(tmp_path: Path) -> None:
    # Of the provincial table of 2023 (31 December 2025); Sichuan and Yunnan live on water.
    for place, factor in {"tianjin": 0.6796, "shaanxi": 0.6335, "shanxi": 0.6634, "yunnan": 0.1333}.items():
        path = tmp_path / "s.yaml"
        text = SMALL.format(
            year=2024,
            start=era.starting_point(2024).include,
            tariff=era.tariff(place, 2024).include,
            grid=era.grid(place, 2024).include,
        )
        path.write_text(text, "utf-8")
        found = load(path).grid.carbon_kg_per_kwh
        assert found.mode == factor and found.grade == "S"
