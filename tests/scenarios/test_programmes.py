"""Every programme runs: a tiny world of each is planned, checked against its rules, and simulated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from roomfold.optimize.check import check_plan
from roomfold.optimize.make_plan import make_plan
from roomfold.optimize.plan import Plan
from roomfold.scenarios import Scenario, load, variants_of
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.variants import joined
from roomfold.scenarios.world import World
from roomfold.sim.outcome import Outcome
from roomfold.sim.simulate import simulate_all
from roomfold.sim.summarise import outcome
from roomfold.sim.tally import COUNTED

DOCS = Path(__file__).parents[2] / "docs"

# What makes each small; ranges of the scenarios themselves stay as they are.
SMALL: Mapping[str, tuple[str, ...]] = {
    "inner-mongolia": ("time.years=2", "estate.systems=160", "estate.rooms=115", "estate.vertical_lines=100"),
    "beijing": ("time.years=3", "estate.systems=90", "estate.rooms=30"),
    "guizhou": ("time.years=1", "estate.systems=140"),
    "guangdong": ("time.years=2", "estate.systems=48", "estate.rooms=14"),
    "zhongshan": ("time.years=2", "estate.levels.town.units=6", "estate.systems=60", "estate.rooms=52"),
    "fujian": ("time.years=2", "estate.levels.province.units=20", "estate.systems=80", "estate.rooms=40"),
    "shandong": (
        "time.years=3",
        "estate.levels.province.units=16",
        "estate.places.jinan.units.province=16",
        "estate.systems=60",
        "estate.rooms=36",
    ),
    "sichuan": ("time.years=2", "estate.levels.province.units=20", "estate.systems=60", "estate.rooms=22"),
    "dalian": ("time.years=3", "estate.levels.city.units=16", "estate.systems=90", "estate.rooms=30"),
    "dongguan": (
        "estate.levels.department.units=6",
        "estate.levels.school.units=40",
        "estate.systems=70",
        "estate.rooms=48",
    ),
    "gansu": ("time.years=2", "estate.levels.province.units=16", "estate.systems=70", "estate.rooms=34"),
    "nation": (
        "time.step_minutes=60",
        "estate.systems=200",
        "estate.rooms=90",
        "estate.vertical_lines=100",
        "alternatives.consolidate.migration.team_fte=100",
    ),
}


@dataclass(frozen=True)
class Tiny:
    """One small world of a programme."""

    scenario: Scenario
    world: World
    plans: Mapping[str, Plan]
    outcomes: Mapping[str, Outcome]

    def figure(self, alternative: str, claim: str) -> float:
        """What a claim that counts would read."""
        (row,) = (i for i, c in enumerate(self.scenario.claims) if c.id == claim)
        return float(self.outcomes[alternative].tallies[row])


def tiny(name: str, *overrides: str) -> Tiny:
    """A programme made small, planned and simulated."""
    scenario = load(name, [*SMALL[name], *overrides])
    world = draw_world(scenario, 0)
    plans = {each: make_plan(scenario, each, world) for each in scenario.alternatives}
    runs = simulate_all(scenario, list(plans.values()), world)
    outcomes = {r.alternative: outcome(scenario, world, plans[r.alternative], r) for r in runs}
    return Tiny(scenario, world, plans, outcomes)


@pytest.fixture(scope="module")
def made() -> dict[str, Tiny]:
    """Worlds made so far; each is wanted by two tests at most."""
    return {}


def of(made: dict[str, Tiny], name: str) -> Tiny:
    """The small world of a programme."""
    if name not in made:
        made[name] = tiny(name)
    return made[name]


@pytest.mark.parametrize("name", SMALL)
def test_a_tiny_world_of_each_programme(made: dict[str, Tiny], name: str) -> None:
    found = of(made, name)
    for alternative, plan in found.plans.items():
        broken = check_plan(found.scenario, found.world, plan)
        assert not [str(each) for each in broken], alternative
        one = found.outcomes[alternative]
        assert np.isfinite(one.cost_cny).all() and one.systems_on_cloud[-1] <= len(
            found.world.estate.systems.id
        )
        counted = [claim.metric in COUNTED for claim in found.scenario.claims]
        assert np.isfinite(one.tallies).tolist() == counted
    assert found.outcomes["consolidate"].systems_on_cloud[-1] > 0
    assert found.outcomes["consolidate"].rooms_open[-1] < found.outcomes["keep"].rooms_open[-1]


def test_what_the_programmes_are_there_to_show(made: dict[str, Tiny]) -> None:
    fujian = of(made, "fujian")
    assert fujian.figure("consolidate", "K8") == 0 < fujian.figure("keep", "K8")
    guizhou = of(made, "guizhou")
    hosts = {name: one.hosts_on[-1] for name, one in guizhou.outcomes.items()}
    assert hosts["consolidate"] < hosts["separate"]
    # Buying dearer changes what it costs, and nothing else.
    gansu = of(made, "gansu").outcomes
    tender, single = gansu["consolidate"], gansu["single-source"]
    assert single.cost_cny.sum() > tender.cost_cny.sum()
    assert np.array_equal(single.moved_h, tender.moved_h) and np.array_equal(
        single.carbon_kg, tender.carbon_kg
    )
    beijing = of(made, "beijing")
    assert beijing.figure("consolidate", "K13") == 2 and beijing.figure("consolidate", "K14") == 4
    assert of(made, "dalian").figure("consolidate", "K21a") > 0.9


@pytest.mark.parametrize("name", SMALL)
def test_every_variant_loads(name: str) -> None:
    variants = variants_of(name)
    for chosen in {*variants.combinations, *((one,) for one in variants.overrides)}:
        assert load(joined(name, chosen)).name.startswith(name)


def test_every_row_and_claim_stands_in_the_table() -> None:
    table = (DOCS / "programmes.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| (K\d+) \| .* \| (.*) \| .* \|$", table, flags=re.MULTILINE))
    assert list(rows) == [f"K{n}" for n in range(1, 32)]
    for name in SMALL:
        page = (DOCS / "programmes" / f"{name}.md").read_text("utf-8")
        assert f"go.py run {name}\n" in page and f"](programmes/{name}.md)" in table
        for claim in load(name).claims:
            row = claim.id.rstrip("abc")
            assert name in rows[row], claim.id
            assert row in page, claim.id
