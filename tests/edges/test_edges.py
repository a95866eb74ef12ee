"""Numbers at the edge: each is simulated right, to its statement, or refused in a line that says why.

What is right is told by hand: what must be nought, what must not change, which days there are. In each world
that is simulated the books agree with a second count, all figures are finite, and NumPy has nothing to warn
of. With ROOMFOLD_EDGES=full, whole folders are written too, and fifty years simulated.
"""

from __future__ import annotations

import json
import os
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from roomfold.cli import main
from roomfold.optimize.check import check_plan
from roomfold.reports import state, table
from roomfold.reports.publish import statement_text
from roomfold.scenarios import InputError, load
from roomfold.scenarios.clock import Clock
from roomfold.scenarios.governed import governed
from roomfold.sim.flow import flow
from roomfold.sim.ledger import CATEGORIES, ITEM, ITEMS
from roomfold.sim.outcome import Outcome, Study
from roomfold.sim.reconcile import integrate
from roomfold.sim.study import run_study

FULL = os.environ.get("ROOMFOLD_EDGES") == "full"
MINIMAL = Path(__file__).parents[1] / "scenarios" / "minimal.yaml"
CLOUD, MOVE = "alternatives.consolidate.cloud", "alternatives.consolidate.migration"
SMALL = (
    *("estate.systems=6", "estate.rooms=3", f"{CLOUD}.sizing=performance", "study.worlds=1"),
    *("estate.classified_share=0", "estate.new_systems_per_year=0", "estate.retired_systems_per_year=0"),
)
POWER = [ITEM[f"{place}_{part}"] for place in ("room", "cloud") for part in ("it", "ups", "cooling", "other")]
FREE = (
    *("prices.electricity_cny_per_kwh=0", "prices.staff_cny_per_fte=0", "prices.discount_rate=0"),
    *("grid.carbon_kg_per_kwh=0", "demand.growth_per_year=0", "estate.system_traffic_mbps=0"),
)
NEVER_FAILS = tuple(f"{place}.outages_per_year=0" for place in ("rooms.room", "rooms.closet", CLOUD))
ALWAYS_FAILS = (
    *("reliability.server_mtbf_h=100", "reliability.server_mttr_h=10000", "rooms.room.outages_per_year=100"),
    *("rooms.closet.outages_per_year=100", "rooms.closet.outage_hours=1000", f"{MOVE}.failure_share=0.9"),
)
LEAP = (
    *("time.start=2015-03-01", "time.price_year=2015", f"{CLOUD}.opens=2016-02-29", "claims=[]"),
    "alternatives.consolidate.deadline=2016-02-29",
)


@cache
def simulated(*sets: str) -> Study:
    """A world of six systems in three rooms."""
    return run_study(load(MINIMAL, [*SMALL, *sets]))


def sound(study: Study) -> dict[str, Any]:
    """Books agree twice, figures are finite and no energy is negative; the statement as strict JSON."""
    scenario, names = study.scenario, list(study.runs)
    plans, runs = [study.plans[name] for name in names], [study.runs[name] for name in names]
    flows = flow(scenario, study.world, plans, [run.timeline for run in runs])
    for name, plan, run, flowed in zip(names, plans, runs, flows, strict=True):
        world = governed(scenario, name, study.world)
        assert check_plan(scenario, study.world, plan) == []
        booked = np.zeros((world.clock.years, len(CATEGORIES)))
        category = np.array([CATEGORIES.index(item.category) for item in ITEMS])
        np.add.at(booked, (run.ledger.month // 12, category[run.ledger.item]), run.ledger.cost_cny)
        counted = integrate(scenario, world, plan, run.timeline, flowed)
        np.testing.assert_allclose(booked, counted, atol=0.01)
        outcome = study.results[0].outcomes[name]
        for column in (outcome.amount, outcome.cost_cny, outcome.carbon_kg, outcome.utilisation):
            assert np.isfinite(column).all()
        assert (outcome.amount[:, POWER] >= 0).all()
        assert (outcome.pue >= 1).all()
    statement = state(study)
    for lang in ("en", "zh"):
        assert "nan" not in table(statement, lang).lower().split()

    def refuse(constant: str) -> float:
        raise AssertionError(constant)

    found: dict[str, Any] = json.loads(statement_text(statement), parse_constant=refuse)
    return found


def of(study: Study, name: str) -> Outcome:
    """What became of an alternative in the one world."""
    return study.results[0].outcomes[name]


def spent(outcome: Outcome, category: str) -> float:
    """Cost of a category over all months."""
    return float(outcome.cost_cny[:, [item.category == category for item in ITEMS]].sum())


def test_what_costs_nothing_is_nought_and_draws_power_all_the_same() -> None:
    """No tariff, no wages, no interest, no carbon in the grid, no growth, no traffic."""
    study = simulated(*FREE)
    sound(study)
    for name in ("keep", "consolidate"):
        assert spent(of(study, name), "electricity") == spent(of(study, name), "staff") == 0
        assert of(study, name).amount[:, POWER].sum() > 0
        assert of(study, name).carbon_kg[:, POWER].sum() == 0


def test_where_nothing_may_move_nothing_is_bought_and_nothing_saved() -> None:
    study = simulated("estate.pinned_share=1")
    found = sound(study)
    assert len(study.plans["consolidate"].hosts.buy_month) == 0
    assert np.array_equal(of(study, "keep").cost_cny, of(study, "consolidate").cost_cny)
    saving = found["savings"]["consolidate"]
    assert saving["annual_total"]["p50"] == saving["npv"]["p50"] == saving["one_off_total"]["p50"] == 0


def test_one_system_in_one_world_has_one_figure() -> None:
    """P10, P50 and P90 of one world are that world, and the first line says how many there were."""
    study = simulated("estate.systems=1", "estate.rooms=1")
    found = sound(study)
    assert found["worlds"] == 1
    assert "1 world" in table(state(study), "en").split("\n\n")[0]
    total = found["savings"]["consolidate"]["annual_total"]
    keep, other = (of(study, name) for name in ("keep", "consolidate"))
    yearly = [item.category in ("leased_lines", "room_operations", "electricity") for item in ITEMS]
    by_hand = float((keep.cost_cny - other.cost_cny)[:, yearly].sum())
    shown = sum(
        found["savings"]["consolidate"]["annual"][name]["p50"]
        for name in ("leased_lines", "room_operations", "electricity")
    )
    assert shown == pytest.approx(by_hand, rel=1e-9)
    assert total["p10"] == total["p50"] == total["p90"] == total["mean"]


def test_a_room_cannot_lose_less_than_its_ups() -> None:
    """PUE 1 leaves nothing for losses and cooling, which there are: what is simulated is what they take."""
    study = simulated("rooms.room.pue=1", "rooms.closet.pue=1", f"{CLOUD}.pue=1")
    sound(study)
    plain = simulated("estate.systems=6")
    assert 1 < of(study, "keep").pue[0] < of(plain, "keep").pue[0]


def test_a_leap_day_is_a_day() -> None:
    """A year from March 2015 has 366 days; the cloud opens on the last, and nothing moves before."""
    scenario = load(MINIMAL, [*SMALL, *LEAP])
    clock = Clock.of(scenario.time, scenario.calendar)
    assert clock.hours == 366 * 24
    study = simulated(*LEAP)
    sound(study)
    assert (of(study, "consolidate").planned_h >= 365 * 24).all()
    assert len(next(iter(study.runs["keep"].series.values()))) == 366 * 24


@pytest.mark.parametrize(
    "sets",
    [
        pytest.param(ALWAYS_FAILS, id="everything fails"),
        pytest.param(
            ("estate.replica_share=1", "estate.dedicated_share=1"), id="all have replicas and hosts"
        ),
        pytest.param(
            ("estate.new_systems_per_year=2", "estate.new_room_per_new_system=1"), id="thrice as many"
        ),
        pytest.param(
            ("estate.cpu_utilisation=0.9", "estate.zombie_share=0.9", "study.seed=0"), id="idle, full, seed 0"
        ),
        pytest.param(
            ("estate.retired_systems_per_year=1", f"study.seed={2**63 - 1}"), id="all retired, largest seed"
        ),
    ],
)
def test_what_is_extreme_is_counted_right(sets: tuple[str, ...]) -> None:
    sound(simulated(*sets))


def test_classified_systems_stay() -> None:
    study = simulated("estate.classified_share=0.9", "estate.classified_mixed_share=1")
    sound(study)
    stays = study.world.estate.systems.classified
    assert stays.any()
    assert of(study, "consolidate").systems_on_cloud.max() <= (~stays).sum()


def test_finer_steps_draw_the_same_energy() -> None:
    """To what sampling of the same demand leaves."""
    hour, minutes = simulated(*NEVER_FAILS), simulated(*NEVER_FAILS, "time.step_minutes=5")
    sound(minutes)
    energy = [of(study, "keep").amount[:, POWER].sum() for study in (hour, minutes)]
    assert energy[1] == pytest.approx(energy[0], rel=0.02)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("estate.rooms=0", "estate.rooms: got 0, must be between 1 and 1000000"),
        ("estate.systems=0", "estate.systems: got 0, must be between 1 and 1000000"),
        ("estate.systems=1000000000000", "must be between 1 and 1000000"),
        ("estate.servers_per_system=1000000000000", "must be between 1 and 50"),
        ("estate.classified_share=1", "estate.classified_share: got 1, must be between 0 and 0.9"),
        ("rooms.room.pue=0.9", "rooms.room.pue: got 0.9, must be between 1 and 6"),
        (f"{CLOUD}.pue=0", f"{CLOUD}.pue: got 0, must be between 1 and 3"),
        ("time.years=0.0001", "time.years: got 0.0001, must be a whole number"),
        ("time.years=0", "time.years: got 0, must be at least 1"),
        ("time.years=51", "time.years: got 51, must be at most 50"),
        ("time.years=50", "got no day off in 2020, 2021"),
        ("time.start=2016-02-29", "got 2016-02-29, must be the first day of a month"),
        ("time.start=2015-02-29", "got '2015-02-29', must be a date"),
        ("time.step_minutes=7", "time.step_minutes: got 7, must be 1, 2, 3, 4, 5, 6, 10"),
        ("prices.electricity_cny_per_kwh=-0.1", "got -0.1, must be between 0 and 10"),
        (f"{CLOUD}.host_price_cny=-1", "got -1, must be between 1000 and 5000000"),
        (f"{MOVE}.failure_share=1", "got 1, must be between 0 and 0.9"),
        (f"{MOVE}.ingress_mbps=0", "got 0, must be between 1 and 1000000"),
        (f"{MOVE}.team_fte=0", "got 0, must be between 1 and 10000"),
        ("prices.discount_rate=-1", "got -1, must be between 0 and 0.3"),
        ("prices.discount_rate=1e9", "must be between 0 and 0.3"),
        (f"study.seed={2**64 - 1}", "must be less than 9223372036854775808"),
        ("alternatives={}", "must be at least 1 entries"),
        ("estate.levels.region.units=0", ""),
    ],
)
def test_what_cannot_be_is_refused(change: str, says: str) -> None:
    if not says:
        sound(simulated(change))  # the other level has units
        return
    with pytest.raises(InputError) as caught:
        load(MINIMAL, [*SMALL, change])
    assert any(says in str(problem) for problem in caught.value.problems), str(caught.value)


def test_hosts_on_which_nothing_fits(tmp_path: Path) -> None:
    """The plan says so, in one line, and nothing is written."""
    tiny = f"{CLOUD}.host_types=[{{name: x, curve: r720-e5-2660, memory_gb: 8, disk_gb: 100, rack_units: 2, "
    sets = [*SMALL, f"{tiny}price_ratio: 1}}]", "estate.memory_gb=1024"]
    arguments = [word for each in sets for word in ("--set", each)]
    done = CliRunner().invoke(
        main, ["run", str(MINIMAL), "--out", str(tmp_path / "out"), *arguments, "--quiet"]
    )
    assert done.exit_code in (3, 4), done.output
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not FULL, reason="ROOMFOLD_EDGES is not full")
@pytest.mark.parametrize("sets", [FREE, LEAP, ALWAYS_FAILS, ("estate.pinned_share=1",)], ids=lambda s: s[0])
def test_whole_folders(sets: tuple[str, ...], tmp_path: Path) -> None:
    """Reports in all forms."""
    arguments = [word for each in (*SMALL, *sets) for word in ("--set", each)]
    done = CliRunner().invoke(
        main, ["run", str(MINIMAL), "--out", str(tmp_path / "out"), *arguments, "--quiet"]
    )
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "report.html").stat().st_size > 100_000


@pytest.mark.skipif(not FULL, reason="ROOMFOLD_EDGES is not full")
def test_fifty_years() -> None:
    """From 2014 to 2063 there are twelve leap days."""
    days = ", ".join(f"{year}-01-01" for year in range(2014, 2064))
    study = simulated("time.years=50", f"calendar.rest_days=[{days}]", "estate.systems=1", "estate.rooms=1")
    sound(study)
    assert study.world.clock.hours == (50 * 365 + 12) * 24
    assert date(2064, 1, 1).toordinal() - date(2014, 1, 1).toordinal() == 50 * 365 + 12
