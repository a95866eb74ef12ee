"""With CloudSim 3.0.3's quirks the engine does what CloudSim does, against its own logs on three days.

Every policy on every day is in the dossier: ``python -m roomfold.docs.verification --only cloudsim``.
"""

from __future__ import annotations

import csv
import gzip
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from roomfold.sim.consolidation import CLOUDSIM_3_0_3, DVFS, NPA, FleetRun, Policy, Settings, consolidate

from .fleets import planetlab

DAYS = ("20110303", "20110403", "20110420")
MOVE_LOGS = {"thr": "0.8", "iqr": "1.5", "mad": "2.5", "lr": "1.2"}


def policy_of(name: str, selector: str = "mmt") -> Policy:
    return {"npa": NPA, "dvfs": DVFS}.get(name) or Policy(name, selector)


@lru_cache
def run_of(data: Path, day: str, name: str) -> FleetRun:
    """A day under a policy, with all of CloudSim's quirks."""
    fleet, demand = planetlab(data, day)
    return consolidate(fleet, demand, policy_of(name), CLOUDSIM_3_0_3)


def results(data: Path, file: str = "results.csv") -> list[dict[str, str]]:
    with (data / "cloudsim" / file).open(newline="") as rows:
        return list(csv.DictReader(rows))


def assert_as_printed(run: FleetRun, row: dict[str, str]) -> None:
    """Every printed digit of a row of CloudSim's results."""
    service = run.service
    assert run.energy_kwh == pytest.approx(float(row["energy_kwh"]), rel=1e-9, abs=5.1e-9)
    assert run.migrations == int(row["migrations"])
    assert run.shutdowns == int(row["host_shutdowns"])
    printed = (
        ("slatah_pct", service.slatah),
        ("pdm_pct", service.pdm),
        ("slav_pct", service.slav),
        ("overall_sla_violation_pct", service.overall),
        ("avg_sla_violation_pct", service.average),
    )
    for column, share in printed:
        assert share * 100 == pytest.approx(float(row[column]), abs=1.01e-10), column


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("name", ["npa", "dvfs", "thr", "iqr", "mad", "lr", "lrr"])
def test_a_day_as_cloudsim_runs_it(reference_data: Path, day: str, name: str) -> None:
    run = run_of(reference_data, day, name)
    row = next(
        r for r in results(reference_data) if (r["day"], r["policy"]) == (day, name) and r["seed"] == ""
    )
    if name in ("npa", "dvfs") or row["vm_selection"] == "mmt":
        assert_as_printed(run, row)
    with np.load(reference_data / "cloudsim" / "initial_placement.npz") as placed:
        key = {"npa": "first_fit", "dvfs": "first_fit", "thr": "pabfd_thr0.8"}.get(name, "pabfd_fallback0.7")
        assert np.array_equal(run.initial_host, placed[f"{day}_{key}"])
    if name in MOVE_LOGS:
        log = reference_data / "cloudsim" / f"migrations_{day}_{name}_mmt_{MOVE_LOGS[name]}.npz"
        with np.load(log) as theirs:
            for column, ours in (
                ("step", run.moves.step),
                ("vm", run.moves.component),
                ("src", run.moves.source),
                ("dst", run.moves.target),
            ):
                assert np.array_equal(theirs[column], ours), column


@pytest.mark.parametrize("name", ["dvfs", "thr_mmt_0.8", "iqr_mmt_1.5", "mad_mmt_2.5", "lr_mmt_1.2"])
@pytest.mark.parametrize("day", DAYS)
def test_every_step_as_cloudsim_runs_it(reference_data: Path, day: str, name: str) -> None:
    with gzip.open(reference_data / "cloudsim" / "timelines.csv.gz", "rt") as file:
        rows = [row for row in csv.DictReader(file) if (row["day"], row["run"]) == (day, name)]
    line = run_of(reference_data, day, name.partition("_")[0]).timeline
    assert len(rows) == len(line.time_s) == 287
    for column, ours, slack in (
        ("time_s", line.time_s, 0.051),
        ("active_hosts", line.active_hosts, 0),
        ("vms_alive", line.components, 0),
        ("migrations_started", line.moves, 0),
        ("cum_energy_kwh", line.energy_kwh, 5.1e-10),
        ("mean_util_active", line.mean_utilisation, 5.1e-7),
    ):
        theirs = np.array([float(row[column]) for row in rows])
        assert np.abs(theirs - ours).max() <= slack, column


@pytest.mark.parametrize("day", DAYS[:1])
@pytest.mark.parametrize("selector", ["mc", "mu"])
def test_other_selectors(reference_data: Path, day: str, selector: str) -> None:
    fleet, demand = planetlab(reference_data, day)
    run = consolidate(fleet, demand, Policy("thr", selector), CLOUDSIM_3_0_3)
    row = next(r for r in results(reference_data) if (r["day"], r["vm_selection"]) == (day, selector))
    assert_as_printed(run, row)


def test_random_selection_is_within_the_spread_of_its_seeds(reference_data: Path) -> None:
    fleet, demand = planetlab(reference_data, "20110303")
    rows = results(reference_data) + results(reference_data, "variants.csv")
    rows = [row for row in rows if row["day"] == "20110303" and row["vm_selection"] == "rs"]
    energies = [float(row["energy_kwh"]) for row in rows]
    moves = [int(row["migrations"]) for row in rows]
    assert len(rows) == 5
    ours = [
        consolidate(fleet, demand, Policy("thr", "rs"), CLOUDSIM_3_0_3, Settings(seed=seed))
        for seed in range(3)
    ]
    assert len({run.migrations for run in ours}) == 3
    for figures, mine in ((energies, [r.energy_kwh for r in ours]), (moves, [r.migrations for r in ours])):
        spread = max(figures) - min(figures)
        assert min(figures) - spread < np.mean(mine) < max(figures) + spread


@pytest.mark.parametrize("name", ["dvfs", "thr", "iqr", "mad", "lr"])
@pytest.mark.parametrize("day", DAYS[:2])
def test_components_kept(reference_data: Path, day: str, name: str) -> None:
    rows = results(reference_data, "variants.csv")
    row = next(r for r in rows if (r["variant"], r["day"], r["policy"]) == ("keepvms", day, name))
    fleet, demand = planetlab(reference_data, day)
    run = consolidate(fleet, demand, policy_of(name), CLOUDSIM_3_0_3.switch("destroy_idle"))
    assert run.alive == fleet.components
    if row["status"] == "ok":  # CloudSim itself crashes on LR of 20110403
        assert_as_printed(run, row)
