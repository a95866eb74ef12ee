"""Fleet scenarios from file to page: the same figures everywhere, published ones beside them."""

from __future__ import annotations

import json
import os
import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import numpy as np
import pyarrow.parquet as pq
import pytest

from roomfold.reports.fleet import fleet_table, publish_fleet, state_fleet
from roomfold.reports.manifest import differences
from roomfold.reports.messages import LANGS, messages
from roomfold.scenarios import InputError, Trust, assumptions, fingerprint, load_any, resolved_yaml
from roomfold.scenarios.fleet import FleetScenario, Quirk
from roomfold.sim.consolidation import QUIRKS, Settings
from roomfold.sim.fleet import FleetStudy, fleet_arrays, run_fleet

COMPONENTS, STEPS = 12, 24
SMALL = ("hosts.count=8", "policies.thr-mmt.parameter=0.7", "compatibility=cloudsim-3.0.3")


def fleet(*overrides: str) -> FleetScenario:
    scenario = load_any("planetlab", overrides, Trust("run"))
    assert isinstance(scenario, FleetScenario)
    return scenario


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve components over two hours, one file each."""
    folder = tmp_path_factory.mktemp("trace")
    rng = np.random.default_rng(20110303)
    for i in range(COMPONENTS):
        percent = rng.integers(1, 60, STEPS)
        (folder / f"node{i:02d}").write_text("".join(f"{p}\n" for p in percent), "ascii")
    return folder


@pytest.fixture(scope="module")
def study(trace: Path) -> FleetStudy:
    return run_fleet(fleet(f"trace.path={trace}", *SMALL))


def test_names_of_quirks_metrics_and_settings_agree_with_the_engine() -> None:
    assert get_args(Quirk) == QUIRKS
    control = set(type(fleet().control).model_fields)
    assert control == {field.name for field in fields(Settings)} - {"seed", "world"}
    assert all(getattr(Settings(), name) == getattr(fleet().control, name) for name in control)
    assert all(f"fleet.quirk.{name}" in messages(lang) for lang in LANGS for name in QUIRKS)


def test_sizes_are_dealt_in_equal_parts_of_the_trace() -> None:
    arrays = fleet_arrays(fleet(), 10)
    assert arrays.component_mips.tolist() == [2500] * 3 + [2000] * 3 + [1000] * 3 + [500]
    cycled = fleet_arrays(fleet("components.deal=cycle"), 5)
    assert cycled.component_mips.tolist() == [2500, 2000, 1000, 500, 2500]
    assert arrays.host_kind[:4].tolist() == [0, 1, 0, 1] and arrays.hosts == 800


def test_statement_tables_and_charts_tell_the_same(study: FleetStudy, tmp_path: Path) -> None:
    statement = state_fleet(study)
    publish_fleet(statement, study, tmp_path / "one")
    publish_fleet(statement, study, tmp_path / "two")
    assert differences(tmp_path / "one", tmp_path / "two") == []
    written = json.loads((tmp_path / "one" / "statement.json").read_text("utf-8"))
    assert written["kind"] == "fleet" and set(written["policies"]) == set(study.scenario.policies)
    moves = pq.read_table(tmp_path / "one" / "migrations.parquet").to_pydict()["policy"]
    for name, run in study.runs.items():
        found = written["policies"][name]
        assert found["energy_kwh"] == run.run.energy_kwh
        assert found["migrations"] == moves.count(name)
        assert found["slav"] == pytest.approx(found["slatah"] * found["pdm"])
        assert found["esv_kwh"] == pytest.approx(found["slav"] * found["energy_kwh"])
    base = written["policies"]["dvfs"]["energy_kwh"]
    saved = written["policies"]["thr-mmt"]["energy_saved_share"]
    assert saved == pytest.approx(1 - written["policies"]["thr-mmt"]["energy_kwh"] / base)
    page = (tmp_path / "one" / "report.html").read_text("utf-8")
    assert "固定阈值0.8＋MMT" in page and "Static threshold 0.8 with MMT" in page
    assert not re.search(r'(?:src|href)="https?:', page)


def test_claims_are_compared_on_their_own_trace_alone(study: FleetStudy) -> None:
    assert state_fleet(study).comparisons == ()
    digest = study.trace.sha256[:16]
    energy = study.runs["thr-mmt"].figures["energy_kwh"]
    claim = (
        f"{{id: X, trace: '{digest}', policy: thr-mmt, compatibility: cloudsim-3.0.3, "
        f"figures: {{energy_kwh: {2 * energy!r}}}, source: made up}}"
    )
    again = fleet(f"trace.path={study.trace.path}", *SMALL, f"claims=[{claim}]")
    compared = state_fleet(FleetStudy(again, study.trace, study.switches, study.runs)).comparisons
    assert [c.like for c in compared] == [True]
    assert compared[0].difference("energy_kwh") == pytest.approx(-0.5)


def test_screen_fits_both_languages(study: FleetStudy) -> None:
    for lang in LANGS:
        text = fleet_table(state_fleet(study), lang)
        assert len(text.splitlines()) == 4 + len(study.runs)


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ((), "planetlab: trace.path: got nothing, must name a trace"),
        (("trace.path=/nowhere",), "/nowhere: got no such file or folder"),
        (("trace.path=TRACE", "control.interval_s=60"), "control.interval_s: got 60"),
        (("trace.path=TRACE", "policies.thr-mmt.detector=nosuch"), "policies.thr-mmt"),
        (("trace.path=TRACE", "hosts.count=1"), "no host has room"),
    ],
)
def test_errors_are_one_line_and_name_the_field(overrides: tuple[str, ...], said: str, trace: Path) -> None:
    with pytest.raises(InputError) as error:
        run_fleet(fleet(*(text.replace("TRACE", str(trace)) for text in overrides)), "planetlab")
    assert said in str(error.value) and "\n" not in str(error.value)


@pytest.mark.skipif("ROOMFOLD_REFERENCE_DATA" not in os.environ, reason="ROOMFOLD_REFERENCE_DATA is not set")
def test_scenario_meets_cloudsim_on_a_reference_day() -> None:
    path = Path(os.environ["ROOMFOLD_REFERENCE_DATA"]) / "planetlab" / "20110420.npz"
    statement = state_fleet(run_fleet(fleet(f"trace.path={path}", "compatibility=cloudsim-3.0.3")))
    alike = {c.claim.policy: c for c in statement.comparisons if c.like}
    assert set(alike) == set(statement.figures)
    for policy, compared in alike.items():
        close = 1e-2 if policy in ("thr-rs", "thr-mc", "thr-mu") else 1e-9
        assert compared.difference("energy_kwh") == pytest.approx(0, abs=close), policy


def test_functions_and_traces_are_found_from_anywhere_and_their_code_is_part_of_the_run(
    trace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "det.py").write_text("def f(d, h, n, p, s):\n    return d > 0.8\n", "ascii")
    (tmp_path / "20110303").symlink_to(trace)
    monkeypatch.chdir(tmp_path)
    change = ("trace.path=20110303", "policies.thr-mmt.detector=det.py:f", "hosts.count=8")
    first = fleet(*change)
    assert first.trace.path == str(trace.resolve())
    written = tmp_path / "again.yaml"
    written.write_text(resolved_yaml(first), "utf-8")
    monkeypatch.chdir("/")
    allowed = Trust("run", (trace,))
    assert fingerprint(load_any(written, trust=allowed)) == fingerprint(first)
    (tmp_path / "det.py").write_text("def f(d, h, n, p, s):\n    return d > 0.3\n", "ascii")
    with pytest.raises(InputError, match=r"policies\.thr-mmt\.detector.*must be the file it was"):
        load_any(written, trust=allowed)
    monkeypatch.chdir(tmp_path)
    assert fingerprint(fleet(*change)) != fingerprint(first)


def test_missing_samples_and_own_functions_are_told(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "time,component,cpu\n"
        + "".join(f"{300 * k},{c},{0.2 if c == 'a' or k != 3 else ''}\n" for k in range(6) for c in "ab"),
        "ascii",
    )
    (tmp_path / "det.py").write_text("def f(d, h, n, p, s):\n    return bool(str(d) and d > 0.8)\n", "ascii")
    scenario = fleet(
        f"trace.path={tmp_path / 't.csv'}",
        "trace.reader=plain",
        f"policies.thr-mmt.detector={tmp_path / 'det.py'}:f",
        "hosts.count=4",
    )
    statement = state_fleet(run_fleet(scenario))
    assert statement.trace.missing == 1
    assert set(statement.interpreted) == {"thr-mmt"}
    text = fleet_table(statement)
    assert "1 samples are unknown" in text and "[det.py:f]" in text


def test_settings_of_the_controller_are_assumptions_that_check_lists() -> None:
    rows = {row.path: row for row in assumptions(fleet("control.boot_s=100"))}
    assert rows["control.stop_s"].grade == "A" and rows["control.interval_s"].grade == "S"
    assert rows["control.boot_s"].source == "set in the scenario"
