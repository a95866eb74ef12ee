"""Frontiers: domination by its definition, the settings tried, and a frontier planned and simulated."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from roomfold.cli import main
from roomfold.optimize import make_plan
from roomfold.optimize.conflict import ConflictError
from roomfold.optimize.frontier import AIMS, LOADS, Setting, dominated
from roomfold.optimize.frontier import settings as settings_of
from roomfold.reports.frontier import NAME, frontier_table, publish_frontier, to_json
from roomfold.reports.messages import LANGS, messages
from roomfold.scenarios import Scenario, load
from roomfold.scenarios.draw import draw_world
from roomfold.scenarios.sites import Site
from roomfold.sim import simulate
from roomfold.sim.frontier import Frontier, FrontierError, run_frontier

from .in_turn import swap

MINIMAL = Path(__file__).parent / "scenarios" / "minimal.yaml"
TINY = MINIMAL.with_name("tiny.yaml")
POINTS = 7


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load(MINIMAL)


@pytest.fixture(scope="module")
def found(scenario: Scenario) -> Frontier:
    return run_frontier(scenario, None, AIMS, points=POINTS)


@given(arrays(np.int64, st.tuples(st.integers(1, 9), st.integers(1, 3)), elements=st.integers(0, 4)))
@settings(max_examples=200, deadline=None)
def test_dominated_points_are_beaten_by_one_that_is_not(figures: np.ndarray) -> None:
    """By the definition, point by point: of equal points the first stays, and all are covered."""
    lost = dominated(figures.astype(np.float64))
    kept = [tuple(row) for row in figures[~lost].tolist()]
    assert len(set(kept)) == len(kept)
    for i, row in enumerate(figures.tolist()):
        beaten = any(all(np.array(k) <= row) and k != tuple(row) for k in kept)
        again = tuple(row) in [tuple(r) for r in figures[:i].tolist()]
        assert lost[i] == (beaten or again)


def test_settings_start_with_the_own_and_change_little_first(scenario: Scenario) -> None:
    cloud = scenario.alternatives["consolidate"].cloud
    assert cloud is not None
    tried = settings_of(scenario, cloud, AIMS, 100)
    assert tried[0] == Setting() and len(set(tried)) == len(tried) == 27
    assert [setting.changes for setting in tried] == sorted(setting.changes for setting in tried)
    assert {setting.load for setting in tried} == set(LOADS)
    few = settings_of(scenario, cloud, ("cost", "energy"), 100)
    assert {setting.standby for setting in few} == {0}
    assert settings_of(scenario, cloud, AIMS, 5) == tried[:5]
    site = Site(title=scenario.title)
    spread = cloud.model_copy(update={"sites": {"west": site, "east": site}})
    both = settings_of(scenario, spread, ("cost", "energy"), 100)
    assert {setting.sites for setting in both} == {"as planned", "fewest", "more"}


def test_the_first_point_is_the_plan_itself(scenario: Scenario, found: Frontier) -> None:
    """Its figures are those of the scenario's own plan, simulated alone."""
    world = draw_world(scenario, 0)
    run = simulate(scenario, make_plan(scenario, "consolidate", world), world)
    figures = found.points[0].figures
    assert figures is not None
    assert figures.cost_cny_per_year == pytest.approx(run.ledger.total() / world.clock.years, rel=1e-9)
    assert figures.worst_down == run.service.worst_down
    lost = run.service.system_hours_lost / world.clock.years
    assert figures.system_hours_lost_per_year == pytest.approx(lost, rel=1e-9)


def test_points_are_what_they_lean_to(found: Frontier) -> None:
    """More standby hosts are more hosts; every plan has its bound; the frontier is in order of cost."""
    by = {(p.setting.load, p.setting.standby, p.setting.energy_weight): p.figures for p in found.points}
    own, more, fewer = (by["as planned", k, 0.0] for k in (0, 1, -1))
    assert own is not None and more is not None and fewer is not None
    assert fewer.hosts < own.hosts < more.hosts
    assert fewer.cost_cny_per_year < own.cost_cny_per_year < more.cost_cny_per_year
    assert all(p.figures is not None and p.figures.gap >= 0 for p in found.points)
    kept = [figures.cost_cny_per_year for _, figures in found.kept]
    assert kept == sorted(kept) and 0 < len(kept) <= POINTS


@pytest.fixture
def searched(moves_in_turn: Mapping[str, Any]) -> Iterator[None]:
    """In a test alone, plans are searched for as in the processes of a pool."""
    quick = swap(moves_in_turn)
    yield
    swap(quick)


@pytest.mark.usefixtures("searched")
def test_worlds_are_averaged_and_processes_change_nothing() -> None:
    scenario = load(TINY)
    alone = run_frontier(scenario, "consolidate", ("cost", "energy"), points=2, worlds=2)
    shared = run_frontier(scenario, "consolidate", ("energy", "cost"), points=2, worlds=2, jobs=2)
    assert to_json(alone) == to_json(shared)


@pytest.mark.parametrize("aims", [["cost"], ["cost", "energie"], []])
def test_aims_that_draw_no_frontier_are_named(scenario: Scenario, aims: list[str]) -> None:
    with pytest.raises(FrontierError, match="at least two of cost,energy,risk") as caught:
        run_frontier(scenario, None, aims, points=2)
    assert caught.value.exit_code == 2
    with pytest.raises(FrontierError, match="consolidate"):
        run_frontier(scenario, "keep", AIMS, points=2)


def test_where_no_setting_has_a_plan_the_rules_are_named() -> None:
    with pytest.raises(ConflictError, match="no host larger than 256 GB of memory"):
        run_frontier(load(TINY, ["estate.memory_gb=1024"]), None, ("cost", "risk"), points=3)


def test_the_folder_is_whole_and_the_same_twice(found: Frontier, tmp_path: Path) -> None:
    """Numbers, chart and a page that fetches nothing; a second time the same bytes."""
    for name in ("one", "two"):
        publish_frontier(found, tmp_path / name)
    files = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*") if p.is_file())
    assert Path("charts/frontier.zh.svg") in files and Path("charts/frontier.csv") in files
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), file
    page = (tmp_path / "one" / "report.html").read_text("utf-8")
    assert "<script src" not in page and 'href="http' not in page
    facts = json.loads((tmp_path / "one" / NAME).read_text("utf-8"))
    assert len(facts["points"]) == POINTS and facts == json.loads(json.dumps(to_json(found)))
    table = (tmp_path / "one" / "charts" / "frontier.csv").read_text("utf-8-sig")
    assert len(table.splitlines()) == POINTS + 1


@pytest.mark.parametrize("lang", LANGS)
def test_the_screen_shows_what_was_kept(found: Frontier, lang: str) -> None:
    text = frontier_table(found, "zh" if lang == "zh" else "en")
    for point, _ in found.kept:
        assert any(line.split()[:1] == [str(point.number)] for line in text.splitlines())


def test_messages_have_the_same_keys() -> None:
    english, chinese = ({k for k in messages(lang) if k.startswith("frontier.")} for lang in ("en", "zh"))
    assert english == chinese


def test_the_command_writes_the_folder(tmp_path: Path) -> None:
    out = tmp_path / "made"
    arguments = ["plan", str(TINY), "--frontier", "cost,energy", "--points", "2", "--out", str(out)]
    done = CliRunner().invoke(main, [*arguments, "--json", "--quiet"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == json.loads((out / NAME).read_text("utf-8"))
    wrong = CliRunner().invoke(main, ["plan", str(MINIMAL), "--frontier", "cost"])
    assert wrong.exit_code == 2
