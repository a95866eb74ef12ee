"""Many runs: variants into folders with an index, sweeps, comparisons."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet

from roomfold.reports.batch import sweep as sweep_module
from roomfold.reports.batch.compare import compare, compare_table
from roomfold.reports.batch.rows import Json
from roomfold.reports.batch.runs import Ask, index_table, run_each, variants
from roomfold.reports.batch.sweep import Point, Sweep, as_csv, points, publish_sweep, run_sweep, to_json
from roomfold.reports.uncertainty.answer import ask as ask_figures
from roomfold.scenarios import InputError
from roomfold.scenarios.errors import RoomfoldError

MINIMAL = Path(__file__).parents[2] / "scenarios" / "minimal.yaml"
ASK = Ask(["time.years=2"], worlds=1)
TEXT = """include: [minimal.yaml]
estate: { systems: 10 }
alternatives: { consolidate: { cloud: { sizing: performance } } } # quick to plan
overrides:
  dear:
    title: { en: dear power, zh: 高电价 }
    prices: { electricity_cny_per_kwh: 1.5 }
  late:
    alternatives: { consolidate: { deadline: 2013-01-01 } }
"""
KWH, CNY = "keep:energy (kWh/yr)", "consolidate:saving electricity (CNY/yr)"


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file with two overrides, one of them impossible."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "minimal.yaml").write_bytes(MINIMAL.read_bytes())
    (folder / "some.yaml").write_text(TEXT, "utf-8")
    return str(folder / "some.yaml")


@pytest.fixture(scope="module")
def ran(scenario: str) -> Path:
    """All its variants, run; their reports are left out."""
    out = Path(scenario).parent / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("roomfold.reports.forms.write_forms", lambda *_: None)
        found = run_each(variants(scenario), out, ASK)
    assert [one.exit_code for one in found] == [0, 0, 3], "one that cannot be run keeps no other from it"
    table = index_table(found, "en")
    assert "dear power" in table and "deadline" in table
    return out


def test_each_variant_has_its_folder_and_one_page_leads_to_all(ran: Path) -> None:
    names = sorted(path.name for path in ran.iterdir())
    assert names == ["index.html", "index.json", "minimal", "minimal--dear"]
    page = (ran / "index.html").read_text("utf-8")
    assert 'href="minimal--dear/report.html#zh"' in page and "://" not in page.replace(
        "http://www.w3.org", ""
    )
    numbers = json.loads((ran / "index.json").read_text("utf-8"))
    assert [run["error"] is None for run in numbers["runs"]] == [True, True, False]


def test_variants_see_the_same_worlds_and_differ_by_the_price_alone(ran: Path) -> None:
    plain, dear = (parquet.read_table(ran / name / "worlds.parquet") for name in ("minimal", "minimal--dear"))
    assert plain.column(KWH) == dear.column(KWH)
    assert plain.column("estate.rooms") == dear.column("estate.rooms")
    price = plain.column("prices.electricity_cny_per_kwh").to_numpy()
    saved, saved_dear = (np.asarray(t.column(CNY).to_numpy()) for t in (plain, dear))
    # Dearer power makes other hosts worth while, a little.
    assert saved_dear / saved == pytest.approx(1.5 / price, rel=5e-3)


def test_a_run_that_is_there_is_not_run_again(ran: Path, scenario: str) -> None:
    before = (ran / "minimal" / "run.log").stat().st_mtime_ns
    run_each([scenario], ran, ASK)
    assert (ran / "minimal" / "run.log").stat().st_mtime_ns == before


def test_two_scenarios_of_one_name_do_not_share_a_folder(ran: Path, scenario: str, tmp_path: Path) -> None:
    """The second would take the place of the first."""
    twin = tmp_path / "twin.yaml"
    twin.write_bytes(Path(scenario).read_bytes())
    (tmp_path / "minimal.yaml").write_bytes(MINIMAL.read_bytes())
    before = (ran / "minimal" / "run.log").stat().st_mtime_ns
    found = run_each([scenario, str(twin)], ran, ASK)
    assert [one.exit_code for one in found] == [0, 1]
    assert f"has the name minimal, as has {scenario}" in found[1].reason
    assert (ran / "minimal" / "run.log").stat().st_mtime_ns == before


def test_comparison_is_world_by_world(ran: Path) -> None:
    found = compare([str(ran / "minimal"), str(ran / "minimal--dear")], ran, Ask())
    (duel,) = found.duels
    assert (duel.wins, duel.npv_wins) == (0, 0)
    tables = [parquet.read_table(ran / n / "worlds.parquet") for n in ("minimal", "minimal--dear")]
    differ = np.subtract(*(t.column("consolidate:saving annual_total (CNY/yr)").to_numpy() for t in tables))
    assert duel.difference.mean == pytest.approx(differ.mean())
    assert "100" not in compare_table(found, "zh").splitlines()[-2]


def test_what_is_no_whole_run_is_not_compared(ran: Path, tmp_path: Path) -> None:
    with pytest.raises(RoomfoldError, match="holds many runs"):
        compare([str(ran)], tmp_path, Ask())
    for name in ("statement.json", "worlds.parquet"):
        folder = tmp_path / name
        shutil.copytree(ran / "minimal", folder)
        if name == "statement.json":
            (folder / name).write_text(
                '{"savings": {"consolidate": {}}, "titles": {}, "version": "0.1"}', "utf-8"
            )
        else:
            shutil.copy(ran / "minimal" / "plan.parquet", folder / name)
            with pytest.raises(InputError, match="must be the table of a run"):
                ask_figures(folder, [])
        with pytest.raises(RoomfoldError, match="run it again"):
            compare([str(folder)], tmp_path, Ask())


def test_runs_of_one_title_are_told_apart_by_their_folders(ran: Path, tmp_path: Path) -> None:
    shutil.copytree(ran / "minimal", tmp_path / "twin")
    found = compare([str(ran / "minimal"), str(tmp_path / "twin")], tmp_path, Ask())
    assert "Minimal test scenario · twin" in compare_table(found, "en")


def test_figures_of_a_folder(ran: Path) -> None:
    (answer,) = ask_figures(ran / "minimal", ["saving npv"])
    values = parquet.read_table(ran / "minimal" / "worlds.parquet").column("consolidate:saving npv (CNY)")
    assert answer.sensitivity.mean == pytest.approx(np.mean(values.to_numpy()))
    with pytest.raises(InputError, match=r"must name one figure, one of 'keep:pue"):
        ask_figures(ran / "minimal", ["pue"])


def test_a_sweep_is_a_grid_or_a_list(scenario: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    over = ["prices.electricity_cny_per_kwh=0.5,1", "time.years=2;3"]
    target, simulated = tmp_path / "sweep", []

    def stopped(sweep: Sweep, point: Point, ask: Ask) -> Json:
        simulated.append(point.values)
        if len(simulated) == 2:
            raise KeyboardInterrupt
        return real(sweep, point, ask)

    real = sweep_module._simulated
    monkeypatch.setattr(sweep_module, "_simulated", stopped)
    with pytest.raises(KeyboardInterrupt):
        run_sweep(scenario, over[:1], ASK, target, paired=False)
    found = run_sweep(scenario, over[:1], ASK, target, paired=False)
    assert simulated == [("0.5",), ("1",), ("1",)], "the finished point is not simulated again"
    low, high = (s["savings"]["consolidate"]["annual"]["electricity"]["mean"] for s in found.statements)
    assert high == pytest.approx(2 * low, rel=5e-3), "nearly the same kWh at twice the price"
    page = publish_sweep(found, target)
    assert [path.name for path in tmp_path.iterdir()] == ["sweep"]
    assert page.exists() and (tmp_path / "sweep" / "charts" / "sweep.zh.png").exists()
    assert as_csv(found).count("\n") == 3
    assert to_json(found)["command"] == (
        "roomfold sweep scenario.yaml --over 'prices.electricity_cny_per_kwh=0.5;1' --worlds 1 --seed "
        f"{found.seed}"
    )
    from roomfold.reports.batch.sweep import axis

    axes = [axis(text) for text in over]
    assert len(points(scenario, (), axes, paired=False)) == 4
    assert [p.values for p in points(scenario, (), axes, paired=True)] == [("0.5", "2"), ("1", "3")]
    with pytest.raises(InputError, match="different numbers of values"):
        points(scenario, (), [axes[0], axis("time.years=2")], paired=True)
    with pytest.raises(InputError, match="must be PATH=VALUE"):
        axis("time.years")
    for other, message in (
        ("time.years=1,2", "must be fields of which none holds another"),
        ("time={years: 1};{years: 2}", "must be fields of which none holds another"),
        ("study.seed=1,2", "sees the same worlds"),
        ("nowhere.at_all=1", "--over: nowhere"),
    ):
        with pytest.raises(InputError, match=message):
            points(scenario, (), [axes[1], axis(other)], paired=False)
