"""Several sites and a recovery site in the statement, the tables and the page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from roomfold.reports.publish import publish
from roomfold.reports.statement import state
from roomfold.sim.ledger import ITEMS
from roomfold.sim.outcome import Study, WorldResult
from roomfold.sim.simulate import simulate_all
from roomfold.sim.summarise import outcome

from ..sim import small, two_sites


@pytest.fixture(scope="module")
def study() -> Study:
    """One world of two alternatives, the cloud on two sites by hand."""
    scenario, world = small.drawn(0, *two_sites.UNEQUAL, f"{small.CLOUD}.outages_per_year=12")
    plans = {"keep": small.stay(world), "consolidate": two_sites.plan(world)}
    runs = {run.alternative: run for run in simulate_all(scenario, list(plans.values()), world)}
    summed = {name: outcome(scenario, world, plans[name], run) for name, run in runs.items()}
    result = WorldResult(0, dict(world.values), summed)
    return Study(scenario, 1, (result,), world, plans, runs)


def test_sites_and_recovery_stand_in_the_statement(study: Study) -> None:
    found = state(study).to_json()
    service, run = study.runs["consolidate"].service, study.runs["consolidate"]
    assert set(found["sites"]) == {"consolidate"} and set(found["recovery"]) == {"consolidate"}
    north, south = found["sites"]["consolidate"]
    assert (north["name"], north["hosts"], north["recovery_hosts"]) == ("north", 3, 0)
    assert (south["title"]["en"], south["hosts"], south["recovery_hosts"]) == ("South", 5, 2)
    electricity = [
        row for row, item in enumerate(ITEMS) if item.name.startswith("cloud_") and item.unit == "kWh"
    ]
    years = [year - 2014 for year in state(study).years]
    mine = np.isin(run.ledger.item, electricity) & np.isin(run.ledger.month // 12, years)
    both = north["energy_kwh_per_year"] + south["energy_kwh_per_year"]
    assert both == pytest.approx(run.ledger.amount[mine].sum() / len(years), rel=1e-9)
    recovery = found["recovery"]["consolidate"]
    assert recovery["takeovers_per_year"]["p50"] == pytest.approx(service.recovered.takeovers / 3)
    assert recovery["worst_down_without"]["p50"] == service.recovered.worst_down_without
    lost = recovery["system_hours_lost_without"]["p50"]
    assert lost > found["service"]["consolidate"]["system_hours_lost"]["p50"]


@pytest.mark.usefixtures("few_charts")
def test_tables_and_page_name_the_sites(study: Study, tmp_path: Path) -> None:
    page = publish(state(study), study, tmp_path / "run").read_text("utf-8")
    for words in ("Sites of “", "without the recovery site it would be", "若无灾备中心", "其中灾备主机"):
        assert words in page
    sites = pq.read_table(
        tmp_path / "run" / "ledger_sites.parquet", filters=[("alternative", "==", "consolidate")]
    )
    names = set(sites["site"].to_pylist())
    offices = {f"office {unit}" for unit in study.world.estate.units.id}
    assert {"cloud north", "cloud south"} <= names and "cloud" not in names
    assert {name for name in names if name.startswith("office")} <= offices
    hosts = pq.read_table(tmp_path / "run" / "hosts.parquet")
    assert hosts["site"].to_pylist() == ["north"] * 3 + ["south"] * 5
    assert hosts["recovery"].to_pylist() == [False] * 6 + [True] * 2
